/** Properties of the Jinja readers that must hold for any text whatever. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Span } from '../../server/src/base/span.ts';
import { extractJinjaBlocks } from '../../server/src/syntax/jinja/blocks.ts';
import { scanStaticTemplate } from '../../server/src/syntax/jinja/static.ts';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';

const piece = fc.constantFrom(
  ...['{{', '}}', '{%', '%}', '{#', '#}', '{%-', '-%}', '{{-', '-}}', '(', ')', '[', ']', '{', '}', ',', ':', '.', '|', '='],
  ...['==', '+', '-', '*', '**', '~', '!', '\\', "'", '"', "'a'", '"b"', '1', '1.5', '0', ' ', '\n', '\r\n', '\u00a0', 'é', '😀'],
  ...[' if ', ' else ', ' elif ', ' endif ', ' for ', ' in ', ' endfor ', ' set ', ' endset ', ' macro ', ' endmacro '],
  ...[' raw ', ' endraw ', ' is ', ' not ', ' and ', ' or ', ' call ', ' endcall ', ' test ', ' docs ', ' enddocs ', ' snapshot '],
  ...['a', 'ref', 'source', 'config', 'recursive', 'true', 'none', 'select 1'],
);
const source = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

/** Spans of all nodes lie in that of the node around them; the text itself is the outermost. */
function expectNestedSpans(value: unknown, outer: Span): void {
  if (typeof value !== 'object' || value === null) return;
  let inner = outer;
  if ('span' in value) {
    // Every `span` in the tree is a Span by its type.
    inner = value.span as Span;
    expect(inner.from).toBeLessThanOrEqual(inner.to);
    expect(inner.from).toBeGreaterThanOrEqual(outer.from);
    expect(inner.to).toBeLessThanOrEqual(outer.to);
  }
  for (const [key, child] of Object.entries(value)) {
    if (key !== 'span') expectNestedSpans(child, inner);
  }
}

const OPERATORS = [' + ', '-', ' ~ ', '~', '*', ' ** ', '/', ' // ', '%', ' == ', '!=', '<', ' <= ', '>', '>=', ' = ', ' and ', ' or ', ' in ', ' not in ', ' not ', ' is ', ', ', ' if ', ' else '];

/** Inside of tags that the short way takes, or nearly. */
const word = fc.constantFrom('a', 'ref', 'source', 'config', 'b_2', 'True', 'none', 'if', 'not', 'in', 'é', 'aé', 'recursive', '_');
const plain = fc.letrec<{ term: string; list: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.constantFrom("'x'", '"y z"', "'a' 'b'", "'it\\'s'", '0', '12', '007', '1_0', '1.5', "''"),
    fc.tuple(word, tie('list')).map(([name, list]) => `${name}(${list})`),
    fc.tuple(word, word, tie('list')).map(([object, name, list]) => `${object}.${name} (${list})`),
    tie('list').map((list) => `[${list}]`),
    fc.tuple(tie('term'), fc.constantFrom('.a', '[0]', '|b', ' ~ c', ' if d', '.1', ' .a', '()')).map(([term, rest]) => term + rest),
    fc.tuple(fc.constantFrom('not ', '-', '- ', '+', 'not', '('), tie('term')).map(([before, term]) => before + term),
    fc.tuple(tie('term'), fc.constantFrom(...OPERATORS), tie('term')).map(([left, operator, right]) => left + operator + right),
    fc.tuple(tie('term'), tie('term'), tie('term')).map(([then, test, otherwise]) => `${then} if ${test} else ${otherwise}`),
    tie('term').map((term) => `(${term})`),
    fc.tuple(tie('term'), tie('term')).map(([term, index]) => `${term}[${index}]`),
    fc.tuple(tie('term'), word, tie('list')).map(([term, name, list]) => `${term} | ${name}(${list})`),
    fc.tuple(tie('term'), fc.constantFrom(' is ', ' is not ', ' is\n'), word, fc.constantFrom('', '(1)', ' 1', ' (a)', '.b')).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('*', '**', '*a, '), tie('term')).map(([stars, term]) => `f(${stars}${term})`),
    fc.tuple(tie('term'), fc.constantFrom(': ', ':', ' '), tie('term'), fc.constantFrom('', ',', ", 'k': 1")).map((parts) => `{${parts.join('')}}`),
  ),
  list: fc
    .array(fc.tuple(fc.constantFrom('', '', 'k=', 'v = ', 'k=='), tie('term')).map(([key, term]) => key + term), { maxLength: 3 })
    .chain((items) => fc.constantFrom(items.join(', '), items.join(','), `${items.join(' , ')},`)),
})).term;
const tag = fc.oneof(
  plain.map((inside) => `{{ ${inside} }}`),
  plain.map((inside) => `{{-${inside}-}}`),
  plain.map((inside) => `{% set x = ${inside} %}`),
  plain.map((inside) => `{% set a.b=${inside} %}`),
  plain.map((inside) => `{% set ${inside} %}x{% endset %}`),
  plain.map((inside) => `{% if ${inside} %}x{% elif ${inside} %}{% endif %}`),
  plain.map((inside) => `{% do ${inside} %}`),
  fc
    .tuple(word, fc.array(fc.tuple(word, fc.constantFrom('', '=', ' = ', ': str', '=='), plain), { maxLength: 3 }), fc.constantFrom('', ',', ' ', ':'))
    .map(([name, parameters, rest]) => `{% macro ${name}(${parameters.map(([one, sign, value]) => (sign.endsWith('=') || sign === ' = ' ? one + sign + value : one + sign)).join(', ')}${rest}) %}x{% endmacro %}`),
  fc
    .tuple(word, fc.constantFrom('', ', b', ',b , c', ',', ' '), fc.constantFrom(' in ', ' in', '\nin\n', ' inn ', ' '), plain, fc.constantFrom('', ' recursive', ' if x', ':', ', y'))
    .map(([name, others, between, inside, rest]) => `{% for ${name}${others}${between}${inside}${rest} %}x{% endfor %}`),
);

