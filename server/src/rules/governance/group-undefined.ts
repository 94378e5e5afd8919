/** Flags a group that no groups: entry defines: dbt refuses the whole project. */

import * as z from 'zod';
import { relativePath } from '../../base/file-id.ts';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const groupUndefined = defineRule({
  meta: {
    id: 'group-undefined',
    category: 'governance',
    summary: 'Flags a group that no groups: entry defines.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      missing: "No groups: entry defines the group '{group}'; add one with an owner, or correct the name. dbt stops: {dbt}.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: ['group-unknown'] },
  check(problem, { project, report, unknown }) {
    const [broken] = project.brokenPropertyFiles();
    if (broken !== undefined) unknown(`${relativePath(project.root, broken)} cannot be read`);
    else if (project.packages().incomplete) unknown('packages are not installed (dbt deps)');
    else report(reportOfProblem(problem, 'missing'));
  },
});
