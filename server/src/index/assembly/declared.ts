/** Assembles what is declared in YAML alone: exposures, metrics, semantic models, saved queries, unit tests and groups. */

import { pathAsWritten } from '../../facts/project-layout.ts';
import type { PyValue } from '../../base/python-values.ts';
import { isPyDict, isTruthy, pyEquals } from '../../base/python-values.ts';
import { isUnknown } from '../../base/unknown.ts';
import { duplicateMacroEntry, duplicateResource, macroEntryWithoutMacro, unitTestWithoutModel } from '../../dbt/messages.ts';
import { pyClassName, pyStr } from '../../dbt/python-repr.ts';
import { relationCallOf } from '../../dbt/relation-call.ts';
import type { UnitTestProblem } from '../../dbt/unit-tests.ts';
import { checkUnitTest, checkUnitTestOfModel } from '../../dbt/unit-tests.ts';
import type { ConfigMap, DeclaredNode, RefUse, RelationNode } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { claimedStems, entriesOf, entryAnchor, entryDict, report } from './shared.ts';
import { layerOfDict } from '../../dbt/config-merge.ts';
import { effectiveConfig, foldersOf, listOf } from './config.ts';
import { checkDescriptions, checkDocs, checkEntry, checkGroup } from './checks.ts';
import { assembleRefable } from './refable.ts';
import { declaredNode } from './declared-node.ts';
import { addCreatedMetrics } from './semantics.ts';
import { isTemplate } from '../../dbt/rendered-keys.ts';

type DeclaredType = DeclaredNode['resourceType'];

const TYPE_OF_SECTION: Readonly<Record<string, DeclaredType>> = {
  exposures: 'exposure',
  metrics: 'metric',
  semantic_models: 'semantic_model',
  saved_queries: 'saved_query',
  unit_tests: 'unit_test',
};

/** `declared|<package>|<section>/<name>`. */
export function assembleDeclared(context: AssemblyContext, sectionAndName: string, output: AssemblyOutput): void {
  const slash = sectionAndName.indexOf('/');
  const section = sectionAndName.slice(0, slash);
  const name = sectionAndName.slice(slash + 1);
  const type = TYPE_OF_SECTION[section];
  const rows = entriesOf(context, section, name);
  if (section === 'macros') checkMacroEntries(context, name, rows, output);
  for (const row of rows) {
    checkEntry(context, row, output);
    if (section === 'groups' || section === 'macros') checkPlainConfig(section, row, output);
    if (section === 'groups') addGroup(context, row, output);
    else if (type === 'unit_test') addUnitTests(context, row, output);
    else if (type !== undefined) {
      const node = declaredNode(context, row, type, entryDict(row), {}, output);
      output.nodes.push(node);
      if ((type === 'exposure' || type === 'metric') && node.enabled !== false) checkDocs(context, row, node.uniqueId, output);
      if (type === 'semantic_model') {
        for (const list of ['dimensions', 'measures', 'entities']) {
          if (node.enabled !== false) checkDescriptions(context, row, entryDict(row).get(list), [list], node.uniqueId, output);
        }
        addCreatedMetrics(context, row, node, output);
      }
      const group = node.config.get('group');
      if (type !== 'exposure' && node.enabled === true && typeof group === 'string') checkGroup(context, node, group, output);
    }
  }
}

/** What dbt refuses of the `config:` of groups and macros, which it reads by ways of their own. */
function checkPlainConfig(section: 'groups' | 'macros', row: EntryRow, output: AssemblyOutput): void {
  const config = entryDict(row).get('config');
  if (!isPyDict(config)) return;
  const add = (key: string, message: string): void => {
    output.problems.push({ code: 'config-invalid', message, dbt: 'error', at: entryAnchor(row, ['config', key], config.get(key) === null ? 'key' : 'value') });
  };
  const meta = config.get('meta') ?? null;
  if (typeof meta === 'string' && meta.includes('{{')) return;
  if (section === 'groups') {
    if (config.has('meta') && !isPyDict(meta)) add('meta', `expected dict, got ${pyStr(meta)}`);
    return;
  }
  if (meta !== null && !isPyDict(meta)) add('meta', `'${pyClassName(meta)}' object is not a mapping`);
  const docs = config.get('docs') ?? null;
  if (docs === null || (typeof docs === 'string' && docs.includes('{{'))) return;
  if (!isPyDict(docs)) {
    add('docs', `'${pyClassName(docs)}' object has no attribute '__mashumaro_to_dict_msgpack__'`);
    return;
  }
  const other = [...docs.keys()].find((key) => key !== 'show' && key !== 'node_color');
  if (other === undefined) return;
  add('docs', typeof other === 'string' ? `Docs.__init__() got an unexpected keyword argument '${other}'` : 'keywords must be strings');
}

