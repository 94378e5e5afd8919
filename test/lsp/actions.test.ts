/** Light bulbs: offered, worked out, applied; the finding goes and every other byte stays. */
import { describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver/node';
import type { Client } from './client.ts';
import { folderOf, PROJECT, rangeIn, start } from './harness.ts';

const TYPO = "-- keep me\nselect * from {{ ref('custmers') }}\n";
const MENDED = "-- keep me\nselect * from {{ ref('customers') }}\n";
const FILES = {
  'dbt_project.yml': PROJECT,
  'models/customers.sql': 'select 1 as customer_id\n',
  'models/orders.sql': TYPO,
};

async function offers(client: Client, uri: string, part: string, only?: string[]): Promise<CodeAction[]> {
  const found = await client.actions(uri, rangeIn(client.text(uri), part), only);
  // A client with literals is given actions, never bare commands.
  return found as CodeAction[];
}

function titled(actions: readonly CodeAction[], part: string): CodeAction {
  const found = actions.filter(({ title }) => title.includes(part));
  expect(found.map(({ title }) => title), `the one action of ${actions.map(({ title }) => title).join(' | ')}`).toHaveLength(1);
  return found[0]!;
}

describe('the fix of a finding', () => {
  it('is offered at its place, worked out when chosen, and mends nothing else', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    const action = titled(await offers(client, uri, 'custmers'), "Change to ref('customers')");
    expect(action.edit).toBeUndefined();
    expect(action.kind).toBe('quickfix');
    expect(action.diagnostics?.map(({ code }) => code)).toEqual(['ref-undefined']);
    const { edit } = await client.resolve(action);
    expect(client.apply(edit!)).toBe(true);
    expect(client.text(uri)).toBe(MENDED);
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
  });

  it('is not offered elsewhere in the file', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    const actions = await client.actions(uri, { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } });
    expect(actions.filter(({ title }) => title.includes("ref('"))).toEqual([]);
  });

  it('keeps line breaks of CRLF files', async () => {
    const text = TYPO.replaceAll('\n', '\r\n');
    const folder = folderOf({ ...FILES, 'models/orders.sql': text });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, text);
    await client.settle();
    const { edit } = await client.resolve(titled(await offers(client, uri, 'custmers'), 'Change to'));
    client.apply(edit!);
    expect(client.text(uri)).toBe(MENDED.replaceAll('\n', '\r\n'));
  });

  it('speaks of the newest keystroke, though nobody waited', async () => {
    const folder = folderOf({ ...FILES, 'models/orders.sql': 'select 1\n' });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { initializationOptions: { debounceMs: 5000 } });
    client.open(uri, 'select 1\n');
    await client.settle();
    client.change(uri, TYPO);
    titled(await offers(client, uri, 'custmers'), 'Change to');
  });

  it('is refused with a message if the document moved between offer and choice', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    const action = titled(await offers(client, uri, 'custmers'), 'Change to');
    client.change(uri, `${TYPO}-- typed meanwhile\n`);
    await expect(client.resolve(action)).rejects.toThrow('has changed since this was offered');
    expect(client.messages.join()).toContain('orders.sql has changed');
    expect(client.text(uri)).toBe(`${TYPO}-- typed meanwhile\n`);
  });

  it('carries the version of the document, so that a late edit does not land', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    const { edit } = await client.resolve(titled(await offers(client, uri, 'custmers'), 'Change to'));
    client.change(uri, `-- above\n${TYPO}`);
    expect(client.apply(edit!)).toBe(false);
    expect(client.text(uri)).toBe(`-- above\n${TYPO}`);
  });
});

