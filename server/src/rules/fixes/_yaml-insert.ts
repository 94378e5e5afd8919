/** Inserts keys and list items into block YAML as text, in the style of the file; untouched bytes stay. */

import type { FileId } from '../../base/file-id.ts';
import type { EntryReference } from '../../index/model.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlSequence } from '../../syntax/yaml-node.ts';
import type { FixTools, TextEdit } from '../rule.ts';

/** A file as insertions need it. */
export interface EditableYaml {
  readonly file: FileId;
  readonly text: string;
  readonly root: YamlMapping;
  readonly eol: '\n' | '\r\n';
  /** How far the dash of a list stands behind its key: 0 or more. */
  readonly dashOffset: number;
}

/** Lines without line breaks, indented against one another. */
export type Lines = readonly string[];

/** Reads a file anew; undefined if it is gone, broken or not a mapping. */
export function editableYaml(tools: FixTools, file: FileId): EditableYaml | undefined {
  const text = tools.text(file);
  const document = tools.yaml(file);
  const root = document?.root;
  // A text edit of a file that does not parse could make things worse.
  if (text === undefined || document === undefined || document.problems.length > 0) return undefined;
  if (root?.kind !== 'mapping' || root.flow) return undefined;
  return { file, text, root, eol: eolOf(text), dashOffset: dashOffsetOf(text, root) };
}

/** The line ending of a text: that of its first line. */
export function eolOf(text: string): '\n' | '\r\n' {
  return text.charAt(text.indexOf('\n') - 1) === '\r' ? '\r\n' : '\n';
}

/** The mapping of an entry of a property file, by the entry's id. */
export function entryNode(yaml: EditableYaml, reference: EntryReference): YamlMapping | undefined {
  const section = reference.entry.slice(0, reference.entry.indexOf('/'));
  const list = entryOf(yaml.root, section)?.value;
  if (list?.kind !== 'sequence') return undefined;
  const seen = new Map<string, number>();
  for (const [index, item] of list.items.entries()) {
    const name = nameOf(item) ?? `?${String(index)}`;
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    const id = count === 0 ? `${section}/${name}` : `${section}/${name}#${String(count)}`;
    if (id === reference.entry) return blockMapping(item, list);
  }
  return undefined;
}

function nameOf(item: YamlNode): string | undefined {
  if (item.kind !== 'mapping') return undefined;
  const name = entryOf(item, 'name')?.value;
  if (name?.kind !== 'scalar') return undefined;
  return typeof name.value === 'string' || typeof name.value === 'number' ? String(name.value) : undefined;
}

/** The block mapping below a node at a path; undefined if it is written otherwise or comes from an alias. */
export function mappingAt(node: YamlMapping, path: readonly (string | number)[]): YamlMapping | undefined {
  let current: YamlNode = node;
  for (const step of path) {
    let next: YamlNode | undefined;
    if (typeof step === 'number') next = current.kind === 'sequence' ? current.items[step] : undefined;
    else next = current.kind === 'mapping' ? entryOf(current, step)?.value : undefined;
    if (next === undefined || !isWithin(next, current)) return undefined;
    current = next;
  }
  return current.kind === 'mapping' && !current.flow ? current : undefined;
}

function blockMapping(node: YamlNode, parent: YamlNode): YamlMapping | undefined {
  return node.kind === 'mapping' && !node.flow && isWithin(node, parent) ? node : undefined;
}

/** False for what an alias or a merge key brought in: its text stands elsewhere. */
function isWithin(node: YamlNode, parent: YamlNode): boolean {
  return node.from >= parent.from && node.to <= parent.to;
}

/** The entry of a key that is written in the mapping itself. */
export function entryOf(mapping: YamlMapping, key: string): YamlEntry | undefined {
  return mapping.entries.find((entry) => !entry.merged && entry.key.kind === 'scalar' && entry.key.value === key);
}

/** Lines of a list under a key. */
export function listLines(key: string, items: readonly Lines[], dashOffset: number): string[] {
  return [`${key}:`, ...items.flatMap((item) => itemLines(item).map((line) => ' '.repeat(dashOffset) + line))];
}

