/** Installs npm dependencies where they are missing or differ from the lock file. Only Node's own modules. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { run } from './run.mjs';

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Why the installed packages are not those of the lock file, or undefined if they are. npm keeps a list of what it
 * installed; comparing versions with it tells more than times do, which a fresh clone sets anew.
 */
export function whyInstall(folder = ROOT) {
  const installedList = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return 'nothing is installed yet';
  const wanted = readJson(join(folder, 'package-lock.json')).packages;
  const installed = readJson(installedList).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    // Packages for other platforms are optional, and links and the project itself are not installed.
    if (path === '' || entry.optional || entry.devOptional || entry.link) continue;
    if (installed[path]?.version !== entry.version) return `${path.replace(/^node_modules\//, '')} ${entry.version} is missing`;
  }
  return undefined;
}

/**
 * Installs what is missing; throws if that fails. Progress goes to stderr, so that stdout stays for results.
 * Install scripts are off: none of the packages needs one.
 */
export async function ensureInstalled(folder = ROOT) {
  const reason = whyInstall(folder);
  if (reason === undefined) return;
  process.stderr.write(`Installing npm packages (${reason}) …\n`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = await run('npm', args, { cwd: folder, show: 'stderr' });
  if (result.code !== 0) throw new Error(`npm ci failed with exit code ${result.code}.`);
}
