/** Python models against dbt's own visitors; spans drawn under the text. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PyValue } from '../../server/src/base/python-values.ts';
import { isSameValue } from '../../server/src/base/python-values.ts';
import type { PythonModel } from '../../server/src/syntax/python/model.ts';
import { scanPythonModel } from '../../server/src/syntax/python/model.ts';
import type { TaggedValue } from '../dbt/tagged-values.ts';
import { valueOfTagged } from '../dbt/tagged-values.ts';
import type { Marked } from './drawn-spans.ts';
import { draw, sourceOf, trimBlock } from './drawn-spans.ts';

interface Answer {
  readonly code: string;
  /** Function (last part of the name), positional and keyword arguments. */
  readonly calls: readonly (readonly [string, { readonly list: readonly TaggedValue[] }, TaggedValue])[];
  /** Of `literal`, `functions`, `arguments`, `return`. */
  readonly errors: readonly string[];
}

// The file is written by python_and_csv_oracle.py beside it.
const answers = (JSON.parse(readFileSync(new URL('oracle/python-and-csv.json', import.meta.url), 'utf8')) as { python: readonly Answer[] }).python;

const ERROR_OF_CODE: Readonly<Record<string, string>> = {
  'python-literal': 'literal',
  'python-no-model': 'functions',
  'python-model-arguments': 'arguments',
  'python-model-return': 'return',
};

/** What dbt's parse_python_model makes of the visitor's calls (`core/dbt/parser/models.py`). */
function expectedCaptures(calls: Answer['calls']): PyValue[] {
  const captures: PyValue[] = [];
  const reads: Record<string, PyValue[]> = { config_keys_used: [], config_keys_defaults: [], meta_keys_used: [], meta_keys_defaults: [] };
  for (const [name, tagged, taggedKeywords] of calls) {
    const args = tagged.list.map(valueOfTagged);
    // Keyword arguments are always a dict.
    const keywords = valueOfTagged(taggedKeywords) as Map<PyValue, PyValue>;
    if (name === 'get' || name === 'meta_get') {
      const kind = name === 'get' ? 'config' : 'meta';
      reads[`${kind}_keys_used`]!.push(args[0]!);
      reads[`${kind}_keys_defaults`]!.push(args[1] ?? null);
    } else if (name === 'ref') captures.push(['ref', args.length === 2 ? args[0]! : null, args.at(-1)!, keywords.get('version') ?? keywords.get('v') ?? null]);
    else if (name === 'source') captures.push(['source', ...args]);
    else captures.push(['config', args.length === 1 ? args[0]! : keywords]);
  }
  if (Object.values(reads).some((list) => list.length > 0)) captures.push(['config', new Map<PyValue, PyValue>(Object.entries(reads))]);
  return captures;
}

function foundCaptures(model: PythonModel): PyValue[] {
  return model.captures.map((capture): PyValue => {
    if (capture.kind === 'ref') return ['ref', capture.package ?? null, capture.name, capture.version ?? null];
    if (capture.kind === 'source') return ['source', capture.source, capture.table];
    return ['config', new Map<PyValue, PyValue>(capture.entries.map((entry) => [entry.key, entry.value]))];
  });
}

/** Values in a form that a failing test can show. */
function shown(values: readonly PyValue[]): string {
  return JSON.stringify(values, (_, value: unknown) => (value instanceof Map ? { map: [...value] } : typeof value === 'bigint' ? `${value}n` : value), 1);
}

describe('scanPythonModel agrees with dbt', () => {
  for (const { code, calls, errors } of answers) {
    it(`on ${JSON.stringify(code.replace(/^def model\(dbt, session\):\n {4}/, ''))}`, () => {
      const model = scanPythonModel(code);
      const found = foundCaptures(model);
      // Where dbt stops at a literal, it reports no more calls; we go on.
      const expected = expectedCaptures(calls);
      const compared = errors.includes('literal') ? found.slice(0, expected.length) : found;
      // The syntax tree has decorators and annotations at another place than the text.
      if (/@|->/.test(code)) {
        const byText = (a: PyValue, b: PyValue): number => (shown([a]) < shown([b]) ? -1 : 1);
        compared.sort(byText);
        expected.sort(byText);
      }
      expect(shown(compared)).toBe(shown(expected));
      expect(isSameValue(compared, expected)).toBe(true);
      const kinds = new Set(model.problems.map((problem) => ERROR_OF_CODE[problem.code] ?? problem.code));
      kinds.delete('python-jinja');
      expect([...kinds].sort()).toEqual(errors);
    });
  }
});

