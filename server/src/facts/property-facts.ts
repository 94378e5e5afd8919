/** Reads property files and other YAML: entries as plain values with their places beside them. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDate, isPyDict } from '../base/python-values.ts';
import type { SyntaxProblem } from '../base/span.ts';
import type { YamlDialect } from '../syntax/yaml/parse.ts';
import { entryNotDict, entryWithoutName, sectionNotList } from '../dbt/messages.ts';
import { isTemplateEntry } from '../dbt/rendered-keys.ts';
import { parseYaml } from '../syntax/yaml/parse.ts';
import type { YamlMapping, YamlNode, YamlScalar } from '../syntax/yaml/node.ts';
import type { DuplicateKey, PropertyEntry, PropertyFacts, ValueFacts } from './file-facts.ts';
import { valueWithSpans } from './value-spans.ts';
import { pyStr } from '../dbt/python-repr.ts';

/** What a YAML file gives, apart from its suppressions. */
export interface YamlReading<Data> {
  readonly data: Data;
  readonly problems: readonly SyntaxProblem[];
  readonly duplicateKeys: readonly DuplicateKey[];
}

/** Most values that aliases and merge keys may make of one file; beyond it the file is refused (alias bombs). */
const MAX_VALUES = 300_000;

/** The sections whose items are indexed by name; `tests` stands here since users write it where dbt wants `data_tests`. */
const SECTIONS: ReadonlySet<string> = new Set([
  'models',
  'seeds',
  'snapshots',
  'sources',
  'macros',
  'analyses',
  'data_tests',
  'exposures',
  'functions',
  'metrics',
  'groups',
  'semantic_models',
  'unit_tests',
  'saved_queries',
]);

