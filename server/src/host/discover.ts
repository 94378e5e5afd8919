/** Finds the dbt projects of folders: every dbt_project.yml that a person would call one of theirs. */

import { existsSync } from 'node:fs';
import type { Options as GlobOptions } from 'fast-glob';
import glob from 'fast-glob';
import type { FileId } from '../base/file-id.ts';
import { isInside, joinPath, parentFolder, relativePath } from '../base/file-id.ts';
import type { ProjectLayout } from '../facts/project-layout.ts';
import { pathOfFileId } from './file-id.ts';
import { findOuterRoot, projectFolders, readDbtIgnore } from './load-project.ts';

/** Folders that hold copies, builds and programs of others; `pyvenv.cfg` tells the virtual environments of other names. */
const IGNORED_FOLDERS: readonly string[] = [
  'node_modules',
  'dbt_packages',
  'dbt_modules',
  'target',
  'site-packages',
  'venv',
  'env',
  '__pycache__',
];

/** Hidden folders (`.git`, `.venv`, `.tox`) are passed over; links to folders are not followed, so no loop can catch the search. */
const OPTIONS: GlobOptions = {
  ignore: IGNORED_FOLDERS.map((name) => `**/${name}/**`),
  dot: false,
  onlyFiles: false,
  followSymbolicLinks: false,
  suppressErrors: true,
  deep: 20,
};

const PATTERN = '**/dbt_project.yml';

/** Roots of the projects below some folders, or above them up to the git root, sorted; each once. */
export function discoverProjects(folders: readonly FileId[]): FileId[] {
  return ownProjects(
    folders,
    folders.flatMap((folder) => rootsOf(folder, glob.sync(PATTERN, { ...OPTIONS, cwd: pathOfFileId(folder) }))),
  );
}

/** The same without holding the thread, for servers. */
export async function discoverProjectsLater(folders: readonly FileId[]): Promise<FileId[]> {
  const found = await Promise.all(
    folders.map(async (folder) => rootsOf(folder, await glob.async(PATTERN, { ...OPTIONS, cwd: pathOfFileId(folder) }))),
  );
  return ownProjects(folders, found.flat());
}

/** Those of the projects below some folders that some files lie in, without a look at the rest of the folders. */
export function projectsAround(folders: readonly FileId[], files: readonly FileId[]): FileId[] {
  const found = files.flatMap((file) => folders.filter((top) => isInside(top, file)).flatMap((top) => projectsBetween(top, file)));
  // Whether a project is left out hangs on what is above it alone.
  return ownProjects(folders, found).filter((root) => files.some((file) => isInside(root, file)));
}

function projectsBetween(top: FileId, file: FileId): FileId[] {
  const folders = relativePath(top, parentFolder(file)).split('/').filter((name) => name !== '');
  const hidden = folders.findIndex((name) => name.startsWith('.') || IGNORED_FOLDERS.includes(name));
  const seen = hidden === -1 ? folders : folders.slice(0, hidden);
  return [top, ...seen.map((_, last) => joinPath(top, seen.slice(0, last + 1).join('/')))].filter((folder) => existsSync(pathOfFileId(joinPath(folder, 'dbt_project.yml'))));
}

/** The project that a file lies in: the nearest folder above it, up to the git root, that holds a dbt_project.yml. */
export function projectAbove(file: FileId): FileId | undefined {
  const outerRoot = findOuterRoot(parentFolder(file));
  for (let folder = parentFolder(file); folder === outerRoot || isInside(outerRoot, folder); folder = parentFolder(folder)) {
    if (existsSync(pathOfFileId(joinPath(folder, 'dbt_project.yml')))) return folder;
    if (folder === outerRoot) return undefined;
  }
  return undefined;
}

function rootsOf(folder: FileId, paths: readonly string[]): FileId[] {
  return paths.map((path) => parentFolder(joinPath(folder, path)));
}

/** Leaves out what lies in a virtual environment, or in another project's models, packages, target or ignored folders. */
function ownProjects(folders: readonly FileId[], found: readonly FileId[]): FileId[] {
  const above = folders.map((folder) => projectAbove(joinPath(folder, 'x'))).filter((root) => root !== undefined);
  const roots = [...new Set([...above, ...found])].sort();
  const environments = new Map<FileId, boolean>();
  const outside = roots.filter((root) => !folders.some((folder) => isInEnvironment(folder, root, environments)));
  const kept: FileId[] = [];
  // Sorted, a project comes before those that it contains.
  for (const root of outside) {
    if (!kept.some((outer) => isInside(outer, root) && belongsToOuter(outer, root))) kept.push(root);
  }
  return kept;
}

function isInEnvironment(top: FileId, root: FileId, known: Map<FileId, boolean>): boolean {
  if (!isInside(top, root)) return false;
  const cached = known.get(root);
  if (cached !== undefined) return cached;
  const here = existsSync(pathOfFileId(joinPath(root, 'pyvenv.cfg')));
  const answer = here || isInEnvironment(top, parentFolder(root), known);
  known.set(root, answer);
  return answer;
}

function belongsToOuter(outer: FileId, nested: FileId): boolean {
  const { layout } = projectFolders(outer);
  if (holders(layout).some((folder) => folder === nested || isInside(folder, nested))) return true;
  return readDbtIgnore(outer)?.ignoresAllOf(relativePath(outer, nested)) === true;
}

/** Folders in which dbt would not take a dbt_project.yml for a project. A model path that is the root itself says nothing. */
function holders(layout: ProjectLayout): FileId[] {
  return [...layout.models, layout.packagesInstallPath, layout.targetPath].filter((folder) => folder !== layout.root);
}
