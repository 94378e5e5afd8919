/** A server that starts from its cache shows what one shows that reads everything, and goes on from there. */

import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client, Folder } from './client.ts';
import { folderOf, PROJECT, shown, start, stop } from './harness.ts';

let storagePath = '';

beforeEach(() => {
  storagePath = mkdtempSync(join(tmpdir(), 'readiness-storage-'));
});

afterEach(() => {
  rmSync(storagePath, { recursive: true, force: true });
});

const FILES = {
  'dbt_project.yml': PROJECT,
  'models/a.sql': "select * from {{ ref('b') }}\n",
  'models/b.sql': "{% set x = 'nothing' %}select * from {{ ref(x) }}\n",
  'models/c.sql': "select * from {{ ref('a') }}\n",
};

function oldFolder(): Folder {
  const folder = folderOf(FILES);
  for (const path of Object.keys(FILES)) utimesSync(join(folder.path, path), 1_500_000_000, 1_500_000_000);
  return folder;
}

function startCaching(folder: Folder, build = 'this'): Promise<Client> {
  return start([folder], { initializationOptions: { storagePath }, server: { build, cachePace: { restMs: 0, betweenMs: 0 } } });
}

/** Waits until the server has nothing to do and has kept its project. */
async function kept(client: Client): Promise<void> {
  await client.settle();
  const folder = join(storagePath, 'projects');
  const isKept = (): boolean => {
    try {
      const names = readdirSync(folder);
      return names.length > 0 && names.every((name) => !name.endsWith('.tmp'));
    } catch {
      return false;
    }
  };
  while (!isKept()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a server with a cache', () => {
  it('shows the same when it starts again, and follows changes', async () => {
    const folder = oldFolder();
    const first = await startCaching(folder);
    const findings = await first.settle();
    await kept(first);
    await stop(first);

    const second = await startCaching(folder);
    expect(await second.settle()).toEqual(findings);
    expect(second.statuses.at(-1)).toMatchObject({ state: 'ready', projects: 1 });
    expect(shown(second, folder)).toEqual(['models/b.sql ref-undefined']);
    const uri = folder.uriOf('models/b.sql');
    second.open(uri, FILES['models/b.sql']);
    second.change(uri, 'select 1 as id\n');
    await second.settle();
    expect(shown(second, folder)).toEqual([]);
    second.open(folder.uriOf('models/a.sql'), FILES['models/a.sql']);
    folder.remove('models/b.sql');
    second.close(uri);
    second.diskChanged([{ uri, type: 3 }]);
    await second.settle();
    expect(shown(second, folder)).toEqual(['models/a.sql ref-undefined']);
  });

  it('sees what changed while it was away', async () => {
    const folder = oldFolder();
    const first = await startCaching(folder);
    await kept(first);
    await stop(first);
    folder.write('models/b.sql', 'select 1 as id\n');
    folder.write('models/d.sql', "select * from {{ ref('nowhere') }}\n");
    folder.remove('models/a.sql');
    const second = await startCaching(folder);
    await second.settle();
    expect(shown(second, folder)).toEqual(['models/c.sql ref-undefined', 'models/d.sql ref-undefined']);
  });

  it('keeps no unsaved text as if it were on the disk', async () => {
    const folder = oldFolder();
    const first = await startCaching(folder);
    const uri = folder.uriOf('models/b.sql');
    first.open(uri, FILES['models/b.sql']);
    first.change(uri, 'select 1 as id\n');
    await kept(first);
    await stop(first);
    const second = await startCaching(folder);
    await second.settle();
    expect(shown(second, folder)).toEqual(['models/b.sql ref-undefined']);
  });

  it('offers the fixes of findings that it did not judge itself', async () => {
    const folder = folderOf({ ...FILES, 'models/b.sql': "select * from {{ ref('c_') }}\n" });
    for (const path of Object.keys(FILES)) utimesSync(join(folder.path, path), 1_500_000_000, 1_500_000_000);
    const first = await startCaching(folder);
    await kept(first);
    await stop(first);
    const second = await startCaching(folder);
    const uri = folder.uriOf('models/b.sql');
    second.open(uri, folder.read('models/b.sql'));
    await second.settle();
    const [found] = (second.diagnostics.get(uri) ?? []).filter(({ code }) => code === 'ref-undefined');
    const actions = found === undefined ? [] : await second.actions(uri, found.range);
    expect(actions.map(({ title }) => title)).toContain("Change to ref('c')");
  });
});
