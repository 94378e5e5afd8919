/** The Python modules that dbt opens to templates: datetime, pytz, re and itertools. */

import { RE2JS } from 're2js';
import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import { dateTime, dateValue, isDateTime, isValidDay, parseDateTime, parseIso, shiftDateTime, utcOfInstant } from './datetime.ts';
import { wholeNumber } from './filters.ts';
import { argument } from './methods.ts';
import { formattedInZone, instantIn, localized, UTC, zoneObject, zoneOfName } from './time-zones.ts';
import { binary, iterate, LARGEST_SIZE, limitedText, plainTextOf, truthOf } from './python.ts';
import {
  callable,
  isCallable,
  isTagged,
  isUndefinedValue,
  iterator,
  JinjaError,
  numberOf,
  tuple,
  typeError,
  typeName,
  type CallArguments,
  type CallableValue,
  type JinjaDict,
  type JinjaValue,
  type ObjectValue,
} from './values.ts';
import { charge } from './work-budget.ts';

/** Clock reads of templates. */
export interface Clock {
  /** Milliseconds since 1970, or undefined if the result must not hang on a clock. Notes that it was read. */
  now(): number | undefined;
}

const NO_CLOCK = unknownBecause('it depends on the time of the run');

function whole(args: CallArguments, index: number, name: string): number | undefined {
  const value = argument(args, index, name);
  return value === undefined || value === null ? undefined : wholeNumber(value);
}

function unknownArgument(args: CallArguments): Unknown | undefined {
  for (const value of args.positional) if (isUnknown(value)) return value;
  for (const value of args.keyword.values()) if (isUnknown(value)) return value;
  return undefined;
}

/** A function that gives up on unknown arguments. */
function fn(name: string, call: (args: CallArguments) => JinjaValue): CallableValue {
  return callable(name, (args) => unknownArgument(args) ?? call(args), 'builtin_function_or_method');
}

function type(name: string, call: (args: CallArguments) => JinjaValue, members: Readonly<Record<string, JinjaValue>>): CallableValue {
  return {
    kind: 'callable',
    name,
    typeName: 'type',
    call: (args) => unknownArgument(args) ?? call(args),
    attribute: (attribute) => (Object.hasOwn(members, attribute) ? members[attribute] : undefined),
  };
}

/** A namespace of members. */
export function moduleOf(name: string, members: ReadonlyMap<string, JinjaValue>): ObjectValue {
  return {
    kind: 'object',
    typeName: 'dict',
    attribute: (attribute) => members.get(attribute),
    item: (key) => (typeof key === 'string' ? members.get(key) : undefined),
    text: () => unknownBecause(`the text of the module ${name} is of no use`),
  };
}

function timeDelta(args: CallArguments): JinjaValue {
  const units: readonly (readonly [string, number])[] = [
    ['days', 86_400_000_000],
    ['seconds', 1_000_000],
    ['microseconds', 1],
    ['milliseconds', 1000],
    ['minutes', 60_000_000],
    ['hours', 3_600_000_000],
    ['weeks', 604_800_000_000],
  ];
  let total = 0;
  for (const [index, [name, size]] of units.entries()) {
    const value = argument(args, index, name);
    if (value === undefined) continue;
    const number = numberOf(value);
    if (isUndefinedValue(value)) throw new JinjaError('jinja-undefined', value.message);
    if (number === undefined) throw typeError(`unsupported type for timedelta ${name} component: ${typeName(value)}`);
    total += Math.round(Number(number) * size);
  }
  return { kind: 'timedelta', microseconds: total };
}

function checkedDay(year: number, month: number, day: number): void {
  if (month < 1 || month > 12) throw typeError('month must be in 1..12');
  if (!isValidDay(year, month, day)) throw typeError(year < 1 || year > 9999 ? `year ${String(year)} is out of range` : 'day is out of range for month');
}

