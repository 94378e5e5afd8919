/** Flags generic tests that no macro makes: dbt parses them without a word and fails when it runs them. */

import * as z from 'zod';
import { similarTo } from '../../index/similar.ts';
import { renameAt } from '../fixes/_rename.ts';
import type { Fix, FixTools } from '../rule.ts';
import { defineRule } from '../rule.ts';
import { placeOfTest } from '../test-place.ts';

export const testUnknownGeneric = defineRule({
  meta: {
    id: 'test-unknown-generic',
    category: 'testing',
    summary: 'Flags a generic test that neither dbt nor the project nor its packages define.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [2],
    checklistItems: ['DQ1'],
    messages: {
      missing: "No macro makes the test '{name}'; correct the name or define it. dbt parses it, then fails as it runs: '{macro}' is undefined.",
      similar: "No macro makes the test '{name}'; did you mean '{similar}'? dbt parses it, then fails as it runs: '{macro}' is undefined.",
      package: "The test '{name}' needs the package '{package}', which is not installed; add it. dbt fails as it runs: '{package}' is undefined.",
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'neighbours',
  units: { resourceTypes: ['test'] },
  check(node, { project, report, unknown }) {
    // dbt's own answer where no macro is found.
    if (node.resourceType !== 'test' || node.generic === undefined || node.macros[0] !== 'None') return;
    const { namespace, testName } = node.generic;
    const name = namespace === null ? testName : `${namespace}.${testName}`;
    const { installed, incomplete } = project.packages();
    if (incomplete && (namespace === null || !installed.includes(namespace))) {
      unknown(`the test ${name}: packages are not installed (dbt deps)`);
      return;
    }
    const at = placeOfTest(project, node.generic);
    const data = { name, macro: `test_${testName}` };
    const [similar] = namespace === null ? similarTo(testName, TESTS_OF_DBT) : [];
    if (namespace !== null && !installed.includes(namespace) && namespace !== project.name) {
      report({ at, message: 'package', data: { name, package: namespace } });
    } else if (similar === undefined) report({ at, message: 'missing', data });
    else {
      const make = (tools: FixTools): Fix | undefined => renameAt(tools, at, name, similar);
      report({ at, message: 'similar', data: { ...data, similar }, fix: { kind: 'suggested', make } });
    }
  },
});

/** The tests that dbt ships. */
const TESTS_OF_DBT = ['unique', 'not_null', 'accepted_values', 'relationships'];
