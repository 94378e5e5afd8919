/** What dbt refuses of a project as it stands between its own files: folders that are searched twice, and a profile that is not there. */

import type { FileId } from '../../base/file-id.ts';
import { isInside, joinPath } from '../../base/file-id.ts';
import type { PyValue } from '../../base/python-values.ts';
import { isPyDict, isPyFloat, isTruthy } from '../../base/python-values.ts';
import type { DbtMessage } from '../../dbt/messages.ts';
import { duplicateMacro, duplicateMacroEntry, duplicatePropertyEntry, duplicateResource } from '../../dbt/messages.ts';
import { pyClassName, pyRepr } from '../../dbt/python-repr.ts';
import type { Anchor } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { PackageState } from '../project-index.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { report, sortedEntries } from './shared.ts';

type Path = readonly (string | number)[];

/** The lists of folders in which dbt finds every file as often as it searches the folder, with the type of what it finds. */
const SEARCHED = [
  ['model-paths', 'model', 'models'],
  ['seed-paths', 'seed', 'seeds'],
  ['snapshot-paths', 'snapshot', 'snapshots'],
  ['analysis-paths', 'analysis', 'analyses'],
  ['test-paths', 'test', 'data_tests'],
  ['function-paths', 'function', 'functions'],
] as const;

/** Folders that stand twice in one list, where there is something in them that dbt then finds twice. */
export function checkSearchedTwice(context: AssemblyContext, output: AssemblyOutput): void {
  const { owner } = context;
  const { bodies, macros } = owner.tables;
  for (const [key, type, plural] of SEARCHED) {
    for (const { at, folder } of repeated(context, key)) {
      const names = [...bodies.keys()].filter((name) => name.startsWith(`${type}:`));
      const found = names.flatMap((name) => [...bodies.get(name)]).find((row) => isInside(folder, row.file));
      if (found !== undefined) report(output, duplicateResource(plural, found.name), at);
    }
  }
  for (const { at, folder } of repeated(context, 'macro-paths')) {
    const name = [...macros.keys()].find((one) => [...macros.get(one)].some(({ file }) => isInside(folder, file)));
    if (name !== undefined) report(output, duplicateMacro(name, owner.name), at);
  }
  for (const folder of owner.tables.layout.readTwice) checkReadTwice(context, folder, output);
}

/** A folder of property files that lies in another one: of the first entry that dbt must not find twice. */
function checkReadTwice({ owner }: AssemblyContext, folder: FileId, output: AssemblyOutput): void {
  const rows = [...owner.tables.entries.keys()].flatMap((key) => [...owner.tables.entries.get(key)]).filter(({ file }) => isInside(folder, file));
  for (const row of sortedEntries(rows)) {
    const message = foundTwice(owner, row);
    if (message !== undefined) {
      report(output, message, placeOfPath(owner, folder));
      return;
    }
  }
}

/** What dbt says of an entry that it reads twice; undefined where it says nothing, or where that hangs on more than names. */
function foundTwice({ name: packageName, tables }: PackageState, { entry }: EntryRow): DbtMessage | undefined {
  const { section, name, value } = entry;
  const has = (...types: readonly string[]): boolean => types.some((type) => tables.bodies.has(`${type}:${name}`));
  if (section === 'models' || section === 'seeds' || section === 'snapshots') return has('model', 'seed', 'snapshot') ? duplicatePropertyEntry(name) : undefined;
  if (section === 'analyses') return has('analysis') ? duplicatePropertyEntry(name) : undefined;
  if (section === 'macros') return tables.macros.has(name) ? duplicateMacroEntry(name, packageName) : undefined;
  if (section === 'exposures' || section === 'groups') return duplicateResource(section, name);
  const list = section === 'sources' && isPyDict(value) ? value.get('tables') : undefined;
  const table = Array.isArray(list) ? list[0] : undefined;
  const tableName = isPyDict(table) ? table.get('name') : undefined;
  return typeof tableName === 'string' ? duplicateResource('sources', `${name}_${tableName}`) : undefined;
}

/** Where dbt_project.yml names a folder; one that dbt searches unasked, where it names a folder around it. */
function placeOfPath({ project, root, projectFile }: PackageState, folder: FileId): Anchor {
  const named = [...SEARCHED.map(([key]) => key), 'macro-paths'].flatMap((key) => {
    const list = project.get(key);
    return Array.isArray(list) ? list.map((path, index) => ({ path: [key, index], folder: typeof path === 'string' ? joinPath(root, path) : '' })) : [];
  });
  const found = named.findLast((one) => one.folder === folder) ?? named.find((one) => isInside(one.folder, folder));
  return found === undefined ? { kind: 'file', file: projectFile } : { kind: 'yaml', file: projectFile, entry: '', path: found.path, part: 'value' };
}

function repeated({ owner }: AssemblyContext, key: string): { readonly at: Anchor; readonly folder: string }[] {
  const list = owner.project.get(key);
  const seen = new Set<string>();
  return (Array.isArray(list) ? list : []).flatMap((path, index) => {
    if (typeof path !== 'string') return [];
    const folder = joinPath(owner.root, path);
    if (!seen.has(folder)) {
      seen.add(folder);
      return [];
    }
    return [{ folder, at: { kind: 'yaml', file: owner.projectFile, entry: '', path: [key, index], part: 'value' } as const }];
  });
}

