/** `npm run parity`: compares the index with dbt's own answers; the words after `--` go to `test/parity/main.ts`. */
import { runProgram } from './lib/program.mjs';

process.exitCode = await runProgram('test/parity/main.ts', process.argv.slice(2), ['--max-old-space-size=4096']);
