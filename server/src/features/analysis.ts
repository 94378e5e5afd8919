/** One workspace under analysis: its projects, their rules, suppressions and located findings. Both shells stand on it. */

import { deepEqual } from '../base/equality.ts';
import type { FileId } from '../base/file-id.ts';
import { relativePath } from '../base/file-id.ts';
import type { PyValue } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import type { Anchor, DbtNode } from '../index/model.ts';
import type { IndexProblem } from '../index/problems.ts';
import type { ProjectIndex } from '../index/project-index.ts';
import { createProjectIndex } from '../index/project-index.ts';
import type { ProjectView } from '../index/project-view.ts';
import type { Invocation, ProjectInput, SourceFile } from '../index/source-file.ts';
import { createProjectView } from '../index/view.ts';
import type { CheckedProject, Checker, IndexChange, UnitKey } from '../rules/checker.ts';
import { createChecker } from '../rules/checker.ts';
import type { RuleConfiguration } from '../rules/configuration.ts';
import { readRuleConfiguration } from '../rules/configuration.ts';
import type { Finding, UnknownJudgement } from '../rules/finding.ts';
import type { AnyRule, Fix, FixTools } from '../rules/rule.ts';
import { parseYaml } from '../syntax/yaml/parse.ts';
import { invocationFaults, invocationOfInput, invocationOfSettings, settingsFile } from './invocation.ts';
import type { OpenedSnapshot } from './snapshot.ts';
import { createSuppressor } from './suppression.ts';

/** A finding at its place in the newest text. */
export interface LocatedFinding {
  readonly finding: Finding;
  readonly file: FileId;
  /** Offsets in UTF-16 code units of the newest text. */
  readonly span: Span;
  readonly related: readonly { readonly file: FileId; readonly span: Span; readonly messageId: string; readonly data: Finding['data'] }[];
  /** The reason that a comment or meta gives for not showing it; undefined if it is shown. */
  readonly suppressedBy: string | undefined;
}

/** What an analysis is given from outside. */
export interface AnalysisOptions {
  readonly rules: readonly AnyRule[];
  readonly readText: (file: FileId) => string | undefined;
  readonly invocation?: Invocation;
  /** ISO date of today, for suppressions that end. */
  readonly today: string;
  /** For tests: told of each unit that runs and each template that is evaluated. */
  readonly onRun?: (unit: UnitKey) => void;
  readonly onEvaluate?: (file: FileId) => void;
  /** For shells that look once and print: `apply` may not be called, nothing is remembered for it, and findings have neither fixes nor related places. */
  readonly once?: boolean;
  /** A project that was saved, to go on from; see `ProjectIndexOptions`. */
  readonly snapshot?: OpenedSnapshot;
}

/** One project under analysis. */
export interface AnalyzedProject {
  readonly root: FileId;
  readonly index: ProjectIndex;
  /** What the index was made for. With another one another analysis is needed. */
  readonly invocation: Invocation;
  readonly view: ProjectView;
  readonly configuration: RuleConfiguration;
  readonly checker: Checker;
  /** Takes changes of files; findings are stale until `checker.run`. */
  apply(files: readonly SourceFile[]): { /** The shell should look again which files there are, and whether `invocation` still holds. */ readonly layout: boolean };
  /** Tells of every change that was taken. */
  onApplied(listener: (change: IndexChange) => void): void;
  /** Runs what is dirty to the end. */
  checkAll(): void;
  /** Findings in a file, by place. */
  findingsOfFile(file: FileId): LocatedFinding[];
  /** All findings, sorted by path, place and rule. */
  findings(): LocatedFinding[];
  unknowns(): UnknownJudgement[];
  /** Makes ready for changes what a start from the cache has put off. */
  prepare(): void;
  /** The fix of a finding against the newest texts; undefined if it has none any more. */
  fix(finding: Finding): Fix | undefined;
}

