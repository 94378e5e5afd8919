/** Flags sources that models read and no data test checks: a broken load is noticed in a report, not at the door. */

import * as z from 'zod';
import type { PyDict } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { addKeyTests } from '../fixes/_add-key-tests.ts';
import { defineRule } from '../rule.ts';
import { sourceUse } from '../fixes/_source-use.ts';
import { placeOfSource, tablesAlike, writtenTables } from '../source-entry.ts';
import { testEvidence, whyPossible } from './_test-evidence.ts';

export const sourceWithoutTests = defineRule({
  meta: {
    id: 'source-without-tests',
    category: 'testing',
    summary: 'Flags a source table that models read and no data test checks.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [1, 2],
    checklistItems: ['DQ1'],
    messages: {
      source: "No data test checks source '{name}'; a broken load of its {count} tables would spread to every model.",
      oneOf: "'{table}' is read and has no data test.",
      untested: "No data test checks source table '{name}'; a broken load would spread to every model on it.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['source'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'source') return;
    const state = stateOf(project, node);
    if (isUnknown(state)) unknown(state.reason);
    if (state !== 'untested') return;
    const fix = addKeyTests(project, node, undefined);
    // Tables for which nothing can be offered are told of together, as long as no table of the source is tested.
    const tables =
      fix === undefined && !hasTestedTable(project, node)
        ? tablesAlike(project, node, (table) => stateOf(project, table) === 'untested' && addKeyTests(project, table, undefined) === undefined)
        : [node];
    if (tables === undefined) return;
    if (tables.length > 1) {
      report({
        at: placeOfSource(node),
        message: 'source',
        data: { name: node.sourceName, count: tables.length },
        related: tables.map((table) => ({ at: project.nodeAnchor(table), message: 'oneOf', data: { table: table.name } })),
      });
      return;
    }
    report({
      at: project.nodeAnchor(node),
      message: 'untested',
      data: { name: `${node.sourceName}.${node.name}` },
      ...(fix === undefined ? {} : { fix }),
    });
  },
});

/** `fine`: a test checks the table, or no model reads it. */
function stateOf(project: ProjectView, node: SourceNode): 'fine' | 'untested' | Unknown {
  const use = isUnknown(node.enabled) ? node.enabled : sourceUse(project, node, ['model']);
  if (use === 'unused') return 'fine';
  const { certain, possible } = testEvidence(project, node.uniqueId);
  if (certain.length > 0) return 'fine';
  if (isUnknown(use)) return use;
  const [maybe] = possible;
  return maybe === undefined ? 'untested' : { kind: 'unknown', reason: whyPossible(maybe) };
}

/** Where some tables are tested, each that is not was forgotten for itself. */
function hasTestedTable(project: ProjectView, node: SourceNode): boolean {
  return writtenTables(project, node).some((table) => isPyDict(table) && holdsTests(table));
}

function holdsTests(holder: PyDict): boolean {
  if (['tests', 'data_tests'].some((key) => holder.has(key))) return true;
  const columns = holder.get('columns');
  return Array.isArray(columns) && columns.some((column) => isPyDict(column) && holdsTests(column));
}
