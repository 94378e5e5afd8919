/** Reads a dbt project from the disk: what dbt would read, its installed packages, and the files around it that tell how it is run. */

import type { Dirent } from 'node:fs';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Options as GlobOptions } from 'fast-glob';
import glob from 'fast-glob';
import { baseName, isInside, joinPath, parentFolder } from '../base/file-id.ts';
import type { FileId } from '../base/file-id.ts';
import type { IgnorePatterns } from '../base/ignore-patterns.ts';
import { readIgnorePatterns } from '../base/ignore-patterns.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { CI_GLOBS, SCRIPT_GLOBS, TASK_FILES } from '../facts/automation.ts';
import type { ProjectLayout } from '../facts/project-layout.ts';
import { isProjectWide, pathAsWritten, placesOf, projectLayout, resourceFolders } from '../facts/project-layout.ts';
import { readValueFile } from '../facts/property-facts.ts';
import { createRenderState } from '../index/rendering.ts';
import type { ProjectInput, SourceFile } from '../index/source-file.ts';
import { fileIdOfPath, pathOfFileId } from './file-id.ts';
import { readSource, readWhole } from './read-source.ts';

/** What may be read, and what wins over the disk. */
export interface LoadOptions {
  /** The text of an open document, which wins over the disk. */
  readonly overlay?: (file: FileId) => string | undefined;
  /** Folders that may be read besides the git root, e.g. those of the editor's workspace. */
  readonly allowedRoots?: readonly FileId[];
  /** The home folder under its names, which is never read; default: that of the user. */
  readonly homes?: readonly FileId[];
  /** True for a file that need not be read, since a cache knows what it says. */
  readonly isUnchanged?: (file: FileId) => boolean;
}

/** Files that dbt reads at the root of a project, whatever its paths say. */
export const ROOT_FILES: readonly string[] = [
  'dbt_project.yml',
  'packages.yml',
  'dependencies.yml',
  'package-lock.yml',
  'selectors.yml',
  'vars.yml',
  'dbt-readiness.yml',
];

/** A profiles.yml, and the templates that stand for one that is kept out of the repository: both tell the adapter. */
const PROFILE_NAMES: readonly string[] = ['profiles.yml', 'profiles.yml.example', 'profiles.yml.sample', 'profiles.yml.template'];

/** Where projects keep a profiles.yml inside the repository. */
const PROFILE_FOLDERS: readonly string[] = ['', 'profiles', '.dbt', 'ci'];

/** Folders of other tools, which may be huge. */
const FOREIGN_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__']);

/** A step ends after so many files, however many a folder has. */
const FILES_A_STEP = 200;

/** Names below `docs/` that are listed; more do not make a project better documented. */
const MAX_DOCUMENT_NAMES = 2000;

/** Reads a whole project at once. `root` is the folder of dbt_project.yml; `between` is called after each step. */
export function loadProject(root: FileId, options: LoadOptions = {}, between?: () => void): ProjectInput {
  const steps = loadProjectSteps(root, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    between?.();
  }
}

/** The same in steps, each a folder long or less; yields the number of files that were read so far. */
export function* loadProjectSteps(root: FileId, options: LoadOptions = {}): Generator<number, ProjectInput> {
  const homes = options.homes ?? homeFolders();
  const outerRoot = findOuterRoot(root, homes);
  const files = new Map<FileId, SourceFile>();
  const unchanged = new Set<FileId>();
  const take = (file: FileId): SourceFile => {
    const known = files.get(file);
    if (known !== undefined && known.state !== 'present') return known;
    const text = options.overlay?.(file);
    if (text === undefined && options.isUnchanged?.(file) === true && !isProjectWide(file)) {
      unchanged.add(file);
      files.delete(file);
      return { file, state: 'present' };
    }
    const source: SourceFile = text === undefined ? readSource(file) : { file, state: 'text', text };
    if (source.state !== 'gone') files.set(file, source);
    return source;
  };

  const isAllowed = allowedFolders(root, outerRoot, options);
  for (const file of namesAround(root, outerRoot)) files.set(file, { file, state: 'present' });
  const layout = yield* loadPackage(root, take, isAllowed, () => files.size);
  const packageRoots: FileId[] = [];
  for (const folder of packageFolders(layout, isAllowed)) {
    if (take(joinPath(folder, 'dbt_project.yml')).state === 'gone') continue;
    packageRoots.push(folder);
    yield* loadPackage(folder, take, isAllowed, () => files.size);
  }
  for (const file of profileFiles(root, outerRoot, homes)) take(file);
  for (const file of automationFiles(root, outerRoot)) take(file);
  return { root, outerRoot, packageRoots, files: [...files.values()], ...(options.isUnchanged === undefined ? {} : { unchanged }) };
}

