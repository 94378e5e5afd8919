/** Flags Jinja that dbt cannot parse. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';
import { reportSyntaxProblems } from './_syntax-problems.ts';

export const jinjaSyntaxError = defineRule({
  meta: {
    id: 'jinja-syntax-error',
    category: 'code-quality',
    summary: 'Flags Jinja that dbt cannot parse.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: { fault: 'dbt cannot parse this Jinja: {fault}.' },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'file',
  units: { fileKinds: ['node-file', 'block-file', 'docs'] },
  check(unit, { report }) {
    reportSyntaxProblems(unit, ['jinja-'], report);
  },
});
