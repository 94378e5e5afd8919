/**
 * Versions and version ranges as dbt reads them (`dbt_common/semver.py`): `require-dbt-version`, ranges of packages, and which
 * dbt version brought which feature.
 */

import type { PyValue } from '../base/python-values.ts';
import { comparePythonStrings } from './generic-test-names.ts';
import { pyStr } from './python-repr.ts';

/** How a version bounds a range. */
export type VersionMatcher = '>' | '>=' | '<' | '<=' | '=';

/** One version with its matcher, e.g. `>=1.8.0-rc1`. */
export interface VersionSpecifier {
  readonly matcher: VersionMatcher;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: string | null;
}

/** What a `require-dbt-version` or a package's `version` says. */
export interface VersionRequirement {
  readonly specifiers: readonly VersionSpecifier[];
  /** Parts that dbt refuses: it wants three numbers, as in `>=1.8.0`. */
  readonly invalid: readonly string[];
}

const NUMBER = '(0|[1-9]\\d*)';
const IDENTIFIER = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const SPECIFIER = new RegExp(
  `^(>=|>|<=|<|=)?${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-?(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]*(?:\\.[0-9A-Za-z-]*)*)?$`,
);

/** Reads one specifier; undefined if dbt would refuse it ("… is not a valid semantic version."). */
export function parseSpecifier(text: string): VersionSpecifier | undefined {
  const match = SPECIFIER.exec(text);
  if (match === null) return undefined;
  return {
    // The expression admits nothing but the five matchers.
    matcher: (match[1] ?? '=') as VersionMatcher,
    major: Number(match[2]),
    minor: Number(match[3]),
    patch: Number(match[4]),
    prerelease: match[5] ?? null,
  };
}

/**
 * Reads a text with commas, or a list of texts, e.g. `">=1.8.0,<2.0.0"` or `[">=1.8.0", "<2.0.0"]`. dbt refuses blanks, and commas
 * inside a list; such parts are understood all the same, and named in `invalid`.
 */
export function parseRequirement(value: PyValue): VersionRequirement {
  const written: PyValue[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : value === null ? [] : [value];
  const specifiers: VersionSpecifier[] = [];
  const invalid: string[] = [];
  for (const item of written) {
    const text = pyStr(item);
    if (parseSpecifier(text) === undefined) invalid.push(text);
    for (const part of text.split(',')) {
      const specifier = parseSpecifier(part.replace(/\s+/g, ''));
      if (specifier !== undefined) specifiers.push(specifier);
    }
  }
  return { specifiers, invalid };
}

/**
 * The lowest dbt version that a requirement allows, e.g. `1.8.0` for `[">=1.8.0", "<2.0.0"]`; for `>1.8.0` the next patch.
 * Undefined if nothing bounds it from below.
 */
export function lowestSupported(requirement: PyValue): string | undefined {
  let lowest: VersionSpecifier | undefined;
  for (const specifier of parseRequirement(requirement).specifiers) {
    if (specifier.matcher === '<' || specifier.matcher === '<=') continue;
    const isAbove = specifier.matcher === '>' && specifier.prerelease === null;
    const bound = isAbove ? { ...specifier, patch: specifier.patch + 1 } : specifier;
    if (lowest === undefined || compareParts(bound, lowest) > 0) lowest = bound;
  }
  return lowest === undefined ? undefined : textOf(lowest);
}

/** True if a requirement allows a version; undefined if the version or all of the requirement is not readable. */
export function allowsVersion(requirement: PyValue, version: string): boolean | undefined {
  const candidate = parseSpecifier(version);
  const { specifiers, invalid } = parseRequirement(requirement);
  if (candidate === undefined || (specifiers.length === 0 && invalid.length > 0)) return undefined;
  return specifiers.every((specifier) => allows(specifier, candidate));
}

function allows(bound: VersionSpecifier, version: VersionSpecifier): boolean {
  const order = compareParts(version, bound);
  switch (bound.matcher) {
    case '=':
      return order === 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '<':
      // `<2.0.0` leaves out 2.0.0-rc1 as well.
      return order < 0 && !(bound.prerelease === null && version.prerelease !== null && hasSameNumbers(bound, version));
  }
}

function hasSameNumbers(a: VersionSpecifier, b: VersionSpecifier): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch;
}

