/** Turns what a parser found wrong in a file into findings. */

import type { FileFacts } from '../../facts/file-facts.ts';
import type { Report, UnitOfScope } from '../rule.ts';

/** At most this many of one file: after a first fault the others are often its echo. */
const MAX_PER_FILE = 5;

/** Reports the file's problems whose code one of the prefixes begins. */
export function reportSyntaxProblems(
  { file, facts }: UnitOfScope['file'],
  prefixes: readonly string[],
  report: (report: Report<'fault'>) => void,
): void {
  let count = 0;
  for (const [index, problem] of facts.problems.entries()) {
    if (!prefixes.some((prefix) => problem.code.startsWith(prefix)) || IGNORED.has(problem.code)) continue;
    if (++count > MAX_PER_FILE) return;
    const at = { kind: 'text', file, name: `problem:${String(index)}` } as const;
    report({ at, message: 'fault', data: { fault: problem.message.replace(/\.$/, '') } });
  }
}

/** Deprecations: dbt goes on. */
const IGNORED: ReadonlySet<string> = new Set(['jinja-unexpected-block']);

/** The kinds of facts that any YAML file has. */
export const YAML_FACTS: readonly FileFacts['data']['kind'][] = ['properties', 'value', 'profiles'];
