/** Flags Python models that dbt refuses: it stops over the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const pythonModelInvalid = defineRule({
  meta: {
    id: 'python-model-invalid',
    category: 'code-quality',
    summary: 'Flags Python models that dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      fault: 'dbt refuses this Python model: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'python-syntax': 'fault',
    'python-jinja': 'fault',
    'python-no-model': 'fault',
    'python-model-arguments': 'fault',
    'python-model-return': 'fault',
    'python-literal': 'fault',
    'python-arguments': 'fault',
  }),
});
