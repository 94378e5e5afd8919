/** Each trap as users see it: where dbt refuses or warns, `check` has a finding of the fitting rule in the right file; where dbt is content, no error. */

import { describe, expect, it } from 'vitest';
import { fixturePath } from '../harness/project.ts';
import { wordsOf } from '../../server/src/features/words.ts';
import type { AnalyzedProject } from '../../server/src/features/analysis.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';
import type { Trap } from './trap-projects.ts';
import { complaintsOf, openTrap, readTraps } from './trap-projects.ts';

/** dbt's words, and the rule that says the same. */
const RULE_OF_ERROR: readonly (readonly [RegExp, string])[] = [
  [/dbt found two sources with the name/, 'source-duplicate'],
  [/dbt found two data_tests with the name/, 'test-duplicate'],
  [/dbt found two \w+ with the name|dbt found multiple macros named/, 'duplicate-resource-name'],
  [/dbt found two resources with the database representation/, 'duplicate-relation'],
  [/dbt found two schema\.yml entries/, 'duplicate-property-entry'],
  [/depends on a node named '\w+' which is disabled/, 'ref-disabled-node'],
  [/depends on a node named '\w+' which was not found/, 'ref-undefined'],
  [/depends on doc/, 'doc-block-undefined'],
  [/argument to ref\(\)|ref\(\) takes at most|Env var required/, 'jinja-render-error'],
  [/is not a list|must be a list|not a dictionary|a name attribute|is a required property|is not of type|is not one of/, 'schema-violation-other'],
  [/Syntax error near line|Dictionary expected/, 'tabs-or-invalid-yaml'],
  [/cannot have both 'tests' and 'data_tests'/, 'tests-and-data-tests-both'],
  [/cannot have the same key at the top-level and in config/, 'test-config-key-conflict'],
  [/test definition dictionary must|test arguments must/, 'test-malformed'],
  [/dictionary in 'config' dictionary and as top-level key/, 'property-config-conflict'],
  [/the referenced node is private/, 'private-ref-violation'],
  [/Invalid group/, 'group-undefined'],
  [/for the access field/, 'access-invalid'],
  [/Additional properties are not allowed/, 'custom-top-level-key'],
  [/does not match '\^|Required "name" field/, 'project-name-invalid'],
  [/a boolean key in the models tree/, 'project-file-invalid'],
  [/Unable to find model/, 'unit-test-malformed'],
  [/names cannot contain spaces/, 'resource-name-with-spaces'],
  [/unexpected '|unknown tag|without finding a close tag/, 'jinja-syntax-error'],
];

const RULE_OF_WARNING: readonly (readonly [RegExp, string])[] = [
  [/DuplicateNameDistinctNodeTypesDeprecation/, 'duplicate-name-distinct-types'],
  [/DuplicateYAMLKeysDeprecation/, 'duplicate-yaml-key'],
  [/MissingArgumentsPropertyInGenericTestDeprecation/, 'missing-generic-test-arguments'],
  [/UnexpectedJinjaBlockDeprecation/, 'unexpected-jinja-block'],
  [/is specified in the \w+ section/, 'yaml-node-not-found'],
  [/Constraint types are not supported/, 'constraint-unsupported'],
];

/** What dbt lets pass without a word, though it will fail or does nothing. */
const RULE_OF_SILENCE: readonly (readonly [string, string])[] = [
  ['yaml_unknown_top', 'custom-top-level-key'],
  ['yaml_test_missing_macro', 'test-unknown-generic'],
  ['yaml_test_missing_pkg', 'test-unknown-generic'],
  ['undefined_macro_silent', 'macro-undefined'],
];

/** Rules that do not speak of what dbt parses: the profiles of the traps hold a password. */
const OTHER_RULES: ReadonlySet<string> = new Set(['profile-plaintext-secret']);

/** Rules about what dbt refuses on this machine though the repository is in order. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['packages-not-installed']);

/** Traps that dbt refuses unless its command line names another folder of profiles. */
const OF_THE_COMMAND: ReadonlySet<string> = new Set(['profile_not_there', 'profiles_empty', 'profiles_empty_dict', 'profiles_list', 'profiles_text']);

/**
 * What the recorded `dbt parse` does not see: `dbt build` (1.12.5) fails with "Unit test 'u' had an input (ref('zzz')) which was not found
 * in the manifest" and skips the model.
 */
const AT_BUILD = 'dbt stops on this unit test';

interface Told {
  readonly rule: string;
  readonly severity: string;
  readonly path: string;
  /** The files of the other places that the finding names. */
  readonly related: readonly string[];
  readonly text: string;
  /** The first line of what the finding underlines. */
  readonly underlined: string;
  readonly line: number;
  readonly words: string;
}

const traps = readTraps();

describe('projects that dbt refuses, with the place that is shown', () => {
  for (const trap of traps.filter(({ rc, isPlaced }) => rc !== 0 && isPlaced)) {
    it(trap.name, () => {
      const project = openTrap(trap);
      const told = toldBy(trap, project);
      const { says = '?' } = trap;
      expect(outputOf(trap), 'dbt says it').toContain(says);
      for (const { rule, path, text } of trap.at) {
        const severity = OF_THE_MACHINE.has(rule) ? 'information' : OF_THE_COMMAND.has(trap.name) ? 'warning' : 'error';
        const hits = told.filter((one) => one.severity === severity && one.rule === rule && one.path === path && one.underlined === text);
        expect(hits, `${rule} at ${path} | ${text} among ${JSON.stringify(told.filter(({ severity }) => severity === 'error'), null, 1)}`).not.toEqual([]);
      }
      expect(trap.at.length, 'a place is named').toBeGreaterThan(0);
      const [first] = trap.at;
      const line = /^Syntax error near line (\d+)/.exec(says)?.[1];
      const said = told.filter((one) => one.rule === first?.rule && one.path === first.path && one.underlined === first.text);
      if (line !== undefined) {
        // Of YAML dbt only tells the line; our words say more.
        expect(said.map((one) => one.line)).toContain(Number(line));
        return;
      }
      const words = [...said.map((one) => one.words), ...complaintsOf(project).filter((one) => one.path === first?.path).map(({ message }) => message)];
      expect(words.map((one) => one.replace(/\s+/g, ' ')).filter((one) => one.includes(says)), `${says}\namong ${JSON.stringify(words, null, 1)}`).not.toEqual([]);
    });
  }
});

describe('projects that dbt refuses', () => {
  for (const trap of traps.filter(({ rc, isPlaced }) => rc !== 0 && !isPlaced)) {
    it(trap.name, () => {
      const told = toldOf(trap);
      const wanted = RULE_OF_ERROR.find(([words]) => words.test(outputOf(trap)))?.[1];
      const hits = told.filter(({ rule, severity }) => rule === wanted && severity === 'error');
      expect(hits, `${String(wanted)} among ${JSON.stringify(told, null, 1)}`).not.toEqual([]);
      expectNamedFile(trap, hits);
    });
  }

  it('are told of once at each place', () => {
    for (const trap of traps.filter(({ rc, isPlaced }) => rc !== 0 && !isPlaced)) {
      const errors = toldOf(trap).filter(({ severity }) => severity === 'error');
      const places = errors.map(({ path, text }) => `${trap.name} ${path} ${text}`);
      expect(places, 'no situation has two findings').toEqual([...new Set(places)]);
    }
  });
});

describe('projects of which dbt warns', () => {
  for (const [words, rule] of RULE_OF_WARNING) {
    const warned = traps.filter((trap) => !trap.isPlaced && words.test(outputOf(trap)) && !isCovered(trap, rule));
    it(`${rule}: ${warned.map(({ name }) => name).join(', ')}`, () => {
      expect(warned.length, 'a trap shows it').toBeGreaterThan(0);
      for (const trap of warned) {
        const hits = toldOf(trap).filter((one) => one.rule === rule);
        expect(hits, trap.name).not.toEqual([]);
        expect(new Set(hits.map(({ severity }) => severity)), trap.name).not.toContain('error');
        expectNamedFile(trap, hits);
      }
    });
  }
});

describe('projects of which dbt says nothing', () => {
  for (const [name, rule] of RULE_OF_SILENCE) {
    it(`${rule}: ${name}`, () => {
      const trap = traps.find((one) => one.name === name);
      expect(trap?.output, 'dbt is silent').toEqual([]);
      const hits = trap === undefined ? [] : toldOf(trap).filter((one) => one.rule === rule);
      expect(hits.map(({ severity }) => severity)).toContain('warning');
    });
  }

  for (const trap of traps.filter(({ silent }) => silent.length > 0)) {
    it(`${trap.name}: ${trap.silent.join(', ')}`, () => {
      const warnings = toldOf(trap).filter(({ severity }) => severity === 'warning');
      expect(warnings.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...trap.silent]));
    });
  }

  it('have no errors but those of what dbt looks up when it builds', () => {
    const later: string[] = [];
    for (const trap of traps.filter(({ rc }) => rc === 0)) {
      const errors = toldOf(trap).filter(({ severity }) => severity === 'error');
      later.push(...errors.filter(({ words }) => words.includes(AT_BUILD)).map(({ rule, path }) => `${trap.name} ${path} ${rule}`));
      expect(errors.filter(({ words }) => !words.includes(AT_BUILD)), trap.name).toEqual([]);
    }
    expect(later).toEqual(['unit_test_input_missing models/s.yml ref-undefined']);
  });
});

