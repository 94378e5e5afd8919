/** Flags refs to a name that several packages have: dbt refuses the whole project over one of them. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';
import { severityOfBrokenReference } from './_broken-reference.ts';

export const refAmbiguous = defineRule({
  meta: {
    id: 'ref-ambiguous',
    category: 'data-sources',
    summary: 'Flags a ref to a name that several packages have.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [1],
    checklistItems: [],
    messages: {
      several: "Several packages have a node named '{name}'; write ref('package', '{name}'). dbt stops: When referencing '{name}', dbt found nodes in multiple packages: {ids}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'analysis', 'test', 'exposure', 'semantic_model', 'operation', 'function'] },
  check(node, { project, report }) {
    for (const use of node.refs) {
      if (use.conditional) continue;
      const found = project.resolveRef(node, use);
      if (found.kind !== 'ambiguous') continue;
      const ids = found.uniqueIds.map((id) => `'${id}'`).join(', ');
      report({ at: use.at, message: 'several', data: { name: use.name, ids }, severity: severityOfBrokenReference(node) });
    }
  },
});
