/** What dbt refuses of a project as it stands between its own files: folders that are searched twice, and a profile that is not there. */

import type { FileId } from '../../base/file-id.ts';
import { isInside, joinPath } from '../../base/file-id.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { DbtMessage } from '../../dbt/messages.ts';
import { duplicateMacro, duplicateMacroEntry, duplicatePropertyEntry, duplicateResource } from '../../dbt/messages.ts';
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
  if (!isPyDict(skeleton)) return;
  const config = skeleton.get('config');
  const flags = owner.project.get('flags');
  if (isPyDict(config) && config.size > 0 && isPyDict(flags) && flags.size > 0) {
    add('profile-config-and-flags', "Do not specify both 'config' in profiles.yml and 'flags' in dbt_project.yml. Using 'config' in profiles.yml is deprecated.", ['config']);
  }
  if (typeof name !== 'string') return;
  if (!skeleton.has(name)) {
    const at: Anchor = { kind: 'yaml', file: owner.projectFile, entry: '', path: ['profile'], part: 'value' };
    // It is no error, since whatever starts dbt may name another folder of profiles, as Airflow does.
    output.problems.push({ code: 'project-profile-absent', message: `Could not find profile named '${name}'`, dbt: 'warning', at });
    return;
  }
  const profile = skeleton.get(name) ?? null;
  if (profile === null) {
    add('profile-incomplete', `Profile ${name} in profiles.yml is empty`, [name]);
    return;
  }
  if (!isPyDict(profile) || !profile.has('outputs')) {
    add('profile-incomplete', `outputs not specified in profile '${name}'`, [name]);
    return;
  }
  const outputs = profile.get('outputs');
  const given = context.render.targetName();
  const written = profile.has('target') ? profiles.find((one) => one.name === name)?.defaultTarget : 'default';
  const target = given ?? written;
  if (target === undefined || !isPyDict(outputs)) return;
  if (!outputs.has(target)) {
    const isWritten = given === undefined && profile.has('target');
    add('profile-incomplete', `The profile '${name}' does not have a target named '${target}'.`, isWritten ? [name, 'target'] : [name, 'outputs'], isWritten ? 'value' : 'key');
    return;
  }
  const settings = outputs.get(target);
  if (!isPyDict(settings)) add('profile-incomplete', `output '${target}' of profile '${name}' is misconfigured in profiles.yml`, [name, 'outputs', target]);
  else if (!settings.has('type')) add('profile-incomplete', `required field "type" not found in profile ${name} and target ${target}`, [name, 'outputs', target]);
}
