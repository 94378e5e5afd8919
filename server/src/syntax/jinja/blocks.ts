/** Cuts a file into dbt's top-level blocks (macros, tests, snapshots, docs) by the rules of dbt's block lexer, not Jinja's. */

import type { Span, SyntaxProblem } from '../../base/span.ts';
import { isPythonSpace, skipSpace } from '../../base/python-space.ts';
import { skipString } from './lexer.ts';

/** A block of an allowed tag with its end tag. */
export interface JinjaBlock {
  readonly tag: string;
  /** The second word of the opening tag. */
  readonly name: string | undefined;
  readonly nameSpan: Span | undefined;
  /** What dbt hands to Jinja: with the whitespace before `{%-` and after `-%}`. */
  readonly span: Span;
  /** The contents, without the whitespace that `-` drops. */
  readonly bodySpan: Span;
  /** The opening tag from `{%` to `%}`. */
  readonly openSpan: Span;
  /** The literal of `adapter='…'` in the opening tag of a materialization. */
  readonly adapter: string | undefined;
}

/** The top-level blocks of a file, as dbt's block finder cuts them. */
export interface JinjaBlocks {
  readonly blocks: readonly JinjaBlock[];
  /**
   * Where dbt gives up the file (dbt stops at the first), and as `jinja-unexpected-block` what it ignores with a
   * deprecation warning.
   */
  readonly problems: readonly SyntaxProblem[];
}

/** What dbt looks for in each kind of file. */
export const BLOCKS_OF_MACRO_FILES: readonly string[] = ['macro', 'materialization', 'test', 'data_test'];

/** The blocks that dbt looks for in files of generic tests. */
export const BLOCKS_OF_GENERIC_TEST_FILES: readonly string[] = ['test', 'data_test'];

/** The blocks that dbt looks for in snapshot files. */
export const BLOCKS_OF_SNAPSHOT_FILES: readonly string[] = ['snapshot'];

/** The blocks that dbt looks for in Markdown files. */
export const BLOCKS_OF_DOCS_FILES: readonly string[] = ['docs'];

/** A tag as the block lexer sees it. `from` includes whitespace before `{%-`, `to` that after `-%}`. */
interface Tag {
  readonly type: string;
  readonly name: string | undefined;
  readonly nameFrom: number;
  readonly from: number;
  readonly to: number;
  readonly delimiter: number;
  readonly end: number;
}

/** The problems without those of blocks that dbt passes over in silence, as it does in Markdown and in files of generic tests. */
export function withoutUnexpectedBlocks(problems: readonly SyntaxProblem[]): readonly SyntaxProblem[] {
  return problems.filter(({ code }) => code !== 'jinja-unexpected-block');
}

const END_OF_CONTROL_FLOW = new Map([
  ['endif', 'if'],
  ['endfor', 'for'],
]);

/**
 * The blocks of `text` whose tag is one of `allowed`, in order. Unlike dbt, goes on after a fault: a block that lacks
 * its end tag ends where the next one begins, and is left out at the end of the file.
 */
export function extractJinjaBlocks(text: string, allowed: readonly string[]): JinjaBlocks {
  const problems: SyntaxProblem[] = [];
  const blocks: JinjaBlock[] = [];
  const controlFlow: string[] = [];
  let current: Tag | undefined;
  const report = (code: string, message: string, tag: Tag): void => {
    problems.push({ code, message, span: { from: tag.delimiter, to: tag.end } });
  };

  for (const tag of tagsOf(text, problems)) {
    const opener = END_OF_CONTROL_FLOW.get(tag.type);
    if (tag.type === 'if' || tag.type === 'for') controlFlow.push(tag.type);
    else if (opener !== undefined) {
      const found = controlFlow.pop();
      if (found === undefined) {
        report(
          'jinja-misplaced-tag',
          `Got an unexpected control flow end tag, got ${tag.type} but never saw a preceeding ${opener}`,
          tag,
        );
      } else if (found !== opener) {
        const message = `Got an unexpected control flow end tag, got ${tag.type} but expected end${found} next`;
        report('jinja-misplaced-tag', message, tag);
      }
    }

    if (allowed.includes(tag.type)) {
      if (controlFlow.length > 0) {
        const message = 'Got a block definition inside control flow. All dbt block definitions must be at the top level';
        report('jinja-block-not-at-top', message, tag);
        controlFlow.length = 0;
      }
      if (current !== undefined) {
        const message =
          `Got nested tags: ${current.type} did not have a matching {% end${current.type} %} ` +
          `before a subsequent ${tag.type} was found`;
        report('jinja-nested-block', message, tag);
        blocks.push(blockOf(text, current, tag.from, tag.from));
      }
      current = tag;
    } else if (current !== undefined && tag.type === `end${current.type}`) {
      blocks.push(blockOf(text, current, tag.from, tag.to));
      current = undefined;
    } else if (current === undefined) {
      report('jinja-unexpected-block', `Found unexpected '${tag.type}' block tag.`, tag);
    }
  }
  if (current !== undefined) {
    report('jinja-unclosed-block', `Reached EOF without finding a close tag for ${current.type}`, current);
  }
  return { blocks, problems };
}

function blockOf(text: string, open: Tag, bodyTo: number, to: number): JinjaBlock {
  const bodyFrom = Math.min(open.to, bodyTo);
  return {
    tag: open.type,
    name: open.name,
    nameSpan: open.name === undefined ? undefined : { from: open.nameFrom, to: open.nameFrom + open.name.length },
    span: { from: open.from, to },
    bodySpan: { from: bodyFrom, to: bodyTo },
    openSpan: { from: open.delimiter, to: open.end },
    adapter: open.type === 'materialization' ? adapterOf(text.slice(open.delimiter, open.end)) : undefined,
  };
}

