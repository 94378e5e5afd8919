/** The inputs of a dbt invocation, from the command line and from `invocation:` of dbt-readiness.yml. */

import type { FileId } from '../base/file-id.ts';
import { joinPath } from '../base/file-id.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import { readValueFile } from '../facts/property-facts.ts';
import type { Invocation, ProjectInput } from '../index/source-file.ts';
import type { SettingsFault } from '../rules/configuration.ts';
import { meantOneOf } from '../rules/configuration.ts';
import { pyStr } from '../dbt/python-repr.ts';

/** The options of the command line that tell of the invocation, as `parseArgs` gives them. */
export interface InvocationOptions {
  readonly target?: string | undefined;
  readonly adapter?: string | undefined;
  readonly schema?: string | undefined;
  readonly database?: string | undefined;
  /** YAML or JSON of a dict, as for `dbt --vars`. */
  readonly vars?: string | undefined;
  /** `NAME=value`, several times. */
  readonly env?: readonly string[] | undefined;
  readonly now?: string | undefined;
  readonly 'dbt-version'?: string | undefined;
}

/** The declaration of the options for `parseArgs`. */
export const INVOCATION_OPTIONS = {
  target: { type: 'string' },
  adapter: { type: 'string' },
  schema: { type: 'string' },
  database: { type: 'string' },
  vars: { type: 'string' },
  env: { type: 'string', multiple: true },
  now: { type: 'string' },
  'dbt-version': { type: 'string' },
} as const;

/** Reads the options; what is not given is absent. */
export function readInvocation(options: InvocationOptions): Invocation | { readonly fault: string } {
  const vars = readVars(options.vars);
  if (vars === 'invalid') return { fault: '--vars must be a YAML dictionary such as {start: 2024-01-01}.' };
  const environment = new Map<string, string>();
  for (const pair of options.env ?? []) {
    const at = pair.indexOf('=');
    if (at <= 0) return { fault: `--env takes NAME=value, not '${pair}'.` };
    environment.set(pair.slice(0, at), pair.slice(at + 1));
  }
  if (options.now !== undefined && Number.isNaN(Date.parse(options.now))) {
    return { fault: `--now must be an ISO 8601 date, not '${options.now}'.` };
  }
  const version = options['dbt-version'];
  if (version !== undefined && !/^\d+\.\d+(?:\.\d+)?/.test(version)) {
    return { fault: `--dbt-version must be a version such as 1.12, not '${version}'.` };
  }
  return {
    ...(options.target === undefined ? {} : { targetName: options.target }),
    ...(options.adapter === undefined ? {} : { adapter: options.adapter }),
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...(vars === undefined ? {} : { vars }),
    ...(environment.size === 0 ? {} : { environment }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(version === undefined ? {} : { dbtVersion: fullVersion(version) }),
  };
}

function readVars(text: string | undefined): ReadonlyMap<string, PyValue> | undefined | 'invalid' {
  if (text === undefined) return undefined;
  const { data, problems } = readValueFile(text, 'dbt');
  return problems.length > 0 || !isPyDict(data.value) ? 'invalid' : textKeys(data.value);
}

function textKeys(dict: PyDict): Map<string, PyValue> {
  return new Map([...dict].map(([key, value]) => [pyStr(key), value]));
}

function fullVersion(version: string): string {
  return /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
}

/** What the dbt-readiness.yml beside a project says of the invocation; `readText` reads it where the input does not hold it. */
export function invocationOfInput(input: ProjectInput, readText: (file: FileId) => string | undefined): Invocation {
  const file = settingsFile(input.root);
  const source = input.files.find((candidate) => candidate.file === file);
  const text = source?.state === 'text' ? source.text : input.unchanged?.has(file) === true ? readText(file) : undefined;
  return text === undefined ? NOTHING_TOLD : invocationOfSettings(readValueFile(text, 'core-1.2').data.value);
}

const NOTHING_TOLD: Invocation = {};

/** The settings of a project. */
export function settingsFile(root: FileId): FileId {
  return joinPath(root, 'dbt-readiness.yml');
}

/** What `dbt-readiness.yml` says under `invocation:`. A setting that is wrong says nothing; `invocationFaults` tells of it. */
export function invocationOfSettings(settings: PyValue | undefined): Invocation {
  return settingsOf(settings).reduce<Invocation>((told, { read }) => ('fault' in read ? told : { ...told, ...read }), {});
}

/** What is wrong under `invocation:`; `path` leads to the key. */
export function invocationFaults(settings: PyValue | undefined): SettingsFault[] {
  return settingsOf(settings).flatMap(({ path, read }) => ('fault' in read ? [{ path, message: read.fault }] : []));
}

interface ReadSetting {
  readonly path: SettingsFault['path'];
  readonly read: ReturnType<typeof readInvocation>;
}

const SETTINGS: readonly string[] = ['adapter', 'database', 'dbt_version', 'env', 'now', 'schema', 'target', 'vars'];

function settingsOf(settings: PyValue | undefined): ReadSetting[] {
  const section = isPyDict(settings) ? settings.get('invocation') : undefined;
  if (section === undefined || section === null) return [];
  if (!isPyDict(section)) return [{ path: ['invocation'], read: { fault: 'invocation must be a mapping, such as target: prod' } }];
  return [...section].map(([key, value]) => ({ path: ['invocation', pyStr(key)], read: value === null ? {} : readSetting(pyStr(key), value) }));
}

function readSetting(key: string, value: PyValue): ReadSetting['read'] {
  switch (key) {
    case 'target':
    case 'adapter':
    case 'schema':
    case 'database':
    case 'now': {
      if (typeof value !== 'string' && typeof value !== 'number') return { fault: `${key} must be a text` };
      const read = readInvocation({ [key]: String(value) });
      return 'fault' in read ? { fault: read.fault.replace(/^--/, '') } : read;
    }
    case 'dbt_version': {
      if (typeof value !== 'string') return { fault: 'dbt_version must be a text in quotes: without them 1.10 is the number 1.1' };
      const read = readInvocation({ 'dbt-version': value });
      return 'fault' in read ? { fault: read.fault.replace(/^--dbt-version/, 'dbt_version') } : read;
    }
    case 'vars':
      return isPyDict(value) ? { vars: textKeys(value) } : { fault: 'vars must be a mapping of names to values' };
    case 'env':
      return isPyDict(value)
        ? { environment: new Map([...value].map(([name, child]) => [pyStr(name), pyStr(child)])) }
        : { fault: 'env must be a mapping of names to values' };
    default:
      return { fault: `There is no '${key}' under invocation${meantOneOf(key, SETTINGS) || `; there are ${SETTINGS.join(', ')}`}` };
  }
}
