/** Flags refs to a node that is switched off: dbt refuses the whole project, and drops a test in silence. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { defineRule } from '../rule.ts';
import { placeOfTest } from '../test-place.ts';

export const refDisabledNode = defineRule({
  meta: {
    id: 'ref-disabled-node',
    category: 'data-sources',
    summary: 'Flags a ref to a node that is disabled.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [1],
    checklistItems: [],
    messages: {
      disabled: "'{name}' is disabled; enable it or remove this ref. dbt stops: {type} '{from}' depends on a node named '{name}' which is disabled.",
      test: "'{name}' is disabled, so that dbt drops this test without a word; enable it or remove the test.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'analysis', 'test', 'exposure', 'semantic_model', 'operation', 'function'] },
  check(node, { project, report, unknown }) {
    // Tests that stand under a disabled node are meant to rest with it.
    if (node.resourceType === 'test' && node.generic !== undefined && !isEnabled(project, node.generic.target)) return;
    for (const use of node.refs) {
      if (use.conditional || project.resolveRef(node, use).kind !== 'disabled') continue;
      // What is itself perhaps disabled may well be disabled together with what it reads.
      if (isUnknown(node.enabled)) {
        unknown(node.enabled.reason);
        continue;
      }
      const at = node.resourceType === 'test' && node.generic !== undefined ? placeOfTest(project, node.generic) : use.at;
      if (node.resourceType === 'test') report({ at, message: 'test', data: { name: use.name }, severity: 'warning' });
      else report({ at, message: 'disabled', data: { name: use.name, type: titleOf(node.resourceType), from: node.uniqueId } });
    }
  },
});

function isEnabled(project: ProjectView, uniqueId: string | null): boolean {
  return uniqueId !== null && project.node(uniqueId) !== undefined;
}

/** As dbt writes it: `Semantic_Model`. */
function titleOf(resourceType: string): string {
  return resourceType.replace(/(^|_)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
