/** YAML reading: spans, styles and values of our own nodes. */
import { describe, expect, it } from 'vitest';
import { parseYaml, yamlPath, yamlToPy } from '../../server/src/syntax/yaml.ts';

const PROPERTIES = `version: 2
models:
  - name: orders # comment
    description: >
      All orders.
    columns:
      - {name: id, data_tests: [unique, not_null]}
`;

describe('parseYaml', () => {
  it('gives values and exact spans', () => {
    const { root, problems } = parseYaml(PROPERTIES, 'core-1.2');
    expect(problems).toEqual([]);
    const name = yamlPath(root, ['models', 0, 'name']);
    expect(name && PROPERTIES.slice(name.from, name.to)).toBe('orders');
    const description = yamlPath(root, ['models', 0, 'description']);
    expect(description && PROPERTIES.slice(description.from, description.to)).toBe('>\n      All orders.');
    const tests = yamlPath(root, ['models', 0, 'columns', 0, 'data_tests']);
    expect(tests && PROPERTIES.slice(tests.from, tests.to)).toBe('[unique, not_null]');
    expect(tests && yamlToPy(tests)).toEqual(['unique', 'not_null']);
  });
});
