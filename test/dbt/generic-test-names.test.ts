/** Names and ids of generic tests equal those in dbt's manifests. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PyDict, PyValue } from '../../server/src/base/python-values.ts';
import { comparePythonStrings, modelArgument, nameGenericTest, type GenericTestTarget } from '../../server/src/dbt/generic-test-names.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

type TaggedTarget =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: TaggedValue }
  | { readonly kind: 'source'; readonly sourceName: string; readonly tableName: string };

interface Row {
  readonly target: TaggedTarget;
  readonly namespace: string | null;
  readonly testName: string;
  readonly kwargs: TaggedValue;
  readonly uniqueId: string;
  readonly name: string;
  readonly path: string;
  readonly alias: string;
  readonly configAlias: string | null;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`oracle/${name}`, import.meta.url), 'utf8'));
}

function targetOf(tagged: TaggedTarget): GenericTestTarget {
  return tagged.kind === 'version' ? { ...tagged, version: valueOfTagged(tagged.version) } : tagged;
}

function argumentsOf(kwargs: TaggedValue): PyDict {
  const value = valueOfTagged(kwargs);
  if (!(value instanceof Map)) throw new Error('kwargs must be a dict');
  value.delete('model');
  return value;
}

describe('names of generic tests, compared with a parse of dbt 1.12.3', () => {
  // The file is written by oracle/generic-test-names.py and has this shape.
  const rows = readJson('generic-test-names.json') as readonly Row[];

  it.each(rows)('names $uniqueId', (row) => {
    const args = argumentsOf(row.kwargs);
    const given = nameGenericTest({
      packageName: 'p2', target: targetOf(row.target), namespace: row.namespace, testName: row.testName, args,
    });
    // A name that cannot be synthesized from the arguments was given by the user.
    const isCustom = given.name !== row.name;
    const names = isCustom
      ? nameGenericTest({
        packageName: 'p2', target: targetOf(row.target), namespace: row.namespace, testName: row.testName, args, customName: row.name,
      })
      : given;
    expect(names.uniqueId).toBe(row.uniqueId);
    expect(names.name).toBe(row.name);
    expect(`${names.shortName}.sql`).toBe(row.path);
    expect(names.kwargs.get('model')).toBe(modelArgument(targetOf(row.target)));
    if (row.configAlias === null || row.configAlias.startsWith(names.name.slice(0, 20))) {
      expect(names.generatedAlias).toBe(row.configAlias);
    }
  });

  it('takes only three names of the project for names that a user gave', () => {
    const custom = rows.filter((row) => nameGenericTest({
      packageName: 'p2', target: targetOf(row.target), namespace: row.namespace, testName: row.testName, args: argumentsOf(row.kwargs),
    }).name !== row.name);
    expect(custom.map((row) => row.name)).toEqual(['custom_nn', 'multi_key_name', `name_with_"quotes"_and_it's`]);
  });

  it('keeps a configured alias', () => {
    const long = { packageName: 'p', target: { kind: 'node', name: 'n'.repeat(70) }, namespace: null, testName: 't', args: new Map() } as const;
    expect(nameGenericTest(long).generatedAlias).toMatch(/^t_n{28}_[0-9a-f]{32}$/);
    expect(nameGenericTest({ ...long, hasConfiguredAlias: true }).generatedAlias).toBeNull();
  });
});

describe('ids that dbt gave to tests of public projects', () => {
  // [namespace, test, [model, version] or [source, table, "source"], column, unique_id], from manifests of dbt 1.11.14.
  const rows = readJson('digest-test-ids.json') as readonly (readonly [
    string | null, string, readonly [string, string | null] | readonly [string, string, 'source'], string | null, string,
  ])[];

  it.each(rows)('%s %s on %j.%s is %s', (namespace, testName, where, column, uniqueId) => {
    const [, packageName = '', ...rest] = uniqueId.split('.');
    const dbtName = rest.slice(0, -1).join('.');
    const args = new Map<PyValue, PyValue>(column === null ? [] : [['column_name', column]]);
    const target: GenericTestTarget = where.length === 3
      ? { kind: 'source', sourceName: where[0], tableName: where[1] }
      : where[1] === null ? { kind: 'node', name: where[0] } : { kind: 'version', name: where[0], version: where[1] };
    const test = { packageName, target, namespace, testName, args };
    const synthesized = nameGenericTest(test);
    const names = synthesized.name === dbtName ? synthesized : nameGenericTest({ ...test, customName: dbtName });
    expect(names.uniqueId).toBe(uniqueId);
  });
});

describe("the ids in dbt's documentation of its own algorithm", () => {
  const unique = (packageName: string, target: GenericTestTarget): string =>
    nameGenericTest({ packageName, target, namespace: null, testName: 'unique', args: new Map([['column_name', 'id']]) }).uniqueId;

  it('names tests on nodes, sources and versions', () => {
    expect(unique('p', { kind: 'node', name: 'a' })).toBe('test.p.unique_a_id.f6a5f640da');
    expect(unique('p2', { kind: 'source', sourceName: 'raw', tableName: 't1' })).toBe('test.p2.source_unique_raw_t1_id.25f7b84520');
    expect(unique('p2', { kind: 'version', name: 'vers', version: 1 })).toBe('test.p2.unique_vers_v1_id.d35d78f4e1');
    expect(unique('p2', { kind: 'version', name: 'vers', version: { kind: 'float', value: 3.1 } })).toBe('test.p2.unique_vers_v3.1_id.85daff1bfe');
  });
});

describe("Python's order of strings", () => {
  it('goes by code point, also beyond the basic plane', () => {
    // Python: sorted(['\U0001F600', '\uffff', 'a', 'B', '_']) == ['B', '_', 'a', '\uffff', '\U0001F600']
    expect(['\u{1F600}', '\uffff', 'a', 'B', '_'].sort(comparePythonStrings)).toEqual(['B', '_', 'a', '\uffff', '\u{1F600}']);
  });
});
