/** Which findings of a file an editor shows as diagnostics, and how: quiet by default, one diagnostic per cause. */

import type { FileId } from '../base/file-id.ts';
import type { Span } from '../base/span.ts';
import type { Finding } from '../rules/finding.ts';
import type { AnyRule, Severity } from '../rules/rule.ts';
import type { AnalyzedProject, LocatedFinding } from './analysis.ts';
import { fingerprintOf } from './fingerprint.ts';
import { wordsOf } from './words.ts';

/** `openFiles`: Warning and Information only for open files, Errors everywhere; `workspace`: all everywhere. */
export type DiagnosticsScope = 'openFiles' | 'workspace';

/** A second place that a diagnostic points to. */
export interface RelatedPlace {
  readonly file: FileId;
  readonly span: Span;
  readonly message: string;
}

/** One diagnostic, which stands for one finding or for several with one cause. */
export interface EditorDiagnostic {
  readonly ruleId: string;
  readonly severity: Exclude<Severity, 'hint'>;
  readonly message: string;
  readonly span: Span;
  readonly related: readonly RelatedPlace[];
  readonly fingerprint: string;
  readonly isDeprecation: boolean;
}

const GRAVITY: Readonly<Record<Severity, number>> = { error: 3, warning: 2, information: 1, hint: 0 };

/** What is shown in a file. Hints never are: they live in the tree and as light bulbs. */
export function editorDiagnostics(
  project: AnalyzedProject,
  file: FileId,
  rules: ReadonlyMap<string, AnyRule>,
  options: { readonly isOpen: boolean; readonly scope: DiagnosticsScope },
): EditorDiagnostic[] {
  const everything = options.isOpen || options.scope === 'workspace';
  const shown: LocatedFinding[] = [];
  for (const located of project.findingsOfFile(file)) {
    const { finding, suppressedBy } = located;
    if (suppressedBy !== undefined || finding.severity === 'hint') continue;
    if (finding.surface === 'project' && project.configuration.preset === 'recommended') continue;
    if (everything || finding.severity === 'error') shown.push(located);
  }
  return mergeByCause(shown).map((group) => toDiagnostic(project.root, group, rules));
}

/** Findings with one cause on one node stand together, the gravest first; the others stand alone. */
function mergeByCause(findings: readonly LocatedFinding[]): LocatedFinding[][] {
  const groups: LocatedFinding[][] = [];
  const byCause = new Map<string, LocatedFinding[]>();
  for (const located of findings) {
    const { cause, uniqueId } = located.finding;
    const key = cause === undefined || uniqueId === null ? undefined : `${cause}\n${uniqueId}`;
    const group = key === undefined ? undefined : byCause.get(key);
    if (group !== undefined) {
      group.push(located);
      continue;
    }
    const fresh = [located];
    groups.push(fresh);
    if (key !== undefined) byCause.set(key, fresh);
  }
  for (const group of groups) group.sort((a, b) => rank(b.finding) - rank(a.finding));
  return groups;
}

/** Among equals, the rule that speaks of the cause itself comes first. */
function rank(finding: Finding): number {
  return GRAVITY[finding.severity] * 2 + (finding.ruleId === 'model-missing-properties' ? 1 : 0);
}

function toDiagnostic(root: FileId, group: readonly LocatedFinding[], rules: ReadonlyMap<string, AnyRule>): EditorDiagnostic {
  const [first, ...others] = group;
  if (first === undefined) throw new Error('A group of findings is never empty.');
  const { finding } = first;
  const related: RelatedPlace[] = first.related.map(({ file, span, messageId, data }) => ({
    file,
    span,
    message: messageOf(rules, finding.ruleId, messageId, data),
  }));
  for (const other of others) {
    related.push({
      file: other.file,
      span: other.span,
      message: messageOf(rules, other.finding.ruleId, other.finding.messageId, other.finding.data),
    });
  }
  return {
    ruleId: finding.ruleId,
    severity: finding.severity === 'hint' ? 'information' : finding.severity,
    ...wordsAndFingerprint(root, finding, rules),
    span: first.span,
    related,
    isDeprecation: finding.category === 'deprecations',
  };
}

interface Told {
  readonly rules: ReadonlyMap<string, AnyRule>;
  readonly message: string;
  readonly fingerprint: string;
}

/** Most findings of a file outlive an edit in it, and with them what does not hang on where they stand. */
const told = new WeakMap<Finding, Told>();

function wordsAndFingerprint(root: FileId, finding: Finding, rules: ReadonlyMap<string, AnyRule>): Pick<Told, 'message' | 'fingerprint'> {
  let known = told.get(finding);
  if (known?.rules !== rules) {
    const message = messageOf(rules, finding.ruleId, finding.messageId, finding.data);
    told.set(finding, (known = { rules, message, fingerprint: fingerprintOf(root, finding) }));
  }
  return { message: known.message, fingerprint: known.fingerprint };
}

/** The words of a message; the id stands in for a rule that is not known here. */
export function messageOf(rules: ReadonlyMap<string, AnyRule>, ruleId: string, messageId: string, data: Finding['data']): string {
  const rule = rules.get(ruleId);
  return rule === undefined ? messageId : wordsOf(rule, messageId, data);
}
