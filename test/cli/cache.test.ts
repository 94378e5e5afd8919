/** `check --cache`: says what a check without a cache says, whatever happened to the project or to the cache in between. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readArguments } from '../../server/src/cli/arguments.ts';
import { runCheck } from '../../server/src/cli/check.ts';

let top = '';
let project = '';
let cache = '';

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'readiness-cache-')));
  project = join(top, 'project');
  cache = join(top, 'cache');
  mkdirSync(join(project, '.git'), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) write(path, text);
});

afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

const FILES = {
  'dbt_project.yml': 'name: shop\nprofile: shop\n',
  'models/orders.sql': "{% set from = 'raw_orders' %}select * from {{ ref(from) }} join {{ ref('gone') }}\n",
  'models/raw_orders.sql': 'select 1 as id from raw.shop.orders\n',
  'models/customers.sql': "select * from {{ ref('orders') }} {{ note() }}\n",
  'models/_models.yml': 'models:\n  - name: orders\n    columns:\n      - name: id\n        data_tests: [unique, not_null]\n  - name: customers\n    description: Who buys.\n',
  'macros/note.sql': "{% macro note() %}{{ ref('raw_orders') }}{% endmacro %}\n",
  'seeds/countries.csv': 'code,name\n',
};

/** Files that were just written are not trusted to stay as they are; those of tests look as if they were older. */
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

