/** Versions of models: which is the latest, what a version takes over from the model's entry (dbt-core `UnparsedModelUpdate`). */

import { isPyDate, isPyDict, isPyFloat, isTruthy, pyEquals, type PyDict, type PyValue } from '../base/python-values.ts';
import { isUnknown, type ConfigValue } from '../base/unknown.ts';
import type { ConfigLayer } from './config-merge.ts';
import { comparePythonStrings } from './generic-test-names.ts';
import { pyRepr, pyStr } from './python-repr.ts';
import { isTemplate } from './rendered-keys.ts';

/** A fault in `versions:` of a model's entry, in dbt's words; `path` leads to the value, from the entry. */
export interface VersionProblem {
  readonly code:
    | 'latest-version-unknown'
    | 'version-duplicate'
    | 'version-without-number'
    | 'version-key-unknown'
    | 'version-two-include-excludes'
    | 'version-include-invalid';
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/**
 * A version as the graph keeps it: an int as number, anything else as the text that Python prints, so that `1.0` stays
 * apart from `1` in ids. Undefined if the value cannot be a version.
 */
export function versionOf(value: PyValue | undefined): string | number | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (isPyFloat(value)) return Number.isInteger(value.value) ? pyStr(value) : value.value;
  // dbt makes texts of dates.
  if (isPyDate(value)) return pyStr(value);
  return undefined;
}

/**
 * The version that an unversioned `ref` leads to: the declared one, else the greatest. Two versions are compared as numbers
 * if both are, else as texts; of equal ones the first wins.
 */
export function latestVersion(
  versions: readonly (string | number)[],
  declared: PyValue | undefined,
): string | number | null {
  const given = versionOf(declared);
  // To Python 1.0 is 1.
  if (isPyFloat(declared) && versions.includes(declared.value)) return declared.value;
  if (given !== undefined) return given;
  let latest: string | number | null = null;
  for (const version of versions) {
    if (latest === null || compareVersions(latest, version) < 0) latest = version;
  }
  return latest;
}

/** Below zero if `a` is the older version. */
export function compareVersions(a: string | number, b: string | number): number {
  const x = pythonFloat(a);
  const y = pythonFloat(b);
  if (x === undefined || y === undefined) return comparePythonStrings(String(a), String(b));
  return x === y ? 0 : x < y ? -1 : 1;
}

