/** The editor that the suite runs in is the one that was asked for. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

suite('the editor', () => {
  test('is a VS Code at least as new as the extension asks for', () => {
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.equal(major, 1);
    assert.ok(minor !== undefined && minor >= 91, `VS Code ${vscode.version}`);
  });

  test('has the workspace of the runner open', async () => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.deepEqual(
      folders.map((folder) => folder.uri.fsPath),
      [process.env['DBT_READINESS_E2E_WORKSPACE']],
    );
    const projectFiles = await vscode.workspace.findFiles('**/dbt_project.yml');
    assert.ok(projectFiles.length > 0, 'no dbt_project.yml in the workspace');
  });

  test('trusts the workspace exactly when the runner says so', () => {
    assert.equal(vscode.workspace.isTrusted, process.env['DBT_READINESS_E2E_TRUSTED'] === 'true');
  });
});
