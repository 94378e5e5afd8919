/** A map from a key to a set of values, whose empty sets vanish. */

export interface MultiMap<K, V> {
  get(key: K): ReadonlySet<V>;
  has(key: K): boolean;
  add(key: K, value: V): void;
  delete(key: K, value: V): void;
  keys(): IterableIterator<K>;
  clear(): void;
}

/** Makes an empty multi-map. */
export function createMultiMap<K, V>(): MultiMap<K, V> {
  const sets = new Map<K, Set<V>>();
  const nothing: ReadonlySet<V> = new Set();
  return {
    get: (key) => sets.get(key) ?? nothing,
    has: (key) => sets.has(key),
    add(key, value) {
      const set = sets.get(key);
      if (set === undefined) sets.set(key, new Set([value]));
      else set.add(value);
    },
    delete(key, value) {
      const set = sets.get(key);
      if (set === undefined || !set.delete(value)) return;
      if (set.size === 0) sets.delete(key);
    },
    keys: () => sets.keys(),
    clear: () => {
      sets.clear();
    },
  };
}
