/**
 * Cuts YAML 1.1 into tokens with the rules of libyaml, the parser inside PyYAML that dbt uses: which texts are
 * accepted, where keys may stand, how lines are folded and what tabs may do are all decided here as there.
 */

import type { Span } from '../../base/span.ts';
import type { YamlStyle } from './node.ts';

/** Kinds of tokens. `KEY` and `MAPPING_START` never stand in `kinds`: they are flags on the token that they precede. */
export const TOKEN = {
  STREAM_END: 0,
  ERROR: 1,
  DIRECTIVE: 2,
  DOCUMENT_START: 3,
  DOCUMENT_END: 4,
  BLOCK_END: 5,
  SEQUENCE_START: 6,
  MAPPING_START: 7,
  KEY: 8,
  ENTRY: 9,
  VALUE: 10,
  FLOW_SEQUENCE_START: 11,
  FLOW_SEQUENCE_END: 12,
  FLOW_MAPPING_START: 13,
  FLOW_MAPPING_END: 14,
  FLOW_ENTRY: 15,
  ALIAS: 16,
  ANCHOR: 17,
  TAG: 18,
  SCALAR: 19,
} as const;

/** Flags of a token: a simple key, and with it maybe a block mapping, begins right before it. */
export const STARTS_KEY = 1;
/** Flag of a token behind which a mapping begins. */
export const STARTS_MAPPING = 2;

/** Why and where the scanner stopped. */
export interface ScanError {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
}

/** Tokens as parallel lists; the last is `STREAM_END` or `ERROR`. */
export interface YamlTokens {
  readonly kinds: readonly number[];
  readonly froms: readonly number[];
  readonly tos: readonly number[];
  readonly flags: readonly number[];
  /** Content of scalars, names of anchors and aliases, tags and directives as written. */
  readonly values: readonly string[];
  /** Styles of scalars, by index of token. */
  readonly styles: readonly (YamlStyle | undefined)[];
  readonly error: ScanError | undefined;
}

/** A simple key ends within this many characters. */
const MAX_SIMPLE_KEY = 1024;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const NEL = 0x85;
const BYTE_ORDER_MARK = 0xfeff;

