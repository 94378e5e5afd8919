/** Reads what a template captures without evaluating it, where literal `ref`, `source` and `config` calls are all it holds. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import type { Span } from '../../base/span.ts';

/** One keyword of a `config()` call; `valueSpan` is that of the literal. */
export interface StaticConfigEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: PyValue;
  readonly valueSpan: Span;
}

/** A call, in the order of the text. `span` is the call without its braces; spans of strings include the quotes. */
export type StaticCapture =
  | {
      readonly kind: 'ref';
      readonly name: string;
      readonly nameSpan: Span;
      readonly package: string | undefined;
      readonly packageSpan: Span | undefined;
      readonly version: PyValue | undefined;
      readonly versionSpan: Span | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: 'source';
      readonly source: string;
      readonly sourceSpan: Span;
      readonly table: string;
      readonly tableSpan: Span;
      readonly span: Span;
    }
  | { readonly kind: 'config'; readonly entries: readonly StaticConfigEntry[]; readonly span: Span };

/** What `scanStaticTemplate` found. */
export interface StaticScan {
  readonly captures: readonly StaticCapture[];
  /**
   * Whether dbt's own static parser (dbt-extractor) takes the text as well, so that dbt renders no Jinja at all:
   * the node then has no `depends_on.macros`. It takes less than this scan does.
   */
  readonly staticallyParsedByDbt: boolean;
}

const NOTHING: StaticScan = { captures: [], staticallyParsedByDbt: true };

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const PERCENT = 37;
const HASH = 35;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const EQUALS = 61;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const SINGLE_QUOTE = 39;
const DOUBLE_QUOTE = 34;

/**
 * The captures of a template, or undefined if only evaluation can tell them.
 *
 * Whatever is returned is what dbt captures. One linear pass; text outside of tags costs an `indexOf`. Strings with a
 * backslash, keyword arguments of `source` and repeated keywords mean one thing to dbt-extractor and another (or an
 * error) to Jinja, so they are taken only where dbt-extractor takes the whole text.
 */
export function scanStaticTemplate(text: string): StaticScan | undefined {
  let at = text.indexOf('{');
  if (at < 0) return NOTHING;
  const scanner: Scanner = { text, at: 0, strict: true, onlyExtractor: false };
  const captures: StaticCapture[] = [];
  for (; at >= 0; at = text.indexOf('{', at)) {
    const next = text.charCodeAt(at + 1);
    if (next === OPEN_BRACE) {
      scanner.at = at + 2;
      if (!readOutput(scanner, captures)) return undefined;
      at = scanner.at;
    } else if (next === HASH) {
      const end = text.indexOf('#}', at + 2);
      if (end < 0) return undefined;
      at = end + 2;
    } else if (next === PERCENT) {
      return undefined;
    } else {
      at++;
    }
  }
  // A brace at the very end, of all things, stops dbt-extractor.
  if (text.endsWith('{')) scanner.strict = false;
  if (scanner.onlyExtractor && !scanner.strict) return undefined;
  return { captures, staticallyParsedByDbt: scanner.strict };
}

interface Scanner {
  readonly text: string;
  at: number;
  /** Whether dbt-extractor takes all that was read. */
  strict: boolean;
  /** Whether something was read whose value holds only if dbt-extractor takes the whole text. */
  onlyExtractor: boolean;
}

function readOutput(s: Scanner, captures: StaticCapture[]): boolean {
  const { text } = s;
  const modifier = text.charCodeAt(s.at);
  if (modifier === MINUS || modifier === 43) {
    s.at++;
    s.strict = false;
  }
  skipBlanks(s);
  const from = s.at;
  const word = readWord(s);
  if (word === 'ref' || word === 'source' || word === 'config') {
    skipBlanks(s);
    if (text.charCodeAt(s.at) !== OPEN_PAREN) return false;
    s.at++;
    const found = word === 'ref' ? readRef(s, from) : word === 'source' ? readSource(s, from) : readConfig(s, from);
    if (found === undefined) return false;
    captures.push(...found);
  } else {
    // A literal alone captures nothing.
    s.at = from;
    if (readValue(s) === undefined) return false;
  }
  skipBlanks(s);
  if (text.charCodeAt(s.at) === MINUS) {
    s.at++;
    s.strict = false;
  }
  if (text.charCodeAt(s.at) !== CLOSE_BRACE || text.charCodeAt(s.at + 1) !== CLOSE_BRACE) return false;
  s.at += 2;
  return true;
}

