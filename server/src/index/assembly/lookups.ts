/**
 * dbt's lookups by name at the time when property files are read: which node an entry describes. Nodes are taken as their bodies and
 * dbt_project.yml make them, since entries that switch nodes on or off are only then being read.
 */

import type { FileId } from '../../base/file-id.ts';
import type { BodyRow, EntryRow } from '../package-tables.ts';
import type { PackageState } from '../project-index.ts';
import { effectiveConfig, enabledOf, foldersOf } from './config.ts';
import type { AssemblyContext } from './shared.ts';
import { compare, entryDict, sortedEntries, versionItems } from './shared.ts';

/** What refs can lead to. */
export type RefableType = 'model' | 'seed' | 'snapshot';

/** The section of a property file that describes each of them. */
export const SECTION_OF: Readonly<Record<RefableType, string>> = { model: 'models', seed: 'seeds', snapshot: 'snapshots' };

/** The order in which dbt reads bodies: of two nodes with one name, the later one is found. */
const READING_ORDER: readonly RefableType[] = ['model', 'snapshot', 'seed'];

/** A node as a lookup finds it: a body, or a snapshot that an entry declares. */
export type NamedThing =
  | { readonly type: RefableType; readonly file: FileId; readonly body: BodyRow; readonly row: undefined }
  | { readonly type: 'snapshot'; readonly file: FileId; readonly body: undefined; readonly row: EntryRow };

/** The same context as seen from another package. */
export function contextIn(context: AssemblyContext, owner: PackageState): AssemblyContext {
  return owner === context.owner ? context : { ...context, owner, claimedBy: (stem) => context.claimedIn(owner, stem) };
}

/** Models, seeds and snapshots of a name in the context's package, without those that the versions of another model claim. */
export function thingsNamed(context: AssemblyContext, name: string): NamedThing[] {
  const { tables } = context.owner;
  const things: NamedThing[] = [];
  for (const type of READING_ORDER) {
    if (!tables.hasBodiesOf(type) || (type === 'model' && context.claimedBy(name) !== undefined)) continue;
    for (const body of sortedBodies(tables.bodies.get(`${type}:${name}`))) things.push({ type, file: body.file, body, row: undefined });
  }
  if (tables.hasEntriesOf('snapshots')) {
    for (const row of sortedEntries(tables.entries.get(`snapshots/${name}`))) {
      if (isYamlSnapshot(row)) things.push({ type: 'snapshot', file: row.file, body: undefined, row });
    }
  }
  return things;
}

/** Bodies in the order of their files. */
export function sortedBodies(rows: ReadonlySet<BodyRow> | readonly BodyRow[]): BodyRow[] {
  const sorted = [...rows];
  return sorted.length < 2 ? sorted : sorted.sort((a, b) => compare(a.file, b.file));
}

/** True for a snapshot that needs no SQL file. */
export function isYamlSnapshot(row: EntryRow): boolean {
  return row.entry.section === 'snapshots' && entryDict(row).get('relation') !== undefined;
}

/** The fully qualified name that a body has before versions rename it. */
export function bodyFqn(context: AssemblyContext, body: BodyRow, name: string): string[] {
  return [context.owner.name, ...foldersOf(body.place.searched, body.file, body.block !== undefined), name];
}

/** True unless the body itself or dbt_project.yml switches the node off. */
export function isEnabledByItself(context: AssemblyContext, thing: NamedThing): boolean {
  const { body, type } = thing;
  // Snapshots that an entry declares are made when it is read, and enabled until then.
  if (body === undefined) return true;
  const fqn = bodyFqn(context, body, body.name);
  const uniqueId = `${type}.${context.owner.name}.${body.name}`;
  const reading = context.render.body(context, body, { uniqueId, name: body.name, resourceType: type, fqn });
  return enabledOf(effectiveConfig(context, type, fqn, undefined, reading.configs)) !== false;
}

/** What a lookup by name in one package finds: the last enabled thing. */
export function enabledThing(context: AssemblyContext, name: string): NamedThing | undefined {
  return thingsNamed(context, name).findLast((thing) => isEnabledByItself(context, thing));
}

/** Where an entry's description goes. */
export interface PatchTarget {
  /** The context of the package that the things belong to. */
  readonly context: AssemblyContext;
  /** One enabled thing, or all disabled ones of the name. */
  readonly things: readonly NamedThing[];
}

/** Finds what an entry of `models`, `seeds` or `snapshots` (without versions) describes: in its package, else in any. */
export function patchTarget(context: AssemblyContext, row: EntryRow): PatchTarget | undefined {
  const { name, section } = row.entry;
  const own = thingsNamed(context, name);
  const [only] = own;
  // One thing in the entry's own package is described whether it is enabled or not, unless another package has the name, too.
  const isAlone = own.length === 1 && only !== undefined && SECTION_OF[only.type] === section;
  if (isAlone && (context.packages.size === 1 || !othersHave(context, name))) return { context, things: own };
  const enabled = own.findLast((thing) => isEnabledByItself(context, thing));
  if (enabled !== undefined) return { context, things: [enabled] };
  for (const state of sortedPackages(context)) {
    if (state === context.owner) continue;
    const there = contextIn(context, state);
    const found = enabledThing(there, name);
    if (found !== undefined) return { context: there, things: [found] };
  }
  const disabled = own.filter((thing) => SECTION_OF[thing.type] === section);
  return disabled.length === 0 ? undefined : { context, things: disabled };
}

/** Packages by name, so that the answer does not hang on the order of folders. */
export function sortedPackages(context: AssemblyContext): PackageState[] {
  return [...context.packages.values()].sort((a, b) => compare(a.name, b.name));
}

function othersHave(context: AssemblyContext, name: string): boolean {
  for (const state of context.packages.values()) {
    if (state !== context.owner && hasBodies(state, name)) return true;
  }
  return false;
}

function hasBodies(state: PackageState, name: string): boolean {
  const { bodies } = state.tables;
  return bodies.has(`model:${name}`) || bodies.has(`seed:${name}`) || bodies.has(`snapshot:${name}`);
}

/** Entries of other packages that describe a thing of this one: dbt looks through all packages if the own one has none of the name. */
export function foreignEntries(context: AssemblyContext, thing: NamedThing, name: string): EntryRow[] {
  if (context.packages.size === 1) return [];
  const found: EntryRow[] = [];
  for (const state of sortedPackages(context)) {
    if (state === context.owner || !state.tables.entries.has(`${SECTION_OF[thing.type]}/${name}`)) continue;
    const there = contextIn(context, state);
    for (const row of sortedEntries(state.tables.entries.get(`${SECTION_OF[thing.type]}/${name}`))) {
      if (isYamlSnapshot(row) || versionItems(entryDict(row)).length > 0) continue;
      const target = patchTarget(there, row);
      if (target?.context.owner === context.owner && target.things.some(({ file }) => file === thing.file)) found.push(row);
    }
  }
  return found;
}
