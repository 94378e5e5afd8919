/** The manifest's hashes are Node's; the fast one tells apart what differs in the least. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastHash, md5Hex, sha256Hex } from '../../server/src/base/hash.ts';

const wellFormed = fc.string({ unit: 'binary' });

describe('md5Hex and sha256Hex', () => {
  it('equal those of Node over UTF-8 for any text', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(md5Hex(text)).toBe(createHash('md5').update(text, 'utf8').digest('hex'));
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });

  it('equal them at every length around the ends of blocks, and for long texts', () => {
    for (const unit of ['a', 'é', '€', '😀']) {
      for (const length of [...Array(200).keys(), 1000, 5000, 100_000]) {
        const text = unit.repeat(length);
        expect(md5Hex(text)).toBe(createHash('md5').update(text, 'utf8').digest('hex'));
      }
    }
  });
});

describe('fastHash', () => {
  it('is 16 hexadecimal digits, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(fastHash(text)).toMatch(/^[0-9a-f]{16}$/);
        expect(fastHash(text)).toBe(fastHash(`${text.slice(0, 1)}${text.slice(1)}`));
      }),
    );
  });

  it('keeps its values, so that a cache written by one start is read by the next', () => {
    expect([fastHash(''), fastHash('a'), fastHash('select 1 as id')]).toMatchInlineSnapshot(`
      [
        "47a7826279c1186f",
        "dd2c22388b416ff6",
        "e8185f5c9110886c",
      ]
    `);
  });

  it('tells apart 300,000 texts that differ in a digit, a length or an order', () => {
    const seen = new Set<string>();
    let count = 0;
    const add = (text: string): void => {
      seen.add(fastHash(text));
      count++;
    };
    for (let i = 0; i < 100_000; i++) {
      add(`select ${i} as id from orders`);
      add(`${i}`);
      add(String.fromCharCode(i % 65536, (i >> 4) % 65536, i % 7) + 'x'.repeat(i % 13) + (i >> 16).toString());
    }
    expect(seen.size).toBe(count);
  });

  it('spreads over both halves: 100,000 texts collide in 32 bits about as often as chance has it', () => {
    for (const half of [0, 8]) {
      const seen = new Set<string>();
      for (let i = 0; i < 100_000; i++) seen.add(fastHash(`model_${i}`).slice(half, half + 8));
      // 100,000² / 2³³ ≈ 1.2 collisions are expected.
      expect(100_000 - seen.size).toBeLessThan(12);
    }
  });
});
