/** Counts, coverage and verdict of a project, as every shell shows them. */

import { isUnknown } from '../base/unknown.ts';
import type { AnalyzedProject } from '../features/analysis.ts';
import type { Counts, Coverage, ReadinessSummary, Verdict } from '../protocol/protocol.ts';

/** Sums up a project whose rules have run; `root` is how the shell names the project's folder. */
export function summarize(project: AnalyzedProject, root: string, rules: number): ReadinessSummary {
  const counts = countFindings(project);
  return {
    root,
    name: project.view.name,
    adapter: project.view.adapter() ?? null,
    counts,
    coverage: measureCoverage(project),
    rules,
    verdict: verdictOf(counts),
    score: null,
    trend: null,
    baseline: null,
  };
}

function countFindings(project: AnalyzedProject): Counts {
  const counts = { error: 0, warning: 0, information: 0, hint: 0, suppressed: 0, unknown: project.unknowns().length };
  for (const { finding, suppressedBy } of project.findings()) {
    if (suppressedBy === undefined) counts[finding.severity]++;
    else counts.suppressed++;
  }
  return counts;
}

/** Own, enabled models. A description that cannot be told counts as none. */
function measureCoverage({ view }: AnalyzedProject): Coverage {
  let models = 0;
  let described = 0;
  let tested = 0;
  let columns = 0;
  let columnsDescribed = 0;
  for (const model of view.models()) {
    if (model.enabled !== true) continue;
    models++;
    if (isText(model.description)) described++;
    if (view.testsOf(model.uniqueId).some((test) => test.enabled === true)) tested++;
    for (const column of model.columns) {
      columns++;
      if (isText(column.description)) columnsDescribed++;
    }
  }
  return { models, described, tested, columns, columnsDescribed };
}

function isText(value: unknown): boolean {
  return !isUnknown(value) && typeof value === 'string' && value.trim() !== '';
}

/** An Error means that dbt or the warehouse will fail, or that a secret lies open; a Warning, that the audit would object. */
function verdictOf(counts: Counts): Verdict {
  if (counts.error > 0) return 'not-ready';
  return counts.warning > 0 ? 'development-ready' : 'production-ready';
}