function makeDateTime(args: CallArguments): JinjaValue {
  const year = whole(args, 0, 'year');
  const month = whole(args, 1, 'month');
  const day = whole(args, 2, 'day');
  if (year === undefined || month === undefined || day === undefined) throw typeError("function missing required argument 'day' (pos 3)");
  checkedDay(year, month, day);
  const zone = argument(args, 7, 'tzinfo') ?? null;
  const base = dateTime(year, month, day, whole(args, 3, 'hour') ?? 0, whole(args, 4, 'minute') ?? 0, whole(args, 5, 'second') ?? 0, whole(args, 6, 'microsecond') ?? 0, undefined);
  if (base.hour > 23 || base.minute > 59 || base.second > 59) throw typeError('hour must be in 0..23');
  return zone === null ? base : localized(base, zone);
}

function makeDate(args: CallArguments): JinjaValue {
  const year = whole(args, 0, 'year');
  const month = whole(args, 1, 'month');
  const day = whole(args, 2, 'day');
  if (year === undefined || month === undefined || day === undefined) throw typeError("function missing required argument 'day' (pos 3)");
  checkedDay(year, month, day);
  return dateValue(year, month, day);
}

function parsedDate(args: CallArguments): JinjaValue {
  const text = args.positional[0] ?? null;
  const format = args.positional[1] ?? null;
  if (typeof text !== 'string') throw typeError(`strptime() argument 1 must be str, not ${typeName(text)}`);
  if (typeof format !== 'string') throw typeError(`strptime() argument 2 must be str, not ${typeName(format)}`);
  const value = parseDateTime(text, format);
  if (value === undefined) throw typeError(`time data '${text}' does not match format '${format}'`);
  return value;
}

function fromTimestamp(args: CallArguments): JinjaValue {
  const seconds = numberOf(argument(args, 0, 'timestamp') ?? null);
  if (seconds === undefined) throw typeError('an integer is required');
  const zone = argument(args, 1, 'tz') ?? null;
  const milliseconds = Number(seconds) * 1000;
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8e15) throw typeError('year is out of range');
  if (zone !== null) return instantIn(milliseconds, zone);
  return unknownBecause('it depends on the time zone of the machine');
}

function isoParsed(args: CallArguments, hasTime: boolean): JinjaValue {
  const text = args.positional[0] ?? null;
  const value = typeof text === 'string' ? parseIso(text, hasTime) : undefined;
  if (value === undefined) throw typeError(`Invalid isoformat string: '${plainTextOf(text)}'`);
  return value;
}

