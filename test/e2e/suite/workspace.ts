/** What the tests in the extension host share: waiting for what the editor does in its own time, and for its file watcher. */
import * as vscode from 'vscode';

/** Asks every 50 ms until `read` answers something other than undefined; the error says what was there instead. */
export async function waitFor<Value>(
  what: string,
  read: () => Value | undefined | Promise<Value | undefined>,
  describe: () => string = () => '',
  timeoutMs = 25_000,
): Promise<Value> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}. ${describe()}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** The one folder that the runner opened. */
export function workspaceFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    throw new Error('No folder is open.');
  }
  return folder.uri;
}

/** The address of a file of the workspace by its path from the workspace folder. */
export function fileInWorkspace(path: string): vscode.Uri {
  return vscode.Uri.joinPath(workspaceFolder(), ...path.split('/'));
}

/** A diagnostic as one line, `severity line:column code message`, counted from 1; for comparisons and for messages of failed tests. */
export function describeDiagnostic(diagnostic: vscode.Diagnostic): string {
  const { line, character } = diagnostic.range.start;
  const code = typeof diagnostic.code === 'object' ? diagnostic.code.value : (diagnostic.code ?? '');
  return `${vscode.DiagnosticSeverity[diagnostic.severity]} ${line + 1}:${character + 1} ${code} ${diagnostic.message}`;
}

/** Waits until the diagnostics of a file, from one source or from all, are as expected, and returns them. */
export function waitForDiagnostics(
  uri: vscode.Uri,
  isExpected: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
  source?: string,
): Promise<readonly vscode.Diagnostic[]> {
  const read = () => vscode.languages.getDiagnostics(uri).filter((diagnostic) => source === undefined || diagnostic.source === source);
  return waitFor(
    `the expected diagnostics of ${uri.fsPath}`,
    () => {
      const diagnostics = read();
      return isExpected(diagnostics) ? diagnostics : undefined;
    },
    () => `There are: ${read().map(describeDiagnostic).join(' | ')}`,
  );
}

/**
 * Waits until the editor reports changes that are made outside of it. Its watcher starts seconds after the window, and what
 * is changed before is never reported; so each test that changes files on disk waits for this first.
 */
export async function waitForFileWatcher(): Promise<void> {
  const probe = fileInWorkspace('.watcher-probe');
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(workspaceFolder(), '.watcher-probe'));
  let isAwake = false;
  const wake = () => {
    isAwake = true;
  };
  const listeners = [watcher.onDidCreate(wake), watcher.onDidChange(wake)];
  try {
    let round = 0;
    await waitFor('the file watcher of the editor', async () => {
      round += 1;
      if (round % 10 === 1) {
        await vscode.workspace.fs.writeFile(probe, Buffer.from(String(round)));
      }
      return isAwake ? true : undefined;
    });
  } finally {
    for (const listener of listeners) {
      listener.dispose();
    }
    watcher.dispose();
    await vscode.workspace.fs.delete(probe);
  }
}
