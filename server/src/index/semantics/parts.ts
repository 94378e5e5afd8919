/** Semantic models, metrics and saved queries as MetricFlow has them, read from either form of YAML, with the places of what can be wrong. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict, isPyFloat } from '../../base/python-values.ts';
import { isUnknown } from '../../base/unknown.ts';
import { pyStr } from '../../dbt/python-repr.ts';
import type { DeclaredNode } from '../model.ts';
import { isTemplate } from '../../dbt/rendered-keys.ts';

/** Leads from the declaration of a node to a value in it. */
export type Path = readonly (string | number)[];

/** An entity, dimension or measure. Types and the like are in small letters, as dbt takes them in any. */
export interface SemanticElement {
  readonly kind: 'entity' | 'dimension' | 'measure';
  readonly name: string;
  /** Where its name is written; of a column without a name for its entity that of the column. */
  readonly namePath: Path;
  /** The type of an entity or a dimension, the aggregation of a measure. */
  readonly type: string | undefined;
  readonly label: string | undefined;
  readonly isPartition: boolean;
  readonly granularity: string | undefined;
  readonly validity: { readonly isStart: boolean; readonly isEnd: boolean } | undefined;
  readonly expr: string | undefined;
  readonly aggTime: string | undefined;
  /** The mapping that declares it, and where that is. */
  readonly written: PyDict;
  readonly path: Path;
}

/** What a semantic model consists of. */
export interface SemanticModelParts {
  readonly node: DeclaredNode;
  readonly label: string | undefined;
  readonly defaultTime: string | undefined;
  readonly defaultTimePath: Path;
  readonly primaryEntity: string | undefined;
  readonly entities: readonly SemanticElement[];
  readonly dimensions: readonly SemanticElement[];
  readonly measures: readonly SemanticElement[];
}

/** A measure or metric that a metric is made of. */
export interface MetricInput {
  readonly name: string;
  readonly alias: string | undefined;
  readonly filters: readonly Filter[];
  readonly offsetWindow: string | undefined;
  readonly offsetToGrain: string | undefined;
  readonly path: Path;
  /** All that it says, for telling inputs apart. */
  readonly key: string;
}

/** One filter and where it is written. */
export interface Filter {
  readonly template: string;
  readonly path: Path;
}

/** What a metric consists of; absent is what it does not say. */
export interface MetricParts {
  readonly node: DeclaredNode;
  readonly type: string;
  readonly label: string | undefined;
  readonly expr: string | undefined;
  /** True for the form with `type_params`. */
  readonly isOldForm: boolean;
  /** The semantic model that a metric with an aggregation of its own belongs to. */
  readonly semanticModel: string | undefined;
  readonly agg: string | undefined;
  readonly measure: MetricInput | undefined;
  readonly numerator: MetricInput | undefined;
  readonly denominator: MetricInput | undefined;
  readonly metrics: readonly MetricInput[];
  readonly metricsPath: Path;
  readonly input: MetricInput | undefined;
  readonly window: Dated;
  /** `type_params.window` and `.grain_to_date`, where they were before dbt 1.9. */
  readonly oldWindow: Dated;
  readonly grainToDate: Dated;
  readonly oldGrainToDate: Dated;
  readonly conversion: ConversionParts | undefined;
  readonly filters: readonly Filter[];
}

/** A text and where it is written; undefined if it is not. */
export type Dated = { readonly text: string; readonly path: Path } | undefined;

/** What a conversion metric compares. */
export interface ConversionParts {
  readonly baseMeasure: MetricInput | undefined;
  readonly conversionMeasure: MetricInput | undefined;
  readonly baseMetric: MetricInput | undefined;
  readonly conversionMetric: MetricInput | undefined;
  readonly entity: string | undefined;
  readonly entityPath: Path;
  readonly window: Dated;
  readonly constants: readonly { readonly base: string; readonly conversion: string; readonly path: Path }[];
}

/** What a saved query asks for. */
export interface SavedQueryParts {
  readonly node: DeclaredNode;
  readonly metrics: readonly string[];
  readonly groupBy: readonly string[];
  readonly orderBy: readonly string[];
  readonly where: readonly Filter[];
  readonly limit: number | undefined;
}

