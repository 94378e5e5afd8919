/**
 * How long an edit takes, from the moment that the client writes `didChange` to the moment that it has the diagnostics of
 * the changed document in hand. The server is the bundle, in a process of its own, over stdio, with its debounce set to zero. As in an editor with
 * an open readiness view, the client asks for the summary and for the findings that changed whenever it is told of a change.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProtocolConnection, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import type { ChangedFindings } from '../../server/src/protocol/protocol.ts';
import { methods } from '../../server/src/protocol/protocol.ts';
import { serve } from './served.ts';

/** An edit that is done and undone in turn; either way the diagnostics of the document differ from those before. */
export interface EditClass {
  readonly title: string;
  /** Path in the project. */
  readonly path: string;
  /** A text that stands in the file; the first one is meant. */
  readonly find: string;
  /** What an edit puts in its place. */
  readonly replace: string;
}

/** Milliseconds of each edit, class by class. */
export async function measureEdits(server: string, directory: string, classes: readonly EditClass[], edits: number): Promise<number[][]> {
  let heard: (params: PublishDiagnosticsParams) => void = () => undefined;
  const { connection, end } = await serve(server, directory, {}, {
    onDiagnostics(params) {
      heard(params);
    },
  });
  followChanges(connection);
  await connection.sendRequest(methods.findings);

  const all: number[][] = [];
  for (const { path, find, replace } of classes) {
    const file = join(directory, path);
    const uri = pathToFileURL(file).href;
    const text = readFileSync(file, 'utf8');
    const offset = text.indexOf(find);
    if (offset < 0) throw new Error(`${file} does not hold: ${find}`);
    const line = text.slice(0, offset).split('\n').length - 1;
    const character = offset - (text.lastIndexOf('\n', offset - 1) + 1);
    let version = 1;
    let isChanged = false;
    const edit = async (): Promise<number> => {
      version += 1;
      const [before, after] = isChanged ? [replace, find] : [find, replace];
      isChanged = !isChanged;
      const answered = new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`No diagnostics for version ${String(version)} of ${path}.`));
        }, 60_000);
        heard = (params) => {
          if (params.uri !== uri || params.version !== version) return;
          clearTimeout(timer);
          resolve();
        };
      });
      const range = { start: { line, character }, end: endOf(line, character, before) };
      const began = performance.now();
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range, text: after }],
      });
      await answered;
      return performance.now() - began;
    };
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'plaintext', version, text } });
    await connection.sendRequest(methods.findings);
    // The compiler of the server's engine has seen the path before it counts.
    for (let warmUp = 0; warmUp < 20; warmUp += 1) await edit();
    const times: number[] = [];
    for (let count = 0; count < edits; count += 1) times.push(await edit());
    all.push(times);
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }
  await end();
  return all;
}

/** Asks as the views of an editor do. */
function followChanges(connection: ProtocolConnection): void {
  let since: number | undefined;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    await connection.sendRequest(methods.summaries);
    const { revision } = await connection.sendRequest<ChangedFindings>(methods.changedFindings, since === undefined ? {} : { since });
    since = revision;
    isAsking = false;
  };
  connection.onNotification(methods.changed, () => {
    // The server may have ended meanwhile.
    ask().catch(() => undefined);
  });
}

function endOf(line: number, character: number, text: string): { line: number; character: number } {
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  return lines.length === 1 ? { line, character: character + last.length } : { line: line + lines.length - 1, character: last.length };
}
