/** Finds the comments by which an author waives findings, e.g. `-- dbt-readiness: disable-next-line RULE -- reason`. */

import type { Span, SyntaxProblem } from '../base/span.ts';
import { TOKEN, scanYaml } from './yaml/scanner.ts';

/** How a file is commented: YAML, SQL with Jinja, Python, or Markdown with Jinja. */
export type CommentLanguage = 'yaml' | 'sql' | 'python' | 'markdown';

/** A waiver that counts: it names rules and a reason. */
export interface SuppressionComment {
  readonly rules: readonly string[];
  readonly reason: string;
  /** ISO date, inclusive; undefined for ever. */
  readonly until: string | undefined;
  /** The whole comment. */
  readonly span: Span;
  /** The line that it speaks for, without its line break: the next one that is neither blank nor a comment. */
  readonly covers: Span;
}

/** What a text holds; comments that waive nothing are problems (`suppression-malformed`, `suppression-without-reason`). */
export interface FoundSuppressions {
  readonly suppressions: readonly SuppressionComment[];
  readonly problems: readonly SyntaxProblem[];
}

const MARKER = 'dbt-readiness:';

const NOTHING: FoundSuppressions = { suppressions: [], problems: [] };

/** What opens a comment right before the marker, and what closes it; undefined for the end of the line. */
interface CommentForm {
  readonly opening: RegExp;
  readonly closing: string | undefined;
}

