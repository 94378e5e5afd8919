/** Reads YAML into our own tree with ranges, and the helpers by which the rest of the program walks it. */

import { isPythonSpace, skipSpace, trimSpaceEnd } from '../../base/python-space.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import type { Span, SyntaxProblem } from '../../base/span.ts';
import { parseBlockStyle } from './block.ts';
import { parseWithLibrary } from './library.ts';
import type { YamlDocument, YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './node.ts';
import type { YamlDialect } from './scalars.ts';
import { parseStrict } from './strict.ts';

export type { YamlDialect } from './scalars.ts';

/**
 * Reads one text. It never throws: a text that cannot be read gives problems, and as much of a tree as was understood.
 *
 * Spans leave out anchors and tags, and end with the last character of the content; offsets are those of `text`.
 */
export function parseYaml(text: string, dialect: YamlDialect): YamlDocument {
  if (text.length > MAX_YAML_LENGTH) {
    return failure('file-too-large', `The file is longer than ${MAX_YAML_LENGTH} characters and was not read.`, { from: 0, to: 0 });
  }
  if (dialect === 'core-1.2') return parseWithLibrary(text);
  const [start, end] = dialect === 'dbt' ? withoutOuterSpace(text) : [0, text.length];
  // A byte order mark is not white space to Python, and libyaml passes over it.
  return parseLegacy(text, text.charCodeAt(start) === BYTE_ORDER_MARK ? start + 1 : start, end);
}

const BYTE_ORDER_MARK = 0xfeff;

/** Reads YAML 1.1 between two offsets. */
function parseLegacy(text: string, start: number, end: number): YamlDocument {
  if (!UNUSUAL_CHARACTER.test(text)) return parseClean(text, start, end);
  const strange = findStrangeCharacter(text, start, end);
  if (strange < 0) return LINE_BREAK_OF_OLD.test(text) ? parseStrict(text, start, end) : parseClean(text, start, end);
  const span = { from: strange, to: strange + 1 };
  if (text.charCodeAt(strange) === 0) return failure('yaml-control-character', 'The file holds a zero byte: it is not text.', span);
  const name = `U+${text.charCodeAt(strange).toString(16).toUpperCase().padStart(4, '0')}`;
  const { root, problems } = parseStrict(text, start, end);
  const problem = { code: 'yaml-control-character', message: `The control character ${name} is not allowed in YAML.`, span };
  return { root, problems: [problem, ...problems] };
}

/** Tries the fast lane first. */
function parseClean(text: string, start: number, end: number): YamlDocument {
  const endsWithin = end > start && !isPythonSpace(text.charCodeAt(end - 1));
  const simple = endsWithin ? parseBlockStyle(text, start, end) : undefined;
  return simple === undefined ? parseStrict(text, start, end) : { root: simple.root, problems: NO_PROBLEMS };
}

const NO_PROBLEMS: readonly SyntaxProblem[] = [];

/** Longer texts are not read; a property file of a large project has some hundred thousand characters. */
export const MAX_YAML_LENGTH = 5 * 1024 * 1024;

/** What libyaml's reader refuses; the surrogates are those that stand alone, which no UTF-8 file holds. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const STRANGE_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Anything that needs a closer look before the fast lane may read the text. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNUSUAL_CHARACTER = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/;

/** Line breaks of YAML 1.1 besides `\n` and `\r\n`, and the byte order mark, which may stand before a line. */
const LINE_BREAK_OF_OLD = /[\x85\u2028\u2029\ufeff]|\r(?!\n)/;

/** The offset of the first character that YAML does not allow, or -1. */
function findStrangeCharacter(text: string, start: number, end: number): number {
  const cut = start === 0 && end === text.length ? text : text.slice(start, end);
  const match = STRANGE_CHARACTER.exec(cut);
  return match === null ? -1 : start + match.index;
}

function failure(code: string, message: string, span: Span): YamlDocument {
  return { root: undefined, problems: [{ code, message, span }] };
}

/** dbt reads a file through Python's `str.strip()`: an indented first line and blank lines at the end are cut away. */
function withoutOuterSpace(text: string): readonly [number, number] {
  const start = skipSpace(text, 0, text.length);
  return [start, trimSpaceEnd(text, start, text.length)];
}

/** True for a mapping, so that a caller may ask for keys. */
export function isYamlMapping(node: YamlNode | undefined): node is YamlMapping {
  return node?.kind === 'mapping';
}

/** True for a list. */
export function isYamlSequence(node: YamlNode | undefined): node is YamlSequence {
  return node?.kind === 'sequence';
}

/** True for a scalar of any type. */
export function isYamlScalar(node: YamlNode | undefined): node is YamlScalar {
  return node?.kind === 'scalar';
}

/** The text of a string scalar; undefined for anything else, numbers and booleans included. */
export function yamlString(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** The entry of a mapping whose key is this string, the last one if it stands there more than once. */
export function mappingEntry(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  if (node?.kind !== 'mapping') return undefined;
  for (const entry of node.entries) {
    if (entry.key.kind === 'scalar' && entry.key.value === key) return entry;
  }
  return undefined;
}

/** The value under a string key of a mapping. */
export function mappingValue(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return mappingEntry(node, key)?.value;
}

/** The node at a path of keys and list positions, e.g. `['models', 0, 'columns']`. */
export function yamlPath(root: YamlNode | undefined, path: readonly (string | number)[]): YamlNode | undefined {
  let node = root;
  for (const step of path) {
    if (typeof step === 'string') node = mappingValue(node, step);
    else node = node?.kind === 'sequence' ? node.items[step] : undefined;
  }
  return node;
}

/**
 * How many nodes a tree has once aliases are written out, counted no further than `limit` (the answer is then
 * `limit`). Aliased nodes are shared, so a small text can stand for billions of nodes: ask before expanding.
 */
export function countExpandedNodes(node: YamlNode, limit: number): number {
  const sizes = new Map<YamlNode, number>();
  return Math.min(limit, expandedSize(node, limit, sizes));
}

function expandedSize(node: YamlNode, limit: number, sizes: Map<YamlNode, number>): number {
  if (node.kind === 'scalar') return 1;
  const known = sizes.get(node);
  if (known !== undefined) return known;
  let size = 1;
  if (node.kind === 'sequence') {
    for (const item of node.items) {
      size += expandedSize(item, limit, sizes);
      if (size >= limit) break;
    }
  } else {
    for (const entry of node.entries) {
      size += expandedSize(entry.key, limit, sizes) + expandedSize(entry.value, limit, sizes);
      if (size >= limit) break;
    }
  }
  const bounded = Math.min(size, limit);
  sizes.set(node, bounded);
  return bounded;
}

/** The Python value of a node. Values of aliased nodes are shared, as PyYAML shares them: do not change them. */
export function yamlToPy(node: YamlNode): PyValue {
  return toPy(node, new Map());
}

function toPy(node: YamlNode, known: Map<YamlNode, PyValue>): PyValue {
  if (node.kind === 'scalar') return node.value;
  const earlier = known.get(node);
  if (earlier !== undefined) return earlier;
  if (node.kind === 'sequence') {
    const list: PyValue[] = [];
    known.set(node, list);
    for (const item of node.items) list.push(toPy(item, known));
    return list;
  }
  const dict: PyDict = new Map<PyValue, PyValue>();
  known.set(node, dict);
  for (const entry of node.entries) dict.set(toPy(entry.key, known), toPy(entry.value, known));
  return dict;
}
