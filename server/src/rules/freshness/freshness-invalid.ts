/** Flags a source whose freshness settings dbt refuses. */

import { z } from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

/** Which words for which code. */
const MESSAGES: Readonly<Record<string, 'twice' | 'empty'>> = {
  'source-loaded-at-twice': 'twice',
  'source-loaded-at-empty': 'empty',
};

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
  scope: 'problem',
  units: { codes: ['source-loaded-at-twice', 'source-loaded-at-empty'] },
  check(problem, { report }) {
    report(reportOfProblem(problem, MESSAGES[problem.code] ?? 'twice'));
  },
});
