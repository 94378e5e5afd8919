/** Templates that were parsed for their faults a moment ago, kept until evaluation asks for the same text. */

import type { JinjaTemplate } from './ast.ts';
import { parseJinja } from './parse.ts';

/** Texts of so many UTF-16 code units in all are kept at most; a tree takes several times the memory of its text. */
const MAX_LENGTH = 8_000_000;

const recent = new Map<string, JinjaTemplate>();
let length = 0;

/** Parses a text and keeps the tree for `takeJinja`. */
export function parseJinjaForLater(text: string): JinjaTemplate {
  const template = parseJinja(text);
  if (length + text.length <= MAX_LENGTH && !recent.has(text)) {
    recent.set(text, template);
    length += text.length;
  }
  return template;
}

/** The tree of a text, parsed anew unless it was kept; it is kept no longer. */
export function takeJinja(text: string): JinjaTemplate {
  const kept = recent.get(text);
  if (kept === undefined) return parseJinja(text);
  recent.delete(text);
  length -= text.length;
  return kept;
}

/** Forgets what nobody asked for: called when all that was read is assembled. */
export function forgetRecentJinja(): void {
  recent.clear();
  length = 0;
}
