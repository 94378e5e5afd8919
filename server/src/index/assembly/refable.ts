/** Assembles models, seeds and snapshots of one name, with versions, property entries and generic tests. */

import { pathAsWritten } from '../../facts/project-layout.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { FileId } from '../../base/file-id.ts';
import { relativePath } from '../../base/file-id.ts';
import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import { contractFaults } from '../../dbt/contract-faults.ts';
import { duplicatePropertyEntry, propertyEntryInWrongSection, propertyEntryWithoutNode } from '../../dbt/messages.ts';
import { checkVersions, latestVersion, mergeVersionConfig, versionColumns, versionConstraints, versionDescription, versionedAlias, versionOf } from '../../dbt/versions.ts';
import type { PrimaryKeyTest } from '../../dbt/primary-key.ts';
import { inferPrimaryKey } from '../../dbt/primary-key.ts';
import type { ConfigLayer, EffectiveConfig } from '../../dbt/config-merge.ts';
import type { RelationCall } from '../../dbt/relation-call.ts';
import { relationCallOf } from '../../dbt/relation-call.ts';
import type { Anchor, NodeColumn, RelationNode } from '../model.ts';
import type { BodyRow, EntryRow } from '../package-tables.ts';
import type { PackageState } from '../project-index.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { entriesOf, entryAnchor, entryDict, report, reportReading, versionItems, withHooks } from './shared.ts';
import type { BodyReading, NodeIdentity } from '../rendering.ts';
import { namedEdges } from './shared.ts';
import { checkAccess, checkDocs, checkEntry, checkGroup, checkNodes, checkVersionAccess } from './checks.ts';
import { readColumns } from './columns.ts';
import { effectiveConfig, enabledOf, entryConfig, foldersOf, listOf, metaOf, tagsOf, textOf } from './config.ts';
import type { TestedThing, TestList } from './generic-tests.ts';
import { addGenericTests, columnList, ownList, testListsOf } from './generic-tests.ts';
import type { NamedThing, RefableType } from './lookups.ts';
import { addSemanticsOfModel } from './semantics.ts';
import { bodyFqn, contextIn, foreignEntries, isEnabledByItself, patchTarget, SECTION_OF, sortedBodies, sortedPackages, thingsNamed } from './lookups.ts';
import { isTemplate } from '../../dbt/rendered-keys.ts';

/** One version of a model's entry, or the whole entry of anything unversioned. */
interface Patch {
  readonly row: EntryRow;
  /** The package of the entry, which may be another than that of the node. */
  readonly context: AssemblyContext;
  readonly entry: PyDict;
  readonly version: { readonly index: number; readonly item: PyDict; readonly v: string | number } | undefined;
  readonly latest: string | number | null;
}

const SECTIONS = ['models', 'seeds', 'snapshots'] as const;

/** Assembles the group `refable|<package>|<name>`. */
export function assembleRefable(context: AssemblyContext, name: string, output: AssemblyOutput): void {
  const entries = SECTIONS.flatMap((section) => entriesOf(context, section, name));
  const things = thingsNamed(context, name);
  if (entries.length === 0 && things.length === 0) return;

  const versioned = entries.filter((row) => row.entry.section === 'models' && versionItems(entryDict(row)).length > 0);
  const used = new Set<NamedThing>();
  for (const row of versioned) for (const thing of assembleVersions(context, name, row, things, output)) used.add(thing);
  const unversioned = entries.filter((row) => !versioned.includes(row));
  const rowOfFile = patchesByFile(context, unversioned, output);
  for (const thing of things) {
    if (used.has(thing)) continue;
    const own = rowOfFile.get(thing.file);
    const foreign = foreignEntries(context, thing, name);
    if (own !== undefined) for (const row of foreign) report(output, duplicatePropertyEntry(name), entryAnchor(row, ['name']));
    const row = own ?? foreign[0];
    const node = nodeOf(context, thing, row === undefined ? undefined : patchOf(context, row), output);
    output.nodes.push(node);
    if (row !== undefined && node.resourceType === 'model') addSemanticsOfModel(context, row, node, output);
  }
  for (const row of unversioned) addTestsOfEntry(context, name, row, things, output);
  inferPrimaryKeys(output);
  for (const row of entries) {
    checkEntry(context, row, output);
    if (row.entry.section === 'models') checkVersionsOf(row, output);
  }
  // dbt renders the docs of what is enabled.
  const described = output.nodes.find((node) => node.name === name && node.enabled === true);
  if (described !== undefined) for (const row of unversioned) checkDocs(context, row, described.uniqueId, output);
  checkNodes(context, output);
}

