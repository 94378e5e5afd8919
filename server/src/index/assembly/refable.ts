/** Assembles models, seeds and snapshots of one name, with versions, property entries and generic tests. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { relativePath } from '../../base/file-id.ts';
import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import { latestVersion, mergeVersionConfig, versionColumns, versionConstraints, versionDescription, versionedAlias } from '../../dbt/versions.ts';
import { inferPrimaryKey } from '../../dbt/primary-key.ts';
import type { ConfigLayer, EffectiveConfig } from '../../dbt/config-merge.ts';
import type { NodeColumn, RelationNode } from '../model.ts';
import type { BodyRow, EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { compare, entriesOf, entryAnchor, entryDict, versionItems } from './shared.ts';
import type { BodyReading, NodeIdentity } from '../rendering.ts';
import { readColumns } from './columns.ts';
import { effectiveConfig, enabledOf, entryConfig, foldersOf, listOf, metaOf, tagsOf, textOf } from './config.ts';
import type { TestedThing, TestList } from './generic-tests.ts';
import { addGenericTests, columnList, ownList, testListsOf } from './generic-tests.ts';

type RefableType = 'model' | 'seed' | 'snapshot';

const SECTION_OF: Readonly<Record<RefableType, string>> = { model: 'models', seed: 'seeds', snapshot: 'snapshots' };
const SECTIONS = ['models', 'seeds', 'snapshots'] as const;

/** One version of a model's entry, or the whole entry of anything unversioned. */
interface Patch {
  readonly row: EntryRow;
  /** The entry's rendered config under `config:` and the legacy top-level keys. */
  readonly entry: PyDict;
  readonly version: { readonly index: number; readonly item: PyDict; readonly v: string | number } | undefined;
  readonly latest: string | number | null;
}

/** Assembles the group `refable|<package>|<name>`. */
export function assembleRefable(context: AssemblyContext, name: string, output: AssemblyOutput): void {
  const bodies = bodiesOf(context, name);
  const entries = SECTIONS.flatMap((section) => entriesOf(context, section, name));
  const used = new Set<EntryRow>();

  for (const row of entries.filter((candidate) => candidate.entry.section === 'snapshots')) {
    const relation = entryDict(row).get('relation');
    if (relation !== undefined) {
      output.nodes.push(yamlSnapshot(context, row, relation));
      const thing = testedNode(row, name, `snapshot.${context.owner.name}.${name}`);
      addGenericTests(context, thing, row, testListsOf(entryDict(row), []), output);
      used.add(row);
    }
  }

  const versioned = entries.find((row) => row.entry.section === 'models' && versionItems(entryDict(row)).length > 0);
  if (versioned !== undefined) {
    used.add(versioned);
    assembleVersions(context, name, versioned, bodies, output);
  } else {
    for (const body of bodies) {
      if (body.resourceType !== 'model' && body.resourceType !== 'seed' && body.resourceType !== 'snapshot') continue;
      const type = body.resourceType;
      const row = entries.find((candidate) => candidate.entry.section === SECTION_OF[type] && !isYamlSnapshot(candidate));
      if (row !== undefined) used.add(row);
      const patch: Patch | undefined =
        row === undefined ? undefined : { row, entry: entryDict(row), version: undefined, latest: null };
      output.nodes.push(nodeFromBody(context, body, patch));
    }
  }
  for (const row of entries) {
    if (isYamlSnapshot(row) || row === versioned) continue;
    reportStrayEntry(row, bodies, used, entries, output);
    const target = targetOf(context, name, row, bodies, output);
    addGenericTests(context, testedNode(row, name, target), row, testListsOf(entryDict(row), []), output);
  }
}

function isYamlSnapshot(row: EntryRow): boolean {
  return row.entry.section === 'snapshots' && entryDict(row).get('relation') !== undefined;
}

/** The node that an entry's tests attach to: the one of its section, else whatever has the name (dbt tests it all the same). */
function targetOf(
  context: AssemblyContext,
  name: string,
  row: EntryRow,
  bodies: readonly BodyRow[],
  output: AssemblyOutput,
): string | null {
  const own = bodies.find((body) => SECTION_OF[body.resourceType as RefableType] === row.entry.section) ?? bodies[0];
  if (own !== undefined) return `${own.resourceType}.${context.owner.name}.${name}`;
  return output.nodes.find((node) => node.name === name)?.uniqueId ?? null;
}

function reportStrayEntry(
  row: EntryRow,
  bodies: readonly BodyRow[],
  used: ReadonlySet<EntryRow>,
  entries: readonly EntryRow[],
  output: AssemblyOutput,
): void {
  const at = entryAnchor(row, ['name']);
  const { section, name } = row.entry;
  const earlier = entries.find((other) => other !== row && other.entry.section === section && used.has(other));
  if (used.has(row)) return;
  if (earlier !== undefined) {
    output.problems.push({
      code: 'duplicate-property-entry',
      message: `dbt found two schema.yml entries for the same resource named ${name}.`,
      dbt: 'error',
      at,
    });
    return;
  }
  const other = bodies[0];
  if (other !== undefined) {
    output.problems.push({
      code: 'property-entry-in-wrong-section',
      message: `'${name}' is a ${other.resourceType} node, but it is specified in the ${section} section.`,
      dbt: 'warning',
      at,
    });
    return;
  }
  output.problems.push({
    code: 'property-entry-without-node',
    message: `Did not find matching node for patch with name '${name}' in the '${section}' section.`,
    dbt: 'warning',
    at,
  });
}

