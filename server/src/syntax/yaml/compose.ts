/** Builds our YAML nodes: merge keys, duplicate keys, unhashable keys, with a bound on what merging may copy. */

import type { Span, SyntaxProblem } from '../../base/span.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './node.ts';

/** The most entries that all merge keys of one text may copy. A hostile text cannot make us build more. */
export const MAX_MERGED_ENTRIES = 500_000;

/** What all nodes of one text share while it is read. */
export interface ComposeState {
  readonly problems: SyntaxProblem[];
  /** Entries that merge keys copied so far. */
  mergedEntries: number;
}

/** More problems of one text tell nobody anything. */
export const MAX_PROBLEMS = 100;

/** Collections nested deeper, aliases written out, are not built: the trees are walked on the call stack. */
export const MAX_YAML_DEPTH = 500;

/** Reports a fault of the text that is being read. */
export function addProblem(state: ComposeState, code: string, message: string, span: Span): void {
  if (state.problems.length < MAX_PROBLEMS) state.problems.push({ code, message, span: { from: span.from, to: span.to } });
}

/** One `key: value` as written; `isMerge` marks an unquoted `<<`. */
export interface RawEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
  readonly isMerge: boolean;
}

/** With up to this many entries, comparing all pairs is faster than a table. */
const LINEAR_SEARCH_LIMIT = 8;

const NO_ENTRIES: readonly YamlEntry[] = [];

/** Makes a mapping the way PyYAML does: merged entries first, then the own ones, of equal keys the last value wins. */
export function composeMapping(state: ComposeState, raw: readonly RawEntry[], flow: boolean, from: number, to: number): YamlMapping {
  const merged = raw.some((entry) => entry.isMerge) ? mergedEntriesOf(state, raw) : NO_ENTRIES;
  const own: YamlEntry[] = [];
  for (const entry of raw) {
    if (entry.isMerge) continue;
    if (entry.key.kind !== 'scalar') {
      addProblem(state, 'yaml-unhashable-key', 'A list or a mapping cannot be a key.', entry.key);
    }
    own.push({ key: entry.key, value: entry.value, merged: false });
  }
  return mappingOf(merged, own, flow, from, to);
}

/** Makes a mapping of entries whose keys are all scalars or were reported already. */
export function mappingOf(merged: readonly YamlEntry[], own: readonly YamlEntry[], flow: boolean, from: number, to: number): YamlMapping {
  if (merged.length === 0 && !hasDuplicates(own)) {
    return { kind: 'mapping', flow, entries: own, duplicates: NO_ENTRIES, from, to };
  }
  const entries: YamlEntry[] = [];
  const duplicates: YamlEntry[] = [];
  const indexByKey = new Map<unknown, number>();
  for (const entry of [...merged, ...own]) {
    const identity = keyIdentity(entry.key);
    const index = identity === undefined ? undefined : indexByKey.get(identity);
    const earlier = index === undefined ? undefined : entries[index];
    if (index === undefined || earlier === undefined) {
      if (identity !== undefined) indexByKey.set(identity, entries.length);
      entries.push(entry);
      continue;
    }
    if (!earlier.merged && !entry.merged) duplicates.push(earlier);
    // Python keeps the first key object: of `1: a` and `true: b` the dict holds `{1: 'b'}`.
    const key = isSameSpelledKey(earlier.key, entry.key) ? entry.key : earlier.key;
    entries[index] = key === entry.key ? entry : { key, value: entry.value, merged: entry.merged };
  }
  return { kind: 'mapping', flow, entries, duplicates, from, to };
}

function hasDuplicates(own: readonly YamlEntry[]): boolean {
  const count = own.length;
  if (count > LINEAR_SEARCH_LIMIT) return hasDuplicateIdentities(own);
  for (let i = 0; i < count; i++) {
    const value = stringKeyOf(own[i]);
    if (value === undefined) return hasDuplicateIdentities(own);
    for (let j = 0; j < i; j++) {
      if (stringKeyOf(own[j]) === value) return true;
    }
  }
  return false;
}

function hasDuplicateIdentities(own: readonly YamlEntry[]): boolean {
  const seen = new Set<unknown>();
  for (const entry of own) {
    const identity = keyIdentity(entry.key);
    if (identity === undefined) continue;
    if (seen.has(identity)) return true;
    seen.add(identity);
  }
  return false;
}

function stringKeyOf(entry: YamlEntry | undefined): string | undefined {
  const key = entry?.key;
  return key?.kind === 'scalar' && typeof key.value === 'string' ? key.value : undefined;
}

/** Equal for keys that Python's dict holds for one: `1`, `1.0` and `true` are, `'1'` is not; undefined for none (lists). */
function keyIdentity(key: YamlNode): unknown {
  if (key.kind !== 'scalar') return undefined;
  const value = key.value;
  if (typeof value === 'string') return value;
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return value;
  // PyYAML has one NaN object, so even that key equals itself.
  if (value.kind === 'float') return wholeOrFloat(value.value);
  // A string key may look like a date, so dates get a prefix that no text of YAML can hold.
  return `\u0000date:${value.text}`;
}

function wholeOrFloat(value: number): number | bigint {
  if (!Number.isInteger(value)) return value;
  return Number.isSafeInteger(value) ? value : BigInt(value);
}

function isSameSpelledKey(a: YamlNode, b: YamlNode): boolean {
  if (a.kind !== 'scalar' || b.kind !== 'scalar') return false;
  return typeof a.value === typeof b.value && (typeof a.value !== 'object' || a.value === null);
}

/** The entries that the `<<` keys of one mapping bring in, in the order in which Python's dict is filled. */
function mergedEntriesOf(state: ComposeState, raw: readonly RawEntry[]): readonly YamlEntry[] {
  const merged: YamlEntry[] = [];
  for (const { isMerge, value } of raw) {
    if (!isMerge) continue;
    if (value.kind === 'mapping') {
      copyEntries(state, value, merged);
    } else if (value.kind === 'sequence') {
      // The first mapping of the list wins, hence it is filled in last.
      for (const item of [...value.items].reverse()) {
        if (item.kind === 'mapping') copyEntries(state, item, merged);
        else reportUnmergeable(state, item);
      }
    } else {
      reportUnmergeable(state, value);
    }
  }
  return merged;
}

function copyEntries(state: ComposeState, source: YamlMapping, into: YamlEntry[]): void {
  const total = state.mergedEntries + source.entries.length;
  if (total > MAX_MERGED_ENTRIES) {
    if (state.mergedEntries <= MAX_MERGED_ENTRIES) {
      addProblem(state, 'yaml-merge-too-large', `The merge keys of this file copy more than ${MAX_MERGED_ENTRIES} entries; the rest was left out.`, source);
      // Past the limit, so that the problem is said once.
      state.mergedEntries = MAX_MERGED_ENTRIES + 1;
    }
    return;
  }
  state.mergedEntries = total;
  for (const entry of source.entries) into.push({ key: entry.key, value: entry.value, merged: true });
}

function reportUnmergeable(state: ComposeState, node: YamlNode): void {
  addProblem(state, 'yaml-bad-merge', `A merge key takes a mapping or a list of mappings, not a ${node.kind}.`, node);
}
