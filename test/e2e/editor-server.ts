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
  /** The folder of an extension to run from its sources, with a package.json. */
  readonly extensionFolder?: string;
  /** A module that exports `run(): Promise<void>`, loaded in the extension host. Needs `extensionFolder`. */
  readonly extensionTests?: string;
  /** Packed extensions to install before the start. */
  readonly vsixFiles?: readonly string[];
  /** False opens the folder in Restricted Mode. Default true: trust is off, so that nothing asks for it. */
  readonly isTrusted?: boolean;
  readonly theme?: EditorTheme;
  /** User settings, over those that make a window reproducible. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment variables that the server, and so the extension host, gets in addition. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** All of it is ended after this many milliseconds, whatever happens. Default five minutes. */
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
  /** The server's own data, with its logs; removed by `close`. */
  readonly dataFolder: string;
  readonly logs: EditorLogs;
  /** The exit code of the tests in the extension host; rejects when the editor is closed or reaches its limit first. */
  readonly testsFinished: Promise<number>;
  readonly seconds: { readonly install: number; readonly serverStart: number; readonly pageOpen: number };
  /** The log files that VS Code and the extensions wrote (output channels included), by their path inside the log folder. */
  readLogFiles(): ReadonlyMap<string, string>;
  /** Ends browser and server and removes their data. May be called twice. */
  close(): Promise<void>;
}

const defaultLimitMs = 5 * 60_000;
const startLimitMs = 60_000;

/**
 * Settings that keep a fresh window from showing anything but the folder, and from asking the network for anything.
 * Source of the names: the settings list of VS Code 1.139.
 */
const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
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

function writeSettings(dataFolder: string, options: EditorOptions): void {
  const settings = {
    ...quietSettings,
    'workbench.colorTheme': editorThemes[options.theme ?? 'dark'],
    ...options.settings,
  };
  const userFolder = join(dataFolder, 'data', 'User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(join(userFolder, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
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
  const folder = encodeURIComponent(options.workspaceFolder).replaceAll('%2F', '/');
  return `http://127.0.0.1:${String(port)}/?folder=${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
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

/** Starts the editor and waits until its workbench stands. What fails on the way leaves nothing running. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const pieces = await installEditor();
  setExitHandler();
  const limitMs = options.limitMs ?? defaultLimitMs;
  const dataFolder = mkdtempSync(join(tmpdir(), 'dbt-readiness-editor-'));
  openDataFolders.add(dataFolder);
  const logs: Record<keyof EditorLogs, string[]> = { server: [], page: [], automation: [], foreignRequests: [] };

  let server: ChildProcess | undefined;
  let browser: Browser | undefined;
  let limitTimer: NodeJS.Timeout | undefined;
  let rejectTests: (error: Error) => void = () => undefined;
  let resolveTests: (exitCode: number) => void = () => undefined;
  const testsFinished = new Promise<number>((resolve, reject) => {
    resolveTests = resolve;
    rejectTests = reject;
  });
  // Whoever does not run tests does not await this promise; its rejection at the end is then no error.
  testsFinished.catch(() => undefined);

  let closing: Promise<void> | undefined;
  const close = (reason = 'The editor was closed before its tests had finished.'): Promise<void> => {
    closing ??= (async () => {
      clearTimeout(limitTimer);
      rejectTests(new Error(reason));
      if (browser !== undefined) {
        await withinLimit(browser.close(), 10_000, () => 'The browser did not close.').catch((error: unknown) => {
          logs.page.push(String(error));
        });
      }
      if (server !== undefined) {
        killGroup(server);
      }
      removeFolder(dataFolder);
    })();
    return closing;
  };

  try {
    for (const vsixFile of options.vsixFiles ?? []) {
      await installVsix(pieces.nodeExecutable, pieces.serverScript, dataFolder, vsixFile);
    }
    writeSettings(dataFolder, options);
    const port = await findFreePort();
    const serverStartedAt = Date.now();
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
        logs.server.push(...chunk.toString().split('\n').filter((line) => line.trim() !== ''));
        for (const listener of outputListeners) {
          listener();
        }
      });
    }
    await withinLimit(
      waitForServer(server, logs.server, (listener) => outputListeners.push(listener)),
      startLimitMs,
      () => `The VS Code server did not listen within ${String(startLimitMs / 1000)} s:\n${logs.server.slice(-20).join('\n')}`,
    );
    const serverStart = (Date.now() - serverStartedAt) / 1000;

    limitTimer = setTimeout(() => {
      void close(`The editor reached its limit of ${String(limitMs / 1000)} s.`);
    }, limitMs);
    limitTimer.unref();

    const pageStartedAt = Date.now();
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
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => logs.page.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => logs.page.push(`pageerror: ${String(error)}`));
    page.on('crash', () => {
      void close('The page of the editor crashed.');
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
    const url = workbenchUrl(port, options);
    await page.goto(url, { waitUntil: 'domcontentloaded', timeout: startLimitMs });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ state: 'visible', timeout: startLimitMs });
    return {
      page,
      url,
      dataFolder,
      logs,
      testsFinished,
      seconds: { install: pieces.installSeconds, serverStart, pageOpen: (Date.now() - pageStartedAt) / 1000 },
      readLogFiles: () => readLogFolder(join(dataFolder, 'data', 'logs')),
      close: () => close(),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
