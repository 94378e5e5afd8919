/** Our own requests and notifications, and diagnostics for clients that ask for them. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DocumentDiagnosticReport, WorkspaceDiagnosticReport } from 'vscode-languageserver/node';
import type { ChangedFindings, FixAllResult, Lineage, ProjectFindings } from '../../server/src/protocol/protocol.ts';
import { methods } from '../../server/src/protocol/protocol.ts';
import { CHANGED, CREATED } from './client.ts';
import { folderOf, PROJECT, rangeIn, shown, start } from './harness.ts';

const TYPO = "select * from {{ ref('custmers') }}\n";
const FILES = {
  'dbt_project.yml': PROJECT,
  'models/customers.sql': "select 1 as customer_id from {{ source('raw', 'people') }}\n",
  'models/orders.sql': "select * from {{ ref('customers') }}\n",
  'models/typo.sql': TYPO,
  'models/schema.yml': 'sources:\n  - name: raw\n    tables:\n      - name: people\n',
};

describe('the findings', () => {
  it('come with counts that are made of them, closed files and hints included', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    const [project] = await client.settle();
    expect(project!.summary.name).toBe('shop');
    expect(project!.summary.root).toBe(folder.uri);
    for (const severity of ['error', 'warning', 'information', 'hint'] as const) {
      expect(project!.summary.counts[severity]).toBe(project!.findings.filter((one) => one.severity === severity).length);
    }
    const typo = project!.findings.find(({ ruleId }) => ruleId === 'ref-undefined')!;
    expect(typo).toMatchObject({ uri: folder.uriOf('models/typo.sql'), uniqueId: 'model.shop.typo', fix: 'suggested', severity: 'error' });
    expect(typo.message).toContain("'custmers'");
  });

  it('are the newest, though the keystroke still waits', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder], { initializationOptions: { debounceMs: 5000 } });
    const uri = folder.uriOf('models/typo.sql');
    client.open(uri, TYPO);
    await client.settle();
    client.change(uri, 'select 1 as id\n');
    const [project] = await client.settle();
    expect(project!.findings.filter(({ ruleId }) => ruleId === 'ref-undefined')).toEqual([]);
    expect(client.rules(uri)).not.toContain('ref-undefined');
  });

  it('are announced when they change, and the state when it does', async () => {
    const folder = folderOf(FILES);
    let changes = 0;
    const client = await start([folder]);
    await client.until('ready', () => client.statuses.at(-1)?.state === 'ready');
    expect(client.statuses.map(({ state }) => state)).toContain('indexing');
    client.connection.onNotification(methods.changed, () => {
      changes++;
    });
    folder.write('models/typo.sql', 'select 1 as id\n');
    client.diskChanged([{ uri: folder.uriOf('models/typo.sql'), type: CHANGED }]);
    await client.settle();
    await expect.poll(() => changes).toBe(1);
  });
});

describe('the changed findings', () => {
  const ask = (client: Awaited<ReturnType<typeof start>>, since?: number): Promise<ChangedFindings> =>
    client.connection.sendRequest<ChangedFindings>(methods.changedFindings, since === undefined ? {} : { since });
  const told = ({ projects }: ChangedFindings): [string, number][] => projects.flatMap(({ files }) => files.map(({ uri, findings }): [string, number] => [uri, findings.length]));

  it('are all of them at first, then those of the files in which some changed or moved', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    const uri = folder.uriOf('models/typo.sql');
    client.open(uri, TYPO);
    const [project] = await client.settle();
    const whole = await ask(client);
    expect(whole.isWhole).toBe(true);
    expect(whole.projects.flatMap(({ files }) => files.flatMap(({ findings }) => findings))).toEqual(project!.findings);

    const nothing = await ask(client, whole.revision);
    expect([nothing.isWhole, told(nothing)]).toEqual([false, []]);

    client.change(uri, `\n${TYPO}`);
    const moved = await ask(client, nothing.revision);
    expect([moved.isWhole, told(moved)]).toEqual([false, [[uri, project!.findings.filter((one) => one.uri === uri).length]]]);
    expect(moved.projects[0]!.files[0]!.findings.map(({ range }) => range.start.line)).toContain(1);

    client.change(uri, 'select 1 as id\n');
    const mended = await ask(client, moved.revision);
    const [after] = await client.settle();
    expect(mended.projects[0]!.summary).toEqual(after!.summary);
    expect(mended.projects[0]!.files.find((file) => file.uri === uri)!.findings).toEqual(after!.findings.filter((one) => one.uri === uri));
  });

  it('are all of them again for who missed an answer, and after other settings', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    const { revision } = await ask(client);
    await ask(client, revision);
    expect((await ask(client, revision)).isWhole).toBe(true);

    folder.write('dbt-readiness.yml', 'rules:\n  ref-undefined: off\n');
    client.diskChanged([{ uri: folder.uriOf('dbt-readiness.yml'), type: CREATED }]);
    await client.settle();
    const last = await ask(client, revision + 2);
    expect(last.isWhole).toBe(true);
    expect(last.projects[0]!.files.flatMap(({ findings }) => findings).filter(({ ruleId }) => ruleId === 'ref-undefined')).toEqual([]);
  });
});

describe('a check', () => {
  it('reads the disk again, though nobody told of a change', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    await client.settle();
    folder.write('models/typo.sql', 'select 1 as id\n');
    folder.write('other/dbt_project.yml', PROJECT);
    await client.connection.sendRequest(methods.check);
    expect(shown(client, folder)).toEqual([]);
    expect(await client.settle()).toHaveLength(2);
  });
});

describe('the lineage', () => {
  it('of an open model is its parents and children, with the state of each', async () => {
    const folder = folderOf({ ...FILES, 'models/last.sql': "select * from {{ ref('customers') }} join {{ ref('nowhere') }}\n" });
    const client = await start([folder]);
    const lineage = await client.connection.sendRequest<Lineage>(methods.lineage, { textDocument: { uri: folder.uriOf('models/customers.sql') } });
    expect(lineage.root).toBe(folder.uri);
    expect(lineage.node).toMatchObject({ uniqueId: 'model.shop.customers', hasParents: true, hasChildren: true });
    expect(lineage.parents).toMatchObject([{ uniqueId: 'source.shop.raw.people', name: 'raw.people', uri: folder.uriOf('models/schema.yml'), hasParents: false }]);
    expect(lineage.children.map(({ name }) => name)).toEqual(['last', 'orders']);
    expect(lineage.children[0]!.state).toBe('error');
    const next = await client.connection.sendRequest<Lineage>(methods.lineage, { uniqueId: 'model.shop.orders', root: folder.uri });
    expect(next.parents.map(({ name }) => name)).toEqual(['customers']);
  });

  it('of an entry in a property file is that of the line', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    const { line } = rangeIn(FILES['models/schema.yml'], 'people').start;
    const textDocument = { uri: folder.uriOf('models/schema.yml') };
    expect(await client.connection.sendRequest(methods.lineage, { textDocument, line })).toMatchObject({ node: { uniqueId: 'source.shop.raw.people' } });
    expect(await client.connection.sendRequest(methods.lineage, { textDocument: { uri: folder.uriOf('README.md') } })).toBeNull();
  });
});

describe('fix-all of a project', () => {
  it('gives one edit, counts, and leaves suggested fixes unless asked', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    const ask = (kinds: string) => client.connection.sendRequest<FixAllResult>(methods.fixAll, { root: folder.uri, ruleId: 'ref-undefined', kinds });
    expect(await ask('safe')).toEqual({ edit: null, fixed: 0, left: 0, readOnly: [] });
    const { edit, fixed } = await ask('suggested');
    expect(fixed).toBe(1);
    client.apply(edit!);
    await client.settle();
    expect(folder.read('models/typo.sql')).toBe("select * from {{ ref('customers') }}\n");
    expect(shown(client, folder)).toEqual([]);
  });

  it('can be narrowed to one finding by its place', async () => {
    const two = "select * from {{ ref('custmers') }} join {{ ref('customrs') }}\n";
    const folder = folderOf({ ...FILES, 'models/typo.sql': two });
    const client = await start([folder]);
    const [project] = await client.settle();
    const { uri, range } = project!.findings.filter(({ ruleId }) => ruleId === 'ref-undefined')[1]!;
    const result = await client.connection.sendRequest<FixAllResult>(methods.fixAll, { root: folder.uri, ruleId: 'ref-undefined', at: { uri, range }, kinds: 'suggested' });
    client.apply(result.edit!);
    expect(folder.read('models/typo.sql')).toBe("select * from {{ ref('custmers') }} join {{ ref('customers') }}\n");
  });

  it('leaves read-only files alone and names them', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    chmodSync(join(folder.path, 'models/typo.sql'), 0o444);
    const result = await client.connection.sendRequest<FixAllResult>(methods.fixAll, { root: folder.uri, ruleId: 'ref-undefined', kinds: 'suggested' });
    expect(result).toEqual({ edit: null, fixed: 0, left: 1, readOnly: [folder.uriOf('models/typo.sql')] });
  });

  it('works on the text that is on the disk, though nobody told of it', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    await client.settle();
    folder.write('models/typo.sql', `-- a new first line\n${TYPO}`);
    const { edit } = await client.connection.sendRequest<FixAllResult>(methods.fixAll, { root: folder.uri, ruleId: 'ref-undefined', kinds: 'suggested' });
    client.apply(edit!);
    expect(folder.read('models/typo.sql')).toBe("-- a new first line\nselect * from {{ ref('customers') }}\n");
  });
});

describe('the summaries', () => {
  it('are those that come with the findings', async () => {
    const client = await start([folderOf(FILES)]);
    const projects = await client.settle();
    expect(await client.connection.sendRequest(methods.summaries)).toEqual(projects.map(({ summary }) => summary));
  });
});

describe('the report', () => {
  it('names project, verdict and every rule that found something, the same each time', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    const [project] = await client.settle();
    const report = await client.connection.sendRequest<string>(methods.report, { root: folder.uri });
    expect(report).toMatch(/^# Readiness of shop\n/);
    expect(report).toContain('**Not ready**');
    for (const ruleId of new Set(project!.findings.map((one) => one.ruleId))) expect(report).toContain(`### ${ruleId} (`);
    expect(await client.connection.sendRequest<string>(methods.report, { root: folder.uri })).toBe(report);
  });

  it('shows names of the project as they are written, whatever they mean in Markdown', async () => {
    const folder = folderOf({ ...FILES, 'models/typo.sql': "select * from {{ ref('__init__') }} where {{ ref('<b>[x](y)') }}\n" });
    const client = await start([folder]);
    await client.settle();
    const report = await client.connection.sendRequest<string>(methods.report, { root: folder.uri });
    expect(report).toContain(String.raw`'\_\_init\_\_'`);
    expect(report).toContain(String.raw`'\<b\>\[x\](y)'`);
  });
});

describe('a client that pulls', () => {
  const pull = { initializationOptions: { pullDiagnostics: true } };

  it('is never pushed to, and is asked to ask again', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/typo.sql');
    const client = await start([folder], pull);
    client.open(uri, TYPO);
    const ask = (previousResultId?: string) => client.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument: { uri }, previousResultId });
    const first = await ask();
    expect(first.kind === 'full' && first.items.map(({ code }) => code)).toContain('ref-undefined');
    expect(await ask(first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
    const asked = client.refreshes.count;
    folder.write('models/custmers.sql', 'select 1 as id\n');
    client.diskChanged([{ uri: folder.uriOf('models/custmers.sql'), type: CREATED }]);
    await client.until('a request to ask again', () => client.refreshes.count > asked);
    const second = await ask(first.resultId);
    expect(second.kind === 'full' && second.items.map(({ code }) => code)).not.toContain('ref-undefined');
    expect(client.published).toEqual([]);
  });

  it('learns of the whole workspace what is new, and of files that are clean again', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder], pull);
    const ask = (previousResultIds: readonly { uri: string; value: string }[]) =>
      client.connection.sendRequest<WorkspaceDiagnosticReport>('workspace/diagnostic', { previousResultIds });
    const first = await ask([]);
    expect(first.items.map(({ uri }) => uri)).toEqual([folder.uriOf('models/typo.sql')]);
    const known = first.items.map(({ uri, resultId }) => ({ uri, value: resultId! }));
    expect((await ask(known)).items.map(({ kind }) => kind)).toEqual(['unchanged']);
    folder.write('models/typo.sql', 'select 1 as id\n');
    client.diskChanged([{ uri: folder.uriOf('models/typo.sql'), type: CHANGED }]);
    expect((await ask(known)).items).toMatchObject([{ uri: folder.uriOf('models/typo.sql'), kind: 'full', items: [] }]);
  });

  it('without the capability is pushed to all the same', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder], { ...pull, capabilities: { textDocument: { publishDiagnostics: {} } } });
    await client.settle();
    expect(shown(client, folder)).toEqual(['models/typo.sql ref-undefined']);
  });
});

describe('a server', () => {
  it('answers nothing of the workspace after shutdown', async () => {
    const folder = folderOf(FILES);
    const client = await start([folder]);
    await client.settle();
    await client.connection.sendRequest('shutdown');
    expect(await client.connection.sendRequest<ProjectFindings[]>(methods.findings)).toEqual([]);
  });
});
