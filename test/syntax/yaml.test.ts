/** YAML reading: spans, styles, faults and bounds of our own nodes. Values are compared with PyYAML in `yaml-oracle.test.ts`. */
import { describe, expect, it } from 'vitest';
import type { YamlDialect } from '../../server/src/syntax/yaml/parse.ts';
import { MAX_YAML_LENGTH, countExpandedNodes, isYamlMapping, isYamlScalar, isYamlSequence, mappingEntry, mappingValue, parseYaml, yamlPath, yamlString, yamlToPy } from '../../server/src/syntax/yaml/parse.ts';

const PROPERTIES = `version: 2
models:
  - name: orders # comment
    description: >
      All orders.
    columns:
      - {name: id, data_tests: [unique, not_null]}
      - name:   # nothing
    meta: &m
      a: 'x'
    other: *m
`;

/** The text under a path, or its place if it has no width. */
function under(text: string, path: readonly (string | number)[], dialect: YamlDialect = 'dbt'): string | undefined {
  const node = yamlPath(parseYaml(text, dialect).root, path);
  if (node === undefined) return undefined;
  return node.from === node.to ? `behind ${text.slice(node.from - 3, node.from)}` : text.slice(node.from, node.to);
}

function python(text: string, dialect: YamlDialect): unknown {
  const { root } = parseYaml(text, dialect);
  return root && yamlToPy(root);
}

/** Problems as `code «text»`. */
function problems(text: string, dialect: YamlDialect = 'dbt'): string[] {
  return parseYaml(text, dialect).problems.map(({ code, span }) => `${code} «${text.slice(span.from, span.to)}»`);
}

describe.each(['dbt', 'core-1.2'] as const)('spans in dialect %s', (dialect) => {
  it.each([
    [['version'], '2'],
    [['models', 0, 'name'], 'orders'],
    [['models', 0, 'description'], '>\n      All orders.'],
    [['models', 0, 'columns', 0], '{name: id, data_tests: [unique, not_null]}'],
    [['models', 0, 'columns', 0, 'data_tests'], '[unique, not_null]'],
    [['models', 0, 'columns', 1], 'name:'],
    [['models', 0, 'columns', 1, 'name'], 'behind me:'],
    [['models', 0, 'columns'], '- {name: id, data_tests: [unique, not_null]}\n      - name:'],
    [['models', 0, 'meta'], "a: 'x'"],
    [['models', 0, 'other'], "a: 'x'"],
  ])('finds %j', (path, expected) => {
    expect(under(PROPERTIES, path, dialect)).toBe(expected);
    expect(under(PROPERTIES.replaceAll('\n', '\r\n'), path, dialect)).toBe(expected.replaceAll('\n', '\r\n'));
  });

  it('ends a block mapping with the alias at its end, and shares the aliased node', () => {
    const { root } = parseYaml(PROPERTIES, dialect);
    const model = yamlPath(root, ['models', 0]);
    expect(model && PROPERTIES.slice(model.to - 9, model.to)).toBe('other: *m');
    expect(mappingValue(model, 'other')).toBe(mappingValue(model, 'meta'));
  });
});

describe('faults in the dbt dialect', () => {
  it.each([
    ['a: {{ x }}', ['yaml-unquoted-jinja «{{ x }}»']],
    ["a: {{ var('b') }}_x", ["yaml-unquoted-jinja «{{ var('b') }}»"]],
    ['a: {{ ref("b", "c") }}', ['yaml-unquoted-jinja «{{ ref("b", "c") }}»']],
    ['a: {% if x %}\n', ['yaml-unquoted-jinja «{% if x %}»']],
    ['a: 1\n{% endif %}\nb: 2', ['yaml-unquoted-jinja «{% endif %}»']],
    ['- {{ x }}\n- {{ y }}', ['yaml-unquoted-jinja «{{ x }}»', 'yaml-unquoted-jinja «{{ y }}»']],
    ['a:\n\tb: 1', ['yaml-tab «\t»']],
    ['a: |\n\tb', ['yaml-tab «\t»']],
    ['a: *b', ['yaml-undefined-alias «*b»']],
    ['a: &x 1\nb: &x 2', ['yaml-duplicate-anchor «&x»']],
    ['&a [*a]', ['yaml-recursive-alias «*a»']],
    ['a: !foo 1', ['yaml-unknown-tag «!foo»']],
    ['a: !!int x', ['yaml-bad-value «!!int x»']],
    ['a: 2020-02-30', ['yaml-bad-value «2020-02-30»']],
    ['a: <<', ['yaml-bad-value «<<»']],
    ['<<: 1', ['yaml-bad-merge «1»']],
    ['[a]: b\n{c: d}: e', ['yaml-unhashable-key «[a]»', 'yaml-unhashable-key «{c: d}»']],
    ['a: 1\n---\nb: 2', ['yaml-multiple-documents «---»']],
    ['a: "x\nb: c', ['yaml-syntax «"x»']],
    ['a: b: c', ['yaml-syntax «:»']],
    ["a: 'b' c", ['yaml-syntax «c»']],
    ['a: [b, c', ['yaml-syntax «c»']],
    ['models:\n  - name: a\n    foo\n    bar: 1', ['yaml-syntax «foo»']],
    ['a:\n    b: 1\n  c: 2', ['yaml-syntax «c»']],
    ['a: @b', ['yaml-syntax «@»']],
    ['a: "\\q"', ['yaml-syntax «\\q»']],
    ['a: b\u0007', ['yaml-control-character «\u0007»']],
    ['a\0b', ['yaml-control-character «\0»']],
  ])('tells of %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('keeps what stands before a fault', () => {
    const { root } = parseYaml('models:\n  - name: a\n  - name: b\n    x: @\n', 'dbt');
    expect(yamlString(yamlPath(root, ['models', 1, 'name']))).toBe('b');
  });
});

