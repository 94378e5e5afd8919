/** Flags sources that models read and no data test checks: a broken load is noticed in a report, not at the door. */

import { z } from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import { addKeyTests } from '../fixes/_add-key-tests.ts';
import { defineRule } from '../rule.ts';
import { sourceUse } from '../fixes/_source-use.ts';
import { testEvidence, whyPossible } from './_test-evidence.ts';

export const sourceWithoutTests = defineRule({
  meta: {
    id: 'source-without-tests',
    category: 'testing',
    summary: 'Flags a source table that models read and no data test checks.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [1, 2],
    checklistItems: ['DQ1'],
    messages: {
      untested: "No data test checks source table '{name}'; a broken load would spread to every model on it.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['source'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'source') return;
    const use = isUnknown(node.enabled) ? node.enabled : sourceUse(project, node, ['model']);
    if (use === 'unused') return;
    const { certain, possible } = testEvidence(project, node.uniqueId);
    if (certain.length > 0) return;
    const [maybe] = possible;
    if (isUnknown(use) || maybe !== undefined) {
      unknown(isUnknown(use) ? use.reason : maybe === undefined ? '' : whyPossible(maybe));
      return;
    }
    const fix = addKeyTests(project, node, undefined);
    report({
      at: project.nodeAnchor(node),
      message: 'untested',
      data: { name: `${node.sourceName}.${node.name}` },
      ...(fix === undefined ? {} : { fix }),
    });
  },
});
