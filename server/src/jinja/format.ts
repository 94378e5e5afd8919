/** Python's `str.format` and its little language of format specifications. */

import { isUnknown, type Unknown } from '../base/unknown.ts';
import { reprOfFloat } from '../dbt/python-repr.ts';
import { formattedInZone } from './time-zones.ts';
import { fieldsOf, formatFloat, itemOf, limitedText, reprOf, textOf } from './python.ts';
import { isFloat, isInteger, isUndefinedValue, numberOf, typeError, typeName, type CallArguments, type JinjaValue } from './values.ts';
import { charge } from './work-budget.ts';

/** How attributes of values are found; the evaluator knows. */
export type AttributeLookup = (value: JinjaValue, name: string) => JinjaValue;

/** `template.format(*args, **kwargs)`. */
export function formatText(template: string, args: CallArguments, attributeOf: AttributeLookup): JinjaValue {
  charge(template.length);
  const state: FormatState = { next: 0, unknown: undefined };
  const text = expandFields(template, args, attributeOf, state, 0);
  return state.unknown ?? limitedText(text);
}

interface FormatState {
  next: number;
  unknown: Unknown | undefined;
}

function expandFields(template: string, args: CallArguments, attributeOf: AttributeLookup, state: FormatState, depth: number): string {
  if (depth > 2) throw typeError('Max string recursion exceeded');
  const parts: string[] = [];
  let position = 0;
  while (position < template.length) {
    const brace = nextBrace(template, position);
    if (brace === -1) break;
    parts.push(template.slice(position, brace));
    const character = template.charAt(brace);
    if (template.charAt(brace + 1) === character) {
      parts.push(character);
      position = brace + 2;
      continue;
    }
    if (character === '}') throw typeError("Single '}' encountered in format string");
    const end = endOfField(template, brace + 1);
    if (end === -1) throw typeError(brace + 1 === template.length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    parts.push(expandField(template.slice(brace + 1, end), args, attributeOf, state, depth));
    position = end + 1;
  }
  parts.push(template.slice(position));
  return parts.join('');
}

function nextBrace(template: string, from: number): number {
  for (let index = from; index < template.length; index += 1) {
    const character = template.charAt(index);
    if (character === '{' || character === '}') return index;
  }
  return -1;
}

function endOfField(template: string, from: number): number {
  let depth = 0;
  for (let index = from; index < template.length; index += 1) {
    const character = template.charAt(index);
    if (character === '{') depth += 1;
    if (character === '}') {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  return -1;
}

function expandField(field: string, args: CallArguments, attributeOf: AttributeLookup, state: FormatState, depth: number): string {
  const parts = /^([^!:[]*(?:\[[^\]]*\][^!:[]*)*)(?:!([a-z]))?(?::(.*))?$/s.exec(field);
  if (parts === null) throw typeError('expected \':\' after conversion specifier');
  const value = fieldValue(parts[1] ?? '', args, attributeOf, state);
  if (isUnknown(value)) {
    state.unknown = value;
    return '';
  }
  const specification = expandFields(parts[3] ?? '', args, attributeOf, state, depth + 1);
  const converted = parts[2] === 'r' || parts[2] === 'a' ? reprOf(value) : parts[2] === 's' ? textOf(value) : value;
  const shown = isUnknown(converted) ? converted : formatValue(converted, specification);
  if (typeof shown === 'string') return shown;
  state.unknown = shown;
  return '';
}

function fieldValue(path: string, args: CallArguments, attributeOf: AttributeLookup, state: FormatState): JinjaValue {
  const head = /^[^.[]*/.exec(path)?.[0] ?? '';
  let value: JinjaValue | undefined;
  if (head === '') {
    value = args.positional[state.next];
    state.next += 1;
  } else if (/^\d+$/.test(head)) {
    value = args.positional[Number(head)];
  } else {
    value = args.keyword.get(head);
    if (value === undefined) throw typeError(`'${head}'`);
  }
  if (value === undefined) throw typeError('tuple index out of range');
  for (const step of path.slice(head.length).match(/\.[^.[]+|\[[^\]]*\]/g) ?? []) {
    if (isUnknown(value)) return value;
    if (step.startsWith('.')) {
      value = attributeOf(value, step.slice(1));
      continue;
    }
    const key = step.slice(1, -1);
    // Jinja's sandbox looks items up as templates do: what is not there is undefined.
    value = itemOf(value, /^\d+$/.test(key) ? Number(key) : key) ?? attributeOf(value, key);
  }
  return value;
}

const SPECIFICATION = /^(?:(.)?([<>=^]))?([+\- ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/su;

/** `format(value, specification)`. */
export function formatValue(value: JinjaValue, specification: string): string | Unknown {
  if (specification === '' || isUndefinedValue(value)) return textOf(value);
  const date = fieldsOf(value);
  if (date !== undefined) return formattedInZone(date, specification);
  const parts = SPECIFICATION.exec(specification);
  if (parts === null) throw typeError(`Invalid format specifier '${specification}' for object of type '${typeName(value)}'`);
  const [, fill = ' ', align, sign = '-', , alternate, zero, widthText, grouping, precisionText, type] = parts;
  const width = Math.min(Number(widthText ?? '0'), 100_000);
  const precision = precisionText === undefined ? undefined : Number(precisionText);
  const number = numberOf(value);
  if (number === undefined || (typeof value === 'boolean' && type === undefined)) {
    if (type !== undefined && type !== 's') throw typeError(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
    const text = textOf(value);
    if (typeof text !== 'string') return text;
    return padded(precision === undefined ? text : text.slice(0, precision), width, align ?? '<', zero !== undefined && align === undefined ? '0' : fill, '');
  }
  if (type === 's') throw typeError(`Unknown format code 's' for object of type '${typeName(value)}'`);
  let digits = digitsOf(value, number, type, precision, alternate !== undefined);
  const minus = digits.startsWith('-');
  if (minus) digits = digits.slice(1);
  if (grouping !== undefined) digits = grouped(digits, grouping);
  const prefix = minus ? '-' : sign === '-' ? '' : sign;
  return padded(digits, width, align ?? (zero === undefined ? '>' : '='), zero !== undefined && align === undefined ? '0' : fill, prefix);
}

function digitsOf(value: JinjaValue, number: number | bigint, type: string | undefined, precision: number | undefined, alternate: boolean): string {
  if (type === '%') return formatFloat(Number(number) * 100, 'f', precision ?? 6) + '%';
  if (type !== undefined && 'eEfFgG'.includes(type)) return formatFloat(Number(number), type, precision ?? 6, alternate);
  if (isFloat(value)) {
    if (type !== undefined && type !== 'n') throw typeError(`Unknown format code '${type}' for object of type 'float'`);
    if (precision === undefined) return reprOfFloat(value.value);
    const text = formatFloat(value.value, 'g', precision);
    return /[.e]|inf|nan/.test(text) ? text : text + '.0';
  }
  if (precision !== undefined) throw typeError('Precision not allowed in integer format specifier');
  if (!isInteger(value)) return '';
  const whole = BigInt(number);
  const sign = whole < 0n ? '-' : '';
  const size = whole < 0n ? -whole : whole;
  switch (type) {
    case 'x':
      return sign + (alternate ? '0x' : '') + size.toString(16);
    case 'X':
      return sign + (alternate ? '0X' : '') + size.toString(16).toUpperCase();
    case 'o':
      return sign + (alternate ? '0o' : '') + size.toString(8);
    case 'b':
      return sign + (alternate ? '0b' : '') + size.toString(2);
    case 'c':
      return String.fromCodePoint(Math.min(Number(size), 0x10ffff));
    default:
      return sign + size.toString();
  }
}

function grouped(digits: string, separator: string): string {
  const whole = /^\d+/.exec(digits)?.[0] ?? '';
  return whole.replace(/\B(?=(\d{3})+$)/g, separator) + digits.slice(whole.length);
}

function padded(text: string, width: number, align: string, fill: string, prefix: string): string {
  const missing = width - text.length - prefix.length;
  if (missing <= 0) return prefix + text;
  if (align === '<') return prefix + text + fill.repeat(missing);
  if (align === '=') return prefix + fill.repeat(missing) + text;
  if (align === '^') {
    const left = Math.floor(missing / 2);
    return fill.repeat(left) + prefix + text + fill.repeat(missing - left);
  }
  return fill.repeat(missing) + prefix + text;
}
