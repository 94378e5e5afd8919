/** What the files of one package declare, by name: kept by delta, one file at a time. */

import type { FileId } from '../base/file-id.ts';
import { fileStem } from '../base/file-id.ts';
import { deepEqual } from '../base/equality.ts';
import type { MultiMap } from '../base/multi-map.ts';
import { createMultiMap } from '../base/multi-map.ts';
import type { BlockFileFacts, FileFacts, PropertyEntry } from '../facts/file-facts.ts';
import type { FilePlace, ProjectLayout } from '../facts/project-layout.ts';

/** A file of the package with what was read off it, once for each kind that dbt takes it for. */
export interface StoredFile {
  readonly file: FileId;
  readonly parts: readonly { readonly place: FilePlace; readonly facts: FileFacts }[];
}

/** Something with a body in a file of its own (or a snapshot block in one). */
export interface BodyRow {
  readonly resourceType: 'model' | 'seed' | 'snapshot' | 'analysis' | 'test' | 'function' | 'fixture';
  readonly name: string;
  readonly file: FileId;
  readonly place: FilePlace;
  readonly facts: FileFacts;
  /** For snapshots: which block of the file. */
  readonly block: BlockFileFacts['blocks'][number] | undefined;
}

/** An entry of a property file. */
export interface EntryRow {
  readonly file: FileId;
  readonly place: FilePlace;
  /** As dbt reads it: rendered. */
  readonly entry: PropertyEntry;
  /** As it is written, where that differs. */
  readonly written?: PropertyEntry;
}

/** A macro, test or materialization of a package and where it is. */
export interface MacroRow {
  readonly name: string;
  readonly tag: BlockFileFacts['blocks'][number]['tag'];
  readonly file: FileId;
  readonly source: string;
  readonly anchor: string;
}

/** A `docs` block of a package and where it is. */
export interface DocRow {
  readonly name: string;
  readonly text: string;
  readonly file: FileId;
  readonly anchor: string;
}

/** Names whose meaning may have changed; the prefixes say which table. */
export type TableKey =
  | `body:${string}`
  | `entry:${string}`
  | `macro:${string}`
  | `doc:${string}`
  | `file:${string}`;

/** The files of a package. What was read off one may still lie packed in the cache: it is read when somebody looks at it. */
export interface StoredFiles {
  get(file: FileId): StoredFile | undefined;
  keys(): Iterable<FileId>;
  values(): Iterable<StoredFile>;
}

/** The tables of one package. */
export interface PackageTables {
  readonly layout: ProjectLayout;
  readonly files: StoredFiles;
  /** By `<resource type>:<name>`. */
  readonly bodies: MultiMap<string, BodyRow>;
  /** By `<section>/<name>`, as rendered. */
  readonly entries: MultiMap<string, EntryRow>;
  readonly macros: MultiMap<string, MacroRow>;
  readonly docs: MultiMap<string, DocRow>;
  /** False if the package has never had a body of the type: then no name needs to be looked up. */
  hasBodiesOf(type: BodyRow['resourceType']): boolean;
  /** The same of entries of a section. */
  hasEntriesOf(section: string): boolean;
  /**
   * Replaces what a file says (undefined: it is gone); returns the keys whose rows changed. A file that only moved text
   * returns none; its rows are replaced all the same, so that anchors lead to the new text.
   */
  replace(file: FileId, stored: StoredFile | undefined): ReadonlySet<TableKey>;
  /** Takes over a file from the cache; its rows are made when somebody asks for the first row of any file. */
  restore(file: FileId, read: () => StoredFile): void;
  /** Makes the rows of all files that were restored. */
  prepare(): void;
}

/** Of two macros, or two `docs` blocks, of one name in a package (an error in dbt) the one of the first file counts. */
export function firstByFile<Row extends { readonly file: FileId }>(rows: readonly Row[]): Row | undefined {
  return rows.length < 2 ? rows[0] : sortedByFile(rows)[0];
}

