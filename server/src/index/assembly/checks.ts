/** What dbt refuses, or passes over in silence, once declarations are put together (dbt-semantics §5.9). */

import { deepEqual } from '../../base/equality.ts';
import { pathAsWritten } from '../../facts/project-layout.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import { isUnknown } from '../../base/unknown.ts';
import { configFaults } from '../../dbt/config-faults.ts';
import { projectSectionOf } from '../../dbt/config-keys.ts';
import type { PropertyEntry } from '../../facts/file-facts.ts';
import { entryOfId } from '../../facts/property-facts.ts';
import {
  accessOfNoType, attributeInTwoPlaces, bothTestKeys, duplicateMacro, duplicateRelation, duplicateResource, duplicateTest, invalidAccess, keysNotTexts, missingDoc, ownerWithoutName,
  MOVED_ATTRIBUTES, nameWithBlanks, patchWithoutName, sameNameOfTwoTypes, seedWithEdges, unknownGroup, versionedAndUnversioned,
} from '../../dbt/messages.ts';
import { checkProjectFile } from '../../dbt/project-file.ts';
import { pyRepr, pyStr } from '../../dbt/python-repr.ts';
import { deprecationDateFaults } from '../../dbt/deprecation-date.ts';
import { timeSpineFaults } from '../../dbt/time-spines.ts';
import { isRenderedAtOnce, isTemplate } from '../../dbt/rendered-keys.ts';
import { shapeFaults } from '../../dbt/property-schema.ts';
import type { ConfigTree } from '../../dbt/config-merge.ts';
import { problemsOfConfig, settled } from '../../dbt/config-merge.ts';
import type { Anchor, DbtNode, RelationNode } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import { sortedByFile } from '../package-tables.ts';
import type { IndexProblem } from '../problems.ts';
import { placesItself, placingMacros, relationPlace } from '../relation-place.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { entryAnchor, entryDict, firstKey, report, versionItems } from './shared.ts';
import { listOf } from './config.ts';
import { adapterTypes } from '../../jinja/internal-macros.ts';
import { positionsRefused } from '../../jinja/interpreter.ts';
import { parseJinja } from '../../syntax/jinja/parse.ts';
import { dispatchOrderOf } from '../macro-library.ts';
import { checkPackages } from './package-checks.ts';
import { checkProfiles, checkSearchedTwice } from './project-checks.ts';
import { surroundingsOf } from './surroundings.ts';

type Path = readonly (string | number)[];

/** Faults of an item of `data_tests:`: dbt warns of them and leaves out the item. True if there is one. */
export function checkSingularTest(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): boolean {
  const found: AssemblyOutput = { ...output, problems: [] };
  const { value } = row.entry;
  const path = pathAsWritten(context.owner.tables.layout, row.file);
  const isNamed = isPyDict(value) && (value.has('name') || value.has('model'));
  if (!isPyDict(value)) report(found, keysNotTexts(path, row.entry.section), entryAnchor(row, []));
  else if (!isNamed) report(found, patchWithoutName(), entryAnchor(row, []));
  else checkEntry(context, row, found);
  // A template that cannot be rendered dbt refuses here as elsewhere.
  const isOfJinja = ({ code }: IndexProblem): boolean => code.startsWith('jinja-');
  for (const problem of found.problems) output.problems.push(isOfJinja(problem) ? problem : { ...problem, dbt: 'warning' });
  return found.problems.some((problem) => !isOfJinja(problem));
}

