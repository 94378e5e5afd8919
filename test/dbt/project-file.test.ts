/** dbt_project.yml is accepted and refused as by dbt. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PyDict, PyValue } from '../../server/src/base/python-values.ts';
import { UNKNOWN, type ConfigValue } from '../../server/src/base/unknown.ts';
import { checkProjectFile, flagOf, lookupVariable, projectSection, rendersProjectPath } from '../../server/src/dbt/project-file.ts';
import { pyRepr } from '../../server/src/dbt/python-repr.ts';
import { valueOfTagged, type TaggedValue } from './tagged-values.ts';

interface Row {
  readonly project: TaggedValue;
  readonly error?: string;
}

function dictOf(tagged: TaggedValue): PyDict {
  const value = valueOfTagged(tagged);
  if (!(value instanceof Map)) throw new Error('not a dict');
  return value;
}

/** The file by itself: neither the running dbt nor the profile that it is run with are known. */
const ALONE = { isRoot: false, checksVersion: true };

// The file is written by oracle/project-file.py and has this shape.
const rows = (JSON.parse(readFileSync(new URL('oracle/project-file.json', import.meta.url), 'utf8')) as readonly Row[])
  .map((row) => ({ ...row, label: pyRepr(valueOfTagged(row.project)) }));

describe('contents of dbt_project.yml, compared with dbt 1.12.3', () => {
  it.each(rows)('$label', (row) => {
    const problems = checkProjectFile(dictOf(row.project), ALONE);
    const messages = problems.map((problem) => problem.message);
    if (row.error === undefined) expect(messages).toEqual([]);
    // Which dbt is installed is not known here.
    else if (row.error.includes('This version of dbt is not supported')) expect(messages).toEqual([]);
    // dbt crashes on a number; it is no version either.
    else if (row.error.includes("'float' object is not iterable")) expect(messages).toEqual(['"1.8" is not a valid semantic version.']);
    else if (row.error.includes('were unexpected')) expect(problems.map((problem) => problem.path)).toEqual([['foo'], ['bar']]);
    else expect(messages).toContain(row.error.split('\n')[1]?.trim());
  });

  it('takes unknown values for right, and says that a key is no text', () => {
    const project = new Map<PyValue, ConfigValue>([['name', 'p'], ['models', UNKNOWN], [false, 1]]);
    expect(checkProjectFile(project, ALONE).map((problem) => problem.code)).toEqual(['project-key-not-text']);
  });
});

describe('variables', () => {
  // Observed with dbt 1.12.3: root vars {g, s}, package vars {g, s, lp: {s}, only}; a model of the package sees root g, root s, package only.
  const root = new Map<PyValue, PyValue>([['g', 'root g'], ['s', 'root s']]);
  const own = new Map<PyValue, PyValue | PyDict>([['g', 'own g'], ['s', 'own s'], ['lp', new Map([['s', 'own scoped s']])], ['only', 'own only']]);
  const scope = { cli: new Map<PyValue, PyValue>(), rootVars: root, packageName: 'lp', packageVars: own };

  it('of the root project win over those of the package', () => {
    expect(['g', 's', 'only', 'none'].map((name) => lookupVariable(scope, name))).toEqual(['root g', 'root s', 'own only', undefined]);
  });

  it('of the root project for the package win over its general ones, the command line over all', () => {
    const rootVars = new Map<PyValue, PyValue>([['s', 'root s'], ['lp', new Map([['s', 'root s for lp']])]]);
    expect(lookupVariable({ ...scope, rootVars }, 's')).toBe('root s for lp');
    expect(lookupVariable({ ...scope, rootVars, cli: new Map([['s', 'cli']]) }, 's')).toBe('cli');
  });

  it('of the package for itself win over its general ones', () => {
    expect(lookupVariable({ ...scope, rootVars: new Map() }, 's')).toBe('own scoped s');
  });
});

describe('flags', () => {
  const project = new Map<PyValue, PyValue>([['flags', new Map<PyValue, PyValue>([['require_corrected_analysis_fqns', true]])]]);

  it('are those of the project, else those of the dbt version', () => {
    expect(flagOf(project, 'require_corrected_analysis_fqns')).toBe(true);
    expect(flagOf(new Map(), 'require_corrected_analysis_fqns')).toBe(false);
    expect(flagOf(project, 'require_generic_test_arguments_property')).toBe(true);
    expect(flagOf(project, 'require_generic_test_arguments_property', '1.10.7')).toBe(false);
  });
});

describe('sections of the project file', () => {
  it('for tests may have the old name', () => {
    const tests = new Map<PyValue, PyValue>([['+severity', 'warn']]);
    expect(projectSection(new Map([['tests', tests]]), 'test')).toBe(tests);
    expect(projectSection(new Map([['tests', tests], ['data_tests', new Map()]]), 'test')).not.toBe(tests);
    expect(projectSection(new Map([['models', tests]]), 'group')).toBe(tests);
    expect(projectSection(new Map(), 'model')).toBeUndefined();
  });

  it('are rendered but for hooks, comments and variables', () => {
    expect(rendersProjectPath(['models', 'p', '+enabled'])).toBe(true);
    expect(rendersProjectPath(['models', 'p', '+pre-hook', 0])).toBe(false);
    expect(rendersProjectPath(['models', 'p', 'post_hook', 'sql'])).toBe(false);
    expect(rendersProjectPath(['sources', 'p', 'post_hook'])).toBe(true);
    expect(rendersProjectPath(['vars', 'x'])).toBe(false);
    expect(rendersProjectPath(['on-run-end', 0])).toBe(false);
  });
});
