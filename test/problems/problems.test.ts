/** What reaches an editor's Problems view on the sample, counted by the served bundle, agrees with the rules that are documented and with `check`. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../server/src/cli/arguments.ts';
import { runCheck } from '../../server/src/cli/check.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import { countProblems, toldCounts } from './count-problems.ts';

const SAMPLE = join(import.meta.dirname, '../../samples/scv');
const SERVER = join(import.meta.dirname, '../../out/server.cjs');

interface CheckedFinding {
  readonly ruleId: string;
  readonly severity: string;
  readonly uniqueId: string | null;
  readonly path: string;
}

function findingsOfCheck(): readonly CheckedFinding[] {
  const command = readArguments(['check', SAMPLE, '--format', 'json']);
  if ('fault' in command || command.name !== 'check') throw new Error('not a check');
  const { stdout } = runCheck(command, { version: '0.0.0', build: 'test' });
  // The shape is what the documentation of the format says.
  const { projects } = JSON.parse([...stdout].join('')) as { readonly projects: readonly { readonly findings: readonly CheckedFinding[] }[] };
  return projects.flatMap(({ findings }) => findings);
}

/** What follows from a missing entry is told with it: these rules, on a model that the first of them flags. */
const TOLD_TOGETHER = ['model-missing-properties', 'model-missing-description', 'model-without-tests', 'missing-primary-key-test'];

describe('what reaches Problems on the sample, with default settings', () => {
  it('is nothing before a file is opened, and what the documented rules leave of check with every file open', async () => {
    const counted = await countProblems(SERVER, SAMPLE);
    const ofProject = new Set(ALL_RULES.filter(({ meta }) => meta.surface === 'project').map(({ meta }) => meta.id));
    const findings = findingsOfCheck().filter(({ ruleId, severity }) => severity !== 'hint' && !ofProject.has(ruleId));
    const withoutEntry = new Set(findings.filter(({ ruleId }) => ruleId === 'model-missing-properties').map(({ uniqueId }) => uniqueId));
    const alone = findings.filter(
      ({ ruleId, uniqueId }) => !withoutEntry.has(uniqueId) || !TOLD_TOGETHER.includes(ruleId) || ruleId === 'model-missing-properties',
    );
    const places = (list: readonly { readonly path: string; readonly ruleId: string }[]): string[] => list.map(({ path, ruleId }) => `${path} ${ruleId}`).sort();
    expect(places(counted.problems)).toEqual(places(alone));
    expect(counted.allOpen).toBe(counted.problems.length);
    expect(counted.nothingOpen).toBe(findings.filter(({ severity }) => severity === 'error').length);

    const inFile = (file: string): number => alone.filter(({ path }) => path === file).length;
    expect(counted.oneOpen.count).toBe(Math.max(...alone.map(({ path }) => inFile(path))));
    // Counted by hand: three models without an entry, each one diagnostic; the rest as the pages of their rules say.
    expect({ ...counted, files: 0, problems: [] }).toEqual({
      files: 0,
      nothingOpen: 0,
      oneOpen: { count: 5, path: 'models/bronze/_bronze__sources.yml' },
      allOpen: 15,
      problems: [],
    });
    expect(toldCounts(SAMPLE, counted)).toContain(
      'scv: diagnostics in Problems with no file open 0, with one open at most 5 (models/bronze/_bronze__sources.yml), with all',
    );
  });
});