/** True if a declaration holds what files cannot tell: then nothing is said of it. Filters and descriptions are templates by nature. */
export function isUncertain(value: PyValue | undefined, key = ''): boolean {
  if (NO_PART.has(key)) return false;
  if (typeof value === 'string') return isTemplate(value);
  if (value === null || typeof value !== 'object') return false;
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some((item) => isUncertain(item, key));
  return isPyDict(value) && [...value].some(([name, child]) => isUncertain(child, typeof name === 'string' ? name : ''));
}

/** Keys that have no part in the semantic layer, or whose values dbt renders later. */
const NO_PART: ReadonlySet<string> = new Set([
  'filter', 'where', 'description', 'data_tests', 'tests', 'meta', 'config', 'data_type', 'constraints', 'tags', 'quote',
]);

/** Reads a semantic model: of an entry of its own, or of the columns of a model. */
export function readSemanticModel(node: DeclaredNode): SemanticModelParts {
  const { declaration } = node;
  const isOnModel = declaration.has('columns') || declaration.has('derived_semantics') || !declaration.has('name');
  const defaults = dictOf(declaration.get('defaults'));
  const common = { node, label: textOf(declaration.get('label')), primaryEntity: textOf(declaration.get('primary_entity')) };
  if (isOnModel) {
    return {
      ...common,
      defaultTime: textOf(declaration.get('agg_time_dimension')),
      defaultTimePath: ['agg_time_dimension'],
      entities: [...columnElements(declaration, 'entity'), ...derivedElements(declaration, 'entities', 'entity')],
      dimensions: [...columnElements(declaration, 'dimension'), ...derivedElements(declaration, 'dimensions', 'dimension')],
      measures: [],
    };
  }
  return {
    ...common,
    defaultTime: textOf(defaults.get('agg_time_dimension')),
    defaultTimePath: ['defaults', 'agg_time_dimension'],
    entities: elementsOf(declaration, ['entities'], 'entity'),
    dimensions: elementsOf(declaration, ['dimensions'], 'dimension'),
    measures: elementsOf(declaration, ['measures'], 'measure'),
  };
}

function elementsOf(declaration: PyDict | ReadonlyMap<PyValue, PyValue>, path: Path, kind: SemanticElement['kind']): SemanticElement[] {
  return listOf(declaration.get(path.at(-1) ?? '')).flatMap((item, index) => {
    const name = isPyDict(item) ? textOf(item.get('name')) : undefined;
    if (!isPyDict(item) || name === undefined) return [];
    const parameters = dictOf(item.get('type_params'));
    const granularity = parameters.get('time_granularity') ?? item.get('granularity') ?? undefined;
    // Without a granularity dbt forgets the window.
    const validity = granularity === undefined ? undefined : (parameters.get('validity_params') ?? item.get('validity_params'));
    return [elementOf(kind, name, item, [...path, index], [...path, index, 'name'], granularity, validity)];
  });
}

function derivedElements(declaration: ReadonlyMap<PyValue, PyValue>, list: string, kind: SemanticElement['kind']): SemanticElement[] {
  return elementsOf(dictOf(declaration.get('derived_semantics')), ['derived_semantics', list], kind);
}

/** Entities and dimensions that columns say they are. */
function columnElements(declaration: ReadonlyMap<PyValue, PyValue>, kind: 'entity' | 'dimension'): SemanticElement[] {
  return listOf(declaration.get('columns')).flatMap((column, index) => {
    if (!isPyDict(column)) return [];
    const written = column.get(kind);
    const columnName = textOf(column.get('name'));
    if (columnName === undefined || (typeof written !== 'string' && !isPyDict(written))) return [];
    const path = ['columns', index, kind];
    if (typeof written === 'string') {
      // A bare type has no granularity, whatever the column says.
      const bare: PyDict = new Map<PyValue, PyValue>([['type', written]]);
      return [elementOf(kind, columnName, bare, path, ['columns', index, 'name'], undefined, undefined)];
    }
    const name = textOf(written.get('name'));
    const namePath = name === undefined ? ['columns', index, 'name'] : [...path, 'name'];
    const granularity = column.get('granularity');
    return [elementOf(kind, name ?? columnName, written, path, namePath, granularity, granularity === undefined ? undefined : written.get('validity_params'))];
  });
}

