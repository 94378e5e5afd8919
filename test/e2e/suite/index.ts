/** The mocha suite that runs inside the extension host, in the server of VS Code and in the desktop editor alike. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import type { SuiteEvent } from '../suite-events.ts';

/** Hands an event to the runner. A file, because every kind of editor treats the console of its extension host differently. */
function report(event: SuiteEvent): void {
  const resultsFile = process.env['DBT_READINESS_E2E_RESULTS'];
  if (resultsFile !== undefined) {
    appendFileSync(resultsFile, `${JSON.stringify(event)}\n`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Test files that have a run, and so a window, of their own; it is named after them. */
const FILES_OF_OWN_RUNS = ['folders.test.cjs', 'packed.test.cjs'];

/** The test files of a run. */
function filesOfRun(run: string | undefined): readonly string[] {
  const ownFile = `${String(run)}.test.cjs`;
  return readdirSync(__dirname)
    .filter((name) => (FILES_OF_OWN_RUNS.includes(ownFile) ? name === ownFile : name.endsWith('.test.cjs') && !FILES_OF_OWN_RUNS.includes(name)))
    .sort();
}

/** Runs the `*.test.cjs` beside this module that belong to the run; rejects when one fails or when there is none, as VS Code asks of a test entry point. */
export async function run(): Promise<void> {
  const grep = process.env['DBT_READINESS_E2E_GREP'];
  const mocha = new Mocha({ ui: 'tdd', timeout: 30_000, slow: 2_000, color: false, ...(grep === undefined ? {} : { grep }) });
  for (const name of filesOfRun(process.env['DBT_READINESS_E2E_RUN'])) {
    mocha.addFile(join(__dirname, name));
  }
  report({ kind: 'start' });
  let passed = 0;
  const failures = await new Promise<number>((resolve, reject) => {
    try {
      const runner = mocha.run(resolve);
      runner.on('test', (test) => {
        report({ kind: 'begin', title: test.fullTitle() });
      });
      runner.on('pass', (test) => {
        passed += 1;
        report({ kind: 'pass', title: test.fullTitle(), milliseconds: test.duration ?? 0 });
      });
      runner.on('fail', (test, error: unknown) => {
        report({ kind: 'fail', title: test.fullTitle(), milliseconds: test.duration ?? 0, message: messageOf(error) });
      });
      runner.on('pending', (test) => {
        report({ kind: 'pending', title: test.fullTitle() });
      });
    } catch (error) {
      report({ kind: 'fail', title: 'loading the suite', milliseconds: 0, message: messageOf(error) });
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  report({ kind: 'end' });
  if (failures > 0) {
    throw new Error(`${String(failures)} test(s) failed.`);
  }
  if (passed === 0) {
    throw new Error('No test ran.');
  }
}
