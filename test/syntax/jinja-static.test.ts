/** Compares the static scan with what dbt-extractor says and with what a rendered template calls. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PyValue } from '../../server/src/base/python-values.ts';
import { scanStaticTemplate, type StaticCapture } from '../../server/src/syntax/jinja/static.ts';

interface Answer {
  readonly source: string;
  /** What dbt-extractor finds; null if it does not take the text. */
  readonly extractor: { readonly refs: unknown; readonly sources: unknown; readonly configs: unknown } | null;
  /** The calls in order; null if rendering fails or dbt refuses a call. */
  readonly rendered: readonly unknown[] | null;
}

// The file is written by oracle/jinja_blocks_and_static_oracle.py in this shape.
const answers = JSON.parse(
  readFileSync(new URL('oracle/jinja-static-oracle.json', import.meta.url), 'utf8'),
) as readonly Answer[];

/** Values as the oracle writes them: integers and floats apart. */
function tagged(value: PyValue | undefined): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'string') return value ?? null;
  if (typeof value === 'number' || typeof value === 'bigint') return { int: value.toString() };
  if (Array.isArray(value)) return value.map(tagged);
  if (value instanceof Map) return { dict: [...value].map(([key, item]) => [key, tagged(item)]) };
  return value.kind === 'float' ? { float: value.value } : value;
}

function asCall(capture: StaticCapture): unknown {
  if (capture.kind === 'ref') return ['ref', capture.package ?? null, capture.name, tagged(capture.version)];
  if (capture.kind === 'source') return ['source', capture.source, capture.table];
  return ['config', capture.entries.map((entry) => [entry.key, tagged(entry.value)])];
}

function untagged(version: PyValue | undefined): unknown {
  return typeof version === 'object' && version !== null && 'kind' in version && version.kind === 'float'
    ? version.value
    : (version ?? null);
}

const scanned = answers.map((answer) => ({ ...answer, scan: scanStaticTemplate(answer.source) }));

describe('what dbt-extractor takes is captured with its values', () => {
  const both = scanned.filter((answer) => answer.extractor !== null && answer.scan?.staticallyParsedByDbt === true);
  test.each(both.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, { extractor, scan }) => {
    const captures = scan?.captures ?? [];
    const refs = captures.flatMap((c) => (c.kind === 'ref' ? [[c.package ?? null, c.name, untagged(c.version)]] : []));
    const sources = new Set(captures.flatMap((c) => (c.kind === 'source' ? [JSON.stringify([c.source, c.table])] : [])));
    const configs = captures.flatMap((c) => (c.kind === 'config' ? c.entries : []));
    expect(refs).toEqual(extractor?.refs);
    expect([...sources].sort().map((text): unknown => JSON.parse(text))).toEqual(extractor?.sources);
    expect(configs.map((entry) => [entry.key, sortDicts(tagged(entry.value))])).toEqual(
      // Its dicts have no order: they come from a hash map.
      (extractor?.configs as readonly [string, unknown][]).map(([key, value]) => [key, sortDicts(value)]),
    );
  });
  test('in most cases', () => {
    expect(both.length).toBeGreaterThan(50);
  });
});

function sortDicts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDicts);
  if (typeof value !== 'object' || value === null || !('dict' in value)) return value;
  // The oracle writes every dict as a list of pairs.
  const entries = value.dict as readonly [string, unknown][];
  return { dict: entries.map(([key, item]) => [key, sortDicts(item)] as const).sort(([a], [b]) => (a < b ? -1 : 1)) };
}

describe('what only rendering tells is captured as rendered, or not taken', () => {
  const only = scanned.filter((answer) => answer.scan?.staticallyParsedByDbt === false);
  test.each(only.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, { rendered, scan }) => {
    expect(scan?.captures.map(asCall)).toEqual(rendered);
  });
  test('in some cases', () => {
    expect(only.length).toBeGreaterThan(10);
  });
});

describe('what neither takes is not taken', () => {
  const neither = scanned.filter((answer) => answer.extractor === null && answer.rendered === null);
  test.each(neither.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, { scan }) => {
    expect(scan).toBeUndefined();
  });
});

describe('without escapes and keywords of source(), rendering captures the same as dbt-extractor', () => {
  const plain = scanned.filter(
    ({ source, scan, rendered }) => scan !== undefined && rendered !== null && !/\\|source_name|table_name|\r|a='x', a=/u.test(source),
  );
  test.each(plain.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, { rendered, scan }) => {
    expect(scan?.captures.map(asCall)).toEqual(rendered);
  });
});

test('spans are those of the call and of each literal', () => {
  const source = `select * from {{ ref('p', "a", v=2) }} {{ source('s', 't') }} {{ config(k=['x'], m = True) }}`;
  const scan = scanStaticTemplate(source);
  const at = (span: { readonly from: number; readonly to: number } | undefined): string | undefined =>
    span && source.slice(span.from, span.to);
  const [ref, src, config] = scan?.captures ?? [];
  expect(at(ref?.span)).toBe(`ref('p', "a", v=2)`);
  expect(ref?.kind === 'ref' && [at(ref.packageSpan), at(ref.nameSpan), at(ref.versionSpan)]).toEqual([`'p'`, `"a"`, '2']);
  expect(src?.kind === 'source' && [at(src.span), at(src.sourceSpan), at(src.tableSpan)]).toEqual([
    `source('s', 't')`,
    `'s'`,
    `'t'`,
  ]);
  expect(config?.kind === 'config' && config.entries.map((entry) => [at(entry.keySpan), at(entry.valueSpan)])).toEqual([
    ['k', `['x']`],
    ['m', 'True'],
  ]);
});
