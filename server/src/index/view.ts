/** The project view over a project index: answers what rules ask and notes each read key. */

import type { FileId } from '../base/file-id.ts';
import { joinPath, parentFolder, relativePath } from '../base/file-id.ts';
import type { PyDict } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { defaultConfigOf } from '../dbt/config-keys.ts';
import type { AutomationFile, ProfileFile, SqlText } from '../facts/file-facts.ts';
import { entryOfId } from '../facts/property-facts.ts';
import { layerOfModel, mostHaveLayers } from './layers.ts';
import type { DbtNode, DeclaredNode, EntryReference, RefUse, RelationNode, ResourceType, SourceNode, SourceUse, TestNode } from './model.ts';
import { aliasKey, ownAlias, refKey, sourceKey } from './node-tables.ts';
import { lowestDbtVersionOf, packageStateOf } from './packages.ts';
import type { ProjectIndex } from './project-index.ts';
import type { ProjectView, RelationMatch } from './project-view.ts';
import { wantedName } from '../dbt/resolve-ref.ts';
import { placesItself, placingMacros, relationPlace } from './relation-place.ts';
import { similarTo } from './similar.ts';
import { accessProblem } from './resolution-problems.ts';
import { resolveDeclared, resolveRef, resolveSource } from './resolution.ts';

/**
 * Read keys, as `ProjectIndex.apply` reports them: `node:<id>`, `edges:<id>`, `tests:<id>`, `list:<type>`, `ref:<name>`,
 * `source:<source>.<table>`, `resolution:<id>`, `cycles`, `file:<file>`, `exists:<file>`, `automation`, `profiles`, `relations`. Without a `note`
 * not even the keys are made.
 */
