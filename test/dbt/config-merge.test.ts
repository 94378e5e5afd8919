/** Configurations merge as dbt's own recorded answers say. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PyDict, PyValue } from '../../server/src/base/python-values.ts';
import { UNKNOWN, unknownBecause, type ConfigValue } from '../../server/src/base/unknown.ts';
import { configKeysOf, configValue, defaultConfigOf, type ConfigurableType } from '../../server/src/dbt/config-keys.ts';
import { calculateConfig, fqnConfigWalk, layerOfDict, type ConfigLayer, type ConfigLayers } from '../../server/src/dbt/config-merge.ts';
import { plainJson, withoutNulls } from './plain-json.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface Row {
  readonly id: string;
  readonly type: ConfigurableType;
  readonly fqn: readonly string[];
  readonly language: string | null;
  readonly own: TaggedValue;
  readonly root: TaggedValue;
  readonly patch: TaggedValue;
  readonly calls: readonly TaggedValue[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[] | null;
}

// The file is written by oracle/config-merge.py and has this shape.
const rows = JSON.parse(readFileSync(new URL('oracle/config-merge.json', import.meta.url), 'utf8')) as readonly Row[];

function dictOf(tagged: TaggedValue): PyDict {
  const value = valueOfTagged(tagged);
  if (!(value instanceof Map)) throw new Error('not a dict');
  return value;
}

function withDefaults(type: ConfigurableType, values: ReadonlyMap<string, ConfigValue>): unknown {
  const all: Record<string, unknown> = {};
  for (const key of new Set([...defaultConfigOf(type).keys(), ...values.keys()])) {
    all[key] = plainJson(configValue(type, values, key));
  }
  return withoutNulls(all);
}

describe('the configuration of nodes, compared with a parse of dbt 1.12.3', () => {
  it.each(rows)('of $id', (row) => {
    const config = calculateConfig({
      type: row.type,
      adapterType: 'postgres',
      project: fqnConfigWalk(dictOf(row.own), row.fqn),
      properties: row.patch === null ? null : layerOfDict(dictOf(row.patch)),
      calls: row.calls.map((call) => layerOfDict(dictOf(call))),
      rootProject: row.root === null ? [] : fqnConfigWalk(dictOf(row.root), row.fqn),
      isPythonModel: row.language === 'python',
    });
    expect(config.problems).toEqual([]);
    expect(withDefaults(row.type, config.values)).toEqual(withoutNulls(row.config));
    if (row.type === 'model') expect(config.nodeTags).toEqual(row.tags);
  });

  it('knows every key that dbt writes for these types', () => {
    for (const row of rows) {
      const own = new Set([...configKeysOf(row.type), 'custom_key', 'custom', 'tags_without_plus_are_fine', 'merge_update_columns']);
      expect(Object.keys(row.config).filter((key) => !own.has(key)), row.id).toEqual([]);
    }
  });
});

function layer(entries: Readonly<Record<string, ConfigValue>>): ConfigLayer {
  return new Map(Object.entries(entries));
}

function calculate(parts: Partial<ConfigLayers>): ReturnType<typeof calculateConfig> {
  return calculateConfig({ type: 'model', adapterType: null, project: [], properties: null, calls: [], rootProject: [], ...parts });
}

describe('values that cannot be evaluated', () => {
  const unknown = unknownBecause('a var without value');

  it('stay unknown in a list or dict that they are merged into', () => {
    const { values } = calculate({
      project: [layer({ tags: ['a'], meta: new Map<PyValue, PyValue>([['owner', 'x']]) })],
      properties: layer({ tags: unknown, meta: unknown }),
      calls: [layer({ tags: ['b'], meta: new Map<PyValue, PyValue>([['level', 1]]) })],
    });
    expect(values.get('tags')).toBe(unknown);
    expect(values.get('meta')).toBe(unknown);
  });

  it('are replaced by a stronger layer where values replace each other', () => {
    const { values } = calculate({ properties: layer({ materialized: unknown }), calls: [layer({ materialized: 'table' })] });
    expect(values.get('materialized')).toBe('table');
  });

  it('spread to every key when a whole call is unknown, but not to what is set after it', () => {
    const config = calculate({ calls: [layer({ alias: 'a' }), unknown, layer({ schema: 's' })] });
    expect(config.otherKeys).toBe(unknown);
    expect(config.values.get('alias')).toBe(unknown);
    expect(config.values.get('enabled')).toBe(unknown);
    expect(config.values.get('schema')).toBe('s');
  });

  it('are found deep inside a section of the project file', () => {
    const section = new Map<PyValue, ConfigValue | Map<PyValue, ConfigValue>>([
      ['+enabled', UNKNOWN], ['+meta', new Map<PyValue, ConfigValue>([['owner', unknown]])], ['p', new Map([['+alias', 'x']])],
    ]);
    const layers = fqnConfigWalk(section, ['p', 'm']);
    expect(layers.map((found) => [...found])).toEqual([[['enabled', UNKNOWN], ['meta', unknown]], [['alias', 'x']]]);
  });
});

describe('configurations that dbt refuses', () => {
  it('says which key is not a dict', () => {
    expect(calculate({ properties: layer({ meta: 'text' }) }).problems).toEqual([
      { code: 'config-not-a-dict', key: 'meta', message: 'expected dict, got text', value: 'text' },
    ]);
  });

  it('says which hooks are given in both spellings', () => {
    const { problems } = calculate({ calls: [layer({ 'pre-hook': 'a', pre_hook: 'b' })] });
    expect(problems.map((problem) => problem.code)).toEqual(['config-conflicting-hooks']);
  });

  it("says which keys are one and the same for the adapter", () => {
    const { problems, values } = calculate({ adapterType: 'bigquery', calls: [layer({ dataset: 'a', schema: 'b' })] });
    expect(problems.map((problem) => problem.message)).toEqual(['Got duplicate keys: (dataset, schema) all map to "schema"']);
    expect(values.get('schema')).toBe('a');
  });

  it('says that a severity is none', () => {
    expect(calculate({ type: 'test', calls: [layer({ severity: 'fatal' })] }).problems.map((problem) => problem.message)).toEqual([
      "Severity must be either 'warn' or 'error'. Got 'fatal'",
    ]);
  });
});
