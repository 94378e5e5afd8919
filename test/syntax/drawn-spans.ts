/** Draws spans under the text they cover, so that an expectation shows the place and not a number. */
import type { Span } from '../../server/src/base/span.ts';

export interface Marked {
  readonly span: Span;
  readonly label: string;
}

const MARKER = /^\s*\^/;

/** The text of a drawing without its marker lines. */
export function sourceOf(drawing: string): string {
  return trimBlock(drawing)
    .split('\n')
    .filter((line) => !MARKER.test(line))
    .join('\n');
}

/**
 * The text with a line `   ^^^^ label` below the line where each span begins, in the order given. A span that goes on in the next
 * line is drawn to the line's end and one `…` is put behind.
 */
export function draw(text: string, marks: readonly Marked[]): string {
  const drawn: string[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    drawn.push(line);
    const end = start + line.length;
    for (const { span, label } of marks) {
      if (span.from < start || span.from > end) continue;
      const width = Math.max(1, Math.min(span.to, end) - span.from);
      drawn.push(`${' '.repeat(span.from - start)}${'^'.repeat(width)}${span.to > end ? '…' : ''} ${label}`.trimEnd());
    }
    start = end + 1;
  }
  return drawn.join('\n');
}

/** Removes the line break behind the opening quote, the indentation that all lines share, and trailing blank lines. */
export function trimBlock(block: string): string {
  const lines = block.replace(/^\n/, '').replace(/\n[ \t]*$/, '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents);
  return lines.map((line) => line.slice(Math.min(shared, line.length))).join('\n');
}
