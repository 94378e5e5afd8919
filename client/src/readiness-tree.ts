/** The readiness view: project → category → rule → finding, with the coverage of tests and docs on top of each project. */

import * as vscode from 'vscode';
import type { FindingItem, ProjectFindings, ReadinessSummary, Severity } from '../../server/src/protocol/protocol.ts';
import type { CategoryGroup, FindingFilter, RuleGroup } from './findings.ts';
import { NO_FILTER, allFindings, applyFilter, groupFindings, isFiltering, isFixable, nodeName, readFilter, rootsOfNamesakes, sumOfCounts } from './findings.ts';
import { createKnownFindings } from './known-findings.ts';
import type { ReadinessServer } from './server.ts';
import type { Summaries } from './summaries.ts';
import { unhurried } from './unhurried.ts';
import { categoryName, countsSentence, fixSentence, percentSentence, placeOf, severityIcon, severityName, shareOf, verdictName, verdictSentence } from './words.ts';

/** A row of the tree. `id` is the same as long as the row stands for the same thing, so that what was opened stays open. */
export type ReadinessRow =
  | {
      readonly kind: 'project';
      readonly id: string;
      readonly root: string;
      readonly summary: ReadinessSummary;
      readonly shown: readonly FindingItem[];
      /** Another project has the same name. */
      readonly hasNamesake: boolean;
    }
  | { readonly kind: 'measure'; readonly id: string; readonly label: string; readonly value: string; readonly explanation: string; readonly icon: string }
  | { readonly kind: 'category'; readonly id: string; readonly root: string; readonly group: CategoryGroup }
  | { readonly kind: 'rule'; readonly id: string; readonly root: string; readonly group: RuleGroup }
  | { readonly kind: 'finding'; readonly id: string; readonly root: string; readonly finding: FindingItem };

/** The view and what commands need of it. */
export interface ReadinessView extends vscode.Disposable {
  filter(): FindingFilter;
  setFilter(filter: FindingFilter): Promise<void>;
  /** What the view shows, asked for anew. */
  findings(): Promise<readonly ProjectFindings[]>;
}

const FILTER_KEY = 'dbtReadiness.filter';

/** Makes the view. While it is visible it asks the server anew whenever findings changed; it keeps the old rows while the server starts again. */
export function createReadinessView(context: vscode.ExtensionContext, server: ReadinessServer, summaries: Summaries): ReadinessView {
  const rowsChanged = new vscode.EventEmitter<void>();
  const known = createKnownFindings();
  let filter = readFilter(context.workspaceState.get(FILTER_KEY));
  /** Findings changed while nobody looked. */
  let isStale = false;
  let finishProgress: (() => void) | undefined;

  const view = vscode.window.createTreeView<ReadinessRow>('dbtReadiness.readiness', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: rowsChanged.event,
      getTreeItem: toTreeItem,
      getChildren: (row) => (row === undefined ? projectRows() : childRows(row)),
    },
  });

  function projectRows(): ReadinessRow[] {
    const isInCurrentFile = currentFileTest();
    const projects = known.projects();
    const namesakes = rootsOfNamesakes(projects.map(({ summary }) => summary));
    return projects.map(({ summary, findings }) => ({
      kind: 'project',
      id: summary.root,
      root: summary.root,
      summary,
      shown: applyFilter(findings, filter, isInCurrentFile),
      hasNamesake: namesakes.has(summary.root),
    }));
  }

  function draw(): void {
    const isFiltered = isFiltering(filter);
    const all = allFindings(known.projects());
    const shown = isFiltered ? applyFilter(all, filter, currentFileTest()).length : all.length;
    // An empty message takes no line of the view.
    view.message = isFiltered && known.projects().length > 0 ? filterSentence(filter, shown, all.length) : '';
    rowsChanged.fire();
  }

  function drawBadge(): void {
    const { error } = sumOfCounts(summaries.all().map(({ counts }) => counts));
    view.badge = error === 0 ? undefined : { value: error, tooltip: countsSentence({ error, warning: 0, information: 0, hint: 0 }) ?? '' };
  }

  const asking = unhurried(async () => {
    isStale = false;
    if (await refresh()) draw();
  });

  /** False without an answer (the server starts again): what was known stays. */
  async function refresh(): Promise<boolean> {
    const question = known.question();
    const answer = await server.changedFindings(question);
    if (answer === undefined) return false;
    known.take(question, answer);
    return true;
  }

  function ask(): void {
    // The rows of a large project are much to draw at each keystroke, for a view that nobody sees.
    if (view.visible) asking.soon();
    else isStale = true;
  }

  function showProgress(): void {
    const { kind } = server.status();
    // A check after a keystroke is over in a moment; a bar for it would only flicker.
    const isBusy = kind === 'starting' || (kind === 'working' && known.projects().length === 0);
    if (isBusy && finishProgress === undefined) {
      const done = new Promise<void>((resolve) => {
        finishProgress = resolve;
      });
      void vscode.window.withProgress({ location: { viewId: 'dbtReadiness.readiness' } }, () => done);
    } else if (!isBusy) {
      finishProgress?.();
      finishProgress = undefined;
    }
  }

  async function setFilter(next: FindingFilter): Promise<void> {
    filter = next;
    draw();
    await context.workspaceState.update(FILTER_KEY, next);
    await tellFilter();
  }

  async function tellFilter(): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'dbtReadiness.isFiltered', isFiltering(filter));
    await vscode.commands.executeCommand('setContext', 'dbtReadiness.filter.fixable', filter.fixable);
    await vscode.commands.executeCommand('setContext', 'dbtReadiness.filter.currentFile', filter.currentFile);
  }

  void tellFilter();
  const subscriptions = vscode.Disposable.from(
    view,
    rowsChanged,
    asking,
    server.onChanged(ask),
    summaries.onDidChange(drawBadge),
    view.onDidChangeVisibility(() => {
      if (isStale) ask();
    }),
    server.onStatus(({ kind }) => {
      showProgress();
      if (kind === 'ready') ask();
      if (kind === 'off') {
        known.clear();
        draw();
      }
    }),
    vscode.window.onDidChangeActiveTextEditor(() => {
      if (filter.currentFile) draw();
    }),
  );
  return {
    filter: () => filter,
    setFilter,
    findings: async () => {
      await refresh();
      return known.projects();
    },
    dispose: () => {
      finishProgress?.();
      subscriptions.dispose();
    },
  };
}

