/** What MetricFlow refuses of a semantic layer: a code for our words, its own words, and where it is. */

import type { DeclaredNode } from '../model.ts';
import type { Path } from './parts.ts';

/** A fault of the semantic layer. */
export interface SemanticFault {
  readonly code: SemanticCode;
  /** The beginning of what dbt says. */
  readonly message: string;
  readonly node: DeclaredNode;
  /** From the node's declaration. */
  readonly path: Path;
  readonly part?: 'key' | 'value';
}

/** What our words tell apart. */
export type SemanticCode =
  | 'semantic-name'
  | 'semantic-name-taken'
  | 'semantic-label'
  | 'semantic-dimension'
  | 'semantic-entity'
  | 'semantic-measure'
  | 'semantic-validity'
  | 'semantic-metric'
  | 'semantic-window'
  | 'semantic-filter'
  | 'semantic-query'
  | 'semantic-choice'
  | 'semantic-model-ref'
  | 'semantic-export';

/** Collects faults of one node. */
export type Report = (code: SemanticCode, message: string, path: Path, part?: 'key' | 'value') => void;
