/** `node test/e2e/run-suite.mjs`: the suite in the server of VS Code. Options: see `readSuiteArguments` in suite-runner.ts. */
import { runTypeScript } from './bundle.mjs';

await runTypeScript('run-suite.ts');
