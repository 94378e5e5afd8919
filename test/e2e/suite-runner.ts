/** What both runners of the suite share: bundling it, a copy of the workspace, following its results, the final line. */
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './read-options.ts';
import { e2eOutputFolder, repositoryRoot } from './repository-root.ts';
import { describeSuiteEvent, parseSuiteEvents, summariseSuite, type SuiteResult } from './suite-events.ts';

/** One way to run the suite. */
export interface SuiteRun {
  readonly name: string;
  /** The folder that the workspace is copied to, below a temporary one. */
  readonly folderName: string;
  readonly isTrusted: boolean;
  /** Opens a workspace file with the folder in it: adding a folder to a window of one folder starts it anew. */
  readonly hasWorkspaceFile?: boolean;
}

/** The second run has what breaks careless path handling: spaces, letters beyond ASCII, a percent sign, a hash. */
export const suiteRuns: readonly SuiteRun[] = [
  { name: 'trusted', folderName: 'project', isTrusted: true },
  { name: 'untrusted', folderName: 'Daten für Ärzte 数据 100% #1', isTrusted: false },
  { name: 'folders', folderName: 'first', isTrusted: true, hasWorkspaceFile: true },
];

/** A short suite on the packed extension, whose files are minified and listed by hand: what ships is what was tested. Needs `--vsix`, and runs alone. */
export const packedRun: SuiteRun = { name: 'packed', folderName: 'packed project', isTrusted: true };

/** The run that drives the window from outside, see `run-window.ts`; only the server has it. */
export const WINDOW_RUN = 'window';

/** The command line of a runner. */
export interface SuiteArguments {
  /** The folder that is copied and opened. */
  readonly workspace: string;
  readonly extensionFolder: string;
  /** A packed extension to test in place of the sources. */
  readonly vsixFile: string | undefined;
  readonly grep: string | undefined;
  readonly runs: readonly SuiteRun[];
  readonly hasWindowRun: boolean;
  readonly limitMs: number;
}

/** The outcome of one run, as the last line of a runner prints it. */
export interface SuiteOutcome extends SuiteResult {
  readonly run: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly problem: string | undefined;
}

/** The sample project once it exists, else a project of three files. */
export function defaultWorkspace(): string {
  const sample = join(repositoryRoot, 'samples', 'scv');
  return existsSync(join(sample, 'dbt_project.yml')) ? sample : join(repositoryRoot, 'test', 'e2e', 'fixtures', 'minimal-project');
}

/** Reads the command line of a runner. */
export function readSuiteArguments(words: readonly string[]): SuiteArguments {
  const options = readOptions(words, ['--workspace', '--extension', '--vsix', '--grep', '--run', '--limit-seconds']);
  const values = { get: (name: string) => options.get(name)?.[0] };
  const vsixFile = values.get('--vsix');
  const runName = values.get('--run');
  if (runName === packedRun.name && vsixFile === undefined) {
    throw new Error('The run of the packed extension needs --vsix FILE.');
  }
  const runs = runName === packedRun.name ? [packedRun] : suiteRuns.filter((run) => runName === undefined || run.name === runName);
  const hasWindowRun = runName === undefined || runName === WINDOW_RUN;
  if (runs.length === 0 && !hasWindowRun) {
    throw new Error(`There is no run ${runName}. There are: ${[...suiteRuns, packedRun].map((run) => run.name).join(', ')}, ${WINDOW_RUN}.`);
  }
  return {
    workspace: realpathSync(values.get('--workspace') ?? defaultWorkspace()),
    extensionFolder: realpathSync(values.get('--extension') ?? repositoryRoot),
    vsixFile: vsixFile === undefined ? undefined : realpathSync(vsixFile),
    grep: values.get('--grep'),
    runs,
    hasWindowRun,
    limitMs: Number(values.get('--limit-seconds') ?? '300') * 1000,
  };
}

