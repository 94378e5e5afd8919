/** The primary key that dbt infers for a model (`ModelNode.infer_primary_key`): the manifest's `primary_key`. */

import { isPyDict, type PyValue } from '../base/python-values.ts';
import type { Unknown } from '../base/unknown.ts';
import { comparePythonStrings } from './generic-test-names.ts';

/** A generic test that is attached to the model. */
export interface PrimaryKeyTest {
  /** The test's name without package: `unique`. */
  readonly testName: string;
  /** The raw arguments: a quoted column keeps its quotes. */
  readonly kwargs: ReadonlyMap<PyValue, PyValue>;
  readonly enabled: boolean | Unknown;
}

/** What a model declares about its keys. */
export interface PrimaryKeyInput {
  /** Model-level constraints as written. */
  readonly constraints: readonly PyValue[];
  readonly columns: readonly { readonly name: string; readonly constraints: readonly PyValue[] }[];
  readonly tests: readonly PrimaryKeyTest[];
}

/**
 * The columns of the key, sorted: of a primary-key constraint, else those with both `unique` and `not_null` tests, else those
 * with enabled, else with disabled uniqueness tests. A test of which nobody knows whether it is enabled counts as disabled.
 */
export function inferPrimaryKey(input: PrimaryKeyInput): string[] {
  return keyColumns(input).sort(comparePythonStrings);
}

const UNIQUENESS_TESTS: ReadonlySet<string> = new Set(['unique', 'unique_combination_of_columns']);

function keyColumns(input: PrimaryKeyInput): string[] {
  const constraint = input.constraints.find(isPrimaryKey);
  if (isPyDict(constraint)) return textsOf(constraint.get('columns'));
  const column = input.columns.find((candidate) => candidate.constraints.some(isPrimaryKey));
  if (column !== undefined) return [column.name];

  const uniqueEnabled = new Set<string>();
  const uniqueDisabled = new Set<string>();
  const notNull = new Set<string>();
  for (const test of input.tests) {
    for (const name of columnsOfTest(test.kwargs)) {
      if (UNIQUENESS_TESTS.has(test.testName)) (test.enabled === true ? uniqueEnabled : uniqueDisabled).add(name);
      else if (test.testName === 'not_null') notNull.add(name);
    }
  }
  const both = [...notNull].filter((name) => uniqueEnabled.has(name) || uniqueDisabled.has(name));
  if (both.length > 0) return both;
  return uniqueEnabled.size > 0 ? [...uniqueEnabled] : [...uniqueDisabled];
}

function isPrimaryKey(constraint: PyValue): boolean {
  return isPyDict(constraint) && constraint.get('type') === 'primary_key';
}

function columnsOfTest(kwargs: ReadonlyMap<PyValue, PyValue>): string[] {
  const column = kwargs.get('column_name');
  if (typeof column === 'string') return [column];
  return textsOf(kwargs.get('combination_of_columns'));
}

function textsOf(value: PyValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
