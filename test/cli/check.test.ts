/** The command line: what it prints, with which exit code, and that it says what the editor says. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import draft04 from 'ajv-draft-04';
import type { Log } from 'sarif';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readArguments } from '../../server/src/cli/arguments.ts';
import { runCheck } from '../../server/src/cli/check.ts';
import { ALL_RULES } from '../../server/src/rules/registry.ts';

const require = createRequire(import.meta.url);

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readiness-'));
  // A git root of its own, so that nothing above the temporary folder counts.
  mkdirSync(join(folder, '.git'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function run(...argv: string[]): { readonly exitCode: number; readonly stdout: string; readonly stderr: string } {
  const command = readArguments(['check', ...argv, '--now', '2026-01-15']);
  if ('fault' in command) return { exitCode: 2, stdout: '', stderr: command.fault };
  if (command.name !== 'check') throw new Error('not a check');
  const result = runCheck(command, { version: '0.0.0', build: 'test' });
  return { ...result, stdout: [...result.stdout].join('') };
}

interface JsonResult {
  readonly version: number;
  readonly projects: readonly {
    readonly root: string;
    readonly name: string;
    readonly adapter: string | null;
    readonly counts: Readonly<Record<string, number>>;
    readonly coverage: Readonly<Record<string, number>>;
    readonly findings: readonly {
      readonly ruleId: string;
      readonly path: string;
      readonly severity: string;
      readonly range: { readonly start: { readonly line: number; readonly character: number } };
      readonly uniqueId: string | null;
      readonly fix: string;
    }[];
    readonly unknown: readonly unknown[];
  }[];
}

function json(...argv: string[]): JsonResult {
  // The shape is what the tests below look at.
  return JSON.parse(run(...argv, '--format', 'json').stdout) as JsonResult;
}

const READY = 'name: shop\nprofile: shop\nrequire-dbt-version: ">=1.8.0"\n';
const CI = { '.github/workflows/ci.yml': 'on: push\njobs: {a: {steps: [{run: dbt build}]}}\n' };

describe('exit codes', () => {
  test('0 if nothing is at or above the bar', () => {
    write({ 'dbt_project.yml': READY, ...CI });
    expect(run(folder).exitCode).toBe(0);
  });

  test('1 for an error, by default', () => {
    write({ 'dbt_project.yml': READY, 'models/a.sql': "select * from {{ ref('gone') }}", ...CI });
    expect(run(folder).exitCode).toBe(1);
    expect(run(folder, '--fail-on', 'never').exitCode).toBe(0);
  });

  test('warnings count only if asked for', () => {
    write({ 'dbt_project.yml': 'name: shop\n', ...CI });
    expect(run(folder).exitCode).toBe(0);
    expect(run(folder, '--fail-on', 'warning').exitCode).toBe(1);
  });

  test('2 with one line that says what and where, if it cannot run', () => {
    expect(run(join(folder, 'nowhere'))).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run(folder).stderr).toMatch(/^[^\n]*there is no dbt_project\.yml[^\n]*\n$/);
    write({ 'file.txt': '' });
    expect(run(join(folder, 'file.txt')).stderr).toContain('this is a file');
    expect(run(folder, '--format', 'xml').stderr).toContain("not 'xml'");
    expect(run(folder, '--fail-on', 'all').stderr).toContain("not 'all'");
    expect(run(folder, '--frobnicate').exitCode).toBe(2);
    expect(run(folder, folder).exitCode).toBe(2);
  });
});

describe('JSON', () => {
  test('has counts, coverage and findings from 0 with POSIX paths, above the root as ../', () => {
    write({
      'apps/dbt/dbt_project.yml': 'name: shop\nprofile: shop\n',
      'apps/dbt/models/ä b/a.sql': "-- é\nselect '💡' as x, {{ ref('gone') }}",
      'profiles.yml': 'shop: {outputs: {dev: {type: snowflake, password: hunter2}}}\n',
    });
    const { version, projects } = json(folder);
    expect(version).toBe(1);
    const [project] = projects;
    expect(project).toMatchObject({ root: 'apps/dbt', name: 'shop', adapter: 'snowflake' });
    expect(project?.coverage).toMatchObject({ models: 1, described: 0, tested: 0 });
    const undefinedRef = project?.findings.find((finding) => finding.ruleId === 'ref-undefined');
    // Characters are UTF-16 code units: the bulb takes two.
    expect(undefinedRef).toMatchObject({
      path: 'models/ä b/a.sql',
      range: { start: { line: 1, character: 25 } },
      uniqueId: 'model.shop.a',
      severity: 'error',
    });
    expect(project?.findings.find((finding) => finding.ruleId === 'profile-plaintext-secret')).toMatchObject({
      path: '../../profiles.yml',
      uniqueId: null,
    });
    const places = project?.findings.map(({ path, range }) => [path, range.start.line, range.start.character]);
    expect(places).toEqual([...(places ?? [])].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)));
  });

  test('never holds the value of a secret', () => {
    write({ 'dbt_project.yml': READY, 'profiles.yml': 'shop: {outputs: {dev: {type: snowflake, password: Tr0ub4dor}}}\n' });
    for (const format of ['text', 'json', 'sarif', 'github']) {
      expect(run(folder, '--format', format).stdout).toContain('profile-plaintext-secret');
      expect(run(folder, '--format', format).stdout).not.toContain('Tr0ub4dor');
    }
  });

  test('is the same for the same files', () => {
    write({ 'dbt_project.yml': 'name: shop\n', 'models/a.sql': "select * from {{ ref('x') }} join raw.b" });
    const { stdout } = run(folder, '--format', 'json');
    expect(stdout).toBe(run(folder, '--format', 'json').stdout);
    // Though it is written item by item, it is laid out as JSON is elsewhere.
    for (const format of ['json', 'sarif']) {
      const text = run(folder, '--format', format).stdout;
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
  });
});

describe('other formats', () => {
  beforeEach(() => {
    write({ 'dbt_project.yml': READY, 'models/a.sql': "select 1\nfrom {{ ref('100%, gone') }}", ...CI });
  });

  test('SARIF is valid against its schema and says how it counts columns', () => {
    const log: unknown = JSON.parse(run(folder, '--format', 'sarif').stdout);
    // It is JSON of the shape that the validator takes.
    const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object;
    const validate = new draft04.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    // The schema has just said that it is one.
    const [sarifRun] = (log as Log).runs;
    expect(sarifRun?.columnKind).toBe('utf16CodeUnits');
    expect(sarifRun?.results?.length).toBe(json(folder).projects[0]?.findings.length);
    expect(sarifRun?.results?.find(({ ruleId }) => ruleId === 'ref-undefined')).toMatchObject({
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'models/a.sql' }, region: { startLine: 2, startColumn: 13 } } },
      ],
    });
  });

  test('GitHub commands are escaped', () => {
    const line = run(folder, '--format', 'github').stdout.split('\n').find((one) => one.includes('ref-undefined'));
    expect(line).toMatch(/^::error file=models\/a\.sql,line=2,col=13,endLine=2,endColumn=25,title=ref-undefined::/);
    expect(line).toContain("'100%25, gone'");
  });

  test('text begins with path, line and column from 1 and ends with the verdict', () => {
    const lines = run(folder).stdout.trimEnd().split('\n');
    expect(lines.find((line) => line.includes('ref-undefined'))).toMatch(/^models\/a\.sql:2:13: error: .* \[ref-undefined\]$/);
    expect(lines.at(-1)).toMatch(new RegExp(`^NOT READY \\(\\d+ rules\\)$`));
  });
});

describe('files that cannot be used', () => {
  const BROKEN: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['models/bad.yml', 'models:\n  - name: [\n', /./],
    ['models/tab.yml', 'models:\n\t- name: a\n', /./],
    ['models/jinja.yml', 'models:\n  - name: {{ x }}\n', /./],
    ['models/bad.sql', 'select {{ ref( ', /./],
    ['models/binary.sql', Buffer.from([0x73, 0x00, 0xff, 0xfe]), /binary/],
    ['models/latin1.sql', Buffer.from([0x73, 0xe9, 0x0a]), /UTF-8/i],
    ['models/empty.sql', '', /^/],
    ['models/bom.yml', '\uFEFFmodels:\n  - name: ok\n', /^/],
    ['models/huge.sql', Buffer.alloc(6 * 1024 * 1024, 0x20), /MB/],
    ['models/root-list.yml', '- a\n', /./],
    ['models/bomb.yml', bomb(), /./],
    ['models/duplicate.yml', 'models:\n  - name: ok\n    name: ok\n', /^/],
  ];

  test.each(BROKEN)('%s: the rest of the project is checked', (path, content) => {
    write({ 'dbt_project.yml': READY, 'models/ok.sql': "select * from {{ ref('gone') }}", [path]: content, ...CI });
    const result = json(folder);
    expect(result.projects[0]?.findings.map((finding) => finding.ruleId)).toContain('ref-undefined');
    expect(result.projects[0]?.coverage['models']).toBeGreaterThan(0);
  });

  test.each(BROKEN.filter(([, , message]) => message.source !== '^'))('%s is named with a clear message', (path, content, message) => {
    write({ 'dbt_project.yml': READY, 'models/ok.sql': 'select 1 as id', [path]: content, ...CI });
    const { stdout, stderr } = run(folder);
    const line = `${stdout}${stderr}`.split('\n').find((one) => one.includes(path));
    expect(line, 'a line that names the file').toBeDefined();
    expect(line).toMatch(message);
  });

  test('an unreadable file is named', () => {
    write({ 'dbt_project.yml': READY, 'models/secret.sql': 'select 1' });
    chmodSync(join(folder, 'models/secret.sql'), 0);
    // The super-user reads everything.
    if (process.getuid?.() === 0) expect(run(folder).stderr).toBe('');
    else expect(run(folder).stderr).toContain('models/secret.sql');
  });

  test('links in a circle and a project without models do no harm', () => {
    write({ 'dbt_project.yml': READY, ...CI });
    mkdirSync(join(folder, 'models'));
    symlinkSync(folder, join(folder, 'models', 'loop'));
    expect(run(folder)).toMatchObject({ exitCode: 0 });
  });

  test('a dbt_project.yml that cannot be read is named', () => {
    write({ 'dbt_project.yml': 'name: [shop\n' });
    expect(run(folder).stdout).toContain('dbt_project.yml:');
  });
});

/** Ten aliases, nine times over: a billion values if they were copied. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++) lines.push(`a${String(i)}: &a${String(i)} [${Array<string>(10).fill(`*a${String(i - 1)}`).join(', ')}]`);
  return `${lines.join('\n')}\nmodels:\n  - name: ok\n    meta: {x: *a8}\n`;
}

test('several projects of a folder are each judged, one of the same name too', () => {
  write({ 'one/dbt_project.yml': READY, 'two/dbt_project.yml': READY, 'two/models/a.sql': "{{ ref('gone') }}", ...CI });
  const { projects } = json(folder);
  expect(projects.map(({ root, counts }) => [root, counts['error']])).toEqual([
    ['one', 0],
    ['two', 1],
  ]);
});

test('every rule that a project violates is one of the registry', () => {
  write({ 'dbt_project.yml': 'name: shop\n', 'models/a.sql': 'select * from raw.b' });
  const known = new Set(ALL_RULES.map((rule) => rule.meta.id));
  for (const finding of json(folder).projects[0]?.findings ?? []) expect(known.has(finding.ruleId)).toBe(true);
});
