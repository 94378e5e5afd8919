/** One dbt project with its packages: takes changes of files, keeps tables and graph, and says what changed. */

import { deepEqual } from '../base/equality.ts';
import { fastHash } from '../base/hash.ts';
import type { FileId } from '../base/file-id.ts';
import { isInside, joinPath, parentFolder } from '../base/file-id.ts';
import type { MultiMap } from '../base/multi-map.ts';
import type { Packer } from '../base/packed.ts';
import { createMultiMap } from '../base/multi-map.ts';
import type { PyDict } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { ConfigTree } from '../dbt/config-merge.ts';
import { readAutomationFile, isAutomationPath } from '../facts/automation.ts';
import type { FileFacts, SelectedColumns } from '../facts/file-facts.ts';
import { isProjectWide, placesOf, projectLayout } from '../facts/project-layout.ts';
import { entryOfId } from '../facts/property-facts.ts';
import { readFile, unreadableFile } from '../facts/read-file.ts';
import { readSelectedColumns } from '../facts/sql-text.ts';
import { spanAt } from '../facts/value-spans.ts';
import { forgetRecentJinja } from '../syntax/jinja/recent.ts';
import { assembleGroup, groupsOfPackage } from './assembly/assembly.ts';
import type { Assembled, AssemblyContext } from './assembly/shared.ts';
import { claimedStems, hasRefableRows, sortedEntries } from './assembly/shared.ts';
import { createCycles } from './cycles.ts';
import type { Group, GroupKey } from './groups.ts';
import { groupKey, groupOfTableKey, parseGroupKey } from './groups.ts';
import type { Anchor, DbtNode, GroupNode, MacroNode } from './model.ts';
import type { NodeDelta, NodeTables } from './node-tables.ts';
import { createNodeTables, TIME_SPINES } from './node-tables.ts';
import type { IndexProblem } from './problems.ts';
import type { PackageTables, StoredFile, TableKey } from './package-tables.ts';
import { createPackageTables, sortedByFile } from './package-tables.ts';
import { resolveParents } from './resolution.ts';
import type { GroupOutcome, GroupReads, KnownState, OpenedIndex, SnapshotOrigin } from './snapshot.ts';
import { hashOfStored, isOfOrigin, packIndex, snapshotOrigin } from './snapshot.ts';
import type { ProjectTextFault, RenderState } from './rendering.ts';
import { createRenderState, READ_BY_ALL } from './rendering.ts';
import { createSemanticLayer, OLD_TIME_SPINE, SEMANTIC_TYPES } from './semantics/layer.ts';
import type { Invocation, ProjectInput, SourceFile } from './source-file.ts';
import { adapterOfProfiles, profilesIn } from './packages.ts';

/** A package of the project (or the project itself) as it stands now. */
export interface PackageState {
  readonly name: string;
  readonly root: FileId;
  readonly isRoot: boolean;
  readonly projectFile: FileId;
  /** dbt_project.yml, rendered; values that need what files cannot tell are left out. */
  readonly project: PyDict;
  /** The same with unknown values in their places. */
  readonly projectTree: ConfigTree;
  /** The texts of dbt_project.yml that cannot be rendered. */
  readonly projectFaults: readonly ProjectTextFault[];
  readonly tables: PackageTables;
}

/** What an `apply` did, in the terms of the read keys that the project view notes. */
export interface ProjectChange {
  readonly nodes: ReadonlySet<string>;
  readonly files: ReadonlySet<FileId>;
  readonly keys: ReadonlySet<string>;
  readonly everything: boolean;
  /** Names or folders changed: the shell should look again which files there are. */
  readonly layout: boolean;
}

/** What an index is given from outside. */
export interface ProjectIndexOptions {
  /** Newest text of a file, for templates that must be evaluated again though they did not change. */
  readonly readText: (file: FileId) => string | undefined;
  readonly invocation: Invocation;
  /** Told of each template that is evaluated, for tests of what was not. */
  readonly onEvaluate?: (file: FileId) => void;
  /** No file is ever applied after the first ones, so that nothing needs to be remembered for it. */
  readonly once?: boolean;
  /**
   * An index of the same origin to go on from: what the input says otherwise is applied to it. One of another origin is left aside, and the files that
   * the input calls `unchanged` are read all the same.
   */
  readonly snapshot?: OpenedIndex;
}

