/**
 * The semantic layer as a whole. dbt gathers all semantic models, metrics and saved queries of the project and its packages and validates them together
 * (`SemanticManifest.validate`); the rules are those of MetricFlow that make `dbt parse` fail. What they warn of is left out.
 */

import { duplicateResource } from '../../dbt/messages.ts';
import { flagOf } from '../../dbt/project-file.ts';
import { GRANULARITIES } from '../../jinja/where-filters.ts';
import type { Anchor, DbtNode, DeclaredNode, RelationNode } from '../model.ts';
import type { NodeTables } from '../node-tables.ts';
import { refKey, TIME_SPINES } from '../node-tables.ts';
import type { IndexProblem } from '../problems.ts';
import type { PackageState } from '../project-index.ts';
import type { RenderState } from '../rendering.ts';
import type { SemanticCode, SemanticFault } from './fault.ts';
import type { Surroundings } from './metric-faults.ts';
import { faultsOfMetric, faultsOfSavedQuery } from './metric-faults.ts';
import { elementsOfModel, faultsOfModel, placeOfModel } from './model-faults.ts';
import { faultsOfName } from './names.ts';
import { ownFaultsOfMetric, ownFaultsOfModel, ownFaultsOfSavedQuery } from './own-faults.ts';
import type { MetricInput, MetricParts, Path, SavedQueryParts, SemanticElement, SemanticModelParts } from './parts.ts';
import { isUncertain, readMetric, readSavedQuery, readSemanticModel } from './parts.ts';

/** The types whose nodes make the semantic layer. */
export const SEMANTIC_TYPES = ['semantic_model', 'metric', 'saved_query'] as const;

/** The model that was the time spine before there was a property for it. */
export const OLD_TIME_SPINE = 'metricflow_time_spine';

/** Reads and validates the semantic layer each time that something of it has changed; what a node says in itself is remembered. */
export interface SemanticLayer {
  problems(nodes: NodeTables, rootPackage: PackageState, render: RenderState): readonly IndexProblem[];
}

const NO_PROBLEMS: readonly IndexProblem[] = [];

interface Layer {
  readonly models: readonly SemanticModelParts[];
  readonly metrics: readonly MetricParts[];
  readonly queries: readonly SavedQueryParts[];
  readonly spines: readonly RelationNode[];
  readonly customGrains: readonly string[];
  /** True if files cannot tell what some of it is named. */
  readonly isUncertain: boolean;
}

/** Makes a semantic layer that has read nothing yet. */
export function createSemanticLayer(): SemanticLayer {
  const models = remembering(readSemanticModel);
  const metrics = remembering(readMetric);
  const queries = remembering(readSavedQuery);
  const modelFaults = remembering(faultsOfModel);
  const ownOfModel = remembering(ownFaultsOfModel);
  const ownOfMetric = remembering(ownFaultsOfMetric);

  function read(nodes: NodeTables, rootPackage: PackageState): Layer {
    let uncertain = false;
    const certain = (type: (typeof SEMANTIC_TYPES)[number]): DeclaredNode[] =>
      nodes.idsOfType(type).flatMap((id) => {
        const node = nodes.active(id);
        if (node?.resourceType !== type) return [];
        if (node.enabled === true && !hasUncertainty(node)) return [node];
        uncertain = true;
        return [];
      }).sort((a, b) => comparePlaces(a, b, rootPackage.name));
    const own = { models: certain('semantic_model').map(models), metrics: certain('metric').map(metrics), queries: certain('saved_query').map(queries) };
    const spines = nodes.candidates(TIME_SPINES).flatMap((id) => {
      const node = nodes.active(id);
      return node?.resourceType === 'model' && node.timeSpine !== undefined ? [node] : [];
    }).sort((a, b) => comparePlaces(a, b, rootPackage.name));
    return { ...own, spines, customGrains: spines.flatMap(({ timeSpine }) => timeSpine?.customs.map(({ name }) => name) ?? []), isUncertain: uncertain };
  }

  return {
    problems(nodes, rootPackage, render) {
      if (!render.hasFeature('semantic-layer')) return NO_PROBLEMS;
      const layer = read(nodes, rootPackage);
      const own = [...layer.models.flatMap(ownOfModel), ...layer.metrics.flatMap(ownOfMetric), ...layer.queries.flatMap(ownFaultsOfSavedQuery)];
      const problems: IndexProblem[] = [...own.map(problemOf), ...duplicates(layer, nodes), ...circles(layer, nodes)];
      const faults: SemanticFault[] = [];
      const spine = missingSpine(layer, nodes);
      if (spine !== undefined) problems.push(spine);
      if (layer.models.length === 0 || layer.metrics.length === 0) return problems;
      const around = surroundings(layer, rootPackage, render);
      // What has no known type would be told of a second time.
      const isKnown = (faults: readonly SemanticFault[]): boolean => !faults.some(({ code }) => code === 'semantic-choice');
      for (const model of layer.models) if (isKnown(ownOfModel(model)) && !hasWrongColumns(model)) faults.push(...modelFaults(model));
      for (const metric of layer.metrics) if (isKnown(ownOfMetric(metric))) faults.push(...faultsOfMetric(metric, around));
      const names = layer.isUncertain ? undefined : namesToGroupBy(layer);
      for (const query of layer.queries) faults.push(...faultsOfSavedQuery(query, layer.customGrains, names));
      faults.push(...faultsAmongModels(layer), ...faultsAmongMetrics(layer, around));
      problems.push(...faults.map(problemOf), ...faultsOfSpines(layer));
      return problems;
    },
  };
}

