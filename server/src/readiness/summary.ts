/** Counts, coverage and verdict of a project, as every shell shows them. */

import type { FileId } from '../base/file-id.ts';
import type { AnalyzedProject, LocatedFinding } from '../features/analysis.ts';
import type { Counts, ReadinessSummary, Verdict } from '../protocol/protocol.ts';
import type { CoverageCounter } from './coverage.ts';
import { createCoverageCounter } from './coverage.ts';

/** Sums up a project whose rules have run; `root` is how the shell names the project's folder. */
export function summarize(project: AnalyzedProject, root: string, rules: number): ReadinessSummary {
  const counts = { ...countFindings(project.findings()), unknown: project.checker.unknownCount };
  return summaryOf(project, { root, rules, counts, coverage: createCoverageCounter(project.view).coverage() });
}

/** The summary of a project that goes on changing: what changed is counted anew, nothing else. */
export interface RunningSummary {
  /** Findings in these files may be others now. */
  changed(files: ReadonlySet<FileId> | 'all'): void;
  /** The same as `summarize` says. */
  summary(root: string, rules: number): ReadinessSummary;
}

type FindingCounts = Omit<Counts, 'unknown'>;

const NONE: FindingCounts = { error: 0, warning: 0, information: 0, hint: 0, suppressed: 0 };

/** Follows a project from here on. */
export function createRunningSummary(project: AnalyzedProject): RunningSummary {
  const byFile = new Map<FileId, FindingCounts>();
  const total = { ...NONE };
  let stale: Set<FileId> | 'all' = 'all';
  const counter: CoverageCounter = createCoverageCounter(project.view);
  project.onApplied(counter.invalidate);

  function replace(file: FileId, next: FindingCounts): void {
    const before = byFile.get(file) ?? NONE;
    for (const key of ['error', 'warning', 'information', 'hint', 'suppressed'] as const) total[key] += next[key] - before[key];
    if (next === NONE) byFile.delete(file);
    else byFile.set(file, next);
  }

  function catchUp(): void {
    const files = stale === 'all' ? new Set([...byFile.keys(), ...project.checker.filesWithFindings()]) : stale;
    for (const file of files) {
      const findings = project.findingsOfFile(file);
      replace(file, findings.length === 0 ? NONE : countFindings(findings));
    }
    stale = new Set();
  }

  return {
    changed(files) {
      if (files === 'all') stale = 'all';
      else if (stale !== 'all') for (const file of files) stale.add(file);
    },
    summary(root, rules) {
      catchUp();
      return summaryOf(project, { root, rules, counts: { ...total, unknown: project.checker.unknownCount }, coverage: counter.coverage() });
    },
  };
}

function summaryOf(project: AnalyzedProject, parts: Pick<ReadinessSummary, 'root' | 'rules' | 'counts' | 'coverage'>): ReadinessSummary {
  return {
    ...parts,
    name: project.view.name,
    adapter: project.view.adapter() ?? null,
    verdict: verdictOf(parts.counts),
    score: null,
    trend: null,
    baseline: null,
  };
}

function countFindings(findings: readonly LocatedFinding[]): FindingCounts {
  const counts = { ...NONE };
  for (const { finding, suppressedBy } of findings) {
    if (suppressedBy === undefined) counts[finding.severity]++;
    else counts.suppressed++;
  }
  return counts;
}

/** An Error means that dbt or the warehouse will fail, or that a secret lies open; a Warning, that the audit would object. */
function verdictOf(counts: Counts): Verdict {
  if (counts.error > 0) return 'not-ready';
  return counts.warning > 0 ? 'development-ready' : 'production-ready';
}
