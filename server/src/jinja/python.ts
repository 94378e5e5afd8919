/** Python's built-in operations on values: truth, equality, order, text, iteration, arithmetic, items and slices. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import { reprOfFloat, reprOfString } from '../dbt/python-repr.ts';
import { beforeChange, isUncertain } from './journal.ts';
import { charge } from './work-budget.ts';
import { addDays, compareDateTimes, dateTimeDifference, shiftDateTime, textOfTimeDelta, timeDeltaFields } from './datetime.ts';
import {
  dateTimeOfPyDate,
  float,
  integer,
  isDict,
  isFloat,
  isInteger,
  isTagged,
  isUndefinedValue,
  iterator,
  JinjaError,
  numberOf,
  textOfDateTime,
  tuple,
  typeError,
  typeName,
  type DateTimeValue,
  type IteratorValue,
  type JinjaDict,
  type JinjaValue,
  type RangeValue,
  type UndefinedValue,
  type ViewValue,
} from './values.ts';

/** No string or list of a template may grow beyond this many characters or items. */
export const LARGEST_SIZE = 4_000_000;

const UNCERTAIN: Unknown = unknownBecause('its contents depend on what files cannot tell');

/** Raises the error that Jinja raises if an undefined value is worked with. */
export function failUndefined(value: UndefinedValue): never {
  throw new JinjaError('jinja-undefined', value.message);
}

/** Python's `bool(value)`; unknown if that cannot be told. */
export function truthOf(value: JinjaValue): boolean | Unknown {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value.length > 0;
    case 'number':
      return value !== 0;
    case 'bigint':
      return value !== 0n;
    case 'object':
      break;
    default:
      return true;
  }
  if (value === null) return false;
  if (Array.isArray(value)) return isUncertain(value) ? UNCERTAIN : value.length > 0;
  if (value instanceof Map) return isUncertain(value) ? UNCERTAIN : value.size > 0;
  switch (value.kind) {
    case 'float':
      return value.value !== 0;
    case 'tuple':
      return value.items.length > 0;
    case 'set':
      return isUncertain(value) ? UNCERTAIN : value.items.length > 0;
    case 'view':
      return isUncertain(value.of) ? UNCERTAIN : value.of.size > 0;
    case 'range':
      return rangeLength(value) > 0;
    case 'timedelta':
      return value.microseconds !== 0;
    case 'undefined':
      return false;
    case 'unknown':
      return value;
    case 'object':
      return value.truth === undefined ? true : value.truth();
    case 'date':
    case 'datetime':
    case 'callable':
    case 'namespace':
    case 'iterator':
      return true;
  }
}

/** How many numbers a range holds. */
export function rangeLength(range: RangeValue): number {
  return Math.max(0, Math.ceil((range.stop - range.start) / range.step));
}

/** Python's `==`. Unknowns must be dealt with before. */
export function equals(a: JinjaValue, b: JinjaValue): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const x = numberOf(a);
  if (x !== undefined) {
    const y = numberOf(b);
    // Python compares ints and floats by value; JavaScript's loose comparison does the same for bigints.
    return y !== undefined && (typeof x === typeof y ? x === y : Number(x) === Number(y));
  }
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (a instanceof Map) return b instanceof Map && sameEntries(a, b);
  if (!isTagged(b)) return false;
  switch (a.kind) {
    case 'tuple':
      return b.kind === 'tuple' && sameItems(a.items, b.items);
    case 'set':
      return b.kind === 'set' && a.items.length === b.items.length && a.items.every((item) => hasItem(b.items, item));
    case 'range':
      return b.kind === 'range' && sameItems(rangeItems(a), rangeItems(b));
    case 'date':
    case 'datetime': {
      const left = fieldsOf(a);
      const right = fieldsOf(b);
      if (left === undefined || right === undefined) return false;
      return left.hasTime === right.hasTime && compareDateTimes(left, right) === 0;
    }
    case 'timedelta':
      return b.kind === 'timedelta' && a.microseconds === b.microseconds;
    case 'undefined':
      return b.kind === 'undefined' && a.lenient === b.lenient;
    case 'object':
      return b.kind === 'object' && a.identity !== undefined && a.identity === b.identity;
    case 'view':
      return b.kind === 'view' && a.typeName === b.typeName && a.typeName !== 'dict_values' && sameItems(viewItems(a), viewItems(b));
    case 'float':
    case 'unknown':
    case 'callable':
    case 'namespace':
    case 'iterator':
      return false;
  }
}

function sameItems(a: readonly JinjaValue[], b: readonly JinjaValue[]): boolean {
  if (a.length !== b.length) return false;
  charge((a.length + 1) * 10);
  return a.every((item, index) => {
    const other = b[index];
    return other !== undefined && equals(item, other);
  });
}

function sameEntries(a: JinjaDict, b: JinjaDict): boolean {
  if (a.size !== b.size) return false;
  charge(a.size + 1);
  for (const [key, value] of a) {
    const other = dictGet(b, key);
    if (other === undefined || !equals(value, other)) return false;
  }
  return true;
}

