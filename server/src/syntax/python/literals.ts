/** Evaluates Python literals as `ast.literal_eval` does, from tokens. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import type { PythonToken, PythonTokens } from './tokens.ts';
import { stringParts } from './tokens.ts';

/** Token numbers `[from, to)`. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The value of a literal. `not-literal` is what dbt refuses; `unsupported` is a literal that has no place in a project's values
 * (bytes, sets, complex numbers, `...`).
 */
export type LiteralResult =
  | { readonly kind: 'value'; readonly value: PyValue }
  | { readonly kind: 'not-literal' }
  | { readonly kind: 'unsupported' };

const NOT_LITERAL: LiteralResult = { kind: 'not-literal' };
const UNSUPPORTED: LiteralResult = { kind: 'unsupported' };

const MAX_DEPTH = 100;

/** Evaluates the tokens of a range as one literal. */
export function literalOf(source: PythonTokens, range: TokenRange, depth = 0): LiteralResult {
  const { tokens, partners } = source;
  const first = tokens[range.from];
  if (first === undefined || range.from >= range.to || depth > MAX_DEPTH) return NOT_LITERAL;
  const isOne = range.to === range.from + 1;
  if (first.kind === 'string') return stringLiteral(source, range);
  if (first.kind === 'number') return isOne ? numberLiteral(first.text) : complexOrNot(source, range);
  if (first.kind === 'name') {
    if (first.text === 'set' && tokens[range.from + 1]?.text === '(' && range.to === range.from + 3 && partners[range.from + 1] === range.from + 2) return UNSUPPORTED;
    if (!isOne || !CONSTANTS.has(first.text)) return NOT_LITERAL;
    return { kind: 'value', value: CONSTANTS.get(first.text) ?? null };
  }
  if (first.text === '...' && isOne) return UNSUPPORTED;
  if (first.text === '-' || first.text === '+') {
    const operand = literalOf(source, { from: range.from + 1, to: range.to }, depth + 1);
    return operand.kind === 'value' ? signed(operand.value, first.text) : operand;
  }
  if (partners[range.from] !== range.to - 1) return NOT_LITERAL;
  const inside = { from: range.from + 1, to: range.to - 1 };
  const items = splitAtCommas(source, inside);
  if (first.text === '{') return dictLiteral(source, inside, items, depth);
  if (first.text === '(' && items.length === 1 && tokens[range.to - 2]?.text !== ',') return literalOf(source, inside, depth + 1);
  const values: PyValue[] = [];
  for (const item of items) {
    const result = literalOf(source, item, depth + 1);
    if (result.kind !== 'value') return result;
    values.push(result.value);
  }
  return { kind: 'value', value: first.text === '(' ? { kind: 'tuple', items: values } : values };
}

const CONSTANTS: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/** The parts between commas outside brackets, without an empty one behind a last comma. */
export function splitAtCommas(source: PythonTokens, range: TokenRange): TokenRange[] {
  const parts: TokenRange[] = [];
  let from = range.from;
  for (let at = range.from; at < range.to; at = afterToken(source, at)) {
    const text = source.tokens[at]?.text;
    // The commas of a lambda's parameters are not those of the list.
    if (text === 'lambda' && source.tokens[at]?.kind === 'name') {
      while (at + 1 < range.to && source.tokens[at + 1]?.text !== ':') at = afterToken(source, at + 1) - 1;
    }
    if (text !== ',') continue;
    parts.push({ from, to: at });
    from = at + 1;
  }
  if (from < range.to) parts.push({ from, to: range.to });
  return parts;
}

/** The token behind `at`, past the partner of a bracket that opens there. */
export function afterToken(source: PythonTokens, at: number): number {
  const partner = source.partners[at] ?? -1;
  return partner > at ? partner + 1 : at + 1;
}

/** The first token of the range outside brackets that is the operator or keyword `text`, or -1. */
export function findOutside(source: PythonTokens, range: TokenRange, text: string): number {
  for (let at = range.from; at < range.to; at = afterToken(source, at)) {
    const token = source.tokens[at];
    if (token?.text === text && token.kind !== 'string') return at;
  }
  return -1;
}

