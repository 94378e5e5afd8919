/** Judges whether tests and constraints together prove that a node has a primary key. */

import type { PyValue } from '../../base/python-values.ts';
import { isPyDict, isTruthy } from '../../base/python-values.ts';
import type { ConfigValue, Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { DbtNode, RelationNode, SourceNode, TestNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { testEvidence, whyPossible } from './_test-evidence.ts';

/** `half`: a column is proven unique, but nulls may stand in it. */
export type KeyVerdict =
  | { readonly kind: 'covered' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'half'; readonly column: string }
  | Unknown;

/** Tests that prove a key alone, by name; the package prefix does not matter, since projects copy such macros. */
const KEY_TESTS: ReadonlySet<string> = new Set([
  'unique_combination_of_columns',
  'expect_compound_columns_to_be_unique',
  'expect_column_values_to_be_unique',
  'expect_column_values_to_be_unique_with_context',
  'primary_key',
  'unique_key',
]);

/** `unique_where` and `not_null_where` are those of dbt_utils before 1.0. */
const UNIQUE_TESTS: ReadonlySet<string> = new Set(['unique', 'unique_where']);
const NOT_NULL_TESTS: ReadonlySet<string> = new Set([
  'not_null',
  'not_null_where',
  'not_null_with_context',
  'expect_column_values_to_not_be_null',
  'expect_column_values_to_not_be_null_with_context',
]);

/** What is proven of the columns of a node, by lower-case name. */
interface Evidence {
  isCovered: boolean;
  readonly unique: Set<string>;
  readonly notNull: Set<string>;
}

/** Judges a node by its tests, and a model by the constraints of an enforced contract too. */
export function keyVerdict(project: ProjectView, node: RelationNode | SourceNode, ownTests: readonly string[]): KeyVerdict {
  const { certain, possible } = testEvidence(project, node.uniqueId);
  const own = new Set(ownTests);
  const evidence: Evidence = { isCovered: false, unique: new Set(), notNull: new Set() };
  for (const test of certain) addTest(evidence, test, own);
  const constraints = constraintsInForce(project, node);
  if (constraints === true && node.resourceType !== 'source') addConstraints(evidence, node);
  const verdict = judge(evidence, node);
  if (verdict.kind === 'covered') return verdict;

  // Would it be covered if what files cannot tell were so? Then nobody knows.
  for (const test of possible) addTest(evidence, test, own);
  if (isUnknown(constraints) && node.resourceType !== 'source') addConstraints(evidence, node);
  if (judge(evidence, node).kind !== 'covered') return verdict;
  const [test] = possible;
  if (isUnknown(constraints)) return constraints;
  return { kind: 'unknown', reason: test === undefined ? 'a test may be disabled' : whyPossible(test) };
}

function judge({ isCovered, unique, notNull }: Evidence, node: RelationNode | SourceNode): Exclude<KeyVerdict, Unknown> {
  if (isCovered || [...unique].some((column) => notNull.has(column))) return { kind: 'covered' };
  const [column] = unique;
  if (column === undefined) return { kind: 'missing' };
  return { kind: 'half', column: node.columns.find(({ name }) => name.toLowerCase() === column)?.name ?? column };
}

function addTest(evidence: Evidence, { generic }: TestNode, own: ReadonlySet<string>): void {
  if (generic === undefined) return;
  const { testName, namespace, kwargs } = generic;
  if (KEY_TESTS.has(testName) || own.has(testName) || (namespace !== null && own.has(`${namespace}.${testName}`))) {
    evidence.isCovered = true;
    return;
  }
  const written = generic.columnName ?? kwargs.get('column_name');
  if (typeof written !== 'string') return;
  const column = bareColumn(written);
  if (UNIQUE_TESTS.has(testName)) {
    // An expression such as `order_id || '-' || line` is a key of several columns.
    if (column === undefined) evidence.isCovered = true;
    else evidence.unique.add(column);
  } else if (NOT_NULL_TESTS.has(testName) && column !== undefined) evidence.notNull.add(column);
}

/** The column's name in lower case without quotes; undefined for an expression. */
function bareColumn(written: string): string | undefined {
  const quotes = /^(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\])$/.exec(written.trim());
  const quoted = quotes?.[1] ?? quotes?.[2] ?? quotes?.[3];
  if (quoted !== undefined) return quoted.toLowerCase();
  return /[|()'+,\s]|::/.test(written.trim()) ? undefined : written.trim().toLowerCase();
}

/** dbt writes constraints only into tables, and only under an enforced contract. */
function constraintsInForce(project: ProjectView, node: DbtNode): boolean | Unknown {
  if (node.resourceType !== 'model') return false;
  const materialized = project.config(node, 'materialized');
  if (materialized === 'view' || materialized === 'ephemeral') return false;
  const contract: ConfigValue = project.config(node, 'contract');
  if (isUnknown(contract)) return contract;
  return isPyDict(contract) && isTruthy(contract.get('enforced'));
}

function addConstraints(evidence: Evidence, node: RelationNode): void {
  for (const constraint of node.constraints) addConstraint(evidence, constraint, textsIn(constraint, 'columns'));
  for (const column of node.columns) {
    for (const constraint of column.constraints) addConstraint(evidence, constraint, [column.name]);
  }
}

function addConstraint(evidence: Evidence, constraint: PyValue, columns: readonly string[]): void {
  const type = isPyDict(constraint) ? constraint.get('type') : undefined;
  if (type === 'primary_key' && columns.length > 0) evidence.isCovered = true;
  if (type === 'unique' && columns.length > 1) evidence.isCovered = true;
  const [column] = columns;
  if (column === undefined || columns.length > 1) return;
  if (type === 'unique') evidence.unique.add(column.toLowerCase());
  if (type === 'not_null') evidence.notNull.add(column.toLowerCase());
}

function textsIn(constraint: PyValue, key: string): string[] {
  const value = isPyDict(constraint) ? constraint.get(key) : undefined;
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
