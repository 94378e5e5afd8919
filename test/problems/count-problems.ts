/** Counts the diagnostics that reach an editor's Problems view: the bundled server over stdio, driven as an editor drives it, with its default settings. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { methods } from '../../server/src/protocol/protocol.ts';
import { serve } from '../bench/served.ts';

/** How many diagnostics Problems holds. */
export interface ProblemCounts {
  /** The files that were opened. */
  readonly files: number;
  /** With no file open: the errors of the workspace. */
  readonly nothingOpen: number;
  /** The most with a single file open, and that file's path below the folder; null if no file is like any other. */
  readonly oneOpen: { readonly count: number; readonly path: string | null };
  /** With every file open: more can never be there. */
  readonly allOpen: number;
  /** With every file open, what stands there: path, rule, severity and message of each, sorted by path. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly path: string;
  readonly ruleId: string;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
}

/** Kinds of files that people open and that a diagnostic can stand in. */
const OPENED: ReadonlySet<string> = new Set(['.sql', '.py', '.yml', '.yaml', '.md', '.csv']);

/** Folders that hold nothing of the project's authors; opening thousands of files of others would tell nothing. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', 'node_modules', 'target', 'logs', '.venv', 'venv']);

/** The largest file that is opened, in bytes; the server does not read larger ones either. */
const LARGEST = 5 * 1024 * 1024;

const SEVERITIES: readonly Problem['severity'][] = ['error', 'warning', 'information', 'hint'];

/** Opens a folder with the server (a path to its bundle): first no file, then each file alone, then all at once. */
export async function countProblems(server: string, directory: string): Promise<ProblemCounts> {
  const shown = new Map<string, readonly Problem[]>();
  const uriOf = (path: string): string => pathToFileURL(join(directory, path)).href;
  const root = `${pathToFileURL(directory).href}/`;
  const served = await serve(server, directory, {}, {
    onDiagnostics: ({ uri, diagnostics }) => {
      const path = decodeURIComponent(uri.startsWith(root) ? uri.slice(root.length) : uri);
      shown.set(
        uri,
        diagnostics.map(({ code, severity, message }) => ({
          path,
          ruleId: String(code),
          severity: SEVERITIES[(severity ?? 1) - 1] ?? 'error',
          message: typeof message === 'string' ? message : message.value,
        })),
      );
    },
  });
  const { connection } = served;
  const count = async (): Promise<number> => {
    // The answer comes after everything was checked and published.
    await connection.sendRequest(methods.summaries);
    return [...shown.values()].reduce((sum, problems) => sum + problems.length, 0);
  };
  const open = (path: string): Promise<void> =>
    connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: uriOf(path), languageId: 'plaintext', version: 1, text: readFileSync(join(directory, path), 'utf8') },
    });
  try {
    const nothingOpen = await count();
    const files = filesBelow(directory);
    let oneOpen: ProblemCounts['oneOpen'] = { count: nothingOpen, path: null };
    for (const path of files) {
      await open(path);
      const now = await count();
      if (now > oneOpen.count) oneOpen = { count: now, path };
      await connection.sendNotification('textDocument/didClose', { textDocument: { uri: uriOf(path) } });
    }
    for (const path of files) await open(path);
    const allOpen = await count();
    const problems = [...shown.values()].flat().sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return { files: files.length, nothingOpen, oneOpen, allOpen, problems };
  } finally {
    await served.end();
  }
}

/** The files to open, as sorted POSIX paths below the folder; links are not followed. */
function filesBelow(directory: string, below = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(directory, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) found.push(...filesBelow(directory, path));
    } else if (entry.isFile() && OPENED.has(extname(entry.name)) && statSync(join(directory, path)).size <= LARGEST) found.push(path);
  }
  return found.sort();
}

/** The counts as `npm run problems` prints them. */
export function toldCounts(directory: string, { files, nothingOpen, oneOpen, allOpen, problems }: ProblemCounts): string {
  const byRule = new Map<string, number>();
  for (const { ruleId, severity } of problems) {
    const key = `${severity} ${ruleId}`;
    byRule.set(key, (byRule.get(key) ?? 0) + 1);
  }
  const rules = [...byRule].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return [
    ...problems.map(({ path, severity, message, ruleId }) => `${path}: ${severity}: ${message} [${ruleId}]`),
    ...(problems.length > 0 ? [''] : []),
    ...rules.map(([rule, times]) => `${String(times).padStart(5)}  ${rule}`),
    ...(problems.length > 0 ? [''] : []),
    `${basename(directory)}: diagnostics in Problems with no file open ${String(nothingOpen)}, with one open at most ${String(oneOpen.count)}` +
      `${oneOpen.path === null ? '' : ` (${oneOpen.path})`}, with all ${String(files)} open ${String(allOpen)}`,
    '',
  ].join('\n');
}
