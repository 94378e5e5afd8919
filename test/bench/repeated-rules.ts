/** What a project costs when every rule is registered several times under ids of its own: the price of a full catalogue. */

import type { FileId } from '../../server/src/base/file-id.ts';
import { analyzeProject } from '../../server/src/features/analysis.ts';
import { fileIdOfPath } from '../../server/src/host/file-id.ts';
import { loadProject } from '../../server/src/host/load-project.ts';
import { readSource } from '../../server/src/host/read-source.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import type { AnyRule } from '../../server/src/rules/rule.ts';

/** How many rules the engine has. */
export const RULE_COUNT = ALL_RULES.length;

/** Every rule `times` times, the copies under ids such as `source-undefined-2`. */
export function repeatedRules(times: number): AnyRule[] {
  const rules: AnyRule[] = [];
  for (let copy = 1; copy <= times; copy += 1) {
    for (const rule of ALL_RULES) {
      rules.push(copy === 1 ? rule : { ...rule, meta: { ...rule.meta, id: `${rule.meta.id}-${String(copy)}`, aliases: [] } });
    }
  }
  return rules;
}

/** Reads, indexes and checks a project with such rules; returns the number of findings. */
export function checkWithRepeatedRules(directory: string, times: number): number {
  const readText = (file: FileId): string | undefined => {
    const source = readSource(file);
    return source.state === 'text' ? source.text : undefined;
  };
  const project = analyzeProject(loadProject(fileIdOfPath(directory)), { rules: repeatedRules(times), readText, today: '2026-01-01' });
  project.checkAll();
  return project.findings().length;
}
