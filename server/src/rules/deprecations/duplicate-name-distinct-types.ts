/** Flags a model, seed or snapshot that has the name of another kind of node. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const duplicateNameDistinctTypes = defineRule({
  meta: {
    id: 'duplicate-name-distinct-types',
    category: 'deprecations',
    summary: 'Flags a model, seed or snapshot that has the name of another kind of node.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      same: "Nodes of two kinds are named '{name}'; rename one, so that ref() is clear. dbt deprecates it: {dbt}.",
      other: 'The other node stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'same-name-of-two-types': 'same' }, 'other'),
});
