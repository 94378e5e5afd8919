/** Flags a unit test that dbt cannot use. */

import * as z from 'zod';
import { renameAt } from '../fixes/_rename.ts';
import { reportOfProblem } from '../problem-report.ts';
import type { Fix, FixTools } from '../rule.ts';
import { defineRule } from '../rule.ts';

export const unitTestMalformed = defineRule({
  meta: {
    id: 'unit-test-malformed',
    category: 'testing',
    summary: 'Flags a unit test that dbt cannot use.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      model: "Unit test '{name}' is of a model that does not exist; correct model:. dbt stops: {dbt}.",
      similar: "Unit test '{name}' is of a model that does not exist; did you mean '{similar}'? dbt stops: {dbt}.",
      version: "Unit test '{name}' asks for a version that does not exist. dbt stops: {dbt}.",
      invalid: 'dbt cannot use this unit test. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['unit-test-without-model', 'unit-test-version-missing', 'unit-test-invalid'] },
  check(problem, { project, report }) {
    if (problem.code === 'unit-test-version-missing') {
      report(reportOfProblem(problem, 'version'));
      return;
    }
    if (problem.code === 'unit-test-invalid') {
      report(reportOfProblem(problem, 'invalid'));
      return;
    }
    // dbt's own words hold the package; a test names the model alone.
    const model = String(problem.data?.['model']).replace(/^\w+\./, '');
    const [similar] = project.similarNames('ref', model);
    if (similar === undefined) {
      report(reportOfProblem(problem, 'model'));
      return;
    }
    const said = reportOfProblem(problem, 'similar');
    const make = (tools: FixTools): Fix | undefined => renameAt(tools, problem.at, model, similar);
    report({ ...said, data: { ...said.data, model, similar }, fix: { kind: 'suggested', make } });
  },
});
