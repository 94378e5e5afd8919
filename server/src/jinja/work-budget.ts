/** A budget on the work that a single step may hide: long texts, long lists, values that share their parts. */

import { JinjaError } from './values.ts';

/** Characters and items that one evaluation may touch; about half a second of work. */
const WORK_LIMIT = 60_000_000;

let work = 0;

/** At the start of an evaluation. */
export function resetWork(): void {
  work = 0;
}

/** Counts characters or items that are about to be touched; raises when the budget is spent. */
export function charge(amount: number): void {
  work += amount;
  if (work > WORK_LIMIT) throw new JinjaError('jinja-budget', 'The template does more work than is evaluated.');
}
