/** Reads a Jinja template into the tree of jinja-ast.ts, accepting what Jinja2 3.1 accepts with dbt's extensions. */

import type { TreeCursor } from '@lezer/common';
import { skipSpace, trimSpaceEnd } from '../../base/python-space.ts';
import type { Span, SyntaxProblem } from '../../base/span.ts';
import * as term from './generated/jinja-parser.terms.ts';
import type { JinjaExpression, JinjaParameter, JinjaStatement, JinjaTarget, JinjaTemplate } from './ast.ts';
import {
  MISSING_NAME,
  advance,
  enter,
  isConstantName,
  kindOf,
  leave,
  missing,
  parseBrokenTag,
  parseTag,
  readExpression,
  readFilter,
  readIdentifier,
  readSignature,
  readTargets,
  spanOf,
  type JinjaTagShape,
  type TagReader,
} from './expressions.ts';
import {
  findLikelyTagEnd,
  findTagEnd,
  skipString,
  type LexerProblem,
  type TagEnd,
} from './lexer.ts';
import { readPlainAssignment, readPlainCondition, readPlainExpression, readPlainLoop, readPlainSignature } from './plain.ts';
import { normalizeNewlines } from './strings.ts';

export { MISSING_NAME } from './expressions.ts';

/** How to read a template. */
export interface JinjaParseOptions {
  /** Read only this part of the text, as a template of its own; offsets stay those of the whole text. */
  readonly range?: Span;
  /** False sends every expression through the grammar; what comes out is the same, only slower. */
  readonly shortWay?: boolean;
}

/** Blocks nested deeper than this make Python give up, roughly; what they hold is not read. */
const MAX_BLOCK_DEPTH = 100;

/** So many characters of broken tags are read as far as they make sense; that is slow, and nobody breaks more at once. */
const RECOVERY_BUDGET = 50_000;

/** A block whose end tag has not come yet. */
interface Frame {
  readonly tag: string;
  readonly openSpan: Span;
  /** Where the statements go that are read now. */
  body: JinjaStatement[];
  /** The tags that may come now, in Jinja2's order. */
  expected: readonly string[];
  /** Whether `break` and `continue` have a loop here. */
  inLoop: boolean;
  /** `elif` and `else` open a new body; the old one is kept by this. */
  readonly onMiddleTag: (tag: string, content: Content, likely: () => TagEnd) => void;
  /** The finished statement, given where it ends. */
  readonly finish: (to: number) => JinjaStatement | undefined;
}

/** The inside of a tag after its name. */
interface Content {
  readonly from: number;
  readonly to: number;
}

/**
 * The tree of a template. Never throws: broken tags are reported where Jinja2 would refuse them, read as far as they
 * make sense, and do not disturb the tags after them. Whitespace control is already applied to the `text` statements,
 * and like Jinja2 (dbt leaves `keep_trailing_newline` at its default) one newline at the very end is dropped.
 *
 * A place that lacks an expression holds the name `MISSING_NAME`, which no template can define.
 */
export function parseJinja(text: string, options: JinjaParseOptions = {}): JinjaTemplate {
  const range = options.range ?? { from: 0, to: text.length };
  return new TemplateParser(range.to === text.length ? text : text.slice(0, range.to), range.from, options.shortWay ?? true).parse();
}

/** The state of one run; a class only because a dozen functions share it. */
class TemplateParser {
  private readonly text: string;
  private readonly end: number;
  private readonly hasShortWay: boolean;
  private readonly problems: SyntaxProblem[] = [];
  private readonly frames: Frame[] = [];
  private readonly root: JinjaStatement[] = [];
  private body: JinjaStatement[] = this.root;
  /** Where reading goes on after the current tag; a broken tag may move it back. */
  private position: number;
  private stripNext = false;
  private tagFailed = false;
  private pending: LexerProblem | undefined;
  private recoveryBudget = RECOVERY_BUDGET;

  constructor(text: string, start: number, hasShortWay: boolean) {
    this.text = text;
    this.hasShortWay = hasShortWay;
    this.position = start;
    this.end = endWithoutNewline(text, start);
  }

  parse(): JinjaTemplate {
    const { text, end } = this;
    while (this.position < end) {
      const open = this.nextOpening(this.position);
      if (open < 0) {
        this.addText(this.position, end, false);
        break;
      }
      const kind = text.charAt(open + 1);
      const modifier = text.charAt(open + 2);
      const isModified = open + 2 < end && (modifier === '-' || modifier === '+');
      this.addText(this.position, open, isModified && modifier === '-');
      const inside = open + (isModified ? 3 : 2);
      if (kind === '#') this.readComment(open, inside);
      else if (kind === '{') this.readOutput(open, inside);
      else if (!this.readRaw(open, inside)) this.readBlockTag(open, inside);
    }
    this.closeAllFrames();
    this.problems.sort((a, b) => a.span.from - b.span.from || a.span.to - b.span.to);
    return { body: this.root, problems: this.problems };
  }

