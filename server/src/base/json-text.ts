/** Writes JSON of dbt's values with Python's spelling of numbers, so that `1.0` stays a float for whoever reads it. */

import type { PyFloat, PyTuple } from './python-values.ts';

/** What can be written: plain data, values of Python, and records of either. Undefined members are left out. */
export type JsonSource =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | PyTuple
  | { readonly kind: 'date'; readonly text: string; readonly hasTime: boolean }
  | { readonly kind: 'unknown' }
  | readonly JsonSource[]
  | ReadonlyMap<unknown, unknown>
  | JsonRecord;

/** A record whose members can be written. */
export interface JsonRecord {
  readonly [key: string]: JsonSource | undefined;
}

/** The JSON text of a value, on one line. What files cannot tell becomes null. */
export function jsonText(value: JsonSource | undefined): string {
  if (value === undefined || value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return 'null';
  }
  if (Array.isArray(value)) return `[${value.map((item: JsonSource) => jsonText(item)).join(', ')}]`;
  if (value instanceof Map) return mapText(value);
  if ('kind' in value) {
    // The kind tells which of the three it is; Unknown, which has one too, was handled.
    if (value.kind === 'float') return floatText((value as PyFloat).value);
    // Likewise.
    if (value.kind === 'tuple') return jsonText((value as PyTuple).items);
    if (value.kind === 'unknown') return 'null';
    // The tags of values are reserved: no record of ours has a member `kind` with one of these words.
    if (value.kind === 'date') return JSON.stringify(isoText(value as { readonly text: string; readonly hasTime: boolean }));
  }
  // What is left is a record.
  return recordText(value as JsonRecord);
}

/** Maps are dicts of Python: their keys may be any scalar, and json.dumps makes texts of them. */
function mapText(map: ReadonlyMap<unknown, unknown>): string {
  const parts: string[] = [];
  for (const [key, value] of map) {
    if (value === undefined) continue;
    // Dicts hold values of Python only.
    parts.push(`${JSON.stringify(keyText(key as JsonSource))}: ${jsonText(value as JsonSource)}`);
  }
  return `{${parts.join(', ')}}`;
}

function keyText(key: JsonSource): string {
  return typeof key === 'string' ? key : jsonText(key).replace(/^"|"$/g, '');
}

function recordText(record: JsonRecord): string {
  const parts: string[] = [];
  for (const key in record) {
    const value = record[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}: ${jsonText(value)}`);
  }
  return `{${parts.join(', ')}}`;
}

/** JSON has no text for infinities; a float always shows that it is one. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** dbt writes dates as ISO 8601. */
export function isoText(date: { readonly text: string; readonly hasTime: boolean }): string {
  return date.hasTime ? date.text.replace(' ', 'T') : date.text;
}
