/** The trap projects: a few lines each, with what dbt 1.12.3 answered (`traps.json`), opened in memory. */
/* eslint-disable @typescript-eslint/no-base-to-string -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import { readFileSync } from 'node:fs';
import { isPyDict } from '../../server/src/base/python-values.ts';
import { readValueFile } from '../../server/src/facts/property-facts.ts';
import type { AnalyzedProject } from '../../server/src/features/analysis.ts';
import { analyzeProject } from '../../server/src/features/analysis.ts';
import type { Invocation } from '../../server/src/index/source-file.ts';
import { resolutionProblems } from '../../server/src/index/resolution-problems.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import { fixtureInput, fixturePath } from '../harness/project.ts';

/** What dbt says of a node; absent members are null, empty or zero. */
export type TrapNode = Readonly<Record<string, unknown>>;

/** One trap with dbt's answer. */
export interface Trap {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly rc: number;
  readonly output: readonly string[];
  readonly nodes?: Readonly<Record<string, TrapNode>>;
  readonly disabled?: Readonly<Record<string, readonly string[]>>;
}

/** All traps: the general ones, and those about the names that templates see and that nodes get (dbt 1.12.5). */
export function readTraps(): Trap[] {
  // The files are written by dbt's oracle and read by nobody else.
  return ['traps.json', 'names.json'].flatMap((name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Trap[]);
}

/** A trap as an analysed project. */
export function openTrap(trap: Trap): AnalyzedProject {
  const project = analyzeProject(fixtureInput(trap.files), {
    rules: ALL_RULES,
    today: '2026-01-01',
    readText: (file) => trap.files[fixturePath(file)],
    invocation: invocationOf(trap.args),
  });
  project.checkAll();
  return project;
}

function invocationOf(args: readonly string[]): Invocation {
  const at = args.indexOf('--vars');
  const value = at < 0 ? undefined : readValueFile(args[at + 1] ?? '', 'dbt').data.value;
  return {
    targetName: 'dev',
    adapter: 'postgres',
    schema: 'sch',
    database: 'db',
    environment: new Map(),
    dbtVersion: '1.12.3',
    vars: new Map(isPyDict(value) ? [...value].map(([key, child]) => [String(key), child]) : []),
  };
}

/** Everything that is said of a project: problems of files and of the index, and findings of rules, with their places. */
export function complaintsOf(project: AnalyzedProject): { readonly message: string; readonly path: string; readonly span: { from: number; to: number } | undefined }[] {
  const found: { message: string; path: string; span: { from: number; to: number } | undefined }[] = [];
  for (const file of project.index.ownFiles()) {
    for (const { facts } of project.index.storedFile(file)?.parts ?? []) {
      for (const problem of facts.problems) found.push({ message: problem.message, path: fixturePath(file), span: problem.span });
    }
  }
  for (const problem of project.index.problems()) {
    found.push({ message: problem.message, path: fixturePath(problem.at.file), span: project.index.locate(problem.at) });
  }
  for (const id of project.index.nodes.allIds()) {
    const node = project.index.nodes.active(id);
    if (node === undefined) continue;
    for (const problem of resolutionProblems(project.index, node)) {
      found.push({ message: problem.message, path: fixturePath(problem.at.file), span: project.index.locate(problem.at) });
    }
  }
  return found;
}
