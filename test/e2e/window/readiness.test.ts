/** The sidebar, the status item and the light bulb, as a person sees and uses them. */
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serversBelow } from '../processes.ts';
import { openFolderOfTwoProjects, openFolderWithoutProject, openSample, until, type OpenedWindow } from './opened.ts';

const GOLD = 'models/gold/gold_customer_kpis.sql';
const WRITTEN = 'raw.crm.customers';
const MENDED = "{{ source('crm', 'customers') }}";

suite('the window on a project', () => {
  let opened: OpenedWindow;

  suiteSetup(async () => {
    opened = await openSample();
    await opened.workbench.openViewContainer('dbt Readiness');
  });
  suiteTeardown(async () => {
    await opened.close();
  });

  const readinessRows = () => opened.workbench.treeRows('Readiness');
  const lineageRows = () => opened.workbench.treeRows('Lineage');
  const hasRow = (beginning: string) => (rows: readonly string[]) => rows.some((row) => row.startsWith(beginning));
  const diskText = () => Promise.resolve(readFileSync(join(opened.folder, GOLD), 'utf8'));
  const click = async (row: string) => {
    await opened.workbench.treeRow(row).click();
  };

  test('shows project, coverage, categories, rules and findings', async () => {
    const rows = await until('the categories', readinessRows, hasRow('Data sources'));
    assert.match(rows[0] ?? '', /^scv, .*\d+ warnings?/);
    assert.ok(rows[1]?.startsWith('Models tested: 0 of 5'), rows[1]);
    assert.ok(rows[2]?.startsWith('Models described: '), rows[2]);
    assert.ok(rows[3]?.startsWith('Columns described: '), rows[3]);
    await click('Data sources');
    await until('the rule', readinessRows, hasRow('hard-coded-reference, 1 finding, Warning'));
    // A click on the name would do as well, were it not for the actions that appear under the pointer.
    await opened.workbench.treeRow('hard-coded-reference').locator('.monaco-tl-twistie').click();
    await until('the finding', readinessRows, hasRow(`Warning: ${WRITTEN}`));
  });

  test('says in the status bar how many errors and warnings there are', async () => {
    const [item] = await until('the status item', () => opened.workbench.statusItems('dbt'), (items) => /\d/.test(items[0] ?? ''));
    assert.match(item ?? '', /^dbt\s+\d+$/);
    const [project] = await readinessRows();
    assert.equal(/\d+$/.exec(item ?? '')?.[0], /(\d+) warnings/.exec(project ?? '')?.[1]);
  });

  test('opens the place of a finding with a click', async () => {
    await click(WRITTEN);
    await until(
      'the file of the finding',
      () => opened.workbench.page.locator('.editor-group-container.active .tab.active').allInnerTexts(),
      // Labels break where VS Code lets them break.
      (tabs) => tabs.some((tab) => tab.replace(/\s/g, '') === 'gold_customer_kpis.sql'),
    );
  });

  test('follows the cursor with the lineage, and stays when it is pinned', async () => {
    await opened.workbench.openFile(GOLD);
    await until('the lineage of the model', lineageRows, hasRow('gold_customer_kpis, model, '));
    assert.deepEqual((await lineageRows()).slice(1), ['Parents: 1', 'silver_customer_weather, model, Warning', 'Children: none']);
    await opened.workbench.openFile('models/bronze/_bronze__sources.yml');
    await opened.workbench.moveTo('legacy_customers');
    await until('the lineage of the table', lineageRows, hasRow('legacy_crm.legacy_customers, source, '));
    await opened.workbench.moveTo('forecast_day');
    await until('the lineage of the next table', lineageRows, hasRow('weather.forecast_day, source, '));
    await opened.workbench.runCommand('dbt Readiness: Pin Lineage');
    await opened.workbench.openFile(GOLD);
    await opened.workbench.runCommand('dbt Readiness: Unpin Lineage');
    // Had the pin not held, the command to unpin would not have been offered.
    await until('the lineage of the model again', lineageRows, hasRow('gold_customer_kpis, model, '));
  });

  test('mends from the light bulb, and undo brings the old text back', async () => {
    const { workbench } = opened;
    const before = await diskText();
    await workbench.openFile(GOLD);
    await workbench.waitForProblems(({ warnings }) => warnings > 0);
    const problems = await workbench.problemCounts();
    const titles = await workbench.openLightBulb(WRITTEN);
    const [first] = titles;
    assert.equal(first, `Replace ${WRITTEN} by ${MENDED}`);
    await workbench.takeAction(first);
    await workbench.waitForProblems(({ warnings }) => warnings === problems.warnings - 1);
    await workbench.save();
    await until('the mended file', diskText, (text) => text !== before);
    assert.equal(await diskText(), before.replace(WRITTEN, MENDED));
    await until('the category to go', readinessRows, (rows) => !hasRow('Data sources')(rows));
    await workbench.page.keyboard.press('Control+z');
    await workbench.save();
    await until('the old file', diskText, (text) => text === before);
    await until('the category to come back', readinessRows, hasRow('Data sources'));
  });

  test('mends all after a preview, in which every change is ticked', async () => {
    const { workbench, folder } = opened;
    const { page } = workbench;
    const before = readFileSync(join(folder, GOLD), 'utf8');
    await workbench.runCommand('dbt Readiness: Fix All Safe Findings...');
    const preview = page.locator('.bulk-edit-panel').first();
    await preview.waitFor({ state: 'visible' });
    const boxes = preview.locator('.edit-checkbox');
    await boxes.first().waitFor({ state: 'visible' });
    const unticked = await preview.locator('.edit-checkbox[aria-checked="false"]').count();
    assert.equal(unticked, 0);
    assert.equal(await diskText(), before, 'a preview writes nothing');
    await preview.locator('.monaco-button').filter({ hasText: 'Apply' }).first().click();
    await until('the category to go', readinessRows, (rows) => !hasRow('Data sources')(rows));
    await workbench.openFile(GOLD);
    await page.keyboard.press('Control+z');
    await until('the category to come back', readinessRows, hasRow('Data sources'));
  });

  test('filters what is shown, says so, and remembers it', async () => {
    const { workbench } = opened;
    await workbench.openFile(GOLD);
    const all = await readinessRows();
    await workbench.runCommand('dbt Readiness: Show Only Findings of the Current File');
    await workbench.waitForText('in the current file');
    await until('fewer rows', readinessRows, (rows) => rows.length < all.length);
    await workbench.page.reload();
    await workbench.waitForText('in the current file');
    await workbench.runCommand('dbt Readiness: Clear Filter');
    await until('all rows', readinessRows, hasRow('Production and CI'));
  });

  test('filters by severity and by whether there is a fix', async () => {
    const { workbench } = opened;
    const { page } = workbench;
    await workbench.runCommand('dbt Readiness: Filter Findings...');
    const choice = (label: string) => page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first();
    await choice('Warning').click();
    await choice('Findings with a fix').click();
    await page.locator('.quick-input-widget .monaco-button').filter({ hasText: 'OK' }).first().click();
    await workbench.waitForText('Error, Information, Hint; with a fix');
    const rows = await until('fewer rows', readinessRows, (found) => !hasRow('Data sources')(found));
    assert.deepEqual(rows.filter((row) => row.includes('Warning')), [], 'no group is called a warning');
    assert.ok(hasRow('Testing, ')(rows), rows.join(' | '));
    await workbench.runCommand('dbt Readiness: Clear Filter');
    await until('all rows', readinessRows, hasRow('Data sources'));
  });

  test('shows its log', async () => {
    const { page, runCommand } = opened.workbench;
    await runCommand('dbt Readiness: Show Log');
    await page.locator('.part.panel .output-view-pane, .part.panel .output-view').first().waitFor({ state: 'visible' });
    await opened.workbench.waitForText('All projects read and checked');
    await runCommand('View: Hide Panel');
  });

  test('says that its server does not stay up, and starts it again on demand', async () => {
    const { workbench } = opened;
    const dead: number[] = [];
    for (let end = 1; end <= 5; end += 1) {
      const [next] = await until(
        'a server',
        () => Promise.resolve(serversBelow(process.pid).filter((id) => !dead.includes(id))),
        (ids) => ids.length === 1,
      );
      assert.ok(next !== undefined);
      process.kill(next, 'SIGKILL');
      dead.push(next);
      const label = end < 5 ? 'dbt Readiness starts' : 'dbt Readiness does not work';
      await workbench.page.locator(`.statusbar-item[aria-label^="${label}"]`).waitFor({ state: 'visible' });
    }
    assert.ok(hasRow('Production and CI')(await readinessRows()), 'what was found stays to be seen');
    await workbench.runCommand('dbt Readiness: Restart Server');
    await until('the numbers', () => workbench.statusItems('dbt'), (items) => /\d/.test(items[0] ?? ''));
  });

  test('opens no pop-up and asks nothing of the network', async () => {
    assert.deepEqual(await opened.workbench.notifications(), []);
    const foreign = opened.editor.logs.foreignRequests.filter((address) => !address.includes('open-vsx.org'));
    assert.deepEqual(foreign, []);
  });
});

