/**
 * Names and ids of generic tests, character by character as dbt makes them (`generic_test_builders.py` and
 * `schema_generic_tests.py` of dbt-core 1.12): other tools find a test by them, and two tests of one id are an error.
 */

import { md5Hex } from '../base/hash.ts';
import { isTruthy, type PyDict, type PyValue } from '../base/python-values.ts';
import { pyRepr, pyStr, reprOfString } from './python-repr.ts';

/** What a generic test stands on: a node (model, seed, snapshot), one version of a model, or a table of a source. */
export type GenericTestTarget =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: PyValue }
  | { readonly kind: 'source'; readonly sourceName: string; readonly tableName: string };

/** One generic test, taken apart: the macro's name and the arguments that reach the macro. */
export interface GenericTestIdentity {
  /** Package that defines the YAML file; it becomes part of the id. */
  readonly packageName: string;
  readonly target: GenericTestTarget;
  /** The part before the dot in `dbt_utils.expression_is_true`, else null. */
  readonly namespace: string | null;
  readonly testName: string;
  /** Arguments in the order of the YAML, with `column_name` (as quoted), without `model`, `config`, `name`, `description`. */
  readonly args: PyDict;
  /** The `name:` that the user gave, if any. */
  readonly customName?: string | undefined;
  /** Whether the user configured an `alias`; if not, a shortened name becomes one. */
  readonly hasConfiguredAlias?: boolean | undefined;
}

/** The names of one generic test, with the keys of dbt's manifest in mind. */
export interface GenericTestNames {
  /** `test.<package>.<name>.<hash>`. */
  readonly uniqueId: string;
  /** The manifest's `name`: the user's name, or all arguments joined. Unlimited in length. */
  readonly name: string;
  /** The name in the manifest's `path` (`<shortName>.sql`): below 64 characters unless the user named the test. */
  readonly shortName: string;
  /** The `config.alias` that dbt sets by itself, or null where the name is short, given, or an alias is configured. */
  readonly generatedAlias: string | null;
  /** The last ten digits of the hash. */
  readonly hash: string;
  /** `test_metadata.kwargs`: the arguments, then `model`. */
  readonly kwargs: PyDict;
}

/** All names of a generic test. */
export function nameGenericTest(test: GenericTestIdentity): GenericTestNames {
  const kwargs: PyDict = new Map(test.args);
  kwargs.set('model', modelArgument(test.target));
  let name = test.customName;
  let shortName = name ?? '';
  let generatedAlias: string | null = null;
  if (name === undefined) {
    const synthesized = synthesizeTestName(test);
    name = synthesized.full;
    shortName = synthesized.short;
    if (shortName !== name && test.hasConfiguredAlias !== true) generatedAlias = shortName;
  }
  const hash = hashOfTest(name, test.namespace, test.testName, kwargs);
  // dbt leaves out what is empty.
  const uniqueId = name === '' || test.packageName === '' ? ['test', test.packageName, name, hash].filter((part) => part !== '').join('.') : `test.${test.packageName}.${name}.${hash}`;
  return { uniqueId, name, shortName, generatedAlias, hash, kwargs };
}

/** The name of what is tested, as it stands in the name of the test: `orders`, `orders_v2`, `shop_raw_orders`. */
export function nameOfTestTarget(target: GenericTestTarget): string {
  if (target.kind === 'source') return `${target.sourceName}_${target.tableName}`;
  if (target.kind === 'version' && isTruthy(target.version)) return `${target.name}_v${pyStr(target.version)}`;
  return target.name;
}

/** The `model` argument that dbt hands to the macro, e.g. `{{ get_where_subquery(ref('orders')) }}`. */
export function modelArgument(target: GenericTestTarget): string {
  if (target.kind === 'source') {
    return `{{ get_where_subquery(source('${target.sourceName}', '${target.tableName}')) }}`;
  }
  if (target.kind === 'version' && isTruthy(target.version)) {
    return `{{ get_where_subquery(ref('${target.name}', version='${pyStr(target.version)}')) }}`;
  }
  return `{{ get_where_subquery(ref('${target.name}')) }}`;
}

/** A name of this many characters or more is shortened: 63 is what PostgreSQL allows. */
const LONGEST_NAME = 64;
const KEPT_OF_LONG_NAME = 30;

