/** Unique ids, fully qualified names, paths and checksums of resources, as dbt writes them into its manifest. */

import { sha256Hex } from '../base/hash.ts';
import { PYTHON_SPACE, pythonStrip } from '../base/python-space.ts';
import type { ConfigurableType } from './config-keys.ts';

/** The types of things that have a unique id. */
export type NamedType = ConfigurableType | 'doc';

/** Where the file of a resource stands; all paths are POSIX. */
export interface ResourceFile {
  /** Relative to the package's root: dbt's `original_file_path`. */
  readonly originalFilePath: string;
  /** Relative to the configured folder in which it was found, e.g. to `models`. */
  readonly searchedRelativePath: string;
}

/** The name that a file gives to its model, seed, test …: the base name without its last extension (`my.dotted.sql` → `my.dotted`). */
export function fileStem(path: string, allowsJinjaExtensions = false): string {
  let base = baseNameOf(path);
  if (allowsJinjaExtensions) base = base.replace(/\.(?:j2|jinja2|jinja)$/, '');
  return withoutExtension(base);
}

function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Python's `os.path.splitext`: leading dots begin no extension. */
function withoutExtension(baseName: string): string {
  const dot = baseName.lastIndexOf('.');
  return dot > 0 && /[^.]/.test(baseName.slice(0, dot)) ? baseName.slice(0, dot) : baseName;
}

/** The folders in a path, without the file's name. */
export function foldersIn(path: string): string[] {
  return path.split('/').slice(0, -1);
}

/** The id of a resource: `model.shop.orders`, with a version `model.shop.orders.v2`. */
export function uniqueIdOf(type: NamedType, packageName: string, name: string, version?: string | number | null): string {
  const suffix = version === undefined || version === null ? '' : `.v${String(version)}`;
  return `${type}.${packageName}.${name}${suffix}`;
}

/** The id of a source's table. */
export function sourceId(packageName: string, sourceName: string, tableName: string): string {
  return `source.${packageName}.${sourceName}.${tableName}`;
}

/** The id of a unit test; a versioned model has one per version. `model` is what the test writes. */
export function unitTestId(packageName: string, model: string, name: string, version?: string | number | null): string {
  const suffix = version === undefined || version === null ? '' : `_v${String(version)}`;
  return `unit_test.${packageName}.${model}.${name}${suffix}`;
}

/** The name of a hook of the project: `shop-on-run-start-0`. */
export function operationName(packageName: string, hook: 'on-run-start' | 'on-run-end', index: number): string {
  return `${packageName}-${hook}-${String(index)}`;
}

/** The name of the macro that a block defines: tests and materializations get a prefix. */
export function macroName(
  block: 'macro' | 'test' | 'materialization',
  name: string,
  adapterOfMaterialization: string | null = null,
): string {
  if (block === 'test') return `test_${name}`;
  if (block === 'materialization') return `materialization_${name}_${adapterOfMaterialization ?? 'default'}`;
  return name;
}

/** What decides the fully qualified name of a resource. */
export interface FqnInput {
  readonly type: ConfigurableType;
  readonly packageName: string;
  readonly file: ResourceFile;
  readonly name: string;
  /** The version of a model. */
  readonly version?: string | number | null;
  /** True for a snapshot that is a block in an SQL file: its fqn contains the file's stem. */
  readonly isSnapshotBlock?: boolean;
  /** True for a test that a properties file declares, with its full name. */
  readonly isGenericTest?: boolean;
  /** The source of a table, or the model of a unit test: it stands before the name. */
  readonly owner?: string;
  /** The flag `require_corrected_analysis_fqns`. */
  readonly hasCorrectedAnalysisNames?: boolean;
}

/**
 * The fully qualified name: package, folders, name. For generic and unit tests the folders are those of the properties file
 * without the first, for everything else those below the configured folder.
 */
export function fqnOf(input: FqnInput): string[] {
  const { type, packageName, file, name } = input;
  if (type === 'operation') return [packageName, 'hooks', name];
  const searched = foldersIn(file.searchedRelativePath);
  if (input.isGenericTest === true) return [packageName, ...foldersIn(file.originalFilePath).slice(1), name];
  if (type === 'unit_test') {
    return [packageName, ...foldersIn(file.originalFilePath).slice(1), ...(input.owner === undefined ? [] : [input.owner]), name];
  }
  if (type === 'analysis' && input.hasCorrectedAnalysisNames !== true) return [packageName, 'analysis', ...searched, name];
  if (type === 'snapshot' && input.isSnapshotBlock === true) {
    return [packageName, ...searched, fileStem(file.searchedRelativePath), name];
  }
  const version = input.version === undefined || input.version === null ? [] : [`v${String(input.version)}`];
  return [packageName, ...searched, ...(input.owner === undefined ? [] : [input.owner]), name, ...version];
}

/** The manifest's `path` of a resource that stands in a file of its own or, for `properties`, in a properties file. */
export function manifestPath(input: {
  readonly type: ConfigurableType;
  readonly file: ResourceFile;
  readonly name: string;
  readonly isInProperties: boolean;
  readonly hasCorrectedAnalysisNames?: boolean;
}): string {
  const { type, file, name } = input;
  switch (type) {
    case 'source':
    case 'macro':
      return file.originalFilePath;
    case 'operation':
      return `hooks/${name}.sql`;
    case 'analysis':
      return input.hasCorrectedAnalysisNames === true ? file.searchedRelativePath : 'analysis/' + file.searchedRelativePath;
    case 'test':
    case 'snapshot':
      if (input.isInProperties) return name + '.sql';
      if (type === 'snapshot') return file.searchedRelativePath;
      return [...foldersIn(file.searchedRelativePath), name + '.sql'].join('/');
    default:
      return file.searchedRelativePath;
  }
}

/** The manifest's `patch_path`: the properties file with its package. */
export function patchPath(packageName: string, originalFilePath: string): string {
  return `${packageName}://${originalFilePath}`;
}

const WHITESPACE_RUNS = new RegExp(`${PYTHON_SPACE}+`, 'g');

/** The checksum of a file: SHA-256 of its text with every run of whitespace made one blank (before dbt 1.12, of the stripped text). */
export function checksumOfText(text: string, isNormalized = true): string {
  const stripped = pythonStrip(text);
  return sha256Hex(isNormalized ? stripped.replace(WHITESPACE_RUNS, ' ') : stripped);
}

/** The checksum of a seed: SHA-256 of its stripped text; dbt reads line ends of Windows as plain ones. */
export function checksumOfSeed(text: string): string {
  return sha256Hex(pythonStrip(text.replace(/\r\n?/g, '\n')));
}
