/** Makes nodes of declarations in YAML: exposures, metrics, semantic models, saved queries and unit tests alike. */


import { pathAsWritten } from '../../facts/project-layout.ts';
import { relativePath } from '../../base/file-id.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { ConfigValue } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { ConfigLayer } from '../../dbt/config-merge.ts';
import { keepProblems, layerOfDict } from '../../dbt/config-merge.ts';
import { exposureAttributes } from '../../dbt/exposures.ts';
import { pyStr } from '../../dbt/python-repr.ts';
import { isRenderedAtOnce } from '../../dbt/rendered-keys.ts';
import type { DeclaredNode, RefUse, SourceUse } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { entryAnchor, reportReading } from './shared.ts';
import { effectiveConfig, enabledOf, foldersOf, listOf, metaOf, tagsOf } from './config.ts';
import { stringList } from './columns.ts';
import { metricInputs } from './metric-inputs.ts';
import { isTemplate } from '../../dbt/rendered-keys.ts';

type DeclaredType = DeclaredNode['resourceType'];

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
  readonly namePath?: readonly (string | number)[];
  readonly createdBy?: string;
}

/** Makes a node of a declaration, which is the entry itself or a part of it. */
export function declaredNode(
  context: AssemblyContext,
  row: EntryRow,
  type: DeclaredType,
  declaration: PyDict,
  particulars: Particulars,
  output: AssemblyOutput,
): DeclaredNode {
  const { owner } = context;
  const name = particulars.name ?? row.entry.name;
  const fqn = particulars.fqn ?? [owner.name, ...foldersOf(row.place.searched, row.file, false), name];
  const rendered = context.render.tree(context, declaration, particulars.path ?? []);
  const ownConfig = rendered.get('config');
  const layer = particulars.config ?? (ownConfig instanceof Map ? layerOfDict(ownConfig) : undefined);
  const config = effectiveConfig(context, type, fqn, layer, []);
  const shown = renderedDeclaration(row.entry.section, declaration, rendered, particulars.path ?? []);
  const edges = edgesOf(context, row, type, shown, particulars.path ?? [], enabledOf(config) === true, output);
  const attributes = type === 'exposure' ? exposureAttributes(exposuresSection(context), rendered, config) : undefined;
  const values = new Map(config.values);
  keepProblems(config.values, values);
  if (attributes !== undefined) {
    values.set('tags', attributes.tags);
    values.set('meta', attributes.meta);
  }
  // What dbt switches off because of something else it writes as if it had been told so.
  if (particulars.isDisabled === true) values.set('enabled', false);
  return {
    resourceType: type,
    uniqueId: particulars.uniqueId ?? `${type}.${owner.name}.${name}`,
    name,
    packageName: owner.name,
    file: row.file,
    originalFilePath: pathAsWritten(owner.tables.layout, row.file),
    path: relativePath(row.place.searched, row.file),
    fqn,
    enabled: particulars.isDisabled === true ? false : enabledOf(config),
    config: values,
    configUnknown: config.otherKeys,
    tags: attributes === undefined ? tagsOfType(context, type, declaration, tagsOf(config)) : textsOf(attributes.tags),
    meta: attributes === undefined ? metaOf(config) : dictOf(attributes.meta),
    description: descriptionOf(context, type, particulars.description ?? declaration.get('description')),
    refs: particulars.refs ?? edges.refs,
    sources: edges.sources,
    macros: [],
    evaluation: 'static',
    entry: { file: row.file, entry: row.entry.id },
    declaration: shown,
    dependsOnDeclared: particulars.dependsOnDeclared ?? edges.declared,
    version: particulars.version ?? null,
    ...(particulars.path === undefined ? {} : { entryPath: particulars.path }),
    ...(particulars.namePath === undefined ? {} : { namePath: particulars.namePath }),
    ...(particulars.createdBy === undefined ? {} : { createdBy: particulars.createdBy }),
  };
}