function checkVersionsOf(row: EntryRow, output: AssemblyOutput): void {
  for (const { code, message, path } of checkVersions(entryDict(row))) output.problems.push({ code, message, dbt: 'error', at: entryAnchor(row, path) });
}

/** The entries that describe nodes of the same package, by the node's file; what is wrong with the others is reported. */
function patchesByFile(context: AssemblyContext, rows: readonly EntryRow[], output: AssemblyOutput): Map<FileId, EntryRow> {
  const rowOfFile = new Map<FileId, EntryRow>();
  for (const row of rows) {
    const { name, section } = row.entry;
    const at = entryAnchor(row, ['name']);
    const path = pathAsWritten(context.owner.tables.layout, row.file);
    const target = patchTarget(context, row);
    const type = target?.things[0]?.type;
    if (target === undefined || type === undefined) {
      if (!isTemplate(name)) report(output, propertyEntryWithoutNode(name, section, path), at);
      continue;
    }
    if (SECTION_OF[type] !== section) {
      report(output, propertyEntryInWrongSection(name, type, section, path), at);
      continue;
    }
    if (target.context.owner !== context.owner) continue;
    for (const { file } of target.things) {
      const first = rowOfFile.get(file);
      if (first === undefined) rowOfFile.set(file, row);
      else report(output, duplicatePropertyEntry(name), at, entryAnchor(first, ['name']));
    }
  }
  return rowOfFile;
}

function patchOf(context: AssemblyContext, row: EntryRow): Patch {
  let from = context;
  if (!context.owner.tables.entries.get(`${row.entry.section}/${row.entry.name}`).includes(row)) {
    for (const state of context.packages.values()) {
      if (state.tables.entries.get(`${row.entry.section}/${row.entry.name}`).includes(row)) from = contextIn(context, state);
    }
  }
  return { row, context: from, entry: entryDict(row), version: undefined, latest: null };
}

function nodeOf(context: AssemblyContext, thing: NamedThing, patch: Patch | undefined, output: AssemblyOutput): RelationNode {
  if (thing.body === undefined) return yamlSnapshot(context, thing.row, relationOf(thing.row), patch, output);
  return nodeFromBody(context, thing.body, thing.type, patch, output);
}

/** Makes the nodes of the versions with their tests; returns the things that became versions. */
function assembleVersions(
  context: AssemblyContext,
  name: string,
  row: EntryRow,
  things: readonly NamedThing[],
  output: AssemblyOutput,
): NamedThing[] {
  const entry = entryDict(row);
  const items = versionItems(entry);
  const latest = latestVersion(items.map(({ v }) => v), entry.get('latest_version'));
  const used: NamedThing[] = [];
  for (const version of items) {
    const { item, v, index } = version;
    const definedIn = item.get('defined_in');
    const stem = typeof definedIn === 'string' ? definedIn : `${name}_v${String(v)}`;
    const thing = versionThing(context, stem, String(v) === String(latest) ? things : []);
    if (thing === undefined) {
      const path = pathAsWritten(context.owner.tables.layout, row.file);
      if (!isTemplate(stem)) report(output, propertyEntryWithoutNode(stem, 'models', path), entryAnchor(row, ['versions', index, 'v']));
      continue;
    }
    if (stem !== name && things.includes(thing)) used.push(thing);
    if (stem === name) used.push(...things.filter(({ file }) => file === thing.file));
    // Disabled files of the version's name that make way for the model's own stay models of their own.
    if (stem !== name && things.includes(thing)) {
      for (const body of sortedBodies(context.owner.tables.bodies.get(`model:${stem}`))) output.nodes.push(nodeFromBody(context, body, 'model', undefined, output));
    }
    const node = nodeFromBody(context, thing.body, 'model', { row, context, entry, version, latest }, output);
    output.nodes.push(node);
    checkVersionAccess(row, index, item, node.uniqueId, output);
    const attached = isEnabledByItself(context, thing) ? node.uniqueId : null;
    const tested: TestedThing = {
      target: { kind: 'version', name, version: v },
      uniqueId: node.uniqueId,
      attachedNode: attached,
      group: attached === null ? undefined : node.group,
      fileKeyName: `models.${name}`,
      quotesColumns: false,
      tags: [],
    };
    addGenericTests(context, tested, row, versionLists(entry, item, index), output);
  }
  return used;
}

