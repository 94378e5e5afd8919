/** The processes of this machine, and which of them are servers of ours: tests end them, and look for the one that comes after. */
import { execFileSync } from 'node:child_process';

/** A process of this machine. */
export interface ProcessRow {
  readonly id: number;
  readonly parent: number;
  readonly line: string;
}

/** All processes of this machine with their command lines. */
export function processRows(): readonly ProcessRow[] {
  return process.platform === 'win32' ? windowsProcesses() : posixProcesses();
}

function posixProcesses(): readonly ProcessRow[] {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return listing.split('\n').flatMap((row) => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row);
    return parts === null ? [] : [{ id: Number(parts[1]), parent: Number(parts[2]), line: parts[3] ?? '' }];
  });
}

function windowsProcesses(): readonly ProcessRow[] {
  const query = 'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CommandLine)" }';
  const listing = execFileSync('powershell', ['-NoProfile', '-Command', query], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return listing.split(/\r?\n/).flatMap((row) => {
    const parts = /^(\d+) (\d+) (.*)$/.exec(row);
    return parts === null ? [] : [{ id: Number(parts[1]), parent: Number(parts[2]), line: parts[3] ?? '' }];
  });
}

/** The process ids of our servers that a process has started, itself or through others. */
export function serversBelow(ancestor: number): readonly number[] {
  const rows = processRows();
  const parents = new Map(rows.map(({ id, parent }) => [id, parent]));
  const isBelow = (id: number | undefined): boolean => id !== undefined && (id === ancestor || isBelow(parents.get(id)));
  return rows.filter(({ id, line }) => line.includes('server.cjs') && isBelow(id)).map(({ id }) => id);
}