/** Faults of an entry in itself. */
export function checkEntry(context: AssemblyContext, row: EntryRow, output: AssemblyOutput): void {
  if (!isPyDict(row.entry.value)) return;
  const entry = row.entry.value;
  const path = pathAsWritten(context.owner.tables.layout, row.file);
  const at = (where: Path, part: 'key' | 'value' = 'value'): ReturnType<typeof entryAnchor> => entryAnchor(row, where, part);
  for (const { message, path: where, part } of shapeFaults(row.entry.section, entry, context.render.adapter() ?? null)) {
    // A missing key is shown at the entry's name; of other mappings at their first key.
    const isMissing = message.code === 'property-missing';
    if (isMissing && where.length === 0 && !entry.has('name') && !NAMED_BY_SCHEMA.has(row.entry.section)) continue;
    if (isMissing && where.length === 0 && entry.has('name')) report(output, message, at(['name']));
    else if (isMissing) report(output, message, firstKey(valueAt(entry, where), at(where)));
    // What is null may not be written at all.
    else report(output, message, at(where, valueAt(entry, where) === null && typeof where.at(-1) === 'string' ? 'key' : part));
  }
  if ([...entry.keys()].some((key) => typeof key !== 'string')) {
    report(output, keysNotTexts(path, row.entry.section), entry.has('name') ? at(['name']) : at([]));
  }
  checkTemplates(context, row, row.written?.value ?? entry, [], output);
  if (row.entry.section === 'models') {
    for (const { message, path: where } of timeSpineFaults(entry)) output.problems.push({ code: 'time-spine-invalid', message, dbt: 'error', at: at(where) });
    for (const { message, path: where } of deprecationDateFaults(entry)) output.problems.push({ code: 'property-invalid', message, dbt: 'error', at: at(where) });
  }
  if (row.entry.section === 'metrics') checkMetricName(row.entry.name, at(['name']), output);
  checkOwner(row, entry, at, output);
  if (PATCHED.has(row.entry.section)) {
    const config = entry.get('config');
    for (const attribute of MOVED_ATTRIBUTES) {
      if (!entry.has(attribute) || !isPyDict(config) || !config.has(attribute)) continue;
      report(output, attributeInTwoPlaces(path, attribute), at([attribute], 'key'));
    }
  }
  checkTestKeys(entry, [], at, output);
  for (const [list, prefix] of columnLists(entry)) {
    for (const [index, column] of listOf(list).entries()) checkColumn(column, [...prefix, index], at, output);
  }
}

/** The name of a metric at the top; of those on models dbt asks nothing until the whole layer is validated. */
function checkMetricName(name: string, at: Anchor, output: AssemblyOutput): void {
  const faults: string[] = [];
  if (name.includes(' ')) faults.push('cannot contain spaces');
  if (name.length > 250) faults.push('cannot contain more than 250 characters');
  if (!/^[A-Za-z]/.test(name)) faults.push('must begin with a letter');
  if (!/^[\p{L}\p{N}_]+\n?$/u.test(name)) faults.push('must contain only letters, numbers and underscores');
  // A name that files cannot render stands as it is written.
  if (faults.length === 0 || name.includes('{{')) return;
  output.problems.push({ code: 'semantic-name', message: `The metric name '${name}' is invalid.  It ${faults.join(', ')}`, dbt: 'error', at });
}

/** Of the other sections, an entry without a name is told of where the file is read. */
const NAMED_BY_SCHEMA: ReadonlySet<string> = new Set(['data_tests', 'groups', 'unit_tests']);

/** Sections whose entries describe nodes: there dbt moves some keys into `config:`. */
const PATCHED: ReadonlySet<string> = new Set(['models', 'seeds', 'snapshots', 'analyses', 'data_tests', 'functions']);

type Place = (where: Path, part?: 'key' | 'value') => Anchor;

function columnLists(entry: PyDict): [PyValue | undefined, Path][] {
  const lists: [PyValue | undefined, Path][] = [[entry.get('columns'), ['columns']]];
  for (const [index, table] of listOf(entry.get('tables')).entries()) {
    if (isPyDict(table)) lists.push([table.get('columns'), ['tables', index, 'columns']]);
  }
  return lists;
}

const OWNED: Readonly<Record<string, string>> = { exposures: 'Exposure', groups: 'Group' };

