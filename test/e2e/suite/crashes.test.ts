/** The server comes back however and whenever it dies, and nothing is lost: what is unsaved is judged as it stands on the screen. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { deleteFile, findingsOf, onDisk, replaceInDocument, serverProcesses, waitForExtension, waitForFindings, writeAndShow } from './findings.ts';
import { waitFor } from './workspace.ts';


suite('a server that dies', () => {
  let document: vscode.TextDocument;
  let path: string;
  let rounds = 0;
  suiteSetup(async () => {
    await waitForExtension();
  });
  setup(async () => {
    // A start on demand forgets the ends before it, so that each test has all the starts that a user has.
    await vscode.commands.executeCommand('dbtReadiness.restartServer');
    // The editor keeps a text for a while after its file is gone, so each test has a file of its own.
    rounds += 1;
    path = `models/survivor_${rounds}.sql`;
    ({ document } = await writeAndShow(path, "select * from {{ ref('bronze_customers') }}\n"));
    await replaceInDocument(document, 'bronze_customers', 'bronze_customerz');
    await waitForFindings(document.uri, 'ref-undefined', 1);
  });
  teardown(async () => {
    await deleteFile(path);
  });

  test('comes back, and its findings with it', async () => {
    kill(theServer());
    await assertIsBack(document);
  });

  test('comes back when much is said to it before its end is noticed', async () => {
    const old = theServer();
    kill(old);
    // The extension host learns of the end only when this function yields: until then all that is sent goes nowhere.
    while (serverProcesses().includes(old));
    const answers = Array.from({ length: 8 }, () => vscode.commands.executeCommand('dbtReadiness.copyReport'));
    await assertIsBack(document);
    await Promise.all(answers);
  });

  test('comes back when it dies while it starts', async () => {
    const old = theServer();
    const restarted = vscode.commands.executeCommand('dbtReadiness.restartServer');
    kill(await waitFor('another server', () => serverProcesses().find((id) => id !== old)));
    await assertIsBack(document);
    await restarted;
  });
});

function theServer(): number {
  const [id, ...others] = serverProcesses();
  assert.ok(id !== undefined && others.length === 0, 'one server runs');
  return id;
}

function kill(id: number): void {
  process.kill(id, 'SIGKILL');
}

/** Changes the unsaved text, so that what is found in it is the word of the server that runs now. */
async function assertIsBack(document: vscode.TextDocument): Promise<void> {
  await replaceInDocument(document, 'bronze_customerz', 'bronze_weatherz');
  await waitFor(
    'the judgement of the new server',
    () => (findingsOf(document.uri, 'ref-undefined')[0]?.message.includes('bronze_weatherz') === true ? true : undefined),
    () => `Servers: ${serverProcesses().join(', ')}.`,
  );
  assert.equal(serverProcesses().length, 1, 'one server runs');
  assert.ok(onDisk(vscode.workspace.asRelativePath(document.uri)).includes('bronze_customers'), 'the disk was not touched');
}
