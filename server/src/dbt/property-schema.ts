/**
 * The shapes that dbt asks of entries in property files before it reads anything of them (dbt-core 1.12, the JSON schemas of
 * `contracts/graph/unparsed.py`).
 */

import type { PyDict } from '../base/python-values.ts';
import { isAliasedKey } from './config-keys.ts';
import { isRenderedAtOnce } from './rendered-keys.ts';
import type { Shape, ShapeFault } from './shapes.ts';
import { ANY, arrayOf, BOOLEAN, choice, closed, DICT, DICTS, faultsOfShape, INTEGER, NUMBER, oneOf, open, optional, TEXT, TEXTS, union } from './shapes.ts';

const VERSION = union(INTEGER, NUMBER, TEXT);

const OPTIONAL_TEXT = optional(TEXT);
const DOCS = closed({ show: BOOLEAN, node_color: OPTIONAL_TEXT });
// What a test must be is told where tests are taken apart.
const TESTS = arrayOf(ANY);
const CONSTRAINED = { description: TEXT, meta: DICT, data_type: OPTIONAL_TEXT, constraints: DICTS, docs: DOCS, config: DICT };
const TESTED = { ...CONSTRAINED, data_tests: TESTS, tests: TESTS };
const VALIDITY = optional(closed({ is_start: BOOLEAN, is_end: BOOLEAN }));
const DIMENSION = { 'type!': TEXT, name: OPTIONAL_TEXT, description: OPTIONAL_TEXT, label: OPTIONAL_TEXT, is_partition: BOOLEAN, config: DICT };
const ENTITY = { 'type!': TEXT, name: OPTIONAL_TEXT, description: OPTIONAL_TEXT, label: OPTIONAL_TEXT, config: DICT };
const DIMENSION_TYPE = choice('DimensionType', 'categorical', 'time');
const ENTITY_TYPE = choice('EntityType', 'foreign', 'natural', 'primary', 'unique');
// An empty text is none.
const GRANULARITY = choice(
  'TimeGranularity', '', 'nanosecond', 'microsecond', 'millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year',
);
const COLUMN = open({
  'name!': TEXT, ...TESTED, quote: optional(BOOLEAN), tags: TEXTS, granularity: optional(GRANULARITY),
  dimension: optional(closed({ ...DIMENSION, 'type!': DIMENSION_TYPE, validity_params: VALIDITY }), DIMENSION_TYPE),
  entity: optional(closed({ ...ENTITY, 'type!': ENTITY_TYPE }), ENTITY_TYPE),
});
const COLUMNS = arrayOf(COLUMN);
const VERSION_COLUMNS = arrayOf(union(open({ 'include!': union(TEXT, TEXTS), exclude: TEXTS }), COLUMN));

const NODE = { 'name!': TEXT, ...TESTED, columns: COLUMNS, quote_columns: optional(BOOLEAN), access: OPTIONAL_TEXT };

const FILTER = optional(TEXT, TEXTS);
const INPUT_METRIC = closed({ 'name!': TEXT, filter: FILTER, alias: OPTIONAL_TEXT, offset_window: OPTIONAL_TEXT, offset_to_grain: OPTIONAL_TEXT });
const INPUT_METRICS = optional(arrayOf(union(INPUT_METRIC, TEXT)));
const CONSTANT_PROPERTIES = optional(arrayOf(closed({ 'base_property!': TEXT, 'conversion_property!': TEXT })));
const METRIC_BASE = {
  'name!': TEXT, type: TEXT, description: TEXT, filter: FILTER, time_granularity: OPTIONAL_TEXT, config: DICT,
};

/** Metrics as dbt 1.12 and Fusion write them, on a model or without `type_params`. */
const METRIC = closed({
  ...METRIC_BASE, label: OPTIONAL_TEXT, hidden: BOOLEAN, agg: OPTIONAL_TEXT, percentile: optional(NUMBER), percentile_type: OPTIONAL_TEXT,
  join_to_timespine: optional(BOOLEAN), fill_nulls_with: optional(INTEGER), expr: optional(TEXT, INTEGER),
  non_additive_dimension: optional(closed({ 'name!': TEXT, 'window_agg!': TEXT, group_by: TEXTS })),
  agg_time_dimension: OPTIONAL_TEXT, window: OPTIONAL_TEXT, grain_to_date: OPTIONAL_TEXT, period_agg: TEXT,
  input_metric: optional(INPUT_METRIC, TEXT), numerator: optional(INPUT_METRIC, TEXT), denominator: optional(INPUT_METRIC, TEXT),
  input_metrics: INPUT_METRICS, entity: OPTIONAL_TEXT, calculation: OPTIONAL_TEXT, base_metric: optional(INPUT_METRIC, TEXT),
  conversion_metric: optional(INPUT_METRIC, TEXT), constant_properties: CONSTANT_PROPERTIES,
});

