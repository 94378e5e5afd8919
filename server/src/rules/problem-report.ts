/** Turns what the index found wrong into what a rule says of it. */

import type * as z from 'zod';
import type { Anchor } from '../index/model.ts';
import type { IndexProblem } from '../index/problems.ts';
import type { Report, Rule, Severity } from './rule.ts';

/** How grave a problem is by what dbt does: what it passes over in silence misleads as much as what it warns of. */
const SEVERITY_OF_DBT: Readonly<Record<IndexProblem['dbt'], Severity>> = {
  error: 'error',
  warning: 'warning',
  deprecation: 'information',
  silent: 'warning',
};

/** The key at a place, as a sentence begins with it; undefined where there is none. */
export function keyOf(at: Anchor): string | undefined {
  if (at.kind === 'text' && at.name.startsWith('config:')) return `'${at.name.slice('config:'.length)}'`;
  if (at.kind !== 'yaml') return undefined;
  const key = at.path.findLast((part) => typeof part === 'string');
  if (typeof key !== 'string') return undefined;
  // The tree of dbt_project.yml marks configurations with a plus.
  return typeof at.path.at(-1) === 'number' ? `An item of '${key}'` : `'${key.replace(/^\+/, '')}'`;
}

/** The report on a problem: its names as data, the key that it is about as `what`, dbt's words as `dbt`, and the other place if it has one. */
export function reportOfProblem<MessageId extends string>(
  problem: IndexProblem,
  message: MessageId,
  related?: MessageId,
): Report<MessageId> {
  return {
    at: problem.at,
    message,
    severity: SEVERITY_OF_DBT[problem.dbt],
    data: { what: keyOf(problem.at) ?? 'This entry', ...problem.data, dbt: problem.message.replace(/\.$/, '') },
    ...(related === undefined || problem.related === undefined ? {} : { related: [{ at: problem.related, message: related }] }),
  };
}

/** What `defineRule` wants of a rule that says of each problem what the table has for its code, and of the other place `related`. */
export function onProblems<const MessageId extends string>(
  words: Readonly<Record<string, MessageId>>,
  related?: MessageId,
): Pick<Rule<string, MessageId, z.ZodType, 'problem'>, 'scope' | 'units' | 'check'> {
  return {
    scope: 'problem',
    units: { codes: Object.keys(words) },
    check(problem, { report }) {
      const message = words[problem.code];
      if (message !== undefined) report(reportOfProblem(problem, message, related));
    },
  };
}
