/** Starts, restarts and ends the server, and passes on what it says. A crash brings it back; no fault of it opens a pop-up. */

import * as vscode from 'vscode';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import type {
  ChangedFindings,
  ChangedFindingsParams,
  FixAllParams,
  FixAllResult,
  InitializationOptions,
  Lineage,
  LineageParams,
  methods as ProtocolMethods,
  ReadinessSummary,
  StatusParams,
} from '../../server/src/protocol/protocol.ts';
import { environmentWithCodeCache } from './code-cache.ts';
import type { QuietLanguageClient } from './quiet-client.ts';

/** What the window knows of the server. `off`: no project, so it was not started. */
export type ServerStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'working'; readonly status: StatusParams }
  | { readonly kind: 'ready'; readonly status: StatusParams }
  | { readonly kind: 'failed'; readonly message: string };

/** The server as the rest of the client sees it. Requests answer undefined when there is no answer; the log says why. */
export interface ReadinessServer {
  readonly onStatus: vscode.Event<ServerStatus>;
  /** Findings, counts or lineage changed. */
  readonly onChanged: vscode.Event<void>;
  status(): ServerStatus;
  start(): Promise<void>;
  /** Ends the server, however it is, and starts a fresh one. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  changedFindings(params: ChangedFindingsParams): Promise<ChangedFindings | undefined>;
  summaries(): Promise<readonly ReadinessSummary[] | undefined>;
  lineage(params: LineageParams): Promise<Lineage | undefined>;
  fixAll(params: FixAllParams): Promise<FixAllResult | undefined>;
  rulePage(ruleId: string): Promise<string | undefined>;
  report(root: string): Promise<string | undefined>;
  /** Reads the disk again; true when done. */
  check(): Promise<boolean>;
  /** The edit of the server as one of the editor; rejects when a document has moved on since it was made. */
  toWorkspaceEdit(edit: NonNullable<FixAllResult['edit']>): Promise<vscode.WorkspaceEdit>;
}

/** The names of the protocol, spelled again since the client takes types alone from the server; the type keeps them equal. */
const methods: typeof ProtocolMethods = {
  findings: 'dbtReadiness/findings',
  changedFindings: 'dbtReadiness/changedFindings',
  summaries: 'dbtReadiness/summaries',
  lineage: 'dbtReadiness/lineage',
  fixAll: 'dbtReadiness/fixAll',
  rulePage: 'dbtReadiness/rulePage',
  report: 'dbtReadiness/report',
  check: 'dbtReadiness/check',
  status: 'dbtReadiness/status',
  changed: 'dbtReadiness/changed',
};

/** Files that the server may want to see unsaved. By pattern, so that any language id works. */
const documentSelector = ['**/*.sql', '**/*.{yml,yaml}', '**/*.md', '**/*.py'].map((pattern) => ({ scheme: 'file', pattern }));

/** How long a remark stays in the status bar. */
export const REMARK_MS = 6_000;

/**
 * How long to wait before the start after the first, second, … end within the span: what took memory or processes may need a
 * moment to let go of them. An end for which there is no wait any more is the last: another start would end as well.
 */
const WAITS_BEFORE_START_MS = [0, 500, 1_000, 2_000];
const SPAN_OF_ENDS_MS = 3 * 60_000;

