/** Lint rules: the strictest type-aware sets, walls between the folders, and the few rules of our own in `scripts/lib/eslint-rules.mjs`. */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { projectRules } from './scripts/lib/eslint-rules.mjs';

/** Folders that may touch Node: the shells, the disk, the client, and what never ships in a web build. */
const NODE_ALLOWED = ['server/src/host/**', 'server/src/lsp/**', 'server/src/cli/**', 'client/**', 'test/**', '*.config.ts'];

const noNodeImports = {
  group: ['node:*'],
  message: 'Only host/, lsp/ and cli/ may use Node; take a function or an interface as parameter instead.',
};
const bareNodeModules = ['fs', 'path', 'crypto', 'os', 'url', 'util', 'child_process', 'events', 'stream', 'assert', 'worker_threads', 'process', 'buffer'];

export default tseslint.config(
  {
    ignores: ['node_modules/', 'out/', 'dist/', 'coverage/', '.vscode-test/', 'test/e2e/vscode/', '**/*.d.ts', '**/*.generated.*', 'server/src/syntax/jinja/generated/**', '**/node_modules/'],
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { project: projectRules },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-param-reassign': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-restricted-imports': ['error', {
        paths: bareNodeModules.map((name) => ({ name, message: 'Write it with the `node:` prefix.' })),
      }],
      'project/assertion-needs-reason': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      // There are no enums and hardly a class in the sources, and these two cost a third of the time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Numbers read well in messages, and their text is the same everywhere.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An index signature is used for data that has one; tables of fixed words say Record.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // `noPropertyAccessFromIndexSignature` asks for the brackets that this rule would remove.
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: NODE_ALLOWED,
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [noNodeImports],
        paths: bareNodeModules.map((name) => ({ name, message: noNodeImports.message })),
      }],
    },
  },
  {
    files: ['server/src/**/*.ts', 'test/**/*.ts'],
    // What looks like a method of an interface is a closure here; none uses `this`, so it may be taken apart.
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['server/src/cli/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // A test may assert what it has just checked; the test fails loudly where it is wrong.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', performance: 'readonly', structuredClone: 'readonly', fetch: 'readonly', TextDecoder: 'readonly', TextEncoder: 'readonly', AbortController: 'readonly' },
    },
    rules: { eqeqeq: ['error', 'always'], 'prefer-const': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }] },
  },
);
