/** Faults that show only when declarations are put together: what dbt refuses, or swallows in silence. */

import type { Anchor } from './model.ts';

/** A fault with its place. The rule of the same subject turns it into a finding. */
export interface IndexProblem {
  /** Stable id of the situation, e.g. `duplicate-node`, `patch-without-node`, `test-malformed`. */
  readonly code: string;
  /** One sentence that names dbt's own error where there is one. */
  readonly message: string;
  /** Whether `dbt parse` fails on it, warns, warns of a deprecation, or says nothing. */
  readonly dbt: 'error' | 'warning' | 'deprecation' | 'silent';
  readonly at: Anchor;
  /** What the words of a rule may name: `name`, `type`, … Always the same members for one code. */
  readonly data?: Readonly<Record<string, string | number>>;
  /** The other place that has part in it, e.g. the first of two declarations. */
  readonly related?: Anchor;
}
