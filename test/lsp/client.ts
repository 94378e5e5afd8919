/**
 * A thin editor for tests: it speaks the protocol with a server in this process, or with the bundle over stdio where the
 * environment says `SERVER=spawn`. It writes to a folder of its own and tells only of files that the server watches.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createConnection } from 'vscode-languageserver';
import type {
  ApplyWorkspaceEditParams,
  ClientCapabilities,
  CodeAction,
  Command,
  Diagnostic,
  DidChangeWatchedFilesRegistrationOptions,
  FileEvent,
  GlobPattern,
  InitializeResult,
  ProtocolConnection,
  PublishDiagnosticsParams,
  Range,
  Registration,
  TextDocumentContentChangeEvent,
  TextEdit,
  Unregistration,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { bug } from '../../server/src/base/bug.ts';
import type { ServerOptions } from '../../server/src/lsp/server.ts';
import { createServer } from '../../server/src/lsp/server.ts';
import type { ProjectFindings, StatusParams } from '../../server/src/protocol/protocol.ts';
import { methods } from '../../server/src/protocol/protocol.ts';

/** True where the tests run against the bundle. */
export const IS_SPAWNED = process.env['SERVER'] === 'spawn';

/** What VS Code says that it can, as far as a server of ours asks. */
export const FULL_CAPABILITIES: ClientCapabilities = {
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: {
      relatedInformation: true,
      versionSupport: true,
      codeDescriptionSupport: true,
      dataSupport: true,
      tagSupport: { valueSet: [1, 2] },
    },
    codeAction: {
      dynamicRegistration: true,
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'source', 'source.fixAll'] } },
    },
    definition: { linkSupport: true },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    documentLink: { tooltipSupport: true },
    diagnostic: { relatedDocumentSupport: false, relatedInformation: true, dataSupport: true, codeDescriptionSupport: true },
  },
  workspace: {
    applyEdit: true,
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    diagnostics: { refreshSupport: true },
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ['create', 'rename', 'delete'],
      changeAnnotationSupport: { groupsOnLabel: true },
      snippetEditSupport: true,
    },
  },
  window: { workDoneProgress: true },
};

/** The full capabilities without one, named by its path (`workspace.applyEdit`). */
export function capabilitiesWithout(path: string): ClientCapabilities {
  const copy = structuredClone(FULL_CAPABILITIES);
  const steps = path.split('.');
  let holder: Record<string, unknown> = copy as Record<string, unknown>; // An object of JSON has string keys.
  for (const step of steps.slice(0, -1)) holder = holder[step] as Record<string, unknown>; // The test names an existing path.
  const last = steps.at(-1) ?? '';
  if (!(last in holder)) throw new Error(`There is no capability ${path}.`);
  Reflect.deleteProperty(holder, last);
  return copy;
}

/** A folder on the disk that goes when the test ends. */
export interface Folder {
  readonly path: string;
  readonly uri: string;
  uriOf(relative: string): string;
  write(relative: string, text: string): void;
  read(relative: string): string;
  remove(relative: string): void;
  rename(from: string, to: string): void;
  exists(relative: string): boolean;
  dispose(): void;
}

/** Makes a folder with files; `name` may hold spaces and letters of any language. */
export function makeFolder(files: Readonly<Record<string, string>>, name = 'workspace'): Folder {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'dbt-readiness-')));
  const path = join(top, name);
  mkdirSync(path, { recursive: true });
  const full = (relative: string): string => join(path, relative);
  const folder: Folder = {
    path,
    uri: URI.file(path).toString(),
    uriOf: (relative) => URI.file(full(relative)).toString(),
    write(relative, text) {
      mkdirSync(dirname(full(relative)), { recursive: true });
      writeFileSync(full(relative), text);
    },
    read: (relative) => readFileSync(full(relative), 'utf8'),
    remove(relative) {
      rmSync(full(relative), { recursive: true, force: true });
    },
    rename(from, to) {
      mkdirSync(dirname(full(to)), { recursive: true });
      renameSync(full(from), full(to));
    },
    exists: (relative) => existsSync(full(relative)),
    dispose() {
      rmSync(top, { recursive: true, force: true });
    },
  };
  for (const [relative, text] of Object.entries(files)) folder.write(relative, text);
  return folder;
}

