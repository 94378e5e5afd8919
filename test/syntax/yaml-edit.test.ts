/** Edits of YAML: each shown on a small file, and properties that hold for all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PyValue } from '../../server/src/base/python-values.ts';
import type { TextEdit, YamlData, YamlEdits, YamlSource } from '../../server/src/syntax/yaml/edit.ts';
import type { YamlDataMapping } from '../../server/src/syntax/yaml/write.ts';
import {
  addKey, appendItem, appendSection, inFlow, linesOfEntry, moveKey, removeItem, removeKey, renameKey, replaceScalar, setDescription, setKey, setPath, yamlLines, yamlSource,
} from '../../server/src/syntax/yaml/edit.ts';
import type { YamlMapping, YamlNode, YamlScalar, YamlSequence } from '../../server/src/syntax/yaml/node.ts';
import { mappingEntry, parseYaml, yamlPath, yamlToPy } from '../../server/src/syntax/yaml/parse.ts';
import { encodePyValue } from './yaml-answers.ts';
import { propertyTree, renderTree } from './yaml-generators.ts';

function apply(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.from - b.from || a.to - b.to)) {
    expect(edit.from).toBeGreaterThanOrEqual(at);
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}

function mappingAt(source: YamlSource, path: readonly (string | number)[]): YamlMapping {
  const node = yamlPath(source.root, path);
  if (node?.kind !== 'mapping') throw new Error(`no mapping at ${path.join('.')}`);
  return node;
}

function sequenceAt(source: YamlSource, path: readonly (string | number)[]): YamlSequence {
  const node = yamlPath(source.root, path);
  if (node?.kind !== 'sequence') throw new Error(`no list at ${path.join('.')}`);
  return node;
}

function scalarAt(source: YamlSource, path: readonly (string | number)[]): YamlScalar {
  const node = yamlPath(source.root, path);
  if (node?.kind !== 'scalar') throw new Error(`no scalar at ${path.join('.')}`);
  return node;
}

/** The text after an edit, or undefined if there is none; the result must be faultless. */
function edited(text: string, edit: (source: YamlSource) => YamlEdits): string | undefined {
  const edits = edit(yamlSource(text));
  if (edits === undefined) return undefined;
  const result = apply(text, edits);
  expect({ result, problems: parseYaml(result, 'dbt').problems }).toEqual({ result, problems: [] });
  return result;
}

const MODELS = `version: 2

models:
  - name: orders # the orders
    columns:
      - name: id
        # about id

      # about the list

  # about customers
  - name: customers
    description: |
      All customers.

    meta:
`;

