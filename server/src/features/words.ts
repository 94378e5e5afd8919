/** Joins a message from a rule's words and a finding's data; the only place where findings become English. */

import type { RuleMeta } from '../rules/rule.ts';
import type * as z from 'zod';

/** The text of a finding: the rule's message with `{name}` placeholders filled from the data. */
export function wordsOf(
  rule: { readonly meta: RuleMeta<string, string, z.ZodType> },
  messageId: string,
  data: Readonly<Record<string, string | number>>,
): string {
  const template = rule.meta.messages[messageId] ?? messageId;
  return template.replace(/\{(\w+)\}/g, (placeholder, key: string) => (key in data ? String(data[key]) : placeholder));
}
