/** What dbt refuses of `packages.yml` and `dependencies.yml` in themselves (dbt-core `config/project.py`, `contracts/project.py`). */

import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict, isTruthy } from '../base/python-values.ts';
import { pyClassName, pyRepr, pyStr } from './python-repr.ts';
import { arrayOf, BOOLEAN, closed, faultsOfShape, NUMBER, optional, TEXT, union } from './shapes.ts';
import { isTemplate } from './rendered-keys.ts';

/** The file that lists the packages of a project. */
export type PackageFileName = 'packages.yml' | 'dependencies.yml';

/** A fault in dbt's words; `path` leads to the value, or to the key where that is at fault. An empty path means the whole file. */
export interface PackageFileFault {
  readonly file: PackageFileName;
  readonly code: 'packages-malformed' | 'packages-in-two-files';
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly part: 'key' | 'value';
}

/** The values of the two files; undefined for one that does not exist, null for an empty one. */
export interface PackageFiles {
  readonly packages: PyValue | undefined;
  readonly dependencies: PyValue | undefined;
}

/** The list of packages that dbt goes by, and the file that it stands in. */
export function listedPackages({ packages, dependencies }: PackageFiles): { readonly file: PackageFileName; readonly list: PyValue } {
  if (isPyDict(dependencies) && dependencies.has('packages')) return { file: 'dependencies.yml', list: dependencies.get('packages') ?? null };
  return { file: 'packages.yml', list: isPyDict(packages) ? (packages.get('packages') ?? null) : null };
}

const RAW_VERSION = union(TEXT, NUMBER);
const REVISION = { revision: optional(RAW_VERSION), 'warn-unpinned': optional(BOOLEAN), subdirectory: optional(TEXT), name: optional(TEXT) };

/** The ways to name a package. */
const PACKAGE = union(
  closed({ 'local!': TEXT, name: optional(TEXT) }),
  closed({ 'tarball!': TEXT, 'name!': TEXT }),
  closed({ 'git!': TEXT, ...REVISION }),
  closed({ 'package!': TEXT, 'version!': union(RAW_VERSION, arrayOf(RAW_VERSION)), install_prerelease: optional(BOOLEAN), name: optional(TEXT) }),
  closed({ 'private!': TEXT, provider: optional(TEXT), ...REVISION }),
);

/** Everything that dbt refuses of the two files. */
export function packageFileFaults(files: PackageFiles): readonly PackageFileFault[] {
  const { packages, dependencies } = files;
  const faults: PackageFileFault[] = [];
  const { file, list } = listedPackages(files);
  const malformed = (message: string, path: PackageFileFault['path'], part: PackageFileFault['part'] = 'value'): void => {
    faults.push({ file, code: 'packages-malformed', message, path, part });
  };
  if (packages !== undefined && isTruthy(packages) && !isPyDict(packages)) {
    return [{ file: 'packages.yml', code: 'packages-malformed', message: noAttribute(packages, 'get'), path: [], part: 'value' }];
  }
  if (isPyDict(packages) && isPyDict(dependencies) && packages.has('packages') && dependencies.has('packages')) {
    const message = "The 'packages' key cannot be specified in both packages.yml and dependencies.yml";
    return [{ file: 'packages.yml', code: 'packages-in-two-files', message, path: ['packages'], part: 'key' }];
  }
  if (isPyDict(packages) && packages.has('projects')) {
    const message = "The 'projects' key cannot be specified in packages.yml";
    faults.push({ file: 'packages.yml', code: 'packages-malformed', message, path: ['projects'], part: 'key' });
  }
  if (file === 'packages.yml' && isPyDict(packages)) {
    for (const key of packages.keys()) {
      if (key === 'packages' || key === 'projects' || key === 'sha1_hash') continue;
      const path = typeof key === 'string' ? [key] : [];
      malformed(`${MALFORMED} Additional properties are not allowed (${pyRepr(key)} was unexpected)`, path, 'key');
    }
  }
  if (list === null || isTemplate(list)) return faults;
  if (!Array.isArray(list)) {
    // dbt takes a part of each item in turn, and stumbles over the first that has none.
    if (isTruthy(list)) malformed(`'${pyClassName(list)}' object does not support item assignment`, ['packages']);
    return faults;
  }
  for (const [index, entry] of list.entries()) {
    const fault = faultOfPackage(entry);
    if (fault !== undefined) malformed(fault.message, ['packages', index, ...fault.path]);
  }
  return faults;
}

const MALFORMED = 'The packages.yml file in this project is malformed. Validator Error:';

function faultOfPackage(entry: PyValue): Pick<PackageFileFault, 'message' | 'path'> | undefined {
  if (isTemplate(entry)) return undefined;
  if (!isPyDict(entry)) return { message: `'${pyClassName(entry)}' object does not support item assignment`, path: [] };
  for (const [key, kind] of KINDS) {
    if (entry.get(key) === '') return { message: `${MALFORMED} A ${kind} package is missing the value. It is a required property.`, path: [key] };
  }
  const name = entry.get('package') ?? null;
  if (isTruthy(name)) {
    const fault = faultOfHubPackage(entry, pyStr(name));
    if (fault !== undefined) return fault;
  }
  if (faultsOfShape(PACKAGE, entry, []).length === 0) return undefined;
  return { message: `${MALFORMED} ${pyRepr(entry)} is not valid under any of the given schemas`, path: [] };
}

const KINDS = [['package', 'hub'], ['local', 'local'], ['git', 'git']] as const;

function faultOfHubPackage(entry: PyDict, name: string): Pick<PackageFileFault, 'message' | 'path'> | undefined {
  if (!entry.has('version')) return { message: "KeyError: 'version'", path: ['package'] };
  if (!isTruthy(entry.get('version'))) {
    const message = `${MALFORMED} ${name} is missing the version. When installing from the Hub package index, version is a required property`;
    return { message, path: ['package'] };
  }
  if (name.includes('/') || isTemplate(name)) return undefined;
  const message = `${MALFORMED} ${name} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils`;
  return { message, path: ['package'] };
}

/** What an entry calls its package: the last part of the address; undefined if it cannot be told. */
export function nameOfListed(entry: PyValue): string | undefined {
  if (!isPyDict(entry)) return undefined;
  for (const key of ['name', 'package', 'local', 'git', 'private', 'tarball']) {
    const value = entry.get(key);
    if (typeof value !== 'string' || isTemplate(value)) continue;
    return /([^/\\:]+?)(?:\.git|\.tar\.gz)?\/*$/.exec(value)?.[1];
  }
  return undefined;
}

function noAttribute(value: PyValue, attribute: string): string {
  return `'${pyClassName(value)}' object has no attribute '${attribute}'`;
}