/** The fields of a date, whether it came from YAML or from the datetime module. */
export function fieldsOf(value: JinjaValue): DateTimeValue | undefined {
  if (!isTagged(value)) return undefined;
  if (value.kind === 'datetime') return value;
  return value.kind === 'date' ? dateTimeOfPyDate(value) : undefined;
}

/** `item in items`, by Python's equality. */
export function hasItem(items: readonly JinjaValue[], item: JinjaValue): boolean {
  charge(items.length);
  return items.some((other) => equals(other, item));
}

/** The key under which a dict holds `key`, by Python's equality (`1`, `1.0` and `True` are one key). */
export function dictKey(dict: JinjaDict, key: JinjaValue): JinjaValue | undefined {
  if (dict.has(key)) return key;
  if (typeof key === 'string') return undefined;
  if (key === null) return undefined;
  if (Array.isArray(key) || isDict(key) || (isTagged(key) && key.kind === 'set')) {
    throw typeError(`unhashable type: '${typeName(key)}'`);
  }
  charge(dict.size);
  for (const other of dict.keys()) {
    if (typeof other !== 'string' && equals(other, key)) return other;
  }
  return undefined;
}

/** `dict[key]`, or undefined if it has none. */
export function dictGet(dict: JinjaDict, key: JinjaValue): JinjaValue | undefined {
  if (typeof key === 'string') return dict.get(key);
  const stored = dictKey(dict, key);
  return stored === undefined ? undefined : dict.get(stored);
}

/** What `get` of a dict answers: what was found, None included, else the default. */
export function foundOr(found: JinjaValue | undefined, fallback: JinjaValue | undefined): JinjaValue {
  return found === undefined ? (fallback ?? null) : found;
}

/** `dict[key] = value`. */
export function dictSet(dict: JinjaDict, key: JinjaValue, value: JinjaValue): void {
  dict.set(typeof key === 'string' ? key : (dictKey(dict, key) ?? key), value);
}

/** Python's order: negative, zero or positive. */
export function compareValues(a: JinjaValue, b: JinjaValue, operator = '<'): number {
  if (isUndefinedValue(a)) failUndefined(a);
  if (isUndefinedValue(b)) failUndefined(b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return compareItems(a, b, operator);
  if (isTagged(a) && isTagged(b)) {
    if (a.kind === 'tuple' && b.kind === 'tuple') return compareItems(a.items, b.items, operator);
    if (a.kind === 'timedelta' && b.kind === 'timedelta') return Math.sign(a.microseconds - b.microseconds);
    const left = fieldsOf(a);
    const right = fieldsOf(b);
    if (left !== undefined && left.hasTime === right?.hasTime) return compareDateTimes(left, right);
  }
  throw typeError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** Python compares strings by code points, JavaScript by UTF-16 units; they differ only beyond the basic plane. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x === y) continue;
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

function compareItems(a: readonly JinjaValue[], b: readonly JinjaValue[], operator: string): number {
  const length = Math.min(a.length, b.length);
  charge(length + 1);
  for (let index = 0; index < length; index += 1) {
    const x = a[index] ?? null;
    const y = b[index] ?? null;
    if (!equals(x, y)) return compareValues(x, y, operator);
  }
  return a.length - b.length;
}

/** `str(value)`; unknown if part of it is. */
export function textOf(value: JinjaValue): string | Unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (isTagged(value)) {
    if (value.kind === 'unknown') return value;
    if (value.kind === 'undefined') return '';
    if (value.kind === 'datetime') return textOfDateTime(value);
    if (value.kind === 'date') return value.text;
    if (value.kind === 'timedelta') return textOfTimeDelta(value);
    if (value.kind === 'object' && value.text !== undefined) return value.text();
  }
  return reprOf(value);
}

/** `str(value)` where an unknown is impossible to show: it is named. */
export function plainTextOf(value: JinjaValue): string {
  const text = textOf(value);
  return typeof text === 'string' ? text : '<unknown>';
}

