/** Bundles the client, the server and the command line with esbuild, and runs TypeScript for scripts by bundling it in memory. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT, inRoot } from './paths.mjs';
import { BUILD_STAMP, buildStamp } from './sources.mjs';

/** The three programs that ship. */
const PROGRAMS = [
  { entry: 'client/src/extension.ts', outfile: 'out/client.cjs', external: ['vscode'] },
  { entry: 'server/src/lsp/main.ts', outfile: 'out/server.cjs', external: [] },
  { entry: 'server/src/cli/main.ts', outfile: 'out/cli.cjs', external: [], banner: '#!/usr/bin/env node' },
];

/** Options that every bundle shares: the oldest Node that is supported, rule pages as text. */
const SHARED = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  loader: { '.md': 'text' },
  // Of packages with both forms, the ESM one can be shaken.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  legalComments: 'none',
};

function optionsOf(program, { minify, sourcemap }) {
  return {
    ...SHARED,
    entryPoints: [program.entry],
    outfile: program.outfile,
    external: program.external,
    format: 'cjs',
    minify,
    sourcemap: sourcemap ? 'linked' : false,
    metafile: true,
    ...(program.banner === undefined ? {} : { banner: { js: program.banner } }),
  };
}

/** Programs whose entry exists; a missing one is told, so that nobody looks for its bundle. */
function presentPrograms(log) {
  return PROGRAMS.filter((program) => {
    if (existsSync(inRoot(program.entry))) return true;
    log(`${program.outfile} is not built: ${program.entry} does not exist yet.`);
    return false;
  });
}

/**
 * Builds all bundles into `out/`. Returns esbuild's account of what went into each, by output file.
 * With `minify` there are no source maps: that is the form which is packaged.
 */
export async function build({ minify = false, log = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const esbuild = await import('esbuild');
  const stamp = buildStamp({ minify });
  mkdirSync(OUT, { recursive: true });
  rmSync(BUILD_STAMP, { force: true });
  const metafiles = {};
  for (const program of presentPrograms(log)) {
    const result = await esbuild.build(optionsOf(program, { minify, sourcemap: !minify }));
    metafiles[program.outfile] = result.metafile;
    if (minify) rmSync(inRoot(`${program.outfile}.map`), { force: true });
  }
  writeFileSync(BUILD_STAMP, stamp);
  return metafiles;
}

/** Builds again at every change until the process is stopped. */
export async function watch(log) {
  const esbuild = await import('esbuild');
  mkdirSync(OUT, { recursive: true });
  for (const program of presentPrograms(log)) {
    const context = await esbuild.context({ ...optionsOf(program, { minify: false, sourcemap: true }), logLevel: 'info' });
    await context.watch();
  }
}

/**
 * Imports a TypeScript module of the repository: Node 20 cannot read types, so it is bundled into a file under `out/`
 * first. Packages stay outside the bundle.
 */
export async function importTypeScript(entry) {
  const esbuild = await import('esbuild');
  const outfile = join(OUT, 'scripts', `${entry.replaceAll(/[\\/]/g, '_')}.${process.pid}.mjs`);
  await esbuild.build({ ...SHARED, entryPoints: [entry], outfile, format: 'esm', packages: 'external', sourcemap: 'inline' });
  try {
    const { pathToFileURL } = await import('node:url');
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
