/** Runs a program of Node in a process of its own and tells what it cost. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a whole process took, from its start to its end. */
export interface Cost {
  /** Seconds by the clock. */
  readonly wall: number;
  /** Seconds of all processors, user and system. */
  readonly cpu: number;
  /** Most memory that was resident at any time, in MB (of 1,000,000 bytes). */
  readonly memory: number;
}

/** Written by the measured process as it ends. */
interface Usage {
  readonly userCPUTime: number;
  readonly systemCPUTime: number;
  /** In units of 1024 bytes. */
  readonly maxRSS: number;
}

const REPORTER = "process.on('exit', () => require('fs').writeFileSync(process.env.BENCH_USAGE, JSON.stringify(process.resourceUsage())));\n";

/** Runs `program` (JavaScript) with words; its output is thrown away. Fails if it ends with another code than 0. */
export async function costOf(program: string, words: readonly string[]): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'dbt-readiness-bench-'));
  try {
    const reporter = join(folder, 'report.cjs');
    const usageFile = join(folder, 'usage.json');
    writeFileSync(reporter, REPORTER);
    const began = performance.now();
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, ['--require', reporter, program, ...words], {
        env: { ...process.env, BENCH_USAGE: usageFile },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child.on('error', reject);
      child.on('exit', resolve);
    });
    const wall = (performance.now() - began) / 1000;
    if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with code ${String(code)}.`);
    // The reporter above wrote it.
    const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Usage;
    return { wall, cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6, memory: (usage.maxRSS * 1024) / 1e6 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
