/** A directed graph over string keys, kept by small changes, with the searches that lineage needs. */

/**
 * Nodes and edges with a payload. Adding an edge adds its ends. All lists are sorted by key (code-unit order) and are
 * live: they hold until the next change of the graph.
 */
export interface Digraph<Edge> {
  readonly nodeCount: number;
  readonly edgeCount: number;
  hasNode(key: string): boolean;
  addNode(key: string): void;
  /** Removes a node and all its edges; unknown keys are ignored. */
  removeNode(key: string): void;
  /** Adds or replaces the edge's payload. */
  setEdge(from: string, to: string, payload: Edge): void;
  removeEdge(from: string, to: string): void;
  edge(from: string, to: string): Edge | undefined;
  children(key: string): readonly string[];
  parents(key: string): readonly string[];
  /** All keys, sorted. */
  keys(): string[];
}

/** Which way to walk: towards what a node is made from, or towards what is made from it. */
export type Direction = 'parents' | 'children';

interface NodeRecord<Edge> {
  // Parallel arrays, sorted by key. Arrays take a fraction of the memory of maps, and most nodes have few neighbours.
  readonly children: string[];
  readonly payloads: Edge[];
  readonly parents: string[];
}

const NONE: readonly string[] = [];

/** Makes an empty graph. */
export function createDigraph<Edge>(): Digraph<Edge> {
  const nodes = new Map<string, NodeRecord<Edge>>();
  let edgeCount = 0;

  const ensure = (key: string): NodeRecord<Edge> => {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const made: NodeRecord<Edge> = { children: [], payloads: [], parents: [] };
    nodes.set(key, made);
    return made;
  };

  const removeEdge = (from: string, to: string): void => {
    const source = nodes.get(from);
    const target = nodes.get(to);
    if (source === undefined || target === undefined) return;
    const at = indexOfSorted(source.children, to);
    if (at < 0) return;
    source.children.splice(at, 1);
    source.payloads.splice(at, 1);
    target.parents.splice(indexOfSorted(target.parents, from), 1);
    edgeCount--;
  };

  return {
    get nodeCount() {
      return nodes.size;
    },
    get edgeCount() {
      return edgeCount;
    },
    hasNode: (key) => nodes.has(key),
    addNode(key) {
      ensure(key);
    },
    removeNode(key) {
      const node = nodes.get(key);
      if (node === undefined) return;
      for (const child of [...node.children]) removeEdge(key, child);
      for (const parent of [...node.parents]) removeEdge(parent, key);
      nodes.delete(key);
    },
    setEdge(from, to, payload) {
      const source = ensure(from);
      const target = ensure(to);
      const at = indexOfSorted(source.children, to);
      if (at >= 0) {
        source.payloads[at] = payload;
        return;
      }
      source.children.splice(~at, 0, to);
      source.payloads.splice(~at, 0, payload);
      target.parents.splice(~indexOfSorted(target.parents, from), 0, from);
      edgeCount++;
    },
    removeEdge,
    edge(from, to) {
      const source = nodes.get(from);
      if (source === undefined) return undefined;
      const at = indexOfSorted(source.children, to);
      return at < 0 ? undefined : source.payloads[at];
    },
    children: (key) => nodes.get(key)?.children ?? NONE,
    parents: (key) => nodes.get(key)?.parents ?? NONE,
    keys: () => [...nodes.keys()].sort(compareKeys),
  };
}

/** The index of a key in a sorted list, or `~index` of the place where it belongs. */
function indexOfSorted(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  // Keys mostly come in order when a graph is first built.
  const last = sorted[high - 1];
  if (last === undefined || last < key) return ~high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = sorted[middle];
    if (candidate === key) return middle;
    if (candidate !== undefined && candidate < key) low = middle + 1;
    else high = middle;
  }
  return ~low;
}

/** Code-unit order, the same on every machine. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function neighbours<Edge>(graph: Digraph<Edge>, key: string, direction: Direction): readonly string[] {
  return direction === 'children' ? graph.children(key) : graph.parents(key);
}

/**
 * All nodes that can be reached from `starts` by one or more edges; a start is in it only if it lies on a cycle or below
 * another start. With `enter`, nodes for which it says false are left out and not walked through.
 */
