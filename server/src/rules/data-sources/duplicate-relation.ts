/** Flags two nodes that would write the same table or view. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const duplicateRelation = defineRule({
  meta: {
    id: 'duplicate-relation',
    category: 'data-sources',
    summary: 'Flags two nodes that would write the same table or view.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      same: 'Two nodes would write the same relation; give one another alias or schema. dbt stops: {dbt}.',
      other: 'The other node stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'duplicate-relation': 'same' }, 'other'),
});
