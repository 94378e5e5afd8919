/** The command line `dbt-readiness`: only the result goes to stdout, complaints to stderr. */

import { createRequire } from 'node:module';
import { readArguments, USAGE } from './arguments.ts';
import { runCheck } from './check.ts';
import { tuneHeap } from './heap.ts';
import { runManifest } from './manifest.ts';
import type { CommandResult } from './output.ts';
import { isSystemError, writePieces } from './output.ts';

/** Set by the bundler: the version of package.json, and a hash of all that the program is made from. */
declare const DBT_READINESS_VERSION: string | undefined;
declare const DBT_READINESS_BUILD: string | undefined;

const VERSION = typeof DBT_READINESS_VERSION === 'string' ? DBT_READINESS_VERSION : '0.0.0';
const BUILD = typeof DBT_READINESS_BUILD === 'string' ? DBT_READINESS_BUILD : VERSION;

function run(argv: readonly string[]): CommandResult | undefined {
  const command = readArguments(argv);
  if ('fault' in command) return { exitCode: 2, stdout: [], stderr: `${command.fault}\n` };
  switch (command.name) {
    case 'help':
      return { exitCode: 0, stdout: [USAGE], stderr: '' };
    case 'version':
      return { exitCode: 0, stdout: [`${VERSION}\n`], stderr: '' };
    case 'check':
      tuneHeap();
      return runCheck(command, { version: VERSION, build: BUILD });
    case 'manifest':
      tuneHeap();
      return runManifest(command.arguments, VERSION);
    case 'lsp':
      // A program of its own, which reads the same arguments: a check need not load it.
      createRequire(__filename)('./server.cjs');
      return undefined;
  }
}

function main(): void {
  try {
    const result = run(process.argv.slice(2));
    if (result !== undefined) {
      writePieces([result.stderr], process.stderr.fd);
      process.exitCode = result.exitCode;
      writePieces(result.stdout, process.stdout.fd);
      writePieces([result.afterwards?.() ?? ''], process.stderr.fd);
      // All is written: to take the heap apart before the end would only cost time.
      process.exit();
    }
  } catch (error) {
    // A reader such as `head` has had enough: the verdict stands.
    if (isSystemError(error) && error.code === 'EPIPE') return;
    if (isSystemError(error) && error.syscall === 'write') {
      process.stderr.write(`The result could not be written: ${error.message}\n`);
      process.exitCode = 2;
      return;
    }
    process.stderr.write(`dbt-readiness failed, which is a fault of its own: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  }
}

main();