function checkOwner(row: EntryRow, entry: PyDict, at: Place, output: AssemblyOutput): void {
  const kind = OWNED[row.entry.section];
  const owner = entry.get('owner');
  if (kind === undefined || !isPyDict(owner) || (owner.get('name') ?? owner.get('email') ?? null) !== null) return;
  report(output, ownerWithoutName(kind), at(['owner'], 'key'));
}

/** Texts that dbt renders when it reads the entry, and cannot. */
function checkTemplates(context: AssemblyContext, row: EntryRow, value: PyValue, path: (string | number)[], output: AssemblyOutput): void {
  if (typeof value === 'string') {
    if (!isTemplate(value) || !isRenderedAtOnce(row.entry.section, path)) return;
    for (const { code, message } of context.render.templateFaults(context, value)) {
      output.problems.push({ code, message, dbt: 'error', at: entryAnchor(row, [...path]) });
    }
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkTemplateAt(context, row, index, value[index] ?? null, path, output);
  } else if (isPyDict(value)) {
    for (const [key, child] of value) if (typeof key === 'string' || typeof key === 'number') checkTemplateAt(context, row, key, child, path, output);
  }
}

function checkTemplateAt(context: AssemblyContext, row: EntryRow, key: string | number, child: PyValue, path: (string | number)[], output: AssemblyOutput): void {
  path.push(key);
  checkTemplates(context, row, child, path, output);
  path.pop();
}

function checkColumn(column: PyValue, path: Path, at: Place, output: AssemblyOutput): void {
  if (!isPyDict(column)) return;
  checkTestKeys(column, path, at, output);
}

function checkTestKeys(dict: PyDict, path: Path, at: Place, output: AssemblyOutput): void {
  const tests = dict.get('tests');
  if (Array.isArray(tests) && tests.length > 0 && dict.has('data_tests')) report(output, bothTestKeys(), at([...path, 'tests'], 'key'));
}

/** Where a node is written: its entry's name, else its file's first token. */
export function placeOfNode(node: DbtNode): Anchor {
  const reference = 'patch' in node ? node.patch : 'entry' in node ? node.entry : undefined;
  if (node.resourceType === 'test' && node.generic !== undefined) {
    const { entry, entryPath } = node.generic;
    return { kind: 'yaml', file: entry.file, entry: entry.entry, path: entryPath, part: 'value' };
  }
  if (node.resourceType === 'source') {
    return { kind: 'yaml', file: node.entry.file, entry: node.entry.entry, path: [...node.tablePath, 'name'], part: 'value' };
  }
  if (reference?.file === node.file) {
    const inEntry = 'entryPath' in node ? node.entryPath : undefined;
    return { kind: 'yaml', file: reference.file, entry: reference.entry, path: [...(inEntry ?? []), 'name'], part: 'value' };
  }
  return node.file.endsWith('.csv') ? { kind: 'file', file: node.file } : { kind: 'text', file: node.file, name: 'start' };
}

const PLURAL: Readonly<Record<string, string>> = { analysis: 'analyses', saved_query: 'saved_queries', test: 'data_tests' };

/** Two enabled nodes of one id, names with blanks, one relation for two nodes: faults among the nodes of a group. */
export function checkNodes(context: AssemblyContext, output: AssemblyOutput): void {
  const byId = new Map<string, DbtNode>();
  const byRelation = new Map<string, RelationNode>();
  const byName = new Map<string, RelationNode>();
  for (const node of output.nodes) {
    // A node whose `enabled` files cannot tell may be the one that dbt leaves out.
    if (node.enabled !== true) {
      // A text that says false is no boolean.
      if (typeof node.config.get('enabled') === 'string') checkConfig(context, node, output);
      continue;
    }
    const first = byId.get(node.uniqueId);
    if (first === undefined) byId.set(node.uniqueId, node);
    else reportDuplicate(context, node, first, output);
    if (NODE_TYPES.has(node.resourceType) && node.name.includes(' ') && !isUntoldName(node)) report(output, nameWithBlanks(), placeOfNode(node));
    checkConfig(context, node, output);
    if (!isRelation(node)) continue;
    checkVersionClash(node, output);
    const collides = checkRelation(context, node, byRelation, output);
    // Versions have names of their own.
    if (node.version !== null) continue;
    const other = byName.get(node.name);
    if (other === undefined) byName.set(node.name, node);
    else if (!collides && other.resourceType !== node.resourceType && other.packageName === node.packageName) {
      report(output, sameNameOfTwoTypes(node.name, node.packageName, [other.uniqueId, node.uniqueId]), placeOfNode(node), placeOfNode(other));
    }
  }
}

