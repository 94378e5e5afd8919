/** What dbt refuses of a project as it stands between its own files: folders that are searched twice, and a profile that is not there. */

import { isInside, joinPath } from '../../base/file-id.ts';
import { isPyDict } from '../../base/python-values.ts';
import { duplicateMacro, duplicateResource } from '../../dbt/messages.ts';
import type { Anchor } from '../model.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { report } from './shared.ts';

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
