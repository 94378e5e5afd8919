/** Reads YAML as dbt does: the grammar of libyaml over the tokens of `yaml-scanner.ts`, the constructors of PyYAML's safe loader. */

import type { Span, SyntaxProblem } from '../../base/span.ts';
import { MAX_YAML_DEPTH, addProblem, composeMapping } from './compose.ts';
import type { ComposeState, RawEntry } from './compose.ts';
import type { YamlDocument, YamlNode, YamlScalar, YamlSequence, YamlStyle } from './node.ts';
import { STARTS_KEY, STARTS_MAPPING, TOKEN, scanYaml } from './scanner.ts';
import { isScalarFault, readBoolean11, readFloat11, readInteger11, readTimestamp11, resolvePlainScalar } from './scalars.ts';
import type { ScalarFault, YamlScalarValue } from './scalars.ts';

const CORE_TAG = 'tag:yaml.org,2002:';

/** Tells an anchor whose node is still being read from one that is not there. */
const UNFINISHED = Symbol('an anchor within its own node');

/** Reads `text` between `start` and `end` (dbt cuts white space off both ends); offsets stay those of `text`. */
export function parseStrict(text: string, start: number, end: number): YamlDocument {
  const tokens = scanYaml(text, start, end);
  const { kinds, froms, tos, flags, values, styles } = tokens;
  const problems: SyntaxProblem[] = [];
  const state: ComposeState = { problems, mergedEntries: 0 };
  const anchors = new Map<string, YamlNode | typeof UNFINISHED>();
  const tagPrefixes = new Map<string, string>();

  let index = 0;
  /** Flags of the current token that were not consumed yet. */
  let pending = flags[0] ?? 0;
  let failed = false;
  /** End of what was consumed last, for spans of collections and places of absent values. */
  let lastEnd = start;
  /** Where the last `{{` or `{%` began that was read as a flow mapping, or -1. */
  let lastJinja = -1;
  let inJinja = false;
  let depth = 0;
  /** The deepest level of the node that is being read, aliases written out. */
  let deepest = 0;
  /** Levels below an anchored node. */
  const heights = new Map<YamlNode, number>();
  /** Whether the key that was read last is a merge key. */
  let mergeKey = false;

  function peek(): number {
    if ((pending & STARTS_MAPPING) !== 0) return TOKEN.MAPPING_START;
    if ((pending & STARTS_KEY) !== 0) return TOKEN.KEY;
    return kinds[index] ?? TOKEN.STREAM_END;
  }

  function from(): number {
    return froms[index] ?? end;
  }

  function to(): number {
    return tos[index] ?? end;
  }

  /** Consumes the token that `peek` shows. Only tokens with a text of their own move `lastEnd`. */
  function advance(): void {
    if ((pending & STARTS_MAPPING) !== 0) {
      pending &= ~STARTS_MAPPING;
      return;
    }
    if ((pending & STARTS_KEY) !== 0) {
      pending = 0;
      return;
    }
    if (to() > from()) lastEnd = to();
    index++;
    pending = flags[index] ?? 0;
  }

  function report(code: string, message: string, span: Span): void {
    addProblem(state, code, message, span);
  }

  /** Ends the reading; what was read so far stays. */
  function stop(message: string, code = 'yaml-syntax'): void {
    if (failed) return;
    failed = true;
    const error = tokens.error;
    let span: Span = { from: from(), to: to() };
    let problem: { readonly code: string; readonly message: string } = { code, message };
    if (kinds[index] === TOKEN.ERROR && error !== undefined) {
      span = error.span;
      problem = error;
    } else if (span.to === span.from) {
      span = lastWordBefore(span.from);
    }
    const jinja = isJinjaAt(span.from) ? { from: span.from, to: jinjaEnd(span.from, endOfLine(span.from)) } : jinjaBefore(span.from);
    if (jinja !== undefined) {
      // What follows a Jinja expression on its line is reported with it.
      const last = problems.at(-1);
      if (last?.code === 'yaml-unquoted-jinja' && last.span.from === jinja.from) return;
      report('yaml-unquoted-jinja', UNQUOTED_JINJA, jinja);
      return;
    }
    report(problem.code, problem.message, span);
  }

  function isJinjaAt(offset: number): boolean {
    return text.charCodeAt(offset) === 0x7b && '{%#'.includes(text.charAt(offset + 1) || ' ');
  }

  /** The unquoted Jinja expression that an error stands in or right behind, which is then its cause. */
  function jinjaBefore(offset: number): Span | undefined {
    if (lastJinja < 0 || (!inJinja && text.slice(lastJinja, offset).includes('\n'))) return undefined;
    return { from: lastJinja, to: jinjaEnd(lastJinja, endOfLine(lastJinja)) };
  }

  function jinjaEnd(begin: number, lineEnd: number): number {
    const close = text.charAt(begin + 1) === '{' ? '}}' : `${text.charAt(begin + 1)}}`;
    const at = text.indexOf(close, begin + 2);
    return at < 0 || at > lineEnd ? lineEnd : at + 2;
  }

  function endOfLine(offset: number): number {
    let at = offset;
    while (at < end && text.charCodeAt(at) !== 0x0a && text.charCodeAt(at) !== 0x0d) at++;
    return at;
  }

  /** The last character before an offset that is not white space, so that no problem stands on nothing. */
  function lastWordBefore(offset: number): Span {
    let at = Math.min(offset, end);
    while (at > start && /\s/.test(text.charAt(at - 1))) at--;
    return at > start ? { from: at - 1, to: at } : { from: offset, to: offset };
  }

  function emptyScalar(at: number): YamlScalar {
    return { kind: 'scalar', value: null, style: 'plain', from: at, to: at };
  }

  /** Any node; `sequenceInKey` allows list items that are not indented deeper than their key. */
  function node(block: boolean, sequenceInKey: boolean, isKey = false): YamlNode {
    if (peek() === TOKEN.ALIAS) return alias();
    let anchor: string | undefined;
    let tag: string | undefined;
    let tagSpan: Span = { from: from(), to: to() };
    for (;;) {
      const kind = peek();
      if (kind === TOKEN.ANCHOR && anchor === undefined) {
        anchor = values[index] ?? '';
        if (anchors.has(anchor)) report('yaml-duplicate-anchor', `The anchor \`&${anchor}\` is already in use; dbt's YAML reader refuses a second one.`, { from: from(), to: to() });
      } else if (kind === TOKEN.TAG && tag === undefined) {
        tagSpan = { from: from(), to: to() };
        tag = fullTag(values[index] ?? '');
        if (tag === undefined) {
          stop('This tag begins with a handle that no %TAG line declares.');
          return emptyScalar(tagSpan.from);
        }
      } else {
        break;
      }
      advance();
    }
    if (anchor !== undefined) anchors.set(anchor, UNFINISHED);
    depth++;
    const outerDeepest = deepest;
    deepest = depth;
    const result = content(block, sequenceInKey, isKey, anchor !== undefined || tag !== undefined, tag, tagSpan);
    if (anchor !== undefined) {
      anchors.set(anchor, result);
      heights.set(result, deepest - depth);
    }
    deepest = Math.max(deepest, outerDeepest);
    depth--;
    return result;
  }

  function content(block: boolean, sequenceInKey: boolean, isKey: boolean, hasProperties: boolean, tag: string | undefined, tagSpan: Span): YamlNode {
    const kind = peek();
    if (kind === TOKEN.SCALAR) {
      const written = values[index] ?? '';
      const style = styles[index] ?? 'plain';
      const plainKey = isKey && style === 'plain' && tag === undefined;
      mergeKey = isKey && (tag === MERGE_TAG || (plainKey && written === '<<'));
      const isSignKey = mergeKey || (plainKey && written === '=');
      const scalar = makeScalar(written, style, isSignKey ? `${CORE_TAG}str` : tag, tagSpan, from(), to());
      advance();
      return scalar;
    }
    if (depth > MAX_YAML_DEPTH) {
      stop(`The YAML is nested deeper than ${MAX_YAML_DEPTH} levels.`, 'yaml-too-deep');
      return emptyScalar(from());
    }
    if (sequenceInKey && kind === TOKEN.ENTRY) return checkSequenceTag(blockSequence(true), tag, tagSpan);
    if (block && kind === TOKEN.SEQUENCE_START) {
      advance();
      return checkSequenceTag(blockSequence(false), tag, tagSpan);
    }
    if (block && kind === TOKEN.MAPPING_START) {
      advance();
      return blockMapping(tag, tagSpan);
    }
    if (kind === TOKEN.FLOW_SEQUENCE_START) return checkSequenceTag(flowSequence(), tag, tagSpan);
    if (kind === TOKEN.FLOW_MAPPING_START) return flowMapping(tag, tagSpan);
    if (hasProperties) return makeScalar('', 'plain', tag === '!' ? `${CORE_TAG}str` : tag, tagSpan, lastEnd, lastEnd);
    stop(describeUnexpected(kind));
    return emptyScalar(lastEnd);
  }

  function describeUnexpected(kind: number): string {
    switch (kind) {
      case TOKEN.ENTRY:
        return 'A list item cannot stand here; check the indentation.';
      case TOKEN.FLOW_MAPPING_END:
      case TOKEN.FLOW_SEQUENCE_END:
        return 'This bracket closes nothing.';
      case TOKEN.STREAM_END:
        return 'The text ends where a value is expected.';
      default:
        return 'A value is expected here.';
    }
  }

  function alias(): YamlNode {
    const name = values[index] ?? '';
    const span = { from: from(), to: to() };
    const target = anchors.get(name);
    advance();
    if (target === undefined) {
      report('yaml-undefined-alias', `No anchor \`&${name}\` stands before this alias.`, span);
      return emptyScalar(span.to);
    }
    if (target === UNFINISHED) {
      report('yaml-recursive-alias', `The alias \`*${name}\` stands within its own anchor, so that its value would be endless.`, span);
      return emptyScalar(span.to);
    }
    const reached = depth + 1 + (heights.get(target) ?? 0);
    if (reached > MAX_YAML_DEPTH) {
      report('yaml-too-deep', `With its aliases written out the YAML is nested deeper than ${MAX_YAML_DEPTH} levels.`, span);
      return emptyScalar(span.to);
    }
    deepest = Math.max(deepest, reached);
    return target;
  }

  function fullTag(written: string): string | undefined {
    if (written.startsWith('!<')) return written.slice(2, -1);
    if (written === '!') return '!';
    const parts = /^(!(?:[\w-]*!)?)(.*)$/.exec(written);
    const handle = parts?.[1] ?? '!';
    const suffix = (parts?.[2] ?? '').replace(/(?:%[0-9a-fA-F]{2})+/g, decodePercent);
    const prefix = tagPrefixes.get(handle) ?? (handle === '!' ? '!' : handle === '!!' ? CORE_TAG : undefined);
    return prefix === undefined ? undefined : prefix + suffix;
  }

  function decodePercent(escaped: string): string {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  }

  function makeScalar(written: string, style: YamlStyle, tag: string | undefined, tagSpan: Span, at: number, until: number): YamlScalar {
    let value: YamlScalarValue | ScalarFault;
    if (tag === undefined) value = style === 'plain' ? resolvePlainScalar(written, 'dbt') : written;
    else value = taggedScalar(written, tag);
    if (isScalarFault(value)) {
      const isUnknown = tag !== undefined && !KNOWN_TAGS.has(tag);
      const span = tag === undefined ? { from: at, to: until } : isUnknown ? tagSpan : { from: tagSpan.from, to: until };
      report(isUnknown ? 'yaml-unknown-tag' : 'yaml-bad-value', value.message, span);
      value = written;
    }
    return { kind: 'scalar', value, style, from: at, to: until };
  }

  function checkSequenceTag(sequence: YamlSequence, tag: string | undefined, tagSpan: Span): YamlSequence {
    if (tag === undefined || tag === '!' || tag === `${CORE_TAG}seq`) return sequence;
    if (tag !== `${CORE_TAG}omap` && tag !== `${CORE_TAG}pairs`) {
      reportTag(tag, 'a list', tagSpan);
      return sequence;
    }
    for (const item of sequence.items) {
      if (item.kind !== 'mapping' || item.entries.length + item.duplicates.length !== 1) {
        report('yaml-bad-value', 'Under this tag each item must be a mapping of one entry.', item.to > item.from ? item : tagSpan);
      }
    }
    return sequence;
  }

  function checkMappingTag(tag: string | undefined, tagSpan: Span): void {
    if (tag === undefined || tag === '!' || tag === `${CORE_TAG}map` || tag === `${CORE_TAG}set`) return;
    reportTag(tag, 'a mapping', tagSpan);
  }

  function reportTag(tag: string, what: string, span: Span): void {
    if (KNOWN_TAGS.has(tag)) report('yaml-bad-value', `The tag \`${tag}\` does not fit ${what}.`, span);
    else report('yaml-unknown-tag', `PyYAML's safe loader does not know the tag \`${tag}\`.`, span);
  }

  function blockSequence(sequenceInKey: boolean): YamlSequence {
    const begin = from();
    const items: YamlNode[] = [];
    while (!failed) {
      const kind = peek();
      if (kind === TOKEN.ENTRY) {
        advance();
        const next = peek();
        const isEmpty = next === TOKEN.ENTRY || next === TOKEN.BLOCK_END || (sequenceInKey && (next === TOKEN.KEY || next === TOKEN.VALUE));
        items.push(isEmpty ? emptyScalar(lastEnd) : node(true, false));
      } else if (sequenceInKey) {
        break;
      } else if (kind === TOKEN.BLOCK_END) {
        advance();
        break;
      } else {
        stop('A list item beginning with `-` is expected here; check the indentation.');
      }
    }
    return { kind: 'sequence', flow: false, items, from: begin, to: Math.max(begin, lastEnd) };
  }

  function blockMapping(tag: string | undefined, tagSpan: Span): YamlNode {
    const begin = from();
    const raw: RawEntry[] = [];
    while (!failed) {
      const kind = peek();
      if (kind === TOKEN.BLOCK_END) {
        advance();
        break;
      }
      if (kind === TOKEN.KEY) raw.push(blockEntry());
      else stop(kind === TOKEN.VALUE ? 'A key is expected before this `:`.' : 'A key is expected here; check the indentation and the quotes of this line and the one before.');
    }
    checkMappingTag(tag, tagSpan);
    return composeMapping(state, raw, false, begin, Math.max(begin, lastEnd));
  }

  function blockEntry(): RawEntry {
    advance();
    let next = peek();
    mergeKey = false;
    const key = next === TOKEN.KEY || next === TOKEN.VALUE || next === TOKEN.BLOCK_END ? emptyScalar(lastEnd) : node(true, true, true);
    const isMerge = mergeKey;
    if (failed || peek() !== TOKEN.VALUE) return { key, value: emptyScalar(lastEnd), isMerge };
    advance();
    next = peek();
    const isEmpty = next === TOKEN.KEY || next === TOKEN.VALUE || next === TOKEN.BLOCK_END;
    return { key, value: isEmpty ? emptyScalar(lastEnd) : node(true, true), isMerge };
  }

  function flowSequence(): YamlSequence {
    const begin = from();
    const items: YamlNode[] = [];
    advance();
    let isFirst = true;
    while (!failed) {
      if (!isFirst && peek() !== TOKEN.FLOW_SEQUENCE_END) {
        if (peek() !== TOKEN.FLOW_ENTRY) {
          stop('A `,` or the closing `]` is expected here.');
          break;
        }
        advance();
      }
      isFirst = false;
      const kind = peek();
      if (kind === TOKEN.FLOW_SEQUENCE_END) {
        advance();
        break;
      }
      items.push(kind === TOKEN.KEY ? singlePair() : node(false, false));
    }
    return { kind: 'sequence', flow: true, items, from: begin, to: Math.max(begin, lastEnd) };
  }

  /** `a: b` as an item of a flow sequence: a mapping of one entry without braces. */
  function singlePair(): YamlNode {
    const begin = from();
    advance();
    let next = peek();
    mergeKey = false;
    let key: YamlNode;
    if (next === TOKEN.VALUE || next === TOKEN.FLOW_ENTRY || next === TOKEN.FLOW_SEQUENCE_END) {
      key = emptyScalar(lastEnd);
      // libyaml loses the sign that ends an empty `?` key, and we must refuse what it then refuses.
      advance();
    } else {
      key = node(false, false, true);
    }
    const isMerge = mergeKey;
    let value: YamlNode = emptyScalar(lastEnd);
    if (!failed && peek() === TOKEN.VALUE) {
      advance();
      next = peek();
      value = next === TOKEN.FLOW_ENTRY || next === TOKEN.FLOW_SEQUENCE_END ? emptyScalar(lastEnd) : node(false, false);
    }
    return composeMapping(state, [{ key, value, isMerge }], true, begin, Math.max(begin, lastEnd));
  }

  function flowMapping(tag: string | undefined, tagSpan: Span): YamlNode {
    const begin = from();
    const isJinja = isJinjaAt(begin);
    if (isJinja) {
      lastJinja = begin;
      inJinja = true;
    }
    const raw: RawEntry[] = [];
    advance();
    let isFirst = true;
    while (!failed) {
      if (!isFirst && peek() !== TOKEN.FLOW_MAPPING_END) {
        if (peek() !== TOKEN.FLOW_ENTRY) {
          stop('A `,` or the closing `}` is expected here.');
          break;
        }
        advance();
      }
      isFirst = false;
      const kind = peek();
      if (kind === TOKEN.FLOW_MAPPING_END) {
        advance();
        break;
      }
      raw.push(flowEntry(kind === TOKEN.KEY));
    }
    checkMappingTag(tag, tagSpan);
    const to = Math.max(begin, lastEnd);
    if (!isJinja) return composeMapping(state, raw, true, begin, to);
    if (!failed) {
      inJinja = false;
      if (raw[0]?.key.kind === 'mapping') report('yaml-unquoted-jinja', UNQUOTED_JINJA, { from: begin, to });
    }
    // What the braces of Jinja make of the inside is nothing that an author should mend.
    return composeMapping({ problems: [], mergedEntries: 0 }, raw, true, begin, to);
  }

  function flowEntry(hasKey: boolean): RawEntry {
    mergeKey = false;
    if (!hasKey) {
      const key = node(false, false, true);
      return { key, value: emptyScalar(lastEnd), isMerge: mergeKey };
    }
    advance();
    let next = peek();
    const isEmptyKey = next === TOKEN.VALUE || next === TOKEN.FLOW_ENTRY || next === TOKEN.FLOW_MAPPING_END;
    const key = isEmptyKey ? emptyScalar(lastEnd) : node(false, false, true);
    const isMerge = mergeKey;
    if (failed || peek() !== TOKEN.VALUE) return { key, value: emptyScalar(lastEnd), isMerge };
    advance();
    next = peek();
    const isEmpty = next === TOKEN.FLOW_ENTRY || next === TOKEN.FLOW_MAPPING_END;
    return { key, value: isEmpty ? emptyScalar(lastEnd) : node(false, false), isMerge };
  }

  /** The `%YAML` and `%TAG` lines before `---`. */
  function directives(): void {
    let hasVersion = false;
    while (peek() === TOKEN.DIRECTIVE && !failed) {
      const written = values[index] ?? '';
      const version = /^%YAML[ \t]+([0-9]+)\.([0-9]+)/.exec(written);
      if (version !== null) {
        const supported = Number(version[1]) === 1 && (Number(version[2]) === 1 || Number(version[2]) === 2);
        if (hasVersion || !supported) {
          stop(hasVersion ? 'The version of YAML is given twice.' : 'PyYAML reads YAML 1.1 and 1.2 only.');
          return;
        }
        hasVersion = true;
      } else {
        const [, handle = '', prefix = ''] = written.split(/[ \t]+/);
        if (tagPrefixes.has(handle)) {
          stop('This tag handle is declared twice.');
          return;
        }
        tagPrefixes.set(handle, prefix);
      }
      advance();
    }
  }

  function isDocumentBoundary(kind: number): boolean {
    return kind === TOKEN.DIRECTIVE || kind === TOKEN.DOCUMENT_START || kind === TOKEN.DOCUMENT_END || kind === TOKEN.STREAM_END;
  }

  function document(): YamlNode | undefined {
    if (peek() === TOKEN.STREAM_END) return undefined;
    let root: YamlNode;
    if (peek() === TOKEN.DIRECTIVE || peek() === TOKEN.DOCUMENT_START) {
      directives();
      if (failed) return undefined;
      if (peek() !== TOKEN.DOCUMENT_START) {
        stop('After the lines with `%` a line `---` is expected.');
        return undefined;
      }
      advance();
      root = isDocumentBoundary(peek()) ? emptyScalar(lastEnd) : node(true, false);
    } else {
      root = node(true, false);
    }
    if (failed) return root;
    const isOpen = !isDocumentBoundary(peek());
    while (peek() === TOKEN.DOCUMENT_END) advance();
    if (peek() === TOKEN.STREAM_END) return root;
    if (isOpen || kinds[index] === TOKEN.ERROR) stop('The document ends before this text; check the indentation and the quotes of this line and the one before.');
    else stop('A second document begins here, but dbt reads exactly one from a file.', 'yaml-multiple-documents');
    return root;
  }

  return { root: document(), problems };
}

