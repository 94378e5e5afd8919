/** Every client capability switched off in turn: the same findings, fixes that still arrive, and nothing sent that the client does not know. */
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CodeAction, Command, Range } from 'vscode-languageserver/node';
import type { Client, Folder } from './client.ts';
import { capabilitiesWithout, CHANGED, FULL_CAPABILITIES } from './client.ts';
import { folderOf, PROJECT, rangeIn, start } from './harness.ts';

const TYPO = "select * from {{ ref('custmers') }}\n";
const MENDED = "select * from {{ ref('customers') }}\n";
const FILES = { 'dbt_project.yml': PROJECT, 'models/customers.sql': 'select 1 as customer_id\n', 'models/orders.sql': TYPO };

const CAPABILITIES: readonly string[] = [
  'textDocument',
  'textDocument.synchronization',
  'textDocument.publishDiagnostics',
  'textDocument.publishDiagnostics.relatedInformation',
  'textDocument.publishDiagnostics.versionSupport',
  'textDocument.publishDiagnostics.codeDescriptionSupport',
  'textDocument.publishDiagnostics.dataSupport',
  'textDocument.publishDiagnostics.tagSupport',
  'textDocument.codeAction',
  'textDocument.codeAction.isPreferredSupport',
  'textDocument.codeAction.dataSupport',
  'textDocument.codeAction.resolveSupport',
  'textDocument.codeAction.codeActionLiteralSupport',
  'textDocument.definition',
  'textDocument.definition.linkSupport',
  'textDocument.hover',
  'textDocument.hover.contentFormat',
  'textDocument.documentLink',
  'textDocument.diagnostic',
  'workspace',
  'workspace.applyEdit',
  'workspace.configuration',
  'workspace.workspaceFolders',
  'workspace.didChangeConfiguration',
  'workspace.didChangeWatchedFiles',
  'workspace.didChangeWatchedFiles.relativePatternSupport',
  'workspace.diagnostics',
  'workspace.workspaceEdit',
  'workspace.workspaceEdit.documentChanges',
  'workspace.workspaceEdit.resourceOperations',
  'workspace.workspaceEdit.changeAnnotationSupport',
  'workspace.workspaceEdit.snippetEditSupport',
  'window',
  'window.workDoneProgress',
];

/** The typo with its fix, by whatever way the client has. Undefined if it has none. */
async function mend(client: Client, uri: string, range: Range): Promise<'mended' | undefined> {
  const actions = await client.actions(uri, range);
  const chosen = actions.find(({ title }) => title.startsWith('Change to'));
  if (chosen === undefined) return undefined;
  if (isCommand(chosen)) {
    await client.connection.sendRequest('workspace/executeCommand', { command: chosen.command, arguments: chosen.arguments });
  } else {
    const { edit } = chosen.edit === undefined ? await client.resolve(chosen) : chosen;
    client.apply(edit!);
  }
  return 'mended';
}

function isCommand(action: CodeAction | Command): action is Command {
  return typeof action.command === 'string';
}

describe('without a capability', () => {
  it.each(CAPABILITIES)('%s, faults are found and mended', async (path) => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { capabilities: capabilitiesWithout(path) });
    client.open(uri, TYPO);
    await client.settle();
    expect(client.rules(uri)).toContain('ref-undefined');
    const { range } = client.diagnostics.get(uri)!.find(({ code }) => code === 'ref-undefined')!;
    const position = range.start;
    await client.connection.sendRequest('textDocument/definition', { textDocument: { uri }, position });
    await client.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
    await client.connection.sendRequest('textDocument/documentLink', { textDocument: { uri } });
    expect(await mend(client, uri, range)).toBe('mended');
    expect(client.text(uri)).toBe(MENDED);
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
    expect(client.log.filter((line) => line.includes('A fault of dbt Readiness'))).toEqual([]);
  });

  it('of no kind at all, the server finds faults and stays quiet about the rest', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { capabilities: {} });
    client.open(uri, TYPO);
    await client.settle();
    expect(client.rules(uri)).toContain('ref-undefined');
    expect(await client.actions(uri, rangeIn(TYPO, 'custmers'))).toEqual([]);
    expect(client.progress).toEqual([]);
    expect(client.log.filter((line) => line.includes('fault of dbt Readiness'))).toEqual([]);
  });
});

