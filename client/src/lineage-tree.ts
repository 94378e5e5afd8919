/** The lineage view: the node under the cursor with its parents and children, each with the gravest finding on it. */

import * as vscode from 'vscode';
import type { Lineage, LineageNode, LineageParams } from '../../server/src/protocol/protocol.ts';
import type { ReadinessServer } from './server.ts';
import { severityIcon, severityName } from './words.ts';

type Direction = 'parents' | 'children';

/** A row: the node in question, a heading, a relative, or a remark where there is none. */
export type LineageRow =
  | { readonly kind: 'focus'; readonly id: string; readonly root: string; readonly node: LineageNode }
  | { readonly kind: 'heading'; readonly id: string; readonly direction: Direction; readonly lineage: Lineage }
  | { readonly kind: 'relative'; readonly id: string; readonly root: string; readonly direction: Direction; readonly node: LineageNode };

/** The view and what commands need of it. */
export interface LineageView extends vscode.Disposable {
  /** Keeps the node that is shown, wherever the cursor goes. */
  setPinned(isPinned: boolean): Promise<void>;
  /** Shows another node and keeps it. */
  show(root: string, node: LineageNode): Promise<void>;
}

/** Cursor moves come in bursts; only the place where it rests is asked about. */
const REST_MS = 150;

/** Makes the view. It follows the cursor while it is visible and not pinned. */
export function createLineageView(server: ReadinessServer): LineageView {
  const rowsChanged = new vscode.EventEmitter<void>();
  let lineage: Lineage | undefined;
  let isPinned = false;
  let round = 0;
  let timer: NodeJS.Timeout | undefined;

  const view = vscode.window.createTreeView<LineageRow>('dbtReadiness.lineage', {
    treeDataProvider: {
      onDidChangeTreeData: rowsChanged.event,
      getTreeItem: toTreeItem,
      getChildren: (row) => (row === undefined ? topRows(lineage) : childRows(row)),
    },
  });

  async function childRows(row: LineageRow): Promise<LineageRow[]> {
    switch (row.kind) {
      case 'focus':
        return [];
      case 'heading':
        return relativesOf(row.lineage, row.direction, row.id);
      case 'relative': {
        const answer = await server.lineage({ root: row.root, uniqueId: row.node.uniqueId });
        return answer === undefined ? [] : relativesOf(answer, row.direction, row.id);
      }
    }
  }

  async function ask(params: LineageParams | undefined): Promise<void> {
    round += 1;
    const own = round;
    const answer = params === undefined ? undefined : await server.lineage(params);
    if (own !== round) return;
    // While the server starts again there is no answer, and the old rows stay.
    if (answer === undefined && params !== undefined && server.status().kind !== 'ready') return;
    lineage = answer;
    view.description = answer?.node.name ?? '';
    await vscode.commands.executeCommand('setContext', 'dbtReadiness.hasLineage', answer !== undefined);
    rowsChanged.fire();
  }

  function follow(): void {
    clearTimeout(timer);
    if (!view.visible) return;
    timer = setTimeout(() => {
      if (isPinned && lineage !== undefined) void ask(paramsOf(lineage));
      else void ask(paramsOfEditor(vscode.window.activeTextEditor, lineage));
    }, REST_MS);
  }

  async function setPinned(next: boolean): Promise<void> {
    isPinned = next;
    await vscode.commands.executeCommand('setContext', 'dbtReadiness.isLineagePinned', next);
    follow();
  }

  const subscriptions = vscode.Disposable.from(
    view,
    rowsChanged,
    view.onDidChangeVisibility(follow),
    vscode.window.onDidChangeActiveTextEditor(follow),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) follow();
    }),
    server.onChanged(follow),
    server.onStatus(({ kind }) => {
      if (kind === 'ready') follow();
    }),
  );
  return {
    setPinned,
    show: async (root, node) => {
      await ask({ root, uniqueId: node.uniqueId });
      await setPinned(true);
    },
    dispose: () => {
      clearTimeout(timer);
      subscriptions.dispose();
    },
  };
}

/** The place of the cursor; without a text editor (a terminal has the focus, say) the node that is shown stays. */
function paramsOfEditor(editor: vscode.TextEditor | undefined, shown: Lineage | undefined): LineageParams | undefined {
  if (editor?.document.uri.scheme !== 'file') return shown === undefined ? undefined : paramsOf(shown);
  return { textDocument: { uri: editor.document.uri.toString() }, line: editor.selection.active.line };
}

function paramsOf({ root, node }: Lineage): LineageParams {
  return { root, uniqueId: node.uniqueId };
}

function topRows(lineage: Lineage | undefined): LineageRow[] {
  if (lineage === undefined) return [];
  const { root, node } = lineage;
  const key = `${root}\n${node.uniqueId}`;
  return [
    { kind: 'focus', id: key, root, node },
    { kind: 'heading', id: `${key}\n<`, direction: 'parents', lineage },
    { kind: 'heading', id: `${key}\n>`, direction: 'children', lineage },
  ];
}

function relativesOf(lineage: Lineage, direction: Direction, parentId: string): LineageRow[] {
  return lineage[direction].map((node) => ({
    kind: 'relative',
    id: `${parentId}\n${node.uniqueId}`,
    root: lineage.root,
    direction,
    node,
  }));
}

function toTreeItem(row: LineageRow): vscode.TreeItem {
  switch (row.kind) {
    case 'focus':
      return nodeItem(row.node, row.id, vscode.TreeItemCollapsibleState.None);
    case 'heading':
      return headingItem(row.id, row.direction, row.lineage[row.direction].length);
    case 'relative': {
      const hasMore = row.direction === 'parents' ? row.node.hasParents : row.node.hasChildren;
      return nodeItem(row.node, row.id, hasMore ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None);
    }
  }
}

function headingItem(id: string, direction: Direction, count: number): vscode.TreeItem {
  const label = direction === 'parents' ? vscode.l10n.t('Parents') : vscode.l10n.t('Children');
  const item = new vscode.TreeItem(label, count === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = count === 0 ? vscode.l10n.t('none') : String(count);
  item.iconPath = new vscode.ThemeIcon(direction === 'parents' ? 'arrow-up' : 'arrow-down');
  item.contextValue = 'heading';
  item.accessibilityInformation = { label: `${label}: ${item.description}` };
  return item;
}

function nodeItem(node: LineageNode, id: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name, state);
  const stateName = node.state === null ? vscode.l10n.t('no findings') : severityName(node.state);
  item.id = id;
  item.iconPath = node.state === null ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')) : severityIcon(node.state);
  item.description = [node.resourceType.replaceAll('_', ' '), node.conditional ? vscode.l10n.t('perhaps') : ''].filter((word) => word !== '').join(', ');
  item.contextValue = node.uri === null ? 'node' : 'node located';
  const lines = [node.uniqueId, node.state === null ? stateName : vscode.l10n.t('Gravest finding: {0}', stateName)];
  if (node.conditional) lines.push(vscode.l10n.t('Files alone do not tell whether this edge exists.'));
  item.tooltip = lines.join('\n');
  item.accessibilityInformation = { label: [node.name, item.description, stateName].join(', ') };
  if (node.uri !== null && node.range !== null) {
    item.command = { command: 'dbtReadiness.openNode', title: vscode.l10n.t('Open'), arguments: [{ kind: 'relative', node }] };
  }
  return item;
}
