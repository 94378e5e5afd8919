/** The index and the rules give the same after any edits as from scratch, and recompute no more than what an edit touches. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineageOf } from '../../server/src/features/lineage.ts';
import type { ManifestItem } from '../../server/src/features/manifest.ts';
import { manifestItems } from '../../server/src/features/manifest.ts';
import type { OpenedSnapshot } from '../../server/src/features/snapshot.ts';
import { openSnapshot, packProject } from '../../server/src/features/snapshot.ts';
import { createRunningSummary, summarize } from '../../server/src/readiness/summary.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import type { FixtureFile, ProjectFixture } from '../harness/project.ts';
import { fixtureFile, fixturePath, openFixture } from '../harness/project.ts';
import type { Version } from './file-versions.ts';
import { VERSIONS } from './file-versions.ts';

/** Everything that the project says, in an order of its own. */
function stateOf(project: ProjectFixture): unknown {
  const nodes = [...project.index.nodes.allIds()].sort().map((id) => ({
    id,
    rows: project.index.nodes.rows(id).map((row) => row.node),
    parents: project.index.nodes.parents(id),
    maybe: project.index.nodes.conditionalParents(id),
    children: project.index.nodes.children(id),
  }));
  const findings = project.findings().map(({ finding, file, span, suppressedBy, related }) => ({
    rule: finding.ruleId,
    message: finding.messageId,
    data: finding.data,
    severity: finding.severity,
    fix: finding.fixKind,
    file,
    span,
    related,
    suppressedBy,
  }));
  const problems = [...project.index.problems()].map(({ code, message, at }) => JSON.stringify({ code, message, at })).sort();
  const manifest = manifestOf(project);
  const lineage = nodes.map(({ id }) => lineageOf(project, id));
  return { nodes, findings, unknowns: project.unknowns(), problems, manifest, lineage };
}

function manifestOf(project: ProjectFixture): ManifestItem[] {
  return [...manifestItems(project.index, { readText: (file) => project.files.get(fixturePath(file)), version: '0' })];
}

/** Installed packages: the shells open a project anew when one comes or goes. */
function packagesOf(files: ReadonlyMap<string, Version>): string {
  return [...files].filter(([path, held]) => /^dbt_packages\/[^/]+\/dbt_project\.yml$/.test(path) && held !== undefined).map(([path]) => path).join(' ');
}

const PATHS = Object.keys(VERSIONS);

const edit = fc.constantFrom(...PATHS).chain((path) =>
  fc.nat({ max: (VERSIONS[path]?.length ?? 1) - 1 }).map((version) => ({ path, text: VERSIONS[path]?.[version] })),
);

function present(files: ReadonlyMap<string, Version>): Readonly<Record<string, FixtureFile>> {
  const found: Record<string, FixtureFile> = {};
  for (const [path, text] of files) if (text !== undefined) found[path] = text;
  return found;
}

/** Where the histories begin: each file in its first version with a text. */
function initialFiles(): Readonly<Record<string, FixtureFile>> {
  return present(new Map(Object.entries(VERSIONS).map(([path, versions]) => [path, versions[0] ?? versions[1]])));
}

/** The project as the cache on disk would keep it. */
function savedAndOpened(project: ProjectFixture): OpenedSnapshot {
  const steps = packProject(project);
  for (;;) {
    const step = steps.next();
    if (step.done !== true) continue;
    const opened = openSnapshot((step.value ?? []).map((section) => () => structuredClone(section)));
    if (opened === undefined) throw new Error('nothing was packed');
    return opened;
  }
}

