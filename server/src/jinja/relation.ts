/** dbt's Relation and Column objects, as far as parse time gives them life. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import type { RelationUse } from './context.ts';
import { argument } from './methods.ts';
import { plainTextOf, textOf } from './python.ts';
import {
  callable,
  isDict,
  isTagged,
  isUndefinedValue,
  tuple,
  type CallArguments,
  type CallableValue,
  type JinjaDict,
  type JinjaValue,
  type ObjectValue,
} from './values.ts';

const PARTS = ['database', 'schema', 'identifier'] as const;
type Part = (typeof PARTS)[number];

/** What a relation is made of. */
export interface RelationFields {
  readonly database: JinjaValue;
  readonly schema: JinjaValue;
  readonly identifier: JinjaValue;
  readonly type: JinjaValue;
  readonly quoted: Readonly<Record<Part, boolean>>;
  readonly included: Readonly<Record<Part, boolean>>;
  /** `"` or a backtick. */
  readonly quoteCharacter: string;
  /** The ref or source that made it; at parse time all of these are the node's own relation. */
  readonly use: RelationUse | undefined;
  /** What to print for `use`. */
  readonly usedText: string | undefined;
}

const ALL: Readonly<Record<Part, boolean>> = { database: true, schema: true, identifier: true };

/** How an adapter quotes names by default. */
export function quotingOf(adapterType: string | undefined): { readonly quoted: Readonly<Record<Part, boolean>>; readonly character: string } {
  const none = { database: false, schema: false, identifier: false };
  if (adapterType === 'snowflake') return { quoted: none, character: '"' };
  const usesBackticks = adapterType === 'bigquery' || adapterType === 'databricks' || adapterType === 'spark';
  return { quoted: ALL, character: usesBackticks ? '`' : '"' };
}

/** A relation as `ref()`, `source()` and `this` give it. */
export function createRelation(fields: Partial<RelationFields>, adapterType: string | undefined): ObjectValue {
  const { quoted, character } = quotingOf(adapterType);
  return relationOf({
    database: null,
    schema: null,
    identifier: null,
    type: null,
    quoted,
    included: ALL,
    quoteCharacter: character,
    use: undefined,
    usedText: undefined,
    ...fields,
  });
}

function relationOf(fields: RelationFields): ObjectValue {
  // Rendered only when asked for: most relations are printed as what they stand for.
  let rendered: string | Unknown | undefined;
  const plain = (): string | Unknown => (rendered ??= renderedText(fields));
  return {
    kind: 'object',
    typeName: 'Relation',
    isMapping: true,
    attribute: (name) => relationAttribute(fields, name),
    item: (key) => (typeof key === 'string' ? relationAttribute(fields, key) : undefined),
    // A relation that stands for a ref prints as what it leads to: dbt's own parse output is thrown away anyway.
    text: () => fields.usedText ?? plain(),
    get identity() {
      const text = plain();
      return typeof text === 'string' ? text : undefined;
    },
  };
}

/** `relation.render()`. */
function renderedText(fields: RelationFields): string | Unknown {
  const shown: string[] = [];
  for (const part of PARTS) {
    const value = fields[part];
    if (!fields.included[part] || value === null) continue;
    const text = textOf(value);
    if (typeof text !== 'string') return text;
    shown.push(fields.quoted[part] ? fields.quoteCharacter + text + fields.quoteCharacter : text);
  }
  return shown.join('.');
}

function changedPolicy(policy: Readonly<Record<Part, boolean>>, args: CallArguments): Readonly<Record<Part, boolean>> {
  const changed = { ...policy };
  for (const [index, part] of PARTS.entries()) {
    const value = argument(args, index, part);
    if (typeof value === 'boolean') changed[part] = value;
  }
  return changed;
}

