/** Starts the language server on the streams of this process: `--stdio` (the default), `--node-ipc`, `--socket=N` or `--pipe=NAME`. */

import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { bug } from '../base/bug.ts';
import { defaultCacheFolder } from '../host/project-cache.ts';
import { createServer } from './server.ts';

/** Set by the bundler: the version of package.json, and a hash of all that the program is made from. */
declare const DBT_READINESS_VERSION: string | undefined;
declare const DBT_READINESS_BUILD: string | undefined;

const TRANSPORTS = ['--node-ipc', '--stdio', '--socket', '--pipe'];

/** Starts the server; it lives until the client says `exit` or goes away. */
export function startServer(given: readonly string[]): void {
  const hasTransport = given.some((argument) => TRANSPORTS.includes(argument.split('=')[0] ?? ''));
  // The connection reads the transport off the process's arguments and guards stdout against stray prints.
  if (!hasTransport) process.argv.push('--stdio');
  const connection = createConnection(ProposedFeatures.all);
  createServer(connection, {
    cacheFolder: defaultCacheFolder(),
    ...(typeof DBT_READINESS_VERSION === 'string' ? { version: DBT_READINESS_VERSION } : {}),
    ...(typeof DBT_READINESS_BUILD === 'string' ? { build: DBT_READINESS_BUILD } : {}),
  });
  // A fault in one place must not take the server with it: it is logged, and the next change is answered.
  process.on('uncaughtException', (error) => {
    bug.report(error, { where: 'process' });
  });
  process.on('unhandledRejection', (error) => {
    bug.report(error, { where: 'promise' });
  });
  connection.listen();
}
