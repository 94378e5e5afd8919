/** `node test/e2e/screenshots.mjs`: pictures of the workbench in several themes. Options: see screenshots.ts. */
import { runTypeScript } from './bundle.mjs';

await runTypeScript('screenshots.ts');
