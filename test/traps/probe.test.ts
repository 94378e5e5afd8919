/** The probe project, which has one of every resource type, against dbt's own manifest of it. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manifestItems, manifestText } from '../../server/src/features/manifest.ts';
import { fixturePath } from '../harness/project.ts';
import { compareManifests } from '../parity/compare.ts';
import { wholeDifferences, wholeItems } from '../parity/whole.ts';
import type { Json } from '../parity/digest.ts';
import { digestItems, readManifest } from '../parity/digest.ts';
import { openTrap } from './trap-projects.ts';

interface Probe {
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: { readonly [key: string]: Json };
}

// The file is written by dbt's oracle and read by nobody else.
const probe = JSON.parse(readFileSync(new URL('probe.json', import.meta.url), 'utf8')) as Probe;
const { index } = openTrap({ files: probe.files, args: [], env: {} });
const options = { readText: () => undefined, version: '0.0.0' };

it('agrees with dbt in every field that is compared', () => {
  const items = [...manifestItems(index, { ...options, readText: (file) => probe.files[fixturePath(file)], withoutCode: false })];
  const dbt = readManifest(probe.manifest);
  const { differences } = compareManifests(dbt.digest, digestItems(items), wholeDifferences(wholeItems(dbt.items), wholeItems(items)));
  expect(differences).toEqual([]);
});

it('tells a difference of each kind', () => {
  const { digest } = readManifest(probe.manifest);
  const nodes = new Map(digest.nodes);
  nodes.delete('model.p2.a');
  nodes.set('model.p2.b', { ...nodes.get('model.p2.b'), fqn: ['elsewhere'], dep: [] });
  nodes.set('model.p2.new', { type: 'model' });
  const { differences, agreement } = compareManifests({ ...digest, nodes }, digest, []);
  expect(differences.map(({ uniqueId, field }) => `${uniqueId} ${field}`)).toEqual(
    expect.arrayContaining(['model.p2.a extra', 'model.p2.b fqn', 'model.p2.b dep', 'model.p2.new missing']),
  );
  expect(agreement).toMatch(/^agreement: nodes \d+\/\d+, edges \d+\/\d+, tests \d+\/\d+, columns \d+\/\d+, patches /);
});

it('is written as JSON whose maps hold the same ids', () => {
  // What was written by ourselves is JSON of this shape.
  const written = JSON.parse([...manifestText(index, options)].join('')) as { readonly [key: string]: Readonly<Record<string, unknown>> };
  for (const section of ['nodes', 'sources', 'exposures', 'groups', 'unit_tests', 'functions', 'disabled', 'docs', 'parent_map', 'child_map']) {
    expect(Object.keys(written[section] ?? {}).sort(), section).toEqual(Object.keys(probe.manifest[section] ?? {}).sort());
  }
  expect(written['child_map']).toEqual(probe.manifest['child_map']);
});
