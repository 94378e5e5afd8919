/** The filters of metrics and the parts of saved queries: SQL with calls such as `{{ Dimension('order__status') }}` (MetricFlow's object builder). */

import type { JinjaArguments, JinjaExpression } from '../syntax/jinja/ast.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';

/** MetricFlow's granularities of time, from the finest. */
export const GRANULARITIES: readonly string[] = [
  'nanosecond', 'microsecond', 'millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year',
];

const DATE_PARTS: ReadonlySet<string> = new Set(['year', 'quarter', 'month', 'day', 'dow', 'doy']);

/** What a call names, after the methods behind it. */
export interface QueryItem {
  readonly type: 'Dimension' | 'TimeDimension' | 'Entity' | 'Metric';
  readonly name: string;
  /** The name without entities and granularity: `status` of `order__status`. */
  readonly element: string;
  readonly grain: string | null;
  readonly datePart: string | null;
  readonly entityPath: readonly string[];
  readonly groupBy: readonly string[];
  readonly isDescending: boolean | null;
}

/** What a text says; `isUncertain` if it holds more than literal calls. */
export interface FilterReading {
  /** MetricFlow's words on each thing that it does not take. */
  readonly faults: readonly string[];
  readonly items: readonly QueryItem[];
  readonly isUncertain: boolean;
}

/** `order-by`: where `.descending()` belongs and a metric needs no `group_by`. */
export type FilterPlace = 'filter' | 'order-by';

/** Thrown with MetricFlow's words. */
class Refused extends Error {}
/** Thrown where literals alone do not tell. */
class Untold extends Error {}

const TEMPLATE_FAULT = 'Error while parsing Jinja template';
/** Names that Jinja itself gives every template. */
const JINJA_GLOBALS: ReadonlySet<string> = new Set(['range', 'dict', 'lipsum', 'cycler', 'joiner', 'namespace']);

/** Reads a filter, as MetricFlow does with nothing but its own four functions in sight. `customGrains` are those of time spines. */
export function readFilter(template: string, customGrains: readonly string[], place: FilterPlace = 'filter'): FilterReading {
  const { body, problems } = parseJinja(template);
  if (problems.length > 0) return { faults: [TEMPLATE_FAULT], items: [], isUncertain: true };
  const faults = new Set<string>();
  const items: QueryItem[] = [];
  const isPlain = body.every(({ kind }) => kind === 'text' || kind === 'output');
  if (!isPlain) return { faults: [], items: [], isUncertain: true };
  let isUncertain = false;
  for (const statement of body) {
    if (statement.kind !== 'output') continue;
    try {
      const item = itemOf(statement.expression, customGrains, place);
      if (item !== undefined) items.push(item);
    } catch (error) {
      if (error instanceof Refused) faults.add(error.message);
      else if (error instanceof Untold) isUncertain = true;
      else throw error;
    }
  }
  return { faults: [...faults], items, isUncertain: isUncertain || faults.size > 0 };
}

interface Draft {
  readonly type: QueryItem['type'];
  readonly name: string;
  readonly entityPath: readonly string[];
  readonly groupBy: readonly string[];
  grain: string | null;
  datePart: string | null;
  isDescending: boolean | null;
}

function itemOf(expression: JinjaExpression, customGrains: readonly string[], place: FilterPlace): QueryItem | undefined {
  if (expression.kind === 'string' || expression.kind === 'integer') return undefined;
  const draft = draftOf(expression, place);
  const parsed = parseName(draft.name, isOfTime(draft) ? customGrains : []);
  checkDraft(draft, parsed, place);
  return { ...draft, element: parsed.element };
}

function draftOf(expression: JinjaExpression, place: FilterPlace): Draft {
  if (expression.kind === 'name') {
    if (isKnownName(expression.name)) throw new Untold();
    throw new Refused(TEMPLATE_FAULT);
  }
  if (expression.kind === 'attribute') {
    const draft = draftOf(expression.object, place);
    // A method that is printed without a call names nothing.
    if (draft.type in METHODS && METHOD_NAMES.has(expression.name)) throw new Untold();
    throw new Refused(TEMPLATE_FAULT);
  }
  if (expression.kind !== 'call') throw new Untold();
  const { callee } = expression;
  if (callee.kind === 'attribute') return withMethod(draftOf(callee.object, place), callee.name, expression.arguments, place);
  if (callee.kind !== 'name') throw new Untold();
  const type = TYPES.find((name) => name === callee.name);
  if (type === undefined) {
    if (isKnownName(callee.name)) throw new Untold();
    throw new Refused(TEMPLATE_FAULT);
  }
  return created(type, boundArguments(expression.arguments, PARAMETERS[type]));
}

const TYPES: readonly QueryItem['type'][] = ['Dimension', 'TimeDimension', 'Entity', 'Metric'];

/** The parameters of each function in order; the first must be given. */
const PARAMETERS: Readonly<Record<QueryItem['type'], readonly string[]>> = {
  Dimension: ['name', 'entity_path'],
  TimeDimension: ['time_dimension_name', 'time_granularity_name', 'entity_path', 'descending', 'date_part_name'],
  Entity: ['entity_name', 'entity_path'],
  Metric: ['metric_name', 'group_by'],
};

const METHOD_NAMES: ReadonlySet<string> = new Set(['grain', 'descending', 'date_part']);

/** The methods that each kind takes; `.descending()` is for the order of saved queries, but dimensions take it anywhere. */
const METHODS: Readonly<Record<QueryItem['type'], ReadonlySet<string>>> = {
  Dimension: METHOD_NAMES,
  TimeDimension: new Set(),
  Entity: new Set(),
  Metric: new Set(),
};