suite('the window on two projects of one name', () => {
  let opened: OpenedWindow;
  suiteSetup(async () => {
    opened = await openFolderOfTwoProjects();
    await opened.workbench.openViewContainer('dbt Readiness');
  });
  suiteTeardown(async () => {
    await opened.close();
  });

  test('says where each of them is', async () => {
    const { workbench } = opened;
    const isProject = (row: string) => row.startsWith('scv, ');
    const rows = await until('two projects', () => workbench.treeRows('Readiness'), (found) => found.filter(isProject).length === 2);
    assert.deepEqual(rows.filter(isProject).map((row) => row.split(' · ')[0]), ['scv, north', 'scv, south']);
  });

  test('asks which of them is meant', async () => {
    const { workbench } = opened;
    await workbench.runCommand('dbt Readiness: Copy Report');
    await workbench.page.locator('.quick-input-widget input[placeholder^="Which project?"]').waitFor({ state: 'visible' });
    const read = () => workbench.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    const choices = await until('two choices', read, (found) => found.length === 2);
    assert.deepEqual(choices.map((choice) => choice.replace(/\s/g, '')), ['scvnorth', 'scvsouth']);
    await workbench.page.keyboard.press('Escape');
  });
});

suite('the window without a project', () => {
  let opened: OpenedWindow;
  suiteSetup(async () => {
    opened = await openFolderWithoutProject();
  });
  suiteTeardown(async () => {
    await opened.close();
  });

  test('shows a welcome with a link and no status item', async () => {
    await opened.workbench.openViewContainer('dbt Readiness');
    await opened.workbench.waitForText('There is no dbt project in this window');
    assert.equal(await opened.workbench.page.locator('.part.sidebar .welcome-view-content .monaco-button').count(), 0, 'a link, not a button');
    assert.deepEqual(await opened.workbench.statusItems('dbt'), []);
  });
});
