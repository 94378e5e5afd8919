/** Flags property entries whose shape dbt refuses: it stops over the whole project. */

import * as z from 'zod';
import { relativePath } from '../../base/file-id.ts';
import { allowsMeasuredVersion } from '../../dbt/dbt-version.ts';
import { keyOf, reportOfProblem } from '../problem-report.ts';
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
      missing: '{what} is missing, which dbt requires here; add it. dbt stops: {dbt}.',
      type: '{what} is of a type that dbt does not take here. dbt stops: {dbt}.',
      value: '{what} has a value that dbt does not allow here. dbt stops: {dbt}.',
      unexpected: '{what} is no key that dbt takes here; correct or remove it. dbt stops: {dbt}.',
      config: '{what} has a value that dbt does not take. dbt stops: {dbt}.',
      configuration: 'dbt does not take this configuration as a whole. dbt stops: {dbt}.',
      contract: 'dbt does not take this contract or constraint. dbt stops: {dbt}.',
      ignored: 'dbt does not take this and reads no more of the section; it goes on without what stands there. dbt warns: {dbt}.',
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
    const message = MESSAGES[problem.code] ?? 'value';
    const said = reportOfProblem(problem, message === 'config' && keyOf(problem.at) === undefined ? 'configuration' : message);
    // What a file holds is read without its path; dbt names it.
    const dbt = String(said.data?.['dbt']).replace('this file', relativePath(project.root, problem.at.file));
    // Of data_tests: alone dbt merely warns, and leaves it out.
    const missing = message === 'missing' ? /'([^']+)' is a required property/.exec(dbt)?.[1] : undefined;
    const named = missing === undefined ? {} : { what: `'${missing}'` };
    // Problems of files do not say how dbt takes them.
    const isWarning = dbt.startsWith('data_tests must be a list') || said.severity === 'warning';
    report({ ...said, ...(isWarning ? { message: 'ignored' } : {}), data: { ...said.data, dbt, ...named }, severity: isWarning ? 'warning' : 'error' });
  },
});
