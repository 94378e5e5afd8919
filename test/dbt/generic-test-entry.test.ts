/** Test entries are taken apart, and refused, as dbt does it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PyDict } from '../../server/src/base/python-values.ts';
import { parseGenericTestEntry, rawCodeOfTest, templateOfTestArgument } from '../../server/src/dbt/generic-test-entry.ts';
import { nameGenericTest } from '../../server/src/dbt/generic-test-names.ts';
import { pyRepr } from '../../server/src/dbt/python-repr.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface Row {
  readonly entry: TaggedValue;
  readonly flag: boolean;
  readonly column: string | null;
  readonly error?: string;
  readonly name?: string;
  readonly namespace?: string | null;
  readonly args?: TaggedValue;
  readonly config?: TaggedValue;
  readonly description?: string;
  readonly fqnName?: string;
  readonly compiledName?: string;
  readonly rawCode?: string;
  readonly tags?: readonly string[];
  readonly deprecations?: readonly string[];
}

// The file is written by oracle/generic-test-entry.py and has this shape.
const rows = (JSON.parse(readFileSync(new URL('oracle/generic-test-entry.json', import.meta.url), 'utf8')) as readonly Row[])
  .map((row) => ({ ...row, label: `${pyRepr(valueOfTagged(row.entry))} ${String(row.column)} ${String(row.flag)}` }));

function without(dict: TaggedValue | undefined, ...keys: readonly string[]): PyDict {
  const value = valueOfTagged(dict ?? { dict: [] });
  if (!(value instanceof Map)) throw new Error('not a dict');
  for (const key of keys) value.delete(key);
  return value;
}

describe('test entries, taken apart by dbt 1.12.3', () => {
  it.each(rows)('$label', (row) => {
    const { entry, problems } = parseGenericTestEntry(valueOfTagged(row.entry), {
      columnName: row.column, requiresArgumentsProperty: row.flag,
    });
    if (row.error !== undefined) {
      expect(problems.map((problem) => problem.message)).toContain(row.error);
      return;
    }
    expect(problems).toEqual([]);
    if (entry === null) throw new Error('no entry');
    expect(entry.testName).toBe(row.name);
    expect(entry.namespace).toBe(row.namespace);
    expect(pyRepr(entry.args)).toBe(pyRepr(without(row.args, 'model')));
    const names = nameGenericTest({
      packageName: 'p', target: { kind: 'node', name: 'm' }, namespace: entry.namespace, testName: entry.testName, args: entry.args,
      customName: entry.customName ?? undefined, hasConfiguredAlias: entry.config.has('alias'),
    });
    expect(names.name).toBe(row.fqnName);
    expect(names.shortName).toBe(row.compiledName);
    const config: PyDict = new Map(entry.config);
    if (names.generatedAlias !== null) config.set('alias', names.generatedAlias);
    expect(pyRepr(config)).toBe(pyRepr(without(row.config)));
    expect(rawCodeOfTest(entry.namespace, entry.testName, config)).toBe(row.rawCode);
    expect(entry.description).toBe(row.description);
    expect(entry.tags).toEqual(row.tags);
    expect(row.deprecations?.includes('missing-arguments-property-in-generic-test-deprecation')).toBe(entry.lacksArgumentsProperty);
    const moved = row.deprecations?.filter((name) => name === 'property-moved-to-config-deprecation').length ?? 0;
    if (row.flag) expect(moved).toBe(entry.topLevelConfigKeys.length);
  });
});

describe('texts among the arguments of a test', () => {
  it('become templates if they look like a call of ref and the like', () => {
    expect(templateOfTestArgument("ref('b')")).toBe("{{ ref('b') }}");
    expect(templateOfTestArgument("  source ( 's', 't' ) ")).toBe("{{   source ( 's', 't' )  }}");
    expect(templateOfTestArgument("ref()")).toBe('ref()');
    expect(templateOfTestArgument("coalesce(ref('b'))")).toBe("coalesce(ref('b'))");
    expect(templateOfTestArgument("ref('b') + 1")).toBe("ref('b') + 1");
  });
});