/** Says of a URI whether it is the file of the active editor; the server may spell URIs differently. */
function currentFileTest(): (uri: string) => boolean {
  const current = vscode.window.activeTextEditor?.document.uri.toString();
  const answers = new Map<string, boolean>();
  return (uri) => {
    const known = answers.get(uri);
    if (known !== undefined) return known;
    const answer = current !== undefined && vscode.Uri.parse(uri).toString() === current;
    answers.set(uri, answer);
    return answer;
  };
}

function childRows(row: ReadinessRow): ReadinessRow[] {
  switch (row.kind) {
    case 'project':
      return [...measureRows(row.summary), ...groupFindings(row.shown).map((group) => categoryRow(row.root, group))];
    case 'category':
      return row.group.rules.map((group): ReadinessRow => ({ kind: 'rule', id: `${row.root}\n${group.ruleId}`, root: row.root, group }));
    case 'rule':
      return findingRows(row.root, row.group);
    case 'measure':
    case 'finding':
      return [];
  }
}

function categoryRow(root: string, group: CategoryGroup): ReadinessRow {
  return { kind: 'category', id: `${root}\n${group.category}`, root, group };
}

function findingRows(root: string, group: RuleGroup): ReadinessRow[] {
  const seen = new Map<string, number>();
  return group.findings.map((finding) => {
    // Without the place, which moves with every line that is typed above it.
    const key = [root, finding.ruleId, finding.uri, finding.uniqueId ?? '', finding.message].join('\n');
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return { kind: 'finding', id: `${key}\n${ordinal}`, root, finding };
  });
}

function measureRows({ root, coverage, counts }: ReadinessSummary): ReadinessRow[] {
  const measure = (name: string, icon: string, label: string, value: string, explanation: string): ReadinessRow => ({
    kind: 'measure',
    id: `${root}\n#${name}`,
    label,
    value,
    explanation,
    icon,
  });
  const rows = [
    measure(
      'tested',
      'beaker',
      vscode.l10n.t('Models tested'),
      shareOf(coverage.tested, coverage.models),
      percentSentence(coverage.tested, coverage.models, vscode.l10n.t('Own, enabled models with at least one data test on the model or on one of its columns.')),
    ),
    measure(
      'described',
      'book',
      vscode.l10n.t('Models described'),
      shareOf(coverage.described, coverage.models),
      percentSentence(coverage.described, coverage.models, vscode.l10n.t('Own, enabled models whose description says something.')),
    ),
    measure(
      'columns',
      'list-flat',
      vscode.l10n.t('Columns described'),
      shareOf(coverage.columnsDescribed, coverage.columns),
      percentSentence(coverage.columnsDescribed, coverage.columns, vscode.l10n.t('Declared columns of own, enabled models whose description says something.')),
    ),
  ];
  if (counts.suppressed > 0) {
    rows.push(
      measure('suppressed', 'eye-closed', vscode.l10n.t('Suppressed findings'), String(counts.suppressed), vscode.l10n.t('Findings that a comment or the configuration silences.')),
    );
  }
  if (counts.unknown > 0) {
    rows.push(
      measure('unknown', 'question', vscode.l10n.t('Could not be evaluated'), String(counts.unknown), vscode.l10n.t('Judgements that files alone do not allow, such as those on macros of a package that is not installed.')),
    );
  }
  return rows;
}

