/** A folder in which Node keeps the server's code as it has compiled it, so that a start need not compile it again. */

import * as vscode from 'vscode';

/**
 * The environment that tells the server's Node of the folder; a Node older than 22 does not heed it. Each version of the extension has a
 * folder of its own, and those of others go, so that no more than one is ever kept.
 */
export async function environmentWithCodeCache(context: vscode.ExtensionContext): Promise<Record<string, string>> {
  const { version } = context.extension.packageJSON as { readonly version: string }; // Every extension has a version.
  const folders = vscode.Uri.joinPath(context.globalStorageUri, 'code');
  try {
    for (const [name] of await vscode.workspace.fs.readDirectory(folders)) {
      if (name !== version) await vscode.workspace.fs.delete(vscode.Uri.joinPath(folders, name), { recursive: true });
    }
  } catch {
    // There is none yet, or it cannot be written to: Node does without as well.
  }
  return { NODE_COMPILE_CACHE: vscode.Uri.joinPath(folders, version).fsPath };
}