/** Gives the texts of a project as they were read; of files that were not, as the disk has them. */
export function textReader(input: ProjectInput): (file: FileId) => string | undefined {
  const texts = new Map<FileId, string>();
  for (const source of input.files) if (source.state === 'text') texts.set(source.file, source.text);
  return (file) => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const source = readSource(file);
    return source.state === 'text' ? source.text : undefined;
  };
}

/** The folders that a project is spread over, for those who watch it. */
export interface ProjectFolders {
  readonly outerRoot: FileId;
  readonly layout: ProjectLayout;
  readonly resources: readonly FileId[];
}

/** Where a project's files are, read off its dbt_project.yml alone. */
export function projectFolders(root: FileId, options: LoadOptions = {}): ProjectFolders {
  const outerRoot = findOuterRoot(root, options.homes);
  const file = joinPath(root, 'dbt_project.yml');
  const text = options.overlay?.(file);
  const layout = layoutOf(root, text === undefined ? readSource(file) : { file, state: 'text', text });
  const isAllowed = allowedFolders(root, outerRoot, options);
  return { outerRoot, layout, resources: foldersToRead(layout, isAllowed) };
}

/** The git root above a project; the project's root itself if there is none, or if it is the home folder or above it. */
export function findOuterRoot(root: FileId, homes: readonly FileId[] = homeFolders()): FileId {
  for (let folder = root; ; folder = parentFolder(folder)) {
    if (homes.some((home) => folder === home || isInside(folder, home))) return root;
    if (existsSync(pathOfFileId(joinPath(folder, '.git')))) return folder;
    if (folder === parentFolder(folder) || !folder.includes('/')) return root;
  }
}

/** The home folder of the user, as it is called and, where a link lies in between, as it really is. */
export function homeFolders(): FileId[] {
  const home = fileIdOfPath(homedir());
  const real = realPath(home);
  return real === undefined ? [home] : [...new Set([home, fileIdOfPath(real)])];
}

/**
 * Paths of dbt_project.yml may lead anywhere. Only the repository is followed (without one, also folders beside the
 * project), and never a folder that holds the home folder: a hostile project must not make us read the disk.
 */
export function allowedFolders(root: FileId, outerRoot: FileId, options: LoadOptions): (folder: FileId) => boolean {
  const homes = options.homes ?? homeFolders();
  const beside = outerRoot === root ? [parentFolder(root)] : [];
  const roots = [root, outerRoot, ...(options.allowedRoots ?? [])];
  return (folder) => {
    if (roots.some((allowed) => folder === allowed || isInside(allowed, folder))) return true;
    if (folder === '/' || homes.some((home) => folder === home || isInside(folder, home))) return false;
    return beside.some((allowed) => allowed !== '/' && !homes.includes(allowed) && isInside(allowed, folder));
  };
}

const EMPTY: PyDict = new Map<PyValue, PyValue>();

