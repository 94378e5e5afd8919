/** Flags a config of a test that is set both beside and under config:; dbt refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const testConfigKeyConflict = defineRule({
  meta: {
    id: 'test-config-key-conflict',
    category: 'testing',
    summary: 'Flags a config of a test that is set both beside config: and under it.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      both: 'This stands here and under config: of the same test; remove one. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'test-config-in-two-places': 'both' }),
});