describe('for any text', () => {
  test('the short way of plain expressions gives what the grammar gives', () => {
    fc.assert(
      fc.property(fc.oneof(source, fc.array(tag, { maxLength: 4 }).map((tags) => tags.join(' '))), (text) => {
        expect(parseJinja(text)).toEqual(parseJinja(text, { shortWay: false }));
      }),
      { numRuns: 8_000 },
    );
  });

  test('parseJinja gives a tree whose spans are in range and nested', () => {
    fc.assert(
      fc.property(source, (text) => {
        const template = parseJinja(text);
        const whole = { from: 0, to: text.length };
        expectNestedSpans(template.body, whole);
        for (const problem of template.problems) expectNestedSpans(problem, whole);
      }),
      { numRuns: 3_000 },
    );
  });

  test('statements follow each other without overlapping', () => {
    fc.assert(
      fc.property(source, (text) => {
        let last = 0;
        for (const statement of parseJinja(text).body) {
          expect(statement.span.from).toBeGreaterThanOrEqual(last);
          last = statement.kind === 'output' ? statement.span.from : statement.span.to;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('what has no braces is one text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('{'));
        const { body, problems } = parseJinja(text);
        expect(problems).toEqual([]);
        expect(body.map((s) => s.kind)).toEqual(text.replace(/(?:\r\n|\r|\n)$/u, '') === '' ? [] : ['text']);
        expect(scanStaticTemplate(text)?.captures).toEqual([]);
      }),
    );
  });

  test('block extraction gives blocks in order whose bodies lie in them', () => {
    fc.assert(
      fc.property(source, (text) => {
        const { blocks } = extractJinjaBlocks(text, ['macro', 'docs', 'test', 'snapshot']);
        let last = 0;
        for (const block of blocks) {
          expect(block.span.from).toBeGreaterThanOrEqual(last);
          expect(block.bodySpan.from).toBeGreaterThanOrEqual(block.span.from);
          expect(block.bodySpan.to).toBeGreaterThanOrEqual(block.bodySpan.from);
          expect(block.bodySpan.to).toBeLessThanOrEqual(block.span.to);
          last = block.span.to;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what the static scan accepts, the parser accepts too, unless only dbt-extractor does', () => {
    const literal = fc.constantFrom("'a'", '"b"', '1', '-2', '1.5', 'True', 'none', "['x']", "{'k': 1}", 'x', "'a' 'b'", '');
    const name = fc.constantFrom('', 'v=', 'a=', 'b=', 'tags=', '*');
    const argument = fc.tuple(name, literal).map(([key, value]) => key + value);
    const call = fc
      .tuple(fc.constantFrom('ref', 'source', 'config', 'var'), fc.array(argument, { maxLength: 3 }), fc.constantFrom('', ' ', '-', '|f'))
      .map(([callee, args, end]) => `{{ ${callee}(${args.join(', ')})${end}}}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(call, source), { maxLength: 4 }), (parts) => {
        const text = parts.join(' ');
        const scan = scanStaticTemplate(text);
        if (scan === undefined || scan.captures.some((c, i) => c.span === scan.captures[i - 1]?.span)) return;
        expect(parseJinja(text).problems).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('hostile text takes linear time', () => {
  const size = 200_000;
  test.each([
    ['quotes that never close', `{{ ${`\\'`.repeat(size)}`],
    ['one open quote in front of many tags', `{{ ' }}${'{{ a }}'.repeat(size / 10)}`],
    ['open tags', '{{ '.repeat(size)],
    ['open block tags', '{% '.repeat(size)],
    ['open comments', '{# '.repeat(size)],
    ['whitespace before braces', `${' '.repeat(size)}{ `.repeat(5)],
    ['strings in one tag', `{{ ${"'a' ".repeat(size)} }}`],
    ['raw tags without an end', '{% raw %}'.repeat(size / 10)],
    ['openings with dashes', '{%- '.repeat(size / 4)],
    ['open strings in tags', `{{ 'a }}\n`.repeat(size / 10)],
    ['open brackets in tags', `{{ f( }}\n`.repeat(size / 20)],
  ])('%s', (_name, text) => {
    const before = performance.now();
    parseJinja(text);
    extractJinjaBlocks(text, ['macro']);
    scanStaticTemplate(text);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
