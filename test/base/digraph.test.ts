/** The graph under changes, and its searches against slow definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digraph } from '../../server/src/base/digraph.ts';
import {
  createDigraph,
  findCycles,
  longestChain,
  reachable,
  shortestPath,
  topologicalOrder,
} from '../../server/src/base/digraph.ts';

function graphOf(...edges: readonly string[]): Digraph<string> {
  const graph = createDigraph<string>();
  for (const edge of edges) {
    const [from = '', to = ''] = edge.split('>');
    graph.setEdge(from, to, edge);
  }
  return graph;
}

const anyKey = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const anyEdges = fc.array(fc.tuple(anyKey, anyKey), { maxLength: 20 });

describe('createDigraph', () => {
  it('lists neighbours both ways, sorted', () => {
    const graph = graphOf('b>z', 'b>a', 'c>a', 'a>q');
    expect(graph.children('b')).toEqual(['a', 'z']);
    expect(graph.parents('a')).toEqual(['b', 'c']);
    expect(graph.keys()).toEqual(['a', 'b', 'c', 'q', 'z']);
    expect(graph.edge('b', 'a')).toBe('b>a');
    expect(graph.edge('a', 'b')).toBeUndefined();
    expect(graph.children('nobody')).toEqual([]);
  });

  it('forgets the edges of a removed node', () => {
    const graph = graphOf('a>b', 'b>c', 'c>b', 'b>b');
    graph.removeNode('b');
    expect([graph.nodeCount, graph.edgeCount]).toEqual([2, 0]);
    expect(graph.children('a')).toEqual([]);
    expect(graph.parents('c')).toEqual([]);
  });

  it('keeps ends when only an edge goes', () => {
    const graph = graphOf('a>b');
    graph.removeEdge('a', 'b');
    expect(graph.keys()).toEqual(['a', 'b']);
    expect(graph.edgeCount).toBe(0);
  });

  it('after any changes equals a graph built from what is left', () => {
    const change = fc.tuple(fc.constantFrom('set', 'unset', 'drop'), anyKey, anyKey);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const graph = createDigraph<number>();
        const edges = new Map<string, number>();
        changes.forEach(([kind, from, to], step) => {
          if (kind === 'set') {
            graph.setEdge(from, to, step);
            edges.set(`${from}${to}`, step);
          } else if (kind === 'unset') {
            graph.removeEdge(from, to);
            edges.delete(`${from}${to}`);
          } else {
            graph.removeNode(from);
            for (const edge of [...edges.keys()]) if (edge.includes(from)) edges.delete(edge);
          }
        });
        const found = graph.keys().flatMap((from) => graph.children(from).map((to) => [from + to, graph.edge(from, to)]));
        expect(found).toEqual([...edges].sort(([a], [b]) => (a < b ? -1 : 1)));
        expect(graph.edgeCount).toBe(edges.size);
        for (const to of graph.keys()) {
          const parents = graph.keys().filter((from) => edges.has(from + to));
          expect(graph.parents(to)).toEqual(parents);
        }
      }),
    );
  });
});

describe('reachable', () => {
  it('walks against the edges too, and leaves out the start unless it is on a cycle', () => {
    const graph = graphOf('a>b', 'b>c', 'd>c', 'x>x');
    expect([...reachable(graph, ['c'], 'parents')].sort()).toEqual(['a', 'b', 'd']);
    expect([...reachable(graph, ['a'], 'children')].sort()).toEqual(['b', 'c']);
    expect([...reachable(graph, ['x'], 'children')]).toEqual(['x']);
  });

  it('does not walk through a node that it may not enter', () => {
    const graph = graphOf('a>b', 'b>c', 'a>d');
    expect([...reachable(graph, ['a'], 'children', (key) => key !== 'b')]).toEqual(['d']);
  });
});

describe('findCycles', () => {
  it('finds two nodes on a cycle together exactly if each is reached from the other', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const graph = createDigraph<null>();
        for (const [from, to] of edges) graph.setEdge(from, to, null);
        const onCycle = graph.keys().filter((key) => reachable(graph, [key], 'children').has(key));
        const groups = new Map<string, string[]>();
        for (const key of onCycle) {
          const below = reachable(graph, [key], 'children');
          const group = onCycle.filter((other) => below.has(other) && reachable(graph, [other], 'children').has(key));
          groups.set(group[0] ?? '', group);
        }
        expect(findCycles(graph)).toEqual([...groups.keys()].sort().map((first) => groups.get(first)));
      }),
      { numRuns: 500 },
    );
  });

  it('survives a cycle of 100,000 nodes', () => {
    const graph = createDigraph<null>();
    for (let i = 0; i < 100_000; i++) graph.setEdge(`n${i}`, `n${(i + 1) % 100_000}`, null);
    expect(findCycles(graph).map((component) => component.length)).toEqual([100_000]);
  });
});

describe('shortestPath', () => {
  it('gives a cycle through a node when both ends are it', () => {
    const graph = graphOf('a>b', 'b>c', 'c>a', 'b>a');
    expect(shortestPath(graph, 'a', 'a')).toEqual(['a', 'b', 'a']);
    expect(shortestPath(graph, 'c', 'b')).toEqual(['c', 'a', 'b']);
    expect(shortestPath(graphOf('a>b'), 'b', 'a')).toBeUndefined();
  });
});

describe('longestChain', () => {
  it('ends at the node, in the order of the edges', () => {
    const graph = graphOf('a>b', 'b>c', 'a>c', 'x>c');
    expect(longestChain(graph, 'c', 'parents')).toEqual(['a', 'b', 'c']);
    expect(longestChain(graph, 'a', 'children')).toEqual(['a', 'b', 'c']);
  });

  it('passes only through accepted nodes', () => {
    const graph = graphOf('v1>v2', 'v2>table', 'table>v3', 'v3>v4');
    expect(longestChain(graph, 'v4', 'parents', (key) => key.startsWith('v'))).toEqual(['v3', 'v4']);
    expect(longestChain(graph, 'table', 'parents', (key) => key.startsWith('v'))).toEqual([]);
  });

  it('comes to an end on a cycle', () => {
    expect(longestChain(graphOf('a>b', 'b>a'), 'b', 'parents')).toEqual(['a', 'b']);
  });

  it('is as long as the longest walk of an acyclic graph', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const graph = createDigraph<null>();
        for (const [from, to] of edges) if (from < to) graph.setEdge(from, to, null);
        const depth = (key: string): number => 1 + Math.max(0, ...graph.parents(key).map(depth));
        for (const key of graph.keys()) expect(longestChain(graph, key, 'parents')).toHaveLength(depth(key));
      }),
    );
  });
});

describe('topologicalOrder', () => {
  it('puts parents before children and cycles last', () => {
    const order = topologicalOrder(graphOf('b>a', 'c>b', 'x>y', 'y>x'));
    expect(order).toEqual(['c', 'b', 'a', 'x', 'y']);
  });
});

describe('a graph of a large project', () => {
  it('of 50,000 nodes and 150,000 edges is built and searched without quadratic work', () => {
    // Quadratic work on this many nodes takes minutes, so the runner's own time limit would fail it.
    const graph = createDigraph<null>();
    for (let i = 0; i < 50_000; i++) {
      for (const step of [1, 7, 4999]) if (i >= step) graph.setEdge(`model.p.m${i - step}`, `model.p.m${i}`, null);
    }
    expect(findCycles(graph)).toEqual([]);
    expect(reachable(graph, ['model.p.m0'], 'children').size).toBe(49_999);
    expect(longestChain(graph, 'model.p.m49999', 'parents')).toHaveLength(50_000);
    expect(topologicalOrder(graph)).toHaveLength(50_000);
  });
});
