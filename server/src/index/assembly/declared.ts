/** Assembles what is declared in YAML alone: exposures, metrics, semantic models, saved queries, unit tests and groups. */

import { relativePath } from '../../base/file-id.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict, pyEquals } from '../../base/python-values.ts';
import type { ConfigValue } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { ConfigLayer } from '../../dbt/config-merge.ts';
import { layerOfDict } from '../../dbt/config-merge.ts';
import { exposureAttributes } from '../../dbt/exposures.ts';
import { unitTestWithoutModel } from '../../dbt/messages.ts';
import type { DeclaredNode, RefUse, RelationNode, SourceUse } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { claimedStems, entriesOf, entryAnchor, entryDict, report } from './shared.ts';
import { effectiveConfig, enabledOf, foldersOf, listOf, metaOf, tagsOf } from './config.ts';
import { checkEntry } from './checks.ts';
import { stringList } from './columns.ts';
import { assembleRefable } from './refable.ts';
import { addCreatedMetrics, metricInputs } from './semantics.ts';

type DeclaredType = DeclaredNode['resourceType'];

const TYPE_OF_SECTION: Readonly<Record<string, DeclaredType>> = {
  exposures: 'exposure',
  metrics: 'metric',
  semantic_models: 'semantic_model',
  saved_queries: 'saved_query',
  unit_tests: 'unit_test',
};

/** `declared|<package>|<section>/<name>`. */
export function assembleDeclared(context: AssemblyContext, sectionAndName: string, output: AssemblyOutput): void {
  const slash = sectionAndName.indexOf('/');
  const section = sectionAndName.slice(0, slash);
  const name = sectionAndName.slice(slash + 1);
  const type = TYPE_OF_SECTION[section];
  for (const row of entriesOf(context, section, name)) {
    checkEntry(context, row, output);
    if (section === 'groups') addGroup(context, row, output);
    else if (type === 'unit_test') addUnitTests(context, row, output);
    else if (type !== undefined) {
      const node = declaredNode(context, row, type, entryDict(row), {});
      output.nodes.push(node);
      if (type === 'semantic_model') addCreatedMetrics(context, row, node, output);
    }
  }
}

function addGroup(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): void {
  const { name } = row.entry;
  output.groups.push({
    uniqueId: `group.${context.owner.name}.${name}`,
    name,
    packageName: context.owner.name,
    entry: { file: row.file, entry: row.entry.id },
    declaration: entryDict(row),
  });
}

/** What differs from type to type, and where a node does not come from an entry of its own. */
export interface Particulars {
  readonly uniqueId?: string;
  readonly name?: string;
  readonly fqn?: readonly string[];
  /** Instead of the `config:` of the declaration. */
  readonly config?: ConfigLayer;
  readonly description?: PyValue | undefined;
  readonly dependsOnDeclared?: readonly string[];
  readonly refs?: readonly RefUse[];
  readonly version?: string | number | null;
  /** Leads from the entry to the declaration. */
  readonly path?: readonly (string | number)[];
  readonly isDisabled?: boolean;
}