describe('addKey', () => {
  const place = ['models', 0] as const;
  it('puts a key behind a named one, under the comments of that one', () => {
    expect(edited(MODELS, (source) => addKey(source, mappingAt(source, place), 'description', 'x', { after: ['name'] }))).toBe(MODELS.replace('# the orders\n', '# the orders\n    description: x\n'));
  });

  it('puts a key at the end of an item, behind the comments that its indentation claims', () => {
    expect(edited(MODELS, (source) => addKey(source, mappingAt(source, [...place, 'columns', 0]), 'tests', inFlow(['unique'])))).toBe(MODELS.replace('# about id\n', '# about id\n        tests: [unique]\n'));
    expect(edited(MODELS, (source) => addKey(source, mappingAt(source, place), 'config', { enabled: true }))).toBe(
      MODELS.replace('      # about the list\n', '      # about the list\n    config:\n      enabled: true\n'),
    );
  });

  it('writes nested data in the style of the file', () => {
    const data: YamlData = { tags: ['a', 'b c'], owner: { name: 'me', mail: null }, empty: [], none: {}, flow: inFlow(['x: y', 1]) };
    expect(edited('a:\n- x\nb:\n    c: 1\n', (source) => addKey(source, mappingAt(source, ['b']), 'd', data))).toBe(
      'a:\n- x\nb:\n    c: 1\n    d:\n        tags:\n        - a\n        - b c\n        owner:\n            name: me\n            mail: null\n        empty: []\n        none: {}\n        flow: ["x: y", 1]\n',
    );
  });

  it('takes written lines', () => {
    const lines = yamlLines(['- unique', '- accepted_values:', '    values: [a]']);
    expect(edited('- name: id\n', (source) => addKey(source, mappingAt(source, [0]), 'data_tests', lines))).toBe('- name: id\n  data_tests:\n    - unique\n    - accepted_values:\n        values: [a]\n');
  });

  it('keeps CRLF, a missing last line break and a byte order mark', () => {
    expect(edited('\ufeffa: 1\r\nb:\r\n  c: 1', (source) => addKey(source, mappingAt(source, ['b']), 'd', { e: 2 }))).toBe('\ufeffa: 1\r\nb:\r\n  c: 1\r\n  d:\r\n    e: 2');
    expect(edited('\ufeffa: 1', (source) => addKey(source, mappingAt(source, []), 'b', 2))).toBe('\ufeffa: 1\nb: 2');
  });

  it('goes behind the blank lines that belong to a block text', () => {
    expect(edited('m:\n  a: |+\n    x\n\nn: 1\n', (source) => addKey(source, mappingAt(source, ['m']), 'b', 2))).toBe('m:\n  a: |+\n    x\n\n  b: 2\nn: 1\n');
    expect(edited('m:\n  a: |\n    x\n\nn: 1\n', (source) => addKey(source, mappingAt(source, ['m']), 'b', 2))).toBe('m:\n  a: |\n    x\n  b: 2\n\nn: 1\n');
  });

  it('goes behind the lines of blanks that belong to a block text', () => {
    expect(edited('m:\n  a: |\n    x\n      \n\nn: 1\n', (source) => addKey(source, mappingAt(source, ['m']), 'b', 2))).toBe('m:\n  a: |\n    x\n      \n  b: 2\n\nn: 1\n');
  });

  it('knows flow mappings', () => {
    for (const [before, after] of [
      ['a: {}', 'a: {k: v}'], ['a: { }', 'a: {k: v }'], ['a: {b: 1}', 'a: {b: 1, k: v}'], ['a: { b: 1 } # c', 'a: { b: 1, k: v } # c'], ['a: {b: 1,}', 'a: {b: 1, k: v,}'],
      ['a: {b}', 'a: {b, k: v}'], ['a: {b: }', 'a: {b: , k: v }'], ['a: {\n  b: 1 # c\n}', 'a: {\n  b: 1, k: v # c\n}'],
    ] as const) {
      expect(edited(before, (source) => addKey(source, mappingAt(source, ['a']), 'k', 'v'))).toBe(after);
    }
  });

  it('refuses what it cannot do safely', () => {
    const refused = (text: string, path: readonly (string | number)[], value: YamlData = 1): YamlEdits => {
      const source = yamlSource(text);
      return addKey(source, mappingAt(source, path), 'k', value);
    };
    expect(refused('a: {k: 1}', ['a'])).toBeUndefined();
    expect(refused('a: &x {b: 1}\nc: *x', ['a'])).toBeUndefined();
    expect(refused('a: &x {b: 1}\nc: *x', ['c'])).toBeUndefined();
    expect(refused('a: {b: 1}\nc: [', ['a'])).toBeUndefined();
    expect(refused('a: [b: 1]', ['a', 0])).toBeUndefined();
    expect(refused('a: {b: 1}', ['a'], yamlLines(['x: 1', 'y: 2']))).toBeUndefined();
    expect(refused('\n  a: 1', [])).toBeUndefined();
    expect(refused('a: &x {b: 1}\nc: 1', ['a'])).toBeDefined();
  });

  it('adds beside merge keys, and over them', () => {
    const text = 'x: &x {k: 1}\ny:\n  <<: *x\nz: 1\n';
    expect(edited(text, (source) => addKey(source, mappingAt(source, ['y']), 'k', 2))).toBe('x: &x {k: 1}\ny:\n  <<: *x\n  k: 2\nz: 1\n');
  });
});

