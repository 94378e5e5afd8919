/** Cuts the text of a dbt model into SQL tokens in which each Jinja block is one opaque token; never fails. */

import type { Span } from '../../base/span.ts';
import type { SqlDialect } from './dialect.ts';

/**
 * - `word`: keywords and bare names. `quoted-identifier`: `"x"`, `` `x` `` or `[x]` by dialect.
 * - `string`: any string literal with its prefix (`E'…'`, `r"…"`, `$$…$$`); Jinja inside belongs to it.
 * - `punct`: one code unit.
 * - `comment`: SQL comments, with any Jinja inside. A line comment ends before its line break.
 * - `jinja-expression`: `{{ … }}`, and `{% raw %}…{% endraw %}`, which also stands for text.
 * - `jinja-statement`: `{% … %}`. `jinja-comment`: `{# … #}`.
 */
export type SqlTokenKind =
  | 'word'
  | 'quoted-identifier'
  | 'string'
  | 'number'
  | 'punct'
  | 'comment'
  | 'jinja-expression'
  | 'jinja-statement'
  | 'jinja-comment';

/** Tokens come in order and do not overlap; white space lies between them. */
export interface SqlToken extends Span {
  readonly kind: SqlTokenKind;
}

const SPACE = 1;
const WORD_START = 2;
const DIGIT = 3;
const OTHER = 0;

/** Classes of the first 128 code units; all above count as letters, but for the few that are spaces. */
const CLASS_OF = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (/\s/.test(char)) CLASS_OF[code] = SPACE;
  else if (/[A-Za-z_]/.test(char)) CLASS_OF[code] = WORD_START;
  else if (/[0-9]/.test(char)) CLASS_OF[code] = DIGIT;
}

/** 1 for what may continue a bare name: letters, digits, `_` and `$`. */
const CONTINUES_WORD = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  if (/[A-Za-z0-9_$]/.test(String.fromCharCode(code))) CONTINUES_WORD[code] = 1;
}

