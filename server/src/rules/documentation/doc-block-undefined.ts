/** Flags doc() of a docs block that does not exist: dbt refuses the whole project. */

import * as z from 'zod';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const docBlockUndefined = defineRule({
  meta: {
    id: 'doc-block-undefined',
    category: 'documentation',
    summary: 'Flags doc() of a docs block that does not exist.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [5],
    checklistItems: ['OPS1'],
    messages: {
      missing: "No docs block is named '{name}'; correct the name or add the block to a .md file. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['doc-missing'] },
  check(problem, { project, report, unknown }) {
    if (project.packages().incomplete) unknown('packages are not installed (dbt deps)');
    else report(reportOfProblem(problem, 'missing'));
  },
});
