/** Where a dbt project keeps what: the paths of dbt_project.yml with dbt's defaults, and what each file is taken for. */

import type { FileId } from '../base/file-id.ts';
import { baseName, extension, isInside, joinPath, relativePath } from '../base/file-id.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import type { FileKind } from './file-facts.ts';

/** Absolute folders of a project by resource; `paths` may lie outside the project's root. */
export interface ProjectLayout {
  readonly root: FileId;
  readonly models: readonly FileId[];
  readonly seeds: readonly FileId[];
  readonly snapshots: readonly FileId[];
  readonly analyses: readonly FileId[];
  readonly macros: readonly FileId[];
  readonly tests: readonly FileId[];
  readonly functions: readonly FileId[];
  readonly docs: readonly FileId[];
  /** Folders whose property files dbt reads twice: it searches them under two of its paths, and again where one lies in another. */
  readonly readTwice: readonly FileId[];
  /** How the paths of files below a folder begin in dbt's answers, where that is not the folder's path: dbt keeps `./models` as it was written. */
  readonly spellings: ReadonlyMap<FileId, string>;
  readonly packagesInstallPath: FileId;
  readonly targetPath: FileId;
  /** True with the flag allow_jinja_file_extensions: `.sql.j2` and the like count. */
  readonly jinjaExtensions: boolean;
}

/** A file's place in the project: its kinds, and for each the searched folder it was found under. */
export interface FilePlace {
  readonly kind: FileKind;
  /** The configured folder that holds it. */
  readonly searched: FileId;
}

const RESOURCE_PATHS = {
  models: ['model-paths', 'source-paths', 'models'],
  seeds: ['seed-paths', 'data-paths', 'seeds'],
  snapshots: ['snapshot-paths', undefined, 'snapshots'],
  analyses: ['analysis-paths', undefined, 'analyses'],
  macros: ['macro-paths', undefined, 'macros'],
  tests: ['test-paths', undefined, 'tests'],
  functions: ['function-paths', undefined, 'functions'],
} as const;

/** Reads the layout off a rendered dbt_project.yml; whatever is absent or malformed has dbt's default (dbt-semantics §1.1). */
export function projectLayout(root: FileId, project: PyDict): ProjectLayout {
  const spellings = new Map<FileId, string>();
  const folderOf = (path: string): FileId => {
    const folder = joinPath(root, path);
    const begin = path.endsWith('/') ? path.slice(0, -1) : path;
    if (begin !== relativePath(root, folder) && !spellings.has(folder)) spellings.set(folder, begin);
    return folder;
  };
  // Property files are searched once for each path as it is written, slashes at its end aside.
  const propertyPaths = new Set<string>();
  const folders = (resource: keyof typeof RESOURCE_PATHS): FileId[] => {
    const [key, oldKey, fallback] = RESOURCE_PATHS[resource];
    const listed = strings(project.get(key)) ?? (oldKey === undefined ? undefined : strings(project.get(oldKey))) ?? [fallback];
    for (const path of listed) propertyPaths.add(path.replace(/\/+$/, ''));
    return unique(listed.map(folderOf));
  };
  const resources = {
    models: folders('models'),
    seeds: folders('seeds'),
    snapshots: folders('snapshots'),
    analyses: folders('analyses'),
    macros: folders('macros'),
    tests: folders('tests'),
    functions: folders('functions'),
  };
  const docs = strings(project.get('docs-paths'))?.map(folderOf);
  const flags = project.get('flags');
  return {
    root,
    ...resources,
    docs: docs ?? unique(Object.values(resources).flat()),
    readTwice: foldersWithin([...propertyPaths].map((path) => joinPath(root, path))),
    spellings,
    packagesInstallPath: joinPath(root, text(project.get('packages-install-path')) ?? 'dbt_packages'),
    targetPath: joinPath(root, text(project.get('target-path')) ?? 'target'),
    jinjaExtensions: isPyDict(flags) && flags.get('allow_jinja_file_extensions') === true,
  };
}

/** Those of some folders that are another one's equal or lie in it. */
function foldersWithin(folders: readonly FileId[]): FileId[] {
  return folders.filter((folder, at) => folders.some((other, before) => isInside(other, folder) || (before < at && other === folder)));
}

/** The path of a file as dbt tells it (`original_file_path`): the searched folder as written, then the way from there. */
export function pathAsWritten(layout: ProjectLayout, file: FileId): string {
  for (const [folder, begin] of layout.spellings) {
    if (!isInside(folder, file)) continue;
    const way = relativePath(folder, file);
    // For property files dbt drops all slashes at the end of a path.
    return `${/\.ya?ml$/i.test(file) ? begin.replace(/\/+$/, '') : begin}/${way}`;
  }
  return relativePath(layout.root, file);
}

