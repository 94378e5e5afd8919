/** Flags incremental models that leave on_schema_change to its default, under which new columns are dropped in silence. */

import * as z from 'zod';
import { isPyDict } from '../../base/python-values.ts';
import { isUnknown } from '../../base/unknown.ts';
import { addConfigSetting } from '../fixes/_config-call.ts';
import { defineRule } from '../rule.ts';

export const incrementalMissingOnSchemaChange = defineRule({
  meta: {
    id: 'incremental-missing-on-schema-change',
    category: 'monitoring-error-handling',
    summary: 'Flags an incremental model that does not say what to do when its columns change.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [3, 7],
    checklistItems: ['DQ4', 'PRF1'],
    messages: {
      missing: '{name} sets no on_schema_change: new columns are dropped without a word.',
      contract: "{name} has a contract: on_schema_change must be append_new_columns or fail, not '{value}'.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'node',
  units: { resourceTypes: ['model'] },
  check(node, { project, report, unknown }) {
    if (node.resourceType !== 'model' || node.enabled !== true) return;
    if (isUnknown(node.materialized)) {
      unknown(node.materialized.reason);
      return;
    }
    if (node.materialized !== 'incremental') return;
    const own = node.config.get('on_schema_change') ?? node.configUnknown ?? undefined;
    if (isUnknown(own)) {
      unknown(own.reason);
      return;
    }
    const contract = project.config(node, 'contract');
    const isEnforced = isPyDict(contract) && contract.get('enforced') === true;
    const at = project.nodeAnchor(node);
    if (own === undefined) {
      report({
        at,
        message: 'missing',
        data: { name: node.name },
        ...(node.language === 'sql'
          ? {
              fix: {
                kind: 'suggested' as const,
                make: (tools) => addConfigSetting(tools, node.file, 'suggested', 'on_schema_change', "'append_new_columns'"),
              },
            }
          : {}),
      });
      return;
    }
    if (isEnforced && own !== 'append_new_columns' && own !== 'fail') {
      report({ at, message: 'contract', data: { name: node.name, value: typeof own === 'string' ? own : 'another value' } });
    }
  },
});
