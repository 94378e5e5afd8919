/** Python's `ast.literal_eval`, which dbt's native rendering puts marked texts through. */

import { parseFloatText, parseInteger } from './filters.ts';
import { dictSet, negate } from './python.ts';
import { setOf } from './methods.ts';
import { float, numberOf, tuple, type JinjaDict, type JinjaValue } from './values.ts';

interface Reader {
  readonly text: string;
  position: number;
}

/** The value of a Python literal; undefined where Python raises. */
export function evaluateLiteral(text: string): JinjaValue | undefined {
  // Python strips leading blanks and tabs itself; a leading line break or indent would be an error.
  const reader: Reader = { text: text.replace(/^[ \t]+/, ''), position: 0 };
  const value = readItems(reader, 0);
  skipSpace(reader);
  return value === undefined || reader.position < reader.text.length ? undefined : value;
}

function skipSpace(reader: Reader): void {
  const space = /(?:\s|#[^\n]*)*/y;
  space.lastIndex = reader.position;
  space.exec(reader.text);
  reader.position = space.lastIndex;
}

function peek(reader: Reader): string {
  skipSpace(reader);
  return reader.text.charAt(reader.position);
}

function take(reader: Reader, character: string): boolean {
  if (peek(reader) !== character) return false;
  reader.position += 1;
  return true;
}

/** One value, or a bare tuple. */
function readItems(reader: Reader, depth: number): JinjaValue | undefined {
  const first = readValue(reader, depth);
  if (first === undefined || peek(reader) !== ',') return first;
  const items = [first];
  while (take(reader, ',')) {
    const next = peek(reader);
    if (next === '' || next === ')') break;
    const item = readValue(reader, depth);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return tuple(items);
}

const NUMBER = /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*\.(?:[eE][+-]?\d+)?)/y;

function readValue(reader: Reader, depth: number): JinjaValue | undefined {
  if (depth > 100) return undefined;
  const character = peek(reader);
  if (character === '[') return readList(reader, depth);
  if (character === '(') return readParenthesis(reader, depth);
  if (character === '{') return readBraces(reader, depth);
  if (character === "'" || character === '"' || /^[rRuUbB]{1,2}['"]/.test(reader.text.slice(reader.position, reader.position + 3))) return readStrings(reader);
  if (character === '-' || character === '+') {
    reader.position += 1;
    const operand = readValue(reader, depth + 1);
    return operand === undefined || typeof operand === 'boolean' || numberOf(operand) === undefined ? undefined : negate(operand, character === '-' ? 'negative' : 'positive');
  }
  for (const [word, value] of [['None', null], ['True', true], ['False', false]] as const) {
    if (reader.text.startsWith(word, reader.position) && !/^\w/.test(reader.text.slice(reader.position + word.length, reader.position + word.length + 1))) {
      reader.position += word.length;
      return value;
    }
  }
  return readNumber(reader);
}

function readNumber(reader: Reader): JinjaValue | undefined {
  NUMBER.lastIndex = reader.position;
  const match = NUMBER.exec(reader.text);
  if (match === null) return undefined;
  const after = reader.text.charAt(NUMBER.lastIndex);
  if (/\w/.test(after)) return undefined;
  reader.position = NUMBER.lastIndex + (after === '.' ? 1 : 0);
  const text = reader.text.slice(NUMBER.lastIndex - match[0].length, reader.position);
  if (/__|_$|_\./.test(text)) return undefined;
  if (/^0[xXoObB]/.test(text)) return parseInteger(text, 0);
  if (/[.eE]/.test(text)) {
    const value = parseFloatText(text);
    return value === undefined ? undefined : float(value);
  }
  // Leading zeros are no Python, save for zero itself.
  if (/^0[\d_]*[1-9]/.test(text)) return undefined;
  return parseInteger(text, 10);
}

function readList(reader: Reader, depth: number): JinjaValue[] | undefined {
  reader.position += 1;
  const items: JinjaValue[] = [];
  while (!take(reader, ']')) {
    const item = readValue(reader, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    if (!take(reader, ',') && peek(reader) !== ']') return undefined;
  }
  return items;
}

function readParenthesis(reader: Reader, depth: number): JinjaValue | undefined {
  reader.position += 1;
  if (take(reader, ')')) return tuple([]);
  const value = readItems(reader, depth + 1);
  return value !== undefined && take(reader, ')') ? value : undefined;
}

function readBraces(reader: Reader, depth: number): JinjaValue | undefined {
  reader.position += 1;
  const dict: JinjaDict = new Map();
  if (take(reader, '}')) return dict;
  const members: JinjaValue[] = [];
  let isSet: boolean | undefined;
  for (;;) {
    const key = readValue(reader, depth + 1);
    if (key === undefined || Array.isArray(key) || key instanceof Map) return undefined;
    const hasColon = take(reader, ':');
    if (isSet !== undefined && isSet === hasColon) return undefined;
    isSet = !hasColon;
    if (hasColon) {
      const value = readValue(reader, depth + 1);
      if (value === undefined) return undefined;
      dictSet(dict, key, value);
    } else {
      members.push(key);
    }
    const hasComma = take(reader, ',');
    if (take(reader, '}')) return isSet ? setOf(members) : dict;
    if (!hasComma) return undefined;
  }
}

/** Adjacent strings are one. */
function readStrings(reader: Reader): string | undefined {
  let result: string | undefined;
  for (;;) {
    skipSpace(reader);
    const match = /^([rRuU]?)('''|"""|'|")/.exec(reader.text.slice(reader.position, reader.position + 4));
    if (match === null) return result;
    const [opening, prefix = '', quote = ''] = match;
    let position = reader.position + opening.length;
    let body = '';
    for (;;) {
      if (position >= reader.text.length) return undefined;
      if (reader.text.startsWith(quote, position)) break;
      const character = reader.text.charAt(position);
      if (character === '\n' && quote.length === 1) return undefined;
      body += character;
      position += 1;
      if (character === '\\') {
        body += reader.text.charAt(position);
        position += 1;
      }
    }
    reader.position = position + quote.length;
    result = (result ?? '') + (prefix.toLowerCase() === 'r' ? body : unescaped(body));
  }
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '' };

function unescaped(body: string): string {
  return body.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^]))/g, (match, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
    const hex = x ?? u ?? long;
    if (hex !== undefined) return Number.parseInt(hex, 16) <= 0x10ffff ? String.fromCodePoint(Number.parseInt(hex, 16)) : match;
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return SIMPLE[other ?? ''] ?? match;
  });
}