type BodyThing = Extract<NamedThing, { body: BodyRow }>;

/** The body of a version: the enabled model of the file's name, for the latest the model's own file if it is enabled, else a disabled one. */
function versionThing(context: AssemblyContext, stem: string, ofName: readonly NamedThing[]): BodyThing | undefined {
  const rows = sortedBodies(context.owner.tables.bodies.get(`model:${stem}`));
  const candidates = rows.map((body): BodyThing => ({ type: 'model', file: body.file, body, row: undefined }));
  const [only] = candidates;
  if (candidates.length === 1 && ofName.length === 0) return only;
  const enabled = candidates.findLast((thing) => isEnabledByItself(context, thing));
  if (enabled !== undefined) return enabled;
  const own = ofName.findLast((thing): thing is BodyThing => thing.type === 'model' && isEnabledByItself(context, thing));
  return own ?? only;
}

/** The tests of one version: its own where it has some, else the model's; those of the columns it keeps, then of its own. */
function versionLists(entry: PyDict, item: PyDict, index: number): TestList[] {
  const own = ownList(item, ['versions', index]);
  const base = Array.isArray(own.tests) ? own : ownList(entry, []);
  const modelColumns = listOf(entry.get('columns'));
  const versionOwn = listOf(item.get('columns'));
  const columns = versionColumns(entry.get('columns'), item.get('columns')).flatMap((column) => {
    if (!isPyDict(column)) return [];
    const inVersion = versionOwn.indexOf(column);
    const path = inVersion >= 0 ? ['versions', index, 'columns', inVersion] : ['columns', modelColumns.indexOf(column)];
    return columnList(column, path) ?? [];
  });
  return [base, ...columns];
}

/** The tests of an entry without versions are made even if there is nothing that it describes. */
function addTestsOfEntry(
  context: AssemblyContext,
  name: string,
  row: EntryRow,
  things: readonly NamedThing[],
  output: AssemblyOutput,
): void {
  const lists = testListsOf(entryDict(row), []);
  if (lists.every((list) => list.tests === undefined)) return;
  const attached = attachedNode(context, name, things, output);
  const node = attached === null ? undefined : output.nodes.find((candidate) => candidate.uniqueId === attached);
  const tested: TestedThing = {
    target: { kind: 'node', name },
    uniqueId: attached,
    attachedNode: attached,
    group: node !== undefined && 'group' in node ? node.group : attached === null ? undefined : null,
    fileKeyName: `${row.entry.section}.${name}`,
    quotesColumns: entryDict(row).get('quote_columns') === true,
    tags: [],
  };
  addGenericTests(context, tested, row, lists, output);
}

/** The node that tests of the name attach to: the enabled one of the package, else a disabled one of any. */
function attachedNode(context: AssemblyContext, name: string, things: readonly NamedThing[], output: AssemblyOutput): string | null {
  const idOf = (state: PackageState, thing: NamedThing): string => `${thing.type}.${state.name}.${name}`;
  const [first] = things;
  if (first !== undefined) {
    const chosen = things.length === 1 ? first : (things.findLast((thing) => isEnabledByItself(context, thing)) ?? first);
    return idOf(context.owner, chosen);
  }
  const latest = output.nodes.find((node) => node.resourceType === 'model' && node.name === name && String(node.version) === String(node.latestVersion));
  if (latest !== undefined) return latest.uniqueId;
  for (const state of sortedPackages(context)) {
    if (state === context.owner) continue;
    const there = contextIn(context, state);
    const disabled = thingsNamed(there, name).find((thing) => !isEnabledByItself(there, thing));
    if (disabled !== undefined) return idOf(state, disabled);
  }
  return null;
}

/** dbt infers the keys last, from the constraints of a model and all tests that are attached to it. */
function inferPrimaryKeys(output: AssemblyOutput): void {
  const testsOf = new Map<string, PrimaryKeyTest[]>();
  for (const node of output.nodes) {
    if (node.resourceType !== 'test' || node.generic === undefined || node.generic.attachedNode === null) continue;
    const { testName, kwargs, attachedNode: attached } = node.generic;
    const test: PrimaryKeyTest = { testName, kwargs, enabled: node.enabled };
    const list = testsOf.get(attached);
    if (list === undefined) testsOf.set(attached, [test]);
    else list.push(test);
  }
  for (const [index, node] of output.nodes.entries()) {
    if (node.resourceType !== 'model') continue;
    const tests = testsOf.get(node.uniqueId) ?? [];
    const primaryKey = inferPrimaryKey({ constraints: node.constraints, columns: node.columns, tests });
    if (primaryKey.length > 0) output.nodes[index] = { ...node, primaryKey };
  }
}

