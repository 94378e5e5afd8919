/** What one file says, as plain data: a pure function of its kind and text, kept instead of its tree. */

import type { FileId } from '../base/file-id.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import type { Span, SyntaxProblem } from '../base/span.ts';

/** What dbt takes a file for, by its place and extension (dbt-semantics §1.3); one file may have several kinds. */
export type FileKind =
  | 'project'
  | 'packages'
  | 'package-lock'
  | 'dependencies'
  | 'selectors'
  | 'vars'
  | 'profiles'
  | 'settings'
  | 'properties'
  | 'model'
  | 'python-model'
  | 'snapshot'
  | 'analysis'
  | 'singular-test'
  | 'macro'
  | 'generic-test'
  | 'seed'
  | 'docs'
  | 'fixture'
  | 'function'
  | 'automation'
  | 'other';

/** Positions of a value tree in preorder; see `value-spans.ts`. */
export type ValueSpans = Int32Array;

/** A suppression comment; `covers` is the span of the line it speaks for. */
export interface Suppression {
  readonly rules: readonly string[];
  readonly reason: string;
  /** ISO date, inclusive, or undefined for ever. */
  readonly until: string | undefined;
  readonly covers: Span;
  readonly span: Span;
}

/** One item of a section of a property file. */
export interface PropertyEntry {
  /** `models/orders`; a later entry of the same name is `models/orders#1`. Nameless items are `models/?0`. */
  readonly id: string;
  readonly section: string;
  readonly name: string;
  /** The entry as YAML gives it, not rendered. Not always a dict: dbt refuses others, we report them. */
  readonly value: PyValue;
  readonly spans: ValueSpans;
  /** True if dbt renders one of its texts when it reads the entry, which then may say something else. */
  readonly isTemplate?: true;
}

/** What a property file declares. */
export interface PropertyFacts {
  readonly kind: 'properties';
  readonly entries: readonly PropertyEntry[];
  /** Top-level keys in order with the type of their value, for what dbt says of wrong shapes. */
  readonly sections: readonly { readonly key: string; readonly shape: 'list' | 'null' | 'other' }[];
}

/** A YAML file that is read as one value: dbt_project.yml, packages.yml, selectors.yml, dbt-readiness.yml … */
export interface ValueFacts {
  readonly kind: 'value';
  readonly value: PyValue;
  readonly spans: ValueSpans;
}

/** A literal relation in SQL. `anchor` is the name of its span (`relation:db.s.t#0`). */
export interface LiteralRelation {
  readonly parts: readonly { readonly name: string; readonly quoted: boolean }[];
  readonly clause: string;
  readonly kind: 'relation' | 'var-expression';
  readonly systemSchema: boolean;
  readonly anchor: string;
}

/** What a SQL body says apart from Jinja. */
export interface SqlText {
  readonly relations: readonly LiteralRelation[];
  /** No SQL apart from comments and Jinja comments. */
  readonly isEmpty: boolean;
  /** Text of the comment block at the top, empty if none. */
  readonly leadingComment: string;
}

/** The output columns of a final select. */
export interface SelectedColumns {
  readonly names: readonly string[];
  /** False if there may be others. */
  readonly complete: boolean;
  /** True if a `*` takes some from another file. */
  readonly star: boolean;
}

/** A capture of dbt's parse in a template that needs no evaluation, or in a Python model. */
export interface LiteralCaptures {
  readonly refs: readonly { readonly package: string | null; readonly name: string; readonly version: string | number | null; readonly anchor: string }[];
  readonly sources: readonly { readonly source: string; readonly table: string; readonly anchor: string }[];
  /** Arguments of each config() call, in order. */
  readonly configs: readonly PyDict[];
}

/** A SQL or Python file that is one node. */
export interface NodeFileFacts {
  readonly kind: 'node-file';
  readonly language: 'sql' | 'python';
  /** Undefined if the template must be evaluated. */
  readonly literal: LiteralCaptures | undefined;
  /** True if dbt's own static parser takes the text, which then calls no macro. */
  readonly parsedByExtractor: boolean;
  readonly text: SqlText;
  /** Nothing but white space. */
  readonly isBlank: boolean;
}

