/** `npm run problems -- DIR…`: prints what reaches an editor's Problems view at most, by rule, with default settings. */

import { resolve } from 'node:path';
import { countProblems, toldCounts } from './count-problems.ts';

/** npm runs scripts at the root; the folders that a person types are meant from where they stand. */
const STARTED_IN = process.env['INIT_CWD'] ?? process.cwd();

const directories = process.argv.slice(2);
if (directories.length === 0 || directories.some((word) => word.startsWith('-'))) {
  process.stderr.write('usage: npm run problems -- DIR...\n');
  process.exitCode = 2;
} else {
  for (const directory of directories) {
    const path = resolve(STARTED_IN, directory);
    process.stdout.write(toldCounts(path, await countProblems(resolve('out/server.cjs'), path)));
  }
}
