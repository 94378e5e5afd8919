/** Flags settings of dbt_project.yml and profiles.yml that dbt refuses. */

import * as z from 'zod';
import { onProblems } from '../problem-report.ts';
import { defineRule } from '../rule.ts';

export const projectFileInvalid = defineRule({
  meta: {
    id: 'project-file-invalid',
    category: 'production-config-ci',
    summary: 'Flags settings of dbt_project.yml and profiles.yml that dbt refuses.',
    severity: 'error',
    surface: 'editor',
    preset: 'recommended',
    fixable: 'never',
    auditIssues: [7],
    checklistItems: ['INF1'],
    messages: {
      key: 'A key below this one is no text, such as a bare off or 1: {dbt}.',
      conflict: 'Two keys here mean the same setting; remove the old one. dbt stops: {dbt}.',
      version: 'No dbt version satisfies this requirement; correct it. dbt stops: {dbt}.',
      running: 'The dbt that runs this project is outside this requirement; change one of them. dbt stops: {dbt}.',
      incomplete: 'dbt cannot use this profile; correct it. dbt stops: {dbt}.',
      target: 'This profile has no target for runs that name none; add it or correct the name. Without --target dbt stops: {dbt}.',
      both: 'Move these settings to flags: in dbt_project.yml. dbt stops: {dbt}.',
      absent: 'The profiles.yml beside this file has no such profile; unless it is given another one, dbt stops: {dbt}.',
      profile: 'Name a profile of profiles.yml here. dbt stops: {dbt}.',
      dispatch: 'Add dbt to this search order: without it dbt misses its own macros. dbt stops: {dbt}.',
      fault: '{what} has a value that dbt does not take; correct it. dbt stops: {dbt}.',
    },
    options: z.object({}),
    since: '0.1.0',
  },
  ...onProblems({
    'project-key-not-text': 'key',
    'project-value-type': 'fault',
    'project-keys-conflict': 'conflict',
    'project-dispatch-invalid': 'fault',
    'project-dbt-version-invalid': 'version',
    'project-dbt-version-impossible': 'version',
    'project-dbt-version-unsupported': 'running',
    'project-profile-missing': 'profile',
    'project-profile-absent': 'absent',
    'profile-incomplete': 'incomplete',
    'profile-target-absent': 'target',
    'profile-config-and-flags': 'both',
    'project-flags-invalid': 'fault',
    'project-dispatch-lacks-dbt': 'dispatch',
  }),
});
