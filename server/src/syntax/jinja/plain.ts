/**
 * A short way for the expressions that fill most templates: names, strings, numbers, lists, dots and calls. What it reads is what the grammar
 * reads (a test compares them); what it does not know goes the long way through the grammar.
 */

import type { JinjaArguments, JinjaExpression, JinjaTarget } from './ast.ts';

/** Deeper nesting goes the long way, which knows where Jinja2 gives up. */
const MAX_DEPTH = 20;

/** Words that are more than names at some places. */
const KEYWORDS: ReadonlySet<string> = new Set(['if', 'else', 'elif', 'or', 'and', 'is', 'not', 'in', 'recursive']);

/** The expression that fills `text[from, to)` but for blanks; undefined if it is not plain. Spans are offsets of `text`. */
export function readPlainExpression(text: string, from: number, to: number): JinjaExpression | undefined {
  const reader: Reader = { text, at: from, to };
  skipBlanks(reader);
  const expression = readTerm(reader, 0);
  if (expression === undefined) return undefined;
  skipBlanks(reader);
  return reader.at === to ? expression : undefined;
}

/** `name = expression` of a `set` tag that fills `text[from, to)`; undefined if it is not plain. */
export function readPlainAssignment(
  text: string,
  from: number,
  to: number,
): { readonly target: TargetName; readonly value: JinjaExpression } | undefined {
  const reader: Reader = { text, at: from, to };
  const target = readTargetName(reader);
  if (target === undefined) return undefined;
  skipBlanks(reader);
  if (codeAt(reader) !== EQUALS || text.charCodeAt(reader.at + 1) === EQUALS) return undefined;
  const value = readPlainExpression(text, reader.at + 1, to);
  return value === undefined ? undefined : { target, value };
}

/** `name in expression` or `name, name in expression` of a `for` tag that fills `text[from, to)`; undefined if it is not plain. */
export function readPlainLoop(
  text: string,
  from: number,
  to: number,
): { readonly target: JinjaTarget; readonly iterable: JinjaExpression } | undefined {
  const reader: Reader = { text, at: from, to };
  const names: TargetName[] = [];
  do {
    if (names.length > 0) reader.at++;
    const name = readTargetName(reader);
    if (name === undefined) return undefined;
    names.push(name);
    skipBlanks(reader);
  } while (codeAt(reader) === COMMA);
  if (readWord(reader) !== 'in') return undefined;
  const iterable = readPlainExpression(text, reader.at, to);
  const [first] = names;
  const last = names.at(-1);
  if (iterable === undefined || first === undefined || last === undefined) return undefined;
  return { target: first === last ? first : { kind: 'tuple', items: names, span: { from: first.span.from, to: last.span.to } }, iterable };
}

type TargetName = Extract<JinjaExpression, { kind: 'name' }>;

/** The name that something is assigned to; undefined for anything else. */
function readTargetName(reader: Reader): TargetName | undefined {
  skipBlanks(reader);
  const { at: from } = reader;
  const name = readWord(reader);
  const span = { from, to: reader.at };
  return name === '' || KEYWORDS.has(name) || constantOf(name, span) !== undefined ? undefined : { kind: 'name', name, span };
}

interface Reader {
  readonly text: string;
  at: number;
  readonly to: number;
}

const SINGLE_QUOTE = 39;
const DOUBLE_QUOTE = 34;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const COMMA = 44;
const DOT = 46;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** The code unit under the reader; NaN at the end, which equals nothing. */
function codeAt(reader: Reader): number {
  return reader.at < reader.to ? reader.text.charCodeAt(reader.at) : Number.NaN;
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = codeAt(reader);
    if (code !== 32 && code !== 10 && code !== 9 && code !== 13) return;
    reader.at++;
  }
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** An ASCII identifier; empty if there is none, or if it goes on with other letters. */
function readWord(reader: Reader): string {
  const from = reader.at;
  if (!isLetter(codeAt(reader))) return '';
  do reader.at++;
  while (isLetter(codeAt(reader)) || isDigit(codeAt(reader)));
  return codeAt(reader) >= 128 ? '' : reader.text.slice(from, reader.at);
}

function constantOf(word: string, span: { readonly from: number; readonly to: number }): JinjaExpression | undefined {
  switch (word) {
    case 'true':
    case 'True':
      return { kind: 'boolean', value: true, span };
    case 'false':
    case 'False':
      return { kind: 'boolean', value: false, span };
    case 'none':
    case 'None':
      return { kind: 'none', span };
    default:
      return undefined;
  }
}

function readTerm(reader: Reader, depth: number): JinjaExpression | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const code = codeAt(reader);
  if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) return readString(reader, code);
  if (code === OPEN_BRACKET) return readList(reader, depth);
  if (isDigit(code)) return readInteger(reader);
  return readNameWithTrailers(reader, depth);
}

