/** Turns values of the engine into plain JSON, to compare them with what dbt writes into its manifest. */

import type { ConfigValue } from '../../server/src/base/unknown.ts';
import { pyStr } from '../../server/src/dbt/python-repr.ts';

/** Dicts become objects without null entries; `undefined` stands for null. Unknown becomes the text `<unknown>`. */
export function plainJson(value: ConfigValue): unknown {
  if (value === null) return undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => plainJson(item) ?? null);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [pyStr(key), plainJson(item)]).filter(([, item]) => item !== undefined));
  }
  if (value.kind === 'unknown') return '<unknown>';
  if (value.kind === 'float') return value.value;
  if (value.kind === 'date') return value.text;
  return value.items.map((item) => plainJson(item) ?? null);
}

/** JSON of a manifest without the null entries of its objects. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, withoutNulls(item)]));
}