function elementOf(
  kind: SemanticElement['kind'],
  name: string,
  written: PyDict,
  path: Path,
  namePath: Path,
  granularity: PyValue | undefined,
  validity: PyValue | undefined,
): SemanticElement {
  return {
    kind,
    name,
    namePath,
    path,
    written,
    type: textOf(written.get(kind === 'measure' ? 'agg' : 'type'))?.toLowerCase(),
    label: textOf(written.get('label')),
    isPartition: written.get('is_partition') === true,
    granularity: textOf(granularity)?.toLowerCase(),
    validity: isPyDict(validity) ? { isStart: validity.get('is_start') === true, isEnd: validity.get('is_end') === true } : undefined,
    expr: exprOf(written.get('expr')),
    aggTime: textOf(written.get('agg_time_dimension')),
  };
}

/** Reads a metric of either form. */
export function readMetric(node: DeclaredNode): MetricParts {
  const { declaration } = node;
  const parameters = declaration.get('type_params');
  const isOldForm = declaration.has('type_params');
  const type = (textOf(declaration.get('type')) ?? 'simple').toLowerCase();
  const common = { node, type, label: textOf(declaration.get('label')) ?? node.name, isOldForm, filters: filtersOf(declaration, []) };
  return isOldForm ? { ...common, ...oldParameters(isPyDict(parameters) ? parameters : EMPTY, type) } : { ...common, ...newParameters(node, type) };
}

type Parameters = Omit<MetricParts, 'node' | 'type' | 'label' | 'isOldForm' | 'filters'>;

function oldParameters(parameters: PyDict, type: string): Parameters {
  const at = (key: string): Path => ['type_params', key];
  const cumulative = dictOf(parameters.get('cumulative_type_params'));
  const nested = (key: string): Dated => datedOf(cumulative.get(key), ['type_params', 'cumulative_type_params', key]);
  const conversion = parameters.get('conversion_type_params');
  const oldWindow = datedOf(parameters.get('window'), at('window'));
  const oldGrainToDate = datedOf(parameters.get('grain_to_date'), at('grain_to_date'));
  return {
    expr: exprOf(parameters.get('expr')),
    semanticModel: undefined,
    agg: undefined,
    measure: inputOf(parameters.get('measure'), at('measure')),
    numerator: inputOf(parameters.get('numerator'), at('numerator')),
    denominator: inputOf(parameters.get('denominator'), at('denominator')),
    metrics: inputsOf(parameters.get('metrics'), at('metrics')),
    metricsPath: at('metrics'),
    input: undefined,
    window: type === 'cumulative' ? nested('window') : undefined,
    grainToDate: type === 'cumulative' ? nested('grain_to_date') : undefined,
    oldWindow,
    oldGrainToDate,
    conversion: isPyDict(conversion) ? conversionOf(conversion, ['type_params', 'conversion_type_params']) : undefined,
  };
}

function newParameters(node: DeclaredNode, type: string): Parameters {
  const { declaration } = node;
  const dated = (key: string): Dated => datedOf(declaration.get(key), [key]);
  const input = (key: string): MetricInput | undefined => inputOf(declaration.get(key), [key]);
  const owner = node.dependsOnDeclared.find((wanted) => wanted.startsWith('semantic_model:'))?.slice('semantic_model:'.length);
  return {
    expr: exprOf(declaration.get('expr')),
    semanticModel: owner,
    agg: textOf(declaration.get('agg'))?.toLowerCase(),
    measure: undefined,
    numerator: input('numerator'),
    denominator: input('denominator'),
    metrics: inputsOf(declaration.get('input_metrics'), ['input_metrics']),
    metricsPath: ['input_metrics'],
    input: type === 'cumulative' ? input('input_metric') : undefined,
    window: type === 'cumulative' ? dated('window') : undefined,
    grainToDate: type === 'cumulative' ? dated('grain_to_date') : undefined,
    oldWindow: dated('window'),
    oldGrainToDate: undefined,
    conversion: type === 'conversion' ? conversionOf(declaration, []) : undefined,
  };
}