function itemLines(item: Lines): string[] {
  return item.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

/** Inserts lines behind a key of a block mapping, or at its end. */
export function insertIntoMapping(yaml: EditableYaml, mapping: YamlMapping, lines: Lines, behind?: string): TextEdit | undefined {
  const first = mapping.entries.find((entry) => !entry.merged);
  const after = behind === undefined ? lastEntry(mapping) : entryOf(mapping, behind);
  if (mapping.flow || first === undefined || after === undefined) return undefined;
  const column = columnAt(yaml.text, first.key.from);
  const end = lineEnd(yaml.text, endOfEntry(mapping, after));
  const at = behind === undefined && column > 0 ? pastComments(yaml.text, end, (indent) => indent >= column) : end;
  return insertion(yaml, at, lines, column);
}

function lastEntry(mapping: YamlMapping): YamlEntry | undefined {
  const own = mapping.entries.filter((entry) => !entry.merged);
  return own.reduce<YamlEntry | undefined>((last, entry) => (last === undefined || entry.key.from > last.key.from ? entry : last), undefined);
}

/** The value of an alias stands elsewhere; such an entry ends on the line of its key. */
function endOfEntry(mapping: YamlMapping, { key, value }: YamlEntry): number {
  return value.from >= key.to && value.to <= mapping.to ? value.to : key.to;
}

/** Adds items to the list under a key, which is made if it is missing; undefined if the list is written in one line. */
export function addToList(yaml: EditableYaml, mapping: YamlMapping, key: string, items: readonly Lines[]): TextEdit | undefined {
  const entry = entryOf(mapping, key);
  if (entry === undefined) return insertIntoMapping(yaml, mapping, listLines(key, items, yaml.dashOffset));
  const { value } = entry;
  if (value.from < entry.key.to || value.to > mapping.to) return undefined;
  if (value.kind === 'sequence' && !value.flow) return appendItems(yaml, value, items);
  const isEmpty = (value.kind === 'sequence' && value.items.length === 0) || (value.kind === 'scalar' && value.value === null);
  if (!isEmpty) return undefined;
  const column = columnAt(yaml.text, entry.key.from);
  const colon = yaml.text.indexOf(':', entry.key.to);
  if (colon < 0 || yaml.text.slice(colon + 1, value.from).trim() !== '') return undefined;
  const body = listLines(key, items, yaml.dashOffset).slice(1);
  // `key: []` loses its brackets; behind a bare `key:` a comment may stand, so the items go below that line.
  if (value.from < value.to) return { from: colon + 1, to: value.to, text: joined(yaml, body, column) };
  return insertion(yaml, lineEnd(yaml.text, value.to), body, column);
}

/** Appends items to a block list. */
export function appendItems(yaml: EditableYaml, list: YamlSequence, items: readonly Lines[]): TextEdit | undefined {
  const last = list.items.at(-1);
  if (last === undefined || list.flow || !isWithin(last, list)) return undefined;
  const column = columnAt(yaml.text, list.from);
  const at = pastComments(
    yaml.text,
    lineEnd(yaml.text, list.to),
    (indent, comment) => indent > column || (indent === column && column > 0 && /^#\s*-\s/.test(comment)),
  );
  const lines = items.flatMap(itemLines);
  return insertion(yaml, at, isSpaced(yaml.text, list) ? ['', ...lines] : lines, column);
}

/** True if an empty line stands between the last two items. */
function isSpaced(text: string, list: YamlSequence): boolean {
  const last = list.items.at(-1);
  const previous = list.items.at(-2);
  if (last === undefined || previous === undefined) return false;
  return /\n[ \t]*\r?\n/.test(text.slice(previous.to, last.from));
}

/** An edit that puts lines below the line that ends at `at`. */
function insertion(yaml: EditableYaml, at: number, lines: Lines, column: number): TextEdit {
  return { from: at, to: at, text: joined(yaml, lines, column) };
}

function joined(yaml: EditableYaml, lines: Lines, column: number): string {
  return lines.map((line) => (line === '' ? yaml.eol : yaml.eol + ' '.repeat(column) + line)).join('');
}

/** Number of characters before an offset in its line. */
function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Where the line of an offset ends, before its line break. */
function lineEnd(text: string, offset: number): number {
  const next = text.indexOf('\n', offset);
  if (next < 0) return text.length;
  return text.charAt(next - 1) === '\r' && next - 1 >= offset ? next - 1 : next;
}

/** From the end of a line, the end of the last comment line below it that still belongs to it, over empty lines too. */
function pastComments(text: string, end: number, belongs: (indent: number, comment: string) => boolean): number {
  let last = end;
  for (let at = end; at < text.length; ) {
    const start = text.indexOf('\n', at) + 1;
    if (start === 0 || start >= text.length) break;
    const stop = lineEnd(text, start);
    const line = text.slice(start, stop);
    const words = line.trimStart();
    if (words !== '') {
      if (!words.startsWith('#') || !belongs(line.length - words.length, words)) break;
      last = stop;
    }
    at = stop;
  }
  return last;
}

/** The most common offset of the file's lists; two where it has none, as dbt's own documentation writes them. */
function dashOffsetOf(text: string, root: YamlMapping): number {
  const counts = new Map<number, number>();
  const stack: YamlNode[] = [root];
  const seen = new Set<YamlNode>();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === 'scalar' || seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'sequence') {
      stack.push(...node.items);
      continue;
    }
    for (const { key, value, merged } of node.entries) {
      stack.push(value);
      if (merged || value.kind !== 'sequence' || value.flow || value.from < key.to) continue;
      const offset = columnAt(text, value.from) - columnAt(text, key.from);
      if (offset >= 0) counts.set(offset, (counts.get(offset) ?? 0) + 1);
    }
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return best?.[0] ?? 2;
}

/** A text as a YAML scalar: plain where that is certain to be read as this text, else in double quotes. */
export function scalarText(text: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_ ,.()/%+<>;'$=-]*$/u.test(text) && !/\s$/.test(text) && !RESERVED.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** Words that YAML 1.1 reads as booleans or nulls. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|~)$/i;
