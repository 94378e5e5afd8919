/** Generates the tables of the Jinja parser from its grammar. */
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateJinjaParser } from '../gen-jinja-parser.mjs';
import { ROOT } from '../lib/paths.mjs';

export function generateJinjaParserFiles() {
  const entries = generateJinjaParser().map(([url, text]) => [relative(ROOT, fileURLToPath(url)).split(sep).join('/'), text]);
  return { files: new Map(entries), problems: [] };
}
