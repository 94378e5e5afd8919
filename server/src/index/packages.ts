/** What files tell of installed packages, of the adapter and of the dbt versions that the project supports. */

import type { FileId } from '../base/file-id.ts';
import { baseName, isInside, joinPath } from '../base/file-id.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { lowestSupported } from '../dbt/dbt-version.ts';
import type { FactsData } from '../facts/file-facts.ts';
import { readProfilesFile } from '../facts/profiles-facts.ts';
import { projectLayout } from '../facts/project-layout.ts';
import type { SourceFile } from './source-file.ts';
import type { PackageState as OpenPackage, ProjectIndex } from './project-index.ts';
import type { PackageState } from './project-view.ts';

/** What packages the project asks for, and which are there. */
export function packageStateOf(index: ProjectIndex): PackageState {
  const { rootPackage } = index;
  const lock = rootValue(rootPackage, 'package-lock.yml');
  const asked = listIn(lock, 'packages') ?? [
    ...(listIn(rootValue(rootPackage, 'packages.yml'), 'packages') ?? []),
    ...(listIn(rootValue(rootPackage, 'dependencies.yml'), 'packages') ?? []),
  ];
  const installed = [...index.packages.keys()].filter((name) => name !== rootPackage.name);
  const projects = listIn(rootValue(rootPackage, 'dependencies.yml'), 'projects') ?? [];
  return {
    installed,
    incomplete: asked.length > installed.length || isAnyUnread(rootPackage, foldersOutside(rootPackage, index.outerRoot)),
    crossProjects: projects
      .map((project) => (isPyDict(project) ? project.get('name') : undefined))
      .filter((name): name is string => typeof name === 'string'),
  };
}

/** The folders outside the repository that the paths of dbt_project.yml lead to. */
export function foldersOutside(state: OpenPackage, outerRoot: FileId): FileId[] {
  const { models, seeds, snapshots, macros, tests, functions } = projectLayout(state.root, state.project);
  return [models, seeds, snapshots, macros, tests, functions].flat().filter((folder) => folder !== outerRoot && !isInside(outerRoot, folder));
}

/** True if nothing was read of one of some folders: the host goes only so far, and what lies there is unknown. */
export function isAnyUnread(state: OpenPackage, folders: readonly FileId[]): boolean {
  return folders.some((folder) => {
    for (const file of state.tables.files.keys()) if (isInside(folder, file)) return false;
    return true;
  });
}

/** The value of a YAML file at a package's root; undefined if it does not exist. */
export function rootValue(state: OpenPackage, name: string): PyDict | undefined {
  const stored = state.tables.files.get(joinPath(state.root, name));
  const data = stored?.parts[0]?.facts.data;
  return data?.kind === 'value' && isPyDict(data.value) ? data.value : undefined;
}

function listIn(dict: PyDict | undefined, key: string): PyValue[] | undefined {
  const value = dict?.get(key);
  return Array.isArray(value) ? value : undefined;
}

/** The lowest dbt version that `require-dbt-version` allows. */
export function lowestDbtVersionOf(index: ProjectIndex): string | undefined {
  const required = index.rootPackage.project.get('require-dbt-version');
  return required === undefined || required === null ? undefined : lowestSupported(required);
}

const ADAPTERS: ReadonlySet<string> = new Set([
  'snowflake',
  'bigquery',
  'databricks',
  'redshift',
  'postgres',
  'duckdb',
  'spark',
  'athena',
  'trino',
  'sqlserver',
  'fabric',
  'clickhouse',
  'dremio',
  'synapse',
  'oracle',
  'teradata',
]);

/** The adapter type, if the profiles of the workspace agree on one; `profileName` is what dbt_project.yml asks for. */
export function adapterOfProfiles(facts: readonly FactsData[], profileName: PyValue | undefined): string | undefined {
  const types = new Set<string>();
  for (const data of facts) {
    if (data.kind !== 'profiles') continue;
    const own = data.profiles.filter((profile) => profile.name === profileName);
    for (const profile of own.length > 0 ? own : data.profiles) {
      for (const output of profile.outputs) if (output.type !== undefined) types.add(output.type);
    }
  }
  const [only] = types;
  return types.size === 1 && only !== undefined && ADAPTERS.has(only) ? only : undefined;
}

/** The facts of the profiles.yml files among some sources, before the index knows any file. */
export function profilesIn(files: readonly SourceFile[]): FactsData[] {
  return files.flatMap((source) =>
    source.state === 'text' && baseName(source.file).startsWith('profiles.yml') ? [readProfilesFile(source.text).data] : [],
  );
}
