/** What a client knows of the findings, from answers that tell only what changed. */
import { describe, expect, it } from 'vitest';
import { createKnownFindings } from '../../client/src/known-findings.ts';
import type { ChangedFindings, FindingItem, ReadinessSummary } from '../../server/src/protocol/protocol.ts';

const start = { line: 0, character: 0 };

function finding(uri: string, message: string): FindingItem {
  return { ruleId: 'ref-undefined', messageId: 'missing', category: 'data-sources', severity: 'error', message, uri, range: { start, end: start }, uniqueId: null, fix: 'none' };
}

function summaryOf(root: string): ReadinessSummary {
  const counts = { error: 0, warning: 0, information: 0, hint: 0, suppressed: 0, unknown: 0 };
  const coverage = { models: 0, described: 0, tested: 0, columns: 0, columnsDescribed: 0 };
  return { root, name: root, adapter: null, counts, coverage, rules: 1, verdict: null, score: null, trend: null, baseline: null };
}

/** An answer of one project, with the messages of its files. */
function answer(revision: number, isWhole: boolean, files: Readonly<Record<string, readonly string[]>>, root = 'shop'): ChangedFindings {
  const told = Object.entries(files).map(([uri, messages]) => ({ uri, findings: messages.map((message) => finding(uri, message)) }));
  return { revision, isWhole, projects: [{ summary: summaryOf(root), files: told }] };
}

function knownAfter(...answers: readonly ChangedFindings[]): ReturnType<typeof createKnownFindings> {
  const known = createKnownFindings();
  for (const one of answers) known.take(known.question(), one);
  return known;
}

const messages = (known: ReturnType<typeof createKnownFindings>): string[] => known.projects().flatMap(({ findings }) => findings.map(({ message }) => message));

describe('known findings', () => {
  it('change with the files that an answer names, and stay in their order', () => {
    const known = knownAfter(answer(1, true, { a: ['one'], c: ['three'] }), answer(2, false, { c: ['four', 'five'], b: ['two'] }), answer(3, false, { a: [] }));
    expect(messages(known)).toEqual(['two', 'four', 'five']);
    expect(known.question()).toEqual({ since: 3 });
  });

  it('are replaced by a whole answer, and forget projects that are gone', () => {
    expect(messages(knownAfter(answer(1, true, { a: ['one'] }), answer(2, true, { b: ['two'] })))).toEqual(['two']);
    expect(messages(knownAfter(answer(1, true, { a: ['one'] }), answer(2, false, {}, 'other')))).toEqual([]);
  });

  it('pass over changes against what they no longer are', () => {
    const known = knownAfter(answer(1, true, { a: ['one'] }));
    const question = known.question();
    known.take({}, answer(7, true, { a: ['new'] }));
    known.take(question, answer(2, false, { a: ['old'] }));
    expect(messages(known)).toEqual(['new']);
    expect(known.question()).toEqual({ since: 7 });
  });
});
