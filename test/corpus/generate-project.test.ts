/** The generated project of the benches: the same bytes each time, of the size and shape that the measurements assume. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/generate-project.mjs', import.meta.url));
const COUNT = 200;

let work = '';

function generate(name: string): string {
  const directory = join(work, name);
  execFileSync(process.execPath, [SCRIPT, String(COUNT), directory]);
  return directory;
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();
}

function hashOf(directory: string): string {
  const hash = createHash('sha256');
  for (const path of filesBelow(directory)) hash.update(`${path}\0`).update(readFileSync(join(directory, path)));
  return hash.digest('hex');
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'dbt-readiness-generated-'));
});

afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

describe('generate-project', () => {
  it('writes the same bytes for the same count, and over its own earlier output', () => {
    const first = generate('first');
    const before = hashOf(first);
    expect(hashOf(generate('second'))).toBe(before);
    writeFileSync(join(first, 'models', 'stray.sql'), 'select 1');
    generate('first');
    expect(hashOf(first)).toBe(before);
  });

  it('gives each model a file of its own with two inputs and a config, four of ten with a variable', () => {
    const directory = generate('shape');
    const models = filesBelow(directory).filter((path) => /^models\/.*\.sql$/.test(path) && !/\/(?:catalogue|core)\//.test(path));
    expect(models).toHaveLength(COUNT);
    const texts = models.map((path) => readFileSync(join(directory, path), 'utf8'));
    for (const text of texts) {
      expect(text.match(/\{\{ (?:ref|source)\(/g)).toHaveLength(2);
      expect(text).toMatch(/^\{\{ config\(/);
      expect(text.length).toBeGreaterThan(1_300);
      expect(text.length).toBeLessThan(1_600);
    }
    expect(texts.filter((text) => text.includes('{% set '))).toHaveLength(COUNT * 0.4);
    for (const path of models) {
      const yaml = readFileSync(join(directory, path.replace(/\.sql$/, '.yml')), 'utf8');
      expect(yaml.match(/^ {6}- name: /gm)).toHaveLength(8);
    }
  });

  it('refers only to models and sources that it writes', () => {
    const directory = generate('closed');
    const files = filesBelow(directory);
    const known = new Set(files.filter((path) => path.endsWith('.sql')).map((path) => path.replace(/^.*\/|\.sql$/g, '')));
    const sources = files.filter((path) => path.endsWith('__sources.yml')).map((path) => readFileSync(join(directory, path), 'utf8'));
    for (const path of files.filter((name) => name.endsWith('.sql'))) {
      const text = readFileSync(join(directory, path), 'utf8');
      for (const [, name] of text.matchAll(/ref\('(\w+)'\)/g)) expect(known).toContain(name);
      for (const [, source, table] of text.matchAll(/source\('(\w+)', '(\w+)'\)/g)) {
        expect(sources.filter((yaml) => yaml.includes(`- name: ${source ?? ''}\n`) && yaml.includes(`- name: ${table ?? ''}\n`))).toHaveLength(1);
      }
    }
  });

  it('adds one YAML file of about 200 KB with 300 models and one of about 5 KB', () => {
    const directory = generate('large');
    const big = readFileSync(join(directory, 'models/marts/catalogue/_catalogue__models.yml'), 'utf8');
    expect(big.match(/^ {2}- name: /gm)).toHaveLength(300);
    expect(Math.abs(big.length - 200_000)).toBeLessThan(10_000);
    const small = readFileSync(join(directory, 'models/marts/core/_core__models.yml'), 'utf8');
    expect(Math.abs(small.length - 5_000)).toBeLessThan(250);
  });

  it('refuses a folder that it did not write', () => {
    const foreign = mkdtempSync(join(work, 'foreign-'));
    writeFileSync(join(foreign, 'precious.txt'), 'keep');
    expect(() => execFileSync(process.execPath, [SCRIPT, '3', foreign], { stdio: 'pipe' })).toThrow();
    expect(readFileSync(join(foreign, 'precious.txt'), 'utf8')).toBe('keep');
  });
});