  private nextOpening(from: number): number {
    let at = this.text.indexOf('{', from);
    while (at >= 0 && at + 1 < this.end) {
      const next = this.text.charCodeAt(at + 1);
      if (next === 123 || next === 37 || next === 35) return at;
      at = this.text.indexOf('{', at + 1);
    }
    return -1;
  }

  private addText(from: number, to: number, stripEnd: boolean): void {
    const start = this.stripNext ? skipSpace(this.text, from, to) : from;
    this.stripNext = false;
    const stop = stripEnd ? trimSpaceEnd(this.text, start, to) : to;
    if (stop <= start) return;
    this.body.push({ kind: 'text', text: normalizeNewlines(this.text.slice(start, stop)), span: { from: start, to: stop } });
  }

  private report(code: string, message: string, span: Span): void {
    this.problems.push({ code, message, span });
  }

  private readComment(open: number, inside: number): void {
    const close = this.text.indexOf('#}', inside);
    if (close < 0 || close + 2 > this.end) {
      // A comment that opens at the very end escapes Jinja2's lexer.
      if (inside < this.end) {
        this.report('jinja-unclosed-comment', 'Missing end of comment tag', { from: open, to: open + 2 });
      }
      this.position = this.end;
      return;
    }
    this.stripNext = close > inside && this.text.charAt(close - 1) === '-';
    this.position = close + 2;
  }

  /** Reads `{% raw %} … {% endraw %}`; false if the tag at `open` is no raw tag. */
  private readRaw(open: number, inside: number): boolean {
    const { text, end } = this;
    const opening = matchAt(RAW_OPEN, text, inside, end);
    if (opening === undefined) return false;
    const from = skipIfMinus(text, opening, end);
    RAW_CLOSE.lastIndex = from;
    for (let closing = RAW_CLOSE.exec(text); closing !== null; closing = RAW_CLOSE.exec(text)) {
      const to = closing.index + closing[0].length;
      if (to > end) break;
      // The whitespace after `-%}` of the opening tag is already dropped; `{%-` drops what stands before it.
      const stop = closing[1] === '-' ? trimSpaceEnd(text, from, closing.index) : closing.index;
      if (stop > from) {
        this.body.push({ kind: 'text', text: normalizeNewlines(text.slice(from, stop)), span: { from, to: stop } });
      }
      this.stripNext = closing[0].endsWith('-%}');
      this.position = to;
      return true;
    }
    if (from < end) this.report('jinja-unclosed-block', 'Missing end of raw directive', { from: open, to: opening });
    this.position = end;
    return true;
  }

  // Tags.

  private beginTag(tag: TagEnd): void {
    this.tagFailed = false;
    this.position = tag.to;
    this.stripNext = tag.stripAfter;
    this.pending = tag.problem;
  }

  /** Reports what the lexer found wrong with the tag, unless the parser was faster. */
  private endTag(): void {
    if (this.pending !== undefined) this.fail(this.pending.message, this.pending.span, this.pending.code);
    this.pending = undefined;
  }

  /** Reports the first fault of a tag; those after it are mostly its consequences. */
  private fail(message: string, span: Span, code = 'jinja-syntax-error'): void {
    if (this.tagFailed) return;
    this.tagFailed = true;
    this.report(code, message, span);
  }

  private readOutput(open: number, inside: number): void {
    const tag = findTagEnd(this.text, inside, this.end, '{');
    this.beginTag(tag);
    if (tag.tooDeep) {
      this.endTag();
      return;
    }
    const plain = tag.problem === undefined && this.hasShortWay ? readPlainExpression(this.text, inside, tag.contentTo) : undefined;
    if (plain !== undefined) {
      this.body.push({ kind: 'output', expression: plain, span: { from: open, to: this.position } });
      return;
    }
    const likely = tag.problem === undefined ? findLikelyLazily(this.text, inside, this.end, '{') : () => tag;
    const expression = this.readContent('Output', { from: inside, to: tag.contentTo }, likely, '{', (r) =>
      enter(r) ? readExpression(r) : undefined,
    );
    this.endTag();
    if (expression === undefined) return;
    this.body.push({ kind: 'output', expression, span: { from: open, to: this.position } });
  }

