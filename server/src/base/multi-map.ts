/** A map from a key to several values, each once. Most keys have one value or a few, which take no set of their own. */

/** Values may be texts or objects, but no arrays and no sets. */
export interface MultiMap<K, V extends object | string> {
  /** The values of a key in the order in which they were added, as they are now: later changes do not show in the list. */
  get(key: K): readonly V[];
  has(key: K): boolean;
  add(key: K, value: V): void;
  delete(key: K, value: V): void;
  keys(): IterableIterator<K>;
  clear(): void;
}

const NONE: readonly never[] = [];

/** Up to so many values stand in an array, which is replaced at each change. */
const MOST_IN_ARRAY = 8;

/** Makes a multi-map, an empty one if no keys are given; theirs are the values that `get` gave of them, which no one changes any more. */
export function createMultiMap<K, V extends object | string>(entries: Iterable<readonly [K, readonly V[]]> = []): MultiMap<K, V> {
  const slots = new Map<K, V | readonly V[] | Set<V>>();
  for (const [key, values] of entries) {
    const [first] = values;
    if (first !== undefined) slots.set(key, values.length === 1 ? first : values.length <= MOST_IN_ARRAY ? values : new Set(values));
  }

  return {
    get(key) {
      const slot = slots.get(key);
      if (slot === undefined) return NONE;
      if (slot instanceof Set) return [...slot];
      return isArray(slot) ? slot : [slot];
    },
    has: (key) => slots.has(key),
    add(key, value) {
      const slot = slots.get(key);
      if (slot === undefined) slots.set(key, value);
      else if (slot instanceof Set) slot.add(value);
      else if (!isArray(slot)) {
        if (slot !== value) slots.set(key, [slot, value]);
      } else if (!slot.includes(value)) {
        slots.set(key, slot.length < MOST_IN_ARRAY ? [...slot, value] : new Set(slot).add(value));
      }
    },
    delete(key, value) {
      const slot = slots.get(key);
      if (slot === undefined) return;
      if (slot instanceof Set) {
        if (slot.delete(value) && slot.size === 0) slots.delete(key);
      } else if (!isArray(slot)) {
        if (slot === value) slots.delete(key);
      } else if (slot.includes(value)) {
        const [first, ...others] = slot.filter((other) => other !== value);
        if (first !== undefined) slots.set(key, others.length === 0 ? first : [first, ...others]);
      }
    },
    keys: () => slots.keys(),
    clear: () => {
      slots.clear();
    },
  };
}

function isArray<V extends object | string>(slot: V | readonly V[]): slot is readonly V[] {
  return Array.isArray(slot);
}
