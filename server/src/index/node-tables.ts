/** All nodes of a project with its packages, who wants whom, and the graph in both directions; kept by delta. */

import { deepEqual } from '../base/equality.ts';
import type { FileId } from '../base/file-id.ts';
import type { MultiMap } from '../base/multi-map.ts';
import { createMultiMap } from '../base/multi-map.ts';
import type { DbtNode, ResourceType, TestNode } from './model.ts';
import { entryReferenceOf } from './model.ts';
import { versionName, wantedName } from '../dbt/resolve-ref.ts';

/** A node and the group of declarations that made it (see `groups.ts`). */
export interface NodeRow {
  readonly node: DbtNode;
  readonly group: string;
}

/** What a change did to the tables. */
export interface NodeDelta {
  /** Unique ids that appeared, vanished or changed. */
  readonly changed: Set<string>;
  /** Resolution keys whose candidates changed: `ref:orders`, `source:shop.orders`, `declared:metric:revenue`. */
  readonly targets: Set<string>;
}

/** All nodes of the project and its packages by id, by type and by the name they are asked for. */
export interface NodeTables {
  /** The node that dbt would have in its manifest: the first that is not disabled, else undefined. */
  active(uniqueId: string): DbtNode | undefined;
  /** All rows of an id: several if it is declared twice or disabled as well. Sorted by file. */
  rows(uniqueId: string): readonly NodeRow[];
  /** Unique ids (active ones) of a type, sorted. */
  idsOfType(type: ResourceType): readonly string[];
  allIds(): IterableIterator<string>;
  /** Unique ids (active ones, of all packages) whose body or property entry stands in a file; none in tables that are made `once`. */
  idsOfFile(file: FileId): readonly string[];
  /** Unique ids that carry a resolution key, disabled ones included. */
  candidates(key: string): readonly string[];
  /** The same for the key `ref:<name>` (or `ref:<name>.v<version>`), which is asked for so often that making it would cost more than looking it up. */
  refCandidates(name: string): readonly string[];
  /** Unique ids of models, seeds and snapshots that have this alias, other than their name. */
  aliased(alias: string): readonly string[];
  /** Unique ids of nodes that ask for a resolution key. */
  wanters(key: string): readonly string[];
  /** Every key that has candidates, for suggestions. */
  candidateKeys(): IterableIterator<string>;
  /** Replaces the nodes of a group. */
  replaceGroup(group: string, nodes: readonly DbtNode[], delta: NodeDelta): void;
  /** The nodes of a group, as they were given. */
  nodesOfGroup(group: string): readonly DbtNode[];
  /** The groups that have nodes. */
  groups(): IterableIterator<string>;
  /** All that the tables hold, as plain data; `pack` stows a node away and gives the offset by which it is read again. */
  save(pack: (node: DbtNode) => number): Generator<void, SavedNodeTables>;

  parents(uniqueId: string): readonly string[];
  children(uniqueId: string): readonly string[];
  conditionalParents(uniqueId: string): readonly string[];
  /** Sets a node's parents; returns the ids whose neighbourhood changed. */
  setParents(uniqueId: string, certain: readonly string[], conditional: readonly string[]): readonly string[];
  /** The tests of a node, by unique id: generic ones that stand under it, and singular ones that refer to it. */
  testsOf(uniqueId: string): readonly TestNode[];
}

/** The tables as plain data, so that a start from the cache neither assembles nor even reads the nodes that nobody asks for. */
export interface SavedNodeTables {
  /** By unique id: each row's group and the offset of its node. */
  readonly rows: readonly (readonly [uniqueId: string, rows: readonly (readonly [group: string, offset: number])[]])[];
  readonly groups: readonly (readonly [group: string, uniqueIds: readonly string[]])[];
  readonly types: readonly (readonly [type: ResourceType, uniqueIds: readonly string[]])[];
  readonly parents: readonly (readonly [uniqueId: string, parents: readonly string[]])[];
  readonly conditional: readonly (readonly [uniqueId: string, parents: readonly string[]])[];
  readonly refCandidates: SavedList;
  readonly otherCandidates: SavedList;
  readonly byAlias: SavedList;
  readonly refWanters: SavedList;
  readonly otherWanters: SavedList;
  readonly children: SavedList;
  readonly testsByTarget: SavedList;
  readonly byFile: SavedList;
}

