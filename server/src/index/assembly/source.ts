/** Assembles the tables of a source: all entries of one source name in a package. */

import { pathAsWritten } from '../../facts/project-layout.ts';
import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { ConfigValue, Unknown } from '../../base/unknown.ts';
import { isUnknown } from '../../base/unknown.ts';
import type { SourceProblem, SourceTable } from '../../dbt/sources.ts';
import { mergeSourceTable } from '../../dbt/sources.ts';
import type { Anchor, SourceNode } from '../model.ts';
import type { EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { entriesOf, entryAnchor, entryDict, sortedEntries } from './shared.ts';
import { checkDescription, checkDescriptions, checkEntry } from './checks.ts';
import { readColumns, renderedText } from './columns.ts';
import { effectiveConfig, enabledOf, foldersOf, listOf, metaOf, tagsOf } from './config.ts';
import { addGenericTests, testListsOf } from './generic-tests.ts';

/** `source|<package>|<source name>`. */
export function assembleSource(context: AssemblyContext, name: string, output: AssemblyOutput): void {
  const overrides = overridesOf(context, name);
  for (const row of entriesOf(context, 'sources', name)) {
    const entry = entryDict(row);
    checkEntry(context, row, output);
    // An entry with `overrides` speaks of another package's source and makes no tables of its own.
    if (entry.get('overrides') !== undefined) continue;
    const laid = overrides.reduce((base, override) => overrideSource(base, override), entry);
    for (const [index, table] of listOf(laid.get('tables')).entries()) {
      if (isPyDict(table)) addTable(context, row, laid, table, ['tables', index], output);
    }
  }
}

/** Entries of the root project that override this package's source (deprecated, but dbt still heeds them). */
function overridesOf(context: AssemblyContext, name: string): PyDict[] {
  if (context.owner.isRoot) return [];
  context.note(`${context.rootPackage.name}/entry:sources/${name}`);
  return sortedEntries(context.rootPackage.tables.entries.get(`sources/${name}`))
    .map(entryDict)
    .filter((entry) => entry.get('overrides') === context.owner.name);
}

function overrideSource(base: PyDict, override: PyDict): PyDict {
  const merged: PyDict = new Map(base);
  for (const [key, value] of override) {
    if (key !== 'name' && key !== 'overrides' && key !== 'tables') merged.set(key, value);
  }
  const tables = new Map(listOf(override.get('tables')).map((table) => [isPyDict(table) ? table.get('name') : undefined, table]));
  merged.set(
    'tables',
    listOf(base.get('tables')).map((table) => {
      const own = isPyDict(table) ? tables.get(table.get('name')) : undefined;
      return isPyDict(table) && isPyDict(own) ? new Map([...table, ...own]) : table;
    }),
  );
  return merged;
}

function addTable(
  context: AssemblyContext,
  row: EntryRow,
  source: PyDict,
  table: PyDict,
  tablePath: readonly (string | number)[],
  output: AssemblyOutput,
): void {
  const { owner } = context;
  const renderedName = renderedText(context, source.get('name'));
  // A name that files cannot tell stands as it is written.
  const sourceName = typeof renderedName === 'string' ? renderedName : row.entry.name;
  const name = renderedText(context, table.get('name'));
  if (typeof name !== 'string') return;
  const merged = mergeSourceTable(
    context.render.tree(context, withoutTables(source), []),
    context.render.tree(context, table, []),
    context.render.adapter() ?? null,
  );
  const fqn = [owner.name].concat(foldersOf(row.place.searched, row.file, false), sourceName, name);
  const uniqueId = `source.${owner.name}.${sourceName}.${name}`;
  const config = effectiveConfig(context, 'source', fqn, merged.properties, []);
  for (const problem of merged.problems) {
    output.problems.push({
      code: problem.code,
      message: problem.message,
      dbt: 'error',
      at: problemPlace(row, problem, source, table, tablePath),
    });
  }
  const originalFilePath = pathAsWritten(owner.tables.layout, row.file);
  const loadedAtField = config.values.get('loaded_at_field');
  const node: SourceNode = {
    resourceType: 'source',
    uniqueId,
    name,
    packageName: owner.name,
    file: row.file,
    originalFilePath,
    path: originalFilePath,
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags: tagsOf(config),
    meta: metaOf(config),
    description: context.render.description(context, table.get('description')),
    refs: [],
    sources: [],
    macros: [],
    evaluation: 'static',
    sourceName,
    sourceDescription: context.render.description(context, source.get('description')),
    identifier: textOrUnknown(merged.identifier) ?? name,
    database: textOrUnknown(merged.database),
    schema: textOrUnknown(merged.schema) ?? sourceName,
    loader: typeof merged.loader === 'string' ? merged.loader : null,
    quoting: quotingOf(merged.quoting),
    columns: readColumns(context, table.get('columns'), [...tablePath, 'columns']),
    freshness: config.values.get('freshness') ?? null,
    freshnessDisabled: merged.isFreshnessOff,
    loadedAtField: textOrUnknown(loadedAtField ?? null),
    loadedAtQuery: textOrUnknown(config.values.get('loaded_at_query') ?? null),
    ...(table.has('external') ? { external: context.render.yaml(context, table.get('external') ?? null) } : {}),
    sourceMeta: merged.sourceMeta,
    docBlocks: context.render.docBlocks(context, table.get('description')),
    entry: { file: row.file, entry: row.entry.id },
    tablePath,
  };
  output.nodes.push(node);
  if (node.enabled !== false) {
    checkDescription(context, row, table, tablePath, uniqueId, output);
    checkDescriptions(context, row, table.get('columns'), [...tablePath, 'columns'], uniqueId, output);
  }
  // Tests of a table that is switched off are made all the same.
  addGenericTests(
    context,
    {
      target: { kind: 'source', sourceName, tableName: name },
      uniqueId,
      attachedNode: null,
      group: undefined,
      fileKeyName: `sources.${sourceName}`,
      quotesColumns: quotesColumns(merged),
      tags: merged.testTags,
    },
    row,
    testListsOf(table, tablePath),
    output,
  );
}

function withoutTables(source: PyDict): PyDict {
  const rest: PyDict = new Map(source);
  rest.delete('tables');
  return rest;
}

function textOrUnknown(value: ConfigValue): string | Unknown | null {
  if (typeof value === 'string' || isUnknown(value)) return value;
  return typeof value === 'number' ? String(value) : null;
}

function quotingOf(value: ConfigValue): ReadonlyMap<string, PyValue> {
  const quoting = new Map<string, PyValue>();
  if (isPyDict(value)) for (const [key, item] of value) if (typeof key === 'string') quoting.set(key, item);
  return quoting;
}

function quotesColumns(merged: SourceTable): boolean {
  return isPyDict(merged.quoting) && merged.quoting.get('column') === true;
}

function problemPlace(row: EntryRow, { key, level }: SourceProblem, source: PyDict, table: PyDict, tablePath: readonly (string | number)[]): Anchor {
  const [dict, path] = level === 'source' ? [source, []] : [table, tablePath];
  if (key === undefined) return entryAnchor(row, loadedAtPath(dict, path));
  const config = dict.get('config');
  const isEmpty = isPyDict(config) && config.get(key) === null;
  return entryAnchor(row, [...path, 'config', key], isEmpty ? 'key' : 'value');
}

/** Where a source or table says when it was loaded; its name if that comes from elsewhere. */
function loadedAtPath(dict: PyDict, path: readonly (string | number)[]): readonly (string | number)[] {
  for (const key of ['loaded_at_field', 'loaded_at_query']) {
    if (dict.has(key)) return [...path, key];
    const config = dict.get('config');
    if (isPyDict(config) && config.has(key)) return [...path, 'config', key];
  }
  return [...path, 'name'];
}