/** The descriptions of unit tests are not rendered. */
function descriptionOf(context: AssemblyContext, type: DeclaredType, value: PyValue | undefined): DeclaredNode['description'] {
  if (type === 'unit_test') return typeof value === 'string' ? value : null;
  return context.render.description(context, value);
}

function exposuresSection(context: AssemblyContext): Parameters<typeof exposureAttributes>[0] {
  const section = context.owner.projectTree.get('exposures');
  // A Map in a tree of configurations is such a tree itself.
  return section instanceof Map ? section : undefined;
}

function textsOf(value: ConfigValue): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function dictOf(value: ConfigValue): PyDict {
  return isPyDict(value) ? value : new Map<PyValue, PyValue>();
}

/** Metrics and saved queries have tags of their own besides those of their config. */
function tagsOfType(context: AssemblyContext, type: DeclaredType, declaration: PyDict, ofConfig: readonly string[]): readonly string[] {
  if (type === 'metric') return declaration.has('type_params') ? stringList(context, declaration.get('tags')) : [];
  if (type === 'saved_query') return [...new Set([...stringList(context, declaration.get('tags')), ...ofConfig])].sort();
  return ofConfig;
}

/** The declaration as the manifest shows it: rendered, and raw where dbt renders later or a value could not be told. */
function renderedDeclaration(section: string, declaration: PyDict, rendered: ReadonlyMap<PyValue, unknown>, path: readonly (string | number)[]): PyDict {
  const steps = [...path];
  const settled = (raw: PyValue, value: unknown): PyValue => {
    // What is not unknown in a rendered declaration is a plain value.
    if (typeof raw === 'string') return value === undefined || isUnknown(value) || !isRenderedAtOnce(section, steps) ? raw : (value as PyValue);
    if (Array.isArray(raw)) return Array.isArray(value) ? raw.map((item, index) => below(index, item, value[index])) : raw;
    return isPyDict(raw) && value instanceof Map ? dict(raw, value) : raw;
  };
  const below = (step: string | number, raw: PyValue, value: unknown): PyValue => {
    steps.push(step);
    const found = settled(raw, value);
    steps.pop();
    return found;
  };
  const dict = (raw: PyDict, values: ReadonlyMap<unknown, unknown>): PyDict => {
    const found: PyDict = new Map();
    for (const [key, child] of raw) found.set(key, below(typeof key === 'number' ? key : pyStr(key), child, values.get(key)));
    return found;
  };
  return dict(declaration, rendered);
}

/** What the validation of the semantic layer says of a model that names no node. */
const NO_RELATION = 'node_relation none is not an allowed value (type=type_error.none.not_allowed)';

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
  isEnabled: boolean,
  output: AssemblyOutput,
): Edges {
  const edges: Edges = { refs: [], sources: [], declared: [] };
  /** False if files cannot tell what the text holds. */
  const addExpression = (value: PyValue | undefined, at: readonly (string | number)[]): boolean => {
    // What is a template still is one that files cannot render, or that dbt cannot.
    if (typeof value !== 'string' || isTemplate(value)) return false;
    const found = context.render.expression(context, value, type === 'exposure' ? 'exposure' : 'semantic-model', entryAnchor(row, [...path, ...at]));
    reportReading(output, found);
    edges.refs.push(...found.refs);
    edges.sources.push(...found.sources);
    for (const metric of found.metrics) edges.declared.push(`metric:${metric}`);
    return found.evaluation !== 'partial';
  };
  switch (type) {
    case 'exposure':
      for (const [index, item] of listOf(declaration.get('depends_on')).entries()) addExpression(item, ['depends_on', index]);
      break;
    case 'semantic_model': {
      const before = output.problems.length;
      const isKnown = addExpression(declaration.get('model'), ['model']);
      if (isKnown && isEnabled && edges.refs.length === 0 && output.problems.length === before) {
        output.problems.push({ code: 'property-invalid', message: NO_RELATION, dbt: 'error', at: entryAnchor(row, [...path, 'model']) });
      }
      break;
    }
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
