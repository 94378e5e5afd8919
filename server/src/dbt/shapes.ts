/** Shapes of values, as dbt's JSON schemas give them, and a check against them in the words of Python's `jsonschema`. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDate, isPyDict, isPyFloat } from '../base/python-values.ts';
import type { DbtMessage } from './messages.ts';
import { choiceNotKnown, noShapeFits, requiredPropertyMissing, unexpectedProperties, valueNotAllowed, wrongPropertyType } from './messages.ts';
import { pyRepr } from './python-repr.ts';
import { isTemplate } from './rendered-keys.ts';

type Path = readonly (string | number)[];

/** A shape. `any` takes everything; `dict` any mapping. */
export type Shape =
  | { readonly kind: 'any' | 'string' | 'boolean' | 'integer' | 'number' | 'null' | 'dict' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  /** A text that dbt makes an enumeration of after it has looked at the shape; letters may be of any size. */
  | { readonly kind: 'choice'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'array'; readonly items: Shape }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Shape>; readonly required: readonly string[]; readonly isClosed: boolean }
  | { readonly kind: 'union'; readonly options: readonly Shape[] };

/** A value that dbt refuses; `path` leads to it from the entry, and `key` tells that the fault is the key itself. */
export interface ShapeFault {
  readonly message: DbtMessage;
  readonly path: Path;
  readonly part: 'key' | 'value';
}

/** Anything. */
export const ANY: Shape = { kind: 'any' };
/** A text. */
export const TEXT: Shape = { kind: 'string' };
/** True or false. */
export const BOOLEAN: Shape = { kind: 'boolean' };
/** A whole number. */
export const INTEGER: Shape = { kind: 'integer' };
/** A number. */
export const NUMBER: Shape = { kind: 'number' };
/** A mapping of anything. */
export const DICT: Shape = { kind: 'dict' };
/** A list of texts. */
export const TEXTS = arrayOf(TEXT);
/** A list of mappings. */
export const DICTS = arrayOf(DICT);

/** One of several shapes. */
export function union(...options: Shape[]): Shape {
  return { kind: 'union', options };
}

/** One of several shapes, or null. */
export function optional(...options: Shape[]): Shape {
  return union(...options, { kind: 'null' });
}

/** One of these texts. */
export function oneOf(...values: string[]): Shape {
  return { kind: 'enum', values };
}

/** One of the values of an enumeration of dbt's. */
export function choice(name: string, ...values: string[]): Shape {
  return { kind: 'choice', name, values };
}

/** A list of one shape. */
export function arrayOf(items: Shape): Shape {
  return { kind: 'array', items };
}

/** A mapping with these members; the names of required ones end in `!`. */
export function open(members: Readonly<Record<string, Shape>>): Extract<Shape, { kind: 'object' }> {
  const required = Object.keys(members).filter((name) => name.endsWith('!'));
  const plain = (name: string): string => name.replace('!', '');
  return {
    kind: 'object',
    members: new Map(Object.entries(members).map(([name, shape]) => [plain(name), shape])),
    required: required.map(plain),
    isClosed: false,
  };
}

/** The same, and no others. */
export function closed(members: Readonly<Record<string, Shape>>): Shape {
  return { ...open(members), isClosed: true };
}

/**
 * What is wrong with the shape of a value, all of it; `path` leads to the value. Where a value is a template, nothing can be said.
 * `mayStand` is true for keys that a closed shape does not name and that dbt takes nevertheless, `keepsDates` for places where dbt looks before it
 * has made texts of dates.
 */
export function faultsOfShape(
  shape: Shape,
  value: PyValue,
  path: Path,
  mayStand: (key: string) => boolean = never,
  keepsDates: (path: Path) => boolean = never,
): readonly ShapeFault[] {
  let faults: ShapeFault[] | undefined;
  const steps = [...path];
  const add: Judge['add'] = (message, at = [...steps], part = 'value') => {
    (faults ??= []).push({ message, path: at, part });
  };
  check(shape, value, steps, { add, mayStand, keepsDates, takesAnyChoice: false });
  return faults ?? NO_FAULTS;
}

function never(): boolean {
  return false;
}

const NO_FAULTS: readonly ShapeFault[] = [];

interface Judge {
  add(message: DbtMessage, at?: Path, part?: 'key' | 'value'): void;
  mayStand(key: string): boolean;
  keepsDates(path: Path): boolean;
  /** True while only the shape counts. */
  readonly takesAnyChoice: boolean;
}

