/** Dates and times as Python's datetime module reckons them, without any clock: fields in, fields out. */

import { textOfOffset, textOfDateTime, type DateTimeValue, type JinjaValue, type TimeDeltaValue } from './values.ts';

const DAY = 86_400_000_000;
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar. */
export function epochDay(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / 86_400_000);
}

/** True if there is such a day; Python knows the years 1 to 9999. */
export function isValidDay(year: number, month: number, day: number): boolean {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Days of a month (counted from 1) in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A date without a time. */
export function dateValue(year: number, month: number, day: number): DateTimeValue {
  return {
    kind: 'datetime',
    hasTime: false,
    year,
    month,
    day,
    hour: 0,
    minute: 0,
    second: 0,
    microsecond: 0,
    offset: undefined,
    zoneName: undefined,
  };
}

function dayOf(epoch: number): { year: number; month: number; day: number } {
  const date = new Date(epoch * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Microseconds of a day since midnight. */
function timeOf(value: DateTimeValue): number {
  return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond;
}

/** The date so many days later. */
export function addDays(value: DateTimeValue, days: number): DateTimeValue {
  return { ...value, ...dayOf(epochDay(value.year, value.month, value.day) + days) };
}

/** The datetime so many microseconds later, in the same zone. */
export function shiftDateTime(value: DateTimeValue, microseconds: number): DateTimeValue {
  const total = timeOf(value) + microseconds;
  const days = Math.floor(total / DAY);
  return { ...addDays(value, days), ...timeFields(total - days * DAY) };
}

function timeFields(microseconds: number): { hour: number; minute: number; second: number; microsecond: number } {
  const seconds = Math.floor(microseconds / 1_000_000);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: microseconds % 1_000_000,
  };
}

/** `left - right` in microseconds; offsets count only if both have one. */
export function dateTimeDifference(left: DateTimeValue, right: DateTimeValue): number {
  const days = epochDay(left.year, left.month, left.day) - epochDay(right.year, right.month, right.day);
  const offsets = left.offset !== undefined && right.offset !== undefined ? (right.offset - left.offset) * 60_000_000 : 0;
  return days * DAY + timeOf(left) - timeOf(right) + offsets;
}

/** Below zero if `left` is earlier; mixed zones as Python compares them. */
export function compareDateTimes(left: DateTimeValue, right: DateTimeValue): number {
  return Math.sign(dateTimeDifference(left, right));
}

/** Monday is 0. */
export function weekdayOf(value: DateTimeValue): number {
  return (((epochDay(value.year, value.month, value.day) + 3) % 7) + 7) % 7;
}

/** Year, week and weekday (Monday is 1) of ISO 8601. */
export function isoCalendar(value: DateTimeValue): readonly [number, number, number] {
  const weekday = weekdayOf(value);
  const thursday = addDays(value, 3 - weekday);
  const week = Math.floor((epochDay(thursday.year, thursday.month, thursday.day) - epochDay(thursday.year, 1, 1)) / 7) + 1;
  return [thursday.year, week, weekday + 1];
}

/** Days, seconds and microseconds as Python normalises them. */
export function timeDeltaFields(microseconds: number): { days: number; seconds: number; rest: number } {
  const days = Math.floor(microseconds / DAY);
  const inDay = microseconds - days * DAY;
  return { days, seconds: Math.floor(inDay / 1_000_000), rest: inDay % 1_000_000 };
}

/** `str(timedelta)`. */
export function textOfTimeDelta(value: TimeDeltaValue): string {
  const { days, seconds, rest } = timeDeltaFields(value.microseconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  const time = `${String(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = rest === 0 ? '' : '.' + String(rest).padStart(6, '0');
  const plural = Math.abs(days) === 1 ? '' : 's';
  return (days === 0 ? '' : `${String(days)} day${plural}, `) + time + fraction;
}

/** `strftime` in the C locale. */
export function formatDateTime(value: DateTimeValue, format: string): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = (): number => epochDay(value.year, value.month, value.day) - epochDay(value.year, 1, 1) + 1;
  const weekday = weekdayOf(value);
  const hour12 = value.hour % 12 === 0 ? 12 : value.hour % 12;
  return format.replace(/%(-?)([A-Za-z%])/g, (match, dash: string, code: string) => {
    const number = (part: number, width = 2): string => (dash === '-' ? String(part) : String(part).padStart(width, '0'));
    switch (code) {
      case 'Y':
        return String(value.year);
      case 'y':
        return number(value.year % 100);
      case 'm':
        return number(value.month);
      case 'd':
        return number(value.day);
      case 'e':
        return String(value.day).padStart(2);
      case 'H':
        return number(value.hour);
      case 'I':
        return number(hour12);
      case 'M':
        return number(value.minute);
      case 'S':
        return number(value.second);
      case 'f':
        return String(value.microsecond).padStart(6, '0');
      case 'p':
        return value.hour < 12 ? 'AM' : 'PM';
      case 'j':
        return number(day(), 3);
      case 'a':
        return (WEEKDAYS[weekday] ?? '').slice(0, 3);
      case 'A':
        return WEEKDAYS[weekday] ?? '';
      case 'b':
      case 'h':
        return (MONTHS[value.month - 1] ?? '').slice(0, 3);
      case 'B':
        return MONTHS[value.month - 1] ?? '';
      case 'w':
        return String((weekday + 1) % 7);
      case 'u':
        return String(weekday + 1);
      case 'W':
        return number(Math.floor((day() + 6 - weekday) / 7));
      case 'U':
        return number(Math.floor((day() + 6 - ((weekday + 1) % 7)) / 7));
      case 'G':
        return String(isoCalendar(value)[0]);
      case 'V':
        return number(isoCalendar(value)[1]);
      case 'z':
        return textOfOffset(value.offset, '');
      case 'Z':
        return value.zoneName ?? (value.offset === undefined ? '' : value.offset === 0 ? 'UTC' : 'UTC' + textOfOffset(value.offset, ':'));
      case 'D':
        return `${two(value.month)}/${two(value.day)}/${two(value.year % 100)}`;
      case 'F':
        return `${String(value.year)}-${two(value.month)}-${two(value.day)}`;
      case 'T':
      case 'X':
        return `${two(value.hour)}:${two(value.minute)}:${two(value.second)}`;
      case 'R':
        return `${two(value.hour)}:${two(value.minute)}`;
      case 'x':
        return `${two(value.month)}/${two(value.day)}/${two(value.year % 100)}`;
      case 's':
        return String(Math.floor(dateTimeDifference(value, { ...dateValue(1970, 1, 1), offset: value.offset }) / 1_000_000));
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '%':
        return '%';
      default:
        return match;
    }
  });
}

/** What each directive of `strptime` reads. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>1[0-2]|0[1-9]|[1-9])',
  d: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])',
  H: '(?<H>2[0-3]|[01]\\d|\\d)',
  I: '(?<I>1[0-2]|0[1-9]|[1-9])',
  M: '(?<M>[0-5]\\d|\\d)',
  S: '(?<S>6[01]|[0-5]\\d|\\d)',
  f: '(?<f>\\d{1,6})',
  p: '(?<p>[AaPp][Mm])',
  j: '(?<j>36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])',
  z: '(?<z>[+-]\\d\\d:?[0-5]\\d|Z)',
  b: `(?<b>${MONTHS.map((name) => name.slice(0, 3)).join('|')})`,
  B: `(?<B>${MONTHS.join('|')})`,
  a: `(?:${WEEKDAYS.map((name) => name.slice(0, 3)).join('|')})`,
  A: `(?:${WEEKDAYS.join('|')})`,
  '%': '%',
};

/** `datetime.strptime`; undefined if the text does not fit the format. */
export function parseDateTime(text: string, format: string): DateTimeValue | undefined {
  if (text.length > 1000 || format.length > 1000) return undefined;
  const state = { isKnown: true };
  const seen = new Set<string>();
  const pattern = format.replace(/%(.)|\s+|[.*+?^${}()|[\]\\]/gs, (match, code: string | undefined) => {
    if (code !== undefined && match.startsWith('%')) {
      const directive = DIRECTIVES[code];
      if (directive === undefined || seen.has(code)) state.isKnown = false;
      seen.add(code);
      return directive ?? '';
    }
    return /^\s/.test(match) ? '\\s+' : '\\' + match;
  });
  if (!state.isKnown) return undefined;
  const groups = new RegExp(`^${pattern}$`, 'i').exec(text)?.groups;
  if (groups === undefined) return /%./.test(format) ? undefined : text === format ? dateTime(1900, 1, 1, 0, 0, 0, 0, undefined) : undefined;
  const at = (name: string): number | undefined => (groups[name] === undefined ? undefined : Number(groups[name]));
  const monthName = (groups['b'] ?? groups['B'])?.slice(0, 3).toLowerCase();
  const monthByName = monthName === undefined ? -1 : MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === monthName);
  const short = at('y');
  const year = at('Y') ?? (short === undefined ? 1900 : short + (short < 69 ? 2000 : 1900));
  let month = monthByName >= 0 ? monthByName + 1 : (at('m') ?? 1);
  let day = at('d') ?? 1;
  const dayOfYear = at('j');
  if (dayOfYear !== undefined && at('m') === undefined && monthByName < 0) {
    ({ month, day } = dayOf(epochDay(year, 1, 1) + dayOfYear - 1));
  }
  if (!isValidDay(year, month, day)) return undefined;
  const half = groups['p']?.toLowerCase();
  const hour12 = at('I');
  const hour = hour12 === undefined ? (at('H') ?? 0) : (hour12 % 12) + (half === 'pm' ? 12 : 0);
  const microsecond = Number((groups['f'] ?? '0').padEnd(6, '0'));
  const second = at('S') ?? 0;
  if (second > 59) return undefined;
  return dateTime(year, month, day, hour, at('M') ?? 0, second, microsecond, offsetOf(groups['z']));
}

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text.toUpperCase() === 'Z') return 0;
  const size = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith('-') ? -size : size;
}

/** Makes a datetime from its parts, without checking them. */
export function dateTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  microsecond: number,
  offset: number | undefined,
  zoneName?: string,
): DateTimeValue {
  return { kind: 'datetime', hasTime: true, year, month, day, hour, minute, second, microsecond, offset, zoneName };
}

/** `datetime.fromisoformat` and `date.fromisoformat` for the usual forms. */
export function parseIso(text: string, hasTime: boolean): DateTimeValue | undefined {
  const parts = /^(\d{4})-?(\d\d)-?(\d\d)(?:[ T](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,6})\d*)?)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (parts === null) return undefined;
  const at = (index: number): number => Number(parts[index] ?? '0');
  if (!isValidDay(at(1), at(2), at(3))) return undefined;
  if (!hasTime) return parts[4] === undefined ? dateValue(at(1), at(2), at(3)) : undefined;
  return dateTime(at(1), at(2), at(3), at(4), at(5), at(6), Number((parts[7] ?? '').padEnd(6, '0')), offsetOf(parts[8]));
}

/** The fields of an instant in UTC. */
export function utcOfInstant(milliseconds: number, hasZone: boolean): DateTimeValue {
  const date = new Date(milliseconds);
  return dateTime(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds() * 1000,
    hasZone ? 0 : undefined,
    hasZone ? 'UTC' : undefined,
  );
}

/** The same instant on clocks so many minutes east of UTC. */
export function inZone(value: DateTimeValue, offset: number, zoneName: string | undefined): DateTimeValue {
  const shifted = shiftDateTime(value, (offset - (value.offset ?? 0)) * 60_000_000);
  return { ...shifted, offset, zoneName };
}

/** Seconds since 1970 of a datetime; naive ones are taken as UTC. */
export function timestampOf(value: DateTimeValue): number {
  return dateTimeDifference({ ...value, offset: value.offset ?? 0 }, { ...dateTime(1970, 1, 1, 0, 0, 0, 0, 0) }) / 1_000_000;
}

/** `isoformat()`. */
export function isoFormat(value: DateTimeValue, separator = 'T'): string {
  return textOfDateTime(value, separator);
}

/** True for a date or datetime with fields. */
export function isDateTime(value: JinjaValue): value is DateTimeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'datetime';
}
