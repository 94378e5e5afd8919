/** Finds macros and docs blocks across the packages of a project, in dbt's order, and parses a macro when it is first called. */

import { isPyDict } from '../base/python-values.ts';
import type { MacroDefinition, MacroSource } from '../jinja/context.ts';
import { parseJinja } from '../syntax/jinja.ts';
import type { MacroRow } from './package-tables.ts';
import type { PackageState } from './project-index.ts';

/** What rendering needs to know of a generic test's macro. */
export interface GenericTestMacro {
  /** Neither it nor what it calls can capture refs, sources or config: only the arguments count. */
  readonly isInert: boolean;
  /** `depends_on.macros` of such a test. */
  readonly uniqueIds: readonly string[];
  /** Macro names that the answer hangs on. */
  readonly reads: readonly string[];
}

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
  /** True if the project asks for more packages than are installed. */
  arePackagesMissing(): boolean;
  /** A macro changed: answers that were derived from macros are made anew. */
  forget(): void;
}

const definitions = new WeakMap<MacroRow, MacroDefinition>();

/** Tests that dbt ships; their macros capture nothing beyond their arguments. */
const BUILTIN_TESTS: ReadonlySet<string> = new Set(['unique', 'not_null', 'accepted_values', 'relationships']);

/** Makes the library over the newest packages. */
export function createMacroLibrary(packages: ReadonlyMap<string, PackageState>, root: PackageState | undefined): MacroLibrary {
  const inert = new Map<string, GenericTestMacro>();

  function rowIn(packageName: string, name: string): MacroRow | undefined {
    const rows = packages.get(packageName)?.tables.macros.get(name) ?? [];
    // Of two macros with one name in a package (an error in dbt) the one of the first file counts.
    return rows.length < 2 ? rows[0] : [...rows].sort((a, b) => (a.file < b.file ? -1 : 1))[0];
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
    const order = flat && root !== undefined ? [root.name, ...packages.keys()] : [packageName, ...(root === undefined ? [] : [root.name])];
    for (const candidate of order) {
      const definition = definitionIn(candidate, name);
      if (definition !== undefined) return definition;
    }
    return undefined;
  }

  function overrides(packageName: string, name: string): boolean {
    return rowIn(packageName, name) !== undefined || (root !== undefined && rowIn(root.name, name) !== undefined);
  }

  function judgeTest(packageName: string, namespace: string | null, testName: string): GenericTestMacro {
    const name = `test_${testName}`;
    const definition = namespace === null ? find(packageName, name, true) : definitionIn(namespace, name);
    if (definition === undefined) {
      const isBuiltin = BUILTIN_TESTS.has(testName) && (namespace === null || namespace === 'dbt');
      const ids = isBuiltin ? [`macro.dbt.${name}`] : ['None'];
      if (isBuiltin && testName !== 'unique' && testName !== 'not_null') ids.push('macro.dbt.get_where_subquery');
      return { isInert: true, uniqueIds: ids, reads: [name] };
    }
    const reads = new Set<string>();
    const isInert = capturesNothing(definition.packageName, name, reads);
    // For depends_on dbt looks by the bare name, from the package of the test, whatever namespace the test names.
    const listed = rowIn(packageName, name) === undefined ? (find(packageName, name, true) ?? definition).uniqueId : `macro.${packageName}.${name}`;
    return { isInert, uniqueIds: [listed, 'macro.dbt.get_where_subquery'], reads: [...reads] };
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
        for (const candidate of dispatched(match[1] ?? '')) if (!capturesNothing(packageName, candidate, reads)) return false;
      }
    }
    return true;
  }

  function isKnownMacro(name: string): boolean {
    for (const state of packages.values()) if (state.tables.macros.has(name)) return true;
    return false;
  }

  function dispatched(name: string): string[] {
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
      packageState: (name) => (packages.has(name) ? 'installed' : wantsPackage(root, packages) ? 'missing' : 'none'),
    }),
    overridesBuiltins: (packageName) => ['ref', 'source', 'config'].some((name) => overrides(packageName, name)),
    overrides,
    genericTestMacro(packageName, namespace, testName) {
      const key = `${packageName}|${namespace ?? ''}|${testName}`;
      let judged = inert.get(key);
      if (judged === undefined) inert.set(key, (judged = judgeTest(packageName, namespace, testName)));
      return judged;
    },
    documentationBlock(fromPackage, packageName, name) {
      const order = packageName === undefined ? [...(root === undefined ? [] : [root.name]), fromPackage, ...packages.keys()] : [packageName];
      for (const candidate of order) {
        const [row] = packages.get(candidate)?.tables.docs.get(name) ?? [];
        if (row !== undefined) return { uniqueId: `doc.${candidate}.${name}`, text: row.text };
      }
      return undefined;
    },
    arePackagesMissing: () => wantsPackage(root, packages),
    forget() {
      inert.clear();
    },
  };
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
