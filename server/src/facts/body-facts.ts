/** Reads files with a body: models, tests, analyses, Python models, and files of Jinja blocks. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { pyStr } from '../dbt/python-repr.ts';
import { isPyFloat } from '../base/python-values.ts';
import type { Span, SyntaxProblem } from '../base/span.ts';
import { extractJinjaBlocks } from '../syntax/jinja/blocks.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';
import { parseJinjaForLater } from '../syntax/jinja/recent.ts';
import type { StaticCapture } from '../syntax/jinja/static.ts';
import { scanStaticTemplate } from '../syntax/jinja/static.ts';
import { scanPythonModel } from '../syntax/python/model.ts';
import { addAnchor, shift } from './anchors.ts';
import type { BlockFileFacts, LiteralCaptures, SqlText } from './file-facts.ts';
import type { Reading } from './read-file.ts';
import { readSqlText } from './sql-text.ts';

/** A SQL file that is one node. dbt strips the text before it reads it; blanks at the ends mean nothing to Jinja either. */
export function readNodeFile(text: string, adapter: string | undefined): Reading {
  const anchors = new Map<string, Span>();
  const scan = scanStaticTemplate(text);
  const literal = scan === undefined ? undefined : literalOf(scan.captures, 0, anchors);
  const problems = scan === undefined ? parseJinjaForLater(text).problems : [];
  anchors.set('start', startOf(text));
  const sql = readSqlText(text, adapter, anchors);
  return {
    data: {
      kind: 'node-file',
      language: 'sql',
      literal,
      parsedByExtractor: scan?.staticallyParsedByDbt ?? false,
      text: sql,
      isBlank: text.trim() === '',
    },
    anchors,
    problems,
  };
}

const NO_SQL: SqlText = {
  relations: [],
  isEmpty: false,
  leadingComment: '',
};

/** A Python model or function. */
export function readPythonFile(text: string): Reading {
  const anchors = new Map<string, Span>([['start', startOf(text)]]);
  const { captures, problems } = scanPythonModel(text);
  return {
    data: {
      kind: 'node-file',
      language: 'python',
      literal: literalOf(captures, 0, anchors),
      parsedByExtractor: false,
      text: NO_SQL,
      isBlank: text.trim() === '',
    },
    anchors,
    problems,
  };
}

/** A file of macros, generic tests or snapshots. */
export function readBlockFile(text: string, allowed: readonly string[], adapter: string | undefined): Reading {
  const anchors = new Map<string, Span>([['start', startOf(text)]]);
  const { blocks, problems } = extractJinjaBlocks(text, allowed);
  const unsound: SyntaxProblem[] = [];
  const found: BlockFileFacts['blocks'][number][] = [];
  const seen = new Map<string, number>();
  const first = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  for (const block of blocks) {
    const tag = tagOf(block.tag);
    if (tag === undefined) continue;
    if (block.name === undefined || block.nameSpan === undefined) {
      if (tag === 'snapshot') unsound.push({ code: 'jinja-block-without-name', message: "at path ['name']: None is not of type 'string'", span: block.openSpan });
      else unsound.push(...syntaxProblems(tag, text.slice(block.span.from, block.span.to), block.span.from));
      continue;
    }
    // dbt's reader of blocks knows the word, its Jinja does not.
    if (tag === 'data_test') unsound.push({ code: 'jinja-unknown-tag', message: "Encountered unknown tag 'data_test'.", span: block.nameSpan });
    const dbtName = dbtNameOf(tag, block.name, block.adapter);
    const count = seen.get(dbtName) ?? 0;
    seen.set(dbtName, count + 1);
    const anchor = `block:${dbtName}#${String(count)}`;
    anchors.set(anchor, block.nameSpan);
    // dbt strips the file before it cuts the blocks: blanks at its ends belong to none.
    const span = tag === 'snapshot' ? block.bodySpan : { from: Math.max(block.span.from, first), to: Math.min(block.span.to, end) };
    anchors.set(`source:${anchor}`, span);
    const source = text.slice(span.from, span.to);
    const scan = tag === 'snapshot' ? scanStaticTemplate(source) : undefined;
    const literal = scan === undefined ? undefined : literalOf(scan.captures, span.from, anchors);
    const sql = tag === 'snapshot' ? readSqlText(source, adapter, anchors, span.from) : undefined;
    found.push({ tag, name: block.name, dbtName, source, anchor, literal, text: sql });
    if (tag !== 'data_test' && scan === undefined) unsound.push(...syntaxProblems(tag, source, span.from));
  }
  return { data: { kind: 'block-file', blocks: found }, anchors, problems: [...problems, ...unsound] };
}

