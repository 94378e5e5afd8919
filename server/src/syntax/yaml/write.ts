/** Writes plain data as YAML text: quotes only where dbt's YAML needs them, in the style that a file already has. */

import { isScalarFault, resolvePlainScalar } from './scalars.ts';

const FLOW = Symbol('written between brackets');
const LINES = Symbol('lines that are written already');

/** Data that is to stand on one line, between brackets. */
export interface FlowData {
  readonly [FLOW]: YamlData;
}

/** Lines of YAML, written for column 0 and without line breaks; they are put in at the right column. */
export interface WrittenLines {
  readonly [LINES]: readonly string[];
}

/** What can be written. Lists and mappings come out in block style unless `inFlow` says otherwise. */
export type YamlData = null | boolean | number | string | readonly YamlData[] | YamlDataMapping | FlowData | WrittenLines;

/** A mapping to be written, in the order of its keys. */
export interface YamlDataMapping {
  readonly [key: string]: YamlData;
}

/** Data for one line: `[unique, not_null]`. */
export function inFlow(data: YamlData): FlowData {
  return { [FLOW]: data };
}

/** Lines of YAML as an author would write them at the left margin, e.g. `['- name: id', '  data_tests: [unique]']`. */
export function yamlLines(lines: readonly string[]): WrittenLines {
  return { [LINES]: lines };
}

/** How a file is written. */
export interface YamlStyleOfFile {
  /** Columns by which a mapping under a key is indented. */
  readonly indent: number;
  /** Columns by which a list under a key is indented, 0 if its dashes stand below the key. */
  readonly sequenceIndent: number;
  /** The quotes that the file prefers. */
  readonly quote: '"' | "'";
}

/** A value behind a key or dash: what stands on the same line, and whole lines below. */
export interface WrittenValue {
  readonly head: string;
  readonly lines: readonly string[];
}

/** Writes a value; `column` is that of the key or dash that it belongs to. Undefined if lines would have to stand in brackets. */
export function writeValue(data: YamlData, style: YamlStyleOfFile, column: number): WrittenValue | undefined {
  if (typeof data === 'string') return writeString(data, style, column);
  if (typeof data !== 'object' || data === null) return { head: writeAtom(data), lines: [] };
  if (LINES in data) {
    const isList = /^-(?:\s|$)/.test(data[LINES][0] ?? '');
    return { head: '', lines: indentLines(data[LINES], column + (isList ? style.sequenceIndent : style.indent)) };
  }
  if (FLOW in data) return headOnly(writeFlow(data[FLOW], style));
  if (isList(data)) {
    if (data.length === 0) return { head: '[]', lines: [] };
    return linesOnly(data.map((item) => writeItem(item, style, column + style.sequenceIndent, 1)));
  }
  const entries = Object.entries(data);
  if (entries.length === 0) return { head: '{}', lines: [] };
  return linesOnly(entries.map(([key, value]) => writeEntry(key, value, style, column + style.indent)));
}

/** The lines of `key: value` in a block mapping that stands in `column`. */
export function writeEntry(key: string, value: YamlData, style: YamlStyleOfFile, column: number): readonly string[] | undefined {
  const written = writeValue(value, style, column);
  if (written === undefined) return undefined;
  const space = written.head === '' ? '' : ' ';
  return [`${' '.repeat(column)}${writeText(key, style.quote, false)}:${space}${written.head}`, ...written.lines];
}

/** The lines of `- value` in a block list that stands in `column`, with `gap` spaces behind the dash. */
export function writeItem(value: YamlData, style: YamlStyleOfFile, column: number, gap: number): readonly string[] | undefined {
  const dash = `${' '.repeat(column)}-${' '.repeat(gap)}`;
  if (!isBlockData(value)) {
    const written = writeValue(value, style, column);
    return written === undefined ? undefined : [dash + written.head, ...written.lines];
  }
  const lines = blockLines(value, style, column + 1 + gap);
  if (lines === undefined) return undefined;
  const [first = '', ...rest] = lines;
  return [dash + first.trimStart(), ...rest];
}

/** The lines of a list or mapping that stands in `column`. */
function blockLines(value: YamlData, style: YamlStyleOfFile, column: number): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || FLOW in value) return undefined;
  if (LINES in value) return indentLines(value[LINES], column);
  const parts = isList(value)
    ? value.map((item) => writeItem(item, style, column, 1))
    : Object.entries(value).map(([key, item]) => writeEntry(key, item, style, column));
  return linesOnly(parts)?.lines;
}

