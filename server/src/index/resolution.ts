/** Finds what a ref() or source() leads to, in dbt's order of packages (dbt-semantics §3.2). */

import type { Unknown } from '../base/unknown.ts';
import { flagOf } from '../dbt/project-file.ts';
import type { ResolutionResult, SearchOrigin } from '../dbt/resolve-ref.ts';
import { resolveRefAmong, resolveSourceAmong, wantedName } from '../dbt/resolve-ref.ts';
import type { DbtNode, RefUse, Resolution, SourceUse } from './model.ts';
import type { NodeTables } from './node-tables.ts';
import { sourceKey, versionOfNode } from './node-tables.ts';
import type { PackageState } from './project-index.ts';

interface Candidate {
  readonly uniqueId: string;
  readonly packageName: string;
  readonly enabled: boolean | Unknown;
  readonly name: string;
  readonly version: string | number | null;
  readonly isLatest: boolean;
  readonly node: DbtNode;
}

/** The node that dbt would take for a ref, looked for from a node of `fromPackage`. */
export function resolveRef(
  nodes: NodeTables,
  root: PackageState,
  fromPackage: string,
  use: Pick<RefUse, 'package' | 'name' | 'version'>,
): Resolution {
  const ids = nodes.refCandidates(wantedName(use));
  const only = onlyNode(nodes, ids);
  // Nearly every name is that of one node, which then is found from everywhere.
  if (only !== undefined && use.version === null && (use.package === null || use.package === only.packageName) && isUnversioned(only)) {
    return { kind: 'found', uniqueId: only.uniqueId };
  }
  return resolutionOf(resolveRefAmong(candidatesOf(nodes, ids), use, originOf(root, fromPackage)));
}

/** The source table that dbt would take, looked for from a node of `fromPackage`. */
export function resolveSource(
  nodes: NodeTables,
  root: PackageState,
  fromPackage: string,
  use: Pick<SourceUse, 'source' | 'table'>,
): Resolution {
  const ids = nodes.candidates(sourceKey(use.source, use.table));
  const only = onlyNode(nodes, ids);
  if (only !== undefined) return { kind: 'found', uniqueId: only.uniqueId };
  return resolutionOf(resolveSourceAmong(candidatesOf(nodes, ids), originOf(root, fromPackage)));
}

/** The metric, semantic model or function that dbt would take. `wanted` is a type and a name: `metric:revenue`. */
export function resolveDeclared(nodes: NodeTables, root: PackageState, fromPackage: string, wanted: string): Resolution {
  return resolutionOf(resolveSourceAmong(candidatesOf(nodes, nodes.candidates(`declared:${wanted}`)), originOf(root, fromPackage)));
}

function originOf(root: PackageState, nodePackage: string): SearchOrigin {
  return {
    nodePackage,
    rootPackage: root.name,
    searchesOwnPackageFirst: flagOf(root.projectTree, 'require_ref_searches_node_package_before_root'),
  };
}

/** The only node that a name may mean, if there is one and it is enabled. */
function onlyNode(nodes: NodeTables, ids: readonly string[]): DbtNode | undefined {
  const [id] = ids;
  if (ids.length !== 1 || id === undefined) return undefined;
  const rows = nodes.rows(id);
  const node = rows[0]?.node;
  return rows.length === 1 && node?.enabled === true ? node : undefined;
}

function isUnversioned(node: DbtNode): boolean {
  return versionOfNode(node) === null;
}

function candidatesOf(nodes: NodeTables, ids: readonly string[]): Candidate[] {
  const found: Candidate[] = [];
  for (const uniqueId of ids) for (const { node } of nodes.rows(uniqueId)) found.push(candidateOf(node));
  // The order of the tables is that of edits; dbt's is that of types and files.
  return found.length < 2 ? found : found.sort(compareCandidates);
}

function candidateOf(node: DbtNode): Candidate {
  const { uniqueId, packageName, enabled, name } = node;
  const version = versionOfNode(node);
  const isLatest = version !== null && 'latestVersion' in node && String(version) === String(node.latestVersion);
  return { uniqueId, packageName, enabled, name, version, isLatest, node };
}

