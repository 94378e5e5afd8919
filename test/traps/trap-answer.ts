/** A trap's answer, dbt's or ours, in the one form in which both are compared. */
/* eslint-disable @typescript-eslint/no-base-to-string -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import type { JsonRecord, JsonSource } from '../../server/src/base/json-text.ts';
import type { ConfigurableType } from '../../server/src/dbt/config-keys.ts';
import { defaultConfigOf } from '../../server/src/dbt/config-keys.ts';
import type { AnalyzedProject } from '../../server/src/features/analysis.ts';
import { manifestItems } from '../../server/src/features/manifest.ts';
import type { Json } from '../parity/digest.ts';
import { isSame, listOf, recordOf, toJson, withoutNulls } from '../parity/digest.ts';
import type { Trap, TrapNode } from './trap-projects.ts';

const FIELDS = [
  'dep', 'refs', 'sources', 'mac', 'enabled', 'mat', 'alias', 'schema_config', 'tags', 'config_tags', 'meta', 'severity', 'where', 'cols', 'fqn',
  'desc', 'col_desc', 'attached', 'patch', 'freshness', 'loaded', 'identifier', 'pre', 'post', 'version', 'path',
] as const;

/** What the newer traps hold as well. */
const MORE_FIELDS = [
  ...FIELDS, 'cfg', 'access', 'group', 'latest', 'pk', 'col', 'test', 'constraints', 'columns', 'functions', 'docs', 'owner', 'schema',
] as const;

/** The first traps were recorded with few fields: what none of their nodes has says nothing. */
function fieldsOf(trap: Trap): readonly string[] {
  if (trap.macros !== undefined) return MORE_FIELDS;
  const nodes = Object.values(trap.nodes ?? {});
  if (nodes.some((node) => node['alias'] !== undefined)) return FIELDS;
  return FIELDS.filter((field) => ['dep', 'enabled', 'mat', 'fqn'].includes(field) || nodes.some((node) => node[field] !== undefined));
}

/** What dbt answered. */
export function expectedAnswer(trap: Trap): unknown {
  const nodes: Record<string, unknown> = {};
  for (const [id, node] of Object.entries(trap.nodes ?? {})) nodes[id] = comparable(node, fieldsOf(trap));
  const disabled = Object.fromEntries(Object.entries(trap.disabled ?? {}).map(([id, files]) => [id, [...files].sort()]));
  if (trap.macros === undefined) return { nodes, disabled };
  const macros = Object.fromEntries(Object.entries(trap.macros).map(([id, called]) => [id, [...called].sort()]));
  return { nodes, disabled, macros, docs: trap.docs, groups: trap.groups };
}

/** What our manifest of the trap says. */
export function ourAnswer(trap: Trap, { index }: AnalyzedProject): unknown {
  const nodes: Record<string, unknown> = {};
  const disabled: Record<string, string[]> = {};
  const macros: Record<string, string[]> = {};
  const docs: string[] = [];
  const groups: string[] = [];
  const options = { readText: (file: string) => trap.files[file], version: '', withoutCode: true };
  for (const { section, uniqueId, item } of manifestItems(index, options)) {
    if (section === 'macros') macros[uniqueId] = listOf(recordOf(toJson(item['depends_on']))['macros']).map(String).filter(isOwn).sort();
    else if (section === 'docs') docs.push(uniqueId);
    else if (section === 'groups') groups.push(uniqueId);
    else if (section === 'disabled') (disabled[uniqueId] ??= []).push(String(item['original_file_path']));
    else nodes[uniqueId] = comparable(trapNode(item), fieldsOf(trap));
  }
  for (const files of Object.values(disabled)) files.sort();
  return trap.macros === undefined ? { nodes, disabled } : { nodes, disabled, macros, docs: docs.sort(), groups: groups.sort() };
}

function isOwn(uniqueId: string): boolean {
  return !/^\w+\.dbt(?:_\w+)?\./.test(uniqueId);
}

