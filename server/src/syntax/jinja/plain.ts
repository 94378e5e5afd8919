/**
 * A short way for what fills nearly all tags: expressions without oddities, assignments, loops, signatures of macros. What it reads is what the
 * grammar reads (a test compares them); what it does not know goes the long way through the grammar.
 */

import type { JinjaArguments, JinjaBinaryOperator, JinjaComparison, JinjaExpression, JinjaParameter, JinjaTarget } from './ast.ts';

/** Deeper nesting and longer chains of operators go the long way, which knows where Jinja2 gives up. */
const MAX_DEPTH = 20;
const MAX_OPERATORS = 60;

/** Words that are more than names at some places. */
const KEYWORDS: ReadonlySet<string> = new Set(['if', 'else', 'elif', 'or', 'and', 'is', 'not', 'in', 'recursive']);

/** The expression that fills `text[from, to)` but for blanks; undefined if it is not plain. Spans are offsets of `text`. */
export function readPlainExpression(text: string, from: number, to: number): JinjaExpression | undefined {
  const reader = readerOf(text, from, to);
  return atEnd(reader, readConditional(reader, 0));
}

/** The same where no `a if b else c` may stand: in conditions, and behind the `in` of a loop. */
export function readPlainCondition(text: string, from: number, to: number): JinjaExpression | undefined {
  const reader = readerOf(text, from, to);
  return atEnd(reader, readOperators(reader, OR, 0));
}

function atEnd(reader: Reader, expression: JinjaExpression | undefined): JinjaExpression | undefined {
  skipBlanks(reader);
  return reader.at === reader.to ? expression : undefined;
}

function readerOf(text: string, from: number, to: number): Reader {
  return { text, at: from, to, operators: 0 };
}

/** `name = expression` of a `set` tag that fills `text[from, to)`; undefined if it is not plain. */
export function readPlainAssignment(
  text: string,
  from: number,
  to: number,
): { readonly target: TargetName; readonly value: JinjaExpression } | undefined {
  const reader = readerOf(text, from, to);
  const target = readTargetName(reader);
  if (target === undefined) return undefined;
  skipBlanks(reader);
  if (codeAt(reader) !== EQUALS || text.charCodeAt(reader.at + 1) === EQUALS) return undefined;
  const value = readPlainExpression(text, reader.at + 1, to);
  return value === undefined ? undefined : { target, value };
}

/** `name in expression` or `name, name in expression` of a `for` tag that fills `text[from, to)`; undefined if it is not plain. */
export function readPlainLoop(
  text: string,
  from: number,
  to: number,
): { readonly target: JinjaTarget; readonly iterable: JinjaExpression } | undefined {
  const reader = readerOf(text, from, to);
  const names: TargetName[] = [];
  do {
    if (names.length > 0) reader.at++;
    const name = readTargetName(reader);
    if (name === undefined) return undefined;
    names.push(name);
    skipBlanks(reader);
  } while (codeAt(reader) === COMMA);
  if (readWord(reader) !== 'in') return undefined;
  const iterable = readPlainCondition(text, reader.at, to);
  const [first] = names;
  const last = names.at(-1);
  if (iterable === undefined || first === undefined || last === undefined) return undefined;
  return { target: first === last ? first : { kind: 'tuple', items: names, span: { from: first.span.from, to: last.span.to } }, iterable };
}

/** `name(parameter, parameter=expression)` of a macro that fills `text[from, to)`; undefined if it is not plain. */
export function readPlainSignature(
  text: string,
  from: number,
  to: number,
): { readonly name: string; readonly nameSpan: { readonly from: number; readonly to: number }; readonly parameters: readonly JinjaParameter[] } | undefined {
  const reader = readerOf(text, from, to);
  const target = readTargetName(reader);
  skipBlanks(reader);
  if (target === undefined || codeAt(reader) !== OPEN_PAREN) return undefined;
  reader.at++;
  const parameters: JinjaParameter[] = [];
  skipBlanks(reader);
  while (codeAt(reader) !== CLOSE_PAREN) {
    if (parameters.length > 0 && codeAt(reader) !== COMMA) return undefined;
    if (parameters.length > 0) reader.at++;
    const parameter = readParameter(reader, parameters);
    if (parameter === undefined) return undefined;
    parameters.push(parameter);
    skipBlanks(reader);
  }
  reader.at++;
  skipBlanks(reader);
  return reader.at === to ? { name: target.name, nameSpan: target.span, parameters } : undefined;
}