describe('dialects', () => {
  it('differ in the words of YAML 1.1', () => {
    const text = '[yes, on, 010, 1:30, 0o17, 1e3, 2020-01-01]';
    const date = { kind: 'date', hasTime: false, text: '2020-01-01' };
    expect(python(text, 'dbt')).toEqual([true, true, 8, 90, '0o17', '1e3', date]);
    expect(python(text, 'core-1.2')).toEqual(['yes', 'on', 10, '1:30', 15, { kind: 'float', value: 1000 }, '2020-01-01']);
  });

  it('dbt cuts white space off both ends, PyYAML alone does not', () => {
    expect(yamlPath(parseYaml('a: |\n  b\n', 'dbt').root, ['a'])).toMatchObject({ value: 'b' });
    expect(yamlPath(parseYaml('a: |\n  b\n', 'pyyaml').root, ['a'])).toMatchObject({ value: 'b\n' });
    expect(problems('  a: 1\n  b: 2')).toHaveLength(1);
    expect(problems('  a: 1\n  b: 2', 'pyyaml')).toEqual([]);
  });

  it('reads the tags and documents of CI systems', () => {
    expect(problems('a: !reference [b, c]\n', 'core-1.2')).toEqual([]);
    expect(under('spec: 1\n---\njob: 2\n', ['job'], 'core-1.2')).toBe('2');
    expect(problems('a: [', 'core-1.2')).not.toEqual([]);
  });
});

describe('duplicate keys', () => {
  it.each(['dbt', 'core-1.2'] as const)('the last wins and the earlier are kept aside in dialect %s', (dialect) => {
    const { root, problems: none } = parseYaml('a: 1\nb: 2\na: 3\na: 4\n', dialect);
    expect(none).toEqual([]);
    expect(isYamlMapping(root) && root.duplicates.map((entry) => entry.value)).toMatchObject([{ value: 1 }, { value: 3 }]);
    expect(mappingEntry(root, 'a')?.value).toMatchObject({ value: 4 });
    expect(isYamlMapping(root) && root.entries).toHaveLength(2);
  });

  it('an own key over a merged one is no duplicate', () => {
    const { root } = parseYaml('x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n', 'dbt');
    expect(yamlPath(root, ['y'])).toMatchObject({ duplicates: [], entries: [{ merged: false, value: { value: 2 } }] });
  });
});

describe('bounds', () => {
  it('does not read texts that are too long', () => {
    expect(problems('a'.repeat(MAX_YAML_LENGTH + 1))).toEqual(['file-too-large «»']);
  });

  it.each(['dbt', 'core-1.2'] as const)('shares the nodes of an alias bomb and counts them no further than asked in dialect %s', (dialect) => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 30; i++) lines.push(`a${i}: &a${i} [${Array<string>(10).fill(`*a${i - 1}`).join(', ')}]`);
    const { root } = parseYaml(lines.join('\n'), dialect);
    expect(root && countExpandedNodes(root, 1_000_000)).toBe(1_000_000);
    const small = parseYaml('a: [1, 2]', dialect).root;
    expect(small && countExpandedNodes(small, 1000)).toBe(5);
    expect(root && yamlToPy(root)).toBeInstanceOf(Map);
  });

  it('stops a bomb of merge keys', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ');
    const merges = Array.from({ length: 2000 }, (_, i) => `m${i}:\n  <<: [*x, *x]`).join('\n');
    expect(problems(`x: &x {${keys}}\n${merges}`).map((problem) => problem.split(' ')[0])).toEqual(['yaml-merge-too-large']);
  });

  it('does not follow deep nesting, written or by aliases', () => {
    expect(problems('['.repeat(100_000))).toHaveLength(1);
    expect(problems(`${'['.repeat(600)}${']'.repeat(600)}`)).toHaveLength(1);
    expect(problems(`${'['.repeat(400)}${']'.repeat(400)}`)).toEqual([]);
    const chain = ['a0: &a0 [1]', ...Array.from({ length: 2000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)].join('\n');
    for (const dialect of ['dbt', 'core-1.2'] as const) {
      const { root, problems: found } = parseYaml(chain, dialect);
      expect(found[0]?.code).toBe('yaml-too-deep');
      expect(root && yamlToPy(root)).toBeInstanceOf(Map);
    }
    expect(problems('a: '.repeat(50_000), 'core-1.2')[0]).toBeDefined();
  });

  it('reports a bounded number of problems', () => {
    expect(problems('- *x\n'.repeat(5000))).toHaveLength(100);
  });

  it('survives binary text', () => {
    const binary = String.fromCharCode(...Array.from({ length: 4096 }, (_, i) => (i * 7919) % 65_536));
    expect(problems(binary).length).toBeGreaterThan(0);
  });
});

describe('guards', () => {
  it('tell the kinds of nodes apart', () => {
    const { root } = parseYaml('a: [1]\nb: x', 'dbt');
    expect([isYamlMapping(root), isYamlSequence(yamlPath(root, ['a'])), isYamlScalar(yamlPath(root, ['a', 0]))]).toEqual([true, true, true]);
    expect([yamlString(yamlPath(root, ['b'])), yamlString(yamlPath(root, ['a', 0])), yamlPath(root, ['a', 'b']), yamlPath(root, ['a', 7])]).toEqual(['x', undefined, undefined, undefined]);
  });
});
