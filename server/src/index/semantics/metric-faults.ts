/** What MetricFlow refuses of metrics and saved queries, each seen with what it names. */

import type { FilterReading } from '../../jinja/where-filters.ts';
import { GRANULARITIES, readFilter } from '../../jinja/where-filters.ts';
import type { Report, SemanticFault } from './fault.ts';
import { faultsOfName } from './names.ts';
import type { ConversionParts, Dated, Filter, MetricInput, MetricParts, SavedQueryParts, SemanticElement, SemanticModelParts } from './parts.ts';

/** All that a metric may be looked at with. */
export interface Surroundings {
  /** The semantic model of a measure, and the one of a name. */
  ownerOfMeasure(name: string): { readonly model: SemanticModelParts; readonly measure: SemanticElement } | undefined;
  model(name: string): SemanticModelParts | undefined;
  metric(name: string): MetricParts | undefined;
  readonly customGrains: readonly string[];
  /** True if old places of `window` and `grain_to_date` are refused. */
  readonly refusesOldWindows: boolean;
}

/** All faults of a metric. */
export function faultsOfMetric(metric: MetricParts, around: Surroundings): readonly SemanticFault[] {
  const faults: SemanticFault[] = [];
  const report: Report = (code, message, path, part = 'value') => faults.push({ code, message, node: metric.node, path, part });
  for (const fault of faultsOfName(metric.node.name)) report('semantic-name', fault, ['name']);
  checkWindows(metric, around, report);
  if (metric.type === 'derived') checkDerived(metric, report);
  checkOffsets(metric, around, report);
  if (metric.type === 'conversion' && metric.conversion !== undefined) checkConversion(metric, metric.conversion, around, report);
  checkFilters(metric, around, report);
  return faults;
}

function checkWindows(metric: MetricParts, around: Surroundings, report: Report): void {
  const { oldWindow, oldGrainToDate } = metric;
  if (metric.type === 'cumulative') {
    const window = metric.window ?? oldWindow;
    const grain = metric.grainToDate ?? oldGrainToDate;
    if (metric.window !== undefined && oldWindow !== undefined && metric.isOldForm && shownWindow(metric.window.text) !== shownWindow(oldWindow.text)) {
      report('semantic-window', `Got differing values for \`window\` on cumulative metric '${metric.node.name}'`, oldWindow.path);
    }
    if (grain !== undefined && !GRANULARITIES.includes(oldGrainToDate === grain ? grain.text.toLowerCase() : grain.text)) {
      report('semantic-window', `Invalid time granularity found in \`grain_to_date\`: '${grain.text}'`, grain.path);
    }
    if (window !== undefined && grain !== undefined) report('semantic-window', 'Both window and grain_to_date set for cumulative metric', window.path);
    checkGranularity(window, around.customGrains, false, report);
  }
  const old = oldWindow ?? oldGrainToDate;
  if (old !== undefined && around.refusesOldWindows) {
    report('semantic-window', 'Cumulative fields `type_params.window` and `type_params.grain_to_date` should be nested', old.path, 'key');
  }
}

/** A window without the plural of a standard granularity, as dbt keeps it; undefined if it is none. */
function shownWindow(text: string): { readonly count: string; readonly granularity: string } | undefined {
  const parts = text.toLowerCase().split(' ');
  const [count = '', unit = ''] = parts;
  if (parts.length !== 2 || !/^\d+$/.test(count)) return undefined;
  return { count, granularity: unit.endsWith('s') && GRANULARITIES.includes(unit.slice(0, -1)) ? unit.slice(0, -1) : unit };
}

function checkGranularity(window: Dated, customGrains: readonly string[], takesCustom: boolean, report: Report): void {
  if (window === undefined) return;
  const shown = shownWindow(window.text);
  // What is no window is told of by the shape of the entry.
  if (shown === undefined) return;
  const { granularity } = shown;
  const single = granularity.endsWith('s') && customGrains.includes(granularity.slice(0, -1)) ? granularity.slice(0, -1) : granularity;
  if (GRANULARITIES.includes(single) || (takesCustom && customGrains.includes(single))) return;
  report('semantic-window', `Invalid time granularity '${single}' in window: '${shown.count} ${granularity}'`, window.path);
}