function nodeFromBody(
  context: AssemblyContext,
  body: BodyRow,
  type: RefableType,
  patch: Patch | undefined,
  output: AssemblyOutput,
): RelationNode {
  const { owner } = context;
  const version = patch?.version;
  const name = version === undefined ? body.name : (patch?.row.entry.name ?? body.name);
  const fileFqn = bodyFqn(context, body, body.name);
  const fqn = version === undefined ? fileFqn : [...fileFqn.slice(0, -1), name, `v${String(version.v)}`];
  const idVersion = version === undefined ? '' : `.v${String(version.v)}`;
  const uniqueId = `${type}.${owner.name}.${name}${idVersion}`;
  // dbt renders the body before it reads of versions: the template sees the name of its file.
  const unversionedId = version === undefined ? uniqueId : `${type}.${owner.name}.${body.name}`;
  const reading = context.render.body(context, body, { uniqueId: unversionedId, name: body.name, resourceType: type, fqn: fileFqn });
  const patchConfig = patch === undefined ? undefined : configOfPatch(patch);
  const config = effectiveConfig(context, type, fqn, patchConfig, reading.configs, languageOf(body) === 'python', patch?.context);
  const columns = patch === undefined ? [] : columnsOf(patch);
  const identity: NodeIdentity = { uniqueId, name, resourceType: type, fqn };
  const hooks = context.render.hooks(context, config, identity, body.file);
  const { refs, sources, macros, evaluation } = withConstraintRefs(reading, hooks, patch);
  const told: RelationNode = {
    resourceType: type,
    uniqueId,
    name,
    packageName: owner.name,
    file: body.file,
    originalFilePath: pathAsWritten(owner.tables.layout, body.file),
    path: relativePath(body.place.searched, body.file),
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags: tagsOf(config),
    meta: metaOf(config),
    description: patch === undefined ? null : context.render.description(context, rawDescription(patch)),
    refs,
    sources,
    macros,
    evaluation,
    language: languageOf(body),
    materialized: materializedOf(type, body, config),
    alias: aliasOf(context, config, { ...identity, version: version?.v ?? null, latestVersion: patch?.latest ?? null }),
    columns,
    patch: patch === undefined ? undefined : { file: patch.row.file, entry: patch.row.entry.id },
    version: version?.v ?? null,
    latestVersion: patch?.latest ?? null,
    access: accessOf(config),
    group: textOf(config, 'group'),
    constraints: constraintsOf(patch),
    primaryKey: [],
    docBlocks: patch === undefined ? [] : context.render.docBlocks(context, rawDescription(patch)),
    functions: reading.functions,
  };
  // Spreading what most nodes lack would cost more than all the rest.
  const named = namedEdges(reading);
  const spine = timeSpineOf(type, patch);
  const node = named === undefined && spine === undefined ? told : { ...told, ...named, ...spine };
  reportReading(output, reading);
  reportReading(output, hooks);
  checkAccess(context, node, patch?.entry, output);
  checkGroup(context, node, node.group, output);
  if (type === 'model') checkContract(node, patch, output);
  return node;
}

function checkContract(node: RelationNode, patch: Patch | undefined, output: AssemblyOutput): void {
  if (patch === undefined || node.enabled === false) return;
  const contract = node.config.get('contract');
  const { version } = patch;
  const isOwn = version !== undefined && listOf(version.item.get('constraints')).length > 0;
  const faults = contractFaults({
    modelName: node.name,
    file: node.originalFilePath,
    language: node.language,
    isEnforced: isPyDict(contract) && contract.get('enforced') === true,
    columns: node.columns,
    constraints: node.constraints,
    constraintsPath: isOwn ? ['versions', version.index, 'constraints'] : ['constraints'],
  });
  for (const { message, path, isKey } of faults) {
    output.problems.push({ code: 'contract-invalid', message, dbt: 'error', at: entryAnchor(patch.row, path, isKey === true ? 'key' : 'value') });
  }
}

