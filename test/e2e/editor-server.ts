/** Starts a real VS Code (its server and a headless browser on it) on a folder, and ends every part of it again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Browser, BrowserPage } from './browser-shapes.ts';
import { installEditor } from './install-editor.ts';

/** The colour themes that every view has to be readable in, by the names of VS Code's own themes. */
export const editorThemes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
} as const;

export type EditorTheme = keyof typeof editorThemes;

/** What to open. Paths are absolute. */
export interface EditorOptions {
  readonly workspaceFolder: string;
  /** A `.code-workspace` file to open in place of the folder, so that folders can come and go without a new window. */
  readonly workspaceFile?: string;
  /** The folder of an extension to run from its sources, with a package.json. */
  readonly extensionFolder?: string;
  /** A module that exports `run(): Promise<void>`, loaded in the extension host. Needs `extensionFolder`. */
  readonly extensionTests?: string;
  /** A file to open with the window. */
  readonly openedFile?: string;
  /** Packed extensions to install before the start. */
  readonly vsixFiles?: readonly string[];
  /** False opens the folder in Restricted Mode. Default true: trust is off, so that nothing asks for it. */
  readonly isTrusted?: boolean;
  readonly theme?: EditorTheme;
  /** Settings, over those that make a window reproducible. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment variables that the server, and so the extension host, gets in addition. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The port of the server; a free one by default. */
  readonly port?: number;
  /** The window is ended after this many milliseconds, whatever happens. Default five minutes. */
  readonly limitMs?: number;
  /** Shows the window of the browser, for a person who writes a test. */
  readonly isHeaded?: boolean;
}

/** What VS Code and the extension host said. */
export interface EditorLogs {
  /** Output of the server process. */
  readonly server: readonly string[];
  /** Console of the page, errors of it included. */
  readonly page: readonly string[];
  /** Console of the extension host as the test driver of VS Code hands it over. */
  readonly automation: readonly string[];
  /** Addresses outside this machine that the window asked for. */
  readonly foreignRequests: readonly string[];
}

/** A running editor. */
export interface Editor {
  readonly page: BrowserPage;
  readonly url: string;
  readonly workspaceFolder: string;
  /** The server's own data, with its logs; removed by `close`. */
  readonly dataFolder: string;
  readonly logs: EditorLogs;
  /** The exit code of the tests in the extension host; rejects when the editor is closed or reaches its limit first. */
  readonly testsFinished: Promise<number>;
  readonly seconds: { readonly install: number; readonly serverStart: number; readonly pageOpen: number };
  /** Changes settings while the window is open, as an edit of the machine's settings.json would. It takes effect within a second or so. */
  changeSettings(settings: Readonly<Record<string, unknown>>): void;
  /** The log files that VS Code and the extensions wrote (output channels included), by their path inside the log folder. */
  readLogFiles(): ReadonlyMap<string, string>;
  /** Ends browser and server and removes their data. May be called twice. */
  close(): Promise<void>;
}

const defaultLimitMs = 5 * 60_000;
const startLimitMs = 120_000;

/**
 * Settings that keep a fresh window from showing anything but the folder, and from asking the network for anything.
 * Source of the names: the settings list of VS Code 1.139.
 */
const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // On by default in a browser: a test of unsaved text would depend on how fast it is.
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Editors that run now, so that the end of this process, however it comes, ends them too. */
const openProcesses = new Set<ChildProcess>();
const openDataFolders = new Set<string>();
let isExitHandlerSet = false;

/** Kills a process and all it started: each server is the leader of a process group of its own. */
function killGroup(child: ChildProcess): void {
  openProcesses.delete(child);
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function removeFolder(folder: string): void {
  openDataFolders.delete(folder);
  // The killed server may still write for a moment.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function endEverything(): void {
  for (const child of openProcesses) {
    killGroup(child);
  }
  for (const folder of openDataFolders) {
    removeFolder(folder);
  }
}

function setExitHandler(): void {
  if (isExitHandlerSet) {
    return;
  }
  isExitHandlerSet = true;
  process.once('exit', endEverything);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      endEverything();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
}

/** A port that was free a moment ago. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

/** Rejects with `message` when `work` takes longer than the limit. */
async function withinLimit<Value>(work: Promise<Value>, limitMs: number, message: () => string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(message()));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until the server listens, which it prints, or has ended, which is an error. */
function waitForServer(server: ChildProcess, output: readonly string[], onOutput: (listener: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    onOutput(() => {
      if (output.some((line) => line.includes('Extension host agent listening on'))) {
        resolve();
      }
    });
    server.once('error', reject);
    server.once('exit', (code) => {
      reject(new Error(`The VS Code server ended with ${String(code)} before it listened:\n${output.slice(-20).join('\n')}`));
    });
  });
}

