/** Assembles analyses, singular tests and functions: a body each, with at most one property entry. */

import { pathAsWritten } from '../../facts/project-layout.ts';
import { baseName, relativePath } from '../../base/file-id.ts';
import { duplicatePropertyEntry, propertyEntryWithoutNode } from '../../dbt/messages.ts';
import type { PyDict } from '../../base/python-values.ts';
import { isPyDict } from '../../base/python-values.ts';
import type { Unknown } from '../../base/unknown.ts';
import { pyStr } from '../../dbt/python-repr.ts';
import type { RelationNode, TestNode } from '../model.ts';
import type { BodyRow, EntryRow } from '../package-tables.ts';
import type { AssemblyContext, AssemblyOutput } from './shared.ts';
import { compare, entriesOf, entryAnchor, entryDict, namedEdges, report, reportReading, withHooks } from './shared.ts';
import { checkAccess, checkDescription, checkDocs, checkEntry, checkSingularTest } from './checks.ts';
import { readColumns } from './columns.ts';
import type { EffectiveConfig } from '../../dbt/config-merge.ts';
import { configFaults } from '../../dbt/config-faults.ts';
import { effectiveConfig, enabledOf, entryConfig, foldersOf, listOf, metaOf, tagsOf, textOf } from './config.ts';
import { isTemplate } from '../../dbt/rendered-keys.ts';

/** `analysis|<package>|<name>`. */
export function assembleAnalysis(context: AssemblyContext, name: string, output: AssemblyOutput): void {
  const rows = bodyRows(context, `analysis:${name}`);
  const entry = soleEntry(context, 'analyses', name, rows, output);
  if (entry !== undefined && rows.length > 0) checkDocs(context, entry, `analysis.${context.owner.name}.${name}`, output);
  for (const body of rows) {
    const folders = foldersOf(body.place.searched, body.file, false);
    const fqn = [context.owner.name, 'analysis', ...folders, name];
    output.nodes.push({
      ...relationNode(context, body, 'analysis', fqn, entry, output),
      path: `analysis/${relativePath(body.place.searched, body.file)}`,
    });
  }
}

/** `function|<package>|<name>`. */
export function assembleFunction(context: AssemblyContext, name: string, output: AssemblyOutput): void {
  const rows = bodyRows(context, `function:${name}`);
  const entry = soleEntry(context, 'functions', name, rows, output);
  for (const body of rows) {
    const fqn = [context.owner.name].concat(foldersOf(body.place.searched, body.file, false), name);
    output.nodes.push(relationNode(context, body, 'function', fqn, entry, output));
  }
  if (entry !== undefined && rows.length > 0) checkArguments(name, entry, output);
}

/** Of the arguments of a function, those with a default come last. */
function checkArguments(name: string, entry: EntryRow, output: AssemblyOutput): void {
  let hasDefault = false;
  for (const [index, argument] of listOf(entryDict(entry).get('arguments')).entries()) {
    if (!isPyDict(argument)) continue;
    if ((argument.get('default_value') ?? null) !== null) hasDefault = true;
    else if (hasDefault) {
      const message =
        `Non-defaulted argument '${pyStr(argument.get('name') ?? null)}' of function '${name}' comes after a defaulted argument. ` +
        'Non-defaulted arguments cannot come after defaulted arguments.';
      output.problems.push({ code: 'property-invalid', message, dbt: 'error', at: entryAnchor(entry, ['arguments', index, 'name']) });
    }
  }
}

/** `singular|<package>|<name>`. */
export function assembleSingularTest(context: AssemblyContext, name: string, output: AssemblyOutput): void {
  const { owner } = context;
  const rows = bodyRows(context, `test:${name}`);
  const declared = testEntry(context, name, rows, output);
  for (const body of rows) {
    const folders = foldersOf(body.place.searched, body.file, false);
    const fqn = [owner.name].concat(folders, name);
    const uniqueId = `test.${owner.name}.${name}`;
    const reading = context.render.body(context, body, { uniqueId, name, resourceType: 'test', fqn });
    reportReading(output, reading);
    const configured = effectiveConfig(context, 'test', fqn, declared === undefined ? undefined : entryConfig(context, entryDict(declared)), reading.configs);
    const isTaken = declared === undefined || !reportTestConfig(name, declared, configured, output);
    const entry = isTaken ? declared : undefined;
    const config = isTaken ? configured : effectiveConfig(context, 'test', fqn, undefined, reading.configs);
    const node: TestNode = {
      resourceType: 'test',
      uniqueId,
      name,
      packageName: owner.name,
      file: body.file,
      originalFilePath: pathAsWritten(owner.tables.layout, body.file),
      path: [...folders, `${name}.sql`].join('/'),
      fqn,
      enabled: enabledOf(config),
      config: config.values,
      configUnknown: config.otherKeys,
      tags: tagsOf(config),
      meta: metaOf(config),
      description: entry === undefined ? null : context.render.description(context, entryDict(entry).get('description')),
      refs: reading.refs,
      sources: reading.sources,
      macros: reading.macros,
      evaluation: reading.evaluation,
      generic: undefined,
      alias: context.render.alias(context, config.values.get('alias'), name, { uniqueId, name, resourceType: 'test', fqn }),
      group: textOf(config, 'group'),
      patch: entry === undefined ? undefined : { file: entry.file, entry: entry.entry.id },
    };
    output.nodes.push(node);
    if (entry !== undefined && node.enabled !== false) checkDescription(context, entry, entryDict(entry), [], uniqueId, output);
  }
}

