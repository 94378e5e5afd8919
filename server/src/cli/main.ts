/** The command line `dbt-readiness`: only the result goes to stdout, complaints to stderr. */

import { readArguments, USAGE } from './arguments.ts';
import type { CommandResult } from './check.ts';
import { runCheck } from './check.ts';
import { runManifest } from './manifest.ts';

/** Set by the bundler from package.json. */
declare const DBT_READINESS_VERSION: string | undefined;

const VERSION = typeof DBT_READINESS_VERSION === 'string' ? DBT_READINESS_VERSION : '0.0.0';

async function run(argv: readonly string[]): Promise<CommandResult | undefined> {
  const command = readArguments(argv);
  if ('fault' in command) return { exitCode: 2, stdout: '', stderr: `${command.fault}\n` };
  switch (command.name) {
    case 'help':
      return { exitCode: 0, stdout: USAGE, stderr: '' };
    case 'version':
      return { exitCode: 0, stdout: `${VERSION}\n`, stderr: '' };
    case 'check':
      return runCheck(command, VERSION);
    case 'manifest':
      return runManifest(command.arguments, VERSION);
    case 'lsp': {
      const { startServer } = await import('../lsp/start.ts');
      startServer(command.arguments);
      return undefined;
    }
  }
}

async function main(): Promise<void> {
  try {
    const result = await run(process.argv.slice(2));
    if (result !== undefined) {
      process.stderr.write(result.stderr);
      // A pipe takes long output in pieces; leaving by process.exit would cut it.
      process.stdout.write(result.stdout, () => {
        process.exitCode = result.exitCode;
      });
    }
  } catch (error) {
    process.stderr.write(`dbt-readiness failed, which is a fault of its own: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  }
}

void main();
