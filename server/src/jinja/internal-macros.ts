/** The macros of dbt's own packages, as functions: which there are, and what the ones that models call give. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import { dateTime, formatDateTime, isDateTime } from './datetime.ts';
import { INTERNAL_MACRO_NAMES } from './internal-macro-names.ts';
import { inShadow, keywordRefused, tooManyArguments } from './interpreter.ts';
import { dumpJson } from './json.ts';
import { equals, iterate, LARGEST_SIZE, plainTextOf, textOf, truthOf } from './python.ts';
import type { Run } from './run.ts';
import { isCallable, isUndefinedValue, JinjaError, numberOf, undefinedValue, type CallArguments, type CallableValue, type JinjaValue } from './values.ts';

/** Adapters that build on another one. */
const PARENTS: Readonly<Record<string, readonly string[]>> = {
  redshift: ['postgres'],
  databricks: ['spark'],
  fabric: ['sqlserver'],
  materialize: ['postgres'],
};

/** The adapter and those it builds on, nearest first. */
export function adapterTypes(adapterType: string | undefined): readonly string[] {
  return adapterType === undefined ? [] : [adapterType, ...(PARENTS[adapterType] ?? [])];
}

const namesByPackage = new Map<string, ReadonlySet<string>>();

function namesOf(packageName: string): ReadonlySet<string> {
  const known = namesByPackage.get(packageName);
  if (known !== undefined) return known;
  const names = new Set((INTERNAL_MACRO_NAMES[packageName] ?? '').split(' '));
  names.delete('');
  namesByPackage.set(packageName, names);
  return names;
}

/** dbt's own packages for an adapter, nearest first: `dbt_redshift`, `dbt_postgres`, `dbt`. */
export function internalPackages(adapterType: string | undefined): readonly string[] {
  return [...adapterTypes(adapterType).map((type) => 'dbt_' + type), 'dbt'];
}

/** True if it is known which macros the adapter brings along. */
export function isKnownAdapter(adapterType: string): boolean {
  return INTERNAL_MACRO_NAMES[`dbt_${adapterType}`] !== undefined;
}

/** The unique id of a macro that dbt or the adapter brings along, or undefined if there is none of that name. */
export function findInternalMacro(name: string, adapterType: string | undefined): string | undefined {
  for (const packageName of internalPackages(adapterType)) {
    if (namesOf(packageName).has(name)) return `macro.${packageName}.${name}`;
  }
  return undefined;
}

/** The unique id of a macro in one of dbt's own packages, by the names that projects write: `dbt.datediff`; undefined if it has none. */
export function internalMacroIn(packageName: string, name: string, adapterType: string | undefined): string | undefined {
  return internalPackages(adapterType).includes(packageName) && namesOf(packageName).has(name) ? `macro.${packageName}.${name}` : undefined;
}

/** What native macros may use of the evaluation. */
export interface InternalHost {
  readonly run: Run;
  /** A global name, such as `config`. */
  global(name: string): JinjaValue | undefined;
  /** `adapter.dispatch(name, 'dbt')` among macros of projects and packages only. */
  override(name: string): CallableValue | undefined;
  /** Calls a macro by name as dbt's macros call each other: `dbt.name(…)`. */
  call(name: string, ...args: readonly JinjaValue[]): JinjaValue;
}

interface NativeMacro {
  /** Parameter names; `name=` may be left out. */
  readonly parameters: readonly string[];
  /** Whether dbt dispatches it, so that projects can replace it by `default__name` or `<adapter>__name`. */
  readonly dispatched: boolean;
  readonly evaluate: (args: NativeArguments, host: InternalHost) => JinjaValue;
}

interface NativeArguments {
  readonly values: readonly (JinjaValue | undefined)[];
  /** The text of an argument. */
  text(index: number): string;
  value(index: number): JinjaValue;
  readonly caller: CallableValue | undefined;
  /** The first unknown among the arguments. */
  readonly unknown: Unknown | undefined;
}

/** A call of one of dbt's own macros. */
export function callInternalMacro(name: string, args: CallArguments, host: InternalHost): JinjaValue {
  const base = name.replace(/^[a-z0-9]+__/, '');
  const native = NATIVE_MACROS.get(base);
  if (native === undefined) return unknownBecause(`what dbt's macro '${name}' gives is not evaluated`);
  if (native.dispatched && base === name) {
    const override = host.override(name);
    if (override !== undefined) return override.call(GENERATORS.has(name) ? withNones(native, args) : args);
  }
  checkParameters(base, native, args);
  return native.evaluate(bind(native, args), host);
}