/** The language server as the extension holds it: started, restarted, stopped. */
export function createReadinessServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): ReadinessServer {
  const statusEmitter = new vscode.EventEmitter<ServerStatus>();
  const changedEmitter = new vscode.EventEmitter<void>();
  let status: ServerStatus = { kind: 'off' };
  let client: QuietLanguageClient | undefined;
  /** Starts and stops one after the other. */
  let queue: Promise<void> = Promise.resolve();
  /** When the server ended without being asked to, in milliseconds since the epoch. */
  let ends: readonly number[] = [];
  let timerOfStart: NodeJS.Timeout | undefined;
  /** Settles when the latest start is over, well or badly. */
  let startIsOver: Promise<unknown> = Promise.resolve();

  function setStatus(next: ServerStatus): void {
    status = next;
    statusEmitter.fire(next);
  }

  async function createClient(): Promise<QuietLanguageClient> {
    // Loaded here, so that a window shows its views before the protocol's code is read.
    const { CloseAction, ErrorAction, QuietLanguageClient, ShowMessageNotification, TransportKind } = await import('./quiet-client.ts');
    const module = context.asAbsolutePath('out/server.cjs');
    const env = await environmentWithCodeCache(context);
    const serverOptions: ServerOptions = {
      run: { module, transport: TransportKind.ipc, options: { env } },
      debug: { module, transport: TransportKind.ipc, options: { env, execArgv: ['--nolazy', '--inspect=6017'] } },
    };
    const clock = createClock(log);
    const options: LanguageClientOptions = {
      documentSelector,
      outputChannel: log,
      // A function, since a setting may have changed when the server comes back.
      initializationOptions: () => initializationOptions(context),
      initializationFailedHandler: (error) => {
        log.error('The server could not be initialized.', error);
        return false;
      },
      errorHandler: {
        // Never `Shutdown`: what is written to a dead server fails before its end is told, and a client that is shutting down
        // does not come back. Never `Restart` either: a client that is starting when its server ends gets stuck half way.
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: async () => {
          // The library forgets a start that is still going on here, and its failure would be nobody's.
          await startIsOver;
          startAgain(created);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
      middleware: {
        handleDiagnostics: (uri, diagnostics, next) => {
          const isShown = vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === uri.toString());
          if (isShown && diagnostics.length > 0) clock('First findings in an open file');
          next(uri, diagnostics);
        },
      },
      markdown: { isTrusted: { enabledCommands: ['dbtReadiness.openRulePage'] } },
    };
    const created = new QuietLanguageClient('dbtReadiness', vscode.l10n.t('dbt Readiness'), serverOptions, options);
    created.onNotification(methods.status, (params: StatusParams) => {
      if (created !== client) return;
      if (params.state === 'ready') clock('All projects read and checked');
      setStatus(toServerStatus(params));
    });
    // This takes the place of the library's own handler, which would open a pop-up.
    created.onNotification(ShowMessageNotification.type, ({ message }) => {
      log.warn(message);
      vscode.window.setStatusBarMessage(message, REMARK_MS);
    });
    created.onNotification(methods.changed, () => {
      if (created === client) changedEmitter.fire();
    });
    return created;
  }

  async function startNow(): Promise<void> {
    if (client !== undefined) return;
    clearTimeout(timerOfStart);
    setStatus({ kind: 'starting' });
    const created = await createClient();
    client = created;
    const start = created.start();
    startIsOver = Promise.allSettled([start]);
    try {
      await start;
    } catch (error) {
      log.error('The server could not be started.', asError(error));
      startAgain(created);
    }
  }

  /** Puts a fresh client in the place of one whose server has ended, or never came up; after too many ends it says so instead. */
  function startAgain(ended: QuietLanguageClient): void {
    // An end is told in several ways, and one that was asked for is none.
    if (ended !== client) return;
    client = undefined;
    ended.serverProcess?.kill('SIGKILL');
    const now = Date.now();
    ends = [...ends.filter((time) => now - time < SPAN_OF_ENDS_MS), now];
    const wait = WAITS_BEFORE_START_MS[ends.length - 1];
    if (wait === undefined) {
      setStatus({ kind: 'failed', message: vscode.l10n.t('The server ended {0} times within three minutes.', ends.length) });
      return;
    }
    log.warn(`The server ended unexpectedly (${ends.length} of ${WAITS_BEFORE_START_MS.length + 1}); it is started again.`);
    setStatus({ kind: 'starting' });
    timerOfStart = setTimeout(() => void enqueue(startNow), wait);
  }

  async function stopNow(): Promise<void> {
    clearTimeout(timerOfStart);
    const old = client;
    client = undefined;
    if (old !== undefined) await endClient(old);
    setStatus({ kind: 'off' });
  }

  async function endClient(old: QuietLanguageClient): Promise<void> {
    const { serverProcess } = old;
    // A server that hangs or that never came up does not end when it is asked to.
    let isEnding = old.isRunning();
    try {
      await old.dispose();
    } catch (error) {
      log.warn('The server did not end by itself.', asError(error));
      isEnding = false;
    }
    if (!isEnding) serverProcess?.kill('SIGKILL');
  }

  function enqueue(work: () => Promise<void>): Promise<void> {
    queue = queue.then(work, work);
    return queue;
  }

  async function request<Answer>(method: string, params?: object): Promise<Answer | undefined> {
    const asked = client;
    if (asked?.isRunning() !== true) return undefined;
    try {
      // The parameter list must not hold an undefined: the server would see a null.
      const answer = params === undefined ? await asked.sendRequest<Answer | null>(method) : await asked.sendRequest<Answer | null>(method, params);
      return answer ?? undefined;
    } catch (error) {
      log.warn(`No answer to ${method}.`, asError(error));
      return undefined;
    }
  }

  return {
    onStatus: statusEmitter.event,
    onChanged: changedEmitter.event,
    status: () => status,
    start: () => enqueue(startNow),
    restart: () =>
      enqueue(async () => {
        ends = [];
        await stopNow();
        await startNow();
      }),
    stop: () => enqueue(stopNow),
    changedFindings: (params) => request(methods.changedFindings, params),
    summaries: () => request(methods.summaries),
    lineage: (params) => request(methods.lineage, params),
    fixAll: (params) => request(methods.fixAll, params),
    rulePage: (ruleId) => request(methods.rulePage, { ruleId }),
    report: (root) => request(methods.report, { root }),
    check: async () => {
      // A server that is about to start is waited for.
      await queue;
      const asked = client;
      if (asked === undefined) return false;
      try {
        await asked.sendRequest(methods.check);
        return true;
      } catch (error) {
        log.warn(`No answer to ${methods.check}.`, asError(error));
        return false;
      }
    },
    toWorkspaceEdit: async (edit) => {
      if (client === undefined) throw new Error('There is no server.');
      for (const change of edit.documentChanges ?? []) {
        if (!('textDocument' in change) || change.textDocument.version === null) continue;
        const uri = client.protocol2CodeConverter.asUri(change.textDocument.uri).toString();
        const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
        if (open !== undefined && open.version !== change.textDocument.version) {
          throw new Error(`${open.uri.toString()} has changed since the edit was made.`);
        }
      }
      return client.protocol2CodeConverter.asWorkspaceEdit(edit);
    },
  };
}

/** Writes to the log how long after the start something happened for the first time: what a report of slowness needs. */
function createClock(log: vscode.LogOutputChannel): (event: string) => void {
  const startedAt = performance.now();
  const told = new Set<string>();
  return (event) => {
    if (told.has(event)) return;
    told.add(event);
    log.info(`${event} ${Math.round(performance.now() - startedAt)} ms after the start of the server.`);
  };
}

function initializationOptions(context: vscode.ExtensionContext): InitializationOptions {
  const scope = vscode.workspace.getConfiguration('dbtReadiness').get<string>('diagnostics.scope');
  return {
    storagePath: context.globalStorageUri.fsPath,
    diagnosticsScope: scope === 'workspace' ? 'workspace' : 'openFiles',
    rulePages: true,
  };
}

function toServerStatus(params: StatusParams): ServerStatus {
  switch (params.state) {
    case 'indexing':
    case 'checking':
      return { kind: 'working', status: params };
    case 'ready':
      return { kind: 'ready', status: params };
    case 'failed':
      return { kind: 'failed', message: params.message };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