function relationAttribute(fields: RelationFields, name: string): JinjaValue | undefined {
  const method = (call: (args: CallArguments) => JinjaValue): CallableValue => callable(name, call, 'method');
  switch (name) {
    case 'database':
    case 'schema':
    case 'identifier':
    case 'type':
      return fields[name];
    case 'name':
    case 'table':
      return fields.identifier;
    case 'is_table':
      return fields.type === 'table';
    case 'is_view':
      return fields.type === 'view';
    case 'is_cte':
      return fields.type === 'cte';
    case 'is_materialized_view':
      return fields.type === 'materialized_view';
    case 'is_pointer':
    case 'is_function':
    case 'is_delta':
    case 'is_hudi':
    case 'is_iceberg':
    case 'is_dynamic_table':
    case 'is_iceberg_format':
    case 'dbt_created':
    case 'can_be_renamed':
    case 'can_be_replaced':
    case 'is_snapshot':
      return false;
    case 'quote_character':
      return fields.quoteCharacter;
    case 'limit':
    case 'event_time_filter':
    case 'catalog':
    case 'external':
      return null;
    case 'quote':
      return method((args) => relationOf({ ...fields, quoted: changedPolicy(fields.quoted, args), usedText: undefined }));
    case 'include':
      return method((args) => relationOf({ ...fields, included: changedPolicy(fields.included, args), usedText: undefined }));
    case 'render':
    case 'render_limited':
      return method(() => fields.usedText ?? renderedText(fields));
    case 'without_identifier':
      return method(() => relationOf({ ...fields, identifier: null, included: { ...fields.included, identifier: false }, usedText: undefined }));
    case 'incorporate':
      return method((args) => incorporated(fields, args));
    case 'replace_path':
      return method((args) => relationOf({ ...fields, ...pathOf(args.keyword), usedText: undefined }));
    case 'information_schema':
    case 'information_schema_only':
      return method((args) => informationSchema(fields, args));
    case 'quoted':
      return method((args) => fields.quoteCharacter + plainTextOf(args.positional[0] ?? null) + fields.quoteCharacter);
    case 'get':
      return method((args) => {
        const key = args.positional[0] ?? null;
        if (key === 'metadata') return new Map<JinjaValue, JinjaValue>([['type', 'Relation']]);
        return (typeof key === 'string' ? relationAttribute(fields, key) : undefined) ?? argument(args, 1, 'default') ?? null;
      });
    case 'matches':
      return method((args) => {
        for (const part of PARTS) {
          const wanted = args.keyword.get(part);
          if (wanted !== undefined && wanted !== null && wanted !== fields[part]) return false;
        }
        return true;
      });
    case 'path':
      return pathObject(fields);
    case 'include_policy':
      return policyObject(fields.included);
    case 'quote_policy':
      return policyObject(fields.quoted);
    case 'to_dict':
      return method(() => unknownBecause('a relation as a dict is not evaluated'));
    case 'create':
    case 'create_from':
    case 'create_from_source':
      return method((args) => createdRelation(args, undefined));
    case 'View':
    case 'Table':
    case 'CTE':
      return name.toLowerCase();
    case 'MaterializedView':
      return 'materialized_view';
    case 'External':
      return 'external';
    default:
      return undefined;
  }
}

function pathOf(keyword: ReadonlyMap<string, JinjaValue> | JinjaDict): Partial<RelationFields> {
  const path: Partial<Record<Part, JinjaValue>> = {};
  for (const part of PARTS) {
    const value = keyword instanceof Map ? keyword.get(part) : undefined;
    if (value !== undefined) path[part] = value;
  }
  return path;
}

function incorporated(fields: RelationFields, args: CallArguments): JinjaValue {
  const path = args.keyword.get('path');
  const type = args.keyword.get('type');
  return relationOf({
    ...fields,
    ...(isDict(path) ? pathOf(path) : {}),
    ...(type === undefined ? {} : { type }),
    usedText: undefined,
  });
}

function informationSchema(fields: RelationFields, args: CallArguments): JinjaValue {
  const view = argument(args, 0, 'view_name');
  const text = (): string | Unknown => {
    const database = fields.database === null ? '' : textOf(fields.database);
    if (typeof database !== 'string') return database;
    const quoted = fields.quoted.database ? fields.quoteCharacter + database + fields.quoteCharacter : database;
    return (database === '' ? '' : quoted + '.') + 'INFORMATION_SCHEMA' + (typeof view === 'string' ? '.' + view : '');
  };
  return {
    kind: 'object',
    typeName: 'InformationSchema',
    text,
    attribute: (name) => {
      if (name === 'information_schema_view') return view ?? null;
      if (name === 'identifier') return null;
      return relationAttribute({ ...fields, schema: null, identifier: null, usedText: undefined }, name);
    },
  };
}

function pathObject(fields: RelationFields): ObjectValue {
  return {
    kind: 'object',
    typeName: 'Path',
    attribute: (name) => (name === 'database' || name === 'schema' || name === 'identifier' ? fields[name] : undefined),
  };
}

function policyObject(policy: Readonly<Record<Part, boolean>>): ObjectValue {
  return {
    kind: 'object',
    typeName: 'Policy',
    attribute: (name) => (name === 'database' || name === 'schema' || name === 'identifier' ? policy[name] : undefined),
  };
}