/** Bodies of the name, and those that the versions of the name's entry claim; without those that another model claims. */
function bodiesOf(context: AssemblyContext, name: string): BodyRow[] {
  const { tables } = context.owner;
  const claimer = context.claimedBy(name);
  const rows = [...(claimer === undefined ? tables.bodies.get(`model:${name}`) : [])];
  rows.push(...tables.bodies.get(`seed:${name}`), ...tables.bodies.get(`snapshot:${name}`));
  return rows.sort((a, b) => compare(a.file, b.file));
}

function assembleVersions(
  context: AssemblyContext,
  name: string,
  row: EntryRow,
  bodies: readonly BodyRow[],
  output: AssemblyOutput,
): void {
  const entry = entryDict(row);
  const items = versionItems(entry);
  const latest = latestVersion(
    items.map(({ v }) => v),
    entry.get('latest_version'),
  );
  const { tables } = context.owner;
  for (const version of items) {
    const { item, v, index } = version;
    const definedIn = item.get('defined_in');
    const stem = typeof definedIn === 'string' ? definedIn : `${name}_v${String(v)}`;
    const own = [...tables.bodies.get(`model:${stem}`)].sort((a, b) => compare(a.file, b.file))[0];
    const body = own ?? (String(v) === String(latest) ? bodies.find((one) => one.resourceType === 'model') : undefined);
    const uniqueId = `model.${context.owner.name}.${name}.v${String(v)}`;
    if (body === undefined) {
      output.problems.push({
        code: 'property-entry-without-node',
        message: `Did not find matching node for patch with name '${stem}' in the 'models' section.`,
        dbt: 'warning',
        at: entryAnchor(row, ['versions', index, 'v']),
      });
      continue;
    }
    output.nodes.push(nodeFromBody(context, body, { row, entry, version, latest }));
    const thing: TestedThing = {
      target: { kind: 'version', name, version: v },
      uniqueId,
      attachedNode: uniqueId,
      fileKeyName: `models.${name}`,
      quotesColumns: false,
      tags: [],
    };
    addGenericTests(context, thing, row, versionLists(entry, item, index), output);
  }
  // A file with the model's own name that no version uses stays a model of its own.
  for (const body of bodies) {
    if (output.nodes.some((node) => node.file === body.file)) continue;
    if (body.resourceType === 'model' || body.resourceType === 'seed' || body.resourceType === 'snapshot') {
      output.nodes.push(nodeFromBody(context, body, undefined));
    }
  }
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
    if (inVersion >= 0) return columnList(column, ['versions', index, 'columns', inVersion]);
    return columnList(column, ['columns', modelColumns.indexOf(column)]);
  });
  return [base, ...columns];
}

/** What the tests of an unversioned entry stand on. */
function testedNode(row: EntryRow, name: string, uniqueId: string | null): TestedThing {
  return {
    target: { kind: 'node', name },
    uniqueId,
    attachedNode: uniqueId,
    fileKeyName: `${row.entry.section}.${name}`,
    quotesColumns: entryDict(row).get('quote_columns') === true,
    tags: [],
  };
}

function nodeFromBody(context: AssemblyContext, body: BodyRow, patch: Patch | undefined): RelationNode {
  const { owner } = context;
  const type = body.resourceType as RefableType;
  const version = patch?.version;
  const name = version === undefined ? body.name : patch?.row.entry.name ?? body.name;
  const folders = foldersOf(body.place.searched, body.file, body.block !== undefined);
  const fqn = [owner.name, ...folders, name, ...(version === undefined ? [] : [`v${String(version.v)}`])];
  const idVersion = version === undefined ? '' : `.v${String(version.v)}`;
  const uniqueId = `${type}.${owner.name}.${name}${idVersion}`;
  const identity: NodeIdentity = { uniqueId, name, resourceType: type, fqn };
  const reading = context.render.body(context, body, identity);
  const patchConfig = patch === undefined ? undefined : configOfPatch(context, patch);
  const config = effectiveConfig(context, type, fqn, patchConfig, reading.configs, languageOf(body) === 'python');
  const columns = patch === undefined ? [] : columnsOf(context, patch);
  const hooks = context.render.hooks(context, config, identity, body.file);
  return {
    resourceType: type,
    uniqueId,
    name,
    packageName: owner.name,
    file: body.file,
    originalFilePath: relativePath(owner.root, body.file),
    path: relativePath(body.place.searched, body.file),
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags: tagsOf(config),
    meta: metaOf(config),
    description: patch === undefined ? null : descriptionOf(context, patch),
    ...withConstraintRefs(context, reading, hooks, patch),
    language: languageOf(body),
    materialized: materializedOf(type, body, config),
    alias: aliasOf(context, config, identity, version?.v),
    columns,
    patch: patch === undefined ? undefined : { file: patch.row.file, entry: patch.row.entry.id },
    version: version?.v ?? null,
    latestVersion: patch?.latest ?? null,
    access: accessOf(config),
    group: textOf(config, 'group'),
    constraints: constraintsOf(patch),
    primaryKey: patch === undefined ? [] : inferPrimaryKey(primaryKeyInput(patch, columns)),
    docBlocks: [],
    functions: reading.functions,
  };
}

