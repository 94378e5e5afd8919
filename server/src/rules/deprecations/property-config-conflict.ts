/** Flags a key that stands both beside config: and under it: dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const propertyConfigConflict = defineRule({
  meta: {
    id: 'property-config-conflict',
    category: 'deprecations',
    summary: 'Flags a key that stands both beside config: and under it.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [5],
    checklistItems: [],
    messages: {
      both: "'{attribute}' stands here and under config:; remove this one. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'attribute-in-two-places': 'both' }),
});
