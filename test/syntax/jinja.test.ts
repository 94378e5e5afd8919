/** What the Jinja parser gives beyond the tree itself: spans, ranges, recovery, limits, and a current parser table. */

import { describe, expect, test } from 'vitest';
import { staleJinjaParserFiles } from '../../scripts/gen-jinja-parser.mjs';
import type { Span } from '../../server/src/base/span.ts';
import type { JinjaExpression, JinjaStatement, JinjaTemplate } from '../../server/src/syntax/jinja/ast.ts';
import { MISSING_NAME, parseJinja } from '../../server/src/syntax/jinja/parse.ts';

/** The source of every `ref('…')` call in the tree, in order. */
function refsIn(template: JinjaTemplate): string[] {
  const found: string[] = [];
  JSON.stringify(template.body, (_key, value: unknown) => {
    // The walk only looks for the one shape that it tests for.
    const node = value as JinjaExpression | undefined;
    if (node?.kind === 'call' && node.callee.kind === 'name' && node.callee.name === 'ref') {
      const [name] = node.arguments.positional;
      found.push(name?.kind === 'string' ? name.value : '?');
    }
    return value;
  });
  return found;
}

function codesOf(source: string): string[] {
  return parseJinja(source).problems.map((problem) => problem.code);
}

function firstOutput(source: string): JinjaExpression {
  const [statement] = parseJinja(source).body.filter((s) => s.kind === 'output');
  if (statement?.kind !== 'output') throw new Error(`no output in ${source}`);
  return statement.expression;
}

function at(source: string, span: Span): string {
  return source.slice(span.from, span.to);
}

test('the generated parser is that of the grammar', () => {
  expect(staleJinjaParserFiles()).toEqual([]);
});

describe('spans', () => {
  test('of calls and their parts', () => {
    const source = `select {{ dbt_utils.star( from=ref('a') ) }}`;
    const call = firstOutput(source);
    if (call.kind !== 'call') throw new Error(call.kind);
    expect(at(source, call.span)).toBe(`dbt_utils.star( from=ref('a') )`);
    expect(at(source, call.callee.span)).toBe('dbt_utils.star');
    const [keyword] = call.arguments.keyword;
    expect(keyword && at(source, keyword.span)).toBe(`from=ref('a')`);
    expect(keyword && at(source, keyword.value.span)).toBe(`ref('a')`);
  });

  test('of a chain begin at its first operand, parentheses included', () => {
    const source = `{{ (a or b).c | f(1) is g }}`;
    const expression = firstOutput(source);
    expect(at(source, expression.span)).toBe(`(a or b).c | f(1) is g`);
    if (expression.kind !== 'test') throw new Error(expression.kind);
    expect(at(source, expression.input.span)).toBe(`(a or b).c | f(1)`);
  });

  test('of statements reach from the opening to the end tag, those of outputs include the braces', () => {
    const source = `x {%- if a -%} {{- b -}} {%- endif -%} y`;
    const [, statement] = parseJinja(source).body;
    expect(statement && at(source, statement.span)).toBe(`{%- if a -%} {{- b -}} {%- endif -%}`);
    if (statement?.kind !== 'if') throw new Error(statement?.kind);
    expect(statement.branches[0]?.body.map((s) => at(source, s.span))).toEqual([`{{- b -}}`]);
  });

  test('of text are those of what is left of it', () => {
    const source = `a \r\n {{- b -}} \n c\n`;
    expect(parseJinja(source).body.map((s) => at(source, s.span))).toEqual(['a', '{{- b -}}', 'c']);
  });

  test('of the name of a macro', () => {
    const source = `{% macro  my_macro (a) %}{% endmacro %}`;
    const [macro] = parseJinja(source).body;
    if (macro?.kind !== 'macro') throw new Error(macro?.kind);
    expect(at(source, macro.nameSpan)).toBe('my_macro');
    expect(macro.parameters.map((p) => at(source, p.span))).toEqual(['a']);
  });
});

describe('macros of all kinds carry the names that dbt gives them', () => {
  test.each([
    [`{% macro m() %}{% endmacro %}`, 'macro', 'm'],
    [`{% test t(model) %}{% endtest %}`, 'test', 'test_t'],
    [`{% materialization m, default %}{% endmaterialization %}`, 'materialization', 'materialization_m_default'],
    [`{% materialization m, adapter='duckdb' %}{% endmaterialization %}`, 'materialization', 'materialization_m_duckdb'],
  ])('%s', (source, tag, macroName) => {
    const [macro] = parseJinja(source).body;
    expect(macro).toMatchObject({ kind: 'macro', tag, macroName });
  });
});

describe('a range is read as a template of its own, with offsets of the whole', () => {
  const source = `{% docs a %}\nsee {{ x }}\n\n{% enddocs %}`;
  const from = source.indexOf('\n');
  const to = source.indexOf('{% enddocs');
  const template = parseJinja(source, { range: { from, to } });

  test('without its last newline', () => {
    expect(template.body.map((s) => (s.kind === 'text' ? s.text : at(source, s.span)))).toEqual(['\nsee ', '{{ x }}', '\n']);
  });

  test('and tags beyond it do not count', () => {
    expect(template.problems).toEqual([]);
  });
});

