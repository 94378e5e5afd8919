/** Tests as a project writes them: `tests` or `data_tests`, arguments nested or not. */

import { hasFeature } from '../../dbt/dbt-version.ts';
import type { ProjectView } from '../../index/project-view.ts';
import type { YamlData } from '../../syntax/yaml/edit.ts';
import type { YamlMapping, YamlNode } from '../../syntax/yaml/node.ts';
import { entryOf } from './_yaml-place.ts';

/** The key under which dbt reads data tests; `tests` is its name before dbt 1.8. */
export type TestsKey = 'tests' | 'data_tests';

/**
 * The key to write: that of the mapping itself, else the one that its file uses more, else the project, else what the lowest
 * supported dbt accepts.
 */
export function testsKeyFor(project: ProjectView, mapping: YamlMapping | undefined, root: YamlMapping | undefined): TestsKey {
  if (mapping !== undefined && entryOf(mapping, 'data_tests') !== undefined) return 'data_tests';
  if (mapping !== undefined && entryOf(mapping, 'tests') !== undefined) return 'tests';
  return moreOften(keysIn(root)) ?? moreOften(keysInProject(project)) ?? acceptedKey(project);
}

function acceptedKey(project: ProjectView): TestsKey {
  return hasFeature(project.lowestDbtVersion(), 'data-tests-key') ? 'data_tests' : 'tests';
}

function moreOften(keys: readonly TestsKey[]): TestsKey | undefined {
  if (keys.length === 0) return undefined;
  return keys.filter((key) => key === 'tests').length * 2 > keys.length ? 'tests' : 'data_tests';
}

function keysIn(root: YamlMapping | undefined): TestsKey[] {
  const keys: TestsKey[] = [];
  const stack: YamlNode[] = root === undefined ? [] : [root];
  const seen = new Set<YamlNode>();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === 'scalar' || seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'sequence') {
      stack.push(...node.items);
      continue;
    }
    for (const { key, value } of node.entries) {
      stack.push(value);
      if (key.kind === 'scalar' && (key.value === 'tests' || key.value === 'data_tests')) keys.push(key.value);
    }
  }
  return keys;
}

function keysInProject(project: ProjectView): TestsKey[] {
  return project.tests().flatMap(({ generic }) => {
    const key = generic?.entryPath.findLast((step) => step === 'tests' || step === 'data_tests');
    return key === 'tests' || key === 'data_tests' ? [key] : [];
  });
}

/** dbt_utils' test on several columns. */
export function combinationTest(project: ProjectView, columns: readonly string[]): YamlData {
  const list = { combination_of_columns: columns };
  return {
    'dbt_utils.unique_combination_of_columns': hasFeature(project.lowestDbtVersion(), 'test-arguments') ? { arguments: list } : list,
  };
}
