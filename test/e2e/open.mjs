/** `node test/e2e/open.mjs`: serves the sample project with the extension until Ctrl+C. Options: see open.ts. */
import { runTypeScript } from './bundle.mjs';

await runTypeScript('open.ts');
