/** The resources of a dbt project as the index knows them: plain data without positions. */

import type { FileId } from '../base/file-id.ts';
import type { PyValue } from '../base/python-values.ts';
import type { ConfigValue, Unknown } from '../base/unknown.ts';

/** dbt's resource types (`core/dbt/artifacts/resources/types.py`), as spelled in unique ids. */
export type ResourceType =
  | 'model'
  | 'seed'
  | 'snapshot'
  | 'analysis'
  | 'test'
  | 'operation'
  | 'source'
  | 'exposure'
  | 'metric'
  | 'semantic_model'
  | 'saved_query'
  | 'unit_test'
  | 'function';

export type { ConfigValue } from '../base/unknown.ts';

/** Values that were set somewhere; what nobody set has dbt's default, see `configValue` in `dbt/config-keys.ts`. */
export type ConfigMap = ReadonlyMap<string, ConfigValue>;

/**
 * A place in a file by name, so that it stays true while text moves.
 *
 * - `yaml`: inside an entry of a property file. `entry` is the entry's id (`models/orders`, `sources/shop`; a second
 *   entry of that name is `models/orders#1`); `path` leads to a value below it (`['columns', 0, 'name']`).
 * - `text`: a named span of a SQL, Python or Markdown file: `ref:orders#0`, `source:shop.orders#0`, `config:materialized`,
 *   `relation:db.schema.t#0`, `start` (the first token).
 * - `file`: the file's first line; for findings on a file that has nothing better.
 */
export type Anchor =
  | {
      readonly kind: 'yaml';
      readonly file: FileId;
      readonly entry: string;
      readonly path: readonly (string | number)[];
      readonly part: 'key' | 'value';
    }
  | { readonly kind: 'text'; readonly file: FileId; readonly name: string }
  | { readonly kind: 'file'; readonly file: FileId };

/** A ref as dbt's manifest has it, with its place. */
export interface RefUse {
  readonly package: string | null;
  readonly name: string;
  readonly version: string | number | null;
  /** True for a branch that dbt's parse leaves out, or that depends on what files cannot tell. */
  readonly conditional: boolean;
  readonly at: Anchor;
}

/** A source() call, with its place. */
export interface SourceUse {
  readonly source: string;
  readonly table: string;
  readonly conditional: boolean;
  readonly at: Anchor;
}

/** A `function()` call: a user-defined function by name. */
export interface FunctionUse {
  readonly package: string | null;
  readonly name: string;
}

/** A link to an entry in a property file. */
export interface EntryReference {
  readonly file: FileId;
  /** See `Anchor`. */
  readonly entry: string;
}

/** A column as declared in a property file. `description` is null if absent. */
export interface NodeColumn {
  readonly name: string;
  /** The text after `doc()` was resolved; unknown if that needs what files cannot tell; null if absent. */
  readonly description: string | Unknown | null;
  readonly dataType: string | null;
  /** As written; null if it is not. */
  readonly quote: boolean | null;
  readonly tags: readonly string[];
  readonly meta: ReadonlyMap<PyValue, PyValue>;
  readonly constraints: readonly PyValue[];
  /** Unique ids of the docs blocks that the description names literally. */
  readonly docBlocks: readonly string[];
  /** The `granularity:` of a time column; absent if it has none. */
  readonly granularity?: string;
  /** The `entity:` and `dimension:` of the semantic layer with what else they take from the column; absent if it has neither. */
  readonly semantics?: PyValue;
  /** Keys that dbt does not know; absent if there are none. */
  readonly others?: ReadonlyMap<PyValue, PyValue>;
  /** Where the column is written, from the entry: `['columns', 3]`, or in a version `['versions', 0, 'columns', 1]`. */
  readonly path: readonly (string | number)[];
}

/** What all resources share. */
export interface NodeBase {
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  /** The file that dbt calls `original_file_path`. */
  readonly file: FileId;
  /** Relative to the package's root, POSIX. */
  readonly originalFilePath: string;
  /** dbt's `path`. */
  readonly path: string;
  readonly fqn: readonly string[];
  /** False if dbt would put it into `manifest.disabled`; unknown if that hangs on what files cannot tell. */
  readonly enabled: boolean | Unknown;
  readonly config: ConfigMap;
  /** Not null if a layer of config could not be evaluated and may have set keys that `config` lacks. */
  readonly configUnknown: Unknown | null;
  readonly tags: readonly string[];
  readonly meta: ReadonlyMap<PyValue, PyValue>;
  readonly description: string | Unknown | null;
  readonly refs: readonly RefUse[];
  readonly sources: readonly SourceUse[];
  /** Unique ids of macros called at stack depth 0, where evaluated. */
  readonly macros: readonly string[];
  /** How the edges were found: read off literals, evaluated, or evaluated with unknowns. */
  readonly evaluation: 'static' | 'evaluated' | 'partial';
}

/** A model, seed, snapshot, analysis, operation, singular test's SQL, or function: things that have a body or table. */
export interface RelationNode extends NodeBase {
  readonly resourceType: 'model' | 'seed' | 'snapshot' | 'analysis' | 'operation' | 'function';
  readonly language: 'sql' | 'python' | 'csv' | 'javascript';
  readonly materialized: string | Unknown;
  readonly alias: string | Unknown;
  readonly columns: readonly NodeColumn[];
  /** The property entry that describes it, if any. */
  readonly patch: EntryReference | undefined;
  readonly version: string | number | null;
  readonly latestVersion: string | number | null;
  readonly access: 'private' | 'protected' | 'public';
  readonly group: string | null;
  readonly constraints: readonly PyValue[];
  /** Inferred primary key (dbt-semantics §5.5). */
  readonly primaryKey: readonly string[];
  /** Unique ids of the docs blocks that the description names literally. */
  readonly docBlocks: readonly string[];
  /** `function()` calls in order. */
  readonly functions: readonly FunctionUse[];
  /** Edges to metrics and functions: `metric:revenue`, `function:mask`. */
  readonly dependsOnDeclared?: readonly string[];
  /** The template, where it does not stand in a file of its own: hooks, snapshots that YAML declares. */
  readonly rawCode?: string;
  /** The `time_spine:` of a model; absent if it has none. */
  readonly timeSpine?: TimeSpine;
}

