/** What an evaluation is given of the project around a template, and what it hands back. */

import type { PyValue } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { ConfigValue, Unknown } from '../base/unknown.ts';
import type { JinjaStatement } from '../syntax/jinja/ast.ts';
import type { JinjaProblemCode, JinjaValue } from './values.ts';

/**
 * For what a text is rendered; it decides which names exist.
 *
 * - `node`: the body of a model, snapshot, analysis, singular test or function, and hooks: everything is there,
 *   undefined values are lenient, a missing `var` is None.
 * - `generic-test`: as `node`, for the call of a generic test and its arguments.
 * - `name-macro`: `generate_schema_name` and its kin: a missing `var` is an error, `config` answers.
 * - `schema-yaml`, `project-yaml`: property files and dbt_project.yml: no macros, no ref.
 * - `docs`: descriptions: as `schema-yaml`, with `doc()`.
 * - `exposure`: what an exposure depends on: `ref`, `source` and `metric`, which look at the number of their arguments alone, and no other name;
 *   undefined values are lenient.
 * - `semantic-model`: the model of a semantic model: `ref` and no other name.
 */
export type RenderingKind = 'node' | 'generic-test' | 'name-macro' | 'schema-yaml' | 'project-yaml' | 'docs' | 'exposure' | 'semantic-model';

/** The tree of a macro, generic test or materialization. */
export type JinjaMacro = Extract<JinjaStatement, { kind: 'macro' }>;

/** A macro of the project or of an installed package. */
export interface MacroDefinition {
  readonly uniqueId: string;
  readonly packageName: string;
  /** dbt's name: `x`, `test_x`, `materialization_x_default`. */
  readonly name: string;
  readonly macro: JinjaMacro;
}

/** How macros are found; dbt's own packages are built into the evaluator and are not asked for here. */
export interface MacroSource {
  /**
   * An unqualified name: the package of the node, then the root project. For generic tests dbt looks through all
   * installed packages as well.
   */
  find(name: string): MacroDefinition | undefined;
  /** A name in one package (its `name:`, not its folder). */
  findIn(packageName: string, name: string): MacroDefinition | undefined;
  /** `missing` for packages that the project asks for but that are not installed. */
  packageState(name: string): 'installed' | 'missing' | 'none';
  /** The arguments of a generic test see of dbt's own macros only those that its macro leads to. Without it all are seen. */
  leadsTo?(uniqueId: string): boolean;
}

/** The node that is rendered, as far as parse time knows it. Absent fields are unknown to the template. */
export interface NodeIdentity {
  readonly uniqueId: string;
  readonly name: string;
  readonly packageName: string;
  readonly resourceType: string;
  readonly path: string;
  readonly originalFilePath: string;
  readonly alias?: ConfigValue;
  /** At parse time dbt still has the schema and database of the target here. */
  readonly schema?: ConfigValue;
  readonly database?: ConfigValue;
  /** More of the `model` dict: `fqn`, `tags`, `config`, `version`, … */
  readonly fields?: ReadonlyMap<string, ConfigValue>;
}

/** All that a template may ask of its surroundings. Functions must be pure for the time of one evaluation. */
export interface EvaluationContext {
  readonly kind: RenderingKind;
  readonly node: NodeIdentity | undefined;
  /** Name of the root project. */
  readonly projectName: string;
  readonly macros: MacroSource;
  /** The value of a var in the node's package; undefined if it is not set; unknown if it may come from outside. */
  variable(name: string): ConfigValue | undefined;
  /** Undefined if it is known not to be set; unknown if the invocation is not known. */
  environmentVariable(name: string): string | Unknown | undefined;
  /** Keys of `target`; a key that is absent is unknown if the target may hold it, and undefined otherwise. */
  readonly target: ReadonlyMap<string, ConfigValue>;
  mayTargetHold(key: string): boolean;
  /** Known members of `flags`; others are unknown. */
  readonly flags: ReadonlyMap<string, ConfigValue>;
  /** `search_order` of the `dispatch` config for a namespace, if there is one. */
  dispatchOrder(namespace: string): readonly string[] | undefined;
  /** `postgres`, `snowflake`, … or undefined if it cannot be told. */
  readonly adapterType: string | undefined;
  /** The project's `quoting`, where it differs from what the adapter does by default. */
  readonly quoting?: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean };
  readonly dbtVersion: string;
  /** The moment that the invocation began, in milliseconds since 1970 UTC; undefined if the result must not hang on a clock. */
  readonly now: number | undefined;
  /** `doc(name)` and `doc(package, name)`: the text, or undefined if there is no such block. */
  documentation?(packageName: string | undefined, name: string): string | Unknown | undefined;
  /** The config that `config.get` answers from in `name-macro` renderings. */
  readonly config?: ReadonlyMap<string, ConfigValue>;
  /** Text to write where a ref or source is printed; by default the quoted name of what it leads to. */
  relationText?(relation: RelationUse): string;
}