/** What is read of an object, once. */
function remembering<From extends object, Result>(read: (from: From) => Result): (from: From) => Result {
  const known = new WeakMap<From, { readonly result: Result }>();
  return (from) => {
    let one = known.get(from);
    if (one === undefined) known.set(from, (one = { result: read(from) }));
    return one.result;
  };
}

/** True if a column says it is an entity or a dimension of a type that dbt does not know: that is told of with the column. */
function hasWrongColumns({ entities, dimensions }: SemanticModelParts): boolean {
  const known = new Set(['foreign', 'natural', 'primary', 'unique', 'categorical', 'time']);
  return [...entities, ...dimensions].some(({ path, type }) => path[0] === 'columns' && !known.has(type ?? ''));
}

/** Metrics of one name that are declared in several places: each group of declarations knows only its own. */
function duplicates({ metrics }: Layer, nodes: NodeTables): IndexProblem[] {
  return metrics.flatMap(({ node }) => {
    const rows = nodes.rows(node.uniqueId).filter((row) => row.node.enabled === true);
    if (new Set(rows.map(({ group }) => group)).size < 2) return [];
    const [first, second] = rows.map((row) => row.node);
    if (first === undefined || second === undefined || first.resourceType !== 'metric' || second.resourceType !== 'metric') return [];
    return [{ ...duplicateResource('metrics', node.name), at: anchorOf(second, ['name']), related: anchorOf(first, ['name']) }];
  });
}

const hasUncertainty = remembering((node: DeclaredNode) =>
  [...node.declaration].some(([key, value]) => isUncertain(value, typeof key === 'string' ? key : '')),
);

/** Packages before the project, so that of two places the one in the project is shown; then by file and id, which moving text does not change. */
function comparePlaces(a: DbtNode, b: DbtNode, rootName: string): number {
  const key = (node: DbtNode): string => `${node.packageName === rootName ? '1' : '0'} ${node.file} ${node.uniqueId}`;
  return key(a) < key(b) ? -1 : 1;
}

/** A fault as a problem of the index, with its place in the entry. */
function problemOf({ code, message, node, path, part = 'value' }: SemanticFault): IndexProblem {
  return { code, message, dbt: 'error', at: anchorOf(node, path, part) };
}

function anchorOf(node: DeclaredNode, path: Path, part: 'key' | 'value' = 'value'): Anchor {
  return { kind: 'yaml', file: node.entry.file, entry: node.entry.entry, path: [...(node.entryPath ?? []), ...path], part };
}

