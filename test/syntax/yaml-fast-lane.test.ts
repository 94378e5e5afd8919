/** The fast lane of the YAML reader gives the tree of the complete reader, or nothing. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockStyle } from '../../server/src/syntax/yaml/block.ts';
import { parseWithLibrary } from '../../server/src/syntax/yaml/library.ts';
import { parseStrict } from '../../server/src/syntax/yaml/strict.ts';
import { parseYaml } from '../../server/src/syntax/yaml/parse.ts';
import type { YamlAnswer } from './yaml-answers.ts';
import { generatePropertyFile, propertyTree, renderTree } from './yaml-generators.ts';

// The file is written by oracle/yaml_oracle.py in this shape.
const ANSWERS = JSON.parse(readFileSync(new URL('oracle/yaml-answers.json', import.meta.url), 'utf8')) as readonly YamlAnswer[];

// eslint-disable-next-line no-control-regex -- texts with control characters never come to the fast lane
const NOT_FOR_THE_FAST_LANE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/;

/** True if the fast lane took the text; fails if it then differs from the complete reader in anything. */
function agrees(written: string): boolean {
  const text = written.trim();
  if (NOT_FOR_THE_FAST_LANE.test(text)) return false;
  const fast = parseBlockStyle(text, 0, text.length);
  if (fast === undefined) return false;
  expect({ text, root: fast.root, problems: [] }).toEqual({ text, ...parseStrict(text, 0, text.length) });
  return true;
}

const PIECES = [
  'a', 'b: ', 'c:', ': ', ':', '- ', '-', '\n', '\n', '\n  ', '\n  ', '\n    ', '\n ', '\n- ', '\n  - ', ' ', '  ', '\t', ' # x', '#', '[x, y]', '[', ']', '{p: q}',
  '{', '}', ', ', "'s'", "'", '"d"', '"', '|', '>-', '|+\n', '>\n  t\n', '1', 'yes', 'null', '<<: ', '---', '\n---\n', '...', '\r\n', 'é', '\nk: v', '\n  k: v', '\n- k: v', '- k:\n', '? ', '&x ', '*x', '!t ',
  'k: &x', 'k: &x\n', '- &x', '\nm: *x', '\n<<: *x', '\n  <<: *x\n  k: v', '<<: [*x, *x]', '[a,\n b]', '{k: v,\n k: *x}', '"a\n b"', "'a  \n\n  b'", '\\n', '\\"', '\\', '# c\n', ' # c\n',
];

describe('the fast lane', () => {
  it('agrees on every text of the oracle, and takes most of those that are well-formed', () => {
    const taken = ANSWERS.filter((answer) => agrees(answer.text)).length;
    expect(taken).toBeGreaterThan(1500);
  });

  it('agrees on texts of random pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 14 }), (pieces) => {
        agrees(pieces.join(''));
      }),
      { numRuns: 10_000 },
    );
  });

  it('agrees on property files into which pieces were put or from which characters were taken', () => {
    const file = generatePropertyFile(2);
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(12), fc.constantFrom('', ...PIECES), (at, cut, piece) => {
        agrees(file.slice(0, at) + piece + file.slice(at + cut));
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes property files whole', () => {
    fc.assert(
      fc.property(propertyTree, fc.constantFrom('\n', '\r\n'), (tree, eol) => {
        expect(agrees(renderTree(tree, eol))).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(agrees(generatePropertyFile(50))).toBe(true);
  });

  it('gives the tree that the library `yaml` gives', () => {
    fc.assert(
      fc.property(propertyTree, fc.constantFrom('\n', '\r\n'), (tree, eol) => {
        // The last entry is plain, because dbt cuts the line break that ends a block text off the end of a file.
        const text = `${renderTree(tree, eol)}last: word${eol}`;
        expect({ text, ...parseYaml(text, 'dbt') }).toEqual({ text, ...parseWithLibrary(text) });
      }),
      { numRuns: 500 },
    );
  });
});
