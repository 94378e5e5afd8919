/** Links, definitions and hovers of refs, sources and names. */
import { describe, expect, it } from 'vitest';
import type { DocumentLink, Hover, Location, LocationLink } from 'vscode-languageserver/node';
import type { Client } from './client.ts';
import { capabilitiesWithout } from './client.ts';
import { folderOf, PROJECT, rangeIn, start } from './harness.ts';

const ORDERS = "select * from {{ ref('customers') }}\njoin {{ source('raw', 'payments') }} using (id)\n";
const SCHEMA = `models:
  - name: customers
    description: One row per **customer**.
    columns:
      - name: id
        data_tests: [unique, not_null]
  - name: orders
    data_tests:
      - dbt_utils.equal_rowcount:
          compare_model: ref('customers')
sources:
  - name: raw
    tables:
      - name: payments
        description: Payments as they come.
`;
const FILES = {
  'dbt_project.yml': PROJECT,
  'models/customers.sql': '-- customers\nselect 1 as id\n',
  'models/orders.sql': ORDERS,
  'models/schema.yml': SCHEMA,
};

async function opened(path: 'models/orders.sql' | 'models/schema.yml', capabilities?: string) {
  const folder = folderOf(FILES);
  const client = await start([folder], capabilities === undefined ? {} : { capabilities: capabilitiesWithout(capabilities) });
  const uri = folder.uriOf(path);
  client.open(uri, FILES[path]);
  await client.settle();
  return { folder, client, uri };
}

function inside(text: string, part: string) {
  const { start: begin } = rangeIn(text, part);
  return { line: begin.line, character: begin.character + 1 };
}

async function definition(client: Client, uri: string, text: string, part: string): Promise<(Location | LocationLink)[]> {
  return client.connection.sendRequest('textDocument/definition', { textDocument: { uri }, position: inside(text, part) });
}

async function hover(client: Client, uri: string, text: string, part: string): Promise<string | undefined> {
  const found = await client.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri }, position: inside(text, part) });
  // Our hovers are marked-up text, never the old forms.
  return found === null ? undefined : (found.contents as { value: string }).value;
}

describe('a ref', () => {
  it('is a link to the file of its target, as is a source', async () => {
    const { folder, client, uri } = await opened('models/orders.sql');
    const links = await client.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
    expect(links.map(({ target }) => target)).toEqual([folder.uriOf('models/customers.sql'), folder.uriOf('models/schema.yml')]);
    const [first] = links;
    expect(ORDERS.slice(first!.range.start.character, first!.range.end.character)).toContain('customers');
  });

  it('that leads nowhere is no link', async () => {
    const { client, uri } = await opened('models/orders.sql');
    client.change(uri, "select * from {{ ref('nowhere') }}\n");
    expect(await client.connection.sendRequest('textDocument/documentLink', { textDocument: { uri } })).toEqual([]);
  });

  it('leads to the definition of its model, a source to its name in the property file', async () => {
    const { folder, client, uri } = await opened('models/orders.sql');
    const [model] = await definition(client, uri, ORDERS, 'customers');
    expect(model).toMatchObject({ targetUri: folder.uriOf('models/customers.sql') });
    const [source] = await definition(client, uri, ORDERS, 'payments');
    expect(source).toMatchObject({ targetUri: folder.uriOf('models/schema.yml'), targetRange: rangeIn(SCHEMA, 'payments') });
  });

  it('leads there by plain locations for clients without links', async () => {
    const { folder, client, uri } = await opened('models/orders.sql', 'textDocument.definition.linkSupport');
    expect(await definition(client, uri, ORDERS, 'customers')).toMatchObject([{ uri: folder.uriOf('models/customers.sql') }]);
  });

  it('in the arguments of a test leads to its model too', async () => {
    const { folder, client, uri } = await opened('models/schema.yml');
    const [found] = await definition(client, uri, SCHEMA, "ref('customers')");
    expect(found).toMatchObject({ targetUri: folder.uriOf('models/customers.sql') });
  });
});

describe('a name in a property file', () => {
  it('leads to the SQL of its model', async () => {
    const { folder, client, uri } = await opened('models/schema.yml');
    const [found] = await definition(client, uri, SCHEMA, 'orders');
    expect(found).toMatchObject({ targetUri: folder.uriOf('models/orders.sql') });
  });
});

describe('a hover', () => {
  it('tells name, description and tests of what a ref leads to', async () => {
    const { client, uri } = await opened('models/orders.sql');
    const text = await hover(client, uri, ORDERS, 'customers');
    expect(text).toContain('**customers**');
    expect(text).toContain('One row per **customer**.');
    expect(text).toContain('- `unique` on `id`');
    expect(text).toContain('- `not_null` on `id`');
  });

  it('says that there are no tests', async () => {
    const { client, uri } = await opened('models/orders.sql');
    expect(await hover(client, uri, ORDERS, 'payments')).toMatch(/raw.*payments[\s\S]*Payments as they come\.[\s\S]*No tests\./);
  });

  it('is plain where the client knows no Markdown', async () => {
    const folder = folderOf(FILES);
    const capabilities = capabilitiesWithout('textDocument.hover.contentFormat');
    const client = await start([folder], { capabilities: { ...capabilities, textDocument: { ...capabilities.textDocument, hover: { contentFormat: ['plaintext'] } } } });
    const uri = folder.uriOf('models/orders.sql');
    client.open(uri, ORDERS);
    await client.settle();
    expect(await hover(client, uri, ORDERS, 'customers')).not.toMatch(/\*\*|`/);
  });

  it('says nothing of other words', async () => {
    const { client, uri } = await opened('models/orders.sql');
    expect(await hover(client, uri, ORDERS, 'select')).toBeUndefined();
  });
});
