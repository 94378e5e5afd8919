/** The names that MetricFlow takes. */

import { GRANULARITIES } from '../../jinja/where-filters.ts';

const SHAPE = /^[a-z](?:(?!__)[a-z0-9_])*[a-z0-9]$/;

const RESERVED: ReadonlySet<string> = new Set(['metric_time', 'mf_internal_uuid']);

/** Words of SQL that no element may be named. */
const SQL_WORDS: ReadonlySet<string> = new Set([
  'and', 'as', 'create', 'distinct', 'for', 'from', 'full', 'having', 'in', 'inner', 'into', 'is', 'join', 'left', 'like', 'natural', 'not', 'null', 'on',
  'or', 'right', 'select', 'union', 'using', 'where', 'with',
]);

/** MetricFlow's words on a name that it does not take, else nothing. */
export function faultsOfName(name: string): string[] {
  const faults: string[] = [];
  if (!SHAPE.test(name)) faults.push(`Invalid name \`${name}\` - names may only contain lower case letters, numbers, and underscores`);
  if (GRANULARITIES.includes(name.toLowerCase())) faults.push(`Invalid name \`${name}\` - names cannot match reserved time granularity keywords`);
  if (RESERVED.has(name.toLowerCase())) faults.push(`Invalid name \`${name}\` - this name is reserved by MetricFlow`);
  return faults;
}

/** True for a word of SQL. */
export function isSqlWord(name: string): boolean {
  return SQL_WORDS.has(name.toLowerCase());
}
