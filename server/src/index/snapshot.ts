/** An index as packed data and back, so that a start from the cache reads no file that is as it was. */

import { deepEqual } from '../base/equality.ts';
import type { FileId } from '../base/file-id.ts';
import { fastHash } from '../base/hash.ts';
import type { Packer, Unpacker } from '../base/packed.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { isProjectWide } from '../facts/project-layout.ts';
import { holdsSecret } from '../facts/secrets.ts';
import type { Assembled } from './assembly/shared.ts';
import type { GroupKey } from './groups.ts';
import type { DbtNode } from './model.ts';
import type { NodeTables, NodeTablesToRestore, SavedNodeTables } from './node-tables.ts';
import type { StoredFile } from './package-tables.ts';
import type { SavedEvaluations } from './rendering.ts';
import type { Invocation, ProjectInput, SourceFile } from './source-file.ts';

/** What a file was when it was last heard of: its text was read, or only that it is there, or why it cannot be used. */
export type KnownState = Exclude<SourceFile, { readonly state: 'text' | 'gone' }> | 'text';

/** What is true of a group besides its nodes. */
export type GroupOutcome = Pick<Assembled, 'problems' | 'groups'>;

/** An index as plain data, without the nodes, which are read one by one. */
export interface SavedIndex {
  readonly origin: SnapshotOrigin;
  /** The offsets of their `StoredFile`s, and the hashes of their texts. */
  readonly files: readonly (readonly [FileId, offset: number, hash: string])[];
  /** Of these, the ones around the packages. */
  readonly around: readonly FileId[];
  readonly present: readonly (readonly [FileId, KnownState])[];
  readonly outcomes: readonly (readonly [GroupKey, GroupOutcome])[];
  /** See `claims` in project-index.ts. */
  readonly claims: readonly (readonly [stem: string, model: string])[];
  readonly stemsOfClaimer: readonly (readonly [model: string, stems: readonly string[]])[];
  readonly broken: readonly FileId[];
  readonly evaluations: SavedEvaluations;
  readonly nodes: SavedNodeTables;
}

/** What each group read beyond itself: nobody asks for it before something changes. */
export type GroupReads = readonly (readonly [GroupKey, readonly string[]])[];

/** What an index hangs on as a whole. With another origin nothing of it is of use. */
export interface SnapshotOrigin {
  readonly root: FileId;
  readonly outerRoot: FileId;
  readonly packageRoots: readonly FileId[];
  /** Files that decide on names, folders and variables, with the hashes of their texts. */
  readonly projectWide: readonly (readonly [FileId, hash: string])[];
  /** As JSON. */
  readonly invocation: string;
}

/** A packed index that was opened. */
export interface OpenedIndex {
  readonly saved: SavedIndex;
  readonly readFile: (offset: number) => StoredFile;
  readonly nodes: NodeTablesToRestore;
  readonly reads: () => GroupReads;
}

/** So many files are packed before others may have the thread. */
const FILES_AT_ONCE = 100;

/**
 * Packs an index in steps and gives its offset; whoever lets it be changed between two steps must drop what comes out. Undefined if a file holds a
 * secret, of which nothing may be written anywhere.
 */
export function* packIndex(
  files: Iterable<StoredFile>,
  nodes: NodeTables,
  others: Omit<SavedIndex, 'files' | 'nodes'>,
  packer: Packer,
): Generator<void, number | undefined> {
  const packed: SavedIndex['files'][number][] = [];
  for (const stored of files) {
    if (stored.parts.some(({ facts }) => mayTellSecret(facts))) return undefined;
    packed.push([stored.file, packer.add(stored), hashOfStored(stored)]);
    if (packed.length % FILES_AT_ONCE === 0) yield;
  }
  const tables = yield* nodes.save((node) => packer.add(node));
  const whole: SavedIndex = { ...others, files: packed, nodes: tables };
  return packer.add(whole);
}

/** The hash of the text that a file had when it was read. */
export function hashOfStored({ parts }: StoredFile): string {
  return parts[0]?.facts.hash ?? '';
}

function mayTellSecret({ data, problems }: FileFacts): boolean {
  switch (data.kind) {
    // Of profiles only names are kept, but what is wrong with one may be told in its words.
    case 'profiles':
      return problems.length > 0;
    case 'value':
      return holdsSecret(data.value);
    case 'properties':
      return data.entries.some(({ value }) => holdsSecret(value));
    default:
      return false;
  }
}

/** Opens an index that this very version of the program has packed. Throws a RangeError or a SyntaxError if it is damaged. */
export function openIndex(unpack: Unpacker, offset: number, reads: () => GroupReads): OpenedIndex {
  // The version of the program stands in the key of the cache, and its bytes have a checksum: it is what `packIndex` packed.
  const saved = unpack(offset) as SavedIndex;
  return {
    saved,
    // The same: these are the offsets of files.
    readFile: (at) => unpack(at) as StoredFile,
    // The same: the offsets in the tables are those of nodes.
    nodes: { tables: saved.nodes, unpack: (at) => unpack(at) as DbtNode },
    reads,
  };
}

/** What the index of a project hangs on as a whole, to be compared; `projectWide` gives the files of that kind with their hashes. */
export function snapshotOrigin(
  { root, outerRoot, packageRoots }: Pick<ProjectInput, 'root' | 'outerRoot' | 'packageRoots'>,
  projectWide: Iterable<readonly [FileId, string]>,
  invocation: Invocation,
): SnapshotOrigin {
  const { vars, environment, ...rest } = invocation;
  return {
    root,
    outerRoot,
    packageRoots: [...packageRoots].sort(),
    projectWide: [...projectWide].sort(([a], [b]) => (a < b ? -1 : 1)),
    invocation: JSON.stringify([rest, [...(vars ?? [])], [...(environment ?? [])]], (_key, value: unknown) => (value instanceof Map ? [...value] : typeof value === 'bigint' ? `${String(value)}n` : value)),
  };
}

/** The same of what was found on the disk, which must hold the texts of all files that decide on the project as a whole. */
export function originOfInput(input: ProjectInput, invocation: Invocation): SnapshotOrigin {
  const wide: [FileId, string][] = [];
  for (const source of input.files) {
    if (!isProjectWide(source.file)) continue;
    if (source.state === 'text') wide.push([source.file, fastHash(source.text)]);
    else if (source.state === 'unreadable') wide.push([source.file, source.code]);
  }
  return snapshotOrigin(input, wide, invocation);
}

/** True if an index that was saved can be brought to the state of what was found on the disk. */
export function isOfOrigin({ saved }: OpenedIndex, input: ProjectInput, invocation: Invocation): boolean {
  return deepEqual(saved.origin, originOfInput(input, invocation));
}
