/** Where models, seeds and snapshots stand in the warehouse, as far as files tell: what dbt compares before it lets two of them have one alias. */

import { adapterTypes } from '../jinja/internal-macros.ts';
import type { RelationNode } from './model.ts';
import type { PackageTables } from './package-tables.ts';

/** Schema and database of the target, where the invocation tells them. */
export interface ToldPlace {
  readonly schema: string | undefined;
  readonly database: string | undefined;
}

/** A relation: equal keys are equal relations. */
export interface RelationPlace {
  readonly key: string;
  /** As dbt writes it. */
  readonly relation: string;
}

/** The relation of a node; undefined if it has none, or if files cannot tell. What is ephemeral has one as well: dbt compares its name like others. */
export function relationPlace(node: RelationNode, told: ToldPlace): RelationPlace | undefined {
  const { alias, config } = node;
  if (typeof alias !== 'string' || node.enabled !== true || node.configUnknown !== null) return undefined;
  const isSnapshot = node.resourceType === 'snapshot';
  const schema = config.get('schema') ?? null;
  const database = config.get('database') ?? null;
  const ownSchema = isSnapshot ? (config.get('target_schema') ?? null) : null;
  const ownDatabase = isSnapshot ? (config.get('target_database') ?? null) : null;
  if (!isTextOrNull(schema) || !isTextOrNull(database) || !isTextOrNull(ownSchema) || !isTextOrNull(ownDatabase)) return undefined;
  // The old keys of snapshots are taken as they are; a schema of its own is added to that of the target.
  const ofTarget = told.schema === undefined ? undefined : schema === null ? told.schema : `${told.schema}_${schema.trim()}`;
  const wholeSchema = ownSchema !== null && ownSchema !== '' ? ownSchema : ofTarget;
  const wholeDatabase = ownDatabase !== null && ownDatabase !== '' ? ownDatabase : database === null ? told.database : database.trim();
  const shown = [wholeDatabase, wholeSchema ?? schema ?? undefined, alias].filter((part): part is string => part !== undefined);
  return {
    key: JSON.stringify([wholeDatabase ?? null, wholeSchema ?? null, wholeSchema === undefined ? (schema?.trim() ?? null) : null, alias]),
    relation: shown.map((part) => `"${part}"`).join('.'),
  };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

/** The macros by which a project, or a package, may keep apart what is configured alike. */
export function placingMacros(adapter: string | undefined): string[] {
  return ['generate_schema_name', 'generate_database_name'].flatMap((name) => [name, ...[...adapterTypes(adapter), 'default'].map((prefix) => `${prefix}__${name}`)]);
}

/** True if there is one of them anywhere. */
export function placesItself(packages: Iterable<{ readonly tables: PackageTables }>, macros: readonly string[]): boolean {
  for (const { tables } of packages) if (macros.some((name) => tables.macros.has(name))) return true;
  return false;
}
