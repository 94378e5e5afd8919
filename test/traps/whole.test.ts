/** Some traps field by field: all that dbt's manifest says of them, as `record.py --whole` wrote it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { manifestItems } from '../../server/src/features/manifest.ts';
import { fixturePath } from '../harness/project.ts';
import type { Json } from '../parity/digest.ts';
import { readManifest } from '../parity/digest.ts';
import { wholeDifferences, wholeItems } from '../parity/whole.ts';
import { openTrap, readTraps } from './trap-projects.ts';

interface WholeAnswer {
  readonly name: string;
  readonly manifest: { readonly [key: string]: Json };
}

// The file is written by dbt's recorder and read by nobody else.
const answers = JSON.parse(readFileSync(new URL('whole.json', import.meta.url), 'utf8')) as readonly WholeAnswer[];
const traps = new Map(readTraps().map((trap) => [trap.name, trap]));

test('the page on agreement tells how many there are', () => {
  const page = readFileSync(new URL('../../docs/agreement.md', import.meta.url), 'utf8');
  expect(page).toContain(`Of ${String(answers.length)} traps all that dbt's manifest says is compared`);
});

describe('manifests that agree with dbt in every field', () => {
  for (const { name, manifest } of answers) {
    it(name, () => {
      const trap = traps.get(name);
      if (trap === undefined) throw new Error(`no trap of this name: ${name}`);
      const { index } = openTrap(trap);
      const ours = wholeItems(manifestItems(index, { readText: (file) => trap.files[fixturePath(file)], version: '0.0.0' }));
      const dbt = wholeItems(readManifest(manifest).items);
      expect([...ours.keys()].sort()).toEqual([...dbt.keys()].sort());
      expect(wholeDifferences(dbt, ours)).toEqual([]);
    });
  }
});
