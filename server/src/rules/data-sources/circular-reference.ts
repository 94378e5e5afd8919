/** Flags refs that run in a circle: dbt cannot tell which model comes first. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';

export const circularReference = defineRule({
  meta: {
    id: 'circular-reference',
    category: 'data-sources',
    summary: 'Flags refs that run in a circle.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [1],
    checklistItems: ['INF1'],
    messages: {
      circle: "'{from}' and '{to}' need each other: take one ref out of the circle. dbt run and dbt build stop: Found a cycle: {circle}.",
      itself: "'{from}' needs itself; to read what is there already, use this. dbt run and dbt build stop: Found a cycle: {circle}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'project',
  units: {},
  check(project, { report }) {
    for (const circle of project.cycles()) {
      const members = new Set(circle);
      for (const id of circle) {
        const node = project.node(id);
        if (node?.packageName !== project.name) continue;
        for (const use of node.refs) {
          const found = use.conditional ? undefined : project.resolveRef(node, use);
          if (found?.kind !== 'found' || !members.has(found.uniqueId)) continue;
          const data = { from: node.name, to: use.name, circle: circle.join(' --> ') };
          report({ at: use.at, message: found.uniqueId === id ? 'itself' : 'circle', data });
        }
      }
    }
  },
});
