/** Flags Python models that dbt refuses: it stops over the whole project. */

import { z } from 'zod';
import { reportOfProblem } from '../problem-report.ts';
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
  scope: 'problem',
  units: { codes: [
      'python-syntax',
      'python-jinja',
      'python-no-model',
      'python-model-arguments',
      'python-model-return',
    ] },
  check(problem, { report }) {
    report(reportOfProblem(problem, 'fault'));
  },
});
