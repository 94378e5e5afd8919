/** Which findings somebody has waived: by a comment on the line, or by `meta.dbt_readiness.skip` on the node, with a reason. */

import type { PyValue } from '../base/python-values.ts';
import { isPyDate, isPyDict } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { ProjectIndex } from '../index/project-index.ts';
import type { Finding } from '../rules/finding.ts';
import { isPlaceholder } from '../syntax/suppressions.ts';

/** Tells which findings a comment or a `meta` entry waives. */
export interface Suppressor {
  /** The reason that waives the finding; undefined if it stands. */
  reasonFor(finding: Finding, span: Span): string | undefined;
}

/** `today` is an ISO date: a waiver counts up to and including its `until`. */
export function createSuppressor(index: ProjectIndex, today: string): Suppressor {
  return {
    reasonFor(finding, span) {
      return reasonOfComment(index, finding, span, today) ?? reasonOfMeta(index, finding, today);
    },
  };
}

function reasonOfComment(index: ProjectIndex, finding: Finding, span: Span, today: string): string | undefined {
  for (const { facts } of index.storedFile(finding.at.file)?.parts ?? []) {
    for (const { rules, reason, until, covers } of facts.suppressions) {
      if (span.from < covers.from || span.from > covers.to || !rules.includes(finding.ruleId)) continue;
      if (until === undefined || today <= until) return reason;
    }
  }
  return undefined;
}

function reasonOfMeta(index: ProjectIndex, finding: Finding, today: string): string | undefined {
  const node = finding.uniqueId === null ? undefined : index.nodes.active(finding.uniqueId);
  const own = node?.meta.get('dbt_readiness');
  const skips = isPyDict(own) ? own.get('skip') : undefined;
  if (!Array.isArray(skips)) return undefined;
  for (const skip of skips) {
    if (!isPyDict(skip) || skip.get('rule') !== finding.ruleId) continue;
    const reason = skip.get('reason');
    const until = isoDate(skip.get('until'));
    if (typeof reason !== 'string' || isPlaceholder(reason)) continue;
    if (until === undefined || today <= until) return reason;
  }
  return undefined;
}

function isoDate(value: PyValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return isPyDate(value) ? value.text : undefined;
}
