/** Says of a single file what `loadProject` would make of it, so that one changed file needs no second walk. */

import { lstatSync, realpathSync, statSync } from 'node:fs';
import type { FileId } from '../base/file-id.ts';
import { baseName, isInside, joinPath, parentFolder, relativePath } from '../base/file-id.ts';
import type { IgnorePatterns } from '../base/ignore-patterns.ts';
import { SCRIPT_GLOBS, TASK_FILES, automationSystem } from '../facts/automation.ts';
import type { ProjectLayout } from '../facts/project-layout.ts';
import { pathAsWritten, placesOf } from '../facts/project-layout.ts';
import type { ProjectInput, SourceFile } from '../index/source-file.ts';
import { pathOfFileId } from './file-id.ts';
import { allowedFolders, foldersToRead, homeFolders, isLeftOut, layoutOf, profileFiles, readDbtIgnore, ROOT_FILES } from './load-project.ts';
import type { LoadOptions } from './load-project.ts';
import { readSource } from './read-source.ts';

/** Which paths belong to a project, for those who hear of changes on disk. */
export interface ProjectScope {
  /** `text`: read it; `present`: its existence counts; `none`: it is not the project's. */
  wants(file: FileId): 'text' | 'present' | 'none';
  /** The newest state of a file as the index wants it; undefined if the project has nothing to do with it. */
  source(file: FileId): SourceFile | undefined;
  /** The same file under the names by which linked packages hold it. */
  aliases(file: FileId): readonly FileId[];
  /** The layouts of the project and of its packages, the project's first. */
  readonly layouts: readonly ProjectLayout[];
  /** The project's own resource folders that are read. */
  readonly folders: readonly FileId[];
  /** Real folders of packages that are links. */
  readonly linkedFolders: readonly FileId[];
}

interface PackageScope {
  readonly layout: ProjectLayout;
  readonly folders: readonly FileId[];
  readonly ignored: IgnorePatterns | undefined;
}

/** Makes the scope of a project that was just read. It holds until dbt_project.yml, .dbtignore or the packages change. */
export function createProjectScope(input: ProjectInput, options: LoadOptions = {}): ProjectScope {
  const { root, outerRoot } = input;
  const isAllowed = allowedFolders(root, outerRoot, options);
  const projectFiles = new Map(input.files.filter(({ file }) => baseName(file) === 'dbt_project.yml').map((source) => [source.file, source]));
  const scopeOf = (folder: FileId): PackageScope => {
    const layout = layoutOf(folder, projectFiles.get(joinPath(folder, 'dbt_project.yml')));
    return { layout, folders: foldersToRead(layout, isAllowed), ignored: readDbtIgnore(folder) };
  };
  const own = scopeOf(root);
  const packages = input.packageRoots.map(scopeOf);
  const profiles = new Set(profileFiles(root, outerRoot, options.homes ?? homeFolders()));
  const links = linkedPackages(input.packageRoots);

  function wants(file: FileId): 'text' | 'present' | 'none' {
    const inPackage = packages.find(({ layout }) => isInside(layout.root, file));
    if (inPackage !== undefined) return isPackageFile(inPackage, file) ? 'text' : 'none';
    if (isPackageFile(own, file) || profiles.has(file) || isAutomation(file)) return 'text';
    return isAround(file) ? 'present' : 'none';
  }

  function isAutomation(file: FileId): boolean {
    const system = automationSystem(outerRoot, file);
    if (system === undefined) return false;
    if (system !== 'task') return true;
    return [outerRoot, root].some((folder) => {
      if (!isInside(folder, file)) return false;
      const relative = relativePath(folder, file);
      return TASK_FILES.includes(relative) || SCRIPT_FOLDERS.has(relative.slice(0, relative.lastIndexOf('/') + 1));
    });
  }

  function isAround(file: FileId): boolean {
    return [root, outerRoot].some((folder) => {
      const parent = parentFolder(file);
      if (parent === folder || parent === joinPath(folder, '.github')) return true;
      return file.endsWith('.md') && isInside(joinPath(folder, 'docs'), file);
    });
  }

  return {
    folders: own.folders,
    linkedFolders: [...links.keys()],
    layouts: [own.layout, ...packages.map(({ layout }) => layout)],
    wants,
    source(file) {
      const wanted = wants(file);
      if (wanted === 'none') return undefined;
      const text = options.overlay?.(file);
      if (text !== undefined) return { file, state: 'text', text };
      if (wanted === 'text') return readSource(file);
      return isFile(file) ? { file, state: 'present' } : { file, state: 'gone' };
    },
    aliases(file) {
      const found: FileId[] = [];
      for (const [real, link] of links) if (isInside(real, file)) found.push(joinPath(link, relativePath(real, file)));
      return found;
    },
  };
}

/** Folders of `SCRIPT_GLOBS`, with a slash at the end; empty for the root. */
const SCRIPT_FOLDERS: ReadonlySet<string> = new Set(SCRIPT_GLOBS.map((pattern) => pattern.slice(0, pattern.lastIndexOf('/') + 1)));

function isPackageFile({ layout, folders, ignored }: PackageScope, file: FileId): boolean {
  if (parentFolder(file) === layout.root && ROOT_FILES.includes(baseName(file))) return true;
  const folder = folders.find((candidate) => isInside(candidate, file));
  if (folder === undefined || ignored?.ignores(pathAsWritten(layout, file)) === true || placesOf(layout, file).length === 0) return false;
  for (let parent = parentFolder(file); parent !== folder; parent = parentFolder(parent)) {
    if (isLeftOut(parent, folder, layout) || isLink(parent)) return false;
  }
  return true;
}

function isLink(folder: FileId): boolean {
  try {
    return lstatSync(pathOfFileId(folder)).isSymbolicLink();
  } catch {
    // A folder that is not there yet is no link.
    return false;
  }
}

function isFile(file: FileId): boolean {
  try {
    return !statSync(pathOfFileId(file)).isDirectory();
  } catch {
    return false;
  }
}

/** Packages that are links (`local:` packages, as dbt installs them), by the real folder. */
function linkedPackages(packageRoots: readonly FileId[]): ReadonlyMap<FileId, FileId> {
  const links = new Map<FileId, FileId>();
  for (const link of packageRoots) {
    try {
      const real = realpathSync(pathOfFileId(link)).replaceAll('\\', '/');
      if (real !== link) links.set(real, link);
    } catch {
      // It vanished; the watcher will say so.
    }
  }
  return links;
}
