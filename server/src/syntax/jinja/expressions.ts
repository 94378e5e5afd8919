/** Turns the Lezer tree of the inside of one Jinja tag into the shapes of jinja-ast.ts. */

import type { TreeCursor } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import type { Span } from '../../base/span.ts';
import { parser as jinjaTagParser } from './generated/jinja-parser.ts';
import * as term from './generated/jinja-parser.terms.ts';
import type {
  JinjaArguments,
  JinjaBinaryOperator,
  JinjaComparison,
  JinjaExpression,
  JinjaParameter,
  JinjaTarget,
} from './ast.ts';
import { skipSpace } from '../../base/python-space.ts';
import { decodeJinjaString } from './strings.ts';

/** The name that stands where broken source leaves no expression; no template can define it. */
export const MISSING_NAME = '';

/** An expression of more levels than this makes Jinja2 give up with Python's RecursionError, roughly. */
const MAX_EXPRESSION_HEIGHT = 250;

/** Deeper trees than this are not walked. */
const MAX_WALK_DEPTH = 400;

/** Jinja2's shapes of tag; each is a top rule of the grammar. */
export type JinjaTagShape =
  | 'Output'
  | 'Condition'
  | 'For'
  | 'Set'
  | 'Macro'
  | 'CallBlock'
  | 'CallWithSignature'
  | 'FilterBlock'
  | 'With'
  | 'Print'
  | 'Materialization'
  | 'NamedBlock';

interface ParserPair {
  /** Throws at the first token that does not fit; nothing else tells so fast that a tag is clean. */
  readonly strict: LRParser;
  readonly tolerant: LRParser;
}

const parsers = new Map<JinjaTagShape, ParserPair>();

function parsersOf(shape: JinjaTagShape): ParserPair {
  const known = parsers.get(shape);
  if (known !== undefined) return known;
  const tolerant = jinjaTagParser.configure({ top: shape });
  const pair = { strict: tolerant.configure({ strict: true }), tolerant };
  parsers.set(shape, pair);
  return pair;
}

/** The walk over the tree of one tag. Offsets of the tree are relative to `base`. */
export interface TagReader {
  readonly text: string;
  readonly base: number;
  readonly cursor: TreeCursor;
  /** Levels of the expression that was read last. */
  height: number;
  /** Levels of the tree above the cursor. */
  depth: number;
  readonly report: (message: string, span: Span, code?: string) => void;
}

/** A cursor on the tree of `text[from, to)`, or the offset of the first token that does not fit. */
export function parseTag(
  shape: JinjaTagShape,
  text: string,
  from: number,
  to: number,
): { readonly cursor: TreeCursor; readonly errorAt?: undefined } | { readonly cursor?: undefined; readonly errorAt: number } {
  try {
    return { cursor: parsersOf(shape).strict.parse(text.slice(from, to)).cursor() };
  } catch (error) {
    const position = error instanceof SyntaxError ? /at (\d+)$/u.exec(error.message)?.[1] : undefined;
    return { errorAt: from + Number(position ?? 0) };
  }
}

/** A cursor on the tree of `text[from, to)` with errors in it. */
export function parseBrokenTag(shape: JinjaTagShape, text: string, from: number, to: number): TreeCursor {
  return parsersOf(shape).tolerant.parse(text.slice(from, to)).cursor();
}

/** Enters the first child that is no error; the caller must call `leave` if and only if this is true. */
export function enter(r: TagReader): boolean {
  if (r.depth >= MAX_WALK_DEPTH) return false;
  if (!r.cursor.firstChild()) return false;
  if (r.cursor.type.isError && !advance(r)) {
    r.cursor.parent();
    return false;
  }
  r.depth++;
  return true;
}

/** Moves to the next sibling that is no error. */
export function advance(r: TagReader): boolean {
  while (r.cursor.nextSibling()) {
    if (!r.cursor.type.isError) return true;
  }
  return false;
}

/** The term under the cursor; a function, so that the compiler forgets it when the cursor moves. */
export function kindOf(r: TagReader): number {
  return r.cursor.type.id;
}

/** Goes back to the node that `enter` left. */
export function leave(r: TagReader): void {
  r.cursor.parent();
  r.depth--;
}

/** The span of the node under the cursor, in offsets of the whole text. */
export function spanOf(r: TagReader): Span {
  return { from: r.base + r.cursor.from, to: r.base + r.cursor.to };
}

