/** What dbt refuses of the effective configuration of a node, once all layers are merged. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDate, isPyDict, isTruthy } from '../base/python-values.ts';
import type { ConfigValue } from '../base/unknown.ts';
import { isUnknown } from '../base/unknown.ts';
import { isColor } from './colors.ts';
import type { ConfigurableType } from './config-keys.ts';
import { fieldMessage, isInteger, problemsOfConfig } from './config-merge.ts';
import { isSharedConfig } from './shared-layers.ts';
import { pyRepr, pyStr, pyTypeName } from './python-repr.ts';
import type { Shape } from './shapes.ts';
import { BOOLEAN, faultsOfShape, INTEGER, oneOf, open, optional } from './shapes.ts';

type Config = ReadonlyMap<string, ConfigValue>;

/** A fault in dbt's words, and the key whose value is to blame; the key may be absent. */
export interface ConfigFault {
  readonly key: string;
  readonly message: string;
  /** The value that is to blame, where it may be overridden; of a list the item. */
  readonly value?: PyValue;
}

type Types = readonly ConfigurableType[];
const NODES: Types = ['model', 'seed', 'snapshot', 'analysis', 'function', 'operation'];

/** Most keys take any scalar, since dbt makes texts of them; these do not. Of other types such a key means nothing to dbt. */
const SHAPES: ReadonlyMap<string, { readonly shape: Shape; readonly types?: Types }> = new Map<string, { readonly shape: Shape; readonly types?: Types }>([
  ['enabled', { shape: BOOLEAN }],
  ['full_refresh', { shape: optional(BOOLEAN), types: NODES }],
  ['quote_columns', { shape: optional(BOOLEAN), types: ['seed'] }],
  ['store_failures', { shape: optional(BOOLEAN), types: ['test'] }],
  ['docs', { shape: open({ show: BOOLEAN }), types: NODES }],
  ['contract', { shape: open({ enforced: BOOLEAN, alias_types: BOOLEAN }), types: [...NODES, 'test'] }],
]);

/** Types whose materialization is their name. */
const MATERIALIZED_AS_NAMED: ReadonlySet<ConfigurableType> = new Set<ConfigurableType>(['seed', 'test']);

const BUILD_AFTER = optional(open({ count: optional(INTEGER), period: optional(oneOf('minute', 'hour', 'day')), updates_on: oneOf('all', 'any') }));

const faultsOfConfig = new WeakMap<Config, readonly ConfigFault[]>();

/** The faults of a configuration; `name` is that of the node. */
export function configFaults(type: ConfigurableType, name: string, config: Config): readonly ConfigFault[] {
  if (!isSharedConfig(config)) return findFaults(type, name, config);
  const known = faultsOfConfig.get(config);
  if (known?.length === 0) return known;
  const faults = findFaults(type, name, config);
  faultsOfConfig.set(config, faults);
  return faults;
}

function findFaults(type: ConfigurableType, name: string, config: Config): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  for (const [key, value] of config) {
    const { shape, types } = SHAPES.get(key) ?? {};
    if (shape === undefined || isUnknown(value) || value === null || types?.includes(type) === false) continue;
    for (const { message } of faultsOfShape(shape, value, [key])) faults.push({ key, message: message.message });
  }
  for (const problem of problemsOfConfig(config)) if (problem.key !== 'severity' && problem.key !== 'access') faults.push(problem);
  const materialized = config.get('materialized') ?? type;
  if (MATERIALIZED_AS_NAMED.has(type) && !isUnknown(materialized) && materialized !== type) {
    faults.push({ key: 'materialized', message: `at path []: A ${type} must have a materialized value of '${type}'` });
  }
  const freshness = config.get('freshness');
  const buildAfter = type === 'model' && isPyDict(freshness) ? (freshness.get('build_after') ?? null) : null;
  const isWithoutValue = type === 'model' && isPyDict(freshness) && freshness.get('build_after') === null;
  if (isWithoutValue || faultsOfShape(BUILD_AFTER, buildAfter, []).length > 0) {
    faults.push({ key: 'freshness', message: `Field "build_after" of type ModelBuildAfter in ModelFreshness has invalid value ${pyRepr(buildAfter)}` });
  } else if (isPyDict(buildAfter)) faults.push(...buildAfterFaults(buildAfter));
  if (type === 'source') faults.push(...thresholdFaults(freshness));
  if (type !== 'test') faults.push(...colorFaults(config.get('docs')));
  if (type === 'snapshot') faults.push(...snapshotFaults(config));
  if (type === 'test') faults.push(...severityFaults(config));
  if (type === 'model') faults.push(...contractOfIncremental(config), ...microbatchFaults(name, config));
  return faults;
}

