/** What the tests of the extension share: findings by rule, waited for by the editor's events, edits, and the server's process. */
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { serversBelow } from '../processes.ts';
import { describeDiagnostic, fileInWorkspace, waitFor } from './workspace.ts';

/** The source of all our diagnostics. */
export const SOURCE = 'dbt-readiness';

/** Milliseconds after which an event that was waited for is given up. */
const LIMIT_MS = 25_000;

/** The rule behind a diagnostic. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  return String(typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code);
}

/** The diagnostics of a rule in a file, as the editor has them now. */
export function findingsOf(uri: vscode.Uri, rule: string): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === SOURCE && ruleOf(diagnostic) === rule);
}

/** Waits, by the editor's own event, until a file has so many findings of a rule. */
export function waitForFindings(uri: vscode.Uri, rule: string, count: number): Promise<readonly vscode.Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      listener.dispose();
      clearTimeout(timer);
    };
    const look = () => {
      const found = findingsOf(uri, rule);
      if (found.length !== count) {
        return;
      }
      finish();
      resolve(found);
    };
    const listener = vscode.languages.onDidChangeDiagnostics(look);
    const timer = setTimeout(() => {
      finish();
      const all = vscode.languages.getDiagnostics(uri).map(describeDiagnostic);
      reject(new Error(`Waited ${LIMIT_MS / 1000} s for ${count} findings of ${rule} in ${uri.fsPath}. There are: ${all.join(' | ')}`));
    }, LIMIT_MS);
    look();
  });
}

/** Waits until the extension runs and has read the project: its server is there, and its command of checking answers once all is read. */
export async function waitForExtension(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension('dbt-readiness.dbt-readiness');
  assert.ok(extension, 'the extension is not installed');
  await waitFor('the extension to be active', () => (extension.isActive ? true : undefined));
  await waitFor('the server', () => (serverProcesses().length === 1 ? true : undefined));
  await vscode.commands.executeCommand('dbtReadiness.checkProject');
  return extension;
}

/** Opens a file of the workspace in an editor. */
export async function show(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(fileInWorkspace(path), { preview: false });
}

/** Writes a file of the workspace and opens it. `test.removeAfter` of the caller is `deleteFile`. */
export async function writeAndShow(path: string, text: string): Promise<vscode.TextEditor> {
  await vscode.workspace.fs.writeFile(fileInWorkspace(path), Buffer.from(text));
  return show(path);
}

/** Deletes a file of the workspace and the editor on it, unsaved or not. */
export async function deleteFile(path: string): Promise<void> {
  const uri = fileInWorkspace(path);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty === true) {
    await vscode.window.showTextDocument(open);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await closeEditorsOf(uri);
  await vscode.workspace.fs.delete(uri);
}

/** Closes the tabs of a file. */
export async function closeEditorsOf(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString());
  await vscode.window.tabGroups.close(tabs);
}

/** The code actions at a diagnostic, with their edits. */
export async function quickFixesAt(uri: vscode.Uri, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range, vscode.CodeActionKind.QuickFix.value, 20);
}

/** The one code action whose title begins so; fails with the titles there are. */
export function actionTitled(actions: readonly vscode.CodeAction[], beginning: string): vscode.CodeAction {
  const found = actions.find((action) => action.title.startsWith(beginning));
  assert.ok(found, `no action begins with ${beginning}; there are: ${actions.map(({ title }) => title).join(' | ')}`);
  return found;
}

/** Applies the edit of a code action, which must have one. */
export async function applyAction(action: vscode.CodeAction): Promise<void> {
  assert.ok(action.edit, `the action "${action.title}" has no edit`);
  assert.equal(await vscode.workspace.applyEdit(action.edit), true, `the editor did not apply "${action.title}"`);
}

/** Replaces a text that stands once in a document, without saving. */
export async function replaceInDocument(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const offset = document.getText().indexOf(from);
  assert.ok(offset >= 0, `${from} is not in ${document.uri.fsPath}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(offset), document.positionAt(offset + from.length)), to);
  assert.equal(await vscode.workspace.applyEdit(edit), true);
}

/** The bytes of a file on the disk as text. */
export function onDisk(path: string): string {
  return readFileSync(fileInWorkspace(path).fsPath, 'utf8');
}

/** The process ids of the servers that this extension host has started. */
export function serverProcesses(): readonly number[] {
  return serversBelow(process.pid);
}
