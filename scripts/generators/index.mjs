/**
 * The list of generators. Each returns the texts that files must hold, by path from the root, and a sentence for each
 * thing in the sources that keeps it from being complete. A generator writes nothing itself.
 * Order matters: later ones may read what earlier ones wrote.
 */
import { generateJinjaParserFiles } from './jinja-parser.mjs';
import { generateL10nBundle } from './l10n-bundle.mjs';
import { generateRuleIndex } from './rule-index.mjs';
import { generateRuleRegistry } from './rule-registry.mjs';

export const GENERATORS = [
  { name: 'Jinja parser', generate: generateJinjaParserFiles },
  { name: 'rule registry', generate: generateRuleRegistry },
  { name: 'rule index', generate: generateRuleIndex },
  { name: 'texts of the client', generate: generateL10nBundle },
];