/** A name that files cannot render stands as it is written, and a generic test takes over that of what it tests; its own dbt never renders. */
function isUntoldName(node: DbtNode): boolean {
  return (node.resourceType === 'test' && node.generic !== undefined ? node.generic.fileKeyName : node.name).includes('{{');
}

/** A model without versions, a seed or a snapshot beside versions of the same name. */
function checkVersionClash(node: RelationNode, output: AssemblyOutput): void {
  if (node.version !== null) return;
  const other = output.nodes.find((one) => one.resourceType === 'model' && one.version !== null && one.name === node.name && one.enabled === true);
  if (other !== undefined) report(output, versionedAndUnversioned(node.name), placeOfNode(node), placeOfNode(other));
}

/** The types whose names may hold no blanks. */
const NODE_TYPES: ReadonlySet<DbtNode['resourceType']> = new Set<DbtNode['resourceType']>(['model', 'seed', 'snapshot', 'analysis', 'test', 'operation']);

/** What the layers of configuration come to, and dbt does not take. */
function checkConfig(context: AssemblyContext, node: DbtNode, output: AssemblyOutput): void {
  if (node.configUnknown !== null) return;
  const group = node.config.get('group');
  // Generic tests are of the group of what they test, whatever their config says.
  const isOfOwnGroup = node.resourceType === 'analysis' || (node.resourceType === 'test' && node.generic === undefined);
  if (typeof group === 'string' && isOfOwnGroup) checkGroup(context, node, group, output);
  if (node.resourceType === 'seed' && [...node.refs, ...node.sources].some(({ conditional }) => !conditional)) {
    const key = node.config.has('post-hook') ? 'post-hook' : 'pre-hook';
    report(output, seedWithEdges(node.uniqueId), configPlace(context, node, key));
  }
  const told = new Set<string>();
  for (const { key, message, value } of configFaults(node.resourceType, node.name, node.config)) {
    const at = configPlace(context, node, key, value);
    const place = JSON.stringify(at);
    // Of several layers that say the same the strongest is told of.
    if (told.has(place)) continue;
    told.add(place);
    // What stands beside `config:` is told of as a property.
    if (node.resourceType === 'source' && at.kind === 'yaml' && at.file === node.file && !at.path.includes('config')) continue;
    output.problems.push({ code: 'config-invalid', message, dbt: 'error', at });
  }
}

function reportDuplicate(context: AssemblyContext, node: DbtNode, first: DbtNode, output: AssemblyOutput): void {
  const at = narrowPlace(context, placeOfNode(node));
  const other = narrowPlace(context, placeOfNode(first));
  if (node.resourceType === 'test' && node.generic !== undefined) {
    report(output, duplicateTest(node.name, node.generic.columnName, node.generic.fileKeyName), at, other);
    return;
  }
  const name = node.resourceType === 'source' ? `${node.sourceName}_${node.name}` : node.name;
  report(output, duplicateResource(PLURAL[node.resourceType] ?? `${node.resourceType}s`, name), at, other);
}

/** Of a test that is written as a mapping the key alone, which is its name. */
function narrowPlace(context: AssemblyContext, at: Anchor): Anchor {
  if (at.kind !== 'yaml') return at;
  const entry = context.owner.tables.files.get(at.file)?.parts.flatMap(({ facts }) => (facts.data.kind === 'properties' ? facts.data.entries : [])).find(({ id }) => id === at.entry);
  return firstKey(valueAt(entry?.value, at.path), at);
}