const LF = 10;
const CR = 13;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const PERCENT = 37;
const SINGLE_QUOTE = 39;
const ASTERISK = 42;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const UNDERSCORE = 95;
const BACKTICK = 96;
const LOWER_E = 101;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** All tokens of a text, comments included. */
export function sqlTokens(text: string, dialect: SqlDialect): SqlToken[] {
  const tokens: SqlToken[] = [];
  const length = text.length;
  const jinja = new JinjaSkipper(text);
  // Each kind of literal is searched to the end of the text in vain at most once: a hostile file stays linear.
  const unclosed = { quotes: 0, dollar: false, nested: false };
  let at = 0;

  const endOfLine = (from: number): number => {
    let end = from;
    while (end < length) {
      const code = text.charCodeAt(end);
      if (code === LF || code === CR) return end;
      if (code === OPEN_BRACE && jinja.opensAt(end)) end = jinja.end(end);
      else end++;
    }
    return length;
  };

  /** Behind the end of a quoted token whose opening quote is at `open`. */
  const endOfQuoted = (open: number, quote: number, escapes: SqlDialect['backslashEscapes']): number => {
    const bit = quote === SINGLE_QUOTE ? 1 : quote === DOUBLE_QUOTE ? 2 : 4;
    let lineEnd = -1;
    let end = open + 1;
    while (end < length) {
      const code = text.charCodeAt(end);
      if (code === quote) {
        if (text.charCodeAt(end + 1) !== quote) return end + 1;
        end += 2;
      } else if (code === BACKSLASH && escapes !== 'no') {
        if (escapes === 'yes' || !closesAfterBackslash(text, end + 1, quote)) end += 2;
        else end++;
      } else if (code === OPEN_BRACE && jinja.opensAt(end)) {
        end = jinja.end(end);
      } else {
        if (lineEnd === -1 && (code === LF || code === CR)) {
          lineEnd = end;
          if ((unclosed.quotes & bit) !== 0) return lineEnd;
        }
        end++;
      }
    }
    unclosed.quotes |= bit;
    return lineEnd === -1 ? length : lineEnd;
  };

  /** Behind the end of `'''…'''` or `"""…"""`, which opens at `open`. */
  const endOfTriple = (open: number, quote: number): number => {
    let end = open + 3;
    while (end < length) {
      const code = text.charCodeAt(end);
      if (code === BACKSLASH) end += 2;
      else if (code === OPEN_BRACE && jinja.opensAt(end)) end = jinja.end(end);
      else if (code === quote && text.charCodeAt(end + 1) === quote && text.charCodeAt(end + 2) === quote) return end + 3;
      else end++;
    }
    return length;
  };

  const endOfString = (open: number, quote: number, raw: boolean): number => {
    const tripled = dialect.tripleQuotes && text.charCodeAt(open + 1) === quote && text.charCodeAt(open + 2) === quote;
    if (tripled) return endOfTriple(open, quote);
    if (raw) return endOfQuoted(open, quote, dialect.rawStrings === 'counted' ? 'yes' : 'no');
    return endOfQuoted(open, quote, dialect.backslashEscapes);
  };

  const endOfBlockComment = (open: number): number => {
    let depth = 1;
    let firstClose = -1;
    let end = open + 2;
    while (end < length) {
      const code = text.charCodeAt(end);
      if (code === ASTERISK && text.charCodeAt(end + 1) === SLASH) {
        end += 2;
        if (firstClose === -1) firstClose = end;
        if (--depth === 0 || unclosed.nested) return end;
      } else if (dialect.nestedComments && code === SLASH && text.charCodeAt(end + 1) === ASTERISK) {
        depth++;
        end += 2;
      } else if (code === OPEN_BRACE && jinja.opensAt(end)) {
        end = jinja.end(end);
      } else end++;
    }
    // A `/*` that was not meant to nest: take the first end, so that the rest of the file is still read.
    unclosed.nested = true;
    return firstClose === -1 ? length : firstClose;
  };

  /** Behind the end of a dollar string that opens at `open`, or -1 if there is none. */
  const endOfDollarString = (open: number): number => {
    let tagEnd = open + 1;
    while (tagEnd < length && tagEnd - open < 64 && isTagPart(text.charCodeAt(tagEnd))) tagEnd++;
    if (text.charCodeAt(tagEnd) !== DOLLAR) return -1;
    if (tagEnd > open + 1 && CLASS_OF[text.charCodeAt(open + 1)] === DIGIT) return -1;
    const tag = text.slice(open, tagEnd + 1);
    const close = text.indexOf(tag, tagEnd + 1);
    if (close === -1) {
      unclosed.dollar = true;
      return -1;
    }
    return close + tag.length;
  };

  while (at < length) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (CLASS_OF[code] ?? OTHER) : isWideSpace(code) ? SPACE : WORD_START;
    if (kind === SPACE) {
      at++;
      continue;
    }
    const from = at;
    if (kind === WORD_START) {
      at++;
      while (at < length) {
        const next = text.charCodeAt(at);
        if (next < 128 ? CONTINUES_WORD[next] === 0 : isWideSpace(next)) break;
        at++;
      }
      const next = text.charCodeAt(at);
      if (at - from <= 2 && (next === SINGLE_QUOTE || (next === DOUBLE_QUOTE && dialect.doubleQuotedStrings))) {
        const prefix = text.slice(from, at).toLowerCase();
        if (prefix === 'e' && dialect.escapeStrings) {
          at = endOfQuoted(at, next, 'yes');
          tokens.push({ kind: 'string', from, to: at });
          continue;
        }
        const isRaw = dialect.rawStrings !== 'no' && prefix.includes('r') && (prefix.length === 1 || prefix.includes('b'));
        if (isRaw || STRING_PREFIXES.has(prefix)) {
          at = endOfString(at, next, isRaw);
          tokens.push({ kind: 'string', from, to: at });
          continue;
        }
      }
      tokens.push({ kind: 'word', from, to: at });
      continue;
    }
    if (kind === DIGIT || (code === DOT && CLASS_OF[text.charCodeAt(at + 1)] === DIGIT && !followsName(text, at))) {
      at = endOfNumber(text, at);
      tokens.push({ kind: 'number', from, to: at });
      continue;
    }
    switch (code) {
      case OPEN_BRACE:
        if (jinja.opensAt(at)) {
          at = jinja.end(at);
          tokens.push({ kind: jinja.kind, from, to: at });
          continue;
        }
        break;
      case DASH:
        if (text.charCodeAt(at + 1) === DASH && (!dialect.dashNeedsSpace || isSpaceOrEnd(text, at + 2))) {
          at = endOfLine(at + 2);
          tokens.push({ kind: 'comment', from, to: at });
          continue;
        }
        break;
      case SLASH:
        if (text.charCodeAt(at + 1) === ASTERISK) {
          at = endOfBlockComment(at);
          tokens.push({ kind: 'comment', from, to: at });
          continue;
        }
        if (dialect.slashComments && text.charCodeAt(at + 1) === SLASH) {
          at = endOfLine(at + 2);
          tokens.push({ kind: 'comment', from, to: at });
          continue;
        }
        break;
      case HASH:
        if (dialect.hashComments) {
          at = endOfLine(at + 1);
          tokens.push({ kind: 'comment', from, to: at });
          continue;
        }
        break;
      case SINGLE_QUOTE:
        at = endOfString(at, SINGLE_QUOTE, false);
        tokens.push({ kind: 'string', from, to: at });
        continue;
      case DOUBLE_QUOTE:
        if (dialect.doubleQuotedStrings) {
          at = endOfString(at, DOUBLE_QUOTE, false);
          tokens.push({ kind: 'string', from, to: at });
        } else {
          at = endOfQuoted(at, DOUBLE_QUOTE, 'no');
          tokens.push({ kind: 'quoted-identifier', from, to: at });
        }
        continue;
      case BACKTICK:
        at = endOfQuoted(at, BACKTICK, 'no');
        tokens.push({ kind: 'quoted-identifier', from, to: at });
        continue;
      case OPEN_BRACKET:
        if (dialect.bracketNames) {
          at = endOfBracketName(text, at);
          tokens.push({ kind: 'quoted-identifier', from, to: at });
          continue;
        }
        break;
      case DOLLAR:
        if (dialect.dollarStrings && !unclosed.dollar) {
          const end = endOfDollarString(at);
          if (end !== -1) {
            at = end;
            tokens.push({ kind: 'string', from, to: at });
            continue;
          }
        }
        break;
    }
    at++;
    tokens.push({ kind: 'punct', from, to: at });
  }
  return tokens;
}

