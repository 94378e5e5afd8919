/** Our own YAML tree with ranges; the YAML library does not show beyond `syntax/yaml/`. */

import type { PyDate, PyFloat } from '../../base/python-values.ts';
import type { Span, SyntaxProblem } from '../../base/span.ts';

/** How a scalar is written. */
export type YamlStyle = 'plain' | 'single-quoted' | 'double-quoted' | 'literal' | 'folded';

/** A scalar as PyYAML's SafeLoader would construct it. */
export interface YamlScalar extends Span {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | bigint | string | PyFloat | PyDate;
  readonly style: YamlStyle;
}

/** A list, block or flow. */
export interface YamlSequence extends Span {
  readonly kind: 'sequence';
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

/** One `key: value`. `merged` marks an entry that came in through `<<`. */
export interface YamlEntry {
  readonly key: YamlScalar | YamlSequence | YamlMapping;
  readonly value: YamlNode;
  readonly merged: boolean;
}

/**
 * A mapping after merge keys were applied and aliases resolved (aliased nodes are shared objects, their spans
 * are those of the anchored text). Of duplicate keys the last wins, as in PyYAML; the others are in `duplicates`.
 */
export interface YamlMapping extends Span {
  readonly kind: 'mapping';
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
  readonly duplicates: readonly YamlEntry[];
}

/** A node; an absent value (`key:` with nothing) is a scalar null of empty width behind the colon. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

/** The tree of a file and what is wrong with its text. */
export interface YamlDocument {
  /** Undefined for an empty document (only comments or nothing). */
  readonly root: YamlNode | undefined;
  readonly problems: readonly SyntaxProblem[];
}
