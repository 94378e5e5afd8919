/** `node test/e2e/measure.mjs`: what a user of the extension waits for in a real editor. Options: see measure.ts. */
import { runTypeScript } from './bundle.mjs';

await runTypeScript('measure.ts');