/** What Jinja tells when it compiles what it has parsed, which dbt has it do when a macro is called. */
const TOLD_WHEN_COMPILED = / outside loop$|^duplicate argument /;

/** What is wrong in the Jinja of a block: dbt parses macros, called or not, and renders snapshots. */
function syntaxProblems(tag: string, source: string, offset: number): SyntaxProblem[] {
  const found: SyntaxProblem[] = [];
  for (const problem of parseJinja(source).problems) {
    if (tag !== 'snapshot' && TOLD_WHEN_COMPILED.test(problem.message)) continue;
    found.push({ ...problem, span: shift(problem.span, offset) });
  }
  return found;
}

function tagOf(tag: string): BlockFileFacts['blocks'][number]['tag'] | undefined {
  switch (tag) {
    case 'macro':
    case 'test':
    case 'data_test':
    case 'materialization':
    case 'snapshot':
      return tag;
    default:
      return undefined;
  }
}

function dbtNameOf(tag: BlockFileFacts['blocks'][number]['tag'], name: string, adapter: string | undefined): string {
  if (tag === 'test' || tag === 'data_test') return `test_${name}`;
  if (tag === 'materialization') return `materialization_${name}_${adapter ?? 'default'}`;
  return name;
}

/** Captures without positions; their spans become anchors, shifted by where the scanned text begins in the file. */
function literalOf(captures: readonly StaticCapture[], offset: number, anchors: Map<string, Span>): LiteralCaptures {
  const refs: LiteralCaptures['refs'][number][] = [];
  const sources: LiteralCaptures['sources'][number][] = [];
  const configs: PyDict[] = [];
  for (const capture of captures) {
    switch (capture.kind) {
      case 'ref': {
        const anchor = addAnchor(anchors, `ref:${capture.name}`, capture.nameSpan, offset);
        refs.push({ package: capture.package ?? null, name: capture.name, version: versionOfCapture(capture.version), anchor });
        break;
      }
      case 'source': {
        const span = { from: capture.sourceSpan.from, to: capture.tableSpan.to };
        const anchor = addAnchor(anchors, `source:${capture.source}.${capture.table}`, span, offset);
        sources.push({ source: capture.source, table: capture.table, anchor });
        break;
      }
      case 'config': {
        const values: PyDict = new Map();
        for (const { key, keySpan, value, valueSpan } of capture.entries) {
          values.set(key, value);
          anchors.set(`config:${key}`, shift({ from: keySpan.from, to: valueSpan.to }, offset));
        }
        anchors.set(`config#${String(configs.length)}`, shift(capture.span, offset));
        configs.push(values);
        break;
      }
    }
  }
  return { refs, sources, configs };
}

function versionOfCapture(value: PyValue | undefined): string | number | null {
  if (value === true) return 'True';
  if (typeof value === 'string' || typeof value === 'number') return value;
  // `1.0` is another version than `1`.
  if (isPyFloat(value)) return Number.isInteger(value.value) ? pyStr(value) : value.value;
  return null;
}

/** The first token of a text: where a finding on the whole file stands. */
function startOf(text: string): Span {
  const match = /\S+/.exec(text);
  if (match === null) return { from: 0, to: 0 };
  const line = text.indexOf('\n', match.index);
  const lineEnd = line < 0 ? text.length : line;
  return { from: match.index, to: Math.min(match.index + match[0].length, lineEnd) };
}
