/** Reads CI, scheduler and task-runner files for the dbt commands that they run (rules.md C.1). */

import type { FileId } from '../base/file-id.ts';
import { baseName, isInside, relativePath } from '../base/file-id.ts';
import { fastHash } from '../base/hash.ts';
import type { Span } from '../base/span.ts';
import type { AutomationFacts, DbtCommand, FileFacts } from './file-facts.ts';

/**
 * Globs, relative to the git root, of files that may run dbt by themselves. Together with `TASK_FILES` they are what the
 * shells look for and watch.
 */
export const CI_GLOBS: readonly string[] = [
  '.github/workflows/*.{yml,yaml}',
  '.forgejo/workflows/*.{yml,yaml}',
  '.gitea/workflows/*.{yml,yaml}',
  '.github/actions/**/action.{yml,yaml}',
  '.gitlab-ci.yml',
  '.gitlab/**/*.yml',
  'azure-pipelines*.yml',
  '.azure/**/*.yml',
  'bitbucket-pipelines.yml',
  '.circleci/config.yml',
  'Jenkinsfile*',
  '.buildkite/*.{yml,yaml}',
  'cloudbuild.yaml',
  'buildspec.yml',
  '.drone.yml',
  '.woodpecker*',
  '.travis.yml',
  '.semaphore/*.yml',
];

/** Names of files, at the project's or the git root, that CI files call: they are followed one level. */
export const TASK_FILES: readonly string[] = [
  'Makefile',
  'makefile',
  'justfile',
  'Justfile',
  'Taskfile.yml',
  'Taskfile.yaml',
  'package.json',
  'tox.ini',
  'noxfile.py',
  'tasks.py',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
];

/** Folders of shell scripts that CI files call. */
export const SCRIPT_GLOBS: readonly string[] = ['scripts/*.sh', 'bin/*.sh', 'ci/*.sh', '*.sh'];

const CI_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, 'GitHub Actions'],
  [/^\.github\/actions\/.*action\.ya?ml$/, 'GitHub Actions'],
  [/^\.(?:forgejo|gitea)\/workflows\/[^/]+\.ya?ml$/, 'Forgejo Actions'],
  [/^\.gitlab-ci\.yml$|^\.gitlab\/.*\.yml$/, 'GitLab CI'],
  [/^azure-pipelines[^/]*\.yml$|^\.azure\/.*\.yml$/, 'Azure Pipelines'],
  [/^bitbucket-pipelines\.yml$/, 'Bitbucket Pipelines'],
  [/^\.circleci\/config\.yml$/, 'CircleCI'],
  [/^Jenkinsfile[^/]*$/, 'Jenkins'],
  [/^\.buildkite\/[^/]+\.ya?ml$/, 'Buildkite'],
  [/^cloudbuild\.yaml$/, 'Cloud Build'],
  [/^buildspec\.yml$/, 'CodeBuild'],
  [/^\.drone\.yml$/, 'Drone'],
  [/^\.woodpecker/, 'Woodpecker'],
  [/^\.travis\.yml$/, 'Travis CI'],
  [/^\.semaphore\/[^/]+\.yml$/, 'Semaphore'],
];

/** True for files that the project's automation is judged by; `outerRoot` is the git root. */
export function isAutomationPath(outerRoot: FileId, file: FileId): boolean {
  return automationSystem(outerRoot, file) !== undefined;
}

/** The CI system that reads the file, `task` for task files and scripts; undefined for other files. */
export function automationSystem(outerRoot: FileId, file: FileId): string | undefined {
  if (!isInside(outerRoot, file)) return undefined;
  const relative = relativePath(outerRoot, file);
  for (const [pattern, system] of CI_PATTERNS) if (pattern.test(relative)) return system;
  if (relative.split('/').includes('dbt_packages')) return undefined;
  if (TASK_FILES.includes(baseName(file))) return 'task';
  return /(?:^|\/)(?:(?:scripts|bin|ci)\/)?[^/]+\.sh$/.test(relative) ? 'task' : undefined;
}

