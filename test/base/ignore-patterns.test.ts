/** Patterns of ignored files match what pathspec matches: 4,000 answers of its own, recorded by `ignore-patterns.py`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readIgnorePatterns } from '../../server/src/base/ignore-patterns.ts';

/** Texts of patterns with paths, each of them with true if it is ignored. */
type Recorded = readonly (readonly [string, Readonly<Record<string, boolean>>])[];

// The script writes the file, and nobody else reads it.
const recorded = JSON.parse(readFileSync(new URL('ignore-patterns.json', import.meta.url), 'utf8')) as Recorded;

describe('patterns of ignored files', () => {
  it('are matched as pathspec does', () => {
    for (const [text, paths] of recorded) {
      const patterns = readIgnorePatterns(text);
      const ours = Object.fromEntries(Object.keys(paths).map((path) => [path, patterns.ignores(path)]));
      expect(ours, JSON.stringify(text)).toEqual(paths);
    }
  });

  it('spare a look into folders of which nothing is left', () => {
    let spared = 0;
    for (const [text, paths] of recorded) {
      const patterns = readIgnorePatterns(text);
      for (const [path, isIgnored] of Object.entries(paths)) {
        const folders = path.split('/').map((_, at, all) => all.slice(0, at).join('/'));
        const all = folders.filter((folder) => folder !== '' && folder !== '.' && patterns.ignoresAllOf(folder));
        spared += all.length;
        if (all.length > 0) expect(isIgnored, `${JSON.stringify(text)} ${path}`).toBe(true);
      }
    }
    expect(spared).toBeGreaterThan(500);
    expect(readIgnorePatterns('models\n').ignoresAllOf('models')).toBe(true);
    expect(readIgnorePatterns('models\n!models/a.sql\n').ignoresAllOf('models')).toBe(false);
    expect(readIgnorePatterns('!models/a.sql\nmodels/old\n').ignoresAllOf('models/old')).toBe(true);
  });

  it('that pathspec cannot read ignore nothing', () => {
    for (const text of ['!', 'a\\\n', 'a\\ \n', 'models/[z-a].sql']) expect(readIgnorePatterns(text).ignores('models/a.sql'), text).toBe(false);
  });

  it('take no longer for many stars than for few', () => {
    const patterns = readIgnorePatterns(`${'*a'.repeat(60)}b\n${'**/a/'.repeat(60)}b\n`);
    const started = performance.now();
    expect(patterns.ignores(`${'a'.repeat(250)}/${'a/'.repeat(250)}c`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
