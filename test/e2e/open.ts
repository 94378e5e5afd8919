/** Serves a workspace with the extension in it until Ctrl+C, for a person with a browser. Options: --workspace, --extension, --vsix, --port. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { startServer } from './editor-server.ts';
import { readOptions } from './read-options.ts';
import { repositoryRoot } from './repository-root.ts';
import { defaultWorkspace } from './suite-runner.ts';

const options = readOptions(process.argv.slice(2), ['--workspace', '--extension', '--vsix', '--port']);
const vsixFile = options.get('--vsix')?.[0];
const port = options.get('--port')?.[0];
const server = await startServer({
  workspaceFolder: realpathSync(options.get('--workspace')?.[0] ?? defaultWorkspace()),
  ...(vsixFile === undefined ? { extensionFolder: realpathSync(options.get('--extension')?.[0] ?? repositoryRoot) } : {}),
  vsixFiles: vsixFile === undefined ? [] : [realpathSync(vsixFile)],
  ...(port === undefined ? {} : { port: Number(port) }),
});
console.log(`VS Code with dbt Readiness is at\n\n  ${server.url}\n\nCtrl+C ends it.`);
const hasDesktop = process.platform === 'darwin' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
if (hasDesktop) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  // Only a convenience: the address was printed.
  spawn(opener, [server.url], { stdio: 'ignore' }).on('error', () => undefined);
}
await new Promise(() => {
  // The signal handlers of the server end the process.
  setInterval(() => undefined, 60_000);
});