function constraintsOf(patch: Patch | undefined): readonly PyValue[] {
  if (patch === undefined) return [];
  if (patch.version === undefined) return listOf(patch.entry.get('constraints'));
  return versionConstraints(patch.entry, patch.version.item);
}

function languageOf(body: BodyRow): RelationNode['language'] {
  if (body.resourceType === 'seed') return 'csv';
  return body.facts.data.kind === 'node-file' ? body.facts.data.language : 'sql';
}

function materializedOf(type: RefableType, body: BodyRow, config: EffectiveConfig): string | Unknown {
  const value = config.values.get('materialized');
  if (typeof value === 'string' || isUnknown(value)) return value;
  if (type !== 'model') return type;
  return body.facts.data.kind === 'node-file' && body.facts.data.language === 'python' ? 'table' : 'view';
}

function aliasOf(
  context: AssemblyContext,
  config: EffectiveConfig,
  identity: NodeIdentity,
): string | Unknown {
  const version = identity.version ?? null;
  // To dbt's macro a version of 0 or of no letters is none.
  const fallback = version === null || version === 0 || version === '' ? identity.name : versionedAlias(identity.name, version);
  return context.render.alias(context, config.values.get('alias'), fallback, identity);
}

function accessOf(config: EffectiveConfig): RelationNode['access'] {
  const access = config.values.get('access');
  return access === 'private' || access === 'public' ? access : 'protected';
}

function rawDescription(patch: Patch): PyValue | undefined {
  const { entry, version } = patch;
  return version === undefined ? entry.get('description') : versionDescription(entry, version.item);
}

function columnsOf(patch: Patch): NodeColumn[] {
  const { context } = patch;
  const base = readColumns(context, patch.entry.get('columns'), ['columns']);
  if (patch.version === undefined) return base;
  const { item, index } = patch.version;
  const own = readColumns(context, item.get('columns'), ['versions', index, 'columns']);
  const kept = new Set<PyValue | undefined>(
    versionColumns(patch.entry.get('columns'), item.get('columns')).map((column) =>
      isPyDict(column) ? column.get('name') : undefined,
    ),
  );
  const ownNames = new Set(own.map((column) => column.name));
  return [...base.filter((column) => kept.has(column.name) && !ownNames.has(column.name)), ...own];
}

function configOfPatch(patch: Patch): ConfigLayer | Unknown {
  const { context } = patch;
  const base = entryConfig(context, patch.entry);
  if (patch.version === undefined) return base;
  // Of a version's own keys dbt takes `config:` alone into account, not `access` or `docs` beside it.
  const ofVersion = patch.version.item.get('config');
  const own = entryConfig(context, new Map([['config', ofVersion ?? null]]));
  if (isUnknown(base) || isUnknown(own)) return isUnknown(base) ? base : own;
  return mergeVersionConfig(base, own);
}

/** Foreign-key constraints name their target by ref(): an edge after those of the SQL. */
function withConstraintRefs(
  reading: BodyReading,
  hooks: BodyReading,
  patch: Patch | undefined,
): Pick<RelationNode, 'refs' | 'sources' | 'macros' | 'evaluation'> {
  const own = withHooks(reading, hooks);
  if (patch === undefined) return own;
  const constraints = constraintTargets(patch);
  if (constraints.length === 0) return own;
  const found = constraints.map(({ expression, path }) => relationEdges(relationCallOf(expression), entryAnchor(patch.row, path)));
  // Of versions dbt reads them twice.
  const targets = patch.version === undefined ? found : [...found, ...found];
  return {
    ...own,
    refs: [...own.refs, ...targets.flatMap(({ refs }) => refs)],
    sources: [...own.sources, ...targets.flatMap(({ sources }) => sources)],
  };
}

/** The one edge of a literal call, if it is one. */
function relationEdges({ call }: RelationCall, at: Anchor): Pick<BodyReading, 'refs' | 'sources'> {
  if (call === undefined) return { refs: [], sources: [] };
  if (call.kind === 'source') return { refs: [], sources: [{ source: call.source, table: call.table, conditional: false, at }] };
  return { refs: [{ package: call.package ?? null, name: call.name, version: versionOf(call.version) ?? null, conditional: false, at }], sources: [] };
}