function readParameter(reader: Reader, before: readonly JinjaParameter[]): JinjaParameter | undefined {
  const target = readTargetName(reader);
  if (target === undefined || before.some(({ name }) => name === target.name)) return undefined;
  const { name, span } = target;
  skipBlanks(reader);
  if (codeAt(reader) !== EQUALS || reader.text.charCodeAt(reader.at + 1) === EQUALS) {
    // One without a default behind one with a default is a fault.
    return before.at(-1)?.default === undefined ? { name, default: undefined, annotation: undefined, span } : undefined;
  }
  reader.at++;
  const value = readConditional(reader, 1);
  return value === undefined ? undefined : { name, default: value, annotation: undefined, span: { from: span.from, to: reader.at } };
}

type TargetName = Extract<JinjaExpression, { kind: 'name' }>;

/** The name that something is assigned to; undefined for anything else. */
function readTargetName(reader: Reader): TargetName | undefined {
  skipBlanks(reader);
  const { at: from } = reader;
  const name = readWord(reader);
  const span = { from, to: reader.at };
  return name === '' || KEYWORDS.has(name) || constantOf(name, span) !== undefined ? undefined : { kind: 'name', name, span };
}

/** Behind what was read last, without the blanks that follow it. */
interface Reader {
  readonly text: string;
  at: number;
  readonly to: number;
  /** Operators so far. */
  operators: number;
}

const SINGLE_QUOTE = 39;
const DOUBLE_QUOTE = 34;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const COMMA = 44;
const DOT = 46;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const COLON = 58;
const PERCENT = 37;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const SLASH = 47;
const LESS = 60;
const GREATER = 62;
const EXCLAMATION = 33;
const BAR = 124;
const TILDE = 126;

/** The code unit under the reader; NaN at the end, which equals nothing. */
function codeAt(reader: Reader): number {
  return reader.at < reader.to ? reader.text.charCodeAt(reader.at) : Number.NaN;
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = codeAt(reader);
    if (code !== 32 && code !== 10 && code !== 9 && code !== 13) return;
    reader.at++;
  }
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** An ASCII identifier; empty if there is none, or if it goes on with other letters. */
function readWord(reader: Reader): string {
  const from = reader.at;
  if (!isLetter(codeAt(reader))) return '';
  do reader.at++;
  while (isLetter(codeAt(reader)) || isDigit(codeAt(reader)));
  return codeAt(reader) >= 128 ? '' : reader.text.slice(from, reader.at);
}

function constantOf(word: string, span: { readonly from: number; readonly to: number }): JinjaExpression | undefined {
  switch (word) {
    case 'true':
    case 'True':
      return { kind: 'boolean', value: true, span };
    case 'false':
    case 'False':
      return { kind: 'boolean', value: false, span };
    case 'none':
    case 'None':
      return { kind: 'none', span };
    default:
      return undefined;
  }
}

// How tightly operators bind, as in the grammar.
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARE = 4;
const SUM = 5;
const CONCAT = 6;
const PRODUCT = 7;

/** `a`, `a if b` or `a if b else c`. */
function readConditional(reader: Reader, depth: number): JinjaExpression | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const then = readOperators(reader, OR, depth);
  if (then === undefined || !takeWord(reader, 'if')) return then;
  reader.operators++;
  const test = readOperators(reader, OR, depth);
  if (test === undefined) return undefined;
  if (!takeWord(reader, 'else')) return { kind: 'conditional', test, then, otherwise: undefined, span: { from: then.span.from, to: test.span.to } };
  const otherwise = readConditional(reader, depth + 1);
  return otherwise === undefined ? undefined : { kind: 'conditional', test, then, otherwise, span: { from: then.span.from, to: otherwise.span.to } };
}

