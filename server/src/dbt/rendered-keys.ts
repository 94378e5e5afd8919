/** Which texts of property files dbt renders as Jinja while it reads them, and which it keeps for later (dbt-core `SchemaYamlRenderer`). */

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