/** Sets are sorted, nulls and empty values dropped. */
function comparable(node: TrapNode, fields: readonly string[]): unknown {
  const kept: Record<string, Json> = {};
  for (const field of fields) {
    // JSON has no infinity; dbt's answer lacks it as well.
    const value = withoutNulls(JSON.parse(JSON.stringify(node[field] ?? null)) as Json);
    if (value === null || value === false || value === 0 || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) continue;
    // The order of sources is that of a Python set.
    if (field === 'sources') kept[field] = [...listOf(value)].map((item) => JSON.stringify(item)).sort();
    else if (field === 'dep') kept[field] = [...listOf(value).map(String).filter(isSource).sort(), ...listOf(value).map(String).filter((id) => !isSource(id))];
    else kept[field] = field === 'tags' || field === 'config_tags' ? [...new Set(listOf(value).map(String))].sort() : value;
  }
  return kept;
}

function isSource(id: string): boolean {
  return id.startsWith('source.');
}

function trapNode(item: JsonRecord): TrapNode {
  const config = recordOf(toJson(item['config']));
  const get = (key: string): Json => config[key] ?? null;
  const columns = recordOf(toJson(item['columns']));
  const dependsOn = recordOf(toJson(item['depends_on']));
  const type = String(item['resource_type']);
  const test = recordOf(toJson(item['test_metadata']));
  return {
    dep: dependsOn['nodes'],
    mac: dependsOn['macros'],
    refs: type === 'unit_test' ? null : toJson(item['refs']),
    sources: toJson(item['sources']),
    enabled: get('enabled'),
    mat: get('materialized'),
    alias: toJson(item['alias']),
    schema_config: get('schema'),
    tags: toJson(item['tags']),
    config_tags: get('tags'),
    meta: toJson(item['meta']),
    severity: get('severity'),
    where: get('where'),
    cols: Object.keys(columns),
    fqn: toJson(item['fqn']),
    desc: toJson(item['description']),
    col_desc: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, recordOf(column)['description'] ?? null])),
    attached: toJson(item['attached_node']),
    patch: toJson(item['patch_path']),
    freshness: type === 'source' ? toJson(item['freshness']) : null,
    loaded: toJson(item['loaded_at_field']),
    identifier: toJson(item['identifier']),
    pre: listOf(get('pre-hook')).length,
    post: listOf(get('post-hook')).length,
    version: toJson(item['version']),
    path: toJson(item['original_file_path']),
    cfg: changedConfig(type, config),
    access: toJson(item['access']),
    group: toJson(item['group']),
    latest: toJson(item['latest_version']),
    pk: toJson(item['primary_key']),
    col: toJson(item['column_name']),
    test: test['name'] === undefined ? null : [test['namespace'] ?? null, test['name'], test['kwargs'] ?? null],
    constraints: constraintsOf(item['constraints']),
    columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, columnOf(recordOf(column))])),
    functions: toJson(item['functions']),
    docs: toJson(item['doc_blocks']),
    owner: toJson(item['owner']),
    schema: type === 'source' ? toJson(item['schema']) : null,
  };
}

const COLUMN_FIELDS = ['data_type', 'meta', 'tags', 'doc_blocks', 'granularity'] as const;

function columnOf(column: Readonly<Record<string, Json>>): Json {
  const kept: Record<string, Json> = {};
  for (const field of COLUMN_FIELDS) kept[field] = column[field] ?? null;
  return { ...kept, quote: column['quote'] === true ? true : null, constraints: constraintsOf(column['constraints']) };
}

/** Constraints without what dbt fills in. */
function constraintsOf(value: JsonSource | undefined): Json {
  return listOf(toJson(value)).map((constraint) =>
    Object.fromEntries(Object.entries(recordOf(constraint)).filter(([key, part]) => !/^warn_un(?:enforced|supported)$/.test(key) || part !== true)),
  );
}

/** The config that differs from dbt's defaults; `lost` are defaults that were taken away. */
function changedConfig(type: string, config: Readonly<Record<string, Json>>): Json {
  // Both sides take the type from the manifest.
  const defaults = new Map([...defaultConfigOf(type as ConfigurableType)].map(([key, value]): [string, Json] => [key, withoutNulls(toJson(value))]));
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(recordOf(withoutNulls(config)))) {
    if (key !== 'pre-hook' && key !== 'post-hook' && !isSame(value, defaults.get(key))) kept[key] = value;
  }
  const lost = [...defaults].filter(([key, value]) => withoutNulls(config[key] ?? null) !== value && isEmpty(withoutNulls(config[key] ?? null)) && !isEmpty(value));
  return lost.length === 0 ? kept : { ...kept, lost: lost.map(([key]) => key) };
}

function isEmpty(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
