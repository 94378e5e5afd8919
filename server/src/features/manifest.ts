/** The static manifest: dbt's manifest.json (v12) as far as files alone can tell, item by item, so that it can be streamed. */

import { pathAsWritten } from '../facts/project-layout.ts';
import { relativePath } from '../base/file-id.ts';
import type { JsonRecord, JsonSource } from '../base/json-text.ts';
import { jsonText } from '../base/json-text.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDate, isPyDict, isTruthy } from '../base/python-values.ts';
import { isUnknown } from '../base/unknown.ts';
import type { ConfigurableType } from '../dbt/config-keys.ts';
import { pyRepr, pyStr } from '../dbt/python-repr.ts';
import { configKeysOf, defaultConfigOf } from '../dbt/config-keys.ts';
import { pythonStrip } from '../base/python-space.ts';
import { checksumOfSeed, checksumOfText, patchPath } from '../dbt/node-names.ts';
import type { DbtNode, DeclaredNode, EntryReference, NodeBase, NodeColumn, RelationNode, SourceNode, TestNode } from '../index/model.ts';
import type { PackageState, ProjectIndex } from '../index/project-index.ts';
import { sortedEntries } from '../index/assembly/shared.ts';
import { firstByFile } from '../index/package-tables.ts';
import { leadsNowhere } from '../index/resolution.ts';
import type { RenderingPlace } from '../index/rendering.ts';
import type { JinjaStatement } from '../syntax/jinja/ast.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';
import type { SemanticSurroundings } from './manifest-semantics.ts';
import { columnSemantics, metricFields, savedQueryFields, semanticModelFields } from './manifest-semantics.ts';
import type { RowSources } from './manifest-unit-tests.ts';
import { unitTestFields } from './manifest-unit-tests.ts';

/** The maps of a manifest that hold one item for each unique id. */
export type ManifestSection =
  | 'nodes'
  | 'sources'
  | 'macros'
  | 'docs'
  | 'exposures'
  | 'metrics'
  | 'groups'
  | 'disabled'
  | 'saved_queries'
  | 'semantic_models'
  | 'unit_tests'
  | 'functions';

/** One item of a manifest. Items of `disabled` come one by one; the manifest lists those of one id together. */
export interface ManifestItem {
  readonly section: ManifestSection;
  readonly uniqueId: string;
  readonly item: JsonRecord;
}

/** What the manifest says of itself. */
export interface ManifestOptions {
  /** Newest text of a file. */
  readonly readText: (file: string) => string | undefined;
  /**
   * A file as dbt reads it: with its byte order mark and, of seeds, more than the head; undefined if it has more bytes than the limit
   * (0: none). Without this function `readText` counts.
   */
  readonly readWhole?: (file: string, limit: number) => string | undefined;
  /** Version of this program. */
  readonly version: string;
  /** ISO 8601 moment to write as `generated_at`; nothing else in the manifest hangs on a clock. */
  readonly now?: string;
  readonly dbtVersion?: string;
  /** Leaves out `raw_code` and checksums, for callers that compare and do not write. */
  readonly withoutCode?: boolean;
}

const SECTION_OF_TYPE: Readonly<Record<DbtNode['resourceType'], ManifestSection>> = {
  model: 'nodes',
  seed: 'nodes',
  snapshot: 'nodes',
  analysis: 'nodes',
  test: 'nodes',
  operation: 'nodes',
  source: 'sources',
  exposure: 'exposures',
  metric: 'metrics',
  semantic_model: 'semantic_models',
  saved_query: 'saved_queries',
  unit_test: 'unit_tests',
  function: 'functions',
};

const NODE_TYPES = ['model', 'seed', 'snapshot', 'analysis', 'test', 'operation'] as const;
const OTHER_SECTIONS = ['exposure', 'metric'] as const;
const LAST_SECTIONS = ['saved_query', 'semantic_model', 'unit_test', 'function'] as const;

/** All items of the manifest, section by section as dbt orders them, each section sorted by unique id. */
export function* manifestItems(index: ProjectIndex, options: ManifestOptions): Generator<ManifestItem> {
  for (const type of NODE_TYPES) yield* activeItems(index, type, options);
  yield* activeItems(index, 'source', options);
  yield* macroItems(index);
  yield* docItems(index);
  for (const type of OTHER_SECTIONS) yield* activeItems(index, type, options);
  yield* groupItems(index);
  yield* disabledItems(index, options);
  for (const type of LAST_SECTIONS) yield* activeItems(index, type, options);
}

