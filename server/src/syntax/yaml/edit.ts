/**
 * Changes YAML texts by the smallest edits: what an edit does not name stays byte for byte, comments and line ends
 * included. Nothing is ever serialised anew.
 *
 * Each function gives the edits, or undefined where there is no safe one: the text has faults, the node is shared
 * through an anchor that is in use, the key exists already, or the place is written in a way that lines do not fit in.
 */

import type { Span } from '../../base/span.ts';
import type { YamlDocument, YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './node.ts';
import { TOKEN, scanYaml } from './scanner.ts';
import { isBlockData, isScalarData, writeAtom, writeBlockText, writeEntry, writeFlow, writeInQuotes, writeItem, writeText, writeValue, yamlLines } from './write.ts';
import type { YamlData, YamlStyleOfFile } from './write.ts';
import { parseYaml } from './parse.ts';

export { inFlow, yamlLines } from './write.ts';
export type { YamlData } from './write.ts';

/** A replacement in a text; offsets in UTF-16 code units of the text before any edit. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The edits of one change; undefined if it cannot be made without risk. */
export type YamlEdits = readonly TextEdit[] | undefined;

/** A text with its tree and what an editor must know of it. */
export interface YamlSource {
  readonly text: string;
  readonly root: YamlNode | undefined;
  /** False for texts with faults or strange line ends: nothing is changed there. */
  readonly editable: boolean;
  readonly eol: '\n' | '\r\n';
  readonly style: YamlStyleOfFile;
  /** Texts whose meaning stands in other places too, because an alias names their anchor. */
  readonly shared: readonly Span[];
}

/** Where a new key goes: behind the last of these keys that exists, else at the end. */
export interface KeyPlace {
  readonly after?: readonly string[];
}

/** Makes a text ready for edits. `document` saves reading it again; it must come from this text in dialect `dbt`. */
export function yamlSource(text: string, document: YamlDocument = parseYaml(text, 'dbt')): YamlSource {
  // dbt cuts the white space before the first line away, so columns there are not what they seem.
  const isIndented = /^[ \t\r\n]*[ \t][^ \t\r\n]/.test(text.replace(/^\ufeff/, ''));
  const hasOddBreaks = /\r(?!\n)|[\x85\u2028\u2029]/.test(text);
  return {
    text,
    root: document.root,
    editable: document.problems.length === 0 && !isIndented && !hasOddBreaks,
    eol: text.charAt(text.indexOf('\n') - 1) === '\r' ? '\r\n' : '\n',
    style: styleOf(text, document.root),
    shared: sharedSpans(text, document.root),
  };
}

/** Adds a key to a mapping, block or flow. Undefined if the key is there already. */
export function addKey(source: YamlSource, mapping: YamlMapping, key: string, value: YamlData, place: KeyPlace = {}): YamlEdits {
  if (!canEdit(source, mapping) || ownEntry(mapping, key) !== undefined) return undefined;
  if (mapping.flow) return addToFlow(source, mapping, key, value);
  const before = ownEntries(mapping).filter((entry) => place.after?.some((name) => isKey(entry, name)) === true);
  return addBlockKey(source, mapping, key, value, before.at(-1));
}

/** Adds a key behind an entry of a block mapping, or at its end. */
function addBlockKey(source: YamlSource, mapping: YamlMapping, key: string, value: YamlData, before: YamlEntry | undefined): YamlEdits {
  const column = columnOf(source, mapping.from);
  const lines = writeEntry(key, value, source.style, column);
  const at = placeOfNewKey(source, mapping, column, before);
  return lines === undefined || at === undefined ? undefined : [insertLines(source, at, lines)];
}

/** Gives a key of a mapping this value: adds the key, fills an empty value or replaces a scalar; never replaces a list or mapping. */
export function setKey(source: YamlSource, mapping: YamlMapping, key: string, value: YamlData, place: KeyPlace = {}): YamlEdits {
  const entry = ownEntry(mapping, key);
  if (entry === undefined) return addKey(source, mapping, key, value, place);
  if (!canEdit(source, mapping) || entry.value.kind !== 'scalar') return undefined;
  if (isScalarData(value)) return replaceScalar(source, entry.value, value);
  return entry.value.value === null ? fillEmpty(source, mapping, entry, value) : undefined;
}

/** Gives the key at the end of a path below a mapping this value; what is missing on the way is made. Numbers step into lists. */
export function setPath(source: YamlSource, mapping: YamlMapping, path: readonly (string | number)[], value: YamlData, place: KeyPlace = {}): YamlEdits {
  let node: YamlNode = mapping;
  for (const [depth, step] of path.entries()) {
    if (typeof step === 'number') {
      const item: YamlNode | undefined = node.kind === 'sequence' ? node.items[step] : undefined;
      if (item === undefined) return undefined;
      node = item;
      continue;
    }
    if (node.kind !== 'mapping') return undefined;
    const entry = ownEntry(node, step);
    const rest = path.slice(depth + 1);
    const isEmpty = entry?.value.kind === 'scalar' && entry.value.value === null;
    if (rest.length === 0 || entry === undefined || isEmpty) {
      const nested = nest(rest, value);
      return nested === undefined ? undefined : setKey(source, node, step, nested, depth === 0 ? place : {});
    }
    node = entry.value;
  }
  return undefined;
}

/** Gives a model, column or the like this description, behind its name if it has none yet. */
export function setDescription(source: YamlSource, mapping: YamlMapping, description: string): YamlEdits {
  return setKey(source, mapping, 'description', description, { after: ['name', 'version'] });
}

/** Appends an item to a list, block or flow. A flow list that is empty becomes a block list if the item needs lines. */
export function appendItem(source: YamlSource, sequence: YamlSequence, value: YamlData): YamlEdits {
  if (!canEdit(source, sequence)) return undefined;
  if (sequence.flow) return appendToFlow(source, sequence, value);
  const column = columnOf(source, sequence.from);
  const gap = /^-( +)[^\s#]/.exec(source.text.slice(sequence.from, endOfLine(source.text, sequence.from)))?.[1]?.length ?? 1;
  const lines = writeItem(value, source.style, column, gap);
  if (lines === undefined) return undefined;
  const at = placeBehind(source, sequence, sequence.to, column);
  return [insertLines(source, at, blankLineParts(source, sequence) ? ['', ...lines] : lines)];
}

/** Adds a section such as `models:` to the top level of a file, which may be empty. Undefined if the section exists. */
export function appendSection(source: YamlSource, key: string, value: YamlData): YamlEdits {
  const { text, root, eol } = source;
  if (!source.editable) return undefined;
  if (root?.kind === 'mapping') {
    const edits = addKey(source, root, key, value);
    const [edit] = edits ?? [];
    if (edit === undefined || root.flow || !wantsBlankLine(source, root)) return edits;
    return [{ ...edit, text: eol + edit.text }];
  }
  const isEmpty = root === undefined || (root.kind === 'scalar' && root.value === null && root.from === root.to);
  if (!isEmpty || /^\.\.\./m.test(text)) return undefined;
  const lines = writeEntry(key, value, source.style, 0);
  if (lines === undefined) return undefined;
  const isFresh = text === '' || text === '\ufeff' || text.endsWith('\n');
  // A line of blanks only would become the indentation of the section.
  const blanks = /[ \t]+$/.exec(text)?.[0].length ?? 0;
  const from = isFresh || /\S[ \t]*$/.test(text) ? text.length : text.length - blanks;
  const before = isFresh || from === 0 || text.charAt(from - 1) === '\n' ? '' : eol;
  return [{ from, to: text.length, text: before + lines.join(eol) + eol }];
}

/** Replaces a value by another of one word or text and keeps its quotes or its block style where the new text allows. */
export function replaceScalar(source: YamlSource, scalar: YamlScalar, value: null | boolean | number | string): YamlEdits {
  const place = placeOfScalar(source, scalar);
  const { from, to } = scalar;
  // A tag says what the old value is, and may refuse the new one.
  const isTagged = /![^\s,]*\s*(?:&\S+\s*)?$/.test(source.text.slice(lineStart(source.text, from), from));
  if (place === undefined || isTagged || !canEdit(source, scalar)) return undefined;
  if (from === to) return fillScalar(source, from, value, place);
  if (typeof value !== 'string') return [{ from, to, text: writeAtom(value) }];
  const { style } = source;
  if (scalar.style === 'single-quoted') return [{ from, to, text: writeInQuotes(value, "'") }];
  if (scalar.style === 'double-quoted') return [{ from, to, text: writeInQuotes(value, '"') }];
  if (scalar.style === 'plain') {
    return [{ from, to, text: place.isFlow ? writeText(value, style.quote, true) : writeInBlock(source, value, to, place.column) }];
  }
  const sign = scalar.style === 'literal' ? '|' : '>';
  const column = columnOfBlockText(source, scalar) ?? place.column + style.indent;
  const block = writeBlockText(value, sign, column) ?? writeBlockText(value, '|', column);
  const header = /^[|>][-+0-9]*([ \t]+#.*)?/.exec(source.text.slice(from, endOfLine(source.text, from)));
  const comment = header?.[1]?.trimEnd() ?? '';
  if (block === undefined) return [{ from, to, text: writeText(value, style.quote, false) + comment }];
  // Blanks at the end of the last line are part of the old text and would be part of the new one.
  return [{ from, to: endOfLine(source.text, to), text: block.head + comment + source.eol + block.lines.join(source.eol) }];
}

/** Gives a key another name and keeps its quotes. Undefined if the mapping has a key of that name. */
export function renameKey(source: YamlSource, mapping: YamlMapping, key: string, name: string): YamlEdits {
  const entry = ownEntry(mapping, key);
  if (entry?.key.kind !== 'scalar' || !canEdit(source, mapping) || mapping.entries.some((other) => isKey(other, name))) return undefined;
  const { from, to, style } = entry.key;
  if (from < mapping.from || !canEdit(source, entry.key) || style === 'literal' || style === 'folded') return undefined;
  let text = writeText(name, source.style.quote, mapping.flow);
  if (style !== 'plain') text = writeInQuotes(name, style === 'single-quoted' ? "'" : '"');
  return [{ from, to, text }];
}

/** Takes a key and its value out. Undefined for the only key of a mapping. Comments on lines of their own stay. */
export function removeKey(source: YamlSource, mapping: YamlMapping, key: string): YamlEdits {
  const entry = ownEntry(mapping, key);
  if (entry === undefined || !canEdit(source, mapping)) return undefined;
  const own = ownEntries(mapping);
  const end = endOfEntry(source, entry);
  if (own.length < 2 || end === undefined || holdsShared(source, entry.key.from, end)) return undefined;
  const index = own.indexOf(entry);
  if (mapping.flow || !startsItsLine(source, entry.key.from)) {
    return removeBetween(source, own, index, end, mapping.flow);
  }
  return [removeLines(source, entry.key.from, end)];
}

/** Takes an item out of a list. Undefined for the only item, and for one that does not begin its line. */
export function removeItem(source: YamlSource, sequence: YamlSequence, index: number): YamlEdits {
  if (!canEdit(source, sequence) || sequence.items.length < 2) return undefined;
  if (sequence.flow) {
    const starts = flowItems(source, sequence);
    const item = starts?.[index];
    if (starts === undefined || item === undefined) return undefined;
    const next = starts[index + 1];
    const before = starts[index - 1];
    const span = next !== undefined ? { from: item.from, to: next.from } : { from: before?.to ?? item.from, to: item.to };
    return source.text.slice(span.from, span.to).includes('#') ? undefined : [{ ...span, text: '' }];
  }
  const item = blockItems(source, sequence)?.[index];
  if (item === undefined || !startsItsLine(source, item.from) || holdsShared(source, item.from, item.to)) return undefined;
  return [removeLines(source, item.from, item.to)];
}

/**
 * Moves a key with all that is written below it to the end of a path of keys in the same mapping, e.g. `meta` to
 * `['config']`; mappings that are missing on the way are made. The key keeps its name, quotes and comments.
 */
export function moveKey(source: YamlSource, mapping: YamlMapping, key: string, path: readonly string[]): YamlEdits {
  const entry = ownEntry(mapping, key);
  if (entry === undefined || mapping.flow || path.length === 0 || path.includes(key)) return undefined;
  const removal = removeKey(source, mapping, key);
  const lines = linesOfEntry(source, mapping, entry);
  if (removal === undefined || lines === undefined) return undefined;
  const insertion = insertEntryLines(source, mapping, entry, lines, path);
  if (insertion === undefined) return undefined;
  const meets = insertion.some((one) => removal.some((other) => one.from < other.to && other.from < one.to));
  return meets ? undefined : [...removal, ...insertion].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The text of an entry as lines at the left margin, fit for `yamlLines`; undefined if it is not written in whole lines. */
export function linesOfEntry(source: YamlSource, mapping: YamlMapping, entry: YamlEntry): readonly string[] | undefined {
  const end = endOfEntry(source, entry);
  if (mapping.flow || entry.merged || end === undefined || entry.key.from < mapping.from) return undefined;
  const column = columnOf(source, mapping.from);
  const written = source.text.slice(entry.key.from, endOfLine(source.text, end)).split(/\r?\n/);
  const lines: string[] = [];
  for (const [index, line] of written.entries()) {
    // Lines of quoted texts may stand further left than their key: moved they would change.
    if (index > 0 && line.trim() !== '' && line.slice(0, column).trim() !== '') return undefined;
    lines.push(index === 0 ? line : line.slice(column));
  }
  // An alias must stay behind its anchor.
  return lines.some((line) => /(?:^|[\s[{,])[&*][\w-]/.test(line)) ? undefined : lines;
}

// ---------------------------------------------------------------------------------------------------------------

function insertEntryLines(source: YamlSource, mapping: YamlMapping, moved: YamlEntry, lines: readonly string[], path: readonly string[]): YamlEdits {
  let parent = mapping;
  for (const [depth, step] of path.entries()) {
    const entry = ownEntry(parent, step);
    const rest = path.slice(depth + 1);
    if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) {
      const nested = nest(rest, yamlLines(lines));
      if (nested === undefined) return undefined;
      if (entry !== undefined) return fillEmpty(source, parent, entry, nested);
      // Behind a neighbour that stays, so that the two edits do not meet.
      const neighbour = ownEntries(parent).filter((other) => other !== moved).at(-1);
      return neighbour === undefined || !canEdit(source, parent) ? undefined : addBlockKey(source, parent, step, nested, neighbour);
    }
    if (entry.value.kind !== 'mapping' || entry.value.flow) return undefined;
    parent = entry.value;
  }
  if (!canEdit(source, parent) || (moved.key.kind === 'scalar' && parent.entries.some((entry) => isKey(entry, moved.key.kind === 'scalar' ? moved.key.value : null)))) {
    return undefined;
  }
  const column = columnOf(source, parent.from);
  const at = placeOfNewKey(source, parent, column, undefined);
  return at === undefined ? undefined : [insertLines(source, at, lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line)))];
}

/** `value` below the keys of a path; undefined if the path steps into a list that does not exist. */
function nest(path: readonly (string | number)[], value: YamlData): YamlData | undefined {
  let nested: YamlData = value;
  for (const step of [...path].reverse()) {
    if (typeof step === 'number') return undefined;
    nested = { [step]: nested };
  }
  return nested;
}

function canEdit(source: YamlSource, node: YamlNode): boolean {
  return source.editable && !source.shared.some((span) => span.from <= node.from && node.from <= span.to);
}

/** True if an anchor that is in use elsewhere stands between two offsets. */
function holdsShared(source: YamlSource, from: number, to: number): boolean {
  return source.shared.some((span) => from <= span.from && span.from <= to);
}

function isKey(entry: YamlEntry, key: YamlScalar['value']): boolean {
  return entry.key.kind === 'scalar' && entry.key.value === key;
}

function ownEntry(mapping: YamlMapping, key: string): YamlEntry | undefined {
  return mapping.entries.find((entry) => !entry.merged && isKey(entry, key));
}

/** The entries that are written in the mapping itself, in the order of the text. */
function ownEntries(mapping: YamlMapping): readonly YamlEntry[] {
  return [...mapping.entries, ...mapping.duplicates].filter((entry) => !entry.merged).sort((a, b) => a.key.from - b.key.from);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset of the line break that ends a line, or the end of the text. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
}

function columnOf(source: YamlSource, offset: number): number {
  return columnIn(source.text, offset);
}

/** A byte order mark takes no column. */
function columnIn(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (text.charCodeAt(start) === 0xfeff ? 1 : 0);
}

function startsItsLine(source: YamlSource, offset: number): boolean {
  return source.text.slice(lineStart(source.text, offset), offset).replace('\ufeff', '').trim() === '';
}

/** Puts lines in behind the line that ends at `at`. */
function insertLines(source: YamlSource, at: number, lines: readonly string[]): TextEdit {
  return { from: at, to: at, text: lines.map((line) => source.eol + line).join('') };
}

function placeOfNewKey(source: YamlSource, mapping: YamlMapping, column: number, before: YamlEntry | undefined): number | undefined {
  if (before === undefined) return placeBehind(source, mapping, mapping.to, column);
  const end = endOfEntry(source, before);
  // Comments in the column of the keys belong to the key that follows.
  return end === undefined ? undefined : placeBehind(source, before.value, end, column + 1);
}

/**
 * The end of the line behind which lines may be put in after a node that ends at `end`. Comments that follow and
 * stand in `column` or deeper belong to the node; blank lines are passed only to reach them.
 */
function placeBehind(source: YamlSource, node: YamlNode, end: number, column: number): number {
  const { text } = source;
  let at = endOfLine(text, end);
  const leaf = lastLeaf(node);
  if (leaf?.to === end && (leaf.style === 'literal' || leaf.style === 'folded')) at = endOfBlankLines(text, at, keepsBlankLines(source, leaf));
  let probe = at;
  let deeper = at;
  for (;;) {
    const next = nextLine(text, probe);
    if (next === undefined) return at;
    const line = text.slice(next.from, next.to);
    const indentation = /^ */.exec(line)?.[0].length ?? 0;
    if (line.charAt(indentation) === '#') {
      if (indentation < column) return at;
      at = next.to;
      if (indentation > column) deeper = at;
    } else if (line.trim() !== '') {
      // Below a list whose dashes are not indented the comments in its column belong to the key that follows.
      return indentation === column ? deeper : at;
    }
    probe = next.to;
  }
}

/** Passes over the blank lines that are part of a block text: all behind `|+`, else those up to the last that holds blanks. */
function endOfBlankLines(text: string, at: number, keepsAll: boolean): number {
  let end = at;
  for (let next = nextLine(text, at); next !== undefined && text.slice(next.from, next.to).trim() === ''; next = nextLine(text, next.to)) {
    // What stands behind the last line break is no line.
    if (next.to > next.from || (keepsAll && next.from < text.length)) end = next.to;
  }
  return end;
}

function nextLine(text: string, at: number): Span | undefined {
  const end = text.indexOf('\n', at);
  return end < 0 ? undefined : { from: end + 1, to: endOfLine(text, end + 1) };
}

/** The scalar that a node ends with. */
function lastLeaf(node: YamlNode): YamlScalar | undefined {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'sequence') {
    const last = node.items.at(-1);
    return last === undefined ? undefined : lastLeaf(last);
  }
  const last = ownEntries(node).at(-1);
  return last === undefined ? undefined : lastLeaf(last.value);
}

/** True for block texts behind `|+` or `>+`, whose trailing blank lines count. */
function keepsBlankLines(source: YamlSource, scalar: YamlScalar): boolean {
  const isBlock = scalar.style === 'literal' || scalar.style === 'folded';
  return isBlock && /^[|>][0-9]?\+/.test(source.text.slice(scalar.from, scalar.from + 3));
}

/** Where an entry ends; an aliased value stands elsewhere, so its alias is looked for. */
function endOfEntry(source: YamlSource, entry: YamlEntry): number | undefined {
  if (entry.value.from >= entry.key.to) return entry.value.to;
  const alias = /^[ \t]*:\s+\*[\w-]+/.exec(source.text.slice(entry.key.to, entry.key.to + 300));
  return alias === null ? undefined : entry.key.to + alias[0].length;
}

/** The items of a block list, each from its dash to its end. */
function blockItems(source: YamlSource, sequence: YamlSequence): readonly Span[] | undefined {
  const column = columnOf(source, sequence.from);
  const spans: Span[] = [];
  let from = sequence.from;
  for (const item of sequence.items) {
    if (spans.length > 0) {
      let line = nextLine(source.text, spans.at(-1)?.to ?? from);
      while (line !== undefined && !(source.text.startsWith('-', line.from + column) && source.text.slice(line.from, line.from + column).trim() === '')) {
        line = nextLine(source.text, line.to);
      }
      if (line === undefined) return undefined;
      from = line.from + column;
    }
    const alias = /^-\s+\*[\w-]+/.exec(source.text.slice(from, from + 300));
    if (item.from < from && alias === null) return undefined;
    spans.push({ from, to: item.from < from ? from + (alias?.[0].length ?? 0) : Math.max(item.to, from + 1) });
  }
  return spans;
}

/** The items of a flow list; undefined if an alias or an anchor is among them. */
function flowItems(source: YamlSource, sequence: YamlSequence): readonly Span[] | undefined {
  if (/[&*!]/.test(source.text.slice(sequence.from, sequence.to))) return undefined;
  return sequence.items;
}

function removeLines(source: YamlSource, from: number, to: number): TextEdit {
  const { text, eol } = source;
  const start = lineStart(text, from);
  let end = endOfLine(text, to);
  // Lines of blanks would become part of a block text that then stands before them.
  for (let next = nextLine(text, end); next !== undefined && /^[ \t]+$/.test(text.slice(next.from, next.to)); next = nextLine(text, end)) end = next.to;
  // The last line of a text has no line break to take along, but the one before it.
  if (end === text.length) return { from: Math.max(0, start - eol.length), to: end, text: '' };
  return { from: start, to: end + (text.startsWith('\r\n', end) ? 2 : 1), text: '' };
}

/** Takes an entry out that shares its line with others or with the dash of its item. */
function removeBetween(source: YamlSource, own: readonly YamlEntry[], index: number, end: number, isFlow: boolean): YamlEdits {
  const entry = own[index];
  const next = own[index + 1];
  const before = own[index - 1];
  if (entry === undefined) return undefined;
  const start = entry.key.from;
  if (next !== undefined) {
    const between = source.text.slice(end, next.key.from);
    return /^[\s,]*$/.test(between) ? [{ from: start, to: next.key.from, text: '' }] : undefined;
  }
  const endBefore = before === undefined ? undefined : endOfEntry(source, before);
  if (!isFlow || endBefore === undefined || !/^[\s,]*$/.test(source.text.slice(endBefore, start))) return undefined;
  return [{ from: endBefore, to: end, text: '' }];
}

function addToFlow(source: YamlSource, mapping: YamlMapping, key: string, value: YamlData): YamlEdits {
  const written = writeFlow({ [key]: value }, source.style);
  // A pair in a list may stand without braces: `[a: b]`.
  if (written === undefined || !source.text.startsWith('{', mapping.from)) return undefined;
  const end = mapping.entries.length === 0 && source.text.slice(mapping.from + 1, mapping.to - 1).trim() === '' ? undefined : endOfLast(source, ownEntries(mapping));
  return insertInFlow(source, mapping, end, written.slice(1, -1));
}

function endOfLast(source: YamlSource, own: readonly YamlEntry[]): number | undefined {
  const last = own.at(-1);
  return last === undefined ? undefined : endOfEntry(source, last);
}

/** Puts an item in behind the last one, which ends at `end`, or between empty brackets. */
function insertInFlow(source: YamlSource, node: YamlMapping | YamlSequence, end: number | undefined, written: string): YamlEdits {
  const inside = source.text.slice(node.from + 1, node.to - 1);
  if (end === undefined) return inside.trim() === '' ? [{ from: node.from + 1, to: node.from + 1, text: written }] : undefined;
  const behind = source.text.slice(end, node.to - 1);
  const comma = /^\s*,/.exec(behind);
  if (comma !== null) {
    // The list ends with a comma: the new item goes behind it and gets one of its own.
    const at = end + comma[0].length;
    return behind.slice(comma[0].length).trim() === '' ? [{ from: at, to: at, text: ` ${written},` }] : undefined;
  }
  if (behind.trim() !== '' && !behind.trimStart().startsWith('#')) return undefined;
  // Behind `a:` the comma would belong to the value.
  const space = source.text.charAt(end - 1) === ':' ? ' ' : '';
  return [{ from: end, to: end, text: `${space}, ${written}` }];
}

function appendToFlow(source: YamlSource, sequence: YamlSequence, value: YamlData): YamlEdits {
  if (sequence.items.length === 0 && isBlockData(value)) {
    const holder = holderOf(source, sequence);
    return holder === undefined ? undefined : replaceByBlock(source, sequence, [value], holder);
  }
  const written = writeFlow(value, source.style);
  if (written === undefined) return undefined;
  if (sequence.items.length === 0) return insertInFlow(source, sequence, undefined, written);
  const last = sequence.items.at(-1);
  const isWrittenHere = last !== undefined && last.from > sequence.from;
  return isWrittenHere ? insertInFlow(source, sequence, last.to, written) : undefined;
}

/** The key in a block mapping whose value a node is; undefined within brackets and in lists. */
function holderOf(source: YamlSource, node: YamlNode): { readonly mapping: YamlMapping; readonly entry: YamlEntry } | undefined {
  let current = source.root;
  while (current !== undefined) {
    let inner: YamlNode | undefined;
    if (current.kind === 'mapping') {
      if (current.flow) return undefined;
      for (const entry of current.entries) {
        if (entry.merged) continue;
        if (entry.value === node) return { mapping: current, entry };
        if (holds(entry.value, node)) inner = entry.value;
      }
    } else if (current.kind === 'sequence' && !current.flow) {
      inner = current.items.find((item) => holds(item, node));
    }
    current = inner;
  }
  return undefined;
}

function holds(outer: YamlNode, inner: YamlNode): boolean {
  return outer.from <= inner.from && inner.to <= outer.to && outer.kind !== 'scalar';
}

/** Puts data below a key that has no value yet. */
function fillEmpty(source: YamlSource, mapping: YamlMapping, entry: YamlEntry, value: YamlData): YamlEdits {
  if (entry.value.kind !== 'scalar' || !canEdit(source, entry.value)) return undefined;
  const between = source.text.slice(entry.key.to, entry.value.from);
  // Anchors, tags and comments between the key and its value are not for us.
  if (!/^\s*:[ \t]*$/.test(between)) return undefined;
  if (mapping.flow || !isBlockData(value)) {
    const written = mapping.flow ? writeFlow(value, source.style) : writeValue(value, source.style, 0)?.head;
    if (written === undefined) return undefined;
    const space = between.endsWith(':') ? ' ' : '';
    return [{ from: entry.value.from, to: entry.value.to, text: space + written }];
  }
  return replaceByBlock(source, entry.value, value, { mapping, entry });
}

/** Replaces what stands behind a key by lines below it. A comment on the line of the key stays there. */
function replaceByBlock(source: YamlSource, old: YamlNode, value: YamlData, holder: { readonly mapping: YamlMapping; readonly entry: YamlEntry }): YamlEdits {
  const { text } = source;
  const colon = text.indexOf(':', holder.entry.key.to);
  const isOnLine = colon >= 0 && text.slice(holder.entry.key.to, colon).trim() === '' && text.slice(colon + 1, old.from).trim() === '' && !text.slice(colon, old.to).includes('\n');
  const written = writeValue(value, source.style, columnOf(source, holder.mapping.from));
  if (!isOnLine || written?.head !== '') return undefined;
  const insertion = insertLines(source, endOfLine(text, old.to), written.lines);
  if (old.from === old.to) return [insertion];
  if (insertion.from === old.to) return [{ from: colon + 1, to: old.to, text: insertion.text }];
  return [{ from: colon + 1, to: old.to, text: '' }, insertion];
}

interface PlaceOfScalar {
  readonly isFlow: boolean;
  /** Column of the key or dash that the scalar belongs to. */
  readonly column: number;
}

/** Finds a scalar among the values of the tree; undefined if it is a key or stands in another place through an alias. */
function placeOfScalar(source: YamlSource, scalar: YamlScalar): PlaceOfScalar | undefined {
  let node = source.root;
  let isFlow = false;
  let column = 0;
  while (node !== undefined && node !== scalar) {
    if (node.kind === 'scalar') return undefined;
    isFlow ||= node.flow;
    if (!node.flow) column = columnOf(source, node.from);
    const children: readonly YamlNode[] = node.kind === 'sequence' ? node.items : ownEntries(node).map((entry) => entry.value);
    node = children.find((child) => child === scalar) ?? children.find((child) => holds(child, scalar));
  }
  return node === undefined ? undefined : { isFlow, column };
}

/** Writes a value where there is none: behind a colon, a dash, or a key between brackets that has no colon. */
function fillScalar(source: YamlSource, at: number, value: null | boolean | number | string, place: PlaceOfScalar): YamlEdits {
  const before = source.text.charAt(at - 1);
  const isBehindSign = before === ':' || before === '-';
  if (!isBehindSign && !place.isFlow) return undefined;
  // In `{a-}` the dash is part of the key.
  if (place.isFlow && before !== ':') return undefined;
  const { style } = source;
  const text = place.isFlow ? writeFlow(value, style) : writeInBlock(source, value, at, place.column);
  return text === undefined ? undefined : [{ from: at, to: at, text: ` ${text}` }];
}

/** A value for a block collection: lines of its own only if nothing else stands behind it on its line. */
function writeInBlock(source: YamlSource, value: null | boolean | number | string, at: number, column: number): string {
  const isLast = at === endOfLine(source.text, at);
  const written = isLast ? writeValue(value, source.style, column) : undefined;
  if (written !== undefined) return [written.head, ...written.lines].join(source.eol);
  return typeof value === 'string' ? writeText(value, source.style.quote, false) : writeAtom(value);
}

/** The column of the lines of a block text, or undefined if it has none. */
function columnOfBlockText(source: YamlSource, scalar: YamlScalar): number | undefined {
  const header = /^[|>][-+]?[0-9]/.test(source.text.slice(scalar.from, scalar.from + 3));
  const lines = source.text.slice(scalar.from, scalar.to).split(/\r?\n/).slice(1);
  const first = lines.find((line) => line.trim() !== '');
  return header || first === undefined ? undefined : (/^ */.exec(first)?.[0].length ?? 0);
}

/** True if the items of a list are parted by blank lines. */
function blankLineParts(source: YamlSource, sequence: YamlSequence): boolean {
  const items = blockItems(source, sequence);
  const last = items?.at(-1);
  const previous = items?.at(-2);
  if (last === undefined || previous === undefined) return false;
  return /\n[ \t]*\r?\n/.test(source.text.slice(previous.to, last.from));
}

/** True if a new section should be parted from the others by a blank line: where others are, or where only one stands. */
function wantsBlankLine(source: YamlSource, root: YamlMapping): boolean {
  const own = ownEntries(root);
  if (own.length < 2) return true;
  return own.some((entry, index) => {
    const previous = own[index - 1];
    const end = previous === undefined ? undefined : endOfEntry(source, previous);
    return end !== undefined && /\n[ \t]*\r?\n/.test(source.text.slice(end, entry.key.from));
  });
}

/** How many nodes are asked for the style of a file. */
const STYLE_SAMPLE = 2000;

function styleOf(text: string, root: YamlNode | undefined): YamlStyleOfFile {
  const indents = new Map<number, number>();
  const sequenceIndents = new Map<number, number>();
  let singles = 0;
  let doubles = 0;
  let budget = STYLE_SAMPLE;
  const column = (offset: number): number => columnIn(text, offset);
  function count(votes: Map<number, number>, width: number): void {
    votes.set(width, (votes.get(width) ?? 0) + 1);
  }
  function visit(node: YamlNode): void {
    if (budget-- <= 0) return;
    if (node.kind === 'scalar') {
      if (node.style === 'single-quoted') singles++;
      if (node.style === 'double-quoted') doubles++;
      return;
    }
    if (node.kind === 'sequence') {
      node.items.forEach(visit);
      return;
    }
    for (const { key, value, merged } of node.entries) {
      if (merged || value.from < key.to) continue;
      visit(value);
      if (node.flow || value.kind === 'scalar' || value.flow) continue;
      const width = column(value.from) - column(node.from);
      if (value.kind === 'mapping' && width > 0) count(indents, width);
      if (value.kind === 'sequence' && width >= 0) count(sequenceIndents, width);
    }
  }
  if (root !== undefined) visit(root);
  const sequenceIndent = mostFrequent(sequenceIndents);
  const indent = mostFrequent(indents) ?? (sequenceIndent === undefined || sequenceIndent === 0 ? 2 : sequenceIndent);
  return { indent, sequenceIndent: sequenceIndent ?? indent, quote: singles > doubles ? "'" : '"' };
}

function mostFrequent(votes: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  for (const [width, count] of votes) {
    if (best === undefined || count > (votes.get(best) ?? 0)) best = width;
  }
  return best;
}

/** The spans of nodes whose anchor an alias names. */
function sharedSpans(text: string, root: YamlNode | undefined): readonly Span[] {
  if (root === undefined || !text.includes('*') || !text.includes('&')) return [];
  const { kinds, tos, values } = scanYaml(text, text.startsWith('\ufeff') ? 1 : 0, text.length);
  const aliases = new Set(values.filter((_, index) => kinds[index] === TOKEN.ALIAS));
  const ends = kinds.flatMap((kind, index) => (kind === TOKEN.ANCHOR && aliases.has(values[index] ?? '') ? [tos[index] ?? 0] : []));
  if (ends.length === 0) return [];
  const nodes = spansByStart(root);
  return ends.map((end) => nodes.find((span) => span.from >= end) ?? { from: end, to: end });
}

/** All nodes, keys too, by their start; of those that start together the widest stands first. */
function spansByStart(root: YamlNode): readonly Span[] {
  const seen = new Set<YamlNode>();
  const pending: YamlNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'sequence') pending.push(...node.items);
    if (node.kind === 'mapping') for (const { key, value } of [...node.entries, ...node.duplicates]) pending.push(key, value);
  }
  return [...seen].sort((a, b) => a.from - b.from || b.to - a.to);
}
