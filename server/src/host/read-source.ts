/** Reads one file from the disk as the index wants it: text that dbt would read, or the reason why it cannot be used. Never throws. */

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { FileId } from '../base/file-id.ts';
import { extension } from '../base/file-id.ts';
import type { SourceFile } from '../index/source-file.ts';
import { pathOfFileId } from './file-id.ts';

/** Longer files are not read: a property file or model of this size is data that went astray. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** Of seeds the header is what counts. */
export const SEED_HEAD_BYTES = 64 * 1024;

/** Most files fit; reading into the same memory again and again is what makes a cold start fast. */
const page = Buffer.allocUnsafe(128 * 1024);

/** Otherwise opening a named pipe would wait for ever. Windows has neither the flag nor such files. */
const WITHOUT_WAITING = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

/**
 * Reads a file. A byte order mark is left out of the text, as editors leave it out of theirs; `writeSource` keeps it. Of
 * `.csv` files only whole lines of the first 64 KB are read.
 */
export function readSource(file: FileId): SourceFile {
  const limit = extension(file) === '.csv' ? SEED_HEAD_BYTES : undefined;
  let descriptor: number;
  try {
    descriptor = openSync(pathOfFileId(file), constants.O_RDONLY | WITHOUT_WAITING);
  } catch (error) {
    return openingFailed(file, error);
  }
  try {
    return readOpened(file, descriptor, limit);
  } catch (error) {
    if (codeOf(error) === 'EISDIR') return { file, state: 'gone' };
    // Pipes cannot be read at a position.
    if (codeOf(error) === 'ESPIPE') return notAFile(file);
    return unreadable(file, error);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The whole text of a file as dbt keeps and hashes it: with the byte order mark, of a seed more than the head. Undefined if it has more
 * bytes than `limit` (0: none) or cannot be read as text. Never throws.
 */
export function readWhole(file: FileId, limit: number): string | undefined {
  try {
    const path = pathOfFileId(file);
    const status = statSync(path);
    if (!status.isFile() || (limit > 0 && status.size > limit)) return undefined;
    const bytes = readFileSync(path);
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  } catch {
    // It went away, or may not be read.
    return undefined;
  }
}

function readOpened(file: FileId, descriptor: number, limit: number | undefined): SourceFile {
  const wanted = limit ?? page.length;
  const first = readSync(descriptor, page, 0, wanted, 0);
  if (first < wanted) {
    // Fewer bytes than asked for: the end of a regular file, but a device or a pipe says nothing by it.
    if (first === 0 && !fstatSync(descriptor).isFile()) return notAFile(file);
    return decode(file, page.subarray(0, first));
  }
  const status = fstatSync(descriptor);
  if (!status.isFile()) return notAFile(file);
  if (limit !== undefined) return decode(file, wholeLines(page.subarray(0, first)));
  if (status.size > MAX_FILE_BYTES) return tooLarge(file, status.size);
  // One byte more than the status says shows whether the file grew meanwhile.
  const bytes = Buffer.allocUnsafe(MAX_FILE_BYTES + 1);
  let length = page.copy(bytes, 0, 0, first);
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, length);
    length += read;
    if (length > MAX_FILE_BYTES) return tooLarge(file, length);
    if (read === 0) return decode(file, bytes.subarray(0, length));
  }
}

/** Cuts behind the last line break, so that neither a character nor a row is halved. */
function wholeLines(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(0x0a);
  if (end >= 0) return bytes.subarray(0, end + 1);
  let cut = bytes.length;
  while (cut > 0 && ((bytes[cut - 1] ?? 0) & 0xc0) === 0x80) cut--;
  return bytes.subarray(0, Math.max(0, cut - 1));
}

