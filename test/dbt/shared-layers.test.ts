/** Calls of `config()` stand for one another only where dbt makes the same of both. */
import { describe, expect, it } from 'vitest';
import type { ConfigValue } from '../../server/src/base/unknown.ts';
import { UNKNOWN } from '../../server/src/base/unknown.ts';
import { isSharedLayer, sharedLayer } from '../../server/src/dbt/shared-layers.ts';

const layer = (...entries: (readonly [string, ConfigValue])[]): ReadonlyMap<string, ConfigValue> => new Map(entries);

describe('a layer of scalars and lists of texts', () => {
  it('is one with all that say the same', () => {
    const first = sharedLayer(layer(['materialized', 'table'], ['tags', ['a', 'b']], ['enabled', true]));
    expect(sharedLayer(layer(['materialized', 'table'], ['tags', ['a', 'b']], ['enabled', true]))).toBe(first);
    expect(isSharedLayer(first)).toBe(true);
  });

  it.each([
    ['a text and what it looks like', layer(['enabled', true]), layer(['enabled', 'true'])],
    ['a number and its text', layer(['limit', 1]), layer(['limit', '1'])],
    ['a text and a list of it', layer(['tags', 'a']), layer(['tags', ['a']])],
    ['null and its text', layer(['alias', null]), layer(['alias', 'null'])],
    // Which of two spellings dbt complains of hangs on the order.
    ['the same keys in another order', layer(['a', 1], ['b', 2]), layer(['b', 2], ['a', 1])],
    ['a quote in a key and one in a value', layer(['a","b', 'c']), layer(['a', 'b","c'])],
  ])('is told from another: %s', (_, one, other) => {
    expect(sharedLayer(one)).not.toBe(sharedLayer(other));
  });
});

describe('a layer that holds more', () => {
  it.each([
    ['a mapping', new Map([['owner', 'me']])],
    ['a list of numbers', [1]],
    ['what files cannot tell', UNKNOWN],
    ['an integer beyond 64 bits', 2n ** 70n],
  ])('stands for itself alone: %s', (_, value) => {
    const own = layer(['meta', value]);
    expect(sharedLayer(own)).toBe(own);
    expect(isSharedLayer(own)).toBe(false);
  });
});
