/** Flags calls of macros that do not exist: dbt parses them without a word and fails when it runs the model. */

import * as z from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const macroUndefined = defineRule({
  meta: {
    id: 'macro-undefined',
    category: 'data-sources',
    summary: 'Flags a call of a macro that does not exist.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      missing: "{dbt} while it parses and fails when it runs. Correct the name or install its package.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['jinja-undefined-call'] },
  check(problem, { project, report, unknown }) {
    if (project.packages().incomplete) unknown('packages are not installed (dbt deps)');
    else report(reportOfProblem(problem, 'missing'));
  },
});