/** An operator between two operands. */
type Operator =
  | { readonly level: typeof OR | typeof AND; readonly kind: 'and' | 'or' }
  | { readonly level: typeof COMPARE; readonly kind: 'compare'; readonly operator: JinjaComparison }
  | { readonly level: typeof SUM | typeof PRODUCT; readonly kind: 'binary'; readonly operator: JinjaBinaryOperator }
  | { readonly level: typeof CONCAT; readonly kind: 'concat' };

/** Operands joined by operators that bind at least as tightly as `least`, from the left. */
function readOperators(reader: Reader, least: number, depth: number): JinjaExpression | undefined {
  skipBlanks(reader);
  const { at: from } = reader;
  let left = takeWord(reader, 'not') ? readNot(reader, from, least, depth) : readFiltered(reader, depth);
  /** Those of `left`, as long as what comes next goes on with them: a bracket makes them an operand like any other. */
  let parts: JinjaExpression[] | undefined;
  let comparisons: { readonly operator: JinjaComparison; readonly operand: JinjaExpression }[] | undefined;
  while (left !== undefined) {
    const { at: end } = reader;
    const found = readOperator(reader);
    if (found === undefined || found.level < least) {
      reader.at = end;
      return left;
    }
    if (++reader.operators > MAX_OPERATORS) return undefined;
    const right = readOperators(reader, found.level + 1, depth);
    if (right === undefined) return undefined;
    const span = { from, to: reader.at };
    if (found.kind !== 'concat') parts = undefined;
    switch (found.kind) {
      case 'concat':
        parts = parts === undefined ? [left, right] : [...parts, right];
        left = { kind: 'concat', parts, span };
        break;
      case 'compare': {
        const first: JinjaExpression = comparisons !== undefined && left.kind === 'compare' ? left.first : left;
        comparisons = [...(comparisons ?? []), { operator: found.operator, operand: right }];
        left = { kind: 'compare', first, rest: comparisons, span };
        continue;
      }
      case 'binary':
        left = { kind: 'binary', operator: found.operator, left, right, span };
        break;
      default:
        left = { kind: found.kind, left, right, span };
    }
    comparisons = undefined;
  }
  return undefined;
}

/** What `not` denies; where another operator wants its operand, it is a fault. */
function readNot(reader: Reader, from: number, least: number, depth: number): JinjaExpression | undefined {
  if (least > NOT || depth > MAX_DEPTH) return undefined;
  const operand = readOperators(reader, NOT, depth + 1);
  return operand === undefined ? undefined : { kind: 'not', operand, span: { from, to: reader.at } };
}

const OPERATOR_WORDS: Readonly<Record<string, Operator>> = {
  or: { level: OR, kind: 'or' },
  and: { level: AND, kind: 'and' },
  in: { level: COMPARE, kind: 'compare', operator: 'in' },
};

