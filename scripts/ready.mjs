/** `npm run ready`: all that CI does, quick things first, and the package. Run it before a commit is shared. */
import { ensureInstalled } from './lib/install.mjs';
import { runStages } from './lib/stages.mjs';

await ensureInstalled();
process.exitCode = await runStages(['generated', 'types', 'build', 'lint', 'vitest', 'package', 'packed', 'editor'], { limitMs: 20 * 60_000 });
