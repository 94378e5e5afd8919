/** Flags what dbt's validation of the semantic layer refuses: it stops over the whole project. */

import * as z from 'zod';
import { relativePath } from '../../base/file-id.ts';
import { reportOfProblem } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

const WORDS = {
  'semantic-name': 'name',
  'semantic-name-taken': 'taken',
  'semantic-label': 'label',
  'semantic-dimension': 'dimension',
  'semantic-entity': 'entity',
  'semantic-measure': 'measure',
  'semantic-validity': 'validity',
  'semantic-metric': 'metric',
  'semantic-window': 'window',
  'semantic-filter': 'filter',
  'semantic-query': 'query',
  'semantic-choice': 'choice',
  'semantic-model-ref': 'model',
  'semantic-export': 'export',
  'time-spine-invalid': 'spineColumn',
  'semantic-circle': 'circle',
  'semantic-time-spine-missing': 'spine',
} as const;

/** Of these the answer may stand in a package or file that is not there. */
const OPEN: ReadonlySet<string> = new Set(['semantic-query', 'semantic-time-spine-missing']);

export const semanticLayerInvalid = defineRule({
  meta: {
    id: 'semantic-layer-invalid',
    category: 'governance',
    summary: 'Flags semantic models, metrics, saved queries and time spines that dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [11],
    checklistItems: [],
    messages: {
      name: 'The semantic layer does not take this name; choose another. dbt stops: {dbt}.',
      taken: 'The name means something else already; choose another. dbt stops: {dbt}.',
      label: 'The label is not the only one; choose another. dbt stops: {dbt}.',
      dimension: 'This dimension does not fit; correct it or what it stands beside. dbt stops: {dbt}.',
      entity: 'The entities of this semantic model do not fit together; correct them. dbt stops: {dbt}.',
      measure: 'This measure cannot be computed as written; correct it. dbt stops: {dbt}.',
      validity: 'The window of validity is not complete; it wants a start, an end, a natural entity and no measures. dbt stops: {dbt}.',
      metric: 'This metric lacks or contradicts what its type needs; correct it. dbt stops: {dbt}.',
      window: 'The window or granularity is not one that dbt takes here; correct it. dbt stops: {dbt}.',
      filter: "The filter cannot be read; name things as in Dimension('entity__dimension'). dbt stops: {dbt}.",
      query: 'The saved query asks for what it cannot have; correct it. dbt stops: {dbt}.',
      choice: '{what} has a value that dbt does not know; correct it. dbt stops: {dbt}.',
      model: "A semantic model is of a model: write ref('its_name'). dbt stops: {dbt}.",
      export: 'Say export_as: table or view. dbt stops: {dbt}.',
      spineColumn: 'The time spine must name columns of the model, the standard one with a granularity. dbt stops: {dbt}.',
      circle: "The metric '{name}' needs itself; take one input out of the circle. dbt stops: {dbt}.",
      spine: 'Semantic models need a time spine by the day or finer; add a model with time_spine:. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'problem',
  units: { codes: Object.keys(WORDS) },
  check(problem, { project, report, unknown }) {
    // Only the codes above are asked for.
    const message = WORDS[problem.code as keyof typeof WORDS];
    if (OPEN.has(problem.code)) {
      const [broken] = project.brokenPropertyFiles();
      if (broken !== undefined) { unknown(`${relativePath(project.root, broken)} cannot be read`); return; }
      if (project.packages().incomplete) { unknown('packages are not installed (dbt deps)'); return; }
    }
    report(reportOfProblem(problem, message));
  },
});
