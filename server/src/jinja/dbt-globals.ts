/** The names that dbt gives to templates at parse time: ref, source, config, var, target, adapter and the others. */

import { md5Hex } from '../base/hash.ts';
import { isUnknown, unknownBecause, type ConfigValue, type Unknown } from '../base/unknown.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';
import { parseYaml, yamlToPy } from '../syntax/yaml/parse.ts';
import type { MacroDefinition, RelationUse } from './context.ts';
import { utcOfInstant } from './datetime.ts';
import { makeSet, wholeNumber } from './filters.ts';
import { adapterTypes, callInternalMacro, findInternalMacro, type InternalHost } from './internal-macros.ts';
import { callMacro, executeNested, raiseReturn, RETURN_SIGNATURE, trackedCall } from './interpreter.ts';
import { dumpJson, loadJson } from './json.ts';
import { argument, flagArgument, isDictMethod, updateDict } from './methods.ts';
import { createModules, moduleOf } from './modules.ts';
import { foundOr, iterate, plainTextOf, rangeLength, textOf, truthOf } from './python.ts';
import { columnClass, createRelation, isRelation, relationClass } from './relation.ts';
import { captureBase, captureUnresolved, reportProblem, type Run } from './run.ts';
import { checkCall, checkCount, checked } from './signatures.ts';
import {
  callable,
  copyOf,
  isCallable,
  isDict,
  isTagged,
  isUndefinedValue,
  iterator,
  JinjaError,
  toPlainValue,
  tuple,
  typeError,
  typeName,
  type CallArguments,
  type CallableValue,
  type JinjaDict,
  type JinjaValue,
  type ObjectValue,
} from './values.ts';
import { dumpYaml } from './yaml-dump.ts';
import { isTextConfig } from '../dbt/config-merge.ts';

/** Resolves a name that no scope of the template holds; cached for the evaluation. */
export function lookupGlobalName(run: Run, name: string): JinjaValue | undefined {
  if (name === 'execute' && hasMacros(run)) {
    run.taint += 1;
    return false;
  }
  if (run.globals.has(name)) return run.globals.get(name);
  const value = run.extra.get(name) ?? findName(run, name);
  run.globals.set(name, value);
  return value;
}

function hasMacros(run: Run): boolean {
  const { kind } = run.context;
  return kind === 'node' || kind === 'generic-test' || kind === 'name-macro';
}

/** dbt's order: macros, then packages, then dbt's own macros, then what is built in. */
function findName(run: Run, name: string): JinjaValue | undefined {
  const { kind } = run.context;
  if (kind === 'exposure' || kind === 'semantic-model') return kind === 'exposure' || name === 'ref' ? dependencyCall(run, name) : undefined;
  if (name === 'context') return contextObject(run);
  if (hasMacros(run)) {
    const macro = findUserMacro(run, name);
    if (macro !== undefined) return macroValue(run, macro);
    const namespace = packageNamespace(run, name);
    // While packages are missing any name may be one of theirs; a name of dbt's own certainly is not.
    if (namespace !== undefined && !isUnknown(namespace)) return namespace;
    const internal = visibleInternalMacro(run, name);
    if (internal !== undefined) return internalMacroValue(run, name, internal);
    const member = NODE_NAMES.get(name);
    if (member !== undefined) return member(run);
    if (!BASE_NAMES.has(name)) return namespace;
  }
  const member = (run.context.kind === 'docs' ? DOCS_NAMES.get(name) : undefined) ?? BASE_NAMES.get(name);
  if (member === undefined) return undefined;
  if (run.context.kind === 'project-yaml' && name === 'project_name') return undefined;
  return member(run);
}

/** One of dbt's own macros, if the text that is being rendered sees it. */
function visibleInternalMacro(run: Run, name: string): string | undefined {
  const uniqueId = findInternalMacro(name, run.context.adapterType);
  if (uniqueId === undefined || run.inMacro !== undefined || run.context.macros.leadsTo === undefined) return uniqueId;
  return run.context.macros.leadsTo(uniqueId) ? uniqueId : undefined;
}

function findUserMacro(run: Run, name: string): MacroDefinition | undefined {
  run.readMacros.add(name);
  return run.context.macros.find(name);
}

/** A macro as a value, one per evaluation and macro. */
function macroValue(run: Run, definition: MacroDefinition): CallableValue {
  return {
    kind: 'callable',
    name: definition.name,
    typeName: 'MacroGenerator',
    macroName: definition.uniqueId,
    call: (args) => callMacro(run, definition, args),
  };
}

function internalMacroValue(run: Run, name: string, uniqueId: string): CallableValue {
  return {
    kind: 'callable',
    name,
    typeName: 'MacroGenerator',
    macroName: uniqueId,
    call: (args) => trackedCall(run, uniqueId, true, () => callInternalMacro(name, args, internalHost(run))),
  };
}

function internalHost(run: Run): InternalHost {
  return {
    run,
    global: (name) => lookupGlobalName(run, name),
    override: (name) => dispatchAmongUserMacros(run, name, 'dbt'),
    call: (name, ...args) => {
      const uniqueId = findInternalMacro(name, run.context.adapterType);
      return uniqueId === undefined ? '' : internalMacroValue(run, name, uniqueId).call({ positional: args, keyword: new Map() });
    },
  };
}

/** `package_name` as a namespace of its macros, and `dbt` for dbt's own. */
function packageNamespace(run: Run, name: string): JinjaValue | undefined {
  if (name === 'dbt') {
    return macroNamespace((macroName) => {
      const uniqueId = visibleInternalMacro(run, macroName);
      if (uniqueId !== undefined) return internalMacroValue(run, macroName, uniqueId);
      return run.context.adapterType === undefined && /^[a-z0-9]+__/.test(macroName) ? unknownBecause('the adapter is not known') : undefined;
    });
  }
  run.readMacros.add(name + '.');
  const state = run.context.macros.packageState(name);
  if (state === 'none') return undefined;
  if (state === 'missing') return unknownBecause(`the package '${name}' is not installed`);
  return macroNamespace((macroName) => {
    run.readMacros.add(`${name}.${macroName}`);
    const definition = run.context.macros.findIn(name, macroName);
    return definition === undefined ? undefined : macroValue(run, definition);
  });
}

function macroNamespace(find: (name: string) => JinjaValue | undefined): ObjectValue {
  const found = new Map<string, JinjaValue | undefined>();
  const attribute = (name: string): JinjaValue | undefined => {
    if (!found.has(name)) found.set(name, find(name));
    return found.get(name);
  };
  return {
    kind: 'object',
    typeName: 'dbt.context.macros.MacroNamespace',
    attribute: (name) =>
      name === 'get'
        ? (attribute(name) ?? callable('get', (args) => foundOr(attribute(plainTextOf(args.positional[0] ?? '')), args.positional[1])))
        : attribute(name),
    item: (key) => (typeof key === 'string' ? attribute(key) : undefined),
    contains: (key) => typeof key === 'string' && attribute(key) !== undefined,
  };
}

