/**
 * `npm run bench -- [--only cold|warm|slope|rules|edit]… [--runs N] [--edits N] [DIR…]`: medians of several runs of what a user waits
 * for. Projects are generated below the system's temporary folder and kept there for the next time.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { ensureProject, GeneratedProject } from '../../scripts/generate-project.mjs';
import type { Cost } from './child.ts';
import { costOf } from './child.ts';
import type { EditClass } from './edits.ts';
import { measureEdits } from './edits.ts';
import { checkWithRepeatedRules, RULE_SETS } from './repeated-rules.ts';
import type { StartTimes } from './starts.ts';
import { measureStarts } from './starts.ts';
import { logSlope, median, quantile, table } from './statistics.ts';

const USAGE = 'usage: npm run bench -- [--only cold|warm|slope|rules|edit]... [--runs N] [--edits N] [DIR...]\n';

const PARTS = ['cold', 'warm', 'slope', 'rules', 'edit'] as const;

/** Sizes over which the growth of the cold time is measured. */
const SLOPE_SIZES = [1_000, 3_000, 10_000, 40_000];

/** Each rule so many times: a catalogue of the size that is planned. */
const REPEATED = 8;

/** npm runs scripts at the root; the folders that a person types are meant from where they stand. */
const STARTED_IN = process.env['INIT_CWD'] ?? process.cwd();

const [self = '', command, ...words] = process.argv.slice(1);
// The bench starts itself again for what needs a process of its own.
if (command === '--check-with-repeated-rules') checkWithRepeatedRules(words[0] ?? '.', words[1] ?? 'all', Number(words[2]));
else process.exitCode = await run(process.argv.slice(2));

async function run(given: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [...PARTS] },
      runs: { type: 'string', default: '5' },
      edits: { type: 'string', default: '300' },
    },
  });
  const runs = Number(values.runs);
  const edits = Number(values.edits);
  const isKnown = values.only.every((part) => PARTS.some((known) => known === part));
  if (!isKnown || !Number.isInteger(runs) || runs < 1 || !Number.isInteger(edits) || edits < 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  print(`node ${process.version}, ${process.platform} ${process.arch}\n`);
  if (values.only.includes('cold')) await benchCold(runs, positionals);
  if (values.only.includes('warm')) await benchWarm(runs, positionals);
  if (values.only.includes('slope')) await benchSlope(runs);
  if (values.only.includes('rules')) await benchRules(runs);
  if (values.only.includes('edit')) await benchEdits(edits);
  return 0;
}

function print(text: string): void {
  process.stdout.write(text);
}

/** The generator is a program of its own, which must not become part of this one: it looks at its own file. */
interface Generator {
  readonly ensureProject: typeof ensureProject;
}

async function generated(count: number): Promise<GeneratedProject> {
  // The file that the type above describes.
  const generator = (await import(pathToFileURL(resolve('scripts/generate-project.mjs')).href)) as Generator;
  return generator.ensureProject({ count, directory: join(tmpdir(), 'dbt-readiness-bench', `generated-${String(count)}`) });
}

/** The projects that are always measured, and those that the user names. */
async function projectsToMeasure(directories: readonly string[]): Promise<{ readonly title: string; readonly directory: string }[]> {
  return [
    { title: 'samples/scv', directory: resolve('samples/scv') },
    { title: 'generated, 1,000 models', directory: (await generated(1_000)).directory },
    { title: 'generated, 10,000 models', directory: (await generated(10_000)).directory },
    ...directories.map((directory) => ({ title: basename(directory), directory: resolve(STARTED_IN, directory) })),
  ];
}

async function benchCold(runs: number, directories: readonly string[]): Promise<void> {
  print(`\ncold check, whole process, median of ${String(runs)} runs\n`);
  const rows = [['', 's', 'cpu s', 'peak MB']];
  for (const { title, directory } of await projectsToMeasure(directories)) {
    const costs = await repeatedly(runs, () => costOf(resolve('out/cli.cjs'), ['check', directory, '--fail-on', 'never', '--format', 'json']));
    rows.push([title, ...costCells(costs)]);
  }
  print(table(rows));
}