function skipBlanks(s: Scanner): void {
  for (;;) {
    const code = s.text.charCodeAt(s.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    s.at++;
  }
}

/** Reads an ASCII identifier, which may be empty. */
function readWord(s: Scanner): string {
  const from = s.at;
  for (;;) {
    const code = s.text.charCodeAt(s.at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && !(isDigit && s.at > from)) break;
    s.at++;
  }
  return s.text.slice(from, s.at);
}

interface Literal {
  readonly value: PyValue;
  readonly span: Span;
}

interface Keyword extends Literal {
  readonly key: string;
  readonly keySpan: Span;
}

interface CallArguments {
  readonly positional: readonly Literal[];
  readonly keyword: readonly Keyword[];
}

/** Reads arguments up to and with the closing parenthesis; undefined unless all are literals. */
function readArguments(s: Scanner): CallArguments | undefined {
  const positional: Literal[] = [];
  const keyword: Keyword[] = [];
  for (;;) {
    skipBlanks(s);
    if (s.text.charCodeAt(s.at) === CLOSE_PAREN) break;
    const from = s.at;
    const word = readWord(s);
    const keySpan = { from, to: s.at };
    skipBlanks(s);
    const isKeyword = word !== '' && s.text.charCodeAt(s.at) === EQUALS && s.text.charCodeAt(s.at + 1) !== EQUALS;
    if (isKeyword) {
      s.at++;
      skipBlanks(s);
      const literal = readValue(s);
      if (literal === undefined) return undefined;
      keyword.push({ key: word, keySpan, ...literal });
    } else {
      s.at = from;
      const literal = readValue(s);
      if (literal === undefined || keyword.length > 0) return undefined;
      positional.push(literal);
    }
    skipBlanks(s);
    const separator = s.text.charCodeAt(s.at);
    if (separator === COMMA) s.at++;
    else if (separator !== CLOSE_PAREN) return undefined;
  }
  s.at++;
  return { positional, keyword };
}

function readRef(s: Scanner, from: number): StaticCapture[] | undefined {
  const args = readArguments(s);
  if (args === undefined) return undefined;
  const { positional, keyword } = args;
  const [first, second] = positional;
  if (first === undefined || positional.length > 2 || keyword.length > 1) return undefined;
  const [version] = keyword;
  if (version !== undefined) {
    if (version.key !== 'v' && version.key !== 'version') return undefined;
    // `None`, `0` and the like are subject to the truth tests of dbt's ref().
    const isPlain = typeof version.value === 'string' || isNumeric(version.value);
    if (!isPlain || version.value === '' || isZero(version.value)) return undefined;
  }
  const name = second ?? first;
  const packageName = second === undefined ? undefined : first;
  if (typeof name.value !== 'string') return undefined;
  const packageValue = packageName?.value;
  if (packageValue !== undefined && typeof packageValue !== 'string') return undefined;
  return [
    {
      kind: 'ref',
      name: name.value,
      nameSpan: name.span,
      package: packageValue,
      packageSpan: packageName?.span,
      version: version?.value,
      versionSpan: version?.span,
      span: { from, to: s.at },
    },
  ];
}

function isNumeric(value: PyValue): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return true;
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'float';
}

function isZero(value: PyValue): boolean {
  if (value === 0) return true;
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'float' && value.value === 0;
}

function readSource(s: Scanner, from: number): StaticCapture[] | undefined {
  const args = readArguments(s);
  if (args === undefined || args.positional.length + args.keyword.length !== 2) return undefined;
  if (args.keyword.length > 0) s.onlyExtractor = true;
  const [first, second] = args.positional;
  const [keyword1, keyword2] = args.keyword;
  const tableKeyword = first === undefined ? keyword2 : keyword1;
  // dbt-extractor takes keywords only in the order of the parameters.
  const source = first ?? (keyword1?.key === 'source_name' ? keyword1 : undefined);
  const table = second ?? (tableKeyword?.key === 'table_name' ? tableKeyword : undefined);
  if (typeof source?.value !== 'string' || typeof table?.value !== 'string') return undefined;
  return [
    {
      kind: 'source',
      source: source.value,
      sourceSpan: source.span,
      table: table.value,
      tableSpan: table.span,
      span: { from, to: s.at },
    },
  ];
}

/**
 * A call of config(). Jinja refuses a repeated keyword; dbt-extractor takes it as if there were one call after another,
 * and so it is captured.
 */
function readConfig(s: Scanner, from: number): StaticCapture[] | undefined {
  const args = readArguments(s);
  if (args === undefined || args.positional.length > 0 || args.keyword.length === 0) return undefined;
  const span = { from, to: s.at };
  let entries: StaticConfigEntry[] = [];
  const calls: StaticCapture[] = [{ kind: 'config', entries, span }];
  for (const { key, keySpan, value, span: valueSpan } of args.keyword) {
    if (key === 'pre_hook' || key === 'post_hook' || !isExtractorConfigValue(value)) s.strict = false;
    if (entries.some((other) => other.key === key)) {
      s.onlyExtractor = true;
      entries = [];
      calls.push({ kind: 'config', entries, span });
    }
    entries.push({ key, keySpan, value, valueSpan });
  }
  return calls;
}

