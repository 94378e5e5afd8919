/**
 * `npm run demo`: installs and builds if need be, then judges the sample project. Prints the findings and a summary; the
 * last line is the verdict. `-- --editor` opens the sample in a real VS Code in the browser instead.
 */
import { existsSync } from 'node:fs';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { isBuildFresh } from './lib/sources.mjs';

const SAMPLE = 'samples/scv';
/** The date on which the sample is judged, so that the demo prints the same on every day. */
const NOW = '2026-01-15';

await ensureInstalled();
if (!isBuildFresh()) {
  const { build } = await import('./lib/bundle.mjs');
  await build();
}
if (process.argv.includes('--editor')) {
  const opener = 'test/e2e/open.mjs';
  if (!existsSync(inRoot(opener))) throw new Error(`${opener} does not exist.`);
  process.exitCode = (await runNode(inRoot(opener), ['--workspace', inRoot(SAMPLE)])).code;
} else {
  const result = await runNode(inRoot('out/cli.cjs'), ['check', SAMPLE, '--now', NOW]);
  // Findings are what the demo is about: 1 means "found some", anything else went wrong.
  process.exitCode = result.code === 1 ? 0 : result.code;
}
