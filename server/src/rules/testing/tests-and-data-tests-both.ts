/** Flags tests: and data_tests: at one place: dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const testsAndDataTestsBoth = defineRule({
  meta: {
    id: 'tests-and-data-tests-both',
    category: 'testing',
    summary: 'Flags tests: and data_tests: at one place.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      both: 'Both tests: and data_tests: stand here; merge them into one. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'tests-and-data-tests': 'both' }),
});
