/** `yaml.safe_dump` in block style for the plain values that templates dump; what needs care is left unknown. */

import { unknownBecause, type Unknown } from '../base/unknown.ts';
import { compareValues, plainTextOf } from './python.ts';
import { isDict, isTagged, type JinjaDict, type JinjaValue } from './values.ts';

/** The YAML text, ending in a line break; undefined if there is something in it that PyYAML does not write. */
export function dumpYaml(value: JinjaValue, sortKeys: boolean): string | Unknown | undefined {
  const state: State = { unknown: undefined, isRefused: false, sortKeys };
  const scalar = scalarText(value, state);
  // A document that is a lone scalar is closed with `...`.
  const text = scalar === undefined ? documentText(value, state) : scalar.startsWith("'") ? scalar + '\n' : scalar + '\n...\n';
  return state.isRefused ? undefined : (state.unknown ?? text);
}

function documentText(value: JinjaValue, state: State): string {
  const lines = isDict(value) && value.size === 0 ? ['{}'] : blockLines(value, state, 0);
  return lines.join('\n') + '\n';
}

interface State {
  unknown: Unknown | undefined;
  isRefused: boolean;
  readonly sortKeys: boolean;
}

/** Words and numbers that would be read back as something else than text. */
const NEEDS_QUOTES = /^$|^[-?:,[\]{}#&*!|>'"%@`]|^[\s]|[\s]$|: |:$| #|^(?:~|null|true|false|yes|no|on|off)$|^[-+.\d]/i;

function scalarText(value: JinjaValue, state: State): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') {
    // Long or special texts are folded and escaped by rules of their own.
    if (!/^[ -~]*$/.test(value) || value.length > 70) {
      state.unknown = unknownBecause('the YAML text of this value is not evaluated');
      return '';
    }
    return NEEDS_QUOTES.test(value) ? "'" + value.replaceAll("'", "''") + "'" : value;
  }
  if (isTagged(value)) {
    if (value.kind === 'unknown') {
      state.unknown = value;
      return '';
    }
    if (value.kind === 'float' || value.kind === 'date' || value.kind === 'datetime') return plainTextOf(value);
    if (value.kind === 'tuple' || value.kind === 'set') state.unknown = unknownBecause(`the YAML text of a ${value.kind} is not evaluated`);
    else state.isRefused = true;
    return '';
  }
  if (Array.isArray(value) && value.length === 0) return '[]';
  return undefined;
}

function blockLines(value: JinjaValue, state: State, depth: number): string[] {
  if (depth > 50) {
    state.unknown = unknownBecause('the value is nested too deeply');
    return [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, state, depth));
  return isDict(value) ? dictLines(value, state, depth) : [];
}

function itemLines(item: JinjaValue, state: State, depth: number): string[] {
  const scalar = scalarText(item, state) ?? (isDict(item) && item.size === 0 ? '{}' : undefined);
  if (scalar !== undefined) return ['- ' + scalar];
  return blockLines(item, state, depth + 1).map((line, index) => (index === 0 ? '- ' : '  ') + line);
}

function dictLines(dict: JinjaDict, state: State, depth: number): string[] {
  const entries = [...dict];
  if (state.sortKeys) entries.sort((a, b) => compareValues(a[0], b[0]));
  const lines: string[] = [];
  for (const [key, item] of entries) {
    const keyText = scalarText(key, state) ?? '';
    const scalar = scalarText(item, state) ?? (isDict(item) && item.size === 0 ? '{}' : undefined);
    if (scalar !== undefined) {
      lines.push(`${keyText}: ${scalar}`);
      continue;
    }
    lines.push(keyText + ':');
    const indent = Array.isArray(item) ? '' : '  ';
    for (const line of blockLines(item, state, depth + 1)) lines.push(indent + line);
  }
  return lines;
}
