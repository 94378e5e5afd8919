/** Reads YAML 1.2 (the files of CI systems) with the library `yaml` and turns its result into our nodes. */

import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, ParsedNode, Scalar } from 'yaml';
import type { Span, SyntaxProblem } from '../../base/span.ts';
import { MAX_PROBLEMS, MAX_YAML_DEPTH, addProblem, composeMapping } from './compose.ts';
import type { ComposeState, RawEntry } from './compose.ts';
import type { YamlDocument, YamlMapping, YamlNode, YamlScalar, YamlSequence, YamlStyle } from './node.ts';
import { isScalarFault, resolvePlainScalar } from './scalars.ts';

interface LibraryState {
  readonly text: string;
  readonly problems: SyntaxProblem[];
  /** Its problems join those of the library at the end. */
  readonly compose: ComposeState;
  readonly anchors: Map<string, YamlNode>;
  /** Levels of collections, aliases written out. */
  readonly heights: Map<YamlNode, number>;
  /** End of the node that was converted last. */
  lastEnd: number;
}

/**
 * Reads a text as YAML 1.2 with the core schema. Of several documents the last that is not empty counts (GitLab
 * puts a header document before the pipeline). Unknown tags (`!reference`) are passed over: their content stays.
 */
export function parseWithLibrary(text: string): YamlDocument {
  const problems: SyntaxProblem[] = [];
  let root: YamlNode | undefined;
  let documents: readonly Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, {
      schema: 'failsafe',
      version: '1.2',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      keepSourceTokens: false,
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch {
    // The library walks nested collections on the call stack.
    problems.push({ code: 'yaml-too-deep', message: 'The YAML is nested too deeply to be read.', span: { from: 0, to: 0 } });
    return { root: undefined, problems };
  }
  const compose: ComposeState = { problems: [], mergedEntries: 0 };
  for (const document of documents) {
    for (const error of document.errors) {
      const [from, to] = error.pos;
      problems.push({ code: 'yaml-syntax', message: sentence(error.message), span: { from, to: Math.max(to, from) } });
    }
    const state: LibraryState = { text, problems, compose, anchors: new Map(), heights: new Map(), lastEnd: 0 };
    const contents: ParsedNode | null = document.contents;
    if (contents === null) continue;
    const node = convert(state, contents);
    const isEmpty = node.kind === 'scalar' && node.value === null && node.from === node.to;
    if (!isEmpty) root = node;
  }
  // Lists as keys are refused by PyYAML alone.
  problems.push(...compose.problems.filter((problem) => problem.code !== 'yaml-unhashable-key'));
  return { root, problems: problems.slice(0, MAX_PROBLEMS) };
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}

function convert(state: LibraryState, node: Node): YamlNode {
  if (isAlias(node)) {
    const span = spanOf(node);
    state.lastEnd = span.to;
    const target = state.anchors.get(node.source);
    if (target !== undefined && (state.heights.get(target) ?? 0) > MAX_YAML_DEPTH / 2) return tooDeep(state, span);
    if (target !== undefined) return target;
    state.problems.push({ code: 'yaml-undefined-alias', message: `No anchor \`&${node.source}\` stands before this alias.`, span });
    return emptyScalar(span.to);
  }
  const converted = boundDepth(state, convertContent(state, node));
  if ('anchor' in node && typeof node.anchor === 'string') state.anchors.set(node.anchor, converted);
  return converted;
}

function boundDepth(state: LibraryState, converted: YamlNode): YamlNode {
  if (converted.kind !== 'scalar') {
    const height = 1 + heightOfChildren(state, converted);
    if (height > MAX_YAML_DEPTH) return tooDeep(state, converted);
    state.heights.set(converted, height);
  }
  return converted;
}

function tooDeep(state: LibraryState, span: Span): YamlScalar {
  addProblem(state.compose, 'yaml-too-deep', 'With its aliases written out the YAML is nested too deeply.', span);
  return emptyScalar(span.from);
}

function heightOfChildren(state: LibraryState, node: YamlMapping | YamlSequence): number {
  let height = 0;
  if (node.kind === 'sequence') for (const item of node.items) height = Math.max(height, state.heights.get(item) ?? 0);
  else for (const { value } of node.entries) height = Math.max(height, state.heights.get(value) ?? 0);
  return height;
}

function convertContent(state: LibraryState, node: Node): YamlNode {
  const { from, to } = spanOf(node);
  if (isMap(node)) {
    const raw: RawEntry[] = [];
    for (const pair of node.items) {
      const key = pair.key as Node; // Its types leave open what a pair holds.
      const value = pair.value as Node | null; // As above; null where nothing is written.
      const convertedKey = convert(state, key);
      const isMerge = isScalar(key) && key.source === '<<' && key.type === 'PLAIN' && key.tag === undefined;
      const convertedValue = value === null ? emptyScalar(state.lastEnd) : convert(state, value);
      raw.push({ key: convertedKey, value: convertedValue, isMerge });
    }
    const end = endOfCollection(state, node.flow === true, from, to);
    return composeMapping(state.compose, raw, node.flow === true, from, end);
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(state, item as Node)); // Parsed lists hold nodes only.
    const end = endOfCollection(state, node.flow === true, from, to);
    return { kind: 'sequence', flow: node.flow === true, items, from, to: end };
  }
  if (isScalar(node)) return convertScalar(state, node, from, to);
  return emptyScalar(from);
}

/** A block collection ends with its last item, a flow collection with its bracket. */
function endOfCollection(state: LibraryState, isFlow: boolean, from: number, to: number): number {
  if (isFlow) state.lastEnd = to;
  return Math.max(from, state.lastEnd);
}

const STYLES: Readonly<Record<string, YamlStyle>> = {
  BLOCK_FOLDED: 'folded',
  BLOCK_LITERAL: 'literal',
  PLAIN: 'plain',
  QUOTE_DOUBLE: 'double-quoted',
  QUOTE_SINGLE: 'single-quoted',
};

function convertScalar(state: LibraryState, node: Scalar, from: number, to: number): YamlScalar {
  const style = STYLES[node.type ?? 'PLAIN'] ?? 'plain';
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  const isPlain = style === 'plain' && node.tag?.endsWith(':str') !== true;
  const value = isPlain ? resolvePlainScalar(text, 'core-1.2') : text;
  // The library puts an absent value behind the white space that follows the colon, and ends block texts a line late.
  const begin = to > from ? from : endOfContent(state.text, 0, from);
  const end = to > from ? endOfContent(state.text, from + 1, to) : begin;
  state.lastEnd = end;
  return { kind: 'scalar', value: isScalarFault(value) ? text : value, style, from: begin, to: end };
}

/** The offset behind the last character before `to` that is not white space, but not below `from`. */
function endOfContent(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return end;
}

function emptyScalar(at: number): YamlScalar {
  return { kind: 'scalar', value: null, style: 'plain', from: at, to: at };
}

function spanOf(node: Node): { readonly from: number; readonly to: number } {
  return { from: node.range?.[0] ?? 0, to: node.range?.[1] ?? 0 };
}