function decode(file: FileId, bytes: Buffer): SourceFile {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (mark === 0xfffe || mark === 0xfeff) {
    return { file, state: 'unreadable', code: 'file-not-utf8', message: 'The file is UTF-16. Save it as UTF-8, the only encoding that dbt reads.' };
  }
  if (bytes.includes(0)) {
    return { file, state: 'unreadable', code: 'file-binary', message: 'The file holds zero bytes: it is not text. Remove it or save it as UTF-8 text.' };
  }
  if (!isUtf8(bytes)) {
    const offset = firstInvalidUtf8(bytes);
    const line = lineOfByte(bytes, offset);
    return {
      file,
      state: 'unreadable',
      code: 'file-not-utf8',
      message: `Byte ${offset} (line ${line}) is not UTF-8. Save the file as UTF-8, the only encoding that dbt reads.`,
    };
  }
  const hasMark = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { file, state: 'text', text: bytes.toString('utf8', hasMark ? 3 : 0) };
}

/** The offset of the first byte that no valid UTF-8 has there; the length if all are valid. */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) return at;
    const second = bytes[at + 1] ?? 0;
    // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return at;
    for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return at;
    at += length;
  }
  return at;
}

function lineOfByte(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) if (bytes[at] === 0x0a) line++;
  return line;
}

function tooLarge(file: FileId, size: number): SourceFile {
  const megabytes = (size / (1024 * 1024)).toFixed(1);
  return {
    file,
    state: 'unreadable',
    code: 'file-too-large',
    message: `The file is larger than 5 MB (${megabytes} MB) and was not read. Split it, or list it in .dbtignore.`,
  };
}

function notAFile(file: FileId): SourceFile {
  return { file, state: 'unreadable', code: 'file-unreadable', message: 'This is a device or a pipe, not a file. Remove it from the project.' };
}

function openingFailed(file: FileId, error: unknown): SourceFile {
  const code = codeOf(error);
  if (code === 'ENOTDIR' || code === 'EISDIR') return { file, state: 'gone' };
  if (code === 'ENOENT' || code === 'ELOOP') {
    return isLink(file)
      ? { file, state: 'unreadable', code: 'file-unreadable', message: 'The link leads to no file. Mend the link or remove it.' }
      : { file, state: 'gone' };
  }
  return unreadable(file, error);
}

function isLink(file: FileId): boolean {
  try {
    return lstatSync(pathOfFileId(file)).isSymbolicLink();
  } catch {
    return false;
  }
}

function unreadable(file: FileId, error: unknown): SourceFile {
  const code = codeOf(error);
  const message =
    code === 'EACCES' || code === 'EPERM'
      ? 'The file may not be read. Change its permissions.'
      : `The file cannot be read (${code ?? 'unknown fault'}). Check the disk and the permissions.`;
  return { file, state: 'unreadable', code: 'file-unreadable', message };
}

/** The code of a fault of the operating system (`ENOENT`); undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Writes a text as UTF-8 in one step, so that nobody ever reads half of it. A byte order mark that the file has is kept.
 * Throws what the operating system refuses: who writes must tell its user.
 */
export function writeSource(file: FileId, text: string): void {
  const path = pathOfFileId(file);
  if (isLink(file)) {
    // A rename would put a file in the place of the link.
    writeFileSync(path, startsWithMark(path) ? `\ufeff${text}` : text);
    return;
  }
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, startsWithMark(path) ? `\ufeff${text}` : text, { mode: modeOf(path) });
  renameSync(draft, path);
}

function modeOf(path: string): number {
  try {
    return lstatSync(path).mode & 0o777;
  } catch {
    // A new file.
    return 0o666;
  }
}

/** True if nobody may write the file, whoever runs this: what its owner locked is not to be changed. A missing file is not locked. */
export function isReadOnly(file: FileId): boolean {
  try {
    return (statSync(pathOfFileId(file)).mode & 0o222) === 0;
  } catch {
    return false;
  }
}

function startsWithMark(path: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    // A new file has no mark to keep.
    return false;
  }
  try {
    const head = Buffer.alloc(3);
    return readSync(descriptor, head, 0, 3, 0) === 3 && head.equals(Buffer.from([0xef, 0xbb, 0xbf]));
  } finally {
    closeSync(descriptor);
  }
}
