/**
 * One entry of `data_tests:`, taken apart as dbt's `TestBuilder` does it: which macro, which arguments, which configuration,
 * and everything that dbt refuses, in its own words.
 */

import { isPyDict, isTruthy, type PyDict, type PyValue } from '../base/python-values.ts';
import { pyRepr, pyStr, pyTypeName } from './python-repr.ts';

/** Keys of a test that are configuration wherever they stand (`TestBuilder.CONFIG_ARGS`), in dbt's order. */
export const TEST_CONFIG_KEYS = [
  'severity', 'tags', 'enabled', 'where', 'limit', 'warn_if', 'error_if', 'fail_calc', 'store_failures', 'store_failures_as',
  'sql_header', 'meta', 'database', 'schema', 'alias',
] as const;

const CONFIG_KEYS: ReadonlySet<PyValue> = new Set<PyValue>(TEST_CONFIG_KEYS);

/** A fault in a test entry; `path` leads from the entry to the value at fault. */
export interface GenericTestProblem {
  readonly code:
    | 'test-not-dict-or-text'
    | 'test-needs-one-key'
    | 'test-arguments-not-dict'
    | 'test-name-not-text'
    | 'test-name-malformed'
    | 'test-argument-model'
    | 'test-config-not-dict'
    | 'test-config-in-two-places'
    | 'test-tags-not-texts'
    | 'test-description-not-text'
    | 'test-argument-not-text';
  /** dbt's words. */
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** A test entry that dbt can use. */
export interface GenericTestEntry {
  /** How it is written: `- unique`, `- unique: {…}`, or `- {test_name: unique, …}`. */
  readonly form: 'text' | 'one-key' | 'test-name-key';
  /** The test as written: `dbt_utils.expression_is_true`. */
  readonly written: string;
  readonly namespace: string | null;
  readonly testName: string;
  /** What reaches the macro, in dbt's order, `column_name` included; without `model`. The values are not rendered. */
  readonly args: PyDict;
  /** Configuration, known keys first, without nulls. Texts are still to be rendered, natively. */
  readonly config: PyDict;
  /** The user's own name of the test. */
  readonly customName: string | null;
  readonly description: PyValue;
  /** The test's tags; those of the column come on top (`tagsOfTest`). */
  readonly tags: readonly string[];
  /** Configuration keys that stand beside `config:` instead of in it: deprecated from 1.10. */
  readonly topLevelConfigKeys: readonly string[];
  /** True if arguments stand beside `config:` instead of in `arguments:`: deprecated from 1.10.5. */
  readonly lacksArgumentsProperty: boolean;
}

/** What was read of an entry. An entry with problems makes dbt stop; what can be understood of it is given nevertheless. */
export interface GenericTestReading {
  readonly entry: GenericTestEntry | null;
  readonly problems: readonly GenericTestProblem[];
}

/** What the surroundings of a test decide. */
export interface GenericTestSurroundings {
  /** The column's name, in the adapter's quotes if the column is quoted; null for a test on the whole resource. */
  readonly columnName: string | null;
  /** The flag `require_generic_test_arguments_property`: true from dbt 1.12, or as the project says. */
  readonly requiresArgumentsProperty: boolean;
}

const NO_KEYS: readonly string[] = [];
const NO_CONFIG: PyDict = new Map();

/** Most tests have no configuration; they are told from the others by a look at the few keys that there are. */
function hasConfigKey(args: PyDict): boolean {
  for (const key of args.keys()) if (CONFIG_KEYS.has(key)) return true;
  return false;
}

interface TestBody {
  readonly form: GenericTestEntry['form'];
  readonly name: PyValue;
  readonly body: PyDict;
  /** Leads from the entry to the body. */
  readonly path: readonly (string | number)[];
}

/** Takes a test entry apart. */
export function parseGenericTestEntry(entry: PyValue, surroundings: GenericTestSurroundings): GenericTestReading {
  const problems: GenericTestProblem[] = [];
  const found = findBody(entry, problems);
  if (found === null) return { entry: null, problems };
  if (typeof found.name !== 'string') {
    const value = `test name must be a str, got ${pyTypeName(found.name)} (value ${pyStr(found.name)})`;
    problems.push({ code: 'test-name-not-text', message: value, path: found.path });
    return { entry: null, problems };
  }
  const macro = splitTestName(found.name);
  if (macro === null) {
    const message = `Test name string did not match expected pattern: ${found.name}`;
    problems.push({ code: 'test-name-malformed', message, path: found.path });
    return { entry: null, problems };
  }

  const args: PyDict = new Map(found.body);
  if (surroundings.columnName !== null) args.set('column_name', surroundings.columnName);
  const topLevelConfigKeys = hasConfigKey(args) ? TEST_CONFIG_KEYS.filter((key) => args.has(key)) : NO_KEYS;
  const lacksArgumentsProperty = mergeArguments(args, surroundings);
  if (args.delete('model')) {
    problems.push({
      code: 'test-argument-model', path: [...found.path, 'model'],
      message: 'Test arguments include "model", which is a reserved argument',
    });
  }
  const config = takeConfig(args, found.path, problems);
  const written = args.get('description');
  const description = written === undefined ? '' : written;
  args.delete('description');
  const customName = args.get('name');
  if (customName !== undefined && typeof customName !== 'string') {
    // dbt itself stumbles over it.
    const message = `sequence item 0: expected str instance, ${pyTypeName(customName).replace(/^<class '(.*)'>$/, '$1')} found`;
    problems.push({ code: 'test-name-not-text', message, path: [...found.path, 'name'] });
  }
  args.delete('name');
  if (typeof description !== 'string') {
    const message = `at path ['description']: ${pyRepr(description)} is not of type 'string'`;
    problems.push({ code: 'test-description-not-text', message, path: [...found.path, 'description'] });
  }
  const mixed = customName === undefined ? mixedKeys([...args.keys(), 'model']) : undefined;
  if (mixed !== undefined) problems.push({ code: 'test-argument-not-text', message: mixed, path: found.path });
  return {
    entry: {
      form: found.form,
      written: found.name,
      namespace: macro.namespace,
      testName: macro.testName,
      args,
      config,
      customName: customName === undefined ? null : pyStr(customName),
      description,
      tags: readTags(config.get('tags'), found.path, problems),
      topLevelConfigKeys,
      lacksArgumentsProperty,
    },
    problems,
  };
}

/** dbt sorts the names of arguments, which Python does not do for texts and other values together. */
function mixedKeys(keys: readonly PyValue[]): string | undefined {
  const [first = null] = keys;
  const other = keys.find((key) => (typeof key === 'string') !== (typeof first === 'string'));
  const nameOf = (key: PyValue): string => pyTypeName(key).replace(/^<class '(.*)'>$/, '$1');
  return other === undefined ? undefined : `'<' not supported between instances of '${nameOf(other)}' and '${nameOf(first)}'`;
}

function findBody(entry: PyValue, problems: GenericTestProblem[]): TestBody | null {
  if (typeof entry === 'string') return { form: 'text', name: entry, body: new Map(), path: [] };
  if (!isPyDict(entry)) {
    problems.push({
      code: 'test-not-dict-or-text', path: [],
      message: `test must be dict or str, got ${pyTypeName(entry)} (value ${pyStr(entry)})`,
    });
    return null;
  }
  const testName = entry.get('test_name');
  if (testName !== undefined) {
    const body: PyDict = new Map(entry);
    body.delete('test_name');
    return { form: 'test-name-key', name: testName, body, path: [] };
  }
  const [first] = entry;
  if (first === undefined || entry.size !== 1) {
    // dbt prints the list of the dict's items, which Python shows as tuples.
    const items: PyValue = [...entry].map(([key, value]) => ({ kind: 'tuple', items: [key, value] }));
    problems.push({
      code: 'test-needs-one-key', path: [],
      message: `test definition dictionary must have exactly one key, got ${pyStr(items)} instead (${String(entry.size)} keys)`,
    });
    return null;
  }
  const [name, body] = first;
  const path = typeof name === 'string' || typeof name === 'number' ? [name] : [];
  if (isPyDict(body)) return { form: 'one-key', name, body, path };
  problems.push({
    code: 'test-arguments-not-dict', path,
    message: `test arguments must be a dict, got ${pyTypeName(body)} (value ${pyStr(body)})`,
  });
  return { form: 'one-key', name, body: new Map(), path };
}

const TEST_NAME = /^(?:([a-zA-Z_][0-9a-zA-Z_]*)\.)?([a-zA-Z_][0-9a-zA-Z_]*)/;

/** `dbt_utils.unique_x` → namespace and name; whatever follows a name (`my-test`) is not looked at by dbt either. */
export function splitTestName(written: string): SplitName | null {
  const known = splitNames.get(written);
  if (known !== undefined) return known;
  const match = TEST_NAME.exec(written);
  if (match === null) return null;
  const split = { namespace: match[1] ?? null, testName: match[2] ?? '' };
  if (splitNames.size < MOST_NAMES) splitNames.set(written, split);
  return split;
}

interface SplitName {
  readonly namespace: string | null;
  readonly testName: string;
}

/** A project has few tests, and each thousands of times. */
const splitNames = new Map<string, SplitName>();
const MOST_NAMES = 1000;

const NOT_ARGUMENTS: ReadonlySet<PyValue> = new Set<PyValue>(['config', 'column_name', 'description', 'name', ...TEST_CONFIG_KEYS]);

/** Lays `arguments:` over the other keys; returns whether arguments stand outside of it. */
function mergeArguments(args: PyDict, surroundings: GenericTestSurroundings): boolean {
  if (!surroundings.requiresArgumentsProperty) return false;
  const nested = args.get('arguments');
  args.delete('arguments');
  let lacks = false;
  if (!isTruthy(nested)) for (const key of args.keys()) if (!NOT_ARGUMENTS.has(key)) lacks = true;
  // A value of `arguments` that is no dict is dropped in silence.
  if (isPyDict(nested)) for (const [key, value] of nested) args.set(key, value);
  return lacks;
}

function takeConfig(args: PyDict, path: readonly (string | number)[], problems: GenericTestProblem[]): PyDict {
  const written = args.get('config');
  if (written === undefined && !hasConfigKey(args)) return NO_CONFIG;
  args.delete('config');
  if (written !== undefined && !isPyDict(written)) {
    problems.push({
      code: 'test-config-not-dict', path: [...path, 'config'],
      message: `'config' must be a dict, got ${pyTypeName(written)} (value ${pyStr(written)})`,
    });
  }
  const nested = isPyDict(written) ? written : undefined;
  const config: PyDict = new Map();
  for (const key of TEST_CONFIG_KEYS) {
    let value = args.get(key) ?? null;
    args.delete(key);
    if (isTruthy(value) && nested?.has(key) === true) {
      problems.push({
        code: 'test-config-in-two-places', path: [...path, key],
        message: 'Test cannot have the same key at the top-level and in config',
      });
    }
    // With a `config:` beside it, dbt loses a `false` or `0` that stands at the top level.
    if (!isTruthy(value) && nested !== undefined) value = nested.get(key) ?? null;
    if (value !== null) config.set(key, value);
  }
  for (const [key, value] of nested ?? []) {
    if (!CONFIG_KEYS.has(key) && value !== null) config.set(key, value);
  }
  return config;
}

function readTags(
  tags: PyValue | undefined,
  path: readonly (string | number)[],
  problems: GenericTestProblem[],
): readonly string[] {
  if (tags === undefined) return NO_KEYS;
  if (typeof tags === 'string') return [tags];
  if (!Array.isArray(tags)) {
    problems.push({
      code: 'test-tags-not-texts', path,
      message: `got ${pyStr(tags)} (${pyTypeName(tags)}) for tags, expected a list of strings`,
    });
    return [];
  }
  const texts: string[] = [];
  for (const tag of tags) {
    if (typeof tag === 'string') texts.push(tag);
    else problems.push({ code: 'test-tags-not-texts', path, message: `got ${pyStr(tag)} (${pyTypeName(tag)}) for tag, expected a str` });
  }
  return texts;
}

const LOOKS_LIKE_CALL = /^\s*(?:env_var|ref|var|source|doc)\s*\([^\n]+\)\s*$/;

/**
 * The template that dbt renders for a text among a test's arguments: `ref('b')` alone is taken as `{{ ref('b') }}`. The argument
 * `column_name` itself is never rendered.
 */
export function templateOfTestArgument(text: string): string {
  return LOOKS_LIKE_CALL.test(text) ? `{{ ${text} }}` : text;
}

/** The `raw_code` of the test's node: a call of its macro and of `config()`. `config` is rendered and without nulls. */
export function rawCodeOfTest(namespace: string | null, testName: string, config: PyDict): string {
  const macro = (namespace === null ? '' : namespace + '.') + 'test_' + testName;
  const settings: string[] = [];
  for (const [key, value] of config) {
    const text = typeof value === 'string' ? '"' + value.replaceAll('"', '\\"') + '"' : pyStr(value);
    settings.push(`${pyStr(key)}=${text}`);
  }
  const call = `{{ ${macro}(**_dbt_generic_test_kwargs) }}`;
  return settings.length === 0 ? call : `${call}{{ config(${settings.join(',')}) }}`;
}
