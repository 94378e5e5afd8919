/** Brings manifests, static or genuine, and digests of them into one form that can be compared. */
/* eslint-disable @typescript-eslint/no-base-to-string, project/assertion-needs-reason, @typescript-eslint/no-unnecessary-type-assertion -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import type { JsonRecord, JsonSource } from '../../server/src/base/json-text.ts';
import { md5Hex } from '../../server/src/base/hash.ts';
import { isPyDate, isPyFloat, isPyTuple } from '../../server/src/base/python-values.ts';
import { isUnknown } from '../../server/src/base/unknown.ts';
import type { ConfigurableType } from '../../server/src/dbt/config-keys.ts';
import { defaultConfigOf } from '../../server/src/dbt/config-keys.ts';
import type { ManifestItem } from '../../server/src/features/manifest.ts';

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A node reduced to what is compared; absent members are null or empty. The names are those of the digests. */
export interface NodeDigest {
  readonly [field: string]: Json | undefined;
}

/** A manifest reduced to what is compared. */
export interface ManifestDigest {
  readonly nodes: ReadonlyMap<string, NodeDigest>;
  /** Files of what is disabled, by unique id. */
  readonly disabled: ReadonlyMap<string, readonly string[]>;
  readonly macros: ReadonlySet<string>;
  readonly docs: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** The inputs of the invocation that a digest or manifest was made with, as far as it tells them. */
export interface DigestInvocation {
  readonly targetName?: string;
  readonly adapter?: string;
  readonly schema?: string;
  readonly database?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly vars?: Json;
  readonly now?: string;
  readonly dbtVersion?: string;
}

const ADAPTERS = ['postgres', 'redshift', 'snowflake', 'bigquery', 'databricks', 'spark', 'duckdb', 'athena', 'trino', 'clickhouse', 'fabric', 'sqlserver'];
const INTERNAL: ReadonlySet<string> = new Set(['dbt', ...ADAPTERS.map((name) => `dbt_${name}`)]);

/** True for what belongs to dbt itself or to an adapter: installed with dbt, not with the project. */
function isInternal(uniqueId: string): boolean {
  return INTERNAL.has(uniqueId.split('.')[1] ?? '');
}

/** Reads a digest of the oracle. */
export function readDigest(data: { readonly [key: string]: Json }): { readonly digest: ManifestDigest; readonly invocation: DigestInvocation } {
  const nodes = recordOf(data['nodes']);
  const ids = (key: string): Set<string> => new Set(listOf(data[key]).map(String).filter((id) => !isInternal(id)));
  const invocation = recordOf(data['invocation']);
  const target = recordOf(invocation['target']);
  return {
    digest: {
      nodes: new Map(Object.entries(nodes).map(([id, node]) => [id, recordOf(node)])),
      disabled: new Map(Object.entries(recordOf(data['disabled'])).map(([id, files]) => [id, listOf(files).map(String).sort()])),
      macros: ids('macros'),
      docs: ids('docs'),
      groups: ids('groups'),
    },
    invocation: {
      ...textMember('targetName', target['name']),
      ...textMember('adapter', target['type']),
      ...textMember('schema', target['schema']),
      ...textMember('database', target['database']),
      ...textMember('now', invocation['now']),
      // The rest of the text says how that dbt was built.
      ...textMember('dbtVersion', /^[\d.]+/.exec(String(data['dbt']))?.[0]),
      environment: Object.fromEntries(Object.entries(recordOf(invocation['env'])).map(([key, value]) => [key, String(value)])),
      vars: invocation['vars'] ?? {},
    },
  };
}

function textMember<Key extends string>(key: Key, value: Json | undefined): { readonly [K in Key]?: string } {
  // The record has at most this one member.
  return (typeof value === 'string' ? { [key]: value } : {}) as { readonly [K in Key]?: string };
}

const SECTIONS = [
  'nodes', 'sources', 'exposures', 'metrics', 'semantic_models', 'saved_queries', 'unit_tests', 'functions', 'macros', 'docs', 'groups',
] as const;

/** Reads a genuine manifest.json. */
export function readManifest(data: { readonly [key: string]: Json }): {
  readonly digest: ManifestDigest;
  readonly items: readonly ManifestItem[];
  readonly invocation: DigestInvocation;
} {
  const items: ManifestItem[] = [];
  for (const section of SECTIONS) {
    for (const [uniqueId, item] of Object.entries(recordOf(data[section]))) items.push({ section, uniqueId, item: recordOf(item) });
  }
  for (const [uniqueId, list] of Object.entries(recordOf(data['disabled']))) {
    for (const item of listOf(list)) items.push({ section: 'disabled', uniqueId, item: recordOf(item) });
  }
  const metadata = recordOf(data['metadata']);
  return {
    digest: digestItems(items),
    items,
    invocation: {
      ...textMember('adapter', metadata['adapter_type']),
      ...textMember('dbtVersion', metadata['dbt_version']),
      ...textMember('now', metadata['generated_at']),
    },
  };
}

/** Reduces the items of a manifest, ours or dbt's. */
export function digestItems(items: Iterable<ManifestItem>): ManifestDigest {
  const nodes = new Map<string, NodeDigest>();
  const disabled = new Map<string, string[]>();
  const macros = new Set<string>();
  const docs = new Set<string>();
  const groups = new Set<string>();
  for (const { section, uniqueId, item } of items) {
    switch (section) {
      case 'macros':
        macros.add(uniqueId);
        break;
      case 'docs':
        docs.add(uniqueId);
        break;
      case 'groups':
        groups.add(uniqueId);
        break;
      case 'disabled': {
        const files = disabled.get(uniqueId) ?? [];
        files.push(String(item['original_file_path']));
        disabled.set(uniqueId, files.sort());
        break;
      }
      default:
        nodes.set(uniqueId, digestNode(item));
    }
  }
  const own = (ids: Set<string>): Set<string> => new Set([...ids].filter((id) => !isInternal(id)));
  return { nodes, disabled, macros: own(macros), docs: own(docs), groups };
}

function digestNode(item: JsonRecord): NodeDigest {
  const type = String(item['resource_type']);
  const json = (key: string): Json => toJson(item[key]);
  const config = item['config'];
  const node: Record<string, Json> = {};
  const set = (key: string, value: Json): void => {
    if (!isEmpty(value)) node[key] = value;
  };
  const dependsOn = recordOf(json('depends_on'));
  set('type', type);
  set('pkg', json('package_name'));
  set('path', json('original_file_path'));
  set('fqn', json('fqn'));
  // Digests hold no refs of what dbt makes edges for in other ways.
  if (type !== 'unit_test' && type !== 'metric' && type !== 'saved_query') {
    set('refs', listOf(json('refs')).map((use) => [recordOf(use)['package'] ?? null, recordOf(use)['name'] ?? null, recordOf(use)['version'] ?? null]));
    set('sources', json('sources'));
  }
  set('dep', listOf(dependsOn['nodes']).map(String).sort());
  set('mac', dependsOn['macros'] ?? null);
  set('patch', json('patch_path'));
  set('cols', Object.keys(recordOf(json('columns'))));
  set('alias', json('alias'));
  set('access', json('access'));
  set('group', json('group'));
  set('v', json('version'));
  set('latest', json('latest_version'));
  set('pk', json('primary_key'));
  set('attached', json('attached_node'));
  set('col', json('column_name'));
  const metadata = recordOf(json('test_metadata'));
  if (metadata['name'] !== undefined) set('test', [metadata['namespace'] ?? null, metadata['name']]);
  set('tags', [...new Set(listOf(json('tags')).map(String))].sort());
  if (type === 'exposure') set('owner', Object.entries(recordOf(json('owner'))).filter(([, value]) => value !== null).map(([key]) => key).sort());
  set('cons', listOf(json('constraints')).map((constraint) => recordOf(constraint)['type'] ?? null));
  setDescriptions(item, set);
  setConfig(type, config, set);
  if (type === 'source') {
    if (item['identifier'] !== item['name']) set('ident', json('identifier'));
    set('fresh', withoutNulls(recordOf(json('freshness'))));
    set('loaded', json('loaded_at_field'));
  }
  return node;
}

function setDescriptions(item: JsonRecord, set: (key: string, value: Json) => void): void {
  const description = item['description'];
  if (typeof description === 'string' && description !== '') set('desc', md5Hex(description).slice(0, 8));
  const described: Record<string, string> = {};
  for (const [name, column] of Object.entries(recordOf(toJson(item['columns'])))) {
    const text = recordOf(column)['description'];
    if (typeof text === 'string' && text !== '') described[name] = md5Hex(text).slice(0, 8);
  }
  const names = Object.keys(described);
  if (names.length === 0) return;
  set('ncdesc', names.length);
  set('cdesc', md5Hex(pythonJson(described)).slice(0, 8));
}

const FIELDS_OF_THEIR_OWN: ReadonlySet<string> = new Set(['materialized', 'alias', 'group', 'access']);
const HOOKS: ReadonlySet<string> = new Set(['pre-hook', 'post-hook']);

function setConfig(type: string, config: JsonSource | undefined, set: (key: string, value: Json) => void): void {
  const entries = config instanceof Map ? [...config.entries()] : Object.entries(recordOf(config));
  // The type is one that the manifest has; of those without configuration of their own the defaults are empty.
  const defaults = defaultConfigOf(type as ConfigurableType);
  const changed: Record<string, Json> = {};
  for (const [key, value] of entries as [string, JsonSource][]) {
    if (key === 'materialized') set('mat', toJson(value));
    if (FIELDS_OF_THEIR_OWN.has(key)) continue;
    const plain = toJson(value);
    if (HOOKS.has(key)) {
      const count = listOf(plain).length;
      if (count > 0) changed[key] = count;
      continue;
    }
    if (isSame(withoutNulls(plain), withoutNulls(toJson(defaults.get(key))))) continue;
    const text = pythonJson(value);
    changed[key] = text.length > 160 ? `md5:${md5Hex(text).slice(0, 8)}` : plain;
  }
  set('cfg', changed);
}

/** A value without what is null or empty, at any depth. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withoutNulls(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) {
    const rest = withoutNulls(child);
    if (!isEmpty(rest)) kept[key] = rest;
  }
  return kept;
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);
}

/** True if two JSON values say the same; members may come in any order. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return sortedText(a ?? null) === sortedText(b ?? null);
}

function sortedText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => sortedText(item)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, child]) => `${JSON.stringify(key)}:${sortedText(child)}`)
    .join()}}`;
}

/** A value as JSON has it: floats are numbers, dates texts, unknown is null. */
export function toJson(value: JsonSource | undefined): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: JsonSource) => toJson(item));
  if (value instanceof Map) {
    const record: Record<string, Json> = {};
    for (const [key, child] of value as ReadonlyMap<unknown, JsonSource>) record[keyText(key)] = toJson(child);
    return record;
  }
  const scalar = scalarOf(value);
  if (scalar !== undefined) return scalar;
  return Object.fromEntries(Object.entries(value as JsonRecord).map(([key, child]) => [key, toJson(child)]));
}

