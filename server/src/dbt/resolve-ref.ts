/**
 * What a `ref` or `source` leads to, and whether access rules allow it (`contracts/graph/manifest.py`). Pure rules over candidates
 * that a caller looked up by name.
 */

import { isUnknown, type Unknown } from '../base/unknown.ts';

/** What the search must know of a node or source of the wanted name. */
export interface ResolutionCandidate {
  readonly uniqueId: string;
  readonly packageName: string;
  readonly enabled: boolean | Unknown;
}

/** A candidate for a `ref`: a model, seed or snapshot. */
export interface RefCandidate extends ResolutionCandidate {
  readonly name: string;
  /** The version of a versioned model, else null. */
  readonly version: string | number | null;
  /** True for the latest version of a versioned model. */
  readonly isLatest: boolean;
}

/** Where the call stands. */
export interface SearchOrigin {
  readonly nodePackage: string;
  readonly rootPackage: string;
  /** The flag `require_ref_searches_node_package_before_root`; true from dbt 2. */
  readonly searchesOwnPackageFirst: boolean;
}

/** What a call leads to. */
export type ResolutionResult<Candidate> =
  | { readonly kind: 'found'; readonly target: Candidate }
  /** It may lead there, or elsewhere, depending on an `enabled` that files cannot tell. */
  | { readonly kind: 'uncertain'; readonly target: Candidate }
  | { readonly kind: 'disabled'; readonly target: Candidate }
  /** Several packages have a node of the name and none is searched before the others. */
  | { readonly kind: 'ambiguous'; readonly targets: readonly Candidate[] }
  | { readonly kind: 'missing' };

/** The packages that are searched, in order; null stands for all. */
export function packagesToSearch(origin: SearchOrigin, explicitPackage: string | null): readonly (string | null)[] {
  if (explicitPackage !== null) return [explicitPackage];
  const { nodePackage, rootPackage } = origin;
  if (nodePackage === rootPackage) return [rootPackage, null];
  return origin.searchesOwnPackageFirst ? [nodePackage, rootPackage, null] : [rootPackage, nodePackage, null];
}

/** What a `ref` names. */
export interface RefCall {
  readonly package: string | null;
  readonly name: string;
  readonly version: string | number | null;
}

/**
 * The one text by which dbt looks for what a `ref` names: `orders.v2`, so that `ref('orders.v2')` finds version 2 as well. `v=0` counts
 * as no version.
 */
export function wantedName({ name, version }: Pick<RefCall, 'name' | 'version'>): string {
  return version === null || version === 0 || version === '' ? name : versionName(name, version);
}

/** The text by which dbt looks for a version of a model. */
export function versionName(name: string, version: string | number): string {
  return `${name}.v${String(version)}`;
}

/** A version is found by its own name, and the latest one by that of the model as well. */
function isFoundBy({ name, version, isLatest }: RefCandidate, wanted: string): boolean {
  if (name === wanted && (version === null || isLatest)) return true;
  return version !== null && versionName(name, version) === wanted;
}

/** Resolves a `ref` among nodes. Of two in one package the later wins. */
export function resolveRefAmong<Candidate extends RefCandidate>(candidates: readonly Candidate[], call: RefCall, origin: SearchOrigin): ResolutionResult<Candidate> {
  const wanted = wantedName(call);
  return search(candidates.filter((candidate) => isFoundBy(candidate, wanted)), packagesToSearch(origin, call.package), true);
}

/** Resolves a `source` among the tables that bear both names. If several packages have one, the first given wins. */
export function resolveSourceAmong<Candidate extends ResolutionCandidate>(
  named: readonly Candidate[],
  origin: SearchOrigin,
): ResolutionResult<Candidate> {
  return search(named, packagesToSearch(origin, null), false);
}

function search<Candidate extends ResolutionCandidate>(
  named: readonly Candidate[],
  packages: readonly (string | null)[],
  refusesAmbiguity: boolean,
): ResolutionResult<Candidate> {
  let disabled: Candidate | undefined;
  for (const packageName of packages) {
    const inScope = packageName === null ? named : named.filter((candidate) => candidate.packageName === packageName);
    const possible = lastOfEachPackage(inScope.filter(({ enabled }) => enabled !== false));
    const [first] = possible;
    if (first !== undefined) {
      const unknown = possible.find((candidate) => isUnknown(candidate.enabled));
      if (unknown !== undefined) return { kind: 'uncertain', target: unknown };
      if (possible.length > 1 && refusesAmbiguity) return { kind: 'ambiguous', targets: possible };
      return { kind: 'found', target: first };
    }
    disabled ??= inScope.find(({ enabled }) => enabled === false);
  }
  return disabled === undefined ? { kind: 'missing' } : { kind: 'disabled', target: disabled };
}

function lastOfEachPackage<Candidate extends ResolutionCandidate>(candidates: readonly Candidate[]): Candidate[] {
  const byPackage = new Map<string, Candidate>();
  for (const candidate of candidates) byPackage.set(candidate.packageName, candidate);
  return [...byPackage.values()];
}

/** What access rules must know of both ends of a reference. */
export interface AccessCheck {
  readonly from: { readonly resourceType: string; readonly packageName: string; readonly group: string | null };
  readonly target: {
    readonly resourceType: string;
    readonly packageName: string;
    readonly access: 'private' | 'protected' | 'public';
    readonly group: string | null;
    /** `restrict-access` of the target's package; only packages that are not the root can have it. */
    readonly restrictsAccess: boolean;
  };
}

/**
 * Which kind of access a reference breaks, or null if it is allowed. A private model is open to its own group only; the project
 * of a package with `restrict-access` is open to public models only. Generic tests have the group of the node they test.
 */
export function brokenAccess({ from, target }: AccessCheck): 'private' | 'protected' | null {
  if (target.resourceType !== 'model' || from.resourceType === 'macro') return null;
  const isOutside = from.packageName !== target.packageName && target.restrictsAccess;
  if (target.access === 'private' && (from.group === null || from.group === '' || from.group !== target.group || isOutside)) {
    return 'private';
  }
  return target.access === 'protected' && isOutside ? 'protected' : null;
}
