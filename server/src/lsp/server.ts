/** The language server: binds a connection to the workspace. It runs in any process that has a connection, tests included. */

import type {
  Connection,
  DocumentDiagnosticReport,
  InitializeParams,
  InitializeResult,
  WorkspaceDiagnosticReport,
} from 'vscode-languageserver/node';
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  LSPErrorCodes,
  PositionEncodingKind,
  ResponseError,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { join } from 'node:path';
import { bug } from '../base/bug.ts';
import type { FileId } from '../base/file-id.ts';
import type { DiagnosticsScope } from '../features/editor-diagnostics.ts';
import { fileIdOfPath, fileIdOfUri } from '../host/file-id.ts';
import type { ChangedFindings, ChangedFindingsParams, FixAllParams, InitializationOptions, LineageParams } from '../protocol/protocol.ts';
import { methods } from '../protocol/protocol.ts';
import { RULE_PAGES } from '../rules/pages.ts';
import { ALL_RULES } from '../rules/registry.ts';
import type { AnyRule } from '../rules/rule.ts';
import { openProjectCache } from '../host/project-cache.ts';
import type { CacheWriterPace } from './cache-writer.ts';
import type { ClientFeatures } from './client-features.ts';
import { clientFeatures, readInitializationOptions } from './client-features.ts';
import type { CodeActions } from './code-actions.ts';
import { APPLY_COMMAND, createCodeActions, FIX_ALL_KIND, readActionData } from './code-actions.ts';
import type { Places } from './convert.ts';
import { createPlaces } from './convert.ts';
import { createDebouncer } from './debouncer.ts';
import { createOpenDocuments } from './documents.ts';
import type { Navigation } from './navigation.ts';
import { createNavigation } from './navigation.ts';
import type { Publisher } from './publisher.ts';
import { createPublisher } from './publisher.ts';
import type { Requests } from './requests.ts';
import { createRequests } from './requests.ts';
import type { StatusReporter } from './status.ts';
import { createStatusReporter } from './status.ts';
import type { Watching } from './watching.ts';
import { createWatching } from './watching.ts';
import type { Workspace } from './workspace.ts';
import { createWorkspace } from './workspace.ts';

/** What a host may set; all of it has a default. */
export interface ServerOptions {
  readonly rules?: readonly AnyRule[];
  readonly pages?: Readonly<Record<string, string>>;
  readonly version?: string;
  /** ISO date of today. */
  readonly today?: () => string;
  /** Names the program to the byte: without it nothing is cached. */
  readonly build?: string;
  /** Where projects are cached for a client that names no folder of its own; nowhere if it is left out. */
  readonly cacheFolder?: string;
  readonly cachePace?: CacheWriterPace;
}

/** Milliseconds of quiet after a keystroke. */
const DEBOUNCE = 150;

/** Milliseconds in which events of the disk are gathered. */
const BATCH = 100;

/** All that exists once the client has said what it can. */
interface Session {
  readonly client: ClientFeatures;
  readonly workspace: Workspace;
  readonly publisher: Publisher;
  readonly actions: CodeActions;
  readonly navigation: Navigation;
  readonly requests: Requests;
  readonly status: StatusReporter;
  readonly watching: Watching;
  readonly places: Places;
}

