/** Gives back the garbage of a start, before it comes due in the middle of somebody's typing. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects garbage at once. The start of a large project leaves as much of it as the project itself takes; the engine would clear it away during
 * some later edit, which would then take a third of a second. Where the engine lets nobody ask, nothing happens.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
    collect = isFunction(found) ? found : (): void => undefined;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function';
}
