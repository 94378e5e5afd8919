/** Flags models that no YAML file describes: they have neither tests nor documentation, and nobody sees what is missing. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import { addModelEntry } from '../fixes/_model-entry.ts';
import { defineRule } from '../rule.ts';

export const modelMissingProperties = defineRule({
  meta: {
    id: 'model-missing-properties',
    category: 'documentation',
    summary: 'Flags a model that has no entry in any YAML file.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'always',
    auditIssues: [4],
    checklistItems: ['OPS1'],
    messages: {
      missing: "Model '{name}' has no entry in any YAML file: no description, no column tests.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'node',
  units: { resourceTypes: ['model'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'model' || node.patch !== undefined) return;
    if (isUnknown(node.enabled)) {
      unknown(node.enabled.reason);
      return;
    }
    report({
      at: project.nodeAnchor(node),
      message: 'missing',
      data: { name: node.name },
      cause: 'no-properties-entry',
      fix: {
        kind: 'suggested',
        make(tools) {
          const added = addModelEntry(tools, node, {});
          if (added === undefined) return undefined;
          const file = added.file.slice(added.file.lastIndexOf('/') + 1);
          return { title: `Describe ${node.name} in ${file}`, kind: 'suggested', edits: [added] };
        },
      },
    });
  },
});
