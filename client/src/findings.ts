/** Findings as the views group and filter them: plain data in and out, no editor. */

import type { Counts, FindingItem, ProjectFindings, ReadinessSummary, Severity } from '../../server/src/protocol/protocol.ts';

/** Severities, worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** What the readiness view leaves out. Kept in the workspace's state, so its shape must stay readable. */
export interface FindingFilter {
  /** Severities that are shown. */
  readonly severities: readonly Severity[];
  /** Only findings that have an edit: safe or suggested. */
  readonly fixable: boolean;
  /** Only findings in the file of the active editor. */
  readonly currentFile: boolean;
}

/** Shows everything. */
export const NO_FILTER: FindingFilter = { severities: SEVERITIES, fixable: false, currentFile: false };

/** The findings of one rule. */
export interface RuleGroup {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly findings: readonly FindingItem[];
}

/** The rules of one category that found something. */
export interface CategoryGroup {
  readonly category: string;
  readonly severity: Severity;
  readonly count: number;
  readonly rules: readonly RuleGroup[];
}

/** True if an edit can be made for it. */
export function isFixable(finding: FindingItem): boolean {
  return finding.fix === 'safe' || finding.fix === 'suggested';
}

/** True if the filter leaves anything out. */
export function isFiltering(filter: FindingFilter): boolean {
  return filter.fixable || filter.currentFile || SEVERITIES.some((severity) => !filter.severities.includes(severity));
}

/** A filter as it was remembered; what cannot be read shows everything. */
export function readFilter(value: unknown): FindingFilter {
  if (typeof value !== 'object' || value === null) return NO_FILTER;
  const severities = 'severities' in value && Array.isArray(value.severities) ? value.severities : SEVERITIES;
  const known = SEVERITIES.filter((severity) => severities.includes(severity));
  return {
    severities: known.length === 0 ? SEVERITIES : known,
    fixable: 'fixable' in value && value.fixable === true,
    currentFile: 'currentFile' in value && value.currentFile === true,
  };
}

/** The findings that pass. Two spellings of one URI are the caller's business. */
export function applyFilter(findings: readonly FindingItem[], filter: FindingFilter, isInCurrentFile: (uri: string) => boolean): FindingItem[] {
  return findings.filter(
    (finding) =>
      filter.severities.includes(finding.severity) &&
      (!filter.fixable || isFixable(finding)) &&
      (!filter.currentFile || isInCurrentFile(finding.uri)),
  );
}

/** Categories, each with its rules, gravest first, then by name: what should be looked at stands on top. */
export function groupFindings(findings: readonly FindingItem[]): CategoryGroup[] {
  const byCategory = groupBy(findings, ({ category }) => category);
  return [...byCategory]
    .map(([category, members]): CategoryGroup => {
      const rules = [...groupBy(members, ({ ruleId }) => ruleId)]
        .map(([ruleId, own]): RuleGroup => ({ ruleId, severity: worstOf(own), findings: own.toSorted((a, b) => bySeverity(a.severity, b.severity)) }))
        .sort((a, b) => bySeverity(a.severity, b.severity) || compare(a.ruleId, b.ruleId));
      return { category, severity: worstOf(members), count: members.length, rules };
    })
    .sort((a, b) => bySeverity(a.severity, b.severity) || compare(a.category, b.category));
}

/** What a person calls a node: its id without kind and package, that of a generic test without its hash. */
export function nodeName(uniqueId: string): string {
  return uniqueId.split('.').slice(2).join('.').replace(/\.[0-9a-f]{10}$/, '');
}

/** The roots of the projects whose name another one has too: names alone do not tell them apart. */
export function rootsOfNamesakes(summaries: readonly Pick<ReadinessSummary, 'root' | 'name'>[]): ReadonlySet<string> {
  const byName = groupBy(summaries, ({ name }) => name);
  return new Set([...byName.values()].filter(({ length }) => length > 1).flatMap((namesakes) => namesakes.map(({ root }) => root)));
}

/** Adds the counts of several projects. */
export function sumOfCounts(all: readonly Counts[]): Counts {
  const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
  return {
    error: sum('error'),
    warning: sum('warning'),
    information: sum('information'),
    hint: sum('hint'),
    suppressed: sum('suppressed'),
    unknown: sum('unknown'),
  };
}

/** All findings of all projects. */
export function allFindings(projects: readonly ProjectFindings[]): FindingItem[] {
  return projects.flatMap(({ findings }) => findings);
}

function worstOf(findings: readonly FindingItem[]): Severity {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'hint';
}

function bySeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
