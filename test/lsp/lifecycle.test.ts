/** Diagnostics over the life of a file: live while typing, and never stale nor doubled, whatever happens to it. */
import { describe, expect, it } from 'vitest';
import type { Folder } from './client.ts';
import { CHANGED, CREATED, DELETED } from './client.ts';
import { folderOf, PROJECT, shown, start, stop } from './harness.ts';

const GOOD = 'select 1 as id\n';
const BAD = "select * from {{ ref('nowhere') }}\n";

describe('the command line', () => {
  it('starts the language server that stands beside it', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': BAD });
    const client = await start([folder], { program: ['cli.cjs', 'lsp', '--stdio'] });
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/orders.sql ref-undefined']);
    await stop(client);
  });
});

describe('an open document', () => {
  it('is judged by its unsaved text', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': GOOD });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, GOOD);
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
    client.change(uri, BAD);
    await client.until('the fault of the buffer', () => client.rules(uri).includes('ref-undefined'));
    expect(folder.read('models/orders.sql')).toBe(GOOD);
    const { range } = client.diagnostics.get(uri)!.find(({ code }) => code === 'ref-undefined')!;
    expect(range.start.line).toBe(0);
    expect(BAD.slice(range.start.character, range.end.character)).toContain('nowhere');
  });

  it('is told with its version', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': GOOD });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, GOOD);
    client.change(uri, BAD);
    await client.until('the fault', () => client.rules(uri).includes('ref-undefined'));
    expect(client.published.filter((one) => one.uri === uri).at(-1)?.version).toBe(2);
  });

  it('takes changes of ranges, in lines with CRLF too', async () => {
    const text = `-- one\r\n-- two\r\n${GOOD}`;
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': text });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, text);
    await client.settle();
    client.change(uri, "select * from {{ ref('nowhere') }}", { start: { line: 2, character: 0 }, end: { line: 2, character: 14 } });
    await client.until('the fault', () => client.rules(uri).includes('ref-undefined'));
    const { range } = client.diagnostics.get(uri)!.find(({ code }) => code === 'ref-undefined')!;
    expect(range.start.line).toBe(2);
  });

  it('moves its diagnostics when text above them is added', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': BAD });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, BAD);
    await client.until('the fault', () => client.rules(uri).includes('ref-undefined'));
    client.change(uri, '-- a comment\n\n', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } });
    await client.until('the new place', () => client.diagnostics.get(uri)?.find(({ code }) => code === 'ref-undefined')?.range.start.line === 2);
  });

  it('that is closed unsaved gets what the disk says', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': GOOD });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    client.open(uri, BAD);
    await client.until('the fault', () => client.rules(uri).includes('ref-undefined'));
    client.close(uri);
    await client.settle();
    expect(client.diagnostics.has(uri)).toBe(false);
  });

  it('of another scheme is left alone', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': GOOD });
    const client = await start([folder]);
    client.open(folder.uriOf('models/orders.sql').replace('file:', 'git:'), BAD);
    client.open('untitled:Untitled-1', BAD);
    await client.settle();
    expect([...client.diagnostics.keys()].filter((uri) => !uri.startsWith('file:'))).toEqual([]);
    expect(client.rules(folder.uriOf('models/orders.sql'))).toEqual([]);
  });

  it('that was never saved takes part', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': BAD });
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder]);
    await client.until('the fault', () => client.rules(uri).includes('ref-undefined'));
    const fresh = folder.uriOf('models/nowhere.sql');
    client.open(fresh, GOOD);
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
    client.close(fresh);
    await client.settle();
    expect(client.rules(uri)).toContain('ref-undefined');
  });
});

