/** What the suite in the extension host tells its runner, one JSON object a line, and what the runner makes of it. */

/** One line of the results file. */
export type SuiteEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'begin'; readonly title: string }
  | { readonly kind: 'pass'; readonly title: string; readonly milliseconds: number }
  | { readonly kind: 'fail'; readonly title: string; readonly milliseconds: number; readonly message: string }
  | { readonly kind: 'pending'; readonly title: string }
  | { readonly kind: 'end' };

/** What one run of the suite came to. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
  /** The tests that failed, and the one that was running when the editor ended. */
  readonly failures: readonly string[];
  /** True when the suite came to its own end. */
  readonly isComplete: boolean;
}

/** Reads the events of a results file; a last line that is still being written is left out. */
export function parseSuiteEvents(text: string): readonly SuiteEvent[] {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  // The file is written by `suite/index.ts` alone, with this very type.
  return complete.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SuiteEvent]));
}

/** Counts the events of a run. A test that began and never ended counts as failed. */
export function summariseSuite(events: readonly SuiteEvent[]): SuiteResult {
  const failures = events.flatMap((event) => (event.kind === 'fail' ? [event.title] : []));
  const lastBegun = events.findLast((event) => event.kind === 'begin');
  const isLastOpen = events.at(-1)?.kind === 'begin';
  if (isLastOpen && lastBegun?.kind === 'begin') {
    failures.push(`${lastBegun.title} (did not end)`);
  }
  return {
    passed: events.filter((event) => event.kind === 'pass').length,
    failed: failures.length,
    pending: events.filter((event) => event.kind === 'pending').length,
    failures,
    isComplete: events.at(-1)?.kind === 'end',
  };
}

/** One event as a line for the terminal; undefined for events that a reader does not need. */
export function describeSuiteEvent(event: SuiteEvent): string | undefined {
  switch (event.kind) {
    case 'pass':
      return `  ok      ${event.title} (${String(event.milliseconds)} ms)`;
    case 'fail':
      return `  FAILED  ${event.title} (${String(event.milliseconds)} ms)\n${event.message.replace(/^/gm, '          ')}`;
    case 'pending':
      return `  pending ${event.title}`;
    case 'start':
    case 'begin':
    case 'end':
      return undefined;
  }
}