const RUNNER = String.raw`(?:dbt|dbtf|python3? -m dbt(?:\.cli\.main)?)`;
const VERBS = String.raw`(?:build|test|run|seed|snapshot|source\s+(?:snapshot-)?freshness|compile|parse|docs\s+generate|retry|clone|lint|check)`;
/** dbt with a command that builds or checks; `dbt --version`, `debug`, `deps` and `ls` are no evidence. */
const COMMAND = new RegExp(String.raw`(?:^|[\s;&|"'(\[,])(${RUNNER}["',\s]+(?:-{1,2}[\w-]+(?:[= ][^\s-]\S*)?\s+)*${VERBS})(?![\w-])[^\n;&|"']*`, 'g');
const SNOWFLAKE = /\bsnow\s+dbt\s+execute\s+\S+\s+\w+|\bEXECUTE\s+DBT\s+PROJECT\b[^\n;]*/gi;
/** Actions and calls that start a dbt job elsewhere. */
const ACTION =
  /uses:\s*["']?((?:dbt-labs\/dbt-cloud-job-action|fal-ai\/dbt-cloud-action|b-per\/dbt-cloud-job-action|triedandtested-dev\/trigger-dbt-cloud-job[\w-]*-action|dpguthrie\/dbt-cloud-downstream-ci-action|mwhitaker\/dbt-action|elementary-data\/run-elementary-action)[^\s"']*)|\b(dbtc\s+jobs\s+trigger\S*|dbt-cloud\s+job\s+run)\b|(\/api\/v2\/accounts\/[^\s"']+\/jobs\/[^\s"']+\/run)/g;

/** Meltano runs dbt as a plugin: `meltano run dbt-snowflake:build`, `meltano invoke dbt-postgres test`. */
const MELTANO = new RegExp(String.raw`\bmeltano\s+(?:-{1,2}[\w-]+(?:[= ][^\s-]\S*)?\s+)*(?:run|invoke)\s[^\n;&|]*?\bdbt(?:-\w+)?[: ]${VERBS}(?![\w-])`, 'g');

/** A script whose name says that it runs dbt, or that starts a job of dbt Cloud through its API. */
const SCRIPT = /(?:\b(?:python3?|bash|sh|source|uv run|poetry run)\s+|\.\/)[\w./-]*dbt[\w.-]*\.(?:py|sh)\b/gi;

/** Calls of task files: `make ci`, `just build`, `task test`, `npm run dbt`, `tox -e x`, `nox`, `invoke x`, `inv x`, `./scripts/x.sh`. */
const CALLS =
  /(?:^|[\s;&|"'(])(?:(make|just|task|tox|nox|invoke|inv|docker(?:-| )compose|npm run|yarn|pnpm(?: run)?)(?=\s|$)|((?:\.\/|bash |sh |source |python3? )?[\w./-]*\.(?:sh|py))\b)/gm;

/** Test suites of Python, in which packages and platforms call dbt: what they do stands in files that nobody reads. */
const TEST_RUNNERS = /(?:^|[\s;&|"'(])(pytest|py\.test|hatch run|hatch test)(?=\s|$)/gm;
const SPEAKS_OF_DBT = /\bdbt/i;

/** Reads a CI or task file. Commented lines are no evidence. */
export function readAutomationFile(file: FileId, text: string, outerRoot: FileId): FileFacts {
  const anchors = new Map<string, Span>();
  const commands: DbtCommand[] = [];
  const code = blankComments(text);
  const add = (command: string, from: number): void => {
    const anchor = `command:${String(commands.length)}`;
    anchors.set(anchor, { from, to: from + command.length });
    commands.push({ command, anchor });
  };
  for (const match of code.matchAll(COMMAND)) {
    const command = match[0].slice(match[0].indexOf(match[1] ?? '')).trimEnd();
    add(command, match.index + match[0].indexOf(match[1] ?? ''));
  }
  for (const match of code.matchAll(MELTANO)) add(match[0], match.index);
  for (const match of code.matchAll(SCRIPT)) add(match[0].trim(), match.index);
  for (const match of code.matchAll(SNOWFLAKE)) add(match[0].trim(), match.index);
  for (const match of code.matchAll(ACTION)) add((match[1] ?? match[2] ?? match[3] ?? match[0]).trim(), match.index);
  const calls = new Set<string>();
  for (const match of code.matchAll(CALLS)) calls.add(callOf(match[1], match[2]));
  if (SPEAKS_OF_DBT.test(code)) for (const match of code.matchAll(TEST_RUNNERS)) calls.add((match[1] ?? '').replace('py.test', 'pytest'));
  const data: AutomationFacts = {
    kind: 'automation',
    system: automationSystem(outerRoot, file) ?? 'task',
    commands,
    calls: [...calls].sort(),
  };
  return { hash: fastHash(text), data, anchors, problems: [], suppressions: [], duplicateKeys: [] };
}

/** The base name of the called script, or the word of the task runner. */
function callOf(runner: string | undefined, script: string | undefined): string {
  if (script !== undefined) return script.replace(/^(?:bash |sh |source |python3? )/, '').replace(/^.*\//, '');
  return (runner ?? '').split(' ')[0] ?? '';
}

/** The text with comments as blanks, so that offsets stay. */
function blankComments(text: string): string {
  return text.replace(/^[ \t]*(?:#|\/\/).*$|[ \t]#[ \t].*$/gm, (comment) => ' '.repeat(comment.length));
}
