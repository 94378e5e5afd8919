/** Runs a TypeScript program of the repository, such as the bench: bundled first, since Node 20 cannot read types. */
import { existsSync } from 'node:fs';
import { ensureInstalled } from './install.mjs';
import { inRoot } from './paths.mjs';
import { runNode } from './run.mjs';
import { isBuildFresh } from './sources.mjs';

/** Runs `entry` (a path from the root) with words and options for Node; returns its exit code. The bundles in `out/` are fresh when it starts. */
export async function runProgram(entry, words, nodeOptions = []) {
  if (!existsSync(inRoot(entry))) throw new Error(`${entry} does not exist.`);
  await ensureInstalled();
  const { build, bundleProgram } = await import('./bundle.mjs');
  if (!isBuildFresh()) await build();
  const outfile = await bundleProgram(entry);
  const { code } = await runNode(outfile, words, { nodeOptions });
  return code;
}