const UNQUOTED_JINJA = 'YAML takes this for a mapping: quote the Jinja expression.';
const MERGE_TAG = `${CORE_TAG}merge`;
const KNOWN_TAGS: ReadonlySet<string> = new Set(
  ['null', 'bool', 'int', 'float', 'binary', 'timestamp', 'omap', 'pairs', 'set', 'str', 'seq', 'map'].map((name) => CORE_TAG + name),
);

/** A scalar with an explicit tag. Bytes of `!!binary` stay the text as written. */
function taggedScalar(written: string, tag: string): YamlScalarValue | ScalarFault {
  switch (tag) {
    case '!':
      return resolvePlainScalar(written, 'dbt');
    case `${CORE_TAG}str`:
      return written;
    case `${CORE_TAG}null`:
      return null;
    case `${CORE_TAG}bool`:
      return readBoolean11(written);
    case `${CORE_TAG}int`:
      return readInteger11(written);
    case `${CORE_TAG}float`:
      return readFloat11(written);
    case `${CORE_TAG}timestamp`:
      return readTimestamp11(written);
    case `${CORE_TAG}binary`:
      return isBase64(written) ? written : { kind: 'fault', message: 'This is not text in base 64.' };
    default:
      if (KNOWN_TAGS.has(tag)) return { kind: 'fault', message: `The tag \`${tag}\` does not fit a scalar.` };
      return { kind: 'fault', message: `PyYAML's safe loader does not know the tag \`${tag}\`.` };
  }
}

/** Python's decoder passes over strange characters and then wants whole groups of four. */
function isBase64(written: string): boolean {
  if (/[^\0-\x7f]/.test(written)) return false;
  const data = written.replace(/[^A-Za-z0-9+/=]/g, '');
  const content = /^[^=]*/.exec(data)?.[0].length ?? 0;
  const padding = data.length - content;
  return content % 4 === 0 || (content % 4 === 2 && padding >= 2) || (content % 4 === 3 && padding >= 1);
}