describe('a file on the disk', () => {
  it('shows its Errors without being open, and nothing less', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/orders.sql': BAD });
    const client = await start([folder]);
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/orders.sql ref-undefined']);
    expect([...client.diagnostics.values()].flat().every(({ severity }) => severity === 1)).toBe(true);
  });

  it('that is deleted takes its diagnostics with it, open or not', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD, 'models/b.sql': BAD });
    const client = await start([folder]);
    client.open(folder.uriOf('models/b.sql'), BAD);
    await client.settle();
    for (const path of ['models/a.sql', 'models/b.sql']) folder.remove(path);
    client.diskChanged(['models/a.sql', 'models/b.sql'].map((path) => ({ uri: folder.uriOf(path), type: DELETED })));
    await client.settle();
    expect(client.diagnostics.has(folder.uriOf('models/a.sql'))).toBe(false);
    expect(client.diagnostics.has(folder.uriOf('models/b.sql'))).toBe(false);
  });

  it('that is renamed has its diagnostics under the new name alone', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD });
    const client = await start([folder]);
    client.open(folder.uriOf('models/a.sql'), BAD);
    await client.settle();
    client.close(folder.uriOf('models/a.sql'));
    folder.rename('models/a.sql', 'models/deep/b.sql');
    client.open(folder.uriOf('models/deep/b.sql'), BAD);
    client.diskChanged([
      { uri: folder.uriOf('models/a.sql'), type: DELETED },
      { uri: folder.uriOf('models/deep/b.sql'), type: CREATED },
    ]);
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/deep/b.sql ref-undefined']);
    expect(client.diagnostics.has(folder.uriOf('models/a.sql'))).toBe(false);
  });

  it('that .dbtignore comes to name loses its diagnostics', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/old/a.sql': BAD });
    const client = await start([folder]);
    await client.settle();
    expect(shown(client, folder)).toHaveLength(1);
    folder.write('.dbtignore', 'models/old/\n');
    expect(client.diskChanged([{ uri: folder.uriOf('.dbtignore'), type: CREATED }])).toBe(1);
    await client.settle();
    expect(shown(client, folder)).toEqual([]);
    folder.remove('.dbtignore');
    client.diskChanged([{ uri: folder.uriOf('.dbtignore'), type: DELETED }]);
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/old/a.sql ref-undefined']);
  });

  it('is found in a folder that appears, and gone with a folder that goes, though only the folder is told', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/keep.sql': GOOD });
    const client = await start([folder]);
    await client.settle();
    folder.write('models/new/deep/a.sql', BAD);
    client.diskChanged([{ uri: folder.uriOf('models/new'), type: CREATED }]);
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/new/deep/a.sql ref-undefined']);
    folder.remove('models/new');
    client.diskChanged([{ uri: folder.uriOf('models/new'), type: DELETED }]);
    await client.settle();
    expect(shown(client, folder)).toEqual([]);
  });

  it('follows a checkout that changes 500 files', async () => {
    const names = Array.from({ length: 500 }, (_, number) => `models/m${number}.sql`);
    const folder = folderOf({ 'dbt_project.yml': PROJECT, ...Object.fromEntries(names.map((name) => [name, GOOD])) });
    const client = await start([folder]);
    await client.settle();
    expect(shown(client, folder)).toEqual([]);
    for (const name of names) folder.write(name, BAD);
    const told = client.diskChanged(names.map((name) => ({ uri: folder.uriOf(name), type: CHANGED })));
    expect(told).toBe(500);
    await client.settle();
    expect(shown(client, folder)).toHaveLength(500);
    for (const name of names.slice(250)) folder.write(name, GOOD);
    for (const name of names.slice(0, 250)) folder.remove(name);
    client.diskChanged(names.map((name, at) => ({ uri: folder.uriOf(name), type: at < 250 ? DELETED : CHANGED })));
    await client.settle();
    expect(shown(client, folder)).toEqual([]);
  });

  it('is not told twice of the same', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD });
    const uri = folder.uriOf('models/a.sql');
    const client = await start([folder]);
    await client.settle();
    const before = client.published.length;
    client.diskChanged([{ uri, type: CHANGED }]);
    await client.settle();
    await client.connection.sendRequest('dbtReadiness/check');
    expect(client.published.slice(before)).toEqual([]);
  });

  it('never shows one fault twice at one place', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD });
    const client = await start([folder]);
    const uri = folder.uriOf('models/a.sql');
    client.open(uri, BAD);
    for (let times = 0; times < 5; times++) client.change(uri, `${BAD}-- ${times}\n`);
    await client.settle();
    for (const { diagnostics } of client.published) {
      const keys = diagnostics.map(({ range, code, message }) => JSON.stringify([range, code, message]));
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(client.rules(uri).filter((rule) => rule === 'ref-undefined')).toHaveLength(1);
  });
});