export function createProjectView(index: ProjectIndex, note?: (key: string) => void): ProjectView {
  const ownIds = (type: ResourceType): readonly string[] => {
    note?.(`list:${type}`);
    const prefix = `${type}.${index.rootPackage.name}.`;
    return index.nodes.idsOfType(type).filter((id) => id.startsWith(prefix));
  };

  function active(uniqueId: string): DbtNode | undefined {
    note?.(`node:${uniqueId}`);
    return index.nodes.active(uniqueId);
  }

  function relations(type: RelationNode['resourceType']): RelationNode[] {
    return ownIds(type)
      .map((id) => active(id))
      .filter((node): node is RelationNode => node?.resourceType === type);
  }

  function sources(): SourceNode[] {
    return ownIds('source')
      .map((id) => active(id))
      .filter((node): node is SourceNode => node?.resourceType === 'source');
  }

  const view: ProjectView = {
    get root() {
      return index.root;
    },
    get outerRoot() {
      return index.outerRoot;
    },
    get name() {
      return index.rootPackage.name;
    },
    get projectFile() {
      return index.rootPackage.projectFile;
    },
    adapter: () => index.render.adapter(),
    lowestDbtVersion: () => lowestDbtVersionOf(index),
    projectConfig: () => index.rootPackage.project,
    packages: () => packageStateOf(index),

    models: () => relations('model'),
    relations,
    sources,
    declared: (type) =>
      ownIds(type)
        .map((id) => active(id))
        .filter((node): node is DeclaredNode => node?.resourceType === type),
    tests: () =>
      ownIds('test')
        .map((id) => active(id))
        .filter((node): node is TestNode => node?.resourceType === 'test'),
    groups() {
      note?.('list:group');
      return index.groupNodes().filter((group) => group.packageName === index.rootPackage.name);
    },
    macros() {
      note?.('list:macro');
      return index.macroNodes();
    },

    node: active,
    parents(uniqueId) {
      note?.(`edges:${uniqueId}`);
      return index.nodes.parents(uniqueId);
    },
    children(uniqueId) {
      note?.(`edges:${uniqueId}`);
      return index.nodes.children(uniqueId);
    },
    conditionalParents(uniqueId) {
      note?.(`edges:${uniqueId}`);
      return index.nodes.conditionalParents(uniqueId);
    },
    cycles() {
      note?.('cycles');
      return index.cycles();
    },
    testsOf(uniqueId) {
      note?.(`tests:${uniqueId}`);
      note?.(`edges:${uniqueId}`);
      return index.nodes.testsOf(uniqueId);
    },
    unitTestsOf(uniqueId) {
      note?.(`edges:${uniqueId}`);
      return index.nodes
        .children(uniqueId)
        .map((id) => index.nodes.active(id))
        .filter((node): node is DeclaredNode => node?.resourceType === 'unit_test');
    },

    resolveRef(from: DbtNode, use: RefUse) {
      note?.(refKey(wantedName(use)));
      const found = resolveRef(index.nodes, index.rootPackage, from.packageName, use);
      if (found.kind !== 'missing') return found;
      const loom = joinPath(index.root, LOOM_FILE);
      note?.(`exists:${loom}`);
      if (index.hasFile(loom)) return { kind: 'unknown', reason: 'dbt-loom brings nodes of other projects' };
      const state = packageStateOf(index);
      if (use.package !== null && state.crossProjects.includes(use.package)) {
        return { kind: 'unknown', reason: `${use.package} is another project (dependencies.yml)` };
      }
      if (use.package !== null && index.packages.has(use.package)) return found;
      if (use.package === null && state.crossProjects.length === 0 && !state.incomplete) return found;
      return state.incomplete ? { kind: 'unknown', reason: 'packages are not installed (dbt deps)' } : found;
    },
    resolveSource(from: DbtNode, use: SourceUse) {
      note?.(sourceKey(use.source, use.table));
      const found = resolveSource(index.nodes, index.rootPackage, from.packageName, use);
      if (found.kind !== 'missing') return found;
      note?.('broken');
      const [broken] = [...index.brokenPropertyFiles()].sort();
      if (broken !== undefined) return { kind: 'unknown', reason: `${relativePath(index.root, broken)} cannot be read` };
      note?.('list:source');
      if (hasUnnamed(index, 'source:')) return { kind: 'unknown', reason: 'a source has a name that files cannot tell' };
      return packageStateOf(index).incomplete ? { kind: 'unknown', reason: 'packages are not installed (dbt deps)' } : found;
    },
    resolveDeclared(from, wanted) {
      note?.(`declared:${wanted}`);
      const found = resolveDeclared(index.nodes, index.rootPackage, from.packageName, wanted);
      if (found.kind !== 'missing') return found;
      note?.('broken');
      const [broken] = [...index.brokenPropertyFiles()].sort();
      if (broken !== undefined) return { kind: 'unknown', reason: `${relativePath(index.root, broken)} cannot be read` };
      const type = wanted.slice(0, wanted.indexOf(':'));
      note?.(`list:${type}`);
      if (hasUnnamed(index, `declared:${type}:`)) return { kind: 'unknown', reason: `a ${type} has a name that files cannot tell` };
      return packageStateOf(index).incomplete ? { kind: 'unknown', reason: 'packages are not installed (dbt deps)' } : found;
    },
    accessProblem(from, uniqueId, at) {
      note?.(`node:${uniqueId}`);
      return accessProblem(index, from, uniqueId, at);
    },
    similarNames(kind, name) {
      for (const type of kind === 'ref' ? ['model', 'seed', 'snapshot'] : ['source']) note?.(`list:${type}`);
      const prefix = `${kind}:`;
      const names: string[] = [];
      for (const key of index.nodes.candidateKeys()) {
        const other = key.slice(prefix.length);
        if (key.startsWith(prefix) && (kind === 'source' || isOwnName(index, other))) names.push(other);
      }
      return similarTo(name, names);
    },
    relationMatches(parts) {
      note?.('list:source');
      note?.('list:model');
      return relationMatches(index, parts);
    },

    sameRelation(node) {
      const own = ownAlias(node);
      const alias = own ?? node.alias;
      // Nodes of one name and one package are told of where they are put together.
      if (typeof alias !== 'string' || (own === undefined && index.packages.size < 2)) return { relation: '', others: [] };
      const told = index.render.relationParts();
      const place = relationPlace(node, told);
      if (place === undefined) return { relation: '', others: [] };
      note?.(refKey(alias));
      if (own !== undefined) note?.(aliasKey(alias));
      const others: RelationNode[] = [];
      for (const id of [...new Set([...(own === undefined ? [] : index.nodes.aliased(alias)), ...index.nodes.refCandidates(alias)])].sort()) {
        const other = id === node.uniqueId ? undefined : active(id);
        if (!isRelation(other) || other.alias !== alias || (own === undefined && other.packageName === node.packageName)) continue;
        if (relationPlace(other, told)?.key === place.key) others.push(other);
      }
      if (others.length === 0) return { relation: '', others };
      const macros = placingMacros(index.render.adapter());
      for (const macro of macros) note?.(`macro:${macro}`);
      return placesItself(index.packages.values(), macros) ? { relation: '', others: [] } : { relation: place.relation, others };
    },

    layer: (node) => layerOfModel(node.name, node.fqn),
    usesLayers() {
      note?.('list:model');
      return mostHaveLayers(index.nodes.idsOfType('model').map((id) => index.nodes.active(id)));
    },
    config(node, key) {
      const value = node.config.get(key);
      if (value !== undefined) return value;
      if (node.configUnknown !== null) return node.configUnknown;
      return defaultConfigOf(node.resourceType).get(key) ?? null;
    },

    sqlText({ file, resourceType, name }): SqlText | undefined {
      note?.(`file:${file}`);
      for (const { facts } of index.storedFile(file)?.parts ?? []) {
        if (facts.data.kind === 'node-file') return facts.data.text;
        if (facts.data.kind !== 'block-file' || resourceType !== 'snapshot') continue;
        const block = facts.data.blocks.find(({ tag, dbtName }) => tag === 'snapshot' && dbtName === name);
        if (block !== undefined) return block.text;
      }
      return undefined;
    },
    selectedColumns(file) {
      note?.(`columns:${file}`);
      return index.selectedColumns(file);
    },
    automation() {
      note?.('automation');
      const files: AutomationFile[] = [];
      for (const [file, facts] of index.automationFiles()) if (facts.data.kind === 'automation') files.push({ ...facts.data, file });
      return files;
    },
    profiles() {
      note?.('profiles');
      const files: ProfileFile[] = [];
      for (const [file, facts] of index.profileFiles()) if (facts.data.kind === 'profiles') files.push({ ...facts.data, file });
      return files;
    },
    hasFile(relative) {
      const file = joinPath(index.root, relative);
      note?.(`exists:${file}`);
      return index.hasFile(file);
    },
    propertyFilesIn(folder, section) {
      return propertyFilesIn(index, folder, section);
    },
    brokenPropertyFiles() {
      note?.('broken');
      return [...index.brokenPropertyFiles()].sort();
    },
    entry(reference): PyDict | undefined {
      noteEntry(note, reference.entry);
      return entryOf(index, reference);
    },
    nodeAnchor(node) {
      const reference = 'patch' in node ? node.patch : 'entry' in node ? node.entry : undefined;
      if (reference === undefined) {
        if (node.resourceType === 'test' && node.generic !== undefined) {
          const { entry, entryPath } = node.generic;
          return { kind: 'yaml', file: entry.file, entry: entry.entry, path: entryPath, part: 'value' };
        }
        return { kind: 'text', file: node.file, name: 'start' };
      }
      const inEntry = 'entryPath' in node ? node.entryPath : 'namePath' in node ? node.namePath.slice(0, -1) : undefined;
      const path = node.resourceType === 'source' ? [...node.tablePath, 'name'] : [...(inEntry ?? []), 'name'];
      return { kind: 'yaml', file: reference.file, entry: reference.entry, path, part: 'value' };
    },
  };
  return view;
}

