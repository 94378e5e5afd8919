/** Runs the suite in a desktop VS Code, which @vscode/test-electron downloads: the oldest supported one or the newest. */
import { runTests, runVSCodeCommand } from '@vscode/test-electron';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundleSuite,
  concludeRuns,
  copyWorkspace,
  followResults,
  readSuiteArguments,
  suiteEnvironment,
  type SuiteArguments,
  type SuiteOutcome,
  type SuiteRun,
} from './suite-runner.ts';

/** `stable`, `insiders` or a version such as `1.91.0`; from the environment so that CI can run a matrix. */
const editorVersion = process.env['DBT_READINESS_E2E_VSCODE'] ?? 'stable';

async function runOnce(settings: SuiteArguments, run: SuiteRun, extensionTests: string): Promise<SuiteOutcome> {
  console.log(`${run.name}: ${run.folderName}`);
  const startedAt = Date.now();
  const copy = copyWorkspace(settings.workspace, run.folderName);
  const profile = mkdtempSync(join(tmpdir(), 'dbt-readiness-desktop-'));
  const userFolder = join(profile, 'data', 'User');
  mkdirSync(userFolder, { recursive: true });
  const userSettings = { 'security.workspace.trust.startupPrompt': 'never', 'workbench.startupEditor': 'none', 'telemetry.telemetryLevel': 'off' };
  writeFileSync(join(userFolder, 'settings.json'), JSON.stringify(userSettings));
  const profileArguments = [`--user-data-dir=${join(profile, 'data')}`, `--extensions-dir=${join(profile, 'extensions')}`];
  const follower = followResults(copy.resultsFile);
  let problem: string | undefined;
  try {
    if (settings.vsixFile !== undefined) {
      await runVSCodeCommand(['--install-extension', settings.vsixFile, ...profileArguments], { version: editorVersion });
    }
    const emptyExtension = join(profile, 'empty');
    mkdirSync(emptyExtension);
    const manifest = { name: 'empty', publisher: 'dbt-readiness-tests', version: '0.0.0', engines: { vscode: '^1.91.0' } };
    writeFileSync(join(emptyExtension, 'package.json'), JSON.stringify(manifest));
    const exitCode = await runTests({
      version: editorVersion,
      extensionDevelopmentPath: settings.vsixFile === undefined ? settings.extensionFolder : emptyExtension,
      extensionTestsPath: extensionTests,
      extensionTestsEnv: suiteEnvironment(copy, run, settings.grep),
      launchArgs: [run.hasWorkspaceFile === true ? copy.workspaceFile : copy.folder, ...profileArguments, ...(run.isTrusted ? ['--disable-workspace-trust'] : [])],
    });
    problem = exitCode === 0 ? undefined : `The editor ended with ${String(exitCode)}.`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const result = follower.finish();
  copy.remove();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  return {
    ...result,
    run: run.name,
    problem: problem ?? (result.isComplete ? undefined : 'The suite did not come to its end.'),
    seconds: { total: (Date.now() - startedAt) / 1000 },
  };
}

const suiteArguments = readSuiteArguments(process.argv.slice(2));
const entryPoint = await bundleSuite();
const outcomes: SuiteOutcome[] = [];
for (const run of suiteArguments.runs) {
  outcomes.push(await runOnce(suiteArguments, run, entryPoint));
}
concludeRuns('desktop', outcomes);