type Argument = string | boolean | null | readonly string[];

function created(type: QueryItem['type'], bound: ReadonlyMap<string, Argument>): Draft {
  const [first = ''] = PARAMETERS[type];
  const name = bound.get(first);
  if (name === undefined) throw new Refused(TEMPLATE_FAULT);
  const text = (key: string): string | null => {
    const value = bound.get(key) ?? null;
    if (value !== null && typeof value !== 'string') throw new Untold();
    return value === '' ? null : value;
  };
  const list = (key: string): readonly string[] => {
    const value = bound.get(key) ?? [];
    if (typeof value === 'boolean') throw new Untold();
    // Of a text Python makes a list of its characters.
    return typeof value === 'string' ? Array.from(value) : value;
  };
  if (typeof name !== 'string') throw new Untold();
  const descending = bound.get('descending') ?? null;
  if (descending !== null && typeof descending !== 'boolean') throw new Untold();
  const draft: Draft = {
    type, name, entityPath: list('entity_path'), groupBy: list('group_by'), grain: text('time_granularity_name'), datePart: text('date_part_name'),
    isDescending: descending,
  };
  if (type === 'Metric' && parseName(name, []).entities.length > 0) throw new Refused(TEMPLATE_FAULT);
  checkDatePart(draft);
  return draft;
}

function withMethod(draft: Draft, method: string, args: JinjaArguments, place: FilterPlace): Draft {
  const isAllowed = METHODS[draft.type].has(method) || (method === 'descending' && place === 'order-by');
  if (!isAllowed) throw new Refused(TEMPLATE_FAULT);
  const parameter = method === 'grain' ? 'time_granularity' : method === 'date_part' ? 'date_part_name' : '_is_descending';
  const value = boundArguments(args, [parameter]).get(parameter);
  if (value === undefined) throw new Refused(TEMPLATE_FAULT);
  if (method === 'descending') {
    if (typeof value !== 'boolean') throw new Untold();
    draft.isDescending = value || draft.isDescending;
    return draft;
  }
  if (typeof value !== 'string') throw new Untold();
  if (method === 'grain') draft.grain = value === '' ? draft.grain : value;
  else draft.datePart = value === '' ? draft.datePart : value;
  checkDatePart(draft);
  return draft;
}

function checkDatePart({ datePart }: Draft): void {
  if (datePart !== null && !DATE_PARTS.has(datePart.toLowerCase())) throw new Refused(TEMPLATE_FAULT);
}

/** Dimensions with a grain or a part of a date are those of time. */
function isOfTime({ type, grain, datePart }: Draft): boolean {
  return type === 'TimeDimension' || (type === 'Dimension' && (grain !== null || datePart !== null));
}

function checkDraft(draft: Draft, parsed: DunderedName, place: FilterPlace): void {
  const { type, name } = draft;
  if (type === 'Metric') {
    if (place === 'filter' && draft.groupBy.length === 0) throw new Refused('`group_by` parameter is required for Metric in where filter');
    return;
  }
  if (type === 'Entity') {
    if (parsed.grain !== null) throw new Refused(`Name is in an incorrect format: '${name}'. It should not contain a time grain suffix.`);
    return;
  }
  if (parsed.entities.length !== 1 && parsed.element !== 'metric_time') {
    throw new Refused(`Name is in an incorrect format: '${name}'. It should be of the form: <primary entity name>__<dimension_name>`);
  }
  if (isOfTime(draft) && parsed.grain !== null && draft.grain !== null && draft.grain !== parsed.grain) {
    throw new Refused(`Received different grains in \`time_dimension_name\` parameter ('${name}') and \`time_granularity_name\` parameter ('${draft.grain}')`);
  }
}

interface DunderedName {
  readonly entities: readonly string[];
  readonly element: string;
  readonly grain: string | null;
}

/** `customer__created_at__month`: entities, the element, and a granularity. */
function parseName(name: string, customGrains: readonly string[]): DunderedName {
  const parts = name.split('__');
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return { entities: [], element: last, grain: null };
  if (!GRANULARITIES.includes(last) && !customGrains.includes(last)) return { entities: parts.slice(0, -1), element: last, grain: null };
  return { entities: parts.slice(0, -2), element: parts.at(-2) ?? '', grain: last };
}

function isKnownName(name: string): boolean {
  return JINJA_GLOBALS.has(name) || TYPES.some((type) => type === name);
}

/** The arguments by the names of the parameters, as Python binds them. */
function boundArguments(args: JinjaArguments, parameters: readonly string[]): Map<string, Argument> {
  if (args.star !== undefined || args.doubleStar !== undefined) throw new Untold();
  if (args.positional.length > parameters.length) throw new Refused(TEMPLATE_FAULT);
  const bound = new Map<string, Argument>();
  for (const [index, value] of args.positional.entries()) bound.set(parameters[index] ?? '', literalOf(value));
  for (const { name, value } of args.keyword) {
    if (!parameters.includes(name) || bound.has(name)) throw new Refused(TEMPLATE_FAULT);
    bound.set(name, literalOf(value));
  }
  return bound;
}

function literalOf(expression: JinjaExpression): Argument {
  switch (expression.kind) {
    case 'string':
    case 'boolean':
      return expression.value;
    case 'none':
      return null;
    case 'list':
    case 'tuple':
      return expression.items.map((item) => {
        if (item.kind !== 'string') throw new Untold();
        return item.value;
      });
    default:
      throw new Untold();
  }
}