function surroundings({ models, metrics, customGrains }: Layer, rootPackage: PackageState, render: RenderState): Surroundings {
  const byMeasure = new Map<string, { readonly model: SemanticModelParts; readonly measure: SemanticElement }>();
  for (const model of models) for (const measure of model.measures) if (!byMeasure.has(measure.name)) byMeasure.set(measure.name, { model, measure });
  const byName = new Map(models.map((model): [string, SemanticModelParts] => [model.node.name, model]));
  const metricByName = new Map(metrics.map((metric): [string, MetricParts] => [metric.node.name, metric]));
  return {
    ownerOfMeasure: (name) => byMeasure.get(name),
    model: (name) => byName.get(name),
    metric: (name) => metricByName.get(name),
    customGrains,
    refusesOldWindows: render.hasFeature('semantic-models-on-models') && flagOf(rootPackage.projectTree, 'require_nested_cumulative_type_params'),
  };
}

/** Without a time spine by the day, dbt refuses all semantic models, whether there are metrics or not. */
function missingSpine({ models, spines }: Layer, nodes: NodeTables): IndexProblem | undefined {
  const model = models.at(-1);
  if (model === undefined) return undefined;
  const isFine = spines.some(({ timeSpine }) => {
    const granularity = timeSpine?.granularity;
    // What has no granularity is told of by its own entry.
    return granularity === undefined || GRANULARITIES.indexOf(granularity) <= GRANULARITIES.indexOf('day');
  });
  if (isFine || nodes.candidates(refKey(OLD_TIME_SPINE)).some((id) => nodes.active(id) !== undefined)) return undefined;
  return {
    code: 'semantic-time-spine-missing',
    message: 'The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was found',
    dbt: 'error',
    at: anchorOf(model.node, placeOfModel(model)),
  };
}

/** Metrics that need themselves, by what their inputs say: dbt follows them until Python gives up. */
function circles({ metrics }: Layer, nodes: NodeTables): IndexProblem[] {
  const inputs = new Map<string, readonly string[]>();
  for (const metric of metrics) inputs.set(metric.node.name, inputsOf(metric).map(({ name }) => name));
  return metrics.flatMap((metric) => {
    const { name, uniqueId } = metric.node;
    // Of two metrics of one name one may mean the other.
    if (nodes.rows(uniqueId).length > 1) return [];
    const seen = new Set<string>();
    const stack = [...(inputs.get(name) ?? [])];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === name) return [{ code: 'semantic-circle', message: 'maximum recursion depth exceeded', dbt: 'error', at: anchorOf(metric.node, ['name']), data: { name } }];
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(...(inputs.get(next) ?? []));
    }
    return [];
  });
}

function inputsOf(metric: MetricParts): readonly MetricInput[] {
  const { type, numerator, denominator, input, conversion } = metric;
  const found = type === 'ratio' ? [numerator, denominator] : type === 'derived' ? metric.metrics : [input, conversion?.baseMetric, conversion?.conversionMetric];
  return found.filter((one): one is MetricInput => one !== undefined);
}

/** What may stand in the `group_by` of a saved query. */
function namesToGroupBy({ models, metrics }: Layer): Set<string> {
  const names = new Set<string>(['metric_time', ...metrics.map(({ node }) => node.name)]);
  for (const { dimensions, entities } of models) for (const { name } of [...dimensions, ...entities]) names.add(name);
  return names;
}