const PYTHON_FLOAT = /^\s*[+-]?(?:(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:e[+-]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)\s*$/i;

function pythonFloat(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  if (!PYTHON_FLOAT.test(value) || !/[\dn]/i.test(value)) return undefined;
  const text = value.trim().toLowerCase().replaceAll('_', '');
  if (text.includes('nan')) return NaN;
  if (text.includes('inf')) return text.startsWith('-') ? -Infinity : Infinity;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/**
 * The columns of one version: those of the model that its `include`/`exclude` element lets through (all, if there is
 * none), then its own.
 */
export function versionColumns(modelColumns: PyValue | undefined, ofVersion: PyValue | undefined): PyValue[] {
  const own: PyValue[] = [];
  let selection: PyDict | undefined;
  for (const column of listOf(ofVersion)) {
    if (!isIncludeExclude(column)) own.push(column);
    else selection ??= column;
  }
  const kept = listOf(modelColumns).filter((column) => {
    if (selection === undefined) return true;
    return isPyDict(column) && includes(selection, column.get('name') ?? null);
  });
  return [...kept, ...own];
}

/** True for the element of a version's `columns` that selects from the model's columns: whatever has an `include`. */
export function isIncludeExclude(column: PyValue): column is PyDict {
  return isPyDict(column) && column.has('include');
}

function includes(selection: PyDict, name: PyValue): boolean {
  const included = selection.get('include') ?? null;
  const isIncluded = isAll(included) || listOf(included).some((one) => pyEquals(one, name));
  return isIncluded && !listOf(selection.get('exclude')).some((one) => pyEquals(one, name));
}

function isAll(included: PyValue): boolean {
  return included === '*' || included === 'all';
}

/** The tests of one version: its own `data_tests` (an empty list clears), else the model's. An empty `tests` clears nothing. */
export function versionTests(entry: PyDict, ofVersion: PyDict): PyValue[] {
  const own = testsUnder(ofVersion);
  return [...listOf(own ?? testsUnder(entry))];
}

function testsUnder(dict: PyDict): PyValue | undefined {
  const tests = dict.get('tests');
  if (tests !== undefined && isTruthy(tests)) return tests;
  return dict.get('data_tests') ?? undefined;
}

/**
 * The configuration of one version: dicts are merged to any depth, of lists the version's part comes first, then the model's;
 * everything else is the version's.
 */
export function mergeVersionConfig(model: ConfigLayer, ofVersion: ConfigLayer): ConfigLayer {
  const merged = new Map(model);
  for (const [key, value] of ofVersion) merged.set(key, mergeItem(merged.get(key), value));
  return merged;
}

function mergeItem(model: ConfigValue | undefined, own: ConfigValue): ConfigValue {
  if (model === undefined || isUnknown(own)) return own;
  const isMerged = isPyDict(own) || isSequence(own);
  if (isUnknown(model)) return isMerged ? model : own;
  if (isPyDict(own) && isPyDict(model)) return mergeDicts(model, own);
  if (isSequence(own) && isSequence(model)) return [...itemsOf(own), ...itemsOf(model)];
  return own;
}

function mergeDicts(model: PyDict, own: PyDict): PyDict {
  const merged: PyDict = new Map(model);
  for (const [key, value] of own) {
    const before = merged.get(key);
    if (before === undefined) merged.set(key, value);
    else if (isPyDict(value) && isPyDict(before)) merged.set(key, mergeDicts(before, value));
    else if (isSequence(value) && isSequence(before)) merged.set(key, [...itemsOf(value), ...itemsOf(before)]);
    else merged.set(key, value);
  }
  return merged;
}

function isSequence(value: PyValue): boolean {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tuple');
}

function itemsOf(value: PyValue): readonly PyValue[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tuple' ? value.items : [];
}

function listOf(value: PyValue | undefined): readonly PyValue[] {
  return Array.isArray(value) ? value : [];
}

/** The description of one version: its own, else the model's; an empty text counts as none. */
export function versionDescription(entry: PyDict, ofVersion: PyDict): PyValue {
  const own = ofVersion.get('description');
  return isTruthy(own) ? (own ?? null) : (entry.get('description') ?? null);
}

/** The constraints of one version: its own, else the model's; an empty list counts as none. */
export function versionConstraints(entry: PyDict, ofVersion: PyDict): readonly PyValue[] {
  const own = listOf(ofVersion.get('constraints'));
  return own.length > 0 ? own : listOf(entry.get('constraints'));
}

/** The name that the alias of a version gets where nothing else is configured: `orders_v3_1` for version 3.1. */
export function versionedAlias(modelName: string, version: string | number): string {
  return `${modelName}_v${String(version).replaceAll('.', '_')}`;
}

const VERSION_KEYS: ReadonlySet<string> = new Set([
  'v', 'defined_in', 'description', 'access', 'config', 'constraints', 'docs', 'data_tests', 'tests', 'columns', 'deprecation_date',
]);

/** What dbt refuses about the `versions:` and `latest_version:` of a model's entry. */
export function checkVersions(entry: PyDict): readonly VersionProblem[] {
  const problems: VersionProblem[] = [];
  const name = pyStr(entry.get('name') ?? null);
  const seen = new Set<string>();
  const values: PyValue[] = [];
  listOf(entry.get('versions')).forEach((version, index) => {
    if (!isPyDict(version)) return;
    for (const key of version.keys()) {
      if (typeof key !== 'string' || VERSION_KEYS.has(key)) continue;
      problems.push({
        code: 'version-key-unknown', path: ['versions', index, key],
        message: `at path ['versions'][${String(index)}]: Additional properties are not allowed ('${key}' was unexpected)`,
      });
    }
    const v = version.get('v');
    if (v === undefined) {
      problems.push({ code: 'version-without-number', message: `at path ['versions'][${String(index)}]: 'v' is a required property`, path: ['versions', index] });
      return;
    }
    values.push(v);
    if (seen.has(pyStr(v))) {
      problems.push({
        code: 'version-duplicate', path: ['versions', index, 'v'],
        message: `Found duplicate version: '${pyStr(v)}' in versions list of model '${name}'`,
      });
    }
    seen.add(pyStr(v));
    problems.push(...checkVersionColumns(version, index));
  });
  const latest = entry.get('latest_version');
  if (latest !== undefined && isTruthy(latest) && ![latest, ...values].some(isTemplate) && !values.some((value) => pyEquals(value, latest))) {
    problems.push({
      code: 'latest-version-unknown', path: ['latest_version'],
      message: `latest_version: ${pyStr(latest)} is not one of model '${name}' versions: ${pyRepr(values)} `,
    });
  }
  return problems;
}

function checkVersionColumns(version: PyDict, index: number): readonly VersionProblem[] {
  const problems: VersionProblem[] = [];
  let count = 0;
  listOf(version.get('columns')).forEach((column, at) => {
    if (!isIncludeExclude(column)) return;
    count += 1;
    const path = ['versions', index, 'columns', at];
    if (count === 2) {
      problems.push({ code: 'version-two-include-excludes', message: 'version can have at most one include/exclude element', path });
    }
    const included = column.get('include') ?? null;
    if (typeof included === 'string' && !isAll(included)) {
      problems.push({
        code: 'version-include-invalid', path: [...path, 'include'],
        message: `include must be one of ('all', '*') or a list of strings`,
      });
    } else if (isTruthy(column.get('exclude')) && !isAll(included)) {
      problems.push({
        code: 'version-include-invalid', path: [...path, 'exclude'],
        message: `exclude can only be specified if include is one of ('all', '*')`,
      });
    }
  });
  return problems;
}
