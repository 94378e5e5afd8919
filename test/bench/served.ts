/** The bundled server as a process of its own, for what is measured from outside. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProtocolConnection, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { StatusParams } from '../../server/src/protocol/protocol.ts';
import { methods } from '../../server/src/protocol/protocol.ts';

/** A server that runs, and how it ends. */
export interface ServedProject {
  readonly connection: ProtocolConnection;
  end(): Promise<void>;
}

/** What is heard of the server. */
export interface ServerListener {
  readonly onDiagnostics?: (params: PublishDiagnosticsParams) => void;
  readonly onStatus?: (params: StatusParams) => void;
}

/** Initialization options. With a storage folder the compiled code is kept there as well, as the extension has it; Node does so from 22 on. */
export interface ServeOptions {
  readonly storagePath?: string;
}

/** Starts the server (a path to the bundle) on a folder, and waits for `initialize`; nothing is debounced. */
export async function serve(server: string, directory: string, options: ServeOptions, listener: ServerListener): Promise<ServedProject> {
  const code = options.storagePath === undefined ? {} : { NODE_COMPILE_CACHE: join(options.storagePath, 'code') };
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...code } });
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => {
      resolve();
    });
  });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => listener.onDiagnostics?.(params));
  connection.onNotification(methods.status, (params: StatusParams) => listener.onStatus?.(params));
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const rootUri = pathToFileURL(directory).href;
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'bench' }],
    capabilities: { textDocument: { publishDiagnostics: { versionSupport: true, relatedInformation: true } } },
    initializationOptions: { debounceMs: 0, ...options },
  });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    async end() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await exited;
      connection.dispose();
    },
  };
}
