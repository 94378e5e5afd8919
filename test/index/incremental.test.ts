/** The index and the rules give the same after any edits as from scratch, and recompute no more than what an edit touches. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenedSnapshot } from '../../server/src/features/snapshot.ts';
import { openSnapshot, packProject } from '../../server/src/features/snapshot.ts';
import { createRunningSummary, summarize } from '../../server/src/readiness/summary.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import type { FixtureFiles, ProjectFixture } from '../harness/project.ts';
import { fixtureFile, openFixture } from '../harness/project.ts';

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
  return { nodes, findings, unknowns: project.unknowns(), problems };
}

/** Versions of files that a random history goes through; undefined: the file is not there. */
const VERSIONS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'dbt_project.yml': [
    'name: shop\nprofile: shop\n',
    'name: shop\nprofile: shop\nvars:\n  upstream: orders\nmodels:\n  shop:\n    +tags: nightly\n    marts:\n      +materialized: incremental\n',
    'name: shop\nmodels:\n  +enabled: "{{ var(\'none\', true) }}"\nvars: {upstream: customers}\n',
    'name: shop\nmodel-paths: [models, more]\n',
    'name: [broken\n',
  ],
  'models/orders.sql': [
    undefined,
    'select 1 as order_id, 2 as customer_id',
    '-- moved\n\nselect 1 as order_id, 2 as customer_id',
    "{{ config(enabled=false) }}\nselect 1 as order_id",
    "select * from {{ source('crm', 'orders') }}",
    "select * from {{ ref('customers') }}",
    'select {{ broken',
  ],
  'models/customers.sql': [
    undefined,
    "select * from {{ ref('orders') }}",
    "{% set up = var('upstream', 'orders') %}select * from {{ ref(up) }}",
    '{{ from_macro() }}',
    "select * from raw.crm.orders",
    "{% if is_incremental() %}{{ ref('orders') }}{% endif %} select 1 as id",
  ],
  'models/marts/fct.sql': [
    undefined,
    "{{ config(materialized='incremental') }} select * from {{ ref('customers') }} join {{ ref('orders', v=1) }}",
    "select * from {{ ref('orders', v=2) }} where {{ from_macro() }}",
  ],
  'models/orders_v1.sql': [undefined, 'select 1 as order_id', "select * from {{ ref('customers') }}"],
  'models/_models.yml': [
    undefined,
    'models:\n  - name: orders\n    description: Orders.\n    columns:\n      - name: order_id\n        data_tests: [unique, not_null]\n  - name: customers\n',
    'version: 2\n\nmodels:\n  - name: orders\n    description: Orders.\n    columns:\n      - name: order_id\n        data_tests: [unique, not_null]\n  - name: customers\n',
    'models:\n  - name: orders\n    latest_version: 2\n    versions:\n      - v: 1\n      - v: 2\n        defined_in: customers\n    columns:\n      - name: order_id\n        data_tests: [not_null]\n',
    'models:\n  - name: customers\n    description: "{{ doc(\'customer\') }}"\n    data_tests:\n      - relationships: {to: ref(\'orders\'), field: id}\n      - tested_by_macro\n  - name: customers\n  - name: gone\n    data_tests: [unique: {column_name: id}]\n',
    'models: {}\n',
    'models:\n  - name: [\n',
  ],
  'models/_sources.yml': [
    undefined,
    'sources:\n  - name: crm\n    database: raw\n    tables:\n      - name: orders\n        columns: [{name: id, data_tests: [unique]}]\n',
    'sources:\n  - name: crm\n    description: The shop.\n    freshness: {warn_after: {count: 1, period: day}}\n    tables: [{name: orders, config: {enabled: false}}, {name: customers}]\n',
  ],
  'macros/all.sql': [
    undefined,
    "{% macro from_macro() %}select * from {{ ref('orders') }}{% endmacro %}",
    "{% macro from_macro() %}select * from {{ source('crm', 'orders') }}{% endmacro %}{% test tested_by_macro(model) %}select * from {{ ref('orders') }}{% endtest %}",
    "{% macro generate_alias_name(custom, node) %}x_{{ node.name }}{% endmacro %}",
    '{% macro from_macro( %}',
  ],
  'models/docs.md': [undefined, '{% docs customer %}A customer.{% enddocs %}', '{% docs customer %}Another.{% enddocs %}'],
  'tests/no_orders.sql': [undefined, "select * from {{ ref('orders') }} where false", "select * from {{ ref('nothing') }}"],
  'snapshots/history.sql': [undefined, "{% snapshot history %}select * from {{ ref('orders') }}{% endsnapshot %}", "\n\n{% snapshot history %}{% if true %}select * from {{ ref('orders') }}{% endif %}{% endsnapshot %}"],
  'seeds/countries.csv': [undefined, 'code,name\n', 'code\n'],
  'profiles.yml': [
    undefined,
    'shop:\n  target: dev\n  outputs:\n    dev: {type: snowflake, password: hunter2}\n',
    'shop:\n  target: dev\n  outputs:\n    dev: {type: bigquery}\n',
  ],
  'dbt-readiness.yml': [undefined, 'preset: strict\n', 'rules:\n  ref-undefined: off\n', 'rules: 3\n'],
  '../.github/workflows/ci.yml': [undefined, 'on: push\njobs: {a: {steps: [{run: dbt build}]}}\n', 'on: push\n'],
  'models/extra/orders.sql': [undefined, undefined, 'select 3 as order_id', "{{ config(enabled=(target.name == 'dev')) }}select 4 as order_id", "{{ config(group='finance') }}{{ nothing() }}"],
  'models/extra/_models.yml': [
    undefined,
    'groups: [{name: finance, owner: {name: Ann}}]\nmodels:\n  - name: customers\n    config: {group: finance, access: private}\n',
    "models:\n  - name: orders\n    group: finance\n    config: {group: sales}\n    columns:\n      - name: order_id\n        description: \"{{ doc('gone') }}\"\n        tests: [unique, unique, nope, accepted_values: {values: [1]}]\n        data_tests: [not_null]\n",
    'unit_tests: [{name: counts, model: customers, given: [], expect: {rows: []}}]\nexposures: [{name: weekly, type: report, depends_on: ["metric(\'revenue\')", "ref(\'orders\')"]}]\nmodles: []\n',
    'groups: [{name: [\n',
  ],
  'seeds/orders.csv': [undefined, undefined, 'order_id\n'],
  'models/extra/aliased.sql': [undefined, undefined, "{{ config(alias='orders') }}select 1", "{{ config(alias='Fct', schema='more') }}select 1"],
  'models/extra/other.sql': [undefined, undefined, "{{ config(alias='orders') }}select 1", "{{ config(alias='fct', schema='more', materialized='table') }}select 1"],
  'models/more.md': [undefined, undefined, '{% docs customer %}Twice.{% enddocs %}'],
  'macros/more.sql': [undefined, undefined, '{% macro from_macro() %}{% endmacro %}', '{% macro generate_schema_name(a, b) %}x{% endmacro %}', '{% set x = 1 %}{% macro nothing() %}{% endmacro %}'],
  'tests/fixtures/counted.csv': [undefined, 'id\n1\n'],
  'models/unit.yml': [
    undefined,
    'unit_tests: [{name: fixed, model: customers, versions: {include: [1]}, given: [], expect: {format: csv, fixture: counted}}]\n',
    'unit_tests: [{name: fixed, model: orders, given: [{input: this, rows: x}], expect: {format: sql}}]\ngroups: [{name: finance, owner: {slack: x}}]\n',
  ],
  'models/strict.yml': [
    undefined,
    'models:\n  - name: fct\n    config: {contract: {enforced: true}, enabled: "{{ var(\'on\', true) }}", meta: {a: "{{ broken"}}\n    constraints: [{type: odd}]\n',
    'models:\n  - name: fct\n    description: "{{ doc(\'customer\') }} {{ ref(\'x\') }}"\n    columns: null\n    versions: [{v: 1, access: private}, {defined_in: orders}]\n',
  ],
  'models/days.yml': [
    undefined,
    'models: [{name: fct, time_spine: {standard_granularity_column: at}, columns: [{name: at, granularity: day}]}]\n',
    'models: [{name: fct, time_spine: {standard_granularity_column: at, custom_granularities: [{name: total, column_name: at}, {name: fiscal, column_name: at}]}, columns: [{name: at, granularity: day}]}]\n',
    'models: [{name: fct, time_spine: {standard_granularity_column: at}, columns: [{name: at, granularity: month}]}]\n',
  ],
  'models/semantic.yml': [
    undefined,
    "semantic_models:\n  - name: orders\n    model: ref('customers')\n    defaults: {agg_time_dimension: at}\n    entities: [{name: order_key, type: primary}]\n    dimensions: [{name: at, type: time, type_params: {time_granularity: day}}]\n    measures: [{name: total, agg: sum, create_metric: true}]\n",
    "\n\nsemantic_models:\n  - name: orders\n    model: ref('customers')\n    defaults: {agg_time_dimension: at}\n    entities: [{name: order_key, type: foreign}]\n    dimensions: [{name: at, type: time, type_params: {time_granularity: day}}]\n    measures: [{name: total, agg: sum, create_metric: true}]\n",
    "semantic_models:\n  - name: visits\n    model: ref('customers')\n    defaults: {agg_time_dimension: at}\n    entities: [{name: order_key, type: primary}]\n    dimensions: [{name: at, type: time, type_params: {time_granularity: day}}]\n    measures: [{name: Total, agg: count, create_metric: true}]\nmetrics: [{name: twice, label: Total, type: derived, type_params: {expr: total, metrics: [total]}}]\n",
  ],
  'models/layer.yml': [
    undefined,
    "metrics:\n  - {name: twice, label: total, type: derived, filter: \"{{ Dimension('kind') }}\", type_params: {expr: total, metrics: [{name: total, offset_window: 2 fiscal}]}}\n",
    "metrics: [{name: total, label: Other, type: ratio, type_params: {numerator: total, denominator: twice}}]\nsaved_queries: [{name: daily, query_params: {metrics: [total], group_by: [\"Dimension('order_key__at')\"], limit: -1}}]\n",
    "models:\n  - name: customers\n    semantic_model: {name: orders, config: {}, group: finance}\n    agg_time_dimension: at\n    columns: [{name: at, granularity: day, dimension: {type: time}}, {name: id, entity: {type: primary, name: order_key}}]\n    metrics: [{name: total, agg: sum, expr: id}, {name: rate, type: ratio, numerator: total, denominator: twice}]\n",
  ],
  'packages.yml': [undefined, 'packages:\n  - package: a/b\n    version: 1.0.0\n'],
};

