/**
 * `npm run e2e:desktop` runs the editor suite in a desktop VS Code, which is downloaded; `npm run screenshots` takes the
 * pictures of the documentation in the server of VS Code; `npm run bench:editor` measures the waits there. Further words go to the runner.
 */
import { existsSync } from 'node:fs';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { isBuildFresh } from './lib/sources.mjs';

const RUNNERS = { '--desktop': 'test/e2e/run-desktop.mjs', '--screenshots': 'test/e2e/screenshots.mjs', '--measure': 'test/e2e/measure.mjs' };
const [kind, ...words] = process.argv.slice(2);
const runner = RUNNERS[kind];
if (runner === undefined) throw new Error(`Say one of ${Object.keys(RUNNERS).join(', ')}.`);
if (!existsSync(inRoot(runner))) throw new Error(`${runner} does not exist.`);
await ensureInstalled();
if (!isBuildFresh()) {
  const { build } = await import('./lib/bundle.mjs');
  await build();
}
const { code } = await runNode(inRoot(runner), words);
process.exitCode = code;
