/** How files reach the index: the shells read the disk and the open editors, the index only hears what they hold. */

import type { FileId } from '../base/file-id.ts';
import type { PyValue } from '../base/python-values.ts';

/**
 * The newest state of a file.
 *
 * - `text`: it was read (an open document wins over the disk).
 * - `present`: it exists, but nobody needs its text (README.md, .gitignore).
 * - `unreadable`: it exists and cannot be used; `message` says why and what to do, in one sentence.
 * - `gone`: it does not exist (any more).
 */
export type SourceFile =
  | { readonly file: FileId; readonly state: 'text'; readonly text: string }
  | { readonly file: FileId; readonly state: 'present' }
  | {
      readonly file: FileId;
      readonly state: 'unreadable';
      readonly code: 'file-too-large' | 'file-unreadable' | 'file-not-utf8' | 'file-binary';
      readonly message: string;
    }
  | { readonly file: FileId; readonly state: 'gone' };

/** A project as the shells found it on disk. */
export interface ProjectInput {
  /** The folder of dbt_project.yml. */
  readonly root: FileId;
  /** The git root above it, or the project's root if there is none: how far up CI files are looked for. */
  readonly outerRoot: FileId;
  /** Folders of installed packages, in the order of their names. */
  readonly packageRoots: readonly FileId[];
  /** All files of the project and its packages that dbt would read, and the automation files up to `outerRoot`. */
  readonly files: readonly SourceFile[];
  /** Further files of that kind, which were not read since they are as a cache knows them. Never those that decide on the project as a whole. */
  readonly unchanged?: ReadonlySet<FileId>;
}

/** What files cannot tell and a caller may: the flags of a dbt invocation. All optional; what is absent is unknown. */
export interface Invocation {
  readonly targetName?: string;
  readonly adapter?: string;
  readonly schema?: string;
  readonly database?: string;
  readonly vars?: ReadonlyMap<string, PyValue>;
  /** Environment variables; never those of the running process. */
  readonly environment?: ReadonlyMap<string, string>;
  /** ISO 8601; what `run_started_at` and datetime.now() give. */
  readonly now?: string;
  readonly dbtVersion?: string;
}