/** `repr(value)`; unknown if part of it is. */
export function reprOf(value: JinjaValue, depth = 0): string | Unknown {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'string':
      return reprOfString(value);
    case 'number':
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return '';
  }
  if (depth > 40) return unknownBecause('the value is nested too deeply');
  charge(20);
  if (Array.isArray(value)) return isUncertain(value) ? UNCERTAIN : wrapped('[', value, ']', depth);
  if (value instanceof Map) {
    if (isUncertain(value)) return UNCERTAIN;
    const parts: string[] = [];
    for (const [key, item] of value) {
      const keyText = reprOf(key, depth + 1);
      const itemText = reprOf(item, depth + 1);
      if (typeof keyText !== 'string') return keyText;
      if (typeof itemText !== 'string') return itemText;
      parts.push(keyText + ': ' + itemText);
    }
    return '{' + parts.join(', ') + '}';
  }
  switch (value.kind) {
    case 'float':
      return reprOfFloat(value.value);
    case 'tuple':
      return wrapped('(', value.items, value.items.length === 1 ? ',)' : ')', depth);
    case 'set':
      if (isUncertain(value)) return UNCERTAIN;
      return value.items.length === 0 ? 'set()' : wrapped('{', value.items, '}', depth);
    case 'range':
      return value.step === 1
        ? `range(${String(value.start)}, ${String(value.stop)})`
        : `range(${String(value.start)}, ${String(value.stop)}, ${String(value.step)})`;
    case 'view':
      if (isUncertain(value.of)) return UNCERTAIN;
      return wrapped(value.typeName + '([', viewItems(value), '])', depth);
    case 'date':
    case 'datetime': {
      const fields = fieldsOf(value);
      return fields === undefined ? '' : reprOfDateTime(fields);
    }
    case 'timedelta':
      return reprOfTimeDelta(value.microseconds);
    case 'undefined':
      return 'Undefined';
    case 'unknown':
      return value;
    case 'callable':
      // Python shows an address here, which no one can tell beforehand.
      return unknownBecause('the text of a function holds an address');
    case 'object': {
      const text = value.text?.();
      return text ?? unknownBecause(`the text of a ${value.typeName} holds an address`);
    }
    case 'namespace': {
      const attributes = reprOf(new Map(value.attributes), depth + 1);
      return typeof attributes === 'string' ? `<Namespace ${attributes}>` : attributes;
    }
    case 'iterator':
      return unknownBecause('the text of a generator holds an address');
  }
}

function wrapped(open: string, items: readonly JinjaValue[], close: string, depth: number): string | Unknown {
  const parts: string[] = [];
  for (const item of items) {
    const text = reprOf(item, depth + 1);
    if (typeof text !== 'string') return text;
    parts.push(text);
  }
  return open + parts.join(', ') + close;
}

function reprOfDateTime(value: DateTimeValue): string {
  const day = [value.year, value.month, value.day];
  if (!value.hasTime) return `datetime.date(${day.join(', ')})`;
  const fields = [...day, value.hour, value.minute];
  if (value.second !== 0 || value.microsecond !== 0) fields.push(value.second);
  if (value.microsecond !== 0) fields.push(value.microsecond);
  const zone = value.offset === undefined ? '' : value.offset === 0 ? ', tzinfo=<UTC>' : `, tzinfo=<${String(value.offset)}>`;
  return `datetime.datetime(${fields.join(', ')}${zone})`;
}

function reprOfTimeDelta(microseconds: number): string {
  const { days, seconds, rest } = timeDeltaFields(microseconds);
  const parts: string[] = [];
  if (days !== 0) parts.push(`days=${String(days)}`);
  if (seconds !== 0) parts.push(`seconds=${String(seconds)}`);
  if (rest !== 0) parts.push(`microseconds=${String(rest)}`);
  return `datetime.timedelta(${parts.length === 0 ? '0' : parts.join(', ')})`;
}

/** What `dict.keys()`, `.values()` or `.items()` holds now. */
export function viewItems(view: ViewValue): JinjaValue[] {
  if (view.typeName === 'dict_keys') return [...view.of.keys()];
  if (view.typeName === 'dict_values') return [...view.of.values()];
  return Array.from(view.of, ([key, value]) => tuple([key, value]));
}

/** The numbers of a range, in order. */
export function rangeItems(range: RangeValue): number[] {
  const length = rangeLength(range);
  if (length > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'A range of this size is not evaluated.');
  charge(length);
  return Array.from({ length }, (_, index) => range.start + index * range.step);
}

/** What a `for` goes through. A plain array is returned as it is, hence live. */
export function iterate(value: JinjaValue): readonly JinjaValue[] | Unknown {
  if (Array.isArray(value)) return isUncertain(value) ? UNCERTAIN : value;
  if (typeof value === 'string') {
    charge(value.length);
    return Array.from(value);
  }
  if (isDict(value)) return isUncertain(value) ? UNCERTAIN : [...value.keys()];
  if (isTagged(value)) {
    switch (value.kind) {
      case 'tuple':
        return value.items;
      case 'set':
        return isUncertain(value) ? UNCERTAIN : value.items;
      case 'view':
        return isUncertain(value.of) ? UNCERTAIN : viewItems(value);
      case 'range':
        return rangeItems(value);
      case 'iterator': {
        const { items, end } = restOf(value);
        if (end?.error !== undefined) throw end.error;
        return end?.unknown ?? items;
      }
      case 'undefined':
        return [];
      case 'unknown':
        return value;
      case 'object':
        if (value.iterate !== undefined) return value.iterate();
        break;
      case 'float':
      case 'date':
      case 'datetime':
      case 'timedelta':
      case 'callable':
      case 'namespace':
        break;
    }
  }
  throw typeError(`'${typeName(value)}' object is not iterable`);
}

interface Rest {
  readonly items: readonly JinjaValue[];
  /** How the iterator ends behind them; undefined as long as only some were asked for. */
  readonly end: IteratorValue['end'];
}