const PATHS = Object.keys(VERSIONS);

const edit = fc.constantFrom(...PATHS).chain((path) =>
  fc.nat({ max: (VERSIONS[path]?.length ?? 1) - 1 }).map((version) => ({ path, text: VERSIONS[path]?.[version] })),
);

function present(files: ReadonlyMap<string, string | undefined>): FixtureFiles {
  const found: Record<string, string> = {};
  for (const [path, text] of files) if (text !== undefined) found[path] = text;
  return found;
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
        const files = new Map<string, string | undefined>(PATHS.map((path) => [path, VERSIONS[path]?.[path === 'dbt_project.yml' ? 0 : 1]]));
        const project = openFixture(present(files), ALL_RULES);
        const running = createRunningSummary(project);
        for (const batch of batches) {
          running.summary('.', 1);
          const { checker } = project;
          const changes: Record<string, string | undefined> = {};
          for (const { path, text } of batch) {
            changes[path] = text;
            files.set(path, text);
          }
          project.edit(changes);
          // As the server tells it: other settings make another checker.
          running.changed(project.checker === checker ? new Set([...checker.takeChangedFiles(), ...Object.keys(changes).map(fixtureFile)]) : 'all');
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
        const files = new Map<string, string | undefined>(PATHS.map((path) => [path, VERSIONS[path]?.[path === 'dbt_project.yml' ? 0 : 1]]));
        const first = openFixture(present(files), ALL_RULES);
        for (const { path, text } of before) {
          first.edit({ [path]: text });
          files.set(path, text);
        }
        const snapshot = savedAndOpened(first);
        for (const { path, text } of away) files.set(path, text);
        const second = openFixture(present(files), ALL_RULES, { snapshot });
        expect(stateOf(second)).toEqual(stateOf(openFixture(present(files), ALL_RULES)));
        for (const { path, text } of after) {
          second.edit({ [path]: text });
          files.set(path, text);
        }
        expect(stateOf(second)).toEqual(stateOf(openFixture(present(files), ALL_RULES)));
        const third = openFixture(present(files), ALL_RULES, { snapshot: savedAndOpened(second) });
        expect(stateOf(third)).toEqual(stateOf(second));
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 40) },
    );
  });

  test('evaluates nothing and runs no rule when nothing has changed since it was saved', () => {
    const files = Object.fromEntries(PATHS.map((path) => [path, VERSIONS[path]?.at(1) ?? '']));
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
    const files = Object.fromEntries(PATHS.map((path) => [path, VERSIONS[path]?.at(1) ?? '']));
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
