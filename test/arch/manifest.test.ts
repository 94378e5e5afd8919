/** The manifest keeps its promises: pinned packages, one activation event, no forced companions, words for every key. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { listFiles, readText, repositoryRoot } from './repository.ts';

const dependencyTable = z.record(z.string(), z.string()).default({});
const command = z.looseObject({ command: z.string(), title: z.string(), category: z.string().optional(), icon: z.unknown().optional() });
const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  main: z.string(),
  icon: z.string(),
  bin: z.record(z.string(), z.string()),
  engines: z.object({ vscode: z.string(), node: z.string() }),
  scripts: z.record(z.string(), z.string()),
  dependencies: dependencyTable,
  devDependencies: dependencyTable,
  overrides: dependencyTable,
  activationEvents: z.array(z.string()),
  categories: z.array(z.string()),
  keywords: z.array(z.string()),
  contributes: z.looseObject({ commands: z.array(command).default([]) }),
});
const manifestText = readText('package.json');
const manifest = manifestSchema.parse(JSON.parse(manifestText));
const words = z.record(z.string(), z.string()).parse(JSON.parse(readText('package.nls.json')));

describe('package.json', () => {
  it('pins every package exactly', () => {
    const tables = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
    expect(Object.entries(tables).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/u.test(version))).toEqual([]);
  });

  it('agrees with its lock file', () => {
    const lock = z
      .object({ version: z.string(), packages: z.looseObject({ '': z.looseObject({ dependencies: dependencyTable, devDependencies: dependencyTable }) }) })
      .parse(JSON.parse(readText('package-lock.json')));
    expect({ version: lock.version, dependencies: lock.packages[''].dependencies, devDependencies: lock.packages[''].devDependencies }).toEqual({
      version: manifest.version,
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
  });

  it('uses every package that it names', () => {
    const sources = [
      ...listFiles('server/src', ['.ts']),
      ...listFiles('client/src', ['.ts']),
      ...listFiles('test', ['.ts', '.mjs']).filter((path) => !path.startsWith('test/e2e/vscode/')),
      ...listFiles('scripts', ['.mjs']),
      'eslint.config.mjs',
      'vitest.config.ts',
      'tsconfig.json',
    ];
    const text = sources.map(readText).join('\n');
    /** Packages that are used by their mere presence: types without an import, peers, programs. */
    const silent = new Set(['@types/mocha', '@types/node', '@types/sarif', '@types/vscode', 'ajv', 'typescript']);
    const unused = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      (name) => !silent.has(name) && !text.includes(`'${name}'`) && !text.includes(`'${name}/`),
    );
    expect(unused).toEqual([]);
  });

  it('ships nothing that only development needs', () => {
    const shipped = [...listFiles('server/src', ['.ts']), ...listFiles('client/src', ['.ts'])].map((path) => [path, readText(path)] as const);
    const wrong = shipped.flatMap(([path, text]) =>
      Object.keys(manifest.devDependencies)
        .filter((name) => !name.startsWith('@types/') && (text.includes(`from '${name}'`) || text.includes(`from '${name}/`)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('compiles against the oldest VS Code and Node that it supports', () => {
    const oldestEditor = /^\^(\d+\.\d+)\.0$/u.exec(manifest.engines.vscode)?.[1];
    expect(oldestEditor).toBeDefined();
    expect(manifest.devDependencies['@types/vscode']).toMatch(new RegExp(`^${String(oldestEditor)}\\.`, 'u'));
    expect(manifest.engines.node).toBe('>=20');
    expect(manifest.devDependencies['@types/node']).toMatch(/^20\./u);
  });

  it('wakes up only where there is a dbt project', () => {
    expect(manifest.activationEvents).toEqual(['workspaceContains:**/dbt_project.yml']);
  });

  it('asks for no other extension and starts in untrusted workspaces', () => {
    expect(manifest).not.toHaveProperty('extensionDependencies');
    expect(manifest).not.toHaveProperty('extensionPack');
    expect(manifest).toHaveProperty('capabilities.untrustedWorkspaces.supported', true);
    expect(manifest).toHaveProperty('capabilities.virtualWorkspaces.supported', false);
    expect(manifest).toHaveProperty('extensionKind', ['workspace']);
  });

  it('claims no language and no file association of others', () => {
    expect(manifest.contributes).not.toHaveProperty('configurationDefaults.files.associations');
    const languages = z.array(z.looseObject({ extensions: z.array(z.string()).default([]) })).parse(manifest.contributes['languages'] ?? []);
    expect(languages.flatMap((language) => language.extensions).filter((extension) => ['.sql', '.yml', '.yaml'].includes(extension))).toEqual([]);
  });

  it('keeps to the marketplace limits', () => {
    expect(manifest.keywords.length).toBeLessThanOrEqual(5);
    expect(manifest.categories.length).toBeGreaterThan(0);
  });

  it('has words for every key, and no key without use', () => {
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/gu)].map((match) => match[1] ?? ''));
    expect({ missing: [...used].filter((key) => !(key in words)), unused: Object.keys(words).filter((key) => !used.has(key)) }).toEqual({ missing: [], unused: [] });
  });

  it('names its commands `dbtReadiness.…` in one category', () => {
    const wrong = manifest.contributes.commands.filter(
      (entry) => !entry.command.startsWith('dbtReadiness.') || entry.category === undefined || entry.category !== manifest.contributes.commands[0]?.category,
    );
    expect(wrong).toEqual([]);
  });

  it('points only to files that exist or are built', () => {
    const paths = [...manifestText.matchAll(/"(?:path|icon|light|dark|markdown|svg|image|configuration|main|url)": "(\.?\/?[\w./-]+\.\w+)"/gu)].map((match) => match[1] ?? '');
    expect(paths.length).toBeGreaterThan(2);
    const missing = [...paths, manifest.icon].filter((path) => !/^(?:\.\/)?out\//u.test(path) && !existsSync(join(repositoryRoot, path)));
    expect(missing).toEqual([]);
  });

  it('lets every npm script start a file that exists', () => {
    const missing = Object.entries(manifest.scripts).filter(([, line]) => {
      const file = /^node (\S+\.mjs)/u.exec(line)?.[1];
      return file !== undefined && !existsSync(join(repositoryRoot, file));
    });
    expect(missing).toEqual([]);
  });

  it('agrees with the changelog on the version', () => {
    expect(readText('CHANGELOG.md')).toContain(`## ${manifest.version}`);
  });
});

describe('the documents', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...listFiles('docs', ['.md'])];

  it('name only npm scripts that exist', () => {
    const wrong = documents.flatMap((path) =>
      [...readText(path).matchAll(/\bnpm (?:run (?:--silent |-s )?([\w:]+)|(test)\b)/gu)]
        .map((match) => match[1] ?? match[2] ?? '')
        .filter((name) => !(name in manifest.scripts))
        .map((name) => `${path}: npm run ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('link only to files that exist', () => {
    const wrong = documents.flatMap((path) =>
      [...readText(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/gu)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(repositoryRoot, path, '..', target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('tell a newcomer the two commands that matter', () => {
    expect(readText('README.md')).toMatch(/npm run demo/u);
    expect(readText('README.md')).toMatch(/npm test/u);
  });
});