  /**
   * Parses the inside of a tag and hands a cursor on its root to `read`. If it is broken and reached further than it
   * likely should, as an unclosed quote makes it, the likely end is believed instead.
   */
  private readContent<T>(
    shape: JinjaTagShape,
    content: Content,
    likelyEnd: () => TagEnd,
    kind: '{' | '%',
    read: (r: TagReader) => T,
  ): T {
    const { text } = this;
    const parsed = parseTag(shape, text, content.from, content.to);
    let cursor: TreeCursor;
    if (parsed.cursor !== undefined) cursor = parsed.cursor;
    else {
      const fault = describeFault(shape, text, content.from, content.to, parsed.errorAt, kind);
      const isCutShort = this.pending !== undefined && fault.isAtEnd;
      if (isCutShort || (this.pending?.at ?? Infinity) <= fault.span.from) this.endTag();
      else this.fail(fault.message, fault.span);
      const likely = likelyEnd();
      let { to } = content;
      if (likely.contentTo < content.to && likely.contentTo >= content.from) {
        to = likely.contentTo;
        this.position = likely.to;
        this.stripNext = likely.stripAfter;
      }
      this.recoveryBudget -= to - content.from;
      if (this.recoveryBudget < 0) to = content.from;
      cursor = parseBrokenTag(shape, text, content.from, to);
    }
    return read({
      text,
      base: content.from,
      cursor,
      height: 0,
      depth: 0,
      report: (message, span, code) => {
        this.fail(message, span, code);
      },
    });
  }

  private readBlockTag(open: number, inside: number): void {
    const { text, end } = this;
    const tag = findTagEnd(text, inside, end, '%');
    this.beginTag(tag);
    const nameFrom = skipSpace(text, inside, tag.contentTo);
    TAG_NAME.lastIndex = nameFrom;
    const name = TAG_NAME.exec(text)?.[0] ?? '';
    const nameTo = Math.min(nameFrom + name.length, tag.contentTo);
    if (name === '') this.fail('tag name expected', { from: nameFrom, to: Math.max(tag.contentTo, nameFrom) });
    else if (!tag.tooDeep) {
      const content: Content = { from: nameTo, to: tag.contentTo };
      const likely = tag.problem === undefined ? findLikelyLazily(text, inside, end, '%') : () => tag;
      const frame = this.frames.at(-1);
      if (frame?.expected.includes(name) === true) this.readExpectedTag(frame, name, content, likely);
      else this.readStatement(name, { from: nameFrom, to: nameTo }, open, content, likely);
    }
    this.endTag();
  }

  /** Whether what stands in the tag may be read the short way. */
  private isShort(): boolean {
    return this.pending === undefined && this.hasShortWay;
  }

  /** A middle tag or the end tag of the innermost block. */
  private readExpectedTag(frame: Frame, name: string, content: Content, likely: () => TagEnd): void {
    if (name.startsWith('end')) {
      const blockName = frame.tag === 'block' ? this.blockNameOf(frame) : undefined;
      this.expectNothing(content, blockName, false);
      this.closeFrame(this.position);
      return;
    }
    if (name === 'else') this.expectNothing(content, undefined, true);
    frame.onMiddleTag(name, content, likely);
    this.body = frame.body;
  }

