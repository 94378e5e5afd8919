/** Semantic models, metrics and saved queries in the form in which dbt's manifest has them: defaults filled in, short forms spelled out (dbt-core `schema_yaml_readers.py`). */

import type { JsonRecord, JsonSource } from '../base/json-text.ts';
import type { PyValue } from '../base/python-values.ts';
import { isPyDict, isPyFloat, isTruthy } from '../base/python-values.ts';
import { pyStr } from '../dbt/python-repr.ts';
import type { DeclaredNode } from '../index/model.ts';

/** A mapping of YAML. */
type Dict = ReadonlyMap<PyValue, PyValue>;

/** What else is needed of the project. */
export interface SemanticSurroundings {
  /** A description with its docs blocks; null if there is none. */
  readonly describe: (description: PyValue | undefined) => JsonSource;
  /** The nodes that a node depends on, in the order in which it names them. */
  readonly inputsOf: (node: DeclaredNode) => readonly DeclaredNode[];
  /** The semantic model that a model's metric belongs to. */
  readonly ownerOf: (node: DeclaredNode) => DeclaredNode | undefined;
}

/** What a metric says beside what all declared things have. */
export function metricFields(node: DeclaredNode, around: SemanticSurroundings): JsonRecord {
  const { declaration } = node;
  const label = declaration.get('label');
  return {
    label: label !== undefined && isTruthy(label) ? label : node.name,
    type: lower(declaration.get('type') ?? 'simple'),
    // dbt does not go through what is disabled.
    type_params: { ...typeParameters(node, around), input_measures: node.enabled === false ? [] : inputMeasures(node, around) },
    filter: filterOf(declaration.get('filter')),
    metadata: null,
    time_granularity: declaration.get('time_granularity') ?? null,
    metrics: [],
  };
}

function typeParameters(node: DeclaredNode, around: SemanticSurroundings): JsonRecord {
  const written = node.declaration.get('type_params');
  return node.declaration.has('type_params') ? oldParameters(isPyDict(written) ? written : EMPTY, node) : newParameters(node, around);
}

function oldParameters(parameters: Dict, node: DeclaredNode): JsonRecord {
  const conversion = parameters.get('conversion_type_params');
  return {
    ...commonParameters(parameters),
    measure: inputMeasure(parameters.get('measure')),
    grain_to_date: lower(parameters.get('grain_to_date')),
    metrics: listOf(parameters.get('metrics')).map((item) => inputMetric(item)),
    conversion_type_params: isPyDict(conversion) ? { ...conversionOf(conversion), base_metric: null, conversion_metric: null } : null,
    cumulative_type_params: typeOf(node) === 'cumulative' ? oldCumulative(parameters) : null,
    metric_aggregation_params: null,
    fill_nulls_with: null,
    join_to_timespine: false,
    is_private: null,
  };
}

/** Since dbt 1.9 the window stands in a mapping of its own; dbt copies what stands where it was before. */
function oldCumulative(parameters: Dict): JsonRecord {
  const nested = dictOf(parameters.get('cumulative_type_params'));
  const either = (key: string): PyValue => {
    const own = nested.get(key);
    return (own !== undefined && isTruthy(own) ? own : parameters.get(key)) ?? null;
  };
  return {
    window: windowOf(either('window')),
    grain_to_date: either('grain_to_date'),
    period_agg: lower(nested.get('period_agg') ?? 'first'),
    metric: null,
  };
}

function newParameters(node: DeclaredNode, around: SemanticSurroundings): JsonRecord {
  const { declaration } = node;
  const type = typeOf(node);
  return {
    ...commonParameters(declaration),
    measure: null,
    grain_to_date: null,
    metrics: listOf(declaration.get('input_metrics')).map((item) => inputMetric(item)),
    conversion_type_params: type === 'conversion' ? { ...conversionOf(declaration), base_measure: null, conversion_measure: null } : null,
    cumulative_type_params:
      type !== 'cumulative'
        ? null
        : {
            window: windowOf(declaration.get('window')),
            grain_to_date: declaration.get('grain_to_date') ?? null,
            period_agg: lower(declaration.get('period_agg') ?? 'first'),
            metric: inputMetric(declaration.get('input_metric')),
          },
    metric_aggregation_params: aggregationOf(node, around),
    // dbt does not hand on the metric's own.
    fill_nulls_with: null,
    join_to_timespine: declaration.get('join_to_timespine') === true,
    is_private: declaration.get('hidden') ?? false,
  };
}

