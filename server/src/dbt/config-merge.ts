/**
 * The effective configuration of a resource: which layers dbt reads, in which order, and how they merge
 * (`core/dbt/context/context_config.py`, `common/dbt_common/contracts/config/base.py` of dbt-core 1.12).
 *
 * Order, later wins: defaults, the own project's `dbt_project.yml`, `config:` in a properties file, `config()` calls, and for
 * a package's resources the root project's `dbt_project.yml`. dbt calculates this up to three times per resource, and a null
 * in a later calculation does not remove a value of an earlier one, unless dbt does not know the key; hence the three passes below.
 */

import { isPyDict, isPyTuple, pyEquals, pyInt, type PyDict, type PyValue } from '../base/python-values.ts';
import { isUnknown, type ConfigValue, type Unknown } from '../base/unknown.ts';
import {
  canonicalConfigKey,
  configKeysOf,
  defaultConfigOf,
  mergeBehaviourOf,
  mergeBehaviourOfCalls,
  type ConfigurableType,
  type MergeBehaviour,
} from './config-keys.ts';
import { pyClassName, pyRepr, pyStr } from './python-repr.ts';

/** What one place says about configuration, key by key, with the keys as written there (without a leading `+`). */
export type ConfigLayer = ReadonlyMap<string, ConfigValue>;

/** A tree of values parts of which are unknown, e.g. a section of `dbt_project.yml` with Jinja in it. A `PyDict` is one. */
export type ConfigTree = ReadonlyMap<PyValue, ConfigTreeValue>;

/** A value in a config tree: a setting, a subtree, or a list of either. */
export type ConfigTreeValue = ConfigValue | ConfigTree | readonly ConfigTreeValue[];

/** A configuration that dbt refuses. */
export interface ConfigProblem {
  readonly code: 'config-not-a-dict' | 'config-duplicate-alias' | 'config-conflicting-hooks' | 'config-invalid-value';
  readonly key: string;
  /** dbt's words. */
  readonly message: string;
  /** The value that one of the layers has, or of a list an item of it. */
  readonly value?: PyValue;
}

/** The layers of one resource, from weak to strong. */
export interface ConfigLayers {
  readonly type: ConfigurableType;
  /** `postgres`, `bigquery` …, or null if not known: then no aliases are translated. */
  readonly adapterType: string | null;
  /** What `fqnConfigWalk` found in the own project's file. */
  readonly project: readonly ConfigLayer[];
  /** `config:` of the properties file (for versions merged with the version's), or null if there is none. */
  readonly properties: ConfigLayer | Unknown | null;
  /** The `config()` calls in the order of evaluation. An unknown one may have set any key. */
  readonly calls: readonly (ConfigLayer | Unknown)[];
  /** What `fqnConfigWalk` found in the root project's file, if the resource belongs to another package; else empty. */
  readonly rootProject: readonly ConfigLayer[];
  /**
   * Both once more for the package of the properties file, if that is another than the resource's: what dbt calculates last, it
   * calculates for that package.
   */
  readonly ofEntry?: Pick<ConfigLayers, 'project' | 'rootProject'>;
  /** Python models are tables unless the properties file says otherwise. */
  readonly isPythonModel?: boolean;
}

