/** Flags models that no data test checks: whatever breaks in them goes unnoticed. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import { addKeyTests } from '../fixes/_add-key-tests.ts';
import { placeOfNode } from '../fixes/_places.ts';
import { defineRule } from '../rule.ts';
import { hasWrittenTests, testEvidence, testingDuty, whyPossible } from './_test-evidence.ts';

export const modelWithoutTests = defineRule({
  meta: {
    id: 'model-without-tests',
    category: 'testing',
    summary: 'Flags a model that no data test checks.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      untested: "No data test checks model '{name}'; wrong rows would reach its readers unnoticed.",
      disabled: "All data tests of model '{name}' are disabled; wrong rows would reach its readers unnoticed.",
      unitTestsOnly: "Only unit tests check model '{name}'; they prove its logic, not the data that arrives.",
    },
    options: z.object({
      countUnitTests: z.boolean().default(false).describe('A unit test is enough.'),
    }),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model'] },
  check(node, { project, options, report, unknown }) {
    if (node.resourceType !== 'model') return;
    const duty = testingDuty(project, node);
    if (duty === 'exempt') return;
    if (isUnknown(duty)) {
      unknown(duty.reason);
      return;
    }
    const { certain, possible } = testEvidence(project, node.uniqueId);
    if (certain.length > 0) return;
    const unitTests = project.unitTestsOf(node.uniqueId);
    if (options.countUnitTests && unitTests.some((test) => test.enabled === true)) return;
    const [maybe] = options.countUnitTests ? [...possible, ...unitTests] : possible;
    if (maybe !== undefined) {
      unknown(whyPossible(maybe));
      return;
    }
    const fix = addKeyTests(project, node, undefined);
    report({
      at: placeOfNode(project, node),
      message: hasWrittenTests(project, node) ? 'disabled' : unitTests.length > 0 ? 'unitTestsOnly' : 'untested',
      data: { name: node.name },
      ...(node.patch === undefined ? { cause: 'no-properties-entry' } : {}),
      ...(fix === undefined ? {} : { fix }),
    });
  },
});
