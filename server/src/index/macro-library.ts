/** Finds macros and docs blocks across the packages of a project, in dbt's order, and parses a macro when it is first called. */

import type { FileId } from '../base/file-id.ts';
import { isPyDict } from '../base/python-values.ts';
import type { MacroDefinition, MacroSource } from '../jinja/context.ts';
import { adapterTypes, findInternalMacro, internalMacroIn, isKnownAdapter } from '../jinja/internal-macros.ts';
import { takesAnyKeyword } from '../jinja/interpreter.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';
import { foldersOutside, isAnyUnread } from './packages.ts';
import { callsOfMacro } from './macro-calls.ts';
import type { MacroRow } from './package-tables.ts';
import { firstByFile } from './package-tables.ts';
import type { PackageState } from './project-index.ts';

/** What rendering needs to know of a generic test's macro. */
export interface GenericTestMacro {
  /** Neither it nor what it calls can capture refs, sources or config: only the arguments count. */
  readonly isInert: boolean;
  /** `depends_on.macros` of such a test. */
  readonly uniqueIds: readonly string[];
  /** Macro names that the answer hangs on. */
  readonly reads: readonly string[];
  /** The arguments that the macro takes; undefined if it takes any, if dbt does not call it as it parses, or if there is none. */
  readonly takes: ReadonlySet<string> | undefined;
}

/** Answers what macros and docs blocks a name leads to, for one state of the packages. */
export interface MacroLibrary {
  /** The macros that a template of a package sees; generic tests look through all installed packages. */
  sourceFor(packageName: string, flat: boolean): MacroSource;
  /** True if the package or the root project has a macro named `ref`, `source` or `config`: literals no longer tell what a call does. */
  overridesBuiltins(packageName: string): boolean;
  /** True if the package or the root project has a macro of this name. */
  overrides(packageName: string, name: string): boolean;
  genericTestMacro(packageName: string, namespace: string | null, testName: string): GenericTestMacro;
  /** The docs block that `doc()` finds: in the root project, in the own package, in any; or in the one that is named. */
  documentationBlock(
    fromPackage: string,
    packageName: string | undefined,
    name: string,
  ): { readonly uniqueId: string; readonly text: string } | undefined;
  /** Unique ids of the macros that a macro calls, as far as its text tells: the manifest's `depends_on.macros`. */
  dependenciesOf(packageName: string, name: string, adapter: string | undefined): readonly string[];
  /**
   * What dbt says of the dispatches in a macro that lead nowhere. dbt follows the dispatches of all macros while it reads them, whether
   * anything calls them or not. Adds the names that the answer hangs on.
   */
  deadDispatchesOf(packageName: string, name: string, adapter: string | undefined, reads: Set<string>): readonly string[];
  /** The macros that a generic test may call: those that its macro leads to. Adds the names that the answer hangs on. */
  sourceForTest(packageName: string, testMacro: string | undefined, reads: Set<string>): MacroSource;
  /** True if the project asks for more packages than are installed, or for a folder that was not read. */
  arePackagesMissing(): boolean;
  /** A macro changed: answers that were derived from macros are made anew. */
  forget(): void;
}

const definitions = new WeakMap<MacroRow, MacroDefinition>();

/** Tests that dbt ships; their macros capture nothing beyond their arguments. */
const BUILTIN_TESTS: ReadonlySet<string> = new Set(['unique', 'not_null', 'accepted_values', 'relationships']);

/** What those of them take that dbt renders as it parses. */
const TAKEN_BY_BUILTIN_TESTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['macro.dbt.test_accepted_values', new Set(['model', 'column_name', 'values', 'quote'])],
  ['macro.dbt.test_relationships', new Set(['model', 'column_name', 'to', 'field'])],
]);

