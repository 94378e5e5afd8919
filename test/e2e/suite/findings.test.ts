/** Findings and fixes in the editor, on files of the sample project and on files that a test writes for itself. */
import * as assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  actionTitled,
  applyAction,
  closeEditorsOf,
  deleteFile,
  findingsOf,
  onDisk,
  quickFixesAt,
  replaceInDocument,
  show,
  waitForExtension,
  waitForFindings,
  writeAndShow,
} from './findings.ts';
import { fileInWorkspace, waitFor, waitForFileWatcher, workspaceFolder } from './workspace.ts';

const GOLD = 'models/gold/gold_customer_kpis.sql';
const WRITTEN = 'raw.crm.customers';
const MENDED = "{{ source('crm', 'customers') }}";

suite('findings', () => {
  suiteSetup(async () => {
    await waitForExtension();
    await waitForFileWatcher();
  });

  test('stand at the place, name their rule and lead to its page', async () => {
    const { document } = await show(GOLD);
    const [finding] = await waitForFindings(document.uri, 'hard-coded-reference', 1);
    assert.ok(finding);
    assert.equal(document.getText(finding.range), WRITTEN);
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Warning);
    assert.ok(typeof finding.code === 'object');
    assert.equal(finding.code.target.toString(), 'dbt-readiness-rule:/hard-coded-reference.md');
  });

  test('go with their fix, which changes no other byte and can be undone', async () => {
    const { document } = await show(GOLD);
    const before = document.getText();
    assert.equal(before.split(WRITTEN).length, 2, 'the sample has the text once');
    const [finding] = await waitForFindings(document.uri, 'hard-coded-reference', 1);
    assert.ok(finding);
    await applyAction(actionTitled(await quickFixesAt(document.uri, finding.range), `Replace ${WRITTEN}`));
    assert.equal(document.getText(), before.replace(WRITTEN, MENDED));
    await waitForFindings(document.uri, 'hard-coded-reference', 0);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    assert.equal(onDisk(GOLD), before, 'nothing was saved');
    await waitForFindings(document.uri, 'hard-coded-reference', 1);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('are those of what is on the screen, saved or not', async () => {
    const path = 'models/unsaved.sql';
    const { document } = await writeAndShow(path, "select * from {{ ref('bronze_customers') }}\n");
    try {
      await replaceInDocument(document, 'bronze_customers', 'bronze_customerz');
      const [finding] = await waitForFindings(document.uri, 'ref-undefined', 1);
      assert.ok(finding);
      assert.equal(document.getText(finding.range), "'bronze_customerz'");
      assert.ok(onDisk(path).includes('bronze_customers'), 'the disk has the good text');
      await replaceInDocument(document, 'bronze_customerz', 'bronze_customers');
      await waitForFindings(document.uri, 'ref-undefined', 0);
    } finally {
      await deleteFile(path);
    }
  });

  test('are read from the disk again when an unsaved file is closed', async () => {
    const path = 'models/closed.sql';
    const { document } = await writeAndShow(path, "select * from {{ ref('bronze_customers') }}\n");
    const { uri } = document;
    await replaceInDocument(document, 'bronze_customers', 'bronze_customerz');
    await waitForFindings(uri, 'ref-undefined', 1);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await closeEditorsOf(uri);
    await waitForFindings(uri, 'ref-undefined', 0);
    await vscode.workspace.fs.delete(uri);
  });

  test('are mended in a file with CRLF and a byte order mark without touching either', async () => {
    const path = 'models/windows.sql';
    const text = "\uFEFFselect *\r\nfrom {{ ref('bronze_customerz') }} -- zażółć 数据 😀\r\n";
    const { document } = await writeAndShow(path, text);
    try {
      assert.equal(document.eol, vscode.EndOfLine.CRLF);
      const [finding] = await waitForFindings(document.uri, 'ref-undefined', 1);
      assert.ok(finding);
      assert.equal(document.getText(finding.range), "'bronze_customerz'");
      await applyAction(actionTitled(await quickFixesAt(document.uri, finding.range), 'Change to ref'));
      await waitForFindings(document.uri, 'ref-undefined', 0);
      assert.equal(await document.save(), true);
      assert.equal(onDisk(path), text.replace('customerz', 'customers'));
    } finally {
      await deleteFile(path);
    }
  });

  test('move with the text and are not mended at a place that they have left', async () => {
    const path = 'models/moving.sql';
    const { document } = await writeAndShow(path, "select * from {{ ref('bronze_customerz') }}\n");
    try {
      const [finding] = await waitForFindings(document.uri, 'ref-undefined', 1);
      assert.ok(finding);
      await replaceInDocument(document, 'select *', '-- a line that was not there\nselect *');
      const moved = document.getText();
      // The row of the tree as it was offered before the change.
      const row = rowOf(document.uri, finding);
      await vscode.commands.executeCommand('dbtReadiness.fixFinding', row);
      assert.equal(document.getText(), moved, 'nothing was written');
      const [now] = await waitFor('the finding in its new line', () => {
        const found = findingsOf(document.uri, 'ref-undefined');
        return found[0]?.range.start.line === 1 ? found : undefined;
      });
      assert.ok(now);
      await vscode.commands.executeCommand('dbtReadiness.fixFinding', rowOf(document.uri, now));
      assert.equal(document.getText(), moved.replace('customerz', 'customers'));
    } finally {
      await deleteFile(path);
    }
  });

  test('of other files follow a file that is renamed, and back', async () => {
    const silver = fileInWorkspace('models/silver/silver_customer_weather.sql');
    const from = fileInWorkspace('models/bronze/bronze_weather.sql');
    const to = fileInWorkspace('models/bronze/bronze_climate.sql');
    await rename(from, to);
    try {
      const [finding] = await waitForFindings(silver, 'ref-undefined', 1);
      assert.ok(finding?.message.includes('bronze_weather'), finding?.message);
    } finally {
      await rename(to, from);
    }
    await waitForFindings(silver, 'ref-undefined', 0);
  });

  test('follow files that another program writes and deletes', async () => {
    const uri = fileInWorkspace('models/from_outside.sql');
    await vscode.workspace.fs.writeFile(uri, Buffer.from("select * from {{ ref('nothing_of_the_kind') }}\n"));
    await waitForFindings(uri, 'ref-undefined', 1);
    await vscode.workspace.fs.delete(uri);
    await waitForFindings(uri, 'ref-undefined', 0);
  });

  test('say why they cannot be mended in a file that is read-only', async () => {
    const path = 'models/locked.sql';
    const uri = fileInWorkspace(path);
    const text = "select * from {{ ref('bronze_customerz') }}\n";
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    chmodSync(uri.fsPath, 0o444);
    const { document } = await show(path);
    try {
      const [finding] = await waitForFindings(uri, 'ref-undefined', 1);
      assert.ok(finding);
      const action = actionTitled(await quickFixesAt(uri, finding.range), 'Change to ref');
      assert.equal(action.edit, undefined, 'there is no edit');
      await vscode.commands.executeCommand('dbtReadiness.fixFinding', rowOf(uri, finding));
      assert.equal(document.getText(), text);
      assert.equal(document.isDirty, false);
    } finally {
      chmodSync(uri.fsPath, 0o644);
      await deleteFile(path);
    }
  });

  test('survive a project file that is broken, and its mending', async () => {
    const uri = fileInWorkspace('dbt_project.yml');
    const { document } = await show('dbt_project.yml');
    const good = document.getText();
    try {
      await replaceInDocument(document, 'name: scv', 'name: [scv');
      await waitForFindings(uri, 'tabs-or-invalid-yaml', 1);
    } finally {
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    assert.equal(document.getText(), good);
    await waitForFindings(uri, 'tabs-or-invalid-yaml', 0);
    await show(GOLD);
    await waitForFindings(fileInWorkspace(GOLD), 'hard-coded-reference', 1);
  });
});

/** A row of the readiness tree, as a click on its light bulb hands it to the command. */
function rowOf(uri: vscode.Uri, finding: vscode.Diagnostic): object {
  const place = ({ line, character }: vscode.Position) => ({ line, character });
  const range = { start: place(finding.range.start), end: place(finding.range.end) };
  return { kind: 'finding', root: workspaceFolder().toString(), finding: { uri: uri.toString(), range, ruleId: 'ref-undefined', fix: 'suggested' } };
}

async function rename(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(from, to);
  assert.equal(await vscode.workspace.applyEdit(edit), true);
}
