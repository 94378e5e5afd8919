/** Unit tests in the form in which dbt's manifest has them: rows as dicts, wherever they are written (dbt-core `UnitTestParser`). */

import type { JsonRecord, JsonSource } from '../base/json-text.ts';
import type { PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import type { DeclaredNode } from '../index/model.ts';
import { readCsvRows } from '../syntax/csv.ts';

/** Where rows stand that are not in the entry. */
export interface RowSources {
  /** The text of a fixture by its name. */
  readonly fixture: (name: string) => string | undefined;
  /** The text of a seed by the `ref()` that an input says. */
  readonly seed: (input: string) => string | undefined;
}

/** What a unit test says beside what all declared things have. */
export function unitTestFields(node: DeclaredNode, sources: RowSources): JsonRecord {
  const { declaration } = node;
  const given = declaration.get('given');
  const overrides = declaration.get('overrides');
  const versions = declaration.get('versions');
  const expect = declaration.get('expect');
  return {
    model: declaration.get('model') ?? null,
    given: Array.isArray(given) ? given.map((input) => (isPyDict(input) ? { input: input.get('input') ?? null, ...fixtureOf(input, sources) } : input)) : [],
    expect: isPyDict(expect) ? fixtureOf(expect, sources) : null,
    overrides: isPyDict(overrides)
      ? { macros: overrides.get('macros') ?? {}, vars: overrides.get('vars') ?? {}, env_vars: overrides.get('env_vars') ?? {} }
      : null,
    versions: isPyDict(versions) ? { include: versions.get('include') ?? null, exclude: versions.get('exclude') ?? null } : null,
  };
}

function fixtureOf(written: ReadonlyMap<PyValue, PyValue>, sources: RowSources): JsonRecord {
  const format = written.get('format') ?? 'dict';
  const fixture = written.get('fixture') ?? null;
  return { rows: rowsOf(written, format, fixture, sources), format, fixture };
}

function rowsOf(written: ReadonlyMap<PyValue, PyValue>, format: PyValue, fixture: PyValue, sources: RowSources): JsonSource {
  const rows = written.get('rows') ?? null;
  const file = typeof fixture === 'string' && fixture !== '' && format !== 'dict' ? sources.fixture(fixture) : undefined;
  if (format === 'csv') {
    const text = file ?? rows;
    // Empty cells of a CSV are nulls.
    return typeof text === 'string' ? completeFirst(readCsvRows(text).map((row) => new Map([...row].map(([key, value]) => [key, value === '' ? null : value])))) : rows;
  }
  if (format === 'sql') return file ?? rows;
  if (Array.isArray(rows)) return completeFirst(rows);
  const input = written.get('input');
  const seed = rows === null && fixture === null && typeof input === 'string' ? sources.seed(input) : undefined;
  return seed === undefined ? rows : completeFirst(readCsvRows(seed));
}

/** dbt lets the first row without a null change places with the first row, for databases that take types from it. */
function completeFirst(rows: readonly (PyValue | ReadonlyMap<string, string | null>)[]): JsonSource {
  const at = rows.findIndex((row) => !(row instanceof Map) || [...row.values()].every((value) => value !== null));
  const [first] = rows;
  const complete = rows[at];
  if (at <= 0 || first === undefined || complete === undefined) return rows;
  return rows.map((row, index) => (index === 0 ? complete : index === at ? first : row));
}