/** Packages that `adapter.dispatch` searches; undefined stands for the usual look-up. */
function dispatchPackages(run: Run, namespace: string | undefined): readonly (string | undefined)[] {
  if (namespace === undefined) return [undefined];
  run.readDispatch.add(namespace);
  const configured = run.context.dispatchOrder(namespace);
  if (configured !== undefined && configured.length > 0) return configured;
  run.readMacros.add(namespace + '.');
  const isKnown = namespace === 'dbt' || namespace.startsWith('dbt_') || run.context.macros.packageState(namespace) !== 'none';
  if (run.context.macros.packageState(namespace) === 'none' && namespace !== 'dbt') return [undefined];
  return isKnown ? [run.context.projectName, namespace] : [undefined];
}

function findForDispatch(run: Run, packageName: string | undefined, name: string): CallableValue | undefined {
  if (packageName === undefined) {
    const definition = findUserMacro(run, name);
    if (definition !== undefined) return macroValue(run, definition);
    const internal = findInternalMacro(name, run.context.adapterType);
    return internal === undefined ? undefined : internalMacroValue(run, name, internal);
  }
  run.readMacros.add(`${packageName}.${name}`);
  const definition = run.context.macros.findIn(packageName, name);
  if (definition !== undefined) return macroValue(run, definition);
  if (packageName !== 'dbt') return undefined;
  const internal = findInternalMacro(name, run.context.adapterType);
  return internal === undefined ? undefined : internalMacroValue(run, name, internal);
}

/** The prefixes of an adapter; without an adapter those of all are possible, so only a lone default is certain. */
function dispatchPrefixes(run: Run): readonly string[] {
  return [...adapterTypes(run.context.adapterType), 'default'];
}

function dispatchAmongUserMacros(run: Run, name: string, namespace: string): CallableValue | undefined {
  for (const packageName of dispatchPackages(run, namespace)) {
    for (const prefix of dispatchPrefixes(run)) {
      const searched = `${prefix}__${name}`;
      const found = packageName === undefined ? findUserMacro(run, searched) : findIn(run, packageName, searched);
      if (found !== undefined) return macroValue(run, found);
    }
  }
  return undefined;
}

function findIn(run: Run, packageName: string, name: string): MacroDefinition | undefined {
  run.readMacros.add(`${packageName}.${name}`);
  return run.context.macros.findIn(packageName, name);
}

/** Adapters that packages write variants for; asked only when the adapter is not known. */
const COMMON_ADAPTERS = ['postgres', 'redshift', 'snowflake', 'bigquery', 'databricks', 'spark', 'duckdb', 'trino', 'athena', 'fabric', 'sqlserver', 'clickhouse'];

/** `adapter.dispatch(name, namespace)`. */
function dispatch(run: Run, args: CallArguments): JinjaValue {
  checkCall('BaseDatabaseWrapper.dispatch self macro_name macro_namespace= packages=', args, 1);
  const name = argument(args, 0, 'macro_name') ?? null;
  const namespace = argument(args, 1, 'macro_namespace') ?? argument(args, 2, 'packages') ?? null;
  if (isUnknown(name)) return name;
  if (isUnknown(namespace)) return namespace;
  if (typeof name !== 'string') throw typeError(`argument of type '${typeName(name)}' is not iterable`);
  if (name.includes('.')) {
    const [suggested = '', rest = ''] = name.split(/\.(.*)/s);
    throw new JinjaError(
      'jinja-dispatch-missing',
      `In adapter.dispatch, got a macro name of "${name}", but "." is not a valid macro name component. Did you mean ` +
        `\`adapter.dispatch("${rest}", macro_namespace="${suggested}")\`?`,
    );
  }
  if (namespace !== null && typeof namespace !== 'string') {
    throw new JinjaError('jinja-dispatch-missing', `In adapter.dispatch, got a ${typeName(namespace)} macro_namespace argument, but macro_namespace should be None or a string.`);
  }
  const packages = dispatchPackages(run, namespace ?? undefined);
  const attempts: string[] = [];
  const isAdapterUnknown = run.context.adapterType === undefined;
  for (const packageName of packages) {
    if (isAdapterUnknown && COMMON_ADAPTERS.some((adapter) => findForDispatch(run, packageName, `${adapter}__${name}`) !== undefined)) {
      // Some adapter has its own; which one is in use cannot be told.
      const fallback = findForDispatch(run, packageName, `default__${name}`);
      return fallback ?? unknownBecause('the adapter is not known');
    }
    for (const prefix of dispatchPrefixes(run)) {
      const searched = `${prefix}__${name}`;
      const found = findForDispatch(run, packageName, searched);
      if (found !== undefined) return found;
      attempts.push(`'${packageName === undefined ? '' : packageName + '.'}${searched}'`);
    }
  }
  if (isAdapterUnknown) return unknownBecause('the adapter is not known');
  const missing = packages.find((packageName) => packageName !== undefined && packageName !== 'dbt' && run.context.macros.packageState(packageName) === 'missing');
  if (missing !== undefined) return unknownBecause(`the package '${missing}' is not installed`);
  throw new JinjaError(
    'jinja-dispatch-missing',
    `In dispatch: No macro named '${name}' found within namespace: '${namespace ?? 'None'}'\n    Searched for: ${attempts.join(', ')}`,
  );
}

// --- ref, source and their kin -----------------------------------------------------------------------------------

function argumentCountError(call: 'ref' | 'function', count: number): JinjaError {
  return new JinjaError('jinja-ref-arguments', `${call === 'ref' ? 'ref' : call}() takes at most two arguments (${String(count)} given)`);
}

/** The node's own relation; every ref and source gives it while dbt parses. */
function ownRelation(run: Run, use: RelationUse | undefined, type: JinjaValue = null): ObjectValue {
  const { context } = run;
  const { node } = context;
  const unknown = unknownBecause('the target is not known');
  const part = (own: ConfigValue | undefined, key: string): JinjaValue => own ?? targetValue(run, key) ?? unknown;
  return createRelation(
    {
      database: part(node?.database, 'database'),
      schema: part(node?.schema, 'schema'),
      identifier: node?.alias ?? node?.name ?? unknown,
      type,
      ...(context.quoting === undefined ? {} : { quoted: context.quoting }),
      use,
      usedText: use === undefined ? undefined : (context.relationText?.(use) ?? textOfUse(use)),
    },
    context.adapterType,
  );
}

function textOfUse(use: RelationUse): string {
  if (use.kind === 'source') return `"${use.source}"."${use.table}"`;
  return use.version === null ? `"${use.name}"` : `"${use.name}_v${String(use.version)}"`;
}