describe('an index that was edited', () => {
  test('says the same as a fresh one, whatever the edits', () => {
    fc.assert(
      fc.property(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }), (batches) => {
        const files = new Map<string, Version>(Object.entries(initialFiles()));
        let project = openFixture(present(files), ALL_RULES);
        let running = createRunningSummary(project);
        for (const batch of batches) {
          running.summary('.', 1);
          const { checker } = project;
          const changes: Record<string, Version> = {};
          const packagesBefore = packagesOf(files);
          for (const { path, text } of batch) {
            changes[path] = text;
            files.set(path, text);
          }
          project.edit(changes);
          // As the server tells it: other settings make another checker.
          running.changed(project.checker === checker ? new Set([...checker.takeChangedFiles(), ...Object.keys(changes).map(fixtureFile)]) : 'all');
          if (packagesOf(files) === packagesBefore) continue;
          project = openFixture(present(files), ALL_RULES);
          running = createRunningSummary(project);
        }
        const fresh = openFixture(present(files), ALL_RULES);
        expect(stateOf(project)).toEqual(stateOf(fresh));
        expect(running.summary('.', 1)).toEqual(summarize(fresh, '.', 1));
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60) },
    );
  });

  test('says the same when it was saved at any time, and goes on from there', () => {
    const history = fc.record({
      before: fc.array(edit, { maxLength: 6 }),
      away: fc.array(edit, { maxLength: 4 }),
      after: fc.array(edit, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(history, ({ before, away, after }) => {
        const files = new Map<string, Version>(Object.entries(initialFiles()));
        let first = openFixture(present(files), ALL_RULES);
        for (const { path, text } of before) {
          const packagesBefore = packagesOf(files);
          first.edit({ [path]: text });
          files.set(path, text);
          if (packagesOf(files) !== packagesBefore) first = openFixture(present(files), ALL_RULES);
        }
        const snapshot = savedAndOpened(first);
        for (const { path, text } of away) files.set(path, text);
        let second = openFixture(present(files), ALL_RULES, { snapshot });
        expect(stateOf(second)).toEqual(stateOf(openFixture(present(files), ALL_RULES)));
        for (const { path, text } of after) {
          const packagesBefore = packagesOf(files);
          second.edit({ [path]: text });
          files.set(path, text);
          if (packagesOf(files) !== packagesBefore) second = openFixture(present(files), ALL_RULES);
        }
        expect(stateOf(second)).toEqual(stateOf(openFixture(present(files), ALL_RULES)));
        const third = openFixture(present(files), ALL_RULES, { snapshot: savedAndOpened(second) });
        expect(stateOf(third)).toEqual(stateOf(second));
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 40) },
    );
  });

  test.each([
    ['macros', 'macros/a.sql', 'macros/b.sql', (text: string) => `{% macro twice() %}${text}{% endmacro %}`],
    ['docs', 'models/a.md', 'models/b.md', (text: string) => `{% docs twice %}${text}{% enddocs %}`],
    ['macros', 'macros/a.yml', 'macros/b.yml', (text: string) => `macros: [{name: described, description: ${text}}]`],
  ])('lists once in the manifest what stands twice among the %s, whichever file was edited last', (_, one, other, textOf) => {
    const others = { 'macros/described.sql': '{% macro described() %}{% endmacro %}' };
    const project = openFixture({ ...others, [one]: textOf('before'), [other]: textOf('other') }, ALL_RULES);
    project.edit({ [one]: textOf('first') });
    const named = manifestOf(project).filter(({ uniqueId }) => /twice|described/.test(uniqueId));
    expect(named.map(({ uniqueId }) => uniqueId)).toEqual([...new Set(named.map(({ uniqueId }) => uniqueId))]);
    expect(JSON.stringify(named)).toContain('first');
    expect(JSON.stringify(named)).not.toContain('other');
  });

  test('keeps the places of a template that has stopped calling a macro when the macro changes', () => {
    const macro = '{% macro helper() %}1{% endmacro %}';
    const project = openFixture({ 'macros/helper.sql': macro, 'models/a.sql': 'select {{ helper() }}' }, ALL_RULES);
    project.edit({ 'models/a.sql': 'select {{ no_helper() }}' });
    project.edit({ 'macros/helper.sql': macro.replace('1', '2') });
    const found = project.findings().filter(({ finding }) => finding.ruleId === 'macro-undefined');
    expect(found.map(({ span }) => span)).toEqual([{ from: 'select {{ '.length, to: 'select {{ no_helper()'.length }]);
  });

  test('takes a package back that has had the name of the project for a while', () => {
    const named = (name: string): string => `name: ${name}\n`;
    const files = { 'dbt_packages/tools/dbt_project.yml': named('tools'), 'dbt_packages/tools/models/days.sql': 'select 1 as day' };
    const project = openFixture(files, ALL_RULES);
    project.edit({ 'dbt_packages/tools/dbt_project.yml': named('shop') });
    project.edit({ 'dbt_packages/tools/dbt_project.yml': named('tools') });
    expect(stateOf(project)).toEqual(stateOf(openFixture(files, ALL_RULES)));
  });

  test('reads a package anew that is left out for its name', () => {
    const files = {
      'packages.yml': 'packages: [{local: a}, {local: b}]\n',
      'dbt_packages/a/dbt_project.yml': 'name: tools\n',
      'dbt_packages/tools/dbt_project.yml': 'name: tools\n',
    };
    const broken = { 'dbt_packages/tools/dbt_project.yml': 'name: [broken\n' };
    const project = openFixture(files, ALL_RULES);
    project.edit(broken);
    expect(stateOf(project)).toEqual(stateOf(openFixture({ ...files, ...broken }, ALL_RULES)));
  });

  test('evaluates nothing and runs no rule when nothing has changed since it was saved', () => {
    const files = initialFiles();
    const evaluated: string[] = [];
    const ran: string[] = [];
    const fresh = openFixture(files, ALL_RULES);
    const second = openFixture(files, ALL_RULES, { snapshot: savedAndOpened(fresh), onEvaluate: (file) => evaluated.push(file), onRun: (unit) => ran.push(unit) });
    expect({ evaluated, ran }).toEqual({ evaluated: [], ran: [] });
    const fixesOf = (project: ProjectFixture): unknown[] => project.findings().map(({ finding }) => project.fix(finding));
    expect(fixesOf(second).filter((fix) => fix !== undefined).length).toBeGreaterThan(3);
    expect(fixesOf(second)).toEqual(fixesOf(fresh));
  });

  test('says the same in whatever order its files were read', () => {
    const files = initialFiles();
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(stateOf(openFixture(reversed, ALL_RULES))).toEqual(stateOf(openFixture(files, ALL_RULES)));
  });
});

