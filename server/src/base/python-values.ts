/**
 * The values that Python code would hold after reading YAML or evaluating Jinja.
 *
 * dbt is a Python program: `1` and `1.0` differ, dicts keep insertion order, dates are objects. Names of
 * generic tests and their hashes depend on it, so YAML and Jinja share this one model of values. Everything
 * here can be copied by structured clone, hence cached on disk.
 */

/** A Python float; ints are plain `number` (safe range) or `bigint` (beyond it). */
export interface PyFloat {
  readonly kind: 'float';
  readonly value: number;
}

/** A Python `datetime.date` (`hasTime` false) or `datetime.datetime`; `text` is what `str()` prints. */
export interface PyDate {
  readonly kind: 'date';
  readonly hasTime: boolean;
  readonly text: string;
}

/** A Python tuple. Lists are plain arrays. */
export interface PyTuple {
  readonly kind: 'tuple';
  readonly items: readonly PyValue[];
}

/** A Python dict, in insertion order. Keys that are not strings are rare but legal in YAML. */
export type PyDict = Map<PyValue, PyValue>;

/** Any value that files alone can determine. */
export type PyValue = null | boolean | number | bigint | string | PyFloat | PyDate | PyTuple | PyValue[] | PyDict;

/** True for a dict, whatever its keys. */
export function isPyDict(value: unknown): value is PyDict {
  return value instanceof Map;
}

/** True for a list; tuples are apart, as in Python. */
export function isPyList(value: PyValue | undefined): value is PyValue[] {
  return Array.isArray(value);
}

/** True for a float, which is wrapped so that `1.0` and `1` stay two values. */
export function isPyFloat(value: PyValue | undefined): value is PyFloat {
  return isTagged(value) && value.kind === 'float';
}

/** True for a date or a datetime. */
export function isPyDate(value: PyValue | undefined): value is PyDate {
  return isTagged(value) && value.kind === 'date';
}

/** True for a tuple. */
export function isPyTuple(value: PyValue | undefined): value is PyTuple {
  return isTagged(value) && value.kind === 'tuple';
}

function isTagged(value: PyValue | undefined): value is PyFloat | PyDate | PyTuple {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** Python's `bool(value)`. */
export function isTruthy(value: PyValue | undefined): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (value === true) return true;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value.kind === 'float') return value.value !== 0;
  if (value.kind === 'tuple') return value.items.length > 0;
  return true;
}

/** Python's `==` on plain values: `1 == 1.0 == True`; dicts regardless of order; lists and tuples item by item. */
export function pyEquals(a: PyValue | undefined, b: PyValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  const x = asNumber(a);
  const y = asNumber(b);
  if (x !== undefined && y !== undefined) return x === y;
  if (Array.isArray(a)) return Array.isArray(b) && listEquals(a, b);
  if (a instanceof Map) return b instanceof Map && dictEquals(a, b);
  if (isPyTuple(a)) return isPyTuple(b) && listEquals(a.items, b.items);
  if (isPyDate(a)) return isPyDate(b) && a.text === b.text && a.hasTime === b.hasTime;
  return false;
}

function asNumber(value: PyValue): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return isPyFloat(value) ? value.value : undefined;
}

function listEquals(a: readonly PyValue[], b: readonly PyValue[]): boolean {
  return a.length === b.length && a.every((item, i) => pyEquals(item, b[i]));
}

function dictEquals(a: PyDict, b: PyDict): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    if (!b.has(key) || !pyEquals(value, b.get(key))) return false;
  }
  return true;
}

/**
 * Equality that keeps Python's types apart (`1`, `1.0` and `True` differ) and heeds the order of dict entries.
 * It decides whether a re-read file still says the same.
 */
export function isSameValue(a: PyValue | undefined, b: PyValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameValue(item, b[i]));
  }
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    const others = b.entries();
    for (const [key, value] of a) {
      const other = others.next().value;
      if (other === undefined || !isSameValue(key, other[0]) || !isSameValue(value, other[1])) return false;
    }
    return true;
  }
  if (Array.isArray(b) || b instanceof Map || a.kind !== b.kind) return false;
  if (a.kind === 'float') return b.kind === 'float' && Object.is(a.value, b.value);
  if (a.kind === 'date') return b.kind === 'date' && a.text === b.text && a.hasTime === b.hasTime;
  return b.kind === 'tuple' && a.items.length === b.items.length && a.items.every((v, i) => isSameValue(v, b.items[i]));
}

/** Python's `int(value)`; undefined where it raises an error. */
export function pyInt(value: PyValue): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  if (isPyFloat(value)) return Number.isFinite(value.value) ? narrowed(BigInt(Math.trunc(value.value))) : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value)) return undefined;
  const digits = value.trim().replaceAll('_', '');
  return narrowed(BigInt(digits.startsWith('+') ? digits.slice(1) : digits));
}

function narrowed(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
