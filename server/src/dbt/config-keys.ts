/**
 * What dbt knows about configuration keys: which resource types have which defaults, how two values of one key merge,
 * and by which other names an adapter calls a key (dbt-core 1.12, `artifacts/resources/v1/*.py`).
 */

import type { PyDict, PyValue } from '../base/python-values.ts';
import type { ConfigValue } from '../base/unknown.ts';

/** The types of resources that can be configured, in the manifest's spelling. */
export type ConfigurableType =
  | 'model'
  | 'seed'
  | 'snapshot'
  | 'test'
  | 'analysis'
  | 'operation'
  | 'source'
  | 'exposure'
  | 'metric'
  | 'semantic_model'
  | 'saved_query'
  | 'unit_test'
  | 'function'
  | 'group'
  | 'macro';

/**
 * How a later value meets an earlier one: it replaces it (`clobber`), both are made lists and joined (`append`), its
 * entries are laid over a dict (`update`), or over a dict of lists where `+key` extends one (`dict-key-append`).
 */
export type MergeBehaviour = 'clobber' | 'append' | 'update' | 'dict-key-append';

const NODE_BEHAVIOUR: Readonly<Record<string, MergeBehaviour>> = {
  tags: 'append',
  meta: 'update',
  'pre-hook': 'append',
  'post-hook': 'append',
  packages: 'append',
  quoting: 'update',
  column_types: 'update',
  docs: 'update',
  contract: 'update',
  grants: 'dict-key-append',
};

const BEHAVIOUR_BY_TYPE: Readonly<Partial<Record<ConfigurableType, Readonly<Record<string, MergeBehaviour>>>>> = {
  model: { ...NODE_BEHAVIOUR, latest_version_pointer: 'update' },
  test: { tags: 'append', meta: 'update' },
  source: { meta: 'update' },
  // Neither `tags` nor `meta` of an exposure's config has a merge behaviour in dbt.
  exposure: {},
  metric: { meta: 'update' },
  semantic_model: { meta: 'update' },
  saved_query: { meta: 'update' },
  unit_test: { tags: 'append', meta: 'update' },
  group: { meta: 'update' },
  macro: {},
};

/** How values of one key merge between the layers (project file, properties file, `config()` calls) of a resource. */
export function mergeBehaviourOf(type: ConfigurableType, key: string, adapterType: string | null): MergeBehaviour {
  const behaviours = BEHAVIOUR_BY_TYPE[type] ?? NODE_BEHAVIOUR;
  const own = Object.hasOwn(behaviours, key) ? behaviours[key] : undefined;
  if (own !== undefined) return own;
  return key === 'databricks_tags' && adapterType === 'databricks' ? 'update' : 'clobber';
}

const CALL_BEHAVIOUR: Readonly<Record<string, MergeBehaviour>> = {
  'pre-hook': 'append',
  pre_hook: 'append',
  'post-hook': 'append',
  post_hook: 'append',
  tags: 'append',
  packages: 'append',
  quoting: 'update',
  column_types: 'update',
  meta: 'update',
  docs: 'update',
  contract: 'update',
  snapshot_meta_column_names: 'update',
  grants: 'dict-key-append',
};

/** How values of one key merge between several `config()` calls of one file; there the resource type plays no part. */
export function mergeBehaviourOfCalls(key: string): MergeBehaviour {
  return (Object.hasOwn(CALL_BEHAVIOUR, key) ? CALL_BEHAVIOUR[key] : undefined) ?? 'clobber';
}

function dict(entries: Readonly<Record<string, PyValue>>): PyDict {
  return new Map(Object.entries(entries));
}

function nodeDefaults(materialized: string): Readonly<Record<string, PyValue>> {
  return {
    enabled: true,
    tags: [],
    meta: dict({}),
    materialized,
    lookback: 1,
    persist_docs: dict({}),
    'post-hook': [],
    'pre-hook': [],
    quoting: dict({}),
    column_types: dict({}),
    on_schema_change: 'ignore',
    on_configuration_change: 'apply',
    grants: dict({}),
    packages: [],
    docs: dict({ show: true }),
    contract: dict({ enforced: false, alias_types: true }),
  };
}

function makeDefaults(type: ConfigurableType): Readonly<Record<string, PyValue>> {
  switch (type) {
    case 'model':
      return { ...nodeDefaults('view'), access: 'protected', latest_version_pointer: dict({}) };
    case 'seed':
      return { ...nodeDefaults('seed'), delimiter: ',' };
    case 'snapshot':
      return { ...nodeDefaults('snapshot'), snapshot_meta_column_names: dict({}) };
    case 'function':
      return { ...nodeDefaults('function'), type: 'scalar', snowflake: dict({ quote_args: true }) };
    case 'analysis':
    case 'operation':
      return nodeDefaults('view');
    case 'test':
      return {
        enabled: true, tags: [], meta: dict({}), schema: 'dbt_test__audit', materialized: 'test', severity: 'ERROR',
        fail_calc: 'count(*)', warn_if: '!= 0', error_if: '!= 0',
      };
    case 'source':
      return { enabled: true, meta: dict({}), tags: [] };
    case 'exposure':
    case 'unit_test':
      return { enabled: true, tags: [], meta: dict({}) };
    case 'metric':
    case 'semantic_model':
      return { enabled: true, meta: dict({}) };
    case 'saved_query':
      return { enabled: true, meta: dict({}), cache: dict({ enabled: false }) };
    case 'group':
    case 'macro':
      return { meta: dict({}) };
  }
}

const cachedDefaults = new Map<ConfigurableType, ReadonlyMap<string, PyValue>>();