export interface ClientOptions {
  readonly folders: readonly Folder[];
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: object;
  /** Answer to `workspace/configuration`. */
  readonly settings?: unknown;
  /** Of a server in this process. */
  readonly server?: ServerOptions;
  /** A bundle in `out/` and its arguments, to be started as a process whatever the tests run against. */
  readonly program?: readonly [string, ...string[]];
}

export interface Client {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** The newest diagnostics of each file; files without any are absent. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Every `publishDiagnostics`, in order. */
  readonly published: readonly PublishDiagnosticsParams[];
  readonly statuses: readonly StatusParams[];
  readonly messages: readonly string[];
  readonly log: readonly string[];
  readonly progress: readonly string[];
  readonly refreshes: { count: number };
  settings: unknown;
  /** The globs of all files that the server asked to watch. */
  globs(): GlobPattern[];
  /** Rule ids of the newest diagnostics of a file, sorted. */
  rules(uri: string): string[];
  open(uri: string, text: string): void;
  /** Replaces the whole text, or a range of it. */
  change(uri: string, text: string, range?: Range): void;
  save(uri: string): void;
  close(uri: string): void;
  text(uri: string): string;
  version(uri: string): number;
  /** Tells of changes on the disk, those alone that the server watches; returns how many those are. */
  diskChanged(events: readonly FileEvent[]): number;
  /** Resolves when the server has read, checked and published everything it was told. */
  settle(): Promise<ProjectFindings[]>;
  /** Waits for a notification after which the condition holds. */
  until(what: string, holds: () => boolean): Promise<void>;
  actions(uri: string, range: Range, only?: string[], diagnostics?: readonly Diagnostic[]): Promise<(CodeAction | Command)[]>;
  resolve(action: CodeAction): Promise<CodeAction>;
  /** Applies an edit as an editor would: to open documents, else to the disk. Refuses other versions. */
  apply(edit: WorkspaceEdit): boolean;
  stop(): Promise<void>;
}

export const CREATED = 1;
export const CHANGED = 2;
export const DELETED = 3;