/** Runs the server once to install a packed extension into the data folder. */
async function installVsix(nodeExecutable: string, serverScript: string, dataFolder: string, vsixFile: string): Promise<void> {
  if (!existsSync(vsixFile)) {
    throw new Error(`There is no packed extension at ${vsixFile}.`);
  }
  const child = spawn(
    nodeExecutable,
    [serverScript, '--accept-server-license-terms', '--server-data-dir', dataFolder, '--install-extension', vsixFile, '--force'],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  openProcesses.add(child);
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  try {
    const exitCode = await withinLimit(
      new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', resolve);
      }),
      startLimitMs,
      () => `Installing ${vsixFile} took longer than ${String(startLimitMs / 1000)} s.\n${output.join('')}`,
    );
    if (exitCode !== 0 || !output.join('').includes('was successfully installed')) {
      throw new Error(`VS Code refused to install ${vsixFile} (exit ${String(exitCode)}):\n${output.join('')}`);
    }
  } finally {
    killGroup(child);
  }
}

function writeJson(folder: string, fileName: string, value: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, fileName), `${JSON.stringify(value, undefined, 2)}\n`);
}

/** A file's address as the window of a server names it. */
function remoteUri(port: number, path: string): string {
  return `vscode-remote://127.0.0.1:${String(port)}${encodeURI(path)}`;
}