function dictLiteral(source: PythonTokens, inside: TokenRange, items: readonly TokenRange[], depth: number): LiteralResult {
  const dict: PyDict = new Map();
  let isSet = false;
  for (const item of items) {
    const colon = findOutside(source, item, ':');
    if (colon === -1) {
      const element = literalOf(source, item, depth + 1);
      if (element.kind === 'not-literal') return element;
      isSet = true;
      continue;
    }
    const key = literalOf(source, { from: item.from, to: colon }, depth + 1);
    const value = literalOf(source, { from: colon + 1, to: item.to }, depth + 1);
    if (key.kind !== 'value') return key;
    if (value.kind !== 'value') return value;
    // Lists and dicts cannot be keys: Python raises, and dbt refuses the literal.
    if (Array.isArray(key.value) || key.value instanceof Map) return NOT_LITERAL;
    dict.set(key.value, value.value);
  }
  return isSet && inside.from < inside.to ? UNSUPPORTED : { kind: 'value', value: dict };
}

function signed(value: PyValue, sign: string): LiteralResult {
  if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'value', value: sign === '-' && value !== 0 ? -value : value };
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'float') {
    return { kind: 'value', value: sign === '-' ? { kind: 'float', value: -value.value } : value };
  }
  return NOT_LITERAL;
}

function numberLiteral(text: string): LiteralResult {
  const digits = text.replaceAll('_', '');
  if (/[jJ]$/.test(digits)) return UNSUPPORTED;
  const isWhole = /^\d+$/.test(digits) || /^0[xXoObB]/.test(digits);
  if (!isWhole) return { kind: 'value', value: { kind: 'float', value: Number(digits) } };
  const whole = BigInt(digits.replace(/^0+(?=\d)/, ''));
  const isSafe = whole <= BigInt(Number.MAX_SAFE_INTEGER);
  return { kind: 'value', value: isSafe ? Number(whole) : whole };
}

/** `1 + 2j` is a literal to Python; all other sums are not. */
function complexOrNot(source: PythonTokens, range: TokenRange): LiteralResult {
  const operator = source.tokens[range.from + 1]?.text;
  const last = source.tokens[range.from + 2]?.text ?? '';
  return range.to === range.from + 3 && (operator === '+' || operator === '-') && /[jJ]$/.test(last) ? UNSUPPORTED : NOT_LITERAL;
}

function stringLiteral(source: PythonTokens, range: TokenRange): LiteralResult {
  let value = '';
  let isBytes = false;
  for (let at = range.from; at < range.to; at++) {
    const token = source.tokens[at];
    if (token?.kind !== 'string') return NOT_LITERAL;
    const decoded = decodeString(source.text, token);
    if (decoded === undefined) return NOT_LITERAL;
    if (decoded === 'bytes') isBytes = true;
    else value += decoded.text;
  }
  return isBytes ? UNSUPPORTED : { kind: 'value', value };
}

/** What a string token stands for; undefined for f-strings and for names of characters that we do not know. */
function decodeString(text: string, token: PythonToken): { text: string } | 'bytes' | undefined {
  const { prefix, inside } = stringParts(token);
  // An f-string without braces is still no constant to Python.
  if (prefix.includes('f') || prefix.includes('t')) return undefined;
  if (prefix.includes('b')) return 'bytes';
  const body = text.slice(inside.from, inside.to).replace(/\r\n?/g, '\n');
  if (prefix.includes('r')) return { text: body };
  if (body.includes('\\N{')) return undefined;
  return { text: body.replace(ESCAPE, (whole: string, code: string) => unescape(whole, code)) };
}

const ESCAPE = /\\(\n|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^])/g;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescape(whole: string, code: string): string {
  const simple = SIMPLE_ESCAPES[code];
  if (simple !== undefined) return simple;
  if (/^[0-7]/.test(code)) return String.fromCodePoint(parseInt(code, 8));
  if (/^[xuU]./.test(code)) {
    const point = parseInt(code.slice(1), 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  }
  // Python keeps the backslash of an escape that it does not know.
  return whole;
}