const PERIOD = optional(oneOf('minute', 'hour', 'day'));

/** What cannot be made a `FreshnessThreshold` of. */
function thresholdFaults(freshness: ConfigValue | undefined): ConfigFault[] {
  if (freshness === undefined || freshness === null || isUnknown(freshness)) return [];
  if (!isPyDict(freshness)) return [{ key: 'freshness', message: fieldMessage('source', 'freshness', 'Optional[FreshnessThreshold]', freshness) }];
  for (const limit of ['warn_after', 'error_after']) {
    const value = freshness.get(limit) ?? null;
    if (value === null || (isPyDict(value) && isInteger(value.get('count') ?? null) && faultsOfShape(PERIOD, value.get('period') ?? null, []).length === 0)) continue;
    return [{ key: 'freshness', message: `Field "${limit}" of type Optional[Time] in FreshnessThreshold has invalid value ${pyRepr(value)}` }];
  }
  return [];
}

/** `ModelConfig.__post_init__`. */
function buildAfterFaults(buildAfter: PyDict): ConfigFault[] {
  const hasCount = (buildAfter.get('count') ?? null) !== null;
  const hasPeriod = isTruthy(buildAfter.get('period'));
  if (hasCount === hasPeriod) return [];
  const [missing, given] = hasPeriod ? ['count', 'period'] : ['period', 'count'];
  return [{ key: 'freshness', message: `\`freshness.build_after\` must have a value for \`${missing}\` if a \`${given}\` is provided` }];
}

/** `NodeConfig.__post_init__`. */
function colorFaults(docs: ConfigValue | undefined): ConfigFault[] {
  const color = docs !== undefined && !isUnknown(docs) && isPyDict(docs) ? docs.get('node_color') : undefined;
  if (!isTruthy(color) || isColor(pyStr(color ?? null))) return [];
  const message =
    `Invalid color name for docs.node_color: ${pyStr(color ?? null)}. It is neither a valid HTML color name nor a valid HEX code.`;
  return [{ key: 'docs', message }];
}

const SEVERITY = /^(?:warn|error)$/i;

function severityFaults(config: Config): ConfigFault[] {
  const severity = config.get('severity');
  if (severity === undefined || isUnknown(severity) || (typeof severity === 'string' && SEVERITY.test(severity))) return [];
  return [{ key: 'severity', message: `at path []: Severity must be either 'warn' or 'error'. Got '${pyStr(severity)}'` }];
}

function contractOfIncremental(config: Config): ConfigFault[] {
  const contract = config.get('contract');
  const onChange = config.get('on_schema_change') ?? 'ignore';
  if (!isPyDict(contract) || contract.get('enforced') !== true || config.get('materialized') !== 'incremental' || isUnknown(onChange)) return [];
  if (onChange === 'append_new_columns' || onChange === 'fail') return [];
  const message =
    `at path []: Invalid value for on_schema_change: ${pyStr(onChange)}. Models materialized as incremental with contracts enabled ` +
    "must set on_schema_change to 'append_new_columns' or 'fail'";
  return [{ key: 'on_schema_change', message }];
}

