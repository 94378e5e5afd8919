/** Lets long work give way each few milliseconds and stop when a newer revision makes it stale. */

/** What a worker looks at. */
export interface CancellationToken {
  readonly isCancelled: boolean;
}

/** A token with the switch that cancels it. Cancelling is final. */
export interface Cancellation {
  readonly token: CancellationToken;
  readonly cancel: () => void;
}

/** Makes a token that nobody has cancelled yet. */
export function createCancellation(): Cancellation {
  let isCancelled = false;
  return {
    token: {
      get isCancelled() {
        return isCancelled;
      },
    },
    cancel() {
      isCancelled = true;
    },
  };
}

/** A token that is never cancelled: work under it still yields. */
export const NEVER_CANCELLED: CancellationToken = { isCancelled: false };

/** The one error that stands for "cancelled"; made once, so it has no useful stack and costs nothing to throw. */
export const OperationCancelled: Error = Object.freeze(
  Object.assign(new Error('The operation was cancelled.'), { name: 'OperationCancelled' }),
);

/** True for the error that `pause` and `stopIfCancelled` throw. */
export function isOperationCancelled(error: unknown): boolean {
  return error === OperationCancelled;
}

/** Throws `OperationCancelled` if the token is cancelled. */
export function stopIfCancelled(token: CancellationToken): void {
  if (token.isCancelled) throw OperationCancelled;
}

/** Milliseconds that work may hold the thread before `pause` lets others in. */
const SLICE = 10;

let sliceBegan = 0;

/**
 * To be awaited between units of work. Returns at once while the current slice lasts; else lets pending messages and timers run
 * first. The clock is shared by all jobs, since they share the thread. Throws `OperationCancelled` if the
 * token is (or meanwhile was) cancelled.
 */
export async function pause(token: CancellationToken): Promise<void> {
  stopIfCancelled(token);
  if (performance.now() - sliceBegan < SLICE) return;
  await nextTurn();
  sliceBegan = performance.now();
  stopIfCancelled(token);
}

/** True if `pause` would yield now; lets hot loops avoid the promise: `if (isPauseDue()) await pause(token)`. */
export function isPauseDue(): boolean {
  return performance.now() - sliceBegan >= SLICE;
}

/** The result of work that may have been cancelled. */
export type Outcome<T> = { readonly cancelled: false; readonly value: T } | { readonly cancelled: true };

/** The boundary where cancellation ends: other errors pass through. */
export async function untilCancelled<T>(work: () => Promise<T> | T): Promise<Outcome<T>> {
  try {
    return { cancelled: false, value: await work() };
  } catch (error) {
    if (isOperationCancelled(error)) return { cancelled: true };
    throw error;
  }
}

/** Resolves after the event loop has had a turn; `setImmediate` where there is one, as a timer waits a millisecond or more. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