describe('setKey, setPath and setDescription', () => {
  it('fill an empty value, with and without a comment', () => {
    expect(edited('a:\nb: 1', (source) => setKey(source, mappingAt(source, []), 'a', 'x'))).toBe('a: x\nb: 1');
    expect(edited('a: # c\nb: 1', (source) => setKey(source, mappingAt(source, []), 'a', 'x'))).toBe('a: x # c\nb: 1');
    expect(edited('a: # c\nb: 1', (source) => setKey(source, mappingAt(source, []), 'a', ['x']))).toBe('a: # c\n  - x\nb: 1');
    expect(edited('a: ~ # c\nb: 1', (source) => setKey(source, mappingAt(source, []), 'a', { x: 1 }))).toBe('a: # c\n  x: 1\nb: 1');
    expect(edited('a: null', (source) => setKey(source, mappingAt(source, []), 'a', inFlow(['x'])))).toBe('a: [x]');
    expect(edited('- {a: , b}', (source) => setKey(source, mappingAt(source, [0]), 'a', ['x']))).toBe('- {a: [x] , b}');
  });

  it('make what is missing on a path', () => {
    const path = ['config', 'meta', 'owner'];
    expect(edited('- name: a\n', (source) => setPath(source, mappingAt(source, [0]), path, 'me'))).toBe('- name: a\n  config:\n    meta:\n      owner: me\n');
    expect(edited('- name: a\n  config:\n- b\n', (source) => setPath(source, mappingAt(source, [0]), path, 'me'))).toBe('- name: a\n  config:\n    meta:\n      owner: me\n- b\n');
    expect(edited('- name: a\n  config: {meta: {x: 1}}\n', (source) => setPath(source, mappingAt(source, [0]), path, 'me'))).toBe('- name: a\n  config: {meta: {x: 1, owner: me}}\n');
    expect(edited('models:\n  - name: a\n', (source) => setPath(source, mappingAt(source, []), ['models', 0, 'x'], 1))).toBe('models:\n  - name: a\n    x: 1\n');
    expect(edited('a: 1\n', (source) => setPath(source, mappingAt(source, []), ['a', 'b'], 1))).toBeUndefined();
  });

  it('describe a node behind its name', () => {
    expect(edited('- name: a\n  x: 1\n', (source) => setDescription(source, mappingAt(source, [0]), 'Each row: one order'))).toBe('- name: a\n  description: "Each row: one order"\n  x: 1\n');
    expect(edited('- name: a\n  description: ""\n', (source) => setDescription(source, mappingAt(source, [0]), 'x'))).toBe('- name: a\n  description: "x"\n');
    expect(edited('- name: a\n  description: # TODO\n', (source) => setDescription(source, mappingAt(source, [0]), 'x\ny'))).toBe('- name: a\n  description: "x\\ny" # TODO\n');
    expect(edited('- name: a\n  x: 1\n', (source) => setDescription(source, mappingAt(source, [0]), 'x\n\n  y'))).toBe('- name: a\n  description: |-\n    x\n\n      y\n  x: 1\n');
  });
});

describe('appendItem', () => {
  it('appends to block lists, indented or not', () => {
    expect(edited(MODELS, (source) => appendItem(source, sequenceAt(source, ['models', 0, 'columns']), { name: 'total', tests: inFlow(['x']) }))).toBe(
      MODELS.replace('      # about the list\n', '      # about the list\n      - name: total\n        tests: [x]\n'),
    );
    expect(edited('a:\n- x\n# about b\nb: 1\n', (source) => appendItem(source, sequenceAt(source, ['a']), 'y'))).toBe('a:\n- x\n- y\n# about b\nb: 1\n');
    expect(edited('a:\n  -   x: 1\n', (source) => appendItem(source, sequenceAt(source, ['a']), { y: 1, z: 2 }))).toBe('a:\n  -   x: 1\n  -   y: 1\n      z: 2\n');
    expect(edited('a:\n  - x', (source) => appendItem(source, sequenceAt(source, ['a']), ['y', ['z']]))).toBe('a:\n  - x\n  - - y\n    - - z');
  });

  it('keeps the blank lines between items', () => {
    expect(edited('- a: 1\n\n- b: 1\n', (source) => appendItem(source, sequenceAt(source, []), { c: 1 }))).toBe('- a: 1\n\n- b: 1\n\n- c: 1\n');
  });

  it('appends to flow lists', () => {
    expect(edited('a: [x]', (source) => appendItem(source, sequenceAt(source, ['a']), 'y, z'))).toBe('a: [x, "y, z"]');
    expect(edited('a: [] # c\n', (source) => appendItem(source, sequenceAt(source, ['a']), 'x'))).toBe('a: [x] # c\n');
    expect(edited('a: [] # c\nb: 1', (source) => appendItem(source, sequenceAt(source, ['a']), { x: 1 }))).toBe('a: # c\n  - x: 1\nb: 1');
    expect(edited('a: [\n  x,\n]\n', (source) => appendItem(source, sequenceAt(source, ['a']), 'y'))).toBe('a: [\n  x, y,\n]\n');
  });
});

