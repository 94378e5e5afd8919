/** Whitespace as Python sees it: with the separators U+001C to U+001F besides those of JavaScript, without U+FEFF. Loops, since expressions that look for it at an end take long on what has much of it elsewhere. */

/** Whether Python's `\s` and `str.isspace` hold for a UTF-16 code unit. */
export function isPythonSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  if (code < 0x85) return false;
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** What Python's `\s` takes, for expressions that find runs of it. */
export const PYTHON_SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

/** The first offset at or after `from` that is not whitespace, at most `to`. */
export function skipSpace(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isPythonSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The end of `text[from, to)` without trailing whitespace. */
export function trimSpaceEnd(text: string, from: number, to: number): number {
  let at = to;
  while (at > from && isPythonSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Python's `text.strip()`: dbt reads all files so. */
export function pythonStrip(text: string): string {
  const from = skipSpace(text, 0, text.length);
  return text.slice(from, trimSpaceEnd(text, from, text.length));
}
