/** The values of string literals as Jinja2 reads them: Python's `unicode-escape` over newline-normalised source. */

/** A value, and the complaint of Python's decoder if there is one. */
export interface DecodedString {
  readonly value: string;
  readonly problem: string | undefined;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\u000b',
  '\n': '',
};

const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Newlines of any kind become `\n`, as in Jinja2's lexer. */
export function normalizeNewlines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/gu, '\n') : text;
}

/** The value of a literal given the source between its quotes. */
export function decodeJinjaString(source: string): DecodedString {
  const text = normalizeNewlines(source);
  if (!text.includes('\\')) return { value: text, problem: undefined };
  let value = '';
  let problem: string | undefined;
  let at = 0;
  while (at < text.length) {
    const backslash = text.indexOf('\\', at);
    if (backslash < 0) break;
    value += text.slice(at, backslash);
    const letter = text.charAt(backslash + 1);
    const simple = SIMPLE_ESCAPES[letter];
    const hexLength = HEX_ESCAPES[letter];
    if (simple !== undefined) {
      value += simple;
      at = backslash + 2;
    } else if (letter >= '0' && letter <= '7') {
      const octal = /^[0-7]{1,3}/u.exec(text.slice(backslash + 1, backslash + 4))?.[0] ?? '';
      value += String.fromCharCode(Number.parseInt(octal, 8));
      at = backslash + 1 + octal.length;
    } else if (hexLength !== undefined) {
      const digits = /^[0-9a-fA-F]*/u.exec(text.slice(backslash + 2, backslash + 2 + hexLength))?.[0] ?? '';
      const code = Number.parseInt(digits, 16);
      at = backslash + 2 + digits.length;
      if (digits.length < hexLength) problem ??= `truncated \\${letter}${'X'.repeat(hexLength)} escape`;
      else if (code > 0x10ffff) problem ??= 'illegal Unicode character';
      else value += String.fromCodePoint(code);
    } else if (letter === 'N') {
      // The names of Unicode characters are not known here: the escape stays as it is written.
      const name = /^\{[^}]+\}/u.exec(text.slice(backslash + 2))?.[0];
      if (name === undefined) problem ??= 'malformed \\N character escape';
      value += `\\N${name ?? ''}`;
      at = backslash + 2 + (name?.length ?? 0);
    } else {
      // Any other backslash stays; but Python spelled what is not ASCII as an escape first, which it then protects.
      value += `\\${spellAscii(text.codePointAt(backslash + 1))}`;
      at = backslash + 1 + ((text.codePointAt(backslash + 1) ?? 0) > 0xffff ? 2 : 1);
    }
  }
  return { value: value + text.slice(at), problem };
}

function spellAscii(code: number | undefined): string {
  if (code === undefined) return '';
  if (code < 0x80) return String.fromCodePoint(code);
  if (code < 0x100) return `x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `u${code.toString(16).padStart(4, '0')}`;
  return `U${code.toString(16).padStart(8, '0')}`;
}
