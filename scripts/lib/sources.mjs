/** Lists the repository's source files and tells whether the bundles are older than them. Only Node's own modules. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { OUT, ROOT, inRoot } from './paths.mjs';

/** All files below a folder of the repository, as sorted paths from the root with `/`. */
export function listFiles(folder, keep = () => true) {
  const found = [];
  const visit = (absolute) => {
    for (const entry of readdirSync(absolute, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === '.git') continue;
      const path = join(absolute, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) found.push(relative(ROOT, path).split(sep).join('/'));
    }
  };
  if (existsSync(inRoot(folder))) visit(inRoot(folder));
  return found.filter(keep).sort();
}

/** What the bundles are made from. */
const BUILD_INPUT_FOLDERS = ['client/src', 'server/src'];
const BUILD_INPUT_FILES = ['package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/lib/bundle.mjs'];

/** A hash of all that the bundles are made from; times are not asked, since a checkout sets them anew. */
export function hashBuildInputs() {
  const hash = createHash('sha256');
  for (const file of [...BUILD_INPUT_FILES, ...BUILD_INPUT_FOLDERS.flatMap((folder) => listFiles(folder))]) {
    const path = inRoot(file);
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

export const BUILD_STAMP = join(OUT, '.build-stamp');

/** The stamp that a build writes: the hash of its inputs and whether it was minified. */
export function buildStamp({ minify }) {
  return `${hashBuildInputs()} ${minify ? 'minified' : 'plain'}\n`;
}

/** True if `out/` holds what a build of the present sources would make, minified or not. */
export function isBuildFresh() {
  if (!existsSync(BUILD_STAMP)) return false;
  return readFileSync(BUILD_STAMP, 'utf8').split(' ')[0] === hashBuildInputs();
}