function isRelation(node: DbtNode | undefined): node is RelationNode {
  return node?.resourceType === 'model' || node?.resourceType === 'seed' || node?.resourceType === 'snapshot';
}

/** The plugin dbt-loom, which puts public models of other projects among a project's own, is set up here. */
const LOOM_FILE = 'dbt_loom.config.yml';

function entryOf(index: ProjectIndex, reference: EntryReference): PyDict | undefined {
  for (const part of index.storedFile(reference.file)?.parts ?? []) {
    if (part.facts.data.kind !== 'properties') continue;
    const value = entryOfId(part.facts.data, reference.entry)?.value;
    if (isPyDict(value)) return value;
  }
  return undefined;
}

function propertyFilesIn(index: ProjectIndex, folder: FileId, section: string): FileId[] {
  const counts = new Map<FileId, number>();
  for (const file of index.rootPackage.tables.files.keys()) {
    if (parentFolder(file) !== folder) continue;
    for (const { facts } of index.storedFile(file)?.parts ?? []) {
      if (facts.data.kind !== 'properties') continue;
      counts.set(file, facts.data.entries.filter((entry) => entry.section === section).length);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([file]) => file);
}

/** Sources and models that a literal relation may mean, the exact ones first. */
function relationMatches(
  index: ProjectIndex,
  parts: readonly { readonly name: string; readonly quoted: boolean }[],
): RelationMatch[] {
  const names = parts.map((part) => part.name.toLowerCase());
  const table = names.at(-1);
  if (table === undefined) return [];
  const schema = names.at(-2);
  const database = names.at(-3);
  const matches: RelationMatch[] = [];
  for (const id of index.nodes.idsOfType('source')) {
    const node = index.nodes.active(id);
    if (node?.resourceType !== 'source' || typeof node.identifier !== 'string') continue;
    if (node.identifier.toLowerCase() !== table) continue;
    const sameSchema = typeof node.schema === 'string' && schema === node.schema.toLowerCase();
    const sameDatabase =
      database === undefined ? true : typeof node.database === 'string' && database === node.database.toLowerCase();
    matches.push({
      kind: 'source',
      uniqueId: id,
      replacement: `{{ source('${node.sourceName}', '${node.name}') }}`,
      exact: sameSchema && sameDatabase,
    });
  }
  for (const id of index.nodes.idsOfType('model')) {
    const node = index.nodes.active(id);
    if (node?.resourceType !== 'model' || node.packageName !== index.rootPackage.name) continue;
    if (typeof node.alias !== 'string' || node.alias.toLowerCase() !== table || node.version !== null) continue;
    matches.push({ kind: 'model', uniqueId: id, replacement: `{{ ref('${node.name}') }}`, exact: schema === undefined && standsInTargetSchema(node) });
  }
  return matches.sort((a, b) => Number(b.exact) - Number(a.exact) || (a.uniqueId < b.uniqueId ? -1 : 1));
}

/** True if neither a schema nor a database is configured: then the model stands where an unqualified name is looked for. */
function standsInTargetSchema(node: DbtNode): boolean {
  return node.configUnknown === null && !node.config.has('schema') && !node.config.has('database');
}

/** Changes are told by section and name. `models/a#1` is the second entry of `a`, or the first of a model of that very name. */
function noteEntry(note: ((key: string) => void) | undefined, id: string): void {
  if (note === undefined) return;
  note(`entry:${id}`);
  const name = id.replace(/#\d+$/, '');
  if (name !== id) note(`entry:${name}`);
}

/** True if something that is looked up by such keys is called by what an invocation would have to tell: its name stands as it is written. */
function hasUnnamed(index: ProjectIndex, prefix: string): boolean {
  for (const key of index.nodes.candidateKeys()) if (key.startsWith(prefix) && key.includes('{{')) return true;
  return false;
}

/** False for `orders.v2` where that is but another way to name a version of `orders`. */
function isOwnName(index: ProjectIndex, name: string): boolean {
  return !name.includes('.v') || index.nodes.refCandidates(name).some((id) => index.nodes.rows(id).some(({ node }) => node.name === name));
}