/** What an iterator still gives, or the first so many of that. An error behind the items is not raised yet. */
export function restOf(value: IteratorValue, count = Infinity): Rest {
  if (isUncertain(value)) return { items: [], end: { unknown: UNCERTAIN, error: undefined } };
  beforeChange(value);
  const from = value.position;
  while (value.end === undefined && value.known.length - from < count) readNext(value);
  const to = Math.min(value.known.length, from + count);
  value.position = to;
  const isAtEnd = to === value.known.length && to - from < count;
  return { items: value.known.slice(from, to), end: isAtEnd ? value.end : undefined };
}

function readNext(value: IteratorValue): void {
  try {
    const next = value.source.next();
    if (next.done !== true) value.known.push(next.value);
    else value.end = { unknown: next.value, error: undefined };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    value.end = { unknown: undefined, error };
  }
}

/** `len(value)`. */
export function lengthOf(value: JinjaValue): number | Unknown {
  if (typeof value === 'string') return codePointLength(value);
  if (Array.isArray(value)) return isUncertain(value) ? UNCERTAIN : value.length;
  if (isDict(value)) return isUncertain(value) ? UNCERTAIN : value.size;
  if (isTagged(value)) {
    if (value.kind === 'tuple') return value.items.length;
    if (value.kind === 'set') return isUncertain(value) ? UNCERTAIN : value.items.length;
    if (value.kind === 'view') return isUncertain(value.of) ? UNCERTAIN : value.of.size;
    if (value.kind === 'range') return rangeLength(value);
    if (value.kind === 'undefined') return 0;
    if (value.kind === 'unknown') return value;
    if (value.kind === 'object' && value.length !== undefined) return value.length();
  }
  throw typeError(`object of type '${typeName(value)}' has no len()`);
}

// A string without surrogates has as many code points as code units.
// eslint-disable-next-line no-control-regex -- the class must begin at the first character there is
const BASIC_PLANE = /^[\u0000-\ud7ff\ue000-\uffff]*$/;

/** True if every character is one code unit, so that plain indices are right. */
export function isBasicPlane(text: string): boolean {
  return BASIC_PLANE.test(text);
}

function codePointLength(text: string): number {
  return isBasicPlane(text) ? text.length : Array.from(text).length;
}

/** `needle in haystack`. */
export function contains(haystack: JinjaValue, needle: JinjaValue): boolean | Unknown {
  if (isUnknown(haystack)) return haystack;
  if (isUnknown(needle)) return needle;
  if (typeof haystack === 'string') {
    if (typeof needle === 'string') {
      charge(haystack.length);
      return haystack.includes(needle);
    }
    if (isUndefinedValue(needle)) return failUndefinedIn(needle);
    throw typeError(`'in <string>' requires string as left operand, not ${typeName(needle)}`);
  }
  if (isDict(haystack)) return isUncertain(haystack) ? UNCERTAIN : dictKey(haystack, needle) !== undefined;
  if (isTagged(haystack)) {
    if (haystack.kind === 'view' && haystack.typeName === 'dict_keys') return dictKey(haystack.of, needle) !== undefined;
    if (haystack.kind === 'object' && haystack.contains !== undefined) return haystack.contains(needle);
    if (haystack.kind === 'callable' || haystack.kind === 'namespace' || haystack.kind === 'float') {
      throw typeError(`argument of type '${typeName(haystack)}' is not iterable`);
    }
  } else if (!Array.isArray(haystack)) {
    throw typeError(`argument of type '${typeName(haystack)}' is not iterable`);
  }
  const items = iterate(haystack);
  if (isUnknown(items)) return items;
  if (hasItem(items, needle)) return true;
  const unknownItem = items.find(isUnknown);
  return unknownItem ?? false;
}

function failUndefinedIn(needle: UndefinedValue): never {
  throw typeError(`'in <string>' requires string as left operand, not ${needle.lenient ? 'Undefined' : 'Undefined'}`);
}

/** Whole numbers whose bits exceed this are not worked out. */
const LARGEST_POWER_BITS = 20_000;

