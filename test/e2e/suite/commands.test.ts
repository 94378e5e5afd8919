/** The extension itself: when it runs, what it promises in its manifest, and its commands. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { serverProcesses, show, waitForExtension, waitForFindings } from './findings.ts';
import { fileInWorkspace, waitFor, waitForFileWatcher } from './workspace.ts';

const GOLD = 'models/gold/gold_customer_kpis.sql';

/** The parts of package.json that are looked at. */
interface Manifest {
  readonly extensionDependencies?: unknown;
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

suite('the extension', () => {
  let extension: vscode.Extension<unknown>;
  suiteSetup(async () => {
    extension = await waitForExtension();
  });

  test('is active in a workspace with a project, trusted or not, and needs no other', () => {
    assert.equal(extension.isActive, true);
    // The manifest of our own extension.
    const manifest = extension.packageJSON as Manifest;
    assert.equal(manifest.extensionDependencies, undefined);
  });

  test('runs one server', () => {
    assert.equal(serverProcesses().length, 1);
  });

  test('has every command of its manifest', async () => {
    // The manifest of our own extension.
    const manifest = extension.packageJSON as Manifest;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(manifest.contributes.commands.length > 10);
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  test('opens the page of a rule as a page', async () => {
    await vscode.commands.executeCommand('dbtReadiness.openRulePage', 'hard-coded-reference');
    await waitForPage('dbt-readiness-rule:/hard-coded-reference.md');
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('dbt-readiness-rule:/hard-coded-reference.md'));
    assert.match(page.getText(), /^# `hard-coded-reference`\n/);
    assert.match(page.getText(), /## How to fix/);
  });

  test('says so where there is no such page', async () => {
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('dbt-readiness-rule:/no-such-rule.md'));
    assert.match(page.getText(), /There is nothing to show/);
  });

  test('shows the report on the project as a page', async () => {
    await vscode.commands.executeCommand('dbtReadiness.showReport');
    const uri = await waitForPage('dbt-readiness-report:');
    const report = await vscode.workspace.openTextDocument(uri);
    assert.match(report.getText(), /scv/);
    assert.match(report.getText(), /hard-coded-reference/);
  });

  test('puts the report into the clipboard', async () => {
    await vscode.env.clipboard.writeText('something else');
    await vscode.commands.executeCommand('dbtReadiness.copyReport');
    assert.match(await vscode.env.clipboard.readText(), /hard-coded-reference/);
  });

  test('starts its server anew on demand, and the findings are there again', async () => {
    const [old] = serverProcesses();
    await vscode.commands.executeCommand('dbtReadiness.restartServer');
    await waitFor('another server', () => {
      const running = serverProcesses();
      return running.length === 1 && running[0] !== old ? true : undefined;
    });
    await show(GOLD);
    await waitForFindings(fileInWorkspace(GOLD), 'hard-coded-reference', 1);
  });

  test('shows informations and warnings of all files when the setting says so', async () => {
    // A file that was never open: VS Code keeps one that was for minutes.
    const uri = fileInWorkspace('models/never_opened.sql');
    const configuration = vscode.workspace.getConfiguration('dbtReadiness');
    await waitForFileWatcher();
    await vscode.workspace.fs.writeFile(uri, Buffer.from('select * from raw.crm.customers\n'));
    try {
      await configuration.update('diagnostics.scope', 'workspace', vscode.ConfigurationTarget.Workspace);
      await waitForFindings(uri, 'hard-coded-reference', 1);
      await configuration.update('diagnostics.scope', undefined, vscode.ConfigurationTarget.Workspace);
      await waitForFindings(uri, 'hard-coded-reference', 0);
    } finally {
      await vscode.workspace.fs.delete(uri);
    }
  });
});

/** Waits for a tab with one of our documents, in VS Code's preview of Markdown, and closes it. */
async function waitForPage(beginning: string): Promise<vscode.Uri> {
  const [tab, uri] = await waitFor(`a page that begins with ${beginning}`, () => {
    for (const candidate of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
      const { input } = candidate;
      if (input instanceof vscode.TabInputCustom && input.uri.toString(true).startsWith(beginning)) {
        return [candidate, input.uri] as const;
      }
    }
    return undefined;
  });
  await vscode.window.tabGroups.close(tab);
  return uri;
}
