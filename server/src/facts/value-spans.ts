/** Positions of a plain value tree, kept beside it as numbers, so that a tree that only moved stays equal to itself. */

import type { PyValue } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { YamlNode } from '../syntax/yaml/node.ts';
import { isPyDict } from '../base/python-values.ts';

/**
 * The spans of a value and all below it, in preorder: for the value itself from, to; then for each entry of a mapping the
 * key's from, to followed by the value's spans; for each item of a sequence the item's spans.
 */
export type ValueSpans = Int32Array;

/** A value tree and its spans, made from YAML in one walk. Undefined if more than `limit` values came out (alias bombs). */
export function valueWithSpans(node: YamlNode, limit: number): { value: PyValue; spans: ValueSpans } | undefined {
  const spans: number[] = [];
  let budget = limit;

  function walk(current: YamlNode): PyValue {
    if (--budget < 0) return null;
    spans.push(current.from, current.to);
    if (current.kind === 'scalar') return current.value;
    if (current.kind === 'sequence') {
      // `map` makes a list of just its size; one that grows keeps room that a project has thousands of times.
      return current.items.map(walk);
    }
    const dict = new Map<PyValue, PyValue>();
    for (const entry of current.entries) {
      spans.push(entry.key.from, entry.key.to);
      const key = entry.key.kind === 'scalar' ? entry.key.value : null;
      dict.set(key, walk(entry.value));
      if (budget < 0) break;
    }
    return dict;
  }

  const value = walk(node);
  return budget < 0 ? undefined : { value, spans: Int32Array.from(spans) };
}

/** How many numbers the spans of a value take. */
function width(value: PyValue): number {
  if (isPyDict(value)) {
    let sum = 2;
    for (const child of value.values()) sum += 2 + width(child);
    return sum;
  }
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + width(item), 2);
  return 2;
}

/** Follows a path of keys and indexes; undefined where it leads nowhere. */
export function valueAt(value: PyValue | undefined, path: readonly (string | number)[]): PyValue | undefined {
  let current = value;
  for (const step of path) {
    if (isPyDict(current)) current = current.get(step);
    else if (Array.isArray(current) && typeof step === 'number') current = current[step];
    else return undefined;
  }
  return current;
}

/** The span of the value (or of the key that leads to it) at the end of a path; undefined where it leads nowhere. */
export function spanAt(
  value: PyValue,
  spans: ValueSpans,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): Span | undefined {
  let current: PyValue = value;
  let at = 0;
  let keyAt: number | undefined;
  for (const step of path) {
    const found = stepInto(current, at, step);
    if (found === undefined) return undefined;
    ({ value: current, at, keyAt } = found);
  }
  const from = part === 'key' && keyAt !== undefined ? keyAt : at;
  return { from: spans[from] ?? 0, to: spans[from + 1] ?? 0 };
}

function stepInto(
  value: PyValue,
  at: number,
  step: string | number,
): { value: PyValue; at: number; keyAt: number | undefined } | undefined {
  let offset = at + 2;
  if (isPyDict(value)) {
    for (const [key, child] of value) {
      if (key === step) return { value: child, at: offset + 2, keyAt: offset };
      offset += 2 + width(child);
    }
    return undefined;
  }
  if (!Array.isArray(value) || typeof step !== 'number') return undefined;
  for (const [index, item] of value.entries()) {
    if (index === step) return { value: item, at: offset, keyAt: undefined };
    offset += width(item);
  }
  return undefined;
}
