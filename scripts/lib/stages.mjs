/** The stages that `npm test` and `npm run ready` are made of. Each returns how many checks passed and failed. Only Node's own modules. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT, inRoot } from './paths.mjs';
import { runNode } from './run.mjs';

/** A stage that is one check: it passes or it fails. */
function single(result) {
  return { passed: result.code === 0 ? 1 : 0, failed: result.code === 0 ? 0 : 1, timedOut: result.timedOut };
}

/** The file that a package's program is, so that no `npx` and no shell stands between. */
function binOf(packageName, bin = packageName) {
  const folder = inRoot('node_modules', packageName);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]);
}

async function types(options) {
  const result = await runNode(binOf('typescript', 'tsc'), ['-p', '.', '--pretty', 'false'], options);
  const errors = result.output.match(/: error TS\d+:/g)?.length ?? 0;
  return result.code === 0 ? single(result) : { passed: 0, failed: Math.max(1, errors), timedOut: result.timedOut };
}

async function lint(options) {
  const result = await runNode(binOf('eslint'), ['.', '--max-warnings', '0'], options);
  const errors = Number(/✖ (\d+) problem/.exec(result.output)?.[1] ?? 0);
  return result.code === 0 ? single(result) : { passed: 0, failed: Math.max(1, errors), timedOut: result.timedOut };
}

async function generated(options) {
  return single(await runNode(inRoot('scripts/gen.mjs'), ['--check'], options));
}

async function bundles(options) {
  return single(await runNode(inRoot('scripts/build.mjs'), [], options));
}

/** vitest's own account is read from its JSON report, not from its words. A skipped test counts as failed: nothing is left out silently. */
async function vitest(options) {
  const report = join(OUT, 'vitest-report.json');
  mkdirSync(OUT, { recursive: true });
  rmSync(report, { force: true });
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const result = await runNode(binOf('vitest'), args, options);
  if (!existsSync(report)) return { passed: 0, failed: 1, timedOut: result.timedOut };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded has no tests to count, but has failed.
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const skipped = numPendingTests + numTodoTests;
  if (skipped > 0) process.stdout.write(`${skipped} tests were skipped; they count as failed.\n`);
  const failed = numFailedTests + brokenFiles + skipped;
  // Errors outside of any test make vitest fail without a failed test.
  return { passed: numPassedTests, failed: failed === 0 && result.code !== 0 ? 1 : failed, timedOut: result.timedOut };
}

/** A suite in a real editor; its last line on stdout is its account as JSON. */
async function editorSuite(words, options) {
  const result = await runNode(inRoot('test/e2e/run-suite.mjs'), words, options);
  for (const line of result.output.trimEnd().split('\n').reverse()) {
    if (!line.startsWith('{"runner"')) continue;
    const { ok, passed, failed, pending } = JSON.parse(line);
    const bad = failed + pending;
    return { passed, failed: bad === 0 && (!ok || result.code !== 0) ? 1 : bad, timedOut: result.timedOut };
  }
  return { passed: 0, failed: 1, timedOut: result.timedOut };
}

async function editor(options) {
  return editorSuite([], options);
}

async function packaging(options) {
  return single(await runNode(inRoot('scripts/package.mjs'), [], options));
}

/** Installs the package that the stage before has made into the editor: what ships is what was tested. */
async function packed(options) {
  const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return editorSuite(['--run', 'packed', '--vsix', inRoot('dist', `${name}-${version}.vsix`)], options);
}

/** All stages by name. */
export const STAGES = {
  build: bundles,
  generated,
  types,
  lint,
  vitest,
  editor,
  package: packaging,
  packed,
};

/**
 * Runs stages one after the other within a time limit and prints what each did, then the sum. The last line is
 * `N passed, N failed`; the exit code is 0 only if nothing failed.
 */
export async function runStages(names, { limitMs }) {
  const deadline = performance.now() + limitMs;
  const rows = [];
  for (const name of names) {
    process.stdout.write(`\n── ${name} ──\n`);
    const started = performance.now();
    const left = deadline - started;
    let outcome = { passed: 0, failed: 1, timedOut: true };
    if (left > 1000) {
      try {
        outcome = await STAGES[name]({ timeoutMs: left, cwd: ROOT });
      } catch (error) {
        process.stdout.write(`${error.stack}\n`);
        outcome = { passed: 0, failed: 1, timedOut: false };
      }
    }
    if (outcome.timedOut) {
      process.stdout.write(`The stage ${name} did not end within the time limit of ${limitMs / 60_000} minutes for all stages.\n`);
      if (outcome.failed === 0) outcome.failed = 1;
    }
    rows.push({ name, ...outcome, seconds: (performance.now() - started) / 1000 });
  }
  process.stdout.write('\n');
  for (const row of rows) {
    const counts = `${String(row.passed).padStart(6)} passed ${String(row.failed).padStart(5)} failed`;
    process.stdout.write(`${row.name.padEnd(10)} ${counts} ${row.seconds.toFixed(1).padStart(7)} s\n`);
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') === 0 ? 0 : 1;
}
