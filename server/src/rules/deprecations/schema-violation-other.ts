/** Flags property entries whose shape dbt refuses: it stops over the whole project. */

import * as z from 'zod';
import { relativePath } from '../../base/file-id.ts';
import { allowsMeasuredVersion } from '../../dbt/dbt-version.ts';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

/** Which words for which code. */
const MESSAGES: Readonly<Record<string, 'section' | 'entry' | 'missing' | 'type' | 'value' | 'unexpected' | 'config' | 'contract'>> = {
  'section-not-list': 'section',
  'entry-not-dict': 'entry',
  'entry-without-name': 'entry',
  'property-missing': 'missing',
  'property-wrong-type': 'type',
  'property-not-allowed': 'value',
  'property-unexpected': 'unexpected',
  'config-invalid': 'config',
  'contract-invalid': 'contract',
  'property-invalid': 'value',
};

export const schemaViolationOther = defineRule({
  meta: {
    id: 'schema-violation-other',
    category: 'deprecations',
    summary: 'Flags property entries whose shape dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [5],
    checklistItems: ['OPS1'],
    messages: {
      section: 'This section must be a list of entries; write one `- name:` for each, or remove the key. dbt stops: {dbt}.',
      entry: 'Each item of this section must be a mapping with a name. dbt stops: {dbt}.',
      missing: 'A key that dbt requires is missing here; add it. dbt stops: {dbt}.',
      type: 'This value is of a type that dbt does not take here. dbt stops: {dbt}.',
      value: 'This value is none of those that dbt allows here. dbt stops: {dbt}.',
      unexpected: 'dbt takes no such key here; correct or remove it. dbt stops: {dbt}.',
      config: 'dbt does not take this configuration. dbt stops: {dbt}.',
      contract: 'dbt does not take this contract or constraint. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: [
      'section-not-list',
      'entry-not-dict',
      'entry-without-name',
      'property-missing',
      'property-wrong-type',
      'property-not-allowed',
      'property-unexpected',
      'property-invalid',
      'config-invalid',
      'contract-invalid',
    ] },
  check(problem, { project, report, unknown }) {
    if (!allowsMeasuredVersion(project.projectConfig().get('require-dbt-version') ?? null)) {
      unknown('require-dbt-version asks for a dbt older than 1.11');
      return;
    }
    const said = reportOfProblem(problem, MESSAGES[problem.code] ?? 'value');
    // What a file holds is read without its path; dbt names it.
    const dbt = String(said.data?.['dbt']).replace('this file', relativePath(project.root, problem.at.file));
    // Of data_tests: alone dbt merely warns, and leaves it out.
    report({ ...said, data: { ...said.data, dbt }, severity: dbt.startsWith('data_tests must be a list') ? 'warning' : 'error' });
  },
});
