/** What `dbt_project.yml` may say: its keys, their types and defaults, what dbt refuses, its flags and its variables. */

import { isPyDict, isPyFloat, isTruthy, type PyDict, type PyValue } from '../base/python-values.ts';
import { isUnknown, type ConfigValue } from '../base/unknown.ts';
import { projectSectionOf, type ConfigurableType } from './config-keys.ts';
import { settled, type ConfigTree, type ConfigTreeValue } from './config-merge.ts';
import { allowsVersion, hasFeature, isContradiction, parseRequirement } from './dbt-version.ts';
import { EVENT_NAMES } from './event-names.ts';
import { pyClassName, pyRepr, pyStr } from './python-repr.ts';
import { BOOLEAN, closed, faultsOfShape, optional, TEXT } from './shapes.ts';
import { isTemplate } from './rendered-keys.ts';

/** A fault in `dbt_project.yml`; `path` leads to the value, or to the key where that is at fault. */
export interface ProjectFileProblem {
  readonly code:
    | 'project-name-missing'
    | 'project-name-invalid'
    | 'project-name-reserved'
    | 'project-key-unknown'
    | 'project-key-not-text'
    | 'project-value-type'
    | 'project-keys-conflict'
    | 'project-dispatch-invalid'
    | 'project-dbt-version-invalid'
    | 'project-dbt-version-impossible'
    | 'project-dbt-version-unsupported'
    | 'project-profile-missing'
    | 'project-flags-invalid';
  /** dbt's words, without the file's name. */
  readonly message: string;
  readonly path: readonly string[];
}

type ValueType = 'text' | 'text-list' | 'dict' | 'text-dict' | 'dict-list' | 'boolean' | 'integer' | 'version' | 'hooks' | 'quoting' | 'requirement' | 'comment';

const KEY_TYPES = {
  name: 'text',
  'config-version': 'integer',
  version: 'version',
  'project-root': 'text',
  'source-paths': 'text-list',
  'model-paths': 'text-list',
  'macro-paths': 'text-list',
  'data-paths': 'text-list',
  'seed-paths': 'text-list',
  'test-paths': 'text-list',
  'analysis-paths': 'text-list',
  'docs-paths': 'text-list',
  'asset-paths': 'text-list',
  'function-paths': 'text-list',
  'osi-paths': 'text-list',
  'target-path': 'text',
  'snapshot-paths': 'text-list',
  'clean-targets': 'text-list',
  profile: 'text',
  'log-path': 'text',
  'packages-install-path': 'text',
  quoting: 'quoting',
  'on-run-start': 'hooks',
  'on-run-end': 'hooks',
  'require-dbt-version': 'requirement',
  dispatch: 'dict-list',
  models: 'dict',
  seeds: 'dict',
  snapshots: 'dict',
  analyses: 'dict',
  sources: 'dict',
  tests: 'dict',
  data_tests: 'dict',
  unit_tests: 'dict',
  metrics: 'dict',
  'semantic-models': 'dict',
  'saved-queries': 'dict',
  exposures: 'dict',
  functions: 'dict',
  vars: 'text-dict',
  packages: 'dict-list',
  'query-comment': 'comment',
  'restrict-access': 'boolean',
  'dbt-cloud': 'dict',
  flags: 'dict',
} as const satisfies Readonly<Record<string, ValueType>>;

/** All keys that dbt 1.12 knows at the top of `dbt_project.yml`. */
export const PROJECT_KEYS: readonly string[] = Object.keys(KEY_TYPES);

