/** Reads the command line: subcommands, their options, and what is wrong with them. */

import { parseArgs } from 'node:util';

/** How findings are printed. */
export type Format = 'text' | 'json' | 'sarif' | 'github';

/** The lowest severity that makes `check` fail. */
export type FailOn = 'error' | 'warning' | 'information' | 'hint' | 'never';

/** One call of the command line, read and found correct. */
export type Command =
  | { readonly name: 'check'; readonly directory: string; readonly format: Format; readonly failOn: FailOn; readonly now: string | undefined; readonly cache?: string }
  | { readonly name: 'lsp'; readonly arguments: readonly string[] }
  | { readonly name: 'manifest'; readonly arguments: readonly string[] }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

const FORMATS: readonly string[] = ['text', 'json', 'sarif', 'github'] satisfies Format[];
const BARS: readonly string[] = ['error', 'warning', 'information', 'hint', 'never'] satisfies FailOn[];

/** The usage text. */
export const USAGE = `dbt-readiness: is this dbt project ready for production?

  dbt-readiness check [DIR] [--format text|json|sarif|github] [--fail-on error|warning|information|hint|never]
                      [--cache DIR]
      Judges every dbt project in DIR (default: the current folder). Exit code 0: no finding at or above the
      bar (default: error); 1: there are; 2: it could not run. With --cache, what was read is kept in that folder, and the
      next check reads only files that have changed.
  dbt-readiness manifest DIR [--target NAME] [--adapter TYPE] [--schema S] [--database D] [--vars YAML] [--env K=V]...
                             [--now ISO] [--dbt-version X.Y] [--out FILE]
      Writes a static manifest: nodes, edges, configs and tests as dbt parse would find them, without dbt.
  dbt-readiness lsp --stdio
      Starts the language server.

Nothing is sent anywhere; no dbt, Python or warehouse is needed.
`;

/** The command, or one sentence on what is wrong. */
export function readArguments(argv: readonly string[]): Command | { readonly fault: string } {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return { name: 'help' };
  if (name === '--version' || name === 'version') return { name: 'version' };
  if (name === 'lsp' || name === 'manifest') return { name, arguments: rest };
  if (name !== 'check') return { fault: `There is no command '${name}'; try dbt-readiness help.` };
  let parsed;
  try {
    parsed = parseArgs({
      args: rest,
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        'fail-on': { type: 'string', default: 'error' },
        now: { type: 'string' },
        cache: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  if (parsed.values.help === true) return { name: 'help' };
  if (parsed.positionals.length > 1) return { fault: 'check takes one folder.' };
  const { format, 'fail-on': failOn, now, cache } = parsed.values;
  if (!isFormat(format)) return { fault: `--format must be one of ${FORMATS.join(', ')}, not '${format}'.` };
  if (!isBar(failOn)) return { fault: `--fail-on must be one of ${BARS.join(', ')}, not '${failOn}'.` };
  if (now !== undefined && Number.isNaN(Date.parse(now))) return { fault: `--now must be an ISO 8601 date, not '${now}'.` };
  return { name: 'check', directory: parsed.positionals[0] ?? '.', format, failOn, now, ...(cache === undefined ? {} : { cache }) };
}

function isFormat(value: string): value is Format {
  return FORMATS.includes(value);
}

function isBar(value: string): value is FailOn {
  return BARS.includes(value);
}
