/** What a screenshot shows, as a list of steps that a person could take; the pictures of the documentation are the scenes below. */
import type { EditorTheme } from './editor-server.ts';
import type { Workbench } from './workbench.ts';

/** A picture: its file name without extension, and the steps to it, each `verb rest`. */
export interface Scene {
  readonly name: string;
  readonly steps: readonly string[];
  /** The themes in which the documentation shows it; every other one only to look at. */
  readonly documented: readonly EditorTheme[];
}

/** Moves the pointer to where it points at nothing. */
function leave(workbench: Workbench): Promise<void> {
  return workbench.page.mouse.move(1100, 18);
}

const verbs: Readonly<Record<string, (workbench: Workbench, rest: string) => Promise<unknown>>> = {
  /** open models/schema.yml */
  open: (workbench, rest) => workbench.openFile(rest),
  /** goto orders: the cursor at a text of the opened file */
  goto: (workbench, rest) => workbench.moveTo(rest),
  hover: (workbench, rest) => workbench.hover(rest),
  bulb: (workbench, rest) => workbench.openLightBulb(rest),
  take: (workbench, rest) => workbench.takeAction(rest),
  save: (workbench) => workbench.save(),
  /** command dbt Readiness: Show Report */
  command: (workbench, rest) => workbench.runCommand(rest),
  /** container dbt Readiness */
  container: async (workbench, rest) => {
    await workbench.openViewContainer(rest);
    // The tooltip of the icon would stay.
    await leave(workbench);
  },
  click: (workbench, rest) => workbench.treeRow(rest).click(),
  /** point Models tested: the pointer on a row of a tree, until its tooltip is there; status dbt: on an item of the status bar */
  point: async (workbench, rest) => {
    await workbench.treeRow(rest).hover();
    await workbench.page.locator('.monaco-hover').first().waitFor({ state: 'visible' });
  },
  status: async (workbench, rest) => {
    await workbench.page.locator('.part.statusbar .statusbar-item').filter({ hasText: rest }).first().hover();
    await workbench.page.locator('.monaco-hover').first().waitFor({ state: 'visible' });
  },
  /** expand hard-coded-reference: opens a row whose name a click would cover with its actions */
  expand: async (workbench, rest) => {
    await workbench.treeRow(rest).locator('.monaco-tl-twistie').click();
    await leave(workbench);
  },
  /** preview schema.yml: shows the changes to a file of the refactor preview */
  preview: (workbench, rest) => workbench.page.locator('.bulk-edit-panel .monaco-list-row').filter({ hasText: rest }).first().dblclick(),
  /** follow hard-coded-reference: the link in the open hover */
  follow: (workbench, rest) => workbench.page.locator('.monaco-hover a').filter({ hasText: rest }).first().click(),
  /** problems: opens the panel; problems 3: waits for at least so many first */
  problems: async (workbench, rest) => {
    const least = Number(rest === '' ? '0' : rest);
    await workbench.waitForProblems((counts) => counts.errors + counts.warnings + counts.informations >= least);
    await workbench.problemRows();
  },
  /** text Ready for production: waits until the window, a webview included, shows a text */
  text: (workbench, rest) => workbench.waitForText(rest),
  key: (workbench, rest) => workbench.page.keyboard.press(rest),
  type: (workbench, rest) => workbench.page.keyboard.type(rest),
  /** wait 500, in milliseconds: for what tells nobody that it is done */
  wait: (workbench, rest) => workbench.page.waitForTimeout(Number(rest)),
};

/** Takes one step; a word that is no verb is an error. */
export async function takeStep(workbench: Workbench, step: string): Promise<void> {
  const [verb = '', ...rest] = step.split(' ');
  const act = verbs[verb];
  if (act === undefined) {
    throw new Error(`There is no step ${JSON.stringify(verb)}. There are: ${Object.keys(verbs).join(', ')}.`);
  }
  await act(workbench, rest.join(' '));
}

/** The steps to a window with the sidebar open, everything read, and the model in it that says the most. */
const GOLD = ['container dbt Readiness', 'text Models tested', 'open models/gold/gold_customer_kpis.sql', 'text silver_customer_weather'] as const;

/** The pictures of the documentation. */
export const documentationScenes: readonly Scene[] = [
  {
    name: 'sidebar',
    steps: [...GOLD, 'click Testing', 'text missing-primary-key-test', 'expand missing-primary-key-test', 'goto raw.crm.customers', 'wait 800'],
    documented: ['light', 'dark'],
  },
  { name: 'hover', steps: [...GOLD, 'problems 1', 'key Control+Shift+M', 'hover raw.crm.customers'], documented: [] },
  { name: 'light-bulb', steps: [...GOLD, 'bulb raw.crm.customers', 'wait 400'], documented: ['light'] },
  {
    name: 'problems',
    steps: ['container dbt Readiness', 'text Models tested', 'open models/bronze/_bronze__models.yml', 'problems 1', 'goto bronze_customers', 'wait 800'],
    documented: [],
  },
  {
    name: 'refactor-preview',
    steps: [...GOLD, 'command dbt Readiness: Fix All, Suggested Ones Too...', 'text Refactor Preview', 'preview dbt_project.yml', 'wait 1500'],
    documented: ['dark'],
  },
  {
    name: 'rule-page',
    steps: [...GOLD, 'hover raw.crm.customers', 'follow hard-coded-reference', 'text How to fix', 'wait 1500'],
    documented: [],
  },
];
