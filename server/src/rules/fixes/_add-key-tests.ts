/** The fix that tests a primary key: unique and not_null on one column, or uniqueness of two together. */

import type { FileId } from '../../base/file-id.ts';
import { relativePath } from '../../base/file-id.ts';
import type { PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { valueAt } from '../../facts/value-spans.ts';
import type { RelationNode, SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import type { YamlEdits } from '../../syntax/yaml/edit.ts';
import type { YamlMapping } from '../../syntax/yaml/node.ts';
import type { Fix, FixTools, Report } from '../rule.ts';
import type { KeyGuess } from './_key-guess.ts';
import { guessKey } from './_key-guess.ts';
import { addModelEntry } from './_model-entry.ts';
import { combinationTest, testsKeyFor } from './_test-data.ts';
import { addToList, editableYaml, entryNode, entryOf, mappingAt } from './_yaml-place.ts';

const KEY_TESTS = ['unique', 'not_null'] as const;

/** A key and the tests that it lacks. */
interface UntestedKey extends KeyGuess {
  readonly lacks: readonly string[];
}

/**
 * The fix for a node without a tested key; `unique` is the column that is tested unique and lacks `not_null` only. Undefined
 * if no key can be guessed or the place for its tests cannot be told.
 */
export function addKeyTests(project: ProjectView, node: RelationNode | SourceNode, unique: string | undefined): Report<string>['fix'] {
  const guess = unique === undefined ? guessKey(project, node) : { columns: [unique] };
  const key: UntestedKey | undefined = guess && { ...guess, lacks: unique === undefined ? KEY_TESTS : ['not_null'] };
  if (key === undefined || areTestsDisabled(project, placeOfTests(node))) return undefined;
  if (node.resourceType !== 'source' && node.patch === undefined) {
    if (node.resourceType !== 'model') return undefined;
    return { kind: 'suggested', make: (tools) => inNewEntry(tools, node, key) };
  }
  // A column that is declared nowhere could be of one version or of all; nobody can tell.
  const isVersion = node.resourceType !== 'source' && node.version !== null;
  if (isVersion && declaredColumn(node, key) === undefined) return undefined;
  // A unique test that is written and yet proves nothing is a disabled one: to enable it is for a person to decide.
  if (key.lacks.includes('unique') && isWrittenUnique(project, node, key)) return undefined;
  return { kind: 'suggested', make: (tools) => inEntry(tools, node, key) };
}

function placeOfTests(node: RelationNode | SourceNode): FileId {
  return (node.resourceType === 'source' ? node.entry.file : node.patch?.file) ?? node.file;
}

/** True if dbt_project.yml disables the tests of a file's folder: new ones would be as blind as the others. */
function areTestsDisabled(project: ProjectView, file: FileId): boolean {
  const folders = relativePath(project.root, file).split('/').slice(1, -1);
  let isDisabled = false;
  for (const section of ['tests', 'data_tests']) {
    let level: PyValue | undefined = project.projectConfig().get(section);
    for (const step of [project.name, ...folders, undefined]) {
      if (!isPyDict(level)) break;
      const enabled = level.get('+enabled') ?? level.get('enabled');
      if (typeof enabled === 'boolean') isDisabled = !enabled;
      level = step === undefined ? undefined : level.get(step);
    }
  }
  return isDisabled;
}

function isWrittenUnique(project: ProjectView, node: RelationNode | SourceNode, key: KeyGuess): boolean {
  const reference = node.resourceType === 'source' ? node.entry : node.patch;
  const column = declaredColumn(node, key);
  const raw = reference === undefined || column === undefined ? undefined : valueAt(project.entry(reference), column.path);
  if (!isPyDict(raw)) return false;
  return ['tests', 'data_tests'].flatMap((testsKey) => raw.get(testsKey) ?? []).some((test) => {
    return test === 'unique' || (isPyDict(test) && (test.has('unique') || test.get('test_name') === 'unique'));
  });
}

function declaredColumn(node: RelationNode | SourceNode, { columns }: KeyGuess): RelationNode['columns'][number] | undefined {
  const [name] = columns;
  if (columns.length > 1) return undefined;
  return node.columns.find((column) => column.name.toLowerCase() === name?.toLowerCase());
}

function inNewEntry(tools: FixTools, node: RelationNode, { columns }: KeyGuess): Fix | undefined {
  const added = addModelEntry(tools, node, { key: columns });
  return added === undefined ? undefined : { title: titleOf(columns, KEY_TESTS), kind: 'suggested', edits: [added] };
}

function inEntry(tools: FixTools, node: RelationNode | SourceNode, key: UntestedKey): Fix | undefined {
  const now = tools.project.node(node.uniqueId);
  if (now === undefined || !('columns' in now)) return undefined;
  const reference = now.resourceType === 'source' ? now.entry : now.patch;
  const source = reference === undefined ? undefined : editableYaml(tools, reference.file);
  const entry = source === undefined || reference === undefined ? undefined : entryNode(source.root, reference);
  if (reference === undefined || source === undefined || entry === undefined) return undefined;
  const owner = now.resourceType === 'source' ? mappingAt(entry, now.tablePath) : entry;
  if (owner === undefined) return undefined;

  const { columns, lacks } = key;
  const fixWith = (edits: YamlEdits, tests: readonly string[]): Fix | undefined =>
    edits === undefined ? undefined : { title: titleOf(columns, tests), kind: 'suggested', edits: [{ file: reference.file, edits }] };
  const [name] = columns;
  if (name === undefined) return undefined;
  if (columns.length > 1) {
    const testsKey = testsKeyFor(tools.project, owner, source.root);
    return fixWith(addToList(source, owner, testsKey, [combinationTest(tools.project, columns)]), lacks);
  }
  const declared = declaredColumn(now, key);
  if (declared === undefined) {
    const column = { name, [testsKeyFor(tools.project, undefined, source.root)]: lacks };
    return fixWith(addToList(source, owner, 'columns', [column]), lacks);
  }
  const column = mappingAt(entry, declared.path);
  if (column === undefined) return undefined;
  const testsKey = testsKeyFor(tools.project, column, source.root);
  const missing = lacks.filter((test) => !hasTest(column, testsKey, test));
  return missing.length === 0 ? undefined : fixWith(addToList(source, column, testsKey, missing), missing);
}

/** True if the column's list has a test of that name, be it disabled. */
function hasTest(column: YamlMapping, testsKey: string, test: string): boolean {
  const list = entryOf(column, testsKey)?.value;
  if (list?.kind !== 'sequence') return false;
  return list.items.some((item) => {
    if (item.kind === 'scalar') return item.value === test;
    return item.kind === 'mapping' && (entryOf(item, test) !== undefined || valueOf(item, 'test_name') === test);
  });
}

function valueOf(mapping: YamlMapping, key: string): unknown {
  const value = entryOf(mapping, key)?.value;
  return value?.kind === 'scalar' ? value.value : undefined;
}

function titleOf(columns: readonly string[], tests: readonly string[]): string {
  const [column = '', second] = columns;
  if (second !== undefined) return `Test that ${column} and ${second} are unique together`;
  const [test = ''] = tests;
  return tests.length === 1 ? `Add a ${test} test on ${column}` : `Add unique and not_null tests on ${column}`;
}
