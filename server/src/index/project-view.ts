/** The one window through which rules see the project; each accessor notes what was read, so that results can be kept. */

import type { FileId } from '../base/file-id.ts';
import type { PyDict } from '../base/python-values.ts';
import type { Unknown } from '../base/unknown.ts';
import type { AutomationFile, ProfileFile, SelectedColumns, SqlText } from '../facts/file-facts.ts';
import type {
  Anchor,
  ConfigValue,
  DbtNode,
  DeclaredNode,
  EntryReference,
  GroupNode,
  MacroNode,
  RefUse,
  RelationNode,
  Resolution,
  SourceNode,
  SourceUse,
  TestNode,
} from './model.ts';
import type { IndexProblem } from './problems.ts';

/** Layer of a model by prefix first, else by its deepest telling folder, else `other` (rules.md B.0). */
export type Layer = 'staging' | 'intermediate' | 'marts' | 'other';

/** One `packages.yml`/`dependencies.yml` entry or cross-project dependency, as far as files tell. */
export interface PackageState {
  /** Folder names under the packages folder that are installed, by dbt package name. */
  readonly installed: readonly string[];
  /** True if the manifests ask for more packages than are installed, or a path leads to a folder that was not read. */
  readonly incomplete: boolean;
  /** Names under `projects:` in dependencies.yml. */
  readonly crossProjects: readonly string[];
}

/** A literal relation's candidates: declared sources and models that carry this name. */
export interface RelationMatch {
  readonly kind: 'source' | 'model';
  readonly uniqueId: string;
  /** The text to put in its place: `{{ source('s', 't') }}` or `{{ ref('m') }}`. */
  readonly replacement: string;
  /** True if every given part equals what files say (database and schema included); false if only the name does. */
  readonly exact: boolean;
}

/** The only window of rules on the project; each accessor notes what was read. */
export interface ProjectView {
  /** The folder of dbt_project.yml. */
  readonly root: FileId;
  /** The git root above the project, else the project's root. */
  readonly outerRoot: FileId;
  /** The project's name. */
  readonly name: string;
  readonly projectFile: FileId;
  /** Adapter type (`snowflake`, `duckdb`, …), undefined if files do not tell. */
  adapter(): string | undefined;
  /** The lowest dbt version (e.g. `1.8.0`) that require-dbt-version or pins allow, undefined if nothing tells. */
  lowestDbtVersion(): string | undefined;
  /** The rendered dbt_project.yml, empty if it cannot be read. */
  projectConfig(): PyDict;
  packages(): PackageState;

  /** Own nodes of a type, sorted by unique id; enabled ones and those whose `enabled` is unknown. */
  models(): readonly RelationNode[];
  relations(type: RelationNode['resourceType']): readonly RelationNode[];
  sources(): readonly SourceNode[];
  declared(type: DeclaredNode['resourceType']): readonly DeclaredNode[];
  tests(): readonly TestNode[];
  groups(): readonly GroupNode[];
  macros(): readonly MacroNode[];

  /** Any enabled node, of packages too. */
  node(uniqueId: string): DbtNode | undefined;
  /** Unique ids of enabled parents by certain edges (`conditional` ones apart), sorted. */
  parents(uniqueId: string): readonly string[];
  children(uniqueId: string): readonly string[];
  conditionalParents(uniqueId: string): readonly string[];
  /** Unique ids of the nodes of each circle of certain edges, sorted. */
  cycles(): readonly (readonly string[])[];
  /** Tests on this node: generic ones attached to it or standing under it, and singular ones that depend on it. */
  testsOf(uniqueId: string): readonly TestNode[];
  /** Unit tests of a model. */
  unitTestsOf(uniqueId: string): readonly DeclaredNode[];

  resolveRef(from: DbtNode, use: RefUse): Resolution;
  resolveSource(from: DbtNode, use: SourceUse): Resolution;
  /** What is wanted is a type and a name, such as `metric:revenue`. */
  resolveDeclared(from: DbtNode, wanted: string): Resolution;
  /** What dbt says of a reference to a model that access rules forbid; undefined if they allow it, or if files cannot tell. */
  accessProblem(from: DbtNode, uniqueId: string, at: Anchor): IndexProblem | undefined;
  /** Names close to a missing one, nearest first, at most three. */
  similarNames(kind: 'ref' | 'source', name: string): readonly string[];
  relationMatches(parts: readonly { readonly name: string; readonly quoted: boolean }[]): readonly RelationMatch[];

  /**
   * Enabled models, seeds and snapshots that would be the same table or view as this one: if it has an alias other than its name, all of
   * them, else those of that name in other packages; only where files tell so. With the name of the relation as dbt writes it.
   */
  sameRelation(node: RelationNode): { readonly relation: string; readonly others: readonly RelationNode[] };

  layer(node: DbtNode): Layer;
  /** True if most own models have a layer; rules of layers are silent otherwise. */
  usesLayers(): boolean;
  /** Effective config value with dbt's default filled in. */
  config(node: DbtNode, key: string): ConfigValue;

  /** What was read off the SQL or Python that a node's file holds of it; undefined for nodes of other files. */
  sqlText(node: DbtNode): SqlText | undefined;
  /** The output columns of a SQL model's final select; undefined for other files. */
  selectedColumns(file: FileId): SelectedColumns | undefined;
  /** CI, orchestration and task files up to the git root. */
  automation(): readonly AutomationFile[];
  /** profiles.yml files in the workspace; never their values. */
  profiles(): readonly ProfileFile[];
  /** The files of the project root and above that exist, by name (README.md, packages.yml, .gitignore, …). */
  hasFile(relative: string): boolean;
  /** Property files that hold `section` entries in a folder (POSIX, relative to root), most entries first: where a new entry belongs. */
  propertyFilesIn(folder: FileId, section: string): readonly FileId[];
  /** Own property files that cannot be read to the end: what they would declare is unknown. Sorted. */
  brokenPropertyFiles(): readonly FileId[];
  /** Raw (unrendered) value of a property entry. */
  entry(reference: EntryReference): PyDict | undefined;
  /** The anchor for findings about a whole node: its `name:` value if it has an entry, else the first token of its SQL. */
  nodeAnchor(node: DbtNode): Anchor;
}

export type { ConfigValue, Unknown };