/** Rows of one name in an order that does not hang on the order of edits. */
export function sortedByFile<Row extends { readonly file: FileId }>(rows: readonly Row[]): readonly Row[] {
  return rows.length < 2 ? rows : [...rows].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

interface Rows {
  readonly bodies: readonly BodyRow[];
  readonly entries: readonly EntryRow[];
  readonly macros: readonly MacroRow[];
  readonly docs: readonly DocRow[];
}

/** Makes the empty tables of a package; `render` gives an entry that is a template as dbt reads it. */
export function createPackageTables(layout: ProjectLayout, render: (entry: PropertyEntry) => PropertyEntry): PackageTables {
  const files = new Map<FileId, StoredFile | (() => StoredFile)>();
  /** Files from the cache whose rows stand in no table yet. */
  const restored = new Set<FileId>();
  const rowsOfFile = new Map<FileId, Rows>();
  const bodies = createMultiMap<string, BodyRow>();
  const entries = createMultiMap<string, EntryRow>();
  const macros = createMultiMap<string, MacroRow>();
  const docs = createMultiMap<string, DocRow>();

  /** Types and sections that were met. */
  const met = new Set<string>();

  function noteKinds({ bodies: newBodies, entries: newEntries }: Rows): void {
    for (const { resourceType } of newBodies) met.add(resourceType);
    for (const { entry } of newEntries) met.add(entry.section);
  }

  function fileOf(file: FileId): StoredFile | undefined {
    const found = files.get(file);
    if (typeof found !== 'function') return found;
    const read = found();
    files.set(file, read);
    return read;
  }

  function prepare(): void {
    if (restored.size === 0) return;
    for (const file of restored) {
      const stored = fileOf(file);
      if (stored === undefined) continue;
      const rows = rowsOf(stored, render);
      rowsOfFile.set(file, rows);
      noteKinds(rows);
      for (const row of rows.bodies) bodies.add(bodyKey(row), row);
      for (const row of rows.entries) entries.add(entryKey(row), row);
      for (const row of rows.macros) macros.add(row.name, row);
      for (const row of rows.docs) docs.add(row.name, row);
    }
    restored.clear();
  }

  return {
    layout,
    files: {
      get: fileOf,
      keys: () => files.keys(),
      *values() {
        for (const file of files.keys()) {
          const stored = fileOf(file);
          if (stored !== undefined) yield stored;
        }
      },
    },
    get bodies() {
      prepare();
      return bodies;
    },
    get entries() {
      prepare();
      return entries;
    },
    get macros() {
      prepare();
      return macros;
    },
    get docs() {
      prepare();
      return docs;
    },
    hasBodiesOf(type) {
      prepare();
      return met.has(type);
    },
    hasEntriesOf(section) {
      prepare();
      return met.has(section);
    },
    prepare,
    restore(file, read) {
      files.set(file, read);
      restored.add(file);
    },
    replace(file, stored) {
      prepare();
      const dirty = new Set<TableKey>();
      const before = rowsOfFile.get(file);
      const after = stored === undefined ? undefined : rowsOf(stored, render);
      if (after !== undefined) noteKinds(after);
      const beforeStored = fileOf(file);
      swap(before?.bodies, after?.bodies, bodyKey, bodies, sameBody, (key) => dirty.add(`body:${key}`));
      swap(before?.entries, after?.entries, entryKey, entries, sameEntry, (key) => {
        dirty.add(`entry:${key}`);
        // Rules know an entry by the name that is written.
        for (const row of [...(before?.entries ?? NO_ROWS), ...(after?.entries ?? NO_ROWS)]) {
          if (row.written !== undefined && entryKey(row) === key) dirty.add(`entry:${row.entry.section}/${row.written.name}`);
        }
      });
      swap(before?.macros, after?.macros, (row) => row.name, macros, sameMacro, (key) => dirty.add(`macro:${key}`));
      swap(before?.docs, after?.docs, (row) => row.name, docs, sameDoc, (key) => dirty.add(`doc:${key}`));
      if (stored === undefined) {
        files.delete(file);
        rowsOfFile.delete(file);
      } else {
        files.set(file, stored);
        rowsOfFile.set(file, after ?? { bodies: [], entries: [], macros: [], docs: [] });
      }
      if (!sameStored(beforeStored, stored)) dirty.add(`file:${file}`);
      return dirty;
    },
  };
}

/** The key of a body in the tables. */
export function bodyKey(row: { readonly resourceType: BodyRow['resourceType']; readonly name: string }): string {
  return `${row.resourceType}:${row.name}`;
}

function entryKey(row: EntryRow): string {
  return `${row.entry.section}/${row.entry.name}`;
}

function rowsOf(stored: StoredFile, render: (entry: PropertyEntry) => PropertyEntry): Rows {
  const bodies: BodyRow[] = [];
  const entries: EntryRow[] = [];
  const macros: MacroRow[] = [];
  const docs: DocRow[] = [];
  const { file } = stored;
  for (const { place, facts } of stored.parts) {
    const { data } = facts;
    switch (data.kind) {
      case 'node-file':
      case 'seed': {
        const resourceType = bodyTypeOf(place);
        if (resourceType !== undefined) {
          bodies.push({ resourceType, name: stemOf(file), file, place, facts, block: undefined });
        }
        break;
      }
      case 'block-file':
        for (const block of data.blocks) {
          if (block.tag === 'snapshot') {
            bodies.push({ resourceType: 'snapshot', name: block.dbtName, file, place, facts, block });
          } else {
            macros.push({ name: block.dbtName, tag: block.tag, file, source: block.source, anchor: block.anchor });
          }
        }
        break;
      case 'docs':
        for (const block of data.blocks) docs.push({ ...block, file });
        break;
      case 'properties':
        for (const entry of data.entries) {
          entries.push(entry.isTemplate === true ? { file, place, entry: render(entry), written: entry } : { file, place, entry });
        }
        break;
      default:
        if (place.kind === 'fixture') bodies.push({ resourceType: 'fixture', name: stemOf(file), file, place, facts, block: undefined });
        break;
    }
  }
  return { bodies: trimmed(bodies), entries: trimmed(entries), macros: trimmed(macros), docs: trimmed(docs) };
}

const NO_ROWS: readonly never[] = [];

/** The same rows in a list of just their size: there is one for every file. */
function trimmed<Row>(rows: readonly Row[]): readonly Row[] {
  return rows.length === 0 ? NO_ROWS : rows.slice();
}

/** With the flag allow_jinja_file_extensions a name ends in two extensions, both of which go. */
function stemOf(file: FileId): string {
  return /\.(?:j2|jinja|jinja2)$/i.test(file) ? fileStem(fileStem(file)) : fileStem(file);
}

function bodyTypeOf(place: FilePlace): BodyRow['resourceType'] | undefined {
  switch (place.kind) {
    case 'model':
    case 'python-model':
      return 'model';
    case 'seed':
      return 'seed';
    case 'analysis':
      return 'analysis';
    case 'singular-test':
      return 'test';
    case 'function':
      return 'function';
    default:
      return undefined;
  }
}

function swap<Row extends object>(
  before: readonly Row[] | undefined,
  after: readonly Row[] | undefined,
  keyOf: (row: Row) => string,
  table: MultiMap<string, Row>,
  same: (a: Row, b: Row) => boolean,
  changed: (key: string) => void,
): void {
  const [only, second] = after ?? NO_ROWS;
  if ((before?.length ?? 0) === 0 && second === undefined) {
    if (only === undefined) return;
    const key = keyOf(only);
    table.add(key, only);
    changed(key);
    return;
  }
  const left = groupBy(before ?? [], keyOf);
  const right = groupBy(after ?? [], keyOf);
  for (const [key, rows] of left) {
    for (const row of rows) table.delete(key, row);
    const others = right.get(key);
    if (others?.length !== rows.length || !rows.every((row, i) => isSame(row, others[i], same))) changed(key);
  }
  for (const [key, rows] of right) {
    for (const row of rows) table.add(key, row);
    if (!left.has(key)) changed(key);
  }
}

function isSame<Row>(a: Row, b: Row | undefined, same: (a: Row, b: Row) => boolean): boolean {
  return b !== undefined && same(a, b);
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function sameBody(a: BodyRow, b: BodyRow): boolean {
  if (a.place.kind !== b.place.kind || a.place.searched !== b.place.searched) return false;
  // A template that must be evaluated says nothing comparable by itself: another text is another body.
  if (a.block !== undefined || b.block !== undefined) {
    return a.block?.source === b.block?.source && deepEqual(a.block?.literal, b.block?.literal);
  }
  if (a.facts.hash === b.facts.hash) return true;
  const left = a.facts.data;
  const right = b.facts.data;
  if (left.kind !== 'node-file' || right.kind !== 'node-file') return deepEqual(left, right);
  return left.literal !== undefined && deepEqual(left, right);
}

function sameEntry(a: EntryRow, b: EntryRow): boolean {
  if (a.entry.id !== b.entry.id || a.place.searched !== b.place.searched || !deepEqual(a.entry.value, b.entry.value)) return false;
  return a.written === b.written || deepEqual(a.written?.value, b.written?.value);
}

function sameMacro(a: MacroRow, b: MacroRow): boolean {
  return a.source === b.source && a.tag === b.tag && a.anchor === b.anchor;
}

function sameDoc(a: DocRow, b: DocRow): boolean {
  return a.text === b.text && a.anchor === b.anchor;
}

function sameStored(a: StoredFile | undefined, b: StoredFile | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.parts.length !== b.parts.length) return false;
  return a.parts.every((part, i) => {
    const other = b.parts[i];
    return (
      other !== undefined &&
      (part.facts.hash === other.facts.hash || sameFacts(part.facts, other.facts)) &&
      deepEqual(part.place, other.place)
    );
  });
}

/** True if two readings of a file say the same, apart from where it stands. */
function sameFacts(a: FileFacts, b: FileFacts): boolean {
  if (a.problems.length !== b.problems.length || a.problems.some((p, i) => p.message !== b.problems[i]?.message)) return false;
  if (a.duplicateKeys.length !== b.duplicateKeys.length || a.duplicateKeys.some((twice, i) => twice.key !== b.duplicateKeys[i]?.key)) return false;
  if (a.data.kind === 'properties' && b.data.kind === 'properties') {
    const others = b.data.entries;
    return (
      deepEqual(a.data.sections, b.data.sections) &&
      a.data.entries.length === others.length &&
      a.data.entries.every((entry, i) => entry.id === others[i]?.id && deepEqual(entry.value, others[i].value))
    );
  }
  if (a.data.kind === 'value' && b.data.kind === 'value') return deepEqual(a.data.value, b.data.value);
  if (a.data.kind === 'profiles' && b.data.kind === 'profiles') {
    return deepEqual(a.data.profiles, b.data.profiles) && deepEqual(a.data.secrets, b.data.secrets);
  }
  return deepEqual(a.data, b.data);
}
