/** Flags a test that is declared twice with one name: dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const testDuplicate = defineRule({
  meta: {
    id: 'test-duplicate',
    category: 'testing',
    summary: 'Flags a test that is declared twice on one thing.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      twice: 'This test is declared twice; remove one or give it a name: of its own. dbt stops: {dbt}.',
      other: 'The other declaration stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'duplicate-test': 'twice' }, 'other'),
});
