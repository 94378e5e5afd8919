/** How the `freshness:` of a source and of its table merge, at the top level and under `config:` (dbt-core `parser/sources.py`). */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isUnknown, type ConfigValue, type Unknown } from '../base/unknown.ts';
import { settled, type ConfigTreeValue } from './config-merge.ts';

/** A limit such as `{count: 12, period: hour}`; it counts only if it has both. */
interface Limit {
  readonly count: PyValue;
  readonly period: PyValue;
}

/** One level, or what has been merged so far. A limit that is null was switched off, one without values is absent. */
interface Threshold {
  readonly warnAfter: Limit | null;
  readonly errorAfter: Limit | null;
  readonly filter: PyValue;
}

const NO_LIMIT: Limit = { count: null, period: null };
const NO_THRESHOLD: Threshold = { warnAfter: NO_LIMIT, errorAfter: NO_LIMIT, filter: null };

/**
 * Merges the levels source, source config, table, table config; `undefined` stands for a level that says nothing, null for
 * `freshness: null`.
 *
 * Returns a dict with those of `warn_after`, `error_after` and `filter` that are set, null if freshness was switched off,
 * undefined if no level sets a limit (then the project file decides), or an unknown.
 */
export function mergeSourceFreshness(levels: readonly (ConfigTreeValue | undefined)[]): ConfigValue | undefined {
  let merged: Threshold | null | undefined;
  for (const level of levels) {
    const threshold = readThreshold(level);
    if (isUnknown(threshold)) return threshold;
    merged = merged === undefined ? threshold : mergePair(merged, threshold);
  }
  if (merged === null) return null;
  return merged === undefined || !isSet(merged) ? undefined : dictOf(merged);
}

function readThreshold(level: ConfigTreeValue | undefined): Threshold | null | Unknown {
  if (level === undefined) return NO_THRESHOLD;
  const value = settled(level);
  if (value === null || isUnknown(value)) return value;
  if (!(value instanceof Map)) return NO_THRESHOLD;
  return { warnAfter: readLimit(value, 'warn_after'), errorAfter: readLimit(value, 'error_after'), filter: value.get('filter') ?? null };
}

function readLimit(level: PyDict, key: string): Limit | null {
  const limit = level.get(key);
  if (limit === null) return null;
  if (!(limit instanceof Map)) return NO_LIMIT;
  return { count: limit.get('count') ?? null, period: limit.get('period') ?? null };
}

function isLimit(limit: Limit | null): limit is Limit {
  if (limit === null) return false;
  return limit.count !== null && limit.period !== null;
}

function isSet(threshold: Threshold): boolean {
  return isLimit(threshold.warnAfter) || isLimit(threshold.errorAfter);
}

function mergePair(base: Threshold | null, update: Threshold | null): Threshold | null {
  if (update === null) return null;
  if (base === null) return isSet(update) ? update : null;
  return {
    warnAfter: mergeLimits(base.warnAfter, update.warnAfter),
    errorAfter: mergeLimits(base.errorAfter, update.errorAfter),
    filter: update.filter ?? base.filter,
  };
}

function mergeLimits(base: Limit | null, update: Limit | null): Limit | null {
  if (update === null) return null;
  return isLimit(update) ? update : base;
}

function dictOf(threshold: Threshold): PyDict {
  const dict: PyDict = new Map();
  if (isLimit(threshold.warnAfter)) dict.set('warn_after', limitDict(threshold.warnAfter));
  if (isLimit(threshold.errorAfter)) dict.set('error_after', limitDict(threshold.errorAfter));
  if (threshold.filter !== null) dict.set('filter', threshold.filter);
  return dict;
}

function limitDict(limit: Limit): PyDict {
  return new Map<PyValue, PyValue>([['count', limit.count], ['period', limit.period]]);
}