function write(path: string, text: string | Buffer, time = LONG_AGO): void {
  const full = join(project, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  utimesSync(full, time, time);
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(build: string, ...more: readonly string[]): Outcome {
  const command = readArguments(['check', project, '--format', 'json', '--now', '2026-01-15', ...more]);
  if ('fault' in command) throw new Error(command.fault);
  if (command.name !== 'check') throw new Error('not a check');
  const { exitCode, stdout, stderr, afterwards } = runCheck(command, { version: '0.0.0', build });
  const written = [...stdout].join('');
  return { exitCode, stdout: written, stderr: stderr + (afterwards?.() ?? '') };
}

const cold = (): Outcome => run('this');
const cached = (build = 'this'): Outcome => run(build, '--cache', cache);

function cacheFile(): string {
  const [name, ...others] = readdirSync(cache);
  if (name === undefined || others.length > 0) throw new Error(`one file was expected, not ${String(others.length + 1)}`);
  return join(cache, name);
}

describe('a check with a cache', () => {
  test('says the same as one without, the first time and the next', () => {
    const expected = cold();
    expect(expected.stdout).toContain('ref-undefined');
    expect(cached()).toEqual(expected);
    expect(cached()).toEqual(expected);
  });

  test('reads no file again whose size and time are as they were', () => {
    const before = cached();
    // A change that nobody makes: the text is another, the time is not.
    write('models/orders.sql', FILES['models/orders.sql'].replace("'gone'", "'left'"));
    expect(cached()).toEqual(before);
    expect(cold()).not.toEqual(before);
  });

  test('writes nothing when nothing has changed', () => {
    cached();
    const { mtimeMs } = statSync(cacheFile());
    cached();
    expect(statSync(cacheFile()).mtimeMs).toBe(mtimeMs);
  });

  test('does not trust a file that changed just before it was read', () => {
    const now = new Date();
    write('models/orders.sql', FILES['models/orders.sql'], now);
    cached();
    write('models/orders.sql', FILES['models/orders.sql'].replace("'gone'", "'left'"), now);
    expect(cached()).toEqual(cold());
  });

  const CHANGES: Readonly<Record<string, () => void>> = {
    'a changed body': () => {
      write('models/orders.sql', 'select 1 as id\n', new Date());
    },
    'a changed macro': () => {
      write('macros/note.sql', "{% macro note() %}{{ ref('nowhere') }}{% endmacro %}\n", new Date());
    },
    'a changed property file': () => {
      write('models/_models.yml', 'models:\n  - name: raw_orders\n    description: Raw.\n', new Date());
    },
    'a new file': () => {
      write('models/gone.sql', "select * from {{ source('a', 'b') }}\n", new Date());
    },
    'a deleted file': () => {
      rmSync(join(project, 'models/raw_orders.sql'));
    },
    'a renamed file': () => {
      renameSync(join(project, 'models/raw_orders.sql'), join(project, 'models/gone.sql'));
    },
    'other folders in dbt_project.yml': () => {
      write('dbt_project.yml', 'name: shop\nprofile: shop\nmodel-paths: [more]\n', new Date());
      write('more/a.sql', "select * from {{ ref('b') }}\n", new Date());
    },
    'another adapter': () => {
      write('profiles.yml', 'shop:\n  target: dev\n  outputs:\n    dev: {type: bigquery}\n', new Date());
    },
    'an installed package': () => {
      write('dbt_packages/other/dbt_project.yml', 'name: other\n', new Date());
      write('dbt_packages/other/models/gone.sql', 'select 1 as id\n', new Date());
    },
    'rules that are switched off': () => {
      write('dbt-readiness.yml', 'rules:\n  ref-undefined: off\n', new Date());
    },
    'a file that is ignored now': () => {
      write('.dbtignore', 'models/raw_orders.sql\n', new Date());
    },
    'a file that is no text any more': () => {
      write('models/raw_orders.sql', Buffer.from([0, 1, 2]), new Date());
    },
    'CI that came': () => {
      write('.github/workflows/ci.yml', 'on: push\njobs: {a: {steps: [{run: dbt build}]}}\n', new Date());
    },
  };

  for (const [what, change] of Object.entries(CHANGES)) {
    test(`notices ${what}`, () => {
      const before = cached();
      change();
      const expected = cold();
      expect(expected).not.toEqual(before);
      expect(cached()).toEqual(expected);
      expect(cached()).toEqual(expected);
    });
  }
});

describe('a cache', () => {
  test('of another build is left aside and replaced', () => {
    cached();
    write('models/orders.sql', FILES['models/orders.sql'].replace("'gone'", "'left'"));
    expect(cached('that')).toEqual(cold());
    expect(readFileSync(cacheFile(), 'latin1')).toContain('"build":"that"');
  });

  test('that was cut off does no harm, wherever that was', () => {
    const expected = cached();
    const whole = readFileSync(cacheFile());
    for (let part = 0; part < 20; part++) {
      writeFileSync(cacheFile(), whole.subarray(0, Math.floor((whole.length * part) / 20)));
      expect(cached()).toEqual(expected);
      expect(readFileSync(cacheFile()).length).toBe(whole.length);
    }
  });

  test('of which a byte has turned does no harm, whichever it is', () => {
    const expected = cached();
    const whole = readFileSync(cacheFile());
    for (let part = 0; part < 60; part++) {
      const bytes = Buffer.from(whole);
      const at = Math.floor((whole.length * part) / 60);
      bytes[at] = (bytes[at] ?? 0) ^ 0x15;
      writeFileSync(cacheFile(), bytes);
      expect(cached()).toEqual(expected);
    }
  });

  test('that is a folder, or holds something else, does no harm', () => {
    const expected = cached();
    const name = cacheFile();
    for (const text of ['', '\n', '{}\n', 'null\n', '{"format":"dbt-readiness-project 1"}\n', 'select 1']) {
      writeFileSync(name, text);
      expect(cached()).toEqual(expected);
    }
    rmSync(name);
    mkdirSync(name);
    const { stderr, ...rest } = cached();
    expect(rest).toEqual({ exitCode: expected.exitCode, stdout: expected.stdout });
    expect(stderr).toContain('could not be kept');
  });

  test('in a place where nothing can be written is told of, once, and changes nothing', () => {
    writeFileSync(join(top, 'file'), '');
    const expected = cold();
    const { stderr, ...rest } = run('this', '--cache', join(top, 'file', 'cache'));
    expect(rest).toEqual({ exitCode: expected.exitCode, stdout: expected.stdout });
    expect(stderr).toBe(`${project} could not be kept in ${join(top, 'file', 'cache')} (ENOTDIR); the next start reads everything again.\n`);
  });

  test('on a disk without room is told of and leaves nothing behind', () => {
    cached();
    const name = cacheFile();
    rmSync(name);
    // A device that is always full, where the system has one; else a link that leads nowhere.
    const full = existsSync('/dev/full') ? '/dev/full' : join(top, 'nowhere', 'at all');
    symlinkSync(full, `${name}.${String(process.pid)}.tmp`);
    expect(cached().stderr).toMatch(/could not be kept in .* \((?:ENOSPC|ENOENT)\)/);
    expect(readdirSync(cache)).toEqual([]);
    expect(cached()).toEqual(cold());
    expect(readdirSync(cache).length).toBe(1);
  });

  test('holds nothing of a secret', () => {
    write('profiles.yml', 'shop:\n  target: dev\n  outputs:\n    dev: {type: snowflake, user: ann_the_user, password: hunter2-hunter2}\n');
    cached();
    const bytes = readFileSync(cacheFile(), 'latin1');
    expect(bytes).not.toContain('hunter2');
    expect(bytes).not.toContain('ann_the_user');
    rmSync(cacheFile());
    write('models/_more.yml', 'models:\n  - name: raw_orders\n    meta: {api_key: sk-hunter2}\n');
    expect(cached().stderr).toBe(`${project} is not kept in the cache, since its files hold a secret, or values of an environment.\n`);
    expect(readdirSync(cache)).toEqual([]);
  });
});