/** Goes past an operator; stays before anything else, or somewhere behind it. */
function readOperator(reader: Reader): Operator | undefined {
  skipBlanks(reader);
  const code = codeAt(reader);
  if (isLetter(code)) {
    const word = readWord(reader);
    if (word === 'not') return takeWord(reader, 'in') ? { level: COMPARE, kind: 'compare', operator: 'not in' } : undefined;
    return Object.hasOwn(OPERATOR_WORDS, word) ? OPERATOR_WORDS[word] : undefined;
  }
  const isDoubled = reader.text.charCodeAt(reader.at + 1) === code;
  const isWithEquals = reader.text.charCodeAt(reader.at + 1) === EQUALS;
  reader.at++;
  switch (code) {
    case TILDE:
      return { level: CONCAT, kind: 'concat' };
    case PLUS:
      return { level: SUM, kind: 'binary', operator: '+' };
    case MINUS:
      return { level: SUM, kind: 'binary', operator: '-' };
    case STAR:
      return isDoubled ? undefined : { level: PRODUCT, kind: 'binary', operator: '*' };
    case PERCENT:
      return { level: PRODUCT, kind: 'binary', operator: '%' };
    case SLASH:
      if (isDoubled) reader.at++;
      return { level: PRODUCT, kind: 'binary', operator: isDoubled ? '//' : '/' };
    case EQUALS:
    case EXCLAMATION:
      if (!isWithEquals) return undefined;
      reader.at++;
      return { level: COMPARE, kind: 'compare', operator: code === EQUALS ? '==' : '!=' };
    case LESS:
    case GREATER: {
      if (isWithEquals) reader.at++;
      const operator = code === LESS ? (isWithEquals ? '<=' : '<') : isWithEquals ? '>=' : '>';
      return { level: COMPARE, kind: 'compare', operator };
    }
    default:
      return undefined;
  }
}

/** Goes past a word; stays where it is if another stands there. */
function takeWord(reader: Reader, word: string): boolean {
  const { at } = reader;
  skipBlanks(reader);
  if (reader.text.startsWith(word, reader.at) && readWord(reader) === word) return true;
  reader.at = at;
  return false;
}

/** An operand with its sign, filters and tests. */
function readFiltered(reader: Reader, depth: number): JinjaExpression | undefined {
  const { at: from } = reader;
  const sign = codeAt(reader);
  const isSigned = sign === MINUS || sign === PLUS;
  if (isSigned) {
    reader.at++;
    skipBlanks(reader);
  }
  let expression = readTerm(reader, depth);
  if (isSigned && expression !== undefined) expression = { kind: sign === MINUS ? 'negative' : 'positive', operand: expression, span: { from, to: reader.at } };
  for (let applied = 0; expression !== undefined; applied++) {
    const { at: end } = reader;
    skipBlanks(reader);
    const isFilter = codeAt(reader) === BAR;
    if (isFilter) reader.at++;
    else if (!takeWord(reader, 'is')) {
      reader.at = end;
      return expression;
    }
    if (applied >= MAX_DEPTH) return undefined;
    expression = isFilter ? readFilter(reader, expression, from, depth) : readTest(reader, expression, from, depth);
  }
  return undefined;
}

const NO_ARGUMENTS: JinjaArguments = { positional: [], keyword: [], star: undefined, doubleStar: undefined };

function readFilter(reader: Reader, input: JinjaExpression, from: number, depth: number): JinjaExpression | undefined {
  skipBlanks(reader);
  const name = readWord(reader);
  if (name === '' || KEYWORDS.has(name)) return undefined;
  const args = readOwnArguments(reader, depth);
  return args === undefined ? undefined : { kind: 'filter', input, name, arguments: args, span: { from, to: reader.at } };
}

function readTest(reader: Reader, input: JinjaExpression, from: number, depth: number): JinjaExpression | undefined {
  const negated = takeWord(reader, 'not');
  skipBlanks(reader);
  const name = readWord(reader);
  if (name === '' || KEYWORDS.has(name)) return undefined;
  const { at: end } = reader;
  const args = readOwnArguments(reader, depth);
  if (args === undefined) return undefined;
  const span = { from, to: reader.at };
  if (reader.at === end && mayTakeNext(reader)) return undefined;
  reader.at = span.to;
  return { kind: 'test', input, name, arguments: args, negated, span };
}

/** True if a test without brackets may take what follows for its argument, or if it is a fault there. */
function mayTakeNext(reader: Reader): boolean {
  skipBlanks(reader);
  const code = codeAt(reader);
  if (isLetter(code)) return !BEHIND_TESTS.has(readWord(reader));
  return isDigit(code) || code >= 128 || code === SINGLE_QUOTE || code === DOUBLE_QUOTE || code === OPEN_BRACKET || code === OPEN_BRACE || code === DOT;
}

const BEHIND_TESTS: ReadonlySet<string> = new Set(['and', 'or', 'else']);