/**
 * The configuration of a resource that configures nothing, without the keys whose default is null. The values are
 * shared: copy before changing one.
 */
export function defaultConfigOf(type: ConfigurableType): ReadonlyMap<string, PyValue> {
  const cached = cachedDefaults.get(type);
  if (cached !== undefined) return cached;
  const made = new Map(Object.entries(makeDefaults(type)));
  cachedDefaults.set(type, made);
  return made;
}

const NULL_NODE_KEYS = [
  'alias', 'schema', 'database', 'group', 'static_analysis', 'incremental_strategy', 'batch_size', 'begin', 'full_refresh',
  'unique_key', 'event_time', 'concurrent_batches',
] as const;

const NULL_KEYS_BY_TYPE: Readonly<Partial<Record<ConfigurableType, readonly string[]>>> = {
  model: [...NULL_NODE_KEYS, 'freshness', 'on_error'],
  seed: [...NULL_NODE_KEYS, 'quote_columns'],
  snapshot: [
    ...NULL_NODE_KEYS, 'strategy', 'target_schema', 'target_database', 'updated_at', 'check_cols', 'dbt_valid_to_current',
  ],
  function: [...NULL_NODE_KEYS, 'volatility', 'runtime_version', 'entry_point'],
  test: [
    'alias', 'database', 'group', 'static_analysis', 'store_failures', 'store_failures_as', 'sql_header', 'where', 'limit',
  ],
  source: ['event_time', 'freshness', 'loaded_at_field', 'loaded_at_query', 'static_analysis'],
  exposure: [],
  unit_test: ['static_analysis'],
  metric: ['group'],
  semantic_model: ['group'],
  saved_query: ['group', 'export_as', 'schema'],
  group: [],
  macro: ['docs'],
};

/** The keys that dbt itself (not an adapter, not the user) defines for a type, in the spelling of the manifest. */
export function configKeysOf(type: ConfigurableType): ReadonlySet<string> {
  let keys = keysByType.get(type);
  if (keys === undefined) keysByType.set(type, (keys = new Set([...defaultConfigOf(type).keys(), ...(NULL_KEYS_BY_TYPE[type] ?? NULL_NODE_KEYS)])));
  return keys;
}

const keysByType = new Map<ConfigurableType, ReadonlySet<string>>();

/** The value of one key: what was set, else dbt's default, else null. `config` holds only what was set somewhere. */
export function configValue(type: ConfigurableType, config: ReadonlyMap<string, ConfigValue>, key: string): ConfigValue {
  return config.get(key) ?? defaultConfigOf(type).get(key) ?? null;
}

const ALIASES_BY_ADAPTER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bigquery: {
    project: 'database',
    dataset: 'schema',
    target_project: 'target_database',
    target_dataset: 'target_schema',
    retries: 'job_retries',
    timeout_seconds: 'job_execution_timeout_seconds',
  },
  databricks: { catalog: 'database', target_catalog: 'target_database' },
  athena: { catalog: 'database' },
  trino: { catalog: 'database' },
  postgres: { dbname: 'database', pass: 'password' },
  redshift: { dbname: 'database', pass: 'password' },
};

/** The name that dbt uses for a key which the adapter lets users call otherwise: `dataset` is `schema` on BigQuery. */
export function canonicalConfigKey(key: string, adapterType: string | null): string {
  const aliases = adapterType !== null && Object.hasOwn(ALIASES_BY_ADAPTER, adapterType) ? ALIASES_BY_ADAPTER[adapterType] : undefined;
  if (aliases === undefined) return key;
  return (Object.hasOwn(aliases, key) ? aliases[key] : undefined) ?? key;
}

/** Adapters of which it is known that they call nothing otherwise. */
const WITHOUT_ALIASES: ReadonlySet<string> = new Set(['snowflake', 'spark', 'duckdb']);

/** True if the adapter, or one that may be in use, lets users call a key so. */
export function isAliasedKey(key: string, adapterType: string | null): boolean {
  if (adapterType !== null && WITHOUT_ALIASES.has(adapterType)) return false;
  const isListed = adapterType !== null && Object.hasOwn(ALIASES_BY_ADAPTER, adapterType);
  return (isListed ? [adapterType] : Object.keys(ALIASES_BY_ADAPTER)).some((adapter) => canonicalConfigKey(key, adapter) !== key);
}

const BACKTICK_ADAPTERS: ReadonlySet<string> = new Set(['bigquery', 'databricks', 'spark']);

/** A column name in the adapter's quotes; quoted columns change the ids of their tests. */
export function quoteColumn(name: string, adapterType: string | null): string {
  const quote = adapterType !== null && BACKTICK_ADAPTERS.has(adapterType) ? '`' : '"';
  return quote + name + quote;
}

/** The section of `dbt_project.yml` that configures a resource type. */
export function projectSectionOf(type: ConfigurableType, hasCorrectedAnalysisNames = false): string {
  switch (type) {
    case 'seed':
      return 'seeds';
    case 'snapshot':
      return 'snapshots';
    case 'source':
      return 'sources';
    case 'test':
      return 'data_tests';
    case 'metric':
      return 'metrics';
    case 'semantic_model':
      return 'semantic-models';
    case 'saved_query':
      return 'saved-queries';
    case 'exposure':
      return 'exposures';
    case 'unit_test':
      return 'unit_tests';
    case 'function':
      return 'functions';
    case 'analysis':
      return hasCorrectedAnalysisNames ? 'analyses' : 'models';
    // Hooks of the project, groups and macros have no section of their own: dbt reads that of models.
    case 'model':
    case 'operation':
    case 'group':
    case 'macro':
      return 'models';
  }
}
