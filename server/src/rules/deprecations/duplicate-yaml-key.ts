/** Flags keys that stand twice in one mapping: the last one counts, and what the others say is lost. */

import * as z from 'zod';
import { YAML_FACTS } from '../code-quality/_syntax-problems.ts';
import { defineRule } from '../rule.ts';

export const duplicateYamlKey = defineRule({
  meta: {
    id: 'duplicate-yaml-key',
    category: 'deprecations',
    summary: 'Flags a key that stands twice in one mapping.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [10],
    checklistItems: [],
    messages: {
      twice: "'{key}' stands twice in this mapping, and only the last one counts; remove this one. dbt deprecates it: Duplicate key '{key}'.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'file',
  units: { fileKinds: YAML_FACTS },
  check({ file, facts }, { report }) {
    for (const [i, { key }] of facts.duplicateKeys.entries()) {
      report({ at: { kind: 'text', file, name: `duplicate-key:${String(i)}` }, message: 'twice', data: { key } });
    }
  },
});