function valueAt(value: PyValue | undefined, path: Path): PyValue | undefined {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step];
    else found = isPyDict(found) ? found.get(step) : undefined;
  }
  return found;
}

function isRelation(node: DbtNode): node is RelationNode {
  return node.resourceType === 'model' || node.resourceType === 'seed' || node.resourceType === 'snapshot';
}

/** Compares what the nodes of one name are called in the warehouse, as far as configuration alone tells; true if two are called the same. */
function checkRelation(context: AssemblyContext, node: RelationNode, byRelation: Map<string, RelationNode>, output: AssemblyOutput): boolean {
  const place = relationPlace(node, context.render.relationParts());
  if (place === undefined) return false;
  const other = byRelation.get(place.key);
  byRelation.set(place.key, node);
  if (other === undefined || other.uniqueId === node.uniqueId) return false;
  const macros = placingMacros(context.render.adapter());
  for (const name of macros) context.note(`*/macro:${name}`);
  if (placesItself(context.packages.values(), macros)) return false;
  report(output, duplicateRelation(place.relation), placeOfNode(node), placeOfNode(other));
  return true;
}

/** Whether an entry has no value there; beside the `config:` of a version that is nothing. */
function isNullInEntry(context: AssemblyContext, at: Anchor): boolean {
  if (at.kind !== 'yaml' || at.entry === '' || (at.path[0] === 'versions' && !at.path.includes('config'))) return false;
  return valueAt(declaredEntry(context, at)?.value, at.path) === null;
}

/** The access of a node, which `entry` describes. */
export function checkAccess(context: AssemblyContext, node: RelationNode, entry: PyDict | undefined, output: AssemblyOutput): void {
  const access = node.config.get('access');
  const hasNull = problemsOfConfig(node.config).some(({ key }) => key === 'access');
  // Of nearly every node there is nothing to tell, and no place to look for.
  const isFine = access === undefined || isUnknown(access) || (isAccess(access) && (access !== 'public' || node.materialized !== 'ephemeral'));
  if (isFine && !hasNull && !mentionsAccess(entry)) return;
  const at = configPlace(context, node, 'access', hasNull ? null : undefined);
  const isNull = hasNull || isNullInEntry(context, at);
  const value = isNull ? null : access;
  // Of entries dbt looks at the access of everything, of the rest at that of models alone.
  const isReadFirst = at.kind === 'text' || at.file === context.owner.projectFile;
  if (value !== undefined && !isUnknown(value) && (node.resourceType === 'model' || !isReadFirst)) {
    if (!isAccess(value)) {
      report(output, isReadFirst ? accessOfNoType(value) : invalidAccess(node.uniqueId, pyStr(value)), at);
    }
    if (access === 'public' && node.materialized === 'ephemeral' && node.resourceType === 'model') report(output, invalidAccess(node.uniqueId, 'public', 'ephemeral'), at);
  }
}

/** Whether an entry may say what the access is, in itself or in its versions. */
function mentionsAccess(entry: PyDict | undefined): boolean {
  if (entry === undefined) return false;
  const config = entry.get('config');
  return entry.has('access') || entry.has('versions') || (isPyDict(config) ? config.has('access') : config !== undefined);
}

/** The `access` beside the `config:` of a version, which does nothing but must be one. */
export function checkVersionAccess(row: EntryRow, index: number, version: PyDict, uniqueId: string, output: AssemblyOutput): void {
  const access = version.get('access');
  if (typeof access !== 'string' || access === '' || isAccess(access) || isTemplate(access)) return;
  report(output, invalidAccess(uniqueId, access), entryAnchor(row, ['versions', index, 'access']));
}

function isAccess(value: unknown): boolean {
  return value === 'private' || value === 'protected' || value === 'public';
}

