/** Flags …: one sentence on why it matters. */

import { z } from 'zod';
import { defineRule } from '../rule.ts';

export const zzScaffoldNeighbours = defineRule({
  meta: {
    id: 'zz-scaffold-neighbours',
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
  scope: 'neighbours',
  units: { resourceTypes: ['model'] },
  check(node, { project, report }) {
    report({ at: project.nodeAnchor(node), message: 'found' });
  },
});