/** The ends of the lines of dbt whose behaviour is measured. */
const MEASURED_VERSIONS = ['1.11.0', '1.11.99', '1.12.0', '1.12.99'] as const;

/** True unless a requirement keeps out every version whose behaviour is measured: an older dbt may take what these refuse. */
export function allowsMeasuredVersion(requirement: PyValue): boolean {
  return MEASURED_VERSIONS.some((version) => allowsVersion(requirement, version) !== false);
}

/** True if no version can satisfy a requirement, such as `[">=2.0.0", "<1.0.0"]`. */
export function isContradiction(requirement: PyValue): boolean {
  const { specifiers } = parseRequirement(requirement);
  const lower = specifiers.filter(({ matcher }) => matcher === '>' || matcher === '>=' || matcher === '=');
  const upper = specifiers.filter(({ matcher }) => matcher === '<' || matcher === '<=' || matcher === '=');
  return lower.some((low) => upper.some((high) => {
    const order = compareParts(low, high);
    return order > 0 || (order === 0 && (low.matcher === '>' || high.matcher === '<'));
  }));
}

/** Below zero if version `a` is older than `b`; a prerelease is older than its release. Unreadable versions are the oldest. */
export function compareDbtVersions(a: string, b: string): number {
  const x = parseSpecifier(a);
  const y = parseSpecifier(b);
  if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
  return compareParts(x, y);
}

function compareParts(a: VersionSpecifier, b: VersionSpecifier): number {
  const byNumbers = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (byNumbers !== 0) return byNumbers;
  if (a.prerelease === null || b.prerelease === null) {
    return (a.prerelease === null ? 1 : 0) - (b.prerelease === null ? 1 : 0);
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: string, b: string): number {
  const x = a.split('.');
  const y = b.split('.');
  for (let at = 0; at < Math.min(x.length, y.length); at += 1) {
    const order = comparePrereleaseParts(x[at] ?? '', y[at] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function comparePrereleaseParts(a: string, b: string): number {
  const isNumberA = /^\d+$/.test(a);
  const isNumberB = /^\d+$/.test(b);
  if (isNumberA && isNumberB) return Number(a) - Number(b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return comparePythonStrings(a, b);
}

function textOf(version: VersionSpecifier): string {
  const suffix = version.prerelease === null ? '' : '-' + version.prerelease;
  return `${String(version.major)}.${String(version.minor)}.${String(version.patch)}${suffix}`;
}

/** The dbt version that is assumed where the project names none. */
export const DEFAULT_DBT_VERSION = '1.12.0';

const FEATURE_SINCE = {
  groups: '1.5.0',
  access: '1.5.0',
  contracts: '1.5.0',
  'model-versions': '1.5.0',
  'dependencies-file': '1.6.0',
  'semantic-layer': '1.6.0',
  'package-lock': '1.7.0',
  'store-failures-as': '1.7.0',
  'data-tests-key': '1.8.0',
  'unit-tests': '1.8.0',
  flags: '1.8.0',
  'yaml-snapshots': '1.9.0',
  microbatch: '1.9.0',
  'test-description': '1.9.0',
  anchors: '1.10.0',
  'config-freshness': '1.10.0',
  'column-config': '1.10.0',
  'loaded-at-query': '1.10.0',
  'exposure-config': '1.10.0',
  'model-freshness': '1.10.0',
  'test-arguments': '1.10.5',
  functions: '1.11.0',
  'ref-search-order-flag': '1.11.0',
  'vars-file': '1.12.0',
  'semantic-models-on-models': '1.12.0',
  'normalized-checksums': '1.12.0',
  'test-arguments-by-default': '1.10.8',
} as const;

/** A feature that some supported version of dbt may lack. */
export type DbtFeature = keyof typeof FEATURE_SINCE;

/** The dbt version that brought a feature. */
export function versionOfFeature(feature: DbtFeature): string {
  return FEATURE_SINCE[feature];
}

/** True if a dbt version has a feature; without a version, the default version is meant. */
export function hasFeature(version: string | undefined, feature: DbtFeature): boolean {
  return compareDbtVersions(version ?? DEFAULT_DBT_VERSION, FEATURE_SINCE[feature]) >= 0;
}