/** The text of the node under the cursor. */
export function sourceOf(r: TagReader): string {
  return r.text.slice(r.base + r.cursor.from, r.base + r.cursor.to);
}

/** What stands for an expression that broken source lacks at `at`. */
export function missing(at: number): JinjaExpression {
  return { kind: 'name', name: MISSING_NAME, span: { from: at, to: at } };
}

/** The text of the identifier under the cursor, checked as Python's `str.isidentifier` does. */
export function readIdentifier(r: TagReader): string {
  const name = sourceOf(r);
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) < 0x80) continue;
    if (!/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name)) r.report('Invalid character in identifier', spanOf(r));
    break;
  }
  return name;
}

/** The expression under the cursor; the cursor stays. */
export function readExpression(r: TagReader): JinjaExpression {
  const expression = isLeftRecursive(kindOf(r)) ? readChain(r) : readOperand(r);
  if (r.height <= MAX_EXPRESSION_HEIGHT) return expression;
  r.report('This expression is nested too deeply.', expression.span, 'jinja-too-deep');
  r.height = 1;
  return { kind: 'name', name: MISSING_NAME, span: expression.span };
}

/** The terms whose first child is their left operand. */
const LEFT_RECURSIVE: ReadonlySet<number> = new Set([
  term.Attribute,
  term.Subscript,
  term.Call,
  term.TestAttribute,
  term.TestSubscript,
  term.TestCall,
  term.Filter,
  term.Test,
  term.Power,
  term.Product,
  term.Concat,
  term.Sum,
  term.Compare,
  term.And,
  term.Or,
]);

const OPERANDS: ReadonlySet<number> = new Set([
  term.Identifier,
  term.String,
  term.AdjacentStrings,
  term.Integer,
  term.Float,
  term.List,
  term.Dict,
  term.Paren,
  term.Signed,
  term.Not,
]);

function isLeftRecursive(kind: number): boolean {
  return LEFT_RECURSIVE.has(kind);
}

/** A chain of operators and trailers under way, from its innermost left operand outwards. */
interface Chain {
  left: JinjaExpression;
  height: number;
  /** Where the chain begins, parentheses included. */
  readonly from: number;
  /** The parts of `left`, if it is a `concat` that the next `~` continues. */
  parts: JinjaExpression[] | undefined;
  /** The comparisons of `left`, if it is a `compare` that the next operator continues. */
  comparisons: JinjaComparisonOperand[] | undefined;
  /** Whether a filter or test was applied, so that `.` and `[` may not follow. */
  isFiltered: boolean;
  /** Whether `left` is a test without arguments, so that `is` may not follow. */
  isBareTest: boolean;
}

interface JinjaComparisonOperand {
  readonly operator: JinjaComparison;
  readonly operand: JinjaExpression;
}

/** Goes down the left operands to the innermost and builds outwards without recursion: `a ~ b ~ …` may be long. */
function readChain(r: TagReader): JinjaExpression {
  const from = r.base + r.cursor.from;
  const kinds: number[] = [];
  const ends: number[] = [];
  let isLeftMissing = false;
  while (isLeftRecursive(kindOf(r)) && !isLeftMissing) {
    const kind = kindOf(r);
    const end = r.base + r.cursor.to;
    if (!r.cursor.firstChild()) break;
    kinds.push(kind);
    ends.push(end);
    // In broken source the left operand may be missing: the first child is then an error or the operator itself.
    const hasChild = !r.cursor.type.isError || advance(r);
    isLeftMissing = !hasChild || !(OPERANDS.has(kindOf(r)) || isLeftRecursive(kindOf(r)));
  }
  r.height = 1;
  const left = isLeftMissing ? missing(from) : readOperand(r);
  const chain: Chain = {
    left,
    height: r.height,
    from,
    parts: undefined,
    comparisons: undefined,
    isFiltered: false,
    isBareTest: false,
  };
  for (let index = kinds.length - 1; index >= 0; index--) {
    const innermost = index === kinds.length - 1;
    const isOnRest = innermost && isLeftMissing ? !r.cursor.type.isError : advance(r);
    extendChain(r, chain, kinds[index] ?? 0, ends[index] ?? from, isOnRest);
    r.cursor.parent();
  }
  r.height = chain.height;
  return chain.left;
}

