/** The result of a check, with words and lines, as all output formats print it. */

import type { LocatedFinding, AnalyzedProject } from '../features/analysis.ts';
import { wordsOf } from '../features/words.ts';
import type { LineIndex } from '../base/line-index.ts';
import { lineIndex } from '../base/line-index.ts';
import type { FileId } from '../base/file-id.ts';
import { relativePath } from '../base/file-id.ts';
import type { ReadinessSummary, Severity } from '../protocol/protocol.ts';
import { summarize } from '../readiness/summary.ts';
import type { AnyRule } from '../rules/rule.ts';

/** A position: line and character from 0, characters in UTF-16 code units. */
export interface CheckedPosition {
  readonly line: number;
  readonly character: number;
}

/** A finding as the command line prints it: words joined, place in lines. */
export interface CheckedFinding {
  readonly ruleId: string;
  readonly messageId: string;
  readonly category: string;
  readonly severity: Severity;
  readonly message: string;
  /** Relative to the project's root, POSIX; `../…` above it. */
  readonly path: string;
  readonly range: { readonly start: CheckedPosition; readonly end: CheckedPosition };
  readonly uniqueId: string | null;
  readonly fix: 'safe' | 'suggested' | 'scaffold' | 'none';
}

/** A project with all its findings, as the command line prints it. */
export interface CheckedProject {
  readonly summary: ReadinessSummary;
  readonly root: FileId;
  /** Made while they are gone through: there may be hundreds of thousands. */
  readonly findings: Iterable<CheckedFinding>;
  readonly unknown: readonly { readonly ruleId: string; readonly path: string; readonly uniqueId: string | null; readonly reason: string }[];
}

/** Words and lines for a project whose rules have run. `directory` is what the user asked to check. */
export function checkedProject(
  project: AnalyzedProject,
  directory: FileId,
  rules: readonly AnyRule[],
  readText: (file: FileId) => string | undefined,
): CheckedProject {
  const byId = new Map(rules.map((rule) => [rule.meta.id, rule]));
  const active = rules.filter((rule) => project.configuration.isOn(rule)).length;
  const root = relativePath(directory, project.root);
  return {
    summary: summarize(project, root === '' ? '.' : root, active),
    root: project.root,
    findings: { [Symbol.iterator]: () => checkedFindings(project, byId, readText) },
    unknown: project.unknowns().map(({ ruleId, at, uniqueId, reason }) => ({
      ruleId,
      path: relativePath(project.root, at.file),
      uniqueId,
      reason,
    })),
  };
}

function* checkedFindings(
  project: AnalyzedProject,
  rules: ReadonlyMap<string, AnyRule>,
  readText: (file: FileId) => string | undefined,
): Generator<CheckedFinding, void, undefined> {
  // Findings come file by file.
  let place: FilePlace | undefined;
  for (const located of project.findings()) {
    if (located.suppressedBy !== undefined) continue;
    const { file, finding } = located;
    if (place?.file !== file) place = { file, path: relativePath(project.root, file), lines: lineIndex(readText(file) ?? '') };
    yield checkedFinding(located, rules.get(finding.ruleId), place);
  }
}

/** What all findings of a file share. */
interface FilePlace {
  readonly file: FileId;
  /** Relative to the project's root. */
  readonly path: string;
  readonly lines: LineIndex;
}

function checkedFinding({ finding, span }: LocatedFinding, rule: AnyRule | undefined, { path, lines }: FilePlace): CheckedFinding {
  return {
    ruleId: finding.ruleId,
    messageId: finding.messageId,
    category: finding.category,
    severity: finding.severity,
    message: rule === undefined ? finding.messageId : wordsOf(rule, finding.messageId, finding.data),
    path,
    range: { start: lines.positionAt(span.from), end: lines.positionAt(span.to) },
    uniqueId: finding.uniqueId,
    fix: finding.fixKind,
  };
}
