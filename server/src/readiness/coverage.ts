/** How many models have descriptions and tests: counted once, then model by model as the project changes. */

import { isUnknown } from '../base/unknown.ts';
import type { RelationNode } from '../index/model.ts';
import type { ProjectView } from '../index/project-view.ts';
import type { Coverage } from '../protocol/protocol.ts';
import type { IndexChange } from '../rules/checker.ts';

/** Counts what own, enabled models have. */
export interface CoverageCounter {
  /** Something of the project changed. */
  readonly invalidate: (change: IndexChange) => void;
  coverage(): Coverage;
}

const NONE: Coverage = { models: 0, described: 0, tested: 0, columns: 0, columnsDescribed: 0 };

/** What the view notes of a node whose tests are asked for. */
const TESTS_OF_MODEL = /^(?:tests|edges):(model\..*)$/s;

/** Counts nothing before it is asked. */
export function createCoverageCounter(view: ProjectView): CoverageCounter {
  const byModel = new Map<string, Coverage>();
  const total = { ...NONE };
  let stale: Set<string> | 'all' = 'all';

  function replace(uniqueId: string, next: Coverage): void {
    const before = byModel.get(uniqueId) ?? NONE;
    for (const key of ['models', 'described', 'tested', 'columns', 'columnsDescribed'] as const) total[key] += next[key] - before[key];
    if (next === NONE) byModel.delete(uniqueId);
    else byModel.set(uniqueId, next);
  }

  return {
    invalidate({ nodes, keys, everything }) {
      if (everything) stale = 'all';
      if (stale === 'all') return;
      for (const id of nodes) if (id.startsWith('model.')) stale.add(id);
      for (const key of keys) {
        const model = TESTS_OF_MODEL.exec(key)?.[1];
        if (model !== undefined) stale.add(model);
      }
    },
    coverage() {
      if (stale === 'all') {
        byModel.clear();
        Object.assign(total, NONE);
        for (const model of view.models()) replace(model.uniqueId, coverageOf(view, model));
      } else {
        for (const id of stale) {
          const node = view.node(id);
          const isOwn = node?.resourceType === 'model' && node.packageName === view.name;
          replace(id, isOwn ? coverageOf(view, node) : NONE);
        }
      }
      stale = new Set();
      return { ...total };
    },
  };
}

/** What one model adds. A description that cannot be told counts as none. */
function coverageOf(view: ProjectView, model: RelationNode): Coverage {
  if (model.enabled !== true) return NONE;
  return {
    models: 1,
    described: isText(model.description) ? 1 : 0,
    tested: view.testsOf(model.uniqueId).some((test) => test.enabled === true) ? 1 : 0,
    columns: model.columns.length,
    columnsDescribed: model.columns.filter(({ description }) => isText(description)).length,
  };
}

function isText(value: unknown): boolean {
  return !isUnknown(value) && typeof value === 'string' && value.trim() !== '';
}
