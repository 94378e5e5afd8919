/** What is known of each project in short, asked for once per change and shown in several places: status item, badge. */

import * as vscode from 'vscode';
import type { ReadinessSummary } from '../../server/src/protocol/protocol.ts';
import type { ReadinessServer } from './server.ts';
import { unhurried } from './unhurried.ts';

/** The latest summaries. */
export interface Summaries extends vscode.Disposable {
  readonly onDidChange: vscode.Event<void>;
  all(): readonly ReadinessSummary[];
}

/** Follows the server; keeps the old summaries while it starts again. */
export function createSummaries(server: ReadinessServer): Summaries {
  const changed = new vscode.EventEmitter<void>();
  let summaries: readonly ReadinessSummary[] = [];

  function set(next: readonly ReadinessSummary[]): void {
    summaries = next;
    changed.fire();
  }

  const asking = unhurried(async () => {
    const answer = await server.summaries();
    if (answer !== undefined) set(answer);
  });
  const subscriptions = vscode.Disposable.from(
    changed,
    asking,
    server.onChanged(() => {
      asking.soon();
    }),
    server.onStatus(({ kind }) => {
      if (kind === 'ready') asking.soon();
      if (kind === 'off') set([]);
    }),
  );
  return {
    onDidChange: changed.event,
    all: () => summaries,
    dispose: () => {
      subscriptions.dispose();
    },
  };
}
