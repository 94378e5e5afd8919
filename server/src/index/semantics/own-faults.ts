/** What dbt refuses of semantic models, metrics and saved queries while it reads them, before it looks at the semantic layer as a whole. */

import type { PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { GRANULARITIES } from '../../jinja/where-filters.ts';
import type { Report, SemanticFault } from './fault.ts';
import type { MetricParts, Path, SavedQueryParts, SemanticModelParts } from './parts.ts';
import { isTemplate } from '../../dbt/rendered-keys.ts';

/** The values that dbt takes, in letters of any size, by the name of its enumeration. */
const CHOICES = {
  AggregationType: ['sum', 'min', 'max', 'count_distinct', 'sum_boolean', 'average', 'percentile', 'median', 'count'],
  ConversionCalculationType: ['conversions', 'conversion_rate'],
  DimensionType: ['categorical', 'time'],
  EntityType: ['foreign', 'natural', 'primary', 'unique'],
  ExportDestinationType: ['table', 'view'],
  MetricType: ['simple', 'ratio', 'cumulative', 'derived', 'conversion'],
  PeriodAggregation: ['first', 'last', 'average'],
  TimeGranularity: GRANULARITIES,
} as const;

function checkChoice(name: keyof typeof CHOICES, value: PyValue | undefined, path: Path, report: Report): void {
  if (typeof value !== 'string' || CHOICES[name].some((choice) => choice === value.toLowerCase())) return;
  report('semantic-choice', `Invalid enum value: \`${value}\` in enum ${name}`, path);
}

/** The faults of a semantic model that stop dbt at once. */
export function ownFaultsOfModel(model: SemanticModelParts): readonly SemanticFault[] {
  const { node } = model;
  const faults: SemanticFault[] = [];
  const report: Report = (code, message, path, part = 'value') => faults.push({ code, message, node, path, part });
  for (const element of [...model.entities, ...model.dimensions, ...model.measures]) {
    const { kind, written, path, granularity } = element;
    // What columns say they are is told of with the columns.
    if (path[0] === 'columns') continue;
    const key = kind === 'measure' ? 'agg' : 'type';
    checkChoice(kind === 'measure' ? 'AggregationType' : kind === 'entity' ? 'EntityType' : 'DimensionType', written.get(key), [...path, key], report);
    if (kind === 'dimension') checkChoice('TimeGranularity', granularity, path[0] === 'dimensions' ? [...path, 'type_params', 'time_granularity'] : [...path, 'granularity'], report);
    const nonAdditive = written.get('non_additive_dimension');
    if (isPyDict(nonAdditive)) checkChoice('AggregationType', nonAdditive.get('window_choice'), [...path, 'non_additive_dimension', 'window_choice'], report);
  }
  const derived = node.declaration.get('derived_semantics');
  const entities = isPyDict(derived) ? derived.get('entities') : undefined;
  for (const [index, entity] of (Array.isArray(entities) ? entities : []).entries()) {
    if (isPyDict(entity) && (entity.get('name') ?? null) === null) report('semantic-entity', "Derived entity is missing a required 'name' field", ['derived_semantics', 'entities', index]);
  }
  const written = node.declaration.get('model');
  if (typeof written === 'string' && node.refs.length === 0) {
    if (/^\s*source\s*\(/.test(written)) report('semantic-model-ref', "'source' is undefined", ['model']);
    else if (/^\s*[\w.]+\s*$/.test(written)) report('semantic-model-ref', 'validation error for PydanticSemanticModel: node_relation: none is not an allowed value', ['model']);
  }
  return faults;
}

/** The faults of a metric that stop dbt at once. */
export function ownFaultsOfMetric(metric: MetricParts): readonly SemanticFault[] {
  const { node, type, isOldForm } = metric;
  const faults: SemanticFault[] = [];
  const report: Report = (code, message, path, part = 'value') => faults.push({ code, message, node, path, part });
  // A measure that creates a metric has been looked at as a measure.
  if (node.createdBy !== undefined) return faults;
  checkChoice('MetricType', node.declaration.get('type'), ['type'], report);
  checkInputs(metric, report);
  const inputs = [metric.measure, metric.numerator, metric.denominator, metric.input, ...metric.metrics, metric.conversion?.baseMetric, metric.conversion?.conversionMetric];
  for (const input of inputs) if (input?.offsetWindow !== undefined) checkWindow(input.offsetWindow, [...input.path, 'offset_window'], report);
  for (const window of new Set([metric.window, metric.oldWindow, metric.conversion?.window].map((one) => one?.path.join('.')))) {
    const found = [metric.window, metric.oldWindow, metric.conversion?.window].find((one) => one?.path.join('.') === window);
    if (found !== undefined) checkWindow(found.text, found.path, report);
  }
  if (isOldForm) checkOldChoices(metric, report);
  else checkNewChoices(metric, report);
  if (type === 'conversion' && !isOldForm) {
    for (const key of ['base_metric', 'conversion_metric', 'entity']) {
      if ((node.declaration.get(key) ?? null) === null) {
        report('semantic-metric', `${key} is required for conversion metrics`, ['name']);
        return faults;
      }
    }
    if ((node.declaration.get('calculation') ?? null) === null) report('semantic-metric', 'None is not a valid ConversionCalculationType', ['name']);
  }
  return faults;
}

/** Metrics that lack what their type needs. */
function checkInputs(metric: MetricParts, report: Report): void {
  const { type, node, isOldForm } = metric;
  const at = ['name'];
  if (type === 'ratio' && (metric.numerator === undefined || metric.denominator === undefined)) {
    report('semantic-metric', 'Invalid ratio metric. Both a numerator and denominator must be specified', at);
  }
  if (isOldForm) {
    if (type === 'simple' && metric.measure === undefined) report('semantic-metric', `Simple metric Metric(name='${node.name}', …) should have a measure or agg type defined, but it does not`, at);
    if (type === 'cumulative' && metric.measure === undefined) report('semantic-metric', `Cumulative metric Metric(name='${node.name}', …) should have a measure or input_metric defined, but it does not`, at);
    if (type === 'conversion' && metric.conversion === undefined) report('semantic-metric', `${node.name} is a conversion metric and must have conversion_type_params defined`, at);
    return;
  }
  if (type === 'cumulative' && metric.input === undefined) report('semantic-metric', 'input_metric is required for cumulative metrics', at);
  const isOnModel = node.entryPath !== undefined;
  const hasAggregation = (node.declaration.get('agg') ?? null) !== null;
  if (!isOnModel && !node.declaration.has('type')) report('semantic-metric', "KeyError: 'type'", at);
  else if (!CHOICES.MetricType.some((choice) => choice === type)) return;
  else if (hasAggregation && (!isOnModel || type !== 'simple')) report('semantic-metric', 'simple metrics in v2 YAML must be attached to semantic_model', ['agg'], 'key');
  else if (!hasAggregation && type === 'simple') report('semantic-metric', isOnModel ? `Simple metric Metric(name='${node.name}', …) should have a measure or agg type defined, but it does not` : 'Simple metrics must have an agg param', at);
  else if (metric.agg === 'count' && metric.expr === undefined) report('semantic-metric', `Metric '${node.name}' uses a COUNT aggregation, which requires an expr to be provided`, at);
}

/** `7 days`: a whole number and one word. */
function checkWindow(text: string, path: Path, report: Report): void {
  const parts = text.toLowerCase().split(' ');
  const [count = ''] = parts;
  if (parts.length !== 2) report('semantic-window', `Invalid window (${text}) in cumulative/conversion metric`, path);
  else if (!/^\d+$/.test(count)) report('semantic-window', `Invalid count (${count}) in cumulative/conversion metric window string: (${text})`, path);
}

function checkOldChoices({ node, type, conversion }: MetricParts, report: Report): void {
  const parameters = node.declaration.get('type_params');
  if (!isPyDict(parameters)) return;
  checkChoice('TimeGranularity', parameters.get('grain_to_date'), ['type_params', 'grain_to_date'], report);
  const cumulative = parameters.get('cumulative_type_params');
  if (type === 'cumulative' && isPyDict(cumulative)) {
    checkChoice('PeriodAggregation', cumulative.get('period_agg'), ['type_params', 'cumulative_type_params', 'period_agg'], report);
  }
  const written = parameters.get('conversion_type_params');
  if (conversion !== undefined && isPyDict(written)) {
    checkChoice('ConversionCalculationType', written.get('calculation'), ['type_params', 'conversion_type_params', 'calculation'], report);
  }
}

function checkNewChoices({ node, type }: MetricParts, report: Report): void {
  const { declaration } = node;
  checkChoice('AggregationType', declaration.get('agg'), ['agg'], report);
  const nonAdditive = declaration.get('non_additive_dimension');
  if (isPyDict(nonAdditive) && declaration.has('agg')) checkChoice('AggregationType', nonAdditive.get('window_agg'), ['non_additive_dimension', 'window_agg'], report);
  if (type === 'cumulative') checkChoice('PeriodAggregation', declaration.get('period_agg'), ['period_agg'], report);
  if (type === 'conversion') checkChoice('ConversionCalculationType', declaration.get('calculation'), ['calculation'], report);
}

/** The faults of a saved query that stop dbt at once: exports that do not say what to make. */
export function ownFaultsOfSavedQuery({ node }: SavedQueryParts): readonly SemanticFault[] {
  const faults: SemanticFault[] = [];
  const report: Report = (code, message, path, part = 'value') => faults.push({ code, message, node, path, part });
  const usual = node.config.get('export_as');
  const written = node.declaration.get('config');
  if (isPyDict(written)) checkExport(written.get('export_as'), 'Optional[ExportDestinationType] in SavedQueryConfig', ['config', 'export_as'], report);
  const exports = node.declaration.get('exports');
  for (const [index, item] of (Array.isArray(exports) ? exports : []).entries()) {
    if (!isPyDict(item)) continue;
    const config = item.get('config');
    const own = isPyDict(config) && config.has('export_as') ? config.get('export_as') : undefined;
    const name = item.get('name');
    if (own === undefined && (usual ?? null) === null && node.configUnknown === null) {
      report('semantic-export', 'Field "export_as" of type ExportDestinationType in ExportConfig has invalid value None', ['exports', index, ...(typeof name === 'string' ? ['name'] : [])]);
    } else checkExport(own, 'ExportDestinationType in ExportConfig', ['exports', index, 'config', 'export_as'], report);
  }
  return faults;
}

function checkExport(value: PyValue | undefined, field: string, path: Path, report: Report): void {
  if (typeof value !== 'string' || isTemplate(value) || CHOICES.ExportDestinationType.some((choice) => choice === value.toLowerCase())) return;
  report('semantic-export', `Field "export_as" of type ${field} has invalid value '${value}'`, path);
}
