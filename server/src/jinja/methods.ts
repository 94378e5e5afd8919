/** Methods of Python's strings, lists, dicts, sets, tuples, numbers, dates and timedeltas. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import {
  dateTime,
  dateValue,
  formatDateTime,
  isoCalendar,
  isoFormat,
  isValidDay,
  epochDay,
  timeDeltaFields,
  timestampOf,
  weekdayOf,
} from './datetime.ts';
import { formatText, type AttributeLookup } from './format.ts';
import { beforeChange, isUncertain } from './journal.ts';
import {
  compareValues,
  dictGet,
  dictKey,
  dictSet,
  equals,
  foundOr,
  hasItem,
  iterate,
  LARGEST_SIZE,
  limitedList,
  limitedText,
  plainTextOf,
  reprOf,
  truthOf,
} from './python.ts';
import {
  callable,
  float,
  isCallable,
  isDict,
  isFloat,
  isInteger,
  isTagged,
  isUndefinedValue,
  JinjaError,
  tuple,
  typeError,
  typeName,
  type CallArguments,
  type DateTimeValue,
  type JinjaDict,
  type JinjaValue,
  type SetValue,
  type TimeDeltaValue,
} from './values.ts';
import { fixedOffsetOf, formattedInZone, onClocksOf, UTC, zoneNameOf, zoneOf } from './time-zones.ts';
import { checkMethodCall } from './signatures.ts';
import { charge } from './work-budget.ts';
import { PYTHON_SPACE } from '../base/python-space.ts';

/** A method that is not there. */
export const NO_METHOD = Symbol('no such method');

/** `value.name(*args, **kwargs)` for built-in types, or `NO_METHOD`. */
export function callMethod(value: JinjaValue, name: string, args: CallArguments, attributeOf: AttributeLookup): JinjaValue | typeof NO_METHOD {
  checkMethodCall(typeName(value), name, args);
  if (typeof value === 'string') return stringMethod(value, name, args, attributeOf);
  if (Array.isArray(value)) return listMethod(value, name, args);
  if (isDict(value)) return dictMethod(value, name, args);
  if (isInteger(value)) {
    if (name === 'bit_length') return BigInt(value).toString(2).replace('-', '').length;
    return INTEGER_METHODS.has(name) ? unknownBecause(`int.${name} is not evaluated`) : NO_METHOD;
  }
  if (!isTagged(value)) return NO_METHOD;
  switch (value.kind) {
    case 'tuple':
      if (name === 'index') return positionOf(value.items, argument(args, 0, 'value') ?? null, 'tuple.index(x): x not in tuple');
      if (name === 'count') return value.items.filter((item) => equals(item, argument(args, 0, 'value') ?? null)).length;
      return NO_METHOD;
    case 'set':
      return setMethod(value, name, args);
    case 'datetime':
      return dateTimeMethod(value, name, args);
    case 'timedelta':
      return name === 'total_seconds' ? float(value.microseconds / 1_000_000) : NO_METHOD;
    case 'float':
      if (name === 'is_integer') return Number.isInteger(value.value);
      return FLOAT_METHODS.has(name) ? unknownBecause(`float.${name} is not evaluated`) : NO_METHOD;
    default:
      return NO_METHOD;
  }
}

const STRING_METHODS = new Set(
  (
    'capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit ' +
    'isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix ' +
    'removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill'
  ).split(' '),
);
const INTEGER_METHODS = new Set('as_integer_ratio bit_count bit_length conjugate from_bytes is_integer to_bytes'.split(' '));
const FLOAT_METHODS = new Set('as_integer_ratio conjugate fromhex hex is_integer'.split(' '));
const LIST_METHODS = new Set('append clear copy count extend index insert pop remove reverse sort'.split(' '));
const DICT_METHODS = new Set('clear copy fromkeys get items keys pop popitem setdefault update values'.split(' '));
const SET_METHODS = new Set(
  (
    'add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset issuperset pop remove ' +
    'symmetric_difference union update'
  ).split(' '),
);
const DATETIME_METHODS = new Set(
  'strftime isoformat date time weekday isoweekday isocalendar replace timestamp toordinal astimezone utcoffset tzname ctime timetuple __format__'.split(' '),
);

