/**
 * The fast lane of the YAML reader: block style as property files use it, read in one pass over the characters.
 *
 * It covers mappings, lists, comments, all kinds of texts, brackets, anchors of values, aliases and merge keys. Tags,
 * directives, several documents, `?` keys, tabs between words and rare escapes are not covered. On everything else, and on every fault, it gives up, and the complete reader
 * (`yaml-strict.ts`) decides: what is returned here is what that one returns, which a property test proves.
 */

import { composeMapping, mappingOf } from './compose.ts';
import type { ComposeState } from './compose.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './node.ts';
import { isScalarFault, resolvePlainScalar } from './scalars.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const HASH = 0x23;
const SINGLE_QUOTE = 0x27;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const PIPE = 0x7c;
const GREATER = 0x3e;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const AMPERSAND = 0x26;
const ASTERISK = 0x2a;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** Escapes of double quotes that occur in property files; the rare ones are left to the complete reader. */
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t', '/': '/' };

function isSpaceOrTab(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Letters, digits, `_` and `-`, of which the names of anchors are made. */
function isWordCharacter(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code === DASH;
}

/** Longer keys are left to the complete reader, which knows the limit of 1024 characters. */
const MAX_KEY = 1000;

/** Deeper nesting is left to the complete reader, which knows the limit. */
const MAX_DEPTH = 100;

/** Longer chains of aliases could nest too deeply: four times `MAX_DEPTH` is below the limit of the complete reader. */
const MAX_ALIAS_CHAIN = 3;

/** Characters that no unquoted text begins with here. `-`, `?` and `:` may, but that is rare. */
const NOT_PLAIN = new Uint8Array(128);
for (const character of '\t\n\r #&*!|>\'"%@`,[]{}?:-') NOT_PLAIN[character.charCodeAt(0)] = 1;

/** Characters that end or may end an unquoted text between brackets. */
const FLOW_STOP = new Uint8Array(128);
for (const character of '\t\n\r#,[]{}:') FLOW_STOP[character.charCodeAt(0)] = 1;

/** Thrown once per text at most. */
const GIVE_UP = new Error('not the simple block style');

const NO_ENTRIES: readonly YamlEntry[] = [];

function giveUp(): never {
  throw GIVE_UP;
}

/** What the fast lane understood: `root` is undefined for a text of comments only. */
export interface BlockDocument {
  readonly root: YamlNode | undefined;
}

/**
 * Reads `text` between `start` and `end`, where the column of `start` counts as zero; undefined if the text is not
 * wholly of the simple style. The text must hold no line breaks but `\n` and `\r\n` and no control characters.
 */
export function parseBlockStyle(text: string, start: number, end: number): BlockDocument | undefined {
  let pos = start;
  /** Offset at which the line of `pos` begins. */
  let lineStart = start;
  /** Column of `pos` after `nextLine`; -1 at the end of the text. */
  let column = 0;
  /** Whether `nextLine` passed over a comment. */
  let sawComment = false;
  /** How many line breaks `nextLine` passed over. */
  let breaks = 0;
  let lastEnd = start;
  let depth = 0;
  /** Results of `scanPlain`, next to `pos`: the end of the text, and whether it is a key. */
  let plainEnd = start;
  let plainIsKey = false;
  /** Finished nodes by the name of their anchor; undefined while the node is read. */
  let anchors: Map<string, { readonly node: YamlNode | undefined; readonly chain: number }> | undefined;
  /** How many aliases lead from one to the next within the anchored node that is being read. */
  let aliasChain = 0;
  const state: ComposeState = { problems: [], mergedEntries: 0 };

  /** From within a line whose content was read: goes to the first character of the next line that has content. */
  function nextLine(): void {
    let at = pos;
    let begin = lineStart;
    let comment = false;
    let count = 0;
    for (;;) {
      const before = at;
      let code = at < end ? text.charCodeAt(at) : LF;
      while (code === SPACE) {
        at++;
        code = at < end ? text.charCodeAt(at) : LF;
      }
      if (code === HASH && (at > before || at === begin || text.charCodeAt(at - 1) === SPACE)) {
        comment = true;
        at = text.indexOf('\n', at);
        if (at < 0 || at >= end) at = end;
        else if (text.charCodeAt(at - 1) === CR) at--;
        code = at < end ? text.charCodeAt(at) : LF;
      }
      if (at >= end) {
        pos = end;
        column = -1;
        break;
      }
      if (code === LF) {
        at++;
      } else if (code === CR && at + 1 < end && text.charCodeAt(at + 1) === LF) {
        at += 2;
      } else {
        // Content is welcome only at the start of a line.
        if (count === 0) giveUp();
        if (code === TAB) giveUp();
        pos = at;
        column = at - begin;
        break;
      }
      begin = at;
      count++;
    }
    lineStart = begin;
    sawComment = comment;
    breaks = count;
  }

  /** True if a blank, a line break or the end stands at an offset. */
  function isBlankAt(offset: number): boolean {
    if (offset >= end) return true;
    const code = text.charCodeAt(offset);
    return code === SPACE || code === LF || code === CR || code === TAB;
  }

  /**
   * Reads an unquoted text from `pos` to the end of its line; sets `plainEnd` and `plainIsKey`. Afterwards `pos`
   * stands behind the text, or on the colon behind a key.
   */
  function scanPlain(): void {
    let at = pos;
    let contentEnd = at;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code > COLON) {
        contentEnd = at + 1;
        continue;
      }
      if (code === SPACE || code === TAB) continue;
      if (code === LF) break;
      if (code === CR) {
        if (at + 1 < end && text.charCodeAt(at + 1) === LF) break;
        giveUp();
      }
      if (code === COLON && isBlankAt(at + 1)) {
        plainEnd = contentEnd;
        plainIsKey = true;
        pos = at;
        return;
      }
      if (code === HASH && contentEnd < at) break;
      contentEnd = at + 1;
    }
    plainEnd = contentEnd;
    plainIsKey = false;
    pos = contentEnd;
  }

  function plainScalar(from: number, to: number): YamlScalar {
    const value = resolvePlainScalar(text.slice(from, to), 'dbt');
    if (isScalarFault(value)) giveUp();
    return { kind: 'scalar', value, style: 'plain', from, to };
  }

  /** As `plainScalar`, but lets the merge key through. */
  function plainKey(from: number, to: number): YamlScalar {
    if (to - from === 2 && text.startsWith('<<', from)) return { kind: 'scalar', value: '<<', style: 'plain', from, to };
    return plainScalar(from, to);
  }

  function emptyScalar(at: number): YamlScalar {
    return { kind: 'scalar', value: null, style: 'plain', from: at, to: at };
  }

  /** A text in quotes; leaves `pos` behind it, maybe on a later line. */
  function quoted(): YamlScalar {
    const from = pos;
    const quote = text.charCodeAt(from);
    const style = quote === DOUBLE_QUOTE ? 'double-quoted' : 'single-quoted';
    let value = '';
    let segment = from + 1;
    let at = segment;
    for (; ; at++) {
      if (at >= end) giveUp();
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (quote === DOUBLE_QUOTE || at + 1 >= end || text.charCodeAt(at + 1) !== SINGLE_QUOTE) break;
        at++;
        value += text.slice(segment, at);
        segment = at + 1;
      } else if (code === BACKSLASH && quote === DOUBLE_QUOTE) {
        const meaning = SIMPLE_ESCAPES[text.charAt(at + 1)];
        if (meaning === undefined) giveUp();
        value += text.slice(segment, at) + meaning;
        at++;
        segment = at + 1;
      } else if (code === LF || code === CR) {
        value += foldQuoted(segment, at);
        // Stands on the first character of the next line; the loop adds one.
        segment = pos;
        at = pos - 1;
      }
    }
    value = segment === from + 1 ? text.slice(segment, at) : value + text.slice(segment, at);
    pos = at + 1;
    lastEnd = pos;
    return { kind: 'scalar', value, style, from, to: pos };
  }

  /** The rest of a line from `segment` and the line breaks at `at`, folded; leaves `pos` on the next line's content. */
  function foldQuoted(segment: number, at: number): string {
    let contentEnd = at;
    while (contentEnd > segment && isSpaceOrTab(text.charCodeAt(contentEnd - 1))) contentEnd--;
    let count = 0;
    let next = at;
    while (next < end) {
      const code = text.charCodeAt(next);
      if (code === LF) {
        count++;
        lineStart = next + 1;
      } else if (code !== CR && !isSpaceOrTab(code)) {
        break;
      }
      next++;
    }
    const code = next < end ? text.charCodeAt(next) : LF;
    // In column 0 the sign of a new document may stand.
    if (next === lineStart && (code === DASH || code === DOT)) giveUp();
    pos = next;
    return text.slice(segment, contentEnd) + (count === 1 ? ' ' : '\n'.repeat(count - 1));
  }

  /** True if a colon that makes a key of what stands before follows on this line. */
  function colonFollows(): boolean {
    let at = pos;
    while (at < end && text.charCodeAt(at) === SPACE) at++;
    if (at >= end || text.charCodeAt(at) !== COLON) return false;
    if (!isBlankAt(at + 1)) giveUp();
    pos = at;
    return true;
  }

  function finishScalarLine(parent: number): void {
    nextLine();
    // What is deeper than its key and no part of the text is a fault.
    if (column > parent) giveUp();
  }

  /** An unquoted value that begins at `from` and whose first line was scanned; `parent` is the column it must exceed. */
  function finishPlain(from: number, parent: number): YamlScalar {
    let to = plainEnd;
    nextLine();
    if (column <= parent) {
      lastEnd = to;
      return plainScalar(from, to);
    }
    let value = text.slice(from, to);
    while (column > parent) {
      // In column 0 the sign of a new document may stand.
      if (sawComment || column === 0) giveUp();
      value += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
      const segment = pos;
      scanPlain();
      if (plainIsKey) giveUp();
      to = plainEnd;
      value += text.slice(segment, to);
      nextLine();
    }
    lastEnd = to;
    const resolved = resolvePlainScalar(value, 'dbt');
    if (isScalarFault(resolved)) giveUp();
    return { kind: 'scalar', value: resolved, style: 'plain', from, to };
  }

  function blockScalar(parent: number): YamlScalar {
    const from = pos;
    const literal = text.charCodeAt(from) === PIPE;
    let at = from + 1;
    let chomp = 0;
    if (at < end) {
      const code = text.charCodeAt(at);
      if (code === DASH || code === 0x2b) {
        chomp = code;
        at++;
      }
    }
    const headerEnd = at;
    while (at < end && text.charCodeAt(at) === SPACE) at++;
    if (at < end && text.charCodeAt(at) === CR) at++;
    if (at < end && text.charCodeAt(at) !== LF) giveUp();

    let contentIndent = -1;
    let value = '';
    let leading = '';
    let trailing = 0;
    let afterBlank = false;
    let contentEnd = headerEnd;
    let widestBlank = 0;
    // `at` stands on the line break that ends the line before.
    for (;;) {
      if (at >= end) {
        pos = end;
        column = -1;
        break;
      }
      const begin = at + 1;
      at = begin;
      while (at < end && text.charCodeAt(at) === SPACE && (contentIndent < 0 || at - begin < contentIndent)) at++;
      let code = at < end ? text.charCodeAt(at) : LF;
      if (code === CR) {
        if (at + 1 >= end || text.charCodeAt(at + 1) !== LF) giveUp();
        code = LF;
        if (contentIndent < 0) widestBlank = Math.max(widestBlank, at - begin);
        at++;
        trailing++;
        continue;
      }
      if (at >= end) {
        if (contentIndent >= 0 && at - begin === contentIndent) giveUp();
        pos = end;
        column = -1;
        lineStart = begin;
        break;
      }
      if (code === LF) {
        if (contentIndent < 0) widestBlank = Math.max(widestBlank, at - begin);
        trailing++;
        continue;
      }
      if (code === TAB && (contentIndent < 0 || at - begin < contentIndent)) giveUp();
      if (contentIndent < 0) {
        // Blank lines wider than the first line of the text would set its indentation.
        contentIndent = Math.max(at - begin, parent + 1, 1);
        if (widestBlank > at - begin) giveUp();
      }
      if (at - begin < contentIndent) {
        pos = at;
        column = at - begin;
        lineStart = begin;
        break;
      }
      const startsBlank = code === SPACE || code === TAB;
      if (!literal && leading === '\n' && !afterBlank && !startsBlank) {
        if (trailing === 0) value += ' ';
      } else {
        value += leading;
      }
      if (trailing > 0) value += trailing === 1 ? '\n' : '\n'.repeat(trailing);
      trailing = 0;
      afterBlank = startsBlank;
      const segment = at;
      at = text.indexOf('\n', at);
      if (at < 0 || at > end) at = end;
      contentEnd = at < end && text.charCodeAt(at - 1) === CR ? at - 1 : at;
      const line = text.slice(segment, contentEnd);
      if (line.includes('\r')) giveUp();
      value += line;
      leading = at < end ? '\n' : '';
    }
    if (chomp !== DASH) value += leading;
    if (chomp === 0x2b && trailing > 0) value += '\n'.repeat(trailing);
    let to = contentEnd;
    while (to > from + 1 && isBlankAt(to - 1)) to--;
    lastEnd = to;
    if (column >= 0 && text.charCodeAt(pos) === HASH) {
      // Comment lines behind the text. `nextLine` wants to start at the beginning of a line.
      pos = lineStart;
      nextLine();
    }
    if (column > parent) giveUp();
    return { kind: 'scalar', value, style: literal ? 'literal' : 'folded', from, to };
  }

  /** A value between brackets within one line; leaves `pos` behind it. */
  function flow(): YamlNode {
    if (++depth > MAX_DEPTH) giveUp();
    const code = text.charCodeAt(pos);
    const node = code === OPEN_LIST ? flowList() : code === OPEN_MAP ? flowMap() : flowScalar();
    depth--;
    return node;
  }

  function skipSpaces(): void {
    while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
  }

  /** Between brackets: passes over spaces, line breaks and comments. */
  function skipFlowSpace(): void {
    for (;;) {
      skipSpaces();
      const code = codeHere();
      if (pos >= end) giveUp();
      if (code === HASH) {
        if (text.charCodeAt(pos - 1) !== SPACE && pos !== lineStart) giveUp();
        pos = text.indexOf('\n', pos);
        if (pos < 0 || pos >= end) giveUp();
      } else if (code === CR) {
        pos++;
        if (codeHere() !== LF) giveUp();
      } else if (code !== LF) {
        break;
      }
      if (codeHere() === LF) {
        pos++;
        lineStart = pos;
      }
    }
    // In column 0 the sign of a new document may stand.
    if (pos === lineStart && (codeHere() === DASH || codeHere() === DOT)) giveUp();
  }

  function codeHere(): number {
    return pos < end ? text.charCodeAt(pos) : LF;
  }

  function flowScalar(): YamlScalar {
    const first = codeHere();
    if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) return quoted();
    if (first < 128 && NOT_PLAIN[first] === 1 && (first !== DASH || isBlankAt(pos + 1))) giveUp();
    const from = pos;
    let at = pos;
    let contentEnd = at;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE) continue;
      if (code < 128 && FLOW_STOP[code] === 1) {
        if (code === COLON && at + 1 < end) {
          const next = text.charCodeAt(at + 1);
          if (next < 128 && (next === 0x3f || FLOW_STOP[next] === 1)) giveUp();
          if (next !== SPACE) {
            contentEnd = at + 1;
            continue;
          }
        } else if (code === HASH && contentEnd === at) {
          contentEnd = at + 1;
          continue;
        }
        break;
      }
      contentEnd = at + 1;
    }
    pos = at;
    lastEnd = contentEnd;
    return plainScalar(from, contentEnd);
  }

  function flowList(): YamlSequence {
    const from = pos;
    const items: YamlNode[] = [];
    pos++;
    skipFlowSpace();
    while (codeHere() !== CLOSE_LIST) {
      items.push(codeHere() === ASTERISK ? alias() : flow());
      endOfFlowItem(CLOSE_LIST);
    }
    pos++;
    lastEnd = pos;
    return { kind: 'sequence', flow: true, items, from, to: pos };
  }

  /** Passes over the comma behind an item, or stands on the closing bracket. */
  function endOfFlowItem(close: number): void {
    skipFlowSpace();
    const code = codeHere();
    if (code === close) return;
    if (code !== COMMA) giveUp();
    pos++;
    skipFlowSpace();
  }

  function flowMap(): YamlMapping {
    const from = pos;
    const entries: YamlEntry[] = [];
    pos++;
    skipFlowSpace();
    while (codeHere() !== CLOSE_MAP) {
      const line = lineStart;
      const key = flowScalar();
      skipSpaces();
      if (lineStart !== line || pos - key.from > MAX_KEY || codeHere() !== COLON) giveUp();
      pos++;
      if (codeHere() !== SPACE) giveUp();
      skipSpaces();
      entries.push({ key, value: codeHere() === ASTERISK ? alias() : flow(), merged: false });
      endOfFlowItem(CLOSE_MAP);
    }
    pos++;
    lastEnd = pos;
    return mappingOf(NO_ENTRIES, entries, true, from, pos);
  }

  function alias(): YamlNode {
    const name = wordBehindSign();
    const target = anchors?.get(name);
    if (target?.node === undefined || target.chain > MAX_ALIAS_CHAIN) giveUp();
    aliasChain = Math.max(aliasChain, target.chain);
    lastEnd = pos;
    return target.node;
  }

  /** The name behind `&` or `*` at `pos`. A blank, a line break or a sign of brackets must follow. */
  function wordBehindSign(): string {
    const from = pos + 1;
    pos = from;
    while (pos < end && isWordCharacter(text.charCodeAt(pos))) pos++;
    const code = codeHere();
    if (pos === from || !(isBlankAt(pos) || code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP)) giveUp();
    return text.slice(from, pos);
  }

  /** A value with an anchor at `pos`. A key on the same line is not for here: the anchor would be that key's alone. */
  function anchored(parent: number, inMapping: boolean): YamlNode {
    anchors ??= new Map();
    const name = wordBehindSign();
    if (anchors.has(name)) giveUp();
    anchors.set(name, { node: undefined, chain: 0 });
    const outerChain = aliasChain;
    aliasChain = 0;
    const afterName = pos;
    skipSpaces();
    const code = codeHere();
    let node: YamlNode;
    if (code === LF || code === CR || code === HASH) {
      lastEnd = afterName;
      nextLine();
      if (column > parent) node = blockNode(parent);
      else if (inMapping && column === parent && text.charCodeAt(pos) === DASH && isBlankAt(pos + 1)) node = sequence(parent);
      else node = emptyScalar(afterName);
    } else if (isPlainStart(code)) {
      node = plainValue(parent);
    } else {
      if (code === ASTERISK) giveUp();
      node = inlineValue(code, parent);
    }
    anchors.set(name, { node, chain: aliasChain + 1 });
    aliasChain = Math.max(aliasChain, outerChain);
    return node;
  }

  function isPlainStart(code: number): boolean {
    return code >= 128 || NOT_PLAIN[code] === 0 || (code === DASH && !isBlankAt(pos + 1));
  }

  function plainValue(parent: number): YamlScalar {
    const from = pos;
    scanPlain();
    if (plainIsKey) giveUp();
    return finishPlain(from, parent);
  }

  /** The value behind a colon at `pos`; afterwards `pos` and `column` are those of the next line with content. */
  function valueAfterColon(parent: number): YamlNode {
    pos++;
    const at = pos;
    while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
    const code = codeHere();
    if (code === LF || code === CR || code === HASH) {
      lastEnd = at;
      nextLine();
      if (column > parent) return blockNode(parent);
      if (column === parent && text.charCodeAt(pos) === DASH && isBlankAt(pos + 1)) return sequence(parent);
      return emptyScalar(at);
    }
    if (isPlainStart(code)) return plainValue(parent);
    return code === AMPERSAND ? anchored(parent, true) : inlineValue(code, parent);
  }

  /** A value that begins with a sign: quotes, brackets or a block text. */
  function inlineValue(code: number, parent: number): YamlNode {
    if (code === PIPE || code === GREATER) return blockScalar(parent);
    let node: YamlNode;
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) node = quoted();
    else if (code === OPEN_LIST || code === OPEN_MAP) node = flow();
    else if (code === ASTERISK) node = alias();
    else giveUp();
    finishScalarLine(parent);
    return node;
  }

  /** Any node that begins at `pos`, in a column beyond `parent`. */
  function blockNode(parent: number): YamlNode {
    if (++depth > MAX_DEPTH) giveUp();
    const node = blockContent(parent);
    depth--;
    return node;
  }

  function blockContent(parent: number): YamlNode {
    const at = pos - lineStart;
    const code = codeHere();
    if (isPlainStart(code)) {
      // `---` and `...` at the start of a line part documents.
      if (at === 0 && (code === DASH || code === DOT)) giveUp();
      const from = pos;
      scanPlain();
      if (!plainIsKey) return finishPlain(from, parent);
      if (pos - from > MAX_KEY) giveUp();
      return mapping(at, plainKey(from, plainEnd));
    }
    if (code === DASH) return sequence(at);
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      const line = lineStart;
      const scalar = quoted();
      if (!colonFollows()) {
        finishScalarLine(parent);
        return scalar;
      }
      if (lineStart !== line || pos - scalar.from > MAX_KEY) giveUp();
      return mapping(at, scalar);
    }
    return inlineValue(code, parent);
  }

  /** A list whose first `-` is at `pos`. */
  function sequence(at: number): YamlSequence {
    const from = pos;
    const items: YamlNode[] = [];
    do {
      pos++;
      const afterDash = pos;
      while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
      const code = codeHere();
      if (code === LF || code === CR || code === HASH) {
        lastEnd = afterDash;
        nextLine();
        items.push(column > at ? blockNode(at) : emptyScalar(afterDash));
      } else {
        items.push(code === AMPERSAND ? anchored(at, false) : blockNode(at));
      }
      if (column > at) giveUp();
    } while (column === at && text.charCodeAt(pos) === DASH && isBlankAt(pos + 1));
    return { kind: 'sequence', flow: false, items, from, to: lastEnd };
  }

  /** A mapping in column `at` whose first key was read; `pos` stands on its colon. */
  function mapping(at: number, firstKey: YamlScalar): YamlMapping {
    const entries: YamlEntry[] = [];
    let hasMerge = false;
    let key = firstKey;
    for (;;) {
      if (key.value === '<<' && key.style === 'plain') hasMerge = true;
      entries.push({ key, value: valueAfterColon(at), merged: false });
      if (column !== at) break;
      key = nextKey(at);
    }
    if (column > at) giveUp();
    if (hasMerge) return mappingWithMerges(entries, firstKey.from);
    return mappingOf(NO_ENTRIES, entries, false, firstKey.from, lastEnd);
  }

  function mappingWithMerges(entries: readonly YamlEntry[], from: number): YamlMapping {
    const raw = entries.map(({ key, value }) => ({ key, value, isMerge: key.kind === 'scalar' && key.style === 'plain' && key.value === '<<' }));
    const mapping = composeMapping(state, raw, false, from, lastEnd);
    if (state.problems.length > 0) giveUp();
    return mapping;
  }

  function nextKey(at: number): YamlScalar {
    const code = codeHere();
    const from = pos;
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      const line = lineStart;
      const scalar = quoted();
      if (!colonFollows() || lineStart !== line || pos - from > MAX_KEY) giveUp();
      return scalar;
    }
    if ((code < 128 && NOT_PLAIN[code] === 1) || (at === 0 && code === DOT)) giveUp();
    scanPlain();
    if (!plainIsKey || pos - from > MAX_KEY) giveUp();
    return plainKey(from, plainEnd);
  }

  function document(): YamlNode | undefined {
    if (start < end && (text.charCodeAt(start) === HASH || text.charCodeAt(start) === TAB)) {
      if (text.charCodeAt(start) === TAB) giveUp();
      nextLine();
    } else if (text.startsWith('---', start) && isBlankAt(start + 3) && start + 3 <= end) {
      pos = start + 3;
      nextLine();
    }
    if (column < 0 || pos >= end) return pos === start || text.charCodeAt(start) === HASH ? undefined : giveUp();
    const root = blockNode(-1);
    if (column >= 0) giveUp();
    return root;
  }

  try {
    return { root: document() };
  } catch (error) {
    if (error !== GIVE_UP) throw error;
    return undefined;
  }
}
