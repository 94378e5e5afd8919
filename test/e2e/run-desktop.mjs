/** `node test/e2e/run-desktop.mjs`: the same suite in a desktop VS Code, which is downloaded. Options: see `readSuiteArguments` in suite-runner.ts. */
import { runTypeScript } from './bundle.mjs';

await runTypeScript('run-desktop.ts');