describe('a broken tag does not disturb the others', () => {
  test.each([
    [`{{ ref('a' }} {{ ref('b') }}`, ['a', 'b']],
    [`{{ ref('a') }} {{ ref('b }} {{ ref('c') }}`, ['a', '?', 'c']],
    [`{{ config(a='it's') }} {{ ref('b') }}`, ['b']],
    [`{{ ref('a')\nfrom {{ ref('b') }}`, ['a', 'b']],
    [`{{ ref('a') | }} {{ ref('b') }}`, ['a', 'b']],
    [`{{ ref( }} {{ ref('b') }}`, ['?', 'b']],
    [`{% if ref('a' %}{{ ref('b') }}{% endif %}{{ ref('c') }}`, ['a', 'b', 'c']],
    [`{% if x %}{{ ref('a') }}{% endfor %}{{ ref('b') }}{% endif %}`, ['a', 'b']],
    [`{% foo %}{{ ref('a') }}`, ['a']],
    [`{% for x in %}{{ ref('a') }}{% endfor %}`, ['a']],
    [`{% set x = %}{{ ref('a') }}`, ['a']],
    [`{% if a %}{{ ref('a') }}`, ['a']],
    [`{% macro m( %}{{ ref('a') }}{% endmacro %}{{ ref('b') }}`, ['a', 'b']],
    [`{{ config(a=, b=ref('a')) }}{{ ref('b') }}`, ['a', 'b']],
  ])('%s', (source, refs) => {
    const template = parseJinja(source);
    expect(template.problems).not.toEqual([]);
    expect(refsIn(template)).toEqual(refs);
  });

  test('and what it lacks is a name that no template can define', () => {
    expect(firstOutput('{{ a + }}')).toMatchObject({ kind: 'binary', right: { kind: 'name', name: MISSING_NAME } });
  });

  test('an end tag that closes an outer block closes the inner ones', () => {
    const template = parseJinja(`{% if a %}{% for b in c %}{% endif %}{{ d }}`);
    expect(template.body.map((s) => s.kind)).toEqual(['if', 'output']);
  });
});

describe('problems stand at the exact place', () => {
  test.each([
    [`{{ a b }}`, 'b', `expected token 'end of print statement', got 'b'`],
    [`{{ f(1 2) }}`, '2', `expected token ',', got 'integer'`],
    [`{{ (a] }}`, ']', `unexpected ']', expected ')'`],
    [`{% foo %}`, 'foo', `Encountered unknown tag 'foo'.`],
    [`{% if a %}`, '{% if a %}', `Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.`],
    [`{% if a %}{% endfor %}{% endif %}`, 'endfor', `Encountered unknown tag 'endfor'. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.`],
    [`x {{ a ? b }}`, '?', `unexpected char '?'`],
    [`{% macro m(a=1, b) %}{% endmacro %}`, 'b', 'non-default argument follows default argument'],
    [`{{ f(a=1, 2) }}`, '2', 'invalid syntax for function call expression'],
    [`{{ config(tags='a', tags='b') }}`, `tags='b'`, 'keyword argument repeated: tags'],
    [`{# a`, '{#', 'Missing end of comment tag'],
  ])('%s', (source, place, message) => {
    const [problem, ...others] = parseJinja(source).problems;
    expect(others).toEqual([]);
    expect(problem && at(source, problem.span)).toBe(place);
    expect(problem?.message).toBe(message);
  });

  test.each([
    [`{{ a`, 'jinja-unclosed-tag'],
    [`{{ a b }}`, 'jinja-syntax-error'],
    [`{% snapshot a %}`, 'jinja-unknown-tag'],
    [`{% endif %}`, 'jinja-misplaced-tag'],
    [`{% for a in b %}`, 'jinja-unclosed-block'],
    [`{% raw %}x`, 'jinja-unclosed-block'],
    [`{# x`, 'jinja-unclosed-comment'],
    [`{{ f(a=1, a=2) }}`, 'jinja-repeated-keyword'],
  ])('%s is a %s', (source, code) => {
    expect(codesOf(source)).toEqual([code]);
  });
});

describe('input of any depth or length is read without overflowing the stack', () => {
  const many = 50_000;
  test.each([
    ['parentheses', `{{ ${'('.repeat(many)}a${')'.repeat(many)} }}`],
    ['open parentheses', `{{ ${'('.repeat(many)}`],
    ['lists', `{{ ${'['.repeat(many)}${']'.repeat(many)} }}`],
    ['signs', `{{ ${'- '.repeat(many)}a }}`],
    ['negations', `{{ ${'not '.repeat(many)}a }}`],
    ['attributes', `{{ a${'.b'.repeat(many)} }}`],
    ['calls', `{{ a${'()'.repeat(many)} }}`],
    ['filters', `{{ a${'|f'.repeat(many)} }}`],
    ['sums', `{{ a${' + b'.repeat(many)} }}`],
    ['conditions', `{{ a${' if b else c'.repeat(many)} }}`],
    ['blocks', `${'{% if a %}'.repeat(many)}${'{% endif %}'.repeat(many)}`],
    ['unclosed blocks', '{% for a in b %}'.repeat(many)],
  ])('%s', (_name, source) => {
    const template = parseJinja(source);
    expect(template.problems.length).toBeGreaterThan(0);
    expect(heightOf(template.body)).toBeLessThan(2_000);
  });

  test('long flat chains are no problem', () => {
    const source = `{{ a${' ~ b'.repeat(250)} }}{{ [${'1, '.repeat(5_000)}] }}${'{{ a }}{% if b %}{% endif %}'.repeat(5_000)}`;
    expect(parseJinja(source).problems).toEqual([]);
  });

  function heightOf(body: readonly JinjaStatement[]): number {
    let height = 0;
    const queue: { readonly value: unknown; readonly depth: number }[] = [{ value: body, depth: 0 }];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { value, depth } = next;
      if (typeof value !== 'object' || value === null) continue;
      height = Math.max(height, depth);
      for (const inner of Object.values(value)) queue.push({ value: inner, depth: depth + 1 });
    }
    return height;
  }
});
