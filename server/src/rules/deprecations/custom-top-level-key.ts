/** Flags top-level keys that dbt does not know: in property files it skips them in silence, in dbt_project.yml it stops. */

import * as z from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const customTopLevelKey = defineRule({
  meta: {
    id: 'custom-top-level-key',
    category: 'deprecations',
    summary: 'Flags a top-level key of a property file or of dbt_project.yml that dbt does not know.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      ignored: '{dbt}; correct it, or move anchors under anchors:.',
      value: '{dbt}; remove it.',
      project: "dbt does not know this key of dbt_project.yml; correct it, or put values of your own under vars:. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['project-key-unknown', 'top-level-key-unknown', 'top-level-value-unknown'] },
  check(problem, { report }) {
    if (problem.code === 'project-key-unknown') report(reportOfProblem(problem, 'project'));
    // Nothing is lost with a single value such as `config-version: 2`.
    else if (problem.code === 'top-level-value-unknown') report({ ...reportOfProblem(problem, 'value'), severity: 'information' });
    else report({ ...reportOfProblem(problem, 'ignored'), severity: 'warning' });
  },
});
