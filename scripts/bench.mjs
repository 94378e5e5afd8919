/** `npm run bench`: measures times and memory over generated projects; the words after `--` go to `test/bench/main.ts`. */
import { runProgram } from './lib/program.mjs';

process.exitCode = await runProgram('test/bench/main.ts', process.argv.slice(2), ['--expose-gc']);
