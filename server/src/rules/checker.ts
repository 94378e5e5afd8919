/** Runs rules over the units of one project and keeps their results until something that they read changes. */

import { bug } from '../base/bug.ts';
import type { FileId } from '../base/file-id.ts';
import { relativePath } from '../base/file-id.ts';
import type { MultiMap } from '../base/multi-map.ts';
import { createMultiMap } from '../base/multi-map.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Anchor, DbtNode } from '../index/model.ts';
import type { ProjectView } from '../index/project-view.ts';
import type { RuleConfiguration } from './configuration.ts';
import type { Finding, UnitResult, UnknownJudgement } from './finding.ts';
import type { AnyRule, FileRule, NodeRule, ProjectRule, Report, RuleCategory, RuleContext } from './rule.ts';

/**
 * A unit of checking. `file`: all file rules on one file; `node`: all node rules on one node; `near`: all rules that look at a
 * node's neighbours, with one read set for all; `project`: one rule on the project.
 */
export type UnitKey = `file:${FileId}` | `node:${string}` | `near:${string}` | `project:${string}`;

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
  view(note: (key: string) => void): ProjectView;
  /** The node if it is the project's own and to be checked. */
  checkedNode(uniqueId: string): DbtNode | undefined;
  checkedNodeIds(): Iterable<string>;
  checkedFile(file: FileId): readonly FileFacts[];
  checkedFiles(): Iterable<FileId>;
}

/** Runs rules on dirty units and keeps the results of the clean ones. */
export interface Checker {
  /** Marks what must run again. */
  invalidate(change: IndexChange): void;
  /** Runs dirty units until done or until `deadline` (ms, as `now()` gives) has passed; true if none is left. */
  run(options: { readonly now: () => number; readonly deadline: number; readonly first?: (unit: UnitKey) => boolean }): boolean;
  readonly pending: number;
  results(): IterableIterator<[UnitKey, UnitResult]>;
  /** Units whose findings stand in a file. */
  unitsOfFile(file: FileId): readonly UnitKey[];
  result(unit: UnitKey): UnitResult | undefined;
  /** Files whose findings may have changed since the last call. */
  takeChangedFiles(): ReadonlySet<FileId>;
  /** Units that ran since the checker was made, for tests of what was not recomputed. */
  onRun(listener: (unit: UnitKey) => void): void;
}

interface RulesByScope {
  readonly file: readonly FileRule[];
  readonly node: readonly NodeRule[];
  readonly near: readonly NodeRule[];
  readonly project: ReadonlyMap<string, ProjectRule>;
}