/** The folders that a dbt_project.yml gives; dbt's defaults where it cannot be read. */
export function layoutOf(root: FileId, source: SourceFile | undefined): ProjectLayout {
  const text = source?.state === 'text' ? source.text : '';
  const { data } = readValueFile(text, 'dbt');
  const project = isPyDict(data.value) ? data.value : EMPTY;
  const isRendered = [...project].some(([key, value]) => typeof key === 'string' && /-paths?$/.test(key) && holdsTemplate(value));
  if (!isRendered) return projectLayout(root, project);
  // Nothing is known of the environment yet: a path is where its default says.
  const render = createRenderState({ invocation: { environment: new Map() }, readText: () => undefined }, root, () => undefined);
  return projectLayout(root, render.readProjectFile(joinPath(root, 'dbt_project.yml'), text, true).project);
}

function holdsTemplate(path: PyValue): boolean {
  return typeof path === 'string' ? path.includes('{{') : Array.isArray(path) && path.some(holdsTemplate);
}

function* loadPackage(
  root: FileId,
  take: (file: FileId) => SourceFile,
  isAllowed: (folder: FileId) => boolean,
  count: () => number,
): Generator<number, ProjectLayout> {
  const layout = layoutOf(root, take(joinPath(root, 'dbt_project.yml')));
  const present = new Set(listFolder(root).map((entry) => entry.name));
  for (const name of ROOT_FILES) if (present.has(name)) take(joinPath(root, name));
  const ignored = readDbtIgnore(root);
  for (const folder of foldersToRead(layout, isAllowed)) {
    let taken = 0;
    for (const { file } of walk(folder, layout, ignored)) {
      if (file !== undefined && placesOf(layout, file).length > 0) {
        take(file);
        taken++;
      }
      if (file === undefined || taken >= FILES_A_STEP) {
        taken = 0;
        yield count();
      }
    }
  }
  return layout;
}

/** The folders to walk. One that may not be read must not stand for those that lie in it. */
export function foldersToRead(layout: ProjectLayout, isAllowed: (folder: FileId) => boolean): FileId[] {
  const { models, seeds, snapshots, analyses, macros, tests, functions, docs } = layout;
  const only = (folders: readonly FileId[]): FileId[] => folders.filter(isAllowed);
  return resourceFolders({
    ...layout,
    models: only(models),
    seeds: only(seeds),
    snapshots: only(snapshots),
    analyses: only(analyses),
    macros: only(macros),
    tests: only(tests),
    functions: only(functions),
    docs: only(docs),
  });
}

/** Walks as dbt does: links to folders are not followed, links to files are. A step without a file ends a folder. */
function* walk(
  top: FileId,
  layout: ProjectLayout,
  ignored: IgnorePatterns | undefined,
): Generator<{ readonly file: FileId | undefined }> {
  const waiting: FileId[] = [top];
  for (;;) {
    const folder = waiting.pop();
    if (folder === undefined) return;
    for (const entry of listFolder(folder)) {
      const path = folder === '/' ? `/${entry.name}` : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!isLeftOut(path, top, layout) && ignored?.ignoresAllOf(pathAsWritten(layout, path)) !== true) waiting.push(path);
      } else if ((entry.isFile() || isLinkToFile(entry, path)) && ignored?.ignores(pathAsWritten(layout, path)) !== true) {
        yield { file: path };
      }
    }
    yield { file: undefined };
  }
}

/**
 * Folders that hold no sources of the project, below one that is walked. dbt enters them all; with a model path of `.` that is
 * everything in the repository, and nobody means it.
 */
export function isLeftOut(folder: FileId, walked: FileId, { root, packagesInstallPath, targetPath }: ProjectLayout): boolean {
  if (folder === packagesInstallPath || folder === targetPath) return true;
  return (walked === root || isInside(walked, root)) && FOREIGN_FOLDERS.has(baseName(folder));
}

/** A link that leads nowhere counts as a file: reading it says what is wrong. */
function isLinkToFile(entry: Dirent, path: FileId): boolean {
  if (!entry.isSymbolicLink()) return false;
  try {
    return !statSync(pathOfFileId(path)).isDirectory();
  } catch {
    return true;
  }
}