const MEASURE = closed({ 'name!': TEXT, filter: FILTER, alias: OPTIONAL_TEXT, join_to_timespine: BOOLEAN, fill_nulls_with: optional(INTEGER) });

const OLD_METRIC = closed({
  ...METRIC_BASE, label: TEXT, meta: DICT, tags: TEXTS,
  'type_params!': closed({
    measure: optional(MEASURE, TEXT), numerator: optional(INPUT_METRIC, TEXT), denominator: optional(INPUT_METRIC, TEXT),
    expr: optional(TEXT, BOOLEAN), window: OPTIONAL_TEXT, grain_to_date: OPTIONAL_TEXT, metrics: INPUT_METRICS,
    conversion_type_params: optional(
      closed({
        'base_measure!': union(MEASURE, TEXT), 'conversion_measure!': union(MEASURE, TEXT), 'entity!': TEXT, calculation: TEXT,
        window: OPTIONAL_TEXT, constant_properties: CONSTANT_PROPERTIES,
      }),
    ),
    cumulative_type_params: optional(closed({ window: OPTIONAL_TEXT, grain_to_date: OPTIONAL_TEXT, period_agg: TEXT })),
  }),
});

// Of versions the keys themselves are looked at together with what they mean (`versions.ts`).
const MODEL = open({
  ...NODE,
  latest_version: optional(INTEGER, NUMBER, TEXT),
  versions: arrayOf(
    open({
      v: VERSION, defined_in: OPTIONAL_TEXT, description: TEXT, access: OPTIONAL_TEXT, config: DICT, constraints: DICTS, docs: DOCS,
      data_tests: optional(TESTS), tests: optional(TESTS), columns: VERSION_COLUMNS, deprecation_date: OPTIONAL_TEXT,
    }),
  ),
  deprecation_date: OPTIONAL_TEXT,
  time_spine: optional(
    closed({ 'standard_granularity_column!': TEXT, custom_granularities: arrayOf(closed({ 'name!': TEXT, column_name: OPTIONAL_TEXT })) }),
  ),
  semantic_model: optional(
    closed({ name: OPTIONAL_TEXT, enabled: BOOLEAN, group: OPTIONAL_TEXT, config: optional(closed({ meta: DICT })) }),
    BOOLEAN,
  ),
  primary_entity: OPTIONAL_TEXT,
  agg_time_dimension: OPTIONAL_TEXT,
  metrics: optional(arrayOf(METRIC)),
  derived_semantics: optional(
    closed({
      entities: arrayOf(closed({ ...ENTITY, 'expr!': TEXT })),
      dimensions: arrayOf(closed({ ...DIMENSION, name: TEXT, validity_params: VALIDITY, 'expr!': TEXT, granularity: OPTIONAL_TEXT })),
    }),
  ),
});

const QUOTING = closed({ database: optional(BOOLEAN), schema: optional(BOOLEAN), identifier: optional(BOOLEAN), column: optional(BOOLEAN) });
const LIMIT = optional(closed({ count: optional(INTEGER), period: optional(oneOf('minute', 'hour', 'day')) }));
const FRESHNESS = optional(closed({ warn_after: LIMIT, error_after: LIMIT, filter: OPTIONAL_TEXT }));
const EXTERNAL = optional(
  open({
    location: OPTIONAL_TEXT, file_format: OPTIONAL_TEXT, row_format: OPTIONAL_TEXT, tbl_properties: OPTIONAL_TEXT,
    partitions: optional(arrayOf(union(open({ name: TEXT, description: TEXT, data_type: TEXT, meta: DICT }), TEXT))),
  }),
);
const LOADED = { loaded_at_field: OPTIONAL_TEXT, loaded_at_query: OPTIONAL_TEXT };

const SOURCE = closed({
  'name!': TEXT, description: TEXT, meta: DICT, database: OPTIONAL_TEXT, schema: OPTIONAL_TEXT, loader: TEXT, quoting: QUOTING, freshness: FRESHNESS,
  ...LOADED,
  tables: arrayOf(open({ 'name!': TEXT, ...TESTED, columns: COLUMNS, ...LOADED, identifier: OPTIONAL_TEXT, quoting: QUOTING, freshness: FRESHNESS, external: EXTERNAL, tags: TEXTS })),
  tags: TEXTS, config: DICT, loaded_at_field_present: optional(BOOLEAN), unrendered_database: OPTIONAL_TEXT, unrendered_schema: OPTIONAL_TEXT,
});

const OWNER = open({ email: optional(TEXT, TEXTS), name: OPTIONAL_TEXT });
const ROWS = optional(TEXT, DICTS);
const FIXTURE = { rows: ROWS, format: oneOf('csv', 'dict', 'sql'), fixture: OPTIONAL_TEXT };
const ARGUMENTS = arrayOf(closed({ 'name!': TEXT, 'data_type!': TEXT, description: OPTIONAL_TEXT, default_value: ANY }));
const RETURNS = closed({ 'data_type!': TEXT, description: OPTIONAL_TEXT });
const VERSIONS = optional(arrayOf(VERSION));

