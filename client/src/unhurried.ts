/** Work that is asked for often and may take long: it is done soon, but never twice at a time, and rests between. */

/** So many times as long as the work took it rests: of the time that passes, it takes a tenth at most … */
const REST_PER_WORK = 9;
/** … but a wait for a server that is busy is no work. */
const LONGEST_REST_MS = 2_000;

/** Work that can be asked for. */
export interface Unhurried {
  /** Does the work at once if it rests long enough already, else when it has. */
  soon(): void;
  dispose(): void;
}

/** Wraps work that does not reject. */
export function unhurried(work: () => Promise<void>): Unhurried {
  let isAsked = false;
  let isBusy = false;
  let isDisposed = false;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    isBusy = true;
    isAsked = false;
    const startedAt = performance.now();
    await work();
    if (isDisposed) return;
    timer = setTimeout(rested, Math.min(LONGEST_REST_MS, (performance.now() - startedAt) * REST_PER_WORK));
  }

  function rested(): void {
    isBusy = false;
    if (isAsked) void run();
  }

  return {
    soon: () => {
      isAsked = true;
      if (!isBusy && !isDisposed) void run();
    },
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}
