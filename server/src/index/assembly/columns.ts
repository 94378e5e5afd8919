/** Columns of an entry, as dbt's manifest has them: descriptions resolved, tags and meta from both spellings. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { pyStr } from '../../dbt/python-repr.ts';
import type { ValuePath } from '../../base/value-path.ts';
import { below } from '../../base/value-path.ts';
import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { NodeColumn } from '../model.ts';
import type { AssemblyContext } from './shared.ts';

/** Reads a `columns:` list; `basePath` leads to the list. Of columns with one name the last stays, in the first one's place. */
export function readColumns(
  context: AssemblyContext,
  columns: PyValue | undefined,
  basePath: ValuePath,
): NodeColumn[] {
  if (!Array.isArray(columns)) return [];
  const byName = new Map<string, NodeColumn>();
  for (const [index, item] of columns.entries()) {
    const name = isPyDict(item) ? renderedText(context, item.get('name')) : null;
    if (!isPyDict(item) || typeof name !== 'string') continue;
    byName.set(name, readColumn(context, item, name, below(basePath, index)));
  }
  return Array.from(byName.values());
}

const NO_TEXTS: readonly string[] = [];
const NO_CONSTRAINTS: readonly PyValue[] = [];
const NO_META: PyDict = new Map();

function readColumn(context: AssemblyContext, item: PyDict, name: string, path: ValuePath): NodeColumn {
  const config = item.get('config');
  const configDict: PyDict | undefined = isPyDict(config) ? config : undefined;
  const dataType = renderedText(context, item.get('data_type'));
  const constraints = item.get('constraints');
  const granularity = item.get('granularity');
  const column: NodeColumn = {
    name,
    description: context.render.description(context, item.get('description')),
    dataType: typeof dataType === 'string' ? dataType : null,
    quote: quoteOf(context, item.get('quote')),
    tags: tagsOfColumn(context, item.get('tags'), configDict?.get('tags')),
    meta: mergedDict(context, [['columns', 0, 'meta'], item.get('meta')], [['columns', 0, 'config', 'meta'], configDict?.get('meta')]),
    constraints: Array.isArray(constraints) ? constraints : NO_CONSTRAINTS,
    docBlocks: context.render.docBlocks(context, item.get('description')),
    path,
  };
  const semantics = semanticsOf(context, item);
  const others = othersOf(context, item);
  // Spreads of what nearly all columns lack would cost more than the column.
  if (semantics === undefined && others === undefined && typeof granularity !== 'string') return column;
  return { ...column, ...semantics, ...others, ...(typeof granularity === 'string' ? { granularity } : {}) };
}

function quoteOf(context: AssemblyContext, written: PyValue | undefined): boolean | null {
  if (written === undefined || written === null) return null;
  const quote = context.render.yaml(context, written);
  return typeof quote === 'boolean' ? quote : null;
}

function semanticsOf(context: AssemblyContext, item: PyDict): Pick<NodeColumn, 'semantics'> | undefined {
  if (!item.has('entity') && !item.has('dimension')) return undefined;
  const written: PyDict = new Map([...item].filter(([key]) => key === 'name' || key === 'description' || key === 'entity' || key === 'dimension'));
  const rendered = context.render.yaml(context, written, ['columns', 0]);
  return isPyDict(rendered) ? { semantics: rendered } : undefined;
}

/** The keys of a column that dbt knows (`UnparsedColumn`). */
const KNOWN_KEYS: ReadonlySet<PyValue> = new Set([
  'name', 'description', 'meta', 'data_type', 'constraints', 'docs', 'config', 'data_tests', 'tests', 'quote', 'tags', 'granularity', 'dimension', 'entity',
]);

function othersOf(context: AssemblyContext, item: PyDict): Pick<NodeColumn, 'others'> | undefined {
  let others: PyDict | undefined;
  for (const [key, value] of item) if (!KNOWN_KEYS.has(key)) (others ??= new Map()).set(key, value);
  if (others === undefined) return undefined;
  const rendered = context.render.yaml(context, others, ['columns', 0]);
  return isPyDict(rendered) ? { others: rendered } : undefined;
}

function tagsOfColumn(context: AssemblyContext, ...lists: readonly (PyValue | undefined)[]): readonly string[] {
  if (lists.every((list) => list === undefined || list === null)) return NO_TEXTS;
  return [...new Set(lists.flatMap((list) => stringList(context, list)))].sort();
}

/** A rendered scalar as text; null if absent or not a scalar. */
export function renderedText(context: AssemblyContext, value: PyValue | undefined): string | Unknown | null {
  if (value === undefined || value === null) return null;
  const rendered = context.render.yaml(context, value);
  if (typeof rendered === 'string' || isUnknown(rendered)) return rendered;
  if (typeof rendered === 'number' || typeof rendered === 'bigint') return String(rendered);
  return null;
}

/** A string or a list of strings, rendered, as a list; what cannot be told is left out. */
export function stringList(context: AssemblyContext, value: PyValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  const rendered = context.render.yaml(context, value);
  if (typeof rendered === 'string') return [rendered];
  if (!Array.isArray(rendered)) return [];
  // dbt makes texts of numbers and the like.
  return rendered.map(pyStr);
}

/** Dicts laid over one another, each with its path in an entry, rendered; what cannot be told is left out. */
function mergedDict(context: AssemblyContext, ...layers: readonly (readonly [readonly (string | number)[], PyValue | undefined])[]): PyDict {
  if (!layers.some(([, layer]) => isPyDict(layer))) return NO_META;
  const merged: PyDict = new Map();
  for (const [path, layer] of layers) {
    if (!isPyDict(layer)) continue;
    const rendered = context.render.yaml(context, layer, path);
    if (isPyDict(rendered)) for (const [key, value] of rendered) merged.set(key, value);
  }
  return merged;
}