describe('appendSection', () => {
  const models: YamlData = [{ name: 'a' }];
  it.each([
    ['', 'models:\n  - name: a\n'],
    ['   ', 'models:\n  - name: a\n'],
    ['# note', '# note\nmodels:\n  - name: a\n'],
    ['# note\r\n', '# note\r\nmodels:\r\n  - name: a\r\n'],
    ['\ufeff', '\ufeffmodels:\n  - name: a\n'],
    ['---\n', '---\nmodels:\n  - name: a\n'],
    ['version: 2\n', 'version: 2\n\nmodels:\n  - name: a\n'],
    ['version: 2\nsources:\n- name: b\n# end\n', 'version: 2\nsources:\n- name: b\n# end\nmodels:\n- name: a\n'],
    ['version: 2\n\nseeds:\n  - name: b', 'version: 2\n\nseeds:\n  - name: b\n\nmodels:\n  - name: a'],
    ['{}', '{models: [{name: a}]}'],
  ])('adds to %j', (text, expected) => {
    expect(edited(text, (source) => appendSection(source, 'models', models))).toBe(expected);
  });

  it('refuses a section that exists, and files that are no mapping', () => {
    for (const text of ['models:\n', '- a\n', 'word', '---\n...\n']) expect(edited(text, (source) => appendSection(source, 'models', models))).toBeUndefined();
  });
});

describe('replaceScalar', () => {
  it.each([
    ['a: x # c', 'y', 'a: y # c'],
    ['a: x', 'yes', 'a: "yes"'],
    ["a: 'x'", "it's", "a: 'it''s'"],
    ['a: "x"', 'say "x"', 'a: "say \\"x\\""'],
    ["a: 'x'", 'a\nb', 'a: "a\\nb"'],
    ['a: x', 5, 'a: 5'],
    ["a: '5'", 5, 'a: 5'],
    ['a: x', '5', 'a: "5"'],
    ['a: [x, y]', 'p, q', 'a: ["p, q"]'],
    ['a: >-\n    x\n    y\n\nb: 1', 'z', 'a: >-\n    z\n\nb: 1'],
    ['a: |\n  x\nb: 1', 'p\nq\n', 'a: |\n  p\n  q\nb: 1'],
    ['a: > # c\n  x\nb: 1', 'p\nq', 'a: |- # c\n  p\n  q\nb: 1'],
    ['a: |\n  x\nb: 1', '', 'a: ""\nb: 1'],
    ['a: x\n  y\nb: 1', 'z', 'a: z\nb: 1'],
  ] as const)('turns %j with %j into %j', (text, value, expected) => {
    const path = text.startsWith('a: [') ? ['a', 0] : ['a'];
    const result = edited(text, (source) => replaceScalar(source, scalarAt(source, path), value));
    expect(result).toBe(text.startsWith('a: [') ? 'a: ["p, q", y]' : expected);
  });

  it('refuses values with a tag', () => {
    expect(edited('a: !!int 1\nb: 2', (source) => replaceScalar(source, scalarAt(source, ['a']), 'x'))).toBeUndefined();
    expect(edited('a: !!str &x 1\nb: 2', (source) => replaceScalar(source, scalarAt(source, ['a']), 'x'))).toBeUndefined();
  });

  it('refuses values that stand in other places too', () => {
    expect(edited('a: &x 1\nb: *x', (source) => replaceScalar(source, scalarAt(source, ['a']), 2))).toBeUndefined();
    expect(edited('a: &x 1\nb: *x', (source) => replaceScalar(source, scalarAt(source, ['b']), 2))).toBeUndefined();
  });
});

