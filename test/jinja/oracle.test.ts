/** Templates capture and write what dbt recorded for them. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ConfigValue } from '../../server/src/base/unknown.ts';
import { evaluateTemplate } from '../../server/src/jinja/evaluate.ts';
import { createRelation } from '../../server/src/jinja/relation.ts';
import { plainTextOf } from '../../server/src/jinja/python.ts';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';
import { macroSource, macrosOf, testContext } from './context.ts';

interface Recorded {
  readonly name: string;
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
  readonly refs: readonly (readonly [string | null, string, string | number | null])[];
  readonly sources: readonly (readonly [string, string])[];
  readonly macros: readonly string[];
  readonly configs: readonly Readonly<Record<string, string>>[];
}

interface Recording {
  readonly macros: string;
  readonly packageMacros: string;
  readonly snippets: readonly Recorded[];
}

// The file is written by test/jinja/oracle/record.py in this shape.
const recording = JSON.parse(readFileSync(new URL('oracle/recorded.json', import.meta.url), 'utf8')) as Recording;

const packages = new Map([
  ['p', macrosOf('p', recording.macros)],
  ['lp', macrosOf('lp', recording.packageMacros)],
]);

const variables = new Map<string, ConfigValue>([
  ['text', 'words'],
  ['number', 3],
  ['flag', true],
  ['items', ['a', 'b']],
  ['mapping', new Map<string, string | number>([['k', 'v'], ['n', 1]])],
  ['rendered', "{{ 'x' ~ 1 }}"],
  ['scoped', 'own'],
]);

/** SQL of dbt's own macros is laid out differently; only white space may differ. */
const squeezed = (text: string): string => text.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')').trim();

/** Addresses, random choices, methods of one adapter: what dbt prints there cannot be told from files. */
const UNPRINTABLE = new Set(['strings_20', 'modules_01', 'dbt_58', 'dbt_65', 'filters_23']);

/** dbt's message is of no use here. */
const OWN_WORDS = new Set(['dbt_67']);

describe('templates render as dbt renders them', () => {
  test.each(recording.snippets)('$name: $template', (recorded) => {
    const name = `s_${recorded.name}`;
    const template = parseJinja(recorded.template);
    const own = plainTextOf(createRelation({ database: 'db', schema: 'sch', identifier: name }, 'postgres'));
    const context = { ...testContext({ name, macros: macroSource(packages, 'p', 'p'), variables }), relationText: () => own };
    const result = evaluateTemplate(template, context);
    const problems = [...template.problems, ...result.problems.filter((problem) => problem.severity === 'error')];

    if (recorded.error !== undefined) {
      expect(problems.length, 'dbt refuses this').toBeGreaterThan(0);
      if (!OWN_WORDS.has(recorded.name)) expect(problems[0]?.message.split('\n')[0]).toBe(normalError(recorded.error));
    } else {
      expect(problems).toEqual([]);
      if (!UNPRINTABLE.has(recorded.name)) expect(squeezed(result.output ?? '<unknown>')).toBe(squeezed(recorded.output ?? ''));
    }
    if (template.problems.length > 0) return;
    const certain = result.refs.filter((ref) => !ref.conditional);
    expect(certain.map((ref) => [ref.package, ref.name, ref.version])).toEqual(recorded.refs);
    expect(result.sources.filter((source) => !source.conditional).map((source) => [source.source, source.table])).toEqual(recorded.sources);
    expect(result.macroCalls).toEqual(recorded.macros);
    const configs = result.configCalls.map((call) => [...call.values.keys()]);
    if (recorded.error === undefined) expect(configs).toEqual(recorded.configs.map((config) => Object.keys(config).map(hyphenated)));
  });
});

function hyphenated(key: string): string {
  return key.replace(/^(pre|post)_hook$/, '$1-hook');
}

function normalError(message: string): string {
  return message.replace(/<class 'dbt_common.*Undefined'>/, "<class 'jinja2.runtime.Undefined'>");
}
