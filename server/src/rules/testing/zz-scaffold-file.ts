/** Flags …: one sentence on why it matters. */

import { z } from 'zod';
import { defineRule } from '../rule.ts';

export const zzScaffoldFile = defineRule({
  meta: {
    id: 'zz-scaffold-file',
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
  scope: 'file',
  units: { fileKinds: ['node-file'] },
  check({ file }, { report }) {
    report({ at: { kind: 'file', file }, message: 'found' });
  },
});
