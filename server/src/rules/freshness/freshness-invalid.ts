/** Flags a source whose freshness settings dbt refuses. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const freshnessInvalid = defineRule({
  meta: {
    id: 'freshness-invalid',
    category: 'freshness',
    summary: 'Flags a source whose freshness settings dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [4],
    checklistItems: ['DQ2'],
    messages: {
      twice: 'Set loaded_at_field or loaded_at_query, not both. dbt stops: {dbt}.',
      empty: 'loaded_at_field is empty; name a column or remove the key. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'source-loaded-at-twice': 'twice',
    'source-loaded-at-empty': 'empty',
  }),
});
