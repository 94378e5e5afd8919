/** Reads profiles.yml: adapters and targets by name, and which secret keys hold a literal. Values of secrets are never kept. */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict, isPyFloat, isTruthy } from '../base/python-values.ts';
import type { ProfileSecret, ProfilesFacts } from './file-facts.ts';
import type { YamlReading } from './property-facts.ts';
import { readValueFile } from './property-facts.ts';
import { isSecretKey, secretState } from './secrets.ts';
import { pyStr } from '../dbt/python-repr.ts';

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', 'postgres', 'db', 'host.docker.internal']);

/** Reads a profiles.yml. */
export function readProfilesFile(text: string): YamlReading<ProfilesFacts> {
  const { data, problems, duplicateKeys } = readValueFile(text, 'dbt');
  const profiles: ProfilesFacts['profiles'][number][] = [];
  const secrets: ProfileSecret[] = [];
  const root = isPyDict(data.value) ? data.value : new Map<PyValue, PyValue>();
  for (const [name, profile] of root) {
    if (typeof name !== 'string' || name === 'config' || !isPyDict(profile)) continue;
    const outputs = profile.get('outputs');
    const target = profile.get('target');
    profiles.push({
      name,
      defaultTarget: typeof target === 'string' && !target.includes('{{') ? target : undefined,
      outputs: isPyDict(outputs) ? [...outputs].flatMap(([key, output]) => readOutput(key, output)) : [],
    });
    if (!isPyDict(outputs)) continue;
    for (const [key, output] of outputs) {
      if (typeof key === 'string' && isPyDict(output)) collectSecrets(name, key, output, [name, 'outputs', key], output, secrets);
    }
  }
  return {
    data: { kind: 'profiles', profiles, secrets, spans: data.spans, skeleton: skeletonOf(data.value) },
    problems,
    duplicateKeys,
  };
}

function readOutput(key: PyValue, output: PyValue): ProfilesFacts['profiles'][number]['outputs'][number][] {
  if (typeof key !== 'string') return [];
  const type = isPyDict(output) ? output.get('type') : undefined;
  const threads = isPyDict(output) ? output.get('threads') : undefined;
  const isKnown = threads !== undefined && !(typeof threads === 'string' && /\{[{%#]/.test(threads));
  return [{ name: key, type: typeof type === 'string' && !type.includes('{{') ? type : undefined, ...(isKnown ? { threads } : {}) }];
}

function collectSecrets(
  profile: string,
  outputName: string,
  dict: PyDict,
  path: readonly (string | number)[],
  output: PyDict,
  secrets: ProfileSecret[],
): void {
  for (const [key, value] of dict) {
    if (typeof key !== 'string') continue;
    if (isPyDict(value)) {
      collectSecrets(profile, outputName, value, [...path, key], output, secrets);
      continue;
    }
    const isSecret = isSecretKey(key) || (key === 'connection_string' && hasPassword(value));
    if (isSecret) secrets.push({ profile, output: outputName, key, state: stateOf(value, output), path: [...path, key] });
  }
}

function hasPassword(value: PyValue): boolean {
  return typeof value === 'string' && /\b(?:password|pwd)\s*=/i.test(value);
}

function stateOf(value: PyValue, output: PyDict): ProfileSecret['state'] {
  const state = secretState(value);
  if (state !== 'literal') return state;
  const text = typeof value === 'string' ? value.trim() : pyStr(value);
  if (/^password$/i.test(text) && isTemplate(output)) return 'placeholder';
  return isLocalDatabase(output) || isContainerDefault(text, output) ? 'local' : 'literal';
}

/** An output whose database is still to be filled in. */
function isTemplate(output: PyDict): boolean {
  return ['account', 'host', 'server'].some((key) => {
    const value = output.get(key);
    return typeof value === 'string' && secretState(value) === 'placeholder';
  });
}

/** A database on the developer's own machine: its password guards nothing. */
function isLocalDatabase(output: PyDict): boolean {
  const type = output.get('type');
  if (type === 'duckdb' || type === 'sqlite') return true;
  const host = output.get('host') ?? output.get('server');
  return typeof host === 'string' && LOCAL_HOSTS.has(host.toLowerCase());
}

/** The password that is its own user or product, on a host without a domain: a container that came with it. */
function isContainerDefault(password: string, output: PyDict): boolean {
  const host = output.get('host') ?? output.get('server');
  if (typeof host !== 'string' || host.includes('.')) return false;
  return password === output.get('user') || password === output.get('type');
}

/** The shape of a value, along which its spans run, without anything that was written in it: one scalar stands for all of its type and truth. */
function skeletonOf(value: PyValue): PyValue {
  if (isPyDict(value)) return new Map([...value].map(([key, child]): [PyValue, PyValue] => [key, skeletonOf(child)]));
  if (Array.isArray(value)) return value.map(skeletonOf);
  if (typeof value === 'number' || typeof value === 'bigint') return isTruthy(value) ? 1 : 0;
  if (isPyFloat(value)) return { kind: 'float', value: isTruthy(value) ? 1 : 0 };
  return value === null || typeof value === 'boolean' || value === '' ? value : 'text';
}