/** True for the names of a dictionary's methods. */
export function isDictMethod(name: string): boolean {
  return DICT_METHODS.has(name);
}

/** Attributes and bound methods of built-in types; undefined if there is no such attribute. */
export function builtinAttribute(value: JinjaValue, name: string, attributeOf: AttributeLookup): JinjaValue | undefined {
  if (!hasMethod(value, name)) return builtinField(value, name);
  return callable(
    name,
    (args) => {
      const result = callMethod(value, name, args, attributeOf);
      if (result === NO_METHOD) throw typeError(`'${typeName(value)}' object has no attribute '${name}'`);
      return result;
    },
    'builtin_function_or_method',
  );
}

function hasMethod(value: JinjaValue, name: string): boolean {
  if (typeof value === 'string') return STRING_METHODS.has(name);
  if (Array.isArray(value)) return LIST_METHODS.has(name);
  if (isDict(value)) return DICT_METHODS.has(name);
  if (isInteger(value)) return INTEGER_METHODS.has(name);
  if (!isTagged(value)) return false;
  if (value.kind === 'tuple') return name === 'index' || name === 'count';
  if (value.kind === 'set') return SET_METHODS.has(name);
  if (value.kind === 'datetime') return DATETIME_METHODS.has(name);
  if (value.kind === 'timedelta') return name === 'total_seconds';
  return value.kind === 'float' && FLOAT_METHODS.has(name);
}

function builtinField(value: JinjaValue, name: string): JinjaValue | undefined {
  if (isInteger(value)) {
    if (name === 'real' || name === 'numerator') return typeof value === 'boolean' ? Number(value) : value;
    if (name === 'imag') return 0;
    return name === 'denominator' ? 1 : undefined;
  }
  if (isFloat(value)) return name === 'real' ? value : name === 'imag' ? float(0) : undefined;
  if (!isTagged(value)) return undefined;
  if (value.kind === 'timedelta') return timeDeltaField(value, name);
  if (value.kind === 'range') {
    if (name === 'start') return value.start;
    if (name === 'stop') return value.stop;
    return name === 'step' ? value.step : undefined;
  }
  if (value.kind !== 'datetime') return undefined;
  switch (name) {
    case 'year':
    case 'month':
    case 'day':
      return value[name];
    case 'hour':
    case 'minute':
    case 'second':
    case 'microsecond':
      return value.hasTime ? value[name] : undefined;
    case 'tzinfo':
      return value.hasTime ? zoneOf(value) : undefined;
    default:
      return undefined;
  }
}

function timeDeltaField(value: TimeDeltaValue, name: string): JinjaValue | undefined {
  const fields = timeDeltaFields(value.microseconds);
  if (name === 'days') return fields.days;
  if (name === 'seconds') return fields.seconds;
  return name === 'microseconds' ? fields.rest : undefined;
}

/** The argument at a place or of a name. */
export function argument(args: CallArguments, index: number, name: string): JinjaValue | undefined {
  // None is a value like any other: it hides neither a default nor a keyword.
  return index < args.positional.length ? args.positional[index] : args.keyword.get(name);
}

/** Python's `bool(argument)`, false if it is absent; an unknown counts as false. */
export function flagArgument(args: CallArguments, index: number, name: string, fallback = false): boolean {
  const value = argument(args, index, name);
  return value === undefined ? fallback : truthOf(value) === true;
}

function unknownArgument(args: CallArguments): Unknown | undefined {
  for (const value of args.positional) if (isUnknown(value)) return value;
  for (const value of args.keyword.values()) if (isUnknown(value)) return value;
  return undefined;
}

