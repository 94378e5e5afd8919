/** Compares two reduced manifests: a table per node type, the agreement line, and the list of differences. */
/* eslint-disable @typescript-eslint/no-base-to-string -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import type { Json, ManifestDigest, NodeDigest } from './digest.ts';
import type { WholeDifference } from './whole.ts';
import { isSame, listOf, recordOf, toJson, withoutNulls } from './digest.ts';
import type { ConfigurableType } from '../../server/src/dbt/config-keys.ts';
import { defaultConfigOf } from '../../server/src/dbt/config-keys.ts';

/** One difference between dbt's answer and ours. */
export interface Difference {
  readonly uniqueId: string;
  /** A field of the digest, or `missing`, `extra`. */
  readonly field: string;
  readonly dbt: Json;
  readonly ours: Json;
}

/** What a comparison found. */
export interface Comparison {
  readonly table: string;
  readonly agreement: string;
  readonly differences: readonly Difference[];
}

/** A share: how many of how many. */
interface Share {
  equal: number;
  all: number;
}

interface TypeRow {
  equal: number;
  missing: number;
  extra: number;
  readonly fields: Map<string, number>;
}

const MEASURES = [
  'nodes', 'edges', 'tests', 'columns', 'patches', 'attached', 'fqn', 'tags', 'descriptions', 'config', 'disabled',
] as const;

/** Fields by the measure that they belong to; all others only show as field differences. */
const MEASURE_OF_FIELD: Readonly<Record<string, (typeof MEASURES)[number]>> = {
  patch: 'patches',
  attached: 'attached',
  fqn: 'fqn',
  tags: 'tags',
};

/** Compares dbt's manifest with ours; `others` are differences in what digests do not hold. */
export function compareManifests(dbt: ManifestDigest, ours: ManifestDigest, others: readonly WholeDifference[]): Comparison {
  const shares = new Map<string, Share>(MEASURES.map((name) => [name, { equal: 0, all: 0 }]));
  const rows = new Map<string, TypeRow>();
  const differences: Difference[] = [];
  const rowOf = (type: string): TypeRow => {
    let row = rows.get(type);
    if (row === undefined) rows.set(type, (row = { equal: 0, missing: 0, extra: 0, fields: new Map() }));
    return row;
  };
  const count = (measure: string, equal: number, all: number): void => {
    const share = shares.get(measure);
    if (share === undefined) return;
    share.equal += equal;
    share.all += all;
  };

  for (const uniqueId of sortedUnion(dbt.nodes.keys(), ours.nodes.keys())) {
    const left = dbt.nodes.get(uniqueId);
    const right = ours.nodes.get(uniqueId);
    const row = rowOf(uniqueId.slice(0, uniqueId.indexOf('.')));
    count('nodes', left !== undefined && right !== undefined ? 1 : 0, 1);
    const found = differencesOf(uniqueId, left, right);
    countMeasures(left ?? {}, right ?? {}, count);
    if (left?.['type'] === 'test' || right?.['type'] === 'test') {
      const isTestEqual = left !== undefined && right !== undefined && !found.some(({ field }) => TEST_FIELDS.has(field));
      count('tests', isTestEqual ? 1 : 0, 1);
    }
    if (right === undefined) row.missing += 1;
    else if (left === undefined) row.extra += 1;
    else if (found.length === 0) row.equal += 1;
    for (const { field } of found) if (field !== 'missing' && field !== 'extra') row.fields.set(field, (row.fields.get(field) ?? 0) + 1);
    differences.push(...found);
  }
  for (const uniqueId of sortedUnion(dbt.disabled.keys(), ours.disabled.keys())) {
    const left = dbt.disabled.get(uniqueId) ?? [];
    const right = ours.disabled.get(uniqueId) ?? [];
    const isEqual = isSame(left, right);
    count('disabled', isEqual ? 1 : 0, 1);
    const row = rowOf('disabled');
    if (isEqual) row.equal += 1;
    else {
      if (left.length === 0) row.extra += 1;
      else row.missing += 1;
      differences.push({ uniqueId, field: 'disabled', dbt: left, ours: right });
    }
  }
  for (const name of ['macros', 'docs', 'groups'] as const) compareSets(name, dbt[name], ours[name], rowOf(name), differences);
  for (const difference of others) {
    const { fields } = rowOf(difference.uniqueId.slice(0, difference.uniqueId.indexOf('.')));
    fields.set(difference.field, (fields.get(difference.field) ?? 0) + 1);
    differences.push(difference);
  }
  return { table: tableText(rows), agreement: agreementLine(shares), differences };
}