/** dbt's own macros take no more arguments than they name. */
function checkParameters(name: string, { parameters }: NativeMacro, args: CallArguments): void {
  if (args.isUncounted === true || args.keyword.has('**')) return;
  const surplus = [...args.keyword.keys()].find((keyword) => keyword !== 'caller' && !parameters.includes(keyword) && !parameters.includes(`${keyword}=`));
  if (surplus !== undefined) throw new JinjaError('jinja-macro-arguments', keywordRefused(name, surplus));
  if (args.positional.length > parameters.length) throw new JinjaError('jinja-macro-arguments', tooManyArguments(name, parameters.length));
}

/** Macros whose parameters are none unless they are given, and which hand all of them on by position. */
const GENERATORS: ReadonlySet<string> = new Set(['generate_schema_name', 'generate_alias_name', 'generate_database_name']);

function withNones(native: NativeMacro, args: CallArguments): CallArguments {
  return { positional: bind(native, args).values.map((value) => value ?? null), keyword: new Map() };
}

function bind(native: NativeMacro, args: CallArguments): NativeArguments {
  const values = native.parameters.map((parameter, index) => args.positional[index] ?? args.keyword.get(parameter.replace('=', '')));
  const caller = args.keyword.get('caller');
  return {
    values,
    caller: isCallable(caller) ? caller : undefined,
    unknown: values.find(isUnknown),
    value: (index) => values[index] ?? null,
    text: (index) => {
      const value = values[index];
      return value === undefined ? '' : plainTextOf(value);
    },
  };
}

/** A macro that writes SQL from the texts of its arguments. */
function sql(parameters: string, write: (args: NativeArguments, host: InternalHost) => string): NativeMacro {
  return {
    parameters: parameters === '' ? [] : parameters.split(' '),
    dispatched: true,
    evaluate: (args, host) => args.unknown ?? unknownText(args) ?? write(args, host),
  };
}

function unknownText(args: NativeArguments): Unknown | undefined {
  for (const value of args.values) {
    if (value === undefined) continue;
    const text = textOf(value);
    if (typeof text !== 'string') return text;
  }
  return undefined;
}

function plain(parameters: string, evaluate: NativeMacro['evaluate'], dispatched = false): NativeMacro {
  return { parameters: parameters === '' ? [] : parameters.split(' '), dispatched, evaluate };
}