/** The configuration that dbt would write into the manifest. */
export interface EffectiveConfig {
  /** Values that were set somewhere; what nobody set has its default (`configValue`). No value is null. */
  readonly values: ReadonlyMap<string, ConfigValue>;
  /** Not null if a layer could not be evaluated and may have set keys that `values` lacks. */
  readonly otherKeys: Unknown | null;
  /** The node's own `tags`: those of all passes, without duplicates; unknown if one of them is. */
  readonly nodeTags: readonly string[] | Unknown;
  /** The same in order; none if one cannot be told. */
  readonly sortedTags: readonly string[];
  /** The node's own `meta`: that of the last pass which has one; null if none has. */
  readonly nodeMeta: ConfigValue;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Finds the configurations for a resource in a section of `dbt_project.yml`: the section's root, then the levels named by the
 * parts of the fully qualified name, until one is missing. Keys with `+` are configurations, those without only if their
 * value is not a dict.
 */
export function fqnConfigWalk(section: ConfigTree | undefined, fqn: readonly string[]): readonly ConfigLayer[] {
  const layers: ConfigLayer[] = [];
  let level: ConfigTreeValue | undefined = section;
  for (let depth = 0; level instanceof Map; depth += 1) {
    // Narrowing by `instanceof` loses the type arguments; a Map in a tree of configurations is always such a tree.
    const tree = level as ConfigTree;
    const layer = layerOfLevel(tree);
    if (layer.size > 0) layers.push(layer);
    const next = fqn[depth];
    level = next === undefined ? undefined : tree.get(next);
  }
  return layers;
}

const PLAIN_HOOKS: ReadonlySet<string> = new Set(['pre-hook', 'post-hook']);

/** The same level is met by all resources below a folder. */
const layersOfLevels = new WeakMap<ConfigTree, ConfigLayer>();

function layerOfLevel(tree: ConfigTree): ConfigLayer {
  const known = layersOfLevels.get(tree);
  if (known !== undefined) return known;
  const layer = new Map<string, ConfigValue>();
  for (const [key, value] of tree) {
    if (typeof key !== 'string') continue;
    // A hook that is nothing is passed over in this spelling; in the others dbt fails on it.
    if (value === null && PLAIN_HOOKS.has(key)) continue;
    if (key.startsWith('+')) layer.set(key.slice(1).trim(), settled(value));
    else if (!(value instanceof Map)) layer.set(key, settled(value));
  }
  layersOfLevels.set(tree, layer);
  return layer;
}

/** A value of which no part is unknown, or else the first unknown part. */
export function settled(value: ConfigTreeValue): ConfigValue {
  const unknown = firstUnknown(value);
  // A tree without unknown parts consists of plain values.
  return unknown ?? (value as PyValue);
}

function firstUnknown(value: ConfigTreeValue): Unknown | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (isUnknown(value)) return value;
  // `isArray` and `instanceof` forget what the items of such a tree are.
  if (Array.isArray(value)) return firstOf(value as readonly ConfigTreeValue[]);
  // As above.
  if (value instanceof Map) return firstOf((value as ConfigTree).values());
  return undefined;
}

