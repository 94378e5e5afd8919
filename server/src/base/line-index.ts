/** Converts between offsets of a text and the line/character positions of the Language Server Protocol. */

/** A place as LSP has it: zero-based line, zero-based UTF-16 code units from the line's start. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/**
 * Line starts of one text. Lines end with LF, CRLF or a lone CR, as LSP says. The table is built when a position is
 * first asked for, so holding an index for a file that nobody asks about costs nothing.
 */
export interface LineIndex {
  /** Number of lines; an empty text has one. */
  readonly lineCount: number;
  /** The position of an offset; offsets outside the text are clamped, those inside a line end count as its begin. */
  positionAt(offset: number): Position;
  /** The offset of a position; a character beyond the line is clamped to the line's end, before its line break. */
  offsetAt(position: Position): number;
  /** Offset of a line's first code unit, clamped to the text. */
  lineStart(line: number): number;
  /** Offset behind a line's last code unit, without its line break. */
  lineEnd(line: number): number;
  /** Number of the line that holds an offset. */
  lineOf(offset: number): number;
}

/** Makes the index of a text; no work is done yet. */
export function lineIndex(text: string): LineIndex {
  let table: Int32Array | undefined;
  const starts = (): Int32Array => (table ??= lineStarts(text));

  const lineOf = (offset: number): number => {
    const all = starts();
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((all[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const lineStart = (line: number): number => {
    const all = starts();
    if (line <= 0) return 0;
    return line >= all.length ? text.length : (all[line] ?? text.length);
  };
  const lineEnd = (line: number): number => {
    if (line < 0) return 0;
    const all = starts();
    let end = line + 1 < all.length ? (all[line + 1] ?? text.length) : text.length;
    const start = lineStart(line);
    if (line + 1 < all.length) {
      if (end > start && text.charCodeAt(end - 1) === LF) end--;
      if (end > start && text.charCodeAt(end - 1) === CR) end--;
    }
    return end;
  };

  return {
    get lineCount() {
      return starts().length;
    },
    lineOf,
    lineStart,
    lineEnd,
    positionAt(offset) {
      const clamped = Math.max(0, Math.min(offset, text.length));
      const line = lineOf(clamped);
      return { line, character: Math.min(clamped, lineEnd(line)) - lineStart(line) };
    },
    offsetAt(position) {
      if (position.line < 0) return 0;
      if (position.line >= starts().length) return text.length;
      const start = lineStart(position.line);
      return Math.min(start + Math.max(0, position.character), lineEnd(position.line));
    },
  };
}

const LF = 10;
const CR = 13;

function lineStarts(text: string): Int32Array {
  const starts: number[] = [0];
  if (!text.includes('\r')) {
    // Native search is several times faster than looking at each code unit.
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return Int32Array.from(starts);
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CR) {
      if (text.charCodeAt(at + 1) === LF) at++;
      starts.push(at + 1);
    } else if (code === LF) starts.push(at + 1);
  }
  return Int32Array.from(starts);
}