/** The arguments of a filter or test; none if there are no brackets. Undefined if they are not plain, or if something is called that cannot be. */
function readOwnArguments(reader: Reader, depth: number): JinjaArguments | undefined {
  const { at: end } = reader;
  skipBlanks(reader);
  if (codeAt(reader) === DOT) return undefined;
  if (codeAt(reader) !== OPEN_PAREN) {
    reader.at = end;
    return NO_ARGUMENTS;
  }
  const args = readArguments(reader, depth);
  const { at: last } = reader;
  skipBlanks(reader);
  const isCalledAgain = codeAt(reader) === OPEN_PAREN || codeAt(reader) === DOT || codeAt(reader) === OPEN_BRACKET;
  reader.at = last;
  return isCalledAgain ? undefined : args;
}

/** An operand with what is read off it or done with it: `a.b`, `a[b]`, `a(b)`. Constants take no trailers here. */
function readTerm(reader: Reader, depth: number): JinjaExpression | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const { at: from } = reader;
  const code = codeAt(reader);
  if (isDigit(code)) return readInteger(reader);
  let expression = readOperand(reader, code, depth);
  const isConstant = expression?.kind === 'boolean' || expression?.kind === 'none';
  for (let trailers = 0; expression !== undefined; trailers++) {
    // Blanks before a trailer are rare, but then the end of the expression is before them.
    const { at: end } = reader;
    skipBlanks(reader);
    const next = codeAt(reader);
    if (next !== DOT && next !== OPEN_PAREN && next !== OPEN_BRACKET) {
      reader.at = end;
      return expression;
    }
    if (isConstant || trailers > MAX_DEPTH) return undefined;
    if (next === DOT) expression = readAttribute(reader, expression, from);
    else expression = next === OPEN_PAREN ? readCall(reader, expression, from, depth) : readItem(reader, expression, from, depth);
  }
  return undefined;
}

function readOperand(reader: Reader, code: number, depth: number): JinjaExpression | undefined {
  if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) return readString(reader, code);
  if (code === OPEN_BRACKET) return readList(reader, depth);
  if (code === OPEN_BRACE) return readDict(reader, depth);
  if (code === OPEN_PAREN) return readBracketed(reader, depth);
  const { at: from } = reader;
  const word = readWord(reader);
  if (word === '' || KEYWORDS.has(word)) return undefined;
  const span = { from, to: reader.at };
  return constantOf(word, span) ?? { kind: 'name', name: word, span };
}

/** One expression in brackets, which leave no trace. */
function readBracketed(reader: Reader, depth: number): JinjaExpression | undefined {
  reader.at++;
  const inner = readConditional(reader, depth + 1);
  skipBlanks(reader);
  if (codeAt(reader) !== CLOSE_PAREN) return undefined;
  reader.at++;
  return inner;
}

/** A string without escapes or line breaks, and alone: adjacent strings would be one. */
function readString(reader: Reader, quote: number): JinjaExpression | undefined {
  const { text, at: from } = reader;
  for (let at = from + 1; at < reader.to; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      reader.at = at + 1;
      return { kind: 'string', value: text.slice(from + 1, at), span: { from, to: reader.at } };
    }
    if (code === 92 || code === 10 || code === 13) return undefined;
  }
  return undefined;
}

/** Decimal digits that begin with no zero, unless they are one zero. */
function readInteger(reader: Reader): JinjaExpression | undefined {
  const { at: from } = reader;
  do reader.at++;
  while (isDigit(codeAt(reader)));
  const code = codeAt(reader);
  if (code === DOT || isLetter(code) || code >= 128) return undefined;
  const digits = reader.text.slice(from, reader.at);
  return digits.length > 1 && digits.startsWith('0') ? undefined : { kind: 'integer', text: digits, span: { from, to: reader.at } };
}

/**
 * Items up to a closing bracket, with commas between them and perhaps behind the last, from the opening bracket to behind the closing one.
 * False if `readOne` says so of an item, or if something else stands between two.
 */
