/** Flags property entries that describe nothing: dbt warns once and goes on without their tests and descriptions. */

import * as z from 'zod';
import { renameAt } from '../fixes/_rename.ts';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const yamlNodeNotFound = defineRule({
  meta: {
    id: 'yaml-node-not-found',
    category: 'documentation',
    summary: 'Flags a property entry whose node does not exist or is of another kind.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [5],
    checklistItems: ['OPS1'],
    messages: {
      missing: "'{name}' under {section}: describes no node; correct the name or remove it. dbt warns: {dbt}.",
      similar: "'{name}' under {section}: describes no node; did you mean '{similar}'? dbt warns: {dbt}.",
      macro: "No macro of this project is named '{name}'; correct the name or remove the entry. dbt warns: {dbt}.",
      section: "'{name}' is a {type} but stands under {section}:, so that dbt ignores it; move it. dbt warns: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['property-entry-without-node', 'property-entry-in-wrong-section', 'macro-entry-without-macro'] },
  check(problem, { project, report }) {
    if (problem.code === 'property-entry-in-wrong-section') {
      report(reportOfProblem(problem, 'section'));
      return;
    }
    if (problem.code === 'macro-entry-without-macro') {
      report(reportOfProblem(problem, 'macro'));
      return;
    }
    const name = String(problem.data?.['name']);
    const isOwnName = problem.at.kind === 'yaml' && problem.at.path.length === 1;
    const similar = REFABLE.has(String(problem.data?.['section'])) && isOwnName ? project.similarNames('ref', name)[0] : undefined;
    if (similar === undefined) {
      report(reportOfProblem(problem, 'missing'));
      return;
    }
    const said = reportOfProblem(problem, 'similar');
    report({
      ...said,
      data: { ...said.data, similar },
      fix: { kind: 'suggested', make: (tools) => renameAt(tools, problem.at, name, similar) },
    });
  },
});

const REFABLE: ReadonlySet<string> = new Set(['models', 'seeds', 'snapshots']);
