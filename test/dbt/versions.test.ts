/** Versions of models are read as dbt reads them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isPyDict, type PyDict, type PyValue } from '../../server/src/base/python-values.ts';
import { unknownBecause, type ConfigValue } from '../../server/src/base/unknown.ts';
import { calculateConfig, layerOfDict } from '../../server/src/dbt/config-merge.ts';
import { parseGenericTestEntry } from '../../server/src/dbt/generic-test-entry.ts';
import { nameGenericTest } from '../../server/src/dbt/generic-test-names.ts';
import { uniqueIdOf } from '../../server/src/dbt/node-names.ts';
import { inferPrimaryKey } from '../../server/src/dbt/primary-key.ts';
import { pyStr } from '../../server/src/dbt/python-repr.ts';
import {
  checkVersions, compareVersions, latestVersion, mergeVersionConfig, versionColumns, versionConstraints, versionDescription, versionedAlias, versionOf, versionTests,
} from '../../server/src/dbt/versions.ts';
import { plainJson } from './plain-json.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface Row {
  readonly entry: TaggedValue;
  readonly version: TaggedValue;
  readonly id: string;
  readonly alias: string;
  readonly latest: TaggedValue;
  readonly columns: readonly string[];
  readonly description: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly constraints: number;
  readonly primaryKey: readonly string[];
  readonly tests: readonly { readonly name: string; readonly kwargs: TaggedValue; readonly enabled: boolean; readonly id: string }[];
}

// The file is written by oracle/versions.py and has this shape.
const rows = JSON.parse(readFileSync(new URL('oracle/versions.json', import.meta.url), 'utf8')) as readonly Row[];

function dictOf(tagged: TaggedValue): PyDict {
  const value = valueOfTagged(tagged);
  if (!isPyDict(value)) throw new Error('not a dict');
  return value;
}

function listAt(dict: PyDict, key: string): readonly PyValue[] {
  const value = dict.get(key);
  return Array.isArray(value) ? value : [];
}

function layerAt(dict: PyDict, key: string): ReturnType<typeof layerOfDict> {
  const value = dict.get(key);
  return isPyDict(value) ? layerOfDict(value) : new Map();
}

function nameOf(column: PyValue): string {
  return isPyDict(column) ? pyStr(column.get('name') ?? null) : '';
}

describe('versions of models, compared with a parse of dbt 1.12.3', () => {
  it.each(rows.filter((row) => row.version !== null))('$id', (row) => {
    const entry = dictOf(row.entry);
    const version = dictOf(row.version);
    const written = version.get('v') ?? null;
    const v = versionOf(written);
    if (v === undefined) throw new Error('no version');
    const name = nameOf(entry);
    expect(uniqueIdOf('model', 'p', name, v)).toBe(row.id);
    const versions = listAt(entry, 'versions').flatMap((item) => (isPyDict(item) ? [versionOf(item.get('v')) ?? ''] : []));
    expect(latestVersion(versions, entry.get('latest_version'))).toBe(versionOf(valueOfTagged(row.latest)));
    expect(checkVersions(entry)).toEqual([]);

    const columns = versionColumns(entry.get('columns'), version.get('columns'));
    expect(columns.map(nameOf)).toEqual(row.columns);
    expect(versionDescription(entry, version) ?? '').toBe(row.description);
    expect(versionConstraints(entry, version).length).toBe(row.constraints);

    const config = mergeVersionConfig(layerAt(entry, 'config'), layerAt(version, 'config'));
    const { values } = calculateConfig({ type: 'model', adapterType: null, project: [], properties: config, calls: [], rootProject: [] });
    expect(plainJson(values.get('tags') ?? [])).toEqual(row.config['tags']);
    expect(plainJson(values.get('meta') ?? new Map<PyValue, PyValue>())).toEqual(row.config['meta']);
    expect(plainJson(values.get('alias') ?? versionedAlias(name, v))).toBe(row.alias);

    const ids: string[] = [];
    const addTest = (test: PyValue, column: string | null): void => {
      const found = parseGenericTestEntry(test, { columnName: column, requiresArgumentsProperty: true }).entry;
      if (found === null) throw new Error('no test');
      ids.push(nameGenericTest({
        packageName: 'p', target: { kind: 'version', name, version: written }, namespace: found.namespace, testName: found.testName, args: found.args,
      }).uniqueId);
    };
    for (const column of columns) {
      if (isPyDict(column)) for (const test of listAt(column, 'data_tests')) addTest(test, nameOf(column));
    }
    for (const test of versionTests(entry, version)) addTest(test, null);
    expect(ids.sort()).toEqual(row.tests.map((test) => test.id).sort());
  });

  it.each(rows)('primary key of $id', (row) => {
    const entry = dictOf(row.entry);
    const version = row.version === null ? null : dictOf(row.version);
    const columns = version === null ? listAt(entry, 'columns') : versionColumns(entry.get('columns'), version.get('columns'));
    expect(inferPrimaryKey({
      constraints: version === null ? listAt(entry, 'constraints') : versionConstraints(entry, version),
      columns: columns.flatMap((column) => (isPyDict(column) ? [{ name: nameOf(column), constraints: listAt(column, 'constraints') }] : [])),
      tests: row.tests.map((test) => ({ testName: test.name, kwargs: dictOf(test.kwargs), enabled: test.enabled })),
    })).toEqual(row.primaryKey);
  });
});

describe('versions that dbt refuses', () => {
  const entry = (versions: PyValue, latest?: PyValue): PyDict =>
    new Map<PyValue, PyValue>([['name', 'a'], ['versions', versions], ...(latest === undefined ? [] : [['latest_version', latest] as const])]);
  const version = (...entries: (readonly [string, PyValue])[]): PyDict => new Map<PyValue, PyValue>(entries);
  const messages = (dict: PyDict): readonly string[] => checkVersions(dict).map(({ message }) => message);

  // Observed with dbt 1.12.3.
  it('name their fault in the words of dbt', () => {
    expect(messages(entry([version(['v', 1])], 5))).toEqual(["latest_version: 5 is not one of model 'a' versions: [1] "]);
    expect(messages(entry([version(['v', 1]), version(['v', '1'])]))).toEqual(["Found duplicate version: '1' in versions list of model 'a'"]);
    expect(messages(entry([version(['x', 1])]))).toContain("at path ['versions'][0]: Additional properties are not allowed ('x' was unexpected)");
    const all = version(['include', 'all']);
    expect(messages(entry([version(['v', 1], ['columns', [all, all]])]))).toEqual(['version can have at most one include/exclude element']);
    expect(messages(entry([version(['v', 1], ['columns', [version(['include', 'some'])]])]))).toEqual(["include must be one of ('all', '*') or a list of strings"]);
    expect(messages(entry([version(['v', 1], ['columns', [version(['include', ['id']], ['exclude', ['id']])]])]))).toEqual([
      "exclude can only be specified if include is one of ('all', '*')",
    ]);
  });
});

describe('the order of versions', () => {
  it('is that of numbers where both are, of texts elsewhere', () => {
    expect(compareVersions('9', '10')).toBeLessThan(0);
    expect(compareVersions(' 1_0 ', 10)).toBe(0);
    expect(compareVersions('v9', 'v10')).toBeGreaterThan(0);
    expect(compareVersions('1e2', 99)).toBeGreaterThan(0);
    expect(latestVersion([], undefined)).toBeNull();
    expect(latestVersion([1, '1.0'], undefined)).toBe(1);
  });
});

describe('unknown configurations of versions', () => {
  const unknown = unknownBecause('a var');
  const layer = (key: string, value: ConfigValue): ReadonlyMap<string, ConfigValue> => new Map([[key, value]]);

  it('spread where both parts would be joined', () => {
    expect(mergeVersionConfig(layer('tags', unknown), layer('tags', ['a'])).get('tags')).toBe(unknown);
    expect(mergeVersionConfig(layer('tags', ['a']), layer('tags', unknown)).get('tags')).toBe(unknown);
    expect(mergeVersionConfig(layer('alias', unknown), layer('alias', 'a')).get('alias')).toBe('a');
  });
});
