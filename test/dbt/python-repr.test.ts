/** Values print exactly as Python prints them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pyRepr, pyStr } from '../../server/src/dbt/python-repr.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface Row {
  readonly value: TaggedValue;
  readonly str: string;
  readonly repr: string;
}

// The file is written by oracle/python-repr.py and has this shape.
const rows = JSON.parse(readFileSync(new URL('oracle/python-repr.json', import.meta.url), 'utf8')) as readonly Row[];

describe('str() and repr() of Python 3', () => {
  it('has answers of Python for every kind of value', () => {
    expect(rows.length).toBeGreaterThan(300);
  });

  it.each(rows)('says of $repr what Python says', (row) => {
    const value = valueOfTagged(row.value);
    expect(pyStr(value)).toBe(row.str);
    expect(pyRepr(value)).toBe(row.repr);
  });

  it('escapes a lone surrogate as Python does', () => {
    // Python: repr('\ud800') == "'\\ud800'"
    expect(pyRepr('\ud800')).toBe("'\\ud800'");
  });
});
