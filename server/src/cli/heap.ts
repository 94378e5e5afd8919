/** The engine's heap, set up for a process that makes much, keeps nearly all of it, and ends. */

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * By this share of what is in use the heap may grow before garbage is looked for. The engine would let it double, which costs a runner with little
 * memory more than the search costs a run.
 */
const HEAP_GROWTH_PERCENT = 60;

/**
 * The size in bytes that the space for new objects gets at once, instead of step by step: what a run makes lives to its end, and is copied fewer
 * times. Beyond it hardly any time is saved; newer engines would let it become four times as large.
 */
const NEW_SPACE_BYTES = 32 * 1024 * 1024;

let mayGrow = false;

/** To be called before the work begins. */
export function tuneHeap(): void {
  mayGrow = true;
  setFlagsFromString(`--heap-growing-percent=${String(HEAP_GROWTH_PERCENT)}`);
  growNewSpaceBy(Math.floor(NEW_SPACE_BYTES / Math.max(1, newSpaceBytes())));
}

/** To be called now and then while a project is read: stops the growth of the space for new objects when it is large enough. */
export function limitNewSpace(): void {
  if (!mayGrow || newSpaceBytes() < NEW_SPACE_BYTES) return;
  mayGrow = false;
  growNewSpaceBy(1);
}

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

function growNewSpaceBy(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${String(Math.max(1, factor))}`);
}
