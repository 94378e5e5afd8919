/** Flags passwords, tokens and keys that stand in a profiles.yml of the repository as plain text. */

import * as z from 'zod';
import { baseName, joinPath, parentFolder, relativePath } from '../../base/file-id.ts';
import type { ProfileSecret } from '../../facts/file-facts.ts';
import type { Anchor } from '../../index/model.ts';
import type { FileEdit, Fix, FixTools } from '../rule.ts';
import { defineRule } from '../rule.ts';

export const profilePlaintextSecret = defineRule({
  meta: {
    id: 'profile-plaintext-secret',
    category: 'security',
    summary: 'Flags a secret that is written out in a profiles.yml of the repository.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'sometimes',
    auditIssues: [8],
    checklistItems: ['SEC3'],
    messages: {
      literal: '{key} of output {output} is plain text in the repository: rotate it, read it with env_var().',
      local: '{key} of output {output} is plain text, for a database on this machine only.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  scope: 'project',
  units: {},
  check(_project, { project, report }) {
    for (const { file, secrets } of project.profiles()) {
      // Templates such as profiles.yml.example are there to be filled in elsewhere.
      if (baseName(file) !== 'profiles.yml') continue;
      for (const secret of secrets) {
        if (secret.state !== 'literal' && secret.state !== 'local') continue;
        const at: Anchor = { kind: 'yaml', file, entry: '', path: secret.path, part: 'value' };
        const data = { key: secret.key, output: secret.output };
        if (secret.state === 'local') {
          report({ at, message: 'local', data, severity: 'information' });
          continue;
        }
        report({
          at,
          message: 'literal',
          data,
          ...(secret.key === 'connection_string'
            ? {}
            : { fix: { kind: 'suggested' as const, make: (tools) => readFromEnvironment(tools, at, secret) } }),
        });
      }
    }
  },
});

/** dbt hides values of variables with this prefix from its logs. */
function variableName(secret: ProfileSecret): string {
  return `DBT_ENV_SECRET_${secret.profile}_${secret.key}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function readFromEnvironment({ project, text, locate }: FixTools, at: Anchor, secret: ProfileSecret): Fix | undefined {
  const span = locate(at);
  const current = text(at.file);
  if (span === undefined || current === undefined) return undefined;
  const name = variableName(secret);
  const edits: FileEdit[] = [
    { file: at.file, edits: [{ from: span.from, to: span.to, text: `"{{ env_var('${name}') }}"` }] },
  ];
  const example = joinPath(parentFolder(at.file), '.env.example');
  const existing = project.hasFile(relativePath(project.root, example)) ? text(example) : undefined;
  if (existing === undefined) {
    if (!project.hasFile(relativePath(project.root, example))) edits.push({ file: example, create: `${name}=\n` });
  } else if (!new RegExp(`^${name}=`, 'm').test(existing)) {
    const newline = existing.includes('\r\n') ? '\r\n' : '\n';
    const gap = existing === '' || existing.endsWith('\n') ? '' : newline;
    edits.push({ file: example, edits: [{ from: existing.length, to: existing.length, text: `${gap}${name}=${newline}` }] });
  }
  return { title: `Read ${secret.key} from the environment variable ${name}`, kind: 'suggested', edits };
}
