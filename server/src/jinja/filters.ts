/** Jinja's filters and dbt's own, as Jinja2 3.1 has them. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import { dumpJson } from './json.ts';
import { argument, capitalizeText, centerText, flagArgument, isWholeFloat, replaceText, setOf, sortedBy, stripText } from './methods.ts';
import {
  binary,
  compareValues,
  dictGet,
  equals,
  failUndefined,
  formatFloat,
  hasItem,
  iterate,
  LARGEST_SIZE,
  lengthOf,
  limitedText,
  listOf,
  negate,
  percentFormat,
  plainTextOf,
  reprOf,
  restOf,
  roundFloat,
  textOf,
  truthOf,
} from './python.ts';
import {
  float,
  generator,
  integer,
  isDict,
  isFloat,
  isInteger,
  isTagged,
  isUndefinedValue,
  iterator,
  JinjaError,
  markText,
  numberOf,
  tuple,
  typeError,
  typeName,
  undefinedValue,
  type CallArguments,
  type JinjaDict,
  type JinjaValue,
  type MarkerName,
} from './values.ts';
import { charge } from './work-budget.ts';

/** What filters and tests need from the evaluation they run in. */
export interface FilterHost {
  /** `environment.getitem(value, key)`: an item, else an attribute, else undefined. */
  itemOrAttribute(value: JinjaValue, key: JinjaValue): JinjaValue;
  /** `getattr` alone, as the `attr` filter does. */
  attributeOnly(value: JinjaValue, name: string): JinjaValue;
  applyFilter(name: string, value: JinjaValue, args: CallArguments): JinjaValue;
  applyTest(name: string, value: JinjaValue, args: CallArguments): boolean | Unknown;
  /** Whether undefined values of this template are dbt's lenient ones. */
  readonly lenient: boolean;
  /** Native rendering marks the values of `as_bool` and its kin instead of passing them through. */
  readonly native: boolean;
}

/** A Jinja filter; raises a `JinjaError` where Python would raise. */
export type Filter = (value: JinjaValue, args: CallArguments, host: FilterHost) => JinjaValue;

function text(value: JinjaValue, use: (text: string) => JinjaValue): JinjaValue {
  const shown = textOf(value);
  if (typeof shown !== 'string') return shown;
  charge(shown.length);
  return use(shown);
}

function items(value: JinjaValue, use: (items: readonly JinjaValue[]) => JinjaValue): JinjaValue {
  const found = iterate(value);
  if (isUnknown(found)) return found;
  charge(found.length);
  return use(found);
}

/** A filter that is a generator in Jinja: it looks at nothing, and finds nothing wrong, before somebody reads what it gives. */
type LazyFilter = (value: JinjaValue, args: CallArguments, host: FilterHost) => Generator<JinjaValue, Unknown | undefined, undefined>;

function lazy(filter: LazyFilter): Filter {
  return (value, args, host) => generator(filter(value, args, host));
}

/** `for item in value` within a generator: of another generator one item at a time. */
function* itemsOf(value: JinjaValue): Generator<JinjaValue, Unknown | undefined, undefined> {
  if (!isTagged(value) || value.kind !== 'iterator') {
    const found = iterate(value);
    if (isUnknown(found)) return found;
    charge(found.length);
    yield* found;
    return undefined;
  }
  for (;;) {
    const { items: [item], end } = restOf(value, 1);
    if (end?.error !== undefined) throw end.error;
    if (item === undefined) return end?.unknown;
    yield item;
  }
}

function wholeArgument(args: CallArguments, index: number, name: string, fallback: number): number {
  const value = argument(args, index, name);
  if (value === undefined || value === null) return fallback;
  const number = numberOf(value);
  if (number === undefined) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Math.min(Number(number), LARGEST_SIZE);
}

function textArgument(args: CallArguments, index: number, name: string, fallback: string): string {
  const value = argument(args, index, name);
  return value === undefined ? fallback : plainTextOf(value);
}

/** Jinja's `make_attrgetter`: a path like `a.b.0`. */
function attributeGetter(attribute: JinjaValue | undefined, host: FilterHost, fallback?: JinjaValue): (item: JinjaValue) => JinjaValue {
  if (attribute === undefined || attribute === null) return (item) => item;
  const parts = attributeParts(attribute);
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = host.itemOrAttribute(value, part);
      if (fallback !== undefined && isUndefinedValue(value)) value = fallback;
    }
    return value;
  };
}