/** The entry of a test that counts: the last one that dbt takes, since each overrides those before. */
function testEntry(context: AssemblyContext, name: string, rows: readonly BodyRow[], output: AssemblyOutput): EntryRow | undefined {
  const taken = entriesOf(context, 'data_tests', name).filter((row) => !checkSingularTest(context, row, output));
  const [first] = taken;
  if (first !== undefined && rows.length === 0 && !isTemplate(name)) {
    report(output, propertyEntryWithoutNode(name, 'data_tests', pathAsWritten(context.owner.tables.layout, first.file)), entryAnchor(first, ['name']));
  }
  // In which order dbt comes to several files is not told.
  return taken.findLast(({ file }) => file === first?.file);
}

/** Keys at which dbt fails in a way that it does not make a warning of. */
const NEVER_WARNED: ReadonlySet<string> = new Set(['contract', 'meta']);

/** Notes the config of a test's entry that dbt does not take; it warns and leaves out the entry. */
function reportTestConfig(name: string, row: EntryRow, config: EffectiveConfig, output: AssemblyOutput): boolean {
  const own = entryDict(row).get('config');
  const faults = configFaults('test', name, config.values).filter(({ key }) => isPyDict(own) && own.has(key) && !NEVER_WARNED.has(key));
  for (const { key, message } of faults) output.problems.push({ code: 'config-invalid', message, dbt: 'warning', at: entryAnchor(row, ['config', key]) });
  return faults.length > 0;
}

function bodyRows(context: AssemblyContext, key: string): BodyRow[] {
  return [...context.owner.tables.bodies.get(key)].sort((a, b) => compare(a.file, b.file));
}

/** The one entry of a name; further ones, and one without a body, are faults. */
function soleEntry(
  context: AssemblyContext,
  section: string,
  name: string,
  rows: readonly BodyRow[],
  output: AssemblyOutput,
): EntryRow | undefined {
  const entries = entriesOf(context, section, name);
  for (const row of entries) checkEntry(context, row, output);
  const [first, ...others] = entries;
  for (const row of others) {
    report(output, duplicatePropertyEntry(name), entryAnchor(row, ['name']), first && entryAnchor(first, ['name']));
  }
  if (first !== undefined && rows.length === 0 && !isTemplate(name)) {
    report(output, propertyEntryWithoutNode(name, section, pathAsWritten(context.owner.tables.layout, first.file)), entryAnchor(first, ['name']));
  }
  return first;
}

/** Of functions dbt leaves the description as it is written. */
function descriptionOf(context: AssemblyContext, resourceType: 'analysis' | 'function', declared: PyDict): string | Unknown | null {
  const description = declared.get('description');
  if (resourceType === 'analysis') return context.render.description(context, description);
  return typeof description === 'string' ? description : null;
}

function relationNode(
  context: AssemblyContext,
  body: BodyRow,
  resourceType: 'analysis' | 'function',
  fqn: readonly string[],
  entry: EntryRow | undefined,
  output: AssemblyOutput,
): RelationNode {
  const { owner } = context;
  const { name } = body;
  const uniqueId = `${resourceType}.${owner.name}.${name}`;
  const reading = context.render.body(context, body, { uniqueId, name, resourceType, fqn });
  reportReading(output, reading);
  const declared = entry === undefined ? undefined : entryDict(entry);
  const patch = declared === undefined ? undefined : entryConfig(context, declared);
  const config = effectiveConfig(context, resourceType, fqn, patch, reading.configs);
  const hooks = context.render.hooks(context, config, { uniqueId, name, resourceType, fqn }, body.file);
  const ending = baseName(body.file).split('.').at(-1);
  const node: RelationNode = {
    resourceType,
    uniqueId,
    name,
    packageName: owner.name,
    file: body.file,
    originalFilePath: pathAsWritten(owner.tables.layout, body.file),
    path: relativePath(body.place.searched, body.file),
    fqn,
    enabled: enabledOf(config),
    config: config.values,
    configUnknown: config.otherKeys,
    tags: tagsOf(config),
    meta: metaOf(config),
    description: declared === undefined ? null : descriptionOf(context, resourceType, declared),
    ...withHooks(reading, hooks),
    language: ending === 'py' ? 'python' : ending === 'js' ? 'javascript' : 'sql',
    materialized: textOf(config, 'materialized') ?? (resourceType === 'function' ? 'function' : 'view'),
    alias: context.render.alias(context, config.values.get('alias'), name, { uniqueId, name, resourceType, fqn }),
    columns: declared === undefined ? [] : readColumns(context, declared.get('columns'), ['columns']),
    patch: entry === undefined ? undefined : { file: entry.file, entry: entry.entry.id },
    version: null,
    latestVersion: null,
    access: 'protected',
    group: textOf(config, 'group'),
    constraints: [],
    primaryKey: [],
    docBlocks: declared === undefined || resourceType === 'function' ? [] : context.render.docBlocks(context, declared.get('description')),
    functions: reading.functions,
    ...namedEdges(reading),
  };
  if (entry !== undefined) checkAccess(context, node, entryDict(entry), output);
  return node;
}