/** The manifest as JSON, in pieces of about an item. */
export function* manifestText(index: ProjectIndex, options: ManifestOptions): Generator<string> {
  yield `{"metadata": ${jsonText(metadataOf(index, options))}`;
  const nodeItems = function* (): Generator<ManifestItem> {
    for (const type of NODE_TYPES) yield* activeItems(index, type, options);
  };
  yield* sectionText('nodes', nodeItems());
  yield* sectionText('sources', activeItems(index, 'source', options));
  yield* sectionText('macros', macroItems(index));
  yield* sectionText('docs', docItems(index));
  yield* sectionText('exposures', activeItems(index, 'exposure', options));
  yield* sectionText('metrics', activeItems(index, 'metric', options));
  yield* sectionText('groups', groupItems(index));
  yield ',\n"selectors": {}';
  yield* disabledText(index, options);
  yield* graphText(index);
  yield* sectionText('saved_queries', activeItems(index, 'saved_query', options));
  yield* sectionText('semantic_models', activeItems(index, 'semantic_model', options));
  yield* sectionText('unit_tests', activeItems(index, 'unit_test', options));
  yield* sectionText('functions', activeItems(index, 'function', options));
  yield '}\n';
}

function metadataOf(index: ProjectIndex, options: ManifestOptions): JsonRecord {
  return {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: options.dbtVersion ?? null,
    generated_at: options.now ?? null,
    generated_by: `dbt-readiness ${options.version}`,
    static: true,
    project_name: index.rootPackage.name,
    adapter_type: index.render.adapter() ?? null,
  };
}

function* sectionText(name: string, items: Iterable<ManifestItem>): Generator<string> {
  let separator = `,\n"${name}": {\n`;
  for (const { uniqueId, item } of items) {
    yield `${separator}${JSON.stringify(uniqueId)}: ${jsonText(item)}`;
    separator = ',\n';
  }
  yield separator === ',\n' ? '\n}' : `,\n"${name}": {}`;
}

function* disabledText(index: ProjectIndex, options: ManifestOptions): Generator<string> {
  let last: string | undefined;
  for (const { uniqueId, item } of disabledItems(index, options)) {
    if (uniqueId === last) yield `, ${jsonText(item)}`;
    else {
      yield last === undefined ? ',\n"disabled": {\n' : '],\n';
      yield `${JSON.stringify(uniqueId)}: [${jsonText(item)}`;
    }
    last = uniqueId;
  }
  yield last === undefined ? ',\n"disabled": {}' : ']\n}';
}

/** `parent_map`, `child_map` and `group_map`; every id has an entry, the lists are sorted. */
function* graphText(index: ProjectIndex): Generator<string> {
  const ids = sortedActiveIds(index);
  for (const [name, neighbours] of [
    ['parent_map', (id: string): readonly string[] => [...index.nodes.parents(id)].sort()],
    ['child_map', (id: string): readonly string[] => index.nodes.children(id)],
  ] as const) {
    let separator = `,\n"${name}": {\n`;
    for (const id of ids) {
      yield `${separator}${JSON.stringify(id)}: ${JSON.stringify(neighbours(id))}`;
      separator = ',\n';
    }
    yield separator === ',\n' ? '\n}' : `,\n"${name}": {}`;
  }
  yield `,\n"group_map": ${jsonText(groupMap(index))}`;
}

function sortedActiveIds(index: ProjectIndex): string[] {
  const ids: string[] = [];
  for (const id of index.nodes.allIds()) if (index.nodes.active(id) !== undefined) ids.push(id);
  return ids.sort();
}

function groupMap(index: ProjectIndex): JsonRecord {
  const map: Record<string, string[]> = {};
  for (const group of sortedGroups(index)) map[group.name] = [];
  for (const type of [...NODE_TYPES, 'metric', 'saved_query', 'semantic_model'] as const) {
    for (const id of index.nodes.idsOfType(type)) {
      const node = index.nodes.active(id);
      // Tests have the group of their model without a config of their own.
      const group = node !== undefined && 'group' in node ? node.group : node?.config.get('group');
      if (typeof group === 'string') map[group]?.push(id);
    }
  }
  return map;
}

function* activeItems(index: ProjectIndex, type: DbtNode['resourceType'], options: ManifestOptions): Generator<ManifestItem> {
  for (const uniqueId of index.nodes.idsOfType(type)) {
    const node = index.nodes.active(uniqueId);
    if (node !== undefined) yield { section: SECTION_OF_TYPE[type], uniqueId, item: itemOf(index, node, options, true) };
  }
}

function* disabledItems(index: ProjectIndex, options: ManifestOptions): Generator<ManifestItem> {
  const ids: string[] = [];
  for (const id of index.nodes.allIds()) if (index.nodes.rows(id).some(({ node }) => node.enabled === false)) ids.push(id);
  for (const uniqueId of ids.sort()) {
    for (const { node } of index.nodes.rows(uniqueId)) {
      if (node.enabled === false) yield { section: 'disabled', uniqueId, item: itemOf(index, node, options, false) };
    }
  }
}