const SHAPES: Readonly<Record<string, Shape>> = {
  models: MODEL,
  seeds: open(NODE),
  snapshots: open(NODE),
  sources: SOURCE,
  analyses: open({ 'name!': TEXT, ...CONSTRAINED, columns: arrayOf(open({ 'name!': TEXT, ...CONSTRAINED })), access: OPTIONAL_TEXT }),
  data_tests: open({ 'name!': TEXT, ...CONSTRAINED }),
  macros: open({ 'name!': TEXT, ...CONSTRAINED, arguments: arrayOf(closed({ 'name!': TEXT, type: OPTIONAL_TEXT, description: TEXT })) }),
  functions: open({
    'name!': TEXT, 'returns!': RETURNS, ...CONSTRAINED, access: OPTIONAL_TEXT, arguments: ARGUMENTS,
    overloads: arrayOf(closed({ 'defined_in!': TEXT, arguments: ARGUMENTS, returns: optional(RETURNS), description: OPTIONAL_TEXT })),
  }),
  exposures: closed({
    'name!': TEXT, 'type!': oneOf('dashboard', 'notebook', 'analysis', 'ml', 'application'), 'owner!': OWNER, description: TEXT, label: OPTIONAL_TEXT,
    maturity: optional(oneOf('low', 'medium', 'high')), meta: DICT, tags: TEXTS, url: OPTIONAL_TEXT, depends_on: TEXTS, config: DICT,
  }),
  groups: closed({ 'name!': TEXT, 'owner!': OWNER, description: OPTIONAL_TEXT, config: DICT }),
  unit_tests: closed({
    'name!': TEXT, 'model!': TEXT, 'given!': arrayOf(closed({ 'input!': TEXT, ...FIXTURE })), 'expect!': closed(FIXTURE), description: TEXT,
    overrides: optional(closed({ macros: DICT, vars: DICT, env_vars: DICT })), config: DICT, versions: optional(closed({ include: VERSIONS, exclude: VERSIONS })),
  }),
  saved_queries: closed({
    'name!': TEXT, 'query_params!': closed({ metrics: TEXTS, group_by: TEXTS, where: FILTER, order_by: TEXTS, limit: optional(INTEGER) }),
    description: OPTIONAL_TEXT, label: OPTIONAL_TEXT, exports: arrayOf(closed({ 'name!': TEXT, config: DICT })), config: DICT, tags: union(TEXT, TEXTS),
  }),
  semantic_models: closed({
    'name!': TEXT, 'model!': TEXT, config: DICT, description: OPTIONAL_TEXT, label: OPTIONAL_TEXT,
    defaults: optional(closed({ agg_time_dimension: OPTIONAL_TEXT })),
    entities: arrayOf(closed({ ...ENTITY, name: TEXT, role: OPTIONAL_TEXT, expr: OPTIONAL_TEXT })),
    measures: arrayOf(
      closed({
        'name!': TEXT, 'agg!': TEXT, description: OPTIONAL_TEXT, label: OPTIONAL_TEXT, expr: optional(TEXT, BOOLEAN, INTEGER),
        agg_params: optional(closed({ percentile: optional(NUMBER), use_discrete_percentile: BOOLEAN, use_approximate_percentile: BOOLEAN })),
        non_additive_dimension: optional(closed({ 'name!': TEXT, 'window_choice!': TEXT, window_groupings: TEXTS })),
        agg_time_dimension: OPTIONAL_TEXT, create_metric: BOOLEAN, config: DICT,
      }),
    ),
    dimensions: arrayOf(
      closed({ ...DIMENSION, name: TEXT, type_params: optional(closed({ 'time_granularity!': TEXT, validity_params: VALIDITY })), expr: OPTIONAL_TEXT }),
    ),
    primary_entity: OPTIONAL_TEXT,
  }),
};

/** What dbt refuses of an entry's shape, all of it; where a value is a template, nothing can be said. `adapter`: null if it is not known. */
export function shapeFaults(section: string, entry: PyDict, adapter: string | null): readonly ShapeFault[] {
  const shape = section === 'metrics' ? (entry.has('type_params') ? OLD_METRIC : METRIC) : SHAPES[section];
  if (shape === undefined || (section === 'sources' && entry.has('overrides'))) return NO_FAULTS;
  // Of `tables:` without a value dbt makes an empty list.
  const isEmpty = section === 'sources' && entry.get('tables') === null;
  const value = isEmpty ? new Map([...entry].filter(([key]) => key !== 'tables')) : entry;
  // dbt translates the adapter's names for keys of sources before it looks.
  const mayStand = (key: string): boolean => section === 'sources' && isAliasedKey(key, adapter);
  return faultsOfShape(shape, value, [], mayStand, (path) => !isRenderedAtOnce(section, path));
}

const NO_FAULTS: readonly ShapeFault[] = [];