/** dbt-extractor knows strings, True, False, lists and dicts as values of config(). */
function isExtractorConfigValue(value: PyValue): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isExtractorConfigValue);
  return value instanceof Map && [...value.values()].every(isExtractorConfigValue);
}

// Literals.

/** Lists and dicts nested deeper than this go the long way. */
const MAX_DEPTH = 50;

function readValue(s: Scanner, depth = 0): Literal | undefined {
  const { text } = s;
  const from = s.at;
  const code = text.charCodeAt(from);
  let value: PyValue | undefined;
  if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) value = readString(s, code);
  else if (code === OPEN_BRACKET) value = depth < MAX_DEPTH ? readList(s, depth) : undefined;
  else if (code === OPEN_BRACE) value = depth < MAX_DEPTH ? readDict(s, depth) : undefined;
  else if (code === MINUS || (code >= 48 && code <= 57)) value = readNumber(s);
  else value = readConstant(s);
  return value === undefined ? undefined : { value, span: { from, to: s.at } };
}

function readString(s: Scanner, quote: number): string | undefined {
  const { text } = s;
  const from = s.at + 1;
  let at = text.indexOf(quote === SINGLE_QUOTE ? "'" : '"', from);
  if (at < 0) return undefined;
  let backslash = text.slice(from, at).indexOf('\\');
  if (backslash >= 0) {
    s.onlyExtractor = true;
    backslash += from;
    for (at = backslash; at < text.length && text.charCodeAt(at) !== quote; at++) {
      if (text.charCodeAt(at) === 92) at++;
    }
    if (at >= text.length) return undefined;
  }
  s.at = at + 1;
  const value = text.slice(from, at);
  // Jinja normalises newlines, dbt-extractor does not.
  if (value.includes('\r')) s.onlyExtractor = true;
  // Adjacent literals are one string to Jinja.
  const end = s.at;
  skipBlanks(s);
  const next = text.charCodeAt(s.at);
  s.at = end;
  return next === SINGLE_QUOTE || next === DOUBLE_QUOTE ? undefined : value;
}

function readList(s: Scanner, depth: number): PyValue[] | undefined {
  const items: PyValue[] = [];
  s.at++;
  for (;;) {
    skipBlanks(s);
    if (s.text.charCodeAt(s.at) === CLOSE_BRACKET) break;
    const item = readValue(s, depth + 1);
    if (item === undefined) return undefined;
    items.push(item.value);
    skipBlanks(s);
    const separator = s.text.charCodeAt(s.at);
    if (separator === COMMA) s.at++;
    else if (separator !== CLOSE_BRACKET) return undefined;
  }
  s.at++;
  return items;
}

function readDict(s: Scanner, depth: number): PyDict | undefined {
  const entries: PyDict = new Map();
  s.at++;
  for (;;) {
    skipBlanks(s);
    if (s.text.charCodeAt(s.at) === CLOSE_BRACE) break;
    const key = readValue(s, depth + 1);
    if (typeof key?.value !== 'string') return undefined;
    skipBlanks(s);
    if (s.text.charCodeAt(s.at) !== COLON) return undefined;
    s.at++;
    skipBlanks(s);
    const value = readValue(s, depth + 1);
    if (value === undefined) return undefined;
    entries.set(key.value, value.value);
    skipBlanks(s);
    const separator = s.text.charCodeAt(s.at);
    if (separator === COMMA) s.at++;
    else if (separator !== CLOSE_BRACE) return undefined;
  }
  s.at++;
  return entries;
}

/** Numbers that both readers take alike: no leading zeros, no `_`, no other bases. */
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)?(?![\w.])/y;

function readNumber(s: Scanner): PyValue | undefined {
  NUMBER.lastIndex = s.at;
  const match = NUMBER.exec(s.text);
  if (match === null) return undefined;
  const [source, fraction] = match;
  s.at += source.length;
  if (fraction !== undefined) return { kind: 'float', value: Number(source) };
  const value = Number(source);
  // Python has no negative zero among its integers.
  if (value === 0) return 0;
  return Number.isSafeInteger(value) ? value : BigInt(source);
}

function readConstant(s: Scanner): PyValue | undefined {
  switch (readWord(s)) {
    case 'True':
      return true;
    case 'False':
      return false;
    case 'true':
      s.strict = false;
      return true;
    case 'false':
      s.strict = false;
      return false;
    case 'none':
    case 'None':
      s.strict = false;
      return null;
    default:
      return undefined;
  }
}