function* macroItems(index: ProjectIndex): Generator<ManifestItem> {
  const items: ManifestItem[] = [];
  for (const state of index.packages.values()) {
    for (const name of state.tables.macros.keys()) {
      const row = firstByFile(state.tables.macros.get(name));
      if (row === undefined) continue;
      const uniqueId = `macro.${state.name}.${name}`;
      const path = pathAsWritten(state.tables.layout, row.file);
      const [entry] = sortedEntries(state.tables.entries.get(`macros/${name}`));
      const declared = declarationIn(index, state, entry?.entry.value);
      const place = placeIn(state);
      const describe = (text: PyValue | undefined): JsonSource => index.render.description(place, text) ?? '';
      const docs = docsOfMacro(declared);
      const meta = metaOfMacro(declared);
      // Of generic tests among the tests, and without the flag, dbt does not look at the arguments.
      const isLookedAt = index.render.flag('validate_macro_args') && !isBelowTests(state, row.file);
      const signature = signatureOf(row.source);
      items.push({
        section: 'macros',
        uniqueId,
        item: {
          name,
          resource_type: 'macro',
          package_name: state.name,
          path,
          original_file_path: path,
          unique_id: uniqueId,
          macro_sql: row.source,
          depends_on: { macros: index.render.macroDependencies(state.name, name) },
          description: describe(declared?.get('description')),
          meta,
          docs,
          config: { meta, docs },
          patch_path: entry === undefined ? null : patchPath(state.name, pathAsWritten(state.tables.layout, entry.file)),
          arguments: argumentsOf(declared?.get('arguments'), isLookedAt ? signature.names : [], describe),
          supported_languages: signature.languages,
        },
      });
    }
  }
  yield* items.sort(compareItems);
}

/** Where texts of a package's property files are rendered; who writes a manifest has nobody to tell of reads. */
function placeIn(owner: PackageState): RenderingPlace {
  return { owner, note: () => undefined };
}

/** A declaration as dbt reads it: rendered, but for what it renders later or files cannot tell. */
function declarationIn(index: ProjectIndex, owner: PackageState, value: PyValue | undefined): PyDict | undefined {
  if (!isPyDict(value)) return undefined;
  const declared: PyDict = new Map(value);
  for (const [key, rendered] of index.render.tree(placeIn(owner), value)) {
    // A part that holds something unknown stays as it is written.
    if (key === 'description' || key === 'arguments' || isUnknown(rendered) || rendered instanceof Map) continue;
    // What is no dict and not unknown is a plain value.
    declared.set(key, rendered as PyValue);
  }
  return declared;
}

function dictAt(declared: PyDict | undefined, ...keys: readonly string[]): PyDict | undefined {
  let found: PyDict | undefined = declared;
  for (const key of keys) {
    const next: PyValue | undefined = found?.get(key);
    found = isPyDict(next) ? next : undefined;
  }
  return found;
}

function docsOfMacro(declared: PyDict | undefined): JsonRecord {
  const inConfig = dictAt(declared, 'config', 'docs');
  const docs = inConfig !== undefined && inConfig.size > 0 ? inConfig : dictAt(declared, 'docs');
  return { show: docs?.get('show') ?? true, node_color: docs?.get('node_color') ?? null };
}

function metaOfMacro(declared: PyDict | undefined): PyDict {
  return new Map([...(dictAt(declared, 'meta') ?? []), ...(dictAt(declared, 'config', 'meta') ?? [])]);
}

/** True for a file that was found in one of the folders of tests. */
function isBelowTests(state: PackageState, file: string): boolean {
  return state.tables.files.get(file)?.parts[0]?.place.kind === 'generic-test';
}

/** The arguments that an entry tells of, else those of the macro itself. */
function argumentsOf(written: PyValue | undefined, names: readonly string[], describe: (text: PyValue | undefined) => JsonSource): JsonSource {
  if (!Array.isArray(written) || written.length === 0) return names.map((name) => ({ name, type: null, description: '' }));
  return written.map((item) =>
    isPyDict(item) ? { name: item.get('name') ?? null, type: item.get('type') ?? null, description: describe(item.get('description')) } : item,
  );
}

/** The names of a macro's parameters, and the languages that a materialization says it supports. */
function signatureOf(source: string): { readonly names: readonly string[]; readonly languages: JsonSource } {
  const macro = parseJinja(source).body.find((statement): statement is Extract<JinjaStatement, { kind: 'macro' }> => statement.kind === 'macro');
  if (macro === undefined) return { names: [], languages: null };
  const names = macro.parameters.map(({ name }) => name);
  if (macro.tag !== 'materialization') return { names, languages: null };
  const given = macro.parameters.find(({ name }) => name === 'supported_languages')?.default;
  const languages = given?.kind === 'list' ? given.items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])) : [];
  return { names, languages };
}

