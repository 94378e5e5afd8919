/** Runs rules over the units of one project and keeps their results until something that they read changes. */

import { bug } from '../base/bug.ts';
import type { FileId } from '../base/file-id.ts';
import { relativePath } from '../base/file-id.ts';
import type { MultiMap } from '../base/multi-map.ts';
import { createMultiMap } from '../base/multi-map.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Anchor, DbtNode } from '../index/model.ts';
import type { IndexProblem } from '../index/problems.ts';
import type { ProjectView } from '../index/project-view.ts';
import type { RuleConfiguration } from './configuration.ts';
import type { Finding, UnitResult, UnknownJudgement } from './finding.ts';
import type { AnyRule, FileRule, NodeRule, ProblemRule, ProjectRule, Report, RuleCategory, RuleContext } from './rule.ts';

/**
 * A unit of checking. `file`: all rules on one file and on the problems in it; `node`: all node rules on one node; `near`: all rules that look at a
 * node's neighbours, with one read set for all; `project`: one rule on the project.
 */
type Scope = 'file' | 'node' | 'near' | 'project';

/** A unit as one text: its scope, then the file, the unique id or the rule. */
export type UnitKey = `${Scope}:${string}`;

/** What changed in the index since the checker last heard. */
export interface IndexChange {
  readonly nodes: ReadonlySet<string>;
  readonly files: ReadonlySet<FileId>;
  /** Read keys as the view notes them. */
  readonly keys: ReadonlySet<string>;
  /** Adapter, versions, layout or the settings changed: every unit runs again. */
  readonly everything: boolean;
}

/** What the checker needs of the index. */
export interface CheckedProject {
  /** A window whose accessors report each read key to `note`. */
  view(note?: (key: string) => void): ProjectView;
  /** The node if it is the project's own and to be checked. */
  checkedNode(uniqueId: string): DbtNode | undefined;
  checkedNodeIds(): Iterable<string>;
  checkedFile(file: FileId): readonly FileFacts[];
  checkedFiles(): Iterable<FileId>;
  /** What the readers and the index found wrong in a file of the project's own. */
  problemsOfFile(file: FileId): readonly IndexProblem[];
}

/** Runs rules on dirty units and keeps the results of the clean ones. */
export interface Checker {
  /** Marks what must run again. */
  invalidate(change: IndexChange): void;
  /** Runs dirty units until done or until `deadline` (ms, as `now()` gives) has passed; true if none is left. */
  run(options: { readonly now: () => number; readonly deadline: number; readonly first?: (unit: UnitKey) => boolean }): boolean;
  readonly pending: number;
  /** Grows whenever a unit has run: what was made of results is good as long as it stands. */
  readonly revision: number;
  results(): IterableIterator<[UnitKey, UnitResult]>;
  /** How many judgements could not be made. */
  readonly unknownCount: number;
  /** Units whose findings stand in a file. */
  unitsOfFile(file: FileId): readonly UnitKey[];
  result(unit: UnitKey): UnitResult | undefined;
  /** Files in which findings stand, suppressed ones too. */
  filesWithFindings(): IterableIterator<FileId>;
  /** Files whose findings may have changed since the last call. */
  takeChangedFiles(): ReadonlySet<FileId>;
  /** Runs a unit at once, dirty or not: a result that was saved has lost its fixes. */
  renew(unit: UnitKey): UnitResult | undefined;
  /** All results as plain data, in steps; `pack` stows one away. Only when nothing is dirty, and of no use if a unit runs between two steps. */
  save(pack: (result: UnitResult) => number): Generator<void, SavedResults>;
  reads(): UnitReads;
  /** Makes ready for changes what a start from the cache has put off: the first change would wait for it. */
  prepare(): void;
  /** Units that ran since the checker was made, for tests of what was not recomputed. */
  onRun(listener: (unit: UnitKey) => void): void;
}

/** The results of a checker as plain data: of each unit the offset of its result, and the files its findings stand in. */
export interface SavedResults {
  readonly results: readonly (readonly [UnitKey, offset: number])[];
  readonly files: readonly (readonly [FileId, readonly UnitKey[]])[];
}

