/** The one item in the status bar: progress while the server reads, then how many errors and warnings the projects have. */

import * as vscode from 'vscode';
import { rootsOfNamesakes, sumOfCounts } from './findings.ts';
import type { ReadinessServer, ServerStatus } from './server.ts';
import type { Summaries } from './summaries.ts';
import type { ReadinessSummary, StatusParams } from '../../server/src/protocol/protocol.ts';
import { placeOf } from './words.ts';

/** Words of the item: an icon with a short text, and the longer words for the pointer and for screen readers. */
interface StatusWords {
  readonly text: string;
  readonly label: string;
  readonly details: readonly string[];
}

/** Makes the item. It is hidden where there is no project; a click opens the readiness view, or the log after a failure. */
export function createStatusItem(server: ReadinessServer, summaries: Summaries): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('dbtReadiness.status', vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t('dbt Readiness');

  function draw(): void {
    const status = server.status();
    const words = wordsOf(status, summaries.all());
    if (words === undefined) {
      item.hide();
      return;
    }
    item.text = words.text;
    item.accessibilityInformation = { label: words.label };
    item.tooltip = tooltipOf(words, status.kind === 'failed');
    item.command = status.kind === 'failed' ? 'dbtReadiness.showLog' : 'dbtReadiness.readiness.focus';
    item.show();
  }

  draw();
  return vscode.Disposable.from(item, server.onStatus(draw), summaries.onDidChange(draw));
}

function wordsOf(status: ServerStatus, projects: readonly ReadinessSummary[]): StatusWords | undefined {
  switch (status.kind) {
    case 'off':
      return undefined;
    case 'starting':
      return working(vscode.l10n.t('dbt Readiness starts'), '');
    case 'working':
      // A check after a keystroke is over in a moment: the numbers stay as they are.
      if (status.status.state === 'checking' && projects.length > 0) return ready(status.status, projects);
      return working(
        status.status.state === 'indexing' ? vscode.l10n.t('dbt Readiness reads the project') : vscode.l10n.t('dbt Readiness checks the project'),
        progressOf(status.status),
      );
    case 'failed':
      return {
        text: `$(warning) ${vscode.l10n.t('dbt')}`,
        label: vscode.l10n.t('dbt Readiness does not work: {0}', status.message),
        details: [status.message],
      };
    case 'ready':
      return status.status.projects === 0 ? undefined : ready(status.status, projects);
  }
}

function working(label: string, progress: string): StatusWords {
  const text = ['$(sync~spin)', vscode.l10n.t('dbt'), progress].filter((part) => part !== '').join(' ');
  return { text, label: progress === '' ? label : `${label}, ${progress}`, details: [] };
}

function progressOf({ done, total }: StatusParams): string {
  return total === 0 ? '' : `${done}/${total}`;
}

function ready(status: StatusParams, projects: readonly ReadinessSummary[]): StatusWords {
  const { error, warning } = sumOfCounts(projects.map(({ counts }) => counts));
  const text =
    error + warning === 0
      ? `$(pass) ${vscode.l10n.t('dbt')}`
      : ['$(checklist)', vscode.l10n.t('dbt'), error === 0 ? '' : `$(error) ${error}`, warning === 0 ? '' : `$(warning) ${warning}`]
          .filter((part) => part !== '')
          .join(' ');
  const namesakes = rootsOfNamesakes(projects);
  const details = projects.map(({ root, name, counts }) =>
    vscode.l10n.t('{0}: {1} errors, {2} warnings', namesakes.has(root) ? `${name} (${placeOf(root)})` : name, counts.error, counts.warning),
  );
  if (status.message !== '') details.push(status.message);
  return { text, label: vscode.l10n.t('dbt Readiness: {0} errors, {1} warnings', error, warning), details };
}

function tooltipOf(words: StatusWords, isFailed: boolean): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('', true);
  tooltip.isTrusted = { enabledCommands: ['dbtReadiness.restartServer', 'dbtReadiness.showLog'] };
  if (words.details.length === 0) tooltip.appendText(words.label);
  // Names of projects and messages are text of the workspace, so none of it is read as Markdown.
  words.details.forEach((line, index) => {
    if (index > 0) tooltip.appendMarkdown('\n\n');
    tooltip.appendText(line);
  });
  if (isFailed) {
    tooltip.appendMarkdown(`\n\n[${vscode.l10n.t('Restart')}](command:dbtReadiness.restartServer) · [${vscode.l10n.t('Show log')}](command:dbtReadiness.showLog)`);
  }
  return tooltip;
}
