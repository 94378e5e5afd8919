/**
 * Python 3's `str(value)` and `repr(value)`, exactly. Names and ids of generic tests are made of them, so one wrong
 * character gives a test an id that dbt does not know.
 */

import type { PyDate, PyValue } from '../base/python-values.ts';

/** Python's `str(value)`: a string is itself, a date is its text, everything else is its `repr`. */
export function pyStr(value: PyValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'date') return value.text;
  return pyRepr(value);
}

/** Python's `repr(value)`. */
export function pyRepr(value: PyValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return reprOfString(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return '[' + value.map(pyRepr).join(', ') + ']';
  if (value instanceof Map) {
    const entries: string[] = [];
    for (const [key, item] of value) entries.push(pyRepr(key) + ': ' + pyRepr(item));
    return '{' + entries.join(', ') + '}';
  }
  if (value.kind === 'float') return reprOfFloat(value.value);
  if (value.kind === 'date') return reprOfDate(value);
  if (value.items.length === 1) return '(' + value.items.map(pyRepr).join() + ',)';
  return '(' + value.items.map(pyRepr).join(', ') + ')';
}

/** Strings of these characters only need nothing but quotes around them; they are nearly all strings of a project. */
const PLAIN = /^[ !#-&(-[\]-~]*$/;

/** And these need double quotes: `ref('orders')`. */
const PLAIN_BUT_SINGLE_QUOTES = /^[ !#-[\]-~]*$/;

/**
 * What `str.isprintable` calls not printable: the categories "Other" and "Separator", save the space. The escape of
 * quotes and backslashes is done beside it.
 */
const NEEDS_CARE = /[\\'"]|(?! )[\p{C}\p{Z}]/gu;

/** Python's `repr` of a string: single quotes unless there are single and no double quotes inside. */
export function reprOfString(text: string): string {
  if (PLAIN.test(text)) return "'" + text + "'";
  if (PLAIN_BUT_SINGLE_QUOTES.test(text)) return '"' + text + '"';
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replace(NEEDS_CARE, (character) => escapeCharacter(character, quote)) + quote;
}

function escapeCharacter(character: string, quote: string): string {
  if (character === '\\') return '\\\\';
  if (character === '"' || character === "'") return character === quote ? '\\' + character : character;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const codePoint = character.codePointAt(0) ?? 0;
  const hex = codePoint.toString(16);
  if (codePoint <= 0xff) return '\\x' + hex.padStart(2, '0');
  if (codePoint <= 0xffff) return '\\u' + hex.padStart(4, '0');
  return '\\U' + hex.padStart(8, '0');
}

/**
 * Python's `repr` of a float: the shortest digits that read back as the same number (JavaScript agrees on those),
 * with an exponent below 1e-4 and from 1e16 on (JavaScript differs there).
 */
export function reprOfFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    const fraction = digits.length > 1 ? '.' + digits.slice(1) : '';
    return sign + digits.charAt(0) + fraction + 'e' + (exponent < 0 ? '-' : '+') + size;
  }
  if (exponent < 0) return sign + '0.' + '0'.repeat(-exponent - 1) + digits;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return sign + whole + '.' + (digits.slice(exponent + 1) || '0');
}

/** What `str()` of a date or datetime looks like; the offset may carry seconds only in theory, YAML cannot write them. */
const DATE_TEXT =
  /^(\d{4,})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d):(\d\d))?)?$/;

function reprOfDate(date: PyDate): string {
  const parts = DATE_TEXT.exec(date.text);
  // A text that no Python date prints cannot come from YAML; show it as what it is.
  if (parts === null) return reprOfString(date.text);
  const numberAt = (index: number): number => Number(parts[index] ?? '0');
  const day = [numberAt(1), numberAt(2), numberAt(3)];
  if (!date.hasTime) return 'datetime.date(' + day.join(', ') + ')';
  const microseconds = Number((parts[7] ?? '').padEnd(6, '0'));
  const fields = [...day, numberAt(4), numberAt(5)];
  if (numberAt(6) !== 0 || microseconds !== 0) fields.push(numberAt(6));
  if (microseconds !== 0) fields.push(microseconds);
  const zone = parts[8] === undefined ? '' : ', tzinfo=' + reprOfOffset(parts[8], numberAt(9), numberAt(10));
  return 'datetime.datetime(' + fields.join(', ') + zone + ')';
}

function reprOfOffset(sign: string, hours: number, minutes: number): string {
  const seconds = (hours * 60 + minutes) * 60;
  if (seconds === 0) return 'datetime.timezone.utc';
  if (sign === '+') return `datetime.timezone(datetime.timedelta(seconds=${String(seconds)}))`;
  return `datetime.timezone(datetime.timedelta(days=-1, seconds=${String(86_400 - seconds)}))`;
}

/** What Python prints for `type(value)`, e.g. `<class 'NoneType'>`: dbt's messages contain it. */
export function pyTypeName(value: PyValue): string {
  return `<class '${pyClassName(value)}'>`;
}

/** The name of a value's class, as `AttributeError` has it. */
export function pyClassName(value: PyValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'int';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  if (value.kind === 'date') return value.hasTime ? 'datetime.datetime' : 'datetime.date';
  return value.kind;
}
