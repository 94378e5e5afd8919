/** Each trap: the nodes as dbt makes them, or a complaint that names dbt's own error at an exact place. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { expectedAnswer, ourAnswer } from './trap-answer.ts';
import type { Trap } from './trap-projects.ts';
import { complaintsOf, openTrap, readTraps } from './trap-projects.ts';

const traps = readTraps();

test('the page on agreement tells how many there are', () => {
  const page = readFileSync(new URL('../../docs/agreement.md', import.meta.url), 'utf8');
  expect(page).toContain(`holds ${String(traps.length)} projects of a few lines each`);
});

describe('projects that dbt accepts', () => {
  for (const trap of traps.filter(({ rc }) => rc === 0)) {
    it(trap.name, () => {
      expect(ourAnswer(trap, openTrap(trap))).toEqual(expectedAnswer(trap));
    });
  }
});

describe('projects that dbt refuses', () => {
  for (const trap of traps.filter(({ rc, isPlaced }) => rc !== 0 && !isPlaced)) {
    it(trap.name, () => {
      const complaints = complaintsOf(openTrap(trap));
      const line = /Syntax error near line (\d+)/.exec(squeezed(trap.output.join(' ')))?.[1];
      if (line !== undefined) {
        // Of YAML dbt only tells the line; our words say more.
        const lines = complaints.map(({ path, span }) => (trap.files[path] ?? '').slice(0, span?.from ?? 0).split('\n').length);
        expect(lines).toContain(Number(line));
        return;
      }
      const wanted = keyPhrase(trap);
      const hit = complaints.find(({ message }) => squeezed(message).includes(wanted));
      expect(hit, `no complaint says: ${wanted}\nthere are: ${JSON.stringify(complaints, null, 1)}`).toBeDefined();
      expect(hit?.span).toBeDefined();
      expect(Object.keys(trap.files)).toContain(hit?.path);
    });
  }
});

/** What must be found in the words of a complaint: the telling part of dbt's first line. */
function keyPhrase(trap: Trap): string {
  const text = squeezed(trap.output.join(' '));
  for (const pattern of KEY_PHRASES) {
    const match = pattern.exec(text);
    if (match !== null) return match[0];
  }
  throw new Error(`no key phrase in: ${text}`);
}

const KEY_PHRASES: readonly RegExp[] = [
  /dbt found two [a-z_]+ with the name "[^"]+"/,
  /dbt found two resources with the database representation/,
  /dbt found two schema\.yml entries for the same resource named \w+/,
  /dbt found two docs with the same name: '?\w+'?/,
  /dbt found multiple macros named "\w+"/,
  /depends on a (?:node|source) named '[^']+'(?: with version '\w+')? which (?:is disabled|was not found)/,
  /The name argument to ref\(\) must be a string, got <class 'NoneType'>/,
  /ref\(\) takes at most two arguments \(\d given\)/,
  /the value of '\w+' is not a list/,
  /a list element for '\w+' does not have a name attribute/,
  /a list element for '\w+' is not a dictionary/,
  /groups must be a list, got <class 'NoneType'> instead: \(None\)/,
  /are not valid\. Dictionary expected\./,
  /cannot have both 'tests' and 'data_tests' defined/,
  /[Tt]est definition dictionary must have exactly one key, got .*? instead/,
  /test arguments must be a dict, got .*?(?= \(|$| -)/,
  /found \w+ dictionary in 'config' dictionary and as top-level key/,
  /depends on doc '\w+'/,
  /is not allowed because the referenced node is (?:private|protected) to the '\w+'/,
  /Invalid group '\w+', expected one of \[.*?\]/,
  /has an invalid value \(\w+\) for the access field/,
  /When referencing '\w+', dbt found nodes in multiple packages/,
  /Reached EOF without finding a close tag for \w+/,
  /Encountered unknown tag '\w+'/,
  /Unexpected end of template/i,
  /Resource names cannot contain spaces/,
  /Additional properties are not allowed \('\w+' was unexpected\)/,
  /does not match '\^/,
  /Required "name" field not present in project/,
  /Unable to find model '[\w.]+' for unit test '\w+'/,
  /'\w+' is a required property/,
  /is not of type '\w+'/,
  /is not one of \[/,
  /Env var required but not provided: '\w+'/,
  /Test cannot have the same key at the top-level and in config/,
  /expected .*?, got '[^']*'/,
  /unexpected '[^']*'/,
  /boolean key/,
];

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ');
}
