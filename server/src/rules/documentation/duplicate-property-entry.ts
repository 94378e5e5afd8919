/** Flags a second property entry for one node: dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const duplicatePropertyEntry = defineRule({
  meta: {
    id: 'duplicate-property-entry',
    category: 'documentation',
    summary: 'Flags a second property entry for one node.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [5],
    checklistItems: ['OPS1'],
    messages: {
      twice: "'{name}' has two property entries; merge them into one. dbt stops: {dbt}.",
      other: 'The other entry stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'duplicate-property-entry': 'twice' }, 'other'),
});
