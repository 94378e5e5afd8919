/** Flags sources without a description: nobody can tell which system they mirror and who answers for them. */

import * as z from 'zod';
import { isUnknown } from '../../base/unknown.ts';
import type { SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { describeSource } from '../fixes/_describe.ts';
import { defineRule } from '../rule.ts';
import { placeOfSource, tablesAlike } from '../source-entry.ts';
import { descriptionState, quoted } from './_description.ts';

export const sourceMissingDescription = defineRule({
  meta: {
    id: 'source-missing-description',
    category: 'documentation',
    summary: 'Flags a source that has no description, or only a placeholder for one.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [1, 4],
    checklistItems: ['OPS1'],
    messages: {
      missing: "Source '{name}' has no description; nobody can tell which system it mirrors.",
      placeholder: "The description of source '{name}' is a placeholder ('{text}'); nobody can tell which system it mirrors.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['source'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'source') return;
    const state = isUnknown(node.enabled) ? node.enabled : descriptionState(node.sourceDescription);
    if (state === 'written' || !speaksForSource(project, node)) return;
    if (isUnknown(state)) {
      unknown(state.reason);
      return;
    }
    const fix = state === 'missing' ? describeSource(project, node.entry, node.sourceName) : undefined;
    report({
      at: placeOfSource(node),
      message: state,
      data: state === 'placeholder' ? { name: node.sourceName, text: quoted(node.sourceDescription) } : { name: node.sourceName },
      ...(fix === undefined ? {} : { fix }),
    });
  },
});

/**
 * All tables of an entry share its description, and a source that several files declare is described once: the first table that
 * is not disabled speaks for the source, unless another entry has words.
 */
function speaksForSource(project: ProjectView, node: SourceNode): boolean {
  if (tablesAlike(project, node, ({ enabled }) => enabled === true) === undefined) return false;
  const tables = project.sources().filter((other) => other.sourceName === node.sourceName && other.enabled === true);
  if (tables.some((other) => descriptionState(other.sourceDescription) === 'written')) return false;
  return !tables.some((other) => placeOf(other) < placeOf(node));
}

function placeOf({ entry }: SourceNode): string {
  return `${entry.file}\n${entry.entry}`;
}
