/** The extension's entry point: puts status, trees, rule pages and commands together and starts the server where there is a project. */

import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { createDocuments } from './documents.ts';
import { createLineageView } from './lineage-tree.ts';
import { createReadinessView } from './readiness-tree.ts';
import type { ReadinessServer } from './server.ts';
import { createReadinessServer } from './server.ts';
import { createStatusItem } from './status.ts';
import { createSummaries } from './summaries.ts';
import { watchForProjects } from './project-watch.ts';

let server: ReadinessServer | undefined;

/** Called by VS Code once, when a workspace holds a dbt project or one of our views or commands is used. Returns at once. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('dbt Readiness'), { log: true });
  server = createReadinessServer(context, log);
  const summaries = createSummaries(server);
  const readiness = createReadinessView(context, server, summaries);
  const lineage = createLineageView(server);
  const documents = createDocuments(server);
  context.subscriptions.push(
    log,
    summaries,
    readiness,
    lineage,
    documents,
    createStatusItem(server, summaries),
    ...registerCommands({ server, log, readiness, lineage, documents, summaries }),
    watchForProjects(server, log),
  );
}

/** Called when the window closes or the extension is switched off; VS Code waits for the server to end. */
export function deactivate(): Promise<void> {
  return server?.stop() ?? Promise.resolve();
}
