/** Flags a project without a name that dbt takes. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const projectNameInvalid = defineRule({
  meta: {
    id: 'project-name-invalid',
    category: 'production-config-ci',
    summary: 'Flags a project without a name that dbt takes.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [7],
    checklistItems: ['INF1'],
    messages: {
      missing: 'This project has no name; add name: to dbt_project.yml. dbt stops: {dbt}.',
      invalid: 'dbt does not take this name for a project; use letters, digits and _. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'project-name-missing': 'missing',
    'project-name-invalid': 'invalid',
    'project-name-reserved': 'invalid',
  }),
});