function workbenchUrl(port: number, options: EditorOptions): string {
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (options.extensionFolder !== undefined) {
    payload.push(['extensionDevelopmentPath', remoteUri(port, options.extensionFolder)]);
  }
  if (options.extensionTests !== undefined) {
    payload.push(['extensionTestsPath', remoteUri(port, options.extensionTests)]);
  }
  if (options.openedFile !== undefined) {
    payload.push(['openFile', remoteUri(port, options.openedFile)]);
  }
  const opened = options.workspaceFile ?? options.workspaceFolder;
  const kind = options.workspaceFile === undefined ? 'folder' : 'workspace';
  const path = encodeURIComponent(opened).replaceAll('%2F', '/');
  return `http://127.0.0.1:${String(port)}/?${kind}=${path}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function readLogFolder(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) {
    return new Map();
  }
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.log') && statSync(path).isFile() && statSync(path).size > 0);
  return new Map(files.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

const browserArguments = [
  // No name is resolved, so that a test sees the same with a network and without one.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
] as const;

/** A running server, without a window on it. */
export interface EditorServer {
  /** The address that opens the workspace with the extension in it, in any Chromium. */
  readonly url: string;
  readonly dataFolder: string;
  /** Lines that the server printed; grows. */
  readonly output: readonly string[];
  readonly seconds: { readonly install: number; readonly serverStart: number };
  changeSettings(settings: Readonly<Record<string, unknown>>): void;
  /** Ends the server and all it started, and removes its data. May be called twice. */
  close(): void;
}

/** Starts the server and waits until it listens. What fails on the way leaves nothing running. */
export async function startServer(options: EditorOptions): Promise<EditorServer> {
  const pieces = await installEditor();
  setExitHandler();
  const dataFolder = mkdtempSync(join(tmpdir(), 'dbt-readiness-editor-'));
  openDataFolders.add(dataFolder);
  const output: string[] = [];
  let server: ChildProcess | undefined;
  const close = () => {
    if (server !== undefined) {
      killGroup(server);
    }
    removeFolder(dataFolder);
  };
  try {
    for (const vsixFile of options.vsixFiles ?? []) {
      await installVsix(pieces.nodeExecutable, pieces.serverScript, dataFolder, vsixFile);
    }
    let changeable: Readonly<Record<string, unknown>> = {
      'workbench.colorTheme': editorThemes[options.theme ?? 'dark'],
      ...options.settings,
    };
    // In both places: only the user's hold settings of the application, only the machine's are watched for changes.
    const writeMachineSettings = () => {
      writeJson(join(dataFolder, 'data', 'Machine'), 'settings.json', changeable);
    };
    writeJson(join(dataFolder, 'data', 'User'), 'settings.json', { ...quietSettings, ...changeable });
    writeMachineSettings();

    const port = options.port ?? (await findFreePort());
    const startedAt = Date.now();
    server = spawn(
      pieces.nodeExecutable,
      [
        pieces.serverScript,
        ...['--host', '127.0.0.1', '--port', String(port)],
        ...['--without-connection-token', '--accept-server-license-terms', '--enable-smoke-test-driver', '--disable-telemetry'],
        ...(options.isTrusted === false ? [] : ['--disable-workspace-trust']),
        ...['--server-data-dir', dataFolder, '--default-folder', options.workspaceFolder],
      ],
      {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...options.environment },
      },
    );
    openProcesses.add(server);
    const outputListeners: (() => void)[] = [];
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output.push(...chunk.toString().split('\n').filter((line) => line.trim() !== ''));
        for (const listener of outputListeners) {
          listener();
        }
      });
    }
    await withinLimit(
      waitForServer(server, output, (listener) => outputListeners.push(listener)),
      startLimitMs,
      () => `The VS Code server did not listen within ${String(startLimitMs / 1000)} s:\n${output.slice(-20).join('\n')}`,
    );
    return {
      url: workbenchUrl(port, options),
      dataFolder,
      output,
      seconds: { install: pieces.installSeconds, serverStart: (Date.now() - startedAt) / 1000 },
      changeSettings: (changes) => {
        changeable = { ...changeable, ...changes };
        writeMachineSettings();
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Starts the editor and waits until its workbench stands. What fails on the way leaves nothing running. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const pieces = await installEditor();
  const limitMs = options.limitMs ?? defaultLimitMs;
  const server = await startServer(options);
  const logs: Record<Exclude<keyof EditorLogs, 'server'>, string[]> = { page: [], automation: [], foreignRequests: [] };

  let browser: Browser | undefined;
  let rejectTests: (error: Error) => void = () => undefined;
  let resolveTests: (exitCode: number) => void = () => undefined;
  const testsFinished = new Promise<number>((resolve, reject) => {
    resolveTests = resolve;
    rejectTests = reject;
  });
  // Whoever does not run tests does not await this promise; its rejection at the end is then no error.
  testsFinished.catch(() => undefined);

  // The logs are read after the tests were given up, so the server's data stays until the owner calls `close`.
  const giveUp = (reason: string) => {
    rejectTests(new Error(reason));
    void browser?.close().catch(() => undefined);
  };
  const limitTimer = setTimeout(() => {
    giveUp(`The editor reached its limit of ${String(limitMs / 1000)} s.`);
  }, limitMs);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      clearTimeout(limitTimer);
      rejectTests(new Error('The editor was closed before its tests had finished.'));
      if (browser !== undefined) {
        await withinLimit(browser.close(), 10_000, () => 'The browser did not close.').catch((error: unknown) => {
          logs.page.push(String(error));
        });
      }
      server.close();
    })();
    return closing;
  };
  try {
    const startedAt = Date.now();
    browser = await pieces.driver.chromium.launch({
      executablePath: pieces.browserExecutable,
      headless: options.isHeaded !== true,
      args: browserArguments,
      timeout: startLimitMs,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1440, height: 900 },
      locale: 'en-US',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(45_000);
    page.on('console', (message) => logs.page.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => logs.page.push(`pageerror: ${String(error)}`));
    page.on('crash', () => {
      giveUp('The page of the editor crashed.');
    });
    page.on('request', (request) => {
      const address = new URL(request.url());
      if (['http:', 'https:', 'ws:', 'wss:'].includes(address.protocol) && address.hostname !== '127.0.0.1') {
        logs.foreignRequests.push(request.url());
      }
    });
    await page.exposeFunction('codeAutomationLog', (type: unknown, args: unknown) => {
      logs.automation.push(`${String(type)}: ${Array.isArray(args) ? args.map(String).join(' ') : String(args)}`);
    });
    await page.exposeFunction('codeAutomationExit', (exitCode: unknown) => {
      resolveTests(Number(exitCode));
    });
    await page.goto(server.url, { waitUntil: 'domcontentloaded', timeout: startLimitMs });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ state: 'visible', timeout: startLimitMs });
    return {
      page,
      url: server.url,
      workspaceFolder: options.workspaceFolder,
      dataFolder: server.dataFolder,
      logs: { ...logs, server: server.output },
      testsFinished,
      seconds: { ...server.seconds, pageOpen: (Date.now() - startedAt) / 1000 },
      changeSettings: (settings) => {
        server.changeSettings(settings);
      },
      readLogFiles: () => readLogFolder(join(server.dataFolder, 'data', 'logs')),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
