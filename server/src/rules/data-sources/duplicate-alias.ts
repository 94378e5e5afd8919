/** Flags aliases, and names in two packages, that make two nodes one table or view: dbt refuses the whole project over one pair. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';

export const duplicateAlias = defineRule({
  meta: {
    id: 'duplicate-alias',
    category: 'data-sources',
    summary: 'Flags an alias, or a name that a package has too, by which two nodes would write the same table or view.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      same: "'{name}' would write the same relation as '{other}'; change its alias or schema. dbt stops: dbt found two resources with the database representation \"{relation}\".",
      other: 'The other node stands here.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'seed', 'snapshot'] },
  check(node, { project, report }) {
    if (node.resourceType !== 'model' && node.resourceType !== 'seed' && node.resourceType !== 'snapshot') return;
    const { relation, others } = project.sameRelation(node);
    // Of two aliases one finding is enough; a node that has the alias for its name is not at fault. What a package has cannot be changed there.
    const [other] = others.filter((one) => one.packageName !== node.packageName || one.alias === one.name || one.uniqueId < node.uniqueId);
    if (other === undefined) return;
    report({
      at: project.nodeAnchor(node),
      message: 'same',
      data: { name: node.name, other: other.packageName === node.packageName ? other.name : `${other.packageName}.${other.name}`, relation },
      related: [{ at: project.nodeAnchor(other), message: 'other' }],
    });
  },
});
