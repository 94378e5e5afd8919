/** What all assemblers share: the context they work in, the output they fill, and how entries are read. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { DbtMessage } from '../../dbt/messages.ts';
import { versionOf } from '../../dbt/versions.ts';
import type { GroupKey } from '../groups.ts';
import type { Anchor, DbtNode, GroupNode, RelationNode } from '../model.ts';
import type { EntryRow, PackageTables } from '../package-tables.ts';
import type { IndexProblem } from '../problems.ts';
import type { PackageState } from '../project-index.ts';
import type { BodyReading, RenderState } from '../rendering.ts';
import { NO_READING } from '../rendering.ts';

/** What an assembler sees. Whatever it reads beyond its own group it notes, so that it runs again when that changes. */
export interface AssemblyContext {
  readonly owner: PackageState;
  readonly rootPackage: PackageState;
  readonly packages: ReadonlyMap<string, PackageState>;
  /** Installed packages whose names others have already: dbt stops at them, and nothing of them is read. */
  readonly namesakes: readonly PackageState[];
  readonly render: RenderState;
  readonly group: GroupKey;
  /** The model whose versions claim a file stem, if any. */
  claimedBy(stem: string): string | undefined;
  /** The same in another package. */
  claimedIn(owner: PackageState, stem: string): string | undefined;
  /** Notes a read of a table: `<package>/<table key>`, or `*` for the package where any package counts. */
  note(read: string): void;
}

/** What a group gives. */
export interface Assembled {
  readonly nodes: readonly DbtNode[];
  readonly groups: readonly GroupNode[];
  readonly problems: readonly IndexProblem[];
}

/** Collects the output of an assembler. */
export interface AssemblyOutput {
  readonly nodes: DbtNode[];
  readonly groups: GroupNode[];
  readonly problems: IndexProblem[];
}

/** Entries of a section by name, in the order of their files and then as written. */
export function entriesOf(context: AssemblyContext, section: string, name: string): EntryRow[] {
  const { tables } = context.owner;
  return tables.hasEntriesOf(section) ? sortedEntries(tables.entries.get(`${section}/${name}`)) : [];
}

/** Rows in an order that does not hang on the order of edits. */
export function sortedEntries(rows: Iterable<EntryRow>): EntryRow[] {
  const sorted = [...rows];
  return sorted.length < 2 ? sorted : sorted.sort((a, b) => compare(a.file, b.file) || compare(a.entry.id.length, b.entry.id.length) || compare(a.entry.id, b.entry.id));
}

/** Notes what dbt says of a situation, at its place. */
export function report(output: AssemblyOutput, message: DbtMessage, at: Anchor, related?: Anchor): void {
  output.problems.push({ ...message, at, ...(related === undefined ? {} : { related }) });
}

/** Notes the faults of a template. */
export function reportReading(output: AssemblyOutput, reading: BodyReading): void {
  if (reading.problems !== undefined) output.problems.push(...reading.problems);
}

/** What a node reads in its own text, then in the hooks of its config. */
export function withHooks(reading: BodyReading, hooks: BodyReading): Pick<RelationNode, 'refs' | 'sources' | 'macros' | 'evaluation'> {
  const { refs, sources, macros, evaluation } = reading;
  if (hooks === NO_READING) return { refs, sources, macros, evaluation };
  return {
    refs: [...reading.refs, ...hooks.refs],
    sources: [...reading.sources, ...hooks.sources],
    macros: [...new Set([...reading.macros, ...hooks.macros])],
    evaluation: hooks.evaluation === 'static' ? reading.evaluation : hooks.evaluation,
  };
}

/** Edges of a template to metrics and functions, which dbt adds after those of refs. */
export function namedEdges(reading: BodyReading): Pick<RelationNode, 'dependsOnDeclared'> | undefined {
  if (reading.metrics.length === 0 && reading.functions.length === 0) return undefined;
  return { dependsOnDeclared: [...reading.metrics.map((name) => `metric:${name}`), ...reading.functions.map(({ name }) => `function:${name}`)] };
}

/** Orders by code units, the same on every machine; for `sort`. */
export function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type YamlAnchor = Extract<Anchor, { readonly kind: 'yaml' }>;

/** The anchor of a place in an entry. */
export function entryAnchor(row: EntryRow, path: readonly (string | number)[], part: 'key' | 'value' = 'value'): YamlAnchor {
  return { kind: 'yaml', file: row.file, entry: row.entry.id, path, part };
}

/** The place of a value, of a mapping only the first key. */
export function firstKey(value: PyValue | undefined, at: YamlAnchor): YamlAnchor {
  const [key] = isPyDict(value) ? value.keys() : [];
  return typeof key === 'string' || typeof key === 'number' ? { ...at, path: [...at.path, key], part: 'key' } : at;
}

/** The dict of an entry, empty where dbt would refuse it. */
export function entryDict(row: EntryRow): PyDict {
  return isPyDict(row.entry.value) ? row.entry.value : EMPTY;
}

const EMPTY: PyDict = new Map();

/** The versions of a model's entry: each with its place in the list. */
export function versionItems(entry: PyDict): { readonly index: number; readonly item: PyDict; readonly v: string | number }[] {
  const versions = entry.get('versions');
  if (!Array.isArray(versions)) return [];
  const items: { index: number; item: PyDict; v: string | number }[] = [];
  for (const [index, item] of versions.entries()) {
    if (!isPyDict(item)) continue;
    const v = versionOf(item.get('v'));
    if (v !== undefined) items.push({ index, item, v });
  }
  return items;
}

/** True if a package has a body or an entry for a model, seed or snapshot of the name. */
export function hasRefableRows(tables: PackageTables, name: string): boolean {
  const { bodies, entries } = tables;
  return (
    bodies.has(`model:${name}`) || bodies.has(`seed:${name}`) || bodies.has(`snapshot:${name}`) ||
    entries.has(`models/${name}`) || entries.has(`seeds/${name}`) || entries.has(`snapshots/${name}`)
  );
}

/** The file stems that the versions of model `name` claim, `<name>_v<v>` or `defined_in`. */
export function claimedStems(tables: PackageTables, name: string): string[] {
  const stems: string[] = [];
  for (const row of tables.entries.get(`models/${name}`)) {
    for (const { item, v } of versionItems(entryDict(row))) {
      const definedIn = item.get('defined_in');
      stems.push(typeof definedIn === 'string' ? definedIn : `${name}_v${String(v)}`);
    }
  }
  return stems;
}
