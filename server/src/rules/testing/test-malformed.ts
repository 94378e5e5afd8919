/** Flags a test entry that dbt cannot read: it refuses the whole project. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const testMalformed = defineRule({
  meta: {
    id: 'test-malformed',
    category: 'testing',
    summary: 'Flags a test entry that dbt cannot read.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      name: 'dbt cannot read the name of this test; write package.name or name. dbt stops: {dbt}.',
      shape: 'A test is a name, or one name with a mapping below it; indent the arguments further. dbt stops: {dbt}.',
      model: 'A test must not be given the argument model; dbt fills it in. dbt stops: {dbt}.',
      description: 'The description of a test must be text; quote it, or remove the key. dbt stops: {dbt}.',
      argument: 'The names of arguments must be texts; quote them. dbt stops: {dbt}.',
      config: 'The config: of a test must be a mapping, its tags texts. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'test-name-not-text': 'name',
    'test-name-malformed': 'name',
    'test-argument-model': 'model',
    'test-not-dict-or-text': 'shape',
    'test-needs-one-key': 'shape',
    'test-arguments-not-dict': 'shape',
    'test-config-not-dict': 'config',
    'test-tags-not-texts': 'config',
    'test-description-not-text': 'description',
    'test-argument-not-text': 'argument',
  }),
});