/**
 * Applies what follows the left operand in a node that ends at `to`. The cursor is on the first child after it, unless
 * there is none.
 */
function extendChain(r: TagReader, chain: Chain, kind: number, to: number, hasMore: boolean): void {
  const { left, from } = chain;
  const { parts, comparisons, isFiltered, isBareTest } = chain;
  chain.parts = undefined;
  chain.comparisons = undefined;
  chain.isFiltered = false;
  chain.isBareTest = false;
  r.height = 0;
  const isSubscript = kind === term.Subscript || kind === term.TestSubscript;
  if (!hasMore && !isSubscript && kind !== term.Attribute && kind !== term.TestAttribute) return;
  switch (kind) {
    case term.Attribute:
    case term.TestAttribute:
    case term.Subscript:
    case term.TestSubscript: {
      const isAttribute = kind === term.Attribute || kind === term.TestAttribute;
      if (isFiltered) {
        const at = skipSpace(r.text, left.span.to, to);
        r.report(`unexpected '${r.text.charAt(at)}'`, { from: at, to: at + 1 });
      }
      if (isAttribute) {
        chain.left = hasMore
          ? readAttribute(r, left, { from, to })
          : { kind: 'attribute', object: left, name: MISSING_NAME, span: { from, to } };
        break;
      }
      const span = { from: left.span.to, to };
      const index: JinjaExpression = hasMore ? readSubscripts(r, span) : { kind: 'tuple', items: [], span };
      chain.left = { kind: 'item', object: left, index, span: { from, to } };
      break;
    }
    case term.Call:
    case term.TestCall:
      chain.left = { kind: 'call', callee: left, arguments: readArguments(r), span: { from, to } };
      chain.isFiltered = isFiltered;
      break;
    case term.Filter:
      chain.left = readFilterParts(r, left, { from, to });
      chain.isFiltered = true;
      break;
    case term.Test: {
      if (isBareTest) r.report('You cannot chain multiple tests with is', spanOf(r));
      const test = readTest(r, left, { from, to });
      chain.left = test.expression;
      chain.isFiltered = true;
      chain.isBareTest = test.isBare;
      break;
    }
    case term.Concat: {
      const list = parts ?? [left];
      list.push(readTightOperand(r));
      chain.left = { kind: 'concat', parts: list, span: { from, to } };
      chain.parts = list;
      if (parts !== undefined) chain.height--;
      break;
    }
    case term.Compare: {
      const list = comparisons ?? [];
      const first = comparisons !== undefined && left.kind === 'compare' ? left.first : left;
      list.push(readComparison(r, to));
      chain.left = { kind: 'compare', first, rest: list, span: { from, to } };
      chain.comparisons = list;
      if (comparisons !== undefined) chain.height--;
      break;
    }
    default:
      chain.left = readBinary(r, left, kind, { from, to });
  }
  chain.height = Math.max(chain.height, r.height) + 1;
}

const BINARY_OPERATORS: ReadonlyMap<number, JinjaBinaryOperator> = new Map([
  [term.Plus, '+'],
  [term.Minus, '-'],
  [term.Times, '*'],
  [term.Divide, '/'],
  [term.FloorDivide, '//'],
  [term.Modulo, '%'],
  [term.StarStar, '**'],
]);

function readBinary(r: TagReader, left: JinjaExpression, kind: number, span: Span): JinjaExpression {
  let operator: JinjaBinaryOperator = '+';
  let right: JinjaExpression | undefined;
  do {
    const id = kindOf(r);
    const found = BINARY_OPERATORS.get(id);
    if (found !== undefined) operator = found;
    else if (id !== term.AndWord && id !== term.OrWord) {
      right = kind === term.And || kind === term.Or ? readExpression(r) : readTightOperand(r);
    }
  } while (advance(r));
  right ??= missing(span.to);
  if (kind === term.And) return { kind: 'and', left, right, span };
  if (kind === term.Or) return { kind: 'or', left, right, span };
  return { kind: 'binary', operator, left, right, span };
}

function readComparison(r: TagReader, to: number): JinjaComparisonOperand {
  let operator: JinjaComparison = '==';
  let operand: JinjaExpression | undefined;
  do {
    const id = kindOf(r);
    if (id === term.CompareOp) operator = comparisonOf(sourceOf(r));
    else if (id === term.CompareNot) operator = 'not in';
    else if (id === term.In) operator = operator === 'not in' ? operator : 'in';
    else operand = readTightOperand(r);
  } while (advance(r));
  return { operator, operand: operand ?? missing(to) };
}

