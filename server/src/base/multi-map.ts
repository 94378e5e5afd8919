/** A map from a key to a set of values, whose empty sets vanish. Most keys have one value, which takes no set of its own. */

export interface MultiMap<K, V extends object | string> {
  get(key: K): readonly V[];
  has(key: K): boolean;
  add(key: K, value: V): void;
  delete(key: K, value: V): void;
  keys(): IterableIterator<K>;
  clear(): void;
}

const NONE: readonly never[] = [];

/** Makes an empty multi-map. Values come in the order in which they were added. */
export function createMultiMap<K, V extends object | string>(): MultiMap<K, V> {
  const single = new Map<K, V | Set<V>>();
  return {
    get(key) {
      const found = single.get(key);
      if (found === undefined) return NONE;
      return found instanceof Set ? [...found] : [found];
    },
    has: (key) => single.has(key),
    add(key, value) {
      const found = single.get(key);
      if (found === undefined) single.set(key, value);
      else if (found instanceof Set) found.add(value);
      else if (found !== value) single.set(key, new Set<V>([found, value]));
    },
    delete(key, value) {
      const found = single.get(key);
      if (found === undefined) return;
      if (!(found instanceof Set)) {
        if (found === value) single.delete(key);
      } else if (found.delete(value) && found.size === 0) single.delete(key);
    },
    keys: () => single.keys(),
    clear: () => {
      single.clear();
    },
  };
}
