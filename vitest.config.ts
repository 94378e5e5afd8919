/** How the unit, spec, server and command line tests run; the real-editor suite under `test/e2e` has its own runner. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vitest/config';
import { defineConfig } from 'vitest/config';

/** Rule pages are imported as text, here as in the bundles of `scripts/build.mjs`. */
const markdownAsText: Plugin = {
  name: 'markdown-as-text',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('.md')) return null;
    return `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`;
  },
};

export default defineConfig({
  plugins: [markdownAsText],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/e2e/**', 'test/bench/**'],
    environment: 'node',
    setupFiles: ['test/harness/setup.ts'],
    pool: 'threads',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A test that is marked `only` would silence all others of its file.
    allowOnly: false,
    // Answers must not depend on where and when the tests run.
    env: { TZ: 'UTC', LC_ALL: 'C', NO_COLOR: '1' },
  },
});
