/** Keeps projects in the cache while nobody types: some seconds after their last change, in slices, and not too often. */

import type { FileId } from '../base/file-id.ts';
import { bug } from '../base/bug.ts';
import { packProject } from '../features/snapshot.ts';
import type { FileStamps, ProjectCache } from '../host/project-cache.ts';
import { stampFiles } from '../host/project-cache.ts';
import type { OpenProject } from './open-project.ts';

/** Writes the projects of a workspace to its cache. */
export interface CacheWriter {
  /** The project was opened; `stamps`: of the cache it came from, `isKept`: it is just as the cache has it. */
  opened(project: OpenProject, stamps: FileStamps, isKept: boolean): void;
  /** Nothing is left to do for the project: it may be kept, if it stays so for a while. */
  settled(project: OpenProject): void;
  stop(): void;
}

/** How long a project must have rested, in ms, and how long ago it must have been kept last. */
export interface CacheWriterPace {
  readonly restMs: number;
  readonly betweenMs: number;
}

const PACE: CacheWriterPace = { restMs: 5_000, betweenMs: 60_000 };

/** Packing holds the thread no longer than this (ms), but for a few steps that cannot be cut. */
const SLICE = 10;

/** What is known of one project. */
interface Kept {
  stamps: FileStamps;
  /** The revision that the cache has. */
  revision: number | undefined;
  /** When it was written (ms, as `performance.now()` gives). */
  at: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Makes the writer of a cache. `log` hears of what could not be kept. */
export function createCacheWriter(cache: ProjectCache, log: (line: string) => void, pace: CacheWriterPace = PACE): CacheWriter {
  const kept = new Map<FileId, Kept>();
  let isStopped = false;

  function recordOf(root: FileId): Kept {
    let record = kept.get(root);
    if (record === undefined) kept.set(root, (record = { stamps: new Map(), revision: undefined, at: Number.NEGATIVE_INFINITY, timer: undefined }));
    return record;
  }

  /** All steps; gives the sentence for the log, if there is one. */
  function* keep(project: OpenProject, record: Kept): Generator<void, string | undefined> {
    const sections = yield* packProject(project.analyzed);
    // Of a project with a secret nothing may be written, which is no fault to tell of.
    if (sections === undefined) return undefined;
    const stamps = yield* stampFiles(project.analyzed.index.hashes(), record.stamps);
    const complaint = yield* cache.write(project.root, sections, stamps);
    if (complaint === undefined) record.stamps = stamps;
    return complaint;
  }

  async function run(project: OpenProject, record: Kept): Promise<void> {
    const { revision } = project;
    const isAsItWas = (): boolean => !isStopped && project.revision === revision && project.analyzed.checker.pending === 0;
    const steps = keep(project, record);
    let began = performance.now();
    while (isAsItWas()) {
      const step = steps.next();
      if (step.done === true) {
        if (step.value !== undefined) log(step.value);
        // What could not be kept is not tried again before something changes.
        record.revision = revision;
        record.at = performance.now();
        return;
      }
      if (performance.now() - began < SLICE) continue;
      await new Promise((resolve) => void setImmediate(resolve));
      began = performance.now();
    }
    // Lets it remove what it has written so far.
    steps.return(undefined);
  }

  return {
    opened(project, stamps, isKept) {
      const record = recordOf(project.root);
      record.stamps = stamps;
      record.revision = isKept ? project.revision : undefined;
    },
    settled(project) {
      const record = recordOf(project.root);
      clearTimeout(record.timer);
      if (isStopped || record.revision === project.revision) return;
      const wait = Math.max(pace.restMs, record.at + pace.betweenMs - performance.now());
      record.timer = setTimeout(() => {
        run(project, record).catch((error: unknown) => {
          bug.report(error, { project: project.root, while: 'keeping it in the cache' });
        });
      }, wait);
      record.timer.unref();
    },
    stop() {
      isStopped = true;
      for (const { timer } of kept.values()) clearTimeout(timer);
    },
  };
}
