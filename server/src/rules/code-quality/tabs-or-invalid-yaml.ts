/** Flags YAML that dbt cannot read. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';
import { reportSyntaxProblems, YAML_FACTS } from './_syntax-problems.ts';

export const tabsOrInvalidYaml = defineRule({
  meta: {
    id: 'tabs-or-invalid-yaml',
    category: 'code-quality',
    summary: 'Flags a YAML file that dbt cannot read.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: ['OPS1'],
    messages: { fault: 'dbt cannot read this YAML: {fault}.' },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'file',
  units: { fileKinds: YAML_FACTS },
  check(unit, { report }) {
    reportSyntaxProblems(unit, ['yaml-'], report);
  },
});