function conversionOf(written: ReadonlyMap<PyValue, PyValue>, path: Path): ConversionParts {
  const input = (key: string): MetricInput | undefined => inputOf(written.get(key), [...path, key]);
  return {
    baseMeasure: input('base_measure'),
    conversionMeasure: input('conversion_measure'),
    baseMetric: input('base_metric'),
    conversionMetric: input('conversion_metric'),
    entity: textOf(written.get('entity')),
    entityPath: [...path, 'entity'],
    window: datedOf(written.get('window'), [...path, 'window']),
    constants: listOf(written.get('constant_properties')).flatMap((item, index) => {
      const base = isPyDict(item) ? textOf(item.get('base_property')) : undefined;
      const conversion = isPyDict(item) ? textOf(item.get('conversion_property')) : undefined;
      return base === undefined || conversion === undefined ? [] : [{ base, conversion, path: [...path, 'constant_properties', index] }];
    }),
  };
}

/** Reads a saved query. */
export function readSavedQuery(node: DeclaredNode): SavedQueryParts {
  const parameters = dictOf(node.declaration.get('query_params'));
  const texts = (key: string): string[] => listOf(parameters.get(key)).filter((item): item is string => typeof item === 'string');
  const limit = parameters.get('limit');
  return {
    node,
    metrics: texts('metrics'),
    groupBy: texts('group_by'),
    orderBy: texts('order_by'),
    where: filtersOf(parameters, ['query_params'], 'where'),
    limit: typeof limit === 'number' ? limit : undefined,
  };
}

function inputsOf(value: PyValue | undefined, path: Path): MetricInput[] {
  return listOf(value).flatMap((item, index) => inputOf(item, [...path, index]) ?? []);
}

/** An input is a name, or a dict with one. */
function inputOf(value: PyValue | undefined, path: Path): MetricInput | undefined {
  if (typeof value === 'string') {
    return { name: value, alias: undefined, filters: [], offsetWindow: undefined, offsetToGrain: undefined, path, key: JSON.stringify([value]) };
  }
  if (!isPyDict(value)) return undefined;
  const name = textOf(value.get('name'));
  if (name === undefined) return undefined;
  const filters = filtersOf(value, path);
  const alias = textOf(value.get('alias'));
  const others = ['join_to_timespine', 'fill_nulls_with', 'offset_window', 'offset_to_grain'].map((key) => pyStr(value.get(key) ?? null));
  const isPlain = alias === undefined && filters.length === 0 && others.every((text) => text === 'None' || text === 'False');
  return {
    name, alias, filters, path,
    offsetWindow: textOf(value.get('offset_window')),
    offsetToGrain: textOf(value.get('offset_to_grain')),
    key: isPlain ? JSON.stringify([name]) : JSON.stringify([name, alias, filters.map(({ template }) => template), others]),
  };
}

function filtersOf(written: ReadonlyMap<PyValue, PyValue>, path: Path, key = 'filter'): Filter[] {
  const value = written.get(key);
  if (typeof value === 'string') return [{ template: value, path: [...path, key] }];
  return listOf(value).flatMap((item, index) => (typeof item === 'string' ? [{ template: item, path: [...path, key, index] }] : []));
}

function datedOf(value: PyValue | undefined, path: Path): Dated {
  return typeof value === 'string' && value !== '' ? { text: value, path } : undefined;
}

function textOf(value: PyValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function exprOf(value: PyValue | undefined): string | undefined {
  return value === undefined || value === null || isPyDict(value) || Array.isArray(value) ? undefined : pyStr(value);
}

function listOf(value: PyValue | undefined): readonly PyValue[] {
  return Array.isArray(value) ? value : NONE;
}

function dictOf(value: PyValue | undefined): PyDict {
  return isPyDict(value) ? value : EMPTY;
}

/** A number of YAML, whole or not. */
export function numberOf(value: PyValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return isPyFloat(value) ? value.value : undefined;
}

const NONE: readonly PyValue[] = [];
const EMPTY: PyDict = new Map();
