/** Habits of every source file: an opening sentence, documented exports, honest types, names that say what is inside. */
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listFiles, listProductSources, parseSource, readText } from './repository.ts';

const productSources = listProductSources();
const testSources = listFiles('test', ['.ts']).filter((path) => !path.startsWith('test/e2e/vscode/'));
const allSources = [...productSources, ...testSources];
const scripts = listFiles('scripts', ['.mjs']);

function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** Every comment of a source, with the position of its first character. */
function commentsOf(path: string): readonly { readonly at: number; readonly text: string }[] {
  const text = readText(path);
  const tree = parseSource(path);
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    // Ranges before a node's own first token; the text between them is comments and blanks alone.
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) found.set(range.pos, text.slice(range.pos, range.end));
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) found.set(range.pos, text.slice(range.pos, range.end));
    node.getChildren(tree).forEach(visit);
  };
  visit(tree);
  return [...found].map(([at, comment]) => ({ at, text: comment }));
}

/** Names of exported declarations that no doc comment stands above. */
function undocumentedExports(path: string): readonly string[] {
  const tree = parseSource(path);
  return tree.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    const isExported = ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported || ts.getJSDocCommentsAndTags(statement).length > 0) return [];
    // A rule says what it is for in its summary, which is shown to users.
    if (/^export const \w+ = defineRule\(/u.test(statement.getText(tree))) return [];
    const label = statement.getText(tree).split('\n')[0]?.slice(0, 60) ?? '';
    // An overload is documented once, at its first signature.
    const name = ts.isFunctionDeclaration(statement) ? statement.name?.text : undefined;
    const isLaterOverload =
      name !== undefined && tree.statements.some((other) => other.pos < statement.pos && ts.isFunctionDeclaration(other) && other.name?.text === name);
    return isLaterOverload ? [] : [`${path}:${String(lineOf(tree, statement.getStart()))} ${label}`];
  });
}

describe('source files', () => {
  it('open with a doc comment that says what they are for', () => {
    const opening = /^(?:#![^\n]*\n)?(?:\/\/ @ts-check\n)?\/\*\*\s*\S[\s\S]*?\*\//u;
    const wrong = [...allSources, ...scripts].filter((path) => {
      const comment = opening.exec(readText(path))?.[0];
      return comment === undefined || !/[.:!?`)]\s*\*?\*\/$|[.:!?]\s/u.test(comment);
    });
    expect(wrong).toEqual([]);
  });

  it('document what they export', () => {
    expect(productSources.flatMap(undocumentedExports)).toEqual([]);
  });

  it('know no `any`', () => {
    const wrong: string[] = [];
    for (const path of allSources) {
      const tree = parseSource(path);
      const visit = (node: ts.Node): void => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) wrong.push(`${path}:${String(lineOf(tree, node.getStart()))}`);
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(wrong).toEqual([]);
  });

  it('switch off neither the compiler nor a lint rule without a reason', () => {
    const wrong = allSources.flatMap((path) =>
      commentsOf(path)
        .filter(({ text }) => /@ts-(?:ignore|nocheck)|@ts-expect-error\s*(?:\*\/)?$/u.test(text) || (/^\/[/*]\s*eslint-disable/u.test(text) && !/ -- \S/u.test(text)))
        .map(({ at }) => `${path}:${String(lineOf(parseSource(path), at))}`),
    );
    expect(wrong).toEqual([]);
  });

  it('leave nothing to do without the number of an issue', () => {
    const wrong = allSources.flatMap((path) =>
      commentsOf(path)
        .filter(({ text }) => /^(?:\/\/|\/\*+|[\s*])*(?:TODO|FIXME|XXX|HACK)\b(?!\s*\(#\d+\))/mu.test(text))
        .map(({ at }) => `${path}:${String(lineOf(parseSource(path), at))}`),
    );
    expect(wrong).toEqual([]);
  });

  it('have kebab-case names', () => {
    const wrong = [...allSources, ...scripts].filter((path) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/u.test((path.split('/').at(-1) ?? '').replace(/^_/u, '')));
    expect(wrong).toEqual([]);
  });
});

describe('tests', () => {
  it('are neither skipped nor run alone', () => {
    const wrong: string[] = [];
    for (const path of testSources) {
      const tree = parseSource(path);
      const visit = (node: ts.Node): void => {
        if (
          ts.isPropertyAccessExpression(node) &&
          ts.isIdentifier(node.expression) &&
          ['it', 'test', 'describe', 'suite'].includes(node.expression.text) &&
          ['skip', 'only', 'todo', 'fails', 'skipIf', 'runIf'].includes(node.name.text)
        ) {
          wrong.push(`${path}:${String(lineOf(tree, node.getStart()))} ${node.getText(tree)}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(wrong).toEqual([]);
  });

  it('expect something in every file', () => {
    const wrong = testSources.filter((path) => path.endsWith('.test.ts') && !/\b(?:expect|assert|check|fc)[A-Za-z]*\b/u.test(readText(path)));
    expect(wrong).toEqual([]);
  });
});