/** What each unit read: nobody asks for it before something changes. */
export type UnitReads = readonly (readonly [UnitKey, readonly string[]])[];

/** Results that were saved by this version of the program, with the same configuration, and how they are read. */
export interface ResultsToRestore {
  readonly saved: SavedResults;
  readonly unpack: (offset: number) => UnitResult;
  readonly reads: () => UnitReads;
}

/** How a checker is to work. */
export interface CheckerOptions {
  /** Nothing is ever invalidated again, so that no read needs to be remembered; findings keep neither fixes nor related places. */
  readonly once?: boolean;
  readonly results?: ResultsToRestore;
}

/** A rule with the context that it is called with, again and again: what differs from call to call stands in `Current`. */
interface Prepared<Rule> {
  readonly rule: Rule;
  readonly context: RuleContext<string, unknown>;
}

interface RulesByScope {
  readonly file: readonly Prepared<FileRule>[];
  /** By code. */
  readonly problem: ReadonlyMap<string, readonly Prepared<ProblemRule>[]>;
  /** By resource type. */
  readonly node: ReadonlyMap<string, readonly Prepared<NodeRule>[]>;
  readonly near: ReadonlyMap<string, readonly Prepared<NodeRule>[]>;
  readonly project: ReadonlyMap<string, Prepared<ProjectRule>>;
}

/** The unit that runs, and what was found in it so far. */
interface Current {
  readonly node: DbtNode | null;
  readonly file: FileId;
  readonly findings: Finding[];
  readonly unknowns: UnknownJudgement[];
}

const NOTHING: UnitResult = { findings: [], unknowns: [] };

