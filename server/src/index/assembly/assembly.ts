/** Turns the declarations of one group into nodes: who assembles which kind of group. */

import type { Group, GroupKey } from '../groups.ts';
import { groupKey } from '../groups.ts';
import type { PackageState } from '../project-index.ts';
import { assembleAnalysis, assembleFunction, assembleSingularTest } from './bodies.ts';
import { checkNodes, checkPackage } from './checks.ts';
import { assembleDeclared } from './declared.ts';
import { assembleHooks } from './hooks.ts';
import { assembleRefable } from './refable.ts';
import type { Assembled, AssemblyContext, AssemblyOutput } from './shared.ts';
import { assembleSource } from './source.ts';

/** Assembles one group from the tables. */
export function assembleGroup(context: AssemblyContext, group: Group): Assembled {
  const output: AssemblyOutput = { nodes: [], groups: [], problems: [] };
  switch (group.kind) {
    case 'refable':
      assembleRefable(context, group.name, output);
      break;
    case 'analysis':
      assembleAnalysis(context, group.name, output);
      checkNodes(context, output);
      break;
    case 'singular':
      assembleSingularTest(context, group.name, output);
      checkNodes(context, output);
      break;
    case 'function':
      assembleFunction(context, group.name, output);
      checkNodes(context, output);
      break;
    case 'source':
      assembleSource(context, group.name, output);
      checkNodes(context, output);
      break;
    case 'declared':
      assembleDeclared(context, group.name, output);
      checkNodes(context, output);
      break;
    case 'hooks':
      assembleHooks(context, output);
      checkPackage(context, output);
      break;
    case 'semantics':
      break;
  }
  return output;
}

/** Groups that exist because of a package's dbt_project.yml, not because of a file in its folders. */
export function groupsOfPackage(state: PackageState): GroupKey[] {
  return [groupKey({ kind: 'hooks', packageName: state.name, name: '' })];
}