/** Makes a node of a declaration, which is the entry itself or a part of it. */
export function declaredNode(
  context: AssemblyContext,
  row: EntryRow,
  type: DeclaredType,
  declaration: PyDict,
  particulars: Particulars,
): DeclaredNode {
  const { owner } = context;
  const name = particulars.name ?? row.entry.name;
  const fqn = particulars.fqn ?? [owner.name, ...foldersOf(row.place.searched, row.file, false), name];
  const rendered = context.render.tree(context, declaration);
  const ownConfig = rendered.get('config');
  const layer = particulars.config ?? (ownConfig instanceof Map ? layerOfDict(ownConfig) : undefined);
  const config = effectiveConfig(context, type, fqn, layer, []);
  const edges = edgesOf(context, row, type, declaration, particulars.path ?? []);
  const attributes = type === 'exposure' ? exposureAttributes(exposuresSection(context), rendered, config) : undefined;
  const values = new Map(config.values);
  if (attributes !== undefined) {
    values.set('tags', attributes.tags);
    values.set('meta', attributes.meta);
  }
  return {
    resourceType: type,
    uniqueId: particulars.uniqueId ?? `${type}.${owner.name}.${name}`,
    name,
    packageName: owner.name,
    file: row.file,
    originalFilePath: relativePath(owner.root, row.file),
    path: relativePath(row.place.searched, row.file),
    fqn,
    enabled: particulars.isDisabled === true ? false : enabledOf(config),
    config: values,
    configUnknown: config.otherKeys,
    tags: attributes === undefined ? tagsOfType(context, type, declaration, tagsOf(config)) : textsOf(attributes.tags),
    meta: attributes === undefined ? metaOf(config) : dictOf(attributes.meta),
    description: context.render.description(context, particulars.description ?? declaration.get('description')),
    refs: particulars.refs ?? edges.refs,
    sources: edges.sources,
    macros: [],
    evaluation: 'static',
    entry: { file: row.file, entry: row.entry.id },
    declaration: renderedDeclaration(declaration, rendered),
    dependsOnDeclared: particulars.dependsOnDeclared ?? edges.declared,
    version: particulars.version ?? null,
  };
}

function exposuresSection(context: AssemblyContext): Parameters<typeof exposureAttributes>[0] {
  const section = context.owner.projectTree.get('exposures');
  // A Map in a tree of configurations is such a tree itself.
  return section instanceof Map ? (section as Parameters<typeof exposureAttributes>[0]) : undefined;
}

function textsOf(value: ConfigValue): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function dictOf(value: ConfigValue): PyDict {
  return isPyDict(value) ? value : new Map();
}

/** Metrics and saved queries have tags of their own besides those of their config. */
function tagsOfType(context: AssemblyContext, type: DeclaredType, declaration: PyDict, ofConfig: readonly string[]): readonly string[] {
  if (type === 'metric') return declaration.has('type_params') ? stringList(context, declaration.get('tags')) : [];
  if (type === 'saved_query') return [...new Set([...stringList(context, declaration.get('tags')), ...ofConfig])].sort();
  return ofConfig;
}

/** The declaration as the manifest shows it: rendered, and raw where a value could not be told. */
function renderedDeclaration(declaration: PyDict, rendered: ReadonlyMap<PyValue, unknown>): PyDict {
  const shown: PyDict = new Map();
  for (const [key, value] of declaration) {
    const settled = rendered.get(key);
    // What is not unknown in a rendered declaration is a plain value.
    shown.set(key, settled === undefined || isUnknown(settled) ? value : (settled as PyValue));
  }
  return shown;
}

interface Edges {
  readonly refs: RefUse[];
  readonly sources: SourceUse[];
  readonly declared: string[];
}

function edgesOf(
  context: AssemblyContext,
  row: EntryRow,
  type: DeclaredType,
  declaration: PyDict,
  path: readonly (string | number)[],
): Edges {
  const edges: Edges = { refs: [], sources: [], declared: [] };
  const addExpression = (value: PyValue | undefined, at: readonly (string | number)[]): void => {
    if (typeof value !== 'string') return;
    const found = context.render.expression(context, value, entryAnchor(row, [...path, ...at]));
    edges.refs.push(...found.refs);
    edges.sources.push(...found.sources);
    for (const metric of found.metrics) edges.declared.push(`metric:${metric}`);
  };
  switch (type) {
    case 'exposure':
      for (const [index, item] of listOf(declaration.get('depends_on')).entries()) addExpression(item, ['depends_on', index]);
      break;
    case 'semantic_model':
      addExpression(declaration.get('model'), ['model']);
      break;
    case 'metric':
      edges.declared.push(...metricInputs(context, declaration));
      break;
    case 'saved_query': {
      const parameters = declaration.get('query_params');
      const metrics = isPyDict(parameters) ? parameters.get('metrics') : undefined;
      for (const metric of listOf(metrics)) if (typeof metric === 'string') edges.declared.push(`metric:${metric}`);
      break;
    }
    case 'unit_test':
      break;
  }
  return edges;
}

