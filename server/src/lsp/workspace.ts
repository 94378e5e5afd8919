/**
 * All projects of the editor's folders: finds and reads them, brings every change of a document or of the disk to the
 * engine, and runs the rules in small slices. It knows no protocol; it tells what happened through its listener.
 */

import { existsSync, statSync } from 'node:fs';
import { bug } from '../base/bug.ts';
import type { FileId } from '../base/file-id.ts';
import { baseName, isInside, parentFolder } from '../base/file-id.ts';
import type { LineIndex } from '../base/line-index.ts';
import { lineIndex } from '../base/line-index.ts';
import { discoverProjectsLater, projectAbove, projectsAround } from '../host/discover.ts';
import { pathOfFileId } from '../host/file-id.ts';
import { invocationOfInput } from '../features/invocation.ts';
import type { OpenedSnapshot } from '../features/snapshot.ts';
import { openSnapshot } from '../features/snapshot.ts';
import type { LoadOptions } from '../host/load-project.ts';
import { loadProjectSteps } from '../host/load-project.ts';
import type { FileStamps, ProjectCache } from '../host/project-cache.ts';
import { isAsStamped } from '../host/project-cache.ts';
import { readSource } from '../host/read-source.ts';
import type { ProjectChange } from '../index/project-index.ts';
import { isOfOrigin } from '../index/snapshot.ts';
import type { ProjectInput, SourceFile } from '../index/source-file.ts';
import type { StatusParams } from '../protocol/protocol.ts';
import type { AnyRule } from '../rules/rule.ts';
import type { CacheWriterPace } from './cache-writer.ts';
import { createCacheWriter } from './cache-writer.ts';
import type { OpenDocuments } from './documents.ts';
import { collectGarbage } from './tidying.ts';
import type { OpenProject, OpenProjectOptions } from './open-project.ts';
import { openProjectSteps } from './open-project.ts';

/** Who hears what happens in the workspace. */
export interface WorkspaceListener {
  /** Findings in these files may be others now, or stand elsewhere. */
  findingsChanged(files: ReadonlySet<FileId> | 'all'): void;
  /** Projects came, went, or have other folders. */
  projectsChanged(): void;
  status(status: StatusParams): void;
  /** Something of the user's files that no finding tells. */
  log(line: string): void;
}

/** What a workspace stands on. */
export interface WorkspaceOptions {
  readonly rules: readonly AnyRule[];
  readonly documents: OpenDocuments;
  readonly listener: WorkspaceListener;
  /** ISO date of today. */
  readonly today: () => string;
  /** Where projects are kept from one start to the next; nowhere if it is left out. */
  readonly cache?: ProjectCache;
  readonly cachePace?: CacheWriterPace;
}

/** The projects of the editor's folders, as they stand now. */
export interface Workspace {
  projects(): readonly OpenProject[];
  /** Projects that a file belongs to, as their own file, a package's or one around them. */
  projectsOf(file: FileId): readonly OpenProject[];
  setFolders(folders: readonly FileId[]): void;
  /** The document changed, opened or closed: tells the engine now. Rules run later. */
  documentChanged(files: Iterable<FileId>): void;
  /** The disk changed at these paths; they may be folders. */
  diskChanged(files: ReadonlySet<FileId>): void;
  /** Reads projects anew from the disk: those that hold the file, or all. */
  rescan(file?: FileId): void;
  /** Runs what is dirty in these files, for at most `milliseconds`: answers to requests shall be of the newest text. */
  hurry(files: readonly FileId[], milliseconds: number): void;
  /** Resolves when nothing is left to read or to check. */
  settled(): Promise<void>;
  /** Makes sure that the engine knows the newest text of files, of the disk too; true if it did not. */
  refresh(files: readonly FileId[]): boolean;
  /** Newest text that the engine knows: an open document's, else the disk's. */
  readText(file: FileId): string | undefined;
  /** Lines of `readText`. */
  linesOf(file: FileId): LineIndex;
  stop(): void;
}

/** Milliseconds that the rules may hold the thread. */
const SLICE = 10;

/** More changed paths than this are cheaper to find by reading all. */
const MANY_CHANGES = 200;

/** Reading holds the thread no longer than this. */
const READING_SLICE = 20;

/** Line tables of files that are not open are kept for so many files. */
const KEPT_LINES = 500;

