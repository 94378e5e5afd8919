/** A multi-map behaves as a map of sets, whatever it keeps its values in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMultiMap } from '../../server/src/base/multi-map.ts';

describe('createMultiMap', () => {
  it('holds what a map of sets holds, in the order of adding', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 2 }), value: fc.integer({ min: 0, max: 14 }), adds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const ours = createMultiMap<number, string>();
        const theirs = new Map<number, Set<string>>();
        for (const { key, value, adds } of steps) {
          const values = theirs.get(key) ?? new Set();
          theirs.set(key, values);
          if (adds) {
            ours.add(key, `v${value}`);
            values.add(`v${value}`);
          } else {
            ours.delete(key, `v${value}`);
            values.delete(`v${value}`);
          }
          expect(ours.get(key)).toEqual([...values]);
          expect(ours.has(key)).toBe(values.size > 0);
        }
        expect([...ours.keys()].sort()).toEqual([...theirs].filter(([, values]) => values.size > 0).map(([key]) => key).sort());
      }),
    );
  });

  it('gives lists that stay as they were', () => {
    const map = createMultiMap<string, string>();
    for (let count = 0; count < 20; count++) {
      const before = map.get('key');
      const copy = [...before];
      map.add('key', `v${count}`);
      map.delete('key', `v${count - 3}`);
      expect(before).toEqual(copy);
    }
  });
});
