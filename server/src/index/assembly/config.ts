/** The effective configuration of a node: collects the layers that dbt reads and hands them to `dbt/config-merge.ts`. */

import type { FileId } from '../../base/file-id.ts';
import { fileStem, parentFolder, relativePath } from '../../base/file-id.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { ConfigValue, Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { ConfigurableType } from '../../dbt/config-keys.ts';
import { projectSectionOf } from '../../dbt/config-keys.ts';
import type { ConfigLayer, ConfigLayers, ConfigTree, EffectiveConfig } from '../../dbt/config-merge.ts';
import { calculateConfig, fqnConfigWalk, layerOfDict } from '../../dbt/config-merge.ts';
import { isSharedLayer, markShared } from '../../dbt/shared-layers.ts';
import type { PackageState } from '../project-index.ts';
import type { AssemblyContext } from './shared.ts';

/** Properties of an entry that dbt moves into its config (dbt-semantics §4.2). */
const MOVED_INTO_CONFIG = ['meta', 'docs', 'group', 'contract', 'access'] as const;

/** Of these dbt moves a null as well; of the others it means nothing, or is refused before. */
const MOVED_NULLS: ReadonlySet<string> = new Set(['contract', 'access']);

/**
 * Merges all layers of a resource; the calls are those that the evaluation of its body found. `entryContext` is of the package whose
 * property file has the entry.
 */
export function effectiveConfig(
  context: AssemblyContext,
  type: ConfigurableType,
  fqn: readonly string[],
  properties: ConfigLayer | Unknown | undefined,
  calls: readonly (ConfigLayer | Unknown)[],
  isPythonModel = false,
  entryContext: AssemblyContext = context,
): EffectiveConfig {
  const layers: ConfigLayers = {
    type,
    adapterType: context.render.adapter() ?? null,
    ...layersOf(context, type, fqn),
    ...(entryContext.owner === context.owner ? {} : { ofEntry: layersOf(entryContext, type, fqn) }),
    properties: properties ?? null,
    calls,
    isPythonModel,
  };
  const isShared = hasNoKeys(layers.properties) && !isPythonModel && layers.ofEntry === undefined && calls.every(isSharedLayer);
  return isShared ? sharedConfig(layers) : calculateConfig(layers);
}

function hasNoKeys(properties: ConfigLayer | Unknown | null): boolean {
  return properties === null || (properties instanceof Map && properties.size === 0);
}

function layersOf({ owner, rootPackage }: AssemblyContext, type: ConfigurableType, fqn: readonly string[]): Pick<ConfigLayers, 'project' | 'rootProject'> {
  return { project: projectLayers(owner, type, fqn), rootProject: owner.isRoot ? NO_LAYERS : projectLayers(rootPackage, type, fqn) };
}

const NO_LAYERS: readonly ConfigLayer[] = [];

/** What was calculated for layers of dbt_project.yml and for calls that many nodes have: most nodes have no others, and share one result. */
interface SharedConfigs {
  readonly byType: Map<string, EffectiveConfig>;
  readonly below: WeakMap<ConfigLayer | Unknown, SharedConfigs>;
}

const withoutLayers: SharedConfigs = { byType: new Map(), below: new WeakMap() };

/** Stand before the layers of the root project, and before the calls. */
const ROOT_PROJECT: ConfigLayer = new Map();
const CALLS: ConfigLayer = new Map();

function sharedConfig(layers: ConfigLayers): EffectiveConfig {
  const known = below(below(below(withoutLayers, layers.project), layers.rootProject, ROOT_PROJECT), layers.calls, CALLS);
  const key = `${layers.type}|${layers.adapterType ?? ''}`;
  let config = known.byType.get(key);
  if (config === undefined) {
    config = calculateConfig(layers);
    known.byType.set(key, config);
    markShared(config.values);
  }
  return config;
}

function below(known: SharedConfigs, layers: readonly (ConfigLayer | Unknown)[], boundary?: ConfigLayer): SharedConfigs {
  let found = known;
  for (const layer of boundary === undefined || layers.length === 0 ? layers : [boundary, ...layers]) {
    let next = found.below.get(layer);
    if (next === undefined) found.below.set(layer, (next = { byType: new Map(), below: new WeakMap() }));
    found = next;
  }
  return found;
}

function projectLayers(state: PackageState, type: ConfigurableType, fqn: readonly string[]): readonly ConfigLayer[] {
  const section = state.projectTree.get(projectSectionOf(type)) ?? (type === 'test' ? state.projectTree.get('tests') : undefined);
  return fqnConfigWalk(section instanceof Map ? asTree(section) : undefined, fqn);
}

/** A Map inside a tree of configurations is always such a tree; `instanceof` loses the type arguments. */
function asTree(map: ReadonlyMap<unknown, unknown>): ConfigTree {
  // See above.
  return map as ConfigTree;
}

/** Keys of a `config:` that dbt leaves as they are written (`SchemaYamlRenderer._is_norender_key`). */
const UNRENDERED: ReadonlySet<string> = new Set(['description', 'tests', 'data_tests', 'loaded_at_query']);

/** `config:` of an entry, rendered, with the top-level properties that dbt moves there. */
export function entryConfig(context: AssemblyContext, entry: PyDict): ConfigLayer | Unknown {
  const layer = new Map<string, ConfigValue>();
  const config = entry.get('config');
  if (isPyDict(config)) {
    const rendered = context.render.tree(context, config, ['config']);
    for (const [key, value] of layerOfDict(rendered)) layer.set(key, UNRENDERED.has(key) ? (config.get(key) ?? null) : value);
  }
  for (const key of MOVED_INTO_CONFIG) {
    const value = entry.get(key);
    if (value !== undefined && (value !== null || MOVED_NULLS.has(key)) && !layer.has(key)) layer.set(key, context.render.yaml(context, value, [key]));
  }
  return layer;
}

/** The folders between a searched folder and a file, then the file's stem for SQL snapshots (their name comes after it). */
export function foldersOf(searched: FileId, file: FileId, withStem: boolean): string[] {
  const folder = relativePath(searched, parentFolder(file));
  const folders = folder === '' || file === searched ? [] : folder.split('/').filter((part) => part !== '' && part !== '..');
  return withStem ? [...folders, fileStem(file)] : folders;
}

/** The node's own `meta` as a dict. */
export function metaOf(config: EffectiveConfig): PyDict {
  return isPyDict(config.nodeMeta) ? config.nodeMeta : EMPTY;
}

const EMPTY: PyDict = new Map();

/** The node's own tags, sorted; what cannot be told is left out. */
export function tagsOf(config: EffectiveConfig): readonly string[] {
  return config.sortedTags;
}

/** `enabled` as dbt would take it. */
export function enabledOf(config: EffectiveConfig): boolean | Unknown {
  const enabled = config.values.get('enabled');
  if (isUnknown(enabled)) return enabled;
  return enabled !== false && enabled !== 'false' && enabled !== 'False';
}

/** A config value if it is a string. */
export function textOf(config: EffectiveConfig, key: string): string | null {
  const value = config.values.get(key);
  return typeof value === 'string' ? value : null;
}

/** A list value, or no items. */
export function listOf(value: PyValue | undefined): readonly PyValue[] {
  return Array.isArray(value) ? value : [];
}
