/** `npm run new:rule -- CATEGORY ID [SCOPE]`: writes the two files of a rule, code and page, for a person to fill. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RULES_FOLDER, exportNameOf } from './generators/rule-files.mjs';
import { inRoot } from './lib/paths.mjs';

/** The categories are those of the type `RuleCategory`; read from its source, so that there is one list. */
function categories() {
  const source = readFileSync(inRoot(RULES_FOLDER, 'rule.ts'), 'utf8');
  const union = /export type RuleCategory =([^;]+);/.exec(source);
  return [...union[1].matchAll(/'([^']+)'/g)].map((match) => match[1]);
}

/** How the parameter, the wanted units and the anchor of each scope look. */
const UNITS = {
  file: { parameter: '{ file }', units: "{ fileKinds: ['node-file'] }", at: "{ kind: 'file', file }" },
  problem: { parameter: 'problem', units: "{ codes: ['code-of-the-index'] }", at: 'problem.at' },
  node: { parameter: 'node', units: "{ resourceTypes: ['model'] }", at: 'project.nodeAnchor(node)' },
  neighbours: { parameter: 'node', units: "{ resourceTypes: ['model'] }", at: 'project.nodeAnchor(node)' },
  project: { parameter: '_unit', units: '{}', at: "{ kind: 'file', file: project.projectFile }" },
};

function codeOf(category, id, scope) {
  const { parameter, units, at } = UNITS[scope];
  return `/** Flags …: one sentence on why it matters. */

import * as z from 'zod';
import { defineRule } from '../rule.ts';

export const ${exportNameOf(id)} = defineRule({
  meta: {
    id: '${id}',
    category: '${category}',
    summary: 'Flags ….',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [],
    checklistItems: [],
    messages: { found: '….' },
    options: z.object({}),
    since: '${JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).version}',
  },
  scope: '${scope}',
  units: ${units},
  check(${parameter}, { ${scope === 'file' || scope === 'problem' ? '' : 'project, '}report }) {
    report({ at: ${at}, message: 'found' });
  },
});
`;
}

function pageOf(id) {
  return `# \`${id}\`

Flags ….

## Why

## How to fix

## Flagged

### A case that dbt or the warehouse would punish

\`\`\`sql file=models/orders.sql
select 1 as order_id
-- ^^^ The message of the finding.
\`\`\`

## Not flagged

### The same, done right

\`\`\`sql file=models/orders.sql
select 1 as order_id
\`\`\`

## Edge cases
`;
}

const [category, id, scope = 'node'] = process.argv.slice(2);
const usage = `Usage: npm run new:rule -- CATEGORY ID [SCOPE]\ncategories: ${categories().join(', ')}\nscopes: ${Object.keys(UNITS).join(', ')}`;
const fault =
  category === undefined || id === undefined ? usage
  : !categories().includes(category) ? `There is no category ${category}.\n${usage}`
  : !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id) ? `A rule id is kebab-case and has two words or more: ${id} is not.`
  : !(scope in UNITS) ? `There is no scope ${scope}.\n${usage}`
  : undefined;
if (fault !== undefined) {
  console.error(fault);
  process.exit(2);
}
const files = [
  [`${RULES_FOLDER}/${category}/${id}.ts`, codeOf(category, id, scope)],
  [`${RULES_FOLDER}/${category}/${id}.md`, pageOf(id)],
];
const taken = files.find(([path]) => existsSync(inRoot(path)));
if (taken !== undefined) {
  console.error(`${taken[0]} exists already.`);
  process.exit(1);
}
for (const [path, text] of files) {
  mkdirSync(dirname(inRoot(path)), { recursive: true });
  writeFileSync(inRoot(path), text);
  console.log(`wrote ${path}`);
}
console.log('Fill both, then run `npm run gen` and `npx vitest run test/specs`.');
