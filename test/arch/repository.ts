/** The repository as the architecture tests see it: its files, its source trees, its manifest. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The root of the repository, absolute. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The text of a file, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** Sorted paths, from the root and with `/`, of the files below a folder whose names end in one of the extensions. */
export function listFiles(folder: string, extensions: readonly string[]): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/'))
    .sort();
}

/** What git tracks, sorted. */
export function listTrackedFiles(): readonly string[] {
  const output = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 64 << 20 });
  return output.split('\0').filter((path) => path !== '').sort();
}

/** The TypeScript sources of the product, without declarations and generated tables. */
export function listProductSources(): readonly string[] {
  return [...listFiles('server/src', ['.ts']), ...listFiles('client/src', ['.ts'])].filter(
    (path) => !path.endsWith('.d.ts') && !path.includes('/generated/'),
  );
}

const trees = new Map<string, ts.SourceFile>();

/** The syntax tree of a source, parsed once. */
export function parseSource(path: string): ts.SourceFile {
  const known = trees.get(path);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2022, true);
  trees.set(path, tree);
  return tree;
}

/** One import, export-from or dynamic import of a source. */
export interface ImportEdge {
  readonly from: string;
  /** The path of the file from the root if it is ours, else the module's name as written. */
  readonly to: string;
  readonly isOurs: boolean;
  readonly isTypeOnly: boolean;
  /** Counted from 1. */
  readonly line: number;
}

/** All imports of a source, also those inside functions. */
export function importsOf(path: string): readonly ImportEdge[] {
  const tree = parseSource(path);
  const edges: ImportEdge[] = [];
  const add = (node: ts.Node, specifier: string, isTypeOnly: boolean): void => {
    const isOurs = specifier.startsWith('.');
    edges.push({
      from: path,
      to: isOurs ? posix.join(posix.dirname(path), specifier) : specifier,
      isOurs,
      isTypeOnly,
      line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      add(node, node.argument.literal.text, true);
    } else if (ts.isCallExpression(node)) {
      const [argument] = node.arguments;
      const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
      if ((isImport || isRequire) && argument !== undefined && ts.isStringLiteralLike(argument)) add(node, argument.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return edges;
}
