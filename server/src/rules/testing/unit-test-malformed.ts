/** Flags a unit test that dbt cannot tie to a model. */

import { z } from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

/** Which words for which code. */
const MESSAGES: Readonly<Record<string, 'model' | 'version'>> = {
  'unit-test-without-model': 'model',
  'unit-test-version-missing': 'version',
};

export const unitTestMalformed = defineRule({
  meta: {
    id: 'unit-test-malformed',
    category: 'testing',
    summary: 'Flags a unit test that dbt cannot tie to a model.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      model: "Unit test '{name}' is of a model that does not exist; correct model:. dbt stops: {dbt}.",
      version: "Unit test '{name}' asks for a version that does not exist. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['unit-test-without-model', 'unit-test-version-missing'] },
  check(problem, { report }) {
    report(reportOfProblem(problem, MESSAGES[problem.code] ?? 'model'));
  },
});
