/** Replaces a mistyped name, in quotes or bare, by the one that was meant. */

import type { Anchor } from '../../index/model.ts';
import type { Fix, FixTools } from '../rule.ts';

/** The fix that writes `to` where `name` stands; undefined if the place holds anything else, such as a name that Jinja gives. */
export function renameAt({ locate, text }: FixTools, at: Anchor, name: string, to: string): Fix | undefined {
  const span = locate(at);
  const written = span === undefined ? undefined : text(at.file)?.slice(span.from, span.to);
  const start = written?.indexOf(name) ?? -1;
  if (span === undefined || written === undefined || start < 0 || start > 1 || written.length > name.length + 2) return undefined;
  const from = span.from + start;
  return {
    title: `Change to ${to}`,
    kind: 'suggested',
    edits: [{ file: at.file, edits: [{ from, to: from + name.length, text: to }] }],
  };
}
