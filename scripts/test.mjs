/**
 * `npm test`: all checks of the project, from a fresh clone if need be. Prints what each stage did; the last line is
 * `N passed, N failed`. `-- --only types,lint` runs some stages.
 */
import { ensureInstalled } from './lib/install.mjs';
import { STAGES, runStages } from './lib/stages.mjs';

const ALL = ['build', 'generated', 'types', 'lint', 'vitest', 'editor', 'package', 'packed'];
const LIMIT_MS = 11.5 * 60_000;

function chosenStages(words) {
  if (words.length === 0) return ALL;
  const [option, list] = words;
  const names = (list ?? '').split(',');
  const unknown = names.filter((name) => !(name in STAGES));
  if (option !== '--only' || words.length !== 2 || unknown.length > 0) {
    throw new Error(`Usage: npm test [-- --only STAGE,STAGE]. Stages: ${Object.keys(STAGES).join(', ')}.`);
  }
  return names;
}

try {
  const names = chosenStages(process.argv.slice(2));
  await ensureInstalled();
  process.exitCode = await runStages(names, { limitMs: LIMIT_MS });
} catch (error) {
  console.log(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