/** Makes a checker for one project with the rules that its configuration switches on. */
export function createChecker(
  project: CheckedProject,
  rules: readonly AnyRule[],
  configuration: RuleConfiguration,
  { once = false, results: restored }: CheckerOptions = {},
): Checker {
  const active = rules.filter((rule) => configuration.isOn(rule));
  const results = new Map<UnitKey, UnitResult>();
  const readsOfUnit = new Map<UnitKey, readonly string[]>();
  const unitsOfRead: MultiMap<string, UnitKey> = createMultiMap();
  let savedReads: (() => UnitReads) | undefined;
  const unitsOfFile: MultiMap<FileId, UnitKey> = createMultiMap(restored?.saved.files);
  const dirty = new Set<UnitKey>();
  const changedFiles = new Set<FileId>();
  let listener: ((unit: UnitKey) => void) | undefined;

  /** True before a look that is the only one, at all units: then none of them needs to be remembered. */
  let isUntouched = false;
  /** Results of that look: who prints them goes through all of them once. */
  let unstored: [UnitKey, UnitResult][] = [];
  let revision = 0;
  /** Counted when first asked for: results that were saved are not read before somebody needs them. */
  let unknownCount: number | undefined;
  let current: Current | undefined;
  let noted: Set<string> | undefined;
  const view = once ? project.view() : project.view((key) => noted?.add(key));
  const byScope = splitByScope(active, contextFor);

  function invalidate(change: IndexChange): void {
    if (change.everything || change.nodes.size + change.files.size + change.keys.size > 0) restoreReads();
    if (once && change.everything) isUntouched = true;
    else if (change.everything) {
      for (const unit of results.keys()) dirty.add(unit);
      for (const id of project.checkedNodeIds()) markNode(id);
      for (const file of project.checkedFiles()) dirty.add(`file:${file}`);
      for (const id of byScope.project.keys()) dirty.add(`project:${id}`);
    }
    if (change.everything) return;
    for (const id of change.nodes) markNode(id);
    for (const file of change.files) dirty.add(`file:${file}`);
    for (const key of change.keys) {
      for (const unit of unitsOfRead.get(key)) dirty.add(unit);
      if (key.startsWith(PROBLEMS_KEY)) dirty.add(`file:${key.slice(PROBLEMS_KEY.length)}`);
    }
    // Rules on a node alone keep no read sets; this is the one thing beyond the node that decides on their reports.
    if (change.keys.has('broken')) for (const unit of results.keys()) if (unit.startsWith('node:')) dirty.add(unit);
  }

  function markNode(id: string): void {
    const type = id.slice(0, id.indexOf('.'));
    if (byScope.node.has(type)) dirty.add(`node:${id}`);
    if (byScope.near.has(type)) dirty.add(`near:${id}`);
  }

  /** Runs everything, once. */
  function runAll(): void {
    isUntouched = false;
    for (const id of project.checkedNodeIds()) {
      const type = id.slice(0, id.indexOf('.'));
      if (byScope.node.has(type)) runOnce('node', id);
      if (byScope.near.has(type)) runOnce('near', id);
    }
    for (const file of project.checkedFiles()) runOnce('file', file);
    for (const id of byScope.project.keys()) runOnce('project', id);
  }

  function runOnce(scope: Scope, name: string): void {
    revision++;
    const result = runUnit(scope, name);
    if (result !== NOTHING) unstored.push([`${scope}:${name}`, result]);
    listener?.(`${scope}:${name}`);
  }

  /** Makes the results of a single look findable by unit and by file, if somebody asks. */
  function storeAll(): void {
    if (unstored.length === 0) return;
    unknownCount = undefined;
    for (const [unit, result] of unstored) store(unit, result);
    unstored = [];
  }

  function runUnit(scope: Scope, name: string): UnitResult {
    const findings: Finding[] = [];
    const unknowns: UnknownJudgement[] = [];
    if (scope === 'project') {
      current = { node: null, file: view.projectFile, findings, unknowns };
      const prepared = byScope.project.get(name);
      if (prepared !== undefined) callRule(prepared, view, scope, name);
    } else if (scope === 'file') {
      current = { node: null, file: name, findings, unknowns };
      for (const facts of project.checkedFile(name)) {
        for (const prepared of byScope.file) {
          if (prepared.rule.units.fileKinds.includes(facts.data.kind)) callRule(prepared, { file: name, facts }, scope, name);
        }
      }
      for (const problem of project.problemsOfFile(name)) {
        for (const prepared of byScope.problem.get(problem.code) ?? []) callRule(prepared, problem, scope, name);
      }
    } else {
      const node = project.checkedNode(name);
      if (node === undefined) return NOTHING;
      current = { node, file: node.file, findings, unknowns };
      const rules = (scope === 'node' ? byScope.node : byScope.near).get(node.resourceType);
      for (const prepared of rules ?? []) callRule(prepared, node, scope, name);
    }
    current = undefined;
    // Copies have just the size that is needed; results are many, and stay.
    return findings.length === 0 && unknowns.length === 0 ? NOTHING : { findings: findings.slice(), unknowns: unknowns.slice() };
  }

  /** A bug in a rule costs what the rule would have found here, nothing else. */
  function callRule<Unit>(
    { rule, context }: Prepared<{ readonly meta: AnyRule['meta']; check(unit: Unit, context: RuleContext<string, unknown>): void }>,
    on: Unit,
    scope: Scope,
    name: string,
  ): void {
    try {
      rule.check(on, context);
    } catch (error) {
      bug.report(error, { rule: rule.meta.id, unit: `${scope}:${name}` });
    }
  }

  function contextFor(rule: AnyRule): RuleContext<string, unknown> {
    const lacksDeclarations = MISSES_DECLARATIONS.has(rule.meta.category);
    function unknown(reason: string): void {
      if (current === undefined) throw new Error(`${rule.meta.id} judges after its check has ended`);
      const { node, file } = current;
      const at: Anchor = node === null ? { kind: 'file', file } : view.nodeAnchor(node);
      current.unknowns.push({ ruleId: rule.meta.id, at, uniqueId: node?.uniqueId ?? null, reason });
    }
    return {
      project: view,
      options: configuration.options(rule),
      report(report) {
        if (current === undefined) throw new Error(`${rule.meta.id} reports after its check has ended`);
        const { node } = current;
        const unread = node !== null && lacksDeclarations ? unreadDeclaration(view, node) : undefined;
        if (unread === undefined) current.findings.push(toFinding(rule, report, node, configuration, once));
        else unknown(`${relativePath(view.root, unread)} cannot be read`);
      },
      unknown,
    };
  }

  function store(unit: UnitKey, result: UnitResult): void {
    const before = results.get(unit);
    if (unknownCount !== undefined) unknownCount += result.unknowns.length - (before?.unknowns.length ?? 0);
    for (const finding of before?.findings ?? []) {
      unitsOfFile.delete(finding.at.file, unit);
      changedFiles.add(finding.at.file);
    }
    if (result.findings.length === 0 && result.unknowns.length === 0) results.delete(unit);
    else results.set(unit, result);
    for (const finding of result.findings) {
      unitsOfFile.add(finding.at.file, unit);
      changedFiles.add(finding.at.file);
    }
  }

  function storeReads(unit: UnitKey, reads: readonly string[]): void {
    for (const key of readsOfUnit.get(unit) ?? []) unitsOfRead.delete(key, unit);
    if (reads.length === 0) readsOfUnit.delete(unit);
    else readsOfUnit.set(unit, reads);
    for (const key of reads) unitsOfRead.add(key, unit);
  }

  function restore({ saved, unpack, reads }: ResultsToRestore): void {
    for (const [unit, offset] of saved.results) results.set(unit, resultForLater(offset, unpack));
    savedReads = reads;
  }

  /** What units read is taken over when something is about to change. */
  function restoreReads(): void {
    const reads = savedReads?.() ?? [];
    savedReads = undefined;
    for (const [unit, own] of reads) {
      readsOfUnit.set(unit, own);
      for (const key of own) unitsOfRead.add(key, unit);
    }
  }

  function* save(pack: (result: UnitResult) => number): Generator<void, SavedResults> {
    const offsets: SavedResults['results'][number][] = [];
    for (const [unit, { findings, unknowns }] of results) {
      // Fixes are code.
      offsets.push([unit, pack({ findings: findings.map((finding) => ({ ...finding, makeFix: undefined })), unknowns })]);
      if (offsets.length % RESULTS_AT_ONCE === 0) yield;
    }
    return {
      results: offsets,
      files: [...unitsOfFile.keys()].map((file) => [file, unitsOfFile.get(file)]),
    };
  }

  function runOne(unit: UnitKey): void {
    restoreReads();
    dirty.delete(unit);
    revision++;
    const tracked = !once && !unit.startsWith('node:');
    noted = tracked ? new Set() : undefined;
    const separator = unit.indexOf(':');
    // A key begins with its scope.
    const result = runUnit(unit.slice(0, separator) as Scope, unit.slice(separator + 1));
    if (tracked) storeReads(unit, [...(noted ?? [])]);
    noted = undefined;
    store(unit, result);
    listener?.(unit);
  }

  if (restored !== undefined) restore(restored);

  return {
    invalidate,
    save,
    prepare: restoreReads,
    reads() {
      restoreReads();
      return [...readsOfUnit];
    },
    renew(unit) {
      storeAll();
      runOne(unit);
      return results.get(unit);
    },
    run({ now, deadline, first }) {
      if (isUntouched) runAll();
      let untilClock = 0;
      const outOfTime = (): boolean => {
        if (untilClock-- > 0) return false;
        untilClock = 15;
        return now() >= deadline;
      };
      if (first !== undefined) {
        for (const unit of [...dirty].filter(first)) {
          if (outOfTime()) return dirty.size === 0;
          runOne(unit);
        }
      }
      for (const unit of dirty) {
        if (outOfTime()) return dirty.size === 0;
        runOne(unit);
      }
      return true;
    },
    get pending() {
      return dirty.size;
    },
    get revision() {
      return revision;
    },
    *results() {
      yield* unstored;
      yield* results.entries();
    },
    get unknownCount() {
      if (unknownCount === undefined) {
        unknownCount = 0;
        for (const { unknowns } of results.values()) unknownCount += unknowns.length;
        for (const [, { unknowns }] of unstored) unknownCount += unknowns.length;
      }
      return unknownCount;
    },
    unitsOfFile(file) {
      storeAll();
      return unitsOfFile.get(file);
    },
    result(unit) {
      storeAll();
      return results.get(unit);
    },
    filesWithFindings() {
      storeAll();
      return unitsOfFile.keys();
    },
    takeChangedFiles() {
      storeAll();
      const taken = new Set(changedFiles);
      changedFiles.clear();
      return taken;
    },
    onRun(newListener) {
      listener = newListener;
    },
  };
}