/** Prefixes that make no difference to where a string ends: bytes, hexadecimal, national. */
const STRING_PREFIXES: ReadonlySet<string> = new Set(['b', 'x', 'n']);

/** For `\'` in a dialect that we do not know: does the quote at `at` look like the end of its string? */
function closesAfterBackslash(text: string, at: number, quote: number): boolean {
  if (text.charCodeAt(at) !== quote) return false;
  let next = at + 1;
  while (text.charCodeAt(next) === 32) next++;
  return next >= text.length || ',);|:\r\n'.includes(text.charAt(next));
}

function isTagPart(code: number): boolean {
  return code >= 128 || (code !== DOLLAR && CONTINUES_WORD[code] === 1);
}

function isWideSpace(code: number): boolean {
  return code === 0xa0 || code === 0xfeff || code === 0x3000 || (code >= 0x2000 && code <= 0x200b) || code === 0x2028 || code === 0x2029;
}

function isSpaceOrEnd(text: string, at: number): boolean {
  return at >= text.length || CLASS_OF[text.charCodeAt(at)] === SPACE;
}

/** True if the dot at `at` hangs on a name, as in `t.1`: then it starts no number. */
function followsName(text: string, at: number): boolean {
  if (at === 0) return false;
  const before = text.charCodeAt(at - 1);
  return before >= 128 || CONTINUES_WORD[before] === 1 || before === DOUBLE_QUOTE || before === BACKTICK || before === CLOSE_BRACE;
}

