/** Starts other programs and waits for them. Only Node's own modules: this runs before anything is installed. */
import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';

/** So long a program that is stopped has to end what it has started itself: an editor lives in a process group of its own. */
const GRACE_MS = 3_000;

/**
 * Runs a program to its end. Output goes to the terminal (`show: true`), to stderr (`show: 'stderr'`), or is only collected.
 * A program that outlives `timeoutMs` is stopped together with its children, and counts as failed.
 */
export function run(command, args, { cwd = ROOT, env = {}, show = true, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const started = performance.now();
    const ownGroup = process.platform !== 'win32' && timeoutMs !== undefined;
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
      // npm and npx are scripts on Windows, which only a shell can start.
      shell: process.platform === 'win32' && (command === 'npm' || command === 'npx'),
    });
    let output = '';
    let timedOut = false;
    const forward = (stream, target) => {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        if (show) (show === 'stderr' ? process.stderr : target).write(text);
      });
    };
    forward(child.stdout, process.stdout);
    forward(child.stderr, process.stderr);
    const endWith = (name) => {
      try {
        if (ownGroup) process.kill(-child.pid, name);
        else child.kill(name);
      } catch {
        // It has ended by itself.
      }
    };
    let graceTimer;
    const stop = () => {
      timedOut = true;
      endWith('SIGTERM');
      graceTimer = setTimeout(() => endWith('SIGKILL'), GRACE_MS);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
    const finish = (code) => {
      clearTimeout(timer);
      clearTimeout(graceTimer);
      resolve({ code, output, timedOut, seconds: (performance.now() - started) / 1000 });
    };
    child.on('error', (error) => { output += `${error.message}\n`; finish(1); });
    child.on('close', (code, signal) => finish(code ?? (signal ? 1 : 0)));
  });
}

/** Runs a JavaScript file with the Node that runs this one; `nodeOptions` go to Node itself. */
export function runNode(file, args = [], { nodeOptions = [], ...options } = {}) {
  return run(process.execPath, [...nodeOptions, file, ...args], options);
}
