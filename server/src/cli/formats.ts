/** Prints the result of a check as text, JSON, SARIF or GitHub workflow commands; the same input gives the same bytes. */

import type { Log, Result } from 'sarif';
import type { ReadinessSummary, Severity, Verdict } from '../protocol/protocol.ts';
import type { AnyRule } from '../rules/rule.ts';
import type { Format } from './arguments.ts';
import type { CheckedFinding, CheckedProject } from './checked.ts';

/** The whole output of `check` in one format. */
export function formatResult(format: Format, projects: readonly CheckedProject[], rules: readonly AnyRule[], version: string): string {
  switch (format) {
    case 'text':
      return projects.map(asText).join('\n');
    case 'json':
      return `${JSON.stringify(asJson(projects), null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(asSarif(projects, rules, version), null, 2)}\n`;
    case 'github':
      return asGithub(projects);
  }
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  'production-ready': 'PRODUCTION READY',
  'development-ready': 'DEVELOPMENT READY – PRODUCTION NOT READY',
  'not-ready': 'NOT READY',
};

/** The verdict as words, with the number of rules that it rests on. */
export function verdictWords(summary: ReadinessSummary): string {
  const words = summary.verdict === null ? 'NOT JUDGED' : VERDICTS[summary.verdict];
  return `${words} (${String(summary.rules)} rules)`;
}

function asText({ summary, findings, unknown }: CheckedProject): string {
  const lines: string[] = [];
  for (const finding of findings) {
    const { line, character } = finding.range.start;
    const place = `${pathFrom(summary.root, finding.path)}:${String(line + 1)}:${String(character + 1)}`;
    const mendable = finding.fix === 'none' ? '' : ` (${finding.fix} fix)`;
    lines.push(`${place}: ${finding.severity}: ${finding.message} [${finding.ruleId}]${mendable}`);
  }
  if (findings.length > 0) lines.push('');
  const { counts, coverage } = summary;
  lines.push(
    `${summary.name} (${summary.adapter ?? 'adapter unknown'}) in ${summary.root}`,
    `  findings   ${plural(counts.error, 'error')}, ${plural(counts.warning, 'warning')}, ${String(counts.information)} information, ${plural(counts.hint, 'hint')}; ${String(counts.suppressed)} suppressed, ${String(counts.unknown)} could not be evaluated`,
    `  described  ${share(coverage.described, coverage.models)} models, ${share(coverage.columnsDescribed, coverage.columns)} declared columns`,
    `  tested     ${share(coverage.tested, coverage.models)} models`,
  );
  for (const { ruleId, path, reason } of unknown.slice(0, 10)) lines.push(`  unknown    ${path}: ${reason} [${ruleId}]`);
  if (unknown.length > 10) lines.push(`  unknown    and ${String(unknown.length - 10)} more (--format json lists all)`);
  lines.push(verdictWords(summary));
  return `${lines.join('\n')}\n`;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}

function share(part: number, whole: number): string {
  const percent = whole === 0 ? '' : ` (${String(Math.floor((100 * part) / whole))} %)`;
  return `${String(part)} of ${String(whole)}${percent}`;
}

/** A path as seen from the checked folder. */
function pathFrom(root: string, path: string): string {
  if (root === '.') return path;
  const parts = root.split('/');
  let rest = path;
  while (rest.startsWith('../') && parts.length > 0 && parts.at(-1) !== '..') {
    parts.pop();
    rest = rest.slice(3);
  }
  return [...parts, rest].join('/');
}

function asJson(projects: readonly CheckedProject[]): unknown {
  return {
    version: 1,
    projects: projects.map(({ summary, findings, unknown }) => ({
      root: summary.root,
      name: summary.name,
      adapter: summary.adapter,
      counts: summary.counts,
      coverage: summary.coverage,
      findings,
      unknown,
    })),
  };
}

const GITHUB_LEVEL: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
};

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function asGithub(projects: readonly CheckedProject[]): string {
  const lines: string[] = [];
  for (const { summary, findings } of projects) {
    for (const finding of findings) {
      const { start, end } = finding.range;
      const properties = [
        `file=${escapeProperty(pathFrom(summary.root, finding.path))}`,
        `line=${String(start.line + 1)}`,
        `col=${String(start.character + 1)}`,
        `endLine=${String(end.line + 1)}`,
        `endColumn=${String(end.character + 1)}`,
        `title=${escapeProperty(finding.ruleId)}`,
      ];
      lines.push(`::${GITHUB_LEVEL[finding.severity]} ${properties.join(',')}::${escapeData(finding.message)}`);
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const SARIF_LEVEL: Readonly<Record<Severity, NonNullable<Result['level']>>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

function asSarif(projects: readonly CheckedProject[], rules: readonly AnyRule[], version: string): Log {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'dbt-readiness',
            version,
            rules: rules.map(({ meta }) => ({
              id: meta.id,
              shortDescription: { text: meta.summary },
              defaultConfiguration: { level: SARIF_LEVEL[meta.severity] },
              properties: { category: meta.category },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: projects.flatMap(({ summary, findings }) => findings.map((finding) => sarifResult(summary.root, finding, rules))),
      },
    ],
  };
}

function sarifResult(root: string, finding: CheckedFinding, rules: readonly AnyRule[]): Result {
  const { start, end } = finding.range;
  return {
    ruleId: finding.ruleId,
    ruleIndex: rules.findIndex(({ meta }) => meta.id === finding.ruleId),
    level: SARIF_LEVEL[finding.severity],
    message: { text: finding.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: pathFrom(root, finding.path).split('/').map(encodeURIComponent).join('/') },
          region: {
            startLine: start.line + 1,
            startColumn: start.character + 1,
            endLine: end.line + 1,
            endColumn: end.character + 1,
          },
        },
      },
    ],
    properties: { uniqueId: finding.uniqueId, messageId: finding.messageId, fix: finding.fix },
  };
}
