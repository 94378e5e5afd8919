/** The fix that tests a primary key: unique and not_null on one column, or uniqueness of two together. */

import type { RelationNode, SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import type { YamlMapping } from '../../syntax/yaml-node.ts';
import type { FileEdit, Fix, FixTools, Report } from '../rule.ts';
import type { KeyGuess } from './_key-guess.ts';
import { guessKey } from './_key-guess.ts';
import { addModelEntry } from './_model-entry.ts';
import { combinationTest, testedColumn, testsKeyFor } from './_test-lines.ts';
import type { EditableYaml } from './_yaml-insert.ts';
import { addToList, editableYaml, entryNode, entryOf, mappingAt } from './_yaml-insert.ts';

const KEY_TESTS = ['unique', 'not_null'] as const;

/**
 * The fix for a node without a tested key; `known` is the key's column where tests name it already. Undefined if no key can
 * be guessed or the place for its tests cannot be told.
 */
export function addKeyTests(project: ProjectView, node: RelationNode | SourceNode, known: string | undefined): Report<string>['fix'] {
  const key: KeyGuess | undefined = known === undefined ? guessKey(project, node) : { columns: [known] };
  if (key === undefined) return undefined;
  if (node.resourceType !== 'source' && node.patch === undefined) {
    if (node.resourceType !== 'model') return undefined;
    return { kind: 'suggested', make: (tools) => inNewEntry(tools, node, key) };
  }
  // A column that is declared nowhere could be of one version or of all; nobody can tell.
  const isVersion = node.resourceType !== 'source' && node.version !== null;
  if (isVersion && declaredColumn(node, key) === undefined) return undefined;
  return { kind: 'suggested', make: (tools) => inEntry(tools, node, key) };
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

function inEntry(tools: FixTools, node: RelationNode | SourceNode, key: KeyGuess): Fix | undefined {
  const now = tools.project.node(node.uniqueId);
  if (now === undefined || !('columns' in now)) return undefined;
  const reference = now.resourceType === 'source' ? now.entry : now.patch;
  const yaml = reference === undefined ? undefined : editableYaml(tools, reference.file);
  const entry = yaml === undefined || reference === undefined ? undefined : entryNode(yaml, reference);
  if (yaml === undefined || entry === undefined) return undefined;
  const owner = now.resourceType === 'source' ? mappingAt(entry, now.tablePath) : entry;
  if (owner === undefined) return undefined;
  if (key.columns.length > 1) return combination(tools, yaml, owner, key.columns);
  const [name] = key.columns;
  return name === undefined ? undefined : onColumn(tools, yaml, entry, owner, declaredColumn(now, key)?.path, name);
}

function combination(tools: FixTools, yaml: EditableYaml, owner: YamlMapping, columns: readonly string[]): Fix | undefined {
  const testsKey = testsKeyFor(tools.project, owner, yaml.root);
  const edit = addToList(yaml, owner, testsKey, [combinationTest(tools.project, columns, yaml.dashOffset)]);
  return edit === undefined ? undefined : { title: titleOf(columns, KEY_TESTS), kind: 'suggested', edits: [{ file: yaml.file, edits: [edit] }] };
}

function onColumn(
  tools: FixTools,
  yaml: EditableYaml,
  entry: YamlMapping,
  owner: YamlMapping,
  path: readonly (string | number)[] | undefined,
  name: string,
): Fix | undefined {
  if (path === undefined) {
    const column = testedColumn(name, KEY_TESTS, testsKeyFor(tools.project, undefined, yaml.root), yaml.dashOffset);
    const edit = addToList(yaml, owner, 'columns', [column]);
    return edit === undefined ? undefined : { title: titleOf([name], KEY_TESTS), kind: 'suggested', edits: [{ file: yaml.file, edits: [edit] }] };
  }
  const column = mappingAt(entry, path);
  if (column === undefined) return undefined;
  const testsKey = testsKeyFor(tools.project, column, yaml.root);
  const missing = KEY_TESTS.filter((test) => !hasTest(column, testsKey, test));
  if (missing.length === 0) return undefined;
  const edit = addToList(yaml, column, testsKey, missing.map((test) => [test]));
  if (edit === undefined) return undefined;
  const edits: FileEdit = { file: yaml.file, edits: [edit] };
  return { title: titleOf([name], missing), kind: 'suggested', edits: [edits] };
}

/** True if the column's list has a test of that name, be it disabled: a second one would be a duplicate to dbt. */
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
