/** Which texts of property files dbt renders as Jinja while it reads them, and which it keeps for later (dbt-core `SchemaYamlRenderer`). */

import type { PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { pyStr } from './python-repr.ts';

type Path = readonly (string | number)[];

const LATER: ReadonlySet<string | number | undefined> = new Set(['tests', 'data_tests', 'description']);
const LATER_AT_TOP: ReadonlySet<string | number | undefined> = new Set([...LATER, 'loaded_at_query']);
const LATER_IN_CONFIG: ReadonlySet<string | number | undefined> = new Set(['pre_hook', 'post_hook', 'loaded_at_query']);
const DESCRIBED_PARTS: ReadonlySet<string | number | undefined> = new Set(['columns', 'dimensions', 'measures', 'entities', 'metrics']);

/** True if dbt renders the text at the path of an entry at once. */
export function isRenderedAtOnce(section: string, path: Path): boolean {
  const [first, second] = path;
  const isFilter = path.at(-1) === 'filter' || path.at(-2) === 'filter';
  switch (section) {
    case 'sources':
      if (first === 'description' || first === 'loaded_at_query' || (first === 'config' && second === 'loaded_at_query')) return false;
      return first !== 'tables' || !isKept(path.slice(2));
    case 'macros':
      return !isKept(first === 'arguments' ? path.slice(1) : path);
    case 'metrics':
      return !isFilter && !isKept(path);
    case 'saved_queries':
      return !(first === 'query_params' && second === 'where') && !isKept(path);
    default:
      return !(first === 'metrics' && isFilter) && !isKept(path);
  }
}

function isKept(path: Path): boolean {
  const [first, second, third, fourth, fifth] = path;
  if (LATER_AT_TOP.has(first)) return true;
  if (path.length === 2 && LATER_AT_TOP.has(second)) return true;
  if (first === 'config' && LATER_IN_CONFIG.has(second)) return true;
  if (path.length === 5 && fifth === 'description') return true;
  if (first === 'versions') return LATER.has(third) || (third === 'columns' && LATER.has(fifth));
  if (DESCRIBED_PARTS.has(first)) return LATER.has(third);
  return first === 'derived_semantics' && (second === 'dimensions' || second === 'entities') && LATER.has(fourth);
}

/** True for a text that holds Jinja: of an entry that is rendered, one that files cannot tell. */
export function isTemplate(value: PyValue | undefined): boolean {
  return typeof value === 'string' && /\{[{%]/.test(value);
}

/** True if dbt renders a text of an entry that holds Jinja. */
export function isTemplateEntry(section: string, entry: PyValue): boolean {
  const path: (string | number)[] = [];
  const holds = (value: PyValue): boolean => {
    if (typeof value === 'string') return value.includes('{') && /\{[{%#]/.test(value) && isRenderedAtOnce(section, path);
    if (Array.isArray(value)) return value.some((item, index) => below(index, item));
    if (!isPyDict(value)) return false;
    for (const [key, child] of value) if (below(typeof key === 'number' ? key : pyStr(key), child)) return true;
    return false;
  };
  const below = (step: string | number, child: PyValue): boolean => {
    if (typeof child !== 'string' && (typeof child !== 'object' || child === null)) return false;
    path.push(step);
    const found = holds(child);
    path.pop();
    return found;
  };
  return holds(entry);
}

/** An entry with the texts that dbt renders when it reads it; parts that stay as they are are shared. */
export function renderedEntry(section: string, entry: PyValue, render: (text: string) => PyValue): PyValue {
  const path: (string | number)[] = [];
  const below = (step: string | number, child: PyValue): PyValue => {
    path.push(step);
    const found = rendered(child);
    path.pop();
    return found;
  };
  const rendered = (value: PyValue): PyValue => {
    if (typeof value === 'string') return isRenderedAtOnce(section, path) ? render(value) : value;
    if (Array.isArray(value)) {
      const items = value.map((item, index) => below(index, item));
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    if (!isPyDict(value)) return value;
    const children = [...value].map(([key, child]): [PyValue, PyValue] => [key, below(typeof key === 'number' ? key : pyStr(key), child)]);
    return children.some(([key, child]) => child !== value.get(key)) ? new Map(children) : value;
  };
  return rendered(entry);
}