function primaryKeyInput(patch: Patch, columns: readonly NodeColumn[]): Parameters<typeof inferPrimaryKey>[0] {
  return { constraints: constraintsOf(patch), columns, tests: [] };
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
  version: string | number | undefined,
): string | Unknown {
  const fallback = version === undefined ? identity.name : versionedAlias(identity.name, version);
  return context.render.alias(context, config.values.get('alias'), fallback, identity);
}

function accessOf(config: EffectiveConfig): RelationNode['access'] {
  const access = config.values.get('access');
  return access === 'private' || access === 'public' ? access : 'protected';
}

function descriptionOf(context: AssemblyContext, patch: Patch): string | Unknown | null {
  const { entry, version } = patch;
  const value = version === undefined ? entry.get('description') : versionDescription(entry, version.item);
  return context.render.description(context, value);
}

function columnsOf(context: AssemblyContext, patch: Patch): NodeColumn[] {
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

function configOfPatch(context: AssemblyContext, patch: Patch): ConfigLayer | Unknown {
  const base = entryConfig(context, patch.entry);
  if (patch.version === undefined) return base;
  const own = entryConfig(context, patch.version.item);
  if (isUnknown(base) || isUnknown(own)) return isUnknown(base) ? base : own;
  return mergeVersionConfig(base, own);
}

/** Foreign-key constraints name their target by ref(): an edge after those of the SQL. */
function withConstraintRefs(
  context: AssemblyContext,
  reading: BodyReading,
  hooks: BodyReading,
  patch: Patch | undefined,
): Pick<RelationNode, 'refs' | 'sources' | 'macros' | 'evaluation'> {
  const own = {
    refs: [...reading.refs, ...hooks.refs],
    sources: [...reading.sources, ...hooks.sources],
    macros: [...new Set([...reading.macros, ...hooks.macros])],
    evaluation: hooks.evaluation === 'static' ? reading.evaluation : hooks.evaluation,
  };
  if (patch === undefined) return own;
  for (const { expression, path } of constraintTargets(patch)) {
    const found = context.render.expression(context, expression, entryAnchor(patch.row, path));
    own.refs.push(...found.refs);
    own.sources.push(...found.sources);
  }
  return own;
}

function constraintTargets(patch: Patch): { readonly expression: string; readonly path: readonly (string | number)[] }[] {
  const found: { expression: string; path: readonly (string | number)[] }[] = [];
  const read = (constraints: PyValue | undefined, path: readonly (string | number)[]): void => {
    for (const [index, constraint] of listOf(constraints).entries()) {
      const to = isPyDict(constraint) ? constraint.get('to') : undefined;
      if (typeof to === 'string') found.push({ expression: to, path: [...path, 'constraints', index, 'to'] });
    }
  };
  read(patch.entry.get('constraints'), []);
  for (const [index, column] of listOf(patch.entry.get('columns')).entries()) {
    if (isPyDict(column)) read(column.get('constraints'), ['columns', index]);
  }
  return found;
}

/** A snapshot that is declared in YAML alone: its body is `select * from` its relation. */
function yamlSnapshot(context: AssemblyContext, row: EntryRow, relation: PyValue): RelationNode {
  const { owner } = context;
  const entry = entryDict(row);
  const { name } = row.entry;
  const fqn = [owner.name, ...foldersOf(row.place.searched, row.file, false), name];
  const uniqueId = `snapshot.${owner.name}.${name}`;
  const config = effectiveConfig(context, 'snapshot', fqn, entryConfig(context, entry), []);
  const found = context.render.expression(context, typeof relation === 'string' ? relation : '', entryAnchor(row, ['relation']));
  return {
    resourceType: 'snapshot',
    uniqueId,
    name,
    packageName: owner.name,
    file: row.file,
    originalFilePath: relativePath(owner.root, row.file),
    path: `${name}.sql`,
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags: tagsOf(config),
    meta: metaOf(config),
    description: context.render.description(context, entry.get('description')),
    refs: found.refs,
    sources: found.sources,
    macros: [],
    evaluation: found.evaluation,
    language: 'sql',
    materialized: 'snapshot',
    alias: aliasOf(context, config, { uniqueId, name, resourceType: 'snapshot', fqn }, undefined),
    columns: readColumns(context, entry.get('columns'), ['columns']),
    patch: { file: row.file, entry: row.entry.id },
    version: null,
    latestVersion: null,
    access: 'protected',
    group: textOf(config, 'group'),
    constraints: [],
    primaryKey: [],
    docBlocks: [],
    functions: [],
    rawCode: `select * from {{ ${typeof relation === 'string' ? relation : ''} }}`,
  };
}
