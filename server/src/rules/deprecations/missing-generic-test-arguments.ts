/** Flags arguments of generic tests that do not stand under arguments:, which dbt 1.11 deprecates. */

import * as z from 'zod';
import { hasFeature } from '../../dbt/dbt-version.ts';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const missingGenericTestArguments = defineRule({
  meta: {
    id: 'missing-generic-test-arguments',
    category: 'deprecations',
    summary: 'Flags arguments of generic tests that do not stand under arguments:.',
    severity: 'information',
    surface: 'project',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      outside: "Arguments of the test '{name}' stand outside of arguments:; move them there. dbt deprecates it: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['test-arguments-outside-property'] },
  check(problem, { project, report }) {
    // Before 1.10.5 dbt took `arguments` for an argument itself.
    if (!hasFeature(project.lowestDbtVersion(), 'test-arguments')) return;
    report(reportOfProblem(problem, 'outside'));
  },
});
