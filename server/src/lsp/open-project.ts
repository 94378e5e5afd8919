/** One project that the server holds: its analysis, what of the disk belongs to it, and how changes reach it. */

import { deepEqual } from '../base/equality.ts';
import type { FileId } from '../base/file-id.ts';
import { isInside } from '../base/file-id.ts';
import { fastHash } from '../base/hash.ts';
import type { AnalyzedProject } from '../features/analysis.ts';
import { analyzeProject } from '../features/analysis.ts';
import { invocationOfInput, settingsFile } from '../features/invocation.ts';
import type { OpenedSnapshot } from '../features/snapshot.ts';
import { nodesOfFile } from '../features/nodes-in-file.ts';
import type { LoadOptions } from '../host/load-project.ts';
import type { ProjectScope } from '../host/project-scope.ts';
import { createProjectScope } from '../host/project-scope.ts';
import type { ProjectInput, SourceFile } from '../index/source-file.ts';
import type { UnitKey } from '../rules/checker.ts';
import type { AnyRule } from '../rules/rule.ts';

/** How a project is read and judged. */
export interface OpenProjectOptions extends LoadOptions {
  readonly rules: readonly AnyRule[];
  readonly readText: (file: FileId) => string | undefined;
  readonly today: string;
  /** The project as a cache has it, to go on from. */
  readonly snapshot?: OpenedSnapshot;
}

/** `layout`: the change moved folders of the project, so that it must be read again. */
export type Applied = 'nothing' | 'applied' | 'layout';

/** A project that the server has read, with the analysis that stands on it. */
export interface OpenProject {
  readonly root: FileId;
  readonly outerRoot: FileId;
  readonly scope: ProjectScope;
  readonly analyzed: AnalyzedProject;
  /** Grows with every change that the engine was told of. */
  readonly revision: number;
  /** Tells the engine what is new of these files; what it knows already costs a hash. */
  apply(sources: readonly SourceFile[]): Applied;
  /**
   * Takes a fresh reading of the whole project. `moved`: its folders are others now; `other-project`: its packages or its
   * repository are, and only a new analysis will do.
   */
  applyAll(input: ProjectInput): 'same' | 'moved' | 'other-project';
  /** Every file that it was told of and that exists. */
  knownFiles(): ReadonlySet<FileId>;
  /** True if a folder of this name holds (or held) files of the project. */
  hasFolder(folder: FileId): boolean;
  /** Files whose findings may have changed or moved since the last call; `all` after a change of the configuration. */
  takeChanged(): ReadonlySet<FileId> | 'all';
  /** Files in which findings stand, suppressed ones too. */
  filesWithFindings(): ReadonlySet<FileId>;
  /** Own nodes by file, newest. */
  nodesOf(file: FileId): readonly string[];
  /** The units whose findings are likely to stand in these files. */
  unitsOf(files: readonly FileId[]): ReadonlySet<UnitKey>;
}

/** Indexes a project that was read; its rules have not run yet. */
export function openProject(input: ProjectInput, options: OpenProjectOptions): OpenProject {
  const { rules, readText, today, snapshot } = options;
  const analyzed = analyzeProject(input, { rules, readText, today, ...(snapshot === undefined ? {} : { snapshot }) });
  let scope = createProjectScope(input, options);
  const known = new Set([...input.files.map(({ file }) => file), ...(input.unchanged ?? [])]);
  const edited = new Set<FileId>();
  let everythingChanged = true;
  let revision = 0;

  function isNews(source: SourceFile): boolean {
    const { file } = source;
    const stored = analyzed.index.storedFile(file);
    switch (source.state) {
      case 'gone':
        return known.has(file) || stored !== undefined;
      case 'present':
        return !known.has(file) || stored !== undefined;
      case 'unreadable':
        return stored?.parts[0]?.facts.hash !== source.code;
      case 'text':
        return stored?.parts[0]?.facts.hash !== fastHash(source.text);
    }
  }

  function apply(sources: readonly SourceFile[]): Applied {
    const news = sources.filter(isNews);
    if (news.length === 0) return 'nothing';
    revision++;
    const before = analyzed.checker;
    const { layout } = analyzed.apply(news);
    for (const { file, state } of news) {
      edited.add(file);
      if (state === 'gone') known.delete(file);
      else known.add(file);
    }
    if (analyzed.checker !== before) everythingChanged = true;
    return layout ? 'layout' : 'applied';
  }

  return {
    root: input.root,
    outerRoot: input.outerRoot,
    get scope() {
      return scope;
    },
    analyzed,
    get revision() {
      return revision;
    },
    apply,
    applyAll(fresh) {
      const freshScope = createProjectScope(fresh, options);
      if (fresh.outerRoot !== input.outerRoot || !deepEqual(fresh.packageRoots, input.packageRoots)) return 'other-project';
      if (!deepEqual(invocationOfInput(fresh, readText), analyzed.invocation)) return 'other-project';
      const isMoved = !deepEqual(freshScope.layouts, scope.layouts);
      scope = freshScope;
      const present = new Set(fresh.files.map(({ file }) => file));
      const gone: SourceFile[] = [...known].filter((file) => !present.has(file)).map((file) => ({ file, state: 'gone' }));
      apply([...gone, ...fresh.files]);
      return isMoved ? 'moved' : 'same';
    },
    knownFiles: () => known,
    hasFolder(folder) {
      for (const file of known) if (isInside(folder, file)) return true;
      return false;
    },
    takeChanged() {
      const changed = new Set([...analyzed.checker.takeChangedFiles(), ...edited]);
      edited.clear();
      if (!everythingChanged) return changed;
      everythingChanged = false;
      return 'all';
    },
    filesWithFindings: () => new Set(analyzed.checker.filesWithFindings()),
    nodesOf: (file) => nodesOfFile(analyzed, file),
    unitsOf(files) {
      const units = new Set<UnitKey>();
      for (const file of files) {
        units.add(`file:${file}`);
        for (const id of nodesOfFile(analyzed, file)) units.add(`node:${id}`).add(`near:${id}`);
      }
      return units;
    },
  };
}

/** Projects of more files are indexed in parts, so that the server can answer meanwhile. It costs about a seventh more. */
const MANY_FILES = 1000;

/** Files of one part. */
const PART = 50;

/**
 * The same in steps; yields the number of files that are indexed. What all files build on (dbt_project.yml, macros,
 * packages) comes first, the project's own resources follow by folder, so that a model meets its entry soon.
 */
export function* openProjectSteps(input: ProjectInput, options: OpenProjectOptions): Generator<number, OpenProject> {
  if (input.files.length <= MANY_FILES) return openProject(input, options);
  const [layout] = createProjectScope(input, options).layouts;
  const own = layout === undefined ? [] : [...layout.models, ...layout.seeds, ...layout.snapshots, ...layout.analyses, ...layout.tests];
  const isLater = ({ file }: SourceFile): boolean =>
    file !== settingsFile(input.root) && own.some((folder) => isInside(folder, file)) && !input.packageRoots.some((root) => isInside(root, file));
  const project = openProject({ ...input, files: input.files.filter((source) => !isLater(source)) }, options);
  const later = input.files.filter(isLater).sort((a, b) => (a.file < b.file ? -1 : 1));
  for (let at = 0; at < later.length; at += PART) {
    yield input.files.length - later.length + at;
    project.apply(later.slice(at, at + PART));
  }
  return project;
}