/** A group that nobody defines. */
export function checkGroup(context: AssemblyContext, node: DbtNode, group: string | null, output: AssemblyOutput): void {
  if (group === null || group === '') return;
  context.note('*/section:groups');
  const groups = groupNames(context);
  // Any name may be that of a group whose name files cannot tell.
  if (!groups.includes(group) && !groups.some(isTemplate)) report(output, unknownGroup(group, groups), configPlace(context, node, 'group'));
}

function groupNames(context: AssemblyContext): string[] {
  const names = new Set<string>();
  for (const state of context.packages.values()) {
    for (const key of state.tables.entries.keys()) if (key.startsWith('groups/')) names.add(key.slice('groups/'.length));
  }
  return [...names].sort();
}

/** Where a config of a node is written: in its body, its entry (under `config:` or beside it), or dbt_project.yml; else where the node is. */
function configPlace(context: AssemblyContext, node: DbtNode, key: string, value?: PyValue): Anchor {
  const places = configPlaces(context, node, key);
  const holds = ({ written }: ConfigPlace): boolean =>
    written !== undefined && value !== undefined && (deepEqual(written, value) || (Array.isArray(written) && written.some((item) => deepEqual(item, value))));
  return (places.find(holds) ?? places[0])?.at ?? placeOfNode(node);
}

interface ConfigPlace {
  readonly at: Anchor;
  /** What stands there; undefined in a call of `config()`. */
  readonly written: PyValue | undefined;
}

/** Where a config of a node is set, the strongest first. */
function configPlaces(context: AssemblyContext, node: DbtNode, key: string): ConfigPlace[] {
  const places: ConfigPlace[] = [];
  // A call of config() cannot write a hook's name with a hyphen.
  for (const name of [`config:${key}`, `config:${key.replace('-', '_')}`]) {
    const isCalled = context.owner.tables.files.get(node.file)?.parts.some(({ facts }) => facts.anchors.has(name)) === true;
    if (isCalled) places.push({ at: { kind: 'text', file: node.file, name }, written: undefined });
  }
  const yaml = (file: string, entry: string, path: Path, written: PyValue | undefined): void => {
    places.push({ at: { kind: 'yaml', file, entry, path, part: 'value' }, written });
  };
  const declared = node.resourceType === 'test' && node.generic !== undefined ? node.generic.entry : 'patch' in node ? node.patch : 'entry' in node ? node.entry : undefined;
  const entry = declared === undefined ? undefined : declaredEntry(context, declared);
  if (declared !== undefined && entry !== undefined) {
    for (const path of configPaths(node, entry.value, key)) {
      const written = valueAt(entry.value, path);
      if (written !== undefined) yaml(declared.file, declared.entry, path, written);
    }
  }
  for (const { path, written } of projectConfigPaths(context, node, key)) yaml(context.owner.projectFile, '', path, written);
  return places;
}

