/** The evaluator survives any template, within its budgets. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unknownBecause, type ConfigValue } from '../../server/src/base/unknown.ts';
import { evaluateTemplate, renderNative } from '../../server/src/jinja/evaluate.ts';
import { FILTERS, TESTS } from '../../server/src/jinja/filters.ts';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';
import { macroSource, macrosOf, testContext } from './context.ts';

const variables = new Map<string, ConfigValue>([
  ['u', unknownBecause('nobody knows')],
  ['l', ['a', 1, null]],
]);
const macros = macroSource(
  new Map([['p', macrosOf('p', "{% macro m(a, b=1) %}{{ a }}{% if execute %}{{ ref('x') }}{% endif %}{{ return(b) }}{% endmacro %}{% macro c() %}{{ caller(1) }}{% endmacro %}")]]),
  'p',
  'p',
);
const context = testContext({ variables, macros });

const atoms = [
  '1', '0', '-1', '2.5', "'a'", "''", "'a b'", 'none', 'true', 'false', '[]', '[1, 2]', '{}', "{'a': 1}", '(1,)', 'x', 'nothing', "var('u')", "var('l')",
  'execute', 'is_incremental()', "ref('a')", "source('s', 't')", 'this', 'target.name', 'range(3)', 'namespace(a=1)', 'model', 'graph', 'adapter', 'loop', 'm', 'm(1)',
  "modules.datetime.date(2024, 1, 31)", 'modules.datetime.timedelta(1)', 'modules.re', "run_query('q')", 'config', "set([1])", 'dict(a=1)', 'zip([1], [2])', '99999999999999999999',
  "modules.re.match('(a)', 'a')", 'varargs', 'context', 'builtins', 'flags', 'exceptions', 'api.Relation', "'%s'", "'{}'",
];
const binary = ['+', '-', '*', '/', '//', '%', '**', '~', '==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'and', 'or'];
const names = ['a', 'name', 'items', 'get', 'append', 'format', 'split', 'join', 'upper', 'strip', 'replace', 'keys', 'schema', 'index', 'last', 'strftime', 'days', 'group', 'pop', 'update', 'sort', 'nope', '__class__', 'zfill', 'center', 'find', 'copy', 'next', 'dispatch', 'type'];

const expression = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...atoms),
    fc.tuple(tie('expression'), fc.constantFrom(...binary), tie('expression')).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(tie('expression'), fc.constantFrom(...names)).map(([a, name]) => `(${a}).${name}`),
    fc.tuple(tie('expression'), fc.constantFrom(...names), fc.array(tie('expression'), { maxLength: 3 })).map(([a, name, args]) => `(${a}).${name}(${args.join(', ')})`),
    fc.tuple(tie('expression'), fc.constantFrom(...FILTERS.keys()), fc.array(tie('expression'), { maxLength: 2 })).map(([a, name, args]) => `(${a} | ${name}(${args.join(', ')}))`),
    fc.tuple(tie('expression'), fc.constantFrom(...[...TESTS.keys()].filter((name) => /^\w+$/.test(name))), fc.array(tie('expression'), { maxLength: 1 })).map(([a, name, args]) => `(${a} is ${name}(${args.join(', ')}))`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a})[${b}]`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a})[${b}:]`),
    fc.tuple(tie('expression'), fc.array(tie('expression'), { maxLength: 3 })).map(([a, args]) => `(${a})(${args.join(', ')})`),
  ),
})).expression;

const template = fc.letrec<{ body: string }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 4 },
    expression.map((text) => `{{ ${text} }}`),
    fc.tuple(expression, tie('body'), tie('body')).map(([test_, a, b]) => `{% if ${test_} %}${a}{% else %}${b}{% endif %}`),
    fc.tuple(expression, tie('body'), tie('body')).map(([items, a, b]) => `{% for x in ${items} %}${a}{% else %}${b}{% endfor %}`),
    expression.map((text) => `{% set x = ${text} %}`),
    expression.map((text) => `{% do x.append(${text}) %}`),
    tie('body').map((body) => `{% set x %}${body}{% endset %}`),
    tie('body').map((body) => `{% call(y) c() %}${body}{% endcall %}`),
    fc.tuple(tie('body'), tie('body')).map(([a, b]) => a + b),
    fc.constant("{% set ns = namespace(l=[]) %}{% set ns.a = execute %}{% set x = [1] %}"),
  ),
})).body;

describe('no template can break the evaluator', () => {
  test('generated templates evaluate without throwing, within their budget', () => {
    fc.assert(
      fc.property(template, (text) => {
        const result = evaluateTemplate(parseJinja(text), context);
        expect(result.steps).toBeLessThanOrEqual(500_001);
        for (const problem of result.problems) {
          expect(problem.span.from).toBeGreaterThanOrEqual(0);
          expect(problem.span.to).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
  }, 60_000);

  test('the same template gives the same answer again', () => {
    fc.assert(
      fc.property(template, (text) => {
        const parsed = parseJinja(text);
        const first = evaluateTemplate(parsed, context);
        const second = evaluateTemplate(parsed, context);
        expect(second.output).toEqual(first.output);
        expect(second.refs).toEqual(first.refs);
        expect(second.problems).toEqual(first.problems);
      }),
      { numRuns: 300, seed: 11 },
    );
  }, 60_000);

  test('arbitrary text renders natively without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), expression.map((text) => `{{ ${text} }}`)), (text) => {
        renderNative(text, testContext({ kind: 'schema-yaml', variables }));
      }),
      { numRuns: 1000, seed: 13 },
    );
  }, 60_000);
});
