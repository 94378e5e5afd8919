/** Words and icons that several views share. */

import * as vscode from 'vscode';
import type { Counts, FixKind, Severity, Verdict } from '../../server/src/protocol/protocol.ts';

/** The icon of a severity, in the colour that the Problems panel gives it. */
export function severityIcon(severity: Severity): vscode.ThemeIcon {
  switch (severity) {
    case 'error':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
    case 'warning':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
    case 'information':
      return new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground'));
    case 'hint':
      return new vscode.ThemeIcon('lightbulb');
  }
}

/** The name of a severity. */
export function severityName(severity: Severity): string {
  switch (severity) {
    case 'error':
      return vscode.l10n.t('Error');
    case 'warning':
      return vscode.l10n.t('Warning');
    case 'information':
      return vscode.l10n.t('Information');
    case 'hint':
      return vscode.l10n.t('Hint');
  }
}

/** The name of a category; one that this version of the client does not know is shown as it is. */
export function categoryName(category: string): string {
  switch (category) {
    case 'data-sources':
      return vscode.l10n.t('Data sources');
    case 'testing':
      return vscode.l10n.t('Testing');
    case 'monitoring-error-handling':
      return vscode.l10n.t('Monitoring and error handling');
    case 'freshness':
      return vscode.l10n.t('Freshness');
    case 'documentation':
      return vscode.l10n.t('Documentation');
    case 'production-config-ci':
      return vscode.l10n.t('Production and CI');
    case 'performance':
      return vscode.l10n.t('Performance');
    case 'security':
      return vscode.l10n.t('Security');
    case 'backup-recovery':
      return vscode.l10n.t('Backup and recovery');
    case 'code-quality':
      return vscode.l10n.t('Code quality');
    case 'advanced-modeling':
      return vscode.l10n.t('Advanced modeling');
    case 'governance':
      return vscode.l10n.t('Governance');
    case 'deprecations':
      return vscode.l10n.t('Deprecations');
    default:
      return category;
  }
}

/** What can be done about a finding, in a sentence. */
export function fixSentence(fix: FixKind): string | undefined {
  switch (fix) {
    case 'safe':
      return vscode.l10n.t('A safe fix is there: it keeps the meaning.');
    case 'suggested':
      return vscode.l10n.t('A fix is suggested; look at it before you keep it.');
    case 'scaffold':
      return vscode.l10n.t('The place to write can be made; the finding stays until it is filled.');
    case 'none':
      return undefined;
  }
}

/** The verdict on a project. */
export function verdictName(verdict: Verdict): string {
  switch (verdict) {
    case 'production-ready':
      return vscode.l10n.t('production-ready');
    case 'development-ready':
      return vscode.l10n.t('development-ready');
    case 'not-ready':
      return vscode.l10n.t('not ready');
  }
}

/** What a verdict says, and what is missing to the best one. */
export function verdictSentence(verdict: Verdict): string {
  switch (verdict) {
    case 'production-ready':
      return vscode.l10n.t('Production-ready: no errors and no warnings.');
    case 'development-ready':
      return vscode.l10n.t('Development-ready: no errors. Production-ready once there are no warnings either.');
    case 'not-ready':
      return vscode.l10n.t('Not ready: there are errors.');
  }
}

/** Where a folder is in the window: the name of the workspace's folder if it is one, else the path inside. */
export function placeOf(folder: string): string {
  const uri = vscode.Uri.parse(folder);
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(uri);
  return workspaceFolder?.uri.toString() === uri.toString() ? workspaceFolder.name : vscode.workspace.asRelativePath(uri);
}

/** "2 errors, 1 warning", without the zeros; undefined when all are zero. */
export function countsSentence(counts: Pick<Counts, Severity>): string | undefined {
  const parts = [
    counted(counts.error, vscode.l10n.t('1 error'), vscode.l10n.t('{0} errors', counts.error)),
    counted(counts.warning, vscode.l10n.t('1 warning'), vscode.l10n.t('{0} warnings', counts.warning)),
    counted(counts.information, vscode.l10n.t('1 information'), vscode.l10n.t('{0} information', counts.information)),
    counted(counts.hint, vscode.l10n.t('1 hint'), vscode.l10n.t('{0} hints', counts.hint)),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function counted(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : count === 1 ? one : many;
}

/** "3 of 5". */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? vscode.l10n.t('none') : vscode.l10n.t('{0} of {1}', part, whole);
}

/** "60 %: Own, enabled models …". Rounded down, so that only a whole is 100 %; of nothing there is no percentage. */
export function percentSentence(part: number, whole: number, what: string): string {
  return whole === 0 ? what : vscode.l10n.t('{0} %: {1}', Math.floor((part * 100) / whole), what);
}
