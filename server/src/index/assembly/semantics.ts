/** Metrics and semantic models: what metrics depend on, metrics that measures create, and those that models declare (dbt-semantics §5.7). */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { ConfigValue } from '../../base/unknown.ts';
import { layerOfDict } from '../../dbt/config-merge.ts';
import type { DeclaredNode, RelationNode } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import { checkDescription, checkGroup } from './checks.ts';
import { listOf } from './config.ts';
import { declaredNode } from './declared-node.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { entryDict } from './shared.ts';
import { pyStr } from '../../dbt/python-repr.ts';

/** A measure with `create_metric: true` makes a simple metric of its name. */
export function addCreatedMetrics(context: AssemblyContext, row: EntryRow, model: DeclaredNode, output: AssemblyOutput): void {
  for (const [index, measure] of listOf(model.declaration.get('measures')).entries()) {
    if (!isPyDict(measure) || measure.get('create_metric') !== true) continue;
    const name = measure.get('name');
    if (typeof name !== 'string') continue;
    const parameters: PyDict = new Map<PyValue, PyValue>([
      ['measure', new Map<PyValue, PyValue>([['name', name]])],
      ['expr', measure.get('expr') ?? name],
    ]);
    const declaration: PyDict = new Map<PyValue, PyValue>([
      ['name', name],
      ['label', measure.get('label') ?? name],
      ['type', 'simple'],
      ['type_params', parameters],
    ]);
    const config = new Map<string, ConfigValue>([['enabled', model.enabled]]);
    const meta = model.config.get('meta');
    if (meta !== undefined) config.set('meta', meta);
    // The rendered measure lacks what is rendered later, with doc().
    const raw = listOf(entryDict(row).get('measures'))[index];
    const description = (isPyDict(raw) ? raw.get('description') : undefined) ?? `Metric created from measure ${name}`;
    output.nodes.push(
      declaredNode(context, row, 'metric', declaration, {
        name,
        config,
        description,
        path: ['measures', index],
        createdBy: model.name,
        dependsOnDeclared: [`semantic_model:${model.name}`],
      }, output),
    );
  }
}

/** The semantic model and the metrics that the entry of a model declares. Versions of models cannot have them. */
export function addSemanticsOfModel(context: AssemblyContext, row: EntryRow, node: RelationNode, output: AssemblyOutput): void {
  const entry = entryDict(row);
  const written = entry.get('semantic_model');
  const own = isPyDict(written) ? written : undefined;
  if (!context.render.hasFeature('semantic-models-on-models')) return;
  const isWanted = written === true || (own !== undefined && own.get('enabled') !== false);
  if (!isWanted) return;
  const givenName = own?.get('name');
  const name = typeof givenName === 'string' ? givenName : node.name;
  const model = declaredNode(context, row, 'semantic_model', semanticDeclaration(entry, node.name), {
      name,
      namePath: typeof givenName === 'string' ? ['semantic_model', 'name'] : ['name'],
      config: semanticConfig(own),
      description: entry.get('description'),
    }, output);
  output.nodes.push(model);
  const group = model.config.get('group');
  if (model.enabled === true && typeof group === 'string') checkGroup(context, model, group, output);
  for (const [index, metric] of listOf(entry.get('metrics')).entries()) {
    if (!isPyDict(metric)) continue;
    const metricName = metric.get('name');
    if (typeof metricName !== 'string') continue;
    const isSimple = pyStr(metric.get('type') ?? 'simple').toLowerCase() === 'simple';
    const made = declaredNode(context, row, 'metric', metric, {
        name: metricName,
        path: ['metrics', index],
        description: metric.get('description'),
        ...(isSimple ? { dependsOnDeclared: [`semantic_model:${name}`] } : {}),
    }, output);
    output.nodes.push(made);
    if (made.enabled !== false) checkDescription(context, row, metric, ['metrics', index], made.uniqueId, output);
  }
}

/** The parts of a model's entry that make its semantic model. */
function semanticDeclaration(entry: PyDict, modelName: string): PyDict {
  const declaration: PyDict = new Map<PyValue, PyValue>([['model', `ref('${modelName}')`]]);
  for (const key of ['agg_time_dimension', 'primary_entity', 'columns', 'derived_semantics']) {
    const value = entry.get(key);
    if (value !== undefined) declaration.set(key, value);
  }
  return declaration;
}

function semanticConfig(own: PyDict | undefined): Map<string, ConfigValue> {
  const config = new Map<string, ConfigValue>();
  if (own === undefined) return config;
  const written = own.get('config');
  // dbt looks at the others only if there is a config as well.
  if (!isPyDict(written)) return config;
  for (const [key, value] of layerOfDict(written)) if (key === 'meta') config.set(key, value);
  for (const key of ['enabled', 'group']) {
    const value = own.get(key);
    if (value !== undefined && value !== null) config.set(key, value);
  }
  return config;
}
