/** Each trap: the nodes as dbt makes them, or a complaint that names dbt's own error at an exact place. */
/* eslint-disable @typescript-eslint/no-base-to-string, project/assertion-needs-reason -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import { describe, expect, it } from 'vitest';
import type { JsonRecord, JsonSource } from '../../server/src/base/json-text.ts';
import { manifestItems } from '../../server/src/features/manifest.ts';
import type { Json } from '../parity/digest.ts';
import { listOf, recordOf, toJson, withoutNulls } from '../parity/digest.ts';
import type { Trap, TrapNode } from './trap-projects.ts';
import { complaintsOf, openTrap, readTraps } from './trap-projects.ts';

const traps = readTraps();

describe('projects that dbt accepts', () => {
  for (const trap of traps.filter(({ rc }) => rc === 0)) {
    it(trap.name, () => {
      expect(nodesOf(trap)).toEqual(expectedNodes(trap));
    });
  }
});

describe('projects that dbt refuses', () => {
  for (const trap of traps.filter(({ rc }) => rc !== 0)) {
    it(trap.name, () => {
      const complaints = complaintsOf(openTrap(trap));
      const line = /Syntax error near line (\d+)/.exec(squeezed(trap.output.join(' ')))?.[1];
      if (line !== undefined) {
        // Of YAML dbt only tells the line; our words say more.
        const lines = complaints.map(({ path, span }) => (trap.files[path] ?? '').slice(0, span?.from ?? 0).split('\n').length);
        expect(lines).toContain(Number(line));
        return;
      }
      const wanted = keyPhrase(trap);
      const hit = complaints.find(({ message }) => squeezed(message).includes(wanted));
      expect(hit, `no complaint says: ${wanted}\nthere are: ${JSON.stringify(complaints, null, 1)}`).toBeDefined();
      expect(hit?.span).toBeDefined();
      expect(Object.keys(trap.files)).toContain(hit?.path);
    });
  }
});

/** What must be found in the words of a complaint: the telling part of dbt's first line. */
function keyPhrase(trap: Trap): string {
  const text = squeezed(trap.output.join(' '));
  for (const pattern of KEY_PHRASES) {
    const match = pattern.exec(text);
    if (match !== null) return match[0];
  }
  throw new Error(`no key phrase in: ${text}`);
}

const KEY_PHRASES: readonly RegExp[] = [
  /dbt found two [a-z_]+ with the name "[^"]+"/,
  /dbt found two resources with the database representation/,
  /dbt found two schema\.yml entries for the same resource named \w+/,
  /dbt found two docs with the same name: '?\w+'?/,
  /dbt found multiple macros named "\w+"/,
  /depends on a (?:node|source) named '[^']+'(?: with version '\w+')? which (?:is disabled|was not found)/,
  /The name argument to ref\(\) must be a string, got <class 'NoneType'>/,
  /ref\(\) takes at most two arguments \(\d given\)/,
  /the value of '\w+' is not a list/,
  /a list element for '\w+' does not have a name attribute/,
  /a list element for '\w+' is not a dictionary/,
  /groups must be a list, got <class 'NoneType'> instead: \(None\)/,
  /are not valid\. Dictionary expected\./,
  /cannot have both 'tests' and 'data_tests' defined/,
  /[Tt]est definition dictionary must have exactly one key, got .*? instead/,
  /test arguments must be a dict, got .*?(?= \(|$| -)/,
  /found \w+ dictionary in 'config' dictionary and as top-level key/,
  /depends on doc '\w+'/,
  /is not allowed because the referenced node is (?:private|protected) to the '\w+'/,
  /Invalid group '\w+', expected one of \[.*?\]/,
  /has an invalid value \(\w+\) for the access field/,
  /When referencing '\w+', dbt found nodes in multiple packages/,
  /Reached EOF without finding a close tag for \w+/,
  /Encountered unknown tag '\w+'/,
  /Unexpected end of template/i,
  /Resource names cannot contain spaces/,
  /Additional properties are not allowed \('\w+' was unexpected\)/,
  /does not match '\^/,
  /Required "name" field not present in project/,
  /Unable to find model '[\w.]+' for unit test '\w+'/,
  /'\w+' is a required property/,
  /is not of type '\w+'/,
  /is not one of \[/,
  /Env var required but not provided: '\w+'/,
  /Test cannot have the same key at the top-level and in config/,
  /expected .*?, got '[^']*'/,
  /unexpected '[^']*'/,
  /boolean key/,
];

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const FIELDS = [
  'dep', 'refs', 'sources', 'mac', 'enabled', 'mat', 'alias', 'schema_config', 'tags', 'config_tags', 'meta', 'severity', 'where', 'cols', 'fqn',
  'desc', 'col_desc', 'attached', 'patch', 'freshness', 'loaded', 'identifier', 'pre', 'post', 'version', 'path',
] as const;

/** The first traps were recorded with few fields: what none of their nodes has says nothing. */
function fieldsOf(trap: Trap): readonly string[] {
  const nodes = Object.values(trap.nodes ?? {});
  if (nodes.some((node) => node['alias'] !== undefined)) return FIELDS;
  return FIELDS.filter((field) => ['dep', 'enabled', 'mat', 'fqn'].includes(field) || nodes.some((node) => node[field] !== undefined));
}

function expectedNodes(trap: Trap): unknown {
  const nodes: Record<string, unknown> = {};
  for (const [id, node] of Object.entries(trap.nodes ?? {})) nodes[id] = comparable(node, fieldsOf(trap));
  return { nodes, disabled: Object.fromEntries(Object.entries(trap.disabled ?? {}).map(([id, files]) => [id, [...files].sort()])) };
}

/** Sets are sorted, nulls and empty values dropped. */
function comparable(node: TrapNode, fields: readonly string[]): unknown {
  const kept: Record<string, Json> = {};
  for (const field of fields) {
    // dbt's answer is JSON.
    const value = withoutNulls((node[field] ?? null) as Json);
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

function nodesOf(trap: Trap): unknown {
  const { index } = openTrap(trap);
  const nodes: Record<string, unknown> = {};
  const disabled: Record<string, string[]> = {};
  const options = { readText: (file: string) => trap.files[file], version: '', withoutCode: true };
  for (const { section, uniqueId, item } of manifestItems(index, options)) {
    if (section === 'macros' || section === 'docs' || section === 'groups') continue;
    if (section === 'disabled') (disabled[uniqueId] ??= []).push(String(item['original_file_path']));
    else nodes[uniqueId] = comparable(trapNode(item), fieldsOf(trap));
  }
  for (const files of Object.values(disabled)) files.sort();
  return { nodes, disabled };
}

function trapNode(item: JsonRecord): TrapNode {
  const config = item['config'];
  const get = (key: string): Json => toJson(config instanceof Map ? (config.get(key) as JsonSource | undefined) : null);
  const columns = recordOf(toJson(item['columns']));
  const dependsOn = recordOf(toJson(item['depends_on']));
  const type = item['resource_type'];
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
    freshness: toJson(item['freshness']),
    loaded: toJson(item['loaded_at_field']),
    identifier: toJson(item['identifier']),
    pre: listOf(get('pre-hook')).length,
    post: listOf(get('post-hook')).length,
    version: toJson(item['version']),
    path: toJson(item['original_file_path']),
  };
}