/** The entry of a macro adds nothing to the graph; it may describe nothing, or not be the only one. */
function checkMacroEntries(context: AssemblyContext, name: string, rows: readonly EntryRow[], output: AssemblyOutput): void {
  const { owner } = context;
  context.note(`${owner.name}/macro:${name}`);
  const [first, ...others] = rows;
  if (first === undefined) return;
  if (!owner.tables.macros.has(name)) {
    if (!isTemplate(name)) for (const row of rows) report(output, macroEntryWithoutMacro(name), entryAnchor(row, ['name']));
    return;
  }
  for (const row of rows) {
    checkDocs(context, row, `macro.${owner.name}.${name}`, output);
    checkDescriptions(context, row, entryDict(row).get('arguments'), ['arguments'], `macro.${owner.name}.${name}`, output);
  }
  for (const row of others) report(output, duplicateMacroEntry(name, owner.name), entryAnchor(row, ['name']), entryAnchor(first, ['name']));
}

function addGroup(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): void {
  const { name } = row.entry;
  const [first] = output.groups;
  if (first !== undefined) {
    const other = { kind: 'yaml', file: first.entry.file, entry: first.entry.entry, path: ['name'], part: 'value' } as const;
    report(output, duplicateResource('groups', name), entryAnchor(row, ['name']), other);
  }
  output.groups.push({
    uniqueId: `group.${context.owner.name}.${name}`,
    name,
    packageName: context.owner.name,
    entry: { file: row.file, entry: row.entry.id },
    declaration: entryDict(row),
    config: configOfGroup(context, row),
  });
}

/** Groups have a config of the tree of models without its hooks, and no defaults but no meta. */
function configOfGroup(context: AssemblyContext, row: EntryRow): ConfigMap {
  const config = context.render.tree(context, entryDict(row)).get('config');
  const fqn = [context.owner.name, ...foldersOf(row.place.searched, row.file, false), row.entry.name];
  const { values } = effectiveConfig(context, 'group', fqn, config instanceof Map ? layerOfDict(config) : undefined, []);
  return new Map([...values].filter(([key]) => key !== 'pre-hook' && key !== 'post-hook'));
}

/** One node, or one for each version of the tested model that the entry asks for. */
function addUnitTests(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): void {
  const { owner } = context;
  const entry = entryDict(row);
  const { name } = row.entry;
  const model = entry.get('model');
  if (typeof model !== 'string') return;
  // dbt leaves out the first folder of the YAML's path, whatever the configured paths are.
  const originalFilePath = pathAsWritten(owner.tables.layout, row.file);
  const fqn = [owner.name, ...originalFilePath.split('/').slice(1, -1), model, name];
  const at = entryAnchor(row, ['model']);
  const hasFixture = (fixture: string): boolean => {
    context.note(`${owner.name}/body:fixture:${fixture}`);
    return owner.tables.bodies.has(`fixture:${fixture}`);
  };
  reportUnitTest(row, checkUnitTest(entry, originalFilePath, hasFixture, (input) => seedFault(context, input)), output);
  const uniqueId = `unit_test.${owner.name}.${model}.${name}`;
  const { tested, candidates } = modelToTest(context, model);
  if (tested === undefined) {
    if (!isTemplate(model)) report(output, unitTestWithoutModel(`${owner.name}.${model}`, name, originalFilePath), at);
    return;
  }
  const add = (target: RelationNode, id: string): void => {
    const ref: RefUse = { package: owner.name, name: target.name, version: target.version, conditional: false, at };
    const isDisabled = target.enabled === false;
    output.nodes.push(declaredNode(context, row, 'unit_test', entry, { uniqueId: id, fqn, refs: [ref], version: target.version, isDisabled }, output));
  };
  if (tested.enabled !== false) {
    const asksIncremental = tested.macros.includes('macro.dbt.is_incremental');
    reportUnitTest(row, checkUnitTestOfModel(entry, { name: tested.name, isVersioned: tested.version !== null, asksIncremental }), output);
  }
  // Without versions, or for a model that is switched off, there is the one test; dbt tells versions of enabled models only.
  if (tested.version === null || tested.enabled === false) {
    add(tested, uniqueId);
    return;
  }
  const versions = entry.get('versions');
  const asksBothWays = isPyDict(versions) && isTruthy(versions.get('include')) && isTruthy(versions.get('exclude'));
  const chosen = versionsToTest(candidates, versions);
  if (chosen.length === 0 && !asksBothWays) {
    output.problems.push({
      code: 'unit-test-version-missing',
      data: { name, model: tested.name },
      message: `Unit test '${name}' referenced a version of '${tested.name}' which was not found.`,
      dbt: 'error',
      at: entryAnchor(row, ['versions']),
    });
  }
  for (const target of chosen) add(target, `${uniqueId}_v${String(target.version)}`);
}