function targetValue(run: Run, key: string): JinjaValue | undefined {
  run.readTarget = true;
  return run.context.target.get(key);
}

/** `ref` and `source` are objects: packages look at the configuration and the manifest that they carry. */
function resolver(run: Run, name: string, type: string, call: (args: CallArguments) => JinjaValue): CallableValue {
  return {
    kind: 'callable',
    name,
    typeName: type,
    call,
    attribute: (attribute) => {
      if (attribute === 'current_project') return run.context.projectName;
      if (attribute === 'Relation') return relationClass(run.context.adapterType);
      if (attribute === 'model') return modelObject(run);
      return ['config', 'manifest', 'db_wrapper'].includes(attribute) ? unknownBecause(`${name}.${attribute} is not modelled`) : undefined;
    },
  };
}

/** dbt notes refs on what it renders; where it names a node, that is the macro for names, which takes none. */
function refuseInNameMacro(run: Run, field: 'refs' | 'sources' | 'metrics' | 'functions'): void {
  if (run.context.kind === 'name-macro') throw new JinjaError('jinja-undefined', `'Macro' object has no attribute '${field}'`);
}

function callRef(run: Run, args: CallArguments): JinjaValue {
  const { positional, keyword } = args;
  if (positional.length === 0 || positional.length > 2) throw argumentCountError('ref', positional.length);
  const name = positional[positional.length - 1] ?? null;
  const packageName = positional.length === 2 ? (positional[0] ?? null) : null;
  const first = keyword.get('version') ?? null;
  const isGiven = first !== null && first !== '' && first !== 0 && first !== false && !isUndefinedValue(first);
  const version = isGiven ? first : (keyword.get('v') ?? null);
  for (const part of [name, packageName, version]) {
    if (!isUnknown(part)) continue;
    captureUnresolved(run, 'ref', part.reason);
    return unknownRelation(run);
  }
  if (typeof name !== 'string') throw new JinjaError('jinja-ref-arguments', `The name argument to ref() must be a string, got ${pythonType(name)}`);
  if (packageName !== null && typeof packageName !== 'string') {
    throw new JinjaError('jinja-ref-arguments', `The package argument to ref() must be a string or None, got ${pythonType(packageName)}`);
  }
  const plainVersion = versionOf(version);
  if (plainVersion === undefined) {
    throw new JinjaError('jinja-ref-arguments', `The version argument to ref() must be a string, int, float, or None - got ${pythonType(version)}`);
  }
  refuseInNameMacro(run, 'refs');
  run.refs.push({ ...captureBase(run), package: packageName, name, version: plainVersion });
  return ownRelation(run, { kind: 'ref', package: packageName, name, version: plainVersion });
}

/** A relation of which nothing is known but that it is one. */
function unknownRelation(run: Run): JinjaValue {
  const unknown = unknownBecause('the ref cannot be evaluated');
  return createRelation({ database: unknown, schema: unknown, identifier: unknown }, run.context.adapterType);
}

function versionOf(version: JinjaValue): string | number | null | undefined {
  if (version === null || typeof version === 'string' || typeof version === 'number') return version;
  if (typeof version === 'bigint') return String(version);
  // The name that dbt looks for holds the text of it, and false counts as none.
  if (typeof version === 'boolean') return version ? 'True' : 0;
  // `1.0` is another version than `1`.
  if (isTagged(version) && version.kind === 'float') return Number.isInteger(version.value) ? `${String(version.value)}.0` : version.value;
  return undefined;
}

/** `<class 'int'>`, as Python's f-strings print a type. */
function pythonType(value: JinjaValue): string {
  const name = typeName(value);
  if (name === 'Undefined') return "<class 'jinja2.runtime.Undefined'>";
  return `<class '${name === 'date' || name === 'datetime' ? 'datetime.' + name : name}'>`;
}

function callSource(run: Run, args: CallArguments): JinjaValue {
  const { positional } = args;
  if (args.keyword.size > 0) {
    const [name = ''] = args.keyword.keys();
    throw typeError(`BaseSourceResolver.__call__() got an unexpected keyword argument '${name}'`);
  }
  if (positional.length !== 2) {
    throw new JinjaError('jinja-source-arguments', `source() takes exactly two arguments (${String(positional.length)} given)`);
  }
  const [source = null, table = null] = positional;
  for (const part of [source, table]) {
    if (!isUnknown(part)) continue;
    captureUnresolved(run, 'source', part.reason);
    return unknownRelation(run);
  }
  if (typeof source !== 'string') {
    throw new JinjaError('jinja-source-arguments', `The source name (first) argument to source() must be a string, got ${pythonType(source)}`);
  }
  if (typeof table !== 'string') {
    throw new JinjaError('jinja-source-arguments', `The table name (second) argument to source() must be a string, got ${pythonType(table)}`);
  }
  refuseInNameMacro(run, 'sources');
  run.sources.push({ ...captureBase(run), source, table });
  return ownRelation(run, { kind: 'source', source, table });
}

/** `metric()` and `function()`. */
function callNamed(run: Run, args: CallArguments, call: 'metric' | 'function'): JinjaValue {
  const { positional } = args;
  if (positional.length === 0 || positional.length > 2) throw argumentCountError('function', positional.length);
  const name = positional[positional.length - 1] ?? null;
  const packageName = positional.length === 2 ? (positional[0] ?? null) : null;
  for (const part of [name, packageName]) {
    if (!isUnknown(part)) continue;
    captureUnresolved(run, call, part.reason);
    return part;
  }
  if (typeof name !== 'string') throw new JinjaError('jinja-ref-arguments', `The name argument to ${call}() must be a string, got ${pythonType(name)}`);
  if (packageName !== null && typeof packageName !== 'string') {
    throw new JinjaError('jinja-ref-arguments', `The package argument to ${call}() must be a string or None, got ${pythonType(packageName)}`);
  }
  refuseInNameMacro(run, call === 'metric' ? 'metrics' : 'functions');
  (call === 'metric' ? run.metrics : run.functions).push({ ...captureBase(run), package: packageName, name });
  return call === 'metric' ? name : ownRelation(run, undefined, 'function');
}