describe('renameKey, removeKey, removeItem and moveKey', () => {
  it('rename a key and keep its quotes', () => {
    expect(edited("- tests: 1\n  'b': 2", (source) => renameKey(source, mappingAt(source, [0]), 'tests', 'data_tests'))).toBe("- data_tests: 1\n  'b': 2");
    expect(edited("'b': 2", (source) => renameKey(source, mappingAt(source, []), 'b', 'on'))).toBe("'on': 2");
    expect(edited('b: 2', (source) => renameKey(source, mappingAt(source, []), 'b', 'on'))).toBe('"on": 2');
    expect(edited('a: 1\nb: 2', (source) => renameKey(source, mappingAt(source, []), 'a', 'b'))).toBeUndefined();
  });

  it('remove a key with its lines', () => {
    expect(edited('a: 1\n# c\nb:\n  - x\n\nc: 1\n', (source) => removeKey(source, mappingAt(source, []), 'b'))).toBe('a: 1\n# c\n\nc: 1\n');
    expect(edited('a: 1\nb: 2', (source) => removeKey(source, mappingAt(source, []), 'b'))).toBe('a: 1');
    expect(edited('- a: 1\n  b: 2\n', (source) => removeKey(source, mappingAt(source, [0]), 'a'))).toBe('- b: 2\n');
    expect(edited('- {a: 1, b: 2, c: 3}\n', (source) => removeKey(source, mappingAt(source, [0]), 'b'))).toBe('- {a: 1, c: 3}\n');
    expect(edited('- {a: 1, b: 2}\n', (source) => removeKey(source, mappingAt(source, [0]), 'b'))).toBe('- {a: 1}\n');
    expect(edited('- a: 1\n  # c\n  b: 2\n', (source) => removeKey(source, mappingAt(source, [0]), 'a'))).toBeUndefined();
    expect(edited('a: 1', (source) => removeKey(source, mappingAt(source, []), 'a'))).toBeUndefined();
    expect(edited('a: &x 1\nb: *x\nc: 1', (source) => removeKey(source, mappingAt(source, []), 'a'))).toBeUndefined();
    expect(edited('a: >\n  x\nb: 1\n    \nc: 1\n', (source) => removeKey(source, mappingAt(source, []), 'b'))).toBe('a: >\n  x\nc: 1\n');
  });

  it('remove an item with its lines', () => {
    expect(edited('x:\n- a: 1\n  b: 2\n- c\n', (source) => removeItem(source, sequenceAt(source, ['x']), 0))).toBe('x:\n- c\n');
    expect(edited('[a, b, c]', (source) => removeItem(source, sequenceAt(source, []), 1))).toBe('[a, c]');
    expect(edited('[a, b]', (source) => removeItem(source, sequenceAt(source, []), 1))).toBe('[a]');
    expect(edited('a: &x 1\nb:\n- *x\n- 2\n- *x\n', (source) => removeItem(source, sequenceAt(source, ['b']), 1))).toBe('a: &x 1\nb:\n- *x\n- *x\n');
  });

  it('move a key below another, which may have to be made', () => {
    const text = '- name: a\n  meta: # about\n    owner: me\n    x: |\n      y\n  columns: []\n';
    expect(edited(text, (source) => moveKey(source, mappingAt(source, [0]), 'meta', ['config']))).toBe(
      '- name: a\n  columns: []\n  config:\n    meta: # about\n      owner: me\n      x: |\n        y\n',
    );
    expect(edited('- name: a\n  config:\n    tags: [x]\n  meta: {a: 1}\n', (source) => moveKey(source, mappingAt(source, [0]), 'meta', ['config']))).toBe(
      '- name: a\n  config:\n    tags: [x]\n    meta: {a: 1}\n',
    );
    expect(edited('- x: 1\n  to: r\n  field: f', (source) => moveKey(source, mappingAt(source, [0]), 'field', ['arguments']))).toBe('- x: 1\n  to: r\n  arguments:\n    field: f');
    expect(edited('- config:\n    meta: 1\n  meta: 2\n', (source) => moveKey(source, mappingAt(source, [0]), 'meta', ['config']))).toBeUndefined();
  });

  it('give the lines of an entry', () => {
    const source = yamlSource('a:\n  b:\n    - c # d\n\n    - e\n  f: 1\n');
    const mapping = mappingAt(source, ['a']);
    const entry = mappingEntry(mapping, 'b');
    expect(entry && linesOfEntry(source, mapping, entry)).toEqual(['b:', '  - c # d', '', '  - e']);
  });
});

// ------------------------------------------------------------------------------------------------- properties

