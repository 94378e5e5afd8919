/** Where findings about a node and its columns stand, as far as `project.nodeAnchor` does not say. */

import type { Anchor, DbtNode, EntryReference, NodeColumn } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import { versionItemsOf } from './_versions.ts';

/** The node's own place: a version stands on its `v:`, since all versions share one `name:`. */
export function placeOfNode(project: ProjectView, node: DbtNode): Anchor {
  const anchor = project.nodeAnchor(node);
  if (node.resourceType !== 'model' || node.version === null || node.patch === undefined || anchor.kind !== 'yaml') return anchor;
  const { version } = node;
  const item = versionItemsOf(project.entry(node.patch)).find(({ v }) => v === String(version));
  return item === undefined ? anchor : { ...anchor, path: ['versions', item.index, 'v'] };
}

/** The `name:` of a declared column. */
export function placeOfColumn(entry: EntryReference, column: NodeColumn): Anchor {
  return { kind: 'yaml', file: entry.file, entry: entry.entry, path: [...column.path, 'name'], part: 'value' };
}
