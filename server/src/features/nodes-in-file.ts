/** Which nodes stand in a file, and which refs and sources: the ground of links, definitions, hovers and lineage. */

import type { FileId } from '../base/file-id.ts';
import type { Span } from '../base/span.ts';
import { spanContains } from '../base/span.ts';
import type { DbtNode, Resolution } from '../index/model.ts';
import { entryReferenceOf } from '../index/model.ts';
import type { AnalyzedProject } from './analysis.ts';

/** A ref() or source() at its place. */
export interface UseInFile {
  readonly span: Span;
  readonly kind: 'ref' | 'source';
  /** As written: `orders`, `shop.orders`. */
  readonly name: string;
  readonly resolution: Resolution;
}

/** Ids of the project's own nodes that are written or described in a file, sorted. */
export function nodesOfFile({ index }: AnalyzedProject, file: FileId): string[] {
  return index.nodes
    .idsOfFile(file)
    .filter((uniqueId) => index.nodes.active(uniqueId)?.packageName === index.rootPackage.name)
    .sort();
}

/** The refs and sources that are written in a file, by place; each place once, though several nodes may share it. */
export function usesInFile(project: AnalyzedProject, file: FileId, uniqueIds: readonly string[]): UseInFile[] {
  const found = new Map<string, UseInFile>();
  const add = (span: Span | undefined, use: () => Omit<UseInFile, 'span'>): void => {
    if (span === undefined || span.to <= span.from) return;
    const key = `${span.from}:${span.to}`;
    if (!found.has(key)) found.set(key, { span, ...use() });
  };
  for (const uniqueId of uniqueIds) {
    const node = project.index.nodes.active(uniqueId);
    if (node === undefined) continue;
    for (const use of node.refs) {
      if (use.at.file !== file) continue;
      const resolution = (): Resolution => project.view.resolveRef(node, use);
      add(project.index.locate(use.at), () => ({ kind: 'ref', name: use.name, resolution: resolution() }));
    }
    for (const use of node.sources) {
      if (use.at.file !== file) continue;
      const name = `${use.source}.${use.table}`;
      add(project.index.locate(use.at), () => ({ kind: 'source', name, resolution: project.view.resolveSource(node, use) }));
    }
  }
  return [...found.values()].sort((a, b) => a.span.from - b.span.from);
}

/** The use that holds an offset. */
export function useAt(uses: readonly UseInFile[], offset: number): UseInFile | undefined {
  return uses.find((use) => use.span.from <= offset && offset <= use.span.to);
}

/** The node that a use leads to; disabled ones too, since they have a file. */
export function targetOf(project: AnalyzedProject, resolution: Resolution): DbtNode | undefined {
  if (resolution.kind !== 'found' && resolution.kind !== 'disabled') return undefined;
  const { nodes } = project.index;
  return nodes.active(resolution.uniqueId) ?? nodes.rows(resolution.uniqueId)[0]?.node;
}

/** Where a node is defined: the start of its SQL, or its name in a property file. */
export function definitionOf(project: AnalyzedProject, node: DbtNode): { readonly file: FileId; readonly span: Span } {
  const entry = 'entry' in node ? node.entry : undefined;
  const anchor = entry === undefined ? undefined : project.view.nodeAnchor(node);
  const span = anchor === undefined ? undefined : project.index.locate(anchor);
  if (anchor !== undefined && span !== undefined) return { file: anchor.file, span };
  return { file: node.file, span: project.index.locate({ kind: 'text', file: node.file, name: 'start' }) ?? { from: 0, to: 0 } };
}

/** The node that an offset of a file speaks of: the one whose SQL the file is, or whose entry holds the offset. */
export function nodeAt(project: AnalyzedProject, file: FileId, uniqueIds: readonly string[], offset: number | undefined): DbtNode | undefined {
  let nearest: { node: DbtNode; width: number } | undefined;
  let owner: DbtNode | undefined;
  for (const uniqueId of uniqueIds) {
    const node = project.index.nodes.active(uniqueId);
    if (node === undefined || node.resourceType === 'test') continue;
    const entry = entryReferenceOf(node);
    if (entry?.file === file) {
      const path = node.resourceType === 'source' ? node.tablePath : [];
      const span = project.index.locate({ kind: 'yaml', file, entry: entry.entry, path, part: 'value' });
      if (span === undefined || offset === undefined || offset < span.from || offset > span.to) continue;
      const width = span.to - span.from;
      if (nearest === undefined || width < nearest.width) nearest = { node, width };
    } else if (node.file === file) owner ??= node;
  }
  return nearest?.node ?? owner;
}

/** The node whose name stands at an offset of a property file. */
export function nodeNamedAt(project: AnalyzedProject, file: FileId, uniqueIds: readonly string[], offset: number): { readonly node: DbtNode; readonly span: Span } | undefined {
  for (const uniqueId of uniqueIds) {
    const node = project.index.nodes.active(uniqueId);
    if (node === undefined || node.resourceType === 'test') continue;
    const entry = entryReferenceOf(node);
    if (entry?.file !== file) continue;
    const path = node.resourceType === 'source' ? [...node.tablePath, 'name'] : ['name'];
    const span = project.index.locate({ kind: 'yaml', file, entry: entry.entry, path, part: 'value' });
    if (span !== undefined && spanContains({ from: span.from, to: span.to }, { from: offset, to: offset })) return { node, span };
  }
  return undefined;
}