/** A model that the semantic layer joins to have every moment. */
export interface TimeSpine {
  readonly column: string;
  /** That of the column, in small letters; undefined if it has none. */
  readonly granularity: string | undefined;
  /** Granularities that columns of the model define, with their places in the list. */
  readonly customs: readonly { readonly name: string; readonly column: string | null; readonly index: number }[];
}

/** A data test, generic or singular. */
export interface TestNode extends NodeBase {
  /** Unique ids of the docs blocks that the description names literally; absent if it names none. */
  readonly docBlocks?: readonly string[];
  readonly resourceType: 'test';
  /** Undefined for singular tests. */
  readonly generic:
    | {
        readonly namespace: string | null;
        readonly testName: string;
        /** As in the manifest's `test_metadata.kwargs`. */
        readonly kwargs: ReadonlyMap<string, PyValue>;
        readonly columnName: string | null;
        /** `models.orders`, `sources.shop`, … */
        readonly fileKeyName: string;
        /** Unique id of the tested model, seed or snapshot; null for sources and unknown targets. */
        readonly attachedNode: string | null;
        /** What the entry stands under: a node's or source table's unique id, if it exists. */
        readonly target: string | null;
        readonly entry: EntryReference;
        readonly entryPath: readonly (string | number)[];
      }
    | undefined;
  readonly alias: string | Unknown;
  /** A generic test has the group of the node that it tests. */
  readonly group: string | null;
  /** The property entry of a singular test, if any. */
  readonly patch: EntryReference | undefined;
  /** The call that dbt writes for a generic test. */
  readonly rawCode?: string;
}

/** One table of a source. */
export interface SourceNode extends NodeBase {
  readonly resourceType: 'source';
  readonly sourceName: string;
  readonly sourceDescription: string | Unknown | null;
  readonly identifier: string | Unknown;
  readonly database: string | Unknown | null;
  readonly schema: string | Unknown;
  readonly loader: string | null;
  readonly quoting: ReadonlyMap<string, PyValue>;
  readonly columns: readonly NodeColumn[];
  /** Null if there is none or it was switched off; see `freshnessDisabled`. */
  readonly freshness: ConfigValue;
  /** True if a `freshness: null` switched it off on purpose. */
  readonly freshnessDisabled: boolean;
  readonly loadedAtField: string | Unknown | null;
  readonly loadedAtQuery: string | Unknown | null;
  /** The `external:` of the table, as rendered; absent if it has none. */
  readonly external?: ConfigValue;
  /** The source's own meta, without the table's. */
  readonly sourceMeta: ConfigValue;
  /** Unique ids of the docs blocks that the description names literally. */
  readonly docBlocks: readonly string[];
  readonly entry: EntryReference;
  /** Path of the table in the entry: `['tables', 2]`. */
  readonly tablePath: readonly (string | number)[];
}

/** Exposures, metrics, semantic models, saved queries and unit tests: what is declared in YAML alone. */
export interface DeclaredNode extends NodeBase {
  readonly resourceType: 'exposure' | 'metric' | 'semantic_model' | 'saved_query' | 'unit_test';
  readonly entry: EntryReference;
  /** The rendered entry. */
  readonly declaration: ReadonlyMap<PyValue, PyValue>;
  /** Edges to things that are named, not ref'd: metrics, semantic models, the model of a unit test. */
  readonly dependsOnDeclared: readonly string[];
  /** The version of the model that a unit test tests. */
  readonly version: string | number | null;
  /** Leads from the entry to the declaration, where it is only a part of it: a metric on a model, a measure that creates a metric. */
  readonly entryPath?: readonly (string | number)[];
  /** Where the name of a semantic model is written in the entry of its model; absent if it has an entry of its own. */
  readonly namePath?: readonly (string | number)[];
  /** The semantic model whose measure created this metric. */
  readonly createdBy?: string;
}

/** Anything that dbt has in its graph. */
export type DbtNode = RelationNode | TestNode | SourceNode | DeclaredNode;

/** A group entry. */
export interface GroupNode {
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  readonly entry: EntryReference;
  readonly declaration: ReadonlyMap<PyValue, PyValue>;
  readonly config: ConfigMap;
}

/** A macro, generic test or materialization. */
export interface MacroNode {
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  readonly file: FileId;
  readonly patch: EntryReference | undefined;
}

/** What a ref() or source() leads to. */
export type Resolution =
  | { readonly kind: 'found'; readonly uniqueId: string }
  | { readonly kind: 'disabled'; readonly uniqueId: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous'; readonly uniqueIds: readonly string[] }
  /** A package that is not installed, a cross-project ref, or a target whose `enabled` is unknown. */
  | { readonly kind: 'unknown'; readonly reason: string; /** Where it leads if it leads anywhere. */ readonly uniqueId?: string };

/** The property entry of a node, if it has one. */
export function entryReferenceOf(node: DbtNode): EntryReference | undefined {
  if ('patch' in node) return node.patch;
  if ('entry' in node) return node.entry;
  return undefined;
}