const READING_ORDER: Readonly<Record<string, number>> = { model: 0, snapshot: 1, seed: 2 };

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    compareTexts(a.packageName, b.packageName) ||
    (READING_ORDER[a.node.resourceType] ?? 0) - (READING_ORDER[b.node.resourceType] ?? 0) ||
    compareTexts(a.node.file, b.node.file) ||
    compareTexts(a.uniqueId, b.uniqueId)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function resolutionOf(result: ResolutionResult<Candidate>): Resolution {
  switch (result.kind) {
    case 'found':
    case 'disabled':
      return { kind: result.kind, uniqueId: result.target.uniqueId };
    case 'uncertain':
      return { kind: 'unknown', reason: `whether ${result.target.uniqueId} is enabled cannot be told`, uniqueId: result.target.uniqueId };
    case 'ambiguous':
      return { kind: 'ambiguous', uniqueIds: result.targets.map(({ uniqueId }) => uniqueId).sort() };
    case 'missing':
      return { kind: 'missing' };
  }
}

/**
 * The parents of a node: those that dbt's manifest lists (sources first, then refs, each in call order), and those of
 * conditional branches that are not certain anyway.
 */
export function resolveParents(
  nodes: NodeTables,
  root: PackageState,
  uniqueId: string,
): { readonly certain: readonly string[]; readonly conditional: readonly string[] } {
  const node = nodes.active(uniqueId);
  if (node === undefined) return NO_PARENTS;
  const { refs, sources, packageName } = node;
  const [use] = refs;
  if (use !== undefined && refs.length === 1 && sources.length === 0 && !use.conditional && !('dependsOnDeclared' in node)) {
    const sole = resolveRef(nodes, root, packageName, use);
    if (sole.kind === 'found') return { certain: [sole.uniqueId], conditional: NO_IDS };
  }
  const certain = new Set<string>();
  const conditional = new Set<string>();
  const add = (resolution: Resolution, isConditional: boolean): void => {
    if (resolution.kind === 'found') (isConditional ? conditional : certain).add(resolution.uniqueId);
    else if (resolution.kind === 'unknown' && resolution.uniqueId !== undefined) conditional.add(resolution.uniqueId);
  };
  for (const use of sources) add(resolveSource(nodes, root, packageName, use), use.conditional);
  for (const use of refs) add(resolveRef(nodes, root, packageName, use), use.conditional);
  if ('dependsOnDeclared' in node) {
    for (const wanted of node.dependsOnDeclared) {
      if (isTakenForGranted(node, wanted)) certain.add(`semantic_model.${root.name}.${wanted.slice('semantic_model:'.length)}`);
      else add(resolveDeclared(nodes, root, node.packageName, wanted), false);
    }
  }
  for (const parent of certain) conditional.delete(parent);
  return { certain: [...certain], conditional: [...conditional] };
}

const NO_IDS: readonly string[] = [];
const NO_PARENTS = { certain: NO_IDS, conditional: NO_IDS };

/** True if a certain ref or source of a test leads to nothing that is enabled: dbt then switches the test off. */
export function leadsNowhere(nodes: NodeTables, root: PackageState, node: DbtNode): boolean {
  const isLost = (resolution: Resolution): boolean => resolution.kind === 'missing' || resolution.kind === 'disabled';
  return (
    node.refs.some((use) => !use.conditional && isLost(resolveRef(nodes, root, node.packageName, use))) ||
    node.sources.some((use) => !use.conditional && isLost(resolveSource(nodes, root, node.packageName, use)))
  );
}

/** The semantic model of a metric on a model: dbt makes an edge to one of that name in the root project, whether there is one or not. */
export function isTakenForGranted(node: DbtNode, wanted: string): boolean {
  return wanted.startsWith('semantic_model:') && node.resourceType === 'metric' && !node.declaration.has('type_params');
}
