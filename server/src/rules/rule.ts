/** What a rule is: metadata, words, options, and one pure function; the fix is a second function, run only when asked for. */

import type * as z from 'zod';
import type { FileId } from '../base/file-id.ts';
import type { Span } from '../base/span.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Anchor, DbtNode, ResourceType } from '../index/model.ts';
import type { IndexProblem } from '../index/problems.ts';
import type { ProjectView } from '../index/project-view.ts';
import type { YamlDocument } from '../syntax/yaml/node.ts';

/** The 13 categories of the catalogue. */
export type RuleCategory =
  | 'data-sources'
  | 'testing'
  | 'monitoring-error-handling'
  | 'freshness'
  | 'documentation'
  | 'production-config-ci'
  | 'performance'
  | 'security'
  | 'backup-recovery'
  | 'code-quality'
  | 'advanced-modeling'
  | 'governance'
  | 'deprecations';

/** How grave a finding is, worst first. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/**
 * `safe`: meaning unchanged or provably right; the only kind that fix-all applies. `suggested`: the finding goes, a
 * person should look. `scaffold`: opens the place to write; the finding stays until it is filled.
 */
export type FixKind = 'safe' | 'suggested' | 'scaffold';

/** A replacement in a text; offsets in UTF-16 code units of the text that the fix was made from. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Edits to one file; `create` makes the file with `text`, and the edits are empty then. */
export type FileEdit =
  | { readonly file: FileId; readonly edits: readonly TextEdit[] }
  | { readonly file: FileId; readonly create: string };

/** A change that answers a finding, ready to be applied. */
export interface Fix {
  /** Imperative, names the thing: "Add unique and not_null tests on customer_id". */
  readonly title: string;
  readonly kind: FixKind;
  readonly edits: readonly FileEdit[];
}

/** What a fix may use: the newest text and trees, never those of the time of the finding. */
export interface FixTools {
  readonly project: ProjectView;
  /** Newest text, undefined if the file is gone or cannot be read. */
  text(file: FileId): string | undefined;
  /** Parsed anew from `text`. */
  yaml(file: FileId): YamlDocument | undefined;
  /** Where the anchor stands now; undefined if it vanished. */
  locate(anchor: Anchor): Span | undefined;
}

/** What a rule says of a unit: where, which message, with which data. */
export interface Report<MessageId extends string> {
  readonly at: Anchor;
  readonly message: MessageId;
  readonly data?: Readonly<Record<string, string | number>>;
  /** Default: the rule's severity. For what the page calls a raised or lowered severity in a context. */
  readonly severity?: Severity;
  readonly related?: readonly { readonly at: Anchor; readonly message: MessageId; readonly data?: Readonly<Record<string, string | number>> }[];
  /**
   * Findings with one cause on one node (no properties entry, hence no description, no tests) share a cause; the editor
   * shows them as one diagnostic.
   */
  readonly cause?: 'no-properties-entry';
  readonly fix?: { readonly kind: FixKind; readonly make: (tools: FixTools) => Fix | undefined };
}

/** What a rule gets besides its unit. */
export interface RuleContext<MessageId extends string, Options> {
  readonly project: ProjectView;
  readonly options: Options;
  report(report: Report<MessageId>): void;
  /** The rule could not be judged here; counted as "could not evaluate", never as a finding or as coverage. */
  unknown(reason: string): void;
}

/** The unit that a rule of each scope judges. */
export interface UnitOfScope {
  readonly file: { readonly file: FileId; readonly facts: FileFacts };
  /** What the readers or the index found wrong at one place; all problems of a file share one read set with its other rules. */
  readonly problem: IndexProblem;
  /** The node and its effective config alone; of the project only adapter, version and options may be read. */
  readonly node: DbtNode;
  /** The node and what it reads of others through the project view. */
  readonly neighbours: DbtNode;
  readonly project: ProjectView;
}

/** What a rule looks at, and so when it must run again. */
export type RuleScope = keyof UnitOfScope;

/** All that is said of a rule: to users, in presets, in the audit. */
export interface RuleMeta<Id extends string, MessageId extends string, Options extends z.ZodType> {
  /** Kebab-case, names the fault; permanent. */
  readonly id: Id;
  readonly aliases?: readonly string[];
  readonly category: RuleCategory;
  /** One sentence, full stop. */
  readonly summary: string;
  readonly severity: Severity;
  /** `project` findings show in the readiness view, report and command line, in Problems only under `audit` and `strict`. */
  readonly surface: 'editor' | 'project';
  /** Presets that hold the rule; `strict` and `audit` include `recommended`. */
  readonly preset: 'recommended' | 'audit' | 'strict';
  readonly fixable: 'never' | 'sometimes' | 'always';
  /** Numbers of the reference audit's issues that the rule speaks to. */
  readonly auditIssues: readonly number[];
  /** Codes of checklist items (`DQ1`, `SEC3`, …). */
  readonly checklistItems: readonly string[];
  /** `{name}` placeholders; the first 60 characters must stand alone. */
  readonly messages: Readonly<Record<MessageId, string>>;
  readonly options: Options;
  readonly since: string;
}

/** For node scopes: which resource types the rule wants; only enabled (or unknown) ones of the own project come. For problems: which codes. */
export type RuleUnits<Scope extends RuleScope> = Scope extends 'node' | 'neighbours'
  ? { readonly resourceTypes: readonly ResourceType[] }
  : Scope extends 'file'
    ? { readonly fileKinds: readonly FileFacts['data']['kind'][] }
    : Scope extends 'problem'
      ? { readonly codes: readonly string[] }
      : object;

/** A rule: what is said of it, which units it wants, and its one function. */
export interface Rule<Id extends string, MessageId extends string, Options extends z.ZodType, Scope extends RuleScope> {
  readonly meta: RuleMeta<Id, MessageId, Options>;
  readonly scope: Scope;
  readonly units: RuleUnits<Scope>;
  /** Pure: of the unit, what it reads through the view, and the options. A method, so that a rule with narrow message ids is an `AnyRule`. */
  check(unit: UnitOfScope[Scope], context: RuleContext<MessageId, z.infer<Options>>): void;
}

/** A rule on the facts of one file. */
export type FileRule = Rule<string, string, z.ZodType, 'file'>;

/** A rule on what the readers or the index found wrong. */
export type ProblemRule = Rule<string, string, z.ZodType, 'problem'>;

/** A rule on one node, alone or with its neighbours. */
export type NodeRule = Rule<string, string, z.ZodType, 'node'> | Rule<string, string, z.ZodType, 'neighbours'>;

/** A rule on the project as a whole. */
export type ProjectRule = Rule<string, string, z.ZodType, 'project'>;

/** Any rule, as the registry lists them. */
export type AnyRule = FileRule | ProblemRule | NodeRule | ProjectRule;

/** Ties a rule's parts together, so that an unknown message id or option is a type error. */
export function defineRule<
  const Id extends string,
  MessageId extends string,
  Options extends z.ZodType,
  Scope extends RuleScope,
>(rule: Rule<Id, MessageId, Options, Scope>): Rule<Id, MessageId, Options, Scope> {
  return rule;
}
