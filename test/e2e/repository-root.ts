/** Finds the folders of this repository from wherever a bundled or an unbundled test script runs. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Walks up from this module to the folder whose package.json is the extension's own. */
function findRepositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && /"name"\s*:\s*"dbt-readiness"/.test(readFileSync(manifest, 'utf8'))) {
      return folder;
    }
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error('No package.json of dbt-readiness was found above the test scripts.');
    }
    folder = parent;
  }
}

/** Absolute path of the repository. */
export const repositoryRoot: string = findRepositoryRoot();

/** Absolute path of the package that holds the editor's server and the browser driver. */
export const editorPackageFolder: string = join(repositoryRoot, 'test', 'e2e', 'vscode');

/** Absolute path of the folder that receives the bundled test scripts and suites; never committed. */
export const e2eOutputFolder: string = join(repositoryRoot, 'out', 'e2e');