/** Why dbt finds no seed by what an input says; undefined if there is one, or if that is told as a ref that leads nowhere. */
function seedFault(context: AssemblyContext, input: string): string | undefined {
  const { owner } = context;
  const { call, fault } = relationCallOf(input);
  if (fault?.startsWith('Invalid jinja expression') === true) return 'Source Error: Syntax error in source';
  if (fault !== undefined || call?.kind === 'source') return 'list index out of range';
  if (call === undefined || (call.package !== undefined && call.package !== owner.name)) return undefined;
  context.note(`${owner.name}/body:seed:${call.name}`);
  if (owner.tables.bodies.has(`seed:${call.name}`)) return undefined;
  const paths = owner.project.get('seed-paths') ?? null;
  const folders = isUnknown(paths) || !Array.isArray(paths) ? ['seeds'] : paths;
  return `Unable to find seed '${owner.name}.${call.name}' for unit tests in directories: ${pyStr(folders)}`;
}

function reportUnitTest(row: EntryRow, problems: readonly UnitTestProblem[], output: AssemblyOutput): void {
  for (const { message, path } of problems) {
    const isKey = path.length === 1 && entryDict(row).get(path[0] ?? '') === null;
    output.problems.push({ code: 'unit-test-invalid', message, dbt: 'error', at: entryAnchor(row, path, isKey ? 'key' : 'value') });
  }
}

function versionsToTest(candidates: readonly RelationNode[], wanted: PyValue | undefined): readonly RelationNode[] {
  const versions = candidates.filter((node) => node.version !== null && node.enabled !== false);
  const listed = (key: string): readonly PyValue[] => (isPyDict(wanted) ? listOf(wanted.get(key)) : []);
  const has = (list: readonly PyValue[], node: RelationNode): boolean => list.some((item) => pyEquals(item, node.version));
  const exclude = listed('exclude');
  const include = listed('include');
  if (exclude.length > 0) return versions.filter((node) => !has(exclude, node));
  return include.length > 0 ? versions.filter((node) => has(include, node)) : versions;
}

/** The model that a unit test names, with all of that model's versions; `a 1` and `a.v1` both name version 1. */
function modelToTest(context: AssemblyContext, model: string): { readonly tested: RelationNode | undefined; readonly candidates: readonly RelationNode[] } {
  const [name = '', version] = model.split(/\s+/);
  const candidates = modelsNamed(context, name);
  const tested = testedModel(candidates, version);
  for (let at = name.indexOf('.v'); tested === undefined && version === undefined && at > 0; at = name.indexOf('.v', at + 1)) {
    const versions = modelsNamed(context, name.slice(0, at));
    const named = testedModel(versions, name.slice(at + '.v'.length));
    if (named !== undefined) return { tested: named, candidates: versions };
  }
  return { tested, candidates };
}

/** The model that dbt tests: the enabled one of the package, of versions the latest; else a disabled one. */
function testedModel(candidates: readonly RelationNode[], version: string | undefined): RelationNode | undefined {
  const fits = (node: RelationNode): boolean => {
    if (version !== undefined) return String(node.version) === version;
    return node.version === null || String(node.version) === String(node.latestVersion);
  };
  const fitting = candidates.filter(fits);
  return fitting.find((node) => node.enabled !== false) ?? fitting[0];
}

/** The models of a name in the same package, made as their own group makes them. */
function modelsNamed(context: AssemblyContext, name: string): RelationNode[] {
  const { tables, name: packageName } = context.owner;
  for (const stem of [name, ...claimedStems(tables, name)]) {
    context.note(`*/entry:models/${stem}`);
    context.note(`${packageName}/body:model:${stem}`);
    context.note(`${packageName}/claim:${stem}`);
  }
  const scratch: AssemblyOutput = { nodes: [], groups: [], problems: [] };
  assembleRefable(context, name, scratch);
  return scratch.nodes.filter((node): node is RelationNode => node.resourceType === 'model' && node.name === name);
}
