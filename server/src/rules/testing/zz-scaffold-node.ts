/** Flags …: one sentence on why it matters. */

import { z } from 'zod';
import { defineRule } from '../rule.ts';

export const zzScaffoldNode = defineRule({
  meta: {
    id: 'zz-scaffold-node',
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
  scope: 'node',
  units: { resourceTypes: ['model'] },
  check(node, { project, report }) {
    report({ at: project.nodeAnchor(node), message: 'found' });
  },
});
