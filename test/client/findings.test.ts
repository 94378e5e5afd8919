/** Grouping and filtering of findings for the readiness view, and the problem matcher against the command line's own lines. */
import { describe, expect, it } from 'vitest';
import { NO_FILTER, applyFilter, groupFindings, isFiltering, nodeName, readFilter, rootsOfNamesakes } from '../../client/src/findings.ts';
import { readText } from '../arch/repository.ts';
import type { FindingItem } from '../../server/src/protocol/protocol.ts';

function finding(parts: Partial<FindingItem>): FindingItem {
  const start = { line: 0, character: 0 };
  return {
    ruleId: 'ref-undefined',
    messageId: 'missing',
    category: 'data-sources',
    severity: 'error',
    message: 'No such model.',
    uri: 'file:///p/models/a.sql',
    range: { start, end: start },
    uniqueId: 'model.p.a',
    fix: 'none',
    ...parts,
  };
}

const all = [
  finding({ ruleId: 'model-without-tests', category: 'testing', severity: 'information', fix: 'suggested' }),
  finding({ ruleId: 'model-without-tests', category: 'testing', severity: 'warning', uri: 'file:///p/models/b.sql' }),
  finding({ ruleId: 'hard-coded-reference', severity: 'warning', fix: 'safe' }),
  finding({ fix: 'scaffold' }),
];

describe('groups of findings', () => {
  it('stand by gravity, then by name, down to the findings of a rule', () => {
    const groups = groupFindings(all);
    expect(groups.map(({ category, severity, count }) => [category, severity, count])).toEqual([
      ['data-sources', 'error', 2],
      ['testing', 'warning', 2],
    ]);
    expect(groups[0]?.rules.map(({ ruleId }) => ruleId)).toEqual(['ref-undefined', 'hard-coded-reference']);
    expect(groups[1]?.rules[0]?.findings.map(({ severity }) => severity)).toEqual(['warning', 'information']);
  });
});

describe('projects of one name', () => {
  it('are known by their folders', () => {
    const projects = [{ root: 'file:///a', name: 'shop' }, { root: 'file:///b', name: 'bank' }, { root: 'file:///c', name: 'shop' }];
    expect([...rootsOfNamesakes(projects)]).toEqual(['file:///a', 'file:///c']);
    expect(rootsOfNamesakes(projects.slice(1)).size).toBe(0);
  });
});

describe('the filter', () => {
  const isInFile = (uri: string): boolean => uri.endsWith('/b.sql');

  it('shows everything by default', () => {
    expect(applyFilter(all, NO_FILTER, isInFile)).toEqual(all);
    expect(isFiltering(NO_FILTER)).toBe(false);
  });

  it('narrows to severities, to fixes that write something, and to a file', () => {
    expect(applyFilter(all, { ...NO_FILTER, severities: ['error'] }, isInFile)).toEqual([all[3]]);
    expect(applyFilter(all, { ...NO_FILTER, fixable: true }, isInFile)).toEqual([all[0], all[2]]);
    expect(applyFilter(all, { ...NO_FILTER, currentFile: true }, isInFile)).toEqual([all[1]]);
    expect(isFiltering({ ...NO_FILTER, severities: ['error'] })).toBe(true);
  });

  it.each([[undefined], [null], ['x'], [{}], [{ severities: [] }], [{ severities: ['grave'], fixable: 'yes' }]])('that was remembered as %j shows everything', (value) => {
    expect(readFilter(value)).toEqual(NO_FILTER);
  });

  it('is read as it was remembered', () => {
    const filter = { severities: ['error', 'warning'], fixable: true, currentFile: true };
    expect(readFilter(structuredClone(filter))).toEqual(filter);
  });
});

describe('the name of a node', () => {
  it.each([
    ['model.shop.orders', 'orders'],
    ['model.shop.orders.v2', 'orders.v2'],
    ['source.shop.crm.customers', 'crm.customers'],
    ['test.shop.unique_orders_id.fed79b3a6e', 'unique_orders_id'],
    ['test.shop.assert_positive', 'assert_positive'],
  ])('%s is %s', (uniqueId, name) => {
    expect(nodeName(uniqueId)).toBe(name);
  });
});

describe('the problem matcher', () => {
  /** The only regular expression of the manifest. */
  const written = /"regexp": ("(?:[^"\\]|\\.)*")/.exec(readText('package.json'))?.[1] ?? '""';
  const pattern = new RegExp(String(JSON.parse(written)));

  it.each([
    ['models/a.sql:3:7: error: No model is named \'x\'. [ref-undefined]', ['models/a.sql', '3', '7', 'error', "No model is named 'x'.", 'ref-undefined']],
    ['a b/ö.yml:1:1: information: It has [brackets]. [model-without-tests] (suggested fix)', ['a b/ö.yml', '1', '1', 'information', 'It has [brackets].', 'model-without-tests']],
    ['C:\\p\\a.sql:3:7: warning: Text. [hard-coded-reference] (safe fix)', ['C:\\p\\a.sql', '3', '7', 'warning', 'Text.', 'hard-coded-reference']],
  ])('reads %s', (line, parts) => {
    expect(pattern.exec(line)?.slice(1)).toEqual(parts);
  });

  it.each([['scv (snowflake) in .'], ['  findings   0 errors, 17 warnings'], ['DEVELOPMENT READY – PRODUCTION NOT READY (18 rules)']])('leaves %s alone', (line) => {
    expect(pattern.test(line)).toBe(false);
  });
});
