/** Flags incremental models without unique_key: each run adds rows again instead of replacing them. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import { primaryKeyGuess } from '../../syntax/sql/select.ts';
import { addConfigSetting } from '../fixes/_config-call.ts';
import { defineRule } from '../rule.ts';

/** Strategies that work without a key; those that are not dbt's own are custom and know themselves. */
const NEEDS_KEY: ReadonlySet<string> = new Set(['merge', 'delete+insert']);

/** Packages whose macros write the whole load of a Data Vault table, and add only what is not there yet. */
const INSERT_NEW_ROWS_ALONE = /^macro\.(?:automate_dv|dbtvault|datavault4dbt)\./;

export const incrementalMissingUniqueKey = defineRule({
  meta: {
    id: 'incremental-missing-unique-key',
    category: 'performance',
    summary: 'Flags an incremental model that has no unique_key.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [7, 2],
    checklistItems: ['PRF1'],
    messages: {
      missing: '{name} is incremental without unique_key: changed rows are appended again.',
      append: '{name} only appends: rows that are loaded twice stay twice.',
      compileError: '{name} uses delete+insert without unique_key, which Databricks refuses.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  // The columns of the final select decide which key is offered.
  scope: 'neighbours',
  units: { resourceTypes: ['model'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'model' || node.enabled !== true) return;
    if (isUnknown(node.materialized)) {
      unknown(node.materialized.reason);
      return;
    }
    if (node.materialized !== 'incremental') return;
    const strategy = project.config(node, 'incremental_strategy');
    const key = project.config(node, 'unique_key');
    if (isUnknown(strategy) || isUnknown(key)) {
      unknown(isUnknown(strategy) ? strategy.reason : isUnknown(key) ? key.reason : '');
      return;
    }
    if (key !== null && !(Array.isArray(key) && key.length === 0) && key !== '') return;
    if (node.macros.some((macro) => INSERT_NEW_ROWS_ALONE.test(macro))) return;
    const at = project.nodeAnchor(node);
    if (strategy === 'append') {
      report({ at, message: 'append', data: { name: node.name }, severity: 'information' });
      return;
    }
    if (strategy !== null && !(typeof strategy === 'string' && NEEDS_KEY.has(strategy))) return;
    const isRefused = strategy === 'delete+insert' && project.adapter() === 'databricks';
    const guess = primaryKeyGuess(node.name, columnsOf(node.columns, project.selectedColumns(node.file)?.names));
    report({
      at,
      message: isRefused ? 'compileError' : 'missing',
      data: { name: node.name },
      ...(isRefused ? { severity: 'error' as const } : {}),
      ...(guess === undefined || node.language !== 'sql'
        ? {}
        : { fix: { kind: 'suggested' as const, make: (tools) => addConfigSetting(tools, node.file, 'suggested', 'unique_key', `'${guess}'`) } }),
    });
  },
});

function columnsOf(declared: readonly { readonly name: string }[], selected: readonly string[] | undefined): string[] {
  return [...new Set([...declared.map((column) => column.name), ...(selected ?? [])])];
}
