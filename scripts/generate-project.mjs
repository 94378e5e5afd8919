/** Writes a dbt project of any size for the benches: `node scripts/generate-project.mjs COUNT DIR`; the same COUNT gives the same bytes. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What was written.
 * @typedef {object} GeneratedProject
 * @property {string} directory absolute path of the project
 * @property {number} models all models: COUNT, those of the big YAML file and those of the small one
 * @property {number} files number of files written
 * @property {number} bytes sum of their sizes
 * @property {string} bigYaml path in the project of the YAML file of 200 KB that holds 300 models
 * @property {string} smallYaml path in the project of the YAML file of 5 KB, for edits
 * @property {string} smallSql path in the project of one model of the small YAML file, for edits
 */

/** @typedef {{ name: string, folder: string, inputs: readonly string[], layer: 'staging' | 'intermediate' | 'marts', order: number }} PlannedModel */

export const BIG_YAML = 'models/marts/catalogue/_catalogue__models.yml';
export const SMALL_YAML = 'models/marts/core/_core__models.yml';
export const SMALL_SQL = 'models/marts/core/core_00.sql';

const BIG_YAML_MODELS = 300;
const BIG_YAML_BYTES = 200_000;
const SMALL_YAML_MODELS = 7;
const SMALL_YAML_BYTES = 5_000;
const SQL_BYTES = 1_400;
const MODELS_PER_FOLDER = 100;
const TABLES_PER_SOURCE = 25;
/** Ranks of intermediate models, each built on the one before: the depth of the graph. */
const RANKS = 10;
/** Of ten models, how many set a variable and loop over it, so that only an evaluation can read them. */
const EVALUATED_OF_TEN = 4;

/** A file that this script leaves in the folder, so that it never empties a folder that it did not write. */
const MARKER = '.generated-project';

const DOMAINS = ['billing', 'shop', 'support', 'marketing', 'logistics', 'product', 'people', 'finance'];
const ENTITIES = ['orders', 'customers', 'invoices', 'payments', 'sessions', 'tickets', 'shipments', 'campaigns', 'contracts', 'refunds'];
const MEASURES = ['amount', 'discount', 'tax', 'fee', 'margin', 'weight', 'duration', 'score', 'quantity', 'balance'];
const STATUSES = ['open', 'paid', 'shipped', 'returned', 'cancelled'];
const SENTENCES = [
  'Taken as it is from the source system.',
  'Null until the record is closed.',
  'In the currency of the company, before tax.',
  'Changes when a correction is booked.',
  'Used by the monthly report of the team.',
  'One value for each day on which something happened.',
];

/**
 * A small generator of numbers in [0, 1) (mulberry32), seeded by position: no clock, no Math.random.
 * @param {number} seed
 * @returns {() => number}
 */
