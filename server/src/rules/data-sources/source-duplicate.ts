/** Flags a source table that is declared twice: dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const sourceDuplicate = defineRule({
  meta: {
    id: 'source-duplicate',
    category: 'data-sources',
    summary: 'Flags a source table that is declared twice.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [1],
    checklistItems: [],
    messages: {
      declared: 'This source table is declared twice; merge the declarations. dbt stops: {dbt}.',
      other: 'The other declaration stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'duplicate-source': 'declared' }, 'other'),
});