function comparisonOf(text: string): JinjaComparison {
  switch (text) {
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return text;
    default:
      return '==';
  }
}

/** The operand of an operator that binds tighter than `not`, where Jinja2 takes `not` for a plain name. */
function readTightOperand(r: TagReader): JinjaExpression {
  if (kindOf(r) === term.Not) {
    const { from } = spanOf(r);
    r.report("unexpected 'not'", { from, to: from + 3 });
  }
  return readExpression(r);
}

function readOperand(r: TagReader): JinjaExpression {
  const span = spanOf(r);
  switch (kindOf(r)) {
    case term.Identifier:
      r.height = 1;
      return readName(readIdentifier(r), span);
    case term.String:
      r.height = 1;
      return { kind: 'string', value: readString(r), span };
    case term.AdjacentStrings:
      r.height = 1;
      return { kind: 'string', value: readStrings(r), span };
    case term.Integer:
      r.height = 1;
      return { kind: 'integer', text: sourceOf(r).replaceAll('_', ''), span };
    case term.Float:
      r.height = 1;
      return { kind: 'float', value: Number(sourceOf(r).replaceAll('_', '')), span };
    case term.List:
      return { kind: 'list', items: readItems(r), span };
    case term.Tuple:
    case term.PlainTuple:
      return { kind: 'tuple', items: readItems(r), span };
    case term.Dict:
      return { kind: 'dict', entries: readEntries(r), span };
    case term.Paren:
      return readParen(r, span);
    case term.Signed:
    case term.Not:
      return readPrefix(r, span);
    case term.Conditional:
      return readConditional(r, span);
    default:
      r.height = 1;
      return missing(span.from);
  }
}

function readName(name: string, span: Span): JinjaExpression {
  switch (name) {
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
      return { kind: 'name', name, span };
  }
}

function readString(r: TagReader): string {
  const decoded = decodeJinjaString(r.text.slice(r.base + r.cursor.from + 1, r.base + r.cursor.to - 1));
  if (decoded.problem !== undefined) r.report(decoded.problem, spanOf(r));
  return decoded.value;
}

/** Adjacent literals are one string. */
function readStrings(r: TagReader): string {
  let value = '';
  if (!enter(r)) return value;
  do {
    value += readString(r);
  } while (advance(r));
  leave(r);
  return value;
}

function readItems(r: TagReader): JinjaExpression[] {
  const items: JinjaExpression[] = [];
  let height = 0;
  if (enter(r)) {
    do {
      items.push(readExpression(r));
      height = Math.max(height, r.height);
    } while (advance(r));
    leave(r);
  }
  r.height = height + 1;
  return items;
}

function readEntries(r: TagReader): { readonly key: JinjaExpression; readonly value: JinjaExpression }[] {
  const entries: { readonly key: JinjaExpression; readonly value: JinjaExpression }[] = [];
  let height = 0;
  if (enter(r)) {
    do {
      if (kindOf(r) !== term.Pair) continue;
      const end = spanOf(r).to;
      let key: JinjaExpression | undefined;
      let value: JinjaExpression | undefined;
      if (enter(r)) {
        let beforeColon = true;
        do {
          if (kindOf(r) === term.Colon) beforeColon = false;
          else if (beforeColon) key = readExpression(r);
          else value = readExpression(r);
          height = Math.max(height, r.height);
        } while (advance(r));
        leave(r);
      }
      entries.push({ key: key ?? missing(end), value: value ?? missing(end) });
    } while (advance(r));
    leave(r);
  }
  r.height = height + 1;
  return entries;
}

function readParen(r: TagReader, span: Span): JinjaExpression {
  r.height = 1;
  if (!enter(r)) {
    // Unwalked is not empty: beyond the depth limit the contents are unknown.
    if (r.depth >= MAX_WALK_DEPTH) r.height = MAX_EXPRESSION_HEIGHT + 1;
    return { kind: 'tuple', items: [], span };
  }
  const inner = readExpression(r);
  leave(r);
  return inner.kind === 'tuple' ? { ...inner, span } : inner;
}

