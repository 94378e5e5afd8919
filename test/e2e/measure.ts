/**
 * Measures what a user waits for in the editor: the extension's activation as VS Code itself counts it, and from the start of
 * the server to the first findings in the open file and to the end of reading. Each run is a fresh window with fresh data, then
 * the same window opened again, which finds what the first left. Prints medians.
 *
 * Options: --runs N (3), --vsix FILE (default: the sources), --only TEXT (projects whose name contains it), --project DIR=FILE,
 * repeated: a folder, and the file in it to open, one that has findings.
 */
import { realpathSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import glob from 'fast-glob';
import type { ensureProject } from '../../scripts/generate-project.mjs';
import { median, table } from '../bench/statistics.ts';
import { openEditor, type Editor } from './editor-server.ts';
import { readOptions } from './read-options.ts';
import { repositoryRoot } from './repository-root.ts';
import { driveWorkbench, waitForValue } from './workbench.ts';

/** A folder with the file to open in it. */
interface Measured {
  readonly title: string;
  readonly folder: string;
  readonly file: string;
}

/** Milliseconds. */
interface Waits {
  readonly activation: number;
  readonly firstFindings: number;
  readonly allRead: number;
}

const READ_LIMIT_MS = 120_000;

const options = readOptions(process.argv.slice(2), ['--runs', '--vsix', '--only', '--project']);
const runs = Number(options.get('--runs')?.[0] ?? '3');
const vsix = options.get('--vsix')?.[0];
const only = options.get('--only')?.[0] ?? '';

/** The generator is a program of its own, which looks at its own file. */
async function generated(count: number): Promise<Measured> {
  // The file that the type describes.
  const generator = (await import(pathToFileURL(join(repositoryRoot, 'scripts', 'generate-project.mjs')).href)) as { readonly ensureProject: typeof ensureProject };
  const { directory, smallYaml } = generator.ensureProject({ count, directory: join(tmpdir(), 'dbt-readiness-bench', `generated-${String(count)}`) });
  return { title: `generated, ${count.toLocaleString('en')} models`, folder: directory, file: smallYaml };
}

function asked(words: string): Measured {
  const [directory = '', file = ''] = words.split('=');
  const folder = realpathSync(directory);
  return { title: basename(folder), folder, file };
}

/** The latest number that the extension wrote to its log after the words; undefined until it did. */
function logged(editor: Editor, words: string, seen: number): number | undefined {
  const texts = [...editor.readLogFiles()].filter(([name]) => name.includes('dbt Readiness')).map(([, text]) => text);
  const numbers = [...texts.join('\n').matchAll(new RegExp(`${words} (\\d+) ms`, 'g'))].map(([, number]) => Number(number));
  return numbers.length > seen ? numbers.at(-1) : undefined;
}

async function readWaits(editor: Editor, seen: number): Promise<Waits> {
  const wait = (words: string) =>
    waitForValue(words, () => Promise.resolve(logged(editor, words, seen)), () => Promise.resolve([...editor.readLogFiles().keys()].join(', ')), READ_LIMIT_MS);
  const allRead = await wait('All projects read and checked');
  const firstFindings = await wait('First findings in an open file');
  return { activation: await readActivation(editor), firstFindings, allRead };
}

/** What VS Code counts for an extension: reading its code and its `activate`. */
async function readActivation(editor: Editor): Promise<number> {
  const workbench = driveWorkbench(editor);
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = editor.page.locator('.runtime-extensions-editor .monaco-list-row').filter({ hasText: /dbt.readiness/i }).first();
  const text = await row.locator('.activation-time').first().innerText();
  return Number(/(\d+)\s*ms/.exec(text)?.[1] ?? 'NaN');
}

async function measure({ folder, file }: Measured): Promise<{ readonly first: Waits; readonly again: Waits }> {
  const editor = await openEditor({
    workspaceFolder: folder,
    openedFile: join(folder, file),
    // High enough for the list of all extensions: VS Code draws only what is in sight.
    viewport: { width: 1440, height: 2400 },
    ...(vsix === undefined ? { extensionFolder: repositoryRoot, vsixFiles: [] } : { vsixFiles: [realpathSync(vsix)] }),
  });
  try {
    const first = await readWaits(editor, 0);
    const storage = join(editor.dataFolder, 'data', 'User', 'globalStorage');
    await waitForValue(
      'the project in the cache',
      () => Promise.resolve(glob.sync('*/projects/*.project', { cwd: storage }).at(0)),
      () => Promise.resolve(glob.sync('**', { cwd: storage }).join(', ')),
      READ_LIMIT_MS,
    );
    await editor.page.reload();
    return { first, again: await readWaits(editor, 1) };
  } finally {
    await editor.close();
  }
}

const projects = [
  { title: 'samples/scv', folder: join(repositoryRoot, 'samples', 'scv'), file: 'models/gold/gold_customer_kpis.sql' },
  await generated(10_000),
  ...(options.get('--project') ?? []).map(asked),
].filter(({ title }) => title.includes(only));

const rows = [['', 'activation', 'first findings', 'all read', 'again: activation', 'first findings', 'all read']];
for (const project of projects) {
  const measured: { readonly first: Waits; readonly again: Waits }[] = [];
  for (let run = 0; run < runs; run += 1) measured.push(await measure(project));
  const cells = (['first', 'again'] as const).flatMap((kind) =>
    (['activation', 'firstFindings', 'allRead'] as const).map((key) => String(median(measured.map((one) => one[kind][key])))),
  );
  rows.push([project.title, ...cells]);
}
console.log(`milliseconds, medians of ${String(runs)}, ${vsix === undefined ? 'from the sources' : basename(vsix)}, load ${loadavg()[0]?.toFixed(1) ?? '?'}\n\n${table(rows)}`);