/** So many results are packed before others may have the thread. */
const RESULTS_AT_ONCE = 200;

/** A result that is read when it is first looked at. */
function resultForLater(offset: number, unpack: (offset: number) => UnitResult): UnitResult {
  let result: UnitResult | undefined;
  const read = (): UnitResult => (result ??= unpack(offset));
  return {
    get findings() {
      return read().findings;
    },
    get unknowns() {
      return read().unknowns;
    },
  };
}

/** Begins the key by which an index tells that the problems in a file may be others now. */
const PROBLEMS_KEY = 'problems:';

/** Rules that flag what property files do not say. */
const MISSES_DECLARATIONS: ReadonlySet<RuleCategory> = new Set<RuleCategory>(['testing', 'documentation', 'freshness']);

/** The property file that may declare what a node seems to lack, but cannot be read to the end. */
function unreadDeclaration(view: ProjectView, node: DbtNode): FileId | undefined {
  const broken = view.brokenPropertyFiles();
  const own = 'patch' in node ? node.patch?.file : node.file;
  return own === undefined ? broken[0] : broken.find((file) => file === own);
}

function splitByScope(rules: readonly AnyRule[], contextFor: (rule: AnyRule) => RuleContext<string, unknown>): RulesByScope {
  const file: Prepared<FileRule>[] = [];
  const problem = new Map<string, Prepared<ProblemRule>[]>();
  const node = new Map<string, Prepared<NodeRule>[]>();
  const near = new Map<string, Prepared<NodeRule>[]>();
  const project = new Map<string, Prepared<ProjectRule>>();
  for (const rule of rules) {
    const context = contextFor(rule);
    switch (rule.scope) {
      case 'file':
        file.push({ rule, context });
        break;
      case 'problem':
        for (const code of rule.units.codes) addTo(problem, code, { rule, context });
        break;
      case 'node':
        for (const type of rule.units.resourceTypes) addTo(node, type, { rule, context });
        break;
      case 'neighbours':
        for (const type of rule.units.resourceTypes) addTo(near, type, { rule, context });
        break;
      default:
        project.set(rule.meta.id, { rule, context });
    }
  }
  return { file, problem, node, near, project };
}

function addTo<Rule>(lists: Map<string, Prepared<Rule>[]>, key: string, prepared: Prepared<Rule>): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [prepared]);
  else list.push(prepared);
}

/** Shells that look once print whether there is a fix, but make none. */
const noFix = (): undefined => undefined;

const NO_RELATED: Finding['related'] = [];
const NO_DATA: Finding['data'] = {};

function toFinding(
  rule: AnyRule,
  report: Report<string>,
  node: DbtNode | null,
  configuration: RuleConfiguration,
  once: boolean,
): Finding {
  const { related, fix } = report;
  return {
    ruleId: rule.meta.id,
    messageId: report.message,
    data: report.data ?? NO_DATA,
    category: rule.meta.category,
    severity: configuration.severity(rule) ?? report.severity ?? rule.meta.severity,
    surface: rule.meta.surface,
    at: report.at,
    related: once || related === undefined ? NO_RELATED : related.map(({ at, message, data }) => ({ at, messageId: message, data: data ?? NO_DATA })),
    uniqueId: node?.uniqueId ?? null,
    cause: report.cause,
    fixKind: fix?.kind ?? 'none',
    makeFix: once && fix !== undefined ? noFix : fix?.make,
  };
}
