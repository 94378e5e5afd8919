/** The open documents: what the user sees now, and the state that the engine was last told, which findings speak of. */

import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileId } from '../base/file-id.ts';
import type { LineIndex } from '../base/line-index.ts';
import { lineIndex } from '../base/line-index.ts';
import { fileIdOfUri } from '../host/file-id.ts';

/** A text with its version and lines. */
export interface DocumentState {
  readonly version: number;
  readonly text: string;
  readonly lines: LineIndex;
}

/** A document of the editor with its newest text. */
export interface OpenDocument {
  readonly file: FileId;
  /** As the client spells it. */
  readonly uri: string;
  /** What the user sees. */
  readonly current: DocumentState;
  /** What the engine knows; positions of findings belong to this text. */
  readonly synced: DocumentState;
  /** The file was removed from the disk while it was open: dbt would not see it, until it is saved or changed again. */
  readonly isRemoved: boolean;
}

/** The documents that the editor holds open. */
export interface OpenDocuments {
  open(uri: string, version: number, text: string): FileId | undefined;
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): FileId | undefined;
  close(uri: string): FileId | undefined;
  get(file: FileId): OpenDocument | undefined;
  files(): FileId[];
  /** Tells the engine's side the newest text; true if there was anything new. */
  sync(file: FileId): boolean;
  setRemoved(file: FileId, isRemoved: boolean): void;
}

/** Makes the store. Documents of other schemes than `file` are not kept. */
export function createOpenDocuments(): OpenDocuments {
  const byFile = new Map<FileId, { document: TextDocument; entry: OpenDocument }>();

  return {
    open(uri, version, text) {
      const file = fileIdOfUri(uri);
      if (file === undefined) return undefined;
      const state = { version, text, lines: lineIndex(text) };
      const entry = { file, uri, current: state, synced: state, isRemoved: false };
      byFile.set(file, { document: TextDocument.create(uri, '', version, text), entry });
      return file;
    },
    change(uri, version, changes) {
      const file = fileIdOfUri(uri);
      const known = file === undefined ? undefined : byFile.get(file);
      if (file === undefined || known === undefined) return undefined;
      const document = TextDocument.update(known.document, [...changes], version);
      const text = document.getText();
      const current = { version, text, lines: lineIndex(text) };
      byFile.set(file, { document, entry: { ...known.entry, current, isRemoved: false } });
      return file;
    },
    close(uri) {
      const file = fileIdOfUri(uri);
      if (file === undefined || !byFile.delete(file)) return undefined;
      return file;
    },
    get: (file) => byFile.get(file)?.entry,
    files: () => [...byFile.keys()],
    sync(file) {
      const known = byFile.get(file);
      if (known === undefined || known.entry.synced === known.entry.current) return false;
      byFile.set(file, { ...known, entry: { ...known.entry, synced: known.entry.current } });
      return true;
    },
    setRemoved(file, isRemoved) {
      const known = byFile.get(file);
      if (known !== undefined) byFile.set(file, { ...known, entry: { ...known.entry, isRemoved } });
    },
  };
}
