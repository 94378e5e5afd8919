/** Reads Python values from the tagged JSON that the oracle scripts beside the tests write. */

import type { PyValue } from '../../server/src/base/python-values.ts';

/** JSON that keeps Python's types apart: `{"int": "1"}`, `{"float": "0x1.8p+0"}`, `{"dict": [[key, value]]}` and so on. */
export type TaggedValue =
  | null
  | boolean
  | string
  | { readonly int: string }
  | { readonly float: string }
  | { readonly date: string }
  | { readonly datetime: string }
  | { readonly tuple: readonly TaggedValue[] }
  | { readonly list: readonly TaggedValue[] }
  | { readonly dict: readonly (readonly [TaggedValue, TaggedValue])[] };

/** The Python value that a tagged JSON value stands for. */
export function valueOfTagged(tagged: TaggedValue): PyValue {
  if (tagged === null || typeof tagged === 'boolean' || typeof tagged === 'string') return tagged;
  if ('int' in tagged) {
    const integer = Number(tagged.int);
    return Number.isSafeInteger(integer) ? integer : BigInt(tagged.int);
  }
  if ('float' in tagged) return { kind: 'float', value: floatOfHex(tagged.float) };
  if ('date' in tagged) return { kind: 'date', hasTime: false, text: tagged.date };
  if ('datetime' in tagged) return { kind: 'date', hasTime: true, text: tagged.datetime };
  if ('tuple' in tagged) return { kind: 'tuple', items: tagged.tuple.map(valueOfTagged) };
  if ('list' in tagged) return tagged.list.map(valueOfTagged);
  return new Map(tagged.dict.map(([key, value]) => [valueOfTagged(key), valueOfTagged(value)]));
}

/** Reads what Python's `float.hex` writes, e.g. `-0x1.8000000000000p+1`, `inf`, `nan`. */
function floatOfHex(text: string): number {
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  if (text === 'nan') return NaN;
  const parts = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text);
  if (parts === null) throw new Error(`not a hexadecimal float: ${text}`);
  const [, sign = '', whole = '', fraction = '', exponent = ''] = parts;
  const mantissa = Number(BigInt('0x' + whole + fraction));
  // Two steps, because the power alone would underflow for the smallest numbers.
  const power = Number(exponent) - fraction.length * 4;
  const half = Math.trunc(power / 2);
  const value = mantissa * 2 ** half * 2 ** (power - half);
  return sign === '-' ? -value : value;
}