function randomFrom(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * @template T
 * @param {readonly T[]} list not empty
 * @param {() => number} random
 * @returns {T}
 */
function pick(list, random) {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

/**
 * Two different members where there are two.
 * @template T
 * @param {readonly T[]} list not empty
 * @param {() => number} random
 * @returns {T[]}
 */
function pickTwo(list, random) {
  const first = Math.floor(random() * list.length);
  const step = list.length > 1 ? 1 + Math.floor(random() * (list.length - 1)) : 0;
  return [first, (first + step) % list.length].map((index) => /** @type {T} */ (list[index]));
}

/** @param {number} value @param {number} width */
function padded(value, width) {
  return String(value).padStart(width, '0');
}

/** @param {string} name */
function refTo(name) {
  return `{{ ref('${name}') }}`;
}

/**
 * The models in the order in which they build: staging on sources, intermediate in ranks, marts on the last ranks.
 * @param {number} count
 */
function planModels(count) {
  const stagingCount = Math.max(1, Math.round(count * 0.4));
  const martCount = count < 3 ? 0 : Math.max(1, Math.round(count * 0.2));
  const intermediateCount = Math.max(0, count - stagingCount - martCount);
  const width = Math.max(4, String(count).length);
  /** @type {{ source: string, tables: string[] }[]} */
  const sources = [];
  /** @type {PlannedModel[]} */
  const models = [];

  const stagingNames = [];
  for (let order = 0; order < stagingCount; order += 1) {
    const sourceIndex = Math.floor(order / TABLES_PER_SOURCE);
    const entity = ENTITIES[order % ENTITIES.length] ?? 'rows';
    const source = `${DOMAINS[sourceIndex % DOMAINS.length] ?? 'shop'}_${padded(sourceIndex, 3)}`;
    const table = `${entity}_${padded(order % TABLES_PER_SOURCE, 2)}`;
    const known = sources[sourceIndex] ?? { source, tables: [] };
    sources[sourceIndex] = known;
    known.tables.push(table);
    const name = `stg_${source}__${entity}_${padded(order, width)}`;
    stagingNames.push(name);
    // The second input is a table of the same source, which every source has.
    const second = known.tables[0] ?? table;
    models.push({
      name,
      folder: `models/staging/${source}`,
      inputs: [`{{ source('${source}', '${table}') }}`, `{{ source('${source}', '${second}') }}`],
      layer: 'staging',
      order,
    });
  }

  /** @type {string[][]} */
  const ranks = Array.from({ length: RANKS }, () => []);
  for (let order = 0; order < intermediateCount; order += 1) {
    const random = randomFrom(1_000_003 + order);
    const rank = Math.floor((order * RANKS) / intermediateCount);
    const below = rank === 0 ? stagingNames : (ranks[rank - 1] ?? stagingNames);
    const name = `int_${ENTITIES[order % ENTITIES.length] ?? 'rows'}_${padded(order, width)}`;
    const inputs = rank === 0 || random() < 0.5
      ? pickTwo(below.length > 0 ? below : stagingNames, random)
      : [pick(below.length > 0 ? below : stagingNames, random), pick(stagingNames, random)];
    (ranks[rank] ?? []).push(name);
    models.push({
      name,
      folder: `models/intermediate/rank_${padded(rank, 2)}/part_${padded(Math.floor((order % Math.ceil(intermediateCount / RANKS)) / MODELS_PER_FOLDER), 2)}`,
      inputs: inputs.map(refTo),
      layer: 'intermediate',
      order: stagingCount + order,
    });
  }

  const intermediateNames = ranks.flat();
  const martInputs = intermediateNames.length > 0 ? intermediateNames : stagingNames;
  const martNames = [];
  for (let order = 0; order < martCount; order += 1) {
    const random = randomFrom(2_000_003 + order);
    const name = `${order % 3 === 0 ? 'dim' : 'fct'}_${ENTITIES[order % ENTITIES.length] ?? 'rows'}_${padded(order, width)}`;
    martNames.push(name);
    models.push({
      name,
      folder: `models/marts/${DOMAINS[Math.floor(order / MODELS_PER_FOLDER) % DOMAINS.length] ?? 'shop'}_${padded(Math.floor(order / MODELS_PER_FOLDER), 2)}`,
      inputs: pickTwo(martInputs, random).map(refTo),
      layer: 'marts',
      order: stagingCount + intermediateCount + order,
    });
  }
  return { sources, models, stagingNames, martNames };
}

/** @param {PlannedModel} model */
function columnsOf(model) {
  const measures = [0, 1, 2].map((step) => MEASURES[(model.order + step * 3) % MEASURES.length] ?? 'amount');
  return { key: 'record_id', parent: 'parent_id', status: 'status', at: 'updated_at', day: 'booked_on', measures };
}

/**
 * One model of about 1.4 kB: a config call, two inputs, CTEs, and in four of ten a `{% set %}` with a loop.
 * @param {PlannedModel} model
 */
function sqlOf(model) {
  const random = randomFrom(3_000_017 + model.order);
  const columns = columnsOf(model);
  const evaluated = model.order % 10 < EVALUATED_OF_TEN;
  const materialized = model.layer === 'staging' ? 'view' : 'table';
  const [first, second] = model.inputs;
  /** @type {string[]} */
  const lines = [];
  lines.push(`{{ config(materialized='${materialized}', tags=['${model.layer}', 'team_${model.order % 12}']) }}`, '');
  if (evaluated) {
    lines.push(`{% set statuses = [${STATUSES.map((status) => `'${status}'`).join(', ')}] %}`);
    lines.push(`{% set lookback_days = var('lookback_days', ${30 + (model.order % 5) * 30}) %}`, '');
  }
  lines.push('with main_input as (', '', `    select * from ${first}`, '', '),', '');
  lines.push('other_input as (', '', `    select * from ${second}`, '', '),', '');
  lines.push('joined as (', '', '    select');
  lines.push(`        main_input.${columns.key},`, `        main_input.${columns.parent},`, `        main_input.${columns.status},`);
  lines.push(`        main_input.${columns.day},`, `        main_input.${columns.at},`);
  for (const measure of columns.measures) lines.push(`        coalesce(main_input.${measure}, 0) as ${measure},`);
  if (evaluated) {
    lines.push('        {%- for status in statuses %}');
    lines.push(`        case when main_input.${columns.status} = '{{ status }}' then 1 else 0 end as is_{{ status }},`);
    lines.push('        {%- endfor %}');
  } else {
    lines.push(`        case when main_input.${columns.status} in ('open', 'paid') then true else false end as is_active,`);
  }
  lines.push(`        other_input.${columns.status} as other_status`);
  lines.push('    from main_input', '    left join other_input', `        on main_input.${columns.parent} = other_input.${columns.key}`);
  if (evaluated) lines.push(`    where main_input.${columns.day} >= current_date - {{ lookback_days }}`);
  lines.push('', '),', '', 'final as (', '', '    select', '        joined.*,');
  const tail = ['        1 as row_count', '    from joined', '', ')', '', 'select * from final', ''];
  const size = () => lines.join('\n').length + tail.join('\n').length + 1;
  for (let step = 0; size() < SQL_BYTES; step += 1) {
    const measure = pick(columns.measures, random);
    lines.push(`        round(joined.${measure} * ${(1 + random()).toFixed(3)}, 2) as ${measure}_adjusted_${step},`);
  }
  return [...lines, ...tail].join('\n');
}

/**
 * The `models:` entry of one model: eight columns, four tests.
 * @param {PlannedModel} model
 * @param {{ relatedTo: string, atLeast?: number }} options `atLeast`: descriptions grow until the entry has so many bytes
 */
function entryOf(model, { relatedTo, atLeast = 0 }) {
  const random = randomFrom(4_000_037 + model.order);
  const columns = columnsOf(model);
  const title = model.name.replace(/_/g, ' ');
  let description = `Rows of ${title}, one for each record.`;
  const text = () => [
    `  - name: ${model.name}`,
    `    description: ${description}`,
    '    columns:',
    `      - name: ${columns.key}`,
    '        description: Key of the record.',
    '        data_tests: [unique, not_null]',
    `      - name: ${columns.parent}`,
    '        data_tests:',
    '          - relationships:',
    '              arguments:',
    `                to: ref('${relatedTo}')`,
    `                field: ${columns.key}`,
    `      - name: ${columns.status}`,
    '        data_tests:',
    '          - accepted_values:',
    '              arguments:',
    `                values: [${STATUSES.join(', ')}]`,
    `      - name: ${columns.day}`,
    `      - name: ${columns.at}`,
    ...columns.measures.flatMap((measure, index) => (index === 0
      ? [`      - name: ${measure}`, `        description: Sum of ${measure}.`]
      : [`      - name: ${measure}`])),
    '',
  ].join('\n');
  while (text().length < atLeast) description += ` ${pick(SENTENCES, random)}`;
  return text();
}

/**
 * Writes the project into `directory`, which must be new, empty, or an earlier output of this script.
 * @param {{ count: number, directory: string }} options
 * @returns {GeneratedProject}
 */
export function generateProject({ count, directory }) {
  const root = resolve(directory);
  emptyOwnFolder(root);
  let files = 0;
  let bytes = 0;
  /** @type {Set<string>} */
  const folders = new Set();
  /** @param {string} path @param {string} text */
  const write = (path, text) => {
    const target = join(root, path);
    const folder = dirname(target);
    if (!folders.has(folder)) {
      mkdirSync(folder, { recursive: true });
      folders.add(folder);
    }
    writeFileSync(target, text);
    files += 1;
    bytes += Buffer.byteLength(text);
  };

  const { sources, models, stagingNames, martNames } = planModels(count);
  const keyModel = stagingNames[0] ?? '';
  write(MARKER, `${JSON.stringify({ count })}\n`);
  write('dbt_project.yml', projectFile());
  write('README.md', '# Generated\n\nA project for measurements. Nothing here means anything.\n');
  write('macros/cents_to_units.sql', "{% macro cents_to_units(column_name, scale=2) %}\n    round({{ column_name }} / 100.0, {{ scale }})\n{% endmacro %}\n");
  write('macros/_macros.yml', 'version: 2\n\nmacros:\n  - name: cents_to_units\n    description: Cents as units of the currency.\n');
  write('seeds/statuses.csv', `status,is_final\n${STATUSES.map((status, index) => `${status},${index > 2}`).join('\n')}\n`);
  write('tests/assert_no_future_records.sql', `select * from ${refTo(keyModel)}\nwhere booked_on > current_date\n`);

  for (const { source, tables } of sources) write(`models/staging/${source}/_${source}__sources.yml`, sourcesFile(source, tables));
  for (const model of models) {
    write(`${model.folder}/${model.name}.sql`, sqlOf(model));
    write(`${model.folder}/${model.name}.yml`, `version: 2\n\nmodels:\n${entryOf(model, { relatedTo: keyModel })}`);
  }

  const lastNames = martNames.length > 0 ? martNames : stagingNames;
  /** @param {string} yaml @param {string} prefix @param {number} howMany @param {number} size @param {number} firstOrder */
  const writeGroup = (yaml, prefix, howMany, size, firstOrder) => {
    const head = 'version: 2\n\nmodels:\n';
    /** @type {string[]} */
    const entries = [];
    let written = head.length;
    for (let index = 0; index < howMany; index += 1) {
      const order = firstOrder + index;
      /** @type {PlannedModel} */
      const model = {
        name: `${prefix}_${padded(index, String(howMany - 1).length === 1 ? 2 : 3)}`,
        folder: dirname(yaml),
        inputs: pickTwo(lastNames, randomFrom(5_000_011 + order)).map(refTo),
        layer: 'marts',
        order,
      };
      // What is left is shared among those that are left, so the file comes out at its size.
      const entry = entryOf(model, { relatedTo: keyModel, atLeast: (size - written) / (howMany - index) - 30 });
      entries.push(entry);
      written += entry.length;
      write(`${model.folder}/${model.name}.sql`, sqlOf(model));
    }
    write(yaml, head + entries.join(''));
  };
  writeGroup(BIG_YAML, 'catalogue', BIG_YAML_MODELS, BIG_YAML_BYTES, 20_000_000);
  writeGroup(SMALL_YAML, 'core', SMALL_YAML_MODELS, SMALL_YAML_BYTES, 30_000_000);

  return {
    directory: root,
    models: models.length + BIG_YAML_MODELS + SMALL_YAML_MODELS,
    files,
    bytes,
    bigYaml: BIG_YAML,
    smallYaml: SMALL_YAML,
    smallSql: SMALL_SQL,
  };
}

/** @param {string} root */
function emptyOwnFolder(root) {
  if (!existsSync(root)) return;
  if (!existsSync(join(root, MARKER))) {
    throw new Error(`${root} exists and was not written by this script; give a new folder`);
  }
  rmSync(root, { recursive: true });
}

function projectFile() {
  return [
    'name: generated',
    "version: '1.0.0'",
    'profile: generated',
    '',
    'model-paths: [models]',
    'macro-paths: [macros]',
    'seed-paths: [seeds]',
    'test-paths: [tests]',
    '',
    'vars:',
    '  lookback_days: 90',
    '',
    'models:',
    '  generated:',
    '    staging:',
    '      +schema: staging',
    '      +materialized: view',
    '    intermediate:',
    '      +schema: intermediate',
    '      +materialized: table',
    '    marts:',
    '      +schema: marts',
    '      +materialized: table',
    '',
  ].join('\n');
}

/** @param {string} source @param {readonly string[]} tables */
function sourcesFile(source, tables) {
  const lines = [
    'version: 2',
    '',
    'sources:',
    `  - name: ${source}`,
    `    description: Tables of the system ${source}, loaded every night.`,
    '    database: raw',
    `    schema: ${source}`,
    '    config:',
    '      freshness:',
    '        warn_after: {count: 24, period: hour}',
    '        error_after: {count: 48, period: hour}',
    '      loaded_at_field: _loaded_at',
    '    tables:',
  ];
  for (const table of tables) lines.push(`      - name: ${table}`, `        description: The ${table.replace(/_\d+$/, '')} of ${source}.`);
  return `${lines.join('\n')}\n`;
}

/**
 * The project in `directory`, written again only if it is not there in this size and by this version of the script.
 * @param {{ count: number, directory: string }} options
 * @returns {GeneratedProject}
 */
export function ensureProject({ count, directory }) {
  const stamp = `${resolve(directory)}.stamp.json`;
  const self = readFileSync(fileURLToPath(import.meta.url), 'utf8');
  const version = `${count}:${self.length}:${textHash(self)}`;
  if (existsSync(stamp) && existsSync(join(directory, MARKER))) {
    const known = JSON.parse(readFileSync(stamp, 'utf8'));
    if (known.version === version) return known.project;
  }
  const project = generateProject({ count, directory });
  writeFileSync(stamp, `${JSON.stringify({ version, project })}\n`);
  return project;
}

/** @param {string} text */
function textHash(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash.toString(16);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [countText, directory] = process.argv.slice(2);
  const count = Number(countText);
  if (directory === undefined || !Number.isInteger(count) || count < 1) {
    console.error('usage: node scripts/generate-project.mjs COUNT DIR');
    process.exitCode = 2;
  } else {
    const project = generateProject({ count, directory });
    console.log(`${project.models} models, ${project.files} files, ${(project.bytes / 1e6).toFixed(1)} MB in ${project.directory}`);
  }
}
