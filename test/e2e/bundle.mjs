/** Bundles a TypeScript script of this folder with esbuild and runs it, so that it needs nothing but Node 20. */
import { build } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Runs a script of this folder; its module code is the program.
 * @param {string} scriptName file name of a TypeScript script beside this one
 * @returns {Promise<void>}
 */
export async function runTypeScript(scriptName) {
  const folder = dirname(fileURLToPath(import.meta.url));
  const outfile = join(folder, '..', '..', 'out', 'e2e', scriptName.replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [join(folder, scriptName)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(outfile).href);
}