export function reachable<Edge>(
  graph: Digraph<Edge>,
  starts: Iterable<string>,
  direction: Direction,
  enter: (key: string) => boolean = () => true,
): Set<string> {
  const found = new Set<string>();
  const open: string[] = [...starts];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const next of neighbours(graph, key, direction)) {
      if (found.has(next) || !enter(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

/**
 * The cycles of the graph as strongly connected components: sets of more than one node, and single nodes with an edge to
 * themselves. Keys in each are sorted, and so are the components. Tarjan's algorithm without recursion.
 */
export function findCycles(graph: Pick<Digraph<unknown>, 'keys' | 'children'>): string[][] {
  const indexOf = new Map<string, number>();
  const lowLink = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const components: string[][] = [];

  for (const root of graph.keys()) {
    if (indexOf.has(root)) continue;
    const work: { readonly key: string; next: number }[] = [{ key: root, next: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { key } = frame;
      if (frame.next === 0) {
        const index = indexOf.size;
        indexOf.set(key, index);
        lowLink.set(key, index);
        stack.push(key);
        onStack.add(key);
      }
      const child = graph.children(key)[frame.next];
      if (child !== undefined) {
        frame.next++;
        if (!indexOf.has(child)) work.push({ key: child, next: 0 });
        else if (onStack.has(child)) lower(lowLink, key, indexOf.get(child));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) lower(lowLink, parent.key, lowLink.get(key));
      if (lowLink.get(key) !== indexOf.get(key)) continue;
      const component: string[] = [];
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member);
        component.push(member);
        if (member === key) break;
      }
      if (component.length > 1 || graph.children(key).includes(key)) {
        components.push(component.sort(compareKeys));
      }
    }
  }
  return components.sort((a, b) => compareKeys(a[0] ?? '', b[0] ?? ''));
}

function lower(lowLink: Map<string, number>, key: string, candidate: number | undefined): void {
  const current = lowLink.get(key);
  if (candidate !== undefined && current !== undefined && candidate < current) lowLink.set(key, candidate);
}

/**
 * A shortest path of at least one edge from `from` to `to`, both ends included; undefined if there is none. `from === to`
 * gives a cycle through the node. Among equally short paths the one with the smallest keys from the start wins.
 */
export function shortestPath<Edge>(graph: Digraph<Edge>, from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  let front: string[] = [from];
  while (front.length > 0) {
    const nextFront: string[] = [];
    for (const key of front) {
      for (const child of graph.children(key)) {
        if (cameFrom.has(child)) continue;
        cameFrom.set(child, key);
        if (child === to) return pathTo(cameFrom, from, to);
        nextFront.push(child);
      }
    }
    front = nextFront;
  }
  return undefined;
}

function pathTo(cameFrom: ReadonlyMap<string, string>, from: string, to: string): string[] {
  const path = [to];
  let key = cameFrom.get(to);
  while (key !== undefined && key !== from) {
    path.push(key);
    key = cameFrom.get(key);
  }
  path.push(from);
  return path.reverse();
}

/**
 * The longest chain of nodes that ends at `key` (direction `parents`) or starts there (`children`), through nodes that
 * `include` accepts; in the order of the edges. Empty if `key` itself is not accepted. Edges that close a
 * cycle are not walked. Among equally long chains the one with the smallest neighbour at each step wins.
 */
export function longestChain<Edge>(
  graph: Digraph<Edge>,
  key: string,
  direction: Direction,
  include: (key: string) => boolean = () => true,
): string[] {
  if (!include(key)) return [];
  // Length of the longest chain from a node, and the neighbour it goes on with; null while the node is being worked on.
  const best = new Map<string, { readonly length: number; readonly next: string | undefined } | null>();
  const work: { readonly key: string; at: number; length: number; next: string | undefined }[] = [
    { key, at: 0, length: 1, next: undefined },
  ];
  best.set(key, null);
  for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
    const neighbour = neighbours(graph, frame.key, direction)[frame.at];
    if (neighbour === undefined) {
      best.set(frame.key, { length: frame.length, next: frame.next });
      work.pop();
      continue;
    }
    const known = best.get(neighbour);
    if (known === undefined && include(neighbour)) {
      best.set(neighbour, null);
      work.push({ key: neighbour, at: 0, length: 1, next: undefined });
      continue;
    }
    frame.at++;
    if (known !== undefined && known !== null && known.length + 1 > frame.length) {
      frame.length = known.length + 1;
      frame.next = neighbour;
    }
  }
  const chain: string[] = [];
  for (let at: string | undefined = key; at !== undefined; at = best.get(at)?.next) chain.push(at);
  return direction === 'parents' ? chain.reverse() : chain;
}

/**
 * Keys so that parents come before children; nodes on a cycle, and those below one, come last in key order. Ties are
 * broken by key, hence the order is the same for the same graph.
 */
export function topologicalOrder<Edge>(graph: Digraph<Edge>): string[] {
  const waiting = new Map<string, number>();
  const order: string[] = [];
  let ready: string[] = [];
  for (const key of graph.keys()) {
    const count = graph.parents(key).length;
    waiting.set(key, count);
    if (count === 0) ready.push(key);
  }
  // Level by level, each sorted: stable, and linear but for the sorting.
  while (ready.length > 0) {
    const nextReady: string[] = [];
    for (const key of ready) {
      order.push(key);
      waiting.delete(key);
      for (const child of graph.children(key)) {
        const left = (waiting.get(child) ?? 0) - 1;
        waiting.set(child, left);
        if (left === 0) nextReady.push(child);
      }
    }
    ready = nextReady.sort(compareKeys);
  }
  return [...order, ...waiting.keys()];
}