function commonParameters(parameters: Dict): JsonRecord {
  return {
    numerator: inputMetric(parameters.get('numerator')),
    denominator: inputMetric(parameters.get('denominator')),
    expr: textOf(parameters.get('expr')),
    window: windowOf(parameters.get('window')),
  };
}

function conversionOf(written: Dict): JsonRecord {
  const constants = written.get('constant_properties');
  return {
    entity: written.get('entity') ?? null,
    base_measure: inputMeasure(written.get('base_measure')),
    conversion_measure: inputMeasure(written.get('conversion_measure')),
    base_metric: inputMetric(written.get('base_metric')),
    conversion_metric: inputMetric(written.get('conversion_metric')),
    calculation: lower(written.get('calculation') ?? 'conversion_rate'),
    window: windowOf(written.get('window')),
    constant_properties: constants ?? null,
  };
}

/** The aggregation of a metric on a model, which is its own measure. */
function aggregationOf(node: DeclaredNode, around: SemanticSurroundings): JsonSource {
  const { declaration } = node;
  const agg = declaration.get('agg');
  const owner = around.ownerOf(node);
  if (agg === undefined || agg === null || owner === undefined) return null;
  const percentileType = lower(declaration.get('percentile_type'));
  const written = declaration.get('non_additive_dimension');
  return {
    semantic_model: owner.name,
    agg: lower(agg),
    agg_params: {
      percentile: declaration.get('percentile') ?? null,
      use_discrete_percentile: percentileType === 'discrete',
      use_approximate_percentile: percentileType === 'continuous',
    },
    agg_time_dimension: declaration.get('agg_time_dimension') ?? owner.declaration.get('agg_time_dimension') ?? null,
    non_additive_dimension: isPyDict(written)
      ? { name: written.get('name') ?? null, window_choice: lower(written.get('window_agg')), window_groupings: written.get('group_by') ?? [] }
      : null,
  };
}

/** The measures that a metric of the old form leads to, its inputs' measures included, each once. */
function inputMeasures(node: DeclaredNode, around: SemanticSurroundings): JsonSource[] {
  const found = new Map<string, JsonSource>();
  collectMeasures(node, around, found, new Set());
  return [...found.values()];
}

function collectMeasures(node: DeclaredNode, around: SemanticSurroundings, found: Map<string, JsonSource>, seen: Set<string>): void {
  if (seen.has(node.uniqueId)) return;
  seen.add(node.uniqueId);
  const add = (written: PyValue | undefined): void => {
    const measure = inputMeasure(written);
    if (measure !== null) found.set(JSON.stringify(measure), measure);
  };
  const parameters = dictOf(node.declaration.get('type_params'));
  switch (typeOf(node)) {
    case 'simple':
    case 'cumulative':
      add(parameters.get('measure'));
      break;
    case 'conversion': {
      const conversion = dictOf(parameters.get('conversion_type_params'));
      add(conversion.get('base_measure'));
      add(conversion.get('conversion_measure'));
      break;
    }
    default:
      for (const input of around.inputsOf(node)) if (input.resourceType === 'metric') collectMeasures(input, around, found, seen);
  }
}

function inputMeasure(written: PyValue | undefined): JsonSource {
  return inputOf(written, (input) => ({
    join_to_timespine: input.get('join_to_timespine') ?? false,
    fill_nulls_with: input.get('fill_nulls_with') ?? null,
  }));
}

function inputMetric(written: PyValue | undefined): JsonSource {
  return inputOf(written, (input) => ({
    offset_window: windowOf(input.get('offset_window')),
    offset_to_grain: input.get('offset_to_grain') ?? null,
  }));
}