describe('fix-all', () => {
  const TWO = "select * from {{ ref('custmers') }} union all select * from {{ ref('custmer') }}\n";

  it('of a rule mends all its findings in the file', async () => {
    const folder = folderOf({ ...FILES, 'models/orders.sql': TWO });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TWO);
    await client.settle();
    const { edit } = await client.resolve(titled(await offers(client, uri, 'custmers'), "Fix all 'ref-undefined' in this file"));
    client.apply(edit!);
    expect(client.text(uri)).toBe("select * from {{ ref('customers') }} union all select * from {{ ref('customers') }}\n");
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
  });

  it('on save takes safe fixes alone', async () => {
    const files = {
      ...FILES,
      'models/_sources.yml': 'sources:\n  - name: raw\n    database: db\n    schema: raw\n    tables:\n      - name: payments\n',
      'models/orders.sql': `${TYPO}union all select * from db.raw.payments\n`,
    };
    const folder = folderOf(files);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, files['models/orders.sql']);
    await client.settle();
    const actions = await offers(client, uri, 'select', ['source.fixAll']);
    expect(actions.map(({ kind }) => kind)).toEqual(['source.fixAll.dbtReadiness']);
    const { edit } = await client.resolve(actions[0]!);
    client.apply(edit!);
    expect(client.text(uri)).toBe(`${TYPO}union all select * from {{ source('raw', 'payments') }}\n`);
  });

  it('on save is not offered where nothing is safe to mend', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    expect(await offers(client, uri, 'custmers', ['source.fixAll'])).toEqual([]);
  });
});

describe('a waiver', () => {
  it('for a line stands above it, and counts once a reason is written', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    const { edit } = await client.resolve(titled(await offers(client, uri, 'custmers'), "Disable 'ref-undefined' for this line"));
    client.apply(edit!);
    const [first, comment, query] = client.text(uri).split('\n');
    expect([first, query]).toEqual(TYPO.split('\n').slice(0, 2));
    expect(comment).toMatch(/^-- dbt-readiness: disable-next-line ref-undefined -- TODO/);
    await client.settle();
    expect(client.rules(uri)).toContain('ref-undefined');
    client.change(uri, client.text(uri).replace(/TODO.*/, 'The model comes from another team next week'));
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
  });

  it('for a line is not offered where a comment would change the meaning', async () => {
    const text = "{{ config(\n  materialized='table',\n  alias=ref('custmers')\n) }}\nselect * from {{ ref(\n  'custmers'\n) }}\n";
    const folder = folderOf({ ...FILES, 'models/orders.sql': text });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, text);
    await client.settle();
    const { range } = client.diagnostics.get(uri)!.find(({ code }) => code === 'ref-undefined')!;
    const actions = await client.actions(uri, range);
    expect(range.start.line).toBeGreaterThan(0);
    expect(actions.filter(({ title }) => title.includes('for this line'))).toEqual([]);
  });

  it('for a node stands in its entry, and counts once a reason is written', async () => {
    const yaml = 'models:\n  - name: orders # the orders\n    description: All orders.\n';
    const folder = folderOf({ ...FILES, 'models/_models.yml': yaml });
    const uri = folder.uriOf('models/orders.sql');
    const yamlUri = folder.uriOf('models/_models.yml');
    const client = await start([folder]);
    client.open(uri, TYPO);
    client.open(yamlUri, yaml);
    await client.settle();
    const { edit } = await client.resolve(titled(await offers(client, uri, 'custmers'), "Disable 'ref-undefined' for orders"));
    client.apply(edit!);
    expect(client.text(yamlUri)).toContain('name: orders # the orders\n    description: All orders.\n');
    await client.settle();
    expect(client.rules(uri)).toContain('ref-undefined');
    client.change(yamlUri, client.text(yamlUri).replace(/TODO.*/, 'Known'));
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
  });
});

describe('the page of a rule', () => {
  it('is offered to a client that can open it, and addressed in the diagnostic', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { initializationOptions: { rulePages: true } });
    client.open(uri, TYPO);
    await client.settle();
    const action = titled(await offers(client, uri, 'custmers'), "Open the page of 'ref-undefined'");
    expect(action.command).toMatchObject({ command: 'dbtReadiness.openRulePage', arguments: ['ref-undefined'] });
    const diagnostic = client.diagnostics.get(uri)!.find(({ code }) => code === 'ref-undefined')!;
    expect(diagnostic.codeDescription).toEqual({ href: 'dbt-readiness-rule:/ref-undefined.md' });
    expect(await client.connection.sendRequest('dbtReadiness/rulePage', { ruleId: 'ref-undefined' })).toMatch(/^# `?ref-undefined`?/);
    expect(await client.connection.sendRequest('dbtReadiness/rulePage', { ruleId: 'toString' })).toBeNull();
  });

  it('is not spoken of to other clients', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, TYPO);
    await client.settle();
    expect((await offers(client, uri, 'custmers')).filter(({ title }) => title.includes('page'))).toEqual([]);
    expect(client.diagnostics.get(uri)!.every(({ codeDescription }) => codeDescription === undefined)).toBe(true);
  });
});