/** A value on one line, fit to stand between brackets; undefined for several lines. */
export function writeFlow(data: YamlData, style: YamlStyleOfFile): string | undefined {
  if (typeof data === 'string') return writeText(data, style.quote, true);
  if (typeof data !== 'object' || data === null) return writeAtom(data);
  if (LINES in data) return data[LINES].length === 1 ? data[LINES][0] : undefined;
  if (FLOW in data) return writeFlow(data[FLOW], style);
  if (isList(data)) {
    const items = data.map((item) => writeFlow(item, style));
    return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
  }
  const entries = Object.entries(data).map(([key, value]) => {
    const written = writeFlow(value, style);
    return written === undefined ? undefined : `${writeText(key, style.quote, true)}: ${written}`;
  });
  return entries.includes(undefined) ? undefined : `{${entries.join(', ')}}`;
}

/** True if the value needs lines of its own below its key. */
export function isBlockData(data: YamlData): boolean {
  if (typeof data !== 'object' || data === null || FLOW in data) return false;
  if (LINES in data) return true;
  return isList(data) ? data.length > 0 : Object.keys(data).length > 0;
}

/** True for data of one value: text, number, boolean or null. */
export function isScalarData(data: YamlData): data is null | boolean | number | string {
  return typeof data !== 'object' || data === null;
}

/** A number, boolean or null so that PyYAML reads the same. */
export function writeAtom(value: null | boolean | number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = String(value);
  // YAML 1.1 takes `1e21` for text: a float needs a point.
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

/** A text of one line, in quotes only if it would not stay this text without. */
export function writeText(text: string, quote: '"' | "'", isFlow: boolean): string {
  return isPlainSafe(text, isFlow) ? text : writeQuoted(text, quote);
}

/** A text in quotes: the wanted ones if they can hold it, else those that need no escapes, else double ones. */
export function writeQuoted(text: string, quote: '"' | "'"): string {
  if (UNPRINTABLE.test(text)) return `"${escapeDoubleQuoted(text)}"`;
  const preferSingle = quote === "'" ? !text.includes("'") || text.includes('"') : /["\\]/.test(text) && !text.includes("'");
  return preferSingle ? `'${text.replaceAll("'", "''")}'` : `"${escapeDoubleQuoted(text)}"`;
}

/** A text in exactly these quotes; single ones only if they can hold it. */
export function writeInQuotes(text: string, quote: '"' | "'"): string {
  if (quote === "'" && !UNPRINTABLE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return `"${escapeDoubleQuoted(text)}"`;
}

/** Whether an unquoted word is read as this very text by PyYAML. */
function isPlainSafe(text: string, isFlow: boolean): boolean {
  if (text === '' || text.trim() !== text || UNPRINTABLE.test(text)) return false;
  const value = resolvePlainScalar(text, 'dbt');
  if (isScalarFault(value) || value !== text) return false;
  if (/^[,[\]{}#&*!|>'"%@`]/.test(text) || /^[-?:](?:\s|$)/.test(text) || /^(?:---|\.\.\.)/.test(text)) return false;
  if (/:(?:\s|$)|\s#/.test(text)) return false;
  return !isFlow || !/[,[\]{}]|^[-?:]|:\?/.test(text);
}

/** Line breaks, control characters and what else cannot stand as itself in one line of YAML 1.1. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

function escapeDoubleQuoted(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\0-\x1f"\\\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    const short = SHORT_ESCAPES[character];
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function writeString(text: string, style: YamlStyleOfFile, column: number): WrittenValue {
  const block = text.includes('\n') ? writeBlockText(text, '|', column + style.indent) : undefined;
  return block ?? { head: writeText(text, style.quote, false), lines: [] };
}

/** A text of several lines behind `|` or `>`; undefined if only escapes can hold it. `column` is that of its lines. */
export function writeBlockText(text: string, sign: '|' | '>', column: number): WrittenValue | undefined {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n');
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  if (body === '' || /^[ \t\n]|\n$|[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/.test(body)) return undefined;
  // Blanks at the end of a line are lost on editors, and on dbt at the end of a file.
  if (lines.some((line) => /\s$/.test(line))) return undefined;
  // Between folded lines a break would become a space.
  if (sign === '>' && lines.length > 1) return undefined;
  return { head: text.endsWith('\n') ? sign : `${sign}-`, lines: indentLines(lines, column) };
}

function indentLines(lines: readonly string[], column: number): readonly string[] {
  const pad = ' '.repeat(column);
  return lines.map((line) => (line === '' ? '' : pad + line));
}

function linesOnly(parts: readonly (readonly string[] | undefined)[]): WrittenValue | undefined {
  const lines: string[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    lines.push(...part);
  }
  return { head: '', lines };
}

function headOnly(head: string | undefined): WrittenValue | undefined {
  return head === undefined ? undefined : { head, lines: [] };
}

function isList(data: YamlData): data is readonly YamlData[] {
  return Array.isArray(data);
}