function toTreeItem(row: ReadinessRow): vscode.TreeItem {
  switch (row.kind) {
    case 'project':
      return projectItem(row);
    case 'measure':
      return measureItem(row);
    case 'category':
      return groupItem(row.id, categoryName(row.group.category), row.group.severity, row.group.count, 'category');
    case 'rule':
      return groupItem(row.id, row.group.ruleId, row.group.severity, row.group.findings.length, row.group.findings.some(isFixable) ? 'rule fixable' : 'rule');
    case 'finding':
      return findingItem(row.finding, row.id);
  }
}

function projectItem({ summary, id, hasNamesake }: Extract<ReadinessRow, { kind: 'project' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(summary.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon('database');
  item.contextValue = 'project';
  const counted = countsSentence(summary.counts) ?? vscode.l10n.t('no findings');
  const verdict = summary.verdict === null ? counted : verdictName(summary.verdict);
  item.description = hasNamesake ? `${placeOf(summary.root)} · ${verdict}` : verdict;
  const tooltip = [vscode.Uri.parse(summary.root).fsPath];
  if (summary.verdict !== null) tooltip.push(verdictSentence(summary.verdict));
  tooltip.push(counted, vscode.l10n.t('{0} rules judged the project.', summary.rules));
  if (summary.adapter !== null) tooltip.push(vscode.l10n.t('Adapter: {0}', summary.adapter));
  item.tooltip = tooltip.join('\n');
  item.accessibilityInformation = { label: [summary.name, item.description, counted].join(', ') };
  return item;
}

function measureItem(row: Extract<ReadinessRow, { kind: 'measure' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  item.id = row.id;
  item.iconPath = new vscode.ThemeIcon(row.icon);
  item.description = row.value;
  item.tooltip = row.explanation;
  item.contextValue = 'measure';
  item.accessibilityInformation = { label: `${row.label}: ${row.value}` };
  return item;
}

function groupItem(id: string, label: string, severity: Severity, count: number, contextValue: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.iconPath = severityIcon(severity);
  item.description = String(count);
  item.contextValue = contextValue;
  const counted = count === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', count);
  item.tooltip = `${label}: ${counted}`;
  item.accessibilityInformation = { label: `${label}, ${counted}, ${severityName(severity)}` };
  return item;
}

function findingItem(finding: FindingItem, id: string): vscode.TreeItem {
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(finding.uri));
  const line = finding.range.start.line + 1;
  const place = `${path.split('/').at(-1) ?? path}:${line}`;
  // The findings of a rule say the same of different things, so the thing comes first.
  const item = new vscode.TreeItem(finding.uniqueId === null ? place : nodeName(finding.uniqueId));
  item.id = id;
  item.iconPath = severityIcon(finding.severity);
  item.description = finding.message;
  item.contextValue = ['finding', isFixable(finding) ? 'fixable' : '', finding.fix === 'scaffold' ? 'scaffold' : ''].filter((word) => word !== '').join(' ');
  item.command = { command: 'dbtReadiness.openFinding', title: vscode.l10n.t('Open'), arguments: [{ kind: 'finding', finding }] };
  const lines = [finding.message, `${path}:${line}`, `${severityName(finding.severity)} · ${finding.ruleId}`];
  const fix = fixSentence(finding.fix);
  if (fix !== undefined) lines.push(fix);
  item.tooltip = lines.join('\n');
  item.accessibilityInformation = { label: `${severityName(finding.severity)}: ${finding.message}, ${place}` };
  return item;
}

function filterSentence(filter: FindingFilter, shown: number, all: number): string {
  const parts: string[] = [];
  if (filter.severities.length < NO_FILTER.severities.length) parts.push(filter.severities.map(severityName).join(', '));
  if (filter.fixable) parts.push(vscode.l10n.t('with a fix'));
  if (filter.currentFile) parts.push(vscode.l10n.t('in the current file'));
  return vscode.l10n.t('{0} of {1} findings: {2}', shown, all, parts.join('; '));
}
