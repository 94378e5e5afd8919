/** `npm run --silent cli -- SUB …`: the command line of this checkout, built first if the sources changed. Stdout is the command's alone. */
import { spawn } from 'node:child_process';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot } from './lib/paths.mjs';
import { isBuildFresh } from './lib/sources.mjs';

await ensureInstalled();
if (!isBuildFresh()) {
  const { build } = await import('./lib/bundle.mjs');
  await build();
}
// npm runs scripts at the root; paths that a person types are meant from where they stand.
const cwd = process.env.INIT_CWD ?? process.cwd();
const child = spawn(process.execPath, [inRoot('out/cli.cjs'), ...process.argv.slice(2)], { cwd, stdio: 'inherit' });
child.on('close', (code, signal) => { process.exitCode = code ?? (signal ? 1 : 0); });
