/** What dbt asks of the `time_spine:` of a model (dbt-core `UnparsedModelUpdate`). */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { pyRepr, pyStr } from './python-repr.ts';
import { isTemplate } from './rendered-keys.ts';

/** A fault of a time spine; `path` leads from the model's entry to its place. */
export interface TimeSpineFault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** What dbt refuses of a model's time spine. Of models with versions, whose columns are put together first, nothing is said. */
export function timeSpineFaults(entry: PyDict): readonly TimeSpineFault[] {
  const spine = entry.get('time_spine');
  const standard = isPyDict(spine) ? spine.get('standard_granularity_column') : undefined;
  if (!isPyDict(spine) || typeof standard !== 'string' || entry.has('versions')) return [];
  const columns = new Map<PyValue, PyDict>();
  const written = entry.get('columns');
  for (const column of Array.isArray(written) ? written : []) if (isPyDict(column)) columns.set(column.get('name') ?? null, column);
  const model = pyStr(entry.get('name') ?? null);
  const names = [...columns.keys()].map(pyRepr).join(', ');
  const found = columns.get(standard);
  // A template may come to anything.
  if ([standard, ...columns.keys()].some((name) => isTemplate(name))) return [];
  const at = ['time_spine', 'standard_granularity_column'];
  if (found === undefined) {
    return [{ message: `Time spine standard granularity column must be defined on the model. Got invalid column name '${standard}' for model '${model}'. Valid names: [${names}]`, path: at }];
  }
  const granularity = found.get('granularity') ?? '';
  if (granularity === '') {
    return [{ message: `Time spine standard granularity column must have a granularity defined. Please add one for column '${standard}' in model '${model}'`, path: at }];
  }
  const customs = spine.get('custom_granularities');
  const missing = (Array.isArray(customs) ? customs : []).flatMap((custom, index) => {
    if (!isPyDict(custom)) return [];
    const named = custom.get('column_name') ?? '';
    const key = named === '' ? 'name' : 'column_name';
    const name = custom.get(key);
    return typeof name !== 'string' || columns.has(name) || isTemplate(name) ? [] : [{ name, path: ['time_spine', 'custom_granularities', index, key] }];
  });
  const all = missing.map(({ name }) => pyRepr(name)).join(', ');
  const message = `Time spine custom granularity columns do not exist in the model. Columns not found: [${all}]; Available columns: [${names}]`;
  return missing.map(({ path }) => ({ message, path }));
}
