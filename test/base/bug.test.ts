/** A bug is recorded once, told once, and loud in tests. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { BugRecord } from '../../server/src/base/bug.ts';
import { bug } from '../../server/src/base/bug.ts';

// The other tests run with bugs that throw.
beforeEach(() => {
  bug.throwOnReport(false);
  bug.setListener(undefined);
  bug.reset();
});

describe('bug.report', () => {
  it('tells the listener of the first of equal bugs and counts the others', () => {
    const told: BugRecord[] = [];
    bug.setListener((record) => told.push(record));
    for (let i = 0; i < 3; i++) bug.report(new TypeError('x is undefined'), { rule: 'select-star', unit: `model.p.m${i}` });
    expect(told).toHaveLength(1);
    expect(bug.recorded().bugs).toMatchObject([
      { message: 'TypeError: x is undefined', context: { rule: 'select-star', unit: 'model.p.m0' }, count: 3 },
    ]);
  });

  it('keeps equal messages of two rules apart', () => {
    bug.report(new Error('x'), { rule: 'a' });
    bug.report(new Error('x'), { rule: 'b' });
    expect(bug.recorded().bugs).toHaveLength(2);
  });

  it('takes whatever was thrown', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const thrown of ['text', undefined, null, 7, circular]) bug.report(thrown);
    expect(bug.recorded().bugs).toHaveLength(5);
  });

  it('does not grow without end', () => {
    for (let i = 0; i < 1000; i++) bug.report(`bug ${i}`);
    expect(bug.recorded().bugs.length + bug.recorded().dropped).toBe(1000);
    expect(bug.recorded().bugs.length).toBeLessThan(500);
  });

  it('survives a listener that fails', () => {
    bug.setListener(() => {
      throw new Error('broken listener');
    });
    bug.report('x');
    expect(bug.recorded().bugs).toHaveLength(1);
  });

  it('throws the error itself when tests ask for it', () => {
    bug.throwOnReport(true);
    const error = new Error('loud');
    expect(() => {
      bug.report(error);
    }).toThrow(error);
  });
});