function* docItems(index: ProjectIndex): Generator<ManifestItem> {
  const items: ManifestItem[] = [];
  for (const state of index.packages.values()) {
    for (const name of state.tables.docs.keys()) {
      const row = firstByFile(state.tables.docs.get(name));
      if (row === undefined) continue;
      const uniqueId = `doc.${state.name}.${name}`;
      const path = pathAsWritten(state.tables.layout, row.file);
      items.push({
        section: 'docs',
        uniqueId,
        item: {
          name,
          resource_type: 'doc',
          package_name: state.name,
          path: searchedPath(state, row.file, path),
          original_file_path: path,
          unique_id: uniqueId,
          block_contents: pythonStrip(index.render.docsText(row.text)),
        },
      });
    }
  }
  yield* items.sort(compareItems);
}

/** A path relative to the configured folder in which the file was found. */
function searchedPath(state: PackageState, file: string, path: string): string {
  const place = state.tables.files.get(file)?.parts[0]?.place;
  return place === undefined ? path : relativePath(place.searched, file);
}

function compareItems(a: ManifestItem, b: ManifestItem): number {
  return a.uniqueId < b.uniqueId ? -1 : a.uniqueId > b.uniqueId ? 1 : 0;
}

function sortedGroups(index: ProjectIndex): ReturnType<ProjectIndex['groupNodes']> {
  return [...index.groupNodes()].sort((a, b) => (a.uniqueId < b.uniqueId ? -1 : 1));
}

function* groupItems(index: ProjectIndex): Generator<ManifestItem> {
  for (const group of sortedGroups(index)) {
    const state = index.packages.get(group.packageName);
    const path = state === undefined ? group.entry.file : pathAsWritten(state.tables.layout, group.entry.file);
    const { declaration, uniqueId } = group;
    yield {
      section: 'groups',
      uniqueId,
      item: {
        name: group.name,
        resource_type: 'group',
        package_name: group.packageName,
        path: state === undefined ? path : searchedPath(state, group.entry.file, path),
        original_file_path: path,
        unique_id: uniqueId,
        owner: declaration.get('owner') ?? null,
        description: declaration.get('description') ?? null,
        config: new Map([['meta', new Map()], ...group.config]),
      },
    };
  }
}

function itemOf(index: ProjectIndex, node: DbtNode, options: ManifestOptions, isActive: boolean): JsonRecord {
  const parents = isActive ? index.nodes.parents(node.uniqueId) : [];
  const conditional = isActive ? index.nodes.conditionalParents(node.uniqueId) : [];
  switch (node.resourceType) {
    case 'source':
      return sourceItem(node);
    case 'test':
      return testItem(index, node, parents, conditional, options, isActive);
    case 'exposure':
    case 'metric':
    case 'semantic_model':
    case 'saved_query':
    case 'unit_test':
      return declaredItem(index, node, parents, options);
    default:
      return relationItem(index, node, parents, conditional, options);
  }
}

/** What all items begin with. */
function identityOf(node: NodeBase & { readonly resourceType: string }): Record<string, JsonSource | undefined> {
  return {
    name: node.name,
    resource_type: node.resourceType,
    package_name: node.packageName,
    path: node.path,
    original_file_path: node.originalFilePath,
    unique_id: node.uniqueId,
    fqn: node.fqn,
  };
}

/** How sure the edges are, and what could not be told. */
function evaluationOf(node: NodeBase, conditional: readonly string[]): Record<string, JsonSource | undefined> {
  return { evaluation: node.evaluation, conditional_depends_on: conditional, unknown: unknownFields(node) };
}

/** Reasons by field, for values that are null in the manifest because files cannot tell them. */
function unknownFields(node: NodeBase): JsonRecord | undefined {
  let fields: Record<string, string> | undefined;
  const add = (field: string, value: unknown): void => {
    if (isUnknown(value)) (fields ??= {})[field] = value.reason;
  };
  for (const [key, value] of node.config) add(`config.${key}`, value);
  add('enabled', node.enabled);
  add('description', node.description);
  if ('alias' in node) add('alias', node.alias);
  return fields;
}

const NO_COLUMNS: JsonRecord = {};

function columnsOf(columns: readonly NodeColumn[]): JsonSource {
  if (columns.length === 0) return NO_COLUMNS;
  return new Map(columns.map((column) => [column.name, columnItem(column)]));
}

function columnItem(column: NodeColumn): JsonRecord {
  const semantics = isPyDict(column.semantics) ? columnSemantics(column.semantics) : undefined;
  return {
    name: column.name,
    description: column.description ?? '',
    meta: column.meta,
    data_type: column.dataType,
    constraints: column.constraints.map((one) => constraintItem(one, false)),
    quote: column.quote,
    config: { meta: column.meta, tags: column.tags },
    tags: column.tags,
    doc_blocks: column.docBlocks,
    granularity: column.granularity ?? null,
    dimension: semantics?.dimension ?? null,
    entity: semantics?.entity ?? null,
    ...Object.fromEntries([...(column.others ?? [])].map(([key, value]) => [typeof key === 'string' ? key : pyStr(key), value])),
  };
}

