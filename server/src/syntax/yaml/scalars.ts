/** What an unquoted word means: PyYAML's YAML 1.1 for dbt's files, the core schema of YAML 1.2 for CI files. */

import type { PyDate } from '../../base/python-values.ts';
import type { YamlScalar } from './node.ts';

/**
 * `dbt`: what dbt reads from a file, through `str.strip()` and PyYAML's safe loader; `pyyaml`: the same without the
 * strip, as `fromyaml` reads a string; `core-1.2`: what CI systems read.
 */
export type YamlDialect = 'dbt' | 'pyyaml' | 'core-1.2';

/** What a scalar can be. */
export type YamlScalarValue = YamlScalar['value'];

/** A word that PyYAML takes for a number or a date and then fails to build. */
export interface ScalarFault {
  readonly kind: 'fault';
  readonly message: string;
}

/** Python refuses to read longer decimal numbers (`sys.get_int_max_str_digits()`). */
const PYTHON_MAX_INT_DIGITS = 4300;

const BOOLEAN_1_1 = new Map<string, boolean>();
for (const [word, value] of [['yes', true], ['no', false], ['true', true], ['false', false], ['on', true], ['off', false]] as const) {
  BOOLEAN_1_1.set(word, value);
  BOOLEAN_1_1.set(word.toUpperCase(), value);
  BOOLEAN_1_1.set(word.slice(0, 1).toUpperCase() + word.slice(1), value);
}

const INTEGER_1_1 = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT_1_1 =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP_1_1 =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?)?$/;
const DATE_ONLY_1_1 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

const INTEGER_1_2 = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const FLOAT_1_2 = /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** First characters that make a plain scalar worth a look; all others start strings. Index is the character code. */
const MAY_BE_SPECIAL = new Uint8Array(128);
for (const character of 'yYnNtTfFoO~<=0123456789-+.') MAY_BE_SPECIAL[character.charCodeAt(0)] = 1;

/** The value of an unquoted scalar. `text` is its content after line folding. */
export function resolvePlainScalar(text: string, dialect: YamlDialect): YamlScalarValue | ScalarFault {
  if (text.length === 0) return null;
  const first = text.charCodeAt(0);
  if (first >= 128 || MAY_BE_SPECIAL[first] === 0) return text;
  return dialect === 'core-1.2' ? resolveWord12(text, first) : resolveWord11(text, first);
}

function resolveWord11(text: string, first: number): YamlScalarValue | ScalarFault {
  if (first > 0x3d) {
    // Letters and `~`: only the short words have a meaning.
    if (text.length > 5) return text;
    const boolean = BOOLEAN_1_1.get(text);
    if (boolean !== undefined) return boolean;
    return text === '~' || text === 'null' || text === 'Null' || text === 'NULL' ? null : text;
  }
  if (text === '<<') return { kind: 'fault', message: '`<<` is a merge key and cannot be a value; quote it' };
  if (text === '=') return { kind: 'fault', message: '`=` cannot be a value in PyYAML; quote it' };
  // PyYAML tries the kinds in this order for these first characters.
  if (FLOAT_1_1.test(text)) return readFloat11(text);
  if (INTEGER_1_1.test(text)) return readInteger11(text);
  const digit = first >= 0x30 && first <= 0x39;
  if (digit && text.charCodeAt(4) === 0x2d) {
    const match = TIMESTAMP_1_1.exec(text);
    if (match !== null && (match[4] !== undefined || DATE_ONLY_1_1.test(text))) return readTimestamp(match);
  }
  return text;
}