/** SQL types by adapter; the first column is what most use. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  string: { default: 'TEXT', bigquery: 'string', databricks: 'STRING', spark: 'STRING', trino: 'varchar', athena: 'varchar', clickhouse: 'String' },
  timestamp: { default: 'timestamp', snowflake: 'timestamp_ntz' },
  float: { default: 'float', bigquery: 'float64', trino: 'double', athena: 'double' },
  numeric: { default: 'numeric(28,6)', bigquery: 'numeric', databricks: 'decimal(28,6)', spark: 'decimal(28,6)' },
  bigint: { default: 'bigint', bigquery: 'int64' },
  int: { default: 'integer', bigquery: 'int64', databricks: 'int', spark: 'int' },
  boolean: { default: 'boolean', bigquery: 'bool' },
};

function typeMacro(name: string): NativeMacro {
  return plain(
    '',
    (_args, host) => {
      const { adapterType } = host.run.context;
      const table = TYPES[name] ?? {};
      for (const type of adapterTypes(adapterType)) if (table[type] !== undefined) return table[type];
      return table['default'] ?? name;
    },
    true,
  );
}

function currentTimestamp(adapterType: string | undefined): string {
  switch (adapterType) {
    case 'snowflake':
      return "convert_timezone('UTC', current_timestamp())";
    case 'bigquery':
    case 'databricks':
    case 'spark':
      return 'current_timestamp()';
    case 'redshift':
      return 'getdate()';
    default:
      return 'now()';
  }
}

function dateAdd(part: string, interval: string, from: string, adapterType: string | undefined): string {
  switch (adapterType) {
    case 'postgres':
    case 'duckdb':
      return `${from} + ((interval '1 ${part}') * (${interval}))`;
    case 'bigquery':
      return `datetime_add(cast(${from} as datetime), interval ${interval} ${part})`;
    case 'databricks':
    case 'spark':
      return `timestampadd(${part}, ${interval}, ${from})`;
    case 'trino':
    case 'athena':
      return `date_add('${part}', ${interval}, ${from})`;
    default:
      return `dateadd(${part}, ${interval}, ${from})`;
  }
}

function dateDiff(first: string, second: string, part: string, adapterType: string | undefined): string {
  switch (adapterType) {
    case 'bigquery':
      return `datetime_diff(cast(${second} as datetime), cast(${first} as datetime), ${part})`;
    case 'duckdb':
    case 'trino':
    case 'athena':
      return `date_diff('${part}', ${first}, ${second})`;
    case 'postgres':
      return part === 'day' ? `((${second})::date - (${first})::date)` : `date_part('${part}', (${second})::timestamp - (${first})::timestamp)`;
    default:
      return `datediff(${part}, ${first}, ${second})`;
  }
}

function powersOfTwo(bound: JinjaValue): JinjaValue {
  if (isUnknown(bound)) return bound;
  const number = Number(numberOf(bound) ?? NaN);
  if (Number.isNaN(number)) throw new JinjaError('jinja-type-error', "'<=' not supported between instances of 'str' and 'int'");
  if (number <= 0) throw new JinjaError('jinja-compiler-error', 'upper bound must be positive');
  for (let power = 1; power < 100; power += 1) if (number <= 2 ** power) return power;
  return '';
}

function generateSeries(bound: JinjaValue): JinjaValue {
  const powers = powersOfTwo(bound);
  if (typeof powers !== 'number') return powers;
  const indices = Array.from({ length: powers }, (_, index) => index);
  const terms = indices.map((index) => `p${String(index)}.generated_number * power(2, ${String(index)})`).join(' + ');
  const tables = indices.map((index) => `p as p${String(index)}`).join(' cross join ');
  return (
    'with p as (select 0 as generated_number union all select 1), ' +
    `unioned as (select ${terms} + 1 as generated_number from ${tables}) ` +
    `select * from unioned where generated_number <= ${plainTextOf(bound)} order by generated_number`
  );
}

/** `a` if it is given, else the text of the target, for schema and database names. */
function targetPart(host: InternalHost, key: string): JinjaValue {
  const { run } = host;
  run.readTarget = true;
  return run.context.target.get(key) ?? unknownBecause('the target is not known');
}

function itemOf(value: JinjaValue, key: string): JinjaValue {
  if (value instanceof Map) return value.get(key) ?? null;
  if (isUnknown(value)) return value;
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'object') return value.attribute(key) ?? null;
  return null;
}

/** Joined text, or the unknown in it. */
function join(parts: readonly JinjaValue[], separator = ''): JinjaValue {
  const texts: string[] = [];
  for (const part of parts) {
    const text = textOf(part);
    if (typeof text !== 'string') return text;
    texts.push(text);
  }
  return texts.join(separator);
}

function trimmed(value: JinjaValue): JinjaValue {
  return isUnknown(value) ? value : plainTextOf(value).trim();
}

/** dbt's `generate_schema_name`. */
function schemaName(args: NativeArguments, host: InternalHost): JinjaValue {
  const custom = args.value(0);
  const schema = targetPart(host, 'schema');
  if (isUnknown(custom)) return custom;
  // The macro's parameter has no default, an undefined one prints as nothing.
  if (custom === null) return trimmed(schema);
  return trimmed(join([schema, '_', trimmed(custom)]));
}

/** dbt's `generate_alias_name`. */
function aliasName(args: NativeArguments): JinjaValue {
  const custom = args.value(0);
  const node = args.value(1);
  const truth = truthOf(custom);
  if (isUnknown(truth)) return truth;
  if (truth) return trimmed(custom);
  const version = itemOf(node, 'version');
  const versionTruth = truthOf(version);
  if (isUnknown(versionTruth)) return versionTruth;
  const name = itemOf(node, 'name');
  if (versionTruth) return join([name, '_v', plainTextOf(version).replaceAll('.', '_')]);
  return trimmed(name);
}

/** The text of a hook that says whether it runs inside the transaction. */
function hookConfig(sql: JinjaValue, isInside: JinjaValue): JinjaValue {
  return dumpJson(new Map<JinjaValue, JinjaValue>([['sql', sql], ['transaction', isInside]]), { sortKeys: false, indent: undefined });
}

