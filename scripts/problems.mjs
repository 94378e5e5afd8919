/** `npm run problems -- DIR…`: counts what reaches an editor's Problems view; the words after `--` go to `test/problems/main.ts`. */
import { runProgram } from './lib/program.mjs';

process.exitCode = await runProgram('test/problems/main.ts', process.argv.slice(2));