  private blockNameOf(frame: Frame): string | undefined {
    return /^\{%[-+]?\s*block\s+(\w+)/u.exec(this.text.slice(frame.openSpan.from, frame.openSpan.to))?.[1];
  }

  /** Reports what stands in a tag that takes no arguments. */
  private expectNothing(content: Content, allowedName: string | undefined, allowColon: boolean): void {
    const from = skipSpace(this.text, content.from, content.to);
    const rest = this.text.slice(from, trimSpaceEnd(this.text, from, content.to));
    if (rest === '' || rest === allowedName || (allowColon && rest === ':')) return;
    const token = tokenAt(this.text, from, content.to);
    this.fail(`expected token 'end of statement block', got '${token.described}'`, { from, to: token.to });
  }

  private readStatement(name: string, nameSpan: Span, open: number, content: Content, likely: () => TagEnd): void {
    const { text } = this;
    const span = (): Span => ({ from: open, to: this.position });
    const header = <T>(shape: JinjaTagShape, read: (r: TagReader) => T): T =>
      this.readContent(shape, content, likely, '%', read);
    const openBlock = (
      tag: string,
      expected: readonly string[],
      finish: (body: readonly JinjaStatement[], span: Span) => JinjaStatement | undefined,
      loop: boolean | undefined,
    ): void => {
      const body: JinjaStatement[] = [];
      this.pushFrame({
        tag,
        openSpan: span(),
        body,
        expected,
        inLoop: loop ?? this.isInLoop(),
        onMiddleTag: () => undefined,
        finish: (to) => finish(body, { from: open, to }),
      });
    };

    switch (name) {
      case 'if':
        this.openIf(open, content, likely);
        return;
      case 'for':
        this.openFor(open, content, likely);
        return;
      case 'set': {
        const plain = this.isShort() ? readPlainAssignment(text, content.from, content.to) : undefined;
        const set = plain === undefined ? header('Set', readSetHeader) : { ...plain, filter: undefined };
        if (set.value !== undefined) {
          this.body.push({ kind: 'set', target: set.target, value: set.value, span: span() });
          return;
        }
        // A broken assignment is no block: its missing `{% endset %}` would drag the rest of the file along.
        const isNameless = set.target.kind === 'name' && set.target.name === MISSING_NAME;
        if (this.tagFailed && (isNameless || this.text.slice(content.from, content.to).includes('='))) return;
        openBlock(
          'set',
          ['endset'],
          (body, reach) => ({ kind: 'set-block', target: set.target, filter: set.filter, body, span: reach }),
          undefined,
        );
        return;
      }
      case 'macro':
      case 'test': {
        const plain = this.isShort() ? readPlainSignature(text, content.from, content.to) : undefined;
        const macro = plain ?? header('Macro', readMacroHeader);
        const macroName = name === 'test' ? `test_${macro.name}` : macro.name;
        openBlock(
          name,
          [`end${name}`],
          (body, reach) => ({
            kind: 'macro',
            tag: name,
            name: macro.name,
            nameSpan: macro.nameSpan,
            macroName,
            parameters: macro.parameters,
            body,
            span: reach,
          }),
          false,
        );
        return;
      }
      case 'materialization': {
        const made = header('Materialization', readMaterializationHeader);
        openBlock(
          name,
          ['endmaterialization'],
          (body, reach) => ({
            kind: 'macro',
            tag: 'materialization',
            name: made.name,
            nameSpan: made.nameSpan,
            macroName: `materialization_${made.name}_${made.adapter}`,
            parameters: made.parameters,
            body,
            span: reach,
          }),
          false,
        );
        return;
      }
      case 'docs': {
        const docs = header('NamedBlock', readNameHeader);
        openBlock(name, ['enddocs'], (body, reach) => ({ kind: 'docs', name: docs.name, body, span: reach }), false);
        return;
      }
      case 'call': {
        const first = this.text.charAt(skipSpace(this.text, content.from, content.to));
        const call = header(first === '(' ? 'CallWithSignature' : 'CallBlock', readCallHeader);
        openBlock(
          name,
          ['endcall'],
          (body, reach) => ({ kind: 'call-block', parameters: call.parameters, call: call.call, body, span: reach }),
          false,
        );
        return;
      }
      case 'filter': {
        const filter = header('FilterBlock', (r) => readFilterChain(r) ?? missing(content.to));
        openBlock(name, ['endfilter'], (body, reach) => ({ kind: 'filter-block', filter, body, span: reach }), undefined);
        return;
      }
      case 'with': {
        const assignments = header('With', readAssignments);
        openBlock(name, ['endwith'], (body, reach) => ({ kind: 'with', assignments, body, span: reach }), undefined);
        return;
      }
      case 'do': {
        const plain = this.isShort() ? readPlainExpression(text, content.from, content.to) : undefined;
        const expression = plain ?? header('Output', (r) => (enter(r) ? readExpression(r) : undefined));
        if (expression !== undefined) this.body.push({ kind: 'do', expression, span: span() });
        return;
      }
      case 'print': {
        for (const expression of header('Print', readExpressions)) {
          this.body.push({ kind: 'output', expression, span: span() });
        }
        return;
      }
      case 'break':
      case 'continue':
        this.expectNothing(content, undefined, false);
        // Jinja2's parser lets this pass, but the Python code that it compiles to does not.
        if (!this.isInLoop()) this.fail(`'${name}' outside loop`, nameSpan, 'jinja-misplaced-tag');
        this.body.push({ kind: name, span: span() });
        return;
      case 'autoescape':
        // Nothing is escaped in SQL: the tag is a scope, no more.
        header('CallBlock', () => undefined);
        openBlock(name, ['endautoescape'], (body, reach) => ({ kind: 'with', assignments: [], body, span: reach }), undefined);
        return;
      case 'block':
        // Without templates to extend, a block renders where it stands.
        openBlock(name, ['endblock'], (body, reach) => ({ kind: 'with', assignments: [], body, span: reach }), false);
        return;
      case 'include':
      case 'import':
      case 'from':
      case 'extends':
        this.body.push({ kind: 'unsupported', tag: name, span: span() });
        return;
      default:
        this.readUnknownTag(name, nameSpan, open);
    }
  }

  private openIf(open: number, content: Content, likely: () => TagEnd): void {
    const branches: { readonly test: JinjaExpression; readonly body: readonly JinjaStatement[] }[] = [];
    let otherwise: JinjaStatement[] = [];
    const readTest = (from: Content, end: () => TagEnd): JinjaExpression =>
      (this.isShort() ? readPlainCondition(this.text, from.from, from.to) : undefined) ??
      this.readContent('Condition', from, end, '%', (r) => this.readCondition(r, from));
    let body: JinjaStatement[] = [];
    branches.push({ test: readTest(content, likely), body });
    const frame: Frame = {
      tag: 'if',
      openSpan: { from: open, to: this.position },
      body,
      expected: ['elif', 'else', 'endif'],
      inLoop: this.isInLoop(),
      onMiddleTag: (tag, middle, end) => {
        body = [];
        frame.body = body;
        if (tag === 'elif') {
          branches.push({ test: readTest(middle, end), body });
          return;
        }
        otherwise = body;
        frame.expected = ['endif'];
      },
      finish: (to) => ({ kind: 'if', branches, otherwise, span: { from: open, to } }),
    };
    this.pushFrame(frame);
  }

  private readCondition(r: TagReader, content: Content): JinjaExpression {
    if (/,\s*:\s*$/u.test(this.text.slice(content.from, content.to))) {
      this.fail("unexpected ':'", { from: trimSpaceEnd(this.text, content.from, content.to) - 1, to: content.to });
    }
    return enter(r) ? readExpression(r) : missing(content.to);
  }

  private openFor(open: number, content: Content, likely: () => TagEnd): void {
    const plain = this.isShort() ? readPlainLoop(this.text, content.from, content.to) : undefined;
    const header = plain === undefined ? this.readContent('For', content, likely, '%', readForHeader) : { ...plain, filter: undefined, recursive: false };
    const body: JinjaStatement[] = [];
    let otherwise: JinjaStatement[] = [];
    const outerLoop = this.isInLoop();
    const frame: Frame = {
      tag: 'for',
      openSpan: { from: open, to: this.position },
      body,
      expected: ['endfor', 'else'],
      inLoop: true,
      onMiddleTag: () => {
        otherwise = [];
        frame.body = otherwise;
        frame.inLoop = outerLoop;
        frame.expected = ['endfor'];
      },
      finish: (to) => ({ kind: 'for', ...header, body, otherwise, span: { from: open, to } }),
    };
    this.pushFrame(frame);
  }

  private readUnknownTag(name: string, nameSpan: Span, open: number): void {
    const reach = Math.max(0, this.frames.length - MAX_BLOCK_DEPTH);
    let opener = this.frames.length - 1;
    while (opener >= reach && this.frames[opener]?.expected.includes(name) !== true) opener--;
    if (opener < reach) opener = -1;
    const isKnown = opener >= 0 || KNOWN_INNER_TAGS.has(name);
    this.fail(this.describeUnknown(name), nameSpan, isKnown ? 'jinja-misplaced-tag' : 'jinja-unknown-tag');
    if (opener < 0 || !name.startsWith('end')) return;
    // The end tag of an outer block: what is open inside of it ends here, and was just complained about.
    while (this.frames.length > opener + 1) this.closeFrame(open);
    this.closeFrame(this.position);
  }

  /** Jinja2's words for a tag that it does not know here; `undefined` is the end of the template. */
  private describeUnknown(name: string | undefined): string {
    const looking = this.frames.at(-1)?.expected.map((tag) => `'${tag}'`).join(' or ');
    const parts = [name === undefined ? 'Unexpected end of template.' : `Encountered unknown tag '${name}'.`];
    if (looking !== undefined) {
      parts.push(
        name !== undefined && this.frames.slice(-MAX_BLOCK_DEPTH).some((frame) => frame.expected.includes(name))
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      );
      parts.push(`The innermost block that needs to be closed is '${this.frames.at(-1)?.tag ?? ''}'.`);
    }
    return parts.join(' ');
  }

  // Blocks.

  private isInLoop(): boolean {
    return this.frames.at(-1)?.inLoop ?? false;
  }

  private pushFrame(frame: Frame): void {
    if (this.frames.length === MAX_BLOCK_DEPTH) {
      this.fail(`Blocks are nested more than ${String(MAX_BLOCK_DEPTH)} deep.`, frame.openSpan, 'jinja-too-deep');
    }
    this.frames.push(frame);
    this.body = frame.body;
  }

  private closeFrame(to: number): void {
    const frame = this.frames.pop();
    this.body = this.frames.at(-1)?.body ?? this.root;
    const statement = frame?.finish(to);
    if (statement !== undefined && this.frames.length < MAX_BLOCK_DEPTH) this.body.push(statement);
  }

  private closeAllFrames(): void {
    while (this.frames.length > 0) {
      const frame = this.frames.at(-1);
      if (frame !== undefined) this.report('jinja-unclosed-block', this.describeUnknown(undefined), frame.openSpan);
      this.closeFrame(this.end);
    }
  }
}

/** Tags that only make sense inside of or at the end of a block. */
const KNOWN_INNER_TAGS: ReadonlySet<string> = new Set([
  'elif',
  'else',
  ...['if', 'for', 'set', 'macro', 'test', 'materialization', 'docs', 'call', 'filter', 'with', 'raw', 'block', 'autoescape'].map(
    (tag) => `end${tag}`,
  ),
]);

const PYTHON_SPACE = '[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*';
const RAW_OPEN = new RegExp(`${PYTHON_SPACE}raw${PYTHON_SPACE}-?%\\}`, 'uy');
const RAW_CLOSE = new RegExp(`\\{%([-+]?)${PYTHON_SPACE}endraw${PYTHON_SPACE}[-+]?%\\}`, 'gu');
const TAG_NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;

function matchAt(pattern: RegExp, text: string, at: number, end: number): number | undefined {
  pattern.lastIndex = at;
  if (!pattern.test(text)) return undefined;
  return pattern.lastIndex <= end ? pattern.lastIndex : undefined;
}

/** After `-%}` of a raw tag its contents begin at the first character that is not whitespace. */
function skipIfMinus(text: string, tagEnd: number, end: number): number {
  return text.charAt(tagEnd - 3) === '-' ? skipSpace(text, tagEnd, end) : tagEnd;
}

function endWithoutNewline(text: string, start: number): number {
  const last = text.length - 1;
  if (last < start) return text.length;
  if (text.charAt(last) === '\n') return last > start && text.charAt(last - 1) === '\r' ? last - 1 : last;
  return text.charAt(last) === '\r' ? last : text.length;
}

function findLikelyLazily(text: string, inside: number, end: number, kind: '{' | '%'): () => TagEnd {
  return () => findLikelyTagEnd(text, inside, end, kind);
}

// The headers of statements.

interface ForHeader {
  readonly target: JinjaTarget;
  readonly iterable: JinjaExpression;
  readonly filter: JinjaExpression | undefined;
  readonly recursive: boolean;
}

function readForHeader(r: TagReader): ForHeader {
  const end = spanOf(r).to;
  let target: JinjaTarget = { kind: 'name', name: MISSING_NAME, span: { from: end, to: end } };
  let iterable: JinjaExpression | undefined;
  let filter: JinjaExpression | undefined;
  let recursive = false;
  let sawIf = false;
  if (enter(r)) {
    do {
      const id = kindOf(r);
      if (id === term.ForTargets) target = readTargets(r);
      else if (id === term.ForIn || id === term.Colon) continue;
      else if (id === term.If) sawIf = true;
      else if (id === term.Recursive) recursive = true;
      else if (sawIf) filter = readExpression(r);
      else iterable = readExpression(r);
    } while (advance(r));
    leave(r);
  }
  return { target, iterable: iterable ?? missing(end), filter, recursive };
}

interface SetHeader {
  readonly target: JinjaTarget;
  readonly value: JinjaExpression | undefined;
  readonly filter: JinjaExpression | undefined;
}

function readSetHeader(r: TagReader): SetHeader {
  const span = spanOf(r);
  let target: JinjaTarget = { kind: 'name', name: MISSING_NAME, span: { from: span.to, to: span.to } };
  let value: JinjaExpression | undefined;
  let filter: JinjaExpression | undefined;
  if (enter(r)) {
    do {
      const id = kindOf(r);
      if (id === term.SetTargets) target = readTargets(r);
      else if (id === term.NextFilter) filter = applyFilter(r, filter);
      else if (id !== term.Colon) value = readExpression(r);
    } while (advance(r));
    leave(r);
  }
  // `{% set a, %}` may begin a block, but nothing may follow the comma.
  const isTrailingComma = r.text.charAt(target.span.to - 1) === ',';
  if (isTrailingComma && r.text.slice(target.span.to, span.to).trim() !== '') {
    r.report('unexpected token after the comma', { from: target.span.to - 1, to: target.span.to });
  }
  if (value === undefined && /^[^=]*=\s*$/u.test(r.text.slice(span.from, span.to))) value = missing(span.to);
  return { target, value, filter };
}

function applyFilter(r: TagReader, input: JinjaExpression | undefined): JinjaExpression {
  const span = spanOf(r);
  const first = input ?? { kind: 'filter-input', span: { from: span.from, to: span.from } };
  return readFilter(r, first, { from: first.span.from, to: span.to });
}

function readFilterChain(r: TagReader): JinjaExpression | undefined {
  let filter: JinjaExpression | undefined;
  if (!enter(r)) return undefined;
  do {
    const id = kindOf(r);
    if (id === term.FirstFilter || id === term.NextFilter) filter = applyFilter(r, filter);
  } while (advance(r));
  leave(r);
  return filter;
}

interface NameHeader {
  readonly name: string;
  readonly nameSpan: Span;
}

function readNameHeader(r: TagReader): NameHeader {
  const end = spanOf(r).to;
  if (!enter(r)) return { name: MISSING_NAME, nameSpan: { from: end, to: end } };
  const header = readCurrentName(r);
  leave(r);
  return header;
}

function readCurrentName(r: TagReader): NameHeader {
  const nameSpan = spanOf(r);
  if (kindOf(r) !== term.Identifier) return { name: MISSING_NAME, nameSpan: { from: nameSpan.from, to: nameSpan.from } };
  const name = readIdentifier(r);
  if (isConstantName(name)) r.report("can't assign to 'name'", nameSpan);
  return { name, nameSpan };
}

function readMacroHeader(r: TagReader): NameHeader & { readonly parameters: readonly JinjaParameter[] } {
  const end = spanOf(r).to;
  let header: NameHeader = { name: MISSING_NAME, nameSpan: { from: end, to: end } };
  let parameters: readonly JinjaParameter[] = [];
  if (enter(r)) {
    do {
      if (kindOf(r) === term.Identifier && header.name === MISSING_NAME) header = readCurrentName(r);
      else if (kindOf(r) === term.Signature) parameters = readSignature(r);
    } while (advance(r));
    leave(r);
  }
  return { ...header, parameters };
}

function readMaterializationHeader(
  r: TagReader,
): NameHeader & { readonly adapter: string; readonly parameters: readonly JinjaParameter[] } {
  const end = spanOf(r).to;
  let header: NameHeader = { name: MISSING_NAME, nameSpan: { from: end, to: end } };
  let adapter = 'default';
  const parameters: JinjaParameter[] = [];
  if (enter(r)) {
    do {
      const id = kindOf(r);
      if (id === term.Identifier && header.name === MISSING_NAME) header = readCurrentName(r);
      if (id !== term.MaterializationArgument || !enter(r)) continue;
      const name = readIdentifier(r);
      const nameSpan = spanOf(r);
      const value = advance(r) ? readExpression(r) : undefined;
      leave(r);
      if (name === 'default' && value === undefined) continue;
      if (name === 'adapter' && value !== undefined) adapter = readAdapterName(r, value);
      else if (name === 'supported_languages' && value !== undefined) {
        parameters.push({ name, default: value, annotation: undefined, span: { from: nameSpan.from, to: value.span.to } });
      } else if (name === 'adapter' || name === 'supported_languages') {
        r.report("expected token '='", nameSpan);
      } else if (name === 'default') {
        r.report("expected token 'end of statement block', got '='", nameSpan);
      } else {
        r.report(`materialization '${header.name}' received unknown argument '${name}'.`, nameSpan);
      }
    } while (advance(r));
    leave(r);
  }
  if (parameters.length === 0) parameters.push(defaultLanguages(end));
  return { ...header, adapter, parameters };
}

/** dbt gives every materialization this parameter. */
function defaultLanguages(at: number): JinjaParameter {
  const span = { from: at, to: at };
  return {
    name: 'supported_languages',
    default: { kind: 'list', items: [{ kind: 'string', value: 'sql', span }], span },
    annotation: undefined,
    span,
  };
}

function readAdapterName(r: TagReader, value: JinjaExpression): string {
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'none':
      return 'default';
    case 'integer':
      return value.text;
    case 'boolean':
      return value.value ? 'True' : 'False';
    case 'float':
      return sourceBetween(r, value.span);
    default:
      r.report('The adapter of a materialization must be a string.', value.span);
      return 'default';
  }
}

