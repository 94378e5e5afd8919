/**
 * `npm run package`: makes `dist/dbt-readiness-VERSION.vsix`, one for all platforms. The files are put together in a folder
 * of their own, exactly those that `.vscodeignore` lists, and the finished package is read again and compared with the list.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { listFiles } from './lib/sources.mjs';

/** A package above this size has taken in something by mistake. */
const LARGEST_PACKAGE_BYTES = 8 * 1024 * 1024;

/** Keys of package.json that mean nothing to somebody who installs the package. */
const DEVELOPMENT_KEYS = ['scripts', 'devDependencies', 'dependencies', 'overrides', 'private'];

/** What vsce adds by itself. */
const ADDED_BY_VSCE = new Set(['extension.vsixmanifest', '[Content_Types].xml']);

/** The allow-list: lines of `.vscodeignore` that begin with `!`, `*` standing for a part of a file name. */
function allowedPatterns() {
  return readFileSync(inRoot('.vscodeignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => new RegExp(`^${line.slice(1).trim().replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`));
}

await ensureInstalled();
const { build } = await import('./lib/bundle.mjs');
const { bundledPackages, noticesText } = await import('./lib/notices.mjs');
const { listZip } = await import('./lib/zip.mjs');
const { createVSIX } = await import('@vscode/vsce');

const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const stage = inRoot('dist/stage');
const target = inRoot('dist', `${manifest.name}-${manifest.version}.vsix`);
const allowed = allowedPatterns();
const isAllowed = (path) => allowed.some((pattern) => pattern.test(path));

rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });

const bundles = await build({ minify: true, outdir: join(stage, 'out') });
for (const needed of ['client.cjs', 'server.cjs', 'cli.cjs']) {
  if (!bundles.some((bundle) => bundle.file === needed)) throw new Error(`out/${needed} is missing, so there is nothing to package.`);
}
writeFileSync(join(stage, 'THIRD-PARTY-NOTICES.txt'), noticesText(bundledPackages(bundles.flatMap((bundle) => bundle.inputs))));

const own = ['l10n', 'media', 'syntaxes', 'schemas'].flatMap((folder) => listFiles(folder)).concat('package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE');
for (const file of own.filter(isAllowed)) {
  mkdirSync(dirname(join(stage, file)), { recursive: true });
  cpSync(inRoot(file), join(stage, file));
}
const shipped = Object.fromEntries(Object.entries(manifest).filter(([key]) => !DEVELOPMENT_KEYS.includes(key)));
writeFileSync(join(stage, 'package.json'), `${JSON.stringify(shipped, null, 2)}\n`);

// The README's links to files of the repository stay as they are: there is no repository address to put before them yet.
await createVSIX({ cwd: stage, packagePath: target, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false, skipLicense: false });

const entries = listZip(target);
// vsce renames the files that the marketplace shows.
const renamed = { 'readme.md': 'README.md', 'changelog.md': 'CHANGELOG.md', 'LICENSE.txt': 'LICENSE' };
const paths = entries.map((entry) => entry.name).filter((name) => !ADDED_BY_VSCE.has(name)).map((name) => name.replace(/^extension\//, ''));
const surplus = paths.filter((path) => !isAllowed(renamed[path] ?? path));
if (surplus.length > 0) throw new Error(`The package holds what is not on the list: ${surplus.join(', ')}.`);
const bytes = statSync(target).size;
if (bytes > LARGEST_PACKAGE_BYTES) throw new Error(`The package has ${bytes} bytes; the limit is ${LARGEST_PACKAGE_BYTES}.`);

// The packaged command line must run by itself, away from node_modules.
const probe = await runNode(join(stage, 'out/cli.cjs'), ['--version'], { cwd: stage, show: false, timeoutMs: 20_000 });
if (probe.code !== 0 || !probe.output.includes(manifest.version)) throw new Error(`The packaged command line does not tell its version:\n${probe.output}`);

for (const entry of entries) console.log(`${String(entry.bytes).padStart(9)}  ${entry.name}`);
console.log(`${target.slice(inRoot().length + 1)}  ${(bytes / 1024).toFixed(0)} kB, ${entries.length} files`);
