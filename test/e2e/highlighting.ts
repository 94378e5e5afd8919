/** What VS Code's own engine and grammars make of a text, with our grammars injected: each piece of text with the name that themes colour. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/** The languages of others that Jinja is injected into, by the scope of their grammar, with their place in VS Code. */
const GRAMMARS: Readonly<Record<string, string>> = {
  'source.sql': 'sql/syntaxes/sql.tmLanguage.json',
  'source.yaml': 'yaml/syntaxes/yaml.tmLanguage.json',
  'source.yaml.1.0': 'yaml/syntaxes/yaml-1.0.tmLanguage.json',
  'source.yaml.1.1': 'yaml/syntaxes/yaml-1.1.tmLanguage.json',
  'source.yaml.1.2': 'yaml/syntaxes/yaml-1.2.tmLanguage.json',
  'source.yaml.1.3': 'yaml/syntaxes/yaml-1.3.tmLanguage.json',
  'source.yaml.embedded': 'yaml/syntaxes/yaml-embedded.tmLanguage.json',
};

/** Our grammars as package.json contributes them, as far as this looks at them. */
interface Contribution {
  readonly scopeName: string;
  readonly path: string;
  readonly injectTo: readonly string[];
}

function ownGrammars(): readonly Contribution[] {
  // Our own manifest, whose shape VS Code demands.
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { readonly contributes: { readonly grammars: readonly Contribution[] } };
  return manifest.contributes.grammars;
}

/** The part of `vscode-textmate` that is used here; the package comes with the editor. */
interface TextMate {
  readonly INITIAL: unknown;
  readonly Registry: new (options: {
    readonly onigLib: Promise<unknown>;
    loadGrammar(scopeName: string): Promise<unknown>;
    getInjections(scopeName: string): string[] | undefined;
  }) => { loadGrammar(scopeName: string): Promise<Grammar> };
  parseRawGrammar(text: string, path: string): unknown;
}

interface Grammar {
  tokenizeLine(line: string, state: unknown): { readonly tokens: readonly Token[]; readonly ruleStack: unknown };
}

interface Token {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly scopes: readonly string[];
}

/** The part of `vscode-oniguruma` that is used here. */
interface Oniguruma {
  loadWASM(bytes: Uint8Array): Promise<void>;
  createOnigScanner(patterns: string[]): unknown;
  createOnigString(text: string): unknown;
}

/** A loaded engine. */
export interface Highlighter {
  /** Each line after a `>`, below it its pieces with the innermost name of our grammars, or `-` where the text is not Jinja. */
  describe(text: string, scopeName: string): Promise<string>;
}

/** Loads the engine of the editor whose server is at the path. */
export async function loadHighlighter(serverScript: string): Promise<Highlighter> {
  const editorFolder = dirname(dirname(serverScript));
  const load = createRequire(join(editorFolder, 'package.json'));
  // The shapes above are what these versions, pinned with the editor, export.
  const { INITIAL, Registry, parseRawGrammar } = load('vscode-textmate') as TextMate;
  // Likewise.
  const oniguruma = load('vscode-oniguruma') as Oniguruma;
  await oniguruma.loadWASM(readFileSync(load.resolve('vscode-oniguruma/release/onig.wasm')));
  const own = ownGrammars();
  const paths = new Map([
    ...Object.entries(GRAMMARS).map(([scopeName, path]) => [scopeName, join(editorFolder, 'extensions', path)] as const),
    ...own.map(({ scopeName, path }) => [scopeName, join(repositoryRoot, path)] as const),
  ]);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => oniguruma.createOnigScanner(patterns),
      createOnigString: (text: string) => oniguruma.createOnigString(text),
    }),
    loadGrammar: (scopeName) => {
      const path = paths.get(scopeName);
      return Promise.resolve(path === undefined ? null : parseRawGrammar(readFileSync(path, 'utf8'), path));
    },
    getInjections: (scopeName) => own.filter(({ injectTo }) => injectTo.includes(scopeName)).map((grammar) => grammar.scopeName),
  });
  return {
    describe: async (text, scopeName) => {
      const grammar = await registry.loadGrammar(scopeName);
      let state = INITIAL;
      const described: string[] = [];
      for (const line of text.split('\n')) {
        const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
        state = ruleStack;
        described.push(`> ${line}`, ...piecesOf(line, tokens));
      }
      return `${described.join('\n')}\n`;
    },
  };
}

function piecesOf(line: string, tokens: readonly Token[]): string[] {
  const pieces: { text: string; readonly name: string }[] = [];
  for (const { startIndex, endIndex, scopes } of tokens) {
    const name = scopes.findLast((scope) => scope.endsWith('.jinja')) ?? '-';
    const text = line.slice(startIndex, endIndex);
    const last = pieces.at(-1);
    if (last?.name === name) last.text += text;
    else pieces.push({ text, name });
  }
  return pieces.filter(({ text }) => text.trim() !== '').map(({ text, name }) => `    ${text.trim()}  ${name}`);
}
