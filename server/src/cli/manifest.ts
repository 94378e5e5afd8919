/** `dbt-readiness manifest`: writes the static manifest of a project, piece by piece. */

import { closeSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FileId } from '../base/file-id.ts';
import { joinPath } from '../base/file-id.ts';
import { manifestText } from '../features/manifest.ts';
import { INVOCATION_OPTIONS, invocationOfInput, readInvocation } from '../features/invocation.ts';
import { fileIdOfPath, pathOfFileId } from '../host/file-id.ts';
import { loadProject, textReader } from '../host/load-project.ts';
import { readWhole } from '../host/read-source.ts';
import type { ProjectIndex } from '../index/project-index.ts';
import { createProjectIndex } from '../index/project-index.ts';
import type { Invocation } from '../index/source-file.ts';
import { limitNewSpace } from './heap.ts';
import type { CommandResult } from './output.ts';
import { isSystemError, writePieces } from './output.ts';

/** An index of a project on disk with its texts. */
export interface OpenedIndex {
  readonly index: ProjectIndex;
  readonly readText: (file: FileId) => string | undefined;
  readonly invocation: Invocation;
}

/** Reads and indexes the project in a folder; what `dbt-readiness.yml` says of the invocation gives way to what is given. */
export function openIndex(root: FileId, given: Invocation): OpenedIndex {
  const input = loadProject(root, {}, limitNewSpace);
  const readText = textReader(input);
  const invocation = { ...invocationOfInput(input, readText), ...given };
  return { index: createProjectIndex(input, { readText, invocation }), readText, invocation };
}

/** The manifest is written already. */
const NOTHING_MORE: CommandResult = { exitCode: 0, stdout: [], stderr: '' };

/** Runs `manifest`. Never throws for what a folder may hold. */
export function runManifest(argv: readonly string[], version: string): CommandResult {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], allowPositionals: true, options: { ...INVOCATION_OPTIONS, out: { type: 'string' } } });
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [directory, ...others] = positionals;
  if (directory === undefined || others.length > 0) return fault('manifest takes one folder: the one that holds dbt_project.yml.');
  const given = readInvocation(values);
  if ('fault' in given) return fault(given.fault);
  const root = fileIdOfPath(resolve(directory));
  if (!isFile(joinPath(root, 'dbt_project.yml'))) {
    return fault(`${directory}: there is no dbt_project.yml in this folder; give the folder of a dbt project.`);
  }
  const { index, readText, invocation } = openIndex(root, given);
  const { now, dbtVersion } = invocation;
  const pieces = manifestText(index, {
    readText,
    readWhole,
    version,
    ...(now === undefined ? {} : { now }),
    ...(dbtVersion === undefined ? {} : { dbtVersion }),
  });
  return write(pieces, values.out);
}

function fault(message: string): CommandResult {
  return { exitCode: 2, stdout: [], stderr: `${message}\n` };
}

function isFile(file: FileId): boolean {
  try {
    return statSync(pathOfFileId(file)).isFile();
  } catch {
    return false;
  }
}

/** Writes piece by piece, so that a large manifest is never in memory as a whole. */
function write(pieces: Iterable<string>, out: string | undefined): CommandResult {
  let descriptor: number;
  try {
    descriptor = out === undefined ? 1 : openSync(out, 'w');
  } catch (error) {
    return fault(`${out ?? ''}: cannot be written (${error instanceof Error ? error.message : String(error)}).`);
  }
  try {
    writePieces(pieces, descriptor);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // A reader such as `head` has had enough; anything else is a disk that is full or gone.
    return error.code === 'EPIPE' ? NOTHING_MORE : fault(`The manifest could not be written: ${error.message}`);
  } finally {
    if (out !== undefined) closeSync(descriptor);
  }
  return NOTHING_MORE;
}
