/** Equality of plain data, as the index uses it to stop a change that changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepEqual } from '../../server/src/base/equality.ts';

describe('deepEqual', () => {
  it('holds for copies and fails for anything changed', () => {
    fc.assert(
      fc.property(fc.object({ withMap: true, values: [fc.string(), fc.integer(), fc.constant(null), fc.constant(undefined)] }), (value) => {
        expect(deepEqual(value, structuredClone(value))).toBe(true);
        expect(deepEqual(value, { ...value, added: 1 })).toBe('added' in value && Object.is(value['added'], 1));
      }),
    );
  });

  it.each([
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [[1], { 0: 1 }],
    [new Map([['a', 1], ['b', 2]]), new Map([['b', 2], ['a', 1]])],
    [new Map(), new Set()],
    [Int32Array.of(1, 2), Int32Array.of(1, 3)],
    [null, {}],
    [0, -0],
  ])('tells %o from %o', (a, b) => {
    expect(deepEqual(a, b)).toBe(false);
    expect(deepEqual(b, a)).toBe(false);
  });
});
