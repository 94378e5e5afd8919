/** Makes generic tests from the `data_tests:` of an entry: on the resource itself and on each of its columns. */

import { pathAsWritten } from '../../facts/project-layout.ts';
import type { FileId } from '../../base/file-id.ts';
import type { ValuePath } from '../../base/value-path.ts';
import { below } from '../../base/value-path.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDate, isPyDict, isPyFloat } from '../../base/python-values.ts';
import { pyStr } from '../../dbt/python-repr.ts';
import type { ConfigValue, Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import { quoteColumn } from '../../dbt/config-keys.ts';
import type { ConfigLayer, EffectiveConfig } from '../../dbt/config-merge.ts';
import { keepProblems } from '../../dbt/config-merge.ts';
import type { GenericTestEntry } from '../../dbt/generic-test-entry.ts';
import { parseGenericTestEntry, rawCodeOfTest } from '../../dbt/generic-test-entry.ts';
import { argumentsOutsideProperty, noShapeFits } from '../../dbt/messages.ts';
import { pathText } from '../../dbt/shapes.ts';
import { pyClassName, pyRepr } from '../../dbt/python-repr.ts';
import type { GenericTestTarget } from '../../dbt/generic-test-names.ts';
import { nameGenericTest } from '../../dbt/generic-test-names.ts';
import type { RefUse, SourceUse, TestNode } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { entryAnchor, firstKey, report } from './shared.ts';
import { checkDescription } from './checks.ts';
import { stringList } from './columns.ts';
import { effectiveConfig, enabledOf, metaOf, tagsOf, textOf } from './config.ts';

/** What the tests stand on. */
export interface TestedThing {
  readonly target: GenericTestTarget;
  /** Unique id of the thing, null if it does not exist. */
  readonly uniqueId: string | null;
  /** `attached_node` of the manifest: null for sources. */
  readonly attachedNode: string | null;
  /** The group of the attached node, which its tests take over; undefined if there is none to attach to. */
  readonly group: string | null | undefined;
  /** `models.orders`, `sources.shop`. */
  readonly fileKeyName: string;
  /** `quote_columns`/`quoting.column` of the whole thing. */
  readonly quotesColumns: boolean;
  /** Tags that the tests take over, besides those of their columns. */
  readonly tags: readonly string[];
}

/** One list of tests, and where it stands in the entry. */
export interface TestList {
  readonly tests: PyValue | undefined;
  readonly path: ValuePath;
  readonly column: { readonly name: string; readonly quote: PyValue | undefined; readonly tags: PyValue | undefined; readonly configTags: PyValue | undefined } | undefined;
}

/** The lists of a resource's entry (or a source table): its own tests, then those of its columns. */
export function testListsOf(entry: PyDict, path: ValuePath): TestList[] {
  const lists = [ownList(entry, path)];
  const columns = entry.get('columns');
  if (!Array.isArray(columns)) return lists;
  for (const [index, column] of columns.entries()) {
    const list = isPyDict(column) ? columnList(column, below(below(path, 'columns'), index)) : undefined;
    if (list !== undefined) lists.push(list);
  }
  return lists;
}

/** The tests of a resource itself: `data_tests`, or `tests` if it holds any. */
export function ownList(entry: PyDict, path: ValuePath): TestList {
  const key = testsKey(entry);
  return { tests: entry.get(key), path: below(path, key), column: undefined };
}

/** The tests of one column, if it has any. */
export function columnList(column: PyDict, path: ValuePath): TestList | undefined {
  const written = column.get('name');
  // dbt takes a date for its text.
  const name = isPyDate(written) ? pyStr(written) : written;
  const key = testsKey(column);
  const tests = column.get(key);
  if (typeof name !== 'string' || tests === undefined) return undefined;
  const config = column.get('config');
  return {
    tests,
    path: below(path, key),
    column: { name, quote: column.get('quote'), tags: column.get('tags'), configTags: isPyDict(config) ? config.get('tags') : undefined },
  };
}

function testsKey(entry: PyDict): 'tests' | 'data_tests' {
  const tests = entry.get('tests');
  return entry.get('data_tests') === undefined && Array.isArray(tests) && tests.length > 0 ? 'tests' : 'data_tests';
}

/** Makes the tests of some lists. */
export function addGenericTests(
  context: AssemblyContext,
  thing: TestedThing,
  row: EntryRow,
  lists: readonly TestList[],
  output: AssemblyOutput,
): void {
  const place = placeOfTests(context, row);
  for (const list of lists) {
    if (!Array.isArray(list.tests)) continue;
    for (const [index, item] of list.tests.entries()) addTest(context, thing, place, list, below(list.path, index), item, output);
  }
}

/** What all tests of one entry have in common. */
interface TestPlace {
  readonly row: EntryRow;
  readonly originalFilePath: string;
  /** The fqn but for the test's own name. */
  readonly fqn: readonly string[];
  readonly entry: { readonly file: FileId; readonly entry: string };
}

function placeOfTests({ owner }: AssemblyContext, row: EntryRow): TestPlace {
  const originalFilePath = pathAsWritten(owner.tables.layout, row.file);
  // dbt leaves out the first folder of the YAML's path, whatever the configured paths are.
  const fqn = [owner.name].concat(originalFilePath.split('/').filter((part) => part !== '' && part !== '.').slice(1, -1));
  return { row, originalFilePath, fqn, entry: { file: row.file, entry: row.entry.id } };
}

function addTest(
  context: AssemblyContext,
  thing: TestedThing,
  place: TestPlace,
  list: TestList,
  path: ValuePath,
  item: PyValue,
  output: AssemblyOutput,
): void {
  const { row } = place;
  const columnName = list.column === undefined ? null : quotedName(context, thing, list.column);
  const { entry, problems } = parseGenericTestEntry(item, {
    columnName,
    requiresArgumentsProperty: context.render.flag('require_generic_test_arguments_property'),
  });
  for (const problem of problems) {
    output.problems.push({
      code: problem.code,
      // Of what is neither a name nor a mapping dbt's schema speaks first.
      message: problem.code === 'test-not-dict-or-text' ? noShapeFits(pathText(path), pyRepr(item)).message : problem.message,
      dbt: 'error',
      at: problem.path.length === 0 ? firstKey(item, entryAnchor(row, path)) : entryAnchor(row, path.concat(problem.path), 'key'),
    });
  }
  if (entry === null) return;
  if (entry.lacksArgumentsProperty) {
    const file = pathAsWritten(context.owner.tables.layout, row.file);
    report(output, argumentsOutsideProperty(entry.written, row.entry.name, context.owner.name, file), firstKey(item, entryAnchor(row, path)));
  }
  const node = testNode(context, thing, place, list, path, entry, columnName, output);
  output.nodes.push(node);
  const values = node.macros[0] === 'macro.dbt.test_accepted_values' ? entry.args.get('values') : undefined;
  if (values !== undefined && isSingle(values)) {
    const message = `'${pyClassName(values)}' object is not iterable`;
    output.problems.push({ code: 'jinja-type-error', message, dbt: 'error', at: firstKey(item, entryAnchor(row, path)) });
  }
  if (entry.description === '' || node.enabled === false) return;
  const inEntry = entry.form === 'one-key' ? below(path, entry.written) : path;
  checkDescription(context, row, new Map([['description', entry.description]]), inEntry, node.uniqueId, output);
}

/** Values that hold no others; a text that dbt renders first may become anything. */
function isSingle(value: PyValue): boolean {
  return value === null || ['boolean', 'number', 'bigint'].includes(typeof value) || isPyFloat(value) || isPyDate(value);
}

function quotedName(context: AssemblyContext, thing: TestedThing, column: NonNullable<TestList['column']>): string {
  const quotes = column.quote === undefined || column.quote === null ? thing.quotesColumns : column.quote === true;
  return quotes ? quoteColumn(column.name, context.render.adapter() ?? null) : column.name;
}

function testNode(
  context: AssemblyContext,
  thing: TestedThing,
  place: TestPlace,
  list: TestList,
  path: ValuePath,
  entry: GenericTestEntry,
  columnName: string | null,
  output: AssemblyOutput,
): TestNode {
  const { owner } = context;
  const names = nameGenericTest({
    packageName: owner.name,
    target: thing.target,
    namespace: entry.namespace,
    testName: entry.testName,
    args: entry.args,
    customName: entry.customName ?? undefined,
    hasConfiguredAlias: entry.config.has('alias'),
  });
  const { row, originalFilePath } = place;
  const fqn = place.fqn.concat(names.name);
  const at = entryAnchor(row, path);
  const reading = context.render.genericTest(context, entry, names.kwargs, at, names.uniqueId, names.name);
  // What is undefined in it other rules tell.
  output.problems.push(...(reading.problems ?? []).filter(({ dbt }) => dbt === 'error'));
  const isBuiltin = BUILTIN_MACROS.has(reading.macros[0] ?? '');
  const config = testConfig(context, fqn, entry, reading.configs, names.generatedAlias, isBuiltin);
  const columnTags = list.column === undefined ? thing.tags : [...thing.tags, ...stringList(context, list.column.tags), ...stringList(context, list.column.configTags)];
  const tags = columnTags.length === 0 ? tagsOf(config) : [...new Set([...tagsOf(config), ...columnTags])].sort();
  const own = targetUse(thing.target, at);
  const node: TestNode = {
    resourceType: 'test',
    uniqueId: names.uniqueId,
    name: names.name,
    packageName: owner.name,
    file: row.file,
    originalFilePath,
    path: `${names.shortName}.sql`,
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags,
    meta: metaOf(config),
    description: typeof entry.description !== 'string' || entry.description === '' ? null : context.render.description(context, entry.description),
    refs: own.ref === undefined || reading.argumentRefs < 0 ? reading.refs : insertOwn(reading.refs, own.ref, reading.argumentRefs),
    sources: own.source === undefined || reading.argumentRefs < 0 ? reading.sources : [...reading.sources, own.source],
    macros: reading.macros,
    evaluation: reading.evaluation,
    generic: {
      namespace: entry.namespace,
      testName: entry.testName,
      kwargs: kwargsOf(names.kwargs),
      columnName,
      fileKeyName: thing.fileKeyName,
      attachedNode: thing.attachedNode,
      target: thing.uniqueId,
      entry: place.entry,
      entryPath: path,
    },
    alias: context.render.alias(context, config.values.get('alias'), names.shortName, { uniqueId: names.uniqueId, name: names.name, resourceType: 'test', fqn }),
    group: thing.group === undefined ? textOf(config, 'group') : thing.group,
    patch: undefined,
    rawCode: rawCode(context, entry, names.generatedAlias),
  };
  // A spread of nothing would cost as much as the node.
  const docBlocks = entry.description === '' ? NO_BLOCKS : context.render.docBlocks(context, entry.description);
  return docBlocks.length === 0 ? node : { ...node, docBlocks };
}

const NO_BLOCKS: readonly string[] = [];

/** dbt renders the arguments first (`to:` of relationships), then `model`, then the macro's body. */
function insertOwn(refs: readonly RefUse[], own: RefUse, argumentRefs: number): RefUse[] {
  return [...refs.slice(0, argumentRefs), own, ...refs.slice(argumentRefs)];
}

function targetUse(target: GenericTestTarget, at: RefUse['at']): { readonly ref?: RefUse; readonly source?: SourceUse } {
  if (target.kind === 'source') {
    return { source: { source: target.sourceName, table: target.tableName, conditional: false, at } };
  }
  const version = target.kind === 'version' && (typeof target.version === 'string' || typeof target.version === 'number') ? target.version : null;
  return { ref: { package: null, name: target.name, version, conditional: false, at } };
}

function kwargsOf(kwargs: PyDict): ReadonlyMap<string, PyValue> {
  if (hasOnlyTextKeys(kwargs)) return kwargs;
  const result = new Map<string, PyValue>();
  for (const [key, value] of kwargs) if (typeof key === 'string') result.set(key, value);
  return result;
}

function hasOnlyTextKeys(dict: PyDict): dict is Map<string, PyValue> & PyDict {
  for (const key of dict.keys()) if (typeof key !== 'string') return false;
  return true;
}

/** The templates of tests without configuration: a project has few of them, and each thousands of times. */
const plainCodes = new Map<string, string>();

function rawCode(context: AssemblyContext, entry: GenericTestEntry, generatedAlias: string | null): string {
  const { namespace, testName } = entry;
  if (entry.config.size > 0 || generatedAlias !== null) return rawCodeOfTest(namespace, testName, renderedConfig(context, entry, generatedAlias));
  const key = `${namespace ?? ''}.${testName}`;
  let code = plainCodes.get(key);
  if (code === undefined) plainCodes.set(key, (code = rawCodeOfTest(namespace, testName, NO_CONFIG)));
  return code;
}

const NO_CONFIG: PyDict = new Map();

/** Tests of dbt's own that it does not render (dbt-semantics §3.5): their config counts once. */
const BUILTIN_MACROS: ReadonlySet<string> = new Set(['macro.dbt.test_not_null', 'macro.dbt.test_unique']);

/**
 * The config of the entry stands before what the macro of the test configures, and again behind it, since dbt writes it into the test's
 * template as a `config()` call; lists such as tags hold it twice.
 */
function testConfig(
  context: AssemblyContext,
  fqn: readonly string[],
  entry: GenericTestEntry,
  calls: readonly (ConfigLayer | Unknown)[],
  generatedAlias: string | null,
  isBuiltin: boolean,
): EffectiveConfig {
  if (entry.config.size === 0) {
    const inherited = effectiveConfig(context, 'test', fqn, undefined, calls);
    if (generatedAlias === null) return inherited;
    // Many tests have an alias for a long name and nothing else.
    if (calls.length === 0 && !inherited.values.has('alias')) {
      const values = new Map(inherited.values).set('alias', generatedAlias);
      keepProblems(inherited.values, values);
      return { ...inherited, values };
    }
  }
  const own = new Map<string, ConfigValue>();
  for (const [key, value] of entry.config) if (typeof key === 'string') own.set(key, renderedSetting(context, value));
  if (generatedAlias !== null) own.set('alias', generatedAlias);
  return effectiveConfig(context, 'test', fqn, undefined, isBuiltin ? [own] : [own, ...calls, own]);
}

/** Of a test's config dbt renders texts alone, not what lists and mappings hold. */
function renderedSetting(context: AssemblyContext, value: PyValue): ConfigValue {
  return typeof value === 'string' ? context.render.yaml(context, value) : value;
}

/** The config as it stands in the test's template. */
function renderedConfig(context: AssemblyContext, entry: GenericTestEntry, generatedAlias: string | null): PyDict {
  const config: PyDict = new Map();
  for (const [key, value] of entry.config) {
    const rendered = renderedSetting(context, value);
    if (!isUnknown(rendered) && rendered !== null) config.set(key, rendered);
  }
  if (generatedAlias !== null) config.set('alias', generatedAlias);
  return config;
}
