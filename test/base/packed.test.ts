/** Packed data comes back as it was, value by value, with its sharing; what is damaged is refused. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPacker, createUnpacker } from '../../server/src/base/packed.ts';

function roundTrip(value: unknown): unknown {
  const packer = createPacker();
  packer.add('something before it');
  const offset = packer.add(value);
  return createUnpacker(packer.finish())(offset);
}

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false, -0, NaN, Infinity),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })).map((numbers) => Int32Array.from(numbers)),
    fc.array(fc.string()).map((texts) => new Set(texts)),
    fc.array(tie('value')),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.dictionary(fc.string().filter((key) => key !== '__proto__'), tie('value'), { noNullPrototype: true }),
  ),
})).value;

describe('a packed value', () => {
  test('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
    );
  });

  test('is read by itself, in any order', () => {
    const packer = createPacker();
    const offsets = ['a', { b: [1, 2] }, new Map([['c', 3]])].map((value) => packer.add(value));
    const read = createUnpacker(packer.finish());
    expect(offsets.reverse().map(read)).toEqual([new Map([['c', 3]]), { b: [1, 2] }, 'a']);
  });

  test('that holds one map twice holds one map again, whichever is read first', () => {
    const empty = new Map<string, string>();
    const packer = createPacker();
    const [first, second] = [packer.add({ meta: empty, more: [1] }), packer.add([empty, new Map()])];
    const packed = packer.finish();
    for (const order of [[first, second], [second, first]] as const) {
      const read = createUnpacker(packed);
      const values = new Map(order.map((offset) => [offset, read(offset)]));
      const { meta, more } = values.get(first) as { meta: unknown; more: unknown }; // What was packed above.
      const [same, other] = values.get(second) as unknown[]; // The same.
      expect(meta).toBe(same);
      expect(meta).not.toBe(other);
      expect(more).toEqual([1]);
    }
  });

  test('keeps objects apart whose keys are the same when they are written together', () => {
    const values = [{}, { '': 1 }, { 'a\nb': 1 }, { a: 1, b: 2 }, { 'a,b': 1 }, { '0,1': 1 }];
    expect(roundTrip(values)).toStrictEqual(values);
  });

  test('costs little where texts and keys come again', () => {
    const packer = createPacker();
    for (let count = 0; count < 1000; count++) packer.add({ name: 'orders', path: 'models/orders.sql', line: count });
    expect(packer.length / 1000).toBeLessThan(8);
  });

  test('cannot be a function', () => {
    expect(() => createPacker().add({ run: () => 1 })).toThrow(TypeError);
  });

  test('of damaged bytes is refused or some other value, and never read for ever', () => {
    const packer = createPacker();
    packer.add([{ name: 'orders', tags: new Map([['a', [1, 2, 3]]]), at: Int32Array.from([1, 5, 9]) }, 'x'.repeat(20), 1.5]);
    const packed = packer.finish();
    fc.assert(
      fc.property(fc.nat({ max: packed.bytes.length - 1 }), fc.nat({ max: 255 }), fc.nat({ max: packed.bytes.length }), (index, byte, length) => {
        const bytes = packed.bytes.slice(0, length);
        bytes[index] = byte;
        try {
          createUnpacker({ ...packed, bytes })(0);
        } catch (error) {
          expect(error instanceof RangeError || error instanceof SyntaxError, String(error)).toBe(true);
        }
      }),
    );
  });
});
