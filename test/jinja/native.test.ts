/** Strings of YAML render to the values that dbt gets. */

import { describe, expect, test } from 'vitest';
import { unknownBecause, type ConfigValue } from '../../server/src/base/unknown.ts';
import type { PyValue } from '../../server/src/base/python-values.ts';
import { evaluateGenericTest, evaluateMacro, evaluateNamedMacro, renderNative, renderText } from '../../server/src/jinja/evaluate.ts';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';
import { macroSource, macrosOf, testContext } from './context.ts';

const variables = new Map<string, ConfigValue>([
  ['on', true],
  ['text', 'words'],
  ['unsure', unknownBecause('nobody knows')],
  ['jinja', "{{ 'not rendered here' }}"],
]);
const yaml = testContext({ kind: 'schema-yaml', variables });

describe('native rendering of strings in YAML', () => {
  // What `dbt_common.clients.jinja.get_template(text, {}, native=True)` of dbt 1.12 renders; constants become text.
  test.each<[string, PyValue]>([
    ['plain', 'plain'],
    ['1', '1'],
    ['{{ 1 }}', '1'],
    ['{{ none }}', 'None'],
    ['{{ [1] }}', '[1]'],
    ['{{ 1 == 1 }}', 'True'],
    ["{{ 'a,b'.split(',') }}", ['a', 'b']],
    ["{{ ['a', 'b'] | join(',') }}", 'a,b'],
    ['{% set x = 1 %}{{ x }}', 1],
    ['{% if true %}5{% endif %}', '5'],
    [' {{ 1 }}', ' 1'],
    ["{{ 'False' | as_bool }}", false],
    ["{{ true | as_bool }}", true],
    ["{{ '5' | as_number }}", 5],
    ["{{ 5 | as_number }}", 5],
    ["{{ '5.0' | as_number }}", { kind: 'float', value: 5 }],
    ["{{ '0x1f' | as_number }}", 31],
    ["{{ '1_000' | as_number }}", 1000],
    ["{{ '-3' | as_number }}", -3],
    ["{{ ' 3' | as_number }}", 3],
    ["{{ '1e3' | as_number }}", { kind: 'float', value: 1000 }],
    ["{{ '[1, 2]' | as_native }}", [1, 2]],
    ["{{ '1,2' | as_native }}", { kind: 'tuple', items: [1, 2] }],
    [`{{ '{"a": (1, None)}' | as_native }}`, new Map<PyValue, PyValue>([['a', { kind: 'tuple', items: [1, null] }]])],
    [`{{ "'q'" | as_native }}`, 'q'],
    ["{{ '01' | as_native }}", '01'],
    ["{{ '2024-01-01' | as_native }}", '2024-01-01'],
    ["{{ '' | as_native }}", ''],
    ["{{ 'a b' | as_native }}", 'a b'],
    ["{{ '7' | as_text }}", '7'],
    // The filter binds tighter than the comparison, and what it marks is a text like any other.
    ["{{ target.type == 'postgres' | as_bool }}", true],
    ["{{ target.type in ['redshift', 'postgres'] | as_bool }}", true],
    ["{{ target.type in ['bigquery'] | as_bool }}", false],
    ["{{ var('text') | as_bool | upper }}", 'WORDS'],
    ["{{ (var('text') | as_native)[0] }}", 'w'],
    ["{{ var('text') | as_native + 's' }}", 'wordss'],
    // None is a default like any other.
    ["{{ var('missing', none) }}", null],
    ["{% if var('missing', None) != None %}a{% else %}b{% endif %}", 'b'],
    ["{{ {'a': none}.get('a', 1) }}{{ var('text') }}", 'Nonewords'],
    ['{{ 1 }}{{ 2 }}', '12'],
    ['a{{ 1 }}', 'a1'],
    ["{{ target.name == 'dev' }}", true],
    ["{{ var('on') }}", true],
    ["{{ var('text') }}", 'words'],
    ["{{ var('jinja') }}", "{{ 'not rendered here' }}"],
    ['{# nothing #}', ''],
    ["{{ var('missing', 'd') }}", 'd'],
  ])('%s', (text, value) => {
    const result = renderNative(text, yaml);
    expect(result.problems).toEqual([]);
    expect(result.value).toEqual(value);
  });

  test('what is not a number or bool is refused', () => {
    expect(renderNative("{{ 'x' | as_bool }}", yaml).problems.map((problem) => problem.message)).toEqual(["Could not convert value 'x' into type 'bool'"]);
    expect(renderNative("{{ 'false' | as_bool }}", yaml).problems).toHaveLength(1);
    expect(renderNative("{{ 'x' | as_number }}", yaml).problems.map((problem) => problem.message)).toEqual(["Could not convert value 'x' into type 'number'"]);
  });

  test('a missing var and a missing environment variable are errors', () => {
    expect(renderNative("{{ var('missing') }}", yaml).problems.map((problem) => problem.code)).toEqual(['jinja-var-missing']);
    expect(renderNative("{{ env_var('MISSING') }}", yaml).problems.map((problem) => problem.code)).toEqual(['jinja-env-var-missing']);
  });

  test('ref and macros are not there', () => {
    const result = renderNative("{{ ref('a') }}", yaml);
    expect(result.refs).toEqual([]);
    expect(result.problems.map((problem) => problem.message)).toEqual(["'ref' is undefined"]);
  });

  test('an unknown stays unknown', () => {
    expect(renderNative("{{ var('unsure') }}", yaml).value).toMatchObject({ kind: 'unknown', reason: 'nobody knows' });
    expect(renderNative("x{{ var('unsure') }}", yaml).output).toBeUndefined();
  });
});

