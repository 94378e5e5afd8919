/** Bundles the client, the server and the command line with esbuild, and runs TypeScript for scripts by bundling it in memory. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OUT, ROOT, inRoot } from './paths.mjs';
import { BUILD_STAMP, buildStamp, hashBuildInputs, listFiles } from './sources.mjs';

/** The three programs that ship. */
const PROGRAMS = [
  { entry: 'client/src/extension.ts', output: 'client.cjs', external: ['vscode'] },
  { entry: 'server/src/lsp/main.ts', output: 'server.cjs', external: [] },
  { entry: 'server/src/cli/main.ts', output: 'cli.cjs', external: [], banner: '#!/usr/bin/env node' },
];

/** Pages that the client shows in webviews: `client/src/webview/<name>/main.ts`, styles beside it, run in a browser. */
const WEBVIEW_FOLDER = 'client/src/webview';

function webviewPrograms() {
  return listFiles(WEBVIEW_FOLDER, (path) => /\/webview\/[^/]+\/(main\.ts|style\.css)$/.test(path)).map((entry) => {
    const name = entry.split('/').at(-2);
    return { entry, output: `webview/${name}.${entry.endsWith('.css') ? 'css' : 'js'}`, external: [], inBrowser: true };
  });
}

/** zod carries its messages in some fifty languages, a quarter of the command line; the English ones are the only ones shown. */
const englishZod = {
  name: 'english-zod',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';", loader: 'js' }));
  },
};

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
  plugins: [englishZod],
};

function packageVersion() {
  return JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).version;
}

function optionsOf(program, { minify, outdir }) {
  return {
    ...SHARED,
    entryPoints: [program.entry],
    outfile: join(outdir, program.output),
    external: program.external,
    format: 'cjs',
    // Names stay: stack traces of users must be readable, and code that restores names to functions would slow down every start.
    minifyWhitespace: minify,
    minifySyntax: minify,
    sourcemap: minify ? false : 'linked',
    metafile: true,
    define: { DBT_READINESS_VERSION: JSON.stringify(packageVersion()), DBT_READINESS_BUILD: JSON.stringify(hashBuildInputs()) },
    ...(program.banner === undefined ? {} : { banner: { js: program.banner } }),
    ...(program.inBrowser === true ? { platform: 'browser', format: 'iife', target: 'es2022' } : {}),
  };
}

/** Programs whose entry exists; a missing one is told, so that nobody looks for its bundle. */
function presentPrograms(log) {
  const shipped = PROGRAMS.filter((program) => {
    if (existsSync(inRoot(program.entry))) return true;
    log(`${program.output} is not built: ${program.entry} does not exist yet.`);
    return false;
  });
  return [...shipped, ...webviewPrograms()];
}

/**
 * Builds all bundles into a folder, `out/` if none is named. Returns for each bundle its path below that folder, its size in
 * bytes and the files that went into it. With `minify` there are no source maps: that is the form which is packaged.
 */
export async function build({ minify = false, outdir = OUT, log = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const esbuild = await import('esbuild');
  const stamp = buildStamp({ minify });
  mkdirSync(outdir, { recursive: true });
  if (outdir === OUT) rmSync(BUILD_STAMP, { force: true });
  const bundles = [];
  for (const program of presentPrograms(log)) {
    const { metafile } = await esbuild.build(optionsOf(program, { minify, outdir }));
    const [output] = Object.entries(metafile.outputs).filter(([path]) => !path.endsWith('.map')).map(([, value]) => value);
    bundles.push({ file: program.output, bytes: output.bytes, inputs: Object.keys(metafile.inputs) });
    if (minify) rmSync(join(outdir, `${program.output}.map`), { force: true });
  }
  if (outdir === OUT) writeFileSync(BUILD_STAMP, stamp);
  return bundles;
}

/** Builds again at every change until the process is stopped. */
export async function watch(log) {
  const esbuild = await import('esbuild');
  mkdirSync(OUT, { recursive: true });
  for (const program of presentPrograms(log)) {
    const context = await esbuild.context({ ...optionsOf(program, { minify: false, outdir: OUT }), logLevel: 'info' });
    await context.watch();
  }
}

/** Bundles a TypeScript module of the repository, packages left outside, and returns the path of the JavaScript. */
export async function bundleProgram(entry, suffix = '') {
  const esbuild = await import('esbuild');
  const outfile = join(OUT, 'scripts', `${entry.replaceAll(/[\\/]/g, '_')}${suffix}.mjs`);
  await esbuild.build({ ...SHARED, entryPoints: [entry], outfile, format: 'esm', packages: 'external', sourcemap: 'inline' });
  return outfile;
}

/** Imports a TypeScript module of the repository: Node 20 cannot read types, so it is bundled into a file under `out/` first. */
export async function importTypeScript(entry) {
  const outfile = await bundleProgram(entry, `.${process.pid}`);
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
