/** Runs the tests that drive the window as a person does, with mouse and keyboard, from outside of the extension host. */
import { build } from 'esbuild';
import Mocha from 'mocha';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { e2eOutputFolder, repositoryRoot } from './repository-root.ts';
import { WINDOW_RUN, type SuiteArguments, type SuiteOutcome } from './suite-runner.ts';

/** Bundles `window/*.test.ts` and returns their paths. mocha and what it loads at run time stay outside. */
async function bundleTests(): Promise<readonly string[]> {
  const source = join(repositoryRoot, 'test', 'e2e', 'window');
  const target = join(e2eOutputFolder, 'window');
  const names = readdirSync(source).filter((name) => name.endsWith('.test.ts')).sort();
  rmSync(target, { recursive: true, force: true });
  await build({
    entryPoints: names.map((name) => join(source, name)),
    outdir: target,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    // The harness asks where it stands by `import.meta`, which CommonJS lacks.
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return names.map((name) => join(target, name.replace(/\.ts$/, '.cjs')));
}

/** Prints nothing: the runner's own lines are those of the other runs. */
class Silent extends Mocha.reporters.Base {}

/** Runs the tests in this process; each suite opens an editor of its own, told by the environment what to open. */
export async function runWindowSuite(settings: SuiteArguments): Promise<SuiteOutcome> {
  console.log(`${WINDOW_RUN}: mouse and keyboard`);
  const startedAt = Date.now();
  process.env['DBT_READINESS_E2E_WORKSPACE'] = settings.workspace;
  process.env['DBT_READINESS_E2E_EXTENSION'] = settings.extensionFolder;
  if (settings.vsixFile !== undefined) {
    process.env['DBT_READINESS_E2E_VSIX'] = settings.vsixFile;
  }
  const mocha = new Mocha({ ui: 'tdd', timeout: 90_000, color: false, reporter: Silent, ...(settings.grep === undefined ? {} : { grep: settings.grep }) });
  for (const file of await bundleTests()) {
    mocha.addFile(file);
  }
  let passed = 0;
  let pending = 0;
  const failures: string[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      resolve();
    });
    runner.on('pass', (test) => {
      passed += 1;
      console.log(`  ok      ${test.fullTitle()} (${String(test.duration ?? 0)} ms)`);
    });
    runner.on('fail', (test, error: unknown) => {
      failures.push(test.fullTitle());
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.log(`  FAILED  ${test.fullTitle()}\n${text.replace(/^/gm, '          ')}`);
    });
    runner.on('pending', () => {
      pending += 1;
    });
  });
  return {
    run: WINDOW_RUN,
    passed,
    failed: failures.length,
    pending,
    failures,
    isComplete: true,
    problem: undefined,
    seconds: { total: (Date.now() - startedAt) / 1000 },
  };
}
