/** Tells that fewer or more packages are installed than are listed: dbt wants `dbt deps` first. */

import * as z from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const packagesNotInstalled = defineRule({
  meta: {
    id: 'packages-not-installed',
    category: 'production-config-ci',
    summary: 'Tells that other packages are installed than are listed.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [],
    checklistItems: [],
    messages: { differ: '{wanted} packages are listed, {installed} installed; run dbt deps. Until then dbt stops: {dbt}.' },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['packages-not-installed'] },
  check(problem, { report }) {
    // It is no fault of the files: what is installed is not part of the repository.
    report({ ...reportOfProblem(problem, 'differ'), severity: 'information' });
  },
});
