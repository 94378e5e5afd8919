/** The values a Jinja template works with while it is evaluated: Python's, plus what files cannot tell. */

import { isPyDict, type PyDate, type PyFloat, type PyValue } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';

/** A Python tuple of anything. */
export interface TupleValue {
  readonly kind: 'tuple';
  readonly items: readonly JinjaValue[];
}

/**
 * Jinja's `Undefined`. The one of a node's own template (`lenient`) answers attributes, items and calls with itself,
 * as dbt's parser makes it do; the one inside macros raises on all of them.
 */
export interface UndefinedValue {
  readonly kind: 'undefined';
  readonly name: string;
  readonly lenient: boolean;
  /** The sentence that Jinja raises if the value is worked with. */
  readonly message: string;
}

/** Arguments of one call after `*` and `**` were unpacked. */
export interface CallArguments {
  readonly positional: readonly JinjaValue[];
  readonly keyword: ReadonlyMap<string, JinjaValue>;
  /** True if files do not tell how many there are: one of them stands for those of an unknown list. */
  readonly isUncounted?: true;
}

/** Anything that can be called. */
export interface CallableValue {
  readonly kind: 'callable';
  readonly name: string;
  /** The type that Python would name: `function`, `method`, `type`, `MacroGenerator`. */
  readonly typeName: string;
  call(args: CallArguments): JinjaValue;
  /** Attributes of a callable (classmethods of a type, `get` of `config`, `has_var` of `var`). */
  attribute?(name: string): JinjaValue | undefined;
  /** Set on macros: Jinja and dbt tell them apart. */
  readonly macroName?: string;
}

/** An object with behaviour of its own: relations, the adapter, `loop`, modules, regex matches … */
export interface ObjectValue {
  readonly kind: 'object';
  readonly typeName: string;
  /** Undefined if there is no such attribute. */
  attribute(name: string): JinjaValue | undefined;
  /** `obj[key]`, where it differs from attributes. */
  item?(key: JinjaValue): JinjaValue | undefined;
  /** `str(obj)`. */
  text?(): string | Unknown;
  truth?(): boolean | Unknown;
  iterate?(): readonly JinjaValue[] | Unknown;
  length?(): number | Unknown;
  contains?(item: JinjaValue): boolean;
  /** True if Python counts it as a mapping. */
  readonly isMapping?: boolean;
  /** What two objects have in common if Python calls them equal. */
  readonly identity?: string | undefined;
}

/** `namespace(…)`: attributes that `{% set ns.x = … %}` may write. */
export interface NamespaceValue {
  readonly kind: 'namespace';
  readonly attributes: Map<string, JinjaValue>;
}

/** A Python set, in order of insertion (Python's own order is arbitrary). */
export interface SetValue {
  readonly kind: 'set';
  readonly items: JinjaValue[];
}

/**
 * Works out the items of a generator one after the other. It raises where Python would, and ends with an unknown if nothing is
 * known of any item.
 */
export type ItemSource = Iterator<JinjaValue, Unknown | undefined, undefined>;

/** A generator or iterator: what `map`, `select`, `zip`, `reversed` return. It can be read once, and nothing happens before. */
export interface IteratorValue {
  readonly kind: 'iterator';
  readonly typeName: string;
  readonly source: ItemSource;
  /** Items that were worked out; a branch that may not happen gives back what it read. */
  readonly known: JinjaValue[];
  /** How many of the known ones were read. */
  position: number;
  /** How the source ended: with an unknown, an error or as usual. */
  end: { readonly unknown: Unknown | undefined; readonly error: Error | undefined } | undefined;
}

/** `dict.keys()`, `.values()` and `.items()`. */
export interface ViewValue {
  readonly kind: 'view';
  readonly typeName: 'dict_keys' | 'dict_values' | 'dict_items';
  readonly of: Map<JinjaValue, JinjaValue>;
}

/** What `range()` gives. */
export interface RangeValue {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/** `datetime.date` and `datetime.datetime`; time fields of a date are zero. */
export interface DateTimeValue {
  readonly kind: 'datetime';
  readonly hasTime: boolean;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** Minutes east of UTC, or undefined for a naive datetime. */
  readonly offset: number | undefined;
  readonly zoneName: string | undefined;
}

/** What subtracting two datetimes gives. */
export interface TimeDeltaValue {
  readonly kind: 'timedelta';
  /** Whole microseconds; safe for about 285 years, which is enough for what templates do. */
  readonly microseconds: number;
}

/** A dict; keys compare as Python compares them. */
export type JinjaDict = Map<JinjaValue, JinjaValue>;

/** Any value that a template can hold. */
export type JinjaValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | PyDate
  | TupleValue
  | JinjaValue[]
  | JinjaDict
  | Unknown
  | UndefinedValue
  | CallableValue
  | ObjectValue
  | NamespaceValue
  | SetValue
  | IteratorValue
  | ViewValue
  | RangeValue
  | DateTimeValue
  | TimeDeltaValue;

/** Stable ids of what an evaluation may report. */
export type JinjaProblemCode =
  | 'jinja-syntax'
  | 'jinja-text-syntax'
  | 'jinja-undefined'
  | 'jinja-type-error'
  | 'jinja-unknown-filter'
  | 'jinja-compiler-error'
  | 'jinja-ref-arguments'
  | 'jinja-source-arguments'
  | 'jinja-config-arguments'
  | 'jinja-config-value'
  | 'jinja-env-var-missing'
  | 'jinja-secret-env-var'
  | 'jinja-var-missing'
  | 'jinja-macro-arguments'
  | 'jinja-dispatch-missing'
  | 'jinja-undefined-call'
  | 'jinja-unsupported'
  | 'jinja-budget';

/** What dbt would stop at while it renders a template. */
export class JinjaError extends Error {
  readonly code: JinjaProblemCode;
  /** The place in the template that was being evaluated, in the file of that template. */
  span: Span | undefined;

