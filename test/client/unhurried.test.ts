/** Work that rests: done at once, never twice at a time, and once more for all that was asked meanwhile. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unhurried } from '../../client/src/unhurried.ts';

describe('unhurried work', () => {
  let begun = 0;
  /** Takes 100 ms. */
  const work = async (): Promise<void> => {
    begun += 1;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  };
  beforeEach(() => {
    begun = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('begins at once, and once more after its rest however often it was asked for', async () => {
    const asking = unhurried(work);
    for (let time = 0; time < 5; time += 1) asking.soon();
    expect(begun).toBe(1);
    await vi.advanceTimersByTimeAsync(990);
    expect(begun).toBe(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(begun).toBe(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(begun).toBe(2);
    asking.soon();
    expect(begun).toBe(3);
  });

  it('does not begin again once it is disposed of', async () => {
    const asking = unhurried(work);
    asking.soon();
    asking.soon();
    asking.dispose();
    await vi.advanceTimersByTimeAsync(10_000);
    asking.soon();
    expect(begun).toBe(1);
  });
});
