/** Reads YAML into our own tree with ranges, and the helpers by which the rest of the program walks it. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { parseWithLibrary } from './yaml-library.ts';
import type { YamlDocument, YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './yaml-node.ts';
import type { YamlDialect } from './yaml-scalars.ts';

export type { YamlDialect } from './yaml-scalars.ts';

/**
 * Reads one text. It never throws: a text that cannot be read gives problems, and as much of a tree as was understood.
 *
 * Spans leave out anchors and tags, and end with the last character of the content; offsets are those of `text`.
 */
export function parseYaml(text: string, _dialect: YamlDialect): YamlDocument {
  return parseWithLibrary(text);
}

export function isYamlMapping(node: YamlNode | undefined): node is YamlMapping {
  return node?.kind === 'mapping';
}

export function isYamlSequence(node: YamlNode | undefined): node is YamlSequence {
  return node?.kind === 'sequence';
}

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
