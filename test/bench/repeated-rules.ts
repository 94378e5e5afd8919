/** What a project costs when every rule is registered several times under ids of its own: the price of a full catalogue. */

import type { FileId } from '../../server/src/base/file-id.ts';
import { analyzeProject } from '../../server/src/features/analysis.ts';
import { fileIdOfPath } from '../../server/src/host/file-id.ts';
import { loadProject } from '../../server/src/host/load-project.ts';
import { readSource } from '../../server/src/host/read-source.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import type { AnyRule } from '../../server/src/rules/rule.ts';

/** The rules of the first issue, by which the price of one rule was promised. */
const FIRST_RULES: ReadonlySet<string> = new Set([
  'model-without-tests',
  'missing-primary-key-test',
  'source-without-tests',
  'model-missing-description',
  'model-columns-undocumented',
  'model-missing-properties',
  'source-missing-description',
  'source-undefined',
  'ref-undefined',
  'hard-coded-reference',
  'source-missing-freshness',
  'incremental-missing-unique-key',
  'incremental-missing-on-schema-change',
  'required-dbt-version-missing',
  'ci-workflow-missing',
  'profile-plaintext-secret',
]);

/** The sets of rules that are repeated. */
export const RULE_SETS: Readonly<Record<string, readonly AnyRule[]>> = {
  first: ALL_RULES.filter(({ meta }) => FIRST_RULES.has(meta.id)),
  all: ALL_RULES,
};

/** Every rule of a set `times` times, the copies under ids such as `source-undefined-2`. */
export function repeatedRules(set: string, times: number): AnyRule[] {
  const rules: AnyRule[] = [];
  for (let copy = 1; copy <= times; copy += 1) {
    for (const rule of RULE_SETS[set] ?? []) {
      rules.push(copy === 1 ? rule : { ...rule, meta: { ...rule.meta, id: `${rule.meta.id}-${String(copy)}`, aliases: [] } });
    }
  }
  return rules;
}

/** Reads, indexes and checks a project with such rules; returns the number of findings. */
export function checkWithRepeatedRules(directory: string, set: string, times: number): number {
  const readText = (file: FileId): string | undefined => {
    const source = readSource(file);
    return source.state === 'text' ? source.text : undefined;
  };
  const project = analyzeProject(loadProject(fileIdOfPath(directory)), { rules: repeatedRules(set, times), readText, today: '2026-01-01' });
  project.checkAll();
  return project.findings().length;
}
