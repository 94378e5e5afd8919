/** Compares block extraction with recorded answers of dbt's block lexer; then what it gives beyond them. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { extractJinjaBlocks } from '../../server/src/syntax/jinja/blocks.ts';

interface Answer {
  readonly source: string;
  /** dbt's exception, if it gives up. */
  readonly error?: string;
  /** `[tag, name, contents, whole block]`. */
  readonly blocks?: readonly (readonly (string | null)[])[];
  readonly warnings?: readonly string[];
}

const ALL = ['macro', 'materialization', 'test', 'data_test', 'snapshot', 'docs'];

// The file is written by oracle/jinja_blocks_and_static_oracle.py in this shape.
const answers = JSON.parse(
  readFileSync(new URL('oracle/jinja-blocks-oracle.json', import.meta.url), 'utf8'),
) as readonly Answer[];

describe('blocks are those of dbt', () => {
  const accepted = answers.filter((answer) => answer.error === undefined);
  test.each(accepted.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, answer) => {
    const { source } = answer;
    const { blocks, problems } = extractJinjaBlocks(source, ALL);
    const found = blocks.map((block) => [
      block.tag,
      block.name ?? null,
      source.slice(block.bodySpan.from, block.bodySpan.to),
      source.slice(block.span.from, block.span.to),
    ]);
    expect(found).toEqual(answer.blocks);
    expect(problems.filter((problem) => problem.code !== 'jinja-unexpected-block')).toEqual([]);
    expect(problems.map((problem) => problem.message)).toEqual(answer.warnings);
  });
});

describe('where dbt gives up there is a problem of the same kind', () => {
  const codes: Readonly<Record<string, string>> = {
    BlockDefinitionNotAtTopError: 'jinja-block-not-at-top',
    MissingCloseTagError: 'jinja-unclosed-block',
    MissingControlFlowStartTagError: 'jinja-misplaced-tag',
    UnexpectedControlFlowEndTagError: 'jinja-misplaced-tag',
    NestedTagsError: 'jinja-nested-block',
    UnexpectedMacroEOFError: 'jinja-unclosed-tag',
  };
  const refused = answers.filter((answer) => answer.error !== undefined);
  test.each(refused.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, answer) => {
    const faults = extractJinjaBlocks(answer.source, ALL).problems.filter((p) => p.code !== 'jinja-unexpected-block');
    expect(faults[0]?.code).toBe(codes[answer.error ?? '']);
  });
});

test('spans of the name and the opening tag', () => {
  const source = `x\n{%- macro  my_macro(a) -%} body {%- endmacro %}`;
  const [block] = extractJinjaBlocks(source, ['macro']).blocks;
  expect(block?.nameSpan && source.slice(block.nameSpan.from, block.nameSpan.to)).toBe('my_macro');
  expect(block && source.slice(block.openSpan.from, block.openSpan.to)).toBe('{%- macro  my_macro(a) -%}');
});

test.each([
  [`{% materialization t, adapter='x' %}{% endmaterialization %}`, 'x'],
  [`{% materialization t, default, adapter = "y" %}{% endmaterialization %}`, 'y'],
  [`{% materialization t, default %}{% endmaterialization %}`, undefined],
])('the adapter of %s', (source, adapter) => {
  expect(extractJinjaBlocks(source, ['materialization']).blocks.map((block) => block.adapter)).toEqual([adapter]);
});

test('a block that lacks its end tag ends where the next one begins', () => {
  const { blocks, problems } = extractJinjaBlocks(`{% macro a() %}1{% macro b() %}2{% endmacro %}`, ['macro']);
  expect(blocks.map((block) => block.name)).toEqual(['a', 'b']);
  expect(problems.map((problem) => problem.code)).toEqual(['jinja-nested-block']);
});