/** A constraint with the members that dbt fills in. */
function constraintItem(constraint: PyValue, isOfModel: boolean): JsonSource {
  if (!isPyDict(constraint)) return constraint;
  const get = (key: string): PyValue => constraint.get(key) ?? null;
  const text = (key: string): string | null => (get(key) === null ? null : pyStr(get(key)));
  return {
    type: get('type'),
    name: text('name'),
    expression: text('expression'),
    warn_unenforced: constraint.has('warn_unenforced') ? get('warn_unenforced') : true,
    warn_unsupported: constraint.has('warn_unsupported') ? get('warn_unsupported') : true,
    to: text('to'),
    to_columns: textsOf(get('to_columns')),
    columns: isOfModel ? textsOf(get('columns')) : undefined,
  };
}

/** A partition without name or type is to dbt the text that Python writes for it. */
function externalItem(external: SourceNode['external']): JsonSource {
  const partitions = isPyDict(external) ? external.get('partitions') : undefined;
  if (!isPyDict(external) || !Array.isArray(partitions)) return external ?? null;
  const items = partitions.map((one) => (isPyDict(one) && !(isTruthy(one.get('name')) && isTruthy(one.get('data_type'))) ? pyRepr(one) : one));
  return new Map<PyValue, PyValue>([...external, ['partitions', items]]);
}

/** The list of texts that dbt makes of a value: of a text its letters, of a mapping its keys. */
function textsOf(value: PyValue): readonly string[] {
  if (typeof value === 'string') return Array.from(value);
  return (Array.isArray(value) ? value : isPyDict(value) ? [...value.keys()] : []).map(pyStr);
}

function relationItem(
  index: ProjectIndex,
  node: RelationNode,
  parents: readonly string[],
  conditional: readonly string[],
  options: ManifestOptions,
): JsonRecord {
  const isSeed = node.resourceType === 'seed';
  const isModel = node.resourceType === 'model';
  return {
    ...identityOf(node),
    alias: node.alias,
    ...(options.withoutCode === true ? {} : checksumAndCode(index, node, options)),
    config: configItem(node.resourceType, node),
    tags: node.tags,
    description: node.description ?? '',
    columns: columnsOf(node.columns),
    meta: node.meta,
    group: node.group,
    docs: docsOf(node),
    patch_path: patchPathOf(index, node.packageName, node.patch),
    doc_blocks: node.docBlocks,
    language: isSeed ? undefined : node.language,
    refs: isSeed ? undefined : refsOf(node),
    sources: isSeed ? undefined : sourcesOf(node),
    metrics: isSeed ? undefined : [],
    functions: isSeed ? undefined : node.functions.map((use) => (use.package === null ? [use.name] : [use.package, use.name])),
    depends_on: isSeed ? { macros: node.macros } : { macros: node.macros, nodes: parents },
    contract: isSeed ? undefined : contractOf(node),
    access: isModel ? node.access : undefined,
    constraints: isModel ? node.constraints.map((one) => constraintItem(one, true)) : undefined,
    version: isModel ? versionItem(node.version) : undefined,
    latest_version: isModel ? versionItem(node.latestVersion) : undefined,
    primary_key: isModel ? node.primaryKey : undefined,
    time_spine: isModel ? timeSpineItem(node) : undefined,
    deprecation_date: isModel ? deprecationOf(index, node) : undefined,
    index: node.resourceType === 'operation' ? Number(/\d+$/.exec(node.name)?.[0]) : undefined,
    ...(node.resourceType === 'function' ? functionFields(index, node) : {}),
    ...evaluationOf(node, conditional),
  };
}

function timeSpineItem({ timeSpine }: RelationNode): JsonSource {
  if (timeSpine === undefined) return null;
  return {
    standard_granularity_column: timeSpine.column,
    custom_granularities: timeSpine.customs.map(({ name, column }) => ({ name, column_name: column })),
  };
}

