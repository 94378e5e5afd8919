/** Flags a secret environment variable outside profiles.yml and packages.yml: dbt refuses it. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const secretEnvVarMisused = defineRule({
  meta: {
    id: 'secret-env-var-misused',
    category: 'security',
    summary: 'Flags a secret environment variable outside profiles.yml and packages.yml.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [8],
    checklistItems: ['SEC3'],
    messages: {
      misused: 'Secrets of DBT_ENV_SECRET are for profiles.yml and packages.yml only. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'jinja-secret-env-var': 'misused' }),
});
