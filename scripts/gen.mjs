/** `npm run gen`: writes every generated file that is not current. `--check` writes nothing and fails if one is not. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot } from './lib/paths.mjs';

await ensureInstalled();
const { GENERATORS } = await import('./generators/index.mjs');
const check = process.argv.includes('--check');
let faults = 0;

for (const generator of GENERATORS) {
  let result;
  try {
    result = await generator.generate();
  } catch (error) {
    console.error(`The ${generator.name} cannot be generated: ${error.message}`);
    faults += 1;
    continue;
  }
  for (const problem of result.problems) {
    console.error(problem);
    faults += 1;
  }
  for (const [path, text] of result.files) {
    const file = inRoot(path);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    if (check) {
      console.error(`${path} is not current: run \`npm run gen\`.`);
      faults += 1;
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      console.log(`wrote ${path}`);
    }
  }
}
process.exitCode = faults === 0 ? 0 : 1;