/** The entry that describes a node, as dbt reads it. */
function declarationOf(index: ProjectIndex, patch: EntryReference | undefined): PyDict | undefined {
  const state = patch === undefined ? undefined : index.packageOf(patch.file);
  if (patch === undefined || state === undefined) return undefined;
  const key = patch.entry.replace(/#\d+$/, '');
  for (const row of state.tables.entries.get(key)) {
    if (row.file === patch.file && row.entry.id === patch.entry) return declarationIn(index, state, row.entry.value);
  }
  return undefined;
}

/** The date on the entry of a model, or on that of its version; dbt reads one without a zone in that of the machine, here in UTC. */
function deprecationOf(index: ProjectIndex, node: RelationNode): JsonSource {
  const declared = declarationOf(index, node.patch);
  if (declared === undefined) return null;
  const versions = declared.get('versions');
  const own = Array.isArray(versions) ? versions.find((item) => isPyDict(item) && pyStr(item.get('v') ?? null) === String(node.version)) : declared;
  const date = isPyDict(own) ? own.get('deprecation_date') : undefined;
  const text = typeof date === 'string' ? date : isPyDate(date) ? date.text : undefined;
  if (text === undefined) return null;
  const [, day = text, time = '00:00:00', zone] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  return `${day}T${time}${zone === undefined || zone === 'Z' ? '+00:00' : zone}`;
}

/** What a function takes and gives; without an entry dbt says that it does not know. */
function functionFields(index: ProjectIndex, node: RelationNode): JsonRecord {
  const declared = declarationOf(index, node.patch);
  const returns = (value: PyValue | undefined): JsonSource =>
    isPyDict(value) ? { data_type: value.get('data_type') ?? null, description: value.get('description') ?? null } : null;
  const takes = (value: PyValue | undefined): JsonSource =>
    (Array.isArray(value) ? value : []).map((item) =>
      isPyDict(item)
        ? {
            name: item.get('name') ?? null,
            data_type: item.get('data_type') ?? null,
            description: item.get('description') ?? null,
            default_value: item.get('default_value') ?? null,
          }
        : item,
    );
  const overloads = declared?.get('overloads');
  return {
    returns: declared === undefined ? { data_type: 'INVALID_TYPE', description: null } : returns(declared.get('returns')),
    arguments: takes(declared?.get('arguments')),
    overloads: (Array.isArray(overloads) ? overloads : []).map((item) =>
      isPyDict(item)
        ? {
            defined_in: item.get('defined_in') ?? null,
            arguments: takes(item.get('arguments')),
            returns: returns(item.get('returns')),
            description: item.get('description') ?? null,
          }
        : item,
    ),
  };
}

/** Versions such as `1.0` are kept as texts in the index. */
function versionItem(version: string | number | null): JsonSource {
  return version;
}

function docsOf(node: NodeBase): JsonSource {
  const docs = node.config.get('docs');
  const shown = isPyDict(docs) ? docs : undefined;
  return { show: shown?.get('show') ?? true, node_color: shown?.get('node_color') ?? null };
}

function contractOf(node: NodeBase): JsonSource {
  const contract = node.config.get('contract');
  const given = isPyDict(contract) ? contract : undefined;
  return { enforced: given?.get('enforced') ?? false, alias_types: given?.get('alias_types') ?? true, checksum: null };
}

function patchPathOf(index: ProjectIndex, packageName: string, patch: EntryReference | undefined): string | null {
  if (patch === undefined) return null;
  const state = index.packageOf(patch.file) ?? index.packages.get(packageName);
  return state === undefined ? null : patchPath(state.name, pathAsWritten(state.tables.layout, patch.file));
}

/** Certain refs in the order of the calls; those of conditional branches are not dbt's. */
function refsOf(node: NodeBase): JsonSource {
  const refs: JsonRecord[] = [];
  for (const use of node.refs) {
    if (!use.conditional) refs.push({ name: use.name, package: use.package, version: use.version });
  }
  return refs;
}

function sourcesOf(node: NodeBase): JsonSource {
  const sources: JsonSource[] = [];
  for (const use of node.sources) if (!use.conditional) sources.push([use.source, use.table]);
  return sources;
}

function exactText(file: string, options: ManifestOptions, limit = 0): string | undefined {
  return options.readWhole === undefined ? options.readText(file) : options.readWhole(file, limit);
}

function checksumAndCode(index: ProjectIndex, node: RelationNode | TestNode, options: ManifestOptions): JsonRecord {
  if (node.resourceType === 'test' && node.generic !== undefined) {
    return { checksum: { name: 'none', checksum: '' }, raw_code: node.rawCode ?? '' };
  }
  if (node.resourceType === 'seed') return { checksum: seedHash(index, node, options), raw_code: '' };
  const code = node.rawCode ?? codeOf(index, node, options);
  const text = exactText(node.file, options);
  if (code === undefined || text === undefined) return { checksum: { name: 'none', checksum: '' }, raw_code: '' };
  // The hash is that of the file, also where a node is only a part of it.
  return { checksum: { name: 'sha256', checksum: checksumOfText(pythonStrip(text)) }, raw_code: code };
}

/** The hash of a seed, or its path if dbt finds it too large to hash: 1 MiB, unless the project's flags say otherwise. */
function seedHash(index: ProjectIndex, node: RelationNode | TestNode, options: ManifestOptions): JsonRecord {
  const flags = index.rootPackage.project.get('flags');
  const told = isPyDict(flags) ? flags.get('maximum_seed_size_mib') : undefined;
  const text = exactText(node.file, options, (typeof told === 'number' ? told : 1) * 1024 * 1024);
  return text === undefined ? { name: 'path', checksum: node.originalFilePath } : { name: 'sha256', checksum: checksumOfSeed(text) };
}

/** The template as dbt keeps it: the stripped text of the file, or the block of a snapshot as it is. */
function codeOf(index: ProjectIndex, node: RelationNode | TestNode, options: ManifestOptions): string | undefined {
  for (const { facts } of index.storedFile(node.file)?.parts ?? []) {
    if (facts.data.kind !== 'block-file') continue;
    const block = facts.data.blocks.find((one) => one.tag === 'snapshot' && one.dbtName === node.name);
    if (block !== undefined) return block.source;
  }
  const text = exactText(node.file, options);
  return text === undefined ? undefined : pythonStrip(text);
}

/** The whole configuration: what was set over dbt's defaults, nulls included, as dbt writes it. */
function configItem(type: ConfigurableType, node: NodeBase, overrides?: ReadonlyMap<string, JsonSource>): JsonSource {
  const config = new Map<string, JsonSource>();
  for (const key of configKeysOf(type)) config.set(key, null);
  for (const [key, value] of defaultConfigOf(type)) config.set(key, value);
  for (const [key, value] of node.config) config.set(key, value);
  const begin = config.get('begin');
  // dbt reads the begin of microbatch models as a moment.
  if (typeof begin === 'string' && config.get('incremental_strategy') === 'microbatch' && config.get('materialized') === 'incremental') {
    config.set('begin', isoMoment(begin));
  }
  if (overrides !== undefined) for (const [key, value] of overrides) config.set(key, value);
  return config;
}

/** A date or moment as ISO 8601 with a time; other texts stay as they are. */
function isoMoment(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00`;
  return /^\d{4}-\d\d-\d\d \d\d:\d\d/.test(text) ? text.replace(' ', 'T') : text;
}

const SWITCHED_OFF: ReadonlyMap<string, JsonSource> = new Map([['enabled', false]]);

function testItem(
  index: ProjectIndex,
  node: TestNode,
  parents: readonly string[],
  conditional: readonly string[],
  options: ManifestOptions,
  isActive: boolean,
): JsonRecord {
  const { generic } = node;
  // dbt switches a test off whose target is missing or disabled, and keeps it among the nodes.
  const isLost = isActive && leadsNowhere(index.nodes, index.rootPackage, node);
  return {
    ...identityOf(node),
    alias: node.alias,
    ...(options.withoutCode === true ? {} : checksumAndCode(index, node, options)),
    config: configItem('test', node, isLost ? SWITCHED_OFF : undefined),
    tags: node.tags,
    description: node.description ?? '',
    columns: NO_COLUMNS,
    meta: node.meta,
    group: node.group,
    docs: { show: true, node_color: null },
    patch_path: patchPathOf(index, node.packageName, node.patch),
    doc_blocks: node.docBlocks ?? [],
    language: 'sql',
    refs: refsOf(node),
    sources: sourcesOf(node),
    metrics: [],
    functions: [],
    depends_on: { macros: node.macros, nodes: parents },
    contract: { enforced: false, alias_types: true, checksum: null },
    column_name: generic === undefined ? undefined : generic.columnName,
    file_key_name: generic === undefined ? undefined : generic.fileKeyName,
    attached_node: generic === undefined ? undefined : generic.attachedNode,
    test_metadata:
      generic === undefined ? undefined : { name: generic.testName, kwargs: generic.kwargs, namespace: generic.namespace },
    ...evaluationOf(node, conditional),
  };
}

function sourceItem(node: SourceNode): JsonRecord {
  const freshness = freshnessItem(node.freshness);
  return {
    database: node.database,
    schema: node.schema,
    ...identityOf(node),
    source_name: node.sourceName,
    source_description: node.sourceDescription ?? '',
    loader: node.loader ?? '',
    identifier: node.identifier,
    quoting: {
      database: node.quoting.get('database') ?? null,
      schema: node.quoting.get('schema') ?? null,
      identifier: node.quoting.get('identifier') ?? null,
      column: node.quoting.get('column') ?? null,
    },
    loaded_at_field: node.loadedAtField,
    loaded_at_query: node.loadedAtQuery,
    freshness,
    description: node.description ?? '',
    columns: columnsOf(node.columns),
    meta: node.meta,
    source_meta: node.sourceMeta,
    tags: node.tags,
    config: configItem('source', node, new Map([['freshness', freshness]])),
    external: externalItem(node.external),
    patch_path: null,
    doc_blocks: node.docBlocks,
    unknown: unknownFields(node),
  };
}

/** Freshness with the members that dbt fills in; null if it was switched off. */
function freshnessItem(value: SourceNode['freshness']): JsonSource {
  if (value === null || isUnknown(value)) return null;
  const given = isPyDict(value) ? value : undefined;
  const limit = (key: string): JsonSource => {
    const part = given?.get(key);
    if (part === null) return null;
    const dict = isPyDict(part) ? part : undefined;
    return { count: dict?.get('count') ?? null, period: dict?.get('period') ?? null };
  };
  return { warn_after: limit('warn_after'), error_after: limit('error_after'), filter: given?.get('filter') ?? null };
}

const TAGLESS: ReadonlySet<string> = new Set(['unit_test', 'semantic_model']);

/** Most have meta in their config alone; a metric of the old form has it beside the config, unless the config says something. */
function declaredMeta(node: DeclaredNode): JsonSource | undefined {
  if (node.resourceType === 'exposure') return node.meta;
  if (node.resourceType !== 'metric' || !node.declaration.has('type_params')) return undefined;
  const own = node.declaration.get('meta');
  return node.meta.size === 0 && isPyDict(own) ? own : node.meta;
}

/** The types that have the group of their config beside it. */
const GROUPED: ReadonlySet<string> = new Set(['metric', 'semantic_model', 'saved_query']);

function declaredItem(index: ProjectIndex, node: DeclaredNode, parents: readonly string[], options: ManifestOptions): JsonRecord {
  const isUnitTest = node.resourceType === 'unit_test';
  return {
    ...identityOf(node),
    ...fieldsOfType(index, node, options),
    description: node.description ?? '',
    meta: declaredMeta(node),
    // Unit tests and semantic models have tags in their config only.
    tags: TAGLESS.has(node.resourceType) ? undefined : node.tags,
    config: configItem(node.resourceType, node),
    refs: isUnitTest ? undefined : refsOf(node),
    sources: isUnitTest ? undefined : sourcesOf(node),
    depends_on: { macros: [], nodes: parents },
    version: isUnitTest ? node.version : undefined,
    group: GROUPED.has(node.resourceType) ? (node.config.get('group') ?? null) : undefined,
    unknown: unknownFields(node),
  };
}

function fieldsOfType(index: ProjectIndex, node: DeclaredNode, options: ManifestOptions): JsonRecord {
  switch (node.resourceType) {
    case 'exposure':
      return exposureFields(node);
    case 'metric':
      return metricFields(node, surroundingsOf(index, node));
    case 'semantic_model':
      return semanticModelFields(node, surroundingsOf(index, node));
    case 'saved_query':
      return savedQueryFields(node);
    case 'unit_test':
      return unitTestFields(node, rowSourcesOf(index, node, options));
  }
}

function exposureFields(node: DeclaredNode): JsonRecord {
  const get = (key: string): JsonSource => node.declaration.get(key) ?? null;
  return {
    type: get('type'),
    owner: get('owner'),
    label: get('label'),
    maturity: get('maturity'),
    url: get('url'),
    metrics: node.dependsOnDeclared.filter((wanted) => wanted.startsWith('metric:')).map((wanted) => [wanted.slice('metric:'.length)]),
  };
}

function surroundingsOf(index: ProjectIndex, node: DeclaredNode): SemanticSurroundings {
  const owner = index.packages.get(node.packageName);
  const declared = (uniqueId: string): DeclaredNode | undefined => {
    const found = index.nodes.active(uniqueId) ?? index.nodes.rows(uniqueId)[0]?.node;
    return found !== undefined && 'declaration' in found ? found : undefined;
  };
  return {
    describe: (text) => (owner === undefined ? null : index.render.description(placeIn(owner), text)),
    inputsOf: ({ uniqueId, dependsOnDeclared }) => {
      const order = (id: string): number => dependsOnDeclared.indexOf(`metric:${id.slice(id.lastIndexOf('.') + 1)}`);
      const parents = [...index.nodes.parents(uniqueId)].sort((a, b) => order(a) - order(b));
      return parents.flatMap((id) => declared(id) ?? []);
    },
    ownerOf: ({ packageName, dependsOnDeclared }) => {
      const wanted = dependsOnDeclared.find((one) => one.startsWith('semantic_model:'));
      return wanted === undefined ? undefined : declared(`semantic_model.${packageName}.${wanted.slice('semantic_model:'.length)}`);
    },
  };
}

/** The `ref('x')` of an input, with or without a package. */
const SEED_REF = /^\s*ref\(\s*(?:(['"])(?<package>[^'"]+)\1\s*,\s*)?(['"])(?<name>[^'"]+)\3\s*\)\s*$/;

function rowSourcesOf(index: ProjectIndex, node: DeclaredNode, options: ManifestOptions): RowSources {
  const bodyText = (packageName: string, key: string): string | undefined => {
    const [body] = index.packages.get(packageName)?.tables.bodies.get(key) ?? [];
    const text = body === undefined ? undefined : options.readText(body.file);
    return text === undefined ? undefined : pythonStrip(text);
  };
  return {
    fixture: (name) => bodyText(node.packageName, `fixture:${name}`),
    seed: (input) => {
      const { package: packageName = node.packageName, name = '' } = SEED_REF.exec(input)?.groups ?? {};
      return bodyText(packageName, `seed:${name}`);
    },
  };
}
