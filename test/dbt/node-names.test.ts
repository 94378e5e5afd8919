/** Ids, names, paths and checksums equal those in dbt's manifests. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConfigurableType } from '../../server/src/dbt/config-keys.ts';
import { checksumOfSeed, checksumOfText, fileStem, fqnOf, manifestPath, operationName, sourceId, uniqueIdOf, unitTestId } from '../../server/src/dbt/node-names.ts';

interface Row {
  readonly id: string;
  readonly type: ConfigurableType;
  readonly package: string;
  readonly path: string;
  readonly original: string;
  readonly fqn: readonly string[];
  readonly name: string;
  readonly version: string | number | null;
  readonly generic: boolean;
  readonly source: string | null;
  readonly model: string | null;
  readonly checksum?: string;
  readonly text?: string;
}

// Taken from a manifest of dbt 1.12.3 for a project with every type of resource.
const rows = JSON.parse(readFileSync(new URL('oracle/node-names.json', import.meta.url), 'utf8')) as readonly Row[];

/** All configured folders of that project are single folders. */
function searchedRelative(original: string): string {
  return original.split('/').slice(1).join('/');
}

describe('names and paths, compared with a manifest of dbt 1.12.3', () => {
  it.each(rows.filter((row) => !(row.type === 'test' && row.generic)))('$id', (row) => {
    const file = { originalFilePath: row.original, searchedRelativePath: searchedRelative(row.original) };
    const owner = row.source ?? (row.type === 'unit_test' ? row.model : null);
    const isSnapshotBlock = row.type === 'snapshot' && row.original.endsWith('.sql');
    expect(fqnOf({
      type: row.type, packageName: row.package, file, name: row.name, isSnapshotBlock,
      ...(row.type === 'unit_test' ? {} : { version: row.version }), ...(owner === null ? {} : { owner }),
    })).toEqual(row.fqn);
    expect(manifestPath({ type: row.type, file, name: row.name, isInProperties: row.original.endsWith('.yml') })).toBe(row.path);
    const id = row.type === 'source'
      ? sourceId(row.package, row.source ?? '', row.name)
      : row.type === 'unit_test'
        ? unitTestId(row.package, row.model ?? '', row.name, row.version)
        : uniqueIdOf(row.type, row.package, row.name, row.version);
    expect(id).toBe(row.id);
  });

  it.each(rows.filter((row) => row.type === 'test' && row.generic))('$id', (row) => {
    const file = { originalFilePath: row.original, searchedRelativePath: '' };
    expect(fqnOf({ type: 'test', packageName: row.package, file, name: row.name, isGenericTest: true })).toEqual(row.fqn);
  });

  it.each(rows.filter((row) => row.text !== undefined))('checksum of $original', (row) => {
    const text = row.text ?? '';
    expect(row.type === 'seed' ? checksumOfSeed(text) : checksumOfText(text)).toBe(row.checksum);
  });
});

describe('folders of properties files in folders of more than one part', () => {
  // `model-paths: [a/b/models]`, properties file `a/b/models/sub/s.yml`: observed with dbt 1.12.3.
  const file = { originalFilePath: 'a/b/models/sub/s.yml', searchedRelativePath: 'sub/s.yml' };

  it('differ between tests and other resources', () => {
    expect(fqnOf({ type: 'test', packageName: 'p', file, name: 'unique_m_id', isGenericTest: true })).toEqual(['p', 'b', 'models', 'sub', 'unique_m_id']);
    expect(fqnOf({ type: 'unit_test', packageName: 'p', file, name: 'u', owner: 'm' })).toEqual(['p', 'b', 'models', 'sub', 'm', 'u']);
    expect(fqnOf({ type: 'source', packageName: 'p', file, name: 't', owner: 's' })).toEqual(['p', 'sub', 's', 't']);
    expect(fqnOf({ type: 'exposure', packageName: 'p', file, name: 'e' })).toEqual(['p', 'sub', 'e']);
  });
});

describe('names of files', () => {
  it('lose their last extension', () => {
    expect(fileStem('models/my.dotted.sql')).toBe('my.dotted');
    expect(fileStem('UP.SQL')).toBe('UP');
    expect(fileStem('a/b.sql.j2')).toBe('b.sql');
    expect(fileStem('a/b.sql.j2', true)).toBe('b');
    expect(fileStem('a/.hidden')).toBe('.hidden');
  });

  it('of hooks contain the package', () => {
    expect(operationName('p2', 'on-run-start', 0)).toBe('p2-on-run-start-0');
  });
});
