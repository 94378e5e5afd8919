/** The text of a macro is what dbt cuts out of the stripped file. */
import { expect, test } from 'vitest';
import { readBlockFile } from '../../server/src/facts/body-facts.ts';

test('blanks that a tag eats belong to its macro, but for those at the ends of the file', () => {
  const { data } = readBlockFile('\n{%- macro a() -%}1{%- endmacro -%}\n\n{%- macro b() -%}2{%- endmacro -%}\n', ['macro'], undefined);
  expect(data.kind === 'block-file' ? data.blocks.map(({ source }) => source) : data.kind).toEqual([
    '{%- macro a() -%}1{%- endmacro -%}\n\n',
    '{%- macro b() -%}2{%- endmacro -%}',
  ]);
});