describe('a client', () => {
  it('that knows no related information reads it in the message', async () => {
    const folder = sample();
    const full = await start([folder], { initializationOptions: { diagnosticsScope: 'workspace' } });
    await full.settle();
    const rich = [...full.diagnostics.values()].flat().filter(({ relatedInformation }) => relatedInformation !== undefined);
    expect(rich.length).toBeGreaterThan(0);
    const capabilities = capabilitiesWithout('textDocument.publishDiagnostics.relatedInformation');
    const poor = await start([folder], { capabilities, initializationOptions: { diagnosticsScope: 'workspace' } });
    await poor.settle();
    const all = [...poor.diagnostics.values()].flat();
    expect(all.every(({ relatedInformation }) => relatedInformation === undefined)).toBe(true);
    for (const { relatedInformation } of rich) {
      for (const { message } of relatedInformation!) expect(all.map((one) => one.message)).toContainEqual(expect.stringContaining(message));
    }
  });

  it('that knows no versions, data or addresses is sent none', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { capabilities: capabilitiesWithout('textDocument.publishDiagnostics'), initializationOptions: { rulePages: true } });
    client.open(uri, TYPO);
    await client.settle();
    for (const one of client.published) expect(one).not.toHaveProperty('version');
    for (const one of client.diagnostics.get(uri)!) {
      for (const key of ['data', 'codeDescription', 'relatedInformation', 'tags']) expect(one).not.toHaveProperty(key);
    }
  });

  it('that resolves nothing is given the edits at once', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { capabilities: capabilitiesWithout('textDocument.codeAction.resolveSupport') });
    client.open(uri, TYPO);
    await client.settle();
    const actions = await client.actions(uri, rangeIn(TYPO, 'custmers'));
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toHaveProperty('edit');
  });

  it('that has no document changes is given plain changes, without versions', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { capabilities: capabilitiesWithout('workspace.workspaceEdit.documentChanges') });
    client.open(uri, TYPO);
    await client.settle();
    // A client with literals is given actions.
    const actions = (await client.actions(uri, rangeIn(TYPO, 'custmers'))) as CodeAction[];
    const { edit } = await client.resolve(actions.find(({ title }) => title.startsWith('Change to'))!);
    expect(edit).not.toHaveProperty('documentChanges');
    expect(Object.keys(edit!.changes!)).toEqual([uri]);
  });

  it('that watches nothing has its project read anew when it saves', async () => {
    const folder = folderOf(FILES);
    const uri = folder.uriOf('models/orders.sql');
    const client = await start([folder], { capabilities: capabilitiesWithout('workspace.didChangeWatchedFiles') });
    client.open(uri, TYPO);
    await client.settle();
    folder.write('models/custmers.sql', 'select 1 as id\n');
    expect(client.diskChanged([{ uri: folder.uriOf('models/custmers.sql'), type: CHANGED }])).toBe(0);
    await client.settle();
    expect(client.rules(uri)).toContain('ref-undefined');
    client.save(uri);
    await client.settle();
    expect(client.rules(uri)).not.toContain('ref-undefined');
  });

  it('that takes plain globs alone is told which files to watch, and never all', async () => {
    const folder = folderOf(FILES);
    const capabilities = capabilitiesWithout('workspace.didChangeWatchedFiles.relativePatternSupport');
    const client = await start([folder], { capabilities });
    await client.settle();
    const { globs } = client;
    expect(globs().length).toBeGreaterThan(3);
    expect(globs().filter((glob) => typeof glob !== 'string' || glob === '**/*' || glob === '**')).toEqual([]);
    folder.write('models/custmers.sql', 'select 1 as id\n');
    expect(client.diskChanged([{ uri: folder.uriOf('models/custmers.sql'), type: CHANGED }])).toBe(1);
    await client.settle();
    expect(client.rules(folder.uriOf('models/orders.sql'))).toEqual([]);
  });

  it('with relative patterns watches folders of the project, and never the whole workspace', async () => {
    const folder = folderOf({ 'app/dbt_project.yml': PROJECT, 'app/models/orders.sql': TYPO, 'elsewhere/x.sql': 'select 1' });
    const client = await start([folder]);
    await client.settle();
    await client.until('the watchers of the project', () => client.globs().length > 1);
    expect(client.diskChanged([{ uri: folder.uriOf('elsewhere/x.sql'), type: CHANGED }])).toBe(0);
    expect(client.diskChanged([{ uri: folder.uriOf('app/models/orders.sql'), type: CHANGED }])).toBe(1);
    expect(client.diskChanged([{ uri: folder.uriOf('app/packages.yml'), type: CHANGED }])).toBe(1);
  });

  it('sets the scope of diagnostics by its settings', async () => {
    const folder = sample();
    const client = await start([folder], { settings: { diagnostics: { scope: 'workspace' } } });
    await client.settle();
    const severities = () => new Set([...client.diagnostics.values()].flat().map(({ severity }) => severity));
    await client.until('Warnings of closed files', () => severities().has(2));
    client.settings = { diagnostics: { scope: 'openFiles' } };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await client.until('Errors alone', () => !severities().has(2));
    expect([...severities()].filter((severity) => severity !== 1)).toEqual([]);
  });
});

/** All findings of a client in a form that does not depend on what it can. */
async function findingsOf(client: Client): Promise<string[]> {
  const [project] = await client.settle();
  return project!.findings.map(({ ruleId, uri, range, message }) => JSON.stringify([ruleId, uri.split('/').at(-1), range, message]));
}

function sample(): Folder {
  const folder = folderOf({});
  cpSync(join(import.meta.dirname, '../../samples/scv'), folder.path, { recursive: true });
  return folder;
}

describe('the rules on the sample project', () => {
  it('find the same whatever the client can, and every offered action can be worked out', { timeout: 120_000 }, async () => {
    const folder = sample();
    const files = readdirSync(folder.path, { recursive: true })
      .map(String)
      .filter((path) => /\.(?:sql|yml)$/.test(path) && statSync(join(folder.path, path)).isFile());
    const reference = await start([folder], { capabilities: FULL_CAPABILITIES });
    const expected = await findingsOf(reference);
    expect(expected.length).toBeGreaterThan(10);
    for (const path of CAPABILITIES) {
      const client = await start([folder], { capabilities: capabilitiesWithout(path), initializationOptions: { rulePages: true } });
      expect(await findingsOf(client), path).toEqual(expected);
      for (const file of files) {
        const uri = folder.uriOf(file);
        client.open(uri, readFileSync(join(folder.path, file), 'utf8'));
        const everywhere = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
        for (const action of await client.actions(uri, everywhere)) {
          if (isCommand(action) || action.command !== undefined || action.edit !== undefined) continue;
          const { edit } = await client.resolve(action);
          expect(edit, `${path}: ${action.title}`).toBeDefined();
        }
      }
      expect(client.log.filter((line) => line.includes('A fault of dbt Readiness')), path).toEqual([]);
    }
  });
});
