/** Finds what a ref() or source() leads to, in dbt's order of packages (dbt-semantics §3.2). */

import type { DbtNode, RefUse, RelationNode, Resolution, SourceUse } from './model.ts';
import type { NodeTables } from './node-tables.ts';
import { refKey, sourceKey } from './node-tables.ts';
import type { PackageState } from './project-index.ts';
import { isUnknown } from '../base/unknown.ts';
import { isPyDict } from '../base/python-values.ts';

/** The node that dbt would take for a ref, looked for from a node of `fromPackage`. */
export function resolveRef(
  nodes: NodeTables,
  root: PackageState,
  fromPackage: string,
  use: Pick<RefUse, 'package' | 'name' | 'version'>,
): Resolution {
  const candidates: RelationNode[] = [];
  for (const uniqueId of nodes.candidates(refKey(use.name))) {
    for (const { node } of nodes.rows(uniqueId)) {
      if (isRefable(node) && hasVersion(node, use.version)) candidates.push(node);
    }
  }
  return pick(candidates, searchOrder(root, fromPackage, use.package), true);
}

/** The source table that dbt would take, looked for from a node of `fromPackage`. */
export function resolveSource(
  nodes: NodeTables,
  root: PackageState,
  fromPackage: string,
  use: Pick<SourceUse, 'source' | 'table'>,
): Resolution {
  const candidates: DbtNode[] = [];
  for (const uniqueId of nodes.candidates(sourceKey(use.source, use.table))) {
    for (const { node } of nodes.rows(uniqueId)) candidates.push(node);
  }
  return pick(candidates, searchOrder(root, fromPackage, null), false);
}

function isRefable(node: DbtNode): node is RelationNode {
  return node.resourceType === 'model' || node.resourceType === 'seed' || node.resourceType === 'snapshot';
}

/** Unversioned refs lead to the unversioned node or to the latest version. */
function hasVersion(node: RelationNode, wanted: string | number | null): boolean {
  if (wanted !== null) return node.version !== null && String(node.version) === String(wanted);
  return node.version === null || String(node.version) === String(node.latestVersion);
}

/** Packages in the order they are searched; `null` stands for any package. */
function searchOrder(root: PackageState, from: string, explicit: string | null): readonly (string | null)[] {
  if (explicit !== null) return [explicit];
  if (from === root.name) return [root.name, null];
  return ownPackageFirst(root) ? [from, root.name, null] : [root.name, from, null];
}

function ownPackageFirst(root: PackageState): boolean {
  const flags = root.project.get('flags');
  return isPyDict(flags) && flags.get('require_ref_searches_node_package_before_root') === true;
}

function pick(candidates: readonly DbtNode[], order: readonly (string | null)[], strict: boolean): Resolution {
  let disabled: DbtNode | undefined;
  let uncertain: DbtNode | undefined;
  for (const packageName of order) {
    const inPackage = packageName === null ? candidates : candidates.filter((node) => node.packageName === packageName);
    const enabled = inPackage.filter((node) => node.enabled === true);
    const packagesWithIt = new Set(enabled.map((node) => node.packageName));
    if (packageName === null && strict && packagesWithIt.size > 1) {
      return { kind: 'ambiguous', uniqueIds: [...new Set(enabled.map((node) => node.uniqueId))].sort() };
    }
    const first = smallest(enabled);
    if (first !== undefined) return { kind: 'found', uniqueId: first.uniqueId };
    uncertain ??= smallest(inPackage.filter((node) => isUnknown(node.enabled)));
    disabled ??= smallest(inPackage.filter((node) => node.enabled === false));
  }
  if (uncertain !== undefined) return { kind: 'unknown', reason: `whether ${uncertain.uniqueId} is enabled cannot be told` };
  if (disabled !== undefined) return { kind: 'disabled', uniqueId: disabled.uniqueId };
  return { kind: 'missing' };
}

function smallest(nodes: readonly DbtNode[]): DbtNode | undefined {
  let best: DbtNode | undefined;
  for (const node of nodes) if (best === undefined || node.uniqueId < best.uniqueId) best = node;
  return best;
}

/**
 * The parents of a node: those that dbt's manifest lists (sources first, then refs, each in call order), and those of
 * conditional branches that are not certain anyway.
 */
export function resolveParents(
  nodes: NodeTables,
  packages: ReadonlyMap<string, PackageState>,
  root: PackageState,
  uniqueId: string,
): { readonly certain: readonly string[]; readonly conditional: readonly string[] } {
  const node = nodes.active(uniqueId);
  if (node === undefined) return { certain: [], conditional: [] };
  const certain = new Set<string>();
  const conditional = new Set<string>();
  const add = (resolution: Resolution, isConditional: boolean): void => {
    if (resolution.kind === 'found') (isConditional ? conditional : certain).add(resolution.uniqueId);
  };
  for (const use of node.sources) add(resolveSource(nodes, root, node.packageName, use), use.conditional);
  for (const use of node.refs) add(resolveRef(nodes, root, node.packageName, use), use.conditional);
  if ('dependsOnDeclared' in node) {
    for (const wanted of node.dependsOnDeclared) {
      const target = resolveDeclared(nodes, packages, node.packageName, wanted);
      if (target !== undefined) certain.add(target);
    }
  }
  for (const parent of certain) conditional.delete(parent);
  return { certain: [...certain], conditional: [...conditional] };
}

/** `metric:revenue` and the like: own package first, then any. */
function resolveDeclared(
  nodes: NodeTables,
  packages: ReadonlyMap<string, PackageState>,
  fromPackage: string,
  wanted: string,
): string | undefined {
  const candidates = [...nodes.candidates(`declared:${wanted}`)]
    .filter((id) => nodes.active(id) !== undefined)
    .sort();
  const own = candidates.find((id) => nodes.active(id)?.packageName === fromPackage);
  return own ?? candidates.find((id) => packages.has(nodes.active(id)?.packageName ?? '')) ?? candidates[0];
}


/** True if a certain ref or source of a test leads to nothing that is enabled: dbt then switches the test off. */
export function leadsNowhere(nodes: NodeTables, root: PackageState, node: DbtNode): boolean {
  const isLost = (resolution: Resolution): boolean => resolution.kind === 'missing' || resolution.kind === 'disabled';
  return (
    node.refs.some((use) => !use.conditional && isLost(resolveRef(nodes, root, node.packageName, use))) ||
    node.sources.some((use) => !use.conditional && isLost(resolveSource(nodes, root, node.packageName, use)))
  );
}