function firstOf(values: Iterable<ConfigTreeValue>): Unknown | undefined {
  for (const value of values) {
    const unknown = firstUnknown(value);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

/** The layer that a dict stands for, e.g. the value of `config:` in a properties file. Keys that are no strings are left out. */
export function layerOfDict(dict: ConfigTree): ConfigLayer {
  const layer = new Map<string, ConfigValue>();
  for (const [key, value] of dict) {
    if (typeof key === 'string') layer.set(key, settled(value));
  }
  return layer;
}

/** Merges the layers of a resource as dbt does. */
export function calculateConfig(layers: ConfigLayers): EffectiveConfig {
  const problems: ConfigProblem[] = [];
  const calls = mergeConfigCalls(layers.calls, problems);
  const properties = propertiesLayer(layers);
  const inherited: readonly (ConfigLayer | Unknown)[] = layers.project;
  const last = layers.ofEntry ?? layers;
  const all = [...last.project, ...(properties === null ? [] : [properties]), ...calls, ...last.rootProject];
  const passes: readonly (readonly (ConfigLayer | Unknown)[])[] = CALCULATED_ONCE.has(layers.type)
    ? [[], all]
    : [[...inherited, ...layers.rootProject], [...inherited, ...calls, ...layers.rootProject], ...(properties === null ? [] : [all])];
  const values = new Map<string, ConfigValue>();
  let tags: string[] | Unknown = [];
  let otherKeys: Unknown | null = null;
  let nodeMeta: ConfigValue = null;
  const ownKeys = configKeysOf(layers.type);
  const isOwnKey = (key: string): boolean => ownKeys.has(key);
  passes.forEach((pass, index) => {
    const isLast = index === passes.length - 1;
    const result = mergePass(pass, layers, isLast ? problems : []);
    for (const [key, value] of result.values) {
      if (value !== null) values.set(key.trim(), value);
      else if (NEVER_NULL.has(key) || (layers.type === 'test' && NEVER_NULL_OF_TESTS.has(key))) values.set(key, 'None');
      else if (!isOwnKey(key)) values.delete(key);
    }
    // What the last calculation does not meet has dbt's default again, unless that is null.
    if (isLast && last !== layers) {
      const defaults = defaultConfigOf(layers.type);
      for (const key of values.keys()) if (defaults.has(key) && !result.values.has(key)) values.delete(key);
    }
    const meta = result.values.get('meta') ?? null;
    if (isUnknown(meta) || (isPyDict(meta) && meta.size > 0)) nodeMeta = meta;
    if (isLast) problems.push(...emptyValues(layers.type, result.values));
    if (index > 0) tags = addTags(tags, result.values.get('tags'));
    otherKeys = result.otherKeys;
  });
  finishValues(layers.type, values, problems);
  if (problems.length > 0) problemsOfConfigs.set(values, problems);
  return { values, otherKeys, nodeTags: tags, sortedTags: isUnknown(tags) ? [] : [...tags].sort(), nodeMeta, problems };
}

/** Texts that dbt's classes demand: there a null becomes the text of Python's None. */
const NEVER_NULL: ReadonlySet<string> = new Set(['materialized', 'delimiter']);
const NEVER_NULL_OF_TESTS: ReadonlySet<string> = new Set(['severity', 'warn_if', 'error_if', 'fail_calc']);

/** Resources that are read when all of their configuration is known: there a null does remove a value. */
const CALCULATED_ONCE: ReadonlySet<ConfigurableType> = new Set([
  'source', 'exposure', 'metric', 'semantic_model', 'saved_query', 'unit_test', 'group', 'macro',
]);

/** Resources whose configurations are classes of dbt's nodes, with hooks and with keys that must not be null. */
const FILLED_TYPES: ReadonlySet<ConfigurableType> = new Set(['model', 'seed', 'snapshot', 'analysis', 'function']);

function emptyValues(type: ConfigurableType, values: ReadonlyMap<string, ConfigValue>): ConfigProblem[] {
  if (values.get('enabled') !== null || type === 'group' || type === 'macro') return [];
  const isOfNode = FILLED_TYPES.has(type) || type === 'test' || type === 'unit_test';
  return [{ code: 'config-invalid-value', key: 'enabled', message: `${isOfNode ? "at path ['enabled']: " : ''}None is not of type 'boolean'`, value: null }];
}

/** A key whose values dbt must turn into something else, in the types whose classes have it. */
interface Field {
  /** As dbt says it; one that is not optional must not be null. */
  readonly typeName: string;
  readonly types: readonly ConfigurableType[];
  takes(value: PyValue): boolean;
}

const NODES: readonly ConfigurableType[] = ['model', 'seed', 'snapshot', 'analysis', 'function', 'operation'];

const FIELDS: ReadonlyMap<string, readonly Field[]> = new Map<string, readonly Field[]>([
  ['access', [{ typeName: 'AccessType', types: ['model'], takes: () => true }]],
  ['on_configuration_change', [{ typeName: 'OnConfigurationChangeOption', types: NODES, takes: isOneOf('apply', 'continue', 'fail') }]],
  ['persist_docs', [{ typeName: 'Dict[str, Any]', types: NODES, takes: isPyDict }]],
  ['limit', [{ typeName: 'Optional[int]', types: ['test'], takes: isInteger }]],
  ['on_error', [{ typeName: 'Optional[ModelOnErrorOptions]', types: ['model'], takes: isOneOf('skip_children', 'continue') }]],
  ['snapshot_meta_column_names', [{ typeName: 'SnapshotMetaColumnNames', types: ['snapshot'], takes: isPyDict }]],
  ['type', [{ typeName: 'FunctionType', types: ['function'], takes: isOneOf('scalar', 'aggregate', 'table') }]],
  ['volatility', [{ typeName: 'Optional[FunctionVolatility]', types: ['function'], takes: isOneOf('deterministic', 'stable', 'non-deterministic') }]],
  ['export_as', [{ typeName: 'Optional[ExportDestinationType]', types: ['saved_query'], takes: isOneOf('table', 'view') }]],
  ['cache', [{ typeName: 'SavedQueryCache', types: ['saved_query'], takes: isPyDict }]],
  ['snowflake', [{ typeName: 'SnowflakeFunctionConfig', types: ['function'], takes: isPyDict }]],
  // dbt makes a list of whatever holds several things, letters included.
  ['tags', [{ typeName: 'List[str]', types: ['source', 'exposure'], takes: (value) => isPyDict(value) || typeof value === 'string' || Array.isArray(value) }]],
  ['meta', [{ typeName: 'Dict[str, Any]', types: ['exposure'], takes: isPyDict }]],
]);

function isOneOf(...texts: readonly string[]): (value: PyValue) => boolean {
  return (value) => typeof value === 'string' && texts.includes(value);
}

function fieldProblems(type: ConfigurableType, key: string, value: ConfigValue): ConfigProblem[] {
  const field = FIELDS.get(key)?.find(({ types }) => types.includes(type));
  if (field === undefined || isUnknown(value)) return [];
  if (value === null ? field.typeName.startsWith('Optional') : field.takes(value)) return [];
  return [{ code: 'config-invalid-value', key, message: fieldMessage(type, key, field.typeName, value), value }];
}

/** What dbt says of a value of which it cannot make a field of a configuration's class. */
export function fieldMessage(type: ConfigurableType, key: string, typeName: string, value: PyValue): string {
  return `Field "${key}" of type ${typeName} in ${configClassOf(type)} has invalid value ${pyRepr(value)}`;
}

/** The name of the class that dbt reads the configuration of a type into. */
export function configClassOf(type: ConfigurableType): string {
  return CONFIG_CLASSES[type] ?? 'NodeConfig';
}

const CONFIG_CLASSES: Readonly<Partial<Record<ConfigurableType, string>>> = {
  model: 'ModelConfig', seed: 'SeedConfig', snapshot: 'SnapshotConfig', function: 'FunctionConfig', test: 'TestConfig', source: 'SourceConfig', exposure: 'ExposureConfig',
  saved_query: 'SavedQueryConfig',
};

function propertiesLayer(layers: ConfigLayers): ConfigLayer | Unknown | null {
  const { properties } = layers;
  if (layers.isPythonModel !== true) return isLayer(properties) && properties.size === 0 ? null : properties;
  if (properties === null) return new Map([['materialized', 'table']]);
  if (isUnknown(properties) || properties.has('materialized')) return properties;
  return new Map([...properties, ['materialized', 'table']]);
}

function isLayer(layer: ConfigLayer | Unknown | null): layer is ConfigLayer {
  return layer instanceof Map;
}

function addTags(tags: string[] | Unknown, added: ConfigValue | undefined): string[] | Unknown {
  if (isUnknown(tags) || added === undefined) return tags;
  if (isUnknown(added)) return added;
  const all = [...tags];
  for (const tag of listify(added)) {
    const text = pyStr(tag);
    if (!all.includes(text)) all.push(text);
  }
  return all;
}

interface PassResult {
  readonly values: Map<string, ConfigValue>;
  readonly otherKeys: Unknown | null;
}

function mergePass(
  pass: readonly (ConfigLayer | Unknown)[],
  layers: Pick<ConfigLayers, 'type' | 'adapterType'>,
  problems: ConfigProblem[],
): PassResult {
  const values = new Map<string, ConfigValue>();
  const defaults = defaultConfigOf(layers.type);
  let otherKeys: Unknown | null = null;
  for (const layer of pass) {
    if (isUnknown(layer)) {
      for (const key of [...values.keys(), ...configKeysOf(layers.type)]) values.set(key, layer);
      otherKeys = layer;
      continue;
    }
    const translated = translateLayer(layer, layers.adapterType, problems);
    for (const [key, value] of translated) {
      // dbt makes an object of the class after every layer, so that a stronger one does not heal a weaker one.
      problems.push(...fieldProblems(layers.type, key, value));
      const behaviour = mergeBehaviourOf(layers.type, key, layers.adapterType);
      const before = values.get(key) ?? defaults.get(key) ?? otherKeys ?? undefined;
      values.set(key, mergeValues(behaviour, key, before, value, 'layers', problems));
    }
  }
  return { values, otherKeys };
}

/** The spellings that dbt uses inside: the adapter's aliases resolved, hooks with a hyphen. */
function translateLayer(layer: ConfigLayer, adapterType: string | null, problems: ConfigProblem[]): ConfigLayer {
  const translated = new Map<string, ConfigValue>();
  for (const [key, value] of layer) {
    const canonical = canonicalConfigKey(key, adapterType);
    if (translated.has(canonical)) {
      const spellings = [...layer.keys()].filter((other) => canonicalConfigKey(other, adapterType) === canonical);
      problems.push({
        code: 'config-duplicate-alias', key,
        message: `Got duplicate keys: (${spellings.join(', ')}) all map to "${canonical}"`,
      });
      continue;
    }
    translated.set(canonical, value);
  }
  for (const [spelling, canonical] of HOOK_SPELLINGS) {
    const value = translated.get(spelling);
    if (value === undefined) continue;
    translated.delete(spelling);
    translated.set(canonical, value);
  }
  return translated;
}

const HOOK_SPELLINGS = [['pre_hook', 'pre-hook'], ['post_hook', 'post-hook']] as const;

/**
 * Joins the `config()` calls of one file into one layer. If one could not be evaluated, it is kept apart, so that the
 * calls after it still count: the result is a list of layers.
 */
export function mergeConfigCalls(
  calls: readonly (ConfigLayer | Unknown)[],
  problems: ConfigProblem[],
): readonly (ConfigLayer | Unknown)[] {
  const merged: (Map<string, ConfigValue> | Unknown)[] = [];
  for (const call of calls) {
    if (isUnknown(call)) {
      merged.push(call);
      continue;
    }
    const last = merged.at(-1);
    const target = last instanceof Map ? last : new Map<string, ConfigValue>();
    if (target !== last) merged.push(target);
    const isFirst = target.size === 0;
    for (const [key, value] of normalizeHooks(call, problems)) {
      if (isFirst) target.set(key, value);
      else target.set(key, mergeValues(mergeBehaviourOfCalls(key), key, target.get(key), value, 'calls', problems));
    }
  }
  return merged;
}

function normalizeHooks(call: ConfigLayer, problems: ConfigProblem[]): ConfigLayer {
  const normal = new Map(call);
  for (const [spelling, canonical] of HOOK_SPELLINGS) {
    const value = normal.get(spelling);
    if (value === undefined) continue;
    normal.delete(spelling);
    if (normal.has(canonical)) {
      problems.push({
        code: 'config-conflicting-hooks', key: spelling,
        message: `Invalid config, has conflicting keys "${spelling}" and "${canonical}"`,
      });
      continue;
    }
    normal.set(canonical, value);
  }
  return normal;
}

function mergeValues(
  behaviour: MergeBehaviour,
  key: string,
  before: ConfigValue | undefined,
  after: ConfigValue,
  between: 'layers' | 'calls',
  problems: ConfigProblem[],
): ConfigValue {
  if (behaviour === 'clobber') return after;
  if (isUnknown(after)) return after;
  if (behaviour === 'append') {
    if (before === undefined) return listify(after);
    return isUnknown(before) ? before : [...listify(before), ...listify(after)];
  }
  if (!isPyDict(after)) {
    problems.push({ code: 'config-not-a-dict', key, message: `expected dict, got ${pyStr(after)}`, value: after });
    return before ?? null;
  }
  if (isUnknown(before)) return before;
  if (behaviour === 'update') return isPyDict(before) ? updated(before, after) : after;
  const other = [...after.keys()].find((grant) => typeof grant !== 'string');
  if (other !== undefined) problems.push({ code: 'config-invalid-value', key, message: `'${pyClassName(other)}' object has no attribute 'startswith'`, value: after });
  return mergeGrants(isPyDict(before) ? before : new Map<PyValue, PyValue>(), after, between);
}

function listify(value: PyValue): PyValue[] {
  return Array.isArray(value) ? value : [value];
}

function updated(before: PyDict, after: PyDict): PyDict {
  const result: PyDict = new Map(before);
  for (const [key, value] of after) result.set(key, value);
  return result;
}

/**
 * `grants`: a key replaces the list of grantees, a key with `+` extends it. Between calls of one file the `+` stays on
 * the key, because the project's lists are still to come.
 */
function mergeGrants(before: PyDict, after: PyDict, between: 'layers' | 'calls'): PyDict {
  const result: PyDict = new Map([...before].map(([key, value]) => [key, listify(value)]));
  for (const [key, value] of after) {
    const extends_ = typeof key === 'string' && key.startsWith('+');
    const target = extends_ && between === 'layers' ? key.replace(/^\++/, '') : key;
    const existing = result.get(target);
    result.set(target, extends_ && Array.isArray(existing) ? [...existing, ...listify(value)] : listify(value));
  }
  return result;
}

const problemsOfConfigs = new WeakMap<ReadonlyMap<string, ConfigValue>, readonly ConfigProblem[]>();

/** Lets a configuration that was made of another one have its problems. */
export function keepProblems(from: ReadonlyMap<string, ConfigValue>, to: ReadonlyMap<string, ConfigValue>): void {
  const problems = problemsOfConfigs.get(from);
  if (problems !== undefined) problemsOfConfigs.set(to, problems);
}

/** What was wrong with the layers of a configuration that `calculateConfig` made, by its values. */
export function problemsOfConfig(values: ReadonlyMap<string, ConfigValue>): readonly ConfigProblem[] {
  return problemsOfConfigs.get(values) ?? NO_PROBLEMS;
}

const NO_PROBLEMS: readonly ConfigProblem[] = [];

const SEVERITY = /^(?:warn|error)$/i;

/** Dicts that dbt reads into classes: what the class does not know is dropped in silence. */
const CLOSED_DICTS: readonly (readonly [string, ReadonlySet<PyValue>])[] = [
  ['docs', new Set<PyValue>(['show', 'node_color'])],
  ['contract', new Set<PyValue>(['enforced', 'alias_types'])],
  ['snapshot_meta_column_names', new Set<PyValue>(['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'])],
];

const TEXT_KEYS: readonly string[] = [
  'alias', 'schema', 'database', 'group', 'materialized', 'incremental_strategy', 'on_schema_change', 'static_analysis', 'delimiter', 'strategy', 'updated_at',
  'target_schema', 'target_database', 'dbt_valid_to_current', 'where', 'warn_if', 'error_if', 'fail_calc', 'store_failures_as',
];

/** The classes of these know hardly a text: the rest is taken as it stands. */
const TEXT_KEYS_OF: Readonly<Partial<Record<ConfigurableType, readonly string[]>>> = {
  exposure: [],
  source: ['static_analysis', 'loaded_at_field', 'loaded_at_query'],
  function: [...TEXT_KEYS, 'runtime_version', 'entry_point'],
};

/** Keys that hold one text or a list of them. */
const TEXT_LIST_KEYS = ['tags', 'unique_key', 'packages'] as const;

/** Of a tuple dbt makes a list where it wants one. */
function listOfTuple(value: ConfigValue | undefined): ConfigValue | undefined {
  return value !== undefined && !isUnknown(value) && isPyTuple(value) ? [...value.items] : value;
}

/** True for a key whose value dbt makes a text. */
export function isTextConfig(key: string): boolean {
  return TEXT_KEYS.includes(key) || key === 'tags';
}

/** The last touches of dbt's config classes: hooks become dicts, `store_failures` and `store_failures_as` agree. */
function finishValues(type: ConfigurableType, values: Map<string, ConfigValue>, problems: ConfigProblem[]): void {
  for (const hook of ['pre-hook', 'post-hook']) {
    const hooks = values.get(hook);
    if (hooks === undefined || isUnknown(hooks)) continue;
    if (FILLED_TYPES.has(type)) problems.push(...hookProblems(type, hook, listify(hooks)));
    values.set(hook, listify(hooks).map(hookDict));
  }
  for (const [key, members] of CLOSED_DICTS) {
    const dict = values.get(key);
    if (isPyDict(dict) && [...dict.keys()].some((member) => !members.has(member))) {
      values.set(key, new Map([...dict].filter(([member]) => members.has(member))));
    }
  }
  // dbt makes a text of whatever stands where its classes want one: an unquoted `off` becomes `False`.
  for (const key of TEXT_KEYS_OF[type] ?? TEXT_KEYS) {
    const value = values.get(key);
    if (value !== undefined && typeof value !== 'string' && !isUnknown(value)) values.set(key, pyStr(value));
  }
  for (const key of TEXT_LIST_KEYS) {
    const written = values.get(key);
    // What can be gone through is a list of keys.
    const value = key === 'unique_key' && isPyDict(written) ? [...written.keys()] : listOfTuple(written);
    if (value !== written && value !== undefined) values.set(key, value);
    if (Array.isArray(value)) {
      if (value.some((item) => typeof item !== 'string')) values.set(key, value.map((item) => pyStr(item)));
    } else if (value !== undefined && typeof value !== 'string' && !isUnknown(value)) values.set(key, pyStr(value));
  }
  const checked = listOfTuple(values.get('check_cols'));
  if (isPyDict(checked) || Array.isArray(checked)) values.set('check_cols', [...(isPyDict(checked) ? checked.keys() : checked)].map(pyStr));
  if (type === 'model') finishModel(values);
  if (type === 'source') finishSource(values);
  if (type === 'test') finishTest(values, problems);
  const names = values.get('snapshot_meta_column_names');
  if (type === 'snapshot' && isPyDict(names)) {
    values.set('snapshot_meta_column_names', new Map([...names].map(([column, name]) => [column, name === null ? null : pyStr(name)])));
  }
}

/** Hooks are texts, or dicts that have `sql`. */
function hookProblems(type: ConfigurableType, key: string, hooks: readonly PyValue[]): ConfigProblem[] {
  for (const [index, hook] of hooks.entries()) {
    let message: string | undefined;
    if (typeof hook === 'string') continue;
    if (!isPyDict(hook)) message = `the JSON object must be str, bytes or bytearray, not ${pyClassName(hook)}`;
    else if (typeof (hook.get('transaction') ?? true) !== 'boolean') {
      message = `at path ['${key}'][${String(index)}]['transaction']: ${pyRepr(hook.get('transaction') ?? null)} is not of type 'boolean'`;
    } else if (!hook.has('sql') || !isInteger(hook.get('index') ?? null)) {
      const asDicts = hooks.map((one): PyValue => (isPyDict(one) ? one : new Map([['sql', one]])));
      message = `Field "${key.replace('-', '_')}" of type List[Hook] in ${configClassOf(type)} has invalid value ${pyRepr(asDicts)}`;
    }
    if (message !== undefined) return [{ code: 'config-invalid-value', key, message, value: hook }];
  }
  return [];
}

/** True for what Python's `int` takes, and for null. */
export function isInteger(value: PyValue): boolean {
  return value === null || pyInt(value) !== undefined;
}

/** A hook as dbt stores it. A text that is a JSON object may name `sql`, `transaction` and `index`. */
function hookDict(hook: PyValue): PyValue {
  if (isPyDict(hook)) {
    return new Map<PyValue, PyValue>([
      ['sql', hook.get('sql') ?? null], ['transaction', hook.get('transaction') ?? true], ['index', hook.get('index') ?? null],
    ]);
  }
  const parsed = typeof hook === 'string' && hook.trimStart().startsWith('{') ? parseJsonHook(hook) : null;
  return parsed ?? new Map<PyValue, PyValue>([['sql', pyStr(hook)], ['transaction', true], ['index', null]]);
}

function parseJsonHook(text: string): PyDict | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || !('sql' in parsed) || typeof parsed.sql !== 'string') return null;
  const transaction = 'transaction' in parsed && typeof parsed.transaction === 'boolean' ? parsed.transaction : true;
  const index = 'index' in parsed && typeof parsed.index === 'number' ? parsed.index : null;
  return new Map<PyValue, PyValue>([['sql', parsed.sql], ['transaction', transaction], ['index', index]]);
}

