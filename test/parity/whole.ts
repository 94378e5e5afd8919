/** All that a genuine manifest says of an item beside what digests hold, so that no field of dbt's is compared with nothing. */

import type { JsonRecord } from '../../server/src/base/json-text.ts';
import type { ManifestItem } from '../../server/src/features/manifest.ts';
import type { Json } from './digest.ts';
import { isSame, recordOf, toJson, withoutNulls } from './digest.ts';

/** Fields of one item by the manifest's names; absent members are null or empty. */
export type WholeItem = Readonly<Record<string, Json>>;

/** Fields that hang on a clock, on a connection or on a build, and those of our own. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'created_at', 'database', 'schema', 'relation_name', 'node_relation', 'unrendered_config', 'unrendered_database', 'unrendered_schema', 'build_path',
  'compiled', 'compiled_path', 'compiled_code', 'extra_ctes', 'extra_ctes_injected', 'root_path', 'defer_relation',
  'evaluation', 'conditional_depends_on', 'unknown',
]);

/** Fields that the digests hold as well, so that they are counted where they always were. */
const IN_DIGESTS: ReadonlySet<string> = new Set([
  'original_file_path', 'fqn', 'tags', 'alias', 'access', 'group', 'version', 'latest_version', 'primary_key', 'attached_node', 'column_name', 'patch_path',
]);

/** Of what is disabled dbt renders no descriptions, and it does not look further. */
const NOT_OF_DISABLED: ReadonlySet<string> = new Set(['description', 'source_description', 'columns', 'doc_blocks', 'primary_key']);

/** Types without a place in the digests' nodes. */
const OTHERS: ReadonlySet<string> = new Set(['macro', 'doc', 'group']);

/** Reads the items of a manifest, ours or dbt's; disabled ones by their file as well. */
export function wholeItems(items: Iterable<ManifestItem>): ReadonlyMap<string, WholeItem> {
  const found = new Map<string, WholeItem>();
  for (const { section, uniqueId, item } of items) {
    const path = item['original_file_path'];
    found.set(section === 'disabled' && typeof path === 'string' ? `${uniqueId} (disabled, ${path})` : uniqueId, wholeItem(item, section === 'disabled'));
  }
  return found;
}

function wholeItem(item: JsonRecord, isDisabled: boolean): WholeItem {
  const type = item['resource_type'];
  const isCounted = !isDisabled && !(typeof type === 'string' && OTHERS.has(type));
  const fields: Record<string, Json> = {};
  for (const [key, raw] of Object.entries(item)) {
    if (LEFT_OUT.has(key) || (isCounted && IN_DIGESTS.has(key)) || (isDisabled && NOT_OF_DISABLED.has(key))) continue;
    // The hash of a unit test is one of Python's own spelling of its parts.
    if (key === 'checksum' && type === 'unit_test') continue;
    // Sources and refs are compared as digests have them, and what a config says only where it is not counted.
    if (isCounted && ['refs', 'sources', 'depends_on'].includes(key) && type !== 'metric' && type !== 'saved_query' && type !== 'unit_test') continue;
    const value = valueOf(key, toJson(raw), isCounted);
    if (value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0)) fields[key] = value;
  }
  return fields;
}

function valueOf(key: string, value: Json, isCounted: boolean): Json {
  switch (key) {
    case 'contract':
      // The hash of dbt's own order of keys.
      return without(value, ['checksum']);
    case 'config':
      return isCounted ? withoutNulls(only(value, ['pre-hook', 'post-hook'])) : withoutNulls(value);
    case 'columns':
      return withoutNulls(Object.fromEntries(Object.entries(recordOf(value)).map(([name, column]) => [name, columnOf(column)])));
    case 'exports':
      return withoutNulls(Array.isArray(value) ? value.map((one: Json) => exportOf(one)) : value);
    case 'tags':
    case 'sources':
      return Array.isArray(value) ? [...new Set(value.map((one: Json) => JSON.stringify(one)))].sort() : value;
    case 'depends_on':
      return withoutNulls(Object.fromEntries(Object.entries(recordOf(value)).map(([kind, ids]) => [kind, Array.isArray(ids) ? ids.map(String).sort() : ids])));
    default:
      return withoutNulls(value);
  }
}

/** The tags of columns are a set of Python's. */
function columnOf(column: Json): Json {
  const tags = (value: Json): Json => (Array.isArray(value) ? value.map((one: Json) => JSON.stringify(one)).sort() : value);
  const { config, ...rest } = recordOf(column);
  const inner = recordOf(config);
  return { ...rest, tags: tags(rest['tags'] ?? null), config: { ...inner, tags: tags(inner['tags'] ?? null) } };
}

/** What an export writes to hangs on the connection, unless it says so itself. */
function exportOf(value: Json): Json {
  const { config, ...rest } = recordOf(value);
  return { ...rest, config: without(config ?? null, ['database', 'schema_name']) };
}

function without(value: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(recordOf(value)).filter(([key]) => !keys.includes(key)));
}

function only(value: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(recordOf(value)).filter(([key]) => keys.includes(key)));
}

/** One field that differs, of an item that both sides have. */
export interface WholeDifference {
  readonly uniqueId: string;
  readonly field: string;
  readonly dbt: Json;
  readonly ours: Json;
}

/** Compares what both manifests have; what only one has shows elsewhere. */
export function wholeDifferences(dbt: ReadonlyMap<string, WholeItem>, ours: ReadonlyMap<string, WholeItem>): WholeDifference[] {
  const found: WholeDifference[] = [];
  for (const [uniqueId, left] of [...dbt].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const right = ours.get(uniqueId);
    if (right === undefined) continue;
    for (const field of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const a = left[field] ?? null;
      const b = right[field] ?? null;
      if (!isSame(a, b)) found.push({ uniqueId, field, dbt: a, ours: b });
    }
  }
  return found;
}