/** A project that fails this often in a row is left as it is until it is read anew. */
const MAX_REPAIRS = 3;

/** Jobs of more units, mostly those of a start, leave garbage that is worth a pause. */
const MUCH_GARBAGE = 5_000;

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Makes a workspace without folders. */
export function createWorkspace({ rules, documents, listener, today, cache, cachePace }: WorkspaceOptions): Workspace {
  const projects = new Map<FileId, OpenProject>();
  const repairs = new Map<FileId, number>();
  const lines = new Map<FileId, LineIndex>();
  /** Documents that changed while a project was being read, whose reading may be older. */
  const touched = new Set<FileId>();
  /** Files that are to be published when the rules have run. */
  const owed = new Set<FileId>();
  let folders: readonly FileId[] = [];
  let queue: Promise<void> = Promise.resolve();
  let queued = 0;
  let job: Promise<void> | undefined;
  let isStopped = false;

  const writer = cache === undefined ? undefined : createCacheWriter(cache, listener.log, cachePace);

  const overlay = (file: FileId): string | undefined => {
    const document = documents.get(file);
    return document === undefined || document.isRemoved ? undefined : document.synced.text;
  };

  function readText(file: FileId): string | undefined {
    const open = overlay(file);
    if (open !== undefined) return open;
    const source = readSource(file);
    return source.state === 'text' ? source.text : undefined;
  }

  function loadOptions(): LoadOptions {
    return { overlay, allowedRoots: folders };
  }

  function openOptions(snapshot: OpenedSnapshot | undefined): OpenProjectOptions {
    return { ...loadOptions(), rules, readText, today: today(), ...(snapshot === undefined ? {} : { snapshot }) };
  }

  /** Work that waits for the disk or takes long runs one after the other. */
  function enqueue(work: () => Promise<void>): void {
    queued++;
    queue = queue.then(async () => {
      try {
        if (!isStopped) await work();
      } catch (error) {
        bug.report(error, { where: 'workspace' });
      } finally {
        queued--;
      }
    });
  }

  async function load(root: FileId, isUnchanged?: (file: FileId) => boolean): Promise<ProjectInput> {
    const steps = loadProjectSteps(root, { ...loadOptions(), ...(isUnchanged === undefined ? {} : { isUnchanged }) });
    let began = performance.now();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (performance.now() - began < READING_SLICE) continue;
      listener.status({ state: 'indexing', projects: projects.size, done: step.value, total: 0, message: '' });
      await nextTurn();
      began = performance.now();
    }
  }

  /** What the disk holds of a project: all of it, or what is not as the cache has it. */
  async function loadWithCache(root: FileId): Promise<{ readonly input: ProjectInput; readonly snapshot: OpenedSnapshot | undefined; readonly stamps: FileStamps }> {
    // After a fault of ours the cache is not to be trusted either.
    const cached = repairs.has(root) ? undefined : cache?.read(root);
    const snapshot = cached === undefined ? undefined : openSnapshot(cached.sections);
    if (cached !== undefined && snapshot !== undefined) {
      const input = await load(root, (file) => isAsStamped(file, cached.stamps));
      if (isOfOrigin(snapshot.index, input, invocationOfInput(input, readText))) return { input, snapshot, stamps: cached.stamps };
    }
    return { input: await load(root), snapshot: undefined, stamps: cached?.stamps ?? new Map() };
  }

  async function open(root: FileId): Promise<void> {
    touched.clear();
    listener.status({ state: 'indexing', projects: projects.size, done: 0, total: 0, message: '' });
    const { input, snapshot, stamps } = await loadWithCache(root);
    const project = await index(input, snapshot);
    if (project === undefined) {
      listener.status({
        state: 'failed',
        projects: projects.size,
        done: 0,
        total: 0,
        message: `The project in ${root} could not be indexed, which is a fault of dbt Readiness. The log says more.`,
      });
      return;
    }
    projects.set(root, project);
    const { caughtUp } = project.analyzed.index;
    writer?.opened(project, stamps, caughtUp !== undefined && isNothing(caughtUp));
    for (const source of input.files) if (source.state === 'unreadable') listener.log(`${source.file}: ${source.message}`);
    // Keystrokes that came while the disk was read.
    tell(project, [...touched]);
    if (caughtUp !== undefined) await showOpenFiles(project);
    listener.findingsChanged('all');
    kick();
    await nextTurn();
  }

  /** Shows what stands in open files before anybody goes through the results of the whole project, which come from the cache. */
  async function showOpenFiles(project: OpenProject): Promise<void> {
    const open = documents.files().filter((file) => concerns(project, file));
    if (open.length === 0) return;
    const units = project.unitsOf(open);
    const now = (): number => performance.now();
    project.analyzed.checker.run({ now, deadline: now() + SLICE, first: (unit) => units.has(unit) });
    listener.findingsChanged(new Set(open));
    await nextTurn();
  }

  /** Undefined after a fault of ours, which is recorded: one project must not take the server with it. */
  async function index(input: ProjectInput, snapshot: OpenedSnapshot | undefined): Promise<OpenProject | undefined> {
    try {
      const steps = openProjectSteps(input, openOptions(snapshot));
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        listener.status({ state: 'indexing', projects: projects.size, done: step.value, total: input.files.length, message: '' });
        await nextTurn();
      }
    } catch (error) {
      bug.report(error, { project: input.root });
      return undefined;
    }
  }

  async function rediscover(): Promise<void> {
    if (projects.size === 0) await openAtOnce();
    const roots = folders.length > 0 ? await discoverProjectsLater(folders) : rootsOfDocuments();
    let moved = false;
    for (const root of [...projects.keys()]) {
      if (roots.includes(root)) continue;
      projects.delete(root);
      moved = true;
    }
    if (moved) listener.findingsChanged('all');
    for (const root of openDocumentsFirst(roots)) {
      if (projects.has(root)) continue;
      await open(root);
      moved = true;
    }
    if (moved) listener.projectsChanged();
    kick();
  }

  /** At the start the projects of the open files need not wait for a look into all folders. */
  async function openAtOnce(): Promise<void> {
    // What a client has open it tells right after it has told of itself.
    await nextTurn();
    for (const root of projectsAround(folders, documents.files())) {
      if (projects.has(root)) continue;
      await open(root);
      listener.projectsChanged();
    }
  }

  /** Without a folder, the projects of the open files are those of the user. */
  function rootsOfDocuments(): FileId[] {
    const roots = documents.files().map(projectAbove);
    return [...new Set(roots.filter((root) => root !== undefined))];
  }

  function openDocumentsFirst(roots: readonly FileId[]): FileId[] {
    const files = documents.files();
    const hasOpen = (root: FileId): boolean => files.some((file) => isInside(root, file));
    return [...roots.filter(hasOpen), ...roots.filter((root) => !hasOpen(root))];
  }

  async function reread(root: FileId): Promise<void> {
    const project = projects.get(root);
    if (project === undefined) return;
    touched.clear();
    const input = await load(root);
    const outcome = applyAll(project, input);
    if (outcome === 'same') {
      lines.clear();
      tell(project, [...touched]);
      return;
    }
    if (outcome === 'other-project') await open(root);
    listener.projectsChanged();
    // Other folders may hide or show projects that are nested in this one.
    await rediscover();
  }

  function applyAll(project: OpenProject, input: ProjectInput): 'same' | 'moved' | 'other-project' {
    try {
      return project.applyAll(input);
    } catch (error) {
      bug.report(error, { project: project.root, while: 'reading anew' });
      return 'other-project';
    }
  }

  /** Brings the newest state of files to a project; true if anything was new to it. */
  function tell(project: OpenProject, files: readonly FileId[]): boolean {
    const sources: SourceFile[] = [];
    for (const file of files) {
      for (const name of [file, ...project.scope.aliases(file)]) {
        const source = project.scope.source(name);
        if (source !== undefined) sources.push(source.file === file || source.state !== 'text' ? source : { ...source, text: overlay(file) ?? source.text });
        else if (project.knownFiles().has(name)) sources.push({ file: name, state: 'gone' });
      }
    }
    try {
      const applied = project.apply(sources);
      if (applied === 'layout') enqueue(() => reread(project.root));
      return applied !== 'nothing';
    } catch (error) {
      bug.report(error, { project: project.root, while: 'applying a change' });
      repair(project.root);
      return true;
    }
  }

  /** After a fault of ours the tables may be half changed: the project is indexed from scratch. */
  function repair(root: FileId): void {
    const times = (repairs.get(root) ?? 0) + 1;
    repairs.set(root, times);
    if (times <= MAX_REPAIRS) enqueue(() => open(root));
  }

  function documentChanged(files: Iterable<FileId>): void {
    const changed = [...files];
    if (changed.length === 0) return;
    for (const file of changed) {
      documents.sync(file);
      lines.delete(file);
      if (queued > 0) touched.add(file);
    }
    for (const project of projects.values()) tell(project, changed);
    // They may be open or closed now, whatever the engine finds. The job tells it, so that nobody sees findings of before.
    for (const file of changed) owed.add(file);
    kick();
  }

  async function diskChanged(files: ReadonlySet<FileId>): Promise<void> {
    for (const file of files) {
      lines.delete(file);
      if (documents.get(file) !== undefined) documents.setRemoved(file, !existsSync(pathOfFileId(file)));
    }
    if ([...files].some(movesProjects)) await rediscover();
    for (const project of [...projects.values()]) {
      const isMany = files.size > MANY_CHANGES && [...files].some((file) => concerns(project, file));
      if (isMany || [...files].some((file) => asksForReading(project, file))) await reread(project.root);
      else tell(project, [...files]);
    }
    kick();
  }

  function concerns(project: OpenProject, file: FileId): boolean {
    return project.analyzed.index.owns(file) || isInside(project.root, file) || project.scope.aliases(file).length > 0;
  }

  /** A dbt_project.yml, or a folder that may hold some, came or went. */
  function movesProjects(path: FileId): boolean {
    if (baseName(path) === 'dbt_project.yml') return projects.has(parentFolder(path)) !== existsSync(pathOfFileId(path));
    for (const root of projects.keys()) if (path === root || isInside(path, root)) return true;
    return isFolder(path) && !folders.some((folder) => isInside(path, folder)) && ![...projects.values()].some((project) => project.hasFolder(path));
  }

  /** Changes after which single files do not tell the whole story. */
  function asksForReading(project: OpenProject, path: FileId): boolean {
    const names = [path, ...project.scope.aliases(path)];
    const layouts = project.scope.layouts;
    return names.some((name) => {
      const base = baseName(name);
      if (base === '.dbtignore' || base === 'dbt_project.yml') return layouts.some(({ root }) => parentFolder(name) === root) || isInstalled(project, name);
      if (project.knownFiles().has(name)) return false;
      if (name === '.git' || base === '.git') return parentFolder(name) === project.outerRoot || isInside(parentFolder(name), project.root);
      return isFolder(name) ? mayHold(project, name) : project.hasFolder(name);
    });
  }

  function isInstalled(project: OpenProject, file: FileId): boolean {
    return project.scope.layouts[0]?.packagesInstallPath === parentFolder(parentFolder(file));
  }

  /** True if dbt may look for files in a new folder. */
  function mayHold(project: OpenProject, folder: FileId): boolean {
    const layout = project.scope.layouts[0];
    if (layout === undefined) return false;
    const searched = [...layout.models, ...layout.seeds, ...layout.snapshots, ...layout.analyses, ...layout.macros, ...layout.tests, ...layout.functions, ...layout.docs, layout.packagesInstallPath];
    return searched.some((path) => path === folder || isInside(path, folder) || isInside(folder, path));
  }

  /** Starts the job that runs the rules, if it does not run. */
  function kick(): void {
    job ??= runJob().finally(() => {
      job = undefined;
      if (!isStopped && [...projects.values()].some(({ analyzed }) => analyzed.checker.pending > 0)) kick();
      else setImmediate(rest);
    });
  }

  async function runJob(): Promise<void> {
    let began = performance.now();
    let total = 0;
    // Lets the message that brought the change, and those behind it, be read first.
    await nextTurn();
    for (;;) {
      const project = nextProject();
      if (project === undefined || isStopped) break;
      const { checker } = project.analyzed;
      total = Math.max(total, checker.pending);
      const isDone = runSlice(project, total === checker.pending);
      if (isDone) publish(project);
      else if (performance.now() - began > 200) {
        began = performance.now();
        listener.status({ state: 'checking', projects: projects.size, done: total - checker.pending, total, message: '' });
      }
      await nextTurn();
    }
    if (isStopped) return;
    for (const project of projects.values()) publish(project);
    if (owed.size > 0) listener.findingsChanged(new Set(owed));
    owed.clear();
    if (total > MUCH_GARBAGE) {
      // What was found is on its way first.
      await nextTurn();
      collectGarbage();
    }
    if (queued === 0) listener.status({ state: 'ready', projects: projects.size, done: 0, total: 0, message: '' });
  }

  /** What can wait until nobody waits for anything. */
  function rest(): void {
    if (isStopped || job !== undefined || queued > 0) return;
    for (const project of projects.values()) {
      project.analyzed.prepare();
      writer?.settled(project);
    }
  }

  function nextProject(): OpenProject | undefined {
    const waiting = [...projects.values()].filter(({ analyzed }) => analyzed.checker.pending > 0);
    if (waiting.length < 2) return waiting[0];
    const files = documents.files();
    return waiting.find(({ root }) => files.some((file) => isInside(root, file))) ?? waiting[0];
  }

  /** Runs rules for a slice; at the beginning of much work, what stands in open files comes first and is shown at once. */
  function runSlice(project: OpenProject, isFirst: boolean): boolean {
    const { checker } = project.analyzed;
    const now = (): number => performance.now();
    const isMuch = checker.pending > MANY_CHANGES;
    const open = isFirst && isMuch ? documents.files().filter((file) => concerns(project, file)) : [];
    if (open.length === 0) return checker.run({ now, deadline: now() + SLICE });
    const units = project.unitsOf(open);
    const isDone = checker.run({ now, deadline: now() + SLICE, first: (unit) => units.has(unit) });
    if (!isDone) listener.findingsChanged(new Set(open));
    return isDone;
  }

  function publish(project: OpenProject): void {
    const changed = project.takeChanged();
    repairs.delete(project.root);
    if (changed === 'all' || changed.size > 0) listener.findingsChanged(changed);
  }

  function projectsOf(file: FileId): OpenProject[] {
    return [...projects.values()].filter((project) => project.analyzed.index.owns(file));
  }

  return {
    projects: () => [...projects.values()],
    projectsOf,
    setFolders(next) {
      folders = [...next];
      enqueue(rediscover);
    },
    documentChanged(files) {
      const changed = [...files];
      documentChanged(changed);
      if (folders.length === 0 && changed.some((file) => documents.get(file) !== undefined && projectsOf(file).length === 0)) {
        enqueue(rediscover);
      }
    },
    diskChanged(files) {
      enqueue(() => diskChanged(files));
    },
    rescan(file) {
      enqueue(async () => {
        await rediscover();
        for (const project of file === undefined ? [...projects.values()] : projectsOf(file)) await reread(project.root);
        kick();
      });
    },
    hurry(files, milliseconds) {
      for (const project of projects.values()) {
        if (project.analyzed.checker.pending === 0) continue;
        const units = project.unitsOf(files);
        const now = (): number => performance.now();
        project.analyzed.checker.run({ now, deadline: now() + milliseconds, first: (unit) => units.has(unit) });
      }
    },
    async settled() {
      while (!isStopped && (queued > 0 || job !== undefined)) {
        await queue;
        await job;
      }
    },
    refresh(files) {
      for (const file of files) lines.delete(file);
      let hadNews = false;
      for (const project of projects.values()) if (tell(project, files)) hadNews = true;
      if (hadNews) kick();
      return hadNews;
    },
    readText,
    linesOf(file) {
      const open = documents.get(file);
      if (open !== undefined && !open.isRemoved) return open.synced.lines;
      const known = lines.get(file);
      if (known !== undefined) return known;
      const fresh = lineIndex(readText(file) ?? '');
      if (lines.size >= KEPT_LINES) {
        const [oldest] = lines.keys();
        if (oldest !== undefined) lines.delete(oldest);
      }
      lines.set(file, fresh);
      return fresh;
    },
    stop() {
      isStopped = true;
      writer?.stop();
    },
  };
}

function isNothing({ everything, files, keys, nodes }: ProjectChange): boolean {
  return !everything && files.size + keys.size + nodes.size === 0;
}

function isFolder(path: FileId): boolean {
  try {
    return statSync(pathOfFileId(path)).isDirectory();
  } catch {
    return false;
  }
}
