/**
 * Keeps packed projects in a folder outside of any repository. Whatever is wrong with a file there (missing, cut off, damaged, of another
 * version, not readable, no room to write), the project is read from the start, and nothing else happens.
 */

import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FileId } from '../base/file-id.ts';
import type { Packed, PackedSection } from '../base/packed.ts';
import { fastHash } from '../base/hash.ts';
import { pathOfFileId } from './file-id.ts';
import { codeOf, readSource } from './read-source.ts';

/** What a file was on the disk when its text was the one that the index knows: size in bytes, time of change in ms since 1970. */
export interface FileStamp {
  readonly size: number;
  readonly time: number;
}

/** By file. A file without a stamp is read again. */
export type FileStamps = ReadonlyMap<FileId, FileStamp>;

/** A project as the cache has it: packed values in sections, each of which is read when it is needed. */
export interface CachedProject {
  /** In the order in which they were written. */
  readonly sections: readonly (() => PackedSection)[];
  readonly stamps: FileStamps;
}

/** The cache of one folder, for one build of the program. */
export interface ProjectCache {
  /** The project in `root`; undefined if there is none that can be used. */
  read(root: FileId): CachedProject | undefined;
  /** Keeps a project, in steps; undefined if that went well, else one sentence for the log. */
  write(root: FileId, sections: readonly PackedSection[], stamps: FileStamps): Generator<void, string | undefined>;
}

/** What is larger is not kept: reading it would take as long as reading the project. */
const MAX_PROJECT_BYTES = 256 * 1024 * 1024;

/** All projects of a folder together; those that were written longest ago go first. */
const MAX_FOLDER_BYTES = 512 * 1024 * 1024;

/** A file that changed so shortly before it was read (ms) may change once more without its time telling. */
const RACY_MS = 2_000;

const FORMAT = 'dbt-readiness-project 1';
const ENDING = '.project';

/** The first line of a file: what follows it. */
interface Head {
  readonly format: string;
  readonly build: string;
  readonly root: FileId;
  /** First the stamps, then the sections. */
  readonly parts: readonly PartHead[];
}

/** A part: JSON, then bytes; their lengths, and how to know that it is whole. */
interface PartHead {
  readonly json: number;
  readonly bytes: number;
  readonly checksum: string;
}

type Stamps = readonly (readonly [FileId, size: number, time: number])[];

/** What of a section stands beside its bytes. */
interface SectionTables extends Omit<Packed, 'bytes'> {
  readonly root: number;
}