/** A string without escapes or line breaks, and alone: adjacent strings would be one. */
function readString(reader: Reader, quote: number): JinjaExpression | undefined {
  const { text, at: from } = reader;
  for (let at = from + 1; at < reader.to; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      reader.at = at + 1;
      return { kind: 'string', value: text.slice(from + 1, at), span: { from, to: reader.at } };
    }
    if (code === 92 || code === 10 || code === 13) return undefined;
  }
  return undefined;
}

/** Decimal digits that begin with no zero, unless they are one zero. */
function readInteger(reader: Reader): JinjaExpression | undefined {
  const { at: from } = reader;
  do reader.at++;
  while (isDigit(codeAt(reader)));
  const code = codeAt(reader);
  if (code === DOT || isLetter(code) || code >= 128) return undefined;
  const digits = reader.text.slice(from, reader.at);
  return digits.length > 1 && digits.startsWith('0') ? undefined : { kind: 'integer', text: digits, span: { from, to: reader.at } };
}

function readList(reader: Reader, depth: number): JinjaExpression | undefined {
  const { at: from } = reader;
  const items: JinjaExpression[] = [];
  reader.at++;
  for (;;) {
    skipBlanks(reader);
    if (codeAt(reader) === CLOSE_BRACKET) break;
    const item = readTerm(reader, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    skipBlanks(reader);
    const next = codeAt(reader);
    if (next === COMMA) reader.at++;
    else if (next !== CLOSE_BRACKET) return undefined;
  }
  reader.at++;
  return { kind: 'list', items, span: { from, to: reader.at } };
}

/** `a`, `a.b.c`, `a.b(…)`; constants take no trailers here. */
function readNameWithTrailers(reader: Reader, depth: number): JinjaExpression | undefined {
  const { at: from } = reader;
  const word = readWord(reader);
  if (word === '' || KEYWORDS.has(word)) return undefined;
  const span = { from, to: reader.at };
  const constant = constantOf(word, span);
  let expression: JinjaExpression = constant ?? { kind: 'name', name: word, span };
  for (let trailers = 0; ; trailers++) {
    // Blanks before a trailer are rare, but then the end of the expression is before them.
    const end = reader.at;
    skipBlanks(reader);
    const code = codeAt(reader);
    if (code === DOT || code === OPEN_PAREN) {
      if (constant !== undefined || trailers > MAX_DEPTH) return undefined;
      const next = code === DOT ? readAttribute(reader, expression, from) : readCall(reader, expression, from, depth);
      if (next === undefined) return undefined;
      expression = next;
      continue;
    }
    if (code === OPEN_BRACKET) return undefined;
    reader.at = end;
    return expression;
  }
}

function readAttribute(reader: Reader, object: JinjaExpression, from: number): JinjaExpression | undefined {
  reader.at++;
  const name = readWord(reader);
  // Blanks after the dot and numbers go the long way.
  return name === '' || KEYWORDS.has(name) ? undefined : { kind: 'attribute', object, name, span: { from, to: reader.at } };
}

function readCall(reader: Reader, callee: JinjaExpression, from: number, depth: number): JinjaExpression | undefined {
  const args = readArguments(reader, depth);
  return args === undefined ? undefined : { kind: 'call', callee, arguments: args, span: { from, to: reader.at } };
}

function readArguments(reader: Reader, depth: number): JinjaArguments | undefined {
  const positional: JinjaExpression[] = [];
  const keyword: JinjaArguments['keyword'][number][] = [];
  reader.at++;
  for (;;) {
    skipBlanks(reader);
    if (codeAt(reader) === CLOSE_PAREN) break;
    const from = reader.at;
    const name = keywordName(reader);
    const value = readTerm(reader, depth + 1);
    if (value === undefined) return undefined;
    if (name !== undefined) {
      // A name that is given twice is a fault, about which the long way knows what to say.
      if (keyword.some((other) => other.name === name)) return undefined;
      keyword.push({ name, value, span: { from, to: reader.at } });
    } else if (keyword.length > 0) return undefined;
    else positional.push(value);
    skipBlanks(reader);
    const next = codeAt(reader);
    if (next === COMMA) reader.at++;
    else if (next !== CLOSE_PAREN) return undefined;
  }
  reader.at++;
  return { positional, keyword, star: undefined, doubleStar: undefined };
}

/** Goes past `name =` to the value; stays where it is if there is no such thing. */
function keywordName(reader: Reader): string | undefined {
  const { at: from } = reader;
  const word = readWord(reader);
  if (word !== '' && !KEYWORDS.has(word)) {
    skipBlanks(reader);
    if (codeAt(reader) === EQUALS && reader.text.charCodeAt(reader.at + 1) !== EQUALS) {
      reader.at++;
      skipBlanks(reader);
      return word;
    }
  }
  reader.at = from;
  return undefined;
}
