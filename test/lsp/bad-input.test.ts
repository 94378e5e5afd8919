/** Files that nobody wants to meet: each is named with its fault, the rest of the project is judged, and the server lives. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Client, Folder } from './client.ts';
import { CHANGED, CREATED, DELETED } from './client.ts';
import { folderOf, PROJECT, shown, start } from './harness.ts';

const BAD = "select * from {{ ref('nowhere') }}\n";
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
  .split('')
  .map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'.charAt(at)}`).join(', ')}]`)
  .join('\n')}\n`;

/** A project with one fault that must be found whatever else lies there. */
function projectWith(add: (folder: Folder) => void): Folder {
  const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/bad.sql': BAD, 'models/good.sql': 'select 1 as id\n' });
  add(folder);
  return folder;
}

function writeBytes(folder: Folder, path: string, bytes: Uint8Array): void {
  mkdirSync(join(folder.path, path, '..'), { recursive: true });
  writeFileSync(join(folder.path, path), bytes);
}

/** The rest of the project is judged, a change is still heard, and no part of the server failed. */
async function expectAlive(client: Client, folder: Folder): Promise<void> {
  await client.settle();
  expect(shown(client, folder)).toContain('models/bad.sql ref-undefined');
  folder.write('models/nowhere.sql', 'select 1 as id\n');
  client.diskChanged([{ uri: folder.uriOf('models/nowhere.sql'), type: CREATED }]);
  await client.settle();
  expect(shown(client, folder)).not.toContain('models/bad.sql ref-undefined');
  expect(client.log.filter((line) => line.includes('fault of dbt Readiness'))).toEqual([]);
}

/** What lies in the project, and what the log or a finding says of it (undefined: it is fine). */
const CASES: readonly (readonly [string, (folder: Folder) => void, RegExp | undefined])[] = [
  ['a binary file', (folder) => { writeBytes(folder, 'models/image.sql', Uint8Array.from([0x89, 0x50, 0, 1, 2, 3])); }, /image\.sql: .*zero bytes/],
  ['a file of another encoding', (folder) => { writeBytes(folder, 'models/latin.yml', Buffer.from('models: # caf\xe9\n', 'latin1')); }, /latin\.yml: Byte 13 \(line 1\) is not UTF-8/],
  ['a file in UTF-16', (folder) => { writeBytes(folder, 'models/wide.sql', Buffer.from('\ufeffselect 1', 'utf16le')); }, /wide\.sql: .*UTF-16/],
  ['a file of 50 MB', (folder) => { writeBytes(folder, 'models/huge.sql', Buffer.alloc(50 * 1024 * 1024, 'x')); }, /huge\.sql: .*larger than 5 MB/],
  ['a link that leads nowhere', (folder) => { symlinkSync('nothing.sql', join(folder.path, 'models/dangling.sql')); }, /dangling\.sql: .*link/],
  ['a link to itself', (folder) => { symlinkSync('loop.sql', join(folder.path, 'models/loop.sql')); }, /loop\.sql: .*link/],
  ['a loop of folders', (folder) => { symlinkSync('..', join(folder.path, 'models/up')); }, undefined],
  ['a named pipe', (folder) => { execFileSync('mkfifo', [join(folder.path, 'models/pipe')]); }, undefined],
  ['a link to a named pipe', (folder) => { execFileSync('mkfifo', [join(folder.path, 'pipe')]); symlinkSync('../pipe', join(folder.path, 'models/pipe.sql')); }, /pipe\.sql: .*device or a pipe/],
  ['a folder named like a model', (folder) => { folder.write('models/folder.sql/inner.sql', 'select 1\n'); }, undefined],
  ['an empty file of each kind', (folder) => { for (const path of ['models/e.sql', 'models/e.yml', 'models/e.md', 'models/e.py', 'seeds/e.csv', 'macros/e.sql', 'tests/e.sql', 'snapshots/e.sql']) folder.write(path, ''); }, undefined],
  ['a bomb of aliases', (folder) => { folder.write('models/bomb.yml', BOMB); }, undefined],
  ['YAML that does not parse', (folder) => { folder.write('models/broken.yml', 'models:\n  - name: [\n: :\n\t- x'); }, undefined],
  ['Jinja that does not parse', (folder) => { folder.write('models/broken.sql', '{{ {% if %} {# {{ ref( }} {% endfor'); }, undefined],
  ['a property file of wrong shapes', (folder) => { folder.write('models/shapes.yml', 'models: 7\nsources: [[]]\nseeds: {a: b}\nexposures: [null, 3, {name: {}}]\nmacros: text\n2: 3\n'); }, undefined],
  ['a broken packages.yml and dbt-readiness.yml', (folder) => { folder.write('packages.yml', '- ]'); folder.write('dbt-readiness.yml', 'rules: [1, 2]\npreset: {'); }, undefined],
  ['a package without dbt_project.yml', (folder) => { folder.write('dbt_packages/empty/README.md', ''); }, undefined],
  ['a package that is the project itself', (folder) => { mkdirSync(join(folder.path, 'dbt_packages')); symlinkSync('..', join(folder.path, 'dbt_packages/self')); }, undefined],
];