/** Entries sorted by name; none for a folder that is missing or may not be read. */
function listFolder(folder: FileId): Dirent[] {
  try {
    const entries = readdirSync(pathOfFileId(folder), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // dbt passes over such folders as well.
    return [];
  }
}

/** More of a `.dbtignore` than anybody writes. */
const MAX_IGNORE_BYTES = 256 * 1024;

/** The patterns of the `.dbtignore` at a project's root, which speak of paths as dbt_project.yml has them; undefined if there are none. */
export function readDbtIgnore(root: FileId): IgnorePatterns | undefined {
  // A byte order mark belongs to the first pattern, as dbt reads it.
  const text = readWhole(joinPath(root, '.dbtignore'), MAX_IGNORE_BYTES);
  return text === undefined ? undefined : readIgnorePatterns(text);
}

/** Folders directly under the packages folder, links to folders included; dbt skips names that begin with `__`. */
function packageFolders(layout: ProjectLayout, isAllowed: (folder: FileId) => boolean): FileId[] {
  if (!isAllowed(layout.packagesInstallPath)) return [];
  const found: FileId[] = [];
  const seen = new Set<string>();
  for (const entry of listFolder(layout.packagesInstallPath)) {
    if (entry.name.startsWith('__')) continue;
    if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
    const folder = joinPath(layout.packagesInstallPath, entry.name);
    const real = realPath(folder);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    found.push(folder);
  }
  return found;
}

function realPath(folder: FileId): string | undefined {
  try {
    return realpathSync(pathOfFileId(folder));
  } catch {
    // A link that leads nowhere or in a circle.
    return undefined;
  }
}

/** Candidates for profiles.yml in the repository; those of the home folder are nobody's business. */
export function profileFiles(root: FileId, outerRoot: FileId, homes: readonly FileId[]): FileId[] {
  const files: FileId[] = [];
  for (const base of new Set([root, outerRoot])) {
    for (const folder of PROFILE_FOLDERS) {
      const path = folder === '' ? base : joinPath(base, folder);
      if (homes.some((home) => path === joinPath(home, '.dbt') || path === home)) continue;
      for (const name of PROFILE_NAMES) files.push(joinPath(path, name));
    }
  }
  return files;
}

const GLOB_OPTIONS: GlobOptions = { dot: true, onlyFiles: true, followSymbolicLinks: false, suppressErrors: true, deep: 8 };

function automationFiles(root: FileId, outerRoot: FileId): FileId[] {
  const found = new Set<FileId>();
  const add = (folder: FileId, patterns: readonly string[]): void => {
    const options = { ...GLOB_OPTIONS, cwd: pathOfFileId(folder) };
    for (const path of glob.sync([...patterns], options)) found.add(joinPath(folder, path));
  };
  add(outerRoot, [...CI_GLOBS, ...TASK_FILES, ...SCRIPT_GLOBS]);
  if (root !== outerRoot) add(root, [...TASK_FILES, ...SCRIPT_GLOBS]);
  return [...found].sort();
}

/** Names of files at the project's and the git root, below `docs/` and in `.github/`: their existence is evidence. */
function namesAround(root: FileId, outerRoot: FileId): FileId[] {
  const found: FileId[] = [];
  const addFiles = (folder: FileId): void => {
    for (const entry of listFolder(folder)) {
      if (!entry.isDirectory() && found.length < MAX_DOCUMENT_NAMES) found.push(joinPath(folder, entry.name));
    }
  };
  for (const folder of new Set([root, outerRoot])) {
    addFiles(folder);
    addFiles(joinPath(folder, '.github'));
    const options = { ...GLOB_OPTIONS, cwd: pathOfFileId(joinPath(folder, 'docs')) };
    for (const path of glob.sync('**/*.md', options).sort().slice(0, MAX_DOCUMENT_NAMES)) {
      found.push(joinPath(folder, `docs/${path}`));
    }
  }
  return found;
}