/** One project with its packages, kept current change by change. */
export interface ProjectIndex {
  readonly root: FileId;
  readonly outerRoot: FileId;
  readonly rootPackage: PackageState;
  readonly packages: ReadonlyMap<string, PackageState>;
  readonly nodes: NodeTables;
  readonly render: RenderState;
  apply(files: readonly SourceFile[]): ProjectChange;
  /** True if the file belongs to the project, to its packages or to its surroundings. */
  owns(file: FileId): boolean;
  /** True if a change of the file may change which files dbt reads, so that the project must be walked again. */
  changesLayout(file: FileId): boolean;
  packageOf(file: FileId): PackageState | undefined;
  storedFile(file: FileId): StoredFile | undefined;
  /** Own files (root package and surroundings) that are read, sorted. */
  ownFiles(): Iterable<FileId>;
  automationFiles(): ReadonlyMap<FileId, FileFacts>;
  profileFiles(): ReadonlyMap<FileId, FileFacts>;
  hasFile(file: FileId): boolean;
  /** Own property files that cannot be read to the end: what they would declare is unknown. */
  brokenPropertyFiles(): ReadonlySet<FileId>;
  problems(): Iterable<IndexProblem>;
  problemsOfFile(file: FileId): readonly IndexProblem[];
  /** Unique ids of the nodes of each circle of references. */
  cycles(): readonly (readonly string[])[];
  groupNodes(): readonly GroupNode[];
  /** Own macros, sorted by unique id. */
  macroNodes(): readonly MacroNode[];
  locate(anchor: Anchor): Span | undefined;
  /** What changed since the snapshot was taken that the index began with; undefined if it began with none, or with one of no use. */
  readonly caughtUp: ProjectChange | undefined;
  /** Makes ready for changes what a start from the cache has put off: the first change would wait for it. */
  prepare(): void;
  /** See `packIndex`; what groups read is told apart by `reads`. */
  pack(packer: Packer): Generator<void, number | undefined>;
  reads(): GroupReads;
  /** The files that are read, with the hashes of their texts. */
  hashes(): Iterable<readonly [FileId, string]>;
  /** The output columns of a SQL model, read when they are first asked for; undefined for other files. */
  selectedColumns(file: FileId): SelectedColumns | undefined;
}