/** `ref`, `source` and `metric` where all that an exposure or semantic model depends on is written down, without a look at its type. */
function dependencyCall(run: Run, name: string): JinjaValue | undefined {
  if (name !== 'ref' && name !== 'source' && name !== 'metric') return undefined;
  return callable(name, ({ positional, keyword }) => {
    const count = positional.length;
    const first = positional[0] ?? null;
    const last = positional[count - 1] ?? null;
    if (name === 'source' ? count !== 2 : count === 0 || count > 2) {
      if (name === 'source') throw new JinjaError('jinja-source-arguments', `source() takes exactly two arguments (${String(count)} given)`);
      throw new JinjaError('jinja-ref-arguments', `${name}() takes at most two arguments (${String(count)} given)`);
    }
    const version = [keyword.get('version'), keyword.get('v')].find((given) => given !== undefined && truthOf(given) !== false) ?? null;
    for (const part of [first, last, version]) if (isUnknown(part)) return part;
    if (name === 'ref' && run.context.kind === 'semantic-model' && typeof last !== 'string') {
      throw new JinjaError('jinja-ref-arguments', 'the name argument to ref() must be a string');
    }
    const packageName = count === 2 ? plainTextOf(first) : null;
    if (name === 'source') run.sources.push({ ...captureBase(run), source: plainTextOf(first), table: plainTextOf(last) });
    else if (name === 'metric') run.metrics.push({ ...captureBase(run), package: packageName, name: plainTextOf(last) });
    else run.refs.push({ ...captureBase(run), package: packageName, name: plainTextOf(last), version: versionOf(version) ?? null });
    return '';
  });
}

// --- config ------------------------------------------------------------------------------------------------------

function callConfig(run: Run, args: CallArguments): JinjaValue {
  const { positional, keyword } = args;
  let values: Map<string, JinjaValue>;
  if (positional.length === 1 && keyword.size === 0) {
    const [given = null] = positional;
    if (isUnknown(given)) {
      captureUnresolved(run, 'config', given.reason);
      return '';
    }
    const dict: JinjaDict = new Map();
    updateDict(dict, given);
    values = new Map();
    for (const [key, value] of dict) values.set(plainTextOf(key), value);
  } else if (positional.length === 0 && keyword.size > 0) {
    values = new Map(keyword);
  } else {
    throw new JinjaError('jinja-config-arguments', 'Invalid inline model config');
  }
  captureConfig(run, values);
  return '';
}

/** Of a name that nobody defines dbt keeps an empty text where it wants one; to switch a node on or off it is nothing. */
function withoutUndefined(run: Run, key: string, value: JinjaValue): JinjaValue {
  if (key === 'enabled' && isUndefinedValue(value) && run.uncertainty === undefined) {
    throw new JinjaError('jinja-config-arguments', "at path ['enabled']: Undefined is not of type 'boolean'");
  }
  if (!isTextConfig(key)) return value;
  if (key === 'tags' && Array.isArray(value)) return value.map((item) => (isUndefinedValue(item) ? '' : item));
  return isUndefinedValue(value) ? '' : value;
}

function captureConfig(run: Run, values: ReadonlyMap<string, JinjaValue>): void {
  const plain = new Map<string, ConfigValue>();
  for (const [key, value] of values) {
    const spelled = key === 'pre_hook' ? 'pre-hook' : key === 'post_hook' ? 'post-hook' : key;
    if (spelled !== key && values.has(spelled)) {
      throw new JinjaError('jinja-config-arguments', `Invalid config, has conflicting keys "${key}" and "${spelled}"`);
    }
    const refused = unserializable(value, 0);
    if (refused !== undefined && run.context.kind === 'node') reportProblem(run, 'jinja-config-value', 'error', `can not serialize '${refused}' object`);
    plain.set(spelled, isRelation(value) ? unknownBecause('a relation is no config value') : toPlainValue(withoutUndefined(run, spelled, value)));
  }
  if (run.uncertainty !== 'not-executed') run.configCalls.push({ ...captureBase(run), values: plain });
}

/** The type of what dbt cannot write down with the node when it has parsed. */
function unserializable(value: JinjaValue, depth: number): string | undefined {
  if (depth > 20) return undefined;
  if (Array.isArray(value)) return firstOf(value, (item) => unserializable(item, depth + 1));
  if (isDict(value)) return firstOf([...value.values()], (item) => unserializable(item, depth + 1));
  if (!isTagged(value)) return undefined;
  if (value.kind === 'tuple') return firstOf(value.items, (item) => unserializable(item, depth + 1));
  if (value.kind === 'namespace' || value.kind === 'set' || value.kind === 'range') return typeName(value);
  return value.kind === 'iterator' && value.typeName === 'generator' ? value.typeName : undefined;
}

