/** Agreement with dbt's YAML reader (PyYAML over libyaml): what is accepted, and the Python values. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseYaml, yamlToPy } from '../../server/src/syntax/yaml/parse.ts';
import { encodePyValue } from './yaml-answers.ts';
import type { YamlAnswer } from './yaml-answers.ts';

// The file is written by oracle/yaml_oracle.py in this shape.
const ANSWERS = JSON.parse(readFileSync(new URL('oracle/yaml-answers.json', import.meta.url), 'utf8')) as readonly YamlAnswer[];

/** PyYAML builds these values, which no list, dict or string of ours stands for. */
function isBeyondOurValues(answer: YamlAnswer): boolean {
  return /"(?:recursive|set|bytes|tuple)"/.test(JSON.stringify(answer.value ?? null));
}

describe('the dbt dialect', () => {
  it('was compared with enough answers', () => {
    expect(ANSWERS.length).toBeGreaterThan(5000);
    expect(ANSWERS.filter((answer) => answer.ok).length).toBeGreaterThan(1500);
  });

  it('accepts and refuses what PyYAML accepts and refuses', () => {
    const wrong: string[] = [];
    for (const answer of ANSWERS) {
      if (isBeyondOurValues(answer)) continue;
      const { problems } = parseYaml(answer.text, 'dbt');
      if ((problems.length === 0) === answer.ok) continue;
      wrong.push(`${JSON.stringify(answer.text)}: PyYAML ${answer.error ?? 'accepts'}; here ${problems[0]?.message ?? 'accepted'}`);
    }
    expect(wrong).toEqual([]);
  });

  it('gives the values that PyYAML gives', () => {
    const wrong: string[] = [];
    for (const answer of ANSWERS) {
      if (!answer.ok || isBeyondOurValues(answer)) continue;
      const { root } = parseYaml(answer.text, 'dbt');
      const actual = JSON.stringify(root === undefined ? null : encodePyValue(yamlToPy(root)));
      const expected = JSON.stringify(answer.value);
      if (actual !== expected) wrong.push(`${JSON.stringify(answer.text)}: PyYAML ${expected}; here ${actual}`);
    }
    expect(wrong).toEqual([]);
  });

  it('puts each problem within the text', () => {
    for (const answer of ANSWERS) {
      for (const { span } of parseYaml(answer.text, 'dbt').problems) {
        expect(span.from).toBeGreaterThanOrEqual(0);
        expect(span.to).toBeGreaterThanOrEqual(span.from);
        expect(span.to).toBeLessThanOrEqual(answer.text.length);
      }
    }
  });
});
