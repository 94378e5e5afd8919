/** What a command gives to its process, and how long output is written without ever being in memory as a whole. */

import { writeSync } from 'node:fs';

/** What a command gives to its process. */
export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  /** The result in pieces, in order; they may be made while they are written. */
  readonly stdout: Iterable<string>;
  readonly stderr: string;
  /** What is left to do when the result is out; gives what to say on stderr. */
  readonly afterwards?: () => string;
}

/** Pieces are gathered to about this many characters before they are written. */
const GATHERED = 1 << 20;

/** Writes pieces to a file descriptor, waiting while a pipe is full. Throws what the system says, e.g. EPIPE or ENOSPC. */
export function writePieces(pieces: Iterable<string>, descriptor: number): void {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < GATHERED) continue;
    writeAll(descriptor, gathered);
    gathered = '';
  }
  writeAll(descriptor, gathered);
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(descriptor, bytes, from);
    } catch (error) {
      // A pipe that is full for the moment.
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

/** True for errors of the operating system, which have a `code`. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}