/** A model and a seed that also are one relation are told of as that. */
function isCovered(trap: Trap, rule: string): boolean {
  return rule === 'duplicate-name-distinct-types' && outputOf(trap).includes('dbt found two resources with the database representation');
}

function toldOf(trap: Trap): Told[] {
  return toldBy(trap, openTrap(trap));
}

function toldBy(trap: Trap, project: AnalyzedProject): Told[] {
  return project
    .findings()
    .filter(({ finding }) => !OTHER_RULES.has(finding.ruleId))
    .map(({ finding, file, span, related }) => {
      const rule = ALL_RULES.find(({ meta }) => meta.id === finding.ruleId);
      return {
        rule: finding.ruleId,
        severity: finding.severity,
        path: fixturePath(file),
        related: related.map((other) => fixturePath(other.file)),
        text: `${String(span.from)}-${String(span.to)}`,
        underlined: (trap.files[fixturePath(file)] ?? '').slice(span.from, span.to).split('\n')[0] ?? '',
        line: (trap.files[fixturePath(file)] ?? '').slice(0, span.from).split('\n').length,
        words: rule === undefined ? '' : wordsOf(rule, finding.messageId, finding.data),
      };
    });
}

/** If dbt names files of the trap, the finding stands in one of them. */
function expectNamedFile(trap: Trap, hits: readonly Told[]): void {
  const named = Object.keys(trap.files).filter((path) => outputOf(trap).includes(path));
  expect(hits.map(({ path }) => path).every((path) => trap.files[path] !== undefined)).toBe(true);
  if (named.length === 0) return;
  expect(
    hits.some(({ path, related }) => [path, ...related].some((one) => named.includes(one)) || describesNamed(trap, path, named)),
    `${trap.name}: dbt names ${named.join(', ')}; the findings: ${JSON.stringify(hits)}`,
  ).toBe(true);
}

/** dbt names the model's file also for what its property file says. */
function describesNamed(trap: Trap, path: string, named: readonly string[]): boolean {
  const stems = named.map((file) => file.replace(/^.*\/|\.\w+$/g, ''));
  return /\.ya?ml$/.test(path) && stems.some((stem) => new RegExp(`name: ${stem}\\b`).test(trap.files[path] ?? ''));
}

function outputOf(trap: Trap): string {
  return trap.output.join(' ').replace(/\s+/g, ' ');
}
