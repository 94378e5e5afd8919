/** Flags refs that access rules forbid: dbt refuses the whole project over one of them. */

import * as z from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const privateRefViolation = defineRule({
  meta: {
    id: 'private-ref-violation',
    category: 'governance',
    summary: 'Flags a ref to a model that is private to another group, or protected in another package.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      forbidden: "'{name}' is {access} to the {scopeType} '{scope}'; use a model that is open, or widen its access. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'analysis', 'test', 'exposure', 'semantic_model', 'operation', 'function'] },
  check(node, { project, report }) {
    for (const use of node.refs) {
      if (use.conditional) continue;
      const found = project.resolveRef(node, use);
      const problem = found.kind === 'found' ? project.accessProblem(node, found.uniqueId, use.at) : undefined;
      if (problem === undefined) continue;
      const said = reportOfProblem(problem, 'forbidden');
      report({ ...said, data: { ...said.data, name: use.name } });
    }
  },
});
