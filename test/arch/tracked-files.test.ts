/** What is committed is fit for everybody: no path of one machine, no private registry, no half of a rule, nothing stale. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, listTrackedFiles, readText, repositoryRoot } from './repository.ts';

const BINARY = /\.(?:png|wasm|vsix|ico|gif|jpg)$/u;
const tracked = listTrackedFiles().filter((path) => existsSync(join(repositoryRoot, path)));
const texts = tracked.filter((path) => !BINARY.test(path) && statSync(join(repositoryRoot, path)).size < 4_000_000);

/** Folders of one person or one machine; written in parts, so that this file does not name one. */
const machineFolders = ['work/main', 'work/shared', 'work/help', 'tmp/bash', 'root/', 'opt/dbtvenv'].map((folder) => `/${folder}`);
const personalFolder = /\/(?:home|Users)\/(?!\$|<|user\b|me\b|you\b|someone\b|ada\b|runner\b)[a-z][\w.-]*\//u;

describe('the tracked files', () => {
  it('name no path of a machine', () => {
    const wrong = texts.flatMap((path) => {
      const text = readText(path);
      return [...machineFolders.filter((folder) => text.includes(folder)), personalFolder.exec(text)?.[0] ?? ''].filter((found) => found !== '').map((found) => `${path}: ${found}`);
    });
    expect(wrong).toEqual([]);
  });

  it('take packages from the public registry alone', () => {
    const locks = tracked.filter((path) => path.endsWith('package-lock.json'));
    expect(locks.length).toBeGreaterThan(0);
    const wrong = locks.flatMap((path) =>
      [...readText(path).matchAll(/"resolved": "([^"]+)"/gu)].map((match) => match[1] ?? '').filter((url) => !url.startsWith('https://registry.npmjs.org/')),
    );
    expect(wrong).toEqual([]);
    expect(tracked.filter((path) => path.endsWith('.npmrc'))).toEqual([]);
  });

  it('hold no build result', () => {
    expect(tracked.filter((path) => /^(?:out|dist|coverage|node_modules)\//u.test(path) || /\.(?:vsix|map|tsbuildinfo|log)$/u.test(path))).toEqual([]);
  });

  it('have line feeds alone where git would not mend them', () => {
    const wrong = tracked.filter((path) => /\.(?:ts|mjs|json|md|svg|py)$/u.test(path) && readText(path).includes('\r\n'));
    expect(wrong).toEqual([]);
  });

  it('are small', () => {
    expect(tracked.filter((path) => statSync(join(repositoryRoot, path)).size > 3_000_000)).toEqual([]);
  });
});

describe('the rules on disk', () => {
  const files = listFiles('server/src/rules', ['.ts', '.md']).filter((path) => /^server\/src\/rules\/[^/]+\/[^_/][^/]*$/u.test(path));

  it('are code and page together', () => {
    const stems = new Map<string, string[]>();
    for (const file of files) {
      const stem = file.replace(/\.(?:ts|md)$/u, '');
      stems.set(stem, [...(stems.get(stem) ?? []), file]);
    }
    expect([...stems.values()].filter((pair) => pair.length !== 2)).toEqual([]);
  });

  it('have pages with the headings that the runner and the reader expect', () => {
    const pages = files.filter((path) => path.endsWith('.md'));
    const wrong = pages.filter((path) => {
      const id = path.split('/').at(-1)?.replace(/\.md$/u, '') ?? '';
      const text = readText(path);
      const headings = [...text.matchAll(/^## (.+)$/gmu)].map((match) => match[1] ?? '');
      const isOrdered = ['Why', 'How to fix', 'Flagged', 'Not flagged'].every((heading, index) => headings[index] === heading);
      return !text.startsWith(`# \`${id}\`\n`) || !isOrdered;
    });
    expect(wrong).toEqual([]);
  });
});

describe('the generated files', () => {
  it('are current', () => {
    let output = 'current';
    try {
      execFileSync(process.execPath, ['scripts/gen.mjs', '--check'], { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
    } catch (error) {
      output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    }
    expect(output).toBe('current');
  });
});
