/** All findings as the client knows them, kept up to date by answers that tell only what changed: plain data in and out, no editor. */

import type { ChangedFindings, ChangedFindingsParams, FindingItem, ProjectFindings, ReadinessSummary } from '../../server/src/protocol/protocol.ts';

/** What is known, and how to ask for what is not. */
export interface KnownFindings {
  /** The next question. */
  question(): ChangedFindingsParams;
  /** Takes the answer to a question. One that has been overtaken by another is passed over. */
  take(question: ChangedFindingsParams, answer: ChangedFindings): void;
  /** Of each project, sorted by URI. */
  projects(): readonly ProjectFindings[];
  clear(): void;
}

interface KnownProject {
  readonly summary: ReadinessSummary;
  readonly files: Map<string, readonly FindingItem[]>;
}

/** Knows nothing yet. */
export function createKnownFindings(): KnownFindings {
  let revision: number | undefined;
  let known = new Map<string, KnownProject>();
  let listed: readonly ProjectFindings[] | undefined;

  return {
    question: () => (revision === undefined ? {} : { since: revision }),
    take({ since }, answer) {
      if (!answer.isWhole && since !== revision) return;
      revision = answer.revision;
      listed = undefined;
      const next = new Map<string, KnownProject>();
      for (const { summary, files } of answer.projects) {
        const before = answer.isWhole ? undefined : known.get(summary.root)?.files;
        next.set(summary.root, { summary, files: withChanges(before ?? new Map<string, readonly FindingItem[]>(), files) });
      }
      known = next;
    },
    projects: () => (listed ??= [...known.values()].map(({ summary, files }) => ({ summary, findings: [...files.values()].flat() }))),
    clear() {
      revision = undefined;
      known = new Map();
      listed = undefined;
    },
  };
}

/** Changes the files in place, for there may be thousands; a file that is new to them comes to its place in the order. */
function withChanges(files: KnownProject['files'], changes: ChangedFindings['projects'][number]['files']): KnownProject['files'] {
  let hasNew = false;
  for (const { uri, findings } of changes) {
    if (findings.length === 0) {
      files.delete(uri);
      continue;
    }
    hasNew ||= !files.has(uri);
    files.set(uri, findings);
  }
  return hasNew ? new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))) : files;
}
