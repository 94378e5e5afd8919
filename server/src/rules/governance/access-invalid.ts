/** Flags an access that dbt does not take: it refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const accessInvalid = defineRule({
  meta: {
    id: 'access-invalid',
    category: 'governance',
    summary: 'Flags an access that dbt does not take.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      invalid: "dbt does not take access '{value}' here; private, protected and public are known, public not for ephemeral models. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'access-invalid': 'invalid' }),
});