/** Reads a property file (`schema.yml`), as PyYAML reads it. */
export function readPropertyFile(text: string): YamlReading<PropertyFacts> {
  const { root, problems } = parseYaml(text, 'dbt');
  const entries: PropertyEntry[] = [];
  const sections: PropertyFacts['sections'][number][] = [];
  const more: SyntaxProblem[] = [];
  if (root?.kind === 'mapping') readSections(root, /\{[{%#]/.test(text), entries, sections, more);
  else if (root !== undefined && !(root.kind === 'scalar' && root.value === null)) {
    more.push({
      code: 'yaml-root-not-mapping',
      message: 'A property file must be a mapping with keys such as models: or sources:; its contents are not valid. Dictionary expected.',
      span: { from: root.from, to: root.to },
    });
  }
  const { duplicateKeys, hugeIntegers } = searchDocument(root, text);
  // dbt keeps the whole document in its cache of parsed files, which holds no such numbers.
  for (const { from, to } of hugeIntegers) more.push({ code: 'property-invalid', message: 'Integer value out of range', span: { from, to } });
  return {
    // Copies have just the size that is needed.
    data: { kind: 'properties', entries: entries.slice(), sections: sections.slice() },
    problems: [...problems, ...more],
    duplicateKeys,
  };
}

/** Below so many entries, looking at each is quicker than a map. */
const SHORT_LIST = 4;

const indexes = new WeakMap<PropertyFacts, ReadonlyMap<string, PropertyEntry>>();

/** The entry of an id; of a long file without going through all of them each time. */
export function entryOfId(facts: PropertyFacts, id: string): PropertyEntry | undefined {
  const { entries } = facts;
  if (entries.length <= SHORT_LIST) return entries.find((entry) => entry.id === id);
  let index = indexes.get(facts);
  if (index === undefined) {
    // A name may hold a `#1` itself: of equal ids the first counts, as above.
    index = new Map(entries.map((entry): [string, PropertyEntry] => [entry.id, entry]).reverse());
    indexes.set(facts, index);
  }
  return index.get(id);
}

function readSections(
  root: YamlMapping,
  mayHoldJinja: boolean,
  entries: PropertyEntry[],
  sections: PropertyFacts['sections'][number][],
  problems: SyntaxProblem[],
): void {
  let budget = MAX_VALUES;
  for (const { key, value } of root.entries) {
    if (key.kind !== 'scalar' || typeof key.value !== 'string') continue;
    const section = key.value;
    const isNull = value.kind === 'scalar' && value.value === null;
    sections.push({ key: section, shape: value.kind === 'sequence' ? 'list' : isNull ? 'null' : 'other' });
    if (!isKnownKey(section)) {
      const isScalar = value.kind === 'scalar' && !isNull;
      const code = isScalar ? 'top-level-value-unknown' : 'top-level-key-unknown';
      const message = `dbt ignores the top-level key '${section}'${isScalar ? '' : ' and all below it'}.`;
      problems.push({ code, message, span: { from: key.from, to: key.to } });
    }
    if (SECTIONS.has(section) && value.kind !== 'sequence') {
      const plain = valueWithSpans(value, budget)?.value ?? null;
      const span = { from: key.from, to: key.to };
      problems.push({ code: 'section-not-list', message: sectionNotList('this file', section, plain).message, span });
    }
    if (value.kind !== 'sequence' || !SECTIONS.has(section)) continue;
    const seen = new Map<string, number>();
    for (const [index, item] of value.items.entries()) {
      const read = valueWithSpans(item, budget);
      if (read === undefined) {
        problems.push(tooManyValues(item));
        return;
      }
      budget -= read.spans.length / 2;
      const name = nameOfEntry(read.value) ?? `?${String(index)}`;
      const fault = faultOfEntry(section, read.value);
      if (fault !== undefined) problems.push({ ...fault, span: { from: item.from, to: item.to } });
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      const id = count === 0 ? `${section}/${name}` : `${section}/${name}#${String(count)}`;
      const entry: PropertyEntry = { id, section, name, value: read.value, spans: read.spans };
      entries.push(name.endsWith('\n') || (mayHoldJinja && isTemplateEntry(section, read.value)) ? { ...entry, isTemplate: true } : entry);
    }
  }
}

/** Beside the sections: the version, and where dbt 1.10 and newer look for anchors. */
const OTHER_KEYS: ReadonlySet<string> = new Set(['version', 'anchors', 'tests', 'macros', 'functions', 'data_tests']);

/** Keys that begin with a dot, an underscore or `x-` are a habit of those who keep anchors under keys of their own. */
function isKnownKey(key: string): boolean {
  return SECTIONS.has(key) || OTHER_KEYS.has(key) || /^(?:\.|_|x-)/.test(key);
}

/** An item that dbt refuses at once; those of `data_tests:` it merely leaves out. */
function faultOfEntry(section: string, value: PyValue): { readonly code: string; readonly message: string } | undefined {
  if (section === 'data_tests') return undefined;
  if (!isPyDict(value)) return entryNotDict('this file', section);
  return value.has('name') || !NAMED_SECTIONS.has(section) ? undefined : entryWithoutName('this file', section);
}

/** Sections whose items dbt looks up by name before it reads anything else of them. */
const NAMED_SECTIONS: ReadonlySet<string> = new Set([
  'models', 'seeds', 'snapshots', 'sources', 'macros', 'analyses', 'exposures', 'metrics', 'semantic_models', 'saved_queries', 'functions',
]);

/** The name of an entry as dbt looks it up, if it can be one. */
export function nameOfEntry(value: PyValue): string | undefined {
  if (!isPyDict(value)) return undefined;
  const name = value.get('name');
  if (typeof name === 'string') return name;
  // dbt takes a date for its text. Of numbers it complains.
  if (isPyDate(name)) return pyStr(name);
  return typeof name === 'number' ? String(name) : undefined;
}

/** Reads a YAML file as one value; an empty file is an empty dict. */
export function readValueFile(text: string, dialect: YamlDialect): YamlReading<ValueFacts> {
  const { root, problems } = parseYaml(text, dialect);
  const empty: PyDict = new Map();
  const read = root === undefined ? { value: empty, spans: new Int32Array([0, 0]) } : valueWithSpans(root, MAX_VALUES);
  return {
    data: { kind: 'value', value: read?.value ?? empty, spans: read?.spans ?? new Int32Array([0, 0]) },
    problems: read === undefined && root !== undefined ? [...problems, tooManyValues(root)] : problems,
    duplicateKeys: searchDocument(root, text).duplicateKeys,
  };
}

function tooManyValues(node: YamlNode): SyntaxProblem {
  return {
    code: 'yaml-too-many-values',
    message: `Aliases and merge keys expand this file to more than ${String(MAX_VALUES)} values; it is not read.`,
    span: { from: node.from, to: node.to },
  };
}

/** What stands anywhere in a document: keys that a later equal key hides, and integers of more than 64 bits; what aliases share counts once. */
function searchDocument(root: YamlNode | undefined, text: string): { readonly duplicateKeys: readonly DuplicateKey[]; readonly hugeIntegers: readonly YamlScalar[] } {
  const duplicateKeys: DuplicateKey[] = [];
  const hugeIntegers: YamlScalar[] = [];
  const seen = new Set<YamlNode>();
  const mayShare = text.includes('*');
  const stack: YamlNode[] = root === undefined ? [] : [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === 'scalar') {
      if (typeof node.value !== 'bigint' || seen.has(node) || (node.value >= -(2n ** 63n) && node.value < 2n ** 64n)) continue;
      seen.add(node);
      hugeIntegers.push(node);
      continue;
    }
    if (mayShare) {
      if (seen.has(node)) continue;
      seen.add(node);
    }
    if (node.kind === 'sequence') {
      for (const item of node.items) stack.push(item);
      continue;
    }
    for (const { key } of node.duplicates) {
      if (key.kind === 'scalar') duplicateKeys.push({ key: pyStr(key.value), span: { from: key.from, to: key.to } });
    }
    for (const { value } of node.entries) stack.push(value);
  }
  return { duplicateKeys: duplicateKeys.sort((a, b) => a.span.from - b.span.from), hugeIntegers };
}
