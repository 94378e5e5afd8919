/** Time zones as pytz has them: objects with an offset of their own, or names whose offsets the platform knows. */

import { unknownBecause, type Unknown } from '../base/unknown.ts';
import { formatDateTime, inZone, isDateTime, timestampOf, utcOfInstant } from './datetime.ts';
import { callable, isTagged, type DateTimeValue, type JinjaValue, type ObjectValue } from './values.ts';

const NOT_EVALUATED = unknownBecause('the time zone is not evaluated');

/** `pytz.utc`. */
export const UTC = zoneObject('UTC', 0);

/** A time zone object: with `fixed`, always so many minutes east of UTC, else as the zone of that name has it. */
export function zoneObject(name: string, fixed: number | undefined): ObjectValue {
  const value: ObjectValue = {
    kind: 'object',
    typeName: 'tzinfo',
    identity: 'zone:' + name,
    text: () => name,
    attribute: (attribute) => {
      switch (attribute) {
        case 'zone':
          return name;
        case 'fixed_offset_minutes':
          return fixed;
        case 'localize':
          return callable(attribute, ({ positional: [naive = null] }) => (isDateTime(naive) ? localized(naive, value) : unknownBecause('the datetime is not known')));
        case 'normalize':
          return callable(attribute, ({ positional: [datetime = null] }) => datetime);
        case 'utcoffset':
          return callable(attribute, () => (fixed === undefined ? NOT_EVALUATED : { kind: 'timedelta', microseconds: fixed * 60_000_000 }));
        default:
          return undefined;
      }
    },
  };
  return value;
}

/** `pytz.timezone(name)`; undefined for a name that nobody knows. */
export function zoneOfName(name: string): ObjectValue | undefined {
  if (name.toUpperCase() === 'UTC') return UTC;
  return zoneOffset(name, 0) === undefined ? undefined : zoneObject(name, undefined);
}

/** The `tzinfo` of a datetime. */
export function zoneOf({ offset, zoneName }: DateTimeValue): JinjaValue {
  if (offset === undefined) return null;
  return (zoneName === undefined ? undefined : zoneOfName(zoneName)) ?? unknownBecause('time zones are not modelled as values');
}

/** A naive datetime taken as wall-clock time of a zone. */
export function localized(naive: DateTimeValue, zone: JinjaValue): JinjaValue {
  const fixed = fixedOffsetOf(zone);
  if (fixed !== undefined) return { ...naive, offset: fixed, zoneName: fixed === 0 ? 'UTC' : undefined };
  const name = nameOf(zone);
  if (name === undefined) return NOT_EVALUATED;
  const asUtc = timestampOf({ ...naive, offset: 0 }) * 1000;
  const guess = zoneOffset(name, asUtc);
  const offset = guess === undefined ? undefined : zoneOffset(name, asUtc - guess * 60_000);
  return offset === undefined ? NOT_EVALUATED : { ...naive, offset, zoneName: name };
}

/** An instant, in milliseconds since 1970, on the clocks of a zone. */
export function instantIn(milliseconds: number, zone: JinjaValue): JinjaValue {
  return onClocksOf(utcOfInstant(milliseconds, true), zone);
}

/** `datetime.astimezone(zone)`; a naive datetime is taken as UTC. */
export function onClocksOf(value: DateTimeValue, zone: JinjaValue): JinjaValue {
  const aware = { ...value, offset: value.offset ?? 0 };
  const fixed = fixedOffsetOf(zone);
  if (fixed !== undefined) return inZone(aware, fixed, fixed === 0 ? 'UTC' : undefined);
  const name = nameOf(zone);
  const offset = name === undefined ? undefined : zoneOffset(name, timestampOf(aware) * 1000);
  return offset === undefined ? NOT_EVALUATED : inZone(aware, offset, name);
}

/** `datetime.strftime(format)`; what a named zone is called at the time (`EST`) is not known. */
export function formattedInZone(value: DateTimeValue, format: string): string | Unknown {
  return format.includes('%Z') && abbreviationOf(value) === undefined ? NOT_EVALUATED : formatDateTime(value, format);
}

/** `datetime.tzname()`. */
export function zoneNameOf(value: DateTimeValue): JinjaValue {
  return abbreviationOf(value) ?? NOT_EVALUATED;
}

/** Null for a datetime without a zone, or with nothing but an offset; undefined if the platform does not tell. */
function abbreviationOf({ zoneName }: DateTimeValue): string | null | undefined {
  return zoneName === undefined ? null : zoneName === 'UTC' ? zoneName : undefined;
}

/** Minutes east of UTC of a zone object with a fixed offset. */
export function fixedOffsetOf(zone: JinjaValue): number | undefined {
  if (!isTagged(zone) || zone.kind !== 'object') return undefined;
  const offset = zone.attribute('fixed_offset_minutes');
  return typeof offset === 'number' ? offset : undefined;
}

function nameOf(zone: JinjaValue): string | undefined {
  if (!isTagged(zone) || zone.kind !== 'object') return undefined;
  const name = zone.attribute('zone');
  return typeof name === 'string' ? name : undefined;
}

/** Minutes east of UTC at an instant; undefined for zones that the platform does not know. */
function zoneOffset(zone: string, milliseconds: number): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const fields = new Map(format.formatToParts(new Date(milliseconds)).map((part) => [part.type, Number(part.value)]));
    const at = (name: Intl.DateTimeFormatPartTypes): number => fields.get(name) ?? 0;
    const local = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'));
    return Math.round((local - Math.floor(milliseconds / 1000) * 1000) / 60_000);
  } catch {
    return undefined;
  }
}