function adapterOf(openingTag: string): string | undefined {
  const match = /,\s*adapter\s*=\s*(?:'([^'\\]*)'|"([^"\\]*)")/u.exec(openingTag);
  return match?.[1] ?? match?.[2];
}

const PYTHON_SPACE = '[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const TAG_HEAD = new RegExp(
  `${PYTHON_SPACE}*([A-Za-z_][A-Za-z_0-9]*)(?:(${PYTHON_SPACE}+)([A-Za-z_][A-Za-z_0-9]*))?`,
  'uy',
);
const RAW_OPEN = new RegExp(`\\{%-?${PYTHON_SPACE}*raw${PYTHON_SPACE}*-?%\\}`, 'gu');
const RAW_CLOSE = new RegExp(`\\{%-?${PYTHON_SPACE}*endraw${PYTHON_SPACE}*-?%\\}`, 'gu');

/**
 * All tags of `text`. dbt takes whichever of `{% word`, `{#` and `{{` ends first, knows no `{%+`, and lets only
 * strings hide the end of a tag or an expression.
 */
function* tagsOf(text: string, problems: SyntaxProblem[]): Generator<Tag> {
  const strings = new StringFinder(text);
  const unexpectedEnd = (expected: string, from: number): void => {
    problems.push({
      code: 'jinja-unclosed-tag',
      message: `unexpected EOF, expected ${expected}`,
      span: { from, to: Math.min(from + 2, text.length) },
    });
  };
  /** Leading whitespace belongs to a tag only as far as nothing before has taken it. */
  let floor = 0;
  let at = text.indexOf('{');
  while (at >= 0) {
    const next = text.charCodeAt(at + 1);
    if (next === 35) {
      const close = text.indexOf('#}', at + 2);
      if (close < 0) {
        unexpectedEnd('#}', at);
        return;
      }
      floor = close + 2;
      at = text.indexOf('{', floor);
      continue;
    }
    if (next === 123) {
      const end = skipToClose(text, skipSpace(text, at + 2, text.length), '}}', strings);
      if (end === undefined) {
        unexpectedEnd('}}', at);
        return;
      }
      floor = end;
      at = text.indexOf('{', floor);
      continue;
    }
    const isDash = next === 37 && text.charCodeAt(at + 2) === 45;
    TAG_HEAD.lastIndex = isDash ? at + 3 : at + 2;
    const head = next === 37 ? TAG_HEAD.exec(text) : null;
    if (head === null) {
      at = text.indexOf('{', at + 1);
      continue;
    }
    const [source, type = '', , name] = head;
    const headEnd = head.index + source.length;
    const from = isDash ? spaceStart(text, at, floor) : at;
    const end = type === 'raw' ? endOfRaw(text, at) : skipToClose(text, headEnd, '%}', strings);
    if (end === undefined) {
      unexpectedEnd(type === 'raw' ? '{% raw %}...{% endraw %}' : 'tag close ("%}")', at);
      return;
    }
    const to = text.charCodeAt(end - 3) === 45 ? skipSpace(text, end, text.length) : end;
    floor = to;
    yield { type, name, nameFrom: headEnd - (name?.length ?? 0), from, to, delimiter: at, end };
    at = text.indexOf('{', floor);
  }
}

function spaceStart(text: string, at: number, floor: number): number {
  let start = at;
  while (start > floor && isPythonSpace(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Offset after the next `close` that no string hides, or undefined. */
function skipToClose(text: string, from: number, close: '}}' | '%}', strings: StringFinder): number | undefined {
  let at = from;
  let closing = text.indexOf(close, at);
  for (;;) {
    if (closing >= 0 && closing < at) closing = text.indexOf(close, at);
    const quote = nextQuote(text, at, closing < 0 ? text.length : closing);
    if (quote < 0) return closing < 0 ? undefined : closing + 2;
    // A quote that never closes is passed over for the next string, wherever that is.
    const end = strings.endOfNextString(close === '}}' ? at : quote);
    if (end === undefined) return undefined;
    at = end;
  }
}

function nextQuote(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 39 || code === 34) return at;
  }
  return -1;
}

/** Offset after `{% raw %} … {% endraw %}`, the first such at or after `from`. */
function endOfRaw(text: string, from: number): number | undefined {
  RAW_OPEN.lastIndex = from;
  if (!RAW_OPEN.test(text)) return undefined;
  RAW_CLOSE.lastIndex = RAW_OPEN.lastIndex;
  return RAW_CLOSE.test(text) ? RAW_CLOSE.lastIndex : undefined;
}

/** Finds string literals; remembers which quote never closes again, which keeps hostile files linear. */
class StringFinder {
  private readonly text: string;
  private readonly unclosedFrom = new Map<number, number>();

  constructor(text: string) {
    this.text = text;
  }

  /** Offset after the first string literal that begins at or after `from`. */
  endOfNextString(from: number): number | undefined {
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code !== 39 && code !== 34) continue;
      if (at >= (this.unclosedFrom.get(code) ?? Infinity)) continue;
      const end = skipString(this.text, at, this.text.length);
      if (end >= 0) return end;
      // All later quotes of this kind are escaped ones, so none of them opens a string that closes.
      this.unclosedFrom.set(code, at);
    }
    return undefined;
  }
}
