/** Puts fixes together: one finding's, all of a rule in a file, all of a project; edits that would meet are left for a next round. */

import type { FileId } from '../base/file-id.ts';
import type { FileEdit, Fix, TextEdit } from '../rules/rule.ts';
import type { AnalyzedProject, LocatedFinding } from './analysis.ts';

/** Edits of several fixes, at most one item a file, sorted; `left` counts findings whose fix could not be put in. */
export interface CombinedFix {
  readonly edits: readonly FileEdit[];
  readonly fixed: number;
  readonly left: number;
  /** Files that may not be written, sorted; the findings whose fix would change them are among those left. */
  readonly locked: readonly FileId[];
}

/** Makes the fixes of findings and keeps those that neither meet an earlier one nor change a locked file. */
export function combineFixes(
  project: AnalyzedProject,
  findings: readonly LocatedFinding[],
  kinds: ReadonlySet<Fix['kind']>,
  isLocked: (file: FileId) => boolean = () => false,
): CombinedFix {
  const locks = new Map<FileId, boolean>();
  const touchesLocked = (fix: Fix): boolean =>
    fix.edits.some(({ file }) => {
      const known = locks.get(file) ?? isLocked(file);
      locks.set(file, known);
      return known;
    });
  const edits = new Map<FileId, TextEdit[]>();
  const created = new Map<FileId, string>();
  let fixed = 0;
  let left = 0;
  for (const { finding, suppressedBy } of findings) {
    if (suppressedBy !== undefined || finding.fixKind === 'none' || !kinds.has(finding.fixKind)) continue;
    const fix = project.fix(finding);
    if (fix === undefined || !kinds.has(fix.kind) || touchesLocked(fix) || !fits(fix, edits, created)) {
      left++;
      continue;
    }
    fixed++;
    for (const edit of fix.edits) {
      if ('create' in edit) created.set(edit.file, edit.create);
      else edits.set(edit.file, [...(edits.get(edit.file) ?? []), ...edit.edits]);
    }
  }
  const all: FileEdit[] = [...created].map(([file, create]) => ({ file, create }));
  for (const [file, list] of edits) all.push({ file, edits: list.sort((a, b) => a.from - b.from || a.to - b.to) });
  const locked = [...locks].filter(([, isSo]) => isSo).map(([file]) => file);
  return { edits: all.sort((a, b) => (a.file < b.file ? -1 : 1)), fixed, left, locked: locked.sort() };
}

/** Two edits meet if they overlap or touch: two insertions at one place have no order that both fixes meant. */
function fits(fix: Fix, edits: ReadonlyMap<FileId, readonly TextEdit[]>, created: ReadonlyMap<FileId, string>): boolean {
  for (const edit of fix.edits) {
    if (created.has(edit.file)) return false;
    if ('create' in edit) {
      if (edits.has(edit.file)) return false;
      continue;
    }
    const others = edits.get(edit.file) ?? [];
    if (edit.edits.some((one) => others.some((other) => one.from <= other.to && other.from <= one.to))) return false;
  }
  return true;
}

/** A text after its edits, which neither overlap nor need to be sorted. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.from - b.from || a.to - b.to);
  let result = '';
  let at = 0;
  for (const edit of sorted) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}