/** What two semantic models, or two places of one, say against each other. */
function faultsAmongModels({ models }: Layer): SemanticFault[] {
  const faults: SemanticFault[] = [];
  const labels = new Map<string, SemanticModelParts>();
  const names = new Map<string, SemanticModelParts>();
  const kinds = new Map<string, Map<SemanticElement['kind'], { readonly model: SemanticModelParts; readonly element: SemanticElement }>>();
  const dimensions = new Map<string, SemanticElement>();
  const entityLabels = new Map<string, { readonly label: string; readonly owner: string }>();
  const measures = new Map<string, string>();
  const pairs = new Map<string, string>();
  for (const model of models) {
    const { node, label } = model;
    const add = (code: SemanticCode, message: string, path: Path): void => void faults.push({ code, message, node, path });
    const same = names.get(node.name);
    if (same !== undefined) add('semantic-name-taken', `Can't use name \`${node.name}\` for a SemanticManifestNodeType.SEMANTIC_MODEL when it was already used`, placeOfModel(model));
    else names.set(node.name, model);
    const other = label === undefined ? undefined : labels.get(label);
    if (label !== undefined && other !== undefined) {
      add('semantic-label', `Can't use label \`${label}\` for  semantic model \`${node.name}\` as it's already used for semantic model \`${other.node.name}\``, ['label']);
    } else if (label !== undefined) labels.set(label, model);
    for (const element of elementsOfModel(model)) {
      const known = kinds.get(element.name) ?? new Map<SemanticElement['kind'], { readonly model: SemanticModelParts; readonly element: SemanticElement }>();
      kinds.set(element.name, known);
      if (!known.has(element.kind)) known.set(element.kind, { model, element });
    }
    for (const measure of model.measures) {
      const owner = measures.get(measure.name);
      // Within one semantic model the names are told of there.
      if (owner !== undefined && owner !== node.uniqueId) add('semantic-name-taken', `Found measure with name ${measure.name} in multiple semantic models`, measure.namePath);
      else measures.set(measure.name, node.uniqueId);
    }
    for (const entity of model.entities) {
      if (entity.label === undefined) continue;
      const known = entityLabels.get(entity.name);
      if (known === undefined) entityLabels.set(entity.name, { label: entity.label, owner: node.name });
      else if (known.label !== entity.label) add('semantic-label', `Entities with the same name must have the same label or the label must be \`None\`. Entity \`${entity.name}\` on semantic model \`${node.name}\` has label \`${entity.label}\``, [...entity.path, 'label']);
    }
    const primary = model.primaryEntity ?? model.entities.find(({ type }) => type === 'primary')?.name;
    for (const dimension of model.dimensions) {
      const known = dimensions.get(dimension.name);
      if (known === undefined) dimensions.set(dimension.name, dimension);
      else {
        if (known.type !== dimension.type) add('semantic-dimension', `In semantic model \`${node.name}\`, type conflict for dimension \`${dimension.name}\` - already in model as type`, dimension.namePath);
        if (known.isPartition !== dimension.isPartition) add('semantic-dimension', `In semantic model \`${node.name}, conflicting is_partition attribute for dimension`, dimension.namePath);
      }
      if (primary === undefined) continue;
      const pair = JSON.stringify([primary, dimension.name]);
      const owner = pairs.get(pair);
      if (owner !== undefined && owner !== node.uniqueId) {
        add('semantic-dimension', `Duplicate dimension + primary entity pairing detected, dimension + primary entity pairings must be unique. Semantic model \`${node.name}\` has a primary entity of \`${primary}\` and dimension \`${dimension.name}\``, dimension.namePath);
      } else pairs.set(pair, node.uniqueId);
    }
  }
  for (const [name, found] of kinds) {
    if (found.size < 2) continue;
    for (const [kind, { model, element }] of found) {
      faults.push({ code: 'semantic-name-taken', message: `In semantic models {'${model.node.name}'}, element \`${name}\` is of type SemanticModelElementType.${kind.toUpperCase()}, but it is used as types`, node: model.node, path: element.namePath });
    }
  }
  return faults;
}

