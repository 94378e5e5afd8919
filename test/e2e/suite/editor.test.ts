/** The editor that the suite runs in is the one that was asked for, and does what the other tests rely on. */
import * as assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { fileInWorkspace, waitFor, waitForFileWatcher, workspaceFolder } from './workspace.ts';

suite('the editor', () => {
  test('is a VS Code at least as new as the extension asks for', () => {
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.equal(major, 1);
    assert.ok(minor !== undefined && minor >= 91, `VS Code ${vscode.version}`);
  });

  test('has the workspace of the runner open', async () => {
    assert.equal(workspaceFolder().fsPath, process.env['DBT_READINESS_E2E_WORKSPACE']);
    const projectFiles = await vscode.workspace.findFiles('**/dbt_project.yml');
    assert.ok(projectFiles.length > 0, 'no dbt_project.yml in the workspace');
  });

  test('trusts the workspace exactly when the runner says so', () => {
    assert.equal(vscode.workspace.isTrusted, process.env['DBT_READINESS_E2E_TRUSTED'] === 'true');
  });

  test('saves nothing by itself', () => {
    assert.equal(vscode.workspace.getConfiguration('files').get('autoSave'), 'off');
  });

  test('notices a file that another program changes', async () => {
    const file = fileInWorkspace('models/changed_outside.sql');
    writeFileSync(file.fsPath, 'select 1 as a\n');
    try {
      const document = await vscode.workspace.openTextDocument(file);
      await waitForFileWatcher();
      writeFileSync(file.fsPath, 'select 2 as b\n');
      await waitFor('the new text', () => (document.getText() === 'select 2 as b\n' ? true : undefined), () => document.getText());
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  }).timeout(60_000);
});