function constraintTargets(patch: Patch): { readonly expression: string; readonly path: readonly (string | number)[] }[] {
  const found: { expression: string; path: readonly (string | number)[] }[] = [];
  const read = (constraints: PyValue | undefined, path: readonly (string | number)[]): void => {
    for (const [index, constraint] of listOf(constraints).entries()) {
      const to = isPyDict(constraint) ? constraint.get('to') : undefined;
      if (typeof to === 'string' && isPyDict(constraint) && constraint.get('type') === 'foreign_key') found.push({ expression: to, path: [...path, 'constraints', index, 'to'] });
    }
  };
  read(patch.entry.get('constraints'), []);
  for (const [index, column] of listOf(patch.entry.get('columns')).entries()) {
    if (isPyDict(column)) read(column.get('constraints'), ['columns', index]);
  }
  return found;
}

/** The relation of a snapshot, which dbt reads before it renders the entry. */
function relationOf({ entry, written = entry }: EntryRow): PyValue {
  return isPyDict(written.value) ? (written.value.get('relation') ?? null) : null;
}

/** A snapshot that is declared in YAML alone: its body is `select * from` its relation. */
function yamlSnapshot(
  context: AssemblyContext,
  row: EntryRow,
  relation: PyValue,
  patch: Patch | undefined,
  output: AssemblyOutput,
): RelationNode {
  const { owner } = context;
  const entry = entryDict(row);
  const { name } = row.entry;
  const fqn = [owner.name].concat(foldersOf(row.place.searched, row.file, false), name);
  const uniqueId = `snapshot.${owner.name}.${name}`;
  const patchConfig = patch === undefined ? undefined : configOfPatch(patch);
  const config = effectiveConfig(context, 'snapshot', fqn, patchConfig, [], false, patch?.context);
  const hooks = context.render.hooks(context, config, { uniqueId, name, resourceType: 'snapshot', fqn }, row.file);
  reportReading(output, hooks);
  const at = entryAnchor(row, ['relation']);
  const called = relationCallOf(relation);
  if (called.fault !== undefined) output.problems.push({ code: 'property-invalid', message: called.fault, dbt: 'error', at: relation === null ? entryAnchor(row, ['relation'], 'key') : at });
  const found = relationEdges(called, at);
  const node: RelationNode = {
    resourceType: 'snapshot',
    uniqueId,
    name,
    packageName: owner.name,
    file: row.file,
    originalFilePath: pathAsWritten(owner.tables.layout, row.file),
    path: `${name}.sql`,
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags: tagsOf(config),
    meta: metaOf(config),
    description: context.render.description(context, entry.get('description')),
    refs: [...found.refs, ...hooks.refs],
    sources: [...found.sources, ...hooks.sources],
    macros: hooks.macros,
    evaluation: hooks.evaluation,
    language: 'sql',
    materialized: textOf(config, 'materialized') ?? 'snapshot',
    alias: aliasOf(context, config, { uniqueId, name, resourceType: 'snapshot', fqn }),
    columns: readColumns(context, entry.get('columns'), ['columns']),
    patch: { file: row.file, entry: row.entry.id },
    version: null,
    latestVersion: null,
    access: 'protected',
    group: textOf(config, 'group'),
    constraints: [],
    primaryKey: [],
    docBlocks: context.render.docBlocks(context, entry.get('description')),
    functions: [],
    rawCode: `select * from {{ ${typeof relation === 'string' ? relation : ''} }}`,
  };
  checkGroup(context, node, node.group, output);
  return node;
}

/** The time spine that a model's entry declares; those of versions have none. */
function timeSpineOf(type: RefableType, patch: Patch | undefined): Pick<RelationNode, 'timeSpine'> | undefined {
  if (type !== 'model' || patch === undefined || patch.version !== undefined) return undefined;
  const entry = entryDict(patch.row);
  const written = entry.get('time_spine');
  const column = isPyDict(written) ? written.get('standard_granularity_column') : undefined;
  if (!isPyDict(written) || typeof column !== 'string') return undefined;
  const found = listOf(entry.get('columns')).find((item) => isPyDict(item) && item.get('name') === column);
  const granularity = isPyDict(found) ? found.get('granularity') : undefined;
  const customs = listOf(written.get('custom_granularities')).flatMap((item, index) => {
    const name = isPyDict(item) ? item.get('name') : undefined;
    if (!isPyDict(item) || typeof name !== 'string') return [];
    const named = item.get('column_name');
    return [{ name, column: typeof named === 'string' ? named : null, index }];
  });
  return { timeSpine: { column, granularity: typeof granularity === 'string' ? granularity.toLowerCase() : undefined, customs } };
}
