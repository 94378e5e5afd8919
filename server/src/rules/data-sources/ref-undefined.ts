/** Flags refs that lead to no model, seed or snapshot: dbt refuses the whole project over one of them. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';
import { placeOfTest } from '../test-place.ts';
import { severityOfBrokenReference } from './_broken-reference.ts';
import { isUnitTest, unitTestInputs } from './_unit-test-inputs.ts';

export const refUndefined = defineRule({
  meta: {
    id: 'ref-undefined',
    category: 'data-sources',
    summary: 'Flags a ref to a model, seed or snapshot that does not exist.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [1],
    checklistItems: ['INF1'],
    messages: {
      missing: "No model, seed or snapshot is named '{name}'; dbt stops on this ref.",
      missingInPackage: "Package '{package}' has no node named '{name}'; dbt stops on this ref.",
      missingVersion: "'{name}' has no version {version}; dbt stops on this ref.",
      test: "No model, seed or snapshot is named '{name}'; dbt warns and leaves this test out.",
      input: "No model, seed or snapshot is named '{name}'; dbt stops on this unit test.",
      similar: "No model, seed or snapshot is named '{name}'; did you mean '{similar}'?",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['model', 'snapshot', 'analysis', 'test', 'exposure', 'semantic_model', 'operation', 'function', 'unit_test'] },
  check(node, { project, report, unknown }) {
    for (const use of isUnitTest(node) ? unitTestInputs(project, node).refs : node.refs) {
      // A generic test repeats the ref of what it stands under, and dbt merely disables a test whose target is missing.
      if (node.resourceType === 'test' && node.generic?.target === null) continue;
      const found = project.resolveRef(node, use);
      if (found.kind === 'unknown') unknown(`ref('${use.name}'): ${found.reason}`);
      if (found.kind !== 'missing' || use.conditional) continue;
      const severity = severityOfBrokenReference(node);
      const at = node.resourceType === 'test' && node.generic !== undefined ? placeOfTest(project, node.generic) : use.at;
      if (use.package !== null && node.resourceType !== 'test') {
        report({ at: use.at, message: 'missingInPackage', data: { name: use.name, package: use.package }, severity });
        continue;
      }
      if (use.version !== null && node.resourceType !== 'test' && project.resolveRef(node, { ...use, version: null }).kind === 'found') {
        report({ at: use.at, message: 'missingVersion', data: { name: use.name, version: use.version }, severity });
        continue;
      }
      const [similar] = project.similarNames('ref', use.name);
      if (similar === undefined || use.at.kind !== 'text') {
        const message = node.resourceType === 'test' ? 'test' : isUnitTest(node) ? 'input' : 'missing';
        report({ at, message, data: { name: use.name }, severity });
        continue;
      }
      report({
        at,
        message: 'similar',
        severity,
        data: { name: use.name, similar },
        fix: {
          kind: 'suggested',
          make({ locate, text }) {
            const span = locate(use.at);
            const written = span === undefined ? undefined : text(use.at.file)?.slice(span.from, span.to);
            // The name may come from a variable or a macro; only a literal can be replaced at this place.
            const quote = written?.[0];
            if (span === undefined || written === undefined || quote === undefined || written !== `${quote}${use.name}${quote}`) return undefined;
            return {
              title: `Change to ref('${similar}')`,
              kind: 'suggested',
              edits: [{ file: use.at.file, edits: [{ from: span.from + 1, to: span.to - 1, text: similar }] }],
            };
          },
        },
      });
    }
  },
});
