/** Version ranges mean what dbt takes them for. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allowsVersion, compareDbtVersions, hasFeature, isContradiction, lowestSupported, parseRequirement } from '../../server/src/dbt/dbt-version.ts';

interface RequirementRow {
  readonly requirement: string | string[];
  readonly error?: string;
  readonly satisfiable?: boolean;
  readonly allowed?: readonly string[];
}

interface OrderRow {
  readonly a: string;
  readonly b: string;
  readonly order: number;
}

// The file is written by oracle/dbt-version.py and has these shapes.
const rows = JSON.parse(readFileSync(new URL('oracle/dbt-version.json', import.meta.url), 'utf8')) as readonly (RequirementRow | OrderRow)[];
const requirements = rows.filter((row): row is RequirementRow => 'requirement' in row);
const orders = rows.filter((row): row is OrderRow => 'order' in row);
const candidates = [...new Set(orders.map((row) => row.a))];

describe('version requirements, as dbt 1.12.3 reads them', () => {
  it.each(requirements)('$requirement', (row) => {
    const { invalid } = parseRequirement(row.requirement);
    if (row.error !== undefined) {
      expect(invalid.map((part) => `"${part}" is not a valid semantic version.`)).toContain(row.error);
      return;
    }
    expect(invalid).toEqual([]);
    expect(isContradiction(row.requirement)).toBe(row.satisfiable === false);
    expect(candidates.filter((version) => allowsVersion(row.requirement, version))).toEqual(row.allowed);
  });

  it('order versions as dbt does', () => {
    for (const { a, b, order } of orders) expect(Math.sign(compareDbtVersions(a, b)), `${a} ${b}`).toBe(order);
  });
});

describe('the lowest supported version', () => {
  it('is the greatest lower bound', () => {
    expect(lowestSupported('>=1.8.0,<2.0.0')).toBe('1.8.0');
    expect(lowestSupported(['>=1.3.0', '>=1.6.0', '<2.0.0'])).toBe('1.6.0');
    expect(lowestSupported('=1.7.1')).toBe('1.7.1');
    expect(lowestSupported('>1.7.1')).toBe('1.7.2');
    expect(lowestSupported('>=1.8.0-rc1')).toBe('1.8.0-rc1');
  });

  it('is read even where dbt refuses blanks and commas', () => {
    expect(lowestSupported('>= 1.8.0, < 2.0.0')).toBe('1.8.0');
    expect(lowestSupported(['>=1.5.0,<2.0.0'])).toBe('1.5.0');
  });

  it('is unknown without a lower bound', () => {
    expect(lowestSupported('<2.0.0')).toBeUndefined();
    expect(lowestSupported(null)).toBeUndefined();
    expect(lowestSupported('nonsense')).toBeUndefined();
  });
});

describe('features of dbt versions', () => {
  it('come with their version', () => {
    expect(hasFeature('1.7.9', 'data-tests-key')).toBe(false);
    expect(hasFeature('1.8.0', 'data-tests-key')).toBe(true);
    expect(hasFeature('1.10.4', 'test-arguments')).toBe(false);
    expect(hasFeature('1.10.5', 'test-arguments')).toBe(true);
    expect(hasFeature(undefined, 'test-arguments-by-default')).toBe(true);
  });
});