/** All folders that hold files of the project, those inside another left out. */
export function resourceFolders(layout: ProjectLayout): FileId[] {
  const all = unique([
    ...layout.models,
    ...layout.seeds,
    ...layout.snapshots,
    ...layout.analyses,
    ...layout.macros,
    ...layout.tests,
    ...layout.functions,
    ...layout.docs,
  ]);
  return all.filter((folder) => !all.some((other) => isInside(other, folder)));
}

/** Files at the root that are read whatever the paths say. */
const ROOT_FILES: ReadonlyMap<string, FileKind> = new Map([
  ['dbt_project.yml', 'project'],
  ['packages.yml', 'packages'],
  ['dependencies.yml', 'dependencies'],
  ['package-lock.yml', 'package-lock'],
  ['selectors.yml', 'selectors'],
  ['vars.yml', 'vars'],
  ['profiles.yml', 'profiles'],
  ['dbt-readiness.yml', 'settings'],
]);

/** What dbt takes a file for (dbt-semantics §1.3); empty for files that it does not read. */
export function placesOf(layout: ProjectLayout, file: FileId): readonly FilePlace[] {
  const name = baseName(file);
  const rootKind = ROOT_FILES.get(name);
  if (rootKind !== undefined && file === joinPath(layout.root, name)) return [{ kind: rootKind, searched: layout.root }];
  // Templates of profiles tell the adapter as well as the real file does, which often is not in the repository.
  if (/^profiles\.yml(?:\.(?:example|sample|template))?$/.test(name)) return [{ kind: 'profiles', searched: layout.root }];
  if (/^[.#~]/.test(name)) return NO_PLACES;
  // Files of one folder are asked for one after the other.
  const key = `${file.slice(0, -name.length)}${effectiveExtension(layout, file)}${file.endsWith('.py') ? '|python' : ''}`;
  if (lastPlaces.layout !== layout || lastPlaces.key !== key) lastPlaces = { layout, key, places: placesByEnding(layout, file) };
  return lastPlaces.places;
}

const NO_PLACES: readonly FilePlace[] = [];

/** The last answer, which holds for all files of a folder with one ending. */
let lastPlaces: { readonly layout: ProjectLayout | undefined; readonly key: string; readonly places: readonly FilePlace[] } = { layout: undefined, key: '', places: NO_PLACES };

function placesByEnding(layout: ProjectLayout, file: FileId): FilePlace[] {
  const places: FilePlace[] = [];
  const add = (kind: FileKind, folders: readonly FileId[]): void => {
    for (const searched of folders) if (isInside(searched, file)) places.push({ kind, searched });
  };
  const ending = effectiveExtension(layout, file);
  if (ending === '.sql') {
    add('model', layout.models);
    add('snapshot', layout.snapshots);
    add('analysis', layout.analyses);
    add('macro', layout.macros);
    add('function', layout.functions);
    for (const searched of layout.tests) {
      if (!isInside(searched, file)) continue;
      const first = relativePath(searched, file).split('/')[0];
      if (first === 'generic') places.push({ kind: 'generic-test', searched });
      else if (first === 'fixtures') places.push({ kind: 'fixture', searched });
      else places.push({ kind: 'singular-test', searched });
    }
  } else if (ending === '.py') {
    // dbt finds `a.Py` as well, but takes it for SQL.
    add(file.endsWith('.py') ? 'python-model' : 'model', layout.models);
    add('function', layout.functions);
  } else if (ending === '.js') {
    add('function', layout.functions);
  } else if (ending === '.csv') {
    add('seed', layout.seeds);
    for (const searched of layout.tests) {
      if (isInside(joinPath(searched, 'fixtures'), file)) places.push({ kind: 'fixture', searched });
    }
  } else if (ending === '.md') {
    add('docs', layout.docs);
  } else if (ending === '.yml' || ending === '.yaml') {
    const folders = [
      ...layout.models,
      ...layout.seeds,
      ...layout.snapshots,
      ...layout.analyses,
      ...layout.macros,
      ...layout.tests,
      ...layout.functions,
    ];
    const searched = unique(folders).find((folder) => isInside(folder, file));
    if (searched !== undefined) places.push({ kind: 'properties', searched });
  }
  return places;
}

function effectiveExtension(layout: ProjectLayout, file: FileId): string {
  const ending = extension(file);
  if (!layout.jinjaExtensions || !['.j2', '.jinja', '.jinja2'].includes(ending)) return ending;
  return extension(file.slice(0, -ending.length));
}

function strings(value: PyValue | undefined): string[] | undefined {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}

function text(value: PyValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

const PROJECT_WIDE = /\/(?:(?:dbt_project|vars|packages|dependencies|package-lock)\.yml|profiles\.yml(?:\.(?:example|sample|template))?)$/;

/** True for files whose change means that everything is rendered anew: dbt_project.yml, vars.yml, packages, profiles. */
export function isProjectWide(file: FileId): boolean {
  return PROJECT_WIDE.test(file);
}