function isBreak(code: number): boolean {
  return code === LF || code === CR || code === NEL || code === 0x2028 || code === 0x2029;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Letters, digits, `_` and `-`, of which anchors and tag handles are made. */
function isWordCharacter(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code === 0x2d;
}

const isFlowIndicator = new Uint8Array(128);
for (const character of ',[]{}') isFlowIndicator[character.charCodeAt(0)] = 1;

const isTagCharacter = new Uint8Array(128);
for (const character of ";/?:@&=+$.%!~*'()_-") isTagCharacter[character.charCodeAt(0)] = 1;
for (let code = 0; code < 128; code++) if (isWordCharacter(code)) isTagCharacter[code] = 1;

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

class ScanFailure extends Error {
  readonly problem: ScanError;
  constructor(code: string, message: string, from: number, to: number) {
    super(message);
    this.problem = { code, message, span: { from, to } };
  }
}

/** A possible simple key: a token after which a `:` on the same line would make it a key. */
interface SimpleKey {
  possible: boolean;
  required: boolean;
  token: number;
  position: number;
  column: number;
  line: number;
}

/** Scans `text` between `start` and `end`; the column of `start` counts as zero. */
export function scanYaml(text: string, start: number, end: number): YamlTokens {
  const kinds: number[] = [];
  const froms: number[] = [];
  const tos: number[] = [];
  const flags: number[] = [];
  const values: string[] = [];
  const styles: (YamlStyle | undefined)[] = [];

  let pos = start;
  let lineStart = start;
  let line = 0;
  let flowLevel = 0;
  let indent = -1;
  const indents: number[] = [];
  let simpleKeyAllowed = true;
  let keyAtLevel: SimpleKey = newSimpleKey();
  const outerKeys: SimpleKey[] = [];

  function newSimpleKey(): SimpleKey {
    return { possible: false, required: false, token: 0, position: 0, column: 0, line: 0 };
  }

  /** The character code at an offset; 0, which no valid text holds, at and after the end. */
  function codeAt(offset: number): number {
    return offset < end ? text.charCodeAt(offset) : 0;
  }

  function isBlankOrEnd(offset: number): boolean {
    if (offset >= end) return true;
    const code = text.charCodeAt(offset);
    return isBlank(code) || isBreak(code);
  }

  function fail(message: string, from: number, to: number, code = 'yaml-syntax'): never {
    throw new ScanFailure(code, message, from, to);
  }

  /** End of the line that holds an offset, without blanks at its end. */
  function endOfLine(offset: number): number {
    let at = offset;
    while (at < end && !isBreak(text.charCodeAt(at))) at++;
    while (at > offset && isBlank(text.charCodeAt(at - 1))) at--;
    return at;
  }

  function push(kind: number, from: number, to: number, value = '', style?: YamlStyle): void {
    kinds.push(kind);
    froms.push(from);
    tos.push(to);
    flags.push(0);
    values.push(value);
    styles.push(style);
  }

  /** Consumes one line break and returns what it means in a scalar: `\n`, except that U+2028 and U+2029 stay. */
  function takeBreak(): string {
    const code = text.charCodeAt(pos);
    pos += code === CR && codeAt(pos + 1) === LF ? 2 : 1;
    line++;
    lineStart = pos;
    return code === 0x2028 ? '\u2028' : code === 0x2029 ? '\u2029' : '\n';
  }

  function isStale(key: SimpleKey): boolean {
    if (key.line < line) return true;
    if (pos - key.position <= MAX_SIMPLE_KEY) return false;
    // The limit counts characters, and those beyond U+FFFF take two units.
    let count = 0;
    for (let at = key.position; at < pos; at++) {
      const code = text.charCodeAt(at);
      if (code < 0xdc00 || code > 0xdfff) count++;
    }
    return count > MAX_SIMPLE_KEY;
  }

  function failMissingColon(key: SimpleKey): never {
    fail('This line is neither a key (a `:` is missing) nor can it continue what stands before it.', key.position, endOfLine(key.position));
  }

  function checkRequiredKeys(): void {
    const key = outerKeys[0] ?? keyAtLevel;
    if (key.possible && key.required && isStale(key)) failMissingColon(key);
  }

  function removeSimpleKey(): void {
    if (keyAtLevel.possible && keyAtLevel.required) failMissingColon(keyAtLevel);
    keyAtLevel.possible = false;
  }

  function saveSimpleKey(): void {
    if (!simpleKeyAllowed) return;
    const required = flowLevel === 0 && indent === pos - lineStart;
    removeSimpleKey();
    keyAtLevel.possible = true;
    keyAtLevel.required = required;
    keyAtLevel.token = kinds.length;
    keyAtLevel.position = pos;
    keyAtLevel.column = pos - lineStart;
    keyAtLevel.line = line;
  }

  function rollIndent(column: number): boolean {
    if (flowLevel > 0 || indent >= column) return false;
    indents.push(indent);
    indent = column;
    return true;
  }

  function unrollIndent(column: number): void {
    if (flowLevel > 0) return;
    while (indent > column) {
      push(TOKEN.BLOCK_END, pos, pos);
      indent = indents.pop() ?? -1;
    }
  }

  function scanToNextToken(): void {
    for (;;) {
      if (pos === lineStart && codeAt(pos) === BYTE_ORDER_MARK) pos++;
      let code = codeAt(pos);
      while (pos < end && (code === SPACE || (code === TAB && (flowLevel > 0 || !simpleKeyAllowed)))) code = codeAt(++pos);
      if (code === 0x23) {
        while (pos < end && !isBreak(text.charCodeAt(pos))) pos++;
        code = codeAt(pos);
      }
      if (pos >= end || !isBreak(code)) return;
      takeBreak();
      if (flowLevel === 0) simpleKeyAllowed = true;
    }
  }

  /** True for `---` or `...` alone at the start of a line. */
  function isDocumentIndicator(offset: number, code: number): boolean {
    return codeAt(offset) === code && codeAt(offset + 1) === code && codeAt(offset + 2) === code && isBlankOrEnd(offset + 3);
  }

  function atDocumentIndicator(): boolean {
    return pos === lineStart && (isDocumentIndicator(pos, 0x2d) || isDocumentIndicator(pos, 0x2e));
  }

  function fetchDirective(): void {
    unrollIndent(-1);
    removeSimpleKey();
    simpleKeyAllowed = false;
    const from = pos;
    const to = endOfLine(pos);
    const words = /^%(?:YAML[ \t]+[0-9]{1,9}\.[0-9]{1,9}|TAG[ \t]+!(?:[\w-]*!)?[ \t]+[\w;/?:@&=+$.,!~*'()[\]%-]+)(?:[ \t]+#.*|[ \t]*#.*)?$/u.exec(text.slice(from, to));
    if (words === null) fail('This is not a directive that YAML knows (`%YAML` or `%TAG`).', from, to);
    push(TOKEN.DIRECTIVE, from, to, text.slice(from, to));
    pos = to;
    while (pos < end && !isBreak(text.charCodeAt(pos))) pos++;
    if (pos < end) takeBreak();
  }

  function fetchDocumentIndicator(kind: number): void {
    unrollIndent(-1);
    removeSimpleKey();
    simpleKeyAllowed = false;
    push(kind, pos, pos + 3);
    pos += 3;
  }

  function fetchFlowStart(kind: number): void {
    saveSimpleKey();
    outerKeys.push(keyAtLevel);
    keyAtLevel = newSimpleKey();
    flowLevel++;
    simpleKeyAllowed = true;
    push(kind, pos, pos + 1);
    pos++;
  }

  function fetchFlowEnd(kind: number): void {
    removeSimpleKey();
    if (flowLevel > 0) {
      flowLevel--;
      keyAtLevel = outerKeys.pop() ?? newSimpleKey();
    }
    simpleKeyAllowed = false;
    push(kind, pos, pos + 1);
    pos++;
  }

  function fetchEntry(): void {
    if (flowLevel === 0) {
      if (!simpleKeyAllowed) fail('A list item cannot start here; put it on a line of its own.', pos, endOfLine(pos));
      if (rollIndent(pos - lineStart)) push(TOKEN.SEQUENCE_START, pos, pos);
    }
    removeSimpleKey();
    simpleKeyAllowed = true;
    push(TOKEN.ENTRY, pos, pos + 1);
    pos++;
  }

  function fetchExplicitKey(): void {
    if (flowLevel === 0) {
      if (!simpleKeyAllowed) fail('A `?` key cannot start here.', pos, pos + 1);
      if (rollIndent(pos - lineStart)) push(TOKEN.MAPPING_START, pos, pos);
    }
    removeSimpleKey();
    simpleKeyAllowed = flowLevel === 0;
    push(TOKEN.KEY, pos, pos + 1);
    pos++;
  }

  function fetchValue(): void {
    if (keyAtLevel.possible && !isStale(keyAtLevel)) {
      const rolled = rollIndent(keyAtLevel.column);
      flags[keyAtLevel.token] = rolled ? STARTS_KEY | STARTS_MAPPING : STARTS_KEY;
      keyAtLevel.possible = false;
      simpleKeyAllowed = false;
    } else {
      keyAtLevel.possible = false;
      if (flowLevel === 0) {
        if (!simpleKeyAllowed) fail('A `:` cannot stand here: a key must begin on a line of its own, a text that holds `: ` must be quoted.', pos, pos + 1);
        if (rollIndent(pos - lineStart)) push(TOKEN.MAPPING_START, pos, pos);
      }
      simpleKeyAllowed = flowLevel === 0;
    }
    push(TOKEN.VALUE, pos, pos + 1);
    pos++;
  }

  function fetchAnchor(kind: number): void {
    saveSimpleKey();
    simpleKeyAllowed = false;
    const from = pos;
    pos++;
    while (pos < end && isWordCharacter(text.charCodeAt(pos))) pos++;
    const ends = isBlankOrEnd(pos) || '?:,]}%@`'.includes(text.charAt(pos));
    if (pos === from + 1 || !ends) {
      const what = kind === TOKEN.ALIAS ? 'An alias `*`' : 'An anchor `&`';
      fail(`${what} needs a name of letters, digits, \`_\` and \`-\`; quote the text if it only begins with that sign.`, from, Math.max(pos, from + 1));
    }
    push(kind, from, pos, text.slice(from + 1, pos));
  }

  function fetchTag(): void {
    saveSimpleKey();
    simpleKeyAllowed = false;
    const from = pos;
    if (codeAt(pos + 1) === 0x3c) {
      pos += 2;
      while (pos < end && (isTagCharacter[text.charCodeAt(pos)] === 1 || ',[]'.includes(text.charAt(pos)))) pos++;
      if (pos === from + 2 || codeAt(pos) !== 0x3e) fail('This tag is not closed by `>`.', from, Math.max(pos, from + 2));
      pos++;
    } else {
      pos++;
      while (pos < end && isTagCharacter[text.charCodeAt(pos)] === 1) pos++;
    }
    const written = text.slice(from, pos);
    if (/%(?![0-9a-fA-F]{2})/.test(written) || /^![\w-]+!$|^!!$/.test(written)) fail('This is not a complete tag.', from, pos);
    if (!isBlankOrEnd(pos) && !(flowLevel > 0 && codeAt(pos) === 0x2c)) {
      fail('A tag ends with a space; quote the text if it only begins with `!`.', from, pos + 1);
    }
    push(TOKEN.TAG, from, pos, written);
  }

  /** Spaces and line breaks between the lines of a scalar, as the text that they stand for. */
  function fold(leading: string, trailing: string): string {
    if (leading !== '\n') return leading + trailing;
    return trailing === '' ? ' ' : trailing;
  }

  function fetchPlain(): void {
    saveSimpleKey();
    simpleKeyAllowed = false;
    const from = pos;
    const minimum = indent + 1;
    let to = pos;
    let value = '';
    let between = '';
    let brokeLine = false;
    for (;;) {
      if (pos === lineStart && atDocumentIndicator()) break;
      if (codeAt(pos) === 0x23) break;
      const segment = pos;
      while (pos < end) {
        const code = text.charCodeAt(pos);
        if (code <= SPACE || code >= NEL) {
          if (isBlank(code) || isBreak(code)) break;
        } else if (code === 0x3a) {
          if (flowLevel > 0 && ',?[]{}'.includes(text.charAt(pos + 1)) && pos + 1 < end) {
            fail('A `:` with this sign behind it cannot stand in an unquoted text between brackets; quote the text.', pos, pos + 1);
          }
          if (isBlankOrEnd(pos + 1)) break;
        } else if (flowLevel > 0 && isFlowIndicator[code] === 1) {
          break;
        }
        pos++;
      }
      if (pos > segment) {
        value += between + text.slice(segment, pos);
        to = pos;
        brokeLine = false;
      }
      const stop = codeAt(pos);
      if (pos >= end || !(isBlank(stop) || isBreak(stop))) break;
      const blanks = pos;
      let leading = '';
      let trailing = '';
      for (;;) {
        const code = codeAt(pos);
        if (isBlank(code)) {
          if (brokeLine && code === TAB && pos - lineStart < minimum) {
            fail('A tab cannot indent a line; use spaces.', pos, pos + 1, 'yaml-tab');
          }
          pos++;
        } else if (pos < end && isBreak(code)) {
          if (brokeLine) trailing += takeBreak();
          else leading = takeBreak();
          brokeLine = true;
        } else {
          break;
        }
      }
      between = brokeLine ? fold(leading, trailing) : text.slice(blanks, pos);
      if (flowLevel === 0 && pos - lineStart < minimum) break;
    }
    if (brokeLine) simpleKeyAllowed = true;
    push(TOKEN.SCALAR, from, to, value, 'plain');
  }

  function fetchQuoted(quote: number): void {
    saveSimpleKey();
    simpleKeyAllowed = false;
    const from = pos;
    const single = quote === 0x27;
    let value = '';
    pos++;
    for (;;) {
      if (pos === lineStart && atDocumentIndicator()) fail('A quoted text is not closed before the end of the document.', from, endOfLine(from));
      if (pos >= end) fail('A quoted text is not closed.', from, endOfLine(from));
      let brokeLine = false;
      let segment = pos;
      while (pos < end) {
        const code = text.charCodeAt(pos);
        if (code === quote) {
          if (!single || codeAt(pos + 1) !== 0x27) break;
          value += text.slice(segment, pos + 1);
          pos += 2;
          segment = pos;
        } else if (code === 0x5c && !single) {
          value += text.slice(segment, pos);
          if (pos + 1 < end && isBreak(text.charCodeAt(pos + 1))) {
            pos++;
            takeBreak();
            brokeLine = true;
            segment = pos;
            break;
          }
          value += takeEscape();
          segment = pos;
        } else if (isBlank(code) || isBreak(code)) {
          break;
        } else {
          pos++;
        }
      }
      value += text.slice(segment, pos);
      if (codeAt(pos) === quote && pos < end) break;
      const blanks = pos;
      let leading = '';
      let trailing = '';
      const escapedBreak = brokeLine;
      for (;;) {
        const code = codeAt(pos);
        if (isBlank(code)) {
          pos++;
        } else if (pos < end && isBreak(code)) {
          if (brokeLine) trailing += takeBreak();
          else leading = takeBreak();
          brokeLine = true;
        } else {
          break;
        }
      }
      // After `\` at the end of a line nothing joins the lines but the empty lines between them.
      if (escapedBreak) value += trailing;
      else value += brokeLine ? fold(leading, trailing) : text.slice(blanks, pos);
    }
    pos++;
    push(TOKEN.SCALAR, from, pos, value, single ? 'single-quoted' : 'double-quoted');
  }

  function takeEscape(): string {
    const from = pos;
    const letter = text.charAt(pos + 1);
    const plain = ESCAPES[letter];
    if (plain !== undefined && pos + 1 < end) {
      pos += 2;
      return plain;
    }
    const length = ESCAPE_LENGTHS[letter];
    if (length === undefined) fail('Between double quotes this escape does not exist; write `\\\\` for a backslash or use single quotes.', from, Math.min(from + 2, end));
    const digits = text.slice(pos + 2, Math.min(pos + 2 + length, end));
    const code = digits.length === length && /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : -1;
    if (code < 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      fail(`\`\\${letter}\` needs ${length} hexadecimal digits of a Unicode character.`, from, Math.min(from + 2 + length, end));
    }
    pos += 2 + length;
    return String.fromCodePoint(code);
  }

  function fetchBlockScalar(literal: boolean): void {
    removeSimpleKey();
    simpleKeyAllowed = true;
    const from = pos;
    pos++;
    let chomp = '';
    let increment = 0;
    for (let round = 0; round < 2; round++) {
      const code = codeAt(pos);
      if (chomp === '' && (code === 0x2b || code === 0x2d)) {
        chomp = text.charAt(pos);
        pos++;
      } else if (increment === 0 && code >= 0x30 && code <= 0x39) {
        if (code === 0x30) fail('The indentation of a block text cannot be 0.', pos, pos + 1);
        increment = code - 0x30;
        pos++;
      }
    }
    let contentEnd = pos;
    while (isBlank(codeAt(pos))) pos++;
    if (codeAt(pos) === 0x23) while (pos < end && !isBreak(text.charCodeAt(pos))) pos++;
    if (pos < end && !isBreak(text.charCodeAt(pos))) {
      fail(`After \`${literal ? '|' : '>'}\` the text begins on the next line; quote it if it only begins with that sign.`, from, endOfLine(from));
    }
    if (pos < end) takeBreak();

    let contentIndent = increment === 0 ? 0 : indent >= 0 ? indent + increment : increment;
    let trailing = '';
    function takeBlankLines(): void {
      let widest = 0;
      for (;;) {
        while ((contentIndent === 0 || pos - lineStart < contentIndent) && codeAt(pos) === SPACE) pos++;
        widest = Math.max(widest, pos - lineStart);
        if ((contentIndent === 0 || pos - lineStart < contentIndent) && codeAt(pos) === TAB) {
          fail('A tab cannot indent a block text; use spaces.', pos, pos + 1, 'yaml-tab');
        }
        if (pos >= end || !isBreak(text.charCodeAt(pos))) break;
        trailing += takeBreak();
      }
      if (contentIndent === 0) contentIndent = Math.max(widest, indent + 1, 1);
    }

    let value = '';
    let leading = '';
    let afterBlank = false;
    takeBlankLines();
    while (pos < end && pos - lineStart === contentIndent) {
      const startsBlank = isBlank(text.charCodeAt(pos));
      if (!literal && leading === '\n' && !afterBlank && !startsBlank) {
        if (trailing === '') value += ' ';
      } else {
        value += leading;
      }
      value += trailing;
      leading = '';
      trailing = '';
      afterBlank = startsBlank;
      const segment = pos;
      while (pos < end && !isBreak(text.charCodeAt(pos))) pos++;
      value += text.slice(segment, pos);
      contentEnd = pos;
      if (pos < end) leading = takeBreak();
      takeBlankLines();
    }
    if (chomp !== '-') value += leading;
    if (chomp === '+') value += trailing;
    let to = contentEnd;
    while (to > from + 1 && (isBlank(text.charCodeAt(to - 1)) || isBreak(text.charCodeAt(to - 1)))) to--;
    push(TOKEN.SCALAR, from, to, value, literal ? 'literal' : 'folded');
  }

  function failToken(): never {
    const code = codeAt(pos);
    if (code === TAB) fail('A tab cannot indent a line; use spaces.', pos, pos + 1, 'yaml-tab');
    if (code === 0x25) fail('A text cannot begin with `%`; quote it.', pos, pos + 1);
    fail(`A text cannot begin with \`${text.charAt(pos)}\` here; quote it.`, pos, pos + 1);
  }

  function fetchNext(): boolean {
    scanToNextToken();
    checkRequiredKeys();
    unrollIndent(pos - lineStart);
    if (pos >= end) {
      unrollIndent(-1);
      removeSimpleKey();
      push(TOKEN.STREAM_END, end, end);
      return false;
    }
    const code = text.charCodeAt(pos);
    if (pos === lineStart) {
      if (code === 0x25) {
        fetchDirective();
        return true;
      }
      if (code === 0x2d && isDocumentIndicator(pos, 0x2d)) {
        fetchDocumentIndicator(TOKEN.DOCUMENT_START);
        return true;
      }
      if (code === 0x2e && isDocumentIndicator(pos, 0x2e)) {
        fetchDocumentIndicator(TOKEN.DOCUMENT_END);
        return true;
      }
    }
    switch (code) {
      case 0x5b:
        fetchFlowStart(TOKEN.FLOW_SEQUENCE_START);
        return true;
      case 0x7b:
        fetchFlowStart(TOKEN.FLOW_MAPPING_START);
        return true;
      case 0x5d:
        fetchFlowEnd(TOKEN.FLOW_SEQUENCE_END);
        return true;
      case 0x7d:
        fetchFlowEnd(TOKEN.FLOW_MAPPING_END);
        return true;
      case 0x2c:
        removeSimpleKey();
        simpleKeyAllowed = true;
        push(TOKEN.FLOW_ENTRY, pos, pos + 1);
        pos++;
        return true;
      case 0x2d:
        if (isBlankOrEnd(pos + 1)) fetchEntry();
        else fetchPlain();
        return true;
      case 0x3f:
        if (flowLevel > 0 || isBlankOrEnd(pos + 1)) fetchExplicitKey();
        else fetchPlain();
        return true;
      case 0x3a:
        if (flowLevel > 0 || isBlankOrEnd(pos + 1)) fetchValue();
        else fetchPlain();
        return true;
      case 0x2a:
        fetchAnchor(TOKEN.ALIAS);
        return true;
      case 0x26:
        fetchAnchor(TOKEN.ANCHOR);
        return true;
      case 0x21:
        fetchTag();
        return true;
      case 0x7c:
      case 0x3e:
        if (flowLevel > 0) failToken();
        fetchBlockScalar(code === 0x7c);
        return true;
      case 0x27:
      case 0x22:
        fetchQuoted(code);
        return true;
      case TAB:
      case 0x25:
      case 0x40:
      case 0x60:
        return failToken();
      default:
        fetchPlain();
        return true;
    }
  }

  let error: ScanError | undefined;
  try {
    while (fetchNext());
  } catch (failure) {
    if (!(failure instanceof ScanFailure)) throw failure;
    error = failure.problem;
    push(TOKEN.ERROR, failure.problem.span.from, failure.problem.span.to);
  }
  return { kinds, froms, tos, flags, values, styles, error };
}