function firstOf<Item, Result>(items: readonly Item[], find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function configObject(run: Run): CallableValue {
  const isName = run.context.kind === 'name-macro';
  const stored = (args: CallArguments): JinjaValue => {
    if (!isName) {
      run.taint += 1;
      // While dbt parses, every answer is the empty text, whatever the default.
      return run.shadowDepth > 0 ? unknownBecause('the config is known only after parsing') : '';
    }
    const key = plainTextOf(argument(args, 0, 'name') ?? '');
    const { config } = run.context;
    if (config === undefined) return unknownBecause('the config is not known');
    return copyOf(config.get(key) ?? null) ?? argument(args, 1, 'default') ?? null;
  };
  const flag = (): JinjaValue => (isName || run.shadowDepth > 0 ? unknownBecause('the config is known only after parsing') : false);
  const members: Readonly<Record<string, () => JinjaValue>> = {
    get: () => callable('get', checked('ParseConfigObject.get self name default= validator=', stored, 1), 'method'),
    require: () => callable('require', checked('ParseConfigObject.require self name validator=', stored, 1), 'method'),
    meta_get: () => callable('meta_get', checked('ParseConfigObject.meta_get self name default= validator=', stored, 1), 'method'),
    meta_require: () => callable('meta_require', checked('ParseConfigObject.meta_require self name validator=', stored, 1), 'method'),
    persist_relation_docs: () => callable('persist_relation_docs', flag, 'method'),
    persist_column_docs: () => callable('persist_column_docs', flag, 'method'),
    set: () =>
      callable(
        'set',
        checked(
          'ParseConfigObject.set self name value',
          (args) => {
            captureConfig(run, new Map([[plainTextOf(argument(args, 0, 'name') ?? ''), argument(args, 1, 'value') ?? null]]));
            return '';
          },
          1,
        ),
        'method',
      ),
    model: () => unknownBecause('the config is known only after parsing'),
  };
  return {
    kind: 'callable',
    name: 'config',
    typeName: 'ParseConfigObject',
    call: (args) => (isName ? '' : callConfig(run, args)),
    attribute: (name) => (Object.hasOwn(members, name) ? members[name]?.() : undefined),
  };
}

// --- var, env_var, target, flags ---------------------------------------------------------------------------------

function varObject(run: Run): CallableValue {
  const read = (name: JinjaValue): ConfigValue | undefined => {
    if (isUnknown(name)) return name;
    const key = plainTextOf(name);
    run.readVariables.add(key);
    return run.context.variable(key);
  };
  const value = (args: CallArguments): JinjaValue => {
    checkCall('Var.__call__ self var_name default=', args, 1);
    const name = argument(args, 0, 'var_name') ?? null;
    if (isUnknown(name)) return name;
    const key = plainTextOf(name);
    run.readVariables.add(key);
    const slot = 'var ' + key;
    if (run.globals.has(slot)) return run.globals.get(slot) ?? null;
    const found = run.context.variable(key);
    const fallback = argument(args, 1, 'default');
    // What may come from outside is taken for absent where the template is ready for that.
    if (found !== undefined && !(isUnknown(found) && fallback !== undefined)) {
      // A text is rendered at every call: each ref in it counts each time.
      if (typeof found === 'string') return run.context.kind !== 'schema-yaml' && run.context.kind !== 'docs' ? renderText(run, found) : found;
      const rendered = copyOf(found);
      run.globals.set(slot, rendered);
      return rendered;
    }
    if (fallback !== undefined) return fallback;
    if (run.context.kind === 'node' || run.context.kind === 'generic-test') return null;
    throw new JinjaError('jinja-var-missing', `Required var '${key}' not found in config`);
  };
  return {
    kind: 'callable',
    name: 'var',
    typeName: 'Var',
    call: value,
    attribute: (name) => {
      if (name !== 'has_var') return undefined;
      const hasVar = (args: CallArguments): JinjaValue => {
        const found = read(argument(args, 0, 'var_name') ?? null);
        return isUnknown(found) ? found : found !== undefined;
      };
      return callable('has_var', checked('Var.has_var self var_name', hasVar, 1));
    },
  };
}

const RENDER_CHARACTERS = /\{[{%#]|[#}%]\}/;

/** `render(text)`: evaluates a text within the evaluation, in the same names. */
export function renderText(run: Run, text: string): string | Unknown {
  if (!RENDER_CHARACTERS.test(text)) return text;
  return executeNested(run, parseJinja(text).body);
}

function environmentVariable(run: Run, args: CallArguments): JinjaValue {
  checkCall(`${hasMacros(run) ? 'ProviderContext' : 'SchemaYamlContext'}.env_var self var default=`, args, 1);
  const name = argument(args, 0, 'var') ?? null;
  if (isUnknown(name)) return name;
  const key = plainTextOf(name);
  if (key.startsWith('DBT_ENV_SECRET')) {
    throw new JinjaError('jinja-secret-env-var', `Secret env vars are allowed only in profiles.yml or packages.yml. Found '${key}' referenced elsewhere.`);
  }
  run.readEnvironment.add(key);
  const value = run.context.environmentVariable(key);
  if (value !== undefined) {
    // With a default the template is at least able to go on; which of the two it gets cannot be told.
    return value;
  }
  const fallback = argument(args, 1, 'default') ?? null;
  if (fallback !== null) return fallback;
  throw new JinjaError('jinja-env-var-missing', `Env var required but not provided: '${key}'`);
}

function targetObject(run: Run): JinjaValue {
  run.readTarget = true;
  const { target } = run.context;
  const found = (name: string): JinjaValue | undefined => {
    const value = target.get(name);
    if (value !== undefined) return copyOf(value);
    return run.context.mayTargetHold(name) ? unknownBecause('the target is not known') : undefined;
  };
  return {
    kind: 'object',
    typeName: 'dict',
    attribute: (name) => {
      if (name === 'get') {
        return callable('get', (args) => {
          const key = args.positional[0] ?? null;
          return isUnknown(key) ? key : foundOr(found(plainTextOf(key)), args.positional[1]);
        });
      }
      if (name === 'items' || name === 'keys' || name === 'values') return callable(name, () => unknownBecause('the target is not wholly known'));
      return found(name);
    },
    item: (key) => (typeof key === 'string' ? found(key) : undefined),
    contains: (key) => typeof key === 'string' && found(key) !== undefined,
    iterate: () => unknownBecause('the target is not wholly known'),
    text: () => unknownBecause('the target is not wholly known'),
  };
}

function flagsObject(run: Run): JinjaValue {
  run.readFlags = true;
  return {
    kind: 'object',
    typeName: 'Namespace',
    attribute: (name) => {
      run.taint += 1;
      const known = run.context.flags.get(name) ?? run.context.flags.get(name.toLowerCase());
      if (known !== undefined) return copyOf(known);
      return unknownBecause(`flags.${name} depends on the command line`);
    },
    text: () => unknownBecause('the flags depend on the command line'),
  };
}

// --- adapter -----------------------------------------------------------------------------------------------------

/** What the adapter's methods give while dbt parses; the rest needs a connection. */
const ADAPTER_STUBS: ReadonlyMap<string, 'none' | 'list' | 'false' | 'pair' | 'text'> = new Map([
  ['get_relation', 'none'],
  ['load_relation', 'none'],
  ['already_exists', 'false'],
  ['check_schema_exists', 'false'],
  ['drop_relation', 'none'],
  ['truncate_relation', 'none'],
  ['rename_relation', 'none'],
  ['create_schema', 'none'],
  ['drop_schema', 'none'],
  ['expand_target_column_types', 'none'],
  ['valid_snapshot_target', 'none'],
  ['assert_valid_snapshot_target_given_strategy', 'none'],
  ['get_incremental_strategy_macro', 'none'],
  ['get_hard_deletes_behavior', 'none'],
  ['upload_file', 'none'],
  ['get_columns_in_relation', 'list'],
  ['get_columns_in_table', 'list'],
  ['get_missing_columns', 'list'],
  ['list_schemas', 'list'],
  ['list_relations', 'list'],
  ['list_relations_without_caching', 'list'],
  ['get_column_schema_from_query', 'list'],
  ['execute', 'pair'],
  ['add_query', 'pair'],
  ['get_partitions_metadata', 'pair'],
  ['cache_added', 'text'],
  ['cache_dropped', 'text'],
  ['cache_renamed', 'text'],
  ['commit', 'none'],
]);

function stubValue(kind: 'none' | 'list' | 'false' | 'pair' | 'text'): JinjaValue {
  if (kind === 'list') return [];
  if (kind === 'false') return false;
  if (kind === 'text') return '';
  return kind === 'pair' ? tuple(['', emptyTable()]) : null;
}

/** agate's empty table. */
function emptyTable(): ObjectValue {
  return {
    kind: 'object',
    typeName: 'Table',
    length: () => 0,
    truth: () => true,
    iterate: () => [],
    attribute: (name) => (name === 'rows' || name === 'columns' ? tuple([]) : name === 'column_names' || name === 'column_types' ? tuple([]) : undefined),
  };
}

function adapterObject(run: Run): JinjaValue {
  const { adapterType } = run.context;
  const relation = relationClass(adapterType);
  return {
    kind: 'object',
    typeName: 'ParseDatabaseWrapper',
    attribute: (name) => {
      const stub = ADAPTER_STUBS.get(name);
      if (stub !== undefined) {
        return callable(name, () => {
          run.taint += 1;
          return run.shadowDepth > 0 && stub !== 'text' ? unknownBecause('it is the result of a query') : stubValue(stub);
        });
      }
      switch (name) {
        case 'dispatch':
          return callable(name, (args) => dispatch(run, args), 'method');
        case 'type':
          return callable(name, () => adapterType ?? unknownBecause('the adapter is not known'), 'method');
        case 'Relation':
          return relation;
        case 'Column':
          return columnClass();
        case 'quote':
          return callable(name, (args) => quoted(run, args.positional[0] ?? args.keyword.get('identifier') ?? null), 'method');
        case 'quote_as_configured':
          return callable(name, (args) => quoted(run, args.positional[0] ?? null), 'method');
        case 'quote_seed_column':
          return callable(name, (args) => (args.positional[1] === true ? quoted(run, args.positional[0] ?? null) : (args.positional[0] ?? null)), 'method');
        case 'date_function':
          return callable(name, () => 'now()', 'method');
        case 'convert_type':
          return callable(name, () => unknownBecause('it depends on the adapter'));
        case 'behavior':
          return moduleOf('behavior', new Map());
        case 'config':
          return unknownBecause('the configuration of the adapter is not modelled');
        default:
          // Real adapters have methods of their own; which ones this tool cannot tell.
          return /^[a-z]\w*$/i.test(name) ? unknownBecause(`adapter.${name} depends on the adapter`) : undefined;
      }
    },
  };
}

function quoted(run: Run, name: JinjaValue): JinjaValue {
  if (isUnknown(name)) return name;
  const { adapterType } = run.context;
  const quote = adapterType === 'bigquery' || adapterType === 'databricks' || adapterType === 'spark' ? '`' : '"';
  return quote + plainTextOf(name) + quote;
}

// --- model, graph, exceptions ------------------------------------------------------------------------------------

function modelObject(run: Run): JinjaValue {
  const { node } = run.context;
  const unknown = (name: string): Unknown => unknownBecause(`model.${name} is not known while dbt parses`);
  const known = new Map<string, JinjaValue>();
  if (node !== undefined) {
    known.set('unique_id', node.uniqueId);
    known.set('name', node.name);
    known.set('package_name', node.packageName);
    known.set('resource_type', node.resourceType);
    known.set('path', node.path);
    known.set('original_file_path', node.originalFilePath);
    known.set('alias', node.alias ?? node.name);
    known.set('schema', node.schema ?? targetValue(run, 'schema') ?? unknown('schema'));
    known.set('database', node.database ?? targetValue(run, 'database') ?? unknown('database'));
    for (const [key, value] of node.fields ?? []) known.set(key, copyOf(value));
  }
  const find = (name: string): JinjaValue => known.get(name) ?? unknown(name);
  return {
    kind: 'object',
    typeName: 'dict',
    attribute: (name) => {
      if (name === 'get') {
        return callable('get', (args) => {
          const key = args.positional[0] ?? null;
          return isUnknown(key) ? key : find(plainTextOf(key));
        });
      }
      if (name === 'items' || name === 'keys' || name === 'values' || name === 'update') return callable(name, () => unknown('items'));
      return find(name);
    },
    item: (key) => (typeof key === 'string' ? find(key) : undefined),
    iterate: () => unknown('keys'),
    text: () => unknown('text'),
    contains: (key) => typeof key === 'string' && known.has(key),
  };
}

/** `graph`: empty while dbt parses, full when it executes. */
function graphObject(run: Run): JinjaValue {
  return {
    kind: 'object',
    typeName: 'dict',
    truth: () => {
      run.taint += 1;
      return run.shadowDepth > 0;
    },
    attribute: (name) => {
      run.taint += 1;
      if (run.shadowDepth > 0) return unknownBecause('the graph is known only after parsing');
      if (name === 'get') return callable('get', (args) => args.positional[1] ?? null);
      if (name === 'values' || name === 'keys' || name === 'items') return callable(name, () => []);
      return undefined;
    },
    iterate: () => {
      run.taint += 1;
      return run.shadowDepth > 0 ? unknownBecause('the graph is known only after parsing') : [];
    },
    text: () => '{}',
  };
}

const RAISING = [
  'raise_compiler_error',
  'raise_not_implemented',
  'raise_database_error',
  'raise_dependency_error',
  'raise_fail_fast_error',
  'missing_config',
  'missing_materialization',
  'missing_relation',
  'raise_ambiguous_alias',
  'raise_ambiguous_catalog_match',
  'raise_cache_inconsistent',
  'raise_dataclass_not_dict',
  'raise_dep_not_found',
  'raise_duplicate_patch_name',
  'raise_duplicate_resource_name',
  'raise_invalid_property_yml_version',
  'relation_wrong_type',
  'raise_contract_error',
  'column_type_missing',
];

/** Those that take a message and a node. */
const MESSAGE_RAISING: ReadonlySet<string> = new Set(['raise_compiler_error', 'raise_database_error', 'raise_fail_fast_error']);

function exceptionsObject(): JinjaValue {
  const members = new Map<string, JinjaValue>();
  for (const name of RAISING) {
    members.set(
      name,
      callable(name, (args) => {
        if (MESSAGE_RAISING.has(name)) checkCall(`${name} msg node=`, args);
        const message = textOf(args.positional[0] ?? args.keyword.get('msg') ?? '');
        // A package may raise because of what we do not know: then nobody can tell whether dbt would.
        if (isUnknown(message)) throw new JinjaError('jinja-compiler-error', 'The template raises an error.');
        throw new JinjaError('jinja-compiler-error', message);
      }),
    );
  }
  members.set('warn', callable('warn', checked('warn msg node=', () => '')));
  members.set('warn_snapshot_timestamp_data_types', callable('warn_snapshot_timestamp_data_types', () => null));
  return moduleOf('exceptions', members);
}

// --- functions without a state -----------------------------------------------------------------------------------

/** A function of dbt's context; with a signature it looks at its arguments first. */
function simple(name: string, call: (args: CallArguments) => JinjaValue, signature?: string, hidden = 0): () => JinjaValue {
  const value = callable(name, signature === undefined ? call : checked(signature, call, hidden));
  return () => value;
}

function zipped(args: CallArguments, isStrict: boolean): JinjaValue {
  const pools: (readonly JinjaValue[])[] = [];
  for (const pool of args.positional) {
    if (!isIterable(pool)) {
      if (isStrict) throw typeError(`'${typeName(pool)}' object is not iterable`);
      return args.keyword.get('default') ?? null;
    }
    const items = iterate(pool);
    if (isUnknown(items)) return items;
    pools.push(items);
  }
  const length = pools.length === 0 ? 0 : Math.min(...pools.map((pool) => pool.length));
  return iterator('zip', Array.from({ length }, (_, index) => tuple(pools.map((pool) => pool[index] ?? null))));
}

function isIterable(value: JinjaValue): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return false;
  return !(isTagged(value) && ['float', 'date', 'datetime', 'timedelta', 'callable', 'namespace'].includes(value.kind));
}

function rangeOf(args: CallArguments): JinjaValue {
  for (const value of args.positional) if (isUnknown(value)) return value;
  checkCount('range', 1, 3, args);
  const numbers = args.positional.map(wholeNumber);
  const [first = 0, second, step = 1] = numbers;
  if (step === 0) throw typeError('range() arg 3 must not be zero');
  const range = { kind: 'range', start: second === undefined ? 0 : first, stop: second ?? first, step } as const;
  if (rangeLength(range) > 100_000) throw typeError('Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).');
  return range;
}

function dictOf(args: CallArguments): JinjaValue {
  checkCount('dict', 0, 1, args);
  const dict: JinjaDict = new Map();
  const [first] = args.positional;
  if (first !== undefined) {
    if (isUnknown(first)) return first;
    updateDict(dict, first);
  }
  for (const [key, value] of args.keyword) dict.set(key, value);
  return dict;
}

function namespaceOf(args: CallArguments): JinjaValue {
  const dict = dictOf(args);
  if (!isDict(dict)) return dict;
  const attributes = new Map<string, JinjaValue>();
  for (const [key, value] of dict) attributes.set(plainTextOf(key), value);
  return { kind: 'namespace', attributes };
}

function cyclerOf(args: CallArguments): JinjaValue {
  const items = args.positional;
  if (items.length === 0) throw typeError('at least one item has to be provided');
  let position = 0;
  return {
    kind: 'object',
    typeName: 'Cycler',
    attribute: (name) => {
      if (name === 'current') return items[position] ?? null;
      if (name === 'reset') {
        return callable(name, () => {
          position = 0;
          return null;
        });
      }
      if (name !== 'next' && name !== '__next__') return undefined;
      return callable(name, () => {
        const value = items[position] ?? null;
        position = (position + 1) % items.length;
        return value;
      });
    },
  };
}

function joinerOf(args: CallArguments): JinjaValue {
  checkCall('Joiner.__init__ self sep=', args, 1);
  const separator = argument(args, 0, 'sep') ?? ', ';
  let isUsed = false;
  return callable('joiner', () => {
    if (isUsed) return separator;
    isUsed = true;
    return '';
  });
}

function fromYaml(args: CallArguments): JinjaValue {
  const text = args.positional[0] ?? args.keyword.get('value') ?? null;
  if (isUnknown(text)) return text;
  const fallback = argument(args, 1, 'default') ?? null;
  if (typeof text !== 'string') return fallback;
  const document = parseYaml(text, 'pyyaml');
  if (document.problems.length > 0) return fallback;
  return document.root === undefined ? null : yamlToPy(document.root);
}

function differenceOfDicts(args: CallArguments): JinjaValue {
  const a = argument(args, 0, 'dict_a') ?? null;
  const b = argument(args, 1, 'dict_b') ?? null;
  if (isUnknown(a)) return a;
  if (isUnknown(b)) return b;
  if (!isDict(a) || !isDict(b)) throw typeError(`'${typeName(isDict(a) ? b : a)}' object has no attribute 'items'`);
  const lowered = new Map<string, ReadonlySet<string>>();
  const textsOf = (value: JinjaValue): readonly JinjaValue[] => {
    const items = iterate(value);
    return isUnknown(items) ? [] : items;
  };
  for (const [key, value] of b) lowered.set(plainTextOf(key).toLowerCase(), new Set(textsOf(value).map((item) => plainTextOf(item).toLowerCase())));
  const difference: JinjaDict = new Map();
  for (const [key, value] of a) {
    const others = lowered.get(plainTextOf(key).toLowerCase());
    if (others === undefined) {
      difference.set(key, value);
      continue;
    }
    const rest = textsOf(value).filter((item) => !others.has(plainTextOf(item).toLowerCase()));
    if (rest.length > 0) difference.set(key, rest);
  }
  return difference;
}

type Member = (run: Run) => JinjaValue;

/** Names of every rendering. */
const BASE_NAMES: ReadonlyMap<string, Member> = new Map<string, Member>([
  ['var', varObject],
  ['env_var', (run) => callable('env_var', (args) => environmentVariable(run, args))],
  ['target', targetObject],
  ['flags', flagsObject],
  ['project_name', (run) => run.context.projectName],
  ['dbt_version', (run) => run.context.dbtVersion],
  [
    'run_started_at',
    (run) => {
      run.readNow = true;
      const { now } = run.context;
      return now === undefined ? unknownBecause('it depends on the time of the run') : utcOfInstant(now, true);
    },
  ],
  ['invocation_id', () => unknownBecause('it is different in every run')],
  ['thread_id', () => 'MainThread'],
  [
    'modules',
    (run) =>
      createModules({
        now: () => {
          run.readNow = true;
          return run.context.now;
        },
      }),
  ],
  ['builtins', (run) => contextObject(run, true)],
  ['return', (run) => callable('return', checked(RETURN_SIGNATURE, (args) => raiseReturn(run, argument(args, 0, 'data') ?? null)))],
  [
    'fromjson',
    simple('fromjson', (args) => {
      const text = argument(args, 0, 'string') ?? null;
      if (isUnknown(text)) return text;
      if (typeof text !== 'string') throw typeError(`the JSON object must be str, bytes or bytearray, not ${typeName(text)}`);
      return loadJson(text) ?? argument(args, 1, 'default') ?? null;
    }, 'BaseContext.fromjson string default='),
  ],
  ['tojson', simple('tojson', (args) => dumpJson(args.positional[0] ?? args.keyword.get('value') ?? null, { sortKeys: flagArgument(args, 2, 'sort_keys'), indent: undefined }), 'BaseContext.tojson value default= sort_keys=')],
  ['fromyaml', simple('fromyaml', fromYaml, 'BaseContext.fromyaml value default=')],
  ['toyaml', simple('toyaml', (args) => dumpYaml(argument(args, 0, 'value') ?? null, flagArgument(args, 2, 'sort_keys')) ?? argument(args, 1, 'default') ?? null, 'BaseContext.toyaml value default= sort_keys=')],
  [
    'set',
    simple(
      'set',
      (args) => {
        const value = argument(args, 0, 'value') ?? null;
        const fallback = argument(args, 1, 'default') ?? null;
        const items = isIterable(value) ? iterate(value) : undefined;
        if (items === undefined || isUnknown(items)) return items ?? fallback;
        return items.some((item) => Array.isArray(item) || isDict(item)) ? fallback : makeSet([...items]);
      },
      'BaseContext._set value default=',
    ),
  ],
  ['set_strict', simple('set_strict', (args) => makeSet(argument(args, 0, 'value') ?? null), 'BaseContext.set_strict value')],
  ['zip', simple('zip', (args) => zipped(args, false))],
  ['zip_strict', simple('zip_strict', (args) => zipped(args, true))],
  ['log', simple('log', () => '', 'BaseContext.log msg info=')],
  ['print', simple('print', () => '', 'BaseContext.print msg')],
  [
    'local_md5',
    simple('local_md5', (args) => {
      const text = argument(args, 0, 'value') ?? null;
      if (isUnknown(text)) return text;
      if (typeof text !== 'string') throw typeError(`'${typeName(text)}' object has no attribute 'encode'`);
      return md5Hex(text);
    }, 'BaseContext.local_md5 value'),
  ],
  ['diff_of_two_dicts', simple('diff_of_two_dicts', differenceOfDicts, 'BaseContext.diff_of_two_dicts dict_a dict_b')],
  ['range', simple('range', rangeOf)],
  ['dict', simple('dict', dictOf)],
  ['namespace', simple('namespace', namespaceOf)],
  ['cycler', simple('cycler', cyclerOf)],
  ['joiner', simple('joiner', joinerOf)],
  ['lipsum', simple('lipsum', () => unknownBecause('lipsum is random'))],
]);

/** Names that nodes, tests and macros have besides. */
const NODE_NAMES: ReadonlyMap<string, Member> = new Map<string, Member>([
  ['ref', (run) => resolver(run, 'ref', 'ParseRefResolver', (args) => callRef(run, args))],
  ['source', (run) => resolver(run, 'source', 'ParseSourceResolver', (args) => callSource(run, args))],
  ['metric', (run) => callable('metric', (args) => callNamed(run, args, 'metric'), 'ParseMetricResolver')],
  ['function', (run) => callable('function', (args) => callNamed(run, args, 'function'), 'ParseFunctionResolver')],
  ['config', configObject],
  ['this', (run) => (run.context.node?.resourceType === 'operation' ? null : ownRelation(run, undefined))],
  ['model', modelObject],
  ['graph', graphObject],
  ['adapter', adapterObject],
  ['api', (run) => moduleOf('api', new Map<string, JinjaValue>([['Relation', relationClass(run.context.adapterType)], ['Column', columnClass()]]))],
  ['column', () => columnClass()],
  ['exceptions', exceptionsObject],
  ['database', (run) => run.context.node?.database ?? targetValue(run, 'database') ?? unknownBecause('the target is not known')],
  ['schema', (run) => run.context.node?.schema ?? targetValue(run, 'schema') ?? unknownBecause('the target is not known')],
  ['env', targetObject],
  ['sql', () => null],
  ['compiled_code', () => null],
  ['sql_now', () => 'now()'],
  ['pre_hooks', () => []],
  ['post_hooks', () => []],
  ['selected_resources', () => []],
  ['dbt_metadata_envs', () => new Map()],
  ['invocation_args_dict', () => unknownBecause('it depends on the command line')],
  ['context_macro_stack', () => unknownBecause('the macro stack is not modelled')],
  [
    'load_result',
    (run) =>
      callable(
        'load_result',
        checked(
          'ProviderContext.load_result self name',
          () => {
            run.taint += 1;
            return run.shadowDepth > 0 ? unknownBecause('it is the result of a query') : null;
          },
          1,
        ),
      ),
  ],
  ['store_result', simple('store_result', () => '', 'ProviderContext.store_result self name response agate_table=', 1)],
  ['store_raw_result', simple('store_raw_result', () => '', 'ProviderContext.store_raw_result self name message= code= rows_affected= agate_table=', 1)],
  ['write', simple('write', () => '')],
  ['load_agate_table', simple('load_agate_table', () => unknownBecause('seeds are not loaded'))],
  [
    'render',
    (run) =>
      callable('render', (args) => {
        const text = textOf(args.positional[0] ?? '');
        return isUnknown(text) ? text : renderText(run, text);
      }),
  ],
  [
    'try_or_compiler_error',
    () =>
      callable('try_or_compiler_error', (args) => {
        const [message = '', call = null, ...rest] = args.positional;
        if (!isCallable(call)) return unknownBecause('the function is not known');
        try {
          return call.call({ positional: rest, keyword: args.keyword });
        } catch (error) {
          if (error instanceof JinjaError && error.code !== 'jinja-budget') throw new JinjaError('jinja-compiler-error', plainTextOf(message));
          throw error;
        }
      }),
  ],
  [
    'validation',
    () =>
      moduleOf('validation', new Map<string, JinjaValue>([['any', callable('any', () => callable('validator', () => null))]])),
  ],
  [
    'adapter_macro',
    () =>
      callable('adapter_macro', () => {
        throw new JinjaError('jinja-compiler-error', 'The "adapter_macro" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and call the result.');
      }),
  ],
]);

const DOCS_NAMES: ReadonlyMap<string, Member> = new Map<string, Member>([
  [
    'doc',
    (run) =>
      callable('doc', (args) => {
        const { positional } = args;
        if (positional.length === 0 || positional.length > 2) {
          throw new JinjaError('jinja-ref-arguments', `doc() takes at most two arguments (${String(positional.length)} given)`);
        }
        const texts = positional.map(plainTextOf);
        const name = texts.at(-1) ?? '';
        const packageName = texts.length === 2 ? texts[0] : undefined;
        const key = packageName === undefined ? name : `${packageName}.${name}`;
        run.readDocumentation.add(key);
        const text = run.context.documentation?.(packageName, name);
        if (text === undefined) throw new JinjaError('jinja-undefined', `depends on doc '${name}' ${packageName === undefined ? '' : `in package '${packageName}' `}which was not found`);
        return text;
      }),
  ],
]);

/** `context` and `builtins`: the names as items; `builtins` has none of the macros. */
function contextObject(run: Run, onlyBuiltins = false): JinjaValue {
  const allOfIt = (): Unknown => unknownBecause('the names that dbt gives to templates are not listed');
  const find = (name: string): JinjaValue | undefined => {
    if (!onlyBuiltins) return lookupGlobalName(run, name);
    if (name === 'execute' && hasMacros(run)) {
      run.taint += 1;
      return false;
    }
    return (hasMacros(run) ? NODE_NAMES.get(name) : undefined)?.(run) ?? BASE_NAMES.get(name)?.(run);
  };
  return {
    kind: 'object',
    typeName: 'dict',
    attribute: (name) => {
      if (name === 'get') {
        return callable('get', (args) => {
          const key = args.positional[0] ?? null;
          return isUnknown(key) ? key : foundOr(find(plainTextOf(key)), args.positional[1]);
        });
      }
      // A method comes before a name, as everywhere in Jinja; what it gives or changes is not followed.
      if (isDictMethod(name)) return callable(name, allOfIt);
      return find(name);
    },
    item: (key) => (typeof key === 'string' ? find(key) : undefined),
    contains: (key) => typeof key === 'string' && find(key) !== undefined,
    iterate: allOfIt,
    length: allOfIt,
    text: allOfIt,
  };
}