function datetimeModule(clock: Clock): ObjectValue {
  const utcNow = (hasZone: boolean): JinjaValue => {
    const now = clock.now();
    return now === undefined ? NO_CLOCK : utcOfInstant(now, hasZone);
  };
  const nowIn = (args: CallArguments): JinjaValue => {
    const zone = argument(args, 0, 'tz') ?? null;
    const now = clock.now();
    if (now === undefined) return NO_CLOCK;
    return zone === null ? utcOfInstant(now, false) : instantIn(now, zone);
  };
  const today = (): JinjaValue => {
    const now = utcNow(false);
    return isDateTime(now) ? dateValue(now.year, now.month, now.day) : now;
  };
  const combine = fn('combine', (args) => {
    const date = args.positional[0] ?? null;
    const time = args.positional[1] ?? null;
    if (!isDateTime(date) || !isDateTime(time)) return unknownBecause('the date or time is not known');
    return { ...time, hasTime: true, year: date.year, month: date.month, day: date.day };
  });
  const ordinal = (hasTime: boolean): CallableValue =>
    fn('fromordinal', (args) => {
      const days = whole(args, 0, 'ordinal') ?? 1;
      if (days < 1 || days > 3_652_059) throw typeError('ordinal must be >= 1');
      const date = shiftDateTime(dateTime(1, 1, 1, 0, 0, 0, 0, undefined), (days - 1) * 86_400_000_000);
      return hasTime ? date : dateValue(date.year, date.month, date.day);
    });
  const datetimeType = type('datetime', makeDateTime, {
    now: fn('now', nowIn),
    today: fn('today', () => utcNow(false)),
    utcnow: fn('utcnow', () => utcNow(false)),
    strptime: fn('strptime', parsedDate),
    fromisoformat: fn('fromisoformat', (args) => isoParsed(args, true)),
    fromtimestamp: fn('fromtimestamp', fromTimestamp),
    utcfromtimestamp: fn('utcfromtimestamp', (args) => {
      const seconds = Number(numberOf(args.positional[0] ?? null) ?? NaN);
      if (!(Math.abs(seconds) < 8e12)) throw typeError('year is out of range');
      return utcOfInstant(seconds * 1000, false);
    }),
    combine,
    fromordinal: ordinal(true),
    strftime: fn('strftime', (args) => strftimeOf(args)),
    min: dateTime(1, 1, 1, 0, 0, 0, 0, undefined),
    max: dateTime(9999, 12, 31, 23, 59, 59, 999_999, undefined),
  });
  const dateType = type('date', makeDate, {
    today: fn('today', today),
    fromisoformat: fn('fromisoformat', (args) => isoParsed(args, false)),
    fromordinal: ordinal(false),
    strftime: fn('strftime', (args) => strftimeOf(args)),
    min: dateValue(1, 1, 1),
    max: dateValue(9999, 12, 31),
  });
  const timeType = type(
    'time',
    (args) => dateTime(1900, 1, 1, whole(args, 0, 'hour') ?? 0, whole(args, 1, 'minute') ?? 0, whole(args, 2, 'second') ?? 0, whole(args, 3, 'microsecond') ?? 0, undefined),
    {},
  );
  return moduleOf(
    'datetime',
    new Map<string, JinjaValue>([
      ['datetime', datetimeType],
      ['date', dateType],
      ['time', timeType],
      ['timedelta', type('timedelta', timeDelta, {})],
      ['tzinfo', type('tzinfo', () => unknownBecause('time zones of its own make are not evaluated'), {})],
    ]),
  );
}

/** `datetime.strftime(value, format)` as an unbound method. */
function strftimeOf(args: CallArguments): JinjaValue {
  const value = args.positional[0] ?? null;
  const format = args.positional[1] ?? null;
  if (!isDateTime(value) || typeof format !== 'string') throw typeError("descriptor 'strftime' requires a datetime");
  return formattedInZone(value, format);
}

function pytzModule(): ObjectValue {
  return moduleOf(
    'pytz',
    new Map<string, JinjaValue>([
      ['utc', UTC],
      [
        'timezone',
        fn('timezone', (args) => {
          const name = plainTextOf(args.positional[0] ?? null);
          const zone = zoneOfName(name);
          if (zone === undefined) throw typeError(`'${name}'`);
          return zone;
        }),
      ],
      ['FixedOffset', fn('FixedOffset', (args) => zoneObject('FixedOffset', whole(args, 0, 'offset') ?? 0))],
      ['all_timezones', unknownBecause('the list of time zones depends on the machine')],
      ['common_timezones', unknownBecause('the list of time zones depends on the machine')],
    ]),
  );
}

const PYTHON_FLAGS: readonly (readonly [string, string, number])[] = [
  ['I', 'IGNORECASE', 2],
  ['M', 'MULTILINE', 8],
  ['S', 'DOTALL', 16],
  ['X', 'VERBOSE', 64],
  ['A', 'ASCII', 256],
  ['U', 'UNICODE', 32],
  ['L', 'LOCALE', 4],
];

const compiledPatterns = new Map<string, RE2JS | undefined>();