/** An input by its name alone, or as a mapping; `more` gives what its kind has besides. */
function inputOf(written: PyValue | undefined, more: (input: Dict) => Readonly<Record<string, JsonSource>>): JsonSource {
  if (written === undefined || written === null) return null;
  const input = isPyDict(written) ? written : EMPTY;
  return {
    name: isPyDict(written) ? (written.get('name') ?? null) : written,
    filter: filterOf(input.get('filter')),
    alias: input.get('alias') ?? null,
    ...more(input),
  };
}

/** What a semantic model says beside what all declared things have: one of an entry of its own, or of a model's columns. */
export function semanticModelFields(node: DeclaredNode, around: SemanticSurroundings): JsonRecord {
  const { declaration } = node;
  const modelMeta = node.config.get('meta');
  const meta = isPyDict(modelMeta) ? modelMeta : EMPTY;
  const common = {
    model: declaration.get('model') ?? null,
    label: declaration.get('label') ?? null,
    primary_entity: declaration.get('primary_entity') ?? null,
    metadata: null,
  };
  const configOf = (...own: readonly Dict[]): JsonRecord => ({ meta: new Map([...meta, ...own.flatMap((one) => [...one])]) });
  if (node.namePath !== undefined) {
    const derived = dictOf(declaration.get('derived_semantics'));
    const columns = columnsOf(declaration);
    return {
      ...common,
      defaults: { agg_time_dimension: declaration.get('agg_time_dimension') ?? null },
      entities: [
        ...columns.flatMap((column) => entityOfColumn(column, configOf, around)),
        ...dictsOf(derived.get('entities')).map((written) => entityOf(written, configOf, around)),
      ],
      measures: [],
      dimensions: [
        ...columns.flatMap((column) => dimensionOfColumn(column, configOf, around)),
        ...dictsOf(derived.get('dimensions')).map((written) =>
          dimensionOf(written, granularityOf(written.get('granularity'), written.get('validity_params')), configOf(metaOf(written)), around),
        ),
      ],
    };
  }
  const defaults = declaration.get('defaults');
  return {
    ...common,
    defaults: isPyDict(defaults) ? { agg_time_dimension: defaults.get('agg_time_dimension') ?? null } : null,
    entities: dictsOf(declaration.get('entities')).map((written) => entityOf(written, configOf, around)),
    measures: dictsOf(declaration.get('measures')).map((written) => measureOf(written, configOf, around)),
    dimensions: dictsOf(declaration.get('dimensions')).map((written) => {
      const parameters = dictOf(written.get('type_params'));
      return dimensionOf(written, granularityOf(parameters.get('time_granularity'), parameters.get('validity_params')), configOf(metaOf(written)), around);
    }),
  };
}

type ConfigOf = (...own: readonly Dict[]) => JsonRecord;

function entityOf(written: Dict, configOf: ConfigOf, around: SemanticSurroundings): JsonRecord {
  return {
    name: written.get('name') ?? null,
    type: lower(written.get('type')),
    description: around.describe(written.get('description')),
    label: written.get('label') ?? null,
    role: written.get('role') ?? null,
    expr: written.get('expr') ?? null,
    config: configOf(metaOf(written)),
  };
}

function measureOf(written: Dict, configOf: ConfigOf, around: SemanticSurroundings): JsonRecord {
  const parameters = written.get('agg_params');
  const additive = written.get('non_additive_dimension');
  return {
    name: written.get('name') ?? null,
    agg: lower(written.get('agg')),
    description: around.describe(written.get('description')),
    label: written.get('label') ?? null,
    // dbt makes the metric and forgets the wish.
    create_metric: false,
    expr: textOf(written.get('expr')),
    agg_params: isPyDict(parameters)
      ? {
          percentile: parameters.get('percentile') ?? null,
          use_discrete_percentile: parameters.get('use_discrete_percentile') ?? false,
          use_approximate_percentile: parameters.get('use_approximate_percentile') ?? false,
        }
      : null,
    non_additive_dimension: isPyDict(additive)
      ? { name: additive.get('name') ?? null, window_choice: lower(additive.get('window_choice')), window_groupings: additive.get('window_groupings') ?? [] }
      : null,
    agg_time_dimension: written.get('agg_time_dimension') ?? null,
    config: configOf(metaOf(written)),
  };
}

