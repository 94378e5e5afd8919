/** `npm run build`: bundles client, server and command line into `out/`. `--watch` goes on, `--minify` builds as for the package. */
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
const { build, watch } = await import('./lib/bundle.mjs');
const flags = new Set(process.argv.slice(2));
const log = (line) => process.stderr.write(`${line}\n`);

try {
  if (flags.has('--watch')) {
    await watch(log);
  } else {
    const started = performance.now();
    const bundles = await build({ minify: flags.has('--minify'), log });
    for (const { file, bytes } of bundles) log(`out/${file}  ${(bytes / 1024).toFixed(0)} kB`);
    log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
} catch (error) {
  // esbuild has already shown what is wrong in the sources.
  if (!Array.isArray(error?.errors)) throw error;
  process.exitCode = 1;
}
