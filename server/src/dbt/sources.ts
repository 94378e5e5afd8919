/** What a table of a source takes over from its source: configuration, meta, tags, quoting, freshness (dbt-core `parser/sources.py`). */

import { isPyDict, isTruthy, type PyDict, type PyValue } from '../base/python-values.ts';
import { isUnknown, type ConfigValue } from '../base/unknown.ts';
import { canonicalConfigKey } from './config-keys.ts';
import { settled, type ConfigLayer, type ConfigTree, type ConfigTreeValue } from './config-merge.ts';
import { mergeSourceFreshness } from './freshness.ts';
import { comparePythonStrings } from './generic-test-names.ts';
import { pyClassName, pyRepr } from './python-repr.ts';

/** A configuration of a source that dbt refuses. */
export interface SourceProblem {
  readonly code: 'source-loaded-at-twice' | 'source-loaded-at-empty' | 'config-invalid';
  /** dbt's words. */
  readonly message: string;
  readonly level: 'source' | 'table';
  /** The key of `config:` that is to blame, if one is. */
  readonly key?: string;
}

/** One table of a source after the merge. Keys of dicts are the adapter-independent ones (`database`, not `project`). */
export interface SourceTable {
  /** The layer to hand to `calculateConfig` as `properties`. */
  readonly properties: ConfigLayer;
  readonly identifier: ConfigValue;
  readonly schema: ConfigValue;
  /** Null if the target's database is meant. */
  readonly database: ConfigValue;
  readonly loader: ConfigValue;
  readonly description: ConfigValue;
  readonly sourceDescription: ConfigValue;
  /** The source's own meta, without the table's. */
  readonly sourceMeta: ConfigValue;
  /** `quoting` of the source with the table's laid over it, without nulls. */
  readonly quoting: ConfigValue;
  /** Tags that tests of the table take over: those at the top level of source and table, not those under `config:`. */
  readonly testTags: readonly string[];
  /** True if `freshness: null` on some level switched freshness off. */
  readonly isFreshnessOff: boolean;
  readonly problems: readonly SourceProblem[];
}

const EMPTY: ConfigTree = new Map();

/** Merges the rendered entries of a source and of one of its tables. */
export function mergeSourceTable(source: ConfigTree, table: ConfigTree, adapterType: string | null): SourceTable {
  const from = translateKeys(source, adapterType);
  const to = translateKeys(table, adapterType);
  const sourceConfig = treeAt(from, 'config');
  const tableConfig = treeAt(to, 'config');
  const problems: SourceProblem[] = [];

  problems.push(...configProblems(sourceConfig, 'source'), ...configProblems(tableConfig, 'table'));

  const properties = new Map<string, ConfigValue>();
  for (const layer of [sourceConfig, tableConfig]) {
    for (const [key, value] of layer) if (typeof key === 'string') properties.set(key, settled(value));
  }
  const freshness = mergeSourceFreshness([
    from.get('freshness'), sourceConfig.get('freshness'), to.get('freshness'), tableConfig.get('freshness'),
  ]);
  if (freshness === undefined) properties.delete('freshness');
  else properties.set('freshness', freshness);
  const loadedAt = mergeLoadedAt(from, sourceConfig, to, tableConfig, problems);
  properties.set('loaded_at_field', loadedAt.field);
  properties.set('loaded_at_query', loadedAt.query);
  const sourceMetas = [from.get('meta'), sourceConfig.get('meta')];
  properties.set('meta', mergeMetas([...sourceMetas, to.get('meta'), tableConfig.get('meta')]));
  const tagValues = [from.get('tags'), sourceConfig.get('tags'), to.get('tags'), tableConfig.get('tags')];
  properties.set('tags', mergeTags(tagValues));

  const name = valueAt(from, 'name');
  return {
    properties,
    identifier: firstTruthy(valueAt(to, 'identifier'), valueAt(to, 'name')),
    schema: firstTruthy(valueAt(from, 'schema'), name),
    database: firstTruthy(valueAt(from, 'database'), null),
    loader: firstTruthy(valueAt(from, 'loader'), ''),
    description: firstTruthy(valueAt(to, 'description'), ''),
    sourceDescription: firstTruthy(valueAt(from, 'description'), ''),
    sourceMeta: mergeMetas(sourceMetas),
    quoting: mergeQuoting(from.get('quoting'), to.get('quoting')),
    testTags: textsOf([from.get('tags'), to.get('tags')]),
    isFreshnessOff: freshness === null,
    problems,
  };
}

/** `meta` and `freshness` under `config:` are joined with those beside it before anything looks at their types. */
function configProblems(config: ConfigTree, level: SourceProblem['level']): SourceProblem[] {
  const problems: SourceProblem[] = [];
  // Of a table's meta dbt passes over what is none.
  const meta = settled(config.get('meta') ?? null);
  if (level === 'source' && config.has('meta') && !isUnknown(meta) && !isPyDict(meta)) {
    problems.push({ code: 'config-invalid', level, key: 'meta', message: `'${pyClassName(meta)}' object is not a mapping` });
  }
  const freshness = settled(config.get('freshness') ?? null);
  if (freshness !== null && !isUnknown(freshness) && !isPyDict(freshness)) {
    problems.push({ code: 'config-invalid', level, key: 'freshness', message: 'FreshnessThreshold.__mashumaro_from_dict__ method should be a dict instance' });
  }
  for (const limit of ['warn_after', 'error_after']) {
    const value = isPyDict(freshness) ? (freshness.get(limit) ?? null) : null;
    if (value === null || isPyDict(value)) continue;
    const message = `Field "${limit}" of type Optional[Time] in FreshnessThreshold has invalid value ${pyRepr(value)}`;
    problems.push({ code: 'config-invalid', level, key: 'freshness', message });
  }
  return problems;
}

