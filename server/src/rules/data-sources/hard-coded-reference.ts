/** Flags relations that are named literally after FROM and JOIN: dbt draws no edge for them. */

import * as z from 'zod';
import type { PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { DbtNode } from '../../index/model.ts';
import type { ProjectView, RelationMatch } from '../../index/project-view.ts';
import { defineRule } from '../rule.ts';

export const hardCodedReference = defineRule({
  meta: {
    id: 'hard-coded-reference',
    category: 'data-sources',
    summary: 'Flags a table that SQL names literally instead of through ref() or source().',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [1, 10],
    checklistItems: ['INF1', 'PRF2'],
    messages: {
      source: '{relation} is hard-coded, so lineage, order and freshness miss it; use {replacement}.',
      model: '{relation} is hard-coded, so dbt may build it too late; use {replacement}.',
      relation: '{relation} is hard-coded, so lineage, order and freshness miss it; declare it as a source.',
      variable: "A table named by var('{relation}') has no edge in the lineage; use ref() or source().",
      system: '{relation} is read from the system catalog, which the lineage does not show.',
    },
    options: z.object({
      bareNames: z.boolean().default(false).describe('Also flag names without a schema that are no CTE, alias or function.'),
    }),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'test'] },
  check(node, { project, options, report, unknown }) {
    if (node.resourceType === 'test' && node.generic !== undefined) return;
    const text = project.sqlText(node);
    for (const relation of text?.relations ?? []) {
      const name = relation.parts.map((part) => part.name).join('.');
      const at = { kind: 'text', file: node.file, name: relation.anchor } as const;
      if (relation.kind === 'var-expression') {
        const value = valueOfVariable(project, name);
        // A default that is no text (an empty list, false) names no table: somebody is to set one.
        if (typeof value !== 'string') unknown(`the variable ${name} names no table in the repository`);
        // dbt renders Jinja in a variable: a ref() or source() in it draws the edge.
        else if (!value.includes('{{')) report({ at, message: 'variable', data: { relation: name } });
        continue;
      }
      if (relation.systemSchema) {
        report({ at, message: 'system', severity: 'information', data: { relation: name } });
        continue;
      }
      if (relation.parts.length === 1 && !options.bareNames) continue;
      const matches = project.relationMatches(relation.parts).filter((match) => match.uniqueId !== node.uniqueId);
      const exact = matches.filter((match) => match.exact);
      const match = exact.length === 1 ? exact[0] : matches.length === 1 ? matches[0] : undefined;
      if (match === undefined || leadsBack(project, node, match)) {
        report({ at, message: 'relation', data: { relation: name } });
        continue;
      }
      // Only where database, schema and name are all declared so is it certain that the same table is meant.
      const kind = exact.length === 1 && match.exact ? 'safe' : 'suggested';
      report({
        at,
        message: match.kind,
        data: { relation: name, replacement: match.replacement },
        fix: {
          kind,
          make({ locate }) {
            const span = locate(at);
            if (span === undefined) return undefined;
            return {
              title: `Replace ${name} by ${match.replacement}`,
              kind,
              edits: [{ file: node.file, edits: [{ from: span.from, to: span.to, text: match.replacement }] }],
            };
          },
        },
      });
    }
  },
});

/** What dbt_project.yml or vars.yml say of a variable of the project's own nodes. */
function valueOfVariable(project: ProjectView, name: string): PyValue | undefined {
  const vars = project.projectConfig().get('vars');
  if (!isPyDict(vars)) return undefined;
  const own = vars.get(project.name);
  return (isPyDict(own) ? own.get(name) : undefined) ?? vars.get(name);
}

/** True if the model is built from this very node, so that a ref to it would close a circle. */
function leadsBack(project: ProjectView, node: DbtNode, match: RelationMatch): boolean {
  if (match.kind === 'source') return false;
  const seen = new Set<string>();
  const stack = [node.uniqueId];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (id === match.uniqueId) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    stack.push(...project.children(id));
  }
  return false;
}
