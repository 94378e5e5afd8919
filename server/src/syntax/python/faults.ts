/**
 * What Python refuses of a file that its tokens and lines tell without a grammar: missing operands and colons, two operands in a row,
 * characters that no token has, and indentation. Whatever is said here is certain; much is left unsaid.
 */

import type { SyntaxProblem } from '../../base/span.ts';
import { findOutside } from './literals.ts';
import type { LogicalLine, PythonToken, PythonTokens } from './tokens.ts';

/** Words that are no operands. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except', 'finally', 'for', 'from',
  'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise', 'return', 'try', 'while', 'with', 'yield',
]);

/** Words that begin statements of their own in newer Pythons, and are names otherwise. */
const SOFT_KEYWORDS: ReadonlySet<string> = new Set(['match', 'case', 'type', 'lazy']);

/** Words behind which an operand must come. */
const UNFINISHED_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'as', 'from', 'import', 'assert', 'del', 'await', 'def', 'class']);

/** Operators behind which an operand must come; a `*` may stand at the end of an import. */
const UNFINISHED: ReadonlySet<string> = new Set([
  '+', '-', '/', '//', '%', '@', '&', '|', '^', '~', '<<', '>>', '**', '==', '!=', '<', '>', '<=', '>=', '=', '+=', '-=', '*=', '/=', '//=', '%=', '@=', '&=', '|=', '^=',
  '<<=', '>>=', '**=', ':=', '->', '.',
]);

/** Statements that have a colon. */
const COMPOUND: ReadonlySet<string> = new Set(['if', 'elif', 'else', 'for', 'while', 'try', 'except', 'finally', 'with', 'def', 'class']);

const OPERATORS: ReadonlySet<string> = new Set([...UNFINISHED, ...'()[]{}:,;*'.split(''), '...']);

/** The first fault, if there is one: those behind it are mostly its consequences. */
export function pythonFault(source: PythonTokens): SyntaxProblem | undefined {
  const indentation = indentationFault(source);
  for (const line of source.lines) {
    if (indentation !== undefined && (source.tokens[line.first]?.from ?? 0) >= indentation.span.from) return indentation;
    const found = lineFault(source, line);
    if (found !== undefined) return found;
  }
  return indentation;
}

function fault(message: string, { from, to }: { readonly from: number; readonly to: number }): SyntaxProblem {
  return { code: 'python-syntax', message, span: { from, to } };
}

function lineFault(source: PythonTokens, line: LogicalLine): SyntaxProblem | undefined {
  const { tokens } = source;
  for (let at = line.first; at < line.end; at += 1) {
    const token = tokens[at];
    const next = at + 1 < line.end ? tokens[at + 1] : undefined;
    if (token === undefined) continue;
    if (token.kind === 'op' && !OPERATORS.has(token.text)) return fault(unknownCharacter(token.text), token);
    if (next !== undefined && areOperands(token, next)) return fault(adjacent(token, at === line.first), next);
  }
  const first = tokens[line.first];
  const last = tokens[line.end - 1];
  if (first === undefined || last === undefined) return undefined;
  if (last.kind === 'op' ? UNFINISHED.has(last.text) : last.kind === 'name' && UNFINISHED_WORDS.has(last.text)) return fault('invalid syntax', last);
  const statement = first.text === 'async' ? tokens[line.first + 1] : first;
  const needsColon = statement?.kind === 'name' && COMPOUND.has(statement.text);
  return needsColon && findOutside(source, { from: line.first, to: line.end }, ':') === -1 ? fault("expected ':'", last) : undefined;
}

function unknownCharacter(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  return code < 128 ? 'invalid syntax' : `invalid character '${text}' (U+${code.toString(16).toUpperCase().padStart(4, '0')})`;
}

function adjacent(token: PythonToken, isFirst: boolean): string {
  if (isFirst && (token.text === 'print' || token.text === 'exec')) return `Missing parentheses in call to '${token.text}'. Did you mean ${token.text}(...)?`;
  return 'invalid syntax';
}

/** True if one operand ends and another begins without anything between them. */
function areOperands(token: PythonToken, next: PythonToken): boolean {
  if (token.kind === 'string' && next.kind === 'string') return false;
  // `1if x` is taken apart by Python.
  if (token.kind === 'number' && token.to === next.from) return false;
  const ends = token.kind === 'op' ? ')]}'.includes(token.text) : token.kind !== 'name' || !(KEYWORDS.has(token.text) || SOFT_KEYWORDS.has(token.text));
  return ends && (next.kind === 'op' ? false : next.kind !== 'name' || !KEYWORDS.has(next.text));
}

/** Blocks as Python's tokenizer sees them: each width twice, with tabs of eight and of one. */
function indentationFault({ text, tokens, lines }: PythonTokens): SyntaxProblem | undefined {
  const open: { readonly width: number; readonly other: number }[] = [];
  let header: PythonToken | undefined;
  for (const line of lines) {
    const first = tokens[line.first];
    const last = tokens[line.end - 1];
    if (first === undefined || last === undefined) continue;
    const width = line.indent;
    const other = narrowWidth(text, first.from);
    // Behind a backslash or a form feed the width is not that of the line.
    if (other === undefined) return undefined;
    const top = open.at(-1) ?? OUTERMOST;
    if (width > top.width) {
      if (other <= top.other) return fault(MIXED, first);
      if (header === undefined) return fault('unexpected indent', first);
      open.push({ width, other });
    } else {
      if (header !== undefined) return fault('expected an indented block', first);
      while (open.length > 0 && (open.at(-1)?.width ?? 0) > width) open.pop();
      const now = open.at(-1) ?? OUTERMOST;
      if (now.width !== width) return fault('unindent does not match any outer indentation level', first);
      if (now.other !== other) return fault(MIXED, first);
    }
    header = last.text === ':' && last.kind === 'op' ? last : undefined;
  }
  return header === undefined ? undefined : fault('expected an indented block', header);
}

const OUTERMOST = { width: 0, other: 0 };
const MIXED = 'inconsistent use of tabs and spaces in indentation';

/** How far from its line's start a token stands if tabs count one. */
function narrowWidth(text: string, at: number): number | undefined {
  const start = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
  const before = text.slice(start, at);
  const isContinued = /\\\r?$/.test(text.slice(Math.max(0, start - 3), Math.max(0, start - 1)));
  return /^\ufeff?[ \t]*$/.test(before) && !isContinued ? before.replace('\ufeff', '').length : undefined;
}
