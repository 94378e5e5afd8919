/** What dbt refuses of a project's packages: the files that list them, and what is installed. */

import { baseName, isInside, joinPath } from '../../base/file-id.ts';
import type { PyValue } from '../../base/python-values.ts';
import { listedPackages, nameOfListed, packageFileFaults } from '../../dbt/package-files.ts';
import { checkProjectFile } from '../../dbt/project-file.ts';
import { pyStr } from '../../dbt/python-repr.ts';
import { projectLayout } from '../../facts/project-layout.ts';
import type { Anchor } from '../model.ts';
import type { IndexProblem } from '../problems.ts';
import type { PackageState } from '../project-index.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { compare } from './shared.ts';
import { surroundingsOf } from './surroundings.ts';

/** Checks the packages of the root project; does nothing for a package. */
export function checkPackages(context: AssemblyContext, output: AssemblyOutput): void {
  const { owner, rootPackage } = context;
  if (owner !== rootPackage) return;
  checkDispatch(context, output);
  const files = { packages: fileValue(owner, 'packages.yml'), dependencies: fileValue(owner, 'dependencies.yml') };
  const at = (file: string, path: readonly (string | number)[], part: 'key' | 'value' = 'value'): Anchor => {
    const full = joinPath(owner.root, file);
    return path.length === 0 ? { kind: 'file', file: full } : { kind: 'yaml', file: full, entry: '', path, part };
  };
  const { file, list } = listedPackages(files);
  const found: IndexProblem[] = packageFileFaults(files).map((fault) => ({
    code: fault.code, message: fault.message, dbt: 'error', at: at(fault.file, fault.path, fault.part),
  }));
  output.problems.push(...found);
  const folder = projectLayout(owner.root, owner.project).packagesInstallPath;
  const installed = [...context.packages.values(), ...context.namesakes]
    .filter((state) => state !== rootPackage && isInside(folder, state.root))
    .sort((a, b) => compare(a.root, b.root));
  const isListed = fileValue(owner, file) !== undefined;
  /** The entry that most likely brought a package. */
  const placeOf = (state: PackageState): Anchor => {
    const entries = Array.isArray(list) ? list : [];
    for (const name of [baseName(state.root), state.name]) {
      const index = entries.findIndex((entry) => nameOfListed(entry) === name);
      if (index >= 0) return at(file, ['packages', index]);
    }
    return isListed && list !== null ? at(file, ['packages'], 'key') : { kind: 'yaml', file: owner.projectFile, entry: '', path: ['name'], part: 'value' };
  };
  checkNames(context, installed, placeOf, output);
  for (const state of installed) {
    for (const { code, message } of checkProjectFile(state.projectTree, surroundingsOf(context, state))) {
      const words = `Failed to read package: Runtime Error ${message} Error encountered in dbt_packages/${baseName(state.root)}/dbt_project.yml`;
      output.problems.push({ code: code.startsWith('project-dbt-version') ? 'package-dbt-version' : 'package-broken', message: words, dbt: 'error', at: placeOf(state), data: { name: state.name } });
    }
  }
  if (found.length > 0) return;
  // Where nothing is installed, nobody has run `dbt deps` yet: a fresh clone is no fault.
  const lock = listIn(fileValue(owner, 'package-lock.yml'));
  const wanted = lock !== undefined && lock.length > 0 ? lock : Array.isArray(list) ? list : [];
  if (installed.length === 0 || wanted.length === installed.length) return;
  const message =
    `dbt expects ${String(wanted.length)} package(s) based on packages specified in ${file}, but found only ` +
    `${String(installed.length)} package(s) installed in ${baseName(folder)}. Run "dbt deps" to install package dependencies.`;
  const place = isListed && list !== null ? at(file, ['packages'], 'key') : { kind: 'file', file: owner.projectFile } as const;
  output.problems.push({ code: 'packages-not-installed', message, dbt: 'error', at: place, data: { wanted: wanted.length, installed: installed.length } });
}

/**
 * A search order for dbt's own macros in which dbt is not: dbt calls them while it reads macros, and stops at the first that nobody
 * in the order has.
 */
function checkDispatch(context: AssemblyContext, output: AssemblyOutput): void {
  const entries = context.rootPackage.project.get('dispatch');
  if (!Array.isArray(entries)) return;
  const index = entries.findIndex((entry) => entry instanceof Map && entry.get('macro_namespace') === 'dbt');
  const entry = entries[index];
  const order = entry instanceof Map ? entry.get('search_order') : undefined;
  if (!Array.isArray(order) || order.length === 0 || order.includes('dbt')) return;
  const adapter = context.render.adapter();
  const endings = [...(adapter === undefined ? [] : [`${adapter}__`]), 'default__'];
  const searched = order.flatMap((name) => endings.map((ending) => ({ name: pyStr(name), macro: `${ending}get_column_names` })));
  for (const macro of new Set(searched.map((one) => one.macro))) context.note(`*/macro:${macro}`);
  if (searched.some(({ name, macro }) => context.packages.get(name)?.tables.macros.has(macro) === true)) return;
  const message =
    "In dispatch: No macro named 'get_column_names' found within namespace: 'dbt' Searched for: " +
    searched.map(({ name, macro }) => `'${name}.${macro}'`).join(', ');
  const at: Anchor = { kind: 'yaml', file: context.rootPackage.projectFile, entry: '', path: ['dispatch', index, 'search_order'], part: 'value' };
  output.problems.push({ code: 'project-dispatch-lacks-dbt', message, dbt: 'error', at });
}

/** Two packages of one name, or one with the name of the project or of dbt's own. */
function checkNames(
  context: AssemblyContext,
  installed: readonly PackageState[],
  placeOf: (state: PackageState) => Anchor,
  output: AssemblyOutput,
): void {
  const { rootPackage } = context;
  const adapter = context.render.adapter();
  const names = new Set(['dbt', ...(adapter === undefined ? [] : [`dbt_${adapter}`])]);
  const report = (name: string, at: Anchor): void => {
    const message =
      `dbt found more than one package with the name "${name}" included in this project. ` +
      'Package names must be unique in a project. Please rename one of these packages.';
    output.problems.push({ code: 'package-name-twice', message, dbt: 'error', at, data: { name } });
  };
  if (names.has(rootPackage.name)) report(rootPackage.name, { kind: 'yaml', file: rootPackage.projectFile, entry: '', path: ['name'], part: 'value' });
  names.add(rootPackage.name);
  for (const state of installed) {
    if (names.has(state.name)) report(state.name, placeOf(state));
    names.add(state.name);
  }
}

function fileValue(state: PackageState, name: string): PyValue | undefined {
  const facts = state.tables.files.get(joinPath(state.root, name))?.parts[0]?.facts;
  // What is broken as YAML is told as that.
  return facts?.data.kind === 'value' && facts.problems.length === 0 ? facts.data.value : undefined;
}

function listIn(value: PyValue | undefined): PyValue[] | undefined {
  const list = value instanceof Map ? value.get('packages') : undefined;
  return Array.isArray(list) ? list : undefined;
}