function checkDerived(metric: MetricParts, report: Report): void {
  if (metric.metrics.length === 0) report('semantic-metric', `No input metrics found for derived metric '${metric.node.name}'`, ['name']);
  const names = new Set(metric.metrics.map(({ name }) => name));
  for (const { alias, name, path } of metric.metrics) {
    if (alias === undefined || alias === '') continue;
    for (const fault of faultsOfName(alias)) report('semantic-name', fault, [...path, 'alias']);
    if (!names.has(alias)) continue;
    report('semantic-name-taken', `Alias '${alias}' for input metric: '${name}' is already being used`, [...path, 'alias']);
  }
}

function checkOffsets(metric: MetricParts, around: Surroundings, report: Report): void {
  for (const { name, offsetWindow, offsetToGrain, path } of metric.metrics) {
    checkGranularity(offsetWindow === undefined ? undefined : { text: offsetWindow, path: [...path, 'offset_window'] }, around.customGrains, true, report);
    if (offsetToGrain === undefined || offsetToGrain === '') continue;
    const at = [...path, 'offset_to_grain'];
    if (!GRANULARITIES.includes(offsetToGrain)) report('semantic-window', `Invalid time granularity found in \`offset_to_grain\`: '${offsetToGrain}'`, at);
    if (offsetWindow !== undefined) report('semantic-window', `Both offset_window and offset_to_grain set for derived metric '${metric.node.name}' on input metric '${name}'`, at, 'key');
  }
}

function checkConversion(metric: MetricParts, conversion: ConversionParts, around: Surroundings, report: Report): void {
  const base = sideOf(metric, conversion.baseMeasure, conversion.baseMetric, around, report);
  const other = sideOf(metric, conversion.conversionMeasure, conversion.conversionMetric, around, report);
  if (base === undefined || other === undefined) return;
  const { entity } = conversion;
  for (const [kind, { model }] of [['base', base], ['conversion', other]] as const) {
    if (entity !== undefined && !model.entities.some(({ name }) => name === entity)) {
      report('semantic-metric', `Entity: ${entity} not found in ${kind} semantic model: ${model.node.name}`, conversion.entityPath);
    }
  }
  for (const { input, agg, expr, kind } of [base, other]) {
    if (agg === undefined || agg === 'count' || agg === 'count_distinct' || (agg === 'sum' && expr === '1')) continue;
    const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    report('semantic-metric', `For conversion metrics, the input ${kind} must be COUNT/SUM(1)/COUNT_DISTINCT. ${title} '${input.name}' is agg type`, input.path);
  }
  checkGranularity(conversion.window, around.customGrains, false, report);
  for (const { base: baseProperty, conversion: otherProperty, path } of conversion.constants) {
    const check = (property: string, model: SemanticModelParts, key: string): void => {
      if ([...model.entities, ...model.dimensions].some(({ name }) => name === property)) return;
      report('semantic-metric', `The provided constant property: ${property}, cannot be found in semantic model ${model.node.name}`, [...path, key]);
    };
    check(baseProperty, base.model, 'base_property');
    check(otherProperty, other.model, 'conversion_property');
  }
}

interface Side {
  readonly kind: 'measure' | 'metric';
  readonly input: MetricInput;
  readonly model: SemanticModelParts;
  readonly agg: string | undefined;
  readonly expr: string | undefined;
}