/** What two metrics say against each other. */
function faultsAmongMetrics({ models, metrics }: Layer, around: Surroundings): SemanticFault[] {
  const faults: SemanticFault[] = [];
  const labels = new Map<string, MetricParts>();
  const names = new Set<string>();
  const aliases = new Set<string>();
  const measureNames = new Set(models.flatMap((model) => model.measures.map(({ name }) => name)));
  for (const metric of metrics) {
    const { node, label } = metric;
    const add = (code: SemanticCode, message: string, path: Path): void => void faults.push({ code, message, node, path });
    if (names.has(node.name)) add('semantic-name-taken', `Can't use name \`${node.name}\` for a SemanticManifestNodeType.METRIC when it was already used`, ['name']);
    names.add(node.name);
    if (label !== undefined) {
      const other = labels.get(label);
      if (other === undefined) labels.set(label, metric);
      else {
        const at = node.declaration.has('label') && node.createdBy === undefined ? ['label'] : ['name'];
        add('semantic-label', `Can't use label \`${label}\` for  metric \`${node.name}\` as it's already used for metric \`${other.node.name}\``, at);
      }
    }
    const own = [metric.measure, metric.conversion?.baseMeasure, metric.conversion?.conversionMeasure];
    const inputs = measuresOf(metric, around, new Set());
    const placeOf = (input: MetricInput): Path => (own.includes(input) ? [...input.path, 'alias'] : ['name']);
    for (const input of inputs) {
      const { alias, name } = input;
      if (alias === undefined) continue;
      for (const fault of faultsOfName(alias)) add('semantic-name', fault, placeOf(input));
      if (measureNames.has(alias)) add('semantic-name-taken', `Alias \`${alias}\` for measure \`${name}\` conflicts with measure names defined elsewhere in the model`, placeOf(input));
      if (aliases.has(alias)) add('semantic-name-taken', `Measure alias ${alias} conflicts with a measure alias used elsewhere in the model`, placeOf(input));
      aliases.add(alias);
    }
    for (const name of new Set(inputs.map((input) => input.name))) {
      const same = inputs.filter((input) => input.name === name);
      if (same.length > 1 && same.some(({ filters, alias }) => filters.length > 0 && alias === undefined)) {
        add('semantic-metric', `PydanticMetric ${node.name} depends on multiple different constrained versions of measure ${name}. In such cases, aliases must be provided`, ['name']);
      }
    }
  }
  return faults;
}

/** The measures that a metric comes down to, each once. */
function measuresOf(metric: MetricParts, around: Surroundings, above: Set<string>): MetricInput[] {
  const { type } = metric;
  const own = type === 'conversion' ? [metric.conversion?.baseMeasure, metric.conversion?.conversionMeasure] : type === 'simple' || type === 'cumulative' ? [metric.measure] : [];
  const found = own.filter((input): input is MetricInput => input !== undefined);
  above.add(metric.node.name);
  if (type === 'ratio' || type === 'derived') {
    for (const { name } of inputsOf(metric)) {
      const input = above.has(name) ? undefined : around.metric(name);
      if (input !== undefined) found.push(...measuresOf(input, around, above));
    }
  }
  above.delete(metric.node.name);
  const keys = new Set<string>();
  return found.filter(({ key }) => !keys.has(key) && keys.add(key));
}

/** The names of custom granularities. */
function faultsOfSpines({ models, metrics, spines }: Layer): IndexProblem[] {
  const problems: IndexProblem[] = [];
  const kinds = new Map<string, string>();
  for (const model of models) for (const { name, kind } of elementsOfModel(model)) kinds.set(name, kind);
  for (const { node } of metrics) kinds.set(node.name, 'metric');
  for (const { node } of models) kinds.set(node.name, 'semantic_model');
  const seen = new Set<string>();
  for (const { patch, timeSpine } of spines) {
    if (patch === undefined || timeSpine === undefined) continue;
    for (const { name, index } of timeSpine.customs) {
      const at: Anchor = { kind: 'yaml', file: patch.file, entry: patch.entry, path: ['time_spine', 'custom_granularities', index, 'name'], part: 'value' };
      const add = (code: SemanticCode, message: string): void => void problems.push({ code, message, dbt: 'error', at });
      for (const fault of faultsOfName(name)) add('semantic-name', fault);
      const kind = kinds.get(name);
      if (kind !== undefined) add('semantic-name-taken', `Can't use name \`${name}\` for a custom granularity when it was already used for a ${kind}`);
      if (seen.has(name)) add('semantic-name-taken', 'Custom granularity names must be unique, but found duplicate custom granularities');
      seen.add(name);
    }
  }
  return problems;
}
