/** Long work gives way and stops; only cancellation ends at the boundary. */
import { describe, expect, it, vi } from 'vitest';
import {
  NEVER_CANCELLED,
  OperationCancelled,
  createCancellation,
  isOperationCancelled,
  pause,
  stopIfCancelled,
  untilCancelled,
} from '../../server/src/base/cancellation.ts';

/** Holds the thread, as a rule that runs does. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('pause', () => {
  it('lets a timer run once the slice of 10 ms is used up', async () => {
    let timerRan = false;
    setTimeout(() => (timerRan = true), 0);
    for (let i = 0; i < 5; i++) {
      work(12);
      await pause(NEVER_CANCELLED);
    }
    expect(timerRan).toBe(true);
  });

  it('does not give way while the slice lasts', async () => {
    work(11);
    await pause(NEVER_CANCELLED);
    // The clock stands still, so that a busy machine cannot end the slice.
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    let timerRan = false;
    setTimeout(() => (timerRan = true), 0);
    for (let i = 0; i < 3; i++) await pause(NEVER_CANCELLED);
    expect(timerRan).toBe(false);
    now.mockRestore();
  });

  it('stops work that was cancelled while it gave way', async () => {
    const { token, cancel } = createCancellation();
    setTimeout(cancel, 0);
    let rounds = 0;
    const outcome = await untilCancelled(async () => {
      while (rounds < 1000) {
        rounds++;
        work(11);
        await pause(token);
      }
      return 'finished';
    });
    expect(outcome).toEqual({ cancelled: true });
    expect(rounds).toBeLessThan(1000);
  });

  it('throws at once for a token that is cancelled already', async () => {
    const { token, cancel } = createCancellation();
    cancel();
    await expect(pause(token)).rejects.toBe(OperationCancelled);
    expect(() => {
      stopIfCancelled(token);
    }).toThrow(OperationCancelled);
  });
});

describe('untilCancelled', () => {
  it('hands back the value of work that finished', async () => {
    expect(await untilCancelled(() => 7)).toEqual({ cancelled: false, value: 7 });
  });

  it('lets other errors through', async () => {
    const fault = new Error('a bug');
    await expect(untilCancelled(() => Promise.reject(fault))).rejects.toBe(fault);
    expect(isOperationCancelled(fault)).toBe(false);
  });
});