function check(shape: Shape, value: PyValue, path: (string | number)[], judge: Judge): void {
  const { add } = judge;
  if (isTemplate(value)) return;
  switch (shape.kind) {
    case 'any':
      return;
    case 'enum':
      if (typeof value !== 'string' || !shape.values.includes(value)) add(valueNotAllowed(pathText(path), pyRepr(value), shape.values));
      return;
    case 'choice':
      if (typeof value !== 'string') add(wrongPropertyType(pathText(path), pyRepr(value), 'string'));
      else if (!judge.takesAnyChoice && !shape.values.includes(value.toLowerCase())) add(choiceNotKnown(value, shape.name));
      return;
    case 'union': {
      const option = shape.options.find((one) => fits(one, value));
      if (option === undefined) add(noShapeFits(pathText(path), pyRepr(value)));
      // What remains to be told are texts that are none of an enumeration.
      else if (!judge.takesAnyChoice) check(option, value, path, judge);
      return;
    }
    case 'array':
      if (!Array.isArray(value)) {
        add(wrongPropertyType(pathText(path), pyRepr(value), 'array'));
        return;
      }
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        check(shape.items, value[index] ?? null, path, judge);
        path.pop();
      }
      return;
    case 'object':
      if (isPyDict(value)) checkMembers(shape, value, path, judge);
      else add(wrongPropertyType(pathText(path), pyRepr(value), 'object'));
      return;
    case 'dict':
      if (isPyDict(value)) checkKeys(value, path, add);
      else add(wrongPropertyType(pathText(path), pyRepr(value), 'object'));
      return;
    default:
      if (!isOfKind(shape.kind, value) || (isPyDate(value) && judge.keepsDates(path))) add(wrongPropertyType(pathText(path), pyRepr(value), shape.kind));
  }
}

function checkKeys(value: PyDict, path: (string | number)[], add: Judge['add']): void {
  for (const key of value.keys()) {
    if (typeof key === 'string') continue;
    add(wrongPropertyType(pathText(path), pyRepr(key), 'string'), typeof key === 'number' ? [...path, key] : [...path], typeof key === 'number' ? 'key' : 'value');
  }
}

function checkMembers(shape: Extract<Shape, { kind: 'object' }>, value: PyDict, path: (string | number)[], judge: Judge): void {
  const { add } = judge;
  for (const name of shape.required) if (!value.has(name)) add(requiredPropertyMissing(pathText(path), name));
  const unexpected: PyValue[] = [];
  for (const [key, child] of value) {
    const member = typeof key === 'string' ? shape.members.get(key) : undefined;
    if (typeof key !== 'string' || member === undefined) {
      if (shape.isClosed && !(typeof key === 'string' && judge.mayStand(key))) unexpected.push(key);
      continue;
    }
    path.push(key);
    check(member, child, path, judge);
    path.pop();
  }
  // dbt tells of all in one breath; they are shown at the first.
  const [first] = unexpected;
  if (typeof first === 'string' || typeof first === 'number') add(unexpectedProperties(pathText(path), unexpected.map(pyRepr).sort()), [...path, first], 'key');
}

/** Whether a value has a shape, or could have it once its templates are rendered. */
function fits(shape: Shape, value: PyValue): boolean {
  let isFitting = true;
  const reject = (): void => {
    isFitting = false;
  };
  if (shape.kind === 'union') return isTemplate(value) || shape.options.some((option) => fits(option, value));
  check(shape, value, [], { add: reject, mayStand: never, keepsDates: never, takesAnyChoice: true });
  return isFitting;
}

function isOfKind(kind: Extract<Shape, { kind: 'string' | 'boolean' | 'integer' | 'number' | 'null' | 'dict' | 'any' }>['kind'], value: PyValue): boolean {
  switch (kind) {
    case 'string':
      // dbt makes texts of dates before it looks.
      return typeof value === 'string' || isPyDate(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'number' || typeof value === 'bigint' || (isPyFloat(value) && Number.isInteger(value.value));
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' || isPyFloat(value);
    case 'null':
      return value === null;
    case 'dict':
      return isPyDict(value);
    case 'any':
      return true;
  }
}

/** `['columns'][0]`, as jsonschema prints paths. */
export function pathText(path: Path): string {
  return path.map((step) => `[${typeof step === 'number' ? String(step) : `'${step}'`}]`).join('');
}