/** dbt cuts the line break that ends a block text off the end of a file, so an edit behind it may give it back. */
function normal(value: PyValue): unknown {
  return JSON.parse(JSON.stringify(encodePyValue(value)).replaceAll(/(?<=(?<!\\)(?:\\\\)*)(?:\\n)+"/g, '"'));
}

function python(node: YamlNode | undefined): PyValue {
  return node === undefined ? null : yamlToPy(node);
}

/** All mappings and lists of a tree with their paths. */
function collections(node: YamlNode | undefined, path: readonly (string | number)[] = []): { readonly path: readonly (string | number)[]; readonly node: YamlMapping | YamlSequence }[] {
  if (node === undefined || node.kind === 'scalar') return [];
  const children =
    node.kind === 'sequence'
      ? node.items.map((item, index) => [index, item] as const)
      : node.entries.flatMap(({ key, value }) => (key.kind === 'scalar' && typeof key.value === 'string' ? [[key.value, value] as const] : []));
  return [{ path, node }, ...children.flatMap(([step, child]) => collections(child, [...path, step]))];
}

const word = fc.oneof(
  fc.constantFrom('x', 'yes', 'NO', 'null', '~', '1.0', '010', '1:30', '2020-01-01', 'a: b', 'a #b', '# a', '- a', '-', '? x', ':', '*a', '&a', '!a', '[a', '{a}', '"', "'", "it's", 'a\\b', '', ' a', 'a ', '%a', '@a', '`a`', '<<', '=', '| a', '> a', ',', 'a,b', '---', '...', 'a\nb', 'a\n\n b\n', '\ta', '\u0007', 'é😀', '{{ x }}', 'x\u2028y', '0x1F', '.inf', 'a:', '日本'),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !/\p{Cs}/u.test(text)),
);
const data: fc.Arbitrary<YamlData> = fc.oneof(
  word, fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }),
  fc.array(word, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('p', 'q', 'on', 'a b', 'x: y'), word, { maxKeys: 3, noNullPrototype: true }),
  fc.array(fc.dictionary(fc.constantFrom('p', 'q'), word, { minKeys: 1, maxKeys: 2, noNullPrototype: true }), { maxLength: 2 }),
  fc.array(word, { maxLength: 3 }).map((items) => inFlow(items)),
);

function isList(value: YamlData): value is readonly YamlData[] {
  return Array.isArray(value);
}

/** The Python value that the data stands for. */
function dataToPy(value: YamlData): PyValue {
  if (typeof value === 'number') return Number.isInteger(value) && !String(value).includes('e') ? value : { kind: 'float', value };
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(dataToPy);
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol !== undefined) {
    const inner = (value as unknown as Readonly<Record<symbol, YamlData>>)[symbol]; // Data in flow has one symbol for key.
    return dataToPy(inner ?? null);
  }
  const mapping = value as YamlDataMapping; // Lists and data with symbols are dealt with above.
  return new Map(Object.entries(mapping).map(([key, item]) => [key, dataToPy(item)]));
}

const file = fc.tuple(propertyTree, fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.constantFrom('', '', '\ufeff')).map(([tree, eol, cut, mark]) => {
  const text = mark + renderTree(tree, eol);
  return cut ? text.trimEnd() : text;
});

/** Changes a copy of a Python value at a path. */
function changeAt(value: PyValue, path: readonly (string | number)[], change: (inner: PyValue) => PyValue): PyValue {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? changeAt(item, rest, change) : item));
  if (!(value instanceof Map)) throw new Error('not a path of this value');
  return new Map([...value].map(([key, item]) => [key, key === step ? changeAt(item, rest, change) : item]));
}

function commentsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\s)(# (?:top|note|comment|x: y).*?)\r?$/gm)].map((match) => match[1] ?? '');
}