/** One node, or one for each version of the tested model that the entry asks for. */
function addUnitTests(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): void {
  const { owner } = context;
  const entry = entryDict(row);
  const { name } = row.entry;
  const model = entry.get('model');
  if (typeof model !== 'string') return;
  // dbt leaves out the first folder of the YAML's path, whatever the configured paths are.
  const originalFilePath = relativePath(owner.root, row.file);
  const fqn = [owner.name, ...originalFilePath.split('/').slice(1, -1), model, name];
  const at = entryAnchor(row, ['model']);
  const uniqueId = `unit_test.${owner.name}.${model}.${name}`;
  const [modelName = '', modelVersion] = model.split(/\s+/);
  const candidates = modelsNamed(context, modelName);
  const tested = testedModel(candidates, modelVersion);
  if (tested === undefined) {
    report(output, unitTestWithoutModel(`${owner.name}.${model}`, name, originalFilePath), at);
    return;
  }
  const add = (target: RelationNode, id: string): void => {
    const ref: RefUse = { package: owner.name, name: target.name, version: target.version, conditional: false, at };
    const isDisabled = target.enabled === false;
    output.nodes.push(declaredNode(context, row, 'unit_test', entry, { uniqueId: id, fqn, refs: [ref], version: target.version, isDisabled }));
  };
  // Without versions, or for a model that is switched off, there is the one test; dbt tells versions of enabled models only.
  if (tested.version === null || tested.enabled === false) {
    add(tested, uniqueId);
    return;
  }
  const chosen = versionsToTest(candidates, entry.get('versions'));
  if (chosen.length === 0) {
    output.problems.push({
      code: 'unit-test-version-missing',
      message: `Unit test '${name}' referenced a version of '${tested.name}' which was not found.`,
      dbt: 'error',
      at: entryAnchor(row, ['versions']),
    });
  }
  for (const target of chosen) add(target, `${uniqueId}_v${String(target.version)}`);
}

function versionsToTest(candidates: readonly RelationNode[], wanted: PyValue | undefined): readonly RelationNode[] {
  const versions = candidates.filter((node) => node.version !== null && node.enabled !== false);
  const listed = (key: string): readonly PyValue[] => (isPyDict(wanted) ? listOf(wanted.get(key)) : []);
  const has = (list: readonly PyValue[], node: RelationNode): boolean => list.some((item) => pyEquals(item, node.version));
  const exclude = listed('exclude');
  const include = listed('include');
  if (exclude.length > 0) return versions.filter((node) => !has(exclude, node));
  return include.length > 0 ? versions.filter((node) => has(include, node)) : versions;
}

/** The model that dbt tests: the enabled one of the package, of versions the latest; else a disabled one. */
function testedModel(candidates: readonly RelationNode[], version: string | undefined): RelationNode | undefined {
  const fits = (node: RelationNode): boolean => {
    if (version !== undefined) return String(node.version) === version;
    return node.version === null || String(node.version) === String(node.latestVersion);
  };
  const fitting = candidates.filter(fits);
  return fitting.find((node) => node.enabled !== false) ?? fitting[0];
}

/** The models of a name in the same package, made as their own group makes them. */
function modelsNamed(context: AssemblyContext, name: string): RelationNode[] {
  const { tables, name: packageName } = context.owner;
  for (const stem of [name, ...claimedStems(tables, name)]) {
    context.note(`*/entry:models/${stem}`);
    context.note(`${packageName}/body:model:${stem}`);
  }
  const scratch: AssemblyOutput = { nodes: [], groups: [], problems: [] };
  assembleRefable(context, name, scratch);
  return scratch.nodes.filter((node): node is RelationNode => node.resourceType === 'model' && node.name === name);
}
