/** Where errors go that only a fault of this program can cause: recorded once each, loud in tests, never fatal to the user. */

/** One distinct bug and how often it happened. */
export interface BugRecord {
  readonly message: string;
  /** Where it happened, e.g. `{ rule: 'select-star', unit: 'model.shop.orders' }`, at the first time. */
  readonly context: BugContext;
  readonly stack: string | undefined;
  readonly count: number;
}

/** What is known where a bug shows: short facts, no file contents. */
export type BugContext = Readonly<Record<string, string | number | undefined>>;

/** Told of each bug the first time it happens. */
export type BugListener = (bug: BugRecord) => void;

/** Distinct bugs kept; beyond it they are only counted, so that a fault in a loop cannot fill the memory. */
const MAX_RECORDS = 200;

const records = new Map<string, BugRecord>();
let overflow = 0;
let listener: BugListener | undefined;
let isThrowing = false;

/**
 * Records an error that should not have been possible. The same message in the same place (`context.rule`, if given)
 * counts as one bug.
 */
function report(error: unknown, context: BugContext = {}): void {
  if (isThrowing) throw error instanceof Error ? error : new Error(messageOf(error));
  const message = messageOf(error);
  const key = `${context['rule'] ?? ''}\n${message}`;
  const known = records.get(key);
  if (known !== undefined) {
    records.set(key, { ...known, count: known.count + 1 });
    return;
  }
  if (records.size >= MAX_RECORDS) {
    overflow++;
    return;
  }
  const record: BugRecord = { message, context, stack: error instanceof Error ? error.stack : undefined, count: 1 };
  records.set(key, record);
  try {
    listener?.(record);
  } catch {
    // A listener that fails must not turn a recorded bug into a crash.
  }
}

/** Sets who is told of new bugs, or nobody. */
function setListener(next: BugListener | undefined): void {
  listener = next;
}

/** With true, `report` throws instead of recording: for tests and CI. */
function throwOnReport(enabled: boolean): void {
  isThrowing = enabled;
}

/** All distinct bugs so far, in the order of their first time, and the number of distinct ones that were not kept. */
function recorded(): { readonly bugs: readonly BugRecord[]; readonly dropped: number } {
  return { bugs: [...records.values()], dropped: overflow };
}

/** Forgets everything recorded. */
function reset(): void {
  records.clear();
  overflow = 0;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  if (typeof error === 'string') return error;
  try {
    return `thrown value ${JSON.stringify(error)}`;
  } catch {
    return 'thrown value that cannot be shown';
  }
}

/** The one sink; `bug.report(error, { rule, unit })` is how the rest of the program speaks of it. */
export const bug = { report, setListener, throwOnReport, recorded, reset } as const;
