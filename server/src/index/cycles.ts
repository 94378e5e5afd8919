/** Circles of references, kept up to date without going through the whole graph at each edit. */

import { findCycles } from '../base/digraph.ts';
import type { NodeTables } from './node-tables.ts';

/** The circles of a project's graph. */
export interface Cycles {
  /** Sorted unique ids of the nodes of each circle, or of several that are tied together; circles sorted by their first. */
  all(): readonly (readonly string[])[];
  /** These nodes have other parents now. True if there may be other circles than before. */
  rewired(ids: Iterable<string>): boolean;
  /** Anything may have changed. */
  forget(): void;
}

/** Watches the certain edges of node tables. */
export function createCycles(nodes: NodeTables): Cycles {
  let known: readonly (readonly string[])[] | undefined;

  function all(): readonly (readonly string[])[] {
    // Nothing is made from a test, so that it is on no circle.
    known ??= findCycles({
      keys: () => [...nodes.allIds()].filter((id) => !isTest(id) && nodes.parents(id).length > 0),
      children: (id) => nodes.parents(id),
    });
    return known;
  }

  /** Walks up and down by turns, so that it ends as soon as one of the ways does. */
  function isOnCircle(id: string): boolean {
    const above = new Set<string>();
    const below = new Set<string>();
    let up = [id];
    let down = [id];
    while (up.length > 0 && down.length > 0) {
      const nextUp: string[] = [];
      for (const from of up) {
        for (const parent of nodes.parents(from)) {
          if (parent === id || below.has(parent)) return true;
          if (!above.has(parent)) nextUp.push(parent);
          above.add(parent);
        }
      }
      const nextDown: string[] = [];
      for (const from of down) {
        for (const child of nodes.children(from)) {
          if (child === id || above.has(child)) return true;
          if (isTest(child) || below.has(child)) continue;
          below.add(child);
          nextDown.push(child);
        }
      }
      up = nextUp;
      down = nextDown;
    }
    return false;
  }

  return {
    all,
    rewired(ids) {
      if (known === undefined) return true;
      const circles = new Set(known.flat());
      for (const id of ids) {
        if (isTest(id) || (!circles.has(id) && !isOnCircle(id))) continue;
        known = undefined;
        return true;
      }
      return false;
    },
    forget() {
      known = undefined;
    },
  };
}

function isTest(id: string): boolean {
  return id.startsWith('test.');
}