/** A file of Jinja blocks: macros, generic tests, snapshots. */
export interface BlockFileFacts {
  readonly kind: 'block-file';
  readonly blocks: readonly {
    readonly tag: 'macro' | 'test' | 'data_test' | 'materialization' | 'snapshot';
    readonly name: string;
    /** dbt's macro name (`test_x`, `materialization_x_default`), or the snapshot's name. */
    readonly dbtName: string;
    /** The block's text, for macros from tag to tag, for snapshots the body. Needed for evaluation; a change in it is a change of the macro. */
    readonly source: string;
    /** Offset of `source` in the file; not part of what the file says. */
    readonly anchor: string;
    readonly literal: LiteralCaptures | undefined;
    /** Of a snapshot. */
    readonly text: SqlText | undefined;
  }[];
}

/** The `docs` blocks of a Markdown file. */
export interface DocsFacts {
  readonly kind: 'docs';
  readonly blocks: readonly { readonly name: string; readonly text: string; readonly anchor: string }[];
}

/** What is read off the head of a seed. */
export interface SeedFacts {
  readonly kind: 'seed';
  readonly columns: readonly string[];
}

/** A command line found in a CI, scheduler or task file. */
export interface DbtCommand {
  readonly command: string;
  readonly anchor: string;
}

/** CI, orchestration, task-runner and container files. */
export interface AutomationFacts {
  readonly kind: 'automation';
  readonly system: string;
  readonly commands: readonly DbtCommand[];
  /** Targets of other files it calls: make targets, scripts, npm scripts. */
  readonly calls: readonly string[];
}

/** Facts of a CI or orchestration file together with where it is. */
export interface AutomationFile extends AutomationFacts {
  readonly file: FileId;
}

/** A secret-bearing key of profiles.yml: never its value. */
export interface ProfileSecret {
  readonly profile: string;
  readonly output: string;
  readonly key: string;
  /** `literal` is the fault; the others are fine, or only worth a note. */
  readonly state: 'literal' | 'environment' | 'placeholder' | 'empty' | 'local';
  readonly path: readonly (string | number)[];
}

/** What a profiles.yml declares; values of secrets are never among it. */
export interface ProfilesFacts {
  readonly kind: 'profiles';
  readonly profiles: readonly {
    readonly name: string;
    readonly defaultTarget: string | undefined;
    /** Adapter types by output name; `threads` as written, unless it is absent or Jinja. */
    readonly outputs: readonly { readonly name: string; readonly type: string | undefined; readonly threads?: PyValue }[];
  }[];
  readonly secrets: readonly ProfileSecret[];
  readonly spans: ValueSpans;
  /** The document with every scalar replaced by another one of its type and truth: what `spans` runs along. */
  readonly skeleton: PyValue;
}

/** Facts of a profiles.yml together with where it is. */
export interface ProfileFile extends ProfilesFacts {
  readonly file: FileId;
}

/** A file of which only its existence is known. */
export interface OtherFacts {
  readonly kind: 'other';
}

/** The facts of a file by its kind. */
export type FactsData =
  | PropertyFacts
  | ValueFacts
  | NodeFileFacts
  | BlockFileFacts
  | DocsFacts
  | SeedFacts
  | AutomationFacts
  | ProfilesFacts
  | OtherFacts;

/** A key that stands twice in one mapping. */
export interface DuplicateKey {
  readonly key: string;
  readonly span: Span;
}

/**
 * All that is kept of a file. `data` holds no position (but for `spans`, which `sameFacts` leaves out); `anchors` gives
 * the named spans. `problems` and `suppressions` hold positions and are compared apart.
 */
export interface FileFacts {
  readonly hash: string;
  readonly data: FactsData;
  readonly anchors: ReadonlyMap<string, Span>;
  readonly problems: readonly SyntaxProblem[];
  readonly suppressions: readonly Suppression[];
  readonly duplicateKeys: readonly DuplicateKey[];
}
