/** Data flows one way: no folder imports from a folder on its right, and only the shells touch Node. */
import { describe, expect, it } from 'vitest';
import { importsOf, listProductSources, type ImportEdge } from './repository.ts';

/** What each folder may import besides itself. A folder that is not listed here does not belong to the product. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  syntax: ['base'],
  dbt: ['base', 'syntax'],
  jinja: ['base', 'syntax', 'dbt'],
  facts: ['base', 'syntax', 'dbt', 'jinja'],
  index: ['base', 'syntax', 'dbt', 'jinja', 'facts'],
  rules: ['base', 'syntax', 'dbt', 'jinja', 'facts', 'index'],
  features: ['base', 'syntax', 'dbt', 'jinja', 'facts', 'index', 'rules', 'protocol'],
  // The sums are made over the located findings of features/analysis.ts.
  readiness: ['base', 'syntax', 'dbt', 'jinja', 'facts', 'index', 'rules', 'features', 'protocol'],
  protocol: ['base'],
  host: ['base', 'dbt', 'facts', 'index'],
  lsp: ['base', 'syntax', 'dbt', 'jinja', 'facts', 'index', 'rules', 'readiness', 'features', 'protocol', 'host'],
  // `dbt-readiness lsp` starts the server, so the command line may import it; never the other way.
  cli: ['lsp', 'base', 'syntax', 'dbt', 'jinja', 'facts', 'index', 'rules', 'readiness', 'features', 'protocol', 'host'],
};

/** Folders that may import modules of Node. */
const MAY_USE_NODE: readonly string[] = ['host', 'lsp', 'cli'];

function layerOf(path: string): string {
  const [top, , layer] = path.split('/');
  return top === 'client' ? 'client' : (layer ?? '');
}

const edges = listProductSources().flatMap(importsOf);
const place = (edge: ImportEdge): string => `${edge.from}:${String(edge.line)} imports ${edge.to}`;

describe('the folders of the server', () => {
  it('are all known to this test', () => {
    const unknown = listProductSources().filter((path) => path.startsWith('server/') && !(layerOf(path) in MAY_IMPORT));
    expect(unknown).toEqual([]);
  });

  it('import nothing from their right', () => {
    const wrong = edges.filter((edge) => {
      if (!edge.isOurs || layerOf(edge.from) === 'client') return false;
      const [from, to] = [layerOf(edge.from), layerOf(edge.to)];
      return from !== to && MAY_IMPORT[from]?.includes(to) !== true;
    });
    expect(wrong.map(place)).toEqual([]);
  });

  it('use Node only in the shells and where the disk is', () => {
    const wrong = edges.filter(
      (edge) => edge.from.startsWith('server/') && edge.to.startsWith('node:') && !MAY_USE_NODE.includes(layerOf(edge.from)),
    );
    expect(wrong.map(place)).toEqual([]);
  });

  it('speak the language server protocol only in lsp', () => {
    const wrong = edges.filter((edge) => edge.from.startsWith('server/') && edge.to.startsWith('vscode-languageserver') && layerOf(edge.from) !== 'lsp');
    // The text document is a data structure that also the protocol's requests are described with.
    expect(wrong.filter((edge) => edge.to !== 'vscode-languageserver-textdocument' && !(layerOf(edge.from) === 'protocol' && edge.isTypeOnly)).map(place)).toEqual([]);
  });

  it('write the .ts extension in every import of our own', () => {
    const wrong = edges.filter((edge) => edge.isOurs && !/\.(ts|md|json)$/.test(edge.to));
    expect(wrong.map(place)).toEqual([]);
  });
});

describe('the client', () => {
  it('shares nothing with the server but the types of the protocol', () => {
    const wrong = edges.filter((edge) => {
      if (layerOf(edge.from) !== 'client' || !edge.isOurs || layerOf(edge.to) === 'client') return false;
      return layerOf(edge.to) !== 'protocol' || !edge.isTypeOnly;
    });
    expect(wrong.map(place)).toEqual([]);
  });

  it('is imported by nothing in the server', () => {
    expect(edges.filter((edge) => edge.from.startsWith('server/') && edge.to.startsWith('client/')).map(place)).toEqual([]);
  });
});

describe('the files', () => {
  it('do not import each other in circles', () => {
    // Type-only imports vanish at run time and may be mutual.
    const next = new Map<string, string[]>();
    for (const edge of edges) if (edge.isOurs && !edge.isTypeOnly) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of next.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});
