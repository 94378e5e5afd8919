/** Flags …: one sentence on why it matters. */

import { z } from 'zod';
import { defineRule } from '../rule.ts';

export const zzScaffoldProject = defineRule({
  meta: {
    id: 'zz-scaffold-project',
    category: 'testing',
    summary: 'Flags ….',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [],
    checklistItems: [],
    messages: { found: '….' },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'project',
  units: {},
  check(_unit, { project, report }) {
    report({ at: { kind: 'file', file: project.projectFile }, message: 'found' });
  },
});