describe('an edit', () => {
  const FILES = {
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "{% set x = 'a' %}select * from {{ ref(x) }}",
    'models/c.sql': "{% set x = 'b' %}select * from {{ ref(x) }} {{ note() }}",
    'models/d.sql': "{% set x = 'c' %}select * from {{ ref(x) }}",
    'macros/note.sql': '{% macro note() %}{% endmacro %}',
  };

  function openRecorded(): { project: ProjectFixture; evaluated: string[]; ran: string[] } {
    const evaluated: string[] = [];
    const ran: string[] = [];
    const project = openFixture(FILES, ALL_RULES, {
      onEvaluate: (file) => evaluated.push(file.slice(file.lastIndexOf('/') + 1)),
      onRun: (unit) => ran.push(unit),
    });
    evaluated.length = 0;
    ran.length = 0;
    return { project, evaluated, ran };
  }

  test("of one model's body evaluates that model alone", () => {
    const { project, evaluated } = openRecorded();
    project.edit({ 'models/b.sql': "{% set x = 'a' %}select 2 from {{ ref(x) }}" });
    expect(evaluated).toEqual(['b.sql']);
  });

  test('of a macro evaluates its callers alone', () => {
    const { project, evaluated } = openRecorded();
    project.edit({ 'macros/note.sql': '{% macro note() %}-- noted{% endmacro %}' });
    expect(evaluated).toEqual(['c.sql']);
  });

  test('that only moves text runs no rule on any node', () => {
    const { project, ran } = openRecorded();
    project.edit({ 'models/a.sql': '\n\nselect 1 as id' });
    expect(ran.filter((unit) => !unit.startsWith('file:'))).toEqual([]);
  });

  test('of one entry in a property file of many runs rules on its node alone', () => {
    const { project, ran } = openRecorded();
    const entry = (name: string, more = ''): string => `  - name: ${name}\n    columns:\n      - name: id\n${more}`;
    const file = (more: string): string => `models:\n${entry('a')}${entry('b')}${entry('c')}${entry('d', more)}`;
    project.edit({ 'models/models.yml': file('') });
    ran.length = 0;
    project.edit({ 'models/models.yml': file('        meta: {owner: me}\n') });
    expect(ran.filter((unit) => !unit.startsWith('file:')).sort()).toEqual(['near:model.shop.d', 'node:model.shop.d']);
  });

  test("that changes a model's edges runs rules on the model and its neighbours alone", () => {
    const { project, ran } = openRecorded();
    project.edit({ 'models/d.sql': "select * from {{ ref('a') }}" });
    const nodes = new Set(ran.filter((unit) => unit.startsWith('near:')).map((unit) => unit.slice('near:model.shop.'.length)));
    expect([...nodes].sort()).toEqual(expect.arrayContaining(['d']));
    expect(nodes.has('b')).toBe(false);
  });
});