function textArgument(args: CallArguments, index: number, name: string): string | undefined {
  const value = argument(args, index, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
  throw typeError(`must be str, not ${typeName(value)}`);
}

function requiredText(args: CallArguments, index: number, name: string): string {
  const text = textArgument(args, index, name);
  if (text === undefined) throw typeError(`must be str, not ${args.positional.length > index ? 'NoneType' : 'nothing'}`);
  return text;
}

function numberArgument(args: CallArguments, index: number, name: string): number | undefined {
  const value = argument(args, index, name);
  if (value === undefined || value === null) return undefined;
  if (isInteger(value)) return Number(value);
  throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
}

const LEADING_SPACE = new RegExp(`^${PYTHON_SPACE}+`);
const ALL_SPACE = new RegExp(`^${PYTHON_SPACE}+$`);
const SPACE_RUN = new RegExp(`${PYTHON_SPACE}+`);

/** `str.strip` and its halves. */
export function stripText(text: string, characters: string | undefined, sides: 'both' | 'left' | 'right'): string {
  const isStripped =
    characters === undefined
      ? (character: string): boolean => character.length > 0 && LEADING_SPACE.test(character)
      : (character: string): boolean => character.length > 0 && characters.includes(character);
  let from = 0;
  let to = text.length;
  if (sides !== 'right') while (from < to && isStripped(text.charAt(from))) from += 1;
  if (sides !== 'left') while (to > from && isStripped(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function stringMethod(text: string, name: string, args: CallArguments, attributeOf: AttributeLookup): JinjaValue | typeof NO_METHOD {
  if (!STRING_METHODS.has(name)) return NO_METHOD;
  charge(text.length);
  if (name === 'format') return formatText(text, args, attributeOf);
  const unknown = unknownArgument(args);
  if (unknown !== undefined) return unknown;
  switch (name) {
    case 'upper':
      return text.toUpperCase();
    case 'lower':
      return lowerText(text);
    case 'casefold':
      return lowerText(text).replace(/ß/g, 'ss');
    case 'capitalize':
      return capitalizeText(text);
    case 'title':
      return titleText(text);
    case 'swapcase':
      return Array.from(text, (character) => (character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase())).join('');
    case 'strip':
      return stripText(text, textArgument(args, 0, 'chars'), 'both');
    case 'lstrip':
      return stripText(text, textArgument(args, 0, 'chars'), 'left');
    case 'rstrip':
      return stripText(text, textArgument(args, 0, 'chars'), 'right');
    case 'split':
      return splitText(text, textArgument(args, 0, 'sep'), numberArgument(args, 1, 'maxsplit') ?? -1);
    case 'rsplit':
      return rightSplitText(text, textArgument(args, 0, 'sep'), numberArgument(args, 1, 'maxsplit') ?? -1);
    case 'splitlines':
      return splitLines(text, flagArgument(args, 0, 'keepends'));
    case 'replace':
      return replaceText(text, requiredText(args, 0, 'old'), requiredText(args, 1, 'new'), numberArgument(args, 2, 'count') ?? -1);
    case 'join':
      return joinTexts(text, argument(args, 0, 'iterable') ?? null);
    case 'startswith':
      return startsOrEnds(text, args, true);
    case 'endswith':
      return startsOrEnds(text, args, false);
    case 'find':
    case 'index':
    case 'rfind':
    case 'rindex':
      return findText(text, name, args);
    case 'count': {
      const part = requiredText(args, 0, 'sub');
      const within = window(text, args, 1).text;
      return part === '' ? within.length + 1 : within.split(part).length - 1;
    }
    case 'zfill': {
      const width = boundedWidth(numberArgument(args, 0, 'width') ?? 0);
      const sign = /^[+-]/.exec(text)?.[0] ?? '';
      return sign + text.slice(sign.length).padStart(width - sign.length, '0');
    }
    case 'ljust':
      return text.padEnd(boundedWidth(numberArgument(args, 0, 'width') ?? 0), textArgument(args, 1, 'fillchar') ?? ' ');
    case 'rjust':
      return text.padStart(boundedWidth(numberArgument(args, 0, 'width') ?? 0), textArgument(args, 1, 'fillchar') ?? ' ');
    case 'center':
      return centerText(text, boundedWidth(numberArgument(args, 0, 'width') ?? 0), textArgument(args, 1, 'fillchar') ?? ' ');
    case 'partition': {
      const separator = requiredText(args, 0, 'sep');
      const at = text.indexOf(separator);
      return at < 0 ? tuple([text, '', '']) : tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
    }
    case 'rpartition': {
      const separator = requiredText(args, 0, 'sep');
      const at = text.lastIndexOf(separator);
      return at < 0 ? tuple(['', '', text]) : tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
    }
    case 'removeprefix': {
      const prefix = requiredText(args, 0, 'prefix');
      return text.startsWith(prefix) ? text.slice(prefix.length) : text;
    }
    case 'removesuffix': {
      const suffix = requiredText(args, 0, 'suffix');
      return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
    }
    case 'isdigit':
    case 'isdecimal':
      return /^\p{Nd}+$/u.test(text);
    case 'isnumeric':
      return /^\p{N}+$/u.test(text);
    case 'isalpha':
      return /^\p{L}+$/u.test(text);
    case 'isalnum':
      return /^[\p{L}\p{N}]+$/u.test(text);
    case 'isascii':
      // eslint-disable-next-line no-control-regex -- ASCII begins with the control characters
      return /^[\u0000-\u007f]*$/.test(text);
    case 'isspace':
      return ALL_SPACE.test(text);
    case 'isupper':
      return /\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text);
    case 'islower':
      return /\p{Ll}/u.test(text) && !/\p{Lu}/u.test(text);
    case 'istitle':
      return /\p{L}/u.test(text) && text === titleText(text);
    case 'isidentifier':
      return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
    case 'isprintable':
      return !/(?! )[\p{C}\p{Z}]/u.test(text);
    case 'expandtabs':
      return expandTabs(text, numberArgument(args, 0, 'tabsize') ?? 8);
    case 'format_map': {
      const mapping = argument(args, 0, 'mapping');
      const keyword = new Map<string, JinjaValue>();
      if (isDict(mapping)) for (const [key, value] of mapping) if (typeof key === 'string') keyword.set(key, value);
      return formatText(text, { positional: [], keyword }, attributeOf);
    }
    case 'translate':
      return translateText(text, argument(args, 0, 'table') ?? null);
    case 'maketrans':
      return makeTable(args);
    default:
      return unknownBecause(`str.${name} is not evaluated`);
  }
}

function lowerText(text: string): string {
  return text.toLowerCase();
}

function boundedWidth(width: number): number {
  if (width > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'A text of this size is not evaluated.');
  return width;
}

/** `str.capitalize`. */
export function capitalizeText(text: string): string {
  const first = Array.from(text)[0] ?? '';
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

/** `str.title`: a new word begins after everything that is no letter. */
export function titleText(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => capitalizeText(word));
}

/** `str.center`: the odd space goes left if the width is odd, as CPython has it. */
export function centerText(text: string, width: number, fill: string): string {
  const missing = width - text.length;
  if (missing <= 0) return text;
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** `str.split`. */
export function splitText(text: string, separator: string | undefined, limit: number): string[] {
  if (separator === '') throw typeError('empty separator');
  if (separator === undefined) {
    const words: string[] = [];
    let rest = stripText(text, undefined, 'left');
    while (rest !== '') {
      const gap = limit >= 0 && words.length >= limit ? null : SPACE_RUN.exec(rest);
      if (gap === null) {
        words.push(limit >= 0 && words.length >= limit ? rest : stripText(rest, undefined, 'right'));
        break;
      }
      words.push(rest.slice(0, gap.index));
      rest = rest.slice(gap.index + gap[0].length);
    }
    return words;
  }
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function rightSplitText(text: string, separator: string | undefined, limit: number): string[] {
  const parts = splitText(text, separator, -1);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  if (separator !== undefined) {
    const cut = parts.length - limit;
    return [parts.slice(0, cut).join(separator), ...parts.slice(cut)];
  }
  const tail: string[] = [];
  let rest = stripText(text, undefined, 'right');
  while (tail.length < limit) {
    let at = rest.length;
    while (at > 0 && !LEADING_SPACE.test(rest.charAt(at - 1))) at -= 1;
    tail.unshift(rest.slice(at));
    rest = stripText(rest.slice(0, at), undefined, 'right');
  }
  return [rest, ...tail];
}

function splitLines(text: string, keepEnds: boolean): string[] {
  // eslint-disable-next-line no-control-regex -- Python ends lines at these, too
  const lines = text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g) ?? [];
  // eslint-disable-next-line no-control-regex -- as above
  return keepEnds ? lines : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''));
}

/** `str.replace`. */
export function replaceText(text: string, old: string, replacement: string, count: number): string {
  if (count < 0) return limitedText(old === '' ? [''].concat(Array.from(text), ['']).join(replacement) : text.replaceAll(old, () => replacement));
  let result = '';
  let position = 0;
  for (let round = 0; round < count; round += 1) {
    const at = text.indexOf(old, position);
    if (at < 0) break;
    result += text.slice(position, at) + replacement;
    position = at + old.length;
    if (old === '') {
      result += text.charAt(position);
      position += 1;
      if (position > text.length) break;
    }
  }
  return limitedText(result + text.slice(position));
}

/** `separator.join(iterable)`. */
function joinTexts(separator: string, iterable: JinjaValue): JinjaValue {
  const items = iterate(iterable);
  if (isUnknown(items)) return items;
  const texts: string[] = [];
  for (const [index, item] of items.entries()) {
    if (isUnknown(item)) return item;
    if (typeof item !== 'string') throw typeError(`sequence item ${String(index)}: expected str instance, ${typeName(item)} found`);
    texts.push(item);
  }
  return limitedText(texts.join(separator));
}

/** The part of the text that optional start and end arguments leave, and where it begins. */
function window(text: string, args: CallArguments, at: number): { text: string; from: number } {
  const start = numberArgument(args, at, 'start') ?? 0;
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  const end = numberArgument(args, at + 1, 'end');
  const to = end === undefined ? text.length : end < 0 ? text.length + end : end;
  return { text: text.slice(from, Math.max(from, to)), from };
}

function startsOrEnds(text: string, args: CallArguments, atStart: boolean): boolean {
  const wanted = argument(args, 0, 'prefix') ?? null;
  const within = window(text, args, 1).text;
  const fits = (part: JinjaValue): boolean => {
    if (typeof part !== 'string') throw typeError(`${atStart ? 'startswith' : 'endswith'} first arg must be str or a tuple of str, not ${typeName(part)}`);
    return atStart ? within.startsWith(part) : within.endsWith(part);
  };
  if (isTagged(wanted) && wanted.kind === 'tuple') return wanted.items.some(fits);
  return fits(wanted);
}

function findText(text: string, name: string, args: CallArguments): number {
  const part = requiredText(args, 0, 'sub');
  const within = window(text, args, 1);
  const at = name.startsWith('r') ? within.text.lastIndexOf(part) : within.text.indexOf(part);
  if (at < 0 && name.endsWith('index')) throw typeError('substring not found');
  return at < 0 ? -1 : at + within.from;
}

function expandTabs(text: string, size: number): string {
  let column = 0;
  return Array.from(text, (character) => {
    if (character === '\t') {
      const width = size <= 0 ? 0 : size - (column % Math.min(size, 1000));
      column += width;
      return ' '.repeat(width);
    }
    column = character === '\n' || character === '\r' ? 0 : column + 1;
    return character;
  }).join('');
}

function translateText(text: string, table: JinjaValue): JinjaValue {
  if (!isDict(table)) return text;
  return Array.from(text, (character) => {
    const target = dictGet(table, character.codePointAt(0) ?? 0);
    if (target === undefined) return character;
    return target === null ? '' : typeof target === 'number' ? String.fromCodePoint(target) : plainTextOf(target);
  }).join('');
}

function makeTable(args: CallArguments): JinjaValue {
  const table: JinjaDict = new Map();
  const [from, to, remove] = args.positional;
  if (isDict(from)) {
    for (const [key, value] of from) table.set(typeof key === 'string' ? (key.codePointAt(0) ?? 0) : key, value);
    return table;
  }
  const targets = Array.from(plainTextOf(to ?? ''));
  for (const [index, character] of Array.from(plainTextOf(from ?? '')).entries()) {
    table.set(character.codePointAt(0) ?? 0, targets[index]?.codePointAt(0) ?? null);
  }
  for (const character of Array.from(plainTextOf(remove ?? ''))) table.set(character.codePointAt(0) ?? 0, null);
  return table;
}

function listMethod(list: JinjaValue[], name: string, args: CallArguments): JinjaValue | typeof NO_METHOD {
  if (!LIST_METHODS.has(name)) return NO_METHOD;
  if (name !== 'append') charge(list.length);
  const first = args.positional[0];
  const isUnsure = isUncertain(list);
  switch (name) {
    case 'append':
      if (first === undefined) throw typeError('list.append() takes exactly one argument (0 given)');
      beforeChange(list);
      list.push(first);
      return null;
    case 'extend': {
      const items = iterate(first ?? null);
      beforeChange(list);
      if (isUnknown(items)) list.push(items);
      else for (const item of [...items]) list.push(item);
      limitedList(list);
      return null;
    }
    case 'insert': {
      beforeChange(list);
      const at = numberArgument(args, 0, 'index') ?? 0;
      list.splice(at, 0, args.positional[1] ?? null);
      return null;
    }
    case 'pop': {
      if (isUnsure) return unknownBecause('its contents depend on what files cannot tell');
      beforeChange(list);
      const at = numberArgument(args, 0, 'index') ?? -1;
      if (list.length === 0) throw typeError('pop from empty list');
      const index = at < 0 ? list.length + at : at;
      const [popped] = list.splice(index, 1);
      if (popped === undefined || index < 0) throw typeError('pop index out of range');
      return popped;
    }
    case 'remove': {
      const at = list.findIndex((item) => equals(item, first ?? null));
      if (at < 0) throw typeError('list.remove(x): x not in list');
      beforeChange(list);
      list.splice(at, 1);
      return null;
    }
    case 'clear':
      beforeChange(list);
      list.length = 0;
      return null;
    case 'reverse':
      beforeChange(list);
      list.reverse();
      return null;
    case 'sort': {
      const sorted = sortedBy(list, args.keyword.get('key') ?? null, flagArgument({ positional: [], keyword: args.keyword }, 0, 'reverse'));
      beforeChange(list);
      list.length = 0;
      for (const item of sorted) list.push(item);
      return null;
    }
    case 'copy':
      return isUnsure ? unknownBecause('its contents depend on what files cannot tell') : [...list];
    case 'index':
      return positionOf(list, first ?? null, `${plainTextOf(first ?? null)} is not in list`);
    default:
      return isUnsure ? unknownBecause('its contents depend on what files cannot tell') : list.filter((item) => equals(item, first ?? null)).length;
  }
}

function positionOf(items: readonly JinjaValue[], wanted: JinjaValue, message: string): number {
  const at = items.findIndex((item) => equals(item, wanted));
  if (at < 0) throw typeError(message);
  return at;
}

/** Items in Python's order of their keys; stable, also in reverse. */
export function sortedBy(items: readonly JinjaValue[], key: JinjaValue | ((item: JinjaValue) => JinjaValue), reverse: boolean): JinjaValue[] {
  const keyOf =
    typeof key === 'function' ? key : isCallable(key) ? (item: JinjaValue): JinjaValue => key.call({ positional: [item], keyword: new Map() }) : undefined;
  charge(items.length * 4);
  const pairs = items.map((item) => ({ item, key: keyOf === undefined ? item : keyOf(item) }));
  pairs.sort((a, b) => (reverse ? compareValues(b.key, a.key) : compareValues(a.key, b.key)));
  return pairs.map((pair) => pair.item);
}

function dictMethod(dict: JinjaDict, name: string, args: CallArguments): JinjaValue | typeof NO_METHOD {
  if (!DICT_METHODS.has(name)) return NO_METHOD;
  const first = args.positional[0];
  const unsure = isUncertain(dict) ? unknownBecause('its contents depend on what files cannot tell') : undefined;
  switch (name) {
    case 'get':
      if (first === undefined) throw typeError('get expected at least 1 argument, got 0');
      if (unsure !== undefined) return unsure;
      return isUnknown(first) ? first : foundOr(dictGet(dict, first), args.positional[1]);
    case 'keys':
      return { kind: 'view', typeName: 'dict_keys', of: dict };
    case 'values':
      return { kind: 'view', typeName: 'dict_values', of: dict };
    case 'items':
      return { kind: 'view', typeName: 'dict_items', of: dict };
    case 'update': {
      beforeChange(dict);
      if (first !== undefined) updateDict(dict, first);
      for (const [key, value] of args.keyword) dict.set(key, value);
      return null;
    }
    case 'pop': {
      if (first === undefined) throw typeError('pop expected at least 1 argument, got 0');
      if (unsure !== undefined) return unsure;
      if (isUnknown(first)) return first;
      const key = dictKey(dict, first);
      if (key === undefined) {
        const fallback = args.positional[1];
        if (fallback === undefined) throw keyError(first);
        return fallback;
      }
      const value = dict.get(key) ?? null;
      beforeChange(dict);
      dict.delete(key);
      return value;
    }
    case 'setdefault': {
      if (unsure !== undefined) return unsure;
      const found = dictGet(dict, first ?? null);
      if (found !== undefined) return found;
      const value = args.positional[1] ?? null;
      beforeChange(dict);
      dictSet(dict, first ?? null, value);
      return value;
    }
    case 'popitem': {
      if (unsure !== undefined) return unsure;
      const last = [...dict].at(-1);
      if (last === undefined) throw typeError("'popitem(): dictionary is empty'");
      beforeChange(dict);
      dict.delete(last[0]);
      return tuple(last);
    }
    case 'clear':
      beforeChange(dict);
      dict.clear();
      return null;
    case 'copy':
      return unsure ?? new Map(dict);
    default: {
      const keys = iterate(first ?? null);
      if (isUnknown(keys)) return keys;
      const made: JinjaDict = new Map();
      for (const key of keys) dictSet(made, key, args.positional[1] ?? null);
      return made;
    }
  }
}

/** Python shows the key that is missing. */
function keyError(key: JinjaValue): JinjaError {
  const shown = reprOf(key);
  return typeError(typeof shown === 'string' ? shown : plainTextOf(key));
}

/** `dict.update(other)`: from a dict or from pairs. */
export function updateDict(dict: JinjaDict, other: JinjaValue): void {
  // Of an undefined value Python asks for its keys first.
  if (isUndefinedValue(other) && !other.lenient) throw new JinjaError('jinja-undefined', other.message);
  if (isDict(other)) {
    for (const [key, value] of other) dictSet(dict, key, value);
    return;
  }
  const pairs = iterate(other);
  if (isUnknown(pairs)) return;
  for (const [index, pair] of pairs.entries()) {
    const items = iterate(pair);
    if (isUnknown(items)) continue;
    const [key, value] = items;
    if (key === undefined || value === undefined || items.length !== 2) {
      throw typeError(`dictionary update sequence element #${String(index)} has length ${String(items.length)}; 2 is required`);
    }
    dictSet(dict, key, value);
  }
}

function setMethod(set: SetValue, name: string, args: CallArguments): JinjaValue | typeof NO_METHOD {
  if (!SET_METHODS.has(name)) return NO_METHOD;
  const first = args.positional[0] ?? null;
  if (isUnknown(first)) return first;
  const others = (): JinjaValue[] => {
    const all: JinjaValue[] = [];
    for (const other of args.positional) {
      const items = iterate(other);
      if (!isUnknown(items)) all.push(...items);
    }
    return all;
  };
  switch (name) {
    case 'add':
      beforeChange(set);
      if (!hasItem(set.items, first)) set.items.push(first);
      return null;
    case 'update':
      beforeChange(set);
      for (const item of others()) if (!hasItem(set.items, item)) set.items.push(item);
      return null;
    case 'discard':
    case 'remove': {
      const at = set.items.findIndex((item) => equals(item, first));
      if (at < 0 && name === 'remove') throw keyError(first);
      beforeChange(set);
      if (at >= 0) set.items.splice(at, 1);
      return null;
    }
    case 'clear':
      beforeChange(set);
      set.items.length = 0;
      return null;
    case 'copy':
      return setOf(set.items);
    case 'union':
      return setOf([...set.items, ...others()]);
    case 'intersection': {
      const wanted = args.positional.map((other) => iterate(other));
      return setOf(set.items.filter((item) => wanted.every((items) => !isUnknown(items) && hasItem(items, item))));
    }
    case 'difference': {
      const unwanted = others();
      return setOf(set.items.filter((item) => !hasItem(unwanted, item)));
    }
    case 'symmetric_difference': {
      const other = others();
      return setOf([...set.items.filter((item) => !hasItem(other, item)), ...other.filter((item) => !hasItem(set.items, item))]);
    }
    case 'issubset': {
      const other = others();
      return set.items.every((item) => hasItem(other, item));
    }
    case 'issuperset':
      return others().every((item) => hasItem(set.items, item));
    case 'isdisjoint':
      return !others().some((item) => hasItem(set.items, item));
    case 'pop': {
      const [popped] = set.items;
      if (popped === undefined) throw typeError("'pop from an empty set'");
      // Which element Python takes depends on hashes; with one element there is no choice.
      if (set.items.length > 1) return unknownBecause('the order of a set is arbitrary');
      beforeChange(set);
      set.items.length = 0;
      return popped;
    }
    default:
      return unknownBecause(`set.${name} is not evaluated`);
  }
}

/** A set of the distinct items. */
export function setOf(items: readonly JinjaValue[]): SetValue {
  const distinct: JinjaValue[] = [];
  const strings = new Set<string>();
  for (const item of items) {
    if (typeof item === 'string') {
      if (!strings.has(item)) distinct.push(item);
      strings.add(item);
    } else if (Array.isArray(item) || isDict(item)) {
      throw typeError(`unhashable type: '${typeName(item)}'`);
    } else if (!hasItem(distinct, item)) {
      distinct.push(item);
    }
  }
  return { kind: 'set', items: distinct };
}

function dateTimeMethod(value: DateTimeValue, name: string, args: CallArguments): JinjaValue | typeof NO_METHOD {
  if (!DATETIME_METHODS.has(name)) return NO_METHOD;
  const unknown = unknownArgument(args);
  if (unknown !== undefined) return unknown;
  switch (name) {
    case 'strftime':
    case '__format__':
      return formattedInZone(value, requiredText(args, 0, 'format'));
    case 'isoformat':
      return isoFormat(value, textArgument(args, 0, 'sep') ?? 'T');
    case 'date':
      return value.hasTime ? dateValue(value.year, value.month, value.day) : NO_METHOD;
    case 'weekday':
      return weekdayOf(value);
    case 'isoweekday':
      return weekdayOf(value) + 1;
    case 'isocalendar':
      return tuple(isoCalendar(value));
    case 'toordinal':
      return epochDay(value.year, value.month, value.day) + 719_163;
    case 'timestamp':
      return value.hasTime ? float(timestampOf(value)) : NO_METHOD;
    case 'tzname':
      return zoneNameOf(value);
    case 'utcoffset':
      return value.offset === undefined ? null : { kind: 'timedelta', microseconds: value.offset * 60_000_000 };
    case 'ctime':
      return formatDateTime(value, '%a %b %e %H:%M:%S %Y');
    case 'astimezone':
      return onClocksOf(value, argument(args, 0, 'tz') ?? UTC);
    case 'replace':
      return replacedFields(value, args);
    default:
      return unknownBecause(`datetime.${name} is not evaluated`);
  }
}

function replacedFields(value: DateTimeValue, args: CallArguments): JinjaValue {
  const field = (index: number, name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'microsecond'): number =>
    numberArgument(args, index, name) ?? value[name];
  const year = field(0, 'year');
  const month = field(1, 'month');
  const day = field(2, 'day');
  if (!isValidDay(year, month, day)) throw typeError('day is out of range for month');
  if (!value.hasTime) return dateValue(year, month, day);
  const zone = args.keyword.get('tzinfo');
  let { offset, zoneName } = value;
  if (zone !== undefined) {
    offset = zone === null ? undefined : fixedOffsetOf(zone);
    zoneName = offset === 0 ? 'UTC' : undefined;
    if (zone !== null && offset === undefined) return unknownBecause('the time zone is not evaluated');
  }
  return dateTime(year, month, day, field(3, 'hour'), field(4, 'minute'), field(5, 'second'), field(6, 'microsecond'), offset, zoneName);
}

/** True for floats with a whole value. */
export function isWholeFloat(value: JinjaValue): boolean {
  return isFloat(value) && Number.isInteger(value.value);
}