function dimensionOf(written: Dict, parameters: JsonSource, config: JsonRecord, around: SemanticSurroundings): JsonRecord {
  return {
    name: written.get('name') ?? null,
    type: lower(written.get('type')),
    description: around.describe(written.get('description')),
    label: written.get('label') ?? null,
    is_partition: written.get('is_partition') ?? false,
    type_params: parameters,
    expr: written.get('expr') ?? null,
    metadata: null,
    config,
    datatype: null,
  };
}

function granularityOf(granularity: PyValue | undefined, validity: PyValue | undefined): JsonSource {
  if (granularity === undefined || granularity === null) return null;
  return { time_granularity: lower(granularity), validity_params: validityOf(validity) };
}

function validityOf(validity: PyValue | undefined): JsonSource {
  return isPyDict(validity) ? { is_start: validity.get('is_start') ?? false, is_end: validity.get('is_end') ?? false } : null;
}

/** The columns of a model's entry; of two with one name the last counts, in the place of the first. */
function columnsOf(declaration: Dict): readonly Dict[] {
  return [...new Map(dictsOf(declaration.get('columns')).map((column) => [column.get('name'), column])).values()];
}

function entityOfColumn(column: Dict, configOf: ConfigOf, around: SemanticSurroundings): JsonRecord[] {
  const written = column.get('entity');
  if (typeof written === 'string') return [{ ...entityOf(new Map([...described(column), ['type', written]]), configOf, around), config: configOf(columnMeta(column)) }];
  if (!isPyDict(written)) return [];
  const { name, expr } = namesOf(column, written);
  // An entity with meta of its own does not have that of its column.
  const own = dictOf(written.get('config')).has('meta') ? metaOf(written) : columnMeta(column);
  return [{ ...entityOf(new Map([...described(column), ...withoutNothing(written), ['name', name]]), configOf, around), role: null, expr, config: configOf(own) }];
}

function dimensionOfColumn(column: Dict, configOf: ConfigOf, around: SemanticSurroundings): JsonRecord[] {
  const written = column.get('dimension');
  if (typeof written === 'string') {
    return [dimensionOf(new Map([...described(column), ['type', written]]), null, configOf(columnMeta(column)), around)];
  }
  if (!isPyDict(written)) return [];
  const { name, expr } = namesOf(column, written);
  const parameters = granularityOf(column.get('granularity'), written.get('validity_params'));
  const config = configOf(columnMeta(column), metaOf(written));
  return [{ ...dimensionOf(new Map([...described(column), ...withoutNothing(written), ['name', name]]), parameters, config, around), expr }];
}

/** Name and description that a column lends to what it is. */
function described(column: Dict): [PyValue, PyValue][] {
  return [
    ['name', column.get('name') ?? null],
    ['description', column.get('description') ?? ''],
  ];
}

function withoutNothing(written: Dict): [PyValue, PyValue][] {
  return [...written].filter(([, value]) => value !== null && value !== '');
}

/** An entity or dimension with a name of its own is read from its column by `expr`. */
function namesOf(column: Dict, written: Dict): { readonly name: PyValue; readonly expr: PyValue } {
  const columnName = column.get('name') ?? null;
  const own = written.get('name');
  const name = own !== undefined && isTruthy(own) ? own : columnName;
  return { name, expr: name === columnName ? null : columnName };
}

