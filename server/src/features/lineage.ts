/** A node with its parents and children, each with the gravest finding on it: what the lineage view shows. */

import type { FileId } from '../base/file-id.ts';
import type { Span } from '../base/span.ts';
import type { DbtNode } from '../index/model.ts';
import type { Severity } from '../rules/rule.ts';
import type { AnalyzedProject } from './analysis.ts';
import { definitionOf } from './nodes-in-file.ts';

/** A node as the view draws it. */
export interface LineageStep {
  readonly uniqueId: string;
  readonly name: string;
  readonly resourceType: string;
  readonly place: { readonly file: FileId; readonly span: Span };
  readonly state: Severity | null;
  /** True if the edge to the node in question depends on what files cannot tell. */
  readonly conditional: boolean;
  readonly hasParents: boolean;
  readonly hasChildren: boolean;
}

/** A node with its neighbours, one step up and down. */
export interface NodeLineage {
  readonly node: LineageStep;
  readonly parents: readonly LineageStep[];
  readonly children: readonly LineageStep[];
}

const GRAVITY: Readonly<Record<Severity, number>> = { error: 3, warning: 2, information: 1, hint: 0 };

/** The lineage of a node; tests are no part of it. */
export function lineageOf(project: AnalyzedProject, uniqueId: string): NodeLineage | undefined {
  const { nodes } = project.index;
  const node = nodes.active(uniqueId);
  if (node === undefined) return undefined;
  const states = statesOf(project);
  const step = (of: DbtNode, conditional: boolean): LineageStep => ({
    uniqueId: of.uniqueId,
    name: of.resourceType === 'source' ? `${of.sourceName}.${of.name}` : of.name,
    resourceType: of.resourceType,
    place: definitionOf(project, of),
    state: states(of.uniqueId),
    conditional,
    hasParents: parentsOf(of.uniqueId).length > 0,
    hasChildren: childrenOf(of.uniqueId).length > 0,
  });
  const certain = (ids: readonly string[]): string[] => ids.filter((id) => !isTest(id) && nodes.active(id) !== undefined);
  const parentsOf = (id: string): string[] => [...new Set([...certain(nodes.parents(id)), ...certain(nodes.conditionalParents(id))])];
  const childrenOf = (id: string): string[] => certain(nodes.children(id));
  const steps = (ids: readonly string[], isConditional: (id: string) => boolean): LineageStep[] =>
    ids
      .map((id) => nodes.active(id))
      .filter((found) => found !== undefined)
      .map((found) => step(found, isConditional(found.uniqueId)))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.uniqueId < b.uniqueId ? -1 : 1));
  const sure = new Set(nodes.parents(uniqueId));
  return {
    node: step(node, false),
    parents: steps(parentsOf(uniqueId), (id) => !sure.has(id)),
    children: steps(childrenOf(uniqueId), () => false),
  };
}

function isTest(uniqueId: string): boolean {
  return uniqueId.startsWith('test.') || uniqueId.startsWith('unit_test.');
}

/** The gravest shown finding by node. Only the units of the node itself are looked at. */
function statesOf(project: AnalyzedProject): (uniqueId: string) => Severity | null {
  return (uniqueId) => {
    let worst: Severity | null = null;
    for (const unit of [`node:${uniqueId}`, `near:${uniqueId}`] as const) {
      for (const finding of project.checker.result(unit)?.findings ?? []) {
        if (worst === null || GRAVITY[finding.severity] > GRAVITY[worst]) worst = finding.severity;
      }
    }
    return worst;
  };
}
