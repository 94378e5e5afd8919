/** Flags constraints of models that dbt makes no table of: nothing enforces them. */

import * as z from 'zod';
import type { PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { defineRule } from '../rule.ts';

export const constraintUnsupported = defineRule({
  meta: {
    id: 'constraint-unsupported',
    category: 'governance',
    summary: 'Flags constraints under a contract on a model that is neither a table nor incremental.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: [],
    messages: {
      ignored: "Constraints do nothing on a {materialized}; make it a table, or test instead. dbt warns: Constraint types are not supported for {materialized} materializations and will be ignored.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'node',
  units: { resourceTypes: ['model'] },
  check(node, { project, report }) {
    if (node.resourceType !== 'model' || node.patch === undefined || typeof node.materialized !== 'string') return;
    if (node.materialized === 'table' || node.materialized === 'incremental') return;
    const contract = node.config.get('contract');
    if (!isPyDict(contract) || contract.get('enforced') !== true) return;
    if (![...node.constraints, ...node.columns.flatMap(({ constraints }) => constraints)].some(warnsUnsupported)) return;
    report({ at: project.nodeAnchor(node), message: 'ignored', data: { materialized: node.materialized } });
  },
});

/** dbt keeps quiet about constraints with `warn_unsupported: false`. */
function warnsUnsupported(constraint: PyValue): boolean {
  return isPyDict(constraint) && constraint.get('warn_unsupported') !== false;
}