/** Opens the cache in a folder, which is made when something is written. `build` names the program to the byte. */
export function openProjectCache(folder: string, build: string): ProjectCache {
  const pathOf = (root: FileId): string => join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 24)}${ENDING}`);

  return {
    read(root) {
      try {
        return parse(readFileSync(pathOf(root)), root, build);
      } catch {
        // There is none yet, or it is damaged: the next one takes its place.
        return undefined;
      }
    },
    *write(root, sections, stamps) {
      const path = pathOf(root);
      const draft = `${path}.${process.pid}.tmp`;
      try {
        const pieces = yield* format(root, build, sections, stamps);
        const size = pieces.reduce((sum, { length }) => sum + length, 0);
        if (size > MAX_PROJECT_BYTES) return `${root} takes ${Math.round(size / 1e6)} MB when it is packed and is not kept for the next start.`;
        mkdirSync(folder, { recursive: true });
        makeRoom(folder, path, size);
        const descriptor = openSync(draft, 'w');
        try {
          for (const piece of pieces) {
            writeAll(descriptor, piece);
            yield;
          }
        } finally {
          closeSync(descriptor);
        }
        renameSync(draft, path);
        return undefined;
      } catch (error) {
        return `${root} could not be kept in ${folder} (${codeOf(error) ?? String(error)}); the next start reads everything again.`;
      } finally {
        // After the renaming there is none; if anything went wrong, or nobody wanted the last steps, there is.
        removeDraft(draft);
      }
    },
  };
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Its folder cannot be reached, or it cannot be removed: `makeRoom` does it one day.
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
}

function* format(root: FileId, build: string, sections: readonly PackedSection[], stamps: FileStamps): Generator<void, Buffer[]> {
  const heads: PartHead[] = [];
  const pieces: Buffer[] = [];
  const addPart = (value: Stamps | SectionTables, bytes: Uint8Array): void => {
    const json = Buffer.from(JSON.stringify(value));
    heads.push({ json: json.length, bytes: bytes.length, checksum: createHash('sha1').update(json).update(bytes).digest('hex') });
    pieces.push(json, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  };
  addPart([...stamps].map(([file, { size, time }]) => [file, size, time] as const), new Uint8Array());
  for (const { packed, root: offset } of sections) {
    yield;
    const { bytes, ...tables } = packed;
    addPart({ ...tables, root: offset }, bytes);
  }
  const head: Head = { format: FORMAT, build, root, parts: heads };
  return [Buffer.from(`${JSON.stringify(head)}\n`), ...pieces];
}

/** Throws, or gives undefined, on anything that `format` would not have written. */
function parse(file: Buffer, root: FileId, build: string): CachedProject | undefined {
  const end = file.indexOf(0x0a);
  // What it says is compared before anything is done with it.
  const head = JSON.parse(file.toString('utf8', 0, end)) as Partial<Head>;
  if (head.format !== FORMAT || head.build !== build || head.root !== root || head.parts === undefined) return undefined;
  let from = end + 1;
  const parts = head.parts.map((part) => {
    const start = from;
    from += part.json + part.bytes;
    return { part, bytes: file.subarray(start, from) };
  });
  const [first, ...others] = parts;
  if (first === undefined || file.length !== from || !parts.every(isWhole)) return undefined;
  // The checksums say that this build wrote it; the same below.
  const stamps = JSON.parse(first.bytes.toString('utf8', 0, first.part.json)) as Stamps;
  return {
    stamps: new Map(stamps.map(([name, size, time]) => [name, { size, time }])),
    sections: others.map(({ part, bytes }) => (): PackedSection => {
      // See above.
      const { root: offset, ...tables } = JSON.parse(bytes.toString('utf8', 0, part.json)) as SectionTables;
      return { packed: { ...tables, bytes: bytes.subarray(part.json) }, root: offset };
    }),
  };
}

function isWhole({ part, bytes }: { readonly part: PartHead; readonly bytes: Buffer }): boolean {
  return createHash('sha1').update(bytes).digest('hex') === part.checksum;
}

/** Removes what was written longest ago until so many bytes fit; drafts that a process left behind go with them. */
function makeRoom(folder: string, own: string, bytes: number): void {
  const others = readdirSync(folder)
    .filter((name) => name.endsWith(ENDING) || name.endsWith('.tmp'))
    .map((name) => join(folder, name))
    .filter((path) => path !== own)
    .map((path) => ({ path, status: statSync(path) }))
    .sort((a, b) => b.status.mtimeMs - a.status.mtimeMs);
  let left = MAX_FOLDER_BYTES - bytes;
  for (const { path, status } of others) {
    left -= status.size;
    if (left < 0) rmSync(path, { force: true });
  }
}

/** True if a file is as it was when it was stamped. */
export function isAsStamped(file: FileId, stamps: FileStamps): boolean {
  const before = stamps.get(file);
  if (before === undefined) return false;
  const now = stampOf(file);
  return now?.size === before.size && now.time === before.time;
}

function stampOf(file: FileId): FileStamp | undefined {
  try {
    const status = statSync(pathOfFileId(file));
    return status.isFile() ? { size: status.size, time: status.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}

/** So many files are stamped before others may have the thread. */
const FILES_AT_ONCE = 20;

/**
 * Stamps the files whose text on the disk is the one that the index knows, in steps. What has a stamp from before that still holds is not read again.
 * `hashes`: of the texts that the index knows.
 */
export function* stampFiles(hashes: Iterable<readonly [FileId, string]>, before: FileStamps): Generator<void, FileStamps> {
  const stamps = new Map<FileId, FileStamp>();
  let count = 0;
  for (const [file, hash] of hashes) {
    if (++count % FILES_AT_ONCE === 0) yield;
    // The stamp is taken before the text: if the file changes in between, the stamp is the old one and holds no longer.
    const now = stampOf(file);
    if (now === undefined || Date.now() - now.time < RACY_MS) continue;
    const known = before.get(file);
    if (known?.size !== now.size || known.time !== now.time) {
      const source = readSource(file);
      if (source.state !== 'text' || fastHash(source.text) !== hash) continue;
    }
    stamps.set(file, now);
  }
  return stamps;
}

/** Where programs keep what they can make again: for clients that name no folder of their own. */
export function defaultCacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  const base = xdg !== undefined && xdg !== '' ? xdg : process.platform === 'win32' && local !== undefined ? local : join(homedir(), '.cache');
  return join(base, 'dbt-readiness');
}
