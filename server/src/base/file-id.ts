/** The one name of a file inside the engine: an absolute POSIX-style path; and pure operations on such paths. */

/**
 * An absolute path with forward slashes and, on Windows, a lower-case drive letter (`c:/work/a.sql`). The shells
 * make them (from URIs or from the disk); the engine only compares, joins and cuts them.
 */
export type FileId = string;

/** The folder of a file, without a trailing slash. */
export function parentFolder(file: FileId): FileId {
  const slash = file.lastIndexOf('/');
  return slash <= 0 ? '/' : file.slice(0, slash);
}

/** The last part of a path. */
export function baseName(file: FileId): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The file name without its last extension: `my.dotted.sql` gives `my.dotted`, as dbt names its nodes. */
export function fileStem(file: FileId): string {
  const name = baseName(file);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

/** The last extension in lower case with its dot, or an empty string. */
export function extension(file: FileId): string {
  const name = baseName(file);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

/** True if `file` lies in `folder` or below it. */
export function isInside(folder: FileId, file: FileId): boolean {
  if (folder === '/') return file.startsWith('/');
  return file.length > folder.length && file.startsWith(folder) && file[folder.length] === '/';
}

/** Joins a folder and a relative path, resolving `.` and `..`. */
export function joinPath(folder: FileId, relative: string): FileId {
  const parts = relative.startsWith('/') ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.length > 1) parts.pop();
    } else parts.push(part);
  }
  const joined = parts.join('/');
  return joined.startsWith('/') || /^[a-z]:/.test(joined) ? joined : `/${joined}`;
}

/** The path of `file` seen from `folder`, with `../` where it lies above or beside it. */
export function relativePath(folder: FileId, file: FileId): string {
  if (isInside(folder, file)) return file.slice(folder === '/' ? 1 : folder.length + 1);
  const from = folder.split('/').filter((part) => part !== '');
  const to = file.split('/').filter((part) => part !== '');
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
