/** Sources and their tables merge as dbt merges them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PyDict, PyValue } from '../../server/src/base/python-values.ts';
import { unknownBecause, type ConfigValue } from '../../server/src/base/unknown.ts';
import { configValue } from '../../server/src/dbt/config-keys.ts';
import { calculateConfig, fqnConfigWalk } from '../../server/src/dbt/config-merge.ts';
import { mergeSourceFreshness } from '../../server/src/dbt/freshness.ts';
import { mergeSourceTable } from '../../server/src/dbt/sources.ts';
import { plainJson, withoutNulls } from './plain-json.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface SourceRow {
  readonly source: TaggedValue;
  readonly table: TaggedValue;
  readonly node: Readonly<Record<string, unknown>> & {
    readonly fqn: readonly string[];
    readonly config: { readonly enabled: boolean; readonly event_time: unknown };
  };
}

// The file is written by oracle/sources.py; its last row holds the project's section of sources.
const lines = JSON.parse(readFileSync(new URL('oracle/sources.json', import.meta.url), 'utf8')) as readonly (
  | SourceRow
  | { readonly project: TaggedValue }
)[];
const rows = lines.filter((line): line is SourceRow => 'source' in line);
const project = dictOf(lines.flatMap((line) => ('project' in line ? [line.project] : []))[0] ?? null);

function dictOf(tagged: TaggedValue): PyDict {
  const value = valueOfTagged(tagged);
  if (!(value instanceof Map)) throw new Error('not a dict');
  return value;
}

/** dbt writes limits without values and thresholds that are switched off; only limits that count are compared. */
function countingLimits(freshness: unknown): unknown {
  if (typeof freshness !== 'object' || freshness === null) return undefined;
  const entries = Object.entries(freshness).filter(([, limit]: [string, unknown]) => {
    if (typeof limit !== 'object') return true;
    return limit !== null && 'count' in limit && limit.count !== null;
  });
  return Object.fromEntries(entries);
}

describe('tables of sources, compared with a parse of dbt 1.12.3', () => {
  it.each(rows.map((row) => ({ ...row, label: row.node.fqn.slice(1).join('.') })))('$label', (row) => {
    const table = mergeSourceTable(dictOf(row.source), dictOf(row.table), 'postgres');
    const { values, problems } = calculateConfig({
      type: 'source', adapterType: 'postgres', project: fqnConfigWalk(project, row.node.fqn), properties: table.properties, calls: [], rootProject: [],
    });
    expect([...problems, ...table.problems]).toEqual([]);
    const { node } = row;
    const json = (value: ConfigValue): unknown => plainJson(value) ?? null;
    expect(json(table.identifier)).toBe(node['identifier']);
    expect(json(table.schema)).toBe(node['schema']);
    expect(json(table.database) ?? 'db').toBe(node['database']);
    expect(json(table.loader)).toBe(node['loader']);
    expect(json(table.description)).toBe(node['description']);
    expect(json(table.sourceDescription)).toBe(node['source_description']);
    expect(json(table.sourceMeta)).toEqual(node['source_meta']);
    expect(json(table.quoting)).toEqual(withoutNulls(node['quoting']));
    for (const key of ['meta', 'tags', 'loaded_at_field', 'loaded_at_query']) {
      expect(json(configValue('source', values, key)), key).toEqual(node[key]);
    }
    expect(json(configValue('source', values, 'enabled'))).toBe(node.config.enabled);
    expect(json(configValue('source', values, 'event_time'))).toBe(node.config.event_time);
    expect(countingLimits(plainJson(configValue('source', values, 'freshness'))) ?? {}).toEqual(countingLimits(node['freshness']) ?? {});
  });
});

describe('freshness that cannot be evaluated', () => {
  const unknown = unknownBecause('a var');
  const limit = new Map<PyValue, PyValue>([['warn_after', new Map<PyValue, PyValue>([['count', 1], ['period', 'day']])]]);

  it('makes the whole freshness unknown', () => {
    expect(mergeSourceFreshness([limit, undefined, new Map<PyValue, ConfigValue>([['error_after', unknown]]), undefined])).toBe(unknown);
  });

  it('is nothing where no level says anything', () => {
    expect(mergeSourceFreshness([undefined, undefined, undefined, undefined])).toBeUndefined();
    expect(mergeSourceFreshness([new Map(), undefined, undefined, undefined])).toBeUndefined();
  });
});

describe('sources that dbt refuses', () => {
  it('name a field and a query on one level', () => {
    const source: PyDict = new Map<PyValue, PyValue>([['name', 's'], ['loaded_at_field', 'f'], ['loaded_at_query', 'q']]);
    const table: PyDict = new Map<PyValue, PyValue>([['name', 't'], ['loaded_at_field', null], ['loaded_at_query', 'q']]);
    expect(mergeSourceTable(source, table, null).problems.map(({ message }) => message)).toEqual([
      'Cannot specify both loaded_at_field and loaded_at_query at table level.',
      'Cannot specify both loaded_at_field and loaded_at_query at source level.',
    ]);
  });
});
