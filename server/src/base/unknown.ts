/** The marker for a value that files alone cannot determine: the third truth value of the whole product. */

import type { PyValue } from './python-values.ts';

/** A value that dbt would have but files alone cannot tell; `reason` is one English clause for the reader. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** A configuration value: known as dbt knows it, or marked as unknown. */
export type ConfigValue = PyValue | Unknown;

/** An unknown without a particular reason. */
export const UNKNOWN: Unknown = { kind: 'unknown', reason: 'the value could not be evaluated from files' };

/** An unknown with a reason, e.g. "env_var `X` is not in the repository". */
export function unknownBecause(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

/** True for an `Unknown`, whatever else the value might be. */
export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'unknown';
}