/** Opens a project for analysis and indexes it; rules run when asked. */
export function analyzeProject(input: ProjectInput, options: AnalysisOptions): AnalyzedProject {
  const { rules, readText } = options;
  const invocation = { ...invocationOfInput(input, readText), ...options.invocation };
  const index = createProjectIndex(input, {
    readText,
    invocation,
    once: options.once ?? false,
    ...(options.onEvaluate === undefined ? {} : { onEvaluate: options.onEvaluate }),
    ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot.index }),
  });
  const view = createProjectView(index);
  const project: CheckedProject = {
    view: (note) => createProjectView(index, note),
    checkedNode(uniqueId): DbtNode | undefined {
      const node = index.nodes.active(uniqueId);
      return node?.packageName === index.rootPackage.name ? node : undefined;
    },
    *checkedNodeIds() {
      const own = `.${index.rootPackage.name}.`;
      for (const id of index.nodes.allIds()) if (id.startsWith(own, id.indexOf('.'))) yield id;
    },
    checkedFile(file): readonly FileFacts[] {
      const stored = index.storedFile(file);
      const owner = index.packageOf(file);
      if (stored === undefined || (owner !== undefined && !owner.isRoot)) return [];
      return stored.parts.map((part) => part.facts);
    },
    checkedFiles: () => index.ownFiles(),
    problemsOfFile: (file) => (file === configurationFile ? [...problemsOfFile(index, file), ...settingsProblems()] : problemsOfFile(index, file)),
  };

  const configurationFile = settingsFile(index.root);
  const listeners: ((change: IndexChange) => void)[] = [];
  /** How often something was applied. */
  let applied = 0;
  let configuration = readConfiguration();
  let checker = startChecker();

  function configurationValue(): PyValue | undefined {
    const data = index.storedFile(configurationFile)?.parts[0]?.facts.data;
    return data?.kind === 'value' ? data.value : undefined;
  }

  function readConfiguration(): RuleConfiguration {
    return readRuleConfiguration(configurationValue(), rules);
  }

  function settingsProblems(): IndexProblem[] {
    const faults = [...configuration.problems, ...invocationFaults(configurationValue())];
    return faults.map(({ path, message }) => {
      const part = typeof path.at(-1) === 'string' ? 'key' : 'value';
      return { code: 'settings-invalid', message, dbt: 'warning', at: { kind: 'yaml', file: configurationFile, entry: '', path, part } };
    });
  }

  function startChecker(): Checker {
    const { caughtUp } = index;
    // Results hang on the configuration as a whole.
    const goesOn = caughtUp !== undefined && !caughtUp.everything && !caughtUp.files.has(configurationFile) && applied === 0;
    const saved = goesOn ? options.snapshot?.results : undefined;
    const fresh = createChecker(project, rules, configuration, { once: options.once ?? false, ...(saved === undefined ? {} : { results: saved }) });
    if (options.onRun !== undefined) fresh.onRun(options.onRun);
    fresh.invalidate(goesOn ? caughtUp : { nodes: new Set(), files: new Set(), keys: new Set(), everything: true });
    return fresh;
  }

  const suppressor = createSuppressor(index, options.today);

  function locate(finding: Finding): LocatedFinding {
    const { file } = finding.at;
    const span = spanOf(finding.at);
    return {
      finding,
      file,
      span,
      related: finding.related.map(({ at, messageId, data }) => ({ file: at.file, span: spanOf(at), messageId, data })),
      suppressedBy: suppressor.reasonFor(finding, span),
    };
  }

  /** A vanished anchor falls back to the entry's name, then to the start of the file; a value of which nothing is written to its key. */
  function spanOf(anchor: Anchor): Span {
    const span = index.locate(anchor);
    if (span !== undefined && span.from === span.to && anchor.kind === 'yaml' && anchor.part === 'value') return index.locate({ ...anchor, part: 'key' }) ?? span;
    if (span !== undefined) return span;
    if (anchor.kind === 'yaml') {
      const named = index.locate({ ...anchor, path: ['name'], part: 'value' });
      if (named !== undefined) return named;
    }
    return { from: 0, to: 0 };
  }

  /** What a function made of all results, until something is applied or a unit runs. */
  function whileUnchanged<T>(make: () => readonly T[]): () => T[] {
    let made: { readonly applied: number; readonly checker: Checker; readonly revision: number; readonly list: readonly T[] } | undefined;
    return () => {
      if (made?.applied !== applied || made.checker !== checker || made.revision !== checker.revision) {
        made = { applied, checker, revision: checker.revision, list: make() };
      }
      return [...made.list];
    };
  }

  const allFindings = whileUnchanged((): LocatedFinding[] => {
    const found: LocatedFinding[] = [];
    for (const [, result] of checker.results()) for (const finding of result.findings) found.push(locate(finding));
    return sortedByFile(index.root, found, ({ file }) => file, compareFindings);
  });

  const allUnknowns = whileUnchanged((): UnknownJudgement[] => {
    const found: UnknownJudgement[] = [];
    for (const [, result] of checker.results()) found.push(...result.unknowns);
    return sortedByFile(
      index.root,
      found,
      ({ at }) => at.file,
      (a, b) => compareTexts(a.uniqueId ?? '', b.uniqueId ?? '') || compareTexts(a.ruleId, b.ruleId),
    );
  });

  /** The finding as its rule reports it now: one that was saved has lost its fix. */
  function renewed(finding: Finding): Finding | undefined {
    if (finding.fixKind === 'none') return undefined;
    const identity = ({ ruleId, messageId, data, at, uniqueId }: Finding): unknown => ({ ruleId, messageId, data, at, uniqueId });
    const wanted = identity(finding);
    for (const unit of checker.unitsOfFile(finding.at.file)) {
      if (checker.result(unit)?.findings.some((other) => deepEqual(identity(other), wanted)) !== true) continue;
      return checker.renew(unit)?.findings.find((other) => deepEqual(identity(other), wanted));
    }
    return undefined;
  }

  const tools: FixTools = {
    project: view,
    text: (file) => readText(file),
    yaml(file) {
      const text = readText(file);
      return text === undefined ? undefined : parseYaml(text, 'dbt');
    },
    locate: (anchor) => index.locate(anchor),
  };

  return {
    root: input.root,
    index,
    invocation,
    view,
    get configuration() {
      return configuration;
    },
    get checker() {
      return checker;
    },
    apply(files) {
      applied++;
      const change = index.apply(files);
      for (const listener of listeners) listener(change);
      if (!change.files.has(configurationFile)) {
        checker.invalidate(change);
        return { layout: change.layout };
      }
      configuration = readConfiguration();
      checker = startChecker();
      // While the settings cannot be read, what they said before stands.
      if ((index.storedFile(configurationFile)?.parts[0]?.facts.problems.length ?? 0) > 0) return { layout: change.layout };
      const told = { ...invocationOfSettings(configurationValue()), ...options.invocation };
      return { layout: change.layout || !deepEqual(told, invocation) };
    },
    onApplied(listener) {
      listeners.push(listener);
    },
    checkAll() {
      checker.run({ now: () => 0, deadline: Number.POSITIVE_INFINITY });
    },
    findingsOfFile(file) {
      const found: LocatedFinding[] = [];
      for (const unit of checker.unitsOfFile(file)) {
        for (const finding of checker.result(unit)?.findings ?? []) if (finding.at.file === file) found.push(locate(finding));
      }
      return found.sort(compareFindings);
    },
    findings: () => allFindings(),
    unknowns: () => allUnknowns(),
    prepare() {
      index.prepare();
      checker.prepare();
    },
    fix: (finding) => (finding.makeFix ?? renewed(finding)?.makeFix)?.(tools),
  };
}