/** One side of a conversion; undefined if it leads nowhere, which is told of elsewhere. */
function sideOf(metric: MetricParts, measure: MetricInput | undefined, input: MetricInput | undefined, around: Surroundings, report: Report): Side | undefined {
  if (measure !== undefined) {
    const owner = around.ownerOfMeasure(measure.name);
    return owner === undefined ? undefined : { kind: 'measure', input: measure, model: owner.model, agg: owner.measure.type, expr: owner.measure.expr };
  }
  const found = input === undefined ? undefined : around.metric(input.name);
  if (input === undefined || found === undefined) return undefined;
  if (found.type !== 'simple') {
    report('semantic-metric', `Metric '${input.name}' is not a Simple metric, so it cannot be used as an input for Conversion metric '${metric.node.name}'`, input.path);
    return undefined;
  }
  const model = found.semanticModel === undefined ? undefined : around.model(found.semanticModel);
  return model === undefined ? undefined : { kind: 'metric', input, model, agg: found.agg, expr: found.expr };
}

function checkFilters(metric: MetricParts, around: Surroundings, report: Report): void {
  const inputs = [metric.measure, metric.numerator, metric.denominator, ...metric.metrics];
  const filters = [...metric.filters, ...inputs.flatMap((input) => input?.filters ?? [])];
  for (const filter of filters) checkFilter(filter, around.customGrains, `trying to parse filter of metric \`${metric.node.name}\``, report);
}

function checkFilter({ template, path }: Filter, customGrains: readonly string[], doing: string, report: Report): void {
  for (const fault of readFilter(template, customGrains).faults) report('semantic-filter', `An error occurred while ${doing}: ${fault}`, path);
}

/** All faults of a saved query. `names` are those of metrics, dimensions and entities; undefined if files cannot tell them all. */
export function faultsOfSavedQuery(query: SavedQueryParts, customGrains: readonly string[], names: ReadonlySet<string> | undefined): readonly SemanticFault[] {
  const faults: SemanticFault[] = [];
  const report: Report = (code, message, path, part = 'value') => faults.push({ code, message, node: query.node, path, part });
  const { name } = query.node;
  for (const fault of faultsOfName(name)) report('semantic-name', fault, ['name']);
  for (const [index, text] of query.groupBy.entries()) {
    const at = ['query_params', 'group_by', index];
    const reading = readFilter(`{{${text}}}`, customGrains);
    for (const fault of reading.faults) report('semantic-query', `An error occurred while trying to parse a group-by in saved query \`${name}\`: ${fault}`, at);
    const [item] = reading.items;
    if (reading.isUncertain || names === undefined) continue;
    if (item === undefined || reading.items.length !== 1 || !names.has(item.element)) report('semantic-query', `\`${text}\` is not a valid group-by name`, at);
  }
  for (const filter of query.where) checkFilter(filter, customGrains, 'validating the where field in a saved query', report);
  checkOrder(query, report);
  if (query.limit !== undefined && query.limit < 0) {
    report('semantic-query', `Invalid limit value: ${String(query.limit)} (should be >= 0)`, ['query_params', 'limit']);
  }
  return faults;
}

/** What a saved query is ordered by must be among what it asks for. */
function checkOrder(query: SavedQueryParts, report: Report): void {
  const read = (text: string): FilterReading => readFilter(`{{ ${text} }}`, [], 'order-by');
  const offered = [...query.metrics.map((metric) => `Metric('${metric}')`), ...query.groupBy].map(read);
  if (offered.some(({ isUncertain }) => isUncertain)) return;
  const keyOf = (item: FilterReading['items'][number]): string => JSON.stringify([item.type, item.name, item.entityPath, item.groupBy, item.grain, item.datePart]);
  const keys = new Set(offered.flatMap(({ items }) => items.map(keyOf)));
  for (const [index, text] of query.orderBy.entries()) {
    const at = ['query_params', 'order_by', index];
    const { faults, items, isUncertain } = read(text);
    if (faults.length > 0) report('semantic-query', `An error occurred while parsing a field in '${query.node.name}'`, at);
    if (isUncertain) continue;
    const [item] = items;
    if (item === undefined || !keys.has(keyOf(item))) report('semantic-query', `${text} does not match any of the listed metrics or group-by items`, at);
  }
}
