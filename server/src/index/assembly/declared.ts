/** Assembles what is declared in YAML alone: exposures, metrics, semantic models, saved queries, unit tests and groups. */

import { relativePath } from '../../base/file-id.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { DeclaredNode, RefUse, SourceUse } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { compare, entriesOf, entryAnchor, entryDict, sortedEntries, versionItems } from './shared.ts';
import { effectiveConfig, enabledOf, entryConfig, foldersOf, listOf, metaOf, tagsOf } from './config.ts';
import { stringList } from './columns.ts';

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
    if (section === 'groups') addGroup(context, row, output);
    else if (type === 'unit_test') addUnitTests(context, row, output);
    else if (type !== undefined) output.nodes.push(declaredNode(context, row, type, {}));
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

/** What differs from type to type. */
interface Particulars {
  readonly uniqueId?: string;
  readonly name?: string;
  readonly fqn?: readonly string[];
  readonly dependsOnDeclared?: readonly string[];
  readonly refs?: readonly RefUse[];
  readonly version?: string | number | null;
}

function declaredNode(context: AssemblyContext, row: EntryRow, type: DeclaredType, particulars: Particulars): DeclaredNode {
  const { owner } = context;
  const entry = entryDict(row);
  const name = particulars.name ?? row.entry.name;
  const fqn = particulars.fqn ?? [owner.name, ...foldersOf(row.place.searched, row.file, false), name];
  const config = effectiveConfig(context, type, fqn, entryConfig(context, entry), []);
  const edges = edgesOf(context, row, type, entry);
  const tags = type === 'exposure' ? [...new Set([...tagsOf(config), ...stringList(context, entry.get('tags'))])].sort() : tagsOf(config);
  const originalFilePath = relativePath(owner.root, row.file);
  return {
    resourceType: type,
    uniqueId: particulars.uniqueId ?? `${type}.${owner.name}.${name}`,
    name,
    packageName: owner.name,
    file: row.file,
    originalFilePath,
    path: relativePath(row.place.searched, row.file),
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags,
    meta: metaOf(config),
    description: context.render.description(context, entry.get('description')),
    refs: particulars.refs ?? edges.refs,
    sources: edges.sources,
    macros: [],
    evaluation: 'static',
    entry: { file: row.file, entry: row.entry.id },
    declaration: entry,
    dependsOnDeclared: particulars.dependsOnDeclared ?? edges.declared,
    version: particulars.version ?? null,
  };
}

interface Edges {
  readonly refs: RefUse[];
  readonly sources: SourceUse[];
  readonly declared: string[];
}

function edgesOf(context: AssemblyContext, row: EntryRow, type: DeclaredType, entry: PyDict): Edges {
  const edges: Edges = { refs: [], sources: [], declared: [] };
  const addExpression = (value: PyValue | undefined, path: readonly (string | number)[]): void => {
    if (typeof value !== 'string') return;
    const found = context.render.expression(context, value, entryAnchor(row, path));
    edges.refs.push(...found.refs);
    edges.sources.push(...found.sources);
    for (const metric of found.metrics) edges.declared.push(`metric:${metric}`);
  };
  switch (type) {
    case 'exposure':
      for (const [index, item] of listOf(entry.get('depends_on')).entries()) addExpression(item, ['depends_on', index]);
      break;
    case 'semantic_model':
      addExpression(entry.get('model'), ['model']);
      break;
    case 'metric':
      edges.declared.push(...metricInputs(context, entry));
      break;
    case 'saved_query': {
      const parameters = entry.get('query_params');
      const metrics = isPyDict(parameters) ? parameters.get('metrics') : undefined;
      for (const metric of listOf(metrics)) if (typeof metric === 'string') edges.declared.push(`metric:${metric}`);
      break;
    }
    case 'unit_test':
      break;
  }
  return edges;
}

/** A metric depends on its input metrics, or on the semantic model that owns its measure (dbt-semantics §5.7). */
function metricInputs(context: AssemblyContext, entry: PyDict): string[] {
  const parameters = entry.get('type_params');
  if (!isPyDict(parameters)) return [];
  const wanted: string[] = [];
  const addMetric = (value: PyValue | undefined): void => {
    const name = isPyDict(value) ? value.get('name') : value;
    if (typeof name === 'string') wanted.push(`metric:${name}`);
  };
  const addMeasure = (value: PyValue | undefined): void => {
    const name = isPyDict(value) ? value.get('name') : value;
    if (typeof name !== 'string') return;
    const owner = semanticModelOfMeasure(context, name);
    if (owner !== undefined) wanted.push(`semantic_model:${owner}`);
  };
  addMeasure(parameters.get('measure'));
  addMetric(parameters.get('numerator'));
  addMetric(parameters.get('denominator'));
  for (const metric of listOf(parameters.get('metrics'))) addMetric(metric);
  const conversion = parameters.get('conversion_type_params');
  if (isPyDict(conversion)) {
    addMeasure(conversion.get('base_measure'));
    addMeasure(conversion.get('conversion_measure'));
  }
  const cumulative = parameters.get('cumulative_type_params');
  if (isPyDict(cumulative)) addMetric(cumulative.get('metric'));
  return [...new Set(wanted)];
}

function semanticModelOfMeasure(context: AssemblyContext, measure: string): string | undefined {
  context.note('*/section:semantic_models');
  for (const state of context.packages.values()) {
    for (const key of state.tables.entries.keys()) {
      if (!key.startsWith('semantic_models/')) continue;
      for (const row of sortedEntries(state.tables.entries.get(key))) {
        const measures = listOf(entryDict(row).get('measures'));
        if (measures.some((item) => isPyDict(item) && item.get('name') === measure)) return row.entry.name;
      }
    }
  }
  return undefined;
}

/** One node, or one for each version of the tested model that the entry asks for. */
function addUnitTests(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): void {
  const { owner } = context;
  const entry = entryDict(row);
  const { name } = row.entry;
  const model = entry.get('model');
  if (typeof model !== 'string') return;
  // dbt leaves out the first folder of the YAML's path, whatever the configured paths are.
  const folders = relativePath(owner.root, row.file).split('/').slice(1, -1);
  const at = entryAnchor(row, ['model']);
  context.note(`*/entry:models/${model}`);
  const versions = versionsOf(context, model);
  const wanted = entry.get('versions');
  const listed = (key: string): string[] | undefined => {
    const value = isPyDict(wanted) ? wanted.get(key) : undefined;
    return Array.isArray(value) ? value.map((item) => String(item)) : undefined;
  };
  const include = listed('include');
  const exclude = listed('exclude');
  const chosen = versions.filter((v) => (include?.includes(String(v)) ?? true) && exclude?.includes(String(v)) !== true);
  for (const version of versions.length === 0 ? [null] : chosen) {
    const suffix = version === null ? '' : `_v${String(version)}`;
    output.nodes.push(
      declaredNode(context, row, 'unit_test', {
        name,
        uniqueId: `unit_test.${owner.name}.${model}.${name}${suffix}`,
        fqn: [owner.name, ...folders, model, name],
        refs: [{ package: null, name: model, version, conditional: false, at }],
        version,
      }),
    );
  }
}

function versionsOf(context: AssemblyContext, model: string): (string | number)[] {
  const rows = sortedEntries(context.owner.tables.entries.get(`models/${model}`));
  const versions = rows.flatMap((row) => versionItems(entryDict(row)).map(({ v }) => v));
  return versions.sort((a, b) => compare(String(a), String(b)));
}