/** Builds the index of a project from what the shells found. */
export function createProjectIndex(input: ProjectInput, options: ProjectIndexOptions): ProjectIndex {
  const { root, outerRoot } = input;
  let packages = new Map<string, PackageState>();
  let namesakes: PackageState[] = [];
  let packageByRoot: [FileId, PackageState][] = [];
  let rootPackage: PackageState;
  let render: RenderState;
  let nodes = createNodeTables({ once: options.once === true });
  let cycles = createCycles(nodes);
  const semanticLayer = createSemanticLayer();
  const around = new Map<FileId, StoredFile>();
  /** Every file that exists, by the state in which it was last heard of; texts are not kept. */
  const present = new Map<FileId, KnownState>();
  /** Of the groups that gave something besides nodes; those stand in the tables. */
  const outcomes = new Map<GroupKey, GroupOutcome>();
  const readersOf: MultiMap<string, GroupKey> = createMultiMap();
  const readsOfGroup = new Map<GroupKey, readonly string[]>();
  let savedReads: (() => GroupReads) | undefined;
  const problemFiles: MultiMap<FileId, IndexProblem> = createMultiMap();
  /** Names of models by the file stems that their versions claim; both as `<package>/<name>`. */
  const claims = new Map<string, string>();
  const stemsOfClaimer: MultiMap<string, string> = createMultiMap();
  const broken = new Set<FileId>();
  /** Of the files for which somebody asked. */
  const columns = new Map<FileId, SelectedColumns>();
  let batch: ReadonlyMap<FileId, SourceFile> = new Map();

  const textOf = (file: FileId): string | undefined => {
    const source = batch.get(file);
    if (source?.state === 'text') return source.text;
    return source === undefined ? options.readText(file) : undefined;
  };

  function start(files: readonly SourceFile[]): void {
    packages = new Map();
    namesakes = [];
    nodes = createNodeTables({ once: options.once === true });
    cycles = createCycles(nodes);
    around.clear();
    present.clear();
    outcomes.clear();
    readersOf.clear();
    readsOfGroup.clear();
    savedReads = undefined;
    problemFiles.clear();
    claims.clear();
    stemsOfClaimer.clear();
    broken.clear();
    columns.clear();
    batch = new Map(files.map((source) => [source.file, source]));
    render = createRenderState(options, outerRoot, textOf);
    render.setAdapter(adapterOfProfiles(profilesIn(files), undefined));
    rootPackage = openPackage(root, true);
    const found: PackageState[] = [rootPackage];
    packages.set(rootPackage.name, rootPackage);
    for (const packageRoot of [...input.packageRoots].sort()) {
      const opened = openPackage(packageRoot, false);
      if (packages.has(opened.name)) {
        namesakes.push(opened);
        continue;
      }
      packages.set(opened.name, opened);
      found.push(opened);
    }
    // The deepest folder first, so that a file finds the package it lies in and not the project around it.
    packageByRoot = found
      .map((state): [FileId, PackageState] => [state.root, state])
      .sort((a, b) => b[0].length - a[0].length);
    render.setPackages(packages, rootPackage);
    render.setAdapter(adapterOfProfiles(profilesIn(files), rootPackage.project.get('profile')));
  }

  /** Takes over an index that was saved, after `start` has opened the packages, which are those of then. */
  function restore({ saved, readFile: readPacked, nodes: savedNodes, reads }: OpenedIndex): void {
    nodes = createNodeTables({ once: false, saved: savedNodes });
    cycles = createCycles(nodes);
    const isOutside = new Set(saved.around);
    for (const [file, offset] of saved.files) {
      const owner = isOutside.has(file) ? undefined : packageOf(file);
      if (owner === undefined) around.set(file, readPacked(offset));
      else owner.tables.restore(file, () => readPacked(offset));
    }
    render.setPackages(packages, rootPackage);
    render.restore(saved.evaluations);
    for (const [file, state] of saved.present) present.set(file, state);
    for (const [key, outcome] of saved.outcomes) {
      outcomes.set(key, outcome);
      for (const problem of outcome.problems) problemFiles.add(problem.at.file, problem);
    }
    savedReads = reads;
    for (const [stem, model] of saved.claims) claims.set(stem, model);
    for (const [model, stems] of saved.stemsOfClaimer) for (const stem of stems) stemsOfClaimer.add(model, stem);
    for (const file of saved.broken) broken.add(file);
  }

  /** What only a change needs is taken over when something is about to change. */
  function prepare(): void {
    for (const { tables } of packages.values()) tables.prepare();
    const reads = savedReads?.() ?? [];
    savedReads = undefined;
    for (const [key, own] of reads) {
      readsOfGroup.set(key, own);
      for (const read of own) readersOf.add(read, key);
    }
  }

  /** Brings a restored index to the state of the input. */
  function catchUp({ saved }: OpenedIndex): ProjectChange {
    const hashes = new Map(saved.files.map(([file, , hash]) => [file, hash]));
    const found = new Set<FileId>(input.unchanged);
    for (const { file } of input.files) found.add(file);
    const gone = [...present.keys()].filter((file) => !found.has(file)).map((file): SourceFile => ({ file, state: 'gone' }));
    const news = input.files.filter((source) => {
      const before = present.get(source.file);
      if (source.state === 'text') return before !== 'text' || hashes.get(source.file) !== fastHash(source.text);
      return !deepEqual(before, source);
    });
    if (gone.length + news.length === 0) return { nodes: new Set(), files: new Set(), keys: new Set(), everything: false, layout: false };
    return apply([...gone, ...news]);
  }

  function* pack(packer: Packer): Generator<void, number | undefined> {
    // A caller's environment is not for the disk.
    if ((options.invocation.environment?.size ?? 0) > 0) return undefined;
    const others = {
      origin: currentOrigin(),
      around: [...around.keys()],
      present: [...present],
      outcomes: [...outcomes],
      claims: [...claims],
      stemsOfClaimer: [...stemsOfClaimer.keys()].map((model) => [model, stemsOfClaimer.get(model)] as const),
      broken: [...broken],
      evaluations: render.save(),
    };
    return yield* packIndex(storedFiles(), nodes, others, packer);
  }

  function* storedFiles(): Generator<StoredFile> {
    for (const state of packages.values()) yield* state.tables.files.values();
    yield* around.values();
  }

  function currentOrigin(): SnapshotOrigin {
    const wide: [FileId, string][] = [];
    for (const stored of storedFiles()) if (isProjectWide(stored.file)) wide.push([stored.file, hashOfStored(stored)]);
    return snapshotOrigin(input, wide, options.invocation);
  }

  function readUnchanged(file: FileId): SourceFile {
    const text = options.readText(file);
    return text === undefined ? { file, state: 'present' } : { file, state: 'text', text };
  }

  function openPackage(packageRoot: FileId, isRoot: boolean): PackageState {
    const projectFile = joinPath(packageRoot, 'dbt_project.yml');
    const { project, projectTree, projectFaults } = render.readProjectFile(projectFile, textOf(projectFile), isRoot);
    const layout = projectLayout(packageRoot, project);
    const name = nameOfPackage(project, packageRoot);
    return {
      name,
      root: packageRoot,
      isRoot,
      projectFile,
      project,
      projectTree,
      projectFaults,
      tables: createPackageTables(layout, (entry) => render.entry(name, entry)),
    };
  }

  /** The last answer of `packageOf`: the same file is asked for again and again, by all that stands in it. */
  let lastOwner: { readonly file: FileId; readonly roots: typeof packageByRoot; readonly owner: PackageState | undefined } | undefined;

  function packageOf(file: FileId): PackageState | undefined {
    if (lastOwner?.file !== file || lastOwner.roots !== packageByRoot) lastOwner = { file, roots: packageByRoot, owner: findPackage(file) };
    return lastOwner.owner;
  }

  function findPackage(file: FileId): PackageState | undefined {
    for (const [folder, state] of packageByRoot) if (isInside(folder, file)) return state;
    // Paths such as `model-paths: [../shared/models]` lead out of the project's folder.
    for (const [, state] of packageByRoot) if (placesOf(state.tables.layout, file).length > 0) return state;
    return undefined;
  }

  function apply(files: readonly SourceFile[]): ProjectChange {
    if (options.once === true) throw new Error('An index that is made for one look takes no changes');
    prepare();
    batch = new Map(files.map((source) => [source.file, source]));
    const change: MutableChange & ProjectChange = { nodes: new Set<string>(), files: new Set<FileId>(), keys: new Set<string>(), everything: false, layout: false };
    const dirty = new Set<GroupKey>();
    for (const source of files) readSource(source, change, dirty);
    if (change.everything && movesFiles()) {
      const before = [...nodes.allIds()];
      const all = knownSources();
      start(all);
      dirty.clear();
      for (const source of all) readSource(source, change, dirty);
      for (const id of before) change.nodes.add(id);
      change.everything = true;
      change.layout = true;
      for (const state of packages.values()) for (const key of groupsOfPackage(state)) dirty.add(key);
    } else if (change.everything) refreshProject(dirty);
    assemble(dirty, change);
    batch = new Map();
    return change;
  }

  /** The first reading: everything is new. */
  function applyFirst(files: readonly SourceFile[]): void {
    batch = new Map(files.map((source) => [source.file, source]));
    // Nobody has asked for anything yet who would have to hear of it.
    const change: MutableChange = { nodes: UNHEARD, files: UNHEARD, keys: UNHEARD, everything: true, layout: false };
    const dirty = new Set<GroupKey>();
    for (const source of files) readSource(source, change, dirty);
    // Only now do the tables tell which packages the project asks for.
    render.setPackages(packages, rootPackage);
    for (const state of packages.values()) for (const key of groupsOfPackage(state)) dirty.add(key);
    assemble(dirty, change);
    batch = new Map();
  }

  /** True if a dbt_project.yml now gives its package another name or other folders: then every id or path may differ. */
  function movesFiles(): boolean {
    for (const state of [...packages.values(), ...namesakes]) {
      const { project } = render.readProjectFile(state.projectFile, textOf(state.projectFile), state.isRoot);
      if (nameOfPackage(project, state.root) !== state.name) return true;
      if (!deepEqual(projectLayout(state.root, project), state.tables.layout)) return true;
    }
    return false;
  }

  /** All files with their newest texts, as if they were read for the first time. */
  function knownSources(): SourceFile[] {
    return [...present].map(([file, state]): SourceFile => {
      if (state !== 'text') return state;
      const text = textOf(file);
      return text === undefined ? { file, state: 'present' } : { file, state: 'text', text };
    });
  }

  /** Whether a file names a package that is left out since another one has its name; with a name of its own it comes back. */
  function isProjectFileOfNamesake(file: FileId): boolean {
    return namesakes.some(({ projectFile }) => projectFile === file);
  }

  function readSource(source: SourceFile, change: MutableChange, dirty: Set<GroupKey>): void {
    const { file } = source;
    const wasPresent = present.has(file);
    if (source.state === 'gone') present.delete(file);
    else present.set(file, source.state === 'text' ? 'text' : source);
    if (wasPresent !== (source.state !== 'gone')) change.keys.add(`exists:${file}`);
    if (isProjectFileOfNamesake(file)) change.everything = true;
    const owner = packageOf(file);
    const stored = readStored(source, owner);
    if (owner === undefined || (stored === undefined && around.has(file)) || isAround(stored)) {
      if (stored === undefined) around.delete(file);
      else around.set(file, stored);
      change.keys.add('automation');
      change.keys.add('profiles');
      change.files.add(file);
      return;
    }
    if (owner.isRoot) noteBroken(file, stored, change);
    refreshColumns(source, change);
    for (const key of owner.tables.replace(file, stored)) {
      if (key.startsWith('file:')) {
        if (owner.isRoot) change.files.add(file);
        change.keys.add(key);
        if (isProjectWide(file)) change.everything = true;
        continue;
      }
      if (key.startsWith('entry:')) change.keys.add(key);
      if (readsOfGroup.size > 0) markReaders(key, owner, dirty);
      if (key.startsWith('macro:')) {
        const name = key.slice('macro:'.length);
        change.keys.add(key);
        render.forgetMacro(name);
        // So many groups hang on these that none notes it.
        if (READ_BY_ALL.has(name)) for (const group of allGroups()) dirty.add(group);
      }
      // Names that stand twice are told with the package.
      const { readTwice } = owner.tables.layout;
      if (readTwice.length > 0 || key.startsWith('macro:') || key.startsWith('doc:') || key.startsWith('body:fixture:')) for (const group of groupsOfPackage(owner)) dirty.add(group);
      const group = groupOfTableKey(owner.name, key);
      if (group !== undefined) markGroup(group, owner, dirty);
    }
    // A template that is still there is evaluated again when its text differs; its spans stand until then.
    if (stored === undefined) render.forgetFile(file);
  }

  function markReaders(key: TableKey, owner: PackageState, dirty: Set<GroupKey>): void {
    for (const reader of readersOf.get(`${owner.name}/${key}`)) dirty.add(reader);
    for (const reader of readersOf.get(`*/${key}`)) dirty.add(reader);
    if (!key.startsWith('entry:')) return;
    const section = key.slice('entry:'.length, key.indexOf('/'));
    for (const reader of readersOf.get(`*/section:${section}`)) dirty.add(reader);
  }

  /** Whoever asked for the columns of a file hears when they may be others; who did so before a start from the cache is not known here. */
  function refreshColumns(source: SourceFile, change: MutableChange): void {
    const before = columns.get(source.file);
    const after = before !== undefined && source.state === 'text' ? readSelectedColumns(source.text, render.adapter()) : undefined;
    if (before !== undefined && deepEqual(before, after)) return;
    if (after === undefined) columns.delete(source.file);
    else columns.set(source.file, after);
    change.keys.add(`columns:${source.file}`);
  }

  function selectedColumns(file: FileId): SelectedColumns | undefined {
    const known = columns.get(file);
    if (known !== undefined) return known;
    const isSql = storedFile(file)?.parts.some(({ facts }) => facts.data.kind === 'node-file' && facts.data.language === 'sql') === true;
    const text = isSql ? textOf(file) : undefined;
    if (text === undefined) return undefined;
    const read = readSelectedColumns(text, render.adapter());
    columns.set(file, read);
    return read;
  }

  function noteBroken(file: FileId, stored: StoredFile | undefined, change: MutableChange): void {
    const isBroken =
      stored?.parts.some(
        ({ place, facts }) =>
          place.kind === 'properties' && facts.problems.some(({ code }) => code.startsWith('yaml-') || code.startsWith('file-')),
      ) === true;
    if (isBroken === broken.has(file)) return;
    if (isBroken) broken.add(file);
    else broken.delete(file);
    change.keys.add('broken');
  }

  /** A model's entry may claim other file stems for its versions; whoever gains or loses a stem is assembled again. */
  function markGroup(group: Group, owner: PackageState, dirty: Set<GroupKey>): void {
    dirty.add(groupKey(group));
    const { kind, name } = group;
    if (kind !== 'refable') return;
    // An entry describes a node of another package if its own has none of the name.
    if (packages.size > 1) {
      for (const other of packages.values()) {
        if (other !== owner && hasRefableRows(other.tables, name)) dirty.add(groupKey({ kind, packageName: other.name, name }));
      }
    }
    const own = `${owner.name}/${name}`;
    const claimedBy = claims.get(own);
    if (claimedBy !== undefined) dirty.add(groupKey({ kind, packageName: owner.name, name: claimedBy }));
    const wanted = claimedStems(owner.tables, name);
    for (const stem of stemsOfClaimer.get(own)) {
      if (wanted.includes(stem)) continue;
      stemsOfClaimer.delete(own, stem);
      if (claims.get(`${owner.name}/${stem}`) !== name) continue;
      claims.delete(`${owner.name}/${stem}`);
      markClaim(owner, stem, dirty);
    }
    for (const stem of wanted) {
      if (stem === name || claims.get(`${owner.name}/${stem}`) === name) continue;
      claims.set(`${owner.name}/${stem}`, name);
      stemsOfClaimer.add(own, stem);
      markClaim(owner, stem, dirty);
    }
  }

  function markClaim(owner: PackageState, stem: string, dirty: Set<GroupKey>): void {
    dirty.add(groupKey({ kind: 'refable', packageName: owner.name, name: stem }));
    for (const reader of readersOf.get(`${owner.name}/claim:${stem}`)) dirty.add(reader);
  }

  function readStored(source: SourceFile, owner: PackageState | undefined): StoredFile | undefined {
    if (source.state === 'gone' || source.state === 'present') return undefined;
    const { file } = source;
    const places = owner === undefined ? [] : placesOf(owner.tables.layout, file);
    if (places.length === 0) {
      if (!isAutomationPath(outerRoot, file)) return undefined;
      const facts = source.state === 'text' ? readAutomationFile(file, source.text, outerRoot) : unreadableFile(source);
      return { file, parts: [{ place: { kind: 'automation', searched: outerRoot }, facts }] };
    }
    return {
      file,
      parts: places.map((place) => ({
        place,
        facts: source.state === 'text' ? readFile(place.kind, file, source.text, render.adapter(), { once: options.once === true }) : unreadableFile(source),
      })),
    };
  }

  /** dbt_project.yml, vars or packages changed without moving any file: all is rendered and assembled anew. */
  function refreshProject(dirty: Set<GroupKey>): void {
    const read = (state: PackageState): PackageState => ({ ...state, ...render.readProjectFile(state.projectFile, textOf(state.projectFile), state.isRoot) });
    for (const [name, state] of packages) {
      const fresh = read(state);
      packages.set(name, fresh);
      if (state.isRoot) rootPackage = fresh;
    }
    namesakes = namesakes.map(read);
    packageByRoot = packageByRoot.map(([folder, state]) => [folder, packages.get(state.name) ?? state]);
    render.setPackages(packages, rootPackage);
    refreshAdapter(dirty);
    for (const state of packages.values()) {
      for (const stored of state.tables.files.values()) if (holdsTemplates(stored)) refreshRows(state, stored, dirty);
    }
    for (const key of allGroups()) dirty.add(key);
    for (const state of packages.values()) for (const key of groupsOfPackage(state)) dirty.add(key);
  }

  /** The adapter decides how SQL is spelled: if profiles.yml names another one, all bodies are read again. */
  function refreshAdapter(dirty: Set<GroupKey>): void {
    const before = render.adapter();
    const profiles = [...partsOfKind('profiles').values()].map((facts) => facts.data);
    render.setAdapter(adapterOfProfiles(profiles, rootPackage.project.get('profile')));
    if (render.adapter() === before) return;
    columns.clear();
    for (const state of packages.values()) {
      for (const file of [...state.tables.files.keys()]) {
        const text = textOf(file);
        const stored = text === undefined ? undefined : readStored({ file, state: 'text', text }, state);
        if (stored !== undefined) refreshRows(state, stored, dirty);
      }
    }
  }

  /** Makes the rows of a file anew where all groups are assembled again anyway: names may have changed, and so may what versions claim. */
  function refreshRows(state: PackageState, stored: StoredFile, dirty: Set<GroupKey>): void {
    for (const key of state.tables.replace(stored.file, stored)) {
      const group = groupOfTableKey(state.name, key);
      if (group !== undefined) markGroup(group, state, dirty);
    }
  }

  function assemble(dirty: ReadonlySet<GroupKey>, change: MutableChange): void {
    const delta: NodeDelta = { changed: new Set(), targets: new Set() };
    const spinesBefore = new Set(nodes.candidates(TIME_SPINES));
    for (const key of dirty) if (key !== SEMANTICS) assembleOne(key, delta, change);
    forgetRecentJinja();
    if (change.everything || isSemantic(delta.changed, spinesBefore)) validateSemantics(change);
    const unresolved = new Set(delta.changed);
    if (change.everything) {
      // Whoever kept a result drops it anyway, so that nobody needs to hear of keys.
      for (const uniqueId of nodes.allIds()) {
        const { certain, conditional } = resolveParents(nodes, rootPackage, uniqueId);
        nodes.setParents(uniqueId, certain, conditional);
      }
      for (const uniqueId of delta.changed) {
        if (nodes.rows(uniqueId).length === 0) nodes.setParents(uniqueId, [], []);
      }
      cycles.forget();
      return;
    }
    for (const target of delta.targets) {
      change.keys.add(target);
      for (const wanter of nodes.wanters(target)) unresolved.add(wanter);
    }
    for (const uniqueId of delta.changed) {
      change.nodes.add(uniqueId);
      change.keys.add(`node:${uniqueId}`);
      change.keys.add(`list:${uniqueId.slice(0, uniqueId.indexOf('.'))}`);
      noteTestTarget(uniqueId, change);
    }
    const rewired: string[] = [];
    for (const uniqueId of unresolved) {
      const { certain, conditional } = resolveParents(nodes, rootPackage, uniqueId);
      const touched = nodes.setParents(uniqueId, certain, conditional);
      if (touched.length > 0) rewired.push(uniqueId);
      for (const id of touched) change.keys.add(`edges:${id}`);
      change.keys.add(`resolution:${uniqueId}`);
    }
    if (rewired.length > 0 && cycles.rewired(rewired)) change.keys.add('cycles');
  }

  /** True if one of the nodes has part in the semantic layer, or had. */
  function isSemantic(changed: ReadonlySet<string>, spinesBefore: ReadonlySet<string>): boolean {
    for (const id of changed) {
      const at = id.indexOf('.');
      if (SEMANTIC_TYPES.some((type) => type.length === at && id.startsWith(type)) || id.endsWith(`.${OLD_TIME_SPINE}`) || spinesBefore.has(id)) return true;
    }
    return nodes.candidates(TIME_SPINES).some((id) => changed.has(id));
  }

  /** The outcome of the semantic layer stands among those of the groups, though no group alone makes it. */
  function validateSemantics(change: MutableChange): void {
    for (const problem of outcomes.get(SEMANTICS)?.problems ?? []) {
      problemFiles.delete(problem.at.file, problem);
      change.keys.add(`problems:${problem.at.file}`);
    }
    const problems = semanticLayer.problems(nodes, rootPackage, render);
    if (problems.length === 0) outcomes.delete(SEMANTICS);
    else outcomes.set(SEMANTICS, { problems, groups: [] });
    for (const problem of problems) {
      problemFiles.add(problem.at.file, problem);
      change.keys.add(`problems:${problem.at.file}`);
    }
  }

  function noteTestTarget(uniqueId: string, change: MutableChange): void {
    const node = nodes.rows(uniqueId)[0]?.node;
    if (node?.resourceType === 'test' && typeof node.generic?.target === 'string') change.keys.add(`tests:${node.generic.target}`);
  }

  /** All groups that gave anything. */
  function* allGroups(): Generator<GroupKey> {
    // Only groups that were assembled here stand in the tables.
    for (const group of nodes.groups()) yield group as GroupKey;
    yield* outcomes.keys();
  }

  function assembleOne(key: GroupKey, delta: NodeDelta, change: MutableChange): void {
    const before = outcomes.get(key);
    const group = parseGroupKey(key);
    const owner = packages.get(group.packageName);
    const reads = new Set<string>();
    const after: Assembled | undefined =
      owner === undefined ? undefined : assembleGroup(contextFor(owner, key, reads), group);
    for (const read of readsOfGroup.get(key) ?? []) readersOf.delete(read, key);
    readsOfGroup.delete(key);
    for (const problem of before?.problems ?? []) {
      problemFiles.delete(problem.at.file, problem);
      change.keys.add(`problems:${problem.at.file}`);
    }
    if (options.once !== true) for (const node of nodes.nodesOfGroup(key)) noteOldTestTarget(node, change);
    nodes.replaceGroup(key, after?.nodes ?? [], delta);
    if ((before?.groups.length ?? 0) > 0 || (after?.groups.length ?? 0) > 0) change.keys.add('list:group');
    if (after === undefined || (after.problems.length === 0 && after.groups.length === 0)) outcomes.delete(key);
    else outcomes.set(key, { problems: after.problems, groups: after.groups });
    if (options.once !== true && reads.size > 0) {
      readsOfGroup.set(key, [...reads]);
      for (const read of reads) readersOf.add(read, key);
    }
    for (const problem of after?.problems ?? []) {
      problemFiles.add(problem.at.file, problem);
      change.keys.add(`problems:${problem.at.file}`);
    }
  }

  function noteOldTestTarget(node: DbtNode, change: MutableChange): void {
    if (node.resourceType === 'test' && typeof node.generic?.target === 'string') change.keys.add(`tests:${node.generic.target}`);
  }

  function contextFor(owner: PackageState, key: GroupKey, reads: Set<string>): AssemblyContext {
    return {
      owner,
      rootPackage,
      packages,
      namesakes,
      render,
      group: key,
      claimedBy: (stem) => claims.get(`${owner.name}/${stem}`),
      claimedIn: (state, stem) => claims.get(`${state.name}/${stem}`),
      note: options.once === true ? forgetRead : (read) => reads.add(read),
    };
  }

  function locate(anchor: Anchor): Span | undefined {
    const stored = storedFile(anchor.file);
    if (stored === undefined) return undefined;
    if (anchor.kind === 'file') return { from: 0, to: 0 };
    for (const { facts } of stored.parts) {
      if (anchor.kind === 'text') {
        const span = facts.anchors.get(anchor.name) ?? render.locate(stored, anchor.name);
        if (span !== undefined) return span;
        continue;
      }
      if (facts.data.kind === 'value') return spanAt(facts.data.value, facts.data.spans, anchor.path, anchor.part);
      if (facts.data.kind === 'profiles') return spanAt(facts.data.skeleton, facts.data.spans, anchor.path, anchor.part);
      if (facts.data.kind !== 'properties') continue;
      const entry = entryOfId(facts.data, anchor.entry);
      if (entry !== undefined) return spanAt(entry.value, entry.spans, anchor.path, anchor.part);
    }
    return undefined;
  }

  function storedFile(file: FileId): StoredFile | undefined {
    return packageOf(file)?.tables.files.get(file) ?? around.get(file);
  }

  const { snapshot } = options;
  let caughtUp: ProjectChange | undefined;
  start(input.files);
  if (snapshot !== undefined && isOfOrigin(snapshot, input, options.invocation)) {
    restore(snapshot);
    batch = new Map();
    caughtUp = catchUp(snapshot);
  } else {
    const files = [...input.files, ...[...(input.unchanged ?? [])].map(readUnchanged)];
    if (files.length > input.files.length) start(files);
    applyFirst(files);
  }

  return {
    root,
    outerRoot,
    get rootPackage() {
      return rootPackage;
    },
    get packages() {
      return packages;
    },
    get nodes() {
      return nodes;
    },
    get render() {
      return render;
    },
    apply,
    owns: (file) => packageOf(file) !== undefined || around.has(file) || isAutomationPath(outerRoot, file),
    changesLayout(file) {
      const name = file.slice(file.lastIndexOf('/') + 1);
      return name === 'dbt_project.yml' && (packageByRoot.some(([folder]) => folder === parentFolder(file)) || isProjectFileOfNamesake(file));
    },
    packageOf,
    storedFile,
    *ownFiles() {
      yield* rootPackage.tables.files.keys();
      yield* around.keys();
    },
    automationFiles: () => partsOfKind('automation'),
    profileFiles: () => partsOfKind('profiles'),
    hasFile: (file) => present.has(file),
    brokenPropertyFiles: () => broken,
    *problems() {
      for (const outcome of outcomes.values()) yield* outcome.problems;
    },
    problemsOfFile: (file) => [...problemFiles.get(file)],
    cycles: () => cycles.all(),
    groupNodes: () => [...outcomes.values()].flatMap((outcome) => outcome.groups),
    macroNodes: () => macroNodesOf(rootPackage),
    locate,
    caughtUp,
    pack,
    prepare,
    reads() {
      prepare();
      return [...readsOfGroup];
    },
    *hashes() {
      for (const stored of storedFiles()) yield [stored.file, hashOfStored(stored)];
    },
    selectedColumns,
  };

  function partsOfKind(kind: 'automation' | 'profiles'): Map<FileId, FileFacts> {
    const found = new Map<FileId, FileFacts>();
    const collect = (stored: StoredFile): void => {
      for (const part of stored.parts) if (part.facts.data.kind === kind) found.set(stored.file, part.facts);
    };
    for (const stored of around.values()) collect(stored);
    if (kind === 'profiles') {
      for (const file of rootPackage.tables.files.keys()) {
        const stored = isProjectWide(file) ? rootPackage.tables.files.get(file) : undefined;
        if (stored !== undefined) collect(stored);
      }
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** The key under which the outcome of the whole semantic layer stands among those of the groups. */
const SEMANTICS: GroupKey = groupKey({ kind: 'semantics', packageName: '', name: '' });

/** The `name:` of a project, or its folder's name while there is none. */
function nameOfPackage(project: PyDict, root: FileId): string {
  const name = project.get('name');
  return typeof name === 'string' ? name : root.slice(root.lastIndexOf('/') + 1);
}

/** True if a property file has entries that are templates. */
function holdsTemplates(stored: StoredFile): boolean {
  return stored.parts.some(({ facts }) => facts.data.kind === 'properties' && facts.data.entries.some(({ isTemplate }) => isTemplate === true));
}

/** Of an index that takes no changes nobody asks what was read. */
const forgetRead = (): void => undefined;

/** Takes what changed. */
interface ChangeList {
  add(value: string): unknown;
}

/** Keeps nothing. */
const UNHEARD: ChangeList = { add: () => undefined };

interface MutableChange {
  readonly nodes: ChangeList;
  readonly files: ChangeList;
  readonly keys: ChangeList;
  everything: boolean;
  layout: boolean;
}

function isAround(stored: StoredFile | undefined): boolean {
  return stored?.parts[0]?.place.kind === 'automation';
}

function macroNodesOf(state: PackageState): MacroNode[] {
  const { macros, entries } = state.tables;
  const found: MacroNode[] = [];
  for (const name of [...macros.keys()].sort()) {
    const [entry] = sortedEntries(entries.get(`macros/${name}`));
    for (const row of sortedByFile(macros.get(name))) {
      found.push({
        uniqueId: `macro.${state.name}.${name}`,
        name,
        packageName: state.name,
        file: row.file,
        patch: entry === undefined ? undefined : { file: entry.file, entry: entry.entry.id },
      });
    }
  }
  return found;
}
