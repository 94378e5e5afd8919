/** Puts work off until it has been quiet for a while. */

export interface Debouncer {
  /** Waits anew from now. */
  restart(): void;
  /** Waits from now, unless it waits already. */
  start(): void;
  /** Forgets the work that is waiting. */
  cancel(): void;
}

/** Makes a debouncer; `wait` gives milliseconds each time. */
export function createDebouncer(wait: () => number, work: () => void): Debouncer {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function start(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, wait());
  }

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    start,
    cancel,
    restart() {
      cancel();
      start();
    },
  };
}
