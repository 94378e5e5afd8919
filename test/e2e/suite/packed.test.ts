/** The packed extension as a user installs it: every part that is a file of its own in the package is used once. Runs alone. */
import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { processRows } from '../processes.ts';
import { actionTitled, applyAction, quickFixesAt, serverProcesses, show, waitForExtension, waitForFindings } from './findings.ts';
import { waitFor } from './workspace.ts';

const GOLD = 'models/gold/gold_customer_kpis.sql';
const WRITTEN = 'raw.crm.customers';
const MENDED = "{{ source('crm', 'customers') }}";

suite('the packed extension', () => {
  let extension: vscode.Extension<unknown>;
  suiteSetup(async () => {
    extension = await waitForExtension();
  });

  test('is the one that runs: installed, whole, and without what only its makers need', () => {
    assert.equal(extension.isActive, true);
    assert.match(extension.extensionPath, /dbt-readiness\.dbt-readiness-\d+\.\d+\.\d+(-universal)?$/);
    const names = readdirSync(extension.extensionPath);
    for (const needed of ['out', 'l10n', 'syntaxes', 'media', 'THIRD-PARTY-NOTICES.txt']) {
      assert.ok(names.includes(needed), `${needed} is not among ${names.join(', ')}`);
    }
    for (const surplus of ['node_modules', 'server', 'client', 'test', 'scripts', 'samples']) {
      assert.ok(!names.includes(surplus), `${surplus} is in the package`);
    }
    assert.deepEqual(
      readdirSync(join(extension.extensionPath, 'out')).filter((name) => name.endsWith('.map')),
      [],
    );
  });

  test('runs the server of the package', () => {
    const [id] = serverProcesses();
    const line = processRows().find((row) => row.id === id)?.line ?? '';
    assert.ok(line.includes(extension.extensionPath), line);
  });

  test('finds, mends and takes back', async () => {
    const { document } = await show(GOLD);
    const before = document.getText();
    const [finding] = await waitForFindings(document.uri, 'hard-coded-reference', 1);
    assert.ok(finding);
    assert.equal(document.getText(finding.range), WRITTEN);
    await applyAction(actionTitled(await quickFixesAt(document.uri, finding.range), `Replace ${WRITTEN}`));
    assert.equal(document.getText(), before.replace(WRITTEN, MENDED));
    await waitForFindings(document.uri, 'hard-coded-reference', 0);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    await waitForFindings(document.uri, 'hard-coded-reference', 1);
  });

  test('has the pages of its rules in it', async () => {
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('dbt-readiness-rule:/hard-coded-reference.md'));
    assert.match(page.getText(), /^# `hard-coded-reference`\n[^]*## How to fix/);
  });

  test('writes its report', async () => {
    await vscode.commands.executeCommand('dbtReadiness.copyReport');
    assert.match(await vscode.env.clipboard.readText(), /hard-coded-reference/);
  });

  test('keeps the compiled code of its server for the next start', async () => {
    const [id] = serverProcesses();
    assert.ok(id !== undefined);
    // The editor tells no test where an extension's storage is; the server's own environment does.
    const environment = readFileSync(`/proc/${String(id)}/environ`, 'utf8').split('\0');
    const folder = environment.find((entry) => entry.startsWith('NODE_COMPILE_CACHE='))?.slice('NODE_COMPILE_CACHE='.length);
    assert.ok(folder !== undefined);
    await vscode.commands.executeCommand('dbtReadiness.restartServer');
    const { version } = extension.packageJSON as { readonly version: string }; // Every extension has a version.
    assert.deepEqual(readdirSync(dirname(folder)), [version]);
    assert.notDeepEqual(readdirSync(folder, { recursive: true }), []);
  });

  test('comes back when its server is killed', async () => {
    const [old] = serverProcesses();
    assert.ok(old !== undefined);
    process.kill(old, 'SIGKILL');
    await waitFor('another server', () => {
      const [now] = serverProcesses();
      return now === undefined || now === old ? undefined : true;
    });
    await vscode.commands.executeCommand('dbtReadiness.checkProject');
    const { document } = await show(GOLD);
    await waitForFindings(document.uri, 'hard-coded-reference', 1);
  });
});
