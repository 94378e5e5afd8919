/** Groups: the smallest sets of declarations that are assembled together, and which table keys touch which group. */

import type { TableKey } from './package-tables.ts';

/**
 * - `refable`: models, seeds and snapshots of one name with their property entries, versions and generic tests;
 * - `analysis`, `singular`, `function`: a body and its entry; - `source`: all entries of one source name;
 * - `declared`: one section's entries of one name (`exposures/weekly`); - `hooks`: on-run-start and on-run-end of a package;
 * - `semantics`: the semantic layer as a whole, which is made of nodes after all others.
 */
export type GroupKind = 'refable' | 'analysis' | 'singular' | 'function' | 'source' | 'declared' | 'hooks' | 'semantics';

/** A group's key, e.g. `refable|shop|orders`; the name is last since it may hold anything. */
export type GroupKey = `${GroupKind}|${string}|${string}`;

/** All declarations that make one node, or one set of nodes, together. */
export interface Group {
  readonly kind: GroupKind;
  readonly packageName: string;
  readonly name: string;
}

/** The group as one string, which `parseGroupKey` reads. */
export function groupKey(group: Group): GroupKey {
  return `${group.kind}|${group.packageName}|${group.name}`;
}

/** The group of a key that `groupKey` made. */
export function parseGroupKey(key: GroupKey): Group {
  const first = key.indexOf('|');
  const second = key.indexOf('|', first + 1);
  const kind = key.slice(0, first);
  return {
    // The type of GroupKey says that it begins with a kind; only groupKey makes them.
    kind: kind as GroupKind,
    packageName: key.slice(first + 1, second),
    name: key.slice(second + 1),
  };
}

const KIND_OF_BODY: Readonly<Record<string, GroupKind>> = {
  model: 'refable',
  seed: 'refable',
  snapshot: 'refable',
  analysis: 'analysis',
  test: 'singular',
  function: 'function',
};

const KIND_OF_SECTION: Readonly<Record<string, GroupKind>> = {
  models: 'refable',
  seeds: 'refable',
  snapshots: 'refable',
  analyses: 'analysis',
  data_tests: 'singular',
  functions: 'function',
  sources: 'source',
  exposures: 'declared',
  metrics: 'declared',
  semantic_models: 'declared',
  saved_queries: 'declared',
  unit_tests: 'declared',
  groups: 'declared',
  macros: 'declared',
};

/** The group that a changed table key belongs to; undefined for keys that no group is made of (macros, docs, files). */
export function groupOfTableKey(packageName: string, key: TableKey): Group | undefined {
  const colon = key.indexOf(':');
  const table = key.slice(0, colon);
  const rest = key.slice(colon + 1);
  if (table === 'body') {
    const at = rest.indexOf(':');
    const kind = KIND_OF_BODY[rest.slice(0, at)];
    return kind === undefined ? undefined : { kind, packageName, name: rest.slice(at + 1) };
  }
  if (table !== 'entry') return undefined;
  const slash = rest.indexOf('/');
  const section = rest.slice(0, slash);
  const kind = KIND_OF_SECTION[section];
  if (kind === undefined) return undefined;
  return { kind, packageName, name: kind === 'declared' ? rest : rest.slice(slash + 1) };
}