/** The folders of a project that names none, by key. */
export const DEFAULT_PATHS = {
  'model-paths': ['models'],
  'seed-paths': ['seeds'],
  'macro-paths': ['macros'],
  'test-paths': ['tests'],
  'analysis-paths': ['analyses'],
  'snapshot-paths': ['snapshots'],
  'function-paths': ['functions'],
  'asset-paths': [],
  'osi-paths': ['osi', 'OSI'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const RESERVED_NAMES: ReadonlySet<string> = new Set(
  (
    '_sql_results adapter api column config context database env env_var exceptions execute flags fromjson fromyaml graph ' +
    'invocation_id load_agate_table load_result log model modules post_hooks pre_hooks ref render return run_started_at schema ' +
    'source sql sql_now store_result store_raw_result target this tojson toyaml try_or_compiler_error var write'
  ).split(' '),
);

const PROJECT_NAME = /^[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_]*\n?$/u;

/** The words for a pattern that a name does not match. */
const NAME_PATTERN_IN_PYTHON = "'^[^\\\\d\\\\W]\\\\w*$'";

/** What lies outside a `dbt_project.yml` and decides on it. */
export interface ProjectFileSurroundings {
  /** True for the project that is run, false for its packages: some keys matter in one alone. */
  readonly isRoot: boolean;
  /** The running version of dbt, where it is known. */
  readonly dbtVersion?: string | undefined;
  /** Whether dbt compares `require-dbt-version` with the running version: `version_check` of the root project's flags. */
  readonly checksVersion: boolean;
}

/** Everything that dbt refuses in a rendered `dbt_project.yml`; unknown values are taken for right. */
export function checkProjectFile(project: ConfigTree, surroundings: ProjectFileSurroundings): readonly ProjectFileProblem[] {
  const problems: ProjectFileProblem[] = [];
  checkName(project, problems);
  for (const [key, value] of project) {
    if (typeof key !== 'string') {
      problems.push({
        code: 'project-key-not-text', path: [],
        message: `the key ${pyRepr(key)} is not a text; dbt crashes on it. Put it in quotes`,
      });
      continue;
    }
    const type = Object.hasOwn(KEY_TYPES, key) ? typeOfKey(key) : undefined;
    if (type === undefined) {
      problems.push({
        code: 'project-key-unknown', path: [key],
        message: `at path []: Additional properties are not allowed ('${key}' was unexpected)`,
      });
    } else if (key !== 'name') {
      checkType(key, settled(value), type, problems);
    }
  }
  const configVersion = settled(project.get('config-version') ?? null);
  if (typeof configVersion === 'number' && configVersion < 2) {
    problems.push({ code: 'project-value-type', path: ['config-version'], message: `Got an unexpected project version=${String(configVersion)}, expected 2` });
  }
  checkConflicts(project, problems);
  checkDispatch(project.get('dispatch'), problems);
  checkRequirement(project, surroundings, problems);
  if (surroundings.isRoot) {
    checkProfile(project, problems);
    checkFlags(project.get('flags'), surroundings, problems);
  }
  return problems;
}

function typeOfKey(key: string): ValueType | undefined {
  // The table may be asked for any text.
  return (KEY_TYPES as Readonly<Record<string, ValueType | undefined>>)[key];
}

function checkName(project: ConfigTree, problems: ProjectFileProblem[]): void {
  const name = settled(project.get('name') ?? null);
  if (!project.has('name')) {
    problems.push({ code: 'project-name-missing', path: [], message: 'Required "name" field not present in project' });
  } else if (typeof name !== 'string') {
    if (isUnknown(name)) return;
    problems.push({ code: 'project-name-invalid', path: ['name'], message: `at path ['name']: ${pyRepr(name)} is not of type 'string'` });
  } else if (!PROJECT_NAME.test(name)) {
    const message = `at path ['name']: ${pyRepr(name)} does not match ${NAME_PATTERN_IN_PYTHON}`;
    problems.push({ code: 'project-name-invalid', path: ['name'], message });
  } else if (RESERVED_NAMES.has(name)) {
    problems.push({ code: 'project-name-reserved', path: ['name'], message: `at path []: Invalid project name: ${name} is a reserved word` });
  }
}

function checkType(key: string, value: ConfigValue, type: ValueType, problems: ProjectFileProblem[]): void {
  if (isUnknown(value) || (value === null ? !FILLED_KEYS.has(key) : fits(value, type))) return;
  const wanted = NAMED_TYPES[type];
  // dbt makes a text of a whole number before it looks.
  const shown = type === 'version' && typeof value === 'number' ? String(value) : value;
  const complaint = wanted === undefined || OPTIONAL_KEYS.has(key) ? 'is not valid under any of the given schemas' : `is not of type '${wanted}'`;
  problems.push({ code: 'project-value-type', path: [key], message: `at path ['${key}']: ${pyRepr(shown)} ${complaint}` });
}

/** Types whose name stands in the complaint; keys that may be null as well have another complaint. */
const NAMED_TYPES: Readonly<Partial<Record<ValueType, string>>> = { dict: 'object', 'dict-list': 'array', boolean: 'boolean' };
const OPTIONAL_KEYS: ReadonlySet<string> = new Set(['vars', 'dbt-cloud']);

/** Keys that may be absent, yet not stand there without a value. */
const FILLED_KEYS: ReadonlySet<string> = new Set([
  'dispatch', 'restrict-access', 'packages', 'data_tests', 'tests', 'unit_tests', 'functions', 'semantic-models', 'flags', 'config-version',
  'sources', 'exposures', 'metrics', 'saved-queries', 'analyses',
]);

/** Three numbers, perhaps with a prerelease or build. */
const SEMANTIC_VERSION = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?(?:[-+].*)?$/;

function fits(value: PyValue, type: ValueType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'text-list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'hooks':
      return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
    case 'dict':
      return isPyDict(value);
    case 'text-dict':
      return isPyDict(value) && [...value.keys()].every((key) => typeof key === 'string');
    case 'dict-list':
      return Array.isArray(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'number' || typeof value === 'bigint' || (isPyFloat(value) && Number.isInteger(value.value));
    case 'version':
      return typeof value === 'string' ? SEMANTIC_VERSION.test(value) : isPyFloat(value);
    case 'quoting':
      return isPyDict(value) && [...value].every(([key, item]) => QUOTING_KEYS.has(key) && (item === null || typeof item === 'boolean'));
    case 'comment':
      return typeof value === 'string' || (isPyDict(value) && faultsOfShape(COMMENT, value, []).length === 0);
    case 'requirement':
      // What is wrong with it, if anything, is said by `checkRequirement`.
      return true;
  }
}

const COMMENT = closed({ comment: TEXT, append: optional(BOOLEAN), 'job-label': BOOLEAN });
const QUOTING_KEYS: ReadonlySet<PyValue> = new Set<PyValue>(['database', 'schema', 'identifier', 'column', 'project', 'snowflake_ignore_case']);

const REPLACED_KEYS = [['source-paths', 'model-paths'], ['data-paths', 'seed-paths']] as const;

function checkConflicts(project: ConfigTree, problems: ProjectFileProblem[]): void {
  for (const [old, current] of REPLACED_KEYS) {
    if (!project.has(old) || !project.has(current)) continue;
    problems.push({
      code: 'project-keys-conflict', path: [old],
      message:
        `${old} and ${current} cannot both be defined. The \`${old}\` config has been deprecated in favor of \`${current}\`. ` +
        'Please update your `dbt_project.yml` configuration to reflect this change.',
    });
  }
  if (isTruthyTree(project.get('tests')) && isTruthyTree(project.get('data_tests'))) {
    problems.push({
      code: 'project-keys-conflict', path: ['tests'],
      message: "at path []: Invalid project config: cannot have both 'tests' and 'data_tests' defined",
    });
  }
}

function isTruthyTree(value: ConfigTreeValue | undefined): boolean {
  const known = settled(value ?? null);
  return !isUnknown(known) && isTruthy(known);
}

function checkDispatch(dispatch: ConfigTreeValue | undefined, problems: ProjectFileProblem[]): void {
  const entries = settled(dispatch ?? null);
  if (isUnknown(entries) || !Array.isArray(entries)) return;
  for (const entry of entries) {
    if (isPyDict(entry) && entry.has('macro_namespace') && Array.isArray(entry.get('search_order'))) continue;
    problems.push({ code: 'project-dispatch-invalid', path: ['dispatch'], message: `at path []: Invalid project dispatch config: ${pyStr(entry)}` });
  }
}

function checkRequirement(project: ConfigTree, { checksVersion, dbtVersion }: ProjectFileSurroundings, problems: ProjectFileProblem[]): void {
  const value = settled(project.get('require-dbt-version') ?? null);
  if (value === null || isUnknown(value)) return;
  const path = ['require-dbt-version'];
  const { invalid } = parseRequirement(value);
  for (const part of invalid) {
    problems.push({ code: 'project-dbt-version-invalid', path, message: `"${part}" is not a valid semantic version.` });
  }
  if (!checksVersion) return;
  if (isContradiction(value)) {
    problems.push({ code: 'project-dbt-version-impossible', path, message: 'The package version requirement can never be satisfied' });
  } else if (invalid.length === 0 && dbtVersion !== undefined && refuses(value, dbtVersion)) {
    const name = pyStr(settledOr(project.get('name'), 'package'));
    problems.push({ code: 'project-dbt-version-unsupported', path, message: `This version of dbt is not supported with the '${name}' package. Installed version of dbt: =${dbtVersion}` });
  }
}

/** `1.12`, as a version is often told, is kept as `1.12.0` and may be any of its patches. */
function refuses(requirement: PyValue, version: string): boolean {
  const patches = version.endsWith('.0') ? [version, `${version.slice(0, -1)}999`] : [version];
  return patches.every((one) => allowsVersion(requirement, one) === false);
}

function settledOr(value: ConfigTreeValue | undefined, otherwise: PyValue): PyValue {
  const known = settled(value ?? null);
  return isUnknown(known) ? otherwise : known;
}

/** A `profile:` that stands there without a value; one that is absent may be given to dbt by `--profile`. */
function checkProfile(project: ConfigTree, problems: ProjectFileProblem[]): void {
  if (!project.has('profile') || settled(project.get('profile') ?? null) !== null) return;
  problems.push({ code: 'project-profile-missing', path: ['profile'], message: 'dbt cannot run because no profile was specified for this dbt project.' });
}

/** Two names of `warn_error_options` that mean the same, of which dbt takes one alone. */
const TWO_NAMES = [['include', 'error'], ['exclude', 'warn']] as const;

function checkFlags(flags: ConfigTreeValue | undefined, surroundings: ProjectFileSurroundings, problems: ProjectFileProblem[]): void {
  const known = settled(flags ?? null);
  if (isUnknown(known) || !isPyDict(known)) return;
  const report = (path: readonly string[], message: string): void => {
    problems.push({ code: 'project-flags-invalid', path: ['flags', ...path], message });
  };
  const other = [...known.keys()].find((key) => typeof key !== 'string');
  if (other !== undefined) report([], `at path ['flags']: ${pyRepr(other)} is not of type 'string'`);
  for (const key of ['log_level', 'log_level_file']) {
    const level = known.get(key);
    // Other types are passed over, and so are levels where everything is to be told.
    if (typeof level === 'string' && !LOG_LEVELS.has(level) && !isTruthy(known.get('debug'))) report([key], `${pyRepr(level)} is not a valid EventLevel`);
  }
  if (!known.has('warn_error_options')) return;
  const options = known.get('warn_error_options') ?? null;
  if (options === null) {
    report(['warn_error_options'], "argument of type 'NoneType' is not iterable");
    return;
  }
  if (!isPyDict(options)) {
    report(['warn_error_options'], `'${pyClassName(options)}' object has no attribute 'get'`);
    return;
  }
  if (known.get('warn_error') === true) report(['warn_error_options'], 'warn_error_options: not allowed with argument warn_error');
  for (const [one, same] of TWO_NAMES) {
    const value = options.get(one) ?? options.get(same) ?? null;
    if (one === 'include' && typeof value === 'string' && value !== '' && value !== 'all' && value !== '*') {
      report(['warn_error_options'], "error must be one of ('all', '*') or a list of strings");
    }
    if (!isTruthy(options.get(one)) || !isTruthy(options.get(same))) continue;
    report(['warn_error_options'], `Only \`${one}\` or \`${same}\` can be specified in \`warn_error_options\`, not both`);
  }
  const error = keyOf(options, 'error', 'include');
  const warn = keyOf(options, 'warn', 'exclude');
  const isAll = ALL_EVENTS.includes(options.get(error) ?? null);
  const namesDeprecations = [error, 'silence'].some((key) => holds(options.get(key) ?? null, 'Deprecations'));
  const warned = options.get(warn);
  if ((Array.isArray(warned) || typeof warned === 'string') && warned.length > 0 && !isAll && !namesDeprecations) {
    report(['warn_error_options', warn], "`warn` can only be specified if `error` is one of ('all', '*') or Deprecations is in `error` or silence.");
  }
  const silenced = options.get('silence') ?? null;
  if (typeof silenced === 'string' && silenced !== '') report(['warn_error_options', 'silence'], "'str' object has no attribute 'copy'");
  // The old name is deprecated, and so makes an error of itself.
  if (isAll && error === 'include' && !isTruthy(silenced) && !isTruthy(warned)) {
    report(['warn_error_options', 'include'], 'Found `include` in `warn_error_options` specification.');
  }
  // Other versions have other events.
  if (surroundings.dbtVersion !== undefined && !/^1\.12\b/.test(surroundings.dbtVersion)) return;
  for (const key of [error, warn, 'silence']) {
    const names = options.get(key);
    const unknown = Array.isArray(names) ? names.find((name) => typeof name === 'string' && !EVENT_NAMES.has(name) && !isTemplate(name)) : undefined;
    if (unknown !== undefined) report(['warn_error_options', key], `${pyStr(unknown)} is not a valid dbt error name.`);
  }
}

const LOG_LEVELS: ReadonlySet<string> = new Set(['debug', 'test', 'info', 'warn', 'error', 'none']);

const ALL_EVENTS: readonly PyValue[] = ['all', '*'];

/** The name that is used of two that mean the same. */
function keyOf(options: PyDict, key: string, same: string): string {
  return !options.has(key) && options.has(same) ? same : key;
}

function holds(list: PyValue, item: string): boolean {
  return Array.isArray(list) ? list.includes(item) : typeof list === 'string' && list.includes(item);
}

/**
 * The section that configures a type of resource; `tests` serves where `data_tests` is absent. Undefined if there is none or
 * if it is not a dict.
 */
export function projectSection(project: ConfigTree, type: ConfigurableType, hasCorrectedAnalysisNames = false): ConfigTree | undefined {
  const key = projectSectionOf(type, hasCorrectedAnalysisNames);
  const section = project.get(key === 'data_tests' && !project.has(key) ? 'tests' : key);
  return section instanceof Map ? section : undefined;
}

/**
 * True if dbt renders the Jinja of the value at a path of `dbt_project.yml`. Hooks, the query comment and variables are left for later.
 */
export function rendersProjectPath(path: readonly (string | number)[]): boolean {
  const [first] = path;
  if (first === 'on-run-start' || first === 'on-run-end' || first === 'query-comment' || first === 'vars') return false;
  if (typeof first !== 'string' || !HOOK_SECTIONS.has(first)) return true;
  return !path.some((key) => typeof key === 'string' && HOOK_KEYS.has(key.replace(/^[+ ]+/, '')));
}

const HOOK_SECTIONS: ReadonlySet<string> = new Set(['models', 'seeds', 'snapshots', 'tests', 'data_tests']);
const HOOK_KEYS: ReadonlySet<string> = new Set(['pre-hook', 'post-hook', 'pre_hook', 'post_hook']);

/** Flags that change what dbt makes of a project, with their defaults in dbt 1.12. */
const FLAG_DEFAULTS = {
  require_generic_test_arguments_property: true,
  require_resource_names_without_spaces: true,
  require_source_and_semantic_model_names_without_spaces: false,
  require_unique_project_resource_names: false,
  require_ref_searches_node_package_before_root: false,
  require_corrected_analysis_fqns: false,
  require_explicit_package_overrides_for_builtin_materializations: true,
  require_nested_cumulative_type_params: true,
  require_sql_header_in_test_configs: false,
  require_valid_schema_from_generate_schema_name: false,
  require_yaml_configuration_for_mf_time_spines: true,
  allow_jinja_file_extensions: false,
  latest_version_pointer_enabled_by_default: false,
  state_modified_compare_more_unrendered_values: true,
  support_custom_ref_kwargs: false,
  validate_macro_args: true,
} as const satisfies Readonly<Record<string, boolean>>;

/** A flag that changes what dbt makes of a project. */
export type ProjectFlag = keyof typeof FLAG_DEFAULTS;

/** A flag as the root project sets it under `flags:`, or dbt's default; without a version the default version of dbt is meant. */
export function flagOf(rootProject: ConfigTree, flag: ProjectFlag, dbtVersion?: string): boolean {
  const flags = rootProject.get('flags');
  // A Map in a tree of configurations is such a tree itself.
  const value = flags instanceof Map ? (flags as ConfigTree).get(flag) : undefined;
  if (typeof value === 'boolean') return value;
  if (flag === 'require_generic_test_arguments_property') return hasFeature(dbtVersion, 'test-arguments-by-default');
  return FLAG_DEFAULTS[flag];
}

/** Where variables are set. `packageVars` and `packageName` are those of the package in whose file `var()` stands. */
export interface VariableScope {
  /** `--vars`. */
  readonly cli: ConfigTree;
  /** `vars:` of the root project (or its `vars.yml`). */
  readonly rootVars: ConfigTree;
  readonly packageName: string;
  /** `vars:` of the package itself; for the root project the same as `rootVars`. */
  readonly packageVars: ConfigTree;
}

/**
 * The value of a variable: the command line's, else the root project's for the package, else the root project's, else the
 * package's own for itself, else the package's own. Undefined if nobody sets it.
 */
export function lookupVariable(scope: VariableScope, name: string): ConfigValue | undefined {
  for (const variables of [
    scope.cli, scopedTo(scope.rootVars, scope.packageName), scope.rootVars, scopedTo(scope.packageVars, scope.packageName), scope.packageVars,
  ]) {
    const value = variables?.get(name);
    if (value !== undefined) return settled(value);
  }
  return undefined;
}

/**
 * What Python says when dbt looks a variable up where `vars:` has something else than a mapping under the name of the package, if only an empty
 * key; it looks there first, whatever the variable is. Undefined if it comes by.
 */
export function variableFault({ cli, rootVars, packageName, packageVars }: VariableScope, name: string): string | undefined {
  if (cli.has(name)) return undefined;
  for (const variables of rootVars === packageVars ? [rootVars] : [rootVars, packageVars]) {
    const scoped = variables.get(packageName);
    const value = scoped === undefined || scoped instanceof Map ? [] : settled(scoped);
    if (typeof value === 'string' && value.includes(name)) return "string indices must be integers, not 'str'";
    // Of a list Python asks whether the name is an item.
    if (!isUnknown(value) && typeof value !== 'string' && !Array.isArray(value)) return `argument of type '${pyClassName(value)}' is not iterable`;
    if ((scoped instanceof Map && scoped.has(name)) || variables.has(name)) return undefined;
  }
  return undefined;
}

function scopedTo(variables: ConfigTree, packageName: string): ConfigTree | undefined {
  const scoped = variables.get(packageName);
  return scoped instanceof Map ? scoped : undefined;
}
