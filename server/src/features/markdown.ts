/** Text of a workspace inside Markdown that we write. */

/** The text with all that Markdown reads between words kept from being read so; what stands inside a word, as in `a_b`, needs no care and stays legible. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*[\]<>]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\$&`);
}
