/** Flags models whose rows nothing proves unique and identified: duplicates multiply in every join downstream. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import type { DbtNode, RelationNode, SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { addKeyTests } from '../fixes/_add-key-tests.ts';
import { placeOfNode } from '../fixes/_places.ts';
import { defineRule } from '../rule.ts';
import { keyVerdict } from './_primary-key.ts';
import { testingDuty } from './_test-evidence.ts';

export const missingPrimaryKeyTest = defineRule({
  meta: {
    id: 'missing-primary-key-test',
    category: 'testing',
    summary: 'Flags a model without a tested primary key: one column (or combination) that is unique and never null.',
    severity: 'information',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      missing: "No primary key of '{name}' is tested; duplicate rows would multiply in every join.",
      half: "'{column}' of '{name}' is tested unique but not not_null; rows without a key would pass.",
    },
    options: z.object({
      primaryKeyTests: z
        .array(z.string())
        .default([])
        .describe('Names of generic tests of your own that prove a key, as `name` or `package.name`.'),
      resourceTypes: z
        .array(z.enum(['model', 'seed', 'snapshot', 'source']))
        .default(['model'])
        .describe('The types of resources that need a key.'),
    }),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'seed', 'snapshot', 'source'] },
  check(node, { project, options, report, unknown }) {
    if (!isKeyed(node) || !options.resourceTypes.some((type) => type === node.resourceType)) return;
    const duty = testingDuty(project, node);
    if (duty === 'exempt') return;
    const verdict = isUnknown(duty) ? duty : keyVerdict(project, node, options.primaryKeyTests);
    if (isUnknown(verdict)) {
      unknown(verdict.reason);
      return;
    }
    if (verdict.kind === 'covered') return;
    const fix = addKeyTests(project, node, verdict.kind === 'half' ? verdict.column : undefined);
    const name = node.resourceType === 'source' ? `${node.sourceName}.${node.name}` : node.name;
    report({
      at: placeOfNode(project, node),
      message: verdict.kind,
      data: verdict.kind === 'half' ? { name, column: verdict.column } : { name },
      ...(isForReaders(project, node) ? { severity: 'warning' } : {}),
      ...(node.resourceType === 'model' && node.patch === undefined ? { cause: 'no-properties-entry' } : {}),
      ...(fix === undefined ? {} : { fix }),
    });
  },
});

function isKeyed(node: DbtNode): node is RelationNode | SourceNode {
  return node.resourceType === 'model' || node.resourceType === 'seed' || node.resourceType === 'snapshot' || node.resourceType === 'source';
}

/** Marts and public models are what people outside the project join to. */
function isForReaders(project: ProjectView, node: DbtNode): boolean {
  return node.resourceType === 'model' && (node.access === 'public' || project.layer(node) === 'marts');
}