/** The `entity:` and `dimension:` of a column as the column itself has them. */
export function columnSemantics(column: Dict): { readonly entity: JsonSource; readonly dimension: JsonSource } {
  const settled = (written: PyValue | undefined, more: (own: Dict) => JsonRecord): JsonSource => {
    if (typeof written === 'string') return written.toLowerCase();
    if (!isPyDict(written)) return null;
    const own = new Map([...described(column), ...withoutNothing(written)]);
    const get = (key: string): JsonSource => own.get(key) ?? null;
    return { name: get('name'), type: lower(own.get('type')), description: get('description'), label: get('label'), config: own.get('config') ?? {}, ...more(own) };
  };
  return {
    entity: settled(column.get('entity'), () => ({})),
    dimension: settled(column.get('dimension'), (own) => ({
      is_partition: own.get('is_partition') ?? false,
      validity_params: validityOf(own.get('validity_params')),
    })),
  };
}

/** What a saved query says beside what all declared things have. */
export function savedQueryFields(node: DeclaredNode): JsonRecord {
  const { declaration } = node;
  const parameters = dictOf(declaration.get('query_params'));
  const get = (key: string): JsonSource => parameters.get(key) ?? [];
  return {
    label: declaration.get('label') ?? null,
    metadata: null,
    query_params: {
      metrics: get('metrics'),
      group_by: get('group_by'),
      where: filterOf(parameters.get('where')),
      order_by: get('order_by'),
      limit: parameters.get('limit') ?? null,
    },
    exports: dictsOf(declaration.get('exports')).map((written) => exportOf(node, written)),
  };
}

/** An export has what its saved query says of exports; the target's schema and database are not told. */
function exportOf(node: DeclaredNode, written: Dict): JsonRecord {
  const own = dictOf(written.get('config'));
  const get = (key: string): JsonSource => own.get(key) ?? node.config.get(key) ?? null;
  const name = written.get('name') ?? null;
  return {
    name,
    config: {
      export_as: get('export_as'),
      schema_name: own.get('schema_name') ?? get('schema'),
      alias: own.get('alias') ?? name,
      database: own.get('database') ?? null,
    },
    unrendered_config: own,
  };
}

function filterOf(written: PyValue | undefined): JsonSource {
  if (written === undefined || written === null) return null;
  const filters = Array.isArray(written) ? written : [written];
  return { where_filters: filters.map((filter) => ({ where_sql_template: filter })) };
}

/** Granularities whose plural dbt takes for them. */
const GRAINS: ReadonlySet<string> = new Set([
  'nanosecond', 'microsecond', 'millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year',
]);

/** `7 days` as a number and a granularity; null if it is none, which dbt refuses. */
function windowOf(written: PyValue | undefined): JsonSource {
  const [count = '', grain, ...rest] = typeof written === 'string' ? written.toLowerCase().split(' ') : [];
  if (grain === undefined || rest.length > 0 || !/^\d+$/.test(count)) return null;
  const single = grain.endsWith('s') && GRAINS.has(grain.slice(0, -1)) ? grain.slice(0, -1) : grain;
  return { count: Number(count), granularity: single };
}

function typeOf(node: DeclaredNode): string {
  return pyStr(node.declaration.get('type') ?? 'simple').toLowerCase();
}

/** The words of dbt's lists in the case that the lists have. */
function lower(written: PyValue | undefined): JsonSource {
  return typeof written === 'string' ? written.toLowerCase() : (written ?? null);
}

function textOf(written: PyValue | undefined): JsonSource {
  if (written === undefined || written === null) return null;
  return typeof written === 'object' && !isPyFloat(written) ? written : pyStr(written);
}

function metaOf(written: Dict): Dict {
  return dictOf(dictOf(written.get('config')).get('meta'));
}

function columnMeta(column: Dict): Dict {
  return new Map([...dictOf(column.get('meta')), ...metaOf(column)]);
}

function dictsOf(value: PyValue | undefined): readonly Dict[] {
  return listOf(value).filter((item) => isPyDict(item));
}

function listOf(value: PyValue | undefined): readonly PyValue[] {
  return Array.isArray(value) ? value : [];
}

function dictOf(value: PyValue | undefined): Dict {
  return isPyDict(value) ? value : EMPTY;
}

const EMPTY: Dict = new Map();