/** The cursor is on what follows the dot. */
function readAttribute(r: TagReader, object: JinjaExpression, reach: Span): JinjaExpression {
  const span = spanOf(r);
  const id = kindOf(r);
  const name = id === term.Identifier ? readIdentifier(r) : sourceOf(r);
  if (id === term.Identifier) return { kind: 'attribute', object, name, span: reach };
  if (id === term.Integer) {
    return { kind: 'item', object, index: { kind: 'integer', text: name.replaceAll('_', ''), span }, span: reach };
  }
  // `a.0.1` are two items: after a dot Jinja2's lexer sees no float.
  const dot = name.indexOf('.');
  const indexes = dot < 0 ? [] : [name.slice(0, dot), name.slice(dot + 1)];
  const [first, second] = indexes;
  if (first === undefined || second === undefined || !indexes.every((part) => /^(?:[1-9][\d_]*|0[0_]*)$/u.test(part))) {
    r.report('expected name or number', span);
    return { kind: 'attribute', object, name: MISSING_NAME, span: reach };
  }
  const middle = span.from + dot;
  const inner: JinjaExpression = {
    kind: 'item',
    object,
    index: { kind: 'integer', text: first.replaceAll('_', ''), span: { from: span.from, to: middle } },
    span: { from: reach.from, to: middle },
  };
  return {
    kind: 'item',
    object: inner,
    index: { kind: 'integer', text: second.replaceAll('_', ''), span: { from: middle + 1, to: span.to } },
    span: reach,
  };
}

/** The cursor is on the first of what stands between the brackets. */
function readSubscripts(r: TagReader, span: Span): JinjaExpression {
  const items: JinjaExpression[] = [];
  let height = 0;
  do {
    items.push(kindOf(r) === term.Slice ? readSlice(r) : readExpression(r));
    height = Math.max(height, r.height);
  } while (advance(r));
  r.height = height;
  const [only] = items;
  if (only !== undefined && items.length === 1) return only;
  // Jinja2's parser lets `a[1:, 2]` pass, but the Python code that it compiles to is invalid.
  const slice = items.find((item) => item.kind === 'slice');
  if (slice !== undefined) r.report('invalid syntax', slice.span);
  return { kind: 'tuple', items, span };
}

function readSlice(r: TagReader): JinjaExpression {
  const span = spanOf(r);
  const parts: (JinjaExpression | undefined)[] = [undefined, undefined, undefined];
  let height = 0;
  if (enter(r)) {
    let index = 0;
    do {
      if (kindOf(r) === term.Colon) index++;
      else if (index < parts.length) {
        parts[index] = readExpression(r);
        height = Math.max(height, r.height);
      }
    } while (advance(r));
    leave(r);
  }
  r.height = height + 1;
  return { kind: 'slice', start: parts[0], stop: parts[1], step: parts[2], span };
}

const NO_ARGUMENTS: JinjaArguments = { positional: [], keyword: [], star: undefined, doubleStar: undefined };

function readArguments(r: TagReader): JinjaArguments {
  const positional: JinjaExpression[] = [];
  const keyword: { readonly name: string; readonly value: JinjaExpression; readonly span: Span }[] = [];
  let star: JinjaExpression | undefined;
  let doubleStar: JinjaExpression | undefined;
  let height = 0;
  if (!enter(r)) {
    r.height = 0;
    return NO_ARGUMENTS;
  }
  do {
    const span = spanOf(r);
    const id = kindOf(r);
    const misplaced =
      (id === term.Star && (star !== undefined || doubleStar !== undefined)) ||
      doubleStar !== undefined ||
      (id !== term.Star && id !== term.DoubleStar && id !== term.Keyword && (star !== undefined || keyword.length > 0));
    if (misplaced) r.report('invalid syntax for function call expression', span);
    if (id === term.Keyword) keyword.push(readKeyword(r, span));
    else if (id === term.Star) star = readLastChild(r);
    else if (id === term.DoubleStar) doubleStar = readLastChild(r);
    else positional.push(readExpression(r));
    height = Math.max(height, r.height);
  } while (advance(r));
  leave(r);
  reportRepeatedKeyword(r, keyword);
  r.height = height;
  return { positional, keyword, star, doubleStar };
}

const PYTHON_KEYWORD =
  /^(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)$/u;