const NATIVE_MACROS: ReadonlyMap<string, NativeMacro> = new Map<string, NativeMacro>(
  Object.entries<NativeMacro>({
    before_begin: plain('sql=', (args) => hookConfig(args.value(0), false)),
    in_transaction: plain('sql=', (args) => hookConfig(args.value(0), true)),
    after_commit: plain('sql=', (args) => hookConfig(args.value(0), false)),
    make_hook_config: plain('sql= inside_transaction=', (args) => hookConfig(args.value(0), args.value(1))),
    // What depends on execution.
    is_incremental: plain('', (_args, { run }) => {
      run.taint += 1;
      return false;
    }),
    should_full_refresh: plain('', (_args, { run }) => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('it depends on the command line') : '';
    }),
    should_store_failures: plain('', (_args, { run }) => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('it depends on the command line') : '';
    }),
    statement: plain('name= fetch_result= auto_begin= language=', (args, { run }) => {
      // dbt does not even look at the body while it parses.
      inShadow(run, 'not-executed', () => {
        args.caller?.call({ positional: [], keyword: new Map() });
      });
      run.taint += 1;
      return '';
    }),
    noop_statement: plain('name= message= code= rows_affected= res=', (args) => {
      args.caller?.call({ positional: [], keyword: new Map() });
      return '';
    }),
    run_query: plain('sql', (_args, { run }) => {
      run.taint += 1;
      if (run.shadowDepth > 0) return unknownBecause('it is the result of a query');
      return undefinedValue('table', false, "'None' has no attribute 'table'");
    }),
    get_column_schema_from_query: plain('select_sql select_sql_header=', (_args, { run }) => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('it is the result of a query') : [];
    }),
    get_columns_in_relation: plain('relation', (_args, { run }) => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('it is the result of a query') : '';
    }),
    load_cached_relation: plain('relation', (_args, { run }) => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('it is the result of a query') : null;
    }),
    load_relation: plain('relation', (_args, { run }) => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('it is the result of a query') : null;
    }),
    get_or_create_relation: plain('database schema identifier type', () => unknownBecause('it is the result of a query')),
    get_where_subquery: plain(
      'relation',
      (args, { run }) => {
        run.taint += 1;
        return args.value(0);
      },
      true,
    ),
    set_sql_header: plain('config', (args) => {
      const header = args.caller?.call({ positional: [], keyword: new Map() }) ?? null;
      const config = args.value(0);
      const set = isCallable(config) ? config.attribute?.('set') : undefined;
      if (set !== undefined && isCallable(set)) set.call({ positional: ['sql_header', header], keyword: new Map() });
      return '';
    }),

    // Names.
    generate_schema_name: plain('custom_schema_name= node=', schemaName, true),
    generate_schema_name_for_env: plain('custom_schema_name node', (args, host) => {
      const custom = args.value(0);
      const name = targetPart(host, 'name');
      if (isUnknown(name)) return name;
      if (isUnknown(custom)) return custom;
      return name === 'prod' && custom !== null ? trimmed(custom) : trimmed(targetPart(host, 'schema'));
    }),
    generate_database_name: plain(
      'custom_database_name= node=',
      (args, host) => (args.value(0) === null ? trimmed(targetPart(host, 'database')) : trimmed(args.value(0))),
      true,
    ),
    generate_alias_name: plain('custom_alias_name= node=', aliasName, true),
    generate_latest_version_pointer_alias: plain(
      'custom_alias_name= node=',
      (args) => {
        const truth = truthOf(args.value(0));
        if (isUnknown(truth)) return truth;
        return truth ? trimmed(args.value(0)) : trimmed(itemOf(args.value(1), 'name'));
      },
      true,
    ),

    // SQL of many dialects.
    any_value: sql('expression', (args) => `any_value(${args.text(0)})`),
    array_append: sql('array new_element', (args) => `array_append(${args.text(0)}, ${args.text(1)})`),
    array_concat: sql('array_1 array_2', (args) => `array_cat(${args.text(0)}, ${args.text(1)})`),
    array_construct: plain(
      'inputs= data_type=',
      (args) => {
        const items = args.values[0] === undefined ? [] : iterate(args.value(0));
        return isUnknown(items) ? items : join(['array[ ', join(items, ' , '), ' ]']);
      },
      true,
    ),
    bool_or: sql('expression', (args) => `bool_or(${args.text(0)})`),
    cast: sql('field type', (args) => `cast(${args.text(0)} as ${args.text(1)})`),
    cast_bool_to_text: sql('field', (args) => `cast(${args.text(0)} as TEXT)`),
    concat: plain(
      'fields',
      (args) => {
        const items = iterate(args.value(0));
        return isUnknown(items) ? items : join(items, ' || ');
      },
      true,
    ),
    current_timestamp: sql('', (_args, host) => currentTimestamp(host.run.context.adapterType)),
    current_timestamp_backcompat: sql('', () => 'current_timestamp::timestamp'),
    current_timestamp_in_utc_backcompat: sql('', () => 'current_timestamp::timestamp'),
    snapshot_get_time: sql('', (_args, host) => currentTimestamp(host.run.context.adapterType)),
    date: plain(
      'year month day',
      (args) => {
        if (args.unknown !== undefined) return args.unknown;
        const [year = NaN, month = NaN, day = NaN] = args.values.map((value) => Number(numberOf(value ?? null) ?? NaN));
        const two = (part: number): string => String(part).padStart(2, '0');
        return `to_date('${String(year).padStart(4, '0')}-${two(month)}-${two(day)}', 'YYYY-MM-DD')`;
      },
      true,
    ),
    date_trunc: sql('datepart date', (args, host) =>
      host.run.context.adapterType === 'bigquery' ? `timestamp_trunc(cast(${args.text(1)} as timestamp), ${args.text(0)})` : `date_trunc('${args.text(0)}', ${args.text(1)})`,
    ),
    dateadd: sql('datepart interval from_date_or_timestamp', (args, host) => dateAdd(args.text(0), args.text(1), args.text(2), host.run.context.adapterType)),
    datediff: sql('first_date second_date datepart', (args, host) => dateDiff(args.text(0), args.text(1), args.text(2), host.run.context.adapterType)),
    date_spine: plain(
      'datepart start_date end_date',
      (args, host) => {
        if (args.unknown !== undefined) return args.unknown;
        const intervals = host.call('get_intervals_between', args.value(1), args.value(2), args.value(0));
        const series = host.call('generate_series', intervals);
        const day = host.call('dateadd', args.value(0), 'row_number() over (order by 1) - 1', args.value(1));
        return join([
          'with rawdata as (',
          series,
          '), all_periods as (select (',
          day,
          `) as date_${args.text(0)} from rawdata), filtered as (select * from all_periods where date_${args.text(0)} <= ${args.text(2)}) select * from filtered`,
        ]);
      },
      true,
    ),
    get_intervals_between: plain(
      'start_date end_date datepart',
      (_args, { run }) => {
        run.taint += 1;
        return run.shadowDepth > 0 ? unknownBecause('it is the result of a query') : 1;
      },
      true,
    ),
    get_powers_of_two: plain('upper_bound', (args) => powersOfTwo(args.value(0)), true),
    generate_series: plain('upper_bound', (args) => generateSeries(args.value(0)), true),
    equals: sql('expr1 expr2', (args) => `(${args.text(0)} = ${args.text(1)})`),
    escape_single_quotes: sql('expression', (args, host) =>
      args.text(0).replaceAll("'", ['bigquery', 'databricks', 'snowflake', 'spark'].includes(host.run.context.adapterType ?? '') ? "\\'" : "''"),
    ),
    except: sql('', (_args, host) => (host.run.context.adapterType === 'bigquery' ? 'except distinct' : 'except')),
    intersect: sql('', (_args, host) => (host.run.context.adapterType === 'bigquery' ? 'intersect distinct' : 'intersect')),
    hash: sql('field', (args) => `md5(cast(${args.text(0)} as TEXT))`),
    last_day: sql('date datepart', (args, host) => {
      const { adapterType } = host.run.context;
      const truncated = `date_trunc('${args.text(1)}', ${args.text(0)})`;
      return `cast(${dateAdd('day', '-1', dateAdd(args.text(1), '1', truncated, adapterType), adapterType)} as date)`;
    }),
    length: sql('expression', (args) => `length(${args.text(0)})`),
    listagg: sql('measure delimiter_text= order_by_clause= limit_num=', (args) => {
      const order = args.values[2] === undefined || args.values[2] === null ? '' : ` within group (${args.text(2)})`;
      return `listagg(${args.text(0)}, ${args.values[1] === undefined ? "','" : args.text(1)})${order}`;
    }),
    string_literal: sql('value', (args) => `'${args.text(0)}'`),
    position: sql('substring_text string_text', (args) => `position(${args.text(0)} in ${args.text(1)})`),
    replace: sql('field old_chars new_chars', (args) => `replace(${args.text(0)}, ${args.text(1)}, ${args.text(2)})`),
    right: sql('string_text length_expression', (args) => `right(${args.text(0)}, ${args.text(1)})`),
    safe_cast: sql('field type', (args, host) =>
      `${['snowflake', 'duckdb', 'trino', 'athena'].includes(host.run.context.adapterType ?? '') ? 'try_cast' : host.run.context.adapterType === 'bigquery' ? 'safe_cast' : 'cast'}(${args.text(0)} as ${args.text(1)})`,
    ),
    split_part: sql('string_text delimiter_text part_number', (args) => `split_part(${args.text(0)}, ${args.text(1)}, ${args.text(2)})`),
    type_string: typeMacro('string'),
    type_timestamp: typeMacro('timestamp'),
    type_float: typeMacro('float'),
    type_numeric: typeMacro('numeric'),
    type_bigint: typeMacro('bigint'),
    type_int: typeMacro('int'),
    type_boolean: typeMacro('boolean'),

    // Helpers.
    py_current_timestring: plain('', (_args, { run }) => {
      run.readNow = true;
      return unknownBecause('it depends on the time of the run');
    }),
    convert_datetime: plain('date_str date_fmt', (args, host) => {
      if (args.unknown !== undefined) return args.unknown;
      const modules = host.global('modules');
      const module = modules === undefined ? null : itemOf(itemOf(modules, 'datetime'), 'datetime');
      const parse = isCallable(module) ? module.attribute?.('strptime') : undefined;
      return isCallable(parse) ? parse.call({ positional: [args.text(0).trim(), args.text(1)], keyword: new Map() }) : null;
    }),
    dates_in_range: plain('start_date_str end_date_str= in_fmt= out_fmt=', (args, host) => {
      if (args.unknown !== undefined) return args.unknown;
      const format = args.values[2] ?? '%Y%m%d';
      const from = host.call('convert_datetime', args.value(0), format);
      const to = host.call('convert_datetime', args.values[1] ?? args.value(0), format);
      if (!isDateTime(from) || !isDateTime(to)) return unknownBecause('the dates are not known');
      return datesBetween(from, to, args.values[3] ?? '%Y%m%d');
    }),
    alter_column_comment: plain('relation column_dict', () => ''),
    test_unique: plain('model column_name', (args) => testText(args, (a) => `select ${a.text(1)} as unique_field, count(*) as n_records from ${a.text(0)} where ${a.text(1)} is not null group by ${a.text(1)} having count(*) > 1`), true),
    test_not_null: plain('model column_name', (args) => testText(args, (a) => `select ${a.text(1)} from ${a.text(0)} where ${a.text(1)} is null`), true),
    test_accepted_values: plain('model column_name values quote=', (args) => testText(args, (a) => `select ${a.text(1)} as value_field, count(*) as n_records from ${a.text(0)} group by ${a.text(1)}`), true),
    test_relationships: plain('model column_name to field', (args) =>
      testText(args, (a) => `select child.${a.text(1)} as from_field from ${a.text(0)} as child left join ${a.text(2)} as parent on child.${a.text(1)} = parent.${a.text(3)} where parent.${a.text(3)} is null`), true),
  }),
);

function testText(args: NativeArguments, write: (args: NativeArguments) => string): JinjaValue {
  for (const value of args.values) if (value !== undefined && isUndefinedValue(value) && !value.lenient) throw new JinjaError('jinja-undefined', value.message);
  return args.unknown ?? unknownText(args) ?? write(args);
}

function datesBetween(from: JinjaValue, to: JinjaValue, format: JinjaValue): JinjaValue {
  if (!isDateTime(from) || !isDateTime(to)) return unknownBecause('the dates are not known');
  const days: JinjaValue[] = [];
  const first = Date.UTC(from.year, from.month - 1, from.day);
  const count = Math.round((Date.UTC(to.year, to.month - 1, to.day) - first) / 86_400_000);
  if (count < 0) throw new JinjaError('jinja-compiler-error', 'Partition start date is after the end date');
  if (count > LARGEST_SIZE / 100) throw new JinjaError('jinja-budget', 'A list of this size is not evaluated.');
  for (let day = 0; day <= count; day += 1) {
    const date = new Date(first + day * 86_400_000);
    const value = dateTime(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), from.hour, from.minute, from.second, from.microsecond, undefined);
    days.push(typeof format === 'string' && !equals(format, '') ? formatDateTime(value, format) : value);
  }
  return days;
}
