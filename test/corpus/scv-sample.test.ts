/** The SCV sample stays the project that the reference audit describes: what is missing is missing, what dbt reads is what dbt read. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** One node of `scv.dbt.json`, made from the manifest of a real `dbt parse`. */
interface DbtNode {
  readonly type: 'model' | 'source' | 'operation';
  readonly path: string;
  /** Of a source: the relation as dbt renders it for a warehouse that quotes nothing by itself. */
  readonly relation?: string;
}

const SAMPLE = new URL('../../samples/scv/', import.meta.url);

// The file is committed beside this test, in this shape.
const DBT = JSON.parse(readFileSync(new URL('scv.dbt.json', import.meta.url), 'utf8')) as { readonly nodes: Readonly<Record<string, DbtNode>> };

const nodesOfDbt = Object.values(DBT.nodes);
const files = readdirSync(SAMPLE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').split('/samples/scv/').at(-1) ?? '')
  .map((path) => path.replace(/^\/+/, ''))
  .sort();

function textOf(path: string): string {
  return readFileSync(new URL(path, SAMPLE), 'utf8');
}

describe('the SCV sample', () => {
  it('has exactly the models that dbt found', () => {
    const modelsOfDbt = nodesOfDbt.filter((node) => node.type === 'model').map((node) => node.path).sort();
    expect(files.filter((path) => path.endsWith('.sql'))).toEqual(modelsOfDbt);
  });

  it('names one relation by hand, which is that of exactly one declared source', () => {
    const literals = files.filter((path) => path.endsWith('.sql'))
      .flatMap((path) => [...textOf(path).matchAll(/\b(?:from|join)\s+([\w"]+(?:\.[\w"]+)+)/gi)].map((match) => ({ path, relation: match[1] })));
    expect(literals).toHaveLength(1);
    const declared = nodesOfDbt.filter((node) => node.relation === literals[0]?.relation);
    expect(declared).toHaveLength(1);
  });

  it('renders the Marketplace source as the relation that the audit could not read', () => {
    expect(DBT.nodes['source.scv.weather.forecast_day']?.relation).toBe('WEATHER_SOURCE_LLC_FROSTBYTE.ONPOINT_ID."forecast_day"');
  });

  it('has no tests, macros, snapshots, packages, profiles or CI', () => {
    expect(files.filter((path) => /^(?:tests|macros)\//.test(path))).toEqual(['macros/.gitkeep', 'tests/.gitkeep']);
    expect(files.filter((path) => /^snapshots\/|^packages\.yml$|^dependencies\.yml$|^profiles\.yml$|^\.github\/|^\.gitlab/.test(path))).toEqual([]);
    for (const path of files.filter((name) => name.endsWith('.yml'))) expect(textOf(path)).not.toMatch(/\btests:|\bdata_tests:/);
  });
});
