/** Cuts Python source into the tokens and logical lines that reading a dbt Python model needs; never fails. */

import type { Span, SyntaxProblem } from '../../base/span.ts';

/**
 * - `name`: identifiers and keywords. `number`, `string` (with its prefix; f-strings too).
 * - `op`: an operator or bracket; `==`, `:=`, `->`, `**`, `!=`, `<=`, `>=`, `//` are one token.
 */
export interface PythonToken extends Span {
  readonly kind: 'name' | 'number' | 'string' | 'op';
  readonly text: string;
}

/** A statement line: physical lines joined by brackets, backslashes and triple quotes. Token numbers `[first, end)`. */
export interface LogicalLine {
  /** Width of the white space in front, tabs to the next multiple of eight. */
  readonly indent: number;
  readonly first: number;
  readonly end: number;
}

/** The tokens of a Python text, and what was wrong with it. */
export interface PythonTokens {
  readonly text: string;
  readonly tokens: readonly PythonToken[];
  readonly lines: readonly LogicalLine[];
  /** The partner of each bracket token, -1 for others and for brackets without one. */
  readonly partners: Int32Array;
  readonly problems: readonly SyntaxProblem[];
}

const STRING_START = /(?:[rRuUfFtTbB]|[rR][fFbBtT]|[fFbBtT][rR])?(?:'''|"""|'|")/y;
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?)/y;
const OPERATOR = /\*\*=?|\/\/=?|>>=?|<<=?|[-+*/%@&|^=!<>:]=|->|\.\.\.|[^\s]/y;

/** Reads `text` from `from` to `to`; with these it reads the inside of an f-string's braces. */
export function pythonTokens(text: string, from = 0, to = text.length): PythonTokens {
  const tokens: PythonToken[] = [];
  const lines: LogicalLine[] = [];
  const problems: SyntaxProblem[] = [];
  const open: number[] = [];
  const pairs: [number, number][] = [];
  let lineFirst = 0;
  let indent = 0;
  let isLineStart = true;
  let at = from;

  const endLine = (): void => {
    if (tokens.length > lineFirst) lines.push({ indent, first: lineFirst, end: tokens.length });
    lineFirst = tokens.length;
    indent = 0;
    isLineStart = true;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };

  while (at < to) {
    const char = text.charAt(at);
    if (char === '\n' || char === '\r') {
      if (open.length === 0) endLine();
      at++;
      continue;
    }
    if (char === ' ' || char === '\t' || char === '\f' || char === '\ufeff') {
      if (isLineStart) indent = char === '\t' ? (Math.floor(indent / 8) + 1) * 8 : char === ' ' ? indent + 1 : indent;
      at++;
      continue;
    }
    if (char === '#') {
      while (at < to && text.charAt(at) !== '\n' && text.charAt(at) !== '\r') at++;
      continue;
    }
    if (char === '\\' && /[\r\n]/.test(text.charAt(at + 1))) {
      at += text.startsWith('\r\n', at + 1) ? 3 : 2;
      continue;
    }
    isLineStart = false;
    const opening = match(STRING_START);
    if (opening !== undefined) {
      const { end, isClosed } = endOfString(text, at, opening, to);
      if (!isClosed) problems.push({ code: 'python-syntax', message: 'This string is never closed.', span: { from: at, to: end } });
      tokens.push({ kind: 'string', text: text.slice(at, end), from: at, to: end });
      at = end;
      continue;
    }
    const name = match(NAME);
    if (name !== undefined) {
      tokens.push({ kind: 'name', text: name, from: at, to: at + name.length });
      at += name.length;
      continue;
    }
    const number = /[\d.]/.test(char) ? match(NUMBER) : undefined;
    if (number !== undefined) {
      tokens.push({ kind: 'number', text: number, from: at, to: at + number.length });
      at += number.length;
      continue;
    }
    const operator = match(OPERATOR) ?? char;
    if ('([{'.includes(operator)) open.push(tokens.length);
    else if (')]}'.includes(operator)) {
      const partner = open.at(-1);
      if (partner === undefined || PAIRS[tokens[partner]?.text ?? ''] !== operator) {
        problems.push({ code: 'python-syntax', message: `This \`${operator}\` has no partner.`, span: { from: at, to: at + 1 } });
      } else {
        open.pop();
        pairs.push([partner, tokens.length]);
      }
    }
    tokens.push({ kind: 'op', text: operator, from: at, to: Math.min(to, at + operator.length) });
    at += operator.length;
  }
  endLine();
  for (const bracket of open) {
    const token = tokens[bracket];
    if (token !== undefined) problems.push({ code: 'python-syntax', message: `'${token.text}' was never closed.`, span: { from: token.from, to: token.to } });
  }
  const partners = new Int32Array(tokens.length).fill(-1);
  for (const [opener, closer] of pairs) {
    partners[opener] = closer;
    partners[closer] = opener;
  }
  return { text, tokens, lines, partners, problems };
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Behind the end of the string that opens at `from`; a string in single quotes ends at its line at the latest. */
function endOfString(text: string, from: number, opening: string, to: number): { end: number; isClosed: boolean } {
  const prefix = opening.replace(/['"]+$/, '');
  const quote = opening.slice(prefix.length);
  const isFormatted = /[fFtT]/.test(prefix);
  let at = from + opening.length;
  let braces = 0;
  while (at < to) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += text.startsWith('\r\n', at + 1) ? 3 : 2;
      continue;
    }
    if ((char === '\n' || char === '\r') && quote.length === 1 && braces === 0) return { end: at, isClosed: false };
    if (isFormatted && (char === '{' || char === '}')) {
      if (braces === 0 && text.charAt(at + 1) === char) {
        at += 2;
        continue;
      }
      braces = char === '{' ? braces + 1 : Math.max(0, braces - 1);
    } else if (braces > 0 && (char === '"' || char === "'") && !text.startsWith(quote, at)) {
      // A string inside the braces, in other quotes.
      at = closeOfInnerString(text, at, char, to) ?? at;
    } else if (braces > 0 && quote.length === 1 && char === quote) {
      // In the same quotes, as Python 3.12 has it; in older Pythons the string ends here, with its brace open.
      const close = closeOfInnerString(text, at, char, to);
      if (close === undefined || !restOfLine(text, close).includes('}')) return { end: at + 1, isClosed: true };
      at = close;
    } else if (text.startsWith(quote, at)) return { end: at + quote.length, isClosed: true };
    at++;
  }
  return { end: to, isClosed: false };
}

function restOfLine(text: string, from: number): string {
  const end = text.indexOf('\n', from);
  return text.slice(from, end < 0 ? text.length : end);
}

function closeOfInnerString(text: string, open: number, quote: string, to: number): number | undefined {
  for (let at = open + 1; at < to; at++) {
    const char = text.charAt(at);
    if (char === quote) return at;
    if (char === '\n' || char === '\r') return undefined;
  }
  return undefined;
}

/** The parts of a string token: prefix in lower case, and the span between the quotes. */
export function stringParts(token: PythonToken): { prefix: string; inside: Span } {
  STRING_START.lastIndex = 0;
  const opening = STRING_START.exec(token.text)?.[0] ?? '';
  const prefix = opening.replace(/['"]+$/, '');
  const quote = opening.slice(prefix.length);
  const isClosed = token.text.length >= opening.length + quote.length && token.text.endsWith(quote);
  return {
    prefix: prefix.toLowerCase(),
    inside: { from: token.from + opening.length, to: isClosed ? token.to - quote.length : token.to },
  };
}

/** The spans of the expressions in the braces of an f-string, those in format specifications included. */
export function formattedExpressions(text: string, token: PythonToken): Span[] {
  const { prefix, inside } = stringParts(token);
  if (!prefix.includes('f')) return [];
  const found: Span[] = [];
  expressionsIn(text, inside, found);
  return found;
}

function expressionsIn(text: string, inside: Span, found: Span[]): void {
  for (let at = inside.from; at < inside.to; at++) {
    const char = text.charAt(at);
    if (char !== '{') continue;
    if (text.charAt(at + 1) === '{') {
      at++;
      continue;
    }
    const end = endOfExpression(text, at + 1, inside.to);
    found.push({ from: at + 1, to: end.expression });
    if (end.specification < end.field) expressionsIn(text, { from: end.specification, to: end.field }, found);
    at = end.field;
  }
}

/** Where the expression behind a `{` ends, where its format specification begins, and where the closing `}` is. */
function endOfExpression(text: string, from: number, to: number): { expression: number; specification: number; field: number } {
  let depth = 0;
  let quote = '';
  for (let at = from; at < to; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if ('([{'.includes(char)) depth++;
    else if (char === '}' && depth === 0) return { expression: at, specification: at, field: at };
    else if (')]}'.includes(char)) depth--;
    else if (depth === 0 && (char === ':' || (char === '!' && text.charAt(at + 1) !== '='))) {
      return { expression: at, specification: at + 1, field: closingBrace(text, at + 1, to) };
    }
  }
  return { expression: to, specification: to, field: to };
}

function closingBrace(text: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const char = text.charAt(at);
    if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
  }
  return to;
}