describe('descriptions', () => {
  const docs = {
    ...testContext({ kind: 'docs' }),
    documentation: (packageName: string | undefined, name: string) => (name === 'known' ? `text of ${packageName ?? 'any'}` : undefined),
  };

  test('doc() gives the text of a block', () => {
    expect(renderText("see {{ doc('known') }} and {{ doc('lp', 'known') }}", docs).output).toBe('see text of any and text of lp');
  });

  test('a missing block is an error and is noted', () => {
    const result = renderText("{{ doc('nowhere') }}", docs);
    expect(result.problems.map((problem) => problem.message)).toEqual(["depends on doc 'nowhere' which was not found"]);
    expect([...result.reads.documentation]).toEqual(['nowhere']);
  });
});

describe('macros called by themselves', () => {
  const macros = macrosOf('p', "{% macro generate_schema_name(custom, node) %}{{ target.schema if custom is none else custom | trim ~ '_' ~ node.name }}{% endmacro %}");
  const source = macroSource(new Map([['p', macros]]), 'p', 'p');
  const context = testContext({ kind: 'name-macro', macros: source });
  const node = new Map<string, PyValue>([['name', 'm']]);

  test('a custom generate_schema_name is evaluated', () => {
    const definition = macros.get('generate_schema_name');
    if (definition === undefined) throw new Error('the macro is not parsed');
    expect(evaluateMacro(definition, [null, node], context).value).toBe('sch');
    expect(evaluateMacro(definition, [' x ', node], context).value).toBe('x_m');
    expect(evaluateNamedMacro('generate_schema_name', ['x', node], context).value).toBe('x_m');
  });

  test("dbt's own name macros are built in", () => {
    const plain = testContext({ kind: 'name-macro' });
    expect(evaluateNamedMacro('generate_schema_name', [null, node], plain).value).toBe('sch');
    expect(evaluateNamedMacro('generate_schema_name', ['x', node], plain).value).toBe('sch_x');
    expect(evaluateNamedMacro('generate_alias_name', [null, node], plain).value).toBe('m');
    expect(evaluateNamedMacro('generate_alias_name', [null, new Map<string, PyValue>([['name', 'm'], ['version', { kind: 'float', value: 3.1 }]])], plain).value).toBe('m_v3_1');
    expect(evaluateNamedMacro('generate_database_name', ['other', node], plain).value).toBe('other');
  });

  test('a project may replace the default of a dispatched macro', () => {
    const replaced = macrosOf('p', "{% macro default__generate_alias_name(custom=none, node=none) %}{{ 'x_' ~ node.name }}{% endmacro %}");
    const own = testContext({ kind: 'name-macro', macros: macroSource(new Map([['p', replaced]]), 'p', 'p') });
    expect(evaluateNamedMacro('generate_alias_name', [null, node], own).value).toBe('x_m');
  });
});

describe('generic tests', () => {
  test('arguments are rendered first, in order, then the macro of the test', () => {
    const macros = macrosOf('p', "{% test mine(model, column_name, to) %}select {{ column_name }} from {{ model }} where {{ to }} {{ ref('in_body') }}{% endtest %}");
    const context = testContext({ kind: 'generic-test', macros: macroSource(new Map([['p', macros]]), 'p', 'p') });
    const keywords = new Map<string, PyValue>([
      ['to', "ref('b')"],
      ['column_name', '{{ not_rendered }}'],
      ['model', "{{ get_where_subquery(ref('a')) }}"],
    ]);
    const result = evaluateGenericTest(parseJinja('{{ test_mine(**_dbt_generic_test_kwargs) }}{{ config(severity="warn") }}'), keywords, context);
    expect(result.refs.map((ref) => ref.name)).toEqual(['b', 'a', 'in_body']);
    expect(result.macroCalls).toEqual(['macro.dbt.get_where_subquery', 'macro.p.test_mine']);
    expect(result.output).toContain('select {{ not_rendered }} from "a" where "b" "in_body"');
    expect(result.configCalls).toHaveLength(1);
    expect(result.problems).toEqual([]);
  });
});