function declaredEntry(context: AssemblyContext, { file, entry }: { readonly file: string; readonly entry: string }): PropertyEntry | undefined {
  for (const state of context.packages.values()) {
    for (const { facts } of state.tables.files.get(file)?.parts ?? []) {
      const found = facts.data.kind === 'properties' ? entryOfId(facts.data, entry) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Where an entry may say what a config of a node is, the strongest first. */
function configPaths(node: DbtNode, entry: PyValue, key: string): Path[] {
  const names = [key, key.replace('-', '_')];
  const starts: Path[] = [[]];
  if (node.resourceType === 'source') starts.unshift(node.tablePath);
  if (node.resourceType === 'test' && node.generic !== undefined) {
    const { entryPath } = node.generic;
    const test = valueAt(entry, entryPath);
    const [first] = isPyDict(test) && !test.has('test_name') ? test.keys() : [];
    starts.splice(0, 1, typeof first === 'string' ? [...entryPath, first] : entryPath);
  }
  if (node.resourceType === 'model' && node.version !== null) {
    const at = versionItems(isPyDict(entry) ? entry : NO_ENTRY).find(({ v }) => v === node.version)?.index;
    if (at !== undefined) starts.unshift(['versions', at]);
  }
  return starts.flatMap((start) => names.flatMap((name): Path[] => [[...start, 'config', name], [...start, name]]));
}

const NO_ENTRY: PyDict = new Map();

/** Where dbt_project.yml sets a config for a node, the deepest place first. */
function projectConfigPaths({ owner }: AssemblyContext, node: DbtNode, key: string): { readonly path: Path; readonly written: PyValue | undefined }[] {
  const section = projectSectionOf(node.resourceType);
  const used = section === 'data_tests' && !owner.projectTree.has(section) ? 'tests' : section;
  let tree: unknown = owner.projectTree.get(used);
  const path: string[] = [used];
  const names = new Set([key, key.replace('-', '_')].flatMap((name) => [`+${name}`, name]));
  const found: { path: Path; written: PyValue | undefined }[] = [];
  for (let depth = 0; tree instanceof Map; depth += 1) {
    // A Map in a project's tree is such a tree itself.
    const level = tree as ConfigTree;
    for (const name of names) {
      const value = level.get(name);
      if (value === undefined) continue;
      const known = settled(value);
      found.unshift({ path: [...path, name], written: isUnknown(known) ? undefined : known });
    }
    const next = node.fqn[depth];
    if (next === undefined) break;
    path.push(next);
    tree = level.get(next);
  }
  return found;
}

/** Descriptions of an entry that dbt cannot render, and `doc()` calls that lead nowhere. */
export function checkDocs(context: AssemblyContext, row: EntryRow, uniqueId: string, output: AssemblyOutput): void {
  const entry = entryDict(row);
  checkDescription(context, row, entry, [], uniqueId, output);
  checkDescriptions(context, row, entry.get('columns'), ['columns'], uniqueId, output);
}

/** The same of a list of things that have descriptions: columns, arguments, tables. */
export function checkDescriptions(
  context: AssemblyContext,
  row: EntryRow,
  list: PyValue | undefined,
  path: Path,
  uniqueId: string,
  output: AssemblyOutput,
): void {
  for (const [index, item] of listOf(list).entries()) {
    if (isPyDict(item)) checkDescription(context, row, item, [...path, index], uniqueId, output);
  }
}

/** The same of one thing. */
export function checkDescription(
  context: AssemblyContext,
  row: EntryRow,
  described: PyDict,
  path: Path,
  uniqueId: string,
  output: AssemblyOutput,
): void {
  const value = described.get('description');
  if (typeof value !== 'string' || !value.includes('{')) return;
  const at = entryAnchor(row, [...path, 'description']);
  for (const { inPackage, name } of context.render.missingDocs(context, value)) report(output, missingDoc(uniqueId, name, inPackage ?? null), at);
  for (const { code, message } of context.render.descriptionFaults(context, value)) output.problems.push({ code, message, dbt: 'error', at });
}

/** Faults of a package as a whole: its dbt_project.yml, and names that stand twice. */
export function checkPackage(context: AssemblyContext, output: AssemblyOutput): void {
  const { owner } = context;
  for (const problem of checkProjectFile(owner.projectTree, surroundingsOf(context, owner))) {
    // What is null may not be written at all.
    const isKey = problem.code === 'project-key-unknown' || (problem.path.length === 1 && owner.projectTree.get(problem.path[0] ?? '') === null);
    const part = isKey ? 'key' : 'value';
    output.problems.push({
      code: problem.code,
      message: problem.message,
      dbt: 'error',
      at: problem.path.length === 0 ? { kind: 'file', file: owner.projectFile } : { kind: 'yaml', file: owner.projectFile, entry: '', path: problem.path, part },
    });
  }
  for (const { code, message, path } of owner.projectFaults) {
    output.problems.push({ code, message, dbt: 'error', at: { kind: 'yaml', file: owner.projectFile, entry: '', path, part: 'value' } });
  }
  checkPackages(context, output);
  checkSearchedTwice(context, output);
  checkProfiles(context, output);
  for (const section of RESOURCE_SECTIONS) checkKeys(context, owner.projectTree.get(section), [section], output);
  const { bodies, macros, docs } = owner.tables;
  for (const name of macros.keys()) {
    const [first, ...others] = sortedByFile(macros.get(name));
    for (const row of others) report(output, duplicateMacro(name, owner.name), anchorOf(row), first && anchorOf(first));
    if (first === undefined) continue;
    for (const message of context.render.deadDispatches(context, name)) {
      output.problems.push({ code: 'jinja-dispatch-missing', message, dbt: 'error', at: anchorOf(first) });
    }
  }
  checkNameMacros(context, output);
  for (const key of bodies.keys()) {
    if (!key.startsWith('fixture:')) continue;
    const [first, ...others] = sortedByFile(bodies.get(key));
    for (const row of others) report(output, duplicateResource('fixtures', row.name), { kind: 'file', file: row.file }, first && { kind: 'file', file: first.file });
  }
  for (const name of docs.keys()) {
    const [first, ...others] = sortedByFile(docs.get(name));
    for (const row of others) report(output, duplicateResource('docs', name), anchorOf(row), first && anchorOf(first));
  }
}

/**
 * dbt calls `generate_schema_name` and its kin with a custom name and a node for every node: those of the root project for all packages that have
 * none of their own. Without one of these it is dbt's own that hands both on to the project's variant for the adapter.
 */
function checkNameMacros(context: AssemblyContext, output: AssemblyOutput): void {
  const { owner } = context;
  const { bodies, macros } = owner.tables;
  const adapter = context.render.adapter();
  const isHandedOn = adapter !== undefined && dispatchOrderOf(owner, 'dbt') === undefined;
  const prefixes = isHandedOn ? [...adapterTypes(adapter), 'default'] : [];
  if (![...bodies.keys()].some((key) => !key.startsWith('fixture:'))) return;
  for (const part of ['schema', 'alias', 'database']) {
    const name = `generate_${part}_name`;
    const [row] = [name, ...prefixes.map((prefix) => `${prefix}__${name}`)].flatMap((one) => sortedByFile(macros.get(one)).slice(0, 1));
    if (row === undefined) continue;
    const macro = parseJinja(row.source).body.find((statement) => statement.kind === 'macro');
    const message = macro === undefined ? undefined : positionsRefused(macro, 2);
    const fault = message === undefined ? context.render.nameMacroFault(context, name) : { code: 'name-macro-arguments', message };
    if (fault !== undefined) output.problems.push({ code: fault.code, message: fault.message, dbt: 'error', at: anchorOf(row) });
  }
}

function anchorOf(row: { readonly file: string; readonly anchor: string }): Anchor {
  return { kind: 'text', file: row.file, name: row.anchor };
}

const RESOURCE_SECTIONS = ['models', 'seeds', 'snapshots', 'sources', 'tests', 'data_tests'] as const;

/** dbt itself crashes on keys of these trees that are no texts, such as an unquoted `off`. */
function checkKeys(context: AssemblyContext, tree: unknown, path: readonly string[], output: AssemblyOutput): void {
  if (!(tree instanceof Map)) return;
  // A Map in a project's tree is such a tree itself.
  for (const [key, value] of tree as ConfigTree) {
    if (typeof key === 'string') {
      // What a configuration holds is no part of the tree.
      if (!key.startsWith('+')) checkKeys(context, value, [...path, key], output);
    } else if (path.length === 1 || value instanceof Map) {
      // Further down dbt asks whether a key begins with a plus only where a tree hangs on it.
      output.problems.push({
        code: 'project-key-not-text',
        message: `dbt crashes on ${typeof key === 'boolean' ? 'a boolean key' : 'a key that is no text'} here: ${pyRepr(key)}. Put it in quotes.`,
        dbt: 'error',
        at: { kind: 'yaml', file: context.owner.projectFile, entry: '', path, part: 'key' },
      });
    }
  }
}
