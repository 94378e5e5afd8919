/** Finds the place of a fix in a property file, by the names that the index uses, and adds items to lists there. */

import type { FileId } from '../../base/file-id.ts';
import type { EntryReference } from '../../index/model.ts';
import type { YamlData, YamlEdits, YamlSource } from '../../syntax/yaml/edit.ts';
import { addKey, appendItem, setKey, yamlSource } from '../../syntax/yaml/edit.ts';
import type { YamlEntry, YamlMapping, YamlNode } from '../../syntax/yaml/node.ts';
import type { FixTools } from '../rule.ts';

/** Reads a file anew, ready for edits; undefined if it is gone, broken or not a mapping. */
export function editableYaml(tools: FixTools, file: FileId): (YamlSource & { readonly root: YamlMapping }) | undefined {
  const text = tools.text(file);
  const document = tools.yaml(file);
  if (text === undefined || document?.root?.kind !== 'mapping') return undefined;
  const source = yamlSource(text, document);
  return source.editable ? { ...source, root: document.root } : undefined;
}

/** The mapping of an entry of a property file, by the entry's id. */
export function entryNode(root: YamlMapping, reference: EntryReference): YamlMapping | undefined {
  const section = reference.entry.slice(0, reference.entry.indexOf('/'));
  const list = entryOf(root, section)?.value;
  if (list?.kind !== 'sequence') return undefined;
  const seen = new Map<string, number>();
  for (const [index, item] of list.items.entries()) {
    const name = nameOf(item) ?? `?${String(index)}`;
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    const id = count === 0 ? `${section}/${name}` : `${section}/${name}#${String(count)}`;
    if (id === reference.entry) return item.kind === 'mapping' && isWithin(item, list) ? item : undefined;
  }
  return undefined;
}

function nameOf(item: YamlNode): string | undefined {
  if (item.kind !== 'mapping') return undefined;
  const name = entryOf(item, 'name')?.value;
  if (name?.kind !== 'scalar') return undefined;
  return typeof name.value === 'string' || typeof name.value === 'number' ? String(name.value) : undefined;
}

/** The mapping below a node at a path; undefined if there is none, or if its text stands elsewhere. */
export function mappingAt(node: YamlMapping, path: readonly (string | number)[]): YamlMapping | undefined {
  let current: YamlNode = node;
  for (const step of path) {
    let next: YamlNode | undefined;
    if (typeof step === 'number') next = current.kind === 'sequence' ? current.items[step] : undefined;
    else next = current.kind === 'mapping' ? entryOf(current, step)?.value : undefined;
    if (next === undefined || !isWithin(next, current)) return undefined;
    current = next;
  }
  return current.kind === 'mapping' ? current : undefined;
}

/** False for what an alias or a merge key brought in. */
function isWithin(node: YamlNode, parent: YamlNode): boolean {
  return node.from >= parent.from && node.to <= parent.to;
}

/** The entry of a key that is written in the mapping itself. */
export function entryOf(mapping: YamlMapping, key: string): YamlEntry | undefined {
  return mapping.entries.find((entry) => !entry.merged && entry.key.kind === 'scalar' && entry.key.value === key);
}

/** Adds items to the list under a key, which is made if it is missing or empty. Undefined if there is no safe edit. */
export function addToList(source: YamlSource, mapping: YamlMapping, key: string, items: readonly YamlData[]): YamlEdits {
  const list = entryOf(mapping, key)?.value;
  if (list === undefined) return addKey(source, mapping, key, items);
  if (list.kind === 'scalar') return list.value === null ? setKey(source, mapping, key, items) : undefined;
  if (list.kind !== 'sequence' || !isWithin(list, mapping)) return undefined;
  const parts = items.map((item) => appendItem(source, list, item));
  const [first] = parts[0] ?? [];
  if (parts.length === 1) return parts[0];
  // Items that go to one place become one edit: two edits at one offset have no order.
  const texts = parts.map((edits) => (edits?.length === 1 && edits[0]?.from === first?.from ? edits[0]?.text : undefined));
  if (first === undefined || texts.includes(undefined)) return undefined;
  return [{ ...first, text: texts.join(list.items.length === 0 ? ', ' : '') }];
}
