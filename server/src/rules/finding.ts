/** What rules produce: findings with anchors, and judgements that could not be made. */

import type { Anchor } from '../index/model.ts';
import type { Fix, FixKind, FixTools, RuleCategory, Severity } from './rule.ts';

/** One fault at one place. Words are joined only in the shells: message id and data are what the engine knows. */
export interface Finding {
  readonly ruleId: string;
  readonly messageId: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly category: RuleCategory;
  readonly severity: Severity;
  readonly surface: 'editor' | 'project';
  readonly at: Anchor;
  readonly related: readonly {
    readonly at: Anchor;
    readonly messageId: string;
    readonly data: Readonly<Record<string, string | number>>;
  }[];
  /** Null for findings on a file or the project. */
  readonly uniqueId: string | null;
  readonly cause: 'no-properties-entry' | undefined;
  readonly fixKind: FixKind | 'none';
  /** Makes the fix from the newest text; undefined if none fits any more. Only present if `fixKind` is not `none`. */
  readonly makeFix: ((tools: FixTools) => Fix | undefined) | undefined;
}

/** A rule that could not be judged on a unit, and why: shown as "could not evaluate". */
export interface UnknownJudgement {
  readonly ruleId: string;
  readonly at: Anchor;
  readonly uniqueId: string | null;
  readonly reason: string;
}

/** What one unit of work gave. */
export interface UnitResult {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly UnknownJudgement[];
}