type SavedList = readonly (readonly [key: string, uniqueIds: readonly string[]])[];

/** Key under which a ref, source or declared thing looks for its target. */
export function refKey(name: string): string {
  return `ref:${name}`;
}

/** The key under which a source's table is looked up. */
export function sourceKey(source: string, table: string): string {
  return `source:${source}.${table}`;
}

/** The key under which an exposure, a metric or the like is looked up. */
export function declaredKey(type: ResourceType, name: string): string {
  return `declared:${type}:${name}`;
}

/** The key under which models with a `time_spine:` are told. */
export const TIME_SPINES = 'time-spines';

const NO_IDS: readonly string[] = [];
const NO_ROWS: readonly NodeRow[] = [];

/** The key under which the nodes of an alias are told. */
export function aliasKey(alias: string): string {
  return `alias:${alias}`;
}

/** The alias of a model, seed or snapshot, if it is known and not its name. dbt tells `Orders` from `orders`. */
export function ownAlias(node: DbtNode): string | undefined {
  if (node.resourceType !== 'model' && node.resourceType !== 'seed' && node.resourceType !== 'snapshot') return undefined;
  return typeof node.alias === 'string' && node.alias !== node.name ? node.alias : undefined;
}

/** So many nodes are packed before others may have the thread. */
const NODES_AT_ONCE = 100;

/** A row whose node is read when it is first looked at. */
function rowForLater(group: string, offset: number, unpack: (offset: number) => DbtNode): NodeRow {
  let node: DbtNode | undefined;
  return {
    group,
    get node() {
      return (node ??= unpack(offset));
    },
  };
}

/** Tables that were saved, and how their nodes are read. */
export interface NodeTablesToRestore {
  readonly tables: SavedNodeTables;
  readonly unpack: (offset: number) => DbtNode;
}

