/** Which files the client watches for us: what a project reads and no more, each relative to the folder it lies in. */

import type { Connection, Disposable, FileSystemWatcher } from 'vscode-languageserver/node';
import { DidChangeWatchedFilesNotification } from 'vscode-languageserver/node';
import { bug } from '../base/bug.ts';
import type { FileId } from '../base/file-id.ts';
import { baseName, isInside, relativePath } from '../base/file-id.ts';
import { uriOfFileId } from '../host/file-id.ts';
import type { ClientFeatures } from './client-features.ts';
import type { OpenProject } from './open-project.ts';

/** The watchers that are registered with the client. */
export interface Watching {
  /** Registers anew for these folders and projects. */
  update(folders: readonly FileId[], projects: readonly OpenProject[]): void;
}

/** What dbt reads below its folders; a folder itself matches too, since some watchers tell only of the folder that went. */
const RESOURCES = '**';

/** Folders of CI systems below the git root; the files directly in it are watched anyway. */
const AROUND = ['.github/**', '.gitlab/**', '.azure/**', '.circleci/*', '.buildkite/*', '.semaphore/*', '.forgejo/**', '.gitea/**', '{scripts,bin,ci}/*.sh', '{profiles,.dbt,ci}/profiles.yml', 'docs/**/*.md'];

const PACKAGE_FILES = '**/*.{sql,yml,yaml,py,csv,md,js,j2,jinja,jinja2}';

/** A folder and a glob below it. */
interface Pattern {
  readonly folder: FileId;
  readonly glob: string;
}

/** Makes the registrar; without dynamic registration it does nothing, and saving a file reads its project again. */
export function createWatching(connection: Connection, client: ClientFeatures['watching']): Watching {
  let registered: Promise<Disposable> | undefined;
  let current = '';

  return {
    update(folders, projects) {
      if (!client.dynamic) return;
      const patterns = [...folders.map((folder) => ({ folder, glob: '**/dbt_project.yml' })), ...projects.flatMap(patternsOf)];
      const watchers = client.relativePatterns ? patterns.map(relativeWatcher) : plainWatchers(folders, patterns);
      const next = JSON.stringify(watchers);
      if (next === current) return;
      current = next;
      const before = registered;
      // First the new, then the old: no change falls between.
      registered = connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
      void registered
        .then(() => before)
        .then((old) => old?.dispose())
        .catch((error: unknown) => {
          bug.report(error, { where: 'watching' });
        });
    },
  };
}

function patternsOf(project: OpenProject): Pattern[] {
  const { root, outerRoot, scope } = project;
  const patterns: Pattern[] = [];
  const add = (folder: FileId, glob: string): void => {
    if (!patterns.some((known) => known.folder === folder && known.glob === glob)) patterns.push({ folder, glob });
  };
  for (const folder of new Set([root, outerRoot])) {
    add(folder, '*');
    for (const glob of AROUND) add(folder, glob);
  }
  for (const folder of scope.folders) add(folder, RESOURCES);
  const [own] = scope.layouts;
  if (own !== undefined) {
    add(own.packagesInstallPath, '*');
    add(own.packagesInstallPath, PACKAGE_FILES);
  }
  for (const real of scope.linkedFolders) add(real, PACKAGE_FILES);
  return patterns;
}

function relativeWatcher({ folder, glob }: Pattern): FileSystemWatcher {
  return { globPattern: { baseUri: uriOfFileId(folder), pattern: glob } };
}

/** Clients without relative patterns take globs that hold below any of their folders. */
function plainWatchers(folders: readonly FileId[], patterns: readonly Pattern[]): FileSystemWatcher[] {
  const globs = new Set<string>();
  for (const { folder, glob } of patterns) {
    const top = folders.find((candidate) => candidate === folder || isInside(candidate, folder));
    const relative = top === undefined || top === folder ? '' : `${relativePath(top, folder)}/`;
    if (top !== undefined) globs.add(`**/${relative}${glob}`);
    else globs.add(`**/${baseName(folder)}/${glob}`);
  }
  // `**/**` would be everything, and `**/*` is the same.
  globs.delete('**/**');
  globs.delete('**/*');
  for (const name of ['dbt_project.yml', 'packages.yml', 'dependencies.yml', 'package-lock.yml', 'selectors.yml', 'vars.yml', 'profiles.yml', 'dbt-readiness.yml', '.dbtignore']) globs.add(`**/${name}`);
  return [...globs].map((glob) => ({ globPattern: glob.replace(/\*\*\/\*\*\//, '**/') }));
}