function sourceBetween(r: TagReader, span: Span): string {
  return r.text.slice(span.from, span.to);
}

function readCallHeader(r: TagReader): { readonly parameters: readonly JinjaParameter[]; readonly call: JinjaExpression } {
  const span = spanOf(r);
  let parameters: readonly JinjaParameter[] = [];
  let call: JinjaExpression | undefined;
  if (enter(r)) {
    do {
      const id = kindOf(r);
      if (id === term.Signature) parameters = readSignature(r);
      else if (id !== term.Colon) call = readExpression(r);
    } while (advance(r));
    leave(r);
  }
  if (call?.kind !== 'call') r.report('expected call', call?.span ?? span);
  return { parameters, call: call ?? missing(span.to) };
}

function readAssignments(r: TagReader): { readonly target: JinjaTarget; readonly value: JinjaExpression }[] {
  const assignments: { readonly target: JinjaTarget; readonly value: JinjaExpression }[] = [];
  if (!enter(r)) return assignments;
  do {
    if (kindOf(r) !== term.Assignment) continue;
    const end = spanOf(r).to;
    let target: JinjaTarget | undefined;
    let value: JinjaExpression | undefined;
    if (enter(r)) {
      do {
        if (kindOf(r) === term.WithTargets) target = readTargets(r);
        else value = readExpression(r);
      } while (advance(r));
      leave(r);
    }
    assignments.push({
      target: target ?? { kind: 'name', name: MISSING_NAME, span: { from: end, to: end } },
      value: value ?? missing(end),
    });
  } while (advance(r));
  leave(r);
  return assignments;
}

