/** How long a start of the server takes, from the start of its process, with and without what an earlier one has kept. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProjectFindings } from '../../server/src/protocol/protocol.ts';
import { methods } from '../../server/src/protocol/protocol.ts';
import { serve } from './served.ts';

/** Seconds from the start of the process. */
export interface StartTimes {
  /** Until the diagnostics of the open file are there, which needs the whole index. */
  readonly openFile: number;
  /** Until all files are judged. */
  readonly all: number;
}

/** A first start without a cache, and others from what it has kept. */
export interface Starts {
  readonly cold: readonly StartTimes[];
  readonly warm: readonly StartTimes[];
}

/** Measures starts on a project; a file with a finding is open from the beginning. */
export async function measureStarts(server: string, directory: string, runs: number): Promise<Starts> {
  const storagePath = mkdtempSync(join(tmpdir(), 'dbt-readiness-bench-cache-'));
  try {
    const uri = await fileWithFinding(server, directory, storagePath);
    const cold: StartTimes[] = [];
    const warm: StartTimes[] = [];
    for (let count = 0; count < runs; count += 1) {
      const empty = mkdtempSync(join(storagePath, 'empty-'));
      cold.push(await start(server, directory, empty, uri));
      warm.push(await start(server, directory, storagePath, uri));
    }
    return { cold, warm };
  } finally {
    rmSync(storagePath, { recursive: true, force: true });
  }
}

/** So many files are opened at most in search for one with a finding that editors show. */
const CANDIDATES = 50;

/** Starts the server, lets it fill the cache, and gives a file with a finding that editors show. */
async function fileWithFinding(server: string, directory: string, storagePath: string): Promise<string> {
  let shown: string | undefined;
  const { connection, end } = await serve(server, directory, { storagePath }, {
    onDiagnostics({ uri, diagnostics }) {
      if (diagnostics.length > 0) shown ??= uri;
    },
  });
  const projects = await connection.sendRequest<readonly ProjectFindings[]>(methods.findings);
  const uris = new Set(projects.flatMap(({ findings }) => findings).map(({ uri }) => uri));
  for (const uri of [...uris].filter((candidate) => /\.(?:sql|ya?ml)$/.test(candidate)).slice(0, CANDIDATES)) {
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'plaintext', version: 1, text: readFileSync(fileURLToPath(uri), 'utf8') } });
    await connection.sendRequest(methods.findings);
  }
  const isKept = (): boolean => {
    try {
      return readdirSync(join(storagePath, 'projects')).some((name) => name.endsWith('.project'));
    } catch {
      return false;
    }
  };
  for (let count = 0; !isKept() || shown === undefined; count += 1) {
    if (count === 300) throw new Error(`${directory}: nothing was kept, or none of its first files has a finding that editors show.`);
    await wait(100);
  }
  await end();
  return shown;
}

async function start(server: string, directory: string, storagePath: string, uri: string): Promise<StartTimes> {
  const text = readFileSync(fileURLToPath(uri), 'utf8');
  let openFile: number | undefined;
  let ready: number | undefined;
  let isDone: (times: StartTimes) => void = () => undefined;
  const done = new Promise<StartTimes>((resolve) => (isDone = resolve));
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const heard = (): void => {
    if (openFile !== undefined && ready !== undefined) isDone({ openFile, all: Math.max(openFile, ready) });
  };
  const { connection, end } = await serve(server, directory, { storagePath }, {
    onDiagnostics(params) {
      if (params.uri === uri && params.diagnostics.length > 0) openFile ??= seconds();
      heard();
    },
    onStatus({ state, projects }) {
      if (state === 'ready' && projects > 0) ready ??= seconds();
      heard();
    },
  });
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'plaintext', version: 1, text } });
  const times = await done;
  await end();
  return times;
}