/** A pattern of the workspace in the linear-time engine; undefined if that cannot do it. */
function compilePattern(pattern: string, flags: number): RE2JS | undefined {
  const key = `${String(flags)}:${pattern}`;
  if (compiledPatterns.has(key)) return compiledPatterns.get(key);
  let compiled: RE2JS | undefined;
  try {
    let native = 0;
    if ((flags & 2) !== 0) native |= RE2JS.CASE_INSENSITIVE;
    if ((flags & 8) !== 0) native |= RE2JS.MULTILINE;
    if ((flags & 16) !== 0) native |= RE2JS.DOTALL;
    // Python's \Z is RE2's \z; verbose patterns and patterns beyond reason are left alone.
    const isPossible = (flags & 64) === 0 && pattern.length <= 4000;
    compiled = isPossible ? RE2JS.compile(pattern.replace(/(^|[^\\])((?:\\\\)*)\\Z/g, '$1$2\\z'), native) : undefined;
  } catch {
    compiled = undefined;
  }
  if (compiledPatterns.size > 500) compiledPatterns.clear();
  compiledPatterns.set(key, compiled);
  return compiled;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | null)[];
  readonly starts: readonly number[];
  readonly names: Readonly<Record<string, number>>;
}

const NO_PATTERN = unknownBecause('the pattern is beyond a linear-time regex engine');

/** All matches, or the first one in the wanted way. */
function findAll(pattern: RE2JS, text: string, mode: 'search' | 'match' | 'fullmatch' | 'all'): Found[] {
  // The engine is linear, but slow.
  charge(text.length * 10);
  const matcher = pattern.matcher(text);
  const found: Found[] = [];
  const take = (): void => {
    const groups: (string | null)[] = [];
    const starts: number[] = [];
    for (let index = 0; index <= matcher.groupCount(); index += 1) {
      groups.push(matcher.group(index));
      starts.push(matcher.start(index));
    }
    found.push({ start: matcher.start(), end: matcher.end(), groups, starts, names: pattern.namedGroups() });
  };
  if (mode === 'match') {
    if (matcher.lookingAt()) take();
  } else if (mode === 'fullmatch') {
    if (matcher.matches()) take();
  } else {
    while (matcher.find()) {
      take();
      if (mode === 'search' || found.length > 100_000) break;
    }
  }
  return found;
}

function matchObject(found: Found, text: string): ObjectValue {
  const group = (key: JinjaValue): JinjaValue => {
    const index = typeof key === 'string' ? found.names[key] : Number(numberOf(key) ?? NaN);
    if (index === undefined || Number.isNaN(index) || index >= found.groups.length || index < 0) throw typeError('no such group');
    return found.groups[index] ?? null;
  };
  const place = (key: JinjaValue | undefined): number => {
    const index = key === undefined ? 0 : typeof key === 'string' ? (found.names[key] ?? 0) : Number(numberOf(key) ?? 0);
    return found.starts[index] ?? -1;
  };
  const value: ObjectValue = {
    kind: 'object',
    typeName: 're.Match',
    item: (key) => group(key),
    attribute: (name) => {
      switch (name) {
        case 'group':
          return fn(name, (args) => {
            if (args.positional.length <= 1) return group(args.positional[0] ?? 0);
            return tuple(args.positional.map(group));
          });
        case 'groups':
          return fn(name, (args) => tuple(found.groups.slice(1).map((text_) => text_ ?? args.positional[0] ?? null)));
        case 'groupdict':
          return fn(name, () => {
            const dict: JinjaDict = new Map();
            for (const [key, index] of Object.entries(found.names)) dict.set(key, found.groups[index] ?? null);
            return dict;
          });
        case 'start':
          return fn(name, (args) => place(args.positional[0]));
        case 'end':
          return fn(name, (args) => {
            const start = place(args.positional[0]);
            const shown = group(args.positional[0] ?? 0);
            return start < 0 || typeof shown !== 'string' ? -1 : start + shown.length;
          });
        case 'span':
          return fn(name, () => tuple([found.start, found.end]));
        case 'string':
          return text;
        case 'lastindex':
          return found.groups.length > 1 ? found.groups.length - 1 : null;
        default:
          return undefined;
      }
    },
  };
  return value;
}

/** Python's replacement strings: `\1`, `\g<name>`, `\n`. */
function expandReplacement(replacement: string, found: Found): string {
  return replacement.replace(/\\(?:g<(\w+)>|(\d{1,2})|(.))/gs, (_match, name: string | undefined, digits: string | undefined, other: string | undefined) => {
    if (name !== undefined) {
      const index = /^\d+$/.test(name) ? Number(name) : found.names[name];
      return index === undefined ? '' : (found.groups[index] ?? '');
    }
    if (digits !== undefined) return found.groups[Number(digits)] ?? '';
    const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };
    return escapes[other ?? ''] ?? '\\' + (other ?? '');
  });
}