function readExpressions(r: TagReader): JinjaExpression[] {
  const expressions: JinjaExpression[] = [];
  if (!enter(r)) return expressions;
  do {
    expressions.push(readExpression(r));
  } while (advance(r));
  leave(r);
  return expressions;
}

// The words of Jinja2 for a token that does not fit.

interface Token {
  readonly to: number;
  /** As Jinja2 names it: the word itself, the operator, or the kind of literal. */
  readonly described: string;
  readonly isOperand: boolean;
}

const WORD = /[\p{L}\p{N}_]+/uy;
const OPERATOR = /\/\/|\*\*|[=!<>]=|[-+/*%~[\](){}<>=.:|,;]/y;

function tokenAt(text: string, at: number, end: number): Token {
  const first = text.charAt(at);
  if (first === '"' || first === "'") {
    const to = skipString(text, at, end);
    return { to: to < 0 ? at + 1 : to, described: to < 0 ? first : 'string', isOperand: true };
  }
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0];
  if (word !== undefined) {
    const described = /^\d/u.test(word) ? 'integer' : word;
    const isOperand = !/^(?:and|or|not|in|is|if|else)$/u.test(word);
    return { to: Math.min(at + word.length, end), described, isOperand };
  }
  OPERATOR.lastIndex = at;
  const operator = OPERATOR.exec(text)?.[0] ?? first;
  return { to: Math.min(at + operator.length, end), described: operator, isOperand: /^[)\]}]$/u.test(operator) };
}

/** What Jinja2 would accept between two brackets, or outside of all of them, after an operand. */
interface OpenBracket {
  readonly bracket: string;
  readonly isCall: boolean;
  /** In a dict, whether the value has begun. */
  afterColon: boolean;
}

interface Fault {
  readonly message: string;
  readonly span: Span;
  readonly isAtEnd: boolean;
}

/** Jinja2's complaint about the token at or after `errorAt`, in a tag whose inside is `text[from, to)`. */
function describeFault(shape: JinjaTagShape, text: string, from: number, to: number, errorAt: number, kind: '{' | '%'): Fault {
  const end = trimSpaceEnd(text, from, to);
  const at = Math.min(skipSpace(text, Math.min(errorAt, to), to), to);
  const closing = kind === '{' ? 'end of print statement' : 'end of statement block';
  let last: Token | undefined;
  let sawIn = false;
  const open: OpenBracket[] = [];
  for (let position = skipSpace(text, from, at); position < at; ) {
    const token = tokenAt(text, position, to);
    const inner = open.at(-1);
    if (/^[([{]$/u.test(token.described)) {
      open.push({ bracket: token.described, isCall: last?.isOperand === true, afterColon: false });
    } else if (/^[)\]}]$/u.test(token.described)) open.pop();
    else if (inner !== undefined && token.described === ':') inner.afterColon = true;
    else if (inner !== undefined && token.described === ',') inner.afterColon = false;
    else if (token.described === 'in') sawIn = true;
    last = token;
    position = skipSpace(text, Math.max(token.to, position + 1), at);
  }

  const isAtEnd = at >= end;
  const token = isAtEnd ? undefined : tokenAt(text, at, to);
  const span = token === undefined ? { from: end, to: Math.max(to, end) } : { from: at, to: Math.max(token.to, at + 1) };
  const got = token?.described ?? closing;
  OPERATOR.lastIndex = at;
  if (!isAtEnd && !/[\p{L}\p{N}_'"]/u.test(text.charAt(at)) && !OPERATOR.test(text)) {
    return { message: `unexpected char '${text.charAt(at)}'`, span, isAtEnd };
  }
  return { message: complaint(shape, last, open.at(-1), sawIn, got, closing, isAtEnd), span, isAtEnd };
}

/** The shapes that begin with a name, or whose parentheses hold names. */
const NAME_FIRST: ReadonlySet<JinjaTagShape> = new Set(['Macro', 'FilterBlock', 'NamedBlock', 'Materialization']);

function complaint(
  shape: JinjaTagShape,
  last: Token | undefined,
  inner: OpenBracket | undefined,
  sawIn: boolean,
  got: string,
  closing: string,
  isAtEnd: boolean,
): string {
  if (last?.described === '|' || last?.described === 'is') return `expected token 'name', got '${got}'`;
  if (last?.described === '.') return 'expected name or number';
  if (last?.isOperand !== true) {
    if (NAME_FIRST.has(shape) && (last === undefined || inner !== undefined)) return `expected token 'name', got '${got}'`;
    const isEmpty = last === undefined || last.described === '=' || (shape === 'For' && last.described === 'in');
    return isAtEnd && isEmpty ? `Expected an expression, got '${got}'` : `unexpected '${got}'`;
  }
  if (inner === undefined) {
    if (got === closing && shape === 'CallWithSignature') return `unexpected '${got}'`;
    const expected = shape === 'For' && !sawIn ? 'in' : shape === 'With' ? '=' : shape === 'Macro' ? '(' : closing;
    return `expected token '${expected}', got '${got}'`;
  }
  if (inner.bracket === '(' && !inner.isCall) return `expected token ')', got '${got}'`;
  return `expected token '${inner.bracket === '{' && !inner.afterColon ? ':' : ','}', got '${got}'`;
}
