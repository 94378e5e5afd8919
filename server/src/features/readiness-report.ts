/** The report of a project as Markdown: verdict, numbers with what they are made of, and the findings by category and rule. */

import { relativePath } from '../base/file-id.ts';
import type { Counts, Coverage, ReadinessSummary, Verdict } from '../protocol/protocol.ts';
import type { AnyRule } from '../rules/rule.ts';
import type { AnalyzedProject, LocatedFinding } from './analysis.ts';
import { messageOf } from './editor-diagnostics.ts';
import { escapeMarkdown } from './markdown.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  'production-ready': 'Production ready',
  'development-ready': 'Development ready, not production ready',
  'not-ready': 'Not ready',
};

/** A rule with more findings than this names only the first. */
const SHOWN = 20;

/** Writes the report. It has no clock in it: the same project gives the same text. */
export function readinessReport(summary: ReadinessSummary, project: AnalyzedProject, rules: ReadonlyMap<string, AnyRule>): string {
  const shown = project.findings().filter(({ suppressedBy }) => suppressedBy === undefined);
  const lines = [`# Readiness of ${summary.name}`, ''];
  if (summary.verdict !== null) lines.push(`**${VERDICTS[summary.verdict]}** (judged by ${summary.rules} rules)`, '');
  lines.push(...countLines(summary.counts), '', ...coverageLines(summary.coverage));
  const categories = new Set(shown.map(({ finding }) => finding.category));
  for (const category of [...categories].sort()) {
    lines.push('', `## ${titleOf(category)}`);
    const inCategory = shown.filter(({ finding }) => finding.category === category);
    for (const ruleId of [...new Set(inCategory.map(({ finding }) => finding.ruleId))].sort()) {
      const found = inCategory.filter(({ finding }) => finding.ruleId === ruleId);
      lines.push('', `### ${ruleId} (${found.length})`, '');
      if (rules.get(ruleId) !== undefined) lines.push(rules.get(ruleId)?.meta.summary ?? '', '');
      lines.push(...found.slice(0, SHOWN).map((located) => findingLine(project, located, rules)));
      if (found.length > SHOWN) lines.push(`- and ${found.length - SHOWN} more`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function countLines(counts: Counts): string[] {
  const { error, warning, information, hint, suppressed, unknown } = counts;
  const numbers = [plural(error, 'error'), plural(warning, 'warning'), `${information} information`, plural(hint, 'hint')].join(', ');
  return [`Findings: ${numbers}; ${suppressed} suppressed; ${unknown} could not be evaluated.`];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function coverageLines(coverage: Coverage): string[] {
  return [
    `Models with tests: ${coverage.tested} of ${coverage.models}. Models with a description: ${coverage.described} of ${coverage.models}. ` +
      `Declared columns with a description: ${coverage.columnsDescribed} of ${coverage.columns}.`,
  ];
}

function findingLine(project: AnalyzedProject, { finding, file }: LocatedFinding, rules: ReadonlyMap<string, AnyRule>): string {
  const message = messageOf(rules, finding.ruleId, finding.messageId, finding.data).replace(/\s+/g, ' ');
  return `- ${finding.severity}: \`${relativePath(project.root, file)}\`: ${escapeMarkdown(message)}`;
}

function titleOf(category: string): string {
  const words = category.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