/** Starts a server for a client, and waits for `initialize`. */
export async function startClient(options: ClientOptions): Promise<Client> {
  const { input, output, ended } = options.program !== undefined ? spawnServer(options.program) : IS_SPAWNED ? spawnServer(['server.cjs', '--stdio']) : serveHere(options.server ?? {});
  const connection = createProtocolConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const published: PublishDiagnosticsParams[] = [];
  const statuses: StatusParams[] = [];
  const messages: string[] = [];
  const log: string[] = [];
  const progress: string[] = [];
  const refreshes = { count: 0 };
  const documents = new Map<string, TextDocument>();
  const registrations = new Map<string, DidChangeWatchedFilesRegistrationOptions>();
  const waiting = new Set<() => void>();
  const heard = (): void => {
    for (const check of [...waiting]) check();
  };

  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    if (params.diagnostics.length === 0) diagnostics.delete(params.uri);
    else diagnostics.set(params.uri, params.diagnostics);
    heard();
  });
  connection.onNotification(methods.status, (params: StatusParams) => {
    statuses.push(params);
    heard();
  });
  connection.onNotification(methods.changed, heard);
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => void log.push(message));
  connection.onNotification('window/showMessage', ({ message }: { message: string }) => void messages.push(message));
  connection.onNotification('$/progress', ({ value }: { value: { kind: string } }) => void progress.push(value.kind));
  connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
    messages.push(message);
    return null;
  });
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onRequest('workspace/diagnostic/refresh', () => {
    refreshes.count++;
    heard();
    return null;
  });
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => client.settings ?? null));
  connection.onRequest('client/registerCapability', ({ registrations: list }: { registrations: Registration[] }) => {
    for (const { id, method, registerOptions } of list) {
      // The method says which options these are.
      if (method === 'workspace/didChangeWatchedFiles') registrations.set(id, registerOptions as DidChangeWatchedFilesRegistrationOptions);
    }
    heard();
    return null;
  });
  connection.onRequest('client/unregisterCapability', ({ unregisterations }: { unregisterations: Unregistration[] }) => {
    for (const { id } of unregisterations) registrations.delete(id);
    heard();
    return null;
  });
  connection.onRequest('workspace/applyEdit', ({ edit }: ApplyWorkspaceEditParams) => ({ applied: client.apply(edit) }));
  connection.listen();

  const [first] = options.folders;
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: first?.uri ?? null,
    capabilities: options.capabilities ?? FULL_CAPABILITIES,
    initializationOptions: { debounceMs: 10, ...options.initializationOptions },
    workspaceFolders: options.folders.map(({ uri }) => ({ uri, name: uri })),
  });

  const notify = (method: string, params: object): void => {
    void connection.sendNotification(method, params);
  };

  const client: Client = {
    connection,
    initialized,
    diagnostics,
    published,
    statuses,
    messages,
    log,
    progress,
    refreshes,
    settings: options.settings,
    globs: () => [...registrations.values()].flatMap(({ watchers }) => watchers.map(({ globPattern }) => globPattern)),
    rules: (uri) => (diagnostics.get(uri) ?? []).map(({ code }) => String(code)).sort(),
    open(uri, text) {
      documents.set(uri, TextDocument.create(uri, 'sql', 1, text));
      notify('textDocument/didOpen', { textDocument: { uri, languageId: 'sql', version: 1, text } });
    },
    change(uri, text, range) {
      const document = documents.get(uri)!;
      const contentChanges: TextDocumentContentChangeEvent[] = [range === undefined ? { text } : { range, text }];
      const version = document.version + 1;
      documents.set(uri, TextDocument.update(document, contentChanges, version));
      notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    },
    save(uri) {
      writeFileSync(URI.parse(uri).fsPath, documents.get(uri)!.getText());
      notify('textDocument/didSave', { textDocument: { uri } });
      client.diskChanged([{ uri, type: CHANGED }]);
    },
    close(uri) {
      documents.delete(uri);
      notify('textDocument/didClose', { textDocument: { uri } });
    },
    text: (uri) => documents.get(uri)?.getText() ?? readFileSync(URI.parse(uri).fsPath, 'utf8'),
    version: (uri) => documents.get(uri)!.version,
    diskChanged(events) {
      const changes = events.filter(({ uri }) => client.globs().some((pattern) => matches(pattern, uri, options.folders)));
      if (changes.length > 0) notify('workspace/didChangeWatchedFiles', { changes });
      return changes.length;
    },
    settle: () => connection.sendRequest<ProjectFindings[]>(methods.findings),
    until(what, holds) {
      if (holds()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`Waited in vain for ${what}.\n${log.join('\n')}`));
        }, 15_000);
        const check = (): void => {
          if (!holds()) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
      });
    },
    async actions(uri, range, only, given) {
      const context = { diagnostics: given ?? diagnostics.get(uri) ?? [], ...(only === undefined ? {} : { only }) };
      return (await connection.sendRequest<(CodeAction | Command)[] | null>('textDocument/codeAction', { textDocument: { uri }, range, context })) ?? [];
    },
    resolve: (action) => connection.sendRequest<CodeAction>('codeAction/resolve', action),
    apply(edit) {
      const changes = edit.documentChanges ?? [];
      for (const [uri, edits] of Object.entries(edit.changes ?? {})) editOne(uri, edits);
      for (const change of changes) {
        if (!('textDocument' in change)) continue;
        const { uri, version } = change.textDocument;
        if (version !== null && documents.get(uri)?.version !== version) return false;
      }
      for (const change of changes) {
        if ('textDocument' in change) {
          const edits = change.edits.map((one) => ('snippet' in one ? { range: one.range, newText: plainSnippet(one.snippet.value) } : one));
          editOne(change.textDocument.uri, edits);
        } else if (change.kind === 'create') {
          const path = URI.parse(change.uri).fsPath;
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, '', { flag: 'wx' });
          client.diskChanged([{ uri: change.uri, type: CREATED }]);
        }
      }
      return true;
    },
    async stop() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await ended();
      connection.dispose();
    },
  };

  function editOne(uri: string, edits: readonly TextEdit[]): void {
    const open = documents.get(uri);
    if (open !== undefined) {
      client.change(uri, TextDocument.applyEdits(open, [...edits]));
      return;
    }
    const path = URI.parse(uri).fsPath;
    const before = TextDocument.create(uri, '', 0, readFileSync(path, 'utf8'));
    writeFileSync(path, TextDocument.applyEdits(before, [...edits]));
    client.diskChanged([{ uri, type: CHANGED }]);
  }

  await connection.sendNotification('initialized', {});
  return client;
}