/** The Python code that Jinja2 compiles to does not repeat a keyword, unless one of them must hide in a dict. */
function reportRepeatedKeyword(r: TagReader, keyword: readonly { readonly name: string; readonly span: Span }[]): void {
  if (keyword.length < 2) return;
  const seen = new Set<string>();
  for (const { name, span } of keyword) {
    if (seen.has(name) && !keyword.some((other) => PYTHON_KEYWORD.test(other.name))) {
      r.report(`keyword argument repeated: ${name}`, span, 'jinja-repeated-keyword');
    }
    seen.add(name);
  }
}

function readKeyword(r: TagReader, span: Span): { readonly name: string; readonly value: JinjaExpression; readonly span: Span } {
  let name = MISSING_NAME;
  let value = missing(span.to);
  r.height = 1;
  if (enter(r)) {
    name = readIdentifier(r);
    if (advance(r)) value = readExpression(r);
    leave(r);
  }
  return { name, value, span };
}

function readLastChild(r: TagReader): JinjaExpression {
  let value = missing(spanOf(r).to);
  r.height = 1;
  if (enter(r)) {
    while (advance(r));
    if (kindOf(r) !== term.Times && kindOf(r) !== term.StarStar) value = readExpression(r);
    leave(r);
  }
  return value;
}

/** A `FirstFilter` or `NextFilter` under the cursor, applied to `input`. */
export function readFilter(r: TagReader, input: JinjaExpression, span: Span): JinjaExpression {
  if (!enter(r)) return { kind: 'filter', input, name: MISSING_NAME, arguments: NO_ARGUMENTS, span };
  const filter = readFilterParts(r, input, span);
  leave(r);
  return filter;
}

/** The cursor is on the name of the filter. */
function readFilterParts(r: TagReader, input: JinjaExpression, span: Span): JinjaExpression {
  let name = MISSING_NAME;
  let args = NO_ARGUMENTS;
  do {
    if (kindOf(r) === term.DottedName) name = readDottedName(r);
    else if (kindOf(r) === term.Arguments) args = readArguments(r);
  } while (advance(r));
  return { kind: 'filter', input, name, arguments: args, span };
}

/** The cursor is on the word `is`. */
function readTest(r: TagReader, input: JinjaExpression, span: Span): { expression: JinjaExpression; isBare: boolean } {
  let name = MISSING_NAME;
  let args = NO_ARGUMENTS;
  let negated = false;
  let isBare = true;
  do {
    const id = kindOf(r);
    if (id === term.Is) continue;
    if (id === term.NotWord) negated = true;
    else if (id === term.DottedName) name = readDottedName(r);
    else {
      isBare = false;
      args = id === term.Arguments ? readArguments(r) : { ...NO_ARGUMENTS, positional: [readExpression(r)] };
    }
  } while (advance(r));
  return { expression: { kind: 'test', input, name, arguments: args, negated, span }, isBare };
}

function readDottedName(r: TagReader): string {
  let name = '';
  if (!enter(r)) return name;
  do {
    name += name === '' ? readIdentifier(r) : `.${readIdentifier(r)}`;
  } while (advance(r));
  leave(r);
  return name;
}

function readPrefix(r: TagReader, span: Span): JinjaExpression {
  let kind: 'not' | 'negative' | 'positive' = 'not';
  let operand = missing(span.to);
  r.height = MAX_EXPRESSION_HEIGHT + 1;
  if (enter(r)) {
    r.height = 1;
    do {
      if (kindOf(r) === term.Minus) kind = 'negative';
      else if (kindOf(r) === term.Plus) kind = 'positive';
      else if (kindOf(r) !== term.NotWord) operand = kind === 'not' ? readExpression(r) : readTightOperand(r);
    } while (advance(r));
    leave(r);
    r.height++;
  }
  return { kind, operand, span };
}

/**
 * `a if b else c` and its chains, a flat list of operands and words: `a if b if c` is `(a if b) if c`, whereas all
 * that follows an `else` belongs to it.
 */