const HASH_COMMENT: CommentForm = { opening: /(?:^|\s)(#+[ \t]*)$/, closing: undefined };
const DASH_COMMENT: CommentForm = { opening: /(--+[ \t]*)$/, closing: undefined };
const STAR_COMMENT: CommentForm = { opening: /(\/\*+\s*)$/, closing: '*/' };
const JINJA_COMMENT: CommentForm = { opening: /(\{#[-+]?\s*)$/, closing: '#}' };
const HTML_COMMENT: CommentForm = { opening: /(<!--+\s*)$/, closing: '-->' };

const FORMS: Readonly<Record<CommentLanguage, readonly CommentForm[]>> = {
  yaml: [HASH_COMMENT],
  // The Jinja form stands before the dashes because `{#-` ends with one.
  sql: [JINJA_COMMENT, STAR_COMMENT, DASH_COMMENT],
  python: [HASH_COMMENT],
  markdown: [JINJA_COMMENT, HTML_COMMENT],
};

/** Lines of which nothing but a comment is to be seen, and which a waiver therefore skips. */
const COMMENT_LINE: Readonly<Record<CommentLanguage, RegExp>> = {
  yaml: /^\s*#/,
  sql: /^\s*(?:--|\{#.*#\}\s*$|\/\*.*\*\/\s*$)/,
  python: /^\s*#/,
  markdown: /^\s*(?:\{#.*#\}\s*$|<!--.*-->\s*$)/,
};

/** How far before the marker the sign of a comment may stand. */
const OPENING_REACH = 80;

/** A longer comment is not closed for us: the search for its end must not cost more with each marker. */
const MAX_COMMENT = 4000;

/** All suppression comments of a text. Costs one search where there are none. */
export function findSuppressions(text: string, language: CommentLanguage): FoundSuppressions {
  let at = text.indexOf(MARKER);
  if (at < 0) return NOTHING;
  const suppressions: SuppressionComment[] = [];
  const problems: SyntaxProblem[] = [];
  let covers: Span | undefined;
  const isInScalar = language === 'yaml' ? scalarsOf(text) : undefined;
  for (; at >= 0; at = text.indexOf(MARKER, at + MARKER.length)) {
    if (isInScalar?.(at) === true) continue;
    const comment = commentAround(text, at, language);
    if (comment === undefined) continue;
    const read = readBody(comment.body);
    if ('code' in read) {
      problems.push({ ...read, span: comment.span });
      continue;
    }
    // Waivers in a row speak for the same line; without this a long row would be searched again for each of them.
    if (covers === undefined || covers.from < comment.span.to) covers = nextLine(text, comment.span.to, language);
    suppressions.push({ ...read, span: comment.span, covers });
  }
  return { suppressions, problems };
}

/** True for text that stands where a statement is wanted but says nothing: empty, `TODO …`, `<reason>`, `...`. */
export function isPlaceholder(text: string): boolean {
  const words = text.trim();
  if (!/[\p{L}\p{N}]/u.test(words)) return true;
  return /^<[^<>]*>$/.test(words) || /^(?:todo|tbd|tba|fixme|xxx)\b/i.test(words);
}

/** Tells whether an offset lies in a text of YAML, where `#` is no comment. */
function scalarsOf(text: string): (offset: number) => boolean {
  const { kinds, froms, tos } = scanYaml(text, 0, text.length);
  const spans: Span[] = [];
  kinds.forEach((kind, index) => {
    if (kind === TOKEN.SCALAR) spans.push({ from: froms[index] ?? 0, to: tos[index] ?? 0 });
  });
  return (offset) => {
    // The spans stand in order and do not overlap: the last one that begins before the offset decides.
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((spans[middle]?.from ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return offset < (spans[low - 1]?.to ?? 0);
  };
}

function commentAround(text: string, marker: number, language: CommentLanguage): { readonly span: Span; readonly body: string } | undefined {
  const before = text.slice(Math.max(0, marker - OPENING_REACH), marker);
  const begin = marker + MARKER.length;
  for (const { opening, closing } of FORMS[language]) {
    const sign = opening.exec(before)?.[1];
    if (sign === undefined) continue;
    const from = marker - sign.length;
    const lineEnd = endOfLine(text, marker);
    if (closing === undefined) return { span: { from, to: lineEnd }, body: text.slice(begin, lineEnd) };
    const within = text.slice(begin, begin + MAX_COMMENT).indexOf(closing);
    const end = begin + within;
    if (within < 0) return { span: { from, to: lineEnd }, body: text.slice(begin, lineEnd) };
    // The sign that strips white space belongs to Jinja, not to the reason.
    return { span: { from, to: end + closing.length }, body: text.slice(begin, end).replace(/[-+]$/, '') };
  }
  return undefined;
}

type ReadBody =
  | { readonly rules: readonly string[]; readonly reason: string; readonly until: string | undefined }
  | { readonly code: string; readonly message: string };

function readBody(body: string): ReadBody {
  const words = body.replace(/\s+/g, ' ').trim();
  const parts = /^disable-next-line(?: (.*))?$/.exec(words);
  if (parts === null) return malformed('After `dbt-readiness:` the words `disable-next-line` are expected.');
  // The reason begins behind the first two dashes that stand apart.
  const [list = '', ...rest] = ` ${parts[1] ?? ''} `.split(/ (?:--|—) /);
  const rules = list.split(',').map((rule) => rule.trim());
  const wrong = rules.find((rule) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(rule));
  if (wrong === '') return malformed('The ids of the rules are missing: `disable-next-line RULE[, RULE] -- reason`.');
  if (wrong !== undefined) return malformed(`\`${wrong}\` is not the id of a rule; ids are parted by commas, and the reason stands behind \`--\`.`);
  const statement = rest.join(' -- ').trim();
  const limit = /(?:^| )\[?until ([0-9]{4}-[0-9]{2}-[0-9]{2})\]?\.?$/.exec(statement);
  const until = limit?.[1];
  if (until !== undefined && !isDate(until)) return malformed(`\`${until}\` is not a date of the calendar.`);
  const reason = limit === null ? statement : statement.slice(0, limit.index).trim();
  if (isPlaceholder(reason)) {
    return { code: 'suppression-without-reason', message: 'The suppression gives no reason and does not count: write it behind `--`.' };
  }
  return { rules, reason, until };
}

function malformed(message: string): { readonly code: string; readonly message: string } {
  return { code: 'suppression-malformed', message };
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The next line that is neither blank nor a comment; an empty span at the end of the text if there is none. */
function nextLine(text: string, offset: number, language: CommentLanguage): Span {
  let at = text.indexOf('\n', offset);
  while (at >= 0) {
    const from = at + 1;
    const to = endOfLine(text, from);
    const line = text.slice(from, to);
    if (line.trim() !== '' && !COMMENT_LINE[language].test(line)) return { from, to };
    at = text.indexOf('\n', to);
  }
  return { from: text.length, to: text.length };
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
}
