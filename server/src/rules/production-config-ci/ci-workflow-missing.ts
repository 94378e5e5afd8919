/** Flags projects whose repository has no CI that runs dbt. */

import * as z from 'zod';
import { joinPath, relativePath } from '../../base/file-id.ts';
import type { AutomationFile } from '../../facts/file-facts.ts';
import type { Anchor } from '../../index/model.ts';
import type { ProjectView } from '../../index/project-view.ts';
import type { Fix } from '../rule.ts';
import { defineRule } from '../rule.ts';

export const ciWorkflowMissing = defineRule({
  meta: {
    id: 'ci-workflow-missing',
    category: 'production-config-ci',
    summary: 'Flags a repository in which no CI file runs dbt.',
    severity: 'warning',
    surface: 'project',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [5],
    checklistItems: ['INF3'],
    messages: {
      missing: 'No CI file in the repository runs dbt: changes reach production untested.',
      withoutDbt: 'CI exists ({system}), but it never runs dbt: changes reach production untested.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'project',
  units: {},
  check(_project, { project, report, unknown }) {
    const files = project.automation();
    const ci = files.filter((file) => file.system !== 'task');
    if (ci.some((file) => runsDbt(file, files))) return;
    const unread = ci.flatMap((file) => file.calls).find((call) => isUnread(call, files));
    if (unread !== undefined) {
      unknown(`CI calls ${unread}, which is not read`);
      return;
    }
    const at: Anchor = { kind: 'yaml', file: project.projectFile, entry: '', path: ['name'], part: 'value' };
    const [first] = ci;
    const isGithub = first === undefined || first.system === 'GitHub Actions';
    const install = installCommand(project);
    report({
      at,
      ...(first === undefined ? { message: 'missing' } : { message: 'withoutDbt', data: { system: first.system } }),
      ...(isGithub && install !== undefined
        ? { fix: { kind: 'suggested' as const, make: () => addWorkflow(project, install) } }
        : {}),
    });
  },
});

const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** Names of the files that a word in a CI file leads to; scripts are called by their own name. */
const FILES_OF_RUNNER: Readonly<Record<string, readonly string[]>> = {
  make: ['Makefile', 'makefile'],
  just: ['justfile', 'Justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml'],
  tox: ['tox.ini'],
  nox: ['noxfile.py'],
  invoke: ['tasks.py'],
  inv: ['tasks.py'],
  docker: COMPOSE_FILES,
  'docker-compose': COMPOSE_FILES,
  npm: ['package.json'],
  yarn: ['package.json'],
  pnpm: ['package.json'],
};

/** A CI file runs dbt itself, or calls a task file (one level) that does. */
function runsDbt(ci: AutomationFile, files: readonly AutomationFile[]): boolean {
  if (ci.commands.length > 0) return true;
  const called = new Set(ci.calls.flatMap((call) => FILES_OF_RUNNER[call] ?? [call]));
  return files.some((file) => file.system === 'task' && file.commands.length > 0 && called.has(baseNameOf(file)));
}

function baseNameOf(file: AutomationFile): string {
  return file.file.slice(file.file.lastIndexOf('/') + 1);
}

/** Scripts that lie elsewhere, and test suites. */
function isUnread(call: string, files: readonly AutomationFile[]): boolean {
  if (/\.(?:sh|py)$/.test(call)) return !files.some((file) => baseNameOf(file) === call);
  return call === 'pytest' || call.startsWith('hatch ');
}

/** How CI gets dbt; undefined if files do not tell which adapter the project needs. */
function installCommand(project: ProjectView): string | undefined {
  if (project.hasFile('requirements.txt')) return 'pip install -r requirements.txt';
  const adapter = project.adapter();
  return adapter === undefined ? undefined : `pip install dbt-core dbt-${adapter}`;
}

function addWorkflow(project: ProjectView, install: string): Fix | undefined {
  const outer = project.outerRoot;
  const file = joinPath(outer, '.github/workflows/dbt-ci.yml');
  if (project.hasFile(relativePath(project.root, file))) return undefined;
  const folder = relativePath(outer, project.root);
  const defaults = folder === '' ? [] : ['    defaults:', '      run:', `        working-directory: ${folder}`];
  const lines = [
    'name: dbt',
    'on:',
    '  pull_request:',
    'permissions:',
    '  contents: read',
    'concurrency:',
    '  group: ${{ github.workflow }}-${{ github.ref }}',
    '  cancel-in-progress: true',
    'jobs:',
    '  build:',
    '    runs-on: ubuntu-latest',
    ...defaults,
    '    env:',
    '      DBT_PROFILES_DIR: .',
    '    steps:',
    '      - uses: actions/checkout@v4',
    '      - uses: actions/setup-python@v5',
    '        with:',
    "          python-version: '3.12'",
    `      - run: ${install}`,
    '      - run: dbt deps',
    '      # The target ci reads its credentials from the secrets of the repository, by env_var() in profiles.yml.',
    '      - run: dbt build --target ci',
    '',
  ];
  return { title: 'Create .github/workflows/dbt-ci.yml', kind: 'suggested', edits: [{ file, create: lines.join('\n') }] };
}