/** Makes a checker for one project with the rules that its configuration switches on. */
export function createChecker(
  project: CheckedProject,
  rules: readonly AnyRule[],
  configuration: RuleConfiguration,
): Checker {
  const active = rules.filter((rule) => configuration.isOn(rule));
  const byScope = splitByScope(active);
  const nodeTypes = new Set<string>(byScope.node.flatMap((rule) => rule.units.resourceTypes));
  const nearTypes = new Set<string>(byScope.near.flatMap((rule) => rule.units.resourceTypes));
  const results = new Map<UnitKey, UnitResult>();
  const readsOfUnit = new Map<UnitKey, readonly string[]>();
  const unitsOfRead: MultiMap<string, UnitKey> = createMultiMap();
  const unitsOfFile: MultiMap<FileId, UnitKey> = createMultiMap();
  const dirty = new Set<UnitKey>();
  const changedFiles = new Set<FileId>();
  let listener: ((unit: UnitKey) => void) | undefined;

  let noted: Set<string> | undefined;
  const view = project.view((key) => noted?.add(key));

  function invalidate(change: IndexChange): void {
    if (change.everything) {
      for (const unit of results.keys()) dirty.add(unit);
      for (const id of project.checkedNodeIds()) markNode(id);
      for (const file of project.checkedFiles()) dirty.add(`file:${file}`);
      for (const id of byScope.project.keys()) dirty.add(`project:${id}`);
      return;
    }
    for (const id of change.nodes) markNode(id);
    if (byScope.file.length > 0) for (const file of change.files) dirty.add(`file:${file}`);
    for (const key of change.keys) for (const unit of unitsOfRead.get(key)) dirty.add(unit);
    // Rules on a node alone keep no read sets; this is the one thing beyond the node that decides on their reports.
    if (change.keys.has('broken')) for (const unit of results.keys()) if (unit.startsWith('node:')) dirty.add(unit);
  }

  function markNode(id: string): void {
    const type = id.slice(0, id.indexOf('.'));
    if (nodeTypes.has(type)) dirty.add(`node:${id}`);
    if (nearTypes.has(type)) dirty.add(`near:${id}`);
  }

  function runUnit(unit: UnitKey): UnitResult {
    const findings: Finding[] = [];
    const unknowns: UnknownJudgement[] = [];
    const separator = unit.indexOf(':');
    const scope = unit.slice(0, separator);
    const name = unit.slice(separator + 1);
    if (scope === 'project') {
      const rule = byScope.project.get(name);
      if (rule !== undefined) {
        guarded(rule, unit, () => {
          rule.check(view, contextFor(rule, null, view.projectFile, findings, unknowns));
        });
      }
    } else if (scope === 'file') {
      for (const facts of project.checkedFile(name)) {
        for (const rule of byScope.file) {
          if (!rule.units.fileKinds.includes(facts.data.kind)) continue;
          guarded(rule, unit, () => {
            rule.check({ file: name, facts }, contextFor(rule, null, name, findings, unknowns));
          });
        }
      }
    } else {
      const node = project.checkedNode(name);
      if (node !== undefined) {
        for (const rule of scope === 'node' ? byScope.node : byScope.near) {
          if (!rule.units.resourceTypes.includes(node.resourceType)) continue;
          guarded(rule, unit, () => {
            rule.check(node, contextFor(rule, node, node.file, findings, unknowns));
          });
        }
      }
    }
    return { findings, unknowns };
  }

  function contextFor(
    rule: AnyRule,
    node: DbtNode | null,
    file: FileId,
    findings: Finding[],
    unknowns: UnknownJudgement[],
  ): RuleContext<string, unknown> {
    function unknown(reason: string): void {
      const at: Anchor = node === null ? { kind: 'file', file } : view.nodeAnchor(node);
      unknowns.push({ ruleId: rule.meta.id, at, uniqueId: node?.uniqueId ?? null, reason });
    }
    return {
      project: view,
      options: configuration.options(rule),
      report(report) {
        const unread = node !== null && MISSES_DECLARATIONS.has(rule.meta.category) ? unreadDeclaration(view, node) : undefined;
        if (unread === undefined) findings.push(toFinding(rule, report, node, configuration));
        else unknown(`${relativePath(view.root, unread)} cannot be read`);
      },
      unknown,
    };
  }

  function guarded(rule: AnyRule, unit: UnitKey, check: () => void): void {
    try {
      check();
    } catch (error) {
      bug.report(error, { rule: rule.meta.id, unit });
    }
  }

  function store(unit: UnitKey, result: UnitResult): void {
    const before = results.get(unit);
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

  function runOne(unit: UnitKey): void {
    dirty.delete(unit);
    const tracked = unit.startsWith('near:') || unit.startsWith('project:');
    noted = tracked ? new Set() : undefined;
    const result = runUnit(unit);
    if (tracked) storeReads(unit, [...(noted ?? [])]);
    noted = undefined;
    store(unit, result);
    listener?.(unit);
  }

  return {
    invalidate,
    run({ now, deadline, first }) {
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
    results: () => results.entries(),
    unitsOfFile: (file) => unitsOfFile.get(file),
    result: (unit) => results.get(unit),
    takeChangedFiles() {
      const taken = new Set(changedFiles);
      changedFiles.clear();
      return taken;
    },
    onRun(newListener) {
      listener = newListener;
    },
  };
}

/** Rules that flag what property files do not say. */
const MISSES_DECLARATIONS: ReadonlySet<RuleCategory> = new Set<RuleCategory>(['testing', 'documentation', 'freshness']);

/** The property file that may declare what a node seems to lack, but cannot be read to the end. */
function unreadDeclaration(view: ProjectView, node: DbtNode): FileId | undefined {
  const broken = view.brokenPropertyFiles();
  const own = 'patch' in node ? node.patch?.file : node.file;
  return own === undefined ? broken[0] : broken.find((file) => file === own);
}

function splitByScope(rules: readonly AnyRule[]): RulesByScope {
  const file: FileRule[] = [];
  const node: NodeRule[] = [];
  const near: NodeRule[] = [];
  const project = new Map<string, ProjectRule>();
  for (const rule of rules) {
    switch (rule.scope) {
      case 'file':
        file.push(rule);
        break;
      case 'node':
        node.push(rule);
        break;
      case 'neighbours':
        near.push(rule);
        break;
      default:
        project.set(rule.meta.id, rule);
    }
  }
  return { file, node, near, project };
}

function toFinding(
  rule: AnyRule,
  report: Report<string>,
  node: DbtNode | null,
  configuration: RuleConfiguration,
): Finding {
  return {
    ruleId: rule.meta.id,
    messageId: report.message,
    data: report.data ?? {},
    category: rule.meta.category,
    severity: configuration.severity(rule) ?? report.severity ?? rule.meta.severity,
    surface: rule.meta.surface,
    at: report.at,
    related: (report.related ?? []).map(({ at, message, data }) => ({ at, messageId: message, data: data ?? {} })),
    uniqueId: node?.uniqueId ?? null,
    cause: report.cause,
    fixKind: report.fix?.kind ?? 'none',
    makeFix: report.fix?.make,
  };
}
