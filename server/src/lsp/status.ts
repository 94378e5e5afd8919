/** Tells the client how far the server is: the status notification, a progress bar where there is one, and that findings changed. */

import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver/node';
import { bug } from '../base/bug.ts';
import type { StatusParams } from '../protocol/protocol.ts';
import { methods } from '../protocol/protocol.ts';

/** Tells the client how far the work has come. */
export interface StatusReporter {
  report(status: StatusParams): void;
  /** Findings, counts or lineage changed. */
  changed(): void;
  /** What the next `ready` says was left out. */
  setNote(note: string): void;
  stop(): void;
}

/** Views ask for everything again when told of a change, so they are told seldom. */
const CHANGED_EVERY = 200;

/** Numbers move faster than anybody reads. */
const NUMBERS_EVERY = 100;

/** Makes a reporter; nothing is sent before the first report. */
export function createStatusReporter(connection: Connection, hasProgress: boolean): StatusReporter {
  let last: StatusParams | undefined;
  let sentAt = 0;
  let note = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changedAt = 0;
  let progress: Promise<WorkDoneProgressServerReporter> | undefined;

  function send(method: string, params?: StatusParams): void {
    // A connection that is closing refuses; nobody waits for the answer.
    const sending = params === undefined ? connection.sendNotification(method) : connection.sendNotification(method, params);
    sending.catch(() => undefined);
  }

  function showProgress(status: StatusParams): void {
    if (!hasProgress) return;
    const isBusy = status.state === 'indexing' || (status.state === 'checking' && progress !== undefined);
    if (!isBusy) {
      void progress?.then((bar) => {
        bar.done();
      }, ignore);
      progress = undefined;
      return;
    }
    progress ??= connection.window.createWorkDoneProgress().then((bar) => {
      bar.begin('dbt Readiness', undefined, 'reading');
      return bar;
    });
    const what = status.state === 'indexing' ? 'files' : 'checked';
    const message = status.total === 0 ? `${status.done} ${what}` : `${status.done} of ${status.total} ${what}`;
    void progress.then((bar) => {
      bar.report(message);
    }, ignore);
  }

  return {
    report(status) {
      const full = status.state === 'ready' && status.message === '' ? { ...status, message: note } : status;
      // How much there is to do is told as soon as it is known; how much of it is done, now and then.
      const isSame =
        last?.state === full.state && last.projects === full.projects && last.message === full.message && last.total === full.total;
      if (isSame && (full.state === 'ready' || performance.now() - sentAt < NUMBERS_EVERY)) return;
      last = full;
      sentAt = performance.now();
      showProgress(full);
      send(methods.status, full);
    },
    changed() {
      if (timer !== undefined) return;
      const wait = Math.max(0, changedAt + CHANGED_EVERY - performance.now());
      timer = setTimeout(() => {
        timer = undefined;
        changedAt = performance.now();
        send(methods.changed);
      }, wait);
    },
    setNote(next) {
      note = next;
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

function ignore(error: unknown): void {
  bug.report(error, { where: 'progress' });
}