function readConditional(r: TagReader, span: Span): JinjaExpression {
  if (!enter(r)) {
    r.height = MAX_EXPRESSION_HEIGHT + 1;
    return missing(span.from);
  }
  const parts: ('if' | 'else' | JinjaExpression)[] = [];
  let height = 0;
  do {
    const id = kindOf(r);
    if (id === term.If) parts.push('if');
    else if (id === term.Else) parts.push('else');
    else {
      parts.push(readExpression(r));
      height = Math.max(height, r.height);
    }
  } while (advance(r));
  leave(r);

  // Segments between `else` words; each is `then if test if test …`, and nests in the one before.
  let result: JinjaExpression | undefined;
  let end = parts.length;
  for (let index = parts.length - 1; index >= -1; index--) {
    if (index >= 0 && parts[index] !== 'else') continue;
    const operands = parts.slice(index + 1, end).filter((part) => part !== 'if' && part !== 'else');
    result = nestConditional(operands, result, span);
    end = index;
    height++;
  }
  r.height = height + parts.length / 2;
  return result ?? missing(span.from);
}

function nestConditional(
  operands: readonly JinjaExpression[],
  otherwise: JinjaExpression | undefined,
  span: Span,
): JinjaExpression | undefined {
  const [first, ...tests] = operands;
  if (first === undefined) return otherwise;
  let then = first;
  for (const [index, test] of tests.entries()) {
    const isLast = index === tests.length - 1;
    const last = isLast && otherwise !== undefined ? otherwise : test;
    then = {
      kind: 'conditional',
      test,
      then,
      otherwise: isLast ? otherwise : undefined,
      span: { from: first.span.from, to: Math.min(last.span.to, span.to) },
    };
  }
  return then;
}

/** Targets under the cursor: `ForTargets`, `SetTargets`, `WithTargets` or `TargetTuple`. */
export function readTargets(r: TagReader): JinjaTarget {
  const span = spanOf(r);
  const isParenthesised = kindOf(r) === term.TargetTuple;
  const items: JinjaTarget[] = [];
  if (enter(r)) {
    do {
      items.push(readTarget(r));
    } while (advance(r));
    leave(r);
  }
  const source = r.text.slice(span.from, span.to);
  const [only] = items;
  const hasTrailingComma = isParenthesised ? /,\s*\)$/u.test(source) : source.endsWith(',');
  if (only !== undefined && items.length === 1 && !hasTrailingComma) return only;
  if (only === undefined && !isParenthesised) return { kind: 'name', name: MISSING_NAME, span };
  return { kind: 'tuple', items, span };
}

function readTarget(r: TagReader): JinjaTarget {
  const span = spanOf(r);
  if (kindOf(r) === term.TargetTuple) return readTargets(r);
  if (kindOf(r) === term.NamespaceAttribute) {
    let object = MISSING_NAME;
    let name = MISSING_NAME;
    if (enter(r)) {
      object = readIdentifier(r);
      if (advance(r)) name = readIdentifier(r);
      leave(r);
    }
    return { kind: 'namespace-attribute', object, name, span };
  }
  const name = readIdentifier(r);
  if (isConstantName(name)) r.report("can't assign to 'const'", span);
  return { kind: 'name', name, span };
}

/** Whether Jinja2 reads a name as a constant, so that nothing can be assigned to it. */
export function isConstantName(name: string): boolean {
  return /^(?:true|false|none|True|False|None)$/u.test(name);
}

/** The parameters of the `Signature` under the cursor. */
export function readSignature(r: TagReader): JinjaParameter[] {
  const parameters: JinjaParameter[] = [];
  if (!enter(r)) return parameters;
  do {
    if (kindOf(r) !== term.Parameter) continue;
    const parameter = readParameter(r);
    if (parameter.default === undefined && parameters.at(-1)?.default !== undefined) {
      r.report('non-default argument follows default argument', parameter.span);
    }
    if (parameters.some((other) => other.name === parameter.name && other.name !== MISSING_NAME)) {
      r.report(`duplicate argument '${parameter.name}' in function definition`, parameter.span);
    }
    parameters.push(parameter);
  } while (advance(r));
  leave(r);
  return parameters;
}

function readParameter(r: TagReader): JinjaParameter {
  const span = spanOf(r);
  let name = MISSING_NAME;
  let annotation: string | undefined;
  let value: JinjaExpression | undefined;
  if (enter(r)) {
    name = readIdentifier(r);
    if (isConstantName(name)) r.report("can't assign to 'name'", spanOf(r));
    while (advance(r)) {
      if (kindOf(r) === term.Type) annotation = sourceOf(r);
      else if (kindOf(r) !== term.Colon) value = readExpression(r);
    }
    leave(r);
  }
  return { name, default: value, annotation, span };
}