const BUILD_AFTER_KEYS = ['count', 'period', 'updates_on'];

function finishModel(values: Map<string, ConfigValue>): void {
  const freshness = values.get('freshness');
  if (freshness === undefined || isUnknown(freshness)) return;
  // dbt forgets a model's freshness unless it says when to build.
  const buildAfter = isPyDict(freshness) ? freshness.get('build_after') : undefined;
  if (buildAfter === undefined) values.delete('freshness');
  else if (isPyDict(buildAfter) && (!buildAfter.has('updates_on') || buildAfter.size > BUILD_AFTER_KEYS.length)) {
    const kept = BUILD_AFTER_KEYS.filter((key) => buildAfter.has(key)).map((key): [string, PyValue] => [key, buildAfter.get(key) ?? null]);
    values.set('freshness', new Map<PyValue, PyValue>([['build_after', new Map<PyValue, PyValue>([['updates_on', 'any'], ...kept])]]));
  }
}

/** Limits of freshness are classes whose counts are whole numbers. */
function finishSource(values: Map<string, ConfigValue>): void {
  const freshness = values.get('freshness');
  if (!isPyDict(freshness)) return;
  const finished: PyDict = new Map(freshness);
  for (const key of ['warn_after', 'error_after']) {
    const limit = finished.get(key);
    const count = isPyDict(limit) ? (limit.get('count') ?? null) : null;
    if (isPyDict(limit) && count !== null) finished.set(key, updated(limit, new Map([['count', pyInt(count) ?? count]])));
  }
  const filter = finished.get('filter') ?? null;
  if (filter !== null) finished.set('filter', pyStr(filter));
  values.set('freshness', finished);
}

const STORE_FAILURES_BY_KIND: ReadonlyMap<PyValue, boolean> = new Map([['ephemeral', false], ['table', true], ['view', true]]);

function finishTest(values: Map<string, ConfigValue>, problems: ConfigProblem[]): void {
  const severity = values.get('severity');
  if (severity !== undefined && !isUnknown(severity) && !(typeof severity === 'string' && SEVERITY.test(severity))) {
    problems.push({
      code: 'config-invalid-value', key: 'severity',
      message: `Severity must be either 'warn' or 'error'. Got '${pyStr(severity)}'`,
    });
  }
  const limit = values.get('limit');
  if (limit !== undefined && !isUnknown(limit)) values.set('limit', pyInt(limit) ?? limit);
  const kind = values.get('store_failures_as');
  const stored = values.get('store_failures');
  if (kind !== undefined) {
    values.set('store_failures', isUnknown(kind) ? kind : (STORE_FAILURES_BY_KIND.get(kind) ?? true));
  } else if (stored !== undefined) {
    const isStored = isUnknown(stored) ? stored : pyEquals(stored, true) ? 'table' : 'ephemeral';
    values.set('store_failures_as', isStored);
  }
}
