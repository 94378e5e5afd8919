/** The commands of the palette, of the view titles and of the rows of the trees. What they have to say goes to the status bar or the log. */

import * as vscode from 'vscode';
import type { FindingItem, FixAllParams, FixAllResult, LineageNode, ReadinessSummary, Severity } from '../../server/src/protocol/protocol.ts';
import type { Documents } from './documents.ts';
import { NO_FILTER, SEVERITIES, allFindings, isFixable, readFilter } from './findings.ts';
import type { LineageView } from './lineage-tree.ts';
import type { ReadinessView } from './readiness-tree.ts';
import type { ReadinessServer } from './server.ts';
import { REMARK_MS } from './server.ts';
import type { Summaries } from './summaries.ts';
import { countsSentence, placeOf, severityName } from './words.ts';

/** What the commands act on. */
export interface CommandOptions {
  readonly server: ReadinessServer;
  readonly log: vscode.LogOutputChannel;
  readonly readiness: ReadinessView;
  readonly lineage: LineageView;
  readonly documents: Documents;
  readonly summaries: Summaries;
}

/** Registers all commands. Arguments come from menus, keybindings and other extensions, so each is looked at before it is used. */
export function registerCommands({ server, log, readiness, lineage, documents, summaries }: CommandOptions): vscode.Disposable[] {
  const table: Readonly<Record<string, (argument: unknown) => Promise<void>>> = {
    'dbtReadiness.checkProject': check,
    'dbtReadiness.fixAll': (argument) => fixAll(argument, 'safe'),
    'dbtReadiness.fixAllSuggested': (argument) => fixAll(argument, 'suggested'),
    'dbtReadiness.fixRule': (argument) => fixAll(argument, 'suggested'),
    'dbtReadiness.fixFinding': fixFinding,
    'dbtReadiness.restartServer': () => server.restart(),
    'dbtReadiness.showLog': () => {
      log.show();
      return Promise.resolve();
    },
    'dbtReadiness.showReport': showReport,
    'dbtReadiness.copyReport': copyReport,
    'dbtReadiness.openRulePage': openRulePage,
    'dbtReadiness.openFinding': async (argument) => {
      const finding = findingOf(argument);
      if (finding !== undefined) await open(finding.uri, finding.range);
    },
    'dbtReadiness.openNode': async (argument) => {
      const node = nodeOf(argument);
      const { uri, range } = node ?? {};
      if (typeof uri === 'string' && range) await open(uri, range);
    },
    'dbtReadiness.filter': filter,
    'dbtReadiness.clearFilter': () => readiness.setFilter(NO_FILTER),
    'dbtReadiness.showFixableOnly': () => readiness.setFilter({ ...readiness.filter(), fixable: true }),
    'dbtReadiness.showFixableAndOthers': () => readiness.setFilter({ ...readiness.filter(), fixable: false }),
    'dbtReadiness.showCurrentFileOnly': () => readiness.setFilter({ ...readiness.filter(), currentFile: true }),
    'dbtReadiness.showAllFiles': () => readiness.setFilter({ ...readiness.filter(), currentFile: false }),
    'dbtReadiness.pinLineage': () => lineage.setPinned(true),
    'dbtReadiness.unpinLineage': () => lineage.setPinned(false),
    'dbtReadiness.focusLineage': async (argument) => {
      const node = nodeOf(argument);
      const root = rootOf(argument);
      if (node !== undefined && root !== undefined) await lineage.show(root, node);
    },
  };

  async function check(): Promise<void> {
    const done = server.check();
    vscode.window.setStatusBarMessage(`$(sync~spin) ${vscode.l10n.t('Reading the project again')}`, done);
    if (!(await done)) {
      remark(vscode.l10n.t('The project could not be checked; the log says why.'));
      return;
    }
    const projects = (await server.summaries()) ?? [];
    remark(projects.map(({ name, counts }) => `${name}: ${countsSentence(counts) ?? vscode.l10n.t('no findings')}`).join(' · '));
  }

  async function fixAll(argument: unknown, kinds: FixAllParams['kinds']): Promise<void> {
    const ruleId = ruleIdOf(argument);
    const root = rootOf(argument) ?? (await pickProject())?.root;
    if (root === undefined) return;
    const result = await server.fixAll({ root, kinds, ...(ruleId === undefined ? {} : { ruleId }) });
    await applyFixes(result, root, true);
  }

  async function fixFinding(argument: unknown): Promise<void> {
    const finding = findingOf(argument);
    const root = rootOf(argument);
    if (finding === undefined || root === undefined) return;
    await open(finding.uri, finding.range);
    if (!isFixable(finding)) {
      // The place to write is made by the light bulb, which knows where the cursor has to go.
      await vscode.commands.executeCommand('editor.action.quickFix');
      return;
    }
    const result = await server.fixAll({ root, kinds: 'suggested', ruleId: finding.ruleId, at: { uri: finding.uri, range: finding.range } });
    await applyFixes(result, root, false);
  }

  async function applyFixes(result: FixAllResult | undefined, root: string, isPreviewed: boolean): Promise<void> {
    if (result === undefined) {
      remark(vscode.l10n.t('There is no answer from the server; the log says why.'));
      return;
    }
    const locked = result.readOnly.map((uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri))).join(', ');
    if (result.edit === null) {
      remark(locked === '' ? vscode.l10n.t('There is nothing to fix.') : vscode.l10n.t('Nothing was written: {0} is read-only.', locked));
      return;
    }
    try {
      const edit = await server.toWorkspaceEdit(result.edit);
      if (isPreviewed) askForPreview(edit, root);
      const isApplied = await vscode.workspace.applyEdit(edit, { isRefactoring: true });
      if (!isApplied) remark(vscode.l10n.t('Nothing was changed.'));
      else if (locked !== '') remark(vscode.l10n.t('{0} fixed, {1} left: {2} is read-only.', result.fixed, result.left, locked));
      else if (result.left > 0) remark(vscode.l10n.t('{0} fixed, {1} left: run it again, or look at them one by one.', result.fixed, result.left));
      else remark(vscode.l10n.t('{0} fixed.', result.fixed));
    } catch (error) {
      log.warn(String(error));
      remark(vscode.l10n.t('A file has changed in the meantime, so nothing was written. Try again.'));
    }
  }

  async function showReport(argument: unknown): Promise<void> {
    const project = projectOf(argument) ?? (await pickProject());
    if (project !== undefined) await documents.openReport(project.root, project.name);
  }

  async function copyReport(argument: unknown): Promise<void> {
    const project = projectOf(argument) ?? (await pickProject());
    const report = project === undefined ? undefined : await server.report(project.root);
    if (report === undefined) return;
    await vscode.env.clipboard.writeText(report);
    remark(vscode.l10n.t('The report is in the clipboard.'));
  }

  async function openRulePage(argument: unknown): Promise<void> {
    const ruleId = ruleIdOf(argument) ?? (await pickRule());
    if (ruleId !== undefined) await documents.openRulePage(ruleId);
  }

  async function pickRule(): Promise<string | undefined> {
    const ids = [...new Set(allFindings(await readiness.findings()).map(({ ruleId }) => ruleId))].sort();
    if (ids.length === 0) {
      remark(vscode.l10n.t('No rule has found anything.'));
      return undefined;
    }
    return vscode.window.showQuickPick(ids, { title: vscode.l10n.t('Open Rule Page'), placeHolder: vscode.l10n.t('Rules that found something') });
  }

  /** The project to act on: the only one, else the one that the user picks. */
  async function pickProject(): Promise<ReadinessSummary | undefined> {
    const projects = (await server.summaries()) ?? [];
    if (projects.length <= 1) {
      if (projects.length === 0) remark(vscode.l10n.t('There is no project yet.'));
      return projects[0];
    }
    const picked = await vscode.window.showQuickPick(
      projects.map((project) => ({
        label: project.name,
        // Two projects may have one name; their folders differ.
        description: placeOf(project.root),
        project,
      })),
      { placeHolder: vscode.l10n.t('Which project?') },
    );
    return picked?.project;
  }

  function projectOf(argument: unknown): ReadinessSummary | undefined {
    const root = rootOf(argument);
    return root === undefined ? undefined : summaries.all().find((summary) => summary.root === root);
  }

  async function filter(argument: unknown): Promise<void> {
    if (argument !== undefined) {
      await readiness.setFilter(readFilter(argument));
      return;
    }
    const now = readiness.filter();
    const severities = SEVERITIES.map((severity) => ({ label: severityName(severity), severity, picked: now.severities.includes(severity) }));
    const fixable = { label: vscode.l10n.t('Findings with a fix'), picked: now.fixable };
    const currentFile = { label: vscode.l10n.t('Findings of the current file'), picked: now.currentFile };
    const picked = await vscode.window.showQuickPick<FilterChoice>(
      [
        { label: vscode.l10n.t('Severity'), kind: vscode.QuickPickItemKind.Separator },
        ...severities,
        { label: vscode.l10n.t('Only'), kind: vscode.QuickPickItemKind.Separator },
        fixable,
        currentFile,
      ],
      { canPickMany: true, title: vscode.l10n.t('Filter Findings') },
    );
    if (picked === undefined) return;
    await readiness.setFilter(
      readFilter({
        severities: picked.map(({ severity }) => severity),
        fixable: picked.includes(fixable),
        currentFile: picked.includes(currentFile),
      }),
    );
  }

  return Object.entries(table).map(([command, run]) =>
    vscode.commands.registerCommand(command, async (argument: unknown) => {
      try {
        await run(argument);
      } catch (error) {
        log.error(`${command} failed.`, error);
        remark(vscode.l10n.t('That did not work; the log says why.'));
      }
    }),
  );
}