/** What a printed relation stands for. */
export type RelationUse =
  | { readonly kind: 'ref'; readonly package: string | null; readonly name: string; readonly version: string | number | null }
  | { readonly kind: 'source'; readonly source: string; readonly table: string };

/** Why a capture is not certain: dbt's parse leaves the branch out, or the branch hangs on what files cannot tell. */
export type Uncertainty = 'not-executed' | 'unknown';

interface CaptureBase {
  /** The call in the node's own template; for captures inside macros the place where the node calls the macro. */
  readonly span: Span;
  /** Undefined for what dbt's parse captures, too. */
  readonly uncertainty: Uncertainty | undefined;
  readonly conditional: boolean;
  /** Unique id of the macro that holds the call, or undefined if it is in the node's own text. */
  readonly inMacro: string | undefined;
}

/** A `ref()` call, as the manifest's `refs` have it. */
export interface RefCapture extends CaptureBase {
  readonly package: string | null;
  readonly name: string;
  readonly version: string | number | null;
}

/** A `source()` call, as the manifest's `sources` have it. */
export interface SourceCapture extends CaptureBase {
  readonly source: string;
  readonly table: string;
}

/** A `metric()` or `function()` call. */
export interface NamedCapture extends CaptureBase {
  readonly package: string | null;
  readonly name: string;
}

/** One `config(…)` call; `pre_hook` and `post_hook` are spelled with a hyphen, as dbt turns them. */
export interface ConfigCall extends CaptureBase {
  readonly values: ReadonlyMap<string, ConfigValue>;
}

/** A ref or source whose name files cannot tell. */
export interface UnresolvedCapture extends CaptureBase {
  readonly call: 'ref' | 'source' | 'metric' | 'function' | 'config' | 'macro';
  readonly reason: string;
}

/** What dbt would say; `info` is what it silently lets pass. */
export interface EvaluationProblem {
  readonly code: JinjaProblemCode;
  readonly severity: 'error' | 'info';
  readonly message: string;
  /** In the node's own template. */
  readonly span: Span;
  readonly inMacro: string | undefined;
}

/** What an evaluation asked for, so that it can be repeated when one of these changes. */
export interface EvaluationReads {
  /** `name` for unqualified look-ups, `package.name` for others, with misses. */
  readonly macros: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
  readonly environment: ReadonlySet<string>;
  readonly documentation: ReadonlySet<string>;
  readonly target: boolean;
  readonly flags: boolean;
  readonly now: boolean;
  readonly dispatch: ReadonlySet<string>;
}

/** What one evaluation captured, wrote, asked for and found wrong. */
export interface EvaluationResult {
  /** The rendered text, or undefined if an unknown reached it. */
  readonly output: string | undefined;
  readonly refs: readonly RefCapture[];
  readonly sources: readonly SourceCapture[];
  readonly metrics: readonly NamedCapture[];
  readonly functions: readonly NamedCapture[];
  /** Calls in order. Calls that dbt's parse leaves out are not among them; `conditional` ones hang on unknowns. */
  readonly configCalls: readonly ConfigCall[];
  /** Unique ids of macros called from the node's own text, in order, without repetition: dbt's `depends_on.macros`. */
  readonly macroCalls: readonly string[];
  readonly conditionalMacroCalls: readonly string[];
  readonly unresolved: readonly UnresolvedCapture[];
  readonly problems: readonly EvaluationProblem[];
  readonly reads: EvaluationReads;
  /** `partial` if edges may be missing: an unknown decided on captures, or the evaluation stopped. */
  readonly evaluation: 'evaluated' | 'partial';
  readonly steps: number;
}

/** The result of native rendering: any value of Python. */
export interface NativeResult extends EvaluationResult {
  readonly value: PyValue | Unknown;
}

/** Extra names for one rendering, such as the arguments of a generic test. */
export type ExtraNames = ReadonlyMap<string, JinjaValue>;