function readItems(reader: Reader, close: number, readOne: () => boolean): boolean {
  reader.at++;
  for (;;) {
    skipBlanks(reader);
    if (codeAt(reader) === close) break;
    if (!readOne()) return false;
    skipBlanks(reader);
    const next = codeAt(reader);
    if (next === COMMA) reader.at++;
    else if (next !== close) return false;
  }
  reader.at++;
  return true;
}

function readList(reader: Reader, depth: number): JinjaExpression | undefined {
  const { at: from } = reader;
  const items: JinjaExpression[] = [];
  const isPlain = readItems(reader, CLOSE_BRACKET, () => {
    const item = readConditional(reader, depth + 1);
    if (item !== undefined) items.push(item);
    return item !== undefined;
  });
  return isPlain ? { kind: 'list', items, span: { from, to: reader.at } } : undefined;
}

function readDict(reader: Reader, depth: number): JinjaExpression | undefined {
  const { at: from } = reader;
  const entries: { readonly key: JinjaExpression; readonly value: JinjaExpression }[] = [];
  const isPlain = readItems(reader, CLOSE_BRACE, () => {
    const key = readConditional(reader, depth + 1);
    skipBlanks(reader);
    if (key === undefined || codeAt(reader) !== COLON) return false;
    reader.at++;
    const value = readConditional(reader, depth + 1);
    if (value !== undefined) entries.push({ key, value });
    return value !== undefined;
  });
  return isPlain ? { kind: 'dict', entries, span: { from, to: reader.at } } : undefined;
}

function readAttribute(reader: Reader, object: JinjaExpression, from: number): JinjaExpression | undefined {
  reader.at++;
  const name = readWord(reader);
  // Blanks after the dot and numbers go the long way.
  return name === '' || KEYWORDS.has(name) ? undefined : { kind: 'attribute', object, name, span: { from, to: reader.at } };
}

/** One index; slices and tuples go the long way. */
function readItem(reader: Reader, object: JinjaExpression, from: number, depth: number): JinjaExpression | undefined {
  reader.at++;
  const index = readConditional(reader, depth + 1);
  skipBlanks(reader);
  if (index === undefined || codeAt(reader) !== CLOSE_BRACKET) return undefined;
  reader.at++;
  return { kind: 'item', object, index, span: { from, to: reader.at } };
}

function readCall(reader: Reader, callee: JinjaExpression, from: number, depth: number): JinjaExpression | undefined {
  const args = readArguments(reader, depth);
  return args === undefined ? undefined : { kind: 'call', callee, arguments: args, span: { from, to: reader.at } };
}

function readArguments(reader: Reader, depth: number): JinjaArguments | undefined {
  const positional: JinjaExpression[] = [];
  const keyword: JinjaArguments['keyword'][number][] = [];
  const isPlain = readItems(reader, CLOSE_PAREN, () => {
    const { at: from } = reader;
    const name = keywordName(reader);
    const value = readConditional(reader, depth + 1);
    // A name that is given twice is a fault, about which the long way knows what to say; so is a value behind those with names.
    if (value === undefined || (name === undefined ? keyword.length > 0 : keyword.some((other) => other.name === name))) return false;
    if (name === undefined) positional.push(value);
    else keyword.push({ name, value, span: { from, to: reader.at } });
    return true;
  });
  return isPlain ? { positional, keyword, star: undefined, doubleStar: undefined } : undefined;
}

/** Goes past `name =` to the value; stays where it is if there is no such thing. */
function keywordName(reader: Reader): string | undefined {
  const { at: from } = reader;
  const word = readWord(reader);
  if (word !== '' && !KEYWORDS.has(word)) {
    skipBlanks(reader);
    if (codeAt(reader) === EQUALS && reader.text.charCodeAt(reader.at + 1) !== EQUALS) {
      reader.at++;
      skipBlanks(reader);
      return word;
    }
  }
  reader.at = from;
  return undefined;
}