/** Makes tables, empty ones if none were saved. With `once` nobody will ever ask for the wanters of a key, nor for what a change did. */
export function createNodeTables({ once, saved }: { readonly once: boolean; readonly saved?: NodeTablesToRestore }): NodeTables {
  const rowsById = new Map<string, readonly NodeRow[]>();
  const idsByGroup = new Map(saved?.tables.groups);
  const byType = new Map<ResourceType, Set<string>>();
  const sortedByType = new Map<ResourceType, readonly string[]>();
  /** By name for refs, by resolution key for all else. */
  const refCandidates: MultiMap<string, string> = createMultiMap(saved?.tables.refCandidates);
  const otherCandidates: MultiMap<string, string> = createMultiMap(saved?.tables.otherCandidates);
  const byAlias: MultiMap<string, string> = createMultiMap(saved?.tables.byAlias);
  const refWanters: MultiMap<string, string> = createMultiMap(saved?.tables.refWanters);
  const otherWanters: MultiMap<string, string> = createMultiMap(saved?.tables.otherWanters);
  const parents = new Map(saved?.tables.parents);
  const conditional = new Map(saved?.tables.conditional);
  const children: MultiMap<string, string> = createMultiMap(saved?.tables.children);
  const testsByTarget: MultiMap<string, string> = createMultiMap(saved?.tables.testsByTarget);
  /** Of tables that do not change any more. */
  const knownTests = new Map<string, readonly TestNode[]>();
  const byFile: MultiMap<FileId, string> = createMultiMap(saved?.tables.byFile);

  function restore(saved: SavedNodeTables, unpack: (offset: number) => DbtNode): void {
    for (const [uniqueId, rows] of saved.rows) rowsById.set(uniqueId, rows.map(([group, offset]) => rowForLater(group, offset, unpack)));
    for (const [type, ids] of saved.types) byType.set(type, new Set(ids));
  }

  function* saveList(list: MultiMap<string, string>): Generator<void, SavedList> {
    yield;
    return [...list.keys()].map((key) => [key, list.get(key)] as const);
  }

  function* save(pack: (node: DbtNode) => number): Generator<void, SavedNodeTables> {
    const rows: SavedNodeTables['rows'][number][] = [];
    for (const [uniqueId, own] of rowsById) {
      rows.push([uniqueId, own.map(({ group, node }) => [group, pack(node)])]);
      if (rows.length % NODES_AT_ONCE === 0) yield;
    }
    return {
      rows,
      groups: [...idsByGroup],
      types: [...byType].map(([type, ids]) => [type, [...ids]]),
      parents: [...parents],
      conditional: [...conditional],
      refCandidates: yield* saveList(refCandidates),
      otherCandidates: yield* saveList(otherCandidates),
      byAlias: yield* saveList(byAlias),
      refWanters: yield* saveList(refWanters),
      otherWanters: yield* saveList(otherWanters),
      children: yield* saveList(children),
      testsByTarget: yield* saveList(testsByTarget),
      byFile: yield* saveList(byFile),
    };
  }

  function active(uniqueId: string): DbtNode | undefined {
    const rows = rowsById.get(uniqueId);
    if (rows === undefined) return undefined;
    if (rows.length === 1) return rows[0]?.node.enabled === false ? undefined : rows[0]?.node;
    return rows.find((row) => row.node.enabled !== false)?.node;
  }

  function index(uniqueId: string, node: DbtNode): void {
    const alias = ownAlias(node);
    if (alias !== undefined) byAlias.add(alias, uniqueId);
    if ('timeSpine' in node) otherCandidates.add(TIME_SPINES, uniqueId);
    if (isRefable(node)) for (const name of refNames(node)) refCandidates.add(name, uniqueId);
    else {
      const key = otherOfferedKey(node);
      if (key !== undefined) otherCandidates.add(key, uniqueId);
    }
  }

  function unindex(uniqueId: string, node: DbtNode): void {
    const alias = ownAlias(node);
    if (alias !== undefined) byAlias.delete(alias, uniqueId);
    if ('timeSpine' in node) otherCandidates.delete(TIME_SPINES, uniqueId);
    if (isRefable(node)) for (const name of refNames(node)) refCandidates.delete(name, uniqueId);
    else {
      const key = otherOfferedKey(node);
      if (key !== undefined) otherCandidates.delete(key, uniqueId);
    }
  }

  function setWants(uniqueId: string, node: DbtNode, change: 'add' | 'delete'): void {
    if (once) return;
    for (const use of node.refs) refWanters[change](wantedName(use), uniqueId);
    for (const use of node.sources) otherWanters[change](sourceKey(use.source, use.table), uniqueId);
    if (!('dependsOnDeclared' in node)) return;
    for (const wanted of node.dependsOnDeclared) otherWanters[change](`declared:${wanted}`, uniqueId);
  }

  function setFiles(uniqueId: string, node: DbtNode, change: 'add' | 'delete'): void {
    if (once) return;
    byFile[change](node.file, uniqueId);
    const entry = entryReferenceOf(node);
    if (entry !== undefined && entry.file !== node.file) byFile[change](entry.file, uniqueId);
  }

  function setActive(uniqueId: string, before: DbtNode | undefined, after: DbtNode | undefined): void {
    if (before !== undefined) {
      setWants(uniqueId, before, 'delete');
      setFiles(uniqueId, before, 'delete');
      const target = testTarget(before);
      if (target !== null) testsByTarget.delete(target, uniqueId);
    }
    if (after !== undefined) {
      setWants(uniqueId, after, 'add');
      setFiles(uniqueId, after, 'add');
      const target = testTarget(after);
      if (target !== null) testsByTarget.add(target, uniqueId);
    }
    const type = once ? undefined : (after ?? before)?.resourceType;
    if (type === undefined || (before === undefined) === (after === undefined)) return;
    let ids = byType.get(type);
    if (ids === undefined) byType.set(type, (ids = new Set()));
    if (after === undefined) ids.delete(uniqueId);
    else ids.add(uniqueId);
    sortedByType.delete(type);
  }

  function childrenOf(uniqueId: string): readonly string[] {
    const ids = children.get(uniqueId);
    return ids.length < 2 ? ids : [...ids].sort();
  }

  function findTests(uniqueId: string): TestNode[] {
    const targeting = testsByTarget.get(uniqueId);
    let ids = children.get(uniqueId).filter((child) => child.startsWith('test.'));
    // Nearly always the tests that aim at a node are among its children.
    if (targeting.length > ids.length || targeting.some((id) => !ids.includes(id))) ids = [...new Set([...ids, ...targeting])];
    const tests: TestNode[] = [];
    for (const id of ids.sort()) {
      const node = active(id);
      // A generic test that stands elsewhere and merely mentions the node (relationships) is not a test of it.
      if (node?.resourceType !== 'test') continue;
      if (node.generic === undefined || node.generic.target === uniqueId) tests.push(node);
    }
    return tests;
  }

  /** Of tables that are looked through once, the lists are made when the first one is asked for. */
  function listTypes(): void {
    for (const id of rowsById.keys()) {
      const node = active(id);
      if (node === undefined) continue;
      const ids = byType.get(node.resourceType);
      if (ids === undefined) byType.set(node.resourceType, new Set([id]));
      else ids.add(id);
    }
  }

  /** Adds the nodes of a new group. False if one of the ids is known already: then nothing is lost by replacing them one by one. */
  function addAll(group: string, nodes: readonly DbtNode[], delta: NodeDelta): boolean {
    if (nodes.length === 0) return true;
    for (const node of nodes) {
      const { uniqueId } = node;
      if (rowsById.has(uniqueId)) return false;
      rowsById.set(uniqueId, [{ node, group }]);
      index(uniqueId, node);
      setActive(uniqueId, undefined, node.enabled === false ? undefined : node);
      if (once) continue;
      delta.changed.add(uniqueId);
      const alias = ownAlias(node);
      if (alias !== undefined) delta.targets.add(aliasKey(alias));
      for (const key of offeredKeys(node)) delta.targets.add(key);
    }
    idsByGroup.set(group, nodes.map((node) => node.uniqueId));
    return true;
  }

  if (saved !== undefined) restore(saved.tables, saved.unpack);

  return {
    active,
    save,
    groups: () => idsByGroup.keys(),
    nodesOfGroup(group) {
      const ids = idsByGroup.get(group) ?? NO_IDS;
      return ids.flatMap((id) => (rowsById.get(id) ?? NO_ROWS).filter((row) => row.group === group).map((row) => row.node));
    },
    rows: (uniqueId) => rowsById.get(uniqueId) ?? NO_ROWS,
    idsOfType(type) {
      let sorted = sortedByType.get(type);
      if (sorted === undefined) {
        if (once && byType.size === 0) listTypes();
        sorted = [...(byType.get(type) ?? [])].sort();
        sortedByType.set(type, sorted);
      }
      return sorted;
    },
    allIds: () => rowsById.keys(),
    idsOfFile: (file) => byFile.get(file),
    candidates: (key) => (isRefKey(key) ? refCandidates.get(nameOfRefKey(key)) : otherCandidates.get(key)),
    aliased: (alias) => byAlias.get(alias),
    refCandidates: (name) => refCandidates.get(name),
    *candidateKeys() {
      for (const name of refCandidates.keys()) yield refKey(name);
      yield* otherCandidates.keys();
    },
    wanters: (key) => (isRefKey(key) ? refWanters.get(nameOfRefKey(key)) : otherWanters.get(key)),

    replaceGroup(group, nodes, delta) {
      const before = idsByGroup.get(group) ?? NO_IDS;
      if (before.length === 0 && addAll(group, nodes, delta)) return;
      const nodesById = new Map<string, DbtNode[]>();
      for (const node of nodes) {
        const same = nodesById.get(node.uniqueId);
        if (same === undefined) nodesById.set(node.uniqueId, [node]);
        else same.push(node);
      }
      for (const uniqueId of new Set([...before, ...nodesById.keys()])) {
        const oldRows = rowsById.get(uniqueId) ?? [];
        const oldOwn = oldRows.filter((row) => row.group === group).map((row) => row.node);
        const newOwn = nodesById.get(uniqueId) ?? [];
        if (oldOwn.length === newOwn.length && oldOwn.every((node, i) => deepEqual(node, newOwn[i]))) continue;
        const oldActive = active(uniqueId);
        const rows = [
          ...oldRows.filter((row) => row.group !== group),
          ...newOwn.map((node): NodeRow => ({ node, group })),
        ].sort(compareRows);
        for (const row of oldRows) unindex(uniqueId, row.node);
        if (rows.length === 0) rowsById.delete(uniqueId);
        else rowsById.set(uniqueId, rows);
        for (const row of rows) index(uniqueId, row.node);
        setActive(uniqueId, oldActive, active(uniqueId));
        delta.changed.add(uniqueId);
        for (const row of [...oldRows, ...rows]) {
          const alias = ownAlias(row.node);
          if (alias !== undefined) delta.targets.add(aliasKey(alias));
        }
        if (changesResolution(oldRows, rows)) {
          for (const row of [...oldRows, ...rows]) for (const key of offeredKeys(row.node)) delta.targets.add(key);
        }
      }
      if (nodesById.size === 0) idsByGroup.delete(group);
      else idsByGroup.set(group, [...nodesById.keys()]);
    },

    parents: (uniqueId) => parents.get(uniqueId) ?? NO_IDS,
    conditionalParents: (uniqueId) => conditional.get(uniqueId) ?? NO_IDS,
    children: childrenOf,
    setParents(uniqueId, certain, maybe) {
      if (once) {
        for (const parent of certain) children.add(parent, uniqueId);
        if (certain.length > 0) parents.set(uniqueId, certain);
        if (maybe.length > 0) conditional.set(uniqueId, maybe);
        return NO_IDS;
      }
      const oldCertain = parents.get(uniqueId) ?? NO_IDS;
      const oldMaybe = conditional.get(uniqueId) ?? NO_IDS;
      if (deepEqual(oldCertain, certain) && deepEqual(oldMaybe, maybe)) return NO_IDS;
      const isNew = oldCertain.length === 0 && oldMaybe.length === 0 && maybe.length === 0;
      for (const parent of oldCertain) children.delete(parent, uniqueId);
      for (const parent of certain) children.add(parent, uniqueId);
      if (certain.length === 0) parents.delete(uniqueId);
      else parents.set(uniqueId, certain);
      if (maybe.length === 0) conditional.delete(uniqueId);
      else conditional.set(uniqueId, maybe);
      return isNew ? [uniqueId, ...certain] : [...new Set([uniqueId, ...oldCertain, ...certain, ...oldMaybe, ...maybe])];
    },
    testsOf(uniqueId) {
      const known = knownTests.get(uniqueId);
      if (known !== undefined) return known;
      const tests = findTests(uniqueId);
      if (once) knownTests.set(uniqueId, tests);
      return tests;
    },
  };
}

