/** Which tests of a node count, and which models need none. */

import type { PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import { valueAt } from '../../facts/value-spans.ts';
import type { DbtNode, RelationNode, TestNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { versionItemsOf } from '../fixes/_versions.ts';

/** The tests of a node: those that dbt certainly has, and those whose `enabled` files cannot tell. */
export interface TestEvidence {
  readonly certain: readonly TestNode[];
  readonly possible: readonly TestNode[];
}

/** Generic tests that stand under the node and singular ones that refer to it; disabled ones are none. */
export function testEvidence(project: ProjectView, uniqueId: string): TestEvidence {
  const certain: TestNode[] = [];
  const possible: TestNode[] = [];
  for (const test of project.testsOf(uniqueId)) {
    if (test.enabled === true) certain.push(test);
    else if (isUnknown(test.enabled)) possible.push(test);
  }
  return { certain, possible };
}

/** Why a test is only a possible one. */
export function whyPossible(test: DbtNode): string {
  return `${test.name}: ${isUnknown(test.enabled) ? test.enabled.reason : 'it may be disabled'}`;
}

/**
 * Whether a node is to be tested at all. `exempt`: nothing is built of it (ephemeral), or its rows come from a calendar macro
 * (time spine). An unknown if files cannot tell.
 */
export function testingDuty(project: ProjectView, node: DbtNode): 'due' | 'exempt' | Unknown {
  if (isUnknown(node.enabled)) return node.enabled;
  if (node.resourceType !== 'model') return 'due';
  const materialized = project.config(node, 'materialized');
  if (materialized === 'ephemeral' || isTimeSpine(project, node)) return 'exempt';
  return isUnknown(materialized) ? materialized : 'due';
}

/** True if the model's entry lists tests, be they disabled. */
export function hasWrittenTests(project: ProjectView, node: RelationNode): boolean {
  const entry = node.patch === undefined ? undefined : project.entry(node.patch);
  const version = versionItemsOf(entry).find(({ v }) => v === String(node.version))?.item;
  const holders = [version ?? entry, ...node.columns.map((column) => valueAt(entry, column.path))];
  return holders.some((holder) => isPyDict(holder) && ['tests', 'data_tests'].some((key) => lengthOf(holder.get(key)) > 0));
}

function lengthOf(value: PyValue | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

/** MetricFlow's calendar: a model with a `time_spine:` property, or of the name that older versions require. */
function isTimeSpine(project: ProjectView, node: DbtNode): boolean {
  if (node.name === 'metricflow_time_spine') return true;
  return 'patch' in node && node.patch !== undefined && isPyDict(project.entry(node.patch)?.get('time_spine'));
}
