/** Compares the Jinja parser with recorded answers of dbt's own Jinja environment (oracle/jinja_oracle.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';
import { normalizeStatements, type NormalForm } from './jinja-normal-form.ts';

interface Answer {
  readonly source: string;
  /** The tree, where Jinja2 accepts the source. */
  readonly body?: NormalForm;
  /** Jinja2's complaint. */
  readonly message?: string;
  readonly line?: number | null;
}

// The file is written by oracle/jinja_oracle.py in this shape.
const answers = JSON.parse(readFileSync(new URL('oracle/jinja-oracle.json', import.meta.url), 'utf8')) as readonly Answer[];

const accepted = answers.filter((answer) => answer.body !== undefined);
const refused = answers.filter((answer) => answer.body === undefined);

describe('a template that Jinja2 accepts has no problems and the tree of Jinja2', () => {
  test.each(accepted.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, answer) => {
    const template = parseJinja(answer.source);
    expect(template.problems).toEqual([]);
    expect(normalizeStatements(template.body)).toEqual(answer.body);
  });
});

describe('a template that Jinja2 refuses has a problem', () => {
  test.each(refused.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, answer) => {
    expect(parseJinja(answer.source).problems).not.toEqual([]);
  });
});

describe('where Jinja2 finds the first fault on one line, a problem is on that line', () => {
  const located = refused.filter((answer) => typeof answer.line === 'number' && !answer.message?.startsWith('Unexpected end'));
  test.each(located.map((answer) => [JSON.stringify(answer.source), answer] as const))('%s', (_name, answer) => {
    const lines = parseJinja(answer.source).problems.map(
      (problem) => answer.source.slice(0, problem.span.from).split(/\r\n|\r|\n/u).length,
    );
    expect(lines).toContain(answer.line);
  });
});

test('most complaints are in the words of Jinja2', () => {
  const same = refused.filter((answer) =>
    parseJinja(answer.source).problems.some((problem) => problem.message === answer.message),
  );
  expect(refused.length).toBeGreaterThan(100);
  expect(same.length / refused.length).toBeGreaterThan(0.75);
});
