/** The colours of Jinja in SQL and YAML, as the engine and the grammars of the installed VS Code give them. */
import * as assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadHighlighter, type Highlighter } from '../highlighting.ts';
import { installEditor } from '../install-editor.ts';
import { repositoryRoot } from '../repository-root.ts';

const FOLDER = join(repositoryRoot, 'test', 'e2e', 'fixtures', 'highlighting');

suite('the grammar', () => {
  let highlighter: Highlighter;
  suiteSetup(async () => {
    highlighter = await loadHighlighter((await installEditor()).serverScript);
  });

  for (const [file, scopeName] of [['model.sql', 'source.sql'], ['schema.yml', 'source.yaml']] as const) {
    test(`names every piece of Jinja in ${file}, and leaves the rest to the language around it`, async () => {
      const snapshot = join(FOLDER, `${file}.snap`);
      const described = await highlighter.describe(readFileSync(join(FOLDER, file), 'utf8'), scopeName);
      if (process.env['DBT_READINESS_E2E_WRITE_SNAPSHOTS'] === 'yes') writeFileSync(snapshot, described);
      assert.equal(described, readFileSync(snapshot, 'utf8'));
    });
  }
});