/** Bundles the suite for the extension host and returns the path of its entry point. mocha stays outside: it loads files of its own at run time. */
export async function bundleSuite(): Promise<string> {
  const source = join(repositoryRoot, 'test', 'e2e', 'suite');
  const target = join(e2eOutputFolder, 'suite');
  rmSync(target, { recursive: true, force: true });
  await build({
    entryPoints: readdirSync(source)
      .filter((name) => name === 'index.ts' || name.endsWith('.test.ts'))
      .map((name) => join(source, name)),
    outdir: target,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return join(target, 'index.cjs');
}

/** A copy of a workspace that tests may change, and the file that their results go to. */
export interface WorkspaceCopy {
  readonly folder: string;
  /** A `.code-workspace` file beside the folder, with the folder in it. */
  readonly workspaceFile: string;
  readonly resultsFile: string;
  remove(): void;
}

/** Copies a workspace to a fresh temporary folder. */
export function copyWorkspace(workspace: string, folderName: string): WorkspaceCopy {
  // The real path, since the editor reports real paths and the temporary folder is a link on some systems.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'dbt-readiness-e2e-')));
  const folder = join(root, folderName);
  mkdirSync(folder, { recursive: true });
  cpSync(workspace, folder, { recursive: true });
  const workspaceFile = join(root, 'window.code-workspace');
  writeFileSync(workspaceFile, JSON.stringify({ folders: [{ path: folderName }] }));
  return {
    folder,
    workspaceFile,
    resultsFile: join(root, 'results.jsonl'),
    remove: () => {
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** The environment that the suite reads in the extension host. */
export function suiteEnvironment(copy: WorkspaceCopy, run: SuiteRun, grep: string | undefined): Record<string, string> {
  return {
    DBT_READINESS_E2E_RESULTS: copy.resultsFile,
    DBT_READINESS_E2E_WORKSPACE: copy.folder,
    DBT_READINESS_E2E_TRUSTED: String(run.isTrusted),
    DBT_READINESS_E2E_RUN: run.name,
    ...(grep === undefined ? {} : { DBT_READINESS_E2E_GREP: grep }),
  };
}

/** Prints the results of a run while they come in. */
export interface ResultFollower {
  /** Milliseconds since the epoch at which the first event was seen; undefined before. */
  firstEventAt(): number | undefined;
  /** Prints what is left and counts. */
  finish(): SuiteResult;
}

/** Follows a results file that need not exist yet. */
export function followResults(resultsFile: string): ResultFollower {
  let printed = 0;
  let firstEventAt: number | undefined;
  const readEvents = () => (existsSync(resultsFile) ? parseSuiteEvents(readFileSync(resultsFile, 'utf8')) : []);
  const printNew = () => {
    const events = readEvents();
    if (events.length > 0) {
      firstEventAt ??= Date.now();
    }
    for (const event of events.slice(printed)) {
      const line = describeSuiteEvent(event);
      if (line !== undefined) {
        console.log(line);
      }
    }
    printed = events.length;
    return events;
  };
  const timer = setInterval(printNew, 100);
  return {
    firstEventAt: () => firstEventAt,
    finish: () => {
      clearInterval(timer);
      return summariseSuite(printNew());
    },
  };
}

/** Prints the last line, one JSON object, and sets the exit code: 0 only when every run came to its end, ran something and failed nothing. */
export function concludeRuns(runner: string, outcomes: readonly SuiteOutcome[]): void {
  const sum = (key: 'passed' | 'failed' | 'pending') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const isGood = outcomes.every(
    (outcome) => outcome.problem === undefined && outcome.failed === 0 && outcome.passed > 0 && outcome.isComplete,
  );
  process.exitCode = isGood ? 0 : 1;
  console.log(JSON.stringify({ runner, ok: isGood, passed: sum('passed'), failed: sum('failed'), pending: sum('pending'), runs: outcomes }));
}
