/** Finds where the tags of a Jinja template begin and end, exactly as the lexer of Jinja2 3.1 does. */

import { skipSpace, trimSpaceEnd } from '../../base/python-space.ts';
import type { Span } from '../../base/span.ts';

/** A fault that Jinja2's lexer finds, which counts only if its parser found none before `at`. */
export interface LexerProblem {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly at: number;
}

/** Where the inside of one `{{ }}` or `{% %}` ends. */
export interface TagEnd {
  /** End of the inside: the closing delimiter, or its `-` or `+`. */
  readonly contentTo: number;
  /** After the closing delimiter. */
  readonly to: number;
  /** Whether `-` asks to drop the whitespace that follows. */
  readonly stripAfter: boolean;
  /** What Jinja2's lexer refuses, if it does. */
  readonly problem: LexerProblem | undefined;
  /** Whether the delimiter is there; if not, the tag was cut where the next thing seems to begin. */
  readonly closed: boolean;
  readonly tooDeep: boolean;
}

const DOUBLE_QUOTE = 34;
const PERCENT = 37;
const SINGLE_QUOTE = 39;
const PLUS = 43;
const MINUS = 45;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Brackets nested deeper than this within one tag make Python give up with a RecursionError, roughly. */
export const MAX_BRACKET_DEPTH = 100;

/** Offset after the string literal that opens at `from`, or -1 if it does not close before `to`. */
export function skipString(text: string, from: number, to: number): number {
  const quote = text.charCodeAt(from);
  for (let at = from + 1; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === BACKSLASH) at++;
  }
  return -1;
}

const CLOSERS = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/**
 * The end of the tag whose inside begins at `from`; `kind` is the second character of its opening delimiter.
 *
 * A closing delimiter counts only where no bracket is open, so `{{ {'a': {}}}}` ends at the last two braces.
 */
export function findTagEnd(text: string, from: number, to: number, kind: '{' | '%'): TagEnd {
  const delimiter = kind === '{' ? CLOSE_BRACE : PERCENT;
  const open: string[] = [];
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    switch (code) {
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE: {
        const end = skipString(text, at, to);
        if (end < 0) {
          const quote = code === SINGLE_QUOTE ? `"'"` : `'"'`;
          return recover(text, from, to, kind, syntaxProblem(`unexpected char ${quote}`, at));
        }
        at = end;
        continue;
      }
      case 40: // (
      case 91: // [
      case OPEN_BRACE:
        open.push(text.charAt(at));
        if (open.length > MAX_BRACKET_DEPTH) {
          const message = `This tag nests more than ${String(MAX_BRACKET_DEPTH)} brackets.`;
          const problem = { code: 'jinja-too-deep', message, span: { from: at, to: at + 1 }, at };
          return { ...recover(text, from, to, kind, problem), tooDeep: true };
        }
        break;
      case PERCENT:
        if (kind === '%' && open.length === 0 && text.charCodeAt(at + 1) === CLOSE_BRACE && at + 1 < to) {
          return closedTag(text, from, at, kind);
        }
        break;
      case 41: // )
      case 93: // ]
      case CLOSE_BRACE: {
        if (open.length === 0 && code === delimiter && text.charCodeAt(at + 1) === CLOSE_BRACE && at + 1 < to) {
          return closedTag(text, from, at, kind);
        }
        const bracket = text.charAt(at);
        const expected = CLOSERS.get(open.pop() ?? '');
        if (expected !== bracket) {
          const message = expected === undefined ? `unexpected '${bracket}'` : `unexpected '${bracket}', expected '${expected}'`;
          return recover(text, from, to, kind, syntaxProblem(message, at));
        }
        break;
      }
      default:
    }
    at++;
  }
  const what = kind === '{' ? 'end of print statement' : 'end of statement block';
  const end = recover(text, from, to, kind, undefined);
  return {
    ...end,
    problem: {
      code: 'jinja-unclosed-tag',
      message: `unexpected end of template, expected '${what}'.`,
      span: { from: text.lastIndexOf('{', from - 2), to: end.contentTo },
      at: to,
    },
  };
}

function syntaxProblem(message: string, at: number): LexerProblem {
  return { code: 'jinja-syntax-error', message, span: { from: at, to: at + 1 }, at };
}

function closedTag(text: string, from: number, at: number, kind: '{' | '%'): TagEnd {
  const before = at > from ? text.charCodeAt(at - 1) : 0;
  const modified = before === MINUS || (before === PLUS && kind === '%');
  return {
    contentTo: modified ? at - 1 : at,
    to: at + 2,
    stripAfter: before === MINUS,
    problem: undefined,
    closed: true,
    tooDeep: false,
  };
}

/**
 * Where a tag that Jinja2 cannot read most likely ends for the person who is typing it: at its delimiter, whatever
 * brackets are open, else before the next tag. Only strings that close on their line, and do not reach from one tag
 * into the next, hide a delimiter.
 */
export function findLikelyTagEnd(text: string, from: number, to: number, kind: '{' | '%'): TagEnd {
  return recover(text, from, to, kind, undefined);
}

function recover(text: string, from: number, to: number, kind: '{' | '%', problem: TagEnd['problem']): TagEnd {
  const first = kind === '{' ? CLOSE_BRACE : PERCENT;
  let lineEnd = -1;
  // A quote that does not close on its line hides nothing, nor do those of its kind after it on that line.
  let unclosedQuote = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === first && text.charCodeAt(at + 1) === CLOSE_BRACE && at + 1 < to) {
      // `{{ {'a': 1}}}`: the delimiter is the last two of three braces.
      const late = kind === '{' && text.charCodeAt(at + 2) === CLOSE_BRACE && at + 2 < to ? at + 1 : at;
      return { ...closedTag(text, from, late, kind), problem };
    }
    if (code === OPEN_BRACE) {
      const next = text.charCodeAt(at + 1);
      if (next === OPEN_BRACE || next === PERCENT || next === 35) return cutTag(text, from, at, problem);
    }
    if (code !== SINGLE_QUOTE && code !== DOUBLE_QUOTE) continue;
    if (at > lineEnd) {
      const newline = text.indexOf('\n', at);
      lineEnd = newline < 0 ? to : Math.min(newline, to);
      unclosedQuote = 0;
    }
    if (code === unclosedQuote) continue;
    const end = skipString(text, at, lineEnd);
    if (end < 0) unclosedQuote = code;
    else if (!reachesIntoNextTag(text.slice(at, end))) at = end - 1;
  }
  return cutTag(text, from, to, problem);
}

/** Whether a string ends a tag and begins another: then its first quote is one too many, or its last one is missing. */
function reachesIntoNextTag(literal: string): boolean {
  const close = literal.search(/[}%]\}/u);
  return close >= 0 && /\{[{%]/u.test(literal.slice(close));
}

/** A tag without its closing delimiter reaches to the end of its first line that says something. */
function cutTag(text: string, from: number, before: number, problem: TagEnd['problem']): TagEnd {
  const start = skipSpace(text, from, before);
  const newline = text.indexOf('\n', start);
  const limit = newline >= 0 && newline < before ? newline : before;
  const contentTo = Math.max(trimSpaceEnd(text, from, limit), from);
  return { contentTo, to: contentTo, stripAfter: false, problem, closed: false, tooDeep: false };
}
