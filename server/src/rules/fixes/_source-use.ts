/** Tells whether anything reads a source table. */

import type { Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { ResourceType, SourceNode } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';

/** `used` if an enabled node of one of the types reads the table; unknown if only nodes do of which files cannot tell. */
export function sourceUse(project: ProjectView, source: SourceNode, readers: readonly ResourceType[]): 'used' | 'unused' | Unknown {
  let maybe: Unknown | undefined;
  for (const id of project.children(source.uniqueId)) {
    const child = project.node(id);
    if (child === undefined || !readers.includes(child.resourceType)) continue;
    if (child.enabled === true) return 'used';
    if (isUnknown(child.enabled)) maybe = child.enabled;
  }
  return maybe ?? 'unused';
}
