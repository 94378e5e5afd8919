/** Translates between URIs of editors, native paths and the engine's file ids; the only place where two spellings of one file meet. */

import { posix } from 'node:path';
import { URI } from 'vscode-uri';
import type { FileId } from '../base/file-id.ts';

/** The file id of an absolute native path: forward slashes, a lower-case drive letter, no `.` or `..`, no slash at the end. */
export function fileIdOfPath(path: string): FileId {
  const slashed = process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
  const normal = posix.normalize(slashed);
  // `normalize` folds the two slashes of a network share (`//server/share`) into one.
  const kept = slashed.startsWith('//') && process.platform === 'win32' ? `/${normal}` : normal;
  const cut = kept.length > 1 && kept.endsWith('/') ? kept.slice(0, -1) : kept;
  return /^[A-Z]:/.test(cut) ? `${cut.charAt(0).toLowerCase()}${cut.slice(1)}` : cut;
}

/** The path that Node's file functions take; forward slashes are fine on every platform. */
export function pathOfFileId(file: FileId): string {
  return /^[a-z]:$/.test(file) ? `${file}/` : file;
}

/**
 * The file id of a URI; undefined for any scheme but `file` (`git:`, `untitled:` and the sides of a diff are not the
 * disk). Percent-encoding and the case of a drive letter do not matter.
 */
export function fileIdOfUri(uri: string): FileId | undefined {
  let parsed: URI;
  try {
    parsed = URI.parse(uri, true);
  } catch {
    // A text that is no URI is no file.
    return undefined;
  }
  if (parsed.scheme !== 'file') return undefined;
  return fileIdOfPath(parsed.fsPath);
}

/** The URI of a file, encoded as VS Code encodes it. */
export function uriOfFileId(file: FileId): string {
  return URI.file(file).toString();
}
