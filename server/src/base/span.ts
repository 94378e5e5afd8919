/** Half-open ranges of text and the errors that the parsers report on them. */

/** A half-open range of a text: `[from, to)`, offsets in UTF-16 code units. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A fault in the text of one file, found while it was read. */
export interface SyntaxProblem {
  /** Stable id of the kind of fault, e.g. `yaml-syntax`, `jinja-unexpected-token`, `file-too-large`. */
  readonly code: string;
  /** One sentence in English that names the fault; the place is in `span`. */
  readonly message: string;
  readonly span: Span;
}

/** True if `inner` lies wholly within `outer`. */
export function spanContains(outer: Span, inner: Span): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
