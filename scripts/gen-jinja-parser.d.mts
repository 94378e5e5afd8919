/** The types of gen-jinja-parser.mjs, for the test that watches over the generated parser. */

/** The texts that the two generated files must hold, as `[file, text]` pairs. */
export function generateJinjaParser(): [URL, string][];

/** The names of generated files that differ from what the grammar says now. */
export function staleJinjaParserFiles(): string[];
