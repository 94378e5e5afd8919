/** Decides whether the window needs the server: as soon as there is a dbt_project.yml, and not before. */

import * as vscode from 'vscode';
import type { ReadinessServer } from './server.ts';

const PROJECT_FILE = 'dbt_project.yml';
/** The context key that the welcome text of the views depends on. */
const HAS_PROJECT = 'dbtReadiness.hasProject';

/** Starts the server once a project is there; a window without one gets no process, only a watcher for the file's name. */
export function watchForProjects(server: ReadinessServer, log: vscode.LogOutputChannel): vscode.Disposable {
  let isStarted = false;
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${PROJECT_FILE}`, false, true, true);

  async function look(): Promise<void> {
    const isFound = await hasProject();
    await vscode.commands.executeCommand('setContext', HAS_PROJECT, isFound);
    if (!isFound) return;
    isStarted = true;
    // Two looks may run at a time; the second start does nothing.
    await server.start();
  }

  function lookAndLog(): void {
    if (isStarted) return;
    look().catch((error: unknown) => {
      log.error(error instanceof Error ? error : String(error));
    });
  }

  lookAndLog();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(lookAndLog),
    vscode.workspace.onDidChangeWorkspaceFolders(lookAndLog),
    server.onStatus((status) => {
      // The server knows better than the name of a file: that of an installed package is no project.
      if (status.kind === 'ready') void vscode.commands.executeCommand('setContext', HAS_PROJECT, status.status.projects > 0);
    }),
  );
}

/** The top of each folder first, which costs nothing; the search through all folders only if need be. */
async function hasProject(): Promise<boolean> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const tops = await Promise.all(folders.map(async ({ uri }) => exists(vscode.Uri.joinPath(uri, PROJECT_FILE))));
  if (tops.includes(true)) return true;
  const found = await vscode.workspace.findFiles(`**/${PROJECT_FILE}`, '**/{node_modules,dbt_packages,dbt_modules,.git,.venv,venv,target}/**', 1);
  return found.length > 0;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
