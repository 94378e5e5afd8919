/** Flags Jinja blocks outside of macros that dbt ignores. */

import * as z from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const unexpectedJinjaBlock = defineRule({
  meta: {
    id: 'unexpected-jinja-block',
    category: 'deprecations',
    summary: 'Flags Jinja blocks between macros that dbt ignores.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      ignored: 'dbt ignores this block here; move it into a macro or remove it. dbt deprecates it: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['jinja-unexpected-block'] },
  check(problem, { report }) {
    report({ ...reportOfProblem(problem, 'ignored'), severity: 'information' });
  },
});