describe('properties of edits', () => {
  function check(text: string, edits: YamlEdits, expected: PyValue): void {
    if (edits === undefined) return;
    const result = apply(text, edits);
    const { root, problems } = parseYaml(result, 'dbt');
    expect({ result, problems }).toEqual({ result, problems: [] });
    expect({ result, value: normal(python(root)) }).toEqual({ result, value: normal(expected) });
    expect(commentsOf(result)).toEqual(expect.arrayContaining(commentsOf(text)));
    if (text.includes('\r\n') && !/[^\r]\n/.test(text)) expect(result).not.toMatch(/[^\r]\n/);
  }

  it('adding a key changes nothing else', () => {
    fc.assert(
      fc.property(file, data, fc.nat(), (text, value, pick) => {
        const source = yamlSource(text);
        const mappings = collections(source.root).filter(({ node }) => node.kind === 'mapping');
        const target = mappings[pick % mappings.length];
        if (target?.node.kind !== 'mapping') return;
        const edits = addKey(source, target.node, 'new', value);
        // Generated files hold nothing that an edit may refuse.
        expect(edits).toBeDefined();
        check(text, edits, changeAt(python(source.root), target.path, (inner) => new Map([...(inner as Map<PyValue, PyValue>), ['new', dataToPy(value)]]))); // A mapping by choice.
      }),
      { numRuns: 500 },
    );
  });

  it('appending an item changes nothing else', () => {
    fc.assert(
      fc.property(file, data, fc.nat(), (text, value, pick) => {
        const source = yamlSource(text);
        const lists = collections(source.root).filter(({ node }) => node.kind === 'sequence');
        const target = lists[pick % Math.max(1, lists.length)];
        if (target?.node.kind !== 'sequence') return;
        const edits = appendItem(source, target.node, value);
        expect(edits).toBeDefined();
        check(text, edits, changeAt(python(source.root), target.path, (inner) => [...(inner as PyValue[]), dataToPy(value)])); // A list by choice.
      }),
      { numRuns: 500 },
    );
  });

  it('replacing a value changes nothing else', () => {
    fc.assert(
      fc.property(file, word, fc.nat(), (text, value, pick) => {
        const source = yamlSource(text);
        const scalars = collections(source.root).flatMap(({ path, node }) =>
          node.kind === 'sequence'
            ? node.items.map((item, index) => ({ path: [...path, index], item }))
            : node.entries.map((entry) => ({ path: [...path, entry.key.kind === 'scalar' && typeof entry.key.value === 'string' ? entry.key.value : ''], item: entry.value })),
        );
        const target = scalars[pick % scalars.length];
        if (target?.item.kind !== 'scalar') return;
        const edits = replaceScalar(source, target.item, value);
        expect(edits).toBeDefined();
        check(text, edits, changeAt(python(source.root), target.path, () => value));
      }),
      { numRuns: 500 },
    );
  });

  it('appending a section, removing and moving keys change nothing else', () => {
    fc.assert(
      fc.property(file, data, fc.nat(), (text, value, pick) => {
        const source = yamlSource(text);
        const before = python(source.root) as Map<PyValue, PyValue>; // Property files are mappings.
        check(text, appendSection(source, 'models', value), new Map([...before, ['models', dataToPy(value)]]));
        const mappings = collections(source.root).filter(({ node }) => node.kind === 'mapping');
        const target = mappings[pick % mappings.length];
        if (target?.node.kind !== 'mapping' || target.node.duplicates.length > 0) return;
        const key = target.node.entries[pick % target.node.entries.length]?.key;
        if (key?.kind !== 'scalar' || typeof key.value !== 'string') return;
        const name = key.value;
        const without = (inner: PyValue): Map<PyValue, PyValue> => new Map([...(inner as Map<PyValue, PyValue>)].filter(([other]) => other !== name)); // A mapping by choice.
        const removal = removeKey(source, target.node, name);
        if (removal !== undefined) {
          const result = apply(text, removal);
          expect({ result, value: normal(python(parseYaml(result, 'dbt').root)) }).toEqual({ result, value: normal(changeAt(before, target.path, without)) });
        }
        check(text, moveKey(source, target.node, name, ['moved', 'here']), changeAt(before, target.path, (inner) => {
          const rest = without(inner);
          return rest.set('moved', new Map([['here', new Map([[name, (inner as Map<PyValue, PyValue>).get(name) ?? null]])]])); // As above.
        }));
        check(text, renameKey(source, target.node, name, 'on'), changeAt(before, target.path, (inner) =>
          new Map([...(inner as Map<PyValue, PyValue>)].map(([other, item]) => [other === name ? 'on' : other, item])), // As above.
        ));
      }),
      { numRuns: 500 },
    );
  });
});