function substituted(pattern: RE2JS, replacement: JinjaValue, text: string, limit: number): JinjaValue {
  let result = '';
  let position = 0;
  const all = findAll(pattern, text, 'all');
  for (const found of limit > 0 ? all.slice(0, limit) : all) {
    const shown = isCallable(replacement)
      ? replacement.call({ positional: [matchObject(found, text)], keyword: new Map() })
      : expandReplacement(plainTextOf(replacement), found);
    if (isUnknown(shown)) return shown;
    result += text.slice(position, found.start) + plainTextOf(shown);
    position = found.end;
  }
  return limitedText(result + text.slice(position));
}

function splitBy(pattern: RE2JS, text: string, limit: number): JinjaValue[] {
  const parts: JinjaValue[] = [];
  let position = 0;
  const all = findAll(pattern, text, 'all');
  for (const found of limit > 0 ? all.slice(0, limit) : all) {
    parts.push(text.slice(position, found.start), ...found.groups.slice(1));
    position = found.end;
  }
  parts.push(text.slice(position));
  return parts;
}

function reModule(): ObjectValue {
  const textOfArgument = (value: JinjaValue | undefined): string => {
    if (typeof value !== 'string') throw typeError(`expected string or bytes-like object, got '${typeName(value ?? null)}'`);
    return value;
  };
  /** A function that takes a pattern first, or is bound to one. */
  const operation = (name: string, bound: { pattern: string; flags: number } | undefined): CallableValue =>
    fn(name, (args) => {
      const rest = bound === undefined ? args.positional.slice(1) : args.positional;
      const given = args.positional[0] ?? args.keyword.get('pattern') ?? null;
      const source = bound ?? patternOf(given);
      const flagsArgument = bound === undefined ? (args.keyword.get('flags') ?? rest[FLAG_PLACE[name] ?? 1]) : undefined;
      const flags = source.flags | Number(numberOf(flagsArgument ?? 0) ?? 0);
      const pattern = compilePattern(source.pattern, flags);
      if (pattern === undefined) return NO_PATTERN;
      switch (name) {
        case 'sub':
        case 'subn': {
          const result = substituted(pattern, rest[0] ?? args.keyword.get('repl') ?? '', textOfArgument(rest[1] ?? args.keyword.get('string')), Number(numberOf(rest[2] ?? args.keyword.get('count') ?? 0) ?? 0));
          return name === 'sub' ? result : tuple([result, findAll(pattern, textOfArgument(rest[1]), 'all').length]);
        }
        case 'split':
          return splitBy(pattern, textOfArgument(rest[0] ?? args.keyword.get('string')), Number(numberOf(rest[1] ?? args.keyword.get('maxsplit') ?? 0) ?? 0));
        case 'findall': {
          const text = textOfArgument(rest[0] ?? args.keyword.get('string'));
          return findAll(pattern, text, 'all').map((found) => {
            if (found.groups.length === 1) return found.groups[0] ?? '';
            if (found.groups.length === 2) return found.groups[1] ?? '';
            return tuple(found.groups.slice(1).map((group) => group ?? ''));
          });
        }
        case 'finditer': {
          const text = textOfArgument(rest[0] ?? args.keyword.get('string'));
          return iterator(
            'callable_iterator',
            findAll(pattern, text, 'all').map((found) => matchObject(found, text)),
          );
        }
        default: {
          const text = textOfArgument(rest[0] ?? args.keyword.get('string'));
          const mode = name === 'match' || name === 'fullmatch' ? name : 'search';
          const [found] = findAll(pattern, text, mode);
          return found === undefined ? null : matchObject(found, text);
        }
      }
    });
  const names = ['match', 'fullmatch', 'search', 'sub', 'subn', 'split', 'findall', 'finditer'];
  const patternObject = (pattern: string, flags: number): ObjectValue => ({
    kind: 'object',
    typeName: 're.Pattern',
    identity: `pattern:${String(flags)}:${pattern}`,
    attribute: (name) => {
      if (names.includes(name)) return operation(name, { pattern, flags });
      if (name === 'pattern') return pattern;
      return name === 'flags' ? flags : undefined;
    },
  });
  const members = new Map<string, JinjaValue>(names.map((name) => [name, operation(name, undefined)]));
  members.set('compile', fn('compile', (args) => patternObject(plainTextOf(args.positional[0] ?? null), Number(numberOf(argument(args, 1, 'flags') ?? 0) ?? 0))));
  members.set('escape', fn('escape', (args) => plainTextOf(args.positional[0] ?? null).replace(/[\s()[\]{}?*+\-|^$\\.&~#]/g, '\\$&')));
  members.set('purge', fn('purge', () => null));
  for (const [short, long, value] of PYTHON_FLAGS) {
    members.set(short, value);
    members.set(long, value);
  }
  return moduleOf('re', members);
}

/** Where `flags` stands behind the pattern. */
const FLAG_PLACE: Readonly<Record<string, number>> = { sub: 3, subn: 3, split: 2 };

function patternOf(value: JinjaValue): { pattern: string; flags: number } {
  if (typeof value === 'string') return { pattern: value, flags: 0 };
  if (isTagged(value) && value.kind === 'object' && value.typeName === 're.Pattern') {
    return { pattern: plainTextOf(value.attribute('pattern') ?? ''), flags: Number(numberOf(value.attribute('flags') ?? 0) ?? 0) };
  }
  throw typeError('first argument must be string or compiled pattern');
}

function itemsOf(value: JinjaValue | undefined): readonly JinjaValue[] {
  const items = iterate(value ?? null);
  // An uncertain list stands for one item of which nothing is known.
  return isUnknown(items) ? [items] : items;
}

function checkedSize(size: number): void {
  if (size > LARGEST_SIZE / 10) throw new JinjaError('jinja-budget', 'A list of this size is not evaluated.');
}

function product(pools: readonly (readonly JinjaValue[])[]): JinjaValue[][] {
  checkedSize(pools.reduce((size, pool) => size * Math.max(1, pool.length), 1));
  let rows: JinjaValue[][] = [[]];
  for (const pool of pools) rows = rows.flatMap((row) => pool.map((item) => [...row, item]));
  return rows;
}

/** Choices of so many items; `repeat` allows an item again, `ordered` tells orders apart. */
function choices(pool: readonly JinjaValue[], size: number, ordered: boolean, repeats: boolean): JinjaValue[][] {
  const rows: JinjaValue[][] = [];
  const pick = (chosen: readonly number[]): void => {
    if (rows.length > LARGEST_SIZE / 100) throw new JinjaError('jinja-budget', 'A list of this size is not evaluated.');
    if (chosen.length === size) {
      rows.push(chosen.map((index) => pool[index] ?? null));
      return;
    }
    const last = chosen.at(-1);
    const from = ordered || last === undefined ? 0 : repeats ? last : last + 1;
    for (let index = from; index < pool.length; index += 1) if (!ordered || !chosen.includes(index)) pick([...chosen, index]);
  };
  pick([]);
  return rows;
}

function itertoolsModule(): ObjectValue {
  const lazy = (name: string, call: (args: CallArguments) => readonly JinjaValue[]): readonly [string, JinjaValue] => [
    name,
    callable(name, (args) => iterator(name, call(args))),
  ];
  const tuples = (rows: JinjaValue[][]): JinjaValue[] => rows.map((row) => tuple(row));
  const size = (args: CallArguments, pool: readonly JinjaValue[]): number => whole(args, 1, 'r') ?? pool.length;
  const chain: CallableValue = {
    kind: 'callable',
    name: 'chain',
    typeName: 'function',
    call: (args) => iterator('chain', args.positional.flatMap((part) => [...itemsOf(part)])),
    attribute: () => undefined,
  };
  return moduleOf(
    'itertools',
    new Map<string, JinjaValue>([
      ['chain', chain],
      lazy('product', (args) => {
        const repeat = whole({ positional: [], keyword: args.keyword }, 0, 'repeat') ?? 1;
        const pools = args.positional.map((pool) => [...itemsOf(pool)]);
        checkedSize(pools.length * repeat);
        return tuples(product(Array.from({ length: repeat }, () => pools).flat()));
      }),
      lazy('permutations', (args) => {
        const pool = itemsOf(args.positional[0]);
        return tuples(choices(pool, size(args, pool), true, false));
      }),
      lazy('combinations', (args) => {
        const pool = itemsOf(args.positional[0]);
        return tuples(choices(pool, size(args, pool), false, false));
      }),
      lazy('combinations_with_replacement', (args) => {
        const pool = itemsOf(args.positional[0]);
        return tuples(choices(pool, size(args, pool), false, true));
      }),
      lazy('zip_longest', (args) => {
        const pools = args.positional.map(itemsOf);
        const fill = args.keyword.get('fillvalue') ?? null;
        const length = Math.max(0, ...pools.map((pool) => pool.length));
        return Array.from({ length }, (_, index) => tuple(pools.map((pool) => pool[index] ?? fill)));
      }),
      lazy('islice', (args) => {
        const items = itemsOf(args.positional[0]);
        const numbers = args.positional.slice(1).map((value) => (value === null ? undefined : wholeNumber(value)));
        const [first, second, step = 1] = numbers;
        const [from, to] = args.positional.length > 2 ? [first ?? 0, second] : [0, first];
        return items.slice(from, to).filter((_, index) => index % Math.max(1, step) === 0);
      }),
      lazy('repeat', (args) => {
        const times = whole(args, 1, 'times');
        if (times === undefined) throw new JinjaError('jinja-budget', 'An endless iterator is not evaluated.');
        checkedSize(times);
        return Array.from({ length: Math.max(0, times) }, () => args.positional[0] ?? null);
      }),
      lazy('accumulate', (args) => {
        const sums: JinjaValue[] = [];
        const combine = args.positional[1];
        for (const item of itemsOf(args.positional[0])) {
          const last = sums.at(-1);
          if (last === undefined) sums.push(item);
          else sums.push(isCallable(combine) ? combine.call({ positional: [last, item], keyword: new Map() }) : binary('+', last, item));
        }
        return sums;
      }),
      lazy('compress', (args) => {
        const selectors = itemsOf(args.positional[1]);
        return itemsOf(args.positional[0]).filter((_, index) => truthOf(selectors[index] ?? false) === true);
      }),
      lazy('starmap', (args) => {
        const [call] = args.positional;
        if (!isCallable(call)) throw typeError('starmap needs a function');
        return itemsOf(args.positional[1]).map((row) => call.call({ positional: itemsOf(row), keyword: new Map() }));
      }),
      ['tee', callable('tee', (args) => {
        const items = itemsOf(args.positional[0]);
        return tuple(Array.from({ length: Math.min(whole(args, 1, 'n') ?? 2, 100) }, () => iterator('tee', items)));
      })],
      // Endless ones can only be used with islice or zip; what comes out of that is not known.
      ['count', callable('count', () => unknownBecause('an endless iterator is not evaluated'))],
      ['cycle', callable('cycle', () => unknownBecause('an endless iterator is not evaluated'))],
    ]),
  );
}

const RE_MODULE = reModule();
const PYTZ_MODULE = pytzModule();
const ITERTOOLS_MODULE = itertoolsModule();

/** The `modules` of the context. */
export function createModules(clock: Clock): ObjectValue {
  return moduleOf(
    'modules',
    new Map<string, JinjaValue>([
      ['datetime', datetimeModule(clock)],
      ['pytz', PYTZ_MODULE],
      ['re', RE_MODULE],
      ['itertools', ITERTOOLS_MODULE],
    ]),
  );
}
