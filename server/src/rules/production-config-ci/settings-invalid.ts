/** Flags settings of dbt-readiness.yml that do nothing: who writes them believes in a check that is not there. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const settingsInvalid = defineRule({
  meta: {
    id: 'settings-invalid',
    category: 'production-config-ci',
    summary: 'Flags settings of dbt-readiness.yml that do nothing.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [],
    checklistItems: [],
    messages: { ignored: 'This setting of dbt-readiness.yml has no effect. {dbt}.' },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({ 'settings-invalid': 'ignored' }),
});
