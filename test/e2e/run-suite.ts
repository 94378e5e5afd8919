/** Runs the suite in the extension host of VS Code's server, which npm and a Chromium are enough for. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEditor, type Editor } from './editor-server.ts';
import { e2eOutputFolder } from './repository-root.ts';
import { runWindowSuite } from './run-window.ts';
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

/** An extension that does nothing: VS Code runs tests only beside an extension under development, also when a packed one is tested. */
function writeEmptyExtension(): string {
  const folder = join(e2eOutputFolder, 'empty-extension');
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'empty', publisher: 'dbt-readiness-tests', version: '0.0.0', engines: { vscode: '^1.91.0' } };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
  return folder;
}

function printLogs(editor: Editor): void {
  const tail = (lines: readonly string[]) => lines.slice(-40).join('\n');
  console.log(`--- extension host\n${tail(editor.logs.automation)}`);
  console.log(`--- page\n${tail(editor.logs.page)}`);
  console.log(`--- server\n${tail(editor.logs.server)}`);
  for (const [name, text] of editor.readLogFiles()) {
    if (/exthost|output/.test(name)) {
      console.log(`--- ${name}\n${tail(text.split('\n'))}`);
    }
  }
}

async function runOnce(settings: SuiteArguments, run: SuiteRun, extensionTests: string): Promise<SuiteOutcome> {
  console.log(`${run.name}: ${run.folderName}`);
  const startedAt = Date.now();
  const copy = copyWorkspace(settings.workspace, run.folderName);
  const follower = followResults(copy.resultsFile);
  let editor: Editor | undefined;
  let problem: string | undefined;
  try {
    editor = await openEditor({
      workspaceFolder: copy.folder,
      ...(run.hasWorkspaceFile === true ? { workspaceFile: copy.workspaceFile } : {}),
      extensionFolder: settings.vsixFile === undefined ? settings.extensionFolder : writeEmptyExtension(),
      extensionTests,
      vsixFiles: settings.vsixFile === undefined ? [] : [settings.vsixFile],
      isTrusted: run.isTrusted,
      environment: suiteEnvironment(copy, run, settings.grep),
      limitMs: settings.limitMs,
    });
    const exitCode = await editor.testsFinished;
    problem = exitCode === 0 ? undefined : `The extension host's tests ended with ${String(exitCode)}.`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const result = follower.finish();
  const firstEventAt = follower.firstEventAt();
  if (editor !== undefined && (problem !== undefined || !result.isComplete)) {
    printLogs(editor);
  }
  await editor?.close();
  copy.remove();
  return {
    ...result,
    run: run.name,
    problem: problem ?? (result.isComplete ? undefined : 'The suite did not come to its end.'),
    seconds: {
      ...editor?.seconds,
      untilFirstTest: firstEventAt === undefined ? -1 : (firstEventAt - startedAt) / 1000,
      total: (Date.now() - startedAt) / 1000,
    },
  };
}

const suiteArguments = readSuiteArguments(process.argv.slice(2));
const entryPoint = await bundleSuite();
const outcomes: SuiteOutcome[] = [];
for (const run of suiteArguments.runs) {
  outcomes.push(await runOnce(suiteArguments, run, entryPoint));
}
if (suiteArguments.hasWindowRun) {
  outcomes.push(await runWindowSuite(suiteArguments));
}
concludeRuns('server', outcomes);