function attributeParts(attribute: JinjaValue): JinjaValue[] {
  if (typeof attribute !== 'string') return [attribute];
  return attribute.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function ignoreCase(value: JinjaValue): JinjaValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function foldedGetter(host: FilterHost, attribute: JinjaValue | undefined, caseSensitive: boolean): (item: JinjaValue) => JinjaValue {
  const getter = attributeGetter(attribute, host);
  return caseSensitive ? getter : (item) => ignoreCase(getter(item));
}

/** Sorting compares lists, of one attribute as of several: values that are equal are not asked which is less. */
function sortKey(host: FilterHost, attribute: JinjaValue | undefined, caseSensitive: boolean): (item: JinjaValue) => JinjaValue {
  const getters = typeof attribute === 'string' ? attribute.split(',').map((part) => foldedGetter(host, part, caseSensitive)) : [foldedGetter(host, attribute, caseSensitive)];
  return (item) => getters.map((getter) => getter(item));
}

function unknownIn(values: Iterable<JinjaValue>): Unknown | undefined {
  for (const value of values) if (isUnknown(value)) return value;
  return undefined;
}

function emptySequence(host: FilterHost, message: string): JinjaValue {
  return undefinedValue('', host.lenient, message);
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };

function escapeHtml(plain: string): string {
  return plain.replace(/[&<>'"]/g, (character) => HTML[character] ?? character);
}

/** `str.splitlines` on what templates hold. */
function linesOf(plain: string): string[] {
  const lines = plain.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** `int(text, base)`; undefined where Python raises. */
export function parseInteger(plain: string, base: number): number | bigint | undefined {
  const trimmed = stripText(plain, undefined, 'both').replace(/(?<=\w)_(?=\w)/g, '');
  const parts = /^([+-]?)(0[xX]|0[oO]|0[bB])?([0-9a-zA-Z]+)$/.exec(trimmed);
  if (parts === null) return undefined;
  const [, sign = '', prefix = '', digits = ''] = parts;
  const prefixBase = { '': 0, '0x': 16, '0o': 8, '0b': 2 }[prefix.toLowerCase()] ?? 0;
  if (prefixBase !== 0 && base !== 0 && base !== prefixBase) return undefined;
  const radix = prefixBase !== 0 ? prefixBase : base === 0 ? 10 : base;
  let value = 0n;
  if (digits.length > 5000) return undefined;
  for (const digit of digits) {
    const number = Number.parseInt(digit, 36);
    if (Number.isNaN(number) || number >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(number);
  }
  return integer(sign === '-' ? -value : value);
}

/** `float(text)`; undefined where Python raises. */
export function parseFloatText(plain: string): number | undefined {
  const trimmed = stripText(plain, undefined, 'both').replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (word === null) return undefined;
  if (/nan/i.test(word[2] ?? '')) return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}

function toInteger(value: JinjaValue, args: CallArguments): JinjaValue {
  const given = argument(args, 0, 'default');
  const fallback = given === undefined ? 0 : given;
  if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
  if (typeof value === 'string') {
    const whole = parseInteger(value, wholeArgument(args, 1, 'base', 10));
    if (whole !== undefined) return whole;
    const decimal = parseFloatText(value);
    return decimal === undefined || !Number.isFinite(decimal) ? fallback : integer(BigInt(Math.trunc(decimal)));
  }
  if (isInteger(value)) return typeof value === 'boolean' ? Number(value) : value;
  if (isFloat(value) && Number.isFinite(value.value)) return integer(BigInt(Math.trunc(value.value)));
  return fallback;
}

function toFloat(value: JinjaValue, args: CallArguments): JinjaValue {
  const given = argument(args, 0, 'default');
  const fallback = given === undefined ? float(0) : given;
  if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
  if (typeof value === 'string') {
    const parsed = parseFloatText(value);
    return parsed === undefined ? fallback : float(parsed);
  }
  const number = numberOf(value);
  return number === undefined ? fallback : float(Number(number));
}

/** `round(value, precision)` with Jinja's methods. */
function rounded(value: JinjaValue, args: CallArguments): JinjaValue {
  const precision = wholeArgument(args, 0, 'precision', 0);
  const method = textArgument(args, 1, 'method', 'common');
  const number = numberOf(value);
  if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
  if (!['common', 'ceil', 'floor'].includes(method)) throw typeError('method must be common, ceil or floor');
  if (number === undefined) throw typeError(`type ${typeName(value)} doesn't define __round__ method`);
  if (method !== 'common') {
    const scale = 10 ** precision;
    const whole = method === 'ceil' ? Math.ceil(Number(number) * scale) : Math.floor(Number(number) * scale);
    // Whole numbers have no negative zero.
    return float((whole || 0) / scale);
  }
  const isWhole = argument(args, 0, 'precision') === null;
  if (isFloat(value)) return isWhole && Number.isFinite(value.value) ? integer(BigInt(roundFloat(value.value, 0))) : float(roundFloat(value.value, precision));
  if (precision >= 0 || typeof number === 'bigint') return number;
  return roundFloat(number, precision);
}

function truncated(plain: string, args: CallArguments): JinjaValue {
  const length = wholeArgument(args, 0, 'length', 255);
  const end = textArgument(args, 2, 'end', '...');
  const leeway = wholeArgument(args, 3, 'leeway', 5);
  if (plain.length <= length + leeway) return plain;
  const head = plain.slice(0, length - end.length);
  if (flagArgument(args, 1, 'killwords')) return head + end;
  const space = head.lastIndexOf(' ');
  return (space < 0 ? head : head.slice(0, space)) + end;
}

function indented(plain: string, args: CallArguments): JinjaValue {
  const width = argument(args, 0, 'width') ?? 4;
  const indention = typeof width === 'string' ? width : ' '.repeat(Math.max(0, Math.min(Number(numberOf(width) ?? 4), 10_000)));
  const lines = linesOf(plain + '\n');
  const shown = lines.map((line, index) => (index === 0 || (line === '' && !flagArgument(args, 2, 'blank')) ? line : indention + line));
  return limitedText((flagArgument(args, 1, 'first') ? indention : '') + shown.join('\n'));
}

function titleFilter(plain: string): string {
  return plain
    .split(/([-\s({[<]+)/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join('');
}

function joined(value: JinjaValue, args: CallArguments, host: FilterHost): JinjaValue {
  return items(value, (found) => {
    const getter = attributeGetter(argument(args, 1, 'attribute'), host);
    const separator = textArgument(args, 0, 'd', '');
    const texts: string[] = [];
    for (const item of found) {
      const shown = textOf(getter(item));
      if (typeof shown !== 'string') return shown;
      texts.push(shown);
    }
    return limitedText(texts.join(separator));
  });
}

function firstOf(value: JinjaValue, host: FilterHost): JinjaValue {
  if (isTagged(value) && value.kind === 'iterator') {
    const { items: [first], end } = restOf(value, 1);
    if (end?.error !== undefined) throw end.error;
    return first ?? end?.unknown ?? emptySequence(host, 'No first item, sequence was empty.');
  }
  return items(value, (found) => found[0] ?? emptySequence(host, 'No first item, sequence was empty.'));
}

function lastOf(value: JinjaValue, host: FilterHost): JinjaValue {
  if (isTagged(value) && (value.kind === 'iterator' || value.kind === 'set')) throw typeError(`'${typeName(value)}' object is not reversible`);
  return items(value, (found) => found.at(-1) ?? emptySequence(host, 'No last item, sequence was empty.'));
}

function extreme(value: JinjaValue, args: CallArguments, host: FilterHost, wanted: 1 | -1): JinjaValue {
  return items(value, (found) => {
    const unknown = unknownIn(found);
    if (unknown !== undefined) return unknown;
    const key = foldedGetter(host, argument(args, 1, 'attribute'), flagArgument(args, 0, 'case_sensitive'));
    const [first] = found;
    if (first === undefined) return emptySequence(host, 'No aggregated item, sequence was empty.');
    let best: JinjaValue = first;
    for (const item of found) if (Math.sign(compareValues(key(item), key(best))) === wanted) best = item;
    return best;
  });
}

function grouped(value: JinjaValue, args: CallArguments, host: FilterHost): JinjaValue {
  return items(value, (found) => {
    const fallback = argument(args, 1, 'default');
    const plainKey = attributeGetter(argument(args, 0, 'attribute'), host, fallback === null ? undefined : fallback);
    const fold = flagArgument(args, 2, 'case_sensitive') ? (key: JinjaValue): JinjaValue => key : ignoreCase;
    const groups: { key: JinjaValue; shown: JinjaValue; members: JinjaValue[] }[] = [];
    for (const item of sortedBy(found, (entry: JinjaValue) => fold(plainKey(entry)), false)) {
      const key = fold(plainKey(item));
      const last = groups.at(-1);
      if (last !== undefined && equals(last.key, key)) last.members.push(item);
      else groups.push({ key, shown: plainKey(item), members: [item] });
    }
    return groups.map((group) => groupTuple(group.shown, group.members));
  });
}

/** Jinja's named tuple of a group: `.grouper` and `.list`, or two items. */
function groupTuple(key: JinjaValue, members: JinjaValue[]): JinjaValue {
  const pair = [key, members];
  return {
    kind: 'object',
    typeName: '_GroupTuple',
    attribute: (name) => (name === 'grouper' ? key : name === 'list' ? members : undefined),
    item: (index) => (typeof index === 'number' ? pair.at(index) : undefined),
    iterate: () => pair,
    length: () => 2,
    text: () => reprOf(tuple(pair)),
  };
}

/** Rows of so many items; of a number that no row reaches, all in one. */
const batched = lazy(function* rows(value, args) {
  const size = argument(args, 0, 'linecount') ?? null;
  const fill = argument(args, 1, 'fill_with') ?? null;
  let row: JinjaValue[] = [];
  const source = itemsOf(value);
  let next = source.next();
  for (; next.done !== true; next = source.next()) {
    if (equals(row.length, size)) {
      yield row;
      row = [];
    }
    row.push(next.value);
  }
  if (next.value !== undefined || row.length === 0) return next.value;
  if (fill !== null && compareValues(row.length, size) < 0) for (let missing = wholeNumber(size) - row.length; missing > 0; missing -= 1) row.push(fill);
  yield row;
  return undefined;
});

/** So many columns. */
const sliced = lazy(function* columns(value, args) {
  const found = listOf(value);
  if (isUnknown(found)) return found;
  const fill = argument(args, 1, 'fill_with') ?? null;
  const given = argument(args, 0, 'slices') ?? null;
  const size = Number(numberOf(binary('//', found.length, given)));
  const extra = Number(numberOf(binary('%', found.length, given)));
  const count = wholeNumber(given);
  let at = 0;
  for (let column = 0; column < Math.min(count, 100_000); column += 1) {
    const length = size + (column < extra ? 1 : 0);
    const part = found.slice(at, at + length);
    if (fill !== null && column >= extra) part.push(fill);
    yield part;
    at += length;
  }
  return undefined;
});

/** Jinja looks at the arguments of `map`, `select` and their kin when somebody reads what they give, and not at all if there is nothing. */
function isNothing(value: JinjaValue): boolean {
  return truthOf(value) === false;
}

const mapped = lazy(function* results(value, args, host) {
  if (isNothing(value)) return undefined;
  const use = mapping(args, host);
  const source = itemsOf(value);
  let next = source.next();
  for (; next.done !== true; next = source.next()) yield use(next.value);
  return next.value;
});

function mapping(args: CallArguments, host: FilterHost): (item: JinjaValue) => JinjaValue {
  const attribute = args.keyword.get('attribute');
  if (args.positional.length === 0 && attribute !== undefined) {
    const surplus = [...args.keyword.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (surplus !== undefined) throw typeError(`Unexpected keyword argument '${surplus}'`);
    return attributeGetter(attribute, host, args.keyword.get('default'));
  }
  const [name, ...rest] = args.positional;
  if (name === undefined) throw typeError('map requires a filter argument');
  const inner: CallArguments = { positional: rest, keyword: args.keyword };
  return (item) => host.applyFilter(plainTextOf(name), item, inner);
}

/** `select`, `reject` and their `attr` forms. */
function selected(keep: boolean, byAttribute: boolean): Filter {
  return lazy(function* kept(value, args, host) {
    if (isNothing(value)) return undefined;
    const [first, ...rest] = args.positional;
    if (byAttribute && first === undefined) throw typeError('Missing parameter for attribute name');
    const getter = byAttribute ? attributeGetter(first, host) : (item: JinjaValue): JinjaValue => item;
    const [testName, ...testArguments] = byAttribute ? rest : args.positional;
    const inner: CallArguments = { positional: testArguments, keyword: args.keyword };
    const source = itemsOf(value);
    let next = source.next();
    for (; next.done !== true; next = source.next()) {
      const tested = getter(next.value);
      const result = testName === undefined ? truthOf(tested) : host.applyTest(plainTextOf(testName), tested, inner);
      if (isUnknown(result)) return result;
      if (result === keep) yield next.value;
    }
    return next.value;
  });
}

const uniqueItems = lazy(function* distinct(value, args, host) {
  const key = foldedGetter(host, argument(args, 1, 'attribute'), flagArgument(args, 0, 'case_sensitive'));
  const keys: JinjaValue[] = [];
  const texts = new Set<string>();
  const source = itemsOf(value);
  let next = source.next();
  for (; next.done !== true; next = source.next()) {
    const itemKey = key(next.value);
    if (Array.isArray(itemKey) || isDict(itemKey)) throw typeError(`unhashable type: '${typeName(itemKey)}'`);
    if (typeof itemKey === 'string' ? texts.has(itemKey) : hasItem(keys, itemKey)) continue;
    if (typeof itemKey === 'string') texts.add(itemKey);
    else keys.push(itemKey);
    yield next.value;
  }
  return next.value;
});

/** The pairs of a mapping. */
const pairsOf = lazy(function* pairs(value) {
  if (isUndefinedValue(value)) return undefined;
  if (!isDict(value)) throw typeError('Can only get item pairs from a mapping.');
  const found = iterate({ kind: 'view', typeName: 'dict_items', of: value });
  if (isUnknown(found)) return found;
  yield* found;
  return undefined;
});

function summed(value: JinjaValue, args: CallArguments, host: FilterHost): JinjaValue {
  return items(value, (found) => {
    const getter = attributeGetter(argument(args, 0, 'attribute'), host);
    const start = argument(args, 1, 'start');
    let total: JinjaValue = start === undefined ? 0 : start;
    if (typeof total === 'string') throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
    for (const item of found) total = binary('+', total, getter(item));
    return total;
  });
}

function sortedItems(value: JinjaValue, args: CallArguments, host: FilterHost): JinjaValue {
  const found = listOf(value);
  if (isUnknown(found)) return found;
  const unknown = unknownIn(found);
  if (unknown !== undefined) return unknown;
  const key = sortKey(host, argument(args, 2, 'attribute'), flagArgument(args, 1, 'case_sensitive'));
  return sortedBy(found, key, flagArgument(args, 0, 'reverse'));
}

function sortedDict(value: JinjaValue, args: CallArguments): JinjaValue {
  if (isUndefinedValue(value)) return value.lenient ? [] : failUndefined(value);
  if (!isDict(value)) throw typeError(`'${typeName(value)}' object has no attribute 'items'`);
  const by = textArgument(args, 1, 'by', 'key');
  if (by !== 'key' && by !== 'value') throw typeError('You can only sort by either "key" or "value"');
  const fold = flagArgument(args, 0, 'case_sensitive') ? (key: JinjaValue): JinjaValue => key : ignoreCase;
  const pairs = Array.from(value, ([key, item]) => tuple([key, item]));
  const unknown = unknownIn(value.values());
  if (by === 'value' && unknown !== undefined) return unknown;
  return sortedBy(
    pairs,
    (pair: JinjaValue) => (isTagged(pair) && pair.kind === 'tuple' ? fold(pair.items[by === 'key' ? 0 : 1] ?? null) : pair),
    flagArgument(args, 2, 'reverse'),
  );
}

function reversed(value: JinjaValue): JinjaValue {
  if (typeof value === 'string') return Array.from(value).reverse().join('');
  return items(value, (found) => iterator('list_reverseiterator', [...found].reverse()));
}

function urlQuoted(plain: string, safe: string): string {
  const bytes = new TextEncoder().encode(plain);
  let quoted = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    quoted += /[A-Za-z0-9_.~-]/.test(character) || safe.includes(character) ? character : '%' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return quoted;
}

function urlEncoded(value: JinjaValue): JinjaValue {
  if (typeof value === 'string' || !(isDict(value) || Array.isArray(value))) return text(value, (plain) => urlQuoted(plain, '/'));
  const pairs: JinjaValue[] = isDict(value) ? Array.from(value, ([key, item]) => tuple([key, item])) : value;
  const parts: string[] = [];
  for (const pair of pairs) {
    const found = iterate(pair);
    if (isUnknown(found)) return found;
    const [key = null, item = null] = found;
    const keyText = textOf(key);
    const itemText = textOf(item);
    if (typeof keyText !== 'string') return keyText;
    if (typeof itemText !== 'string') return itemText;
    parts.push(urlQuoted(keyText, '').replace(/%20/g, '+') + '=' + urlQuoted(itemText, '').replace(/%20/g, '+'));
  }
  return parts.join('&');
}

function wrappedWords(plain: string, args: CallArguments): JinjaValue {
  const width = wholeArgument(args, 0, 'width', 79);
  const breakLong = flagArgument(args, 1, 'break_long_words', true);
  const newline = textArgument(args, 2, 'wrapstring', '\n');
  if (width < 1) throw typeError('invalid width');
  const wrapLine = (line: string): string => {
    const rows: string[] = [];
    let row = '';
    for (const chunk of line.match(/\s+|[^\s-]+-+(?=\w)|\S+/g) ?? []) {
      let rest = chunk;
      if (row.length + rest.length <= width) {
        if (row !== '' || rest.trim() !== '' || rows.length === 0) row += rest;
        continue;
      }
      if (rest.trim() === '') {
        if (row !== '') rows.push(row.trimEnd());
        row = '';
        continue;
      }
      if (row.trim() !== '') rows.push(row.trimEnd());
      row = '';
      while (breakLong && rest.length > width) {
        rows.push(rest.slice(0, width));
        rest = rest.slice(width);
      }
      row = rest;
    }
    if (row.trim() !== '') rows.push(row.trimEnd());
    return rows.join(newline);
  };
  return limitedText(linesOf(plain).map(wrapLine).join(newline));
}

function fileSize(value: JinjaValue, args: CallArguments): JinjaValue {
  const bytes = Number(numberOf(toFloat(value, { positional: [], keyword: new Map() })) ?? 0);
  const isBinary = flagArgument(args, 0, 'binary');
  const base = isBinary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${String(Math.trunc(bytes))} Bytes`;
  const names = isBinary ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'] : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  const at = names.findIndex((_, index) => bytes < base ** (index + 2));
  const index = at < 0 ? names.length - 1 : at;
  return formatFloat(bytes / base ** (index + 1), 'f', 1) + ' ' + (names[index] ?? '');
}

function xmlAttributes(value: JinjaValue, args: CallArguments): JinjaValue {
  if (isUndefinedValue(value)) return value.lenient ? '' : failUndefined(value);
  if (!isDict(value)) throw typeError(`'${typeName(value)}' object has no attribute 'items'`);
  const parts: string[] = [];
  for (const [key, item] of value) {
    if (item === null || isUndefinedValue(item)) continue;
    const shown = textOf(item);
    if (typeof shown !== 'string') return shown;
    parts.push(`${escapeHtml(plainTextOf(key))}="${escapeHtml(shown)}"`);
  }
  const joinedParts = parts.join(' ');
  return flagArgument(args, 0, 'autospace', true) && joinedParts !== '' ? ' ' + joinedParts : joinedParts;
}

function withoutTags(plain: string): string {
  let rest = plain;
  for (;;) {
    const start = rest.indexOf('<!--');
    const end = start < 0 ? -1 : rest.indexOf('-->', start);
    if (end < 0) break;
    rest = rest.slice(0, start) + rest.slice(end + 3);
  }
  rest = rest.replace(/<[^<>]*>/g, '').replace(/\s+/g, ' ').trim();
  return rest.replace(/&(amp|lt|gt|quot|#39|#34|nbsp);/g, (entity, name: string) => {
    const known: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#34': '"', nbsp: '\u00a0' };
    return known[name] ?? entity;
  });
}

/** Python's `pformat`, as long as it writes one line: dicts come in the order of their keys. */
function prettyPrinted(value: JinjaValue): JinjaValue {
  const shown = reprOf(inOrder(value, 0));
  return typeof shown === 'string' && shown.length > 78 ? unknownBecause('how a long value is broken into lines is not evaluated') : shown;
}

function inOrder(value: JinjaValue, depth: number): JinjaValue {
  if (depth > 40) return value;
  if (Array.isArray(value)) return value.map((item) => inOrder(item, depth + 1));
  if (!isDict(value)) return value;
  const entries = Array.from(value, ([key, item]): [JinjaValue, JinjaValue] => [key, inOrder(item, depth + 1)]);
  return new Map(entries.every(([key]) => typeof key === 'string') ? entries.sort(([a], [b]) => compareValues(a, b)) : entries);
}

/** `tojson` of Jinja itself: sorted keys, and safe inside HTML. */
function jsonFilter(value: JinjaValue, args: CallArguments): JinjaValue {
  const indent = argument(args, 0, 'indent');
  const style = { sortKeys: true, indent: typeof indent === 'number' ? Math.min(indent, 100) : undefined };
  const shown = dumpJson(value, style);
  if (typeof shown !== 'string') return shown;
  return shown.replace(/[<>&']/g, (character) => '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0'));
}

function marked(name: MarkerName): Filter {
  return (value, _args, host) => {
    if (!host.native) return value;
    return text(value, (plain) => markText(name, plain));
  };
}

/** All filters by name. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>(
  Object.entries<Filter>({
    abs: (value) => {
      const number = numberOf(value);
      if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
      if (number === undefined) throw typeError(`bad operand type for abs(): '${typeName(value)}'`);
      return number < 0 ? negate(value, 'negative') : value;
    },
    attr: (value, args, host) => host.attributeOnly(value, textArgument(args, 0, 'name', '')),
    batch: batched,
    capitalize: (value) => text(value, capitalizeText),
    center: (value, args) => text(value, (plain) => centerText(plain, wholeArgument(args, 0, 'width', 80), ' ')),
    default: (value, args) => {
      const fallback = argument(args, 0, 'default_value') ?? '';
      if (isUndefinedValue(value)) return fallback;
      if (!flagArgument(args, 1, 'boolean')) return value;
      const truth = truthOf(value);
      return isUnknown(truth) ? truth : truth ? value : fallback;
    },
    dictsort: (value, args) => sortedDict(value, args),
    escape: (value) => text(value, escapeHtml),
    filesizeformat: fileSize,
    first: (value, _args, host) => firstOf(value, host),
    float: toFloat,
    forceescape: (value) => text(value, escapeHtml),
    format: (value, args) => {
      if (args.positional.length > 0 && args.keyword.size > 0) throw typeError("can't handle positional and keyword arguments at the same time");
      return text(value, (plain) => {
        const dict: JinjaDict = new Map(args.keyword);
        return percentFormat(plain, args.keyword.size > 0 ? dict : tuple(args.positional));
      });
    },
    groupby: grouped,
    indent: (value, args) => text(value, (plain) => indented(plain, args)),
    int: toInteger,
    items: pairsOf,
    join: joined,
    last: (value, _args, host) => lastOf(value, host),
    length: (value) => lengthOf(value),
    list: (value) => listOf(value),
    lower: (value) => text(value, (plain) => plain.toLowerCase()),
    map: mapped,
    max: (value, args, host) => extreme(value, args, host, 1),
    min: (value, args, host) => extreme(value, args, host, -1),
    pprint: prettyPrinted,
    random: () => unknownBecause('random choices are not evaluated'),
    reject: selected(false, false),
    rejectattr: selected(false, true),
    replace: (value, args) =>
      text(value, (plain) =>
        replaceText(plain, textArgument(args, 0, 'old', ''), textArgument(args, 1, 'new', ''), wholeArgument(args, 2, 'count', -1)),
      ),
    reverse: (value) => reversed(value),
    round: rounded,
    safe: (value) => text(value, (plain) => plain),
    select: selected(true, false),
    selectattr: selected(true, true),
    slice: sliced,
    sort: sortedItems,
    string: (value) => text(value, (plain) => plain),
    striptags: (value) => text(value, withoutTags),
    sum: summed,
    title: (value) => text(value, titleFilter),
    tojson: jsonFilter,
    trim: (value, args) =>
      text(value, (plain) => {
        const characters = argument(args, 0, 'chars');
        return stripText(plain, characters === undefined || characters === null ? undefined : plainTextOf(characters), 'both');
      }),
    truncate: (value, args) => text(value, (plain) => truncated(plain, args)),
    unique: uniqueItems,
    upper: (value) => text(value, (plain) => plain.toUpperCase()),
    urlencode: (value) => urlEncoded(value),
    urlize: () => unknownBecause('urlize is not evaluated'),
    wordcount: (value) => text(value, (plain) => (plain.match(/[\p{L}\p{N}_]+/gu) ?? []).length),
    wordwrap: (value, args) => text(value, (plain) => wrappedWords(plain, args)),
    xmlattr: xmlAttributes,
    as_text: marked('as_text'),
    as_bool: marked('as_bool'),
    as_native: marked('as_native'),
    as_number: marked('as_number'),
    is_list: (value) => Array.isArray(value),
    d: (value, args, host) => host.applyFilter('default', value, args),
    e: (value) => text(value, escapeHtml),
    count: (value) => lengthOf(value),
  }),
);

/** A Jinja test (`is …`); unknown where its operand is. */
export type Test = (value: JinjaValue, args: CallArguments, host: FilterHost) => boolean | Unknown;

function compared(use: (order: number) => boolean, operator: string): Test {
  return (value, args) => {
    const other = args.positional[0] ?? null;
    if (isUnknown(other)) return other;
    return use(compareValues(value, other, operator));
  };
}

const equalTo: Test = (value, args) => {
  const other = args.positional[0] ?? null;
  return isUnknown(other) ? other : equals(value, other);
};
const unequalTo: Test = (value, args) => {
  const other = args.positional[0] ?? null;
  return isUnknown(other) ? other : !equals(value, other);
};

function remainder(value: JinjaValue, by: JinjaValue): boolean {
  return equals(binary('%', value, by), 0);
}

/** `value is iterable`. */
export function isIterable(value: JinjaValue): boolean {
  if (typeof value === 'string' || Array.isArray(value) || isDict(value)) return true;
  if (!isTagged(value)) return false;
  if (value.kind === 'object') return value.iterate !== undefined;
  return ['tuple', 'set', 'view', 'range', 'iterator', 'undefined'].includes(value.kind);
}

/** All tests by name; an unknown value gives an unknown answer before they are asked. */
export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>(
  Object.entries<Test>({
    odd: (value) => equals(binary('%', value, 2), 1),
    even: (value) => remainder(value, 2),
    divisibleby: (value, args) => remainder(value, argument(args, 0, 'num') ?? 1),
    defined: (value) => !isUndefinedValue(value),
    undefined: (value) => isUndefinedValue(value),
    filter: (value) => FILTERS.has(plainTextOf(value)),
    test: (value) => TESTS.has(plainTextOf(value)),
    none: (value) => value === null,
    boolean: (value) => typeof value === 'boolean',
    false: (value) => value === false,
    true: (value) => value === true,
    integer: (value) => typeof value === 'number' || typeof value === 'bigint',
    float: (value) => isFloat(value),
    lower: (value) => /\p{Ll}/u.test(plainTextOf(value)) && !/\p{Lu}/u.test(plainTextOf(value)),
    upper: (value) => /\p{Lu}/u.test(plainTextOf(value)) && !/\p{Ll}/u.test(plainTextOf(value)),
    string: (value) => typeof value === 'string',
    mapping: (value) => isDict(value) || (isTagged(value) && value.kind === 'object' && (value.isMapping === true || value.typeName === 'dict')),
    number: (value) => numberOf(value) !== undefined,
    sequence: (value) =>
      typeof value === 'string' ||
      Array.isArray(value) ||
      isDict(value) ||
      (isTagged(value) && (value.kind === 'tuple' || value.kind === 'range' || value.kind === 'undefined' || (value.kind === 'object' && value.item !== undefined && value.length !== undefined))),
    iterable: isIterable,
    callable: (value) => isTagged(value) && (value.kind === 'callable' || value.kind === 'undefined'),
    sameas: (value, args) => {
      const other = args.positional[0] ?? null;
      return value === other || (isUndefinedValue(value) && isUndefinedValue(other));
    },
    escaped: () => false,
    in: (value, args) => {
      const container = args.positional[0] ?? null;
      if (isUnknown(container)) return container;
      if (typeof container === 'string') return typeof value === 'string' && container.includes(value);
      if (isDict(container)) return dictGet(container, value) !== undefined;
      const found = iterate(container);
      return isUnknown(found) ? found : hasItem(found, value);
    },
    '==': equalTo,
    eq: equalTo,
    equalto: equalTo,
    '!=': unequalTo,
    ne: unequalTo,
    '>': compared((order) => order > 0, '>'),
    gt: compared((order) => order > 0, '>'),
    greaterthan: compared((order) => order > 0, '>'),
    '>=': compared((order) => order >= 0, '>='),
    ge: compared((order) => order >= 0, '>='),
    '<': compared((order) => order < 0, '<'),
    lt: compared((order) => order < 0, '<'),
    lessthan: compared((order) => order < 0, '<'),
    '<=': compared((order) => order <= 0, '<='),
    le: compared((order) => order <= 0, '<='),
  }),
);

/** Distinct items, as Python's `set(value)`. */
export function makeSet(value: JinjaValue): JinjaValue {
  const found = iterate(value);
  return isUnknown(found) ? found : setOf(found);
}

/** Python's `int(value)` for whole floats and the like, used by `range`. */
export function wholeNumber(value: JinjaValue): number {
  if (isInteger(value)) return Number(value);
  if (isWholeFloat(value)) throw typeError("'float' object cannot be interpreted as an integer");
  if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
  throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
}