function keyText(key: unknown): string {
  if (key === null) return 'null';
  return typeof key === 'object' ? JSON.stringify(key) : String(key);
}

function scalarOf(value: object): Json | undefined {
  if (!('kind' in value)) return undefined;
  // The helpers look at the tag alone.
  const tagged = value as never;
  if (isUnknown(tagged)) return null;
  if (isPyFloat(tagged)) return (tagged as { value: number }).value;
  if (isPyDate(tagged)) return isoText(tagged as { text: string; hasTime: boolean });
  if (isPyTuple(tagged)) return (tagged as { items: JsonSource[] }).items.map((item) => toJson(item));
  return undefined;
}

function isoText(date: { readonly text: string; readonly hasTime: boolean }): string {
  return date.hasTime ? date.text.replace(' ', 'T') : date.text;
}

/** `json.dumps(value, sort_keys=True)`. */
export function pythonJson(value: JsonSource | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((item: JsonSource) => pythonJson(item)).join(', ')}]`;
  const scalar = value instanceof Map ? undefined : scalarOf(value);
  if (scalar !== undefined) {
    return typeof scalar === 'number' ? (Number.isInteger(scalar) ? `${String(scalar)}.0` : String(scalar)) : pythonJson(scalar);
  }
  const entries: [string, JsonSource][] =
    value instanceof Map
      ? [...value].map(([key, child]): [string, JsonSource] => [keyText(key), child as JsonSource])
      : (Object.entries(value) as [string, JsonSource][]);
  const parts = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => `${quoted(key)}: ${pythonJson(child)}`);
  return `{${parts.join(', ')}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A JSON object, or an empty one. */
export function recordOf(value: unknown): { readonly [key: string]: Json } {
  // What is no array and no null is an object of JSON.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {};
}

/** A JSON list, or an empty one. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
