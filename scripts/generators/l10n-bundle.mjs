/** Generates `l10n/bundle.l10n.json`: every text that the client hands to `vscode.l10n.t`, for translators to start from. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { inRoot } from '../lib/paths.mjs';
import { listFiles } from '../lib/sources.mjs';

/** Texts of one file, and the calls whose text is not a literal, which no translator would see. */
function textsOf(path) {
  const source = ts.createSourceFile(path, readFileSync(inRoot(path), 'utf8'), ts.ScriptTarget.ES2022, true);
  const texts = [];
  const problems = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'vscode.l10n.t') {
      const [text] = node.arguments;
      if (text !== undefined && ts.isStringLiteralLike(text)) texts.push(text.text);
      else problems.push(`${path}: \`${node.getText(source)}\` has no literal text, so it cannot be translated.`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { texts, problems };
}

export function generateL10nBundle() {
  const read = listFiles('client/src', (path) => path.endsWith('.ts')).map(textsOf);
  const texts = [...new Set(read.flatMap((file) => file.texts))].sort();
  const bundle = Object.fromEntries(texts.map((text) => [text, text]));
  return {
    files: new Map([['l10n/bundle.l10n.json', `${JSON.stringify(bundle, null, 2)}\n`]]),
    problems: read.flatMap((file) => file.problems),
  };
}