/** What the readers and the index say of a file of the project's own, each thing once. */
function problemsOfFile(index: ProjectIndex, file: FileId): IndexProblem[] {
  const owner = index.packageOf(file);
  if (owner !== undefined && !owner.isRoot) return [];
  const found = new Map<string, IndexProblem>();
  const add = (problem: IndexProblem): void => {
    const key = JSON.stringify([problem.code, problem.message, problem.at]);
    if (!found.has(key)) found.set(key, problem);
  };
  for (const { facts } of index.storedFile(file)?.parts ?? []) {
    for (const [i, { code, message }] of facts.problems.entries()) {
      add({ code, message, dbt: 'error', at: { kind: 'text', file, name: `problem:${String(i)}` } });
    }
  }
  for (const problem of index.problemsOfFile(file)) add(problem);
  return [...found.values()];
}

function compareFindings(a: LocatedFinding, b: LocatedFinding): number {
  return (
    a.span.from - b.span.from ||
    a.span.to - b.span.to ||
    compareTexts(a.finding.ruleId, b.finding.ruleId) ||
    compareTexts(a.finding.uniqueId ?? '', b.finding.uniqueId ?? '') ||
    compareTexts(a.finding.messageId, b.finding.messageId)
  );
}

/** Sorts by the path from the root, and within a file by `compare`. */
function sortedByFile<T>(root: FileId, items: readonly T[], fileOf: (item: T) => FileId, compare: (a: T, b: T) => number): T[] {
  const byFile = new Map<FileId, T[]>();
  for (const item of items) {
    const file = fileOf(item);
    const others = byFile.get(file);
    if (others === undefined) byFile.set(file, [item]);
    else others.push(item);
  }
  return [...byFile]
    .map(([file, own]) => ({ path: relativePath(root, file), own }))
    .sort((a, b) => compareTexts(a.path, b.path))
    .flatMap(({ own }) => own.sort(compare));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