function compareSets(name: string, left: ReadonlySet<string>, right: ReadonlySet<string>, row: TypeRow, differences: Difference[]): void {
  for (const id of sortedUnion(left, right)) {
    if (left.has(id) && right.has(id)) row.equal += 1;
    else if (left.has(id)) row.missing += 1;
    else row.extra += 1;
    if (left.has(id) !== right.has(id)) differences.push({ uniqueId: id, field: name, dbt: left.has(id), ours: right.has(id) });
  }
}

/** What makes a test the same test. */
const TEST_FIELDS: ReadonlySet<string> = new Set(['type', 'pkg', 'path', 'test', 'attached', 'col', 'alias', 'refs', 'sources', 'dep']);

/** Fields whose order means nothing. */
const SETS: ReadonlySet<string> = new Set(['sources', 'dep', 'tags', 'mac', 'owner']);

function differencesOf(uniqueId: string, dbt: NodeDigest | undefined, ours: NodeDigest | undefined): Difference[] {
  if (ours === undefined) return [{ uniqueId, field: 'missing', dbt: dbt?.['path'] ?? null, ours: null }];
  if (dbt === undefined) return [{ uniqueId, field: 'extra', dbt: null, ours: ours['path'] ?? null }];
  const found: Difference[] = [];
  for (const field of sortedUnion(Object.keys(dbt), Object.keys(ours))) {
    const left = dbt[field] ?? null;
    const right = ours[field] ?? null;
    if (field === 'cfg') {
      for (const key of configKeys(left, right)) {
        const a = recordOf(left)[key] ?? null;
        const b = recordOf(right)[key] ?? null;
        if (!isSameConfig(withDefault(dbt['type'], key, a), withDefault(dbt['type'], key, b))) found.push({ uniqueId, field: `cfg.${key}`, dbt: a, ours: b });
      }
    } else if (!isSameField(field, left, right)) found.push({ uniqueId, field, dbt: left, ours: right });
  }
  return found;
}

function isSameField(field: string, left: Json, right: Json): boolean {
  if (SETS.has(field)) return isSame(sortedList(left), sortedList(right));
  if (field === 'fresh') return isSame(withoutNulls(left), withoutNulls(right));
  // Versions may be numbers or texts of numbers.
  if (field === 'v' || field === 'latest') return String(left) === String(right);
  if (field === 'refs') return isSame(refTexts(left), refTexts(right));
  return isSame(left, right);
}

function refTexts(refs: Json): Json {
  return listOf(refs).map((use) => listOf(use).map(String).join('|'));
}

function sortedList(value: Json): Json {
  return [...new Set(listOf(value).map((item) => JSON.stringify(item)))].sort();
}

function configKeys(left: Json, right: Json): string[] {
  return sortedUnion(Object.keys(recordOf(left)), Object.keys(recordOf(right)));
}

function isSameConfig(left: Json, right: Json): boolean {
  return isSame(withoutNulls(left), withoutNulls(right)) || (isNothing(left) && isNothing(right));
}

/** Digests leave out defaults, but not all alike. */
function withDefault(type: Json | undefined, key: string, value: Json): Json {
  // Both sides take the type from the id of the node.
  return value ?? toJson(defaultConfigOf(type as ConfigurableType).get(key));
}