interface FilterChoice extends vscode.QuickPickItem {
  readonly severity?: Severity;
}

/** Says something without a pop-up. */
function remark(text: string): void {
  if (text !== '') vscode.window.setStatusBarMessage(text, REMARK_MS);
}

/** Opens a file at a place, as a click on a search result does. */
async function open(uri: string, { start, end }: FindingItem['range']): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    selection: new vscode.Range(start.line, start.character, end.line, end.character),
    preview: true,
  });
}

/**
 * Makes VS Code show its refactor preview, every change ticked. It does so if an edit asks for confirmation, but would
 * then leave just that edit unticked; the making of a file that is there already is an edit that changes nothing.
 */
function askForPreview(edit: vscode.WorkspaceEdit, root: string): void {
  const projectFile = vscode.Uri.joinPath(vscode.Uri.parse(root), 'dbt_project.yml');
  edit.createFile(projectFile, { ignoreIfExists: true }, { label: vscode.l10n.t('dbt Readiness'), needsConfirmation: true });
}

function ruleIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (!isObject(argument)) return undefined;
  const finding = findingOf(argument);
  if (finding !== undefined) return finding.ruleId;
  const { group } = argument;
  return isObject(group) && typeof group['ruleId'] === 'string' ? group['ruleId'] : undefined;
}

function rootOf(argument: unknown): string | undefined {
  return isObject(argument) && typeof argument['root'] === 'string' ? argument['root'] : undefined;
}

function findingOf(argument: unknown): FindingItem | undefined {
  if (!isObject(argument) || argument['kind'] !== 'finding') return undefined;
  // Rows of this kind are made in readiness-tree.ts alone, with such a finding in them.
  return argument['finding'] as FindingItem | undefined;
}

function nodeOf(argument: unknown): LineageNode | undefined {
  if (!isObject(argument) || (argument['kind'] !== 'relative' && argument['kind'] !== 'focus')) return undefined;
  // Rows of these kinds are made in lineage-tree.ts alone, with such a node in them.
  return argument['node'] as LineageNode | undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
