/** Flags a resource with a blank in its name: dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const resourceNameWithSpaces = defineRule({
  meta: {
    id: 'resource-name-with-spaces',
    category: 'deprecations',
    summary: 'Flags a resource with a blank in its name.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      blank: 'The name of this resource holds a blank; use _ instead. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'name-with-blanks': 'blank' }),
});
