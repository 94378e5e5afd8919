/** Flags models without a description: nobody can tell what a row stands for. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import { describeModel } from '../fixes/_describe.ts';
import { placeOfNode } from '../fixes/_places.ts';
import { defineRule } from '../rule.ts';
import { descriptionState, quoted } from './_description.ts';

export const modelMissingDescription = defineRule({
  meta: {
    id: 'model-missing-description',
    category: 'documentation',
    summary: 'Flags a model that has no description, or only a placeholder for one.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [4],
    checklistItems: ['OPS1'],
    messages: {
      missing: "Model '{name}' has no description; readers must guess what a row stands for.",
      placeholder: "The description of '{name}' is a placeholder ('{text}'); readers must guess what a row stands for.",
    },
    options: z.object({
      ignoreEphemeral: z.boolean().default(false).describe('Ephemeral models need no description.'),
    }),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model'] },
  check(node, { project, options, report, unknown }) {
    if (node.resourceType !== 'model') return;
    const state = isUnknown(node.enabled) ? node.enabled : descriptionState(node.description);
    if (state === 'written') return;
    const materialized = options.ignoreEphemeral ? project.config(node, 'materialized') : null;
    if (materialized === 'ephemeral') return;
    if (isUnknown(state) || isUnknown(materialized)) {
      unknown(isUnknown(state) ? state.reason : isUnknown(materialized) ? materialized.reason : '');
      return;
    }
    const fix = state === 'missing' ? describeModel(project, node) : undefined;
    report({
      at: placeOfNode(project, node),
      message: state,
      data: state === 'placeholder' ? { name: node.name, text: quoted(node.description) } : { name: node.name },
      ...(node.patch === undefined ? { cause: 'no-properties-entry' } : {}),
      ...(fix === undefined ? {} : { fix }),
    });
  },
});
