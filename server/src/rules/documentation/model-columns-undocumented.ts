/** Flags models that declare columns and leave them undescribed: a list of names documents nothing. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import type { NodeColumn, RelationNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { describeColumns } from '../fixes/_describe.ts';
import { placeOfColumn, placeOfNode } from '../fixes/_places.ts';
import { versionItemsOf } from '../fixes/_versions.ts';
import { defineRule } from '../rule.ts';
import { descriptionState } from './_description.ts';

export const modelColumnsUndocumented = defineRule({
  meta: {
    id: 'model-columns-undocumented',
    category: 'documentation',
    summary: 'Flags a model that declares columns without describing them.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [4],
    checklistItems: ['OPS1'],
    messages: {
      some: "{count} of {total} declared columns of '{name}' have no description; readers must guess what they hold.",
      one: "Column '{column}' of '{name}' has no description; readers must guess what it holds.",
      column: "Column '{column}' has no description.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'model' || node.patch === undefined || node.columns.length === 0) return;
    const { patch } = node;
    if (isUnknown(node.enabled)) {
      unknown(node.enabled.reason);
      return;
    }
    const open: NodeColumn[] = [];
    for (const column of node.columns) {
      const state = descriptionState(column.description);
      if (isUnknown(state)) unknown(`${column.name}: ${state.reason}`);
      else if (state !== 'written' && !isOfEarlierVersion(project, node, column)) open.push(column);
    }
    const [first, ...others] = open;
    if (first === undefined) return;
    const isForReaders = node.access === 'public' || project.layer(node) === 'marts';
    const fix = describeColumns(project, node, open);
    const shared = { ...(isForReaders ? { severity: 'warning' as const } : {}), ...(fix === undefined ? {} : { fix }) };
    if (others.length === 0) {
      report({ at: placeOfColumn(patch, first), message: 'one', data: { column: first.name, name: node.name }, ...shared });
      return;
    }
    report({
      at: placeOfNode(project, node),
      message: 'some',
      data: { count: open.length, total: node.columns.length, name: node.name },
      related: open.map((column) => ({ at: placeOfColumn(patch, column), message: 'column', data: { column: column.name } })),
      ...shared,
    });
  },
});

/** True for a column of the model's own list that an earlier version has too: it is written once and reported once. */
function isOfEarlierVersion(project: ProjectView, node: RelationNode, column: NodeColumn): boolean {
  if (node.version === null || node.patch === undefined || column.path[0] === 'versions') return false;
  const stem = node.uniqueId.slice(0, -`v${String(node.version)}`.length);
  for (const { v } of versionItemsOf(project.entry(node.patch))) {
    if (v === String(node.version)) return false;
    const earlier = project.node(`${stem}v${v}`);
    if (earlier?.resourceType !== 'model' || earlier.enabled !== true) continue;
    if (earlier.columns.some((one) => one.path[0] === 'columns' && one.path[1] === column.path[1])) return true;
  }
  return false;
}
