/** Documents that exist only in the editor: the page of a rule and the report on a project, both Markdown of the server. */

import * as vscode from 'vscode';
import type { ReadinessServer } from './server.ts';

/** Scheme of rule pages; the server puts such addresses behind the codes of its diagnostics. */
const RULE_SCHEME = 'dbt-readiness-rule';
const REPORT_SCHEME = 'dbt-readiness-report';

/** VS Code's own preview; package.json makes it the editor of both schemes, so that links to them open it as well. */
const MARKDOWN_PREVIEW = 'vscode.markdown.preview.editor';

/** Opens the documents as Markdown previews. */
export interface Documents extends vscode.Disposable {
  openRulePage(ruleId: string): Promise<void>;
  openReport(root: string, projectName: string): Promise<void>;
}

/** Registers the two schemes. */
export function createDocuments(server: ReadinessServer): Documents {
  const changed = new vscode.EventEmitter<vscode.Uri>();

  async function textOf(uri: vscode.Uri): Promise<string> {
    const text = uri.scheme === RULE_SCHEME ? await server.rulePage(ruleIdOf(uri)) : await server.report(uri.query);
    return text ?? vscode.l10n.t('There is nothing to show. The server may be starting: close this page and open it again.');
  }

  const subscriptions = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(RULE_SCHEME, { provideTextDocumentContent: textOf }),
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, { onDidChange: changed.event, provideTextDocumentContent: textOf }),
    server.onChanged(() => {
      // An open report is a view like any other: it says what is true now.
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === REPORT_SCHEME) changed.fire(uri);
    }),
  );
  return {
    openRulePage: (ruleId) => preview(vscode.Uri.from({ scheme: RULE_SCHEME, path: `/${ruleId}.md` })),
    openReport: (root, projectName) => preview(vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${vscode.l10n.t('Readiness of {0}', projectName)}.md`, query: root })),
    dispose: () => {
      subscriptions.dispose();
    },
  };
}

function ruleIdOf(uri: vscode.Uri): string {
  return uri.path.replace(/^\//, '').replace(/\.md$/, '');
}

async function preview(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, MARKDOWN_PREVIEW);
}