describe('scanPythonModel', () => {
  function expectSpans(drawing: string): void {
    const text = sourceOf(drawing);
    const model = scanPythonModel(text);
    const marks: Marked[] = [];
    for (const capture of model.captures) {
      if (capture.kind === 'ref') marks.push({ span: capture.nameSpan, label: `ref ${capture.name}` });
      else if (capture.kind === 'source') marks.push({ span: capture.sourceSpan, label: 'source' }, { span: capture.tableSpan, label: 'table' });
      else for (const entry of capture.entries) marks.push({ span: entry.keySpan, label: 'key' }, { span: entry.valueSpan, label: 'value' });
    }
    for (const problem of model.problems) marks.push({ span: problem.span, label: problem.code });
    expect(draw(text, marks)).toBe(trimBlock(drawing));
  }

  it('gives the places of names, keys and values', () => {
    expectSpans(`
      def model(dbt, session):
          dbt.config(materialized='table', tags=[1, 2])
                     ^^^^^^^^^^^^ key
                                  ^^^^^^^ value
                                           ^^^^ key
                                                ^^^^^^ value
          dbt.config({"enabled": False})
                      ^^^^^^^^^ key
                                 ^^^^^ value
          a = dbt.ref("pkg", 'orders', v=2)
                             ^^^^^^^^ ref orders
          return dbt.source('raw', """events""").join(a)
                            ^^^^^ source
                                   ^^^^^^^^^^^^ table
    `);
  });

  it('points at what dbt refuses', () => {
    expectSpans(`
      def model(session, dbt):
          ^^^^^ python-model-arguments
          dbt.ref(name)
                  ^^^^ python-literal
          dbt.ref()
          ^^^^^^^^^ python-arguments
          dbt.source('only one')
          ^^^^^^^^^^^^^^^^^^^^^^ python-arguments
          dbt.source(1, 'b')
          ^^^^^^^^^^^^^^^^^^ python-arguments
          dbt.config('table')
          ^^^^^^^^^^^^^^^^^^^ python-arguments
          dbt.config({'a': 1}, b=2)
          ^^^^^^^^^^^^^^^^^^^^^^^^^ python-arguments
          dbt.config(a=b'bytes')
                       ^^^^^^^^ python-unsupported-literal
          dbt.config.get()
          ^^^^^^^^^^^^^^^^ python-arguments
          return a, b
          ^^^^^^ python-model-return
    `);
  });

  it('sees Jinja marks, which dbt would render', () => {
    expectSpans(`
      def model(dbt, session):
          return f"{{x}}"
                   ^^ python-jinja
    `);
  });

  it('goes on behind a string or bracket that is never closed', () => {
    expectSpans(`
      def model(dbt, session):
          x = 'abc
              ^^^^ python-syntax
          y = f'{z'
          a = (1, 2))]
                    ^ python-syntax
                     ^ python-syntax
          return dbt.ref('a')
                         ^^^ ref a
    `);
    expect(scanPythonModel('def model(dbt, s):\n  x = (1\n  return 1').problems.map((problem) => problem.code)).toContain('python-syntax');
  });

  it('reads nested quotes of newer Pythons in f-strings', () => {
    const model = scanPythonModel('def model(dbt, session):\n    return f(f"{dbt.ref("a")}", dbt.ref("b"))\n');
    expect(foundCaptures(model)).toEqual([
      ['ref', null, 'a', null],
      ['ref', null, 'b', null],
    ]);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'def model(dbt, session):\n', '    ', 'return ', 'dbt', '.', 'ref', 'config', '(', ')', '[', ']', '{', '}', "'a'", '"', "'''", 'f"', 'f"{', ',', ':', '=', '==',
      '**', '*', 'lambda', 'for', '\n', '\r\n', '\\\n', '#', '1', '0x', '1e', '-', 'é', '\t', ';', '...', 'set(', '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        for (const { span } of scanPythonModel(text).problems) expect(span.to).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('stays near linear on hostile text', () => {
    for (const text of [
      '('.repeat(100_000),
      `${'('.repeat(50_000)}${')'.repeat(50_000)}`,
      `${'f('.repeat(50_000)}${')'.repeat(50_000)}`,
      'dbt.ref("a").'.repeat(50_000),
      'f"{'.repeat(2_000),
      "'''".repeat(50_001),
      'a[b][c](d)'.repeat(50_000),
      `dbt.config(a=${'['.repeat(50_000)}${']'.repeat(50_000)})`,
      '-'.repeat(100_000),
    ]) {
      expect(scanPythonModel(text).problems.length).toBeGreaterThan(0);
    }
  });
});