  constructor(code: JinjaProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A Python TypeError in words. */
export function typeError(message: string): JinjaError {
  return new JinjaError('jinja-type-error', message);
}

/** The keywords of a call without any. */
export const NO_KEYWORDS: ReadonlyMap<string, JinjaValue> = new Map();

/** The arguments of a call without any. */
export const NO_ARGUMENTS: CallArguments = { positional: [], keyword: NO_KEYWORDS };

/** A Python float. */
export function float(value: number): PyFloat {
  return { kind: 'float', value };
}

/** A Python tuple. */
export function tuple(items: readonly JinjaValue[]): TupleValue {
  return { kind: 'tuple', items };
}

/** A Python iterator over known items, named as Python names its type. */
export function iterator(typeName: string, items: readonly JinjaValue[]): IteratorValue {
  return { kind: 'iterator', typeName, source: [][Symbol.iterator](), known: [...items], position: 0, end: { unknown: undefined, error: undefined } };
}

/** A Python generator, which does nothing until somebody goes through it. */
export function generator(source: ItemSource): IteratorValue {
  return { kind: 'iterator', typeName: 'generator', source, known: [], position: 0, end: undefined };
}

/** What Jinja gives for a name or an attribute that does not exist. */
export function undefinedValue(name: string, lenient: boolean, message = `'${name}' is undefined`): UndefinedValue {
  return { kind: 'undefined', name, lenient, message };
}

/** A plain function of the context. */
export function callable(name: string, call: (args: CallArguments) => JinjaValue, typeName = 'function'): CallableValue {
  return { kind: 'callable', name, typeName, call };
}

/** A value with a `kind`: none of Python's plain types. */
export type TaggedValue = Exclude<JinjaValue, null | boolean | number | bigint | string | JinjaValue[] | JinjaDict>;

/** True for values that carry a `kind`. */
export function isTagged(value: JinjaValue | undefined): value is TaggedValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** A text that dbt's native rendering reads as a literal when it stands alone, and that is a text like any other before. */
export interface MarkedText extends ObjectValue {
  readonly typeName: MarkerName;
  readonly identity: string;
}

/** The filters that mark a text. */
export type MarkerName = 'as_bool' | 'as_native' | 'as_number' | 'as_text';

const MARKERS: ReadonlySet<string> = new Set<MarkerName>(['as_text', 'as_bool', 'as_native', 'as_number']);

/** Marks a text. */
export function markText(typeName: MarkerName, text: string): MarkedText {
  return { kind: 'object', typeName, attribute: () => undefined, text: () => text, truth: () => text !== '', identity: text };
}

/** True for what `as_bool` and its kin give. */
export function isMarkedText(value: JinjaValue): value is MarkedText {
  return isTagged(value) && value.kind === 'object' && MARKERS.has(value.typeName);
}

/** True for Jinja's undefined, which is not Python's None. */
export function isUndefinedValue(value: JinjaValue | undefined): value is UndefinedValue {
  return isTagged(value) && value.kind === 'undefined';
}

/** True for a Python float. */
export function isFloat(value: JinjaValue | undefined): value is PyFloat {
  return isTagged(value) && value.kind === 'float';
}

/** True for what a template may call. */
export function isCallable(value: JinjaValue | undefined): value is CallableValue {
  return isTagged(value) && value.kind === 'callable';
}

/** True for a dict. */
export function isDict(value: JinjaValue | undefined): value is JinjaDict {
  return value instanceof Map;
}

/** `int` in Python's sense: booleans are ints too. */
export function isInteger(value: JinjaValue | undefined): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

/** The number in an int, bool or float; undefined for all else. Bigints keep their type. */
export function numberOf(value: JinjaValue | undefined): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return isFloat(value) ? value.value : undefined;
}

/** A whole number that fits in a JavaScript number goes back to one. */
export function integer(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** What `type(value).__name__` would say. */
export function typeName(value: JinjaValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'int';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  switch (value.kind) {
    case 'float':
    case 'tuple':
    case 'set':
    case 'range':
    case 'timedelta':
      return value.kind;
    case 'date':
    case 'datetime':
      return value.hasTime ? 'datetime' : 'date';
    case 'undefined':
      return 'Undefined';
    case 'namespace':
      return 'Namespace';
    case 'unknown':
      return 'unknown';
    case 'callable':
    case 'object':
    case 'iterator':
    case 'view':
      return value.typeName;
  }
}

/** Jinja's `object_type_repr`, used in its messages. */
export function objectTypeRepr(value: JinjaValue): string {
  if (value === null) return 'None';
  if (isTagged(value) && (value.kind === 'datetime' || value.kind === 'date' || value.kind === 'timedelta')) {
    return `datetime.${typeName(value)} object`;
  }
  return `${typeName(value)} object`;
}

/** Copies lists and dicts all the way down, so that a template cannot change what belongs to the project. */
export function copyOf(value: JinjaValue): JinjaValue {
  // Aliases of YAML share their parts; copied one by one they could grow without end.
  return copyShared(value, new Map());
}

function copyShared(value: JinjaValue, copies: Map<object, JinjaValue>): JinjaValue {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const list: JinjaValue[] = [];
    copies.set(value, list);
    for (const item of value) list.push(copyShared(item, copies));
    return list;
  }
  if (!isDict(value)) return value;
  const dict: JinjaDict = new Map();
  copies.set(value, dict);
  for (const [key, item] of value) dict.set(key, copyShared(item, copies));
  return dict;
}

/** The value as plain data, or an unknown if it is nothing that data can express (functions, relations, …). */
export function toPlainValue(value: JinjaValue): PyValue | Unknown {
  return plainValue(value, 0, { left: LARGEST_PLAIN_VALUE });
}

/** Values may share their parts; as plain data they would grow without end. */
const LARGEST_PLAIN_VALUE = 500_000;

function plainValue(value: JinjaValue, depth: number, budget: { left: number }): PyValue | Unknown {
  if (value === null || typeof value !== 'object') return value;
  budget.left -= 1;
  if (depth > 60 || budget.left < 0) return unknownBecause('the value is nested too deeply or too large');
  if (Array.isArray(value)) return plainItems(value, depth, budget);
  if (isDict(value)) {
    const plain = new Map<PyValue, PyValue>();
    for (const [key, item] of value) {
      const plainKey = plainValue(key, depth + 1, budget);
      const plainItem = plainValue(item, depth + 1, budget);
      if (isUnknown(plainKey)) return plainKey;
      if (isUnknown(plainItem)) return plainItem;
      plain.set(plainKey, plainItem);
    }
    return plain;
  }
  switch (value.kind) {
    case 'float':
    case 'date':
    case 'unknown':
      return value;
    case 'datetime':
      return { kind: 'date', hasTime: value.hasTime, text: textOfDateTime(value) };
    case 'tuple': {
      const items = plainItems(value.items, depth, budget);
      return isUnknown(items) ? items : { kind: 'tuple', items };
    }
    case 'set':
      return plainItems(value.items, depth, budget);
    case 'iterator':
      return value.end?.error === undefined ? plainItems(value.known, depth, budget) : unknownBecause('it cannot be worked out');
    case 'view':
    case 'range':
    case 'undefined':
    case 'callable':
    case 'object':
    case 'namespace':
    case 'timedelta':
      return unknownBecause(`a ${typeName(value)} is no plain value`);
  }
}

function plainItems(items: readonly JinjaValue[], depth: number, budget: { left: number }): PyValue[] | Unknown {
  const plain: PyValue[] = [];
  for (const item of items) {
    const value = plainValue(item, depth + 1, budget);
    if (isUnknown(value)) return value;
    plain.push(value);
  }
  return plain;
}

/** Python's `str()` of a date or datetime. */
export function textOfDateTime(value: DateTimeValue, separator = ' '): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${String(value.year).padStart(4, '0')}-${two(value.month)}-${two(value.day)}`;
  if (!value.hasTime) return day;
  const fraction = value.microsecond === 0 ? '' : '.' + String(value.microsecond).padStart(6, '0');
  return `${day}${separator}${two(value.hour)}:${two(value.minute)}:${two(value.second)}${fraction}${textOfOffset(value.offset, ':')}`;
}

/** `+02:00`, or nothing for a naive datetime. */
export function textOfOffset(offset: number | undefined, colon: string): string {
  if (offset === undefined) return '';
  const size = Math.abs(offset);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return (offset < 0 ? '-' : '+') + hours + colon + String(size % 60).padStart(2, '0');
}

/** Dates of YAML come as text; work is done on fields. */
export function dateTimeOfPyDate(date: PyDate): DateTimeValue | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d):(\d\d))?)?$/.exec(date.text);
  if (parts === null) return undefined;
  const at = (index: number): number => Number(parts[index] ?? '0');
  return {
    kind: 'datetime',
    hasTime: date.hasTime,
    year: at(1),
    month: at(2),
    day: at(3),
    hour: at(4),
    minute: at(5),
    second: at(6),
    microsecond: Number((parts[7] ?? '').padEnd(6, '0')),
    offset: parts[8] === undefined ? undefined : (parts[8] === '-' ? -1 : 1) * (at(9) * 60 + at(10)),
    zoneName: undefined,
  };
}

/** True for values that the plain model of values knows as a dict. */
export function isPlainDict(value: PyValue | Unknown): value is Map<PyValue, PyValue> {
  return isPyDict(value);
}
