/** Flags Jinja at which dbt stops when it renders the file to parse it. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const jinjaRenderError = defineRule({
  meta: {
    id: 'jinja-render-error',
    category: 'code-quality',
    summary: 'Flags Jinja at which dbt stops when it renders a file.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      ref: 'dbt does not take these arguments of ref(). dbt stops: {dbt}.',
      source: 'dbt does not take these arguments of source(). dbt stops: {dbt}.',
      config: 'dbt does not take these arguments of config(). dbt stops: {dbt}.',
      configValue: 'dbt cannot keep this value of config(); make a list, a mapping or a text of it. dbt stops: {dbt}.',
      macro: 'The macro that is called here does not take these arguments. dbt stops: {dbt}.',
      nameMacro: 'dbt calls this macro with a custom name and a node. dbt stops: {dbt}.',
      filter: 'Jinja knows no filter or test of this name. dbt stops: {dbt}.',
      raised: 'This call raises an error while dbt parses. dbt stops: {dbt}.',
      envVar: 'This environment variable is not set; give env_var() a default. dbt stops: {dbt}.',
      variable: 'This variable has no value; give var() a default. dbt stops: {dbt}.',
      fault: 'dbt cannot render this Jinja: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'jinja-undefined': 'fault',
    'jinja-type-error': 'fault',
    'jinja-unknown-filter': 'filter',
    'jinja-compiler-error': 'raised',
    'jinja-ref-arguments': 'ref',
    'jinja-source-arguments': 'source',
    'jinja-config-arguments': 'config',
    'jinja-config-value': 'configValue',
    'jinja-env-var-missing': 'envVar',
    'jinja-var-missing': 'variable',
    'jinja-macro-arguments': 'macro',
    'name-macro-arguments': 'nameMacro',
    'jinja-dispatch-missing': 'fault',
    'jinja-unsupported': 'fault',
    'jinja-text-syntax': 'fault',
  }),
});
