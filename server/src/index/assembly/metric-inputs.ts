/** What a metric depends on: its input metrics, or the semantic model that owns its measure (dbt-semantics §5.7). */


import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { PackageState } from '../project-index.ts';
import { listOf } from './config.ts';
import type { AssemblyContext } from './shared.ts';
import { compare, entryDict, sortedEntries } from './shared.ts';
import { pyStr } from '../../dbt/python-repr.ts';

/** What a metric depends on: input metrics (`metric:revenue`), or the semantic models that own its measures. */
export function metricInputs(context: AssemblyContext, declaration: PyDict): string[] {
  const parameters = declaration.get('type_params');
  const type = pyStr(declaration.get('type') ?? 'simple').toLowerCase();
  const wanted = isPyDict(parameters) ? measuredInputs(context, type, parameters) : newInputs(type, declaration);
  return [...new Set(wanted)];
}

/** With `type_params`, as before dbt 1.12. */
function measuredInputs(context: AssemblyContext, type: string, parameters: PyDict): string[] {
  switch (type) {
    case 'simple':
    case 'cumulative':
      return measureOwners(context, [parameters.get('measure')]);
    case 'conversion': {
      const conversion = parameters.get('conversion_type_params');
      return isPyDict(conversion) ? measureOwners(context, [conversion.get('base_measure'), conversion.get('conversion_measure')]) : [];
    }
    case 'ratio':
      return metricNames([parameters.get('numerator'), parameters.get('denominator')]);
    default:
      return metricNames(listOf(parameters.get('metrics')));
  }
}

/** Without `type_params`: what they held stands in the metric itself. */
function newInputs(type: string, declaration: PyDict): string[] {
  switch (type) {
    case 'cumulative':
      return metricNames([declaration.get('input_metric')]);
    case 'conversion':
      return metricNames([declaration.get('base_metric'), declaration.get('conversion_metric')]);
    case 'ratio':
      return metricNames([declaration.get('numerator'), declaration.get('denominator')]);
    case 'derived':
      return metricNames(listOf(declaration.get('input_metrics')));
    default:
      return [];
  }
}

function metricNames(inputs: readonly (PyValue | undefined)[]): string[] {
  return inputs.flatMap((input) => {
    const name = nameOf(input);
    return name === undefined ? [] : [`metric:${name}`];
  });
}

function measureOwners(context: AssemblyContext, inputs: readonly (PyValue | undefined)[]): string[] {
  return inputs.flatMap((input) => {
    const measure = nameOf(input);
    const owner = measure === undefined ? undefined : semanticModelOfMeasure(context, measure);
    return measure === undefined ? [] : owner === undefined ? [`measure:${measure}`] : [`semantic_model:${owner}`];
  });
}

/** An input is a name, or a dict with one. */
function nameOf(input: PyValue | undefined): string | undefined {
  const name = isPyDict(input) ? input.get('name') : input;
  return typeof name === 'string' ? name : undefined;
}

/** The root project's semantic models first, then those of the own package, then all others. */
function semanticModelOfMeasure(context: AssemblyContext, measure: string): string | undefined {
  context.note('*/section:semantic_models');
  const others = [...context.packages.values()].sort((a, b) => compare(a.name, b.name));
  for (const state of [context.rootPackage, context.owner, ...others]) {
    const owner = measureOwnerIn(state, measure);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function measureOwnerIn(state: PackageState, measure: string): string | undefined {
  for (const key of state.tables.entries.keys()) {
    if (!key.startsWith('semantic_models/')) continue;
    for (const row of sortedEntries(state.tables.entries.get(key))) {
      const measures = listOf(entryDict(row).get('measures'));
      if (measures.some((item) => isPyDict(item) && item.get('name') === measure)) return row.entry.name;
    }
  }
  return undefined;
}