/** Sets all handlers of a connection; the caller then calls `connection.listen()`. */
export function createServer(connection: Connection, options: ServerOptions = {}): void {
  const rules = options.rules ?? ALL_RULES;
  const rulesByName = new Map(rules.flatMap((rule) => [rule.meta.id, ...(rule.meta.aliases ?? [])].map((name) => [name, rule] as const)));
  const documents = createOpenDocuments();
  const changedDocuments = new Set<FileId>();
  const changedPaths = new Set<FileId>();
  let folders: readonly FileId[] = [];
  let debounceMs = DEBOUNCE;
  let session: Session | undefined;
  let isShutDown = false;

  const keystrokes = createDebouncer(() => debounceMs, flushDocuments);
  const diskEvents = createDebouncer(() => BATCH, flushDisk);

  bug.setListener((record) => {
    const place = Object.entries(record.context).map(([key, value]) => `${key}: ${String(value)}`);
    log(`A fault of dbt Readiness (${place.join(', ')}): ${record.stack ?? record.message}`);
    session?.status.setNote(`A part of dbt Readiness failed (${place.join(', ')}); the log says more.`);
  });

  function log(text: string): void {
    if (!isShutDown) connection.console.error(text);
  }

  function createSession(params: InitializeParams, initial: InitializationOptions): Session {
    const client = clientFeatures(params, initial);
    const status = createStatusReporter(connection, client.workDoneProgress);
    const cacheFolder = initial.storagePath ?? options.cacheFolder;
    const workspace: Workspace = createWorkspace({
      rules,
      documents,
      ...(cacheFolder === undefined || options.build === undefined ? {} : { cache: openProjectCache(join(cacheFolder, 'projects'), options.build) }),
      ...(options.cachePace === undefined ? {} : { cachePace: options.cachePace }),
      today: options.today ?? (() => new Date().toISOString().slice(0, 10)),
      listener: {
        findingsChanged(files) {
          requests.changed(files);
          publisher.changed(files);
          status.changed();
        },
        projectsChanged() {
          watching.update(folders, workspace.projects());
        },
        status(params) {
          status.report(params);
        },
        log(line) {
          connection.console.warn(line);
        },
      },
    });
    const places = createPlaces(documents, (file) => workspace.linesOf(file));
    const watching = createWatching(connection, client.watching);
    const publisher = createPublisher({
      workspace,
      documents,
      rules: rulesByName,
      client: client.diagnostics,
      places,
      scope: initial.diagnosticsScope ?? 'openFiles',
      send(diagnostics) {
        connection.sendDiagnostics(diagnostics).catch(() => undefined);
      },
      refresh() {
        if (client.diagnostics.refresh) connection.languages.diagnostics.refresh().catch(reportBackground);
      },
    });
    const requests = createRequests({ workspace, documents, places, rules: rulesByName, pages: options.pages ?? RULE_PAGES, client });
    return {
      client,
      workspace,
      publisher,
      requests,
      status,
      watching,
      places,
      actions: createCodeActions({ workspace, documents, client, places }),
      navigation: createNavigation(workspace, places, client),
    };
  }

  function flushDocuments(): void {
    keystrokes.cancel();
    if (changedDocuments.size === 0) return;
    const files = [...changedDocuments];
    changedDocuments.clear();
    session?.workspace.documentChanged(files);
  }

  function flushDisk(): void {
    diskEvents.cancel();
    if (changedPaths.size === 0) return;
    const paths = new Set(changedPaths);
    changedPaths.clear();
    session?.workspace.diskChanged(paths);
  }

  /** Waits until everything that was told is read and checked. */
  async function settle(): Promise<void> {
    flushDisk();
    flushDocuments();
    await session?.workspace.settled();
  }

  /** An answer to a request of the newest text; a fault of ours gives the empty answer and a line in the log. */
  function answer<T>(empty: T, work: (session: Session) => T): T {
    if (session === undefined || isShutDown) return empty;
    try {
      flushDocuments();
      return work(session);
    } catch (error) {
      bug.report(error, { where: 'request' });
      return empty;
    }
  }

  /** The same after everything has settled. */
  async function settledAnswer<T>(empty: T, work: (session: Session) => T): Promise<T> {
    await settle();
    return answer(empty, work);
  }

  connection.onInitialize((params): InitializeResult => {
    const initial = readInitializationOptions(params.initializationOptions);
    debounceMs = initial.debounceMs ?? DEBOUNCE;
    folders = foldersOf(params);
    session = createSession(params, initial);
    const { client } = session;
    return {
      serverInfo: { name: 'dbt Readiness', ...(options.version === undefined ? {} : { version: options.version }) },
      capabilities: {
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
        codeActionProvider: client.codeActions.literals
          ? { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL_KIND], resolveProvider: client.codeActions.resolveEdit }
          : true,
        ...(client.codeActions.literals || !client.edits.apply ? {} : { executeCommandProvider: { commands: [APPLY_COMMAND] } }),
        documentLinkProvider: { resolveProvider: false },
        definitionProvider: true,
        hoverProvider: true,
        ...(client.diagnostics.pull
          ? { diagnosticProvider: { identifier: 'dbt-readiness', interFileDependencies: true, workspaceDiagnostics: true } }
          : {}),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    if (session === undefined) return;
    const { client, workspace, watching } = session;
    watching.update(folders, []);
    workspace.setFolders(folders);
    if (client.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => fileIdOfUri(uri)));
        const kept = folders.filter((folder) => !gone.has(folder));
        const fresh = added.map(({ uri }) => fileIdOfUri(uri)).filter((folder) => folder !== undefined);
        folders = [...new Set([...kept, ...fresh])];
        watching.update(folders, workspace.projects());
        workspace.setFolders(folders);
      });
    }
    if (client.dynamicConfiguration) {
      connection.client.register(DidChangeConfigurationNotification.type, { section: 'dbtReadiness' }).catch(reportBackground);
    }
    readSettings(undefined).catch(reportBackground);
  });

  function reportBackground(error: unknown): void {
    log(`The client did not answer: ${error instanceof Error ? error.message : String(error)}`);
  }

  async function readSettings(pushed: unknown): Promise<void> {
    if (session === undefined) return;
    const asked: unknown = session.client.configuration ? await connection.workspace.getConfiguration('dbtReadiness') : pushed;
    const scope = scopeOf(asked);
    if (scope !== undefined) session.publisher.setScope(scope);
  }

  connection.onDidChangeConfiguration(({ settings }) => {
    const given: unknown = settings;
    const own = typeof given === 'object' && given !== null && 'dbtReadiness' in given ? given.dbtReadiness : undefined;
    readSettings(own).catch(reportBackground);
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    const file = documents.open(uri, version, text);
    if (file === undefined) return;
    changedDocuments.add(file);
    flushDocuments();
  });

  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    const file = documents.change(uri, version, contentChanges);
    if (file === undefined) return;
    changedDocuments.add(file);
    keystrokes.restart();
  });

  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    const file = fileIdOfUri(uri);
    if (file === undefined || session === undefined) return;
    documents.setRemoved(file, false);
    changedDocuments.add(file);
    flushDocuments();
    if (!session.client.watching.dynamic) session.workspace.rescan(file);
  });

  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const file = documents.close(uri);
    if (file === undefined) return;
    changedDocuments.add(file);
    flushDocuments();
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) {
      const file = fileIdOfUri(uri);
      if (file !== undefined) changedPaths.add(file);
    }
    diskEvents.start();
  });

  connection.onCodeAction((params) => answer([], ({ actions }) => actions.offer(params)));

  connection.onCodeActionResolve((action) => {
    const data = readActionData(action.data);
    if (data === undefined) return action;
    const worked = answer({ refused: 'The action could not be worked out; the log says more.' }, ({ actions }) => actions.workOut(data));
    if ('edit' in worked) return { ...action, edit: worked.edit };
    connection.window.showWarningMessage(worked.refused);
    throw new ResponseError(LSPErrorCodes.ContentModified, worked.refused);
  });

  connection.onExecuteCommand(async ({ command, arguments: given }) => {
    const data = command === APPLY_COMMAND ? readActionData(given?.[0]) : undefined;
    if (data === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no command ${command}.`);
    const worked = answer({ refused: 'The action could not be worked out; the log says more.' }, ({ actions }) => actions.workOut(data));
    if ('refused' in worked) {
      connection.window.showWarningMessage(worked.refused);
      return false;
    }
    const { applied, failureReason } = await connection.workspace.applyEdit({ label: 'dbt Readiness', edit: worked.edit });
    if (!applied) connection.window.showWarningMessage(`The editor did not apply the change${failureReason === undefined ? '' : `: ${failureReason}`}.`);
    return applied;
  });

  connection.onDocumentLinks(({ textDocument }) => answer([], ({ navigation }) => navigation.links(textDocument.uri)));
  connection.onDefinition(({ textDocument, position }) => answer([], ({ navigation }) => navigation.definition(textDocument.uri, position)));
  connection.onHover(({ textDocument, position }) => answer(null, ({ navigation }) => navigation.hover(textDocument.uri, position)));

  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }): Promise<DocumentDiagnosticReport> => {
    const file = fileIdOfUri(textDocument.uri);
    const nothing: DocumentDiagnosticReport = { kind: 'full', items: [] };
    if (file === undefined) return nothing;
    return settledAnswer(nothing, ({ publisher }) => publisher.document(file, previousResultId));
  });

  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }): Promise<WorkspaceDiagnosticReport> => {
    const previous = new Map<FileId, string>();
    for (const { uri, value } of previousResultIds) {
      const file = fileIdOfUri(uri);
      if (file !== undefined) previous.set(file, value);
    }
    return settledAnswer({ items: [] }, ({ publisher }) => ({ items: publisher.workspace(previous) }));
  });

  connection.onRequest(methods.findings, () => settledAnswer([], ({ requests }) => requests.findings()));
  connection.onRequest(methods.changedFindings, (params: ChangedFindingsParams) =>
    settledAnswer<ChangedFindings>({ revision: 0, isWhole: true, projects: [] }, ({ requests }) => requests.changedFindings(params)),
  );
  connection.onRequest(methods.summaries, () => settledAnswer([], ({ requests }) => requests.summaries()));
  connection.onRequest(methods.lineage, (params: LineageParams) => settledAnswer(null, ({ requests }) => requests.lineage(params)));
  connection.onRequest(methods.fixAll, (params: FixAllParams) =>
    settledAnswer({ edit: null, fixed: 0, left: 0, readOnly: [] }, ({ requests }) => requests.fixAll(params)),
  );
  connection.onRequest(methods.rulePage, (params: { readonly ruleId: string }) => answer(null, ({ requests }) => requests.rulePage(params.ruleId)));
  connection.onRequest(methods.report, (params: { readonly root: string }) => settledAnswer('', ({ requests }) => requests.report(params.root)));
  connection.onRequest(methods.check, async () => {
    await settle();
    session?.workspace.rescan();
    await settle();
    return null;
  });

  connection.onShutdown(() => {
    isShutDown = true;
    keystrokes.cancel();
    diskEvents.cancel();
    session?.workspace.stop();
    session?.status.stop();
    bug.setListener(undefined);
  });
}

function foldersOf(params: InitializeParams): FileId[] {
  const { workspaceFolders } = params;
  if (workspaceFolders !== undefined && workspaceFolders !== null) {
    return workspaceFolders.map(({ uri }) => fileIdOfUri(uri)).filter((folder) => folder !== undefined);
  }
  return folderOfOldClient(params);
}

/** Clients of before workspace folders give one root, as a URI or as a path. */
function folderOfOldClient(params: object): FileId[] {
  const rootUri = 'rootUri' in params && typeof params.rootUri === 'string' ? fileIdOfUri(params.rootUri) : undefined;
  if (rootUri !== undefined) return [rootUri];
  return 'rootPath' in params && typeof params.rootPath === 'string' ? [fileIdOfPath(params.rootPath)] : [];
}

/** `dbtReadiness.diagnostics.scope`, whatever else the settings hold. */
function scopeOf(settings: unknown): DiagnosticsScope | undefined {
  if (typeof settings !== 'object' || settings === null || !('diagnostics' in settings)) return undefined;
  const { diagnostics } = settings;
  if (typeof diagnostics !== 'object' || diagnostics === null || !('scope' in diagnostics)) return undefined;
  const { scope } = diagnostics;
  return scope === 'openFiles' || scope === 'workspace' ? scope : undefined;
}
