/** Python's `json.dumps` and `json.loads`: ints and floats stay apart, non-ASCII is escaped. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import { reprOfFloat } from '../dbt/python-repr.ts';
import { isUncertain } from './journal.ts';
import { compareText, limitedText } from './python.ts';
import { float, integer, isDict, isTagged, typeError, typeName, type JinjaDict, type JinjaValue } from './values.ts';
import { charge } from './work-budget.ts';

/** How `dumps` writes. */
export interface JsonStyle {
  readonly sortKeys: boolean;
  /** Spaces per level, or undefined for one line. */
  readonly indent: number | undefined;
}

/** `json.dumps(value)`; unknown if part of the value is. Raises a TypeError as Python does. */
export function dumpJson(value: JinjaValue, style: JsonStyle): string | Unknown {
  const state: { unknown: Unknown | undefined } = { unknown: undefined };
  const text = dump(value, style, 0, state);
  return state.unknown ?? limitedText(text);
}

function dump(value: JinjaValue, style: JsonStyle, depth: number, state: { unknown: Unknown | undefined }): string {
  if (depth > 100) {
    state.unknown = unknownBecause('the value is nested too deeply');
    return '';
  }
  charge(20);
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoteJson(value);
  if (Array.isArray(value)) {
    if (isUncertain(value)) state.unknown = unknownBecause('its contents depend on what files cannot tell');
    return dumpItems(value, style, depth, state);
  }
  if (isDict(value)) return dumpDict(value, style, depth, state);
  if (value.kind === 'float') return jsonFloat(value.value);
  if (value.kind === 'tuple') return dumpItems(value.items, style, depth, state);
  if (value.kind === 'unknown') {
    state.unknown = value;
    return '';
  }
  throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  return reprOfFloat(value);
}

function dumpItems(items: readonly JinjaValue[], style: JsonStyle, depth: number, state: { unknown: Unknown | undefined }): string {
  return enclose('[', items.map((item) => dump(item, style, depth + 1, state)), ']', style, depth);
}

function dumpDict(dict: JinjaDict, style: JsonStyle, depth: number, state: { unknown: Unknown | undefined }): string {
  if (isUncertain(dict)) state.unknown = unknownBecause('its contents depend on what files cannot tell');
  const entries = Array.from(dict, ([key, value]) => ({ key: jsonKey(key, state), value }));
  if (style.sortKeys) entries.sort((a, b) => compareText(a.key, b.key));
  const parts = entries.map((entry) => quoteJson(entry.key) + ': ' + dump(entry.value, style, depth + 1, state));
  return enclose('{', parts, '}', style, depth);
}

function jsonKey(key: JinjaValue, state: { unknown: Unknown | undefined }): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean' || typeof key === 'number' || typeof key === 'bigint') return String(key);
  if (isTagged(key) && key.kind === 'float') return jsonFloat(key.value);
  if (isUnknown(key)) {
    state.unknown = key;
    return '';
  }
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function enclose(open: string, parts: readonly string[], close: string, style: JsonStyle, depth: number): string {
  if (parts.length === 0 || style.indent === undefined) return open + parts.join(', ') + close;
  const inner = '\n' + ' '.repeat(style.indent * (depth + 1));
  return open + inner + parts.join(',' + inner) + '\n' + ' '.repeat(style.indent * depth) + close;
}

/** A JSON string in ASCII, as `json.dumps` writes it. */
export function quoteJson(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must be escaped
  return '"' + text.replace(/["\\\u0000-\u001f\u007f-\uffff]/g, escapeJson) + '"';
}

function escapeJson(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    case '\b':
      return '\\b';
    case '\f':
      return '\\f';
    case '\u007f':
      return character;
    default:
      return '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0');
  }
}

/** `json.loads(text)`; undefined where Python raises a ValueError. */
export function loadJson(text: string): JinjaValue | undefined {
  charge(text.length);
  if (!NEEDS_OWN_READER.test(text)) {
    try {
      const parsed: unknown = JSON.parse(text);
      return fromPlatform(parsed);
    } catch {
      // Python reads a little more (NaN, Infinity); the own reader decides.
    }
  }
  const reader: Reader = { text, position: 0 };
  try {
    skipSpace(reader);
    const value = readValue(reader, 0);
    skipSpace(reader);
    return value === undefined || reader.position < text.length ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * The platform's parser is much faster, but it makes floats and ints one, rounds long ints, and moves keys that look
 * like numbers to the front.
 */
const NEEDS_OWN_READER = /\d[.eE]|\d{15}|"-?\d+"\s*:/;

function fromPlatform(value: unknown): JinjaValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(fromPlatform);
  const dict: JinjaDict = new Map();
  for (const [key, item] of Object.entries(value ?? {})) dict.set(key, fromPlatform(item));
  return dict;
}

interface Reader {
  readonly text: string;
  position: number;
}

function skipSpace(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text.charAt(reader.position) || '?')) reader.position += 1;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, JinjaValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', float(NaN)],
  ['Infinity', float(Infinity)],
  ['-Infinity', float(-Infinity)],
];

function readValue(reader: Reader, depth: number): JinjaValue | undefined {
  if (depth > 200) return undefined;
  const character = reader.text.charAt(reader.position);
  if (character === '"') return readString(reader);
  if (character === '[') return readList(reader, depth);
  if (character === '{') return readDict(reader, depth);
  for (const [word, value] of WORDS) {
    if (reader.text.startsWith(word, reader.position)) {
      reader.position += word.length;
      return value;
    }
  }
  NUMBER.lastIndex = reader.position;
  const match = NUMBER.exec(reader.text);
  if (match === null) return undefined;
  reader.position = NUMBER.lastIndex;
  return match[1] === undefined && match[2] === undefined ? integer(BigInt(match[0])) : float(Number(match[0]));
}

function readString(reader: Reader): string | undefined {
  // eslint-disable-next-line no-control-regex -- JSON forbids control characters in strings
  const pattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
  pattern.lastIndex = reader.position;
  const match = pattern.exec(reader.text);
  if (match === null) return undefined;
  reader.position = pattern.lastIndex;
  const parsed: unknown = JSON.parse(match[0]);
  return typeof parsed === 'string' ? parsed : undefined;
}

function readList(reader: Reader, depth: number): JinjaValue[] | undefined {
  const items: JinjaValue[] = [];
  reader.position += 1;
  skipSpace(reader);
  if (reader.text.charAt(reader.position) === ']') {
    reader.position += 1;
    return items;
  }
  for (;;) {
    skipSpace(reader);
    const item = readValue(reader, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    skipSpace(reader);
    const next = reader.text.charAt(reader.position);
    reader.position += 1;
    if (next === ']') return items;
    if (next !== ',') return undefined;
  }
}

function readDict(reader: Reader, depth: number): JinjaDict | undefined {
  const dict: JinjaDict = new Map();
  reader.position += 1;
  skipSpace(reader);
  if (reader.text.charAt(reader.position) === '}') {
    reader.position += 1;
    return dict;
  }
  for (;;) {
    skipSpace(reader);
    const key = readString(reader);
    skipSpace(reader);
    if (key === undefined || reader.text.charAt(reader.position) !== ':') return undefined;
    reader.position += 1;
    skipSpace(reader);
    const value = readValue(reader, depth + 1);
    if (value === undefined) return undefined;
    dict.set(key, value);
    skipSpace(reader);
    const next = reader.text.charAt(reader.position);
    reader.position += 1;
    if (next === '}') return dict;
    if (next !== ',') return undefined;
  }
}
