/** Builds projects in memory for tests: a record of paths and texts becomes what the shells would have found on disk. */

import type { AnalysisOptions, AnalyzedProject } from '../../server/src/features/analysis.ts';
import { analyzeProject } from '../../server/src/features/analysis.ts';
import type { ProjectInput, SourceFile } from '../../server/src/index/source-file.ts';
import type { AnyRule } from '../../server/src/rules/rule.ts';

/** A text, or the state of a file that has none for the engine. */
export type FixtureFile = string | DistributiveOmit<Extract<SourceFile, { state: 'present' | 'unreadable' }>, 'file'>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Paths relative to the project's folder (`../` leads to the git root's level) and their texts. */
export type FixtureFiles = Readonly<Record<string, string>>;

/** Where fixtures live: the git root is `/repo`, the project `/repo/project`. */
export const FIXTURE_ROOT = '/repo/project';
const OUTER_ROOT = '/repo';

/** What a fixture without a dbt_project.yml gets. */
export const IMPLIED_PROJECT_FILE = 'name: shop\nprofile: shop\n';

/** An analysed project whose files can be edited. */
export interface ProjectFixture extends AnalyzedProject {
  /** Those that have a text. */
  readonly files: ReadonlyMap<string, string>;
  /** Sets (or with undefined deletes) files by relative path, in one change. */
  edit(changes: Readonly<Record<string, FixtureFile | undefined>>): void;
}

/** The absolute path of a fixture's file. */
export function fixtureFile(relative: string): string {
  if (relative.startsWith('../')) return `${OUTER_ROOT}/${relative.slice(3)}`;
  return `${FIXTURE_ROOT}/${relative}`;
}

/** The path of a file as fixtures write it. */
export function fixturePath(file: string): string {
  if (file.startsWith(`${FIXTURE_ROOT}/`)) return file.slice(FIXTURE_ROOT.length + 1);
  return `../${file.slice(OUTER_ROOT.length + 1)}`;
}

function sourceOf(path: string, held: FixtureFile | undefined): SourceFile {
  const file = fixtureFile(path);
  if (held === undefined) return { file, state: 'gone' };
  return typeof held === 'string' ? { file, state: 'text', text: held } : { file, ...held };
}

/** What the shells would hand to the engine for these files. */
export function fixtureInput(files: Readonly<Record<string, FixtureFile>>): ProjectInput {
  const sources: SourceFile[] = Object.entries(files).map(([path, held]) => sourceOf(path, held));
  if (files['dbt_project.yml'] === undefined) {
    sources.push({ file: fixtureFile('dbt_project.yml'), state: 'text', text: IMPLIED_PROJECT_FILE });
  }
  const packageRoots = new Set<string>();
  for (const path of Object.keys(files)) {
    const match = /^(dbt_packages\/[^/]+)\/dbt_project\.yml$/.exec(path);
    if (match?.[1] !== undefined) packageRoots.add(fixtureFile(match[1]));
  }
  return { root: FIXTURE_ROOT, outerRoot: OUTER_ROOT, packageRoots: [...packageRoots].sort(), files: sources };
}

/** Analyses a fixture with some rules, and runs them. */
export function openFixture(
  files: Readonly<Record<string, FixtureFile>>,
  rules: readonly AnyRule[],
  options: Partial<AnalysisOptions> = {},
): ProjectFixture {
  const known = new Map<string, FixtureFile>();
  const texts = new Map<string, string>();
  const set = (path: string, held: FixtureFile | undefined): void => {
    known.delete(path);
    texts.delete(path);
    if (held !== undefined) known.set(path, held);
    if (typeof held === 'string') texts.set(path, held);
  };
  for (const [path, held] of Object.entries(files)) set(path, held);
  if (!known.has('dbt_project.yml')) set('dbt_project.yml', IMPLIED_PROJECT_FILE);
  const project = analyzeProject(fixtureInput(files), {
    rules,
    today: '2026-01-01',
    ...options,
    readText: (file) => texts.get(fixturePath(file)),
  });
  project.checkAll();
  // Object.create keeps the getters of the project alive; its prototype is an AnalyzedProject.
  return Object.assign(Object.create(project) as AnalyzedProject, {
    files: texts,
    edit(changes: Readonly<Record<string, FixtureFile | undefined>>) {
      for (const [path, held] of Object.entries(changes)) set(path, held);
      // After a change of folders the shells walk the disk again.
      if (project.apply(Object.entries(changes).map(([path, held]) => sourceOf(path, held))).layout) {
        project.apply([...known].map(([path, held]) => sourceOf(path, held)));
      }
      project.checkAll();
    },
  });
}