/** Files decide the order of rows, so that the result does not hang on the order of edits. */
function compareRows(a: NodeRow, b: NodeRow): number {
  if (a.node.file !== b.node.file) return a.node.file < b.node.file ? -1 : 1;
  return a.group < b.group ? -1 : a.group > b.group ? 1 : 0;
}

const REF_PREFIX = refKey('');

function isRefKey(key: string): boolean {
  return key.startsWith(REF_PREFIX);
}

function nameOfRefKey(key: string): string {
  return key.slice(REF_PREFIX.length);
}

function isRefable(node: DbtNode): boolean {
  return node.resourceType === 'model' || node.resourceType === 'seed' || node.resourceType === 'snapshot';
}

/** The version of a node, null for one that has none. */
export function versionOfNode(node: DbtNode): string | number | null {
  return 'version' in node ? node.version : null;
}

/** The texts by which refs may find a node; whether they do hangs on the latest version, too. */
function refNames(node: DbtNode): readonly string[] {
  const version = versionOfNode(node);
  return version === null ? [node.name] : [node.name, versionName(node.name, version)];
}

function offeredKeys(node: DbtNode): string[] {
  if (isRefable(node)) return refNames(node).map(refKey);
  const key = otherOfferedKey(node);
  return key === undefined ? [] : [key];
}

/** The key of what is looked up, but not by ref(). */
function otherOfferedKey(node: DbtNode): string | undefined {
  switch (node.resourceType) {
    case 'source':
      return sourceKey(node.sourceName, node.name);
    case 'function':
    case 'exposure':
    case 'metric':
    case 'semantic_model':
    case 'saved_query':
      return declaredKey(node.resourceType, node.name);
    default:
      return undefined;
  }
}

function testTarget(node: DbtNode): string | null {
  return node.resourceType === 'test' && node.generic !== undefined ? node.generic.target : null;
}

/** True if what a ref could find differs: existence, enabled, version, access or group. */
function changesResolution(before: readonly NodeRow[], after: readonly NodeRow[]): boolean {
  if (before.length !== after.length) return true;
  return before.some(({ node }, i) => !deepEqual(resolutionOf(node), resolutionOf(after[i]?.node)));
}

function resolutionOf(node: DbtNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (!('materialized' in node)) return [node.enabled, node.packageName];
  return [node.enabled, node.packageName, node.version, node.latestVersion, node.access, node.group];
}
