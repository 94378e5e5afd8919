/** The comment that waives a rule for one line: where it may stand without changing what the file means. */

import { deepEqual } from '../base/equality.ts';
import type { FileId } from '../base/file-id.ts';
import { extension } from '../base/file-id.ts';
import { sqlDialect } from '../syntax/sql/dialect.ts';
import { sqlTokens } from '../syntax/sql/tokens.ts';
import type { CommentLanguage } from '../syntax/suppressions.ts';
import { findSuppressions } from '../syntax/suppressions.ts';
import { parseYaml, yamlToPy } from '../syntax/yaml/parse.ts';

/** An insertion in two halves with the reason between them, so that an editor can put the cursor there. */
export interface LineSuppression {
  readonly offset: number;
  readonly before: string;
  /** A placeholder: the finding stays until somebody writes a reason. */
  readonly reason: string;
  readonly after: string;
}

const PLACEHOLDER = 'TODO: say why';

const LANGUAGES: ReadonlyMap<string, CommentLanguage> = new Map([
  ['.sql', 'sql'],
  ['.yml', 'yaml'],
  ['.yaml', 'yaml'],
  ['.py', 'python'],
]);

/**
 * The comment above the line that holds `offset`; undefined where a comment would become part of something: inside a
 * Jinja tag, a string or a block of YAML text.
 */
export function lineSuppression(file: FileId, text: string, offset: number, ruleId: string): LineSuppression | undefined {
  const language = LANGUAGES.get(extension(file));
  if (language === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const indentation = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const lineBreak = lineBreakOf(text);
  const sign = language === 'sql' ? '--' : '#';
  const before = `${indentation}${sign} dbt-readiness: disable-next-line ${ruleId} -- `;
  const suppression = { offset: lineStart, before, reason: PLACEHOLDER, after: lineBreak };
  return counts(text, language, suppression, offset) ? suppression : undefined;
}

function lineBreakOf(text: string): string {
  const first = text.indexOf('\n');
  return first > 0 && text.charCodeAt(first - 1) === 0x0d ? '\r\n' : '\n';
}

/** With a real reason the comment must be found, speak for the line, and change nothing else. */
function counts(text: string, language: CommentLanguage, { offset, before, after }: LineSuppression, target: number): boolean {
  const comment = `${before}a reason${after}`;
  const changed = text.slice(0, offset) + comment + text.slice(offset);
  const moved = target + comment.length;
  const { suppressions } = findSuppressions(changed, language);
  const isHeard = suppressions.some(({ span, covers }) => span.from >= offset && span.to <= offset + comment.length && covers.from <= moved && moved <= covers.to);
  if (!isHeard) return false;
  if (language === 'yaml') return meansTheSame(text, changed);
  if (language === 'sql') return !isInToken(text, offset);
  return true;
}

function meansTheSame(text: string, changed: string): boolean {
  const before = parseYaml(text, 'dbt');
  const after = parseYaml(changed, 'dbt');
  if (before.root === undefined || after.root === undefined) return before.problems.length === after.problems.length;
  return before.problems.length === after.problems.length && deepEqual(yamlToPy(before.root), yamlToPy(after.root));
}

function isInToken(text: string, offset: number): boolean {
  return sqlTokens(text, sqlDialect(undefined)).some(({ from, to }) => from < offset && offset < to);
}
