/** Opens a window for a suite: a copy of a workspace with the extension that the runner names, from sources or packed. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEditor, type Editor } from '../editor-server.ts';
import { copyWorkspace } from '../suite-runner.ts';
import { driveWorkbench, type Workbench } from '../workbench.ts';

/** An open window with what is behind it. */
export interface OpenedWindow {
  readonly editor: Editor;
  readonly workbench: Workbench;
  /** The copy of the workspace, which tests may change. */
  readonly folder: string;
  close(): Promise<void>;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`The runner has not set ${name}.`);
  }
  return value;
}

/** Which extension to run, as the runner was told. */
function extensionOptions(): { readonly extensionFolder?: string; readonly vsixFiles: readonly string[] } {
  const vsixFile = process.env['DBT_READINESS_E2E_VSIX'];
  return vsixFile === undefined ? { extensionFolder: setting('DBT_READINESS_E2E_EXTENSION'), vsixFiles: [] } : { vsixFiles: [vsixFile] };
}

/** Opens a copy of the sample project. */
export async function openSample(): Promise<OpenedWindow> {
  const copy = copyWorkspace(setting('DBT_READINESS_E2E_WORKSPACE'), 'scv');
  const editor = await openEditor({ workspaceFolder: copy.folder, ...extensionOptions() });
  const close = async () => {
    await editor.close();
    copy.remove();
  };
  return { editor, workbench: driveWorkbench(editor), folder: copy.folder, close };
}

/** Opens a folder with two copies of the sample project, as a repository of several projects has them. */
export async function openFolderOfTwoProjects(): Promise<OpenedWindow> {
  const copy = copyWorkspace(setting('DBT_READINESS_E2E_WORKSPACE'), 'repository/north');
  const folder = dirname(copy.folder);
  cpSync(copy.folder, join(folder, 'south'), { recursive: true });
  const editor = await openEditor({ workspaceFolder: folder, ...extensionOptions() });
  const close = async () => {
    await editor.close();
    copy.remove();
  };
  return { editor, workbench: driveWorkbench(editor), folder, close };
}

/** Opens a folder with a text file and no dbt project. */
export async function openFolderWithoutProject(): Promise<OpenedWindow> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'dbt-readiness-e2e-')));
  const folder = join(root, 'notes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.txt'), 'Nothing of dbt.\n');
  const editor = await openEditor({ workspaceFolder: folder, ...extensionOptions() });
  const close = async () => {
    await editor.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  return { editor, workbench: driveWorkbench(editor), folder, close };
}

/** Asks every 100 ms until a condition holds; the error says what was there instead. */
export async function until<Value>(what: string, read: () => Promise<Value>, isThere: (value: Value) => boolean, limitMs = 30_000): Promise<Value> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isThere(value)) {
      return value;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`Waited ${limitMs / 1000} s for ${what}. There is: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