describe('a project', () => {
  it('goes with its dbt_project.yml and comes back with it', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD });
    const client = await start([folder]);
    await client.settle();
    folder.remove('dbt_project.yml');
    client.diskChanged([{ uri: folder.uriOf('dbt_project.yml'), type: DELETED }]);
    expect(await client.settle()).toEqual([]);
    expect([...client.diagnostics.keys()]).toEqual([]);
    folder.write('dbt_project.yml', PROJECT);
    client.diskChanged([{ uri: folder.uriOf('dbt_project.yml'), type: CREATED }]);
    expect(await client.settle()).toHaveLength(1);
    expect(shown(client, folder)).toEqual(['models/a.sql ref-undefined']);
  });

  it('follows its model paths', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD, 'other/b.sql': BAD });
    const client = await start([folder]);
    await client.settle();
    folder.write('dbt_project.yml', `${PROJECT}model-paths: [other]\n`);
    client.diskChanged([{ uri: folder.uriOf('dbt_project.yml'), type: CHANGED }]);
    await client.settle();
    expect(shown(client, folder)).toEqual(['other/b.sql ref-undefined']);
    folder.write('other/c.sql', BAD);
    expect(client.diskChanged([{ uri: folder.uriOf('other/c.sql'), type: CREATED }])).toBe(1);
    await client.settle();
    expect(shown(client, folder)).toEqual(['other/b.sql ref-undefined', 'other/c.sql ref-undefined']);
  });

  it('is judged for the invocation that its settings tell of, and follows them', async () => {
    const folder = folderOf({
      'dbt_project.yml': PROJECT,
      'models/a.sql': "{{ config(enabled=(target.name == 'prod')) }}select 1 as id\n",
      'models/b.sql': "select * from {{ ref('a') }}\n",
      'dbt-readiness.yml': 'invocation: {target: dev}\n',
    });
    const client = await start([folder]);
    await client.settle();
    expect(shown(client, folder, 'ref-disabled-node')).toEqual(['models/b.sql ref-disabled-node']);
    const change = async (text: string): Promise<void> => {
      folder.write('dbt-readiness.yml', text);
      client.diskChanged([{ uri: folder.uriOf('dbt-readiness.yml'), type: CHANGED }]);
      await client.settle();
    };
    await change('invocation: {target: prod}\n');
    expect(shown(client, folder, 'ref-disabled-node')).toEqual([]);
    await change('invocation: {target: dev}\n');
    expect(shown(client, folder, 'ref-disabled-node')).toEqual(['models/b.sql ref-disabled-node']);
    await change('rules: {}\n');
    expect(shown(client, folder, 'ref-disabled-node')).toEqual([]);
  });

  it('that is broken keeps the server alive', async () => {
    const folder = folderOf({ 'dbt_project.yml': 'name: [shop\n: :', 'models/a.sql': BAD });
    const client = await start([folder]);
    expect(await client.settle()).toHaveLength(1);
    folder.write('dbt_project.yml', PROJECT);
    client.diskChanged([{ uri: folder.uriOf('dbt_project.yml'), type: CHANGED }]);
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/a.sql ref-undefined']);
  });

  it('is none where there is none', async () => {
    const folder = folderOf({ 'README.md': '# nothing\n' });
    const client = await start([folder]);
    expect(await client.settle()).toEqual([]);
    expect(client.statuses.at(-1)?.state).toBe('ready');
  });

  it('may lie anywhere, several times, under names with spaces and letters of any language', async () => {
    const folder = folderOf(
      { 'größe a/dbt_project.yml': PROJECT, 'größe a/models/ä b.sql': BAD, '日本/dbt_project.yml': PROJECT, '日本/models/x.sql': BAD },
      'Ordner mit Leerzeichen é',
    );
    const client = await start([folder]);
    const projects = await client.settle();
    expect(projects.map(({ summary }) => summary.name)).toEqual(['shop', 'shop']);
    expect(shown(client, folder)).toEqual(['größe a/models/ä b.sql ref-undefined', '日本/models/x.sql ref-undefined']);
    const uri = folder.uriOf('größe a/models/ä b.sql');
    client.open(uri, GOOD);
    await client.settle();
    expect(shown(client, folder)).toEqual(['日本/models/x.sql ref-undefined']);
  });

  it('of the same name as another stays apart from it', async () => {
    const first = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': GOOD, 'models/b.sql': "select * from {{ ref('a') }}\n" });
    const second = folderOf({ 'dbt_project.yml': PROJECT, 'models/b.sql': "select * from {{ ref('a') }}\n" });
    const client = await start([first, second]);
    await client.settle();
    expect(client.rules(first.uriOf('models/b.sql'))).toEqual([]);
    expect(client.rules(second.uriOf('models/b.sql'))).toEqual(['ref-undefined']);
  });

  it('comes and goes with its workspace folder', async () => {
    const first = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD });
    const second = folderOf({ 'dbt_project.yml': PROJECT, 'models/b.sql': BAD });
    const client = await start([first]);
    await client.settle();
    const change = (added: readonly Folder[], removed: readonly Folder[]): void => {
      const names = (folders: readonly Folder[]) => folders.map(({ uri }) => ({ uri, name: uri }));
      void client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: names(added), removed: names(removed) } });
    };
    change([second], []);
    await client.settle();
    expect(client.rules(second.uriOf('models/b.sql'))).toEqual(['ref-undefined']);
    change([], [first]);
    await client.settle();
    expect([...client.diagnostics.keys()]).toEqual([second.uriOf('models/b.sql')]);
  });

  it('is judged the same by a server that starts anew', async () => {
    const folder = folderOf({ 'dbt_project.yml': PROJECT, 'models/a.sql': BAD, 'models/b.sql': GOOD });
    const first = await start([folder]);
    first.open(folder.uriOf('models/b.sql'), BAD);
    const findings = await first.settle();
    const before = shown(first, folder);
    await stop(first);
    const second = await start([folder]);
    second.open(folder.uriOf('models/b.sql'), BAD);
    expect(await second.settle()).toEqual(findings);
    expect(shown(second, folder)).toEqual(before);
  });

  it('of more files than are indexed at once is judged as a whole, with keystrokes that came meanwhile', { timeout: 60_000 }, async () => {
    const models = Array.from({ length: 1100 }, (_, number) => [`models/${number % 10}/m${number}.sql`, `select * from {{ ref('m${(number + 1) % 1100}') }}\n`] as const);
    const folder = folderOf({ 'dbt_project.yml': PROJECT, ...Object.fromEntries(models), 'macros/m.sql': '{% macro x() %}{% endmacro %}\n' });
    const client = await start([folder]);
    const uri = folder.uriOf('models/0/m0.sql');
    client.open(uri, GOOD);
    client.change(uri, BAD);
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/0/m0.sql ref-undefined']);
    const early = client.published.filter(({ diagnostics }) => diagnostics.some(({ code }) => code === 'ref-undefined'));
    expect(early.map((one) => one.uri)).toEqual([uri]);
    expect(client.statuses.filter(({ state, total }) => state === 'indexing' && total > 1000).length).toBeGreaterThan(0);
  });
});