async function benchWarm(runs: number, directories: readonly string[]): Promise<void> {
  print(`\ncheck --cache when nothing has changed, whole process, against check, median of ${String(runs)} runs\n`);
  const projects = await projectsToMeasure(directories);
  const rows = [['', 'cold s', 'warm s', 'ratio', 'warm MB']];
  for (const { title, directory } of projects) {
    const cache = mkdtempSync(join(tmpdir(), 'dbt-readiness-bench-cache-'));
    const check = ['check', directory, '--fail-on', 'never', '--format', 'json'];
    const cold: Cost[] = [];
    const warm: Cost[] = [];
    await costOf(resolve('out/cli.cjs'), [...check, '--cache', cache]);
    for (let count = 0; count < runs; count += 1) {
      cold.push(await costOf(resolve('out/cli.cjs'), check));
      warm.push(await costOf(resolve('out/cli.cjs'), [...check, '--cache', cache]));
    }
    rmSync(cache, { recursive: true, force: true });
    const [before, after] = [cold, warm].map((costs) => median(costs.map(({ wall }) => wall)));
    rows.push([title, ...ratioCells(before, after), median(warm.map(({ memory }) => memory)).toFixed(0)]);
  }
  print(table(rows));

  print(`\nstart of the server, from the start of its process, without and with a cache, median of ${String(runs)} runs\n`);
  const starts = [['', 'open file, cold s', 'warm s', 'all files, cold s', 'warm s', 'ratio', 'open file, warm : all files, cold']];
  for (const { title, directory } of projects) {
    const { cold, warm } = await measureStarts(resolve('out/server.cjs'), directory, runs);
    const middle = (times: readonly StartTimes[], of: (time: StartTimes) => number): number => median(times.map(of));
    const [openCold, openWarm] = [cold, warm].map((times) => middle(times, ({ openFile }) => openFile));
    const [allCold, allWarm] = [cold, warm].map((times) => middle(times, ({ all }) => all));
    const [openBefore = '', openAfter = ''] = ratioCells(openCold, openWarm);
    starts.push([title, openBefore, openAfter, ...ratioCells(allCold, allWarm), ((openWarm ?? 0) / (allCold ?? 1)).toFixed(2)]);
  }
  print(table(starts));
}

function ratioCells(before = Number.NaN, after = Number.NaN): string[] {
  return [before.toFixed(2), after.toFixed(2), (after / before).toFixed(2)];
}

async function benchSlope(runs: number): Promise<void> {
  print(`\ngrowth of the cold check, median of ${String(runs)} runs\n`);
  const rows = [['models', 's', 'cpu s', 'peak MB']];
  const points: [size: number, seconds: number][] = [];
  for (const size of SLOPE_SIZES) {
    const { directory } = await generated(size);
    const costs = await repeatedly(runs, () => costOf(resolve('out/cli.cjs'), ['check', directory, '--fail-on', 'never', '--format', 'json']));
    points.push([size, median(costs.map(({ wall }) => wall))]);
    rows.push([String(size), ...costCells(costs)]);
  }
  print(table(rows));
  print(`  slope of log time over log models: ${logSlope(points).toFixed(2)}\n`);
}

async function benchRules(runs: number): Promise<void> {
  print(`\nrules, 10,000 models, read, indexed and checked, median of ${String(runs)} runs\n`);
  const { directory } = await generated(10_000);
  const rows = [['', 's', 'cpu s', 'peak MB']];
  for (const [set, rules] of Object.entries(RULE_SETS)) {
    const once: Cost[] = [];
    const often: Cost[] = [];
    // In turn, so that a machine that slows down slows down both.
    for (let count = 0; count < runs; count += 1) {
      once.push(await costOf(self, ['--check-with-repeated-rules', directory, set, '1']));
      often.push(await costOf(self, ['--check-with-repeated-rules', directory, set, String(REPEATED)]));
    }
    rows.push([`${String(rules.length)} rules`, ...costCells(once)], [`${String(rules.length * REPEATED)} rules`, ...costCells(often)]);
    const ratio = (of: (cost: Cost) => number): string => (median(often.map(of)) / median(once.map(of))).toFixed(2);
    rows.push(['ratio', ratio(({ wall }) => wall), ratio(({ cpu }) => cpu), ratio(({ memory }) => memory)]);
  }
  print(table(rows));
}

function editClasses({ smallSql, smallYaml, bigYaml }: GeneratedProject): EditClass[] {
  const relation = 'with main_input as (\n\n    select * from raw.shop.orders\n    union all';
  return [
    { title: 'body of a model', path: smallSql, find: 'with main_input as (', replace: relation },
    { title: 'YAML of 5 KB', path: smallYaml, find: '    description: Rows of core 03', replace: '    meta: Rows of core 03' },
    { title: 'YAML of 200 KB, 300 models', path: bigYaml, find: '    description: Rows of catalogue 150', replace: '    meta: Rows of catalogue 150' },
  ];
}

async function benchEdits(edits: number): Promise<void> {
  print(`\nedits at 10,000 models, from didChange written to diagnostics read, debounce of 150 ms not included, ${String(edits)} of each\n`);
  const project = await generated(10_000);
  const classes = editClasses(project);
  const times = await measureEdits(resolve('out/server.cjs'), project.directory, classes, edits);
  const rows = [['', 'p50 ms', 'p99 ms']];
  for (const [index, { title }] of classes.entries()) {
    const own = times[index] ?? [];
    rows.push([title, quantile(own, 0.5).toFixed(1), quantile(own, 0.99).toFixed(1)]);
  }
  print(table(rows));
}

async function repeatedly(runs: number, measure: () => Promise<Cost>): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let count = 0; count < runs; count += 1) costs.push(await measure());
  return costs;
}

function costCells(costs: readonly Cost[]): string[] {
  return [
    median(costs.map(({ wall }) => wall)).toFixed(2),
    median(costs.map(({ cpu }) => cpu)).toFixed(2),
    median(costs.map(({ memory }) => memory)).toFixed(0),
  ];
}