function isNothing(value: Json): boolean {
  const rest = withoutNulls(value);
  return rest === null || (typeof rest === 'object' && Object.keys(rest).length === 0);
}

function countMeasures(left: NodeDigest, right: NodeDigest, count: (measure: string, equal: number, all: number) => void): void {
  const parents = new Set(listOf(left['dep']).map(String));
  const ours = new Set(listOf(right['dep']).map(String));
  const common = [...parents].filter((id) => ours.has(id)).length;
  count('edges', common, parents.size + ours.size - common);
  countColumns(listOf(left['cols']).map(String), listOf(right['cols']).map(String), count);
  for (const [field, measure] of Object.entries(MEASURE_OF_FIELD)) {
    if (left[field] === undefined && right[field] === undefined) continue;
    count(measure, isSameField(field, left[field] ?? null, right[field] ?? null) ? 1 : 0, 1);
  }
  if (['desc', 'cdesc'].some((field) => left[field] !== undefined || right[field] !== undefined)) {
    const isEqual = ['desc', 'cdesc', 'ncdesc'].every((field) => left[field] === right[field]);
    count('descriptions', isEqual ? 1 : 0, 1);
  }
  for (const key of configKeys(left['cfg'] ?? null, right['cfg'] ?? null)) {
    const a = recordOf(left['cfg'])[key] ?? null;
    const b = recordOf(right['cfg'])[key] ?? null;
    if (isNothing(a) && isNothing(b)) continue;
    const type = left['type'] ?? right['type'];
    count('config', isSameConfig(withDefault(type, key, a), withDefault(type, key, b)) ? 1 : 0, 1);
  }
}

/** Columns that both sides have in the same order, of all columns of either. */
function countColumns(left: readonly string[], right: readonly string[], count: (measure: string, equal: number, all: number) => void): void {
  const common = left.filter((name) => right.includes(name));
  const inOrder = isSame(common, right.filter((name) => left.includes(name)));
  count('columns', inOrder ? common.length : 0, left.length + right.length - common.length);
}

function sortedUnion(left: Iterable<string>, right: Iterable<string>): string[] {
  return [...new Set([...left, ...right])].sort();
}

function tableText(rows: ReadonlyMap<string, TypeRow>): string {
  const lines = [['type', 'equal', 'missing', 'extra', 'field differences']];
  for (const [type, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (row.equal + row.missing + row.extra + row.fields.size === 0) continue;
    const fields = [...row.fields].sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, number]) => `${field} ${String(number)}`);
    lines.push([type, String(row.equal), String(row.missing), String(row.extra), fields.join(', ')]);
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : column === 4 ? cell : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd(),
    )
    .join('\n');
}

/** Adds up the agreement lines of saved outputs; undefined if one of the texts has none. */
export function sumOfAgreements(outputs: readonly string[]): string | undefined {
  const sums = new Map(MEASURES.map((name) => [name, { equal: 0, all: 0 }]));
  for (const output of outputs) {
    const line = /^agreement: (.*)$/m.exec(output)?.[1];
    if (line === undefined) return undefined;
    for (const [, name, equal, all] of line.matchAll(/(\w+) (\d+)\/(\d+)/g)) {
      const sum = MEASURES.find((measure) => measure === name);
      const share = sum === undefined ? undefined : sums.get(sum);
      if (share === undefined) return undefined;
      share.equal += Number(equal);
      share.all += Number(all);
    }
  }
  return agreementLine(sums);
}

function agreementLine(shares: ReadonlyMap<string, { readonly equal: number; readonly all: number }>): string {
  const parts = MEASURES.map((name) => {
    const { equal, all } = shares.get(name) ?? { equal: 0, all: 0 };
    return `${name} ${String(equal)}/${String(all)}`;
  });
  return `agreement: ${parts.join(', ')}`;
}