function synthesizeTestName(test: GenericTestIdentity): { readonly full: string; readonly short: string } {
  const prefix = (test.namespace === null ? '' : test.namespace + '_') + (test.target.kind === 'source' ? 'source_' : '');
  const identifier = `${prefix}${test.testName}_${nameOfTestTarget(test.target)}`;
  const parts: string[] = [];
  for (const key of sortedKeys(test.args)) {
    if (key === 'model') continue;
    const value = test.args.get(key) ?? null;
    if (typeof value === 'string') parts.push(replaceUnsafe(value));
    else for (const part of partsOfArgument(value)) parts.push(replaceUnsafe(pyStr(part)));
  }
  const full = `${identifier}_${parts.length === 1 ? (parts[0] ?? '') : parts.join('__')}`;
  if (full.length < LONGEST_NAME) return { full, short: full };
  // Python counts characters; only the target's name can hold one that UTF-16 counts twice.
  if (!SURROGATE.test(identifier)) return { full, short: `${identifier.slice(0, KEPT_OF_LONG_NAME)}_${md5Hex(full)}` };
  if (Array.from(full).length < LONGEST_NAME) return { full, short: full };
  return { full, short: `${Array.from(identifier).slice(0, KEPT_OF_LONG_NAME).join('')}_${md5Hex(full)}` };
}

const SURROGATE = /[\ud800-\udfff]/;

function partsOfArgument(value: PyValue): Iterable<PyValue> {
  if (value instanceof Map) return value.values();
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && value.kind === 'tuple') return value.items;
  return [value];
}

const UNSAFE = /[^0-9a-zA-Z_]/;

function replaceUnsafe(text: string): string {
  return UNSAFE.test(text) ? text.replace(/[^0-9a-zA-Z_]+/g, '_') : text;
}

function hashOfTest(name: string, namespace: string | null, testName: string, kwargs: PyDict): string {
  const metadata =
    `{'kwargs': ${hashableArguments(kwargs)}, 'name': ${reprOfString(testName)}, ` +
    `'namespace': ${reprOfString(namespace ?? 'None')}}`;
  return md5Hex(name + metadata).slice(-10);
}

/** `hashable` of the arguments, with a short way for those that most tests have: a column and the model, sorted as they are. */
function hashableArguments(kwargs: PyDict): string {
  const column = kwargs.get('column_name');
  const model = kwargs.get('model');
  if (typeof model !== 'string' || (kwargs.size === 1 ? column !== undefined : kwargs.size !== 2 || typeof column !== 'string')) return hashable(kwargs);
  return typeof column === 'string'
    ? `{'column_name': ${reprOfString(column)}, 'model': ${reprOfString(model)}}`
    : `{'model': ${reprOfString(model)}}`;
}

/** `repr` of what dbt calls hashable metadata: dicts sorted by key, everything but dicts and lists turned into a string. */
function hashable(value: PyValue): string {
  if (value instanceof Map) {
    const entries = sortedKeys(value).map((key) => `${pyRepr(key)}: ${hashable(value.get(key) ?? null)}`);
    return '{' + entries.join(', ') + '}';
  }
  if (Array.isArray(value)) return '[' + value.map(hashable).join(', ') + ']';
  return reprOfString(pyStr(value));
}

/**
 * Keys as Python's `sorted` orders them: strings by code point, numbers by size. Python refuses to compare the two with
 * each other, and dbt crashes; then the order by text is as good as any.
 */
function sortedKeys(dict: PyDict): PyValue[] {
  if (dict.size < 2) return [...dict.keys()];
  return [...dict.keys()].sort((a, b) => {
    if (typeof a === 'string' && typeof b === 'string') return comparePythonStrings(a, b);
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return comparePythonStrings(pyStr(a), pyStr(b));
  });
}

/** Python's order of strings, by code point; JavaScript's differs where surrogate pairs meet U+E000 to U+FFFF. */
export function comparePythonStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    const isSurrogateX = x >= 0xd800 && x <= 0xdfff;
    const isSurrogateY = y >= 0xd800 && y <= 0xdfff;
    if (isSurrogateX !== isSurrogateY) return isSurrogateX ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
