/** Reads Markdown files for their `{% docs %}` blocks. */

import type { Span } from '../base/span.ts';
import { extractJinjaBlocks, withoutUnexpectedBlocks } from '../syntax/jinja/blocks.ts';
import type { DocsFacts } from './file-facts.ts';
import type { Reading } from './read-file.ts';

/** Reads a file of documentation blocks. */
export function readDocsFile(text: string): Reading {
  if (!text.includes('{%')) return { data: { kind: 'docs', blocks: [] } };
  const { blocks, problems } = extractJinjaBlocks(text, ['docs']);
  const anchors = new Map<string, Span>();
  const found: DocsFacts['blocks'][number][] = [];
  for (const block of blocks) {
    if (block.name === undefined || block.nameSpan === undefined) continue;
    const anchor = `docs:${block.name}#${String(found.filter((other) => other.name === block.name).length)}`;
    anchors.set(anchor, block.nameSpan);
    found.push({ name: block.name, text: text.slice(block.bodySpan.from, block.bodySpan.to).trim(), anchor });
  }
  return { data: { kind: 'docs', blocks: found }, anchors, problems: withoutUnexpectedBlocks(problems) };
}
