/** Named spans of a file: how their names are made. */

import type { Span } from '../base/span.ts';

/** Adds a span under `<name>#<how many of that name came before>`; gives that anchor. */
export function addAnchor(anchors: Map<string, Span>, name: string, span: Span, offset: number): string {
  let count = 0;
  while (anchors.has(`${name}#${String(count)}`)) count++;
  const anchor = `${name}#${String(count)}`;
  anchors.set(anchor, shift(span, offset));
  return anchor;
}

/** A span that was found in a part of the file, as a span of the file. */
export function shift(span: Span, offset: number): Span {
  return offset === 0 ? { from: span.from, to: span.to } : { from: span.from + offset, to: span.to + offset };
}
