/** Remembers how variables and containers were before a branch that may not happen, so that it can be undone. */

import type { IteratorValue, JinjaDict, JinjaValue, NamespaceValue, SetValue } from './values.ts';

/** The variables of one scope. */
export type Variables = Map<string, JinjaValue>;

interface Write {
  readonly holder: Variables;
  readonly name: string;
  readonly before: JinjaValue | undefined;
}

/** What one tentative branch changed. */
export interface Journal {
  readonly writes: Write[];
  /** Containers with a copy of their contents before the first change. */
  readonly containers: Map<Container, () => void>;
  readonly outer: Journal | undefined;
}

let current: Journal | undefined;

/** Containers that a branch on unknown values may have changed: nothing is known of their contents. */
const uncertainContainers = new WeakSet<Container>();

/** What can be changed in place; to read an iterator changes it. */
export type Container = JinjaValue[] | JinjaDict | SetValue | NamespaceValue | IteratorValue;

/** From now on nothing is known of the contents of this container; undone with the journal. */
export function markUncertain(container: Container): void {
  uncertainContainers.add(container);
}

/** True if branches on unknown values may have changed the container. */
export function isUncertain(container: Container): boolean {
  return uncertainContainers.has(container);
}

/** Begins to record; every later change can be undone with `rollBack`. */
export function beginJournal(): Journal {
  current = { writes: [], containers: new Map(), outer: current };
  return current;
}

/** Undoes everything since `beginJournal`, innermost change first, and stops recording into it. */
export function rollBack(journal: Journal): void {
  for (let index = journal.writes.length - 1; index >= 0; index -= 1) {
    const write = journal.writes[index];
    if (write === undefined) continue;
    if (write.before === undefined) write.holder.delete(write.name);
    else write.holder.set(write.name, write.before);
  }
  for (const restore of journal.containers.values()) restore();
  current = journal.outer;
}

/** Forgets all journals: for the start of an evaluation. */
export function resetJournal(): void {
  current = undefined;
}

/** Assigns a variable or an attribute of a namespace. */
export function writeVariable(holder: Variables, name: string, value: JinjaValue): void {
  if (current !== undefined) current.writes.push({ holder, name, before: holder.get(name) });
  holder.set(name, value);
}

/** To be called before a list, dict, set or iterator changes. */
export function beforeChange(container: Container): void {
  if (current === undefined || current.containers.has(container)) return;
  const restore = restorer(container);
  const wasUncertain = uncertainContainers.has(container);
  current.containers.set(container, () => {
    restore();
    if (!wasUncertain) uncertainContainers.delete(container);
  });
}

function restorer(container: Container): () => void {
  if (Array.isArray(container)) return restoreList(container);
  if (container instanceof Map) return restoreDict(container);
  if (container.kind === 'iterator') {
    const { position } = container;
    return () => {
      container.position = position;
    };
  }
  return container.kind === 'set' ? restoreList(container.items) : restoreDict(container.attributes);
}

function restoreList(items: JinjaValue[]): () => void {
  const copy = [...items];
  return () => {
    items.length = 0;
    for (const item of copy) items.push(item);
  };
}

function restoreDict<Key>(dict: Map<Key, JinjaValue>): () => void {
  const copy = [...dict];
  return () => {
    dict.clear();
    for (const [key, value] of copy) dict.set(key, value);
  };
}