/** The adapter's aliases are translated at every depth of a source's entry, in its tables and their columns too. */
function translateKeys(tree: ConfigTree, adapterType: string | null): ConfigTree {
  if (![...tree.keys()].some((key) => typeof key === 'string' && canonicalConfigKey(key, adapterType) !== key)) return tree;
  return new Map([...tree].map(([key, value]) => [typeof key === 'string' ? canonicalConfigKey(key, adapterType) : key, value]));
}

function treeAt(tree: ConfigTree, key: string): ConfigTree {
  const value = tree.get(key);
  return value instanceof Map ? value : EMPTY;
}

function valueAt(tree: ConfigTree, key: string): ConfigValue {
  return settled(tree.get(key) ?? null);
}

/** Python's `a or b`, where an unknown may be either and hence is the answer. */
function firstTruthy(first: ConfigValue, second: ConfigValue): ConfigValue {
  return isUnknown(first) || isTruthy(first) ? first : second;
}

function mergeMetas(levels: readonly (ConfigTreeValue | undefined)[]): ConfigValue {
  const merged: PyDict = new Map();
  for (const level of levels) {
    const value = settled(level ?? null);
    if (isUnknown(value)) return value;
    if (value instanceof Map) for (const [key, item] of value) merged.set(key, item);
  }
  return merged;
}

function mergeTags(levels: readonly (ConfigTreeValue | undefined)[]): ConfigValue {
  for (const level of levels) {
    const value = settled(level ?? null);
    if (isUnknown(value)) return value;
  }
  return [...new Set(textsOf(levels))].sort(comparePythonStrings);
}

function textsOf(levels: readonly (ConfigTreeValue | undefined)[]): string[] {
  const texts: string[] = [];
  for (const level of levels) {
    const value = settled(level ?? null);
    for (const tag of Array.isArray(value) ? value : [value]) if (typeof tag === 'string') texts.push(tag);
  }
  return texts;
}

function mergeQuoting(ofSource: ConfigTreeValue | undefined, ofTable: ConfigTreeValue | undefined): ConfigValue {
  const merged: PyDict = new Map<PyValue, PyValue>();
  for (const level of [ofSource, ofTable]) {
    const value = settled(level ?? null);
    if (isUnknown(value)) return value;
    if (value instanceof Map) for (const [key, item] of value) if (item !== null) merged.set(key, item);
  }
  return merged;
}

interface LoadedAt {
  readonly field: ConfigValue;
  readonly query: ConfigValue;
}

/**
 * A table's `loaded_at_field` or `loaded_at_query` replaces the source's. A table that names a field, be it null at the top level,
 * takes over neither field nor query of its source.
 */
function mergeLoadedAt(
  source: ConfigTree,
  sourceConfig: ConfigTree,
  table: ConfigTree,
  tableConfig: ConfigTree,
  problems: SourceProblem[],
): LoadedAt {
  const ofSource = loadedAtOf(source, sourceConfig);
  const ofTable = loadedAtOf(table, tableConfig);
  const namesField = table.has('loaded_at_field') || isTruthyConfig(valueAt(tableConfig, 'loaded_at_field'));
  const hasOwnField = namesField || isPresent(tableConfig, 'loaded_at_field');
  const hasOwnQuery = isPresent(table, 'loaded_at_query') || isPresent(tableConfig, 'loaded_at_query');
  if (namesField && isTruthyConfig(ofTable.query)) {
    problems.push({
      code: 'source-loaded-at-twice', level: 'table',
      message: 'Cannot specify both loaded_at_field and loaded_at_query at table level.',
    });
  }
  if (isTruthyConfig(ofSource.field) && isTruthyConfig(ofSource.query)) {
    problems.push({
      code: 'source-loaded-at-twice', level: 'source',
      message: 'Cannot specify both loaded_at_field and loaded_at_query at source level.',
    });
  }
  for (const [level, tree] of [['source', source], ['table', table]] as const) {
    if (tree.get('loaded_at_field') === '') {
      problems.push({ code: 'source-loaded-at-empty', level, message: 'loaded_at_field cannot be an empty string.' });
    }
  }
  const inheritedQuery = namesField ? null : ofSource.query;
  return { field: hasOwnField ? ofTable.field : ofSource.field, query: hasOwnQuery ? ofTable.query : inheritedQuery };
}

function loadedAtOf(tree: ConfigTree, config: ConfigTree): LoadedAt {
  return {
    field: firstTruthy(valueAt(tree, 'loaded_at_field'), valueAt(config, 'loaded_at_field')),
    query: firstTruthy(valueAt(tree, 'loaded_at_query'), valueAt(config, 'loaded_at_query')),
  };
}

function isPresent(tree: ConfigTree, key: string): boolean {
  return (tree.get(key) ?? null) !== null;
}

function isTruthyConfig(value: ConfigValue): boolean {
  return !isUnknown(value) && isTruthy(value);
}