function resolveWord12(text: string, first: number): YamlScalarValue {
  if (first > 0x3d) {
    if (text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
    if (text === 'true' || text === 'True' || text === 'TRUE') return true;
    if (text === 'false' || text === 'False' || text === 'FALSE') return false;
    return text;
  }
  if (INTEGER_1_2.test(text)) return narrow(BigInt(text.startsWith('+') ? text.slice(1) : text));
  if (FLOAT_1_2.test(text)) return { kind: 'float', value: parseFloatText(text) };
  return text;
}

/** `!!int`: what Python's constructor makes of any text. */
export function readInteger11(text: string): YamlScalarValue | ScalarFault {
  const fault: ScalarFault = { kind: 'fault', message: `\`${text}\` is not a whole number to PyYAML` };
  const negative = text.startsWith('-');
  let digits = text.replaceAll('_', '');
  if (digits.startsWith('-') || digits.startsWith('+')) digits = digits.slice(1);
  if (digits === '0') return 0;
  let value: bigint;
  if (digits.startsWith('0b')) {
    if (!/^0b[01]+$/.test(digits)) return fault;
    value = BigInt(digits);
  } else if (digits.startsWith('0x')) {
    if (!/^0x[0-9a-fA-F]+$/.test(digits)) return fault;
    value = BigInt(digits);
  } else if (digits.startsWith('0')) {
    if (!/^0[0-7]+$/.test(digits)) return fault;
    value = BigInt(`0o${digits}`);
  } else if (/^[0-9]+$/.test(digits)) {
    if (digits.length <= 15) return negative ? -Number(digits) : Number(digits);
    if (digits.length > PYTHON_MAX_INT_DIGITS) return fault;
    value = BigInt(digits);
  } else if (/^[0-9]+(?::[0-9]+)+$/.test(digits)) {
    if (digits.length > PYTHON_MAX_INT_DIGITS) return fault;
    value = digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  } else {
    return fault;
  }
  return narrow(negative ? -value : value);
}

/** `!!float`: what Python's constructor makes of any text. */
export function readFloat11(text: string): YamlScalarValue | ScalarFault {
  let rest = text.replaceAll('_', '').toLowerCase();
  const sign = rest.startsWith('-') ? -1 : 1;
  if (rest.startsWith('-') || rest.startsWith('+')) rest = rest.slice(1);
  if (rest === '.inf') return { kind: 'float', value: sign * Infinity };
  if (rest === '.nan') return { kind: 'float', value: NaN };
  if (rest.includes(':')) {
    let value = 0;
    let base = 1;
    for (const part of rest.split(':').reverse()) {
      const digit = pythonFloat(part);
      if (digit === undefined) return { kind: 'fault', message: `\`${text}\` is not a number to PyYAML` };
      value += digit * base;
      base *= 60;
    }
    return { kind: 'float', value: sign * value };
  }
  const value = pythonFloat(rest);
  if (value === undefined) return { kind: 'fault', message: `\`${text}\` is not a number to PyYAML` };
  return { kind: 'float', value: sign * value };
}

/** Python's `float(text)` for lower-case text without `_`. */
function pythonFloat(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(trimmed)) return Number(trimmed);
  const word = /^([-+]?)(inf|infinity|nan)$/.exec(trimmed);
  if (word === null) return undefined;
  return word[2] === 'nan' ? NaN : word[1] === '-' ? -Infinity : Infinity;
}

function parseFloatText(text: string): number {
  const lower = text.toLowerCase();
  if (lower.endsWith('.inf')) return lower.startsWith('-') ? -Infinity : Infinity;
  return lower === '.nan' ? NaN : Number(text);
}

/** `!!bool` on any text. */
export function readBoolean11(text: string): YamlScalarValue | ScalarFault {
  return BOOLEAN_1_1.get(text.toLowerCase()) ?? { kind: 'fault', message: `\`${text}\` is not a boolean to PyYAML` };
}

/** `!!timestamp` on any text. */
export function readTimestamp11(text: string): YamlScalarValue | ScalarFault {
  const match = TIMESTAMP_1_1.exec(text);
  return match === null ? { kind: 'fault', message: `\`${text}\` is not a date to PyYAML` } : readTimestamp(match);
}

/** Builds the text that Python's `str()` prints for the `date` or `datetime`, or says why Python has none. */
function readTimestamp(match: RegExpExecArray): PyDate | ScalarFault {
  const [text, year = '', month = '', day = '', hour, minute = '', second = '', fraction = '', zone, zoneSign, zoneHour = '', zoneMinute = '0'] = match;
  const fault: ScalarFault = { kind: 'fault', message: `\`${text}\` is no date of the calendar; quote it if it is text` };
  const y = Number(year);
  const m = Number(month);
  const d = Number(day);
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > daysInMonth(y, m)) return fault;
  const date = `${year}-${two(m)}-${two(d)}`;
  if (hour === undefined) return { kind: 'date', hasTime: false, text: date };
  const [h, min, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || min > 59 || s > 59) return fault;
  let printed = `${date} ${two(h)}:${two(min)}:${two(s)}`;
  const micro = fraction.slice(0, 6).padEnd(6, '0');
  if (Number(micro) !== 0) printed += `.${micro}`;
  if (zoneSign !== undefined) {
    const offset = Number(zoneHour) * 60 + Number(zoneMinute);
    if (offset >= 24 * 60) return fault;
    const sign = zoneSign === '-' && offset !== 0 ? '-' : '+';
    printed += `${sign}${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
  } else if (zone !== undefined) {
    printed += '+00:00';
  }
  return { kind: 'date', hasTime: true, text: printed };
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** True for the result of a resolver that PyYAML would have refused. */
export function isScalarFault(value: YamlScalarValue | ScalarFault): value is ScalarFault {
  return typeof value === 'object' && value !== null && value.kind === 'fault';
}
