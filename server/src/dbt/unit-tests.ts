/** What dbt refuses of a unit test by itself: rows that do not fit their format, fixtures that are missing, versions asked for in two ways. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict, isTruthy } from '../base/python-values.ts';
import { pyStr } from './python-repr.ts';

/** A fault of a unit test, in dbt's words; `path` leads to the value from the entry. */
export interface UnitTestProblem {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/**
 * Checks an entry of `unit_tests:` in itself (dbt-core `parser/unit_tests.py`). `seedFault` tells why dbt finds no seed whose rows an input has that
 * says none of its own.
 */
export function checkUnitTest(
  entry: PyDict,
  file: string,
  hasFixture: (name: string) => boolean,
  seedFault: (input: string) => string | undefined,
): readonly UnitTestProblem[] {
  const problems: UnitTestProblem[] = [];
  const name = pyStr(entry.get('name') ?? null);
  const versions = entry.get('versions');
  if (isPyDict(versions) && isTruthy(versions.get('include')) && isTruthy(versions.get('exclude'))) {
    problems.push({ message: 'at path []: Unit tests can not both include and exclude versions.', path: ['versions'] });
  }
  if (versions === null) problems.push({ message: "'NoneType' object is not iterable", path: ['versions'] });
  const given = entry.get('given');
  const fixtures: readonly [PyValue, readonly (string | number)[], 'input' | 'expected'][] = [
    ...(Array.isArray(given) ? given : []).map((item, index): [PyValue, readonly (string | number)[], 'input'] => [item, ['given', index], 'input']),
    [entry.get('expect') ?? null, ['expect'], 'expected'],
  ];
  for (const [fixture, path, kind] of fixtures) {
    if (isPyDict(fixture)) problems.push(...rowsProblems(name, fixture, path, kind, file, hasFixture, seedFault));
  }
  return problems;
}

function rowsProblems(
  name: string,
  fixture: PyDict,
  path: readonly (string | number)[],
  kind: 'input' | 'expected',
  file: string,
  hasFixture: (name: string) => boolean,
  seedFault: (input: string) => string | undefined,
): UnitTestProblem[] {
  const format = fixture.get('format') ?? 'dict';
  const rows = fixture.get('rows') ?? null;
  const fixtureName = fixture.get('fixture') ?? null;
  if (isTemplate(format) || isTemplate(rows) || isTemplate(fixtureName)) return [];
  const at = rows === null ? path : [...path, 'rows'];
  if (format === 'dict') {
    // Without rows an input takes those of a seed.
    if (Array.isArray(rows)) return [];
    if (rows === null && fixtureName === null && kind === 'input') {
      const input = fixture.get('input') ?? null;
      const fault = typeof input !== 'string' || isTemplate(input) ? undefined : seedFault(input);
      return fault === undefined ? [] : [{ message: fault, path: [...path, 'input'] }];
    }
    return [{ message: `Unit test ${name} has ${kind} rows which do not match format dict`, path: at }];
  }
  if (format !== 'csv' && format !== 'sql') return [];
  if (typeof rows !== 'string' && typeof fixtureName !== 'string') {
    return [{ message: `Unit test ${name} has ${kind} rows or fixtures which do not match format ${format}.  Expected string.`, path: at }];
  }
  if (typeof fixtureName !== 'string' || fixtureName === '' || hasFixture(fixtureName)) return [];
  return [{ message: `File not found for fixture '${fixtureName}' in unit tests in ${file}`, path: [...path, 'fixture'] }];
}

function isTemplate(value: PyValue): boolean {
  return typeof value === 'string' && /\{[{%]/.test(value) && !value.includes('\n');
}

/** What the model of a unit test says of its kind. */
export interface TestedModel {
  readonly name: string;
  readonly isVersioned: boolean;
  /** Whether the model's template calls `is_incremental()`. */
  readonly asksIncremental: boolean;
}

/** Checks an entry of `unit_tests:` against the model that it tests. */
export function checkUnitTestOfModel(entry: PyDict, model: TestedModel): readonly UnitTestProblem[] {
  const name = pyStr(entry.get('name') ?? null);
  const problems: UnitTestProblem[] = [];
  const overrides = entry.get('overrides');
  const macros = isPyDict(overrides) ? overrides.get('macros') : undefined;
  const override = isPyDict(macros) ? macros.get('is_incremental') : undefined;
  if (model.asksIncremental && typeof override !== 'boolean' && !isTemplate(override ?? null)) {
    problems.push({
      message: `Boolean override for 'is_incremental' must be provided for unit test '${name}' in model '${model.name}'`,
      path: override === undefined ? ['name'] : ['overrides', 'macros', 'is_incremental'],
    });
  }
  const given = entry.get('given');
  const inputs = Array.isArray(given) ? given.map((item) => (isPyDict(item) ? item.get('input') : null)) : [];
  if (model.asksIncremental && override === true && !inputs.includes('this')) {
    problems.push({ message: `Unit test '${name}' for incremental model '${model.name}' must have a 'this' input`, path: ['given'] });
  }
  const versions = entry.get('versions');
  const asked = isPyDict(versions) ? [versions.get('include'), versions.get('exclude')] : [];
  if (!model.isVersioned && asked.some((list) => Array.isArray(list) && list.length > 0)) {
    problems.push({
      message: `Unit test '${name}' should not have a versions include or exclude when referencing non-versioned model '${model.name}'`,
      path: ['versions'],
    });
  }
  return problems;
}