function endOfNumber(text: string, from: number): number {
  let at = from;
  while (isDigitPart(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) === DOT) {
    at++;
    while (isDigitPart(text.charCodeAt(at))) at++;
  }
  if ((text.charCodeAt(at) | 32) === LOWER_E) {
    const sign = text.charCodeAt(at + 1);
    const first = sign === PLUS || sign === DASH ? at + 2 : at + 1;
    if (CLASS_OF[text.charCodeAt(first)] === DIGIT) at = first;
  }
  // `0xff` and `10L` are numbers; `1st` is a name in some dialects. All are kept whole.
  while (CONTINUES_WORD[text.charCodeAt(at)] === 1) at++;
  return at;
}

function isDigitPart(code: number): boolean {
  return CLASS_OF[code] === DIGIT || code === UNDERSCORE;
}

function endOfBracketName(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) {
      if (text.charCodeAt(at + 1) !== CLOSE_BRACKET) return at + 1;
      at++;
    } else if (code === LF || code === CR) break;
  }
  return from + 1;
}

/**
 * Finds where Jinja blocks end, as Jinja's lexer does: strings are skipped, and while a bracket is open `}}` and `%}` do not end
 * the block. Of a block that never ends so, the first end mark is taken, else all the rest.
 */
class JinjaSkipper {
  /** What the block that `end` was last asked about is. */
  kind: 'jinja-expression' | 'jinja-statement' | 'jinja-comment' = 'jinja-expression';
  readonly #text: string;
  /** Set when a block with open brackets ran to the end of the text; later ones are not searched so far again. */
  #isBroken = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** True if `{{`, `{%` or `{#` stands at `at`, where a `{` is. */
  opensAt(at: number): boolean {
    const next = this.#text.charCodeAt(at + 1);
    return next === OPEN_BRACE || next === PERCENT || next === HASH;
  }

  /** Behind the block that opens at `open`; sets `kind`. */
  end(open: number): number {
    const text = this.#text;
    const next = text.charCodeAt(open + 1);
    if (next === HASH) {
      this.kind = 'jinja-comment';
      const close = text.indexOf('#}', open + 2);
      return close === -1 ? text.length : close + 2;
    }
    const isStatement = next === PERCENT;
    this.kind = isStatement ? 'jinja-statement' : 'jinja-expression';
    const end = this.#endOfBlock(open, isStatement ? PERCENT : CLOSE_BRACE);
    if (!isStatement || !RAW_BLOCK.test(text.slice(open, Math.min(end, open + 24)))) return end;
    this.kind = 'jinja-expression';
    END_RAW.lastIndex = end;
    return END_RAW.test(text) ? END_RAW.lastIndex : text.length;
  }

  #endOfBlock(open: number, closer: number): number {
    const text = this.#text;
    const mark = closer === PERCENT ? '%}' : '}}';
    if (!this.#isBroken) {
      let depth = 0;
      for (let at = open + 2; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code === closer && depth <= 0 && text.charCodeAt(at + 1) === CLOSE_BRACE) return at + 2;
        if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) {
          at = endOfJinjaString(text, at, code);
          if (at === -1) break;
        } else if (code === OPEN_BRACE || code === OPEN_BRACKET || code === 40) depth++;
        else if (code === CLOSE_BRACE || code === CLOSE_BRACKET || code === 41) depth--;
      }
      this.#isBroken = true;
    }
    const close = text.indexOf(mark, open + 2);
    return close === -1 ? text.length : close + 2;
  }
}

const RAW_BLOCK = /^\{%[-+]?\s*raw\s*[-+]?%\}$/;
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;

/** The offset of a Jinja string's closing quote, or -1. */
function endOfJinjaString(text: string, open: number, quote: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === quote) return at;
  }
  return -1;
}

/** The word after `{%`, in a token of kind `jinja-statement`: `if`, `endfor`, `set`, …; empty if there is none. */
export function jinjaStatementName(text: string, token: Span): string {
  STATEMENT_NAME.lastIndex = token.from;
  return STATEMENT_NAME.exec(text)?.[1] ?? '';
}

const STATEMENT_NAME = /\{%[-+]?\s*([A-Za-z_]\w*)/y;
