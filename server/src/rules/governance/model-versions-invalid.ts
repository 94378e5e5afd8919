/** Flags versions of a model that dbt refuses. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const modelVersionsInvalid = defineRule({
  meta: {
    id: 'model-versions-invalid',
    category: 'governance',
    summary: 'Flags versions of a model that dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      duplicate: 'This version is declared twice; give one another number. dbt stops: {dbt}.',
      latest: 'latest_version names no declared version; correct it. dbt stops: {dbt}.',
      fault: 'dbt cannot read the versions of this model. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'version-key-unknown': 'fault',
    'version-without-number': 'fault',
    'version-duplicate': 'duplicate',
    'latest-version-unknown': 'latest',
    'version-two-include-excludes': 'fault',
    'version-include-invalid': 'fault',
  }),
});
