/** Flags projects that do not say with which versions of dbt they work. */

import * as z from 'zod';
import type { Anchor } from '../../index/model.ts';
import type { Fix, FixTools } from '../rule.ts';
import { defineRule } from '../rule.ts';

/** Offered where nothing tells what the team runs: everything that dbt Labs supports, and no next major version. */
const RANGE = '[">=1.10.0", "<2.0.0"]';

/** Keys that usually stand at the top of the file, the last of which the new line follows. */
const HEAD_KEYS = ['config-version', 'version', 'name'] as const;

export const requiredDbtVersionMissing = defineRule({
  meta: {
    id: 'required-dbt-version-missing',
    category: 'production-config-ci',
    summary: 'Flags a project without require-dbt-version.',
    severity: 'warning',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'always',
    auditIssues: [5],
    checklistItems: ['INF2'],
    messages: {
      missing: 'require-dbt-version is missing: any dbt may run this project, a broken one too.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'project',
  units: {},
  check(_project, { project, report, unknown }) {
    const config = project.projectConfig();
    if (config.size === 0) {
      unknown('dbt_project.yml cannot be read');
      return;
    }
    if (config.get('require-dbt-version') !== undefined) return;
    const at: Anchor = { kind: 'yaml', file: project.projectFile, entry: '', path: ['name'], part: 'value' };
    report({ at, message: 'missing', fix: { kind: 'suggested', make: addRange } });
  },
});

function addRange({ project, text: read, locate }: FixTools): Fix | undefined {
  const file = project.projectFile;
  const text = read(file);
  if (text === undefined) return undefined;
  for (const key of HEAD_KEYS) {
    const span = locate({ kind: 'yaml', file, entry: '', path: [key], part: 'value' });
    if (span === undefined) continue;
    const lineEnd = text.indexOf('\n', span.to);
    const newline = text.includes('\r\n') ? '\r\n' : '\n';
    const line = `require-dbt-version: ${RANGE}`;
    const edit =
      lineEnd < 0
        ? { from: text.length, to: text.length, text: `${newline}${line}` }
        : { from: lineEnd + 1, to: lineEnd + 1, text: `${line}${newline}` };
    return { title: `Add require-dbt-version: ${RANGE}`, kind: 'suggested', edits: [{ file, edits: [edit] }] };
  }
  return undefined;
}
