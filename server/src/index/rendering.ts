/** The bridge from the index to the Jinja evaluator: who is rendered with which variables, macros and docs, and what was read. */

import type { FileId } from '../base/file-id.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isPyDict } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { ConfigValue, Unknown } from '../base/unknown.ts';
import { isUnknown, unknownBecause } from '../base/unknown.ts';
import type { ConfigLayer, ConfigTree, ConfigTreeValue, EffectiveConfig } from '../dbt/config-merge.ts';
import type { GenericTestEntry } from '../dbt/generic-test-entry.ts';
import type { LiteralCaptures } from '../facts/file-facts.ts';
import { readValueFile } from '../facts/property-facts.ts';
import type { AssemblyContext } from './assembly/assembly.ts';
import type { GroupKey } from './groups.ts';
import type { Anchor, RefUse, SourceUse } from './model.ts';
import type { BodyRow } from './package-tables.ts';
import type { PackageState, ProjectIndexOptions } from './project-index.ts';

/** What dbt's parse captures from a template. */
export interface BodyReading {
  readonly refs: RefUse[];
  readonly sources: SourceUse[];
  readonly metrics: readonly string[];
  readonly functions: readonly { readonly package: string | null; readonly name: string }[];
  readonly macros: readonly string[];
  readonly configs: readonly (ConfigLayer | Unknown)[];
  readonly evaluation: 'static' | 'evaluated' | 'partial';
}

/** Who a template belongs to. */
export interface NodeIdentity {
  readonly uniqueId: string;
  readonly name: string;
  readonly resourceType: string;
  readonly fqn: readonly string[];
}

/** Renders for one project with its packages; knows the newest packages, macros, vars and target. */
export interface RenderState {
  setPackages(packages: ReadonlyMap<string, PackageState>, root: PackageState): void;
  readProjectFile(file: FileId, text: string | undefined, isRoot: boolean): { project: PyDict; projectTree: ConfigTree };
  /** True for files whose change means that everything is rendered anew: dbt_project.yml, vars.yml, packages, the settings. */
  isProjectWide(file: FileId): boolean;
  /** A macro changed: forgets what was evaluated with it and marks the groups. */
  forgetMacro(packageName: string, macroName: string, dirty: Set<GroupKey>): void;
  /** A file changed: forgets the evaluation of its templates. */
  forgetFile(file: FileId): void;
  /** Named spans that evaluation found in a file. */
  anchorsOf(file: FileId): ReadonlyMap<string, Span> | undefined;
  adapter(): string | undefined;
  /** A YAML value as dbt renders it in property files; unknown if any part is. */
  yaml(context: AssemblyContext, value: PyValue): ConfigValue;
  /** The same with unknown parts in their places. */
  tree(context: AssemblyContext, value: PyDict): ConfigTree;
  /** A description with its doc() calls resolved; null if there is none. */
  description(context: AssemblyContext, value: PyValue | undefined): string | Unknown | null;
  body(context: AssemblyContext, body: BodyRow, identity: NodeIdentity): BodyReading;
  /** `ref('x')`, `source('s', 't')` or `metric('m')` in a YAML value. */
  expression(context: AssemblyContext, text: string, at: Anchor): BodyReading;
  /** A behaviour flag of the root project (dbt-semantics §1.6), with dbt's default. */
  flag(name: string): boolean;
  /** What a generic test's arguments and macro capture; the first `argumentRefs` refs are those of the arguments. */
  genericTest(
    context: AssemblyContext,
    entry: GenericTestEntry,
    kwargs: PyDict,
    at: Anchor,
    uniqueId: string,
    name: string,
  ): BodyReading & { readonly argumentRefs: number };
  hook(context: AssemblyContext, sql: string, uniqueId: string, name: string, at: Anchor): BodyReading;
  /** The pre- and post-hooks of a config. */
  hooks(context: AssemblyContext, config: EffectiveConfig, uniqueId: string): BodyReading;
  alias(
    context: AssemblyContext,
    configured: ConfigValue | undefined,
    fallback: string,
    uniqueId: string,
  ): string | Unknown;
}

const NOTHING: BodyReading = { refs: [], sources: [], metrics: [], functions: [], macros: [], configs: [], evaluation: 'static' };

const PROJECT_WIDE = /\/(?:dbt_project|vars|packages|dependencies|package-lock|dbt-readiness|profiles)\.yml$/;

/** Makes the renderer of a project. */
export function createRenderState(
  _options: ProjectIndexOptions,
  _textOf: (file: FileId) => string | undefined,
): RenderState {
  let root: PackageState | undefined;

  function yaml(_context: AssemblyContext, value: PyValue): ConfigValue {
    return hasJinja(value) ? unknownBecause('Jinja in YAML') : value;
  }

  return {
    setPackages(_packages, newRoot) {
      root = newRoot;
    },
    readProjectFile(_file, text) {
      const { data } = readValueFile(text ?? '', 'dbt');
      const project: PyDict = isPyDict(data.value) ? data.value : new Map();
      return { project, projectTree: project };
    },
    isProjectWide: (file) => PROJECT_WIDE.test(file),
    forgetMacro: () => undefined,
    forgetFile: () => undefined,
    anchorsOf: () => undefined,
    adapter: () => (root === undefined ? undefined : undefined),
    yaml,
    tree: (_context, value) => value,
    description(context, value) {
      if (value === undefined || value === null) return null;
      const rendered = yaml(context, value);
      return typeof rendered === 'string' || isUnknown(rendered) ? rendered : String(rendered);
    },
    body(_context, body) {
      const literal = literalOf(body);
      return literal === undefined ? { ...NOTHING, evaluation: 'partial' } : readingOfLiteral(literal, body.file);
    },
    expression: () => NOTHING,
    hook: () => NOTHING,
    hooks: () => NOTHING,
    alias(_context, configured, fallback) {
      if (isUnknown(configured) || typeof configured === 'string') return configured;
      return fallback;
    },
    flag: () => true,
    genericTest: () => ({ ...NOTHING, argumentRefs: 0 }),
  };
}

function literalOf(body: BodyRow): LiteralCaptures | undefined {
  if (body.block !== undefined) return body.block.literal;
  if (body.facts.data.kind === 'node-file') return body.facts.data.literal;
  return { refs: [], sources: [], configs: [] };
}

function readingOfLiteral(literal: LiteralCaptures, file: FileId): BodyReading {
  return {
    ...NOTHING,
    refs: literal.refs.map(({ anchor, ...use }) => ({ ...use, conditional: false, at: { kind: 'text', file, name: anchor } })),
    sources: literal.sources.map(({ anchor, ...use }) => ({ ...use, conditional: false, at: { kind: 'text', file, name: anchor } })),
    configs: literal.configs.map((config) => new Map([...config].map(([key, value]): [string, ConfigValue] => [String(key), value]))),
  };
}

/** True if any scalar of a value holds Jinja. */
export function hasJinja(value: ConfigTreeValue): boolean {
  if (typeof value === 'string') return value.includes('{{') || value.includes('{%') || value.includes('{#');
  if (Array.isArray(value)) return value.some(hasJinja);
  if (value instanceof Map) {
    for (const child of value.values()) if (hasJinja(child)) return true;
  }
  return false;
}
