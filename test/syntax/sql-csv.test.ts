/** Headers of seeds against dbt's own CSV reader. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED_READ_LIMIT, readCsvHeader, readSeedHeader } from '../../server/src/syntax/csv.ts';
import { draw, sourceOf, trimBlock } from './drawn-spans.ts';

// The file is written by python_and_csv_oracle.py beside it.
const { seeds } = JSON.parse(readFileSync(new URL('oracle/python-and-csv.json', import.meta.url), 'utf8')) as {
  readonly seeds: readonly { readonly text: string; readonly delimiter: string; readonly columns: readonly string[] }[];
};

describe('readSeedHeader agrees with dbt', () => {
  for (const { text, delimiter, columns } of seeds) {
    it(`on ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(readSeedHeader(text, delimiter).columns.map((column) => column.name)).toEqual(columns);
      expect(readCsvHeader(text, delimiter)).toEqual(columns);
    });
  }
});

describe('readSeedHeader', () => {
  it('gives the place of each name, quotes included', () => {
    const drawing = trimBlock(`
      id,"full ""name""",,id
      ^^ id
         ^^^^^^^^^^^^^^^ full "name"
                         ^ c
                          ^^ id_2
      1,2,3,4
    `);
    const text = sourceOf(drawing);
    expect(draw(text, readSeedHeader(text).columns.map((column) => ({ span: column.span, label: column.name })))).toBe(drawing);
  });

  it('says which names dbt replaces', () => {
    expect(readSeedHeader('a,,a').problems.map((problem) => problem.code)).toEqual(['csv-unnamed-column', 'csv-duplicate-column']);
    expect(readSeedHeader('a,b').problems).toEqual([]);
  });

  it('reads no more than the limit, and does not guess behind it', () => {
    const long = `"${'x'.repeat(SEED_READ_LIMIT)}",b\n1,2\n`;
    expect(readSeedHeader(long)).toMatchObject({ columns: [], problems: [{ code: 'csv-header-too-long' }] });
    const rows = `a,b\n${'1,2\n'.repeat(SEED_READ_LIMIT)}`;
    expect(readCsvHeader(rows)).toEqual(['a', 'b']);
  });

  it('finds no columns where there is no header, or no proper delimiter', () => {
    for (const text of ['', '\n1,2\n', '\ufeff']) expect(readSeedHeader(text)).toMatchObject({ columns: [], problems: [{ code: 'csv-empty-header' }] });
    for (const delimiter of ['', ';;', '"', '\n']) expect(readSeedHeader('a;b', delimiter)).toMatchObject({ columns: [], problems: [{ code: 'csv-delimiter' }] });
  });

  it('never throws, gives each name once, and spans that lie side by side', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', ',', '"', '\n', '\r\n', '\r', ' ', '\ufeff', 'b_2', 'é'), { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        let end = 0;
        const { columns } = readSeedHeader(text);
        for (const { span } of columns) {
          expect(span.from).toBeGreaterThanOrEqual(end);
          end = span.to;
        }
        expect(end).toBeLessThanOrEqual(text.length);
        expect(new Set(columns.map((column) => column.name)).size).toBe(columns.length);
      }),
    );
  });

  it('stays linear on a header of equal names', () => {
    expect(readSeedHeader('a,'.repeat(30_000)).columns).toHaveLength(30_001);
  });
});
