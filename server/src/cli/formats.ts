/** Prints the result of a check as text, JSON, SARIF or GitHub workflow commands; the same input gives the same bytes. */

import type { Log, Result, Run } from 'sarif';
import type { ReadinessSummary, Severity, Verdict } from '../protocol/protocol.ts';
import type { AnyRule } from '../rules/rule.ts';
import type { Format } from './arguments.ts';
import type { CheckedFinding, CheckedProject } from './checked.ts';

/** The output of `check` in one format, in pieces. */
export function formatResult(
  format: Format,
  projects: readonly CheckedProject[],
  rules: readonly AnyRule[],
  version: string,
): Iterable<string> {
  switch (format) {
    case 'text':
      return asText(projects);
    case 'json':
      return asJson(projects);
    case 'sarif':
      return asSarif(projects, rules, version);
    case 'github':
      return asGithub(projects);
  }
}

/** What stands for a list that is written item by item: no name or path that dbt takes can be this. */
const ITEMS = '\u0000items';

/**
 * JSON with an indentation of two, as `JSON.stringify` would write it, in which the n-th `ITEMS` is the n-th of `lists`: those are never in
 * memory as a whole.
 */
function* jsonPieces(skeleton: unknown, lists: readonly Iterable<unknown>[]): Generator<string, void, undefined> {
  const parts = JSON.stringify(skeleton, null, 2).split(JSON.stringify(ITEMS));
  for (const [index, part] of parts.entries()) {
    yield part;
    const list = lists[index];
    if (list === undefined) continue;
    const depth = (/(?:^|\n)( *)[^\n]*$/.exec(part)?.[1]?.length ?? 0) / 2;
    let isFirst = true;
    for (const batch of batchesOf(list)) {
      yield `${isFirst ? '[' : ','}\n${itemsText(batch, depth + 1)}`;
      isFirst = false;
    }
    yield isFirst ? '[]' : `\n${'  '.repeat(depth)}]`;
  }
  yield '\n';
}

/** So many items are made into text at once. */
const BATCH = 256;

function* batchesOf<T>(items: Iterable<T>): Generator<readonly T[], void, undefined> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The JSON of items with commas between, as they stand in `depth` pairs of brackets, but without those. */
function itemsText(items: readonly unknown[], depth: number): string {
  let wrapped: unknown = items;
  for (let level = 1; level < depth; level++) wrapped = [wrapped];
  const text = JSON.stringify(wrapped, null, 2);
  // Each bracket has a line of its own: `[`, a line break and the next level's indentation; `]` and a line break with its own.
  const before = depth * (depth + 3);
  return `${'  '.repeat(depth)}${text.slice(before, text.length - depth * (depth + 1))}`;
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

function* asText(projects: readonly CheckedProject[]): Generator<string, void, undefined> {
  for (const [index, { summary, findings, unknown }] of projects.entries()) {
    if (index > 0) yield '\n';
    let hasFindings = false;
    for (const finding of findings) {
      const { line, character } = finding.range.start;
      const place = `${pathFrom(summary.root, finding.path)}:${String(line + 1)}:${String(character + 1)}`;
      const mendable = finding.fix === 'none' ? '' : ` (${finding.fix} fix)`;
      yield `${place}: ${finding.severity}: ${finding.message} [${finding.ruleId}]${mendable}\n`;
      hasFindings = true;
    }
    if (hasFindings) yield '\n';
    const { counts, coverage } = summary;
    const lines = [
      `${summary.name} (${summary.adapter ?? 'adapter unknown'}) in ${summary.root}`,
      `  findings   ${plural(counts.error, 'error')}, ${plural(counts.warning, 'warning')}, ${String(counts.information)} information, ${plural(counts.hint, 'hint')}; ${String(counts.suppressed)} suppressed, ${String(counts.unknown)} could not be evaluated`,
      `  described  ${share(coverage.described, coverage.models)} models, ${share(coverage.columnsDescribed, coverage.columns)} declared columns`,
      `  tested     ${share(coverage.tested, coverage.models)} models`,
    ];
    for (const { ruleId, path, reason } of unknown.slice(0, 10)) lines.push(`  unknown    ${path}: ${reason} [${ruleId}]`);
    if (unknown.length > 10) lines.push(`  unknown    and ${String(unknown.length - 10)} more (--format json lists all)`);
    lines.push(verdictWords(summary));
    yield `${lines.join('\n')}\n`;
  }
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

function asJson(projects: readonly CheckedProject[]): Iterable<string> {
  const skeleton = {
    version: 1,
    projects: projects.map(({ summary }) => ({
      root: summary.root,
      name: summary.name,
      adapter: summary.adapter,
      counts: summary.counts,
      coverage: summary.coverage,
      findings: ITEMS,
      unknown: ITEMS,
    })),
  };
  return jsonPieces(skeleton, projects.flatMap(({ findings, unknown }) => [findings, unknown]));
}

const GITHUB_LEVEL: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
};

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function* asGithub(projects: readonly CheckedProject[]): Generator<string, void, undefined> {
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
      yield `::${GITHUB_LEVEL[finding.severity]} ${properties.join(',')}::${escapeData(finding.message)}\n`;
    }
  }
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

function asSarif(projects: readonly CheckedProject[], rules: readonly AnyRule[], version: string): Iterable<string> {
  const skeleton: Omit<Log, 'runs'> & { readonly runs: readonly (Omit<Run, 'results'> & { readonly results: typeof ITEMS })[] } = {
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
        results: ITEMS,
      },
    ],
  };
  return jsonPieces(skeleton, [sarifResults(projects, rules)]);
}

function* sarifResults(projects: readonly CheckedProject[], rules: readonly AnyRule[]): Generator<Result, void, undefined> {
  const indexes = new Map(rules.map(({ meta }, index) => [meta.id, index]));
  for (const { summary, findings } of projects) {
    for (const finding of findings) yield sarifResult(summary.root, finding, indexes.get(finding.ruleId) ?? -1);
  }
}

function sarifResult(root: string, finding: CheckedFinding, ruleIndex: number): Result {
  const { start, end } = finding.range;
  return {
    ruleId: finding.ruleId,
    ruleIndex,
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
