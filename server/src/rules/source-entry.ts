/** Lets one table of a source's entry speak for all of which the same is to be said. */

import type { PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import type { Anchor, SourceNode } from '../index/model.ts';
import type { ProjectView } from '../index/project-view.ts';

/** The `tables:` of the entry, as written. */
export function writtenTables(project: ProjectView, node: SourceNode): readonly PyValue[] {
  const tables = project.entry(node.entry)?.get('tables');
  return Array.isArray(tables) ? tables : [];
}

/** The table and those behind it in the entry that are alike; undefined if one before it is, which then speaks for all. */
export function tablesAlike(project: ProjectView, node: SourceNode, isAlike: (table: SourceNode) => boolean): SourceNode[] | undefined {
  const own = Number(node.tablePath[1]);
  const alike = [node];
  for (const [index, written] of writtenTables(project, node).entries()) {
    if (index === own) continue;
    const table = tableNamed(project, node, isPyDict(written) ? written.get('name') : undefined);
    if (table === undefined || !isAlike(table)) continue;
    if (index < own) return undefined;
    alike.push(table);
  }
  return alike;
}

/** The `name:` of the source. */
export function placeOfSource({ entry }: SourceNode): Anchor {
  return { kind: 'yaml', file: entry.file, entry: entry.entry, path: ['name'], part: 'value' };
}

/** A table of the same entry; another entry of the same source is another matter. */
function tableNamed(project: ProjectView, { packageName, sourceName, entry }: SourceNode, name: PyValue | undefined): SourceNode | undefined {
  const found = typeof name === 'string' ? project.node(`source.${packageName}.${sourceName}.${name}`) : undefined;
  if (found?.resourceType !== 'source') return undefined;
  return found.entry.file === entry.file && found.entry.entry === entry.entry ? found : undefined;
}
