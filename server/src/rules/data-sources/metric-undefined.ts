/** Flags names of metrics, semantic models and functions that lead nowhere: dbt refuses the whole project over one of them. */

import * as z from 'zod';
import { isTakenForGranted } from '../../index/resolution.ts';
import { defineRule } from '../rule.ts';
import { severityOfBrokenReference } from './_broken-reference.ts';

export const metricUndefined = defineRule({
  meta: {
    id: 'metric-undefined',
    category: 'data-sources',
    summary: 'Flags a metric, semantic model or function that is used but not defined.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [1],
    checklistItems: [],
    messages: {
      missing: "No {kind} is named '{name}'; correct the name or define it. dbt stops: {from} depends on a {kind} named '{name}' which was not found.",
      measure: "No semantic model has a measure '{name}'; correct the name or define it. dbt stops: A semantic model having a measure `{name}` does not exist but was referenced.",
      measureDisabled: "The semantic model '{name}' is disabled; enable it or use another measure. dbt stops: a measure of the metric {by} is referenced on disabled semantic model `{name}`.",
      input: "No metric is named '{name}'; correct the name or define it. dbt stops: The metric `{name}` does not exist but was referenced by metric `{by}`.",
      inputDisabled: "The metric '{name}' is disabled; enable it or use another. dbt stops: The metric `{name}` is disabled and thus cannot be referenced.",
      disabled: "The {kind} '{name}' is disabled; enable it or use another. dbt stops: {from} depends on a {kind} named '{name}' which is disabled.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'analysis', 'exposure', 'metric', 'saved_query', 'function'] },
  check(node, { project, report, unknown }) {
    if (!('dependsOnDeclared' in node)) return;
    for (const wanted of node.dependsOnDeclared ?? []) {
      const [kind = '', name = ''] = wanted.split(/:(.*)/s);
      if (isTakenForGranted(node, wanted)) continue;
      const found = project.resolveDeclared(node, wanted);
      if (found.kind === 'unknown') unknown(`${kind} '${name}': ${found.reason}`);
      if (found.kind !== 'missing' && found.kind !== 'disabled') continue;
      const isInput = node.resourceType === 'metric' && kind === 'metric';
      const message = kind === 'measure' ? 'measure' : kind === 'semantic_model' && found.kind === 'disabled' ? 'measureDisabled' : !isInput ? found.kind : found.kind === 'missing' ? 'input' : 'inputDisabled';
      report({ at: project.nodeAnchor(node), message, data: { kind: kind.replace('_', ' '), name, from: node.uniqueId, by: node.name }, severity: severityOfBrokenReference(node) });
    }
  },
});
