/** Finds the rules on disk: `server/src/rules/<category>/<id>.ts` with its page `<id>.md` beside it. */
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { listFiles } from '../lib/sources.mjs';

export const RULES_FOLDER = 'server/src/rules';

/** `missing-primary-key-test` → `missingPrimaryKeyTest`, the name that the rule's file exports. */
export function exportNameOf(id) {
  return id.replaceAll(/-([a-z0-9])/g, (_match, letter) => letter.toUpperCase());
}

/**
 * The complete rules, sorted by category and id, and a sentence for each file that is not one. A folder that starts with an
 * underscore, or a file that does, holds what rules share.
 */
export function findRules() {
  const files = listFiles(RULES_FOLDER, (path) => /^server\/src\/rules\/[a-z][a-z-]*\/[^/]+\.(ts|md)$/.test(path));
  const present = new Set(files);
  const rules = [];
  const problems = [];
  for (const file of files) {
    const [, category, name, extension] = /^server\/src\/rules\/([^/]+)\/([^/]+)\.(ts|md)$/.exec(file);
    if (name.startsWith('_')) continue;
    const stem = `${RULES_FOLDER}/${category}/${name}`;
    if (extension === 'md') {
      if (!present.has(`${stem}.ts`)) problems.push(`${file} is the page of no rule: ${name}.ts is missing.`);
      continue;
    }
    const source = readFileSync(inRoot(file), 'utf8');
    const exportName = exportNameOf(name);
    if (!new RegExp(`^export const ${exportName}\\b`, 'm').test(source)) {
      problems.push(`${file} does not export the rule as \`${exportName}\`. A helper belongs in a file that starts with an underscore.`);
    } else if (!present.has(`${stem}.md`)) {
      problems.push(`${file} has no page: write ${name}.md beside it.`);
    } else {
      rules.push({ id: name, category, exportName, source: file, page: `${stem}.md` });
    }
  }
  return { rules, problems };
}
