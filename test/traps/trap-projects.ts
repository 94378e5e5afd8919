/** The trap projects: a few lines each, with what dbt answered (`traps.json`, `sources/` and `answers/`), opened in memory. */
/* eslint-disable @typescript-eslint/no-base-to-string -- the files compared are JSON whose shape dbt decides; a wrong guess shows as a difference */

import { readdirSync, readFileSync } from 'node:fs';
import { readIgnorePatterns } from '../../server/src/base/ignore-patterns.ts';
import { isPyDict } from '../../server/src/base/python-values.ts';
import { pathAsWritten } from '../../server/src/facts/project-layout.ts';
import { readValueFile } from '../../server/src/facts/property-facts.ts';
import type { AnalyzedProject } from '../../server/src/features/analysis.ts';
import { analyzeProject } from '../../server/src/features/analysis.ts';
import type { Invocation } from '../../server/src/index/source-file.ts';
import { layoutOf, ROOT_FILES } from '../../server/src/host/load-project.ts';
import { resolutionProblems } from '../../server/src/index/resolution-problems.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import { FIXTURE_ROOT, fixtureFile, fixtureInput, fixturePath } from '../harness/project.ts';

/** What dbt says of a node; absent members are null, empty or zero. */
export type TrapNode = Readonly<Record<string, unknown>>;

/** dbt's answer to a trap. */
interface TrapAnswer {
  readonly name: string;
  readonly rc: number;
  readonly output: readonly string[];
  readonly nodes?: Readonly<Record<string, TrapNode>>;
  readonly disabled?: Readonly<Record<string, readonly string[]>>;
  /** The ids of the macros of the project and its packages, with those that they call. */
  readonly macros?: Readonly<Record<string, readonly string[]>>;
  readonly docs?: readonly string[];
  readonly groups?: readonly string[];
  /** The fields of nodes that dbt's static parser makes different. */
  readonly static?: Readonly<Record<string, TrapNode>>;
}

/** One trap with dbt's answer. */
export interface Trap extends TrapAnswer {
  /** True for those that say what is to be shown where: all but the first ones. */
  readonly isPlaced: boolean;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Variables of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The telling part of dbt's words, where the common patterns do not know it. */
  readonly says: string | undefined;
  /** Where the faults must be shown. */
  readonly at: readonly TrapPlace[];
  /** Rules that must warn although dbt says nothing. */
  readonly silent: readonly string[];
}

/** A finding: its rule, its file and the text that it underlines. */
export interface TrapPlace {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}

/** All traps: the general ones, and those about the names that templates see and that nodes get (dbt 1.12.5). */
export function readTraps(): Trap[] {
  const traps: Trap[] = ['traps.json', 'names.json']
    .flatMap((file) => readAnswers<Omit<Trap, 'isPlaced' | 'env' | 'says' | 'at' | 'silent'>>(file))
    .map((trap) => ({ isPlaced: false, env: {}, says: undefined, at: [], silent: [], ...trap }));
  for (const file of readdirSync(new URL('sources', import.meta.url)).sort()) {
    const answers = new Map(readAnswers<TrapAnswer>(`answers/${file.replace(/\.txt$/, '.json')}`).map((answer) => [answer.name, answer]));
    for (const source of readSources(readFileSync(new URL(`sources/${file}`, import.meta.url), 'utf8'))) {
      const answer = answers.get(source.name);
      if (answer === undefined) throw new Error(`${file}: no answer of dbt is recorded for ${source.name}; see record.py`);
      traps.push({ ...source, ...answer });
    }
  }
  return traps;
}

function readAnswers<Answer>(path: string): Answer[] {
  // The files are written by record.py and its forerunner and read by nobody else.
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Answer[];
}

const PROJECT_FILE = 'name: p\nprofile: p\n';
const PROFILES =
  'p:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: h, user: u, password: p, port: 1, dbname: db, schema: sch, threads: 1}\n';

type TrapSource = Pick<Trap, 'name' | 'isPlaced' | 'files' | 'args' | 'env' | 'says' | 'at' | 'silent'>;

/** Reads a file of traps; `record.py` describes the form. */
function readSources(text: string): TrapSource[] {
  const sources: TrapSource[] = [];
  for (const part of text.split(/^=== /m).slice(1)) {
    const [head = '', ...sections] = part.split(/^--- (?=(?:\S+\.\w+|\.dbtignore)(?: escaped)?$)/m);
    const options = head.split('\n').slice(1);
    const files: Record<string, string> = { 'dbt_project.yml': PROJECT_FILE, 'profiles.yml': PROFILES };
    for (const section of sections) {
      const [first = '', body = ''] = section.split(/\n(.*)/s);
      const path = first.replace(' escaped', '');
      files[path] = first === path ? body : unescaped(body);
    }
    const valuesOf = (key: string): string[] => options.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2).trim());
    sources.push({
      name: /^\w+/.exec(head)?.[0] ?? '',
      isPlaced: true,
      files,
      args: valuesOf('args').flatMap(shellWords),
      env: Object.fromEntries(valuesOf('env').map((one): [string, string] => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])),
      says: valuesOf('says')[0],
      at: valuesOf('at').map(placeOf),
      silent: valuesOf('silent'),
    });
  }
  return sources;
}

function placeOf(line: string): TrapPlace {
  const [, rule = '', path = '', text = ''] = /^(\S+) (\S+)(?: \| (.*))?$/.exec(line) ?? [];
  return { rule, path, text: text.replaceAll('\\t', '\t') };
}

function unescaped(text: string): string {
  // What is matched is an escape of JSON, hence a text.
  return text.replaceAll('\n', '').replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) => JSON.parse(`"${escape}"`) as string);
}

/** Words of a command line, with single or double quotes around some of them. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** A trap as an analysed project. */
export function openTrap(trap: Pick<Trap, 'files' | 'args' | 'env'>): AnalyzedProject {
  const project = analyzeProject(fixtureInput(withoutIgnored(trap.files)), {
    rules: ALL_RULES,
    today: '2026-01-01',
    readText: (file) => trap.files[fixturePath(file)],
    invocation: invocationOf(trap),
  });
  project.checkAll();
  return project;
}

/** The files that `.dbtignore` leaves; the walker of the shells reads it from the disk. */
function withoutIgnored(files: Trap['files']): Trap['files'] {
  const text = files['.dbtignore'];
  if (text === undefined) return files;
  const patterns = readIgnorePatterns(text);
  const layout = layoutOf(FIXTURE_ROOT, { file: fixtureFile('dbt_project.yml'), state: 'text', text: files['dbt_project.yml'] ?? '' });
  const isRead = (path: string): boolean => path === 'profiles.yml' || ROOT_FILES.includes(path) || !patterns.ignores(pathAsWritten(layout, fixtureFile(path)));
  return Object.fromEntries(Object.entries(files).filter(([path]) => isRead(path)));
}

function invocationOf({ args, env }: Pick<Trap, 'args' | 'env'>): Invocation {
  const at = args.indexOf('--vars');
  const value = at < 0 ? undefined : readValueFile(args[at + 1] ?? '', 'dbt').data.value;
  return {
    targetName: 'dev',
    adapter: 'postgres',
    schema: 'sch',
    database: 'db',
    environment: new Map(Object.entries(env)),
    dbtVersion: '1.12.5',
    vars: new Map(isPyDict(value) ? [...value].map(([key, child]) => [String(key), child]) : []),
  };
}

/** Everything that is said of a project: problems of files and of the index, with their places. */
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
