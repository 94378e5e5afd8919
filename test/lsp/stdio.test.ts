/** The bundled server over stdio, as any editor starts it: diagnostics of the unsaved text, and an orderly end. */

import { describe, expect, it, vi } from 'vitest';
import { folderOf, PROJECT, start, stop } from './harness.ts';

// The thin client asks the environment once, when it is loaded.
vi.hoisted(() => {
  process.env['SERVER'] = 'spawn';
});

describe('the bundle over stdio', () => {
  it('judges the unsaved text and ends when told', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': 'select 1 as id\n', 'models/revenue.sql': 'select 1 as id\n' });
    const uri = folder.uriOf('models/revenue.sql');
    const client = await start([folder]);
    client.open(uri, "select * from {{ ref('ordrs') }}\n");
    await client.until('the fault of the buffer', () => client.rules(uri).includes('ref-undefined'));
    client.change(uri, "select * from {{ ref('orders') }}\n");
    await client.until('that it is gone', () => !client.rules(uri).includes('ref-undefined'));
    expect(client.rules(uri)).not.toContain('ref-undefined');
    await stop(client);
  });
});