describe('a project with', () => {
  it.each(CASES)('%s is judged all the same', async (_, add, told) => {
    const folder = projectWith(add);
    const client = await start([folder]);
    await client.settle();
    if (told === undefined) expect(client.log).toEqual([]);
    else expect(client.log.join('\n')).toMatch(told);
    await expectAlive(client, folder);
  });

  it('a dbt_project.yml that turns to nonsense while it is edited is judged again once it is whole', async () => {
    const folder = projectWith(() => undefined);
    const client = await start([folder]);
    const uri = folder.uriOf('dbt_project.yml');
    client.open(uri, PROJECT);
    await client.settle();
    for (const text of ['', 'name: [', 'name: 7\nmodel-paths: 3\n', 'model-paths: ["../../../.."]\n', '\0', '- a\n- b\n', `${PROJECT}models: 3\nvars: []\nflags: x\n`]) {
      client.change(uri, text);
      await client.settle();
    }
    client.change(uri, PROJECT);
    await expectAlive(client, folder);
  });

  it('model paths that lead to the root of the disk does not read it', { timeout: 10_000 }, async () => {
    const folder = projectWith((made) => { made.write('dbt_project.yml', `${PROJECT}model-paths: [models, /, ../../.., "~"]\n`); });
    const client = await start([folder]);
    await expectAlive(client, folder);
  });

  it('a file that vanishes and comes back between the event and the reading keeps the last word of the disk', async () => {
    const folder = projectWith(() => undefined);
    const client = await start([folder]);
    await client.settle();
    const uri = folder.uriOf('models/bad.sql');
    folder.remove('models/bad.sql');
    client.diskChanged([{ uri, type: CHANGED }]);
    await client.settle();
    expect(shown(client, folder)).toEqual([]);
    folder.write('models/bad.sql', BAD);
    client.diskChanged([{ uri, type: DELETED }]);
    await expectAlive(client, folder);
  });

  it('a folder that goes while it is open in the workspace leaves nothing behind', async () => {
    const folder = projectWith(() => undefined);
    const client = await start([folder]);
    await client.settle();
    folder.remove('.');
    client.diskChanged([{ uri: folder.uriOf('dbt_project.yml'), type: DELETED }, { uri: folder.uriOf('models'), type: DELETED }]);
    expect(await client.settle()).toEqual([]);
    expect([...client.diagnostics.keys()]).toEqual([]);
  });
});

describe('messages that make no sense', () => {
  it('are answered with errors or nothing, and the server lives', async () => {
    const folder = projectWith(() => undefined);
    const client = await start([folder]);
    await client.settle();
    const uri = folder.uriOf('models/bad.sql');
    const position = { line: 99_999, character: 99_999 };
    const textDocument = { uri };
    expect(await client.connection.sendRequest('textDocument/hover', { textDocument, position })).toBeNull();
    expect(await client.connection.sendRequest('textDocument/hover', { textDocument: { uri: 'no uri at all' }, position })).toBeNull();
    expect(await client.connection.sendRequest('textDocument/documentLink', { textDocument: { uri: 'file:///nowhere/x.sql' } })).toEqual([]);
    expect(await client.connection.sendRequest('dbtReadiness/rulePage', { ruleId: 'no-such-rule' })).toBeNull();
    expect(await client.connection.sendRequest('dbtReadiness/report', { root: 'file:///nowhere' })).toBe('');
    await expect(client.connection.sendRequest('workspace/executeCommand', { command: 'nonsense', arguments: [] })).rejects.toThrow();
    await expect(client.connection.sendRequest('textDocument/noSuchThing', {})).rejects.toThrow();
    await client.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 7 }, contentChanges: [{ text: 'x' }] });
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: 'file:///never/opened.sql' } });
    expect(await client.resolve({ title: 'not ours', data: { action: 'fix', root: 3 } })).toMatchObject({ title: 'not ours' });
    await expectAlive(client, folder);
  });
});
