/** Drives the workbench of a running editor as a person would: commands, files, hovers, light bulbs, views, screenshots. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { BrowserFrame, BrowserFrameLocator, BrowserLocator, BrowserPage } from './browser-shapes.ts';
import { editorThemes, type Editor, type EditorTheme } from './editor-server.ts';

/** The numbers on the problems item of the status bar. Hints are not counted there. */
export interface ProblemCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly informations: number;
}

/** A place in a file, counted from 1 as the editor shows it; columns in UTF-16 code units. */
export interface EditorPlace {
  readonly line: number;
  readonly column: number;
}

const waitMs = 45_000;

const paletteInput = '.quick-input-widget .quick-input-box input';
const paletteRow = '.quick-input-widget .quick-input-list .monaco-list-row';

/** Asks again until `read` answers something other than undefined; the last state is part of the error. */
export async function waitForValue<Value>(
  what: string,
  read: () => Promise<Value | undefined>,
  describe: () => Promise<string> = () => Promise.resolve(''),
  timeoutMs = waitMs,
): Promise<Value> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`Waited ${String(timeoutMs / 1000)} s for ${what}. ${await describe()}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** Where the n-th occurrence of a text starts. */
export function placeOfText(content: string, text: string, occurrence = 1): EditorPlace {
  let offset = -1;
  for (let found = 0; found < occurrence; found += 1) {
    offset = content.indexOf(text, offset + 1);
    if (offset < 0) {
      throw new Error(`Occurrence ${String(occurrence)} of ${JSON.stringify(text)} is not in the file.`);
    }
  }
  const before = content.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The handles of a script on the workbench. */
export interface Workbench {
  readonly page: BrowserPage;
  /** Runs the command whose title in the palette is exactly this, category included. */
  runCommand(title: string): Promise<void>;
  /** The titles that the palette offers for a search text; the palette is closed again. */
  commandTitles(search: string): Promise<readonly string[]>;
  /** Opens a file of the workspace by its path from the workspace folder, with the cursor at a place. */
  openFile(path: string, place?: EditorPlace): Promise<void>;
  /** Puts the cursor into the first character of a text of the file that was opened last, as the disk has it. */
  moveTo(text: string, occurrence?: number): Promise<void>;
  /** Shows the hover at a text with the mouse and returns its text. */
  hover(text: string, occurrence?: number): Promise<string>;
  /** Opens the light bulb at a text and returns the titles that it offers. It stays open. */
  openLightBulb(text: string, occurrence?: number): Promise<readonly string[]>;
  /** Takes an entry of the open light bulb, by its exact title. */
  takeAction(title: string): Promise<void>;
  /** Saves the file that has the focus and waits until it is no longer marked as changed. */
  save(): Promise<void>;
  problemCounts(): Promise<ProblemCounts>;
  waitForProblems(isExpected: (counts: ProblemCounts) => boolean): Promise<ProblemCounts>;
  /** Opens the Problems panel and returns its rows as a screen reader would read them, files included. */
  problemRows(): Promise<readonly string[]>;
  /** Opens a view container by the title of its icon in the activity bar. */
  openViewContainer(title: string): Promise<void>;
  /** The labels of the visible rows of a tree in the side bar, or of all trees there; empty when none appears in time. */
  treeRows(viewName?: string): Promise<readonly string[]>;
  /** A row of a tree in the side bar, by a text of it. */
  treeRow(text: string): BrowserLocator;
  /** The texts of the status bar's items that contain a text. */
  statusItems(contained: string): Promise<readonly string[]>;
  /** The document of the n-th webview that is shown, in the order of opening. */
  webview(index?: number): BrowserFrameLocator;
  /** The texts of the notifications that are shown now. */
  notifications(): Promise<readonly string[]>;
  /** Waits until the window, or a webview in it, shows a text. */
  waitForText(text: string): Promise<void>;
  setTheme(theme: EditorTheme): Promise<void>;
  /** Writes a PNG of the window; the folder is made when it is missing. */
  screenshot(path: string): Promise<void>;
  /** The same window in each theme: `path` ends in `.png`, before which the name of the theme is put. */
  screenshotInThemes(path: string, themes?: readonly EditorTheme[]): Promise<readonly string[]>;
}

/** A row that does not answer for so long is no longer drawn. */
const GONE_AFTER_MS = 1_000;

/** Takes the workbench of an editor in hand. */
export function driveWorkbench(editor: Editor): Workbench {
  const { page } = editor;
  let openedFile: string | undefined;

  const openPalette = async (key: string, text: string) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press(key);
    const input = page.locator(paletteInput);
    await input.waitFor({ state: 'visible' });
    await input.fill(text);
  };

  const paletteTitles = () =>
    page
      .locator(`${paletteRow} .quick-input-list-row:first-child .monaco-icon-label .monaco-highlighted-label`)
      .allInnerTexts();

  const placeInOpenFile = (text: string, occurrence: number | undefined): EditorPlace => {
    if (openedFile === undefined) {
      throw new Error('No file was opened with openFile.');
    }
    return placeOfText(readFileSync(openedFile, 'utf8'), text, occurrence);
  };

  /** A list may be drawn anew while its rows are asked one by one: those that are gone by then are left out. */
  const labelsOf = async (rows: BrowserLocator): Promise<readonly string[]> => {
    const soon = { timeout: GONE_AFTER_MS };
    const labels: string[] = [];
    for (let index = 0; index < (await rows.count()); index += 1) {
      const row = rows.nth(index);
      const label = await row.getAttribute('aria-label', soon).catch(() => undefined);
      const text = label === null ? await row.innerText(soon).catch(() => undefined) : label;
      if (text !== undefined) labels.push(text);
    }
    return labels;
  };

  const activeTab = (fileName: string) =>
    page.locator('.editor-group-container.active .tabs-container .tab.active').filter({ hasText: fileName }).first();

  const goTo = async (file: string, place: EditorPlace | undefined) => {
    const suffix = place === undefined ? '' : `:${String(place.line)}:${String(place.column)}`;
    const fileName = file.split('/').at(-1) ?? file;
    const rows = page.locator(paletteRow);
    await openPalette('Control+p', `${file}${suffix}`);
    // The list shows recent files until the typed path is looked up, which leaves one row; Enter before that opens another file.
    await waitForValue(
      `the file ${file}`,
      async () => ((await rows.count()) === 1 && (await rows.first().innerText()).includes(fileName) ? true : undefined),
      async () => `The list offers: ${(await labelsOf(rows)).join(' | ')}`,
    );
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await activeTab(fileName).waitFor({ state: 'visible' });
    await page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor({ state: 'visible' });
  };

  const workbench: Workbench = {
    page,

    runCommand: async (title) => {
      await openPalette('F1', `>${title}`);
      const row = await waitForValue(
        `the command ${JSON.stringify(title)}`,
        async () => {
          const index = (await paletteTitles()).indexOf(title);
          return index < 0 ? undefined : index;
        },
        async () => `The palette offers: ${(await paletteTitles()).join(' | ')}`,
      );
      await page.locator(paletteRow).nth(row).click();
    },

    commandTitles: async (search) => {
      await openPalette('F1', `>${search}`);
      await page.locator(paletteRow).first().waitFor({ state: 'visible' });
      const titles = (await paletteTitles()).filter((title) => title !== '');
      await page.keyboard.press('Escape');
      return titles;
    },

    openFile: async (path, place) => {
      openedFile = isAbsolute(path) ? path : join(editor.workspaceFolder, path);
      await goTo(openedFile, place);
    },

    moveTo: async (text, occurrence) => {
      const place = placeInOpenFile(text, occurrence);
      await goTo(openedFile ?? '', place);
    },

    hover: async (text, occurrence) => {
      await workbench.moveTo(text, occurrence);
      const cursor = await page.locator('.editor-group-container.active .monaco-editor.focused .cursors-layer .cursor').first().boundingBox();
      if (cursor === null) {
        throw new Error('The editor shows no cursor.');
      }
      // Twice, since the editor shows a hover only for a mouse that moves.
      await page.mouse.move(cursor.x + 3, cursor.y + cursor.height / 2 + 60);
      await page.mouse.move(cursor.x + 3, cursor.y + cursor.height / 2, { steps: 4 });
      const hover = page.locator('.monaco-resizable-hover .monaco-hover, .monaco-editor .monaco-hover').filter({ visible: true }).first();
      await hover.waitFor({ state: 'visible' });
      return waitForValue('the hover to be filled', async () => {
        const content = await hover.innerText();
        return content.trim() === '' || content.includes('Loading...') ? undefined : content;
      });
    },

    openLightBulb: async (text, occurrence) => {
      await workbench.moveTo(text, occurrence);
      await page.keyboard.press('Control+.');
      const rows = page.locator('.action-widget .monaco-list-row.action');
      await rows.first().waitFor({ state: 'visible' });
      return (await rows.allInnerTexts()).map((title) => title.trim());
    },

    takeAction: async (title) => {
      const rows = page.locator('.action-widget .monaco-list-row.action');
      const titles = (await rows.allInnerTexts()).map((text) => text.trim());
      const index = titles.indexOf(title);
      if (index < 0) {
        throw new Error(`The light bulb does not offer ${JSON.stringify(title)} but ${titles.join(' | ')}`);
      }
      await rows.nth(index).click();
      await rows.first().waitFor({ state: 'hidden' });
    },

    save: async () => {
      await page.keyboard.press('Control+s');
      await page.locator('.tabs-container .tab.active.dirty').waitFor({ state: 'detached' });
    },

    problemCounts: async () => {
      const label = (await page.locator('[id="status.problems"] a').first().getAttribute('aria-label')) ?? '';
      const count = (word: string) => Number(new RegExp(`${word}: (\\d+)`).exec(label)?.[1] ?? '0');
      return { errors: count('Errors'), warnings: count('Warnings'), informations: count('Infos') };
    },

    waitForProblems: (isExpected) =>
      waitForValue(
        'the expected number of problems',
        async () => {
          const counts = await workbench.problemCounts();
          return isExpected(counts) ? counts : undefined;
        },
        async () => `The status bar says ${JSON.stringify(await workbench.problemCounts())}.`,
      ),

    problemRows: async () => {
      const rows = page.locator('.markers-panel .monaco-list-row');
      if ((await rows.count()) === 0) {
        await page.keyboard.press('Control+Shift+M');
        await page.locator('.markers-panel').first().waitFor({ state: 'visible' });
        await rows.first().waitFor({ state: 'visible', timeout: 5_000 }).catch(() => undefined);
      }
      return labelsOf(rows);
    },

    openViewContainer: async (title) => {
      const item = page.locator('.activitybar .action-item').filter({ visible: true });
      const labels = page.locator(`.activitybar .action-item a.action-label[aria-label^="${title}"]`).first();
      const header = page.locator('.part.sidebar .composite.title .title-label').filter({ hasText: new RegExp(title, 'i') });
      await item.first().waitFor({ state: 'visible' });
      if ((await header.count()) === 0) {
        await labels.click();
      }
      await header.first().waitFor({ state: 'visible' });
    },

    treeRows: async (viewName) => {
      const header = viewName === undefined ? '.pane-header' : `.pane-header[aria-label^="${viewName}"]`;
      const rows = page.locator(`.part.sidebar .pane:has(> ${header}) .monaco-list-row`);
      await rows.first().waitFor({ state: 'visible', timeout: 10_000 }).catch(() => undefined);
      return (await labelsOf(rows)).map((label) => label.trim());
    },

    treeRow: (text) => page.locator('.part.sidebar .monaco-list-row').filter({ hasText: text }).first(),

    statusItems: async (contained) =>
      (await page.locator('.part.statusbar .statusbar-item').filter({ hasText: contained }).allInnerTexts()).map((text) => text.trim()),

    webview: (index = 0) => page.frameLocator(`iframe.webview.ready >> nth=${String(index)}`).frameLocator('#active-frame'),

    notifications: async () => {
      // Toasts are off in an editor under test; the notifications are in their list.
      await workbench.runCommand('Notifications: Show Notifications');
      const center = page.locator('.notifications-center.visible');
      await center.waitFor({ state: 'visible' });
      const texts = await center.locator('.notification-list-item-message').allInnerTexts();
      await page.keyboard.press('Escape');
      return texts.map((text) => text.trim());
    },

    waitForText: async (text) => {
      const isShownIn = async (frame: BrowserFrame) => {
        const frameText = await frame.evaluate<string>(`document.body?.innerText ?? ''`).catch(() => '');
        return frameText.replace(/\u00a0/g, ' ').includes(text);
      };
      await waitForValue(`the text ${JSON.stringify(text)}`, async () => {
        const shown = await Promise.all(page.frames().map(isShownIn));
        return shown.includes(true) ? true : undefined;
      });
    },

    setTheme: async (theme) => {
      editor.changeSettings({ 'workbench.colorTheme': editorThemes[theme] });
      const themeClass = { light: 'vs', dark: 'vs-dark', highContrast: 'hc-black', highContrastLight: 'hc-light' }[theme];
      await page.locator(`.monaco-workbench.${themeClass}`).first().waitFor({ state: 'attached' });
      // The webviews get their colours in a message of their own, and nothing tells when they have painted them.
      await page.waitForTimeout(300);
    },

    screenshot: async (path) => {
      mkdirSync(dirname(path), { recursive: true });
      await page.screenshot({ path, animations: 'disabled' });
    },

    screenshotInThemes: async (path, themes = ['light', 'dark', 'highContrast']) => {
      const written: string[] = [];
      for (const theme of themes) {
        await workbench.setTheme(theme);
        const file = path.replace(/\.png$/, `-${theme}.png`);
        await workbench.screenshot(file);
        written.push(file);
      }
      return written;
    },
  };
  return workbench;
}