/** `api.Relation.create(...)`. */
export function createdRelation(args: CallArguments, adapterType: string | undefined): JinjaValue {
  const value = (index: number, name: string): JinjaValue => {
    const found = argument(args, index, name) ?? null;
    return isUndefinedValue(found) ? null : found;
  };
  const policy = args.keyword.get('quote_policy');
  const { quoted } = quotingOf(adapterType);
  return createRelation(
    {
      database: value(0, 'database'),
      schema: value(1, 'schema'),
      identifier: value(2, 'identifier'),
      type: value(3, 'type'),
      ...(isDict(policy) ? { quoted: changedPolicy(quoted, { positional: [], keyword: stringKeys(policy) }) } : {}),
    },
    adapterType,
  );
}

function stringKeys(dict: JinjaDict): Map<string, JinjaValue> {
  const keys = new Map<string, JinjaValue>();
  for (const [key, value] of dict) if (typeof key === 'string') keys.set(key, value);
  return keys;
}

/** The class `api.Relation`. */
export function relationClass(adapterType: string | undefined): CallableValue {
  return {
    kind: 'callable',
    name: 'Relation',
    typeName: 'RelationProxy',
    call: (args) => createdRelation(args, adapterType),
    attribute: (name) => {
      if (name === 'create') return callable('create', (args) => createdRelation(args, adapterType), 'method');
      if (name === 'scd_args') {
        return callable('scd_args', (args) => {
          const key = argument(args, 0, 'primary_key') ?? null;
          return [...(Array.isArray(key) ? key : [key]), argument(args, 1, 'updated_at') ?? null];
        });
      }
      return relationAttribute({ database: null, schema: null, identifier: null, type: null, quoted: ALL, included: ALL, quoteCharacter: '"', use: undefined, usedText: undefined }, name);
    },
  };
}

/** A column of a relation. */
export function createColumn(name: JinjaValue, type: JinjaValue): ObjectValue {
  const lower = typeof type === 'string' ? type.toLowerCase() : '';
  const unknown = isUnknown(type) ? type : undefined;
  return {
    kind: 'object',
    typeName: 'Column',
    text: () => `<Column ${plainTextOf(name)} (${plainTextOf(type)})>`,
    attribute: (attribute) => {
      switch (attribute) {
        case 'name':
        case 'column':
          return name;
        case 'quoted':
          return isUnknown(name) ? name : `"${plainTextOf(name)}"`;
        case 'dtype':
        case 'data_type':
        case 'expanded_data_type':
          return type;
        case 'char_size':
        case 'numeric_precision':
        case 'numeric_scale':
          return null;
        case 'is_string':
          return callable(attribute, () => unknown ?? /text|character|varchar|string/.test(lower));
        case 'is_number':
          return callable(attribute, () => unknown ?? /int|numeric|decimal|number|float|real|double/.test(lower));
        case 'is_integer':
          return callable(attribute, () => unknown ?? /int|serial/.test(lower));
        case 'is_float':
          return callable(attribute, () => unknown ?? /float|real|double/.test(lower));
        case 'is_numeric':
          return callable(attribute, () => unknown ?? /numeric|decimal/.test(lower));
        default:
          return undefined;
      }
    },
  };
}

/** Adapters translate more; all of them know this one. */
function translatedType(type: JinjaValue): JinjaValue {
  return typeof type === 'string' && type.toUpperCase() === 'STRING' ? 'TEXT' : type;
}

/** The class `api.Column`. */
export function columnClass(): CallableValue {
  const create = (args: CallArguments): JinjaValue => createColumn(argument(args, 0, 'name') ?? argument(args, 0, 'column') ?? null, argument(args, 1, 'dtype') ?? argument(args, 1, 'label_or_dtype') ?? null);
  return {
    kind: 'callable',
    name: 'Column',
    typeName: 'type',
    call: create,
    attribute: (name) => {
      if (name === 'create') return callable('create', create);
      if (name === 'translate_type') return callable(name, (args) => translatedType(args.positional[0] ?? null));
      if (name === 'string_type') return callable(name, (args) => `character varying(${plainTextOf(args.positional[0] ?? 256)})`);
      if (name === 'numeric_type') {
        return callable(name, (args) => {
          const [type = 'numeric', precision, scale] = args.positional;
          return precision === undefined || precision === null || scale === undefined || scale === null
            ? plainTextOf(type)
            : `${plainTextOf(type)}(${plainTextOf(precision)},${plainTextOf(scale)})`;
        });
      }
      return undefined;
    },
  };
}

/** True for relations: `is relation` of the helpers in packages looks at `metadata.type`. */
export function isRelation(value: JinjaValue): value is ObjectValue {
  return isTagged(value) && value.kind === 'object' && value.typeName === 'Relation';
}

/** A pair of Nones, which several parse-time stubs return. */
export const NONE_PAIR: JinjaValue = tuple([null, null]);
