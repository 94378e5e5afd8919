/** Flags sources that are read without a freshness limit: when their load stops, dashboards go stale in silence. */

import * as z from 'zod';
import type { PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { ConfigValue, Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { addFreshness, hasKey } from '../fixes/_add-freshness.ts';
import { sourceUse } from '../fixes/_source-use.ts';
import { defineRule } from '../rule.ts';
import { placeOfSource, tablesAlike, writtenTables } from '../source-entry.ts';

/** Generic tests that fail when a table has no recent rows. */
const RECENCY_TESTS: ReadonlySet<string> = new Set([
  'recency',
  'freshness_anomalies',
  'event_freshness_anomalies',
  'table_anomalies',
  'data_freshness_sla',
  'expect_row_values_to_have_recent_data',
  'expect_grouped_row_values_to_have_recent_data',
]);

export const sourceMissingFreshness = defineRule({
  meta: {
    id: 'source-missing-freshness',
    category: 'freshness',
    summary: 'Flags a source that is read and has no freshness limit.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [6],
    checklistItems: ['DQ2'],
    messages: {
      table: "Source table '{name}' has no freshness limit; if its load stops, nobody is told.",
      source: "No table of source '{name}' has a freshness limit; if a load stops, nobody is told.",
      oneOf: "'{table}' is read and has no freshness limit.",
    },
    options: z.object({
      freshnessTests: z
        .array(z.string())
        .default([])
        .describe('Names of generic tests of your own that fail on stale tables, as `name` or `package.name`.'),
    }),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['source'] },
  check(node, { project, options, report, unknown }) {
    if (node.resourceType !== 'source') return;
    const own = new Set(options.freshnessTests);
    const state = freshnessOf(project, node, own);
    if (isUnknown(state)) unknown(state.reason);
    if (state !== 'missing') return;
    const written = writtenTables(project, node);
    // A table with words of its own on freshness shows that the source decides table by table.
    if (written.length < 2 || written.some((table) => isPyDict(table) && hasKey(table, 'freshness'))) {
      const fix = addFreshness(project, node, false);
      report({
        at: project.nodeAnchor(node),
        message: 'table',
        data: { name: `${node.sourceName}.${node.name}` },
        ...(fix === undefined ? {} : { fix }),
      });
      return;
    }
    const tables = tablesAlike(project, node, (table) => freshnessOf(project, table, own) === 'missing');
    if (tables === undefined) return;
    const fix = addFreshness(project, node, true);
    report({
      at: placeOfSource(node),
      message: 'source',
      data: { name: node.sourceName },
      related: tables.map((table) => ({ at: project.nodeAnchor(table), message: 'oneOf', data: { table: table.name } })),
      ...(fix === undefined ? {} : { fix }),
    });
  },
});

/** `fine` covers what needs no limit: unused tables, and those that switch freshness off on purpose. */
function freshnessOf(project: ProjectView, node: SourceNode, ownTests: ReadonlySet<string>): 'fine' | 'missing' | Unknown {
  if (isUnknown(node.enabled)) return node.enabled;
  if (node.freshnessDisabled || hasLimit(node.freshness)) return 'fine';
  // `+freshness: null` in dbt_project.yml switches it off too.
  if (node.freshness === null && node.config.has('freshness')) return 'fine';
  const use = sourceUse(project, node, ['model', 'snapshot', 'exposure', 'semantic_model']);
  if (use === 'unused') return 'fine';
  let maybe: Unknown | undefined = isUnknown(use) ? use : undefined;
  if (isUnknown(node.freshness)) maybe = node.freshness;
  else if (node.freshness === null && node.configUnknown !== null) maybe = node.configUnknown;
  for (const { generic, enabled } of project.testsOf(node.uniqueId)) {
    if (generic === undefined) continue;
    const { testName, namespace } = generic;
    if (!RECENCY_TESTS.has(testName) && !ownTests.has(testName) && !ownTests.has(`${namespace ?? ''}.${testName}`)) continue;
    if (enabled === true) return 'fine';
    if (isUnknown(enabled)) maybe = enabled;
  }
  return maybe ?? 'missing';
}

/** dbt needs a count and a period of at least one limit. */
function hasLimit(freshness: ConfigValue): boolean {
  if (!isPyDict(freshness)) return false;
  return isLimit(freshness.get('warn_after')) || isLimit(freshness.get('error_after'));
}

function isLimit(limit: PyValue | undefined): boolean {
  return isPyDict(limit) && (limit.get('count') ?? null) !== null && (limit.get('period') ?? null) !== null;
}