function plainSnippet(value: string): string {
  return value.replace(/\$\{\d+:((?:\\.|[^}])*)\}/g, '$1').replace(/\\([\\$}])/g, '$1');
}

interface Streams {
  readonly input: NodeJS.WritableStream;
  readonly output: NodeJS.ReadableStream;
  ended(): Promise<void>;
}

function serveHere(options: ServerOptions): Streams {
  const input = new PassThrough();
  const output = new PassThrough();
  // The way that Node's `createConnection` goes, but for the end: this process must outlive the server.
  let isOver: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const connection = createConnection(
    (logger) => createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output), logger),
    { initialize: () => undefined, shutdownReceived: false, exit: isOver },
  );
  bug.throwOnReport(false);
  createServer(connection, { today: () => '2026-01-01', ...options });
  connection.listen();
  return { input, output, ended: () => over };
}

function spawnServer([bundle, ...words]: readonly [string, ...string[]]): Streams {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../out', bundle), ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const over = new Promise<void>((resolve) => child.on('exit', () => { resolve(); }));
  return { input: child.stdin, output: child.stdout, ended: () => over };
}

/** Globs of the protocol, as far as our watchers use them: `*`, `**`, `{a,b}`. */
function matches(pattern: GlobPattern, uri: string, folders: readonly Folder[]): boolean {
  const path = URI.parse(uri).path;
  const bases =
    typeof pattern === 'string'
      ? folders.map((folder) => URI.parse(folder.uri).path)
      : [URI.parse(typeof pattern.baseUri === 'string' ? pattern.baseUri : pattern.baseUri.uri).path];
  const glob = globToRegExp(typeof pattern === 'string' ? pattern : pattern.pattern);
  return bases.some((base) => path.startsWith(`${base}/`) && glob.test(path.slice(base.length + 1)));
}

const compiled = new Map<string, RegExp>();

function globToRegExp(glob: string): RegExp {
  const known = compiled.get(glob);
  if (known !== undefined) return known;
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const rest = glob.slice(at);
    if (rest.startsWith('**/')) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (rest.startsWith('**')) {
      source += '.*';
      at += 1;
    } else if (rest.startsWith('*')) source += '[^/]*';
    else if (rest.startsWith('{')) source += '(?:';
    else if (rest.startsWith('}')) source += ')';
    else if (rest.startsWith(',')) source += '|';
    else source += glob.charAt(at).replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`);
  }
  const fresh = new RegExp(`^${source}$`, 'u');
  compiled.set(glob, fresh);
  return fresh;
}
