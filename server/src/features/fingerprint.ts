/** The name of a finding that stays the same while text moves, so that an action or a baseline finds it again. */

import { relativePath } from '../base/file-id.ts';
import type { FileId } from '../base/file-id.ts';
import { fastHash } from '../base/hash.ts';
import type { Anchor } from '../index/model.ts';
import type { Finding } from '../rules/finding.ts';

/** A hash of what the finding says and where by name; no offset goes in, and no severity, which a setting may change. */
export function fingerprintOf(root: FileId, finding: Finding): string {
  const data = Object.keys(finding.data)
    .sort()
    .map((key) => [key, finding.data[key]]);
  return fastHash(JSON.stringify([finding.ruleId, finding.messageId, finding.uniqueId, anchorName(root, finding.at), data]));
}

function anchorName(root: FileId, anchor: Anchor): readonly unknown[] {
  const path = relativePath(root, anchor.file);
  switch (anchor.kind) {
    case 'yaml':
      return [path, anchor.entry, anchor.path, anchor.part];
    case 'text':
      return [path, anchor.name];
    case 'file':
      return [path];
  }
}
