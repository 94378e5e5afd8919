/** A window of several folders: projects come and go, two of them with one name. Runs alone, in a window that opened a workspace file. */
import * as assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { findingsOf, show, waitForExtension, waitForFindings } from './findings.ts';
import { fileInWorkspace, waitForFileWatcher, workspaceFolder } from './workspace.ts';

const GOLD = 'models/gold/gold_customer_kpis.sql';

suite('a window of several folders', () => {
  const second = () => join(dirname(workspaceFolder().fsPath), 'second');

  suiteSetup(async () => {
    await waitForExtension();
    await waitForFileWatcher();
    cpSync(workspaceFolder().fsPath, second(), { recursive: true });
    await show(GOLD);
    await waitForFindings(fileInWorkspace(GOLD), 'hard-coded-reference', 1);
  });

  test('finds what is wrong in a folder that is added, whose project has the same name', async () => {
    const broken = vscode.Uri.file(join(second(), 'models', 'broken.sql'));
    await vscode.workspace.fs.writeFile(broken, Buffer.from("select * from {{ ref('bronze_customerz') }}\n"));
    assert.equal(findingsOf(broken, 'ref-undefined').length, 0);
    await addSecond();
    await waitForFindings(broken, 'ref-undefined', 1);
    assert.equal(findingsOf(fileInWorkspace(GOLD), 'hard-coded-reference').length, 1, 'the first project is as it was');
    await removeSecond();
    await waitForFindings(broken, 'ref-undefined', 0);
    assert.equal(findingsOf(fileInWorkspace(GOLD), 'hard-coded-reference').length, 1, 'the first project is as it was');
  });

  test('survives that an open folder is deleted', async () => {
    const broken = vscode.Uri.file(join(second(), 'models', 'broken.sql'));
    await addSecond();
    await waitForFindings(broken, 'ref-undefined', 1);
    rmSync(second(), { recursive: true });
    // The editor need not report each file of a deleted folder; asking for a check reads the disk again.
    await vscode.commands.executeCommand('dbtReadiness.checkProject');
    await waitForFindings(broken, 'ref-undefined', 0);
    assert.equal(findingsOf(fileInWorkspace(GOLD), 'hard-coded-reference').length, 1, 'the first project is as it was');
    await removeSecond();
  });

  /** Adds the folder and waits for the editor to say so. */
  function addSecond(): Promise<void> {
    return changeFolders(1, 0, { uri: vscode.Uri.file(second()) });
  }

  function removeSecond(): Promise<void> {
    return changeFolders(1, 1);
  }
});

function changeFolders(start: number, removed: number, ...added: { readonly uri: vscode.Uri }[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const listener = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      listener.dispose();
      resolve();
    });
    if (!vscode.workspace.updateWorkspaceFolders(start, removed, ...added)) {
      listener.dispose();
      reject(new Error('The editor refused to change the folders.'));
    }
  });
}