/** `SnapshotConfig.final_validate`. */
function snapshotFaults(config: Config): ConfigFault[] {
  const keys = ['strategy', 'unique_key', 'check_cols', 'updated_at', 'materialized'];
  if (keys.some((key) => isUnknown(config.get(key)))) return [];
  // None of them is unknown.
  const get = (key: string): PyValue => (config.get(key) ?? null) as PyValue;
  const strategy = get('strategy');
  if (!isTruthy(strategy) || !isTruthy(get('unique_key'))) {
    return [{ key: isTruthy(strategy) ? 'unique_key' : 'strategy', message: "Snapshots must be configured with a 'strategy' and 'unique_key'." }];
  }
  const columns = get('check_cols');
  const faults: ConfigFault[] = [];
  if (strategy === 'check' && !isTruthy(columns)) {
    faults.push({ key: 'check_cols', message: 'A snapshot configured with the check strategy must specify a check_cols configuration.' });
  } else if (strategy === 'check' && columns !== 'all' && !Array.isArray(columns)) {
    faults.push({ key: 'check_cols', message: `Invalid value for 'check_cols': ${pyStr(columns)}. Expected 'all' or a list of strings.` });
  } else if (strategy === 'timestamp' && !isTruthy(get('updated_at'))) {
    faults.push({
      key: 'updated_at',
      message: 'A snapshot configured with the timestamp strategy must specify an updated_at configuration.',
    });
  } else if (strategy === 'timestamp' && isTruthy(columns)) {
    faults.push({ key: 'check_cols', message: "A 'timestamp' snapshot should not have 'check_cols'" });
  }
  const materialized = get('materialized');
  if (isTruthy(materialized) && materialized !== 'snapshot') {
    faults.push({ key: 'materialized', message: "A snapshot must have a materialized value of 'snapshot'" });
  }
  return faults;
}

const BATCH_SIZES = ['hour', 'day', 'month', 'year'];
const ISO_MOMENT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** `check_valid_microbatch_config`. */
function microbatchFaults(name: string, config: Config): ConfigFault[] {
  if (config.get('materialized') !== 'incremental' || config.get('incremental_strategy') !== 'microbatch') return [];
  const faults: ConfigFault[] = [];
  const subject = `Microbatch model '${name}'`;
  const eventTime = config.get('event_time') ?? null;
  if (eventTime === null) {
    const message = `${subject} must provide an 'event_time' (string) config that indicates the name of the event time column.`;
    faults.push({ key: 'event_time', message });
  } else if (!isUnknown(eventTime) && typeof eventTime !== 'string') {
    faults.push({ key: 'event_time', message: `${subject} must provide an 'event_time' config of type string, but got: ${pyTypeName(eventTime)}.` });
  }
  const begin = config.get('begin') ?? null;
  if (begin === null) {
    const message = `${subject} must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be built from.`;
    faults.push({ key: 'begin', message });
  } else if (typeof begin === 'string' && !ISO_MOMENT.test(begin)) {
    faults.push({ key: 'begin', message: `${subject} must provide a 'begin' config of valid datetime (ISO format), but got: ${begin}.` });
  } else if (!isUnknown(begin) && typeof begin !== 'string' && !isPyDate(begin)) {
    faults.push({ key: 'begin', message: `${subject} must provide a 'begin' config of type datetime, but got: ${pyTypeName(begin)}.` });
  }
  const size = config.get('batch_size') ?? null;
  if (!isUnknown(size) && !(typeof size === 'string' && BATCH_SIZES.includes(size))) {
    const message = `${subject} must provide a 'batch_size' config that is one of ['hour', 'day', 'month', 'year'], but got: ${pyStr(size)}.`;
    faults.push({ key: 'batch_size', message });
  }
  const lookback = config.get('lookback') ?? null;
  if (lookback !== null && !isUnknown(lookback) && typeof lookback !== 'number' && typeof lookback !== 'boolean') {
    faults.push({ key: 'lookback', message: `${subject} must provide the optional 'lookback' config as type int, but got: ${pyTypeName(lookback)}).` });
  }
  const concurrent = config.get('concurrent_batches') ?? null;
  if (concurrent !== null && !isUnknown(concurrent) && typeof concurrent !== 'boolean') {
    const message = `${subject} optional 'concurrent_batches' config must be of type \`bool\` if specified, but got: ${pyTypeName(concurrent)}).`;
    faults.push({ key: 'concurrent_batches', message });
  }
  return faults;
}
