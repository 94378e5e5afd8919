/** Flags package files that dbt refuses, and installed packages that cannot stand beside each other. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const packagesInvalid = defineRule({
  meta: {
    id: 'packages-invalid',
    category: 'production-config-ci',
    summary: 'Flags package files and installed packages that dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [7],
    checklistItems: ['INF1'],
    messages: {
      malformed: 'dbt does not take this list of packages; correct it. dbt stops: {dbt}.',
      twoFiles: 'Packages are listed here and in dependencies.yml; keep one list. dbt stops: {dbt}.',
      twice: "Two packages are named '{name}'; remove or rename one. dbt stops: {dbt}.",
      broken: "dbt cannot read the installed package '{name}'; install a version that fits. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'packages-malformed': 'malformed',
    'packages-in-two-files': 'twoFiles',
    'package-name-twice': 'twice',
    'package-broken': 'broken',
    'package-dbt-version': 'broken',
  }),
});