/** Makes the library over the newest packages. */
export function createMacroLibrary(packages: ReadonlyMap<string, PackageState>, root: PackageState | undefined, outerRoot: FileId): MacroLibrary {
  const outside = root === undefined ? [] : foldersOutside(root, outerRoot);
  const isIncomplete = (): boolean => wantsPackage(root, packages) || (root !== undefined && isAnyUnread(root, outside));
  const inert = new Map<string, GenericTestMacro>();

  function rowIn(packageName: string, name: string): MacroRow | undefined {
    return firstByFile(packages.get(packageName)?.tables.macros.get(name) ?? []);
  }

  function definitionIn(packageName: string, name: string): MacroDefinition | undefined {
    const row = rowIn(packageName, name);
    if (row === undefined) return undefined;
    const known = definitions.get(row);
    if (known?.packageName === packageName) return known;
    for (const statement of parseJinja(row.source).body) {
      if (statement.kind !== 'macro') continue;
      const definition: MacroDefinition = { uniqueId: `macro.${packageName}.${name}`, packageName, name, macro: statement };
      definitions.set(row, definition);
      return definition;
    }
    return undefined;
  }

  function find(packageName: string, name: string, flat: boolean): MacroDefinition | undefined {
    // Of several packages with the name dbt takes the last of its listing, whose order is that of the disk; here it is that of names.
    const order =
      flat && root !== undefined
        ? [root.name, ...[...packages.keys()].sort().reverse()]
        : [packageName, ...(root === undefined ? [] : [root.name])];
    for (const candidate of order) {
      const definition = definitionIn(candidate, name);
      if (definition !== undefined) return definition;
    }
    return undefined;
  }

  function overrides(packageName: string, name: string): boolean {
    return rowIn(packageName, name) !== undefined || (root !== undefined && rowIn(root.name, name) !== undefined);
  }

  /** A macro by its bare name: of the package, of the root project, of any, each with its package. */
  function locate(localPackage: string, name: string): MacroDefinition | undefined {
    return definitionIn(localPackage, name) ?? find(localPackage, name, true);
  }

  /** What a dispatch looks for, in order; no package stands for all of them. */
  function searchedFor(name: string, namespace: string | null, adapter: string | undefined): { readonly packageName: string | undefined; readonly name: string }[] {
    const prefixes = [...adapterTypes(adapter), 'default'];
    return searchOrder(namespace).flatMap((packageName) => prefixes.map((prefix) => ({ packageName, name: `${prefix}__${name}` })));
  }

  /** dbt's `_get_search_packages`: a namespace that is no package stands for all. */
  function searchOrder(namespace: string | null): readonly (string | undefined)[] {
    if (namespace === null) return [undefined];
    const configured = dispatchOrderOf(root, namespace);
    if (configured !== undefined && configured.length > 0) return configured;
    const isDependency = namespace === 'dbt' || packages.has(namespace) || isIncomplete();
    return isDependency && root !== undefined ? [root.name, namespace] : [undefined];
  }

  /** The macro that a dispatch leads to: a definition, or the id of one of dbt's own. */
  function dispatched(fromPackage: string, name: string, namespace: string | null, adapter: string | undefined): MacroDefinition | string | undefined {
    for (const searched of searchedFor(name, namespace, adapter)) {
      const { packageName } = searched;
      const own = packageName === undefined ? find(fromPackage, searched.name, true) : definitionIn(packageName, searched.name);
      const isInternalSearched = packageName === undefined || packageName === 'dbt';
      const found = own ?? (isInternalSearched ? findInternalMacro(searched.name, adapter) : undefined);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** dbt's `TestMacroNamespace.get_from_package`, which looks through everything if no package is named. */
  function isFound(packageName: string | undefined, name: string, adapter: string): boolean {
    if (packageName === 'dbt') return findInternalMacro(name, adapter) !== undefined;
    if (packageName !== undefined) return rowIn(packageName, name) !== undefined;
    return findInternalMacro(name, adapter) !== undefined || isKnownMacro(name);
  }

  /** What dbt says of the dispatches in a macro that lead nowhere; adds the names that the answer hangs on. */
  function deadDispatches(definition: MacroDefinition, adapter: string | undefined, reads: Set<string>): string[] {
    const messages: string[] = [];
    for (const call of callsOfMacro(definition.macro)) {
      if (call.kind === 'unreadable-dispatch') messages.push(call.message);
      // Which macros an adapter brings along is known for some; a package that is not here may have what is looked for.
      if (call.kind !== 'dispatch' || adapter === undefined || !isKnownAdapter(adapter) || isIncomplete()) continue;
      const searched = searchedFor(call.name, call.namespace, adapter);
      for (const { name } of searched) reads.add(name);
      if (searched.some(({ packageName, name }) => isFound(packageName, name, adapter))) continue;
      const attempts = searched.map(({ packageName, name }) => `'${packageName === undefined ? '' : packageName + '.'}${name}'`);
      messages.push(`In dispatch: No macro named '${call.name}' found within namespace: '${call.namespace ?? 'None'}' Searched for: ${attempts.join(', ')}`);
    }
    return messages;
  }

  /** Macros that a macro calls: own ones with their definitions, dbt's own as ids. */
  function calledBy(definition: MacroDefinition, adapter: string | undefined, reads?: Set<string>): (MacroDefinition | string)[] {
    const found: (MacroDefinition | string)[] = [];
    const add = (localPackage: string, name: string): void => {
      reads?.add(name);
      // With one of dbt's own packages before it, a name leads there, whatever the project has of that name.
      const called = internalMacroIn(localPackage, name, adapter) ?? locate(localPackage, name) ?? findInternalMacro(name, adapter);
      if (called !== undefined) found.push(called);
    };
    for (const call of callsOfMacro(definition.macro)) {
      // dbt leaves out what is written with the macro's own name; with a package before it, the name is another.
      if (call.kind === 'plain') {
        if (call.package !== null || call.name !== definition.name) add(call.package ?? definition.packageName, call.name);
      } else if (call.kind === 'dispatch') {
        if (call.name !== definition.name) add(definition.packageName, call.name);
        reads?.add(`default__${call.name}`);
        const target = dispatched(definition.packageName, call.name, call.namespace, adapter);
        if (target !== undefined) found.push(target);
      }
    }
    return found;
  }

  /**
   * All macros that a generic test leads to, by unique id, in the order of dbt's `TestMacroNamespace`: of several with one name a test
   * calls the last. Of dbt's own macros only the ids are known.
   */
  function namespaceOfTest(packageName: string, testMacro: MacroDefinition | string | undefined, reads: Set<string>): ReadonlyMap<string, MacroDefinition | undefined> {
    const reached = new Map<string, MacroDefinition | undefined>();
    const visit = (called: MacroDefinition | string): void => {
      const id = typeof called === 'string' ? called : called.uniqueId;
      if (reached.has(id)) return;
      reached.set(id, typeof called === 'string' ? undefined : called);
      if (typeof called !== 'string') for (const next of calledBy(called, undefined, reads)) visit(next);
    };
    visit(find(packageName, 'get_where_subquery', true) ?? WHERE_SUBQUERY);
    if (testMacro !== undefined) visit(testMacro);
    return reached;
  }

  function judgeTest(packageName: string, namespace: string | null, testName: string): GenericTestMacro {
    const name = `test_${testName}`;
    // For depends_on dbt looks by the bare name, from the package of the test, whatever namespace the test names.
    const byName = locate(packageName, name);
    const definition = namespace === null ? byName : definitionIn(namespace, name);
    if (definition === undefined) {
      const reads = new Set([name, 'get_where_subquery']);
      const listed = byName?.uniqueId ?? (BUILTIN_TESTS.has(testName) ? `macro.dbt.${name}` : 'None');
      // These two dbt does not render.
      const isUnrendered = listed === 'macro.dbt.test_unique' || listed === 'macro.dbt.test_not_null';
      const reached = namespaceOfTest(packageName, byName, reads);
      const uniqueIds = isUnrendered ? [listed] : [listed, lastNamed(reached, 'get_where_subquery')];
      const isAsked = namespace === null || namespace === 'dbt';
      return { isInert: true, uniqueIds, reads: [...reads], takes: isAsked ? TAKEN_BY_BUILTIN_TESTS.get(listed) : undefined };
    }
    const reads = new Set<string>();
    const isInert = capturesNothing(definition.packageName, name, reads);
    reads.add('get_where_subquery');
    const listed = byName ?? definition;
    const reached = namespaceOfTest(packageName, listed, reads);
    const called = namespace === null ? lastNamed(reached, name) : reached.has(definition.uniqueId) ? definition.uniqueId : listed.uniqueId;
    const [, inPackage = '', calledName = ''] = called.split('.');
    // A package that the test's own macro does not lead to is undefined where dbt renders the test, and so is the call.
    const takes = namespace === null || called === definition.uniqueId ? parametersOf(definitionIn(inPackage, calledName)) : undefined;
    return { isInert, uniqueIds: [...new Set([listed.uniqueId, lastNamed(reached, 'get_where_subquery'), called])], reads: [...reads], takes };
  }

  /** Reads the text of a macro and of all macros it may call for the words that capture. */
  function capturesNothing(packageName: string, name: string, reads: Set<string>): boolean {
    if (reads.has(name)) return true;
    reads.add(name);
    if (reads.size > 200) return false;
    const rows: MacroRow[] = [];
    for (const state of packages.values()) rows.push(...state.tables.macros.get(name));
    for (const row of rows) {
      if (/\b(?:ref|source|config|var|env_var|builtins|metric|function|graph)\b/.test(row.source)) return false;
      for (const match of row.source.matchAll(/\b(\w+)\s*\(/g)) {
        const called = match[1] ?? '';
        if (called !== name && isKnownMacro(called) && !capturesNothing(packageName, called, reads)) return false;
      }
      for (const match of row.source.matchAll(/dispatch\(\s*['"](\w+)['"]/g)) {
        for (const candidate of variantsOf(match[1] ?? '')) if (!capturesNothing(packageName, candidate, reads)) return false;
      }
    }
    return true;
  }

  function isKnownMacro(name: string): boolean {
    for (const state of packages.values()) if (state.tables.macros.has(name)) return true;
    return false;
  }

  function variantsOf(name: string): string[] {
    const found: string[] = [];
    for (const state of packages.values()) {
      for (const key of state.tables.macros.keys()) if (key.endsWith(`__${name}`)) found.push(key);
    }
    return found;
  }

  return {
    sourceFor: (packageName, flat) => ({
      find: (name) => find(packageName, name, flat),
      findIn: (inPackage, name) => definitionIn(inPackage, name),
      packageState: (name) => (packages.has(name) ? 'installed' : isIncomplete() ? 'missing' : 'none'),
    }),
    overridesBuiltins: (packageName) => ['ref', 'source', 'config'].some((name) => overrides(packageName, name)),
    overrides,
    genericTestMacro(packageName, namespace, testName) {
      const key = `${packageName}|${namespace ?? ''}|${testName}`;
      let judged = inert.get(key);
      if (judged === undefined) inert.set(key, (judged = judgeTest(packageName, namespace, testName)));
      return judged;
    },
    dependenciesOf(packageName, name, adapter) {
      const definition = definitionIn(packageName, name);
      if (definition === undefined) return [];
      return [...new Set(calledBy(definition, adapter).map((called) => (typeof called === 'string' ? called : called.uniqueId)))];
    },
    deadDispatchesOf(packageName, name, adapter, reads) {
      // Most macros dispatch nothing: their trees need not be made for this.
      if (rowIn(packageName, name)?.source.includes('dispatch') !== true) return [];
      const definition = definitionIn(packageName, name);
      return definition === undefined ? [] : deadDispatches(definition, adapter, reads);
    },
    sourceForTest(packageName, testMacro, reads) {
      const [, inPackage = '', name = ''] = testMacro?.split('.') ?? [];
      const reached = namespaceOfTest(packageName, definitionIn(inPackage, name) ?? testMacro, reads);
      return {
        find: (wanted) => reached.get(lastNamed(reached, wanted)),
        findIn: (from, wanted) => reached.get(`macro.${from}.${wanted}`),
        leadsTo: (uniqueId) => reached.has(uniqueId),
        packageState: (wanted) => (packages.has(wanted) ? 'installed' : isIncomplete() ? 'missing' : 'none'),
      };
    },
    documentationBlock(fromPackage, packageName, name) {
      const order = packageName === undefined ? [...(root === undefined ? [] : [root.name]), fromPackage, ...packages.keys()] : [packageName];
      for (const candidate of order) {
        const row = firstByFile(packages.get(candidate)?.tables.docs.get(name) ?? []);
        if (row !== undefined) return { uniqueId: `doc.${candidate}.${name}`, text: row.text };
      }
      return undefined;
    },
    arePackagesMissing: isIncomplete,
    forget() {
      inert.clear();
    },
  };
}

/** The macro that wraps the `model` of every test, which projects may replace. */
const WHERE_SUBQUERY = 'macro.dbt.get_where_subquery';

/** The arguments that a macro takes by name, or undefined if it takes any. */
function parametersOf(definition: MacroDefinition | undefined): ReadonlySet<string> | undefined {
  if (definition === undefined || takesAnyKeyword(definition.macro.body)) return undefined;
  return new Set(definition.macro.parameters.map(({ name }) => name));
}

/** The last unique id of a bare name, or dbt's own macro of the name. */
function lastNamed(reached: ReadonlyMap<string, unknown>, name: string): string {
  return [...reached.keys()].findLast((id) => id.endsWith(`.${name}`)) ?? `macro.dbt.${name}`;
}

/** `search_order` of the project's `dispatch:` for a namespace, if there is one. */
export function dispatchOrderOf(root: PackageState | undefined, namespace: string): readonly string[] | undefined {
  const dispatch = root?.project.get('dispatch');
  if (!Array.isArray(dispatch)) return undefined;
  for (const item of dispatch) {
    if (!isPyDict(item) || item.get('macro_namespace') !== namespace) continue;
    const order = item.get('search_order');
    if (Array.isArray(order)) return order.filter((name): name is string => typeof name === 'string');
  }
  return undefined;
}

/** True if the project asks for more packages than are installed. */
function wantsPackage(root: PackageState | undefined, packages: ReadonlyMap<string, PackageState>): boolean {
  if (root === undefined) return false;
  let asked = 0;
  for (const name of ['packages.yml', 'dependencies.yml']) {
    const data = root.tables.files.get(`${root.root}/${name}`)?.parts[0]?.facts.data;
    const list = data?.kind === 'value' && isPyDict(data.value) ? data.value.get('packages') : undefined;
    if (Array.isArray(list)) asked += list.length;
  }
  return asked > packages.size - 1;
}
