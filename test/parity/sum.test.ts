/** The sums that docs/agreement.md tells come from saved outputs. */
import { expect, test } from 'vitest';
import { sumOfAgreements } from './compare.ts';

const measures = (nodes: string): string => `type  equal\n\nagreement: nodes ${nodes}, edges 1/2, config 0/0\n`;

test('the agreement lines of outputs are added measure by measure', () => {
  expect(sumOfAgreements([measures('3/4'), measures('10/10')])).toMatch(/^agreement: nodes 13\/14, edges 2\/4, tests 0\/0, .*config 0\/0, /);
});

test('an output without the line is told, not passed over', () => {
  expect(sumOfAgreements([measures('3/4'), 'ReferenceError: x is not defined'])).toBeUndefined();
});
