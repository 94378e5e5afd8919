/** Flags two models, tests, macros or docs blocks of one name: dbt refuses the whole project over one pair. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const duplicateResourceName = defineRule({
  meta: {
    id: 'duplicate-resource-name',
    category: 'data-sources',
    summary: 'Flags resources, macros or docs blocks of one kind that have the same name.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      resource: "Two {type} are named '{name}'; rename or disable one of them. dbt stops: {dbt}.",
      macro: "Two macros of one project are named '{name}'; rename or remove one. dbt stops: {dbt}.",
      doc: "Two docs blocks are named '{name}'; rename or remove one. dbt stops: {dbt}.",
      other: 'The other one stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'duplicate-resource': 'resource',
    'versioned-and-unversioned': 'resource',
    'duplicate-macro': 'macro',
    'duplicate-doc': 'doc',
  }, 'other'),
});