/** The profile that dbt_project.yml names, in the profiles.yml beside it, which dbt takes before any other. */
export function checkProfiles(context: AssemblyContext, output: AssemblyOutput): void {
  const { owner } = context;
  const file = joinPath(owner.root, 'profiles.yml');
  const facts = owner.tables.files.get(file)?.parts[0]?.facts;
  const name = owner.project.get('profile');
  // What is broken as YAML is told as that.
  if (!owner.isRoot || facts?.data.kind !== 'profiles' || facts.problems.length > 0) return;
  const { profiles, skeleton } = facts.data;
  const add = (code: string, message: string, path: Path, part: 'key' | 'value' = 'key'): void => {
    output.problems.push({ code, message, dbt: 'error', at: path.length === 0 ? { kind: 'file', file } : { kind: 'yaml', file, entry: '', path, part } });
  };
  // It is no error, since whatever starts dbt may name another folder of profiles, as Airflow does.
  const addAbsent = (message: string): void => {
    const at: Anchor = { kind: 'yaml', file: owner.projectFile, entry: '', path: ['profile'], part: 'value' };
    output.problems.push({ code: 'project-profile-absent', message, dbt: 'warning', at });
  };
  if (!isPyDict(skeleton) || skeleton.size === 0) {
    if (typeof name === 'string') addAbsent(isTruthy(skeleton) ? `'${pyClassName(skeleton)}' object has no attribute 'get'` : 'The profiles.yml file at ./profiles.yml is empty');
    return;
  }
  const config = skeleton.get('config');
  const flags = owner.project.get('flags');
  if (isPyDict(config) && config.size > 0 && isPyDict(flags) && flags.size > 0) {
    add('profile-config-and-flags', "Do not specify both 'config' in profiles.yml and 'flags' in dbt_project.yml. Using 'config' in profiles.yml is deprecated.", ['config']);
  }
  if (typeof name !== 'string') return;
  if (!skeleton.has(name)) {
    addAbsent(`Could not find profile named '${name}'`);
    return;
  }
  const incomplete = (message: string, path: Path, part?: 'key' | 'value'): void => {
    add('profile-incomplete', message, path, part);
  };
  const profile = skeleton.get(name) ?? null;
  if (!isTruthy(profile)) {
    incomplete(`Profile ${name} in profiles.yml is empty`, [name]);
    return;
  }
  if (!isPyDict(profile)) {
    const isSearchable = typeof profile === 'string' || Array.isArray(profile);
    incomplete(isSearchable ? `outputs not specified in profile '${name}'` : `argument of type '${pyClassName(profile)}' is not iterable`, [name], 'value');
    return;
  }
  if (!profile.has('outputs')) {
    incomplete(`outputs not specified in profile '${name}'`, [name]);
    return;
  }
  const outputs = profile.get('outputs') ?? null;
  if (!isPyDict(outputs)) {
    if (typeof outputs === 'string') incomplete("string indices must be integers, not 'str'", [name, 'outputs'], 'value');
    else if (Array.isArray(outputs)) incomplete('list indices must be integers or slices, not str', [name, 'outputs'], 'value');
    else incomplete(`argument of type '${pyClassName(outputs)}' is not iterable`, [name, 'outputs'], 'value');
    return;
  }
  const given = context.render.targetName();
  const known = profiles.find((one) => one.name === name);
  const target = given ?? (profile.has('target') ? known?.defaultTarget : 'default');
  if (target === undefined) return;
  if (!outputs.has(target)) {
    const message = `The profile '${name}' does not have a target named '${target}'.`;
    const isWritten = given === undefined && profile.has('target');
    const [path, part] = isWritten ? ([[name, 'target'], 'value'] as const) : ([[name, 'outputs'], 'key'] as const);
    if (given !== undefined) incomplete(message, path, part);
    // Whatever starts dbt may name another target.
    else output.problems.push({ code: 'profile-target-absent', message, dbt: 'warning', at: { kind: 'yaml', file, entry: '', path, part } });
    return;
  }
  const path = [name, 'outputs', target];
  const settings = outputs.get(target);
  if (!isPyDict(settings)) {
    incomplete(`output '${target}' of profile '${name}' is misconfigured in profiles.yml`, path);
    return;
  }
  const type = settings.get('type');
  if (type === undefined) incomplete(`required field "type" not found in profile ${name} and target ${target}`, path);
  else if (typeof type !== 'string') incomplete(`can only concatenate str (not "${pyClassName(type)}") to str`, [...path, 'type'], 'value');
  const threads = known?.outputs.find((one) => one.name === target)?.threads;
  if (threads !== undefined && !isWhole(threads)) incomplete(`at path ['threads']: ${pyRepr(threads)} is not of type 'integer'`, [...path, 'threads'], 'value');
}

/** What the schema of dbt takes for an integer, a float without a fraction among it. */
function isWhole(value: PyValue): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || (isPyFloat(value) && Number.isInteger(value.value));
}