/** `a <operator> b` of Jinja's arithmetic. */
export function binary(operator: '+' | '-' | '*' | '/' | '//' | '%' | '**', a: JinjaValue, b: JinjaValue): JinjaValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const quick = quickInteger(operator, a, b);
    if (quick !== undefined) return quick;
  }
  if (typeof a === 'string' && typeof b === 'string' && operator === '+') return limitedText(a + b);
  if (isUnknown(a)) return a;
  if (isUndefinedValue(a)) return failUndefined(a);
  if (operator === '%' && typeof a === 'string') return percentFormat(a, b);
  if (isUnknown(b)) return b;
  if (isUndefinedValue(b)) return failUndefined(b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return arithmetic(operator, a, b, x, y);
  const special = sequenceArithmetic(operator, a, b) ?? dateArithmetic(operator, a, b);
  if (special !== undefined) return special;
  if (operator === '+' && typeof a === 'string') {
    throw typeError(`can only concatenate str (not "${typeName(b)}") to str`);
  }
  if (operator === '+' && Array.isArray(a)) throw typeError(`can only concatenate list (not "${typeName(b)}") to list`);
  if (operator === '*' && (typeof a === 'string' || Array.isArray(a))) {
    throw typeError(`can't multiply sequence by non-int of type '${typeName(b)}'`);
  }
  const shown = operator === '**' ? '** or pow()' : operator;
  throw typeError(`unsupported operand type(s) for ${shown}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** The common case of two ints with a safe result. */
function quickInteger(operator: string, a: number, b: number): number | undefined {
  let result: number;
  if (operator === '+') result = a + b;
  else if (operator === '-') result = a - b;
  else if (operator === '*') result = a * b;
  else return undefined;
  // `|| 0` drops the sign of a zero, which ints do not have.
  return Number.isSafeInteger(result) ? result || 0 : undefined;
}

function arithmetic(operator: string, a: JinjaValue, b: JinjaValue, x: number | bigint, y: number | bigint): JinjaValue {
  if (operator === '/') {
    if (Number(y) === 0) throw typeError(isInteger(a) && isInteger(b) ? 'division by zero' : 'float division by zero');
    return float(Number(x) / Number(y));
  }
  if (isInteger(a) && isInteger(b)) return integerArithmetic(operator, BigInt(x), BigInt(y));
  const left = Number(x);
  const right = Number(y);
  switch (operator) {
    case '+':
      return float(left + right);
    case '-':
      return float(left - right);
    case '*':
      return float(left * right);
    case '//':
      if (right === 0) throw typeError('float floor division by zero');
      return float(Math.round((left - floatRemainder(left, right)) / right));
    case '%':
      if (right === 0) throw typeError('float modulo');
      return float(floatRemainder(left, right));
    default: {
      if (left === 0 && right < 0) throw typeError('0.0 cannot be raised to a negative power');
      if (left < 0 && !Number.isInteger(right)) return unknownBecause('complex numbers are not evaluated');
      return float(left ** right);
    }
  }
}

/** The remainder has the sign of the divisor. */
function floatRemainder(left: number, right: number): number {
  const rest = left % right;
  return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest;
}

function integerArithmetic(operator: string, x: bigint, y: bigint): JinjaValue {
  switch (operator) {
    case '+':
      return integer(x + y);
    case '-':
      return integer(x - y);
    case '*':
      if (bitsOf(x) + bitsOf(y) > LARGEST_POWER_BITS) throw new JinjaError('jinja-budget', 'A number of this size is not evaluated.');
      return integer(x * y);
    case '//':
    case '%': {
      if (y === 0n) throw typeError(operator === '%' ? 'integer modulo by zero' : 'integer division or modulo by zero');
      const rest = x % y;
      const wrongSign = rest !== 0n && rest < 0n !== y < 0n;
      if (operator === '%') return integer(wrongSign ? rest + y : rest);
      return integer(wrongSign ? x / y - 1n : x / y);
    }
    default:
      if (y < 0n) {
        if (x === 0n) throw typeError('0.0 cannot be raised to a negative power');
        return float(Number(x) ** Number(y));
      }
      if (BigInt(bitsOf(x)) * y > BigInt(LARGEST_POWER_BITS)) throw new JinjaError('jinja-budget', 'A number of this size is not evaluated.');
      return integer(x ** y);
  }
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}

function sequenceArithmetic(operator: string, a: JinjaValue, b: JinjaValue): JinjaValue | undefined {
  if (operator === '+') {
    if (Array.isArray(a) && Array.isArray(b)) {
      if (isUncertain(a) || isUncertain(b)) return UNCERTAIN;
      return limitedList([...a, ...b]);
    }
    if (isTagged(a) && a.kind === 'tuple' && isTagged(b) && b.kind === 'tuple') return tuple([...a.items, ...b.items]);
  }
  if (operator === '*') {
    if (isInteger(b)) return repeated(a, Number(b));
    if (isInteger(a)) return repeated(b, Number(a));
  }
  if (operator === '-' && isTagged(a) && isTagged(b)) {
    const left = a.kind === 'set' ? a.items : a.kind === 'view' && a.typeName !== 'dict_values' ? viewItems(a) : undefined;
    const right = b.kind === 'set' ? b.items : b.kind === 'view' && b.typeName !== 'dict_values' ? viewItems(b) : undefined;
    if (left !== undefined && right !== undefined) return { kind: 'set', items: left.filter((item) => !hasItem(right, item)) };
  }
  return undefined;
}

function repeated(value: JinjaValue, times: number): JinjaValue | undefined {
  const count = Math.max(0, times);
  if (typeof value === 'string') {
    if (value === '') return '';
    if (value.length * count > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'A text of this size is not evaluated.');
    return value.repeat(count);
  }
  const items = Array.isArray(value) ? value : isTagged(value) && value.kind === 'tuple' ? value.items : undefined;
  if (items === undefined) return undefined;
  if (items.length === 0) return Array.isArray(value) ? [] : tuple([]);
  if (items.length * count > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'A list of this size is not evaluated.');
  const result: JinjaValue[] = [];
  for (let round = 0; round < count; round += 1) result.push(...items);
  return Array.isArray(value) ? result : tuple(result);
}

function dateArithmetic(operator: string, a: JinjaValue, b: JinjaValue): JinjaValue | undefined {
  if (!isTagged(a) || !isTagged(b)) {
    if (isTagged(a) && a.kind === 'timedelta') return scaledDelta(operator, a.microseconds, b);
    if (isTagged(b) && b.kind === 'timedelta' && operator === '*') return scaledDelta(operator, b.microseconds, a);
    return undefined;
  }
  if (a.kind === 'timedelta' && b.kind === 'timedelta') {
    if (operator === '+') return { kind: 'timedelta', microseconds: a.microseconds + b.microseconds };
    if (operator === '-') return { kind: 'timedelta', microseconds: a.microseconds - b.microseconds };
    if (b.microseconds === 0) throw typeError('division by zero');
    if (operator === '/') return float(a.microseconds / b.microseconds);
    if (operator === '//') return Math.floor(a.microseconds / b.microseconds);
    return undefined;
  }
  if (a.kind === 'timedelta') {
    const date = fieldsOf(b);
    return date !== undefined && operator === '+' ? shifted(date, a.microseconds) : scaledDelta(operator, a.microseconds, b);
  }
  const left = fieldsOf(a);
  if (left === undefined) return undefined;
  if (b.kind === 'timedelta') {
    if (operator === '+') return shifted(left, b.microseconds);
    return operator === '-' ? shifted(left, -b.microseconds) : undefined;
  }
  const right = fieldsOf(b);
  if (right === undefined || operator !== '-' || left.hasTime !== right.hasTime) return undefined;
  if ((left.offset === undefined) !== (right.offset === undefined)) {
    throw typeError("can't subtract offset-naive and offset-aware datetimes");
  }
  return { kind: 'timedelta', microseconds: dateTimeDifference(left, right) };
}

/** A date takes only the whole days of a timedelta. */
function shifted(date: DateTimeValue, microseconds: number): JinjaValue {
  if (!date.hasTime) return addDays(date, Math.floor(microseconds / 86_400_000_000));
  return shiftDateTime(date, microseconds);
}

function scaledDelta(operator: string, microseconds: number, by: JinjaValue): JinjaValue | undefined {
  const factor = numberOf(by);
  if (factor === undefined) return undefined;
  if (operator === '*') return { kind: 'timedelta', microseconds: Math.round(microseconds * Number(factor)) };
  if (Number(factor) === 0) throw typeError('division by zero');
  if (operator === '/') return { kind: 'timedelta', microseconds: Math.round(microseconds / Number(factor)) };
  return operator === '//' ? { kind: 'timedelta', microseconds: Math.floor(microseconds / Number(factor)) } : undefined;
}

/** Refuses a text that grew beyond all reason. */
export function limitedText(text: string): string {
  // Joining texts is cheap until they are read.
  charge(text.length >> 4);
  if (text.length > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'A text of this size is not evaluated.');
  return text;
}

/** Refuses a list that grew beyond all reason. */
export function limitedList(items: JinjaValue[]): JinjaValue[] {
  charge(items.length);
  if (items.length > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'A list of this size is not evaluated.');
  return items;
}

/** `-value` and `+value`. */
export function negate(value: JinjaValue, sign: 'negative' | 'positive'): JinjaValue {
  if (isUnknown(value)) return value;
  if (isUndefinedValue(value)) return failUndefined(value);
  if (isFloat(value)) return float(sign === 'negative' ? -value.value : value.value);
  if (isTagged(value) && value.kind === 'timedelta') {
    return { kind: 'timedelta', microseconds: sign === 'negative' ? -value.microseconds : value.microseconds };
  }
  const number = numberOf(value);
  if (number === undefined) throw typeError(`bad operand type for unary ${sign === 'negative' ? '-' : '+'}: '${typeName(value)}'`);
  if (typeof number === 'bigint') return sign === 'negative' ? integer(-number) : number;
  return sign === 'negative' ? -number || 0 : number;
}

/** `value[index]` for sequences and dicts; undefined if there is no such item. */
export function itemOf(value: JinjaValue, index: JinjaValue): JinjaValue | undefined {
  if (isDict(value)) {
    if (isUncertain(value)) return UNCERTAIN;
    if (Array.isArray(index) || isDict(index)) return undefined;
    return dictGet(value, index);
  }
  if (isTagged(value)) {
    if (value.kind === 'tuple' || value.kind === 'range') {
      return isInteger(index) ? sequenceItem(value.kind === 'tuple' ? value.items : rangeItems(value), Number(index)) : undefined;
    }
    if (value.kind === 'object') return value.item?.(index);
    return undefined;
  }
  if (!isInteger(index)) return undefined;
  if (Array.isArray(value)) return isUncertain(value) ? UNCERTAIN : sequenceItem(value, Number(index));
  if (typeof value === 'string') return sequenceItem(isBasicPlane(value) ? value : Array.from(value), Number(index));
  return undefined;
}

function sequenceItem(items: readonly JinjaValue[] | string, index: number): JinjaValue | undefined {
  return items[index < 0 ? items.length + index : index];
}

/** `value[start:stop:step]`. */
export function sliceOf(value: JinjaValue, start: JinjaValue, stop: JinjaValue, step: JinjaValue): JinjaValue | undefined {
  const stepNumber = step === null ? 1 : indexOf(step);
  if (stepNumber === 0) throw typeError('slice step cannot be zero');
  const from = start === null ? undefined : indexOf(start);
  const to = stop === null ? undefined : indexOf(stop);
  if (typeof value === 'string') {
    if (stepNumber === 1 && isBasicPlane(value)) return value.slice(from ?? 0, to ?? value.length);
    return sliceItems(Array.from(value), from, to, stepNumber).join('');
  }
  if (Array.isArray(value)) return isUncertain(value) ? UNCERTAIN : sliceItems(value, from, to, stepNumber);
  if (isTagged(value)) {
    if (value.kind === 'tuple') return tuple(sliceItems(value.items, from, to, stepNumber));
    if (value.kind === 'range') return sliceOfRange(value, from, to, stepNumber);
  }
  return undefined;
}

function indexOf(value: JinjaValue): number {
  if (isInteger(value)) return Number(value);
  throw typeError('slice indices must be integers or None or have an __index__ method');
}

function sliceItems<T>(items: readonly T[], start: number | undefined, stop: number | undefined, step: number): T[] {
  const length = items.length;
  if (step === 1) return items.slice(start ?? 0, stop ?? length);
  const result: T[] = [];
  const [from, to] = sliceBounds(length, start, stop, step);
  for (let index = from; step > 0 ? index < to : index > to; index += step) {
    const item = items[index];
    if (item !== undefined) result.push(item);
  }
  return result;
}

/** Where a slice of so many items begins and ends. */
function sliceBounds(length: number, start: number | undefined, stop: number | undefined, step: number): readonly [number, number] {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (index: number | undefined, open: number): number => (index === undefined ? open : Math.min(Math.max(index < 0 ? index + length : index, low), high));
  return step > 0 ? [clamp(start, low), clamp(stop, high)] : [clamp(start, high), clamp(stop, low)];
}

function sliceOfRange(range: RangeValue, start: number | undefined, stop: number | undefined, step: number): RangeValue {
  const [from, to] = sliceBounds(rangeLength(range), start, stop, step);
  return { kind: 'range', start: range.start + from * range.step, stop: range.start + to * range.step, step: range.step * step };
}

const PERCENT_FIELD = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?(.)?/gs;

/** `format % values`. */
export function percentFormat(format: string, values: JinjaValue): JinjaValue {
  if (isUnknown(values)) return values;
  const items = isTagged(values) && values.kind === 'tuple' ? values.items : [values];
  let next = 0;
  const state: { unknown: Unknown | undefined; usesNames: boolean } = { unknown: undefined, usesNames: false };
  const take = (): JinjaValue => {
    const item = items[next];
    next += 1;
    if (item === undefined) throw typeError('not enough arguments for format string');
    return item;
  };
  const text = format.replace(
    PERCENT_FIELD,
    (_match, name: string | undefined, flags: string, width: string | undefined, precision: string | undefined, type: string | undefined) => {
      if (type === undefined) throw typeError('incomplete format');
      if (type === '%') return '%';
      let value: JinjaValue;
      let widthNumber = width === undefined ? 0 : width === '*' ? Number(plainTextOf(take())) : Number(width);
      const precisionNumber = precision === undefined ? undefined : precision === '*' ? Number(plainTextOf(take())) : Number(precision);
      if (name !== undefined) {
        if (!isDict(values)) throw typeError('format requires a mapping');
        state.usesNames = true;
        const found = values.get(name);
        if (found === undefined) throw typeError(`'${name}'`);
        value = found;
      } else {
        value = take();
      }
      if (isUnknown(value)) {
        state.unknown = value;
        return '';
      }
      if (isUndefinedValue(value) && !'sra'.includes(type)) failUndefined(value);
      const shown = percentField(type, value, flags, precisionNumber);
      if (typeof shown !== 'string') {
        state.unknown = shown;
        return '';
      }
      if (widthNumber > 100_000) widthNumber = 100_000;
      if (shown.length >= widthNumber) return shown;
      if (flags.includes('-')) return shown.padEnd(widthNumber);
      if (flags.includes('0') && !'sra'.includes(type)) {
        const sign = /^[+-]/.exec(shown)?.[0] ?? '';
        return sign + shown.slice(sign.length).padStart(widthNumber - sign.length, '0');
      }
      return shown.padStart(widthNumber);
    },
  );
  if (state.unknown !== undefined) return state.unknown;
  const isMapping = isDict(values) || (isTagged(values) && (values.kind === 'object' || values.kind === 'undefined')) || Array.isArray(values);
  if (!state.usesNames && next < items.length && !isMapping) {
    throw typeError('not all arguments converted during string formatting');
  }
  return limitedText(text);
}

function percentField(type: string, value: JinjaValue, flags: string, precision: number | undefined): string | Unknown {
  if (type === 's' || type === 'r' || type === 'a') {
    const text = type === 's' ? textOf(value) : reprOf(value);
    return typeof text === 'string' && precision !== undefined ? text.slice(0, precision) : text;
  }
  if (type === 'c') return typeof value === 'number' ? String.fromCodePoint(value) : plainTextOf(value);
  const number = numberOf(value);
  if (number === undefined) {
    const wanted = 'diu'.includes(type) ? 'a real number is required' : 'xXo'.includes(type) ? 'an integer is required' : undefined;
    if (wanted === undefined) throw typeError(`must be real number, not ${typeName(value)}`);
    throw typeError(`%${type} format: ${wanted}, not ${typeName(value)}`);
  }
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const signed = (text: string): string => (text.startsWith('-') ? text : sign + text);
  if (type === 'd' || type === 'i' || type === 'u') {
    const whole = typeof number === 'bigint' ? number : BigInt(Math.trunc(number));
    const digits = String(whole < 0n ? -whole : whole).padStart(precision ?? 0, '0');
    return signed((whole < 0n ? '-' : '') + digits);
  }
  if (type === 'x' || type === 'X' || type === 'o') {
    const digits = BigInt(number).toString(type === 'o' ? 8 : 16);
    const prefixed = flags.includes('#') ? digits.replace(/^-?/, (minus) => minus + '0' + type.toLowerCase()) : digits;
    return signed(type === 'X' ? prefixed.toUpperCase() : prefixed);
  }
  if ('fFeEgG'.includes(type)) return signed(formatFloat(Number(number), type, precision ?? 6, flags.includes('#')));
  throw typeError(`unsupported format character '${type}'`);
}

/** Digits of a float as C's printf prints them. */
export function formatFloat(value: number, type: string, precision: number, alternate = false): string {
  const upper = type === type.toUpperCase();
  const finish = (text: string): string => (upper ? text.toUpperCase() : text);
  if (Number.isNaN(value)) return finish('nan');
  if (!Number.isFinite(value)) return finish(value < 0 ? '-inf' : 'inf');
  const digits = Math.min(precision, 100);
  switch (type.toLowerCase()) {
    case 'f':
      return finish(fixedDigits(value, digits));
    case 'e':
      return finish(twoDigitExponent(value.toExponential(digits)));
    default: {
      const significant = digits === 0 ? 1 : digits;
      const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1] ?? '0');
      const text =
        exponent < -4 || exponent >= significant
          ? twoDigitExponent(value.toExponential(significant - 1))
          : fixedDigits(value, Math.max(0, significant - 1 - exponent));
      if (alternate || !text.includes('.')) return finish(text);
      return finish(text.replace(/\.?0+(?=e|$)/, ''));
    }
  }
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `toFixed` for any size; JavaScript gives up at 1e21, and ties go to even on the exact binary value in both. */
export function fixedDigits(value: number, digits: number): string {
  if (Math.abs(value) < 1e21) {
    const text = isExactTie(value, digits) ? tieToEven(value, digits) : value.toFixed(digits);
    return Object.is(value, -0) || (value < 0 && !text.startsWith('-')) ? (text.startsWith('-') ? text : '-' + text) : text;
  }
  const whole = BigInt(value).toString();
  return digits === 0 ? whole : whole + '.' + '0'.repeat(digits);
}

/** True if the number lies exactly between two numbers of so many digits: only dyadic fractions can. */
function isExactTie(value: number, digits: number): boolean {
  if (digits > 22 || !Number.isInteger(value * 2 ** (digits + 1))) return false;
  return Math.abs(value * 10 ** digits) % 1 === 0.5;
}

/** Python rounds ties to the even digit, JavaScript upwards. */
function tieToEven(value: number, digits: number): string {
  const below = Math.floor(Math.abs(value) * 10 ** digits);
  const even = below % 2 === 0 ? below : below + 1;
  const text = String(even).padStart(digits + 1, '0');
  const cut = text.length - digits;
  return (value < 0 ? '-' : '') + text.slice(0, cut) + (digits === 0 ? '' : '.' + text.slice(cut));
}

/** Python's `round(value, digits)` of a float, to the nearest decimal of the exact value, ties to even. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  if (digits >= 0) return Number(fixedDigits(value, Math.min(digits, 100)));
  const unit = 10 ** Math.min(-digits, 300);
  const scaled = value / unit;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const rounded = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
  return value < 0 && rounded === 0 ? -0 : rounded * unit;
}

/** Copies what can be iterated into a fresh list. */
export function listOf(value: JinjaValue): JinjaValue[] | Unknown {
  const items = iterate(value);
  return isUnknown(items) ? items : limitedList([...items]);
}

/** `reversed(value)` for sequences. */
export function reversedItems(items: readonly JinjaValue[]): JinjaValue {
  return iterator('list_reverseiterator', [...items].reverse());
}
