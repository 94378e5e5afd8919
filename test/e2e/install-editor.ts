/** Installs what the end-to-end tests need (the editor's server, its Node, a browser) where it is missing, and says where it is. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserDriver } from './browser-shapes.ts';
import { editorPackageFolder } from './repository-root.ts';

/** Where the installed pieces are. */
export interface EditorPieces {
  /** The Node that runs the server; the server of VS Code asks for Node 24. */
  readonly nodeExecutable: string;
  /** server-main.js of VS Code's server. */
  readonly serverScript: string;
  /** A Chromium or one of its descendants. */
  readonly browserExecutable: string;
  readonly driver: BrowserDriver;
  /** What the installation cost; 0 when everything was there. */
  readonly installSeconds: number;
}

const serverFolder = join(editorPackageFolder, 'node_modules', 'code-server', 'lib', 'vscode');
const stampFile = join(editorPackageFolder, 'node_modules', '.installed-for-lock');
const lockFolder = join(editorPackageFolder, '.installing');

/** Native modules of the server that have a plain stand-in here, because no install script runs. */
const standIns = ['spdlog', 'native-watchdog'] as const;

function standInFile(name: string): string {
  return join(editorPackageFolder, 'without-native', `${name}.cjs`);
}

/** An installation that takes longer than this is taken for dead. */
const installLimitMs = 10 * 60_000;

/** Runs a program to its end; throws with its last output when it fails, so that the cause is in the test's log. */
function runToEnd(program: string, args: readonly string[], folder: string, environment: NodeJS.ProcessEnv = process.env): void {
  const result = spawnSync(program, args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    timeout: installLimitMs,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (result.error !== undefined || result.status !== 0) {
    const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-25).join('\n');
    throw new Error(`\`${program} ${args.join(' ')}\` failed in ${folder}: ${result.error?.message ?? `exit ${String(result.status)}`}\n${output}`);
  }
}

/** The stamp of a finished installation: changes with the lock file, with the stand-ins and with the platform. */
function wantedStamp(): string {
  const hash = createHash('sha256').update(readFileSync(join(editorPackageFolder, 'package-lock.json')));
  for (const name of standIns) {
    hash.update(readFileSync(standInFile(name)));
  }
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

function isInstalled(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp();
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** True unless the process that holds the installation lock is known to be gone. */
function isLockHeld(): boolean {
  try {
    const owner = Number(readFileSync(join(lockFolder, 'owner'), 'utf8'));
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // No such process. (A lock folder without an owner file was made this very moment: its age decides.)
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    const isOld = existsSync(lockFolder) && Date.now() - statSync(lockFolder).mtimeMs > installLimitMs;
    return !isGone && !isOld;
  }
}

/** Takes the lock that keeps two test runs from installing into one folder; returns false when another run finished the installation meanwhile. */
async function takeInstallLock(): Promise<boolean> {
  for (;;) {
    try {
      mkdirSync(lockFolder);
      writeFileSync(join(lockFolder, 'owner'), String(process.pid));
      return true;
    } catch {
      if (isInstalled()) {
        return false;
      }
      if (!isLockHeld()) {
        rmSync(lockFolder, { recursive: true, force: true });
        continue;
      }
      await sleep(500);
    }
  }
}

/** Installs the npm packages of the editor unless the installed ones belong to the present lock file; returns the seconds it took. */
async function installPackages(): Promise<number> {
  if (isInstalled()) {
    return 0;
  }
  const startedAt = Date.now();
  if (!(await takeInstallLock())) {
    return 0;
  }
  try {
    if (!isInstalled()) {
      // No install scripts: the server's would compile native modules for minutes, and none of them is needed to run tests.
      runToEnd('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], editorPackageFolder);
      // The server comes with a shrinkwrap of its own, which pins these. `npm ci` refuses it, because it lacks the development dependencies.
      runToEnd('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], serverFolder);
      for (const name of standIns) {
        copyFileSync(standInFile(name), join(serverFolder, 'node_modules', '@vscode', name, 'index.js'));
      }
      writeFileSync(stampFile, wantedStamp());
    }
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
  return (Date.now() - startedAt) / 1000;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

const browserNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'msedge'] as const;
const macBrowsers = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
] as const;

/** A browser that is already on this machine. The environment variable wins, and is an error when it points nowhere. */
function findBrowser(driver: BrowserDriver): string | undefined {
  const configured = process.env['CHROME_PATH'];
  if (configured !== undefined && configured !== '') {
    if (!isExecutable(configured)) {
      throw new Error(`CHROME_PATH is ${configured}, which is not an executable file.`);
    }
    return configured;
  }
  return findOnPath(browserNames) ?? [...macBrowsers, driver.chromium.executablePath()].find(isExecutable);
}

/** Debian proper, whose `chromium` package is the browser. Ubuntu's package of that name only asks for a snap. */
function isDebian(): boolean {
  const release = '/etc/os-release';
  return existsSync(release) && /^ID="?debian"?$/m.test(readFileSync(release, 'utf8'));
}

function installBrowser(driver: BrowserDriver): string {
  const failures: string[] = [];
  if (isDebian() && process.getuid?.() === 0) {
    try {
      const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      runToEnd('apt-get', ['update', '-qq'], '/', environment);
      runToEnd('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], '/', environment);
    } catch (error) {
      failures.push(String(error));
    }
  } else {
    try {
      runToEnd(process.execPath, [join(editorPackageFolder, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'], editorPackageFolder);
    } catch (error) {
      failures.push(String(error));
    }
  }
  const found = findBrowser(driver);
  if (found === undefined) {
    throw new Error(
      'The end-to-end tests need a Chromium. Install one (Debian: `apt-get install chromium`; elsewhere Google Chrome or ' +
        `\`npx playwright install chromium\`) or set CHROME_PATH to an executable.\n${failures.join('\n')}`,
    );
  }
  return found;
}

/** The server runs on Node 24: that of the npm package where there is one for the platform, else the machine's own if it fits. */
function findNode24(): string {
  const packaged = join(editorPackageFolder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (isExecutable(packaged)) {
    return packaged;
  }
  if (process.versions.node.startsWith('24.')) {
    return process.execPath;
  }
  throw new Error(
    `No Node 24 for ${process.platform}-${process.arch}: there is no package of it in test/e2e/vscode, and this process runs on ` +
      `${process.versions.node}. Run the end-to-end tests with Node 24.`,
  );
}

/** Installs what is missing and returns where everything is. A second call is free. */
export async function installEditor(): Promise<EditorPieces> {
  const startedAt = Date.now();
  const packageSeconds = await installPackages();
  const driverUrl = pathToFileURL(join(editorPackageFolder, 'node_modules', 'playwright-core', 'index.mjs')).href;
  // The driver lives in a package of its own, so the compiler cannot see its types; `browser-shapes.ts` states what is used of it.
  const driver = (await import(driverUrl)) as BrowserDriver;
  const presentBrowser = findBrowser(driver);
  const browserExecutable = presentBrowser ?? installBrowser(driver);
  return {
    nodeExecutable: findNode24(),
    serverScript: join(serverFolder, 'out', 'server-main.js'),
    browserExecutable,
    driver,
    installSeconds: presentBrowser === undefined ? (Date.now() - startedAt) / 1000 : packageSeconds,
  };
}
