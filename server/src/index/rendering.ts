/** The bridge from the index to the Jinja evaluator: who is rendered with which variables, macros and docs, and what was read. */

import { isRenderedAtOnce, renderedEntry } from '../dbt/rendered-keys.ts';
import type { FileId } from '../base/file-id.ts';
import { baseName, joinPath } from '../base/file-id.ts';
import { deepEqual } from '../base/equality.ts';
import type { PyDict, PyValue } from '../base/python-values.ts';
import { isoText } from '../base/json-text.ts';
import { isPyDate, isPyDict, isTruthy } from '../base/python-values.ts';
import type { Span } from '../base/span.ts';
import type { ConfigValue, Unknown } from '../base/unknown.ts';
import { isUnknown, unknownBecause } from '../base/unknown.ts';
import type { ConfigLayer, ConfigTree, ConfigTreeValue, EffectiveConfig } from '../dbt/config-merge.ts';
import { sharedLayer } from '../dbt/shared-layers.ts';
import type { DbtFeature } from '../dbt/dbt-version.ts';
import { hasFeature } from '../dbt/dbt-version.ts';
import type { GenericTestEntry } from '../dbt/generic-test-entry.ts';
import { rawCodeOfTest } from '../dbt/generic-test-entry.ts';
import type { ProjectFlag } from '../dbt/project-file.ts';
import { flagOf, lookupVariable, rendersProjectPath, variableFault } from '../dbt/project-file.ts';
import { addAnchor } from '../facts/anchors.ts';
import type { LiteralCaptures, PropertyEntry } from '../facts/file-facts.ts';
import { nameOfEntry, readValueFile } from '../facts/property-facts.ts';
import type { EvaluationContext, EvaluationResult, RenderingKind } from '../jinja/context.ts';
import { evaluateGenericTest, evaluateNamedMacro, evaluateTemplate, renderNative, renderText } from '../jinja/evaluate.ts';
import { takeJinja } from '../syntax/jinja/recent.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';
import type { AssemblyContext } from './assembly/shared.ts';
import { adapterTypes } from '../jinja/internal-macros.ts';
import { keywordRefused } from '../jinja/interpreter.ts';
import { typeError } from '../jinja/values.ts';
import type { GenericTestMacro, MacroLibrary } from './macro-library.ts';
import { createMacroLibrary, dispatchOrderOf } from './macro-library.ts';
import type { Anchor, RefUse, SourceUse } from './model.ts';
import type { BodyRow, StoredFile } from './package-tables.ts';
import type { IndexProblem } from './problems.ts';
import type { PackageState, ProjectIndexOptions } from './project-index.ts';
import { mayTargetHold, targetAlias } from '../dbt/target-keys.ts';
import { pythonStrip } from '../base/python-space.ts';
import { pyStr } from '../dbt/python-repr.ts';

/** What dbt's parse captures from a template. */
export interface BodyReading {
  readonly refs: RefUse[];
  readonly sources: SourceUse[];
  readonly metrics: readonly string[];
  readonly functions: readonly { readonly package: string | null; readonly name: string }[];
  readonly macros: readonly string[];
  readonly configs: readonly (ConfigLayer | Unknown)[];
  readonly evaluation: 'static' | 'evaluated' | 'partial';
  /** What dbt would refuse of the template, or pass over in silence. */
  readonly problems?: readonly IndexProblem[];
}

/** Who a template belongs to. */
export interface NodeIdentity {
  readonly uniqueId: string;
  readonly name: string;
  readonly resourceType: string;
  readonly fqn: readonly string[];
  /** Of a version of a model. */
  readonly version?: string | number | null;
  readonly latestVersion?: string | number | null;
}

/** Renders for one project with its packages; knows the newest packages, macros, vars and target. */
export interface RenderState {
  /** Sets the newest packages; evaluations that hang on what changed are forgotten. */
  setPackages(packages: ReadonlyMap<string, PackageState>, root: PackageState): void;
  setAdapter(adapter: string | undefined): void;
  readProjectFile(file: FileId, text: string | undefined, isRoot: boolean): { project: PyDict; projectTree: ConfigTree; projectFaults: readonly ProjectTextFault[] };
  /** A macro changed: forgets what was evaluated with it. The groups that read it are known by their notes. */
  forgetMacro(macroName: string): void;
  /** A file changed: forgets the evaluation of its template. */
  forgetFile(file: FileId): void;
  /** Where evaluation found a named span of a file. */
  locate(stored: StoredFile, name: string): Span | undefined;
  adapter(): string | undefined;
  /** The target that the invocation names. */
  targetName(): string | undefined;
  /** The version of dbt that the invocation names. */
  runningVersion(): string | undefined;
  /** A behaviour flag of the root project (dbt-semantics §1.6), with dbt's default. */
  flag(name: ProjectFlag): boolean;
  /** True if the dbt version of the invocation has a feature. */
  hasFeature(feature: DbtFeature): boolean;
  /** A YAML value as dbt renders it in property files; unknown if any part is. With its path in the entry, texts that dbt keeps for later stay. */
  yaml(context: AssemblyContext, value: PyValue, path?: readonly (string | number)[]): ConfigValue;
  /** An entry of a property file as dbt reads it: rendered. Texts that files cannot tell, or that are Jinja still, stay as they are written. */
  entry(packageName: string, entry: PropertyEntry): PropertyEntry;
  /** What stops dbt when it renders a text of a property file. */
  templateFaults(context: AssemblyContext, text: string): readonly TemplateFault[];
  /** The same with unknown parts in their places. */
  tree(context: RenderingPlace, value: PyDict, path?: readonly (string | number)[]): ConfigTree;
  /** A description with its doc() calls resolved; null if there is none. */
  description(context: RenderingPlace, value: PyValue | undefined): string | Unknown | null;
  /** The text of a docs block as dbt keeps it: rendered, with hardly a name in reach. */
  docsText(text: string): string;
  /** Why dbt cannot render a description, apart from docs blocks that are missing. */
  descriptionFaults(context: AssemblyContext, value: PyValue | undefined): readonly TemplateFault[];
  /** Unique ids of the macros that a macro calls. */
  macroDependencies(packageName: string, name: string): readonly string[];
  /** What dbt says of the dispatches in a macro of the package that lead nowhere. */
  deadDispatches(context: AssemblyContext, name: string): readonly string[];
  /** Docs blocks that a description names literally and that do not exist. */
  missingDocs(context: AssemblyContext, value: PyValue | undefined): readonly { readonly inPackage: string | undefined; readonly name: string }[];
  /** Schema and database of the target, where the invocation tells them. */
  relationParts(): { readonly schema: string | undefined; readonly database: string | undefined };
  /** Unique ids of the docs blocks that a description names literally. */
  docBlocks(context: AssemblyContext, value: PyValue | undefined): readonly string[];
  body(context: AssemblyContext, body: BodyRow, identity: NodeIdentity): BodyReading;
  /** `ref('x')`, `source('s', 't')` or `metric('m')` in what an exposure depends on, or `ref('x')` in a semantic model; no other name is known there. */
  expression(context: AssemblyContext, text: string, kind: 'exposure' | 'semantic-model', at: Anchor): BodyReading;
  /**
   * What a generic test's arguments and macro capture; the first `argumentRefs` refs are those of the
   * arguments; below zero if the ref of the tested thing itself is among them already.
   */
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
  hooks(context: AssemblyContext, config: EffectiveConfig, identity: NodeIdentity, file: FileId): BodyReading;
  alias(context: AssemblyContext, configured: ConfigValue | undefined, fallback: string, identity: NodeIdentity): string | Unknown;
  /** Where `generate_schema_name` or one of its kin stops dbt, whatever the custom name and the node. */
  nameMacroFault(context: AssemblyContext, name: string): TemplateFault | undefined;
  /** The evaluations that stand, as plain data. */
  save(): SavedEvaluations;
  /** Takes over evaluations that were saved in the same project, with the same packages, macros and target. */
  restore(saved: SavedEvaluations): void;
}

/** Evaluations of templates as plain data, for the cache. */
export interface SavedEvaluations {
  readonly evaluations: ReadonlyMap<string, CachedEvaluation>;
  readonly keysByMacro: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Whose text is rendered, and who is told of what was read for it. */
export type RenderingPlace = Pick<AssemblyContext, 'owner' | 'note'>;

/** Why dbt cannot render a text, in its words. */
export interface TemplateFault {
  readonly code: string;
  readonly message: string;
}

/** The same of a text of dbt_project.yml; `path` leads to it. */
export interface ProjectTextFault extends TemplateFault {
  readonly path: readonly (string | number)[];
}

const ANY_NAME = unknownBecause('each node has its own custom name');
const ANY_NODE = unknownBecause('the macro is called for each node');

/** What tests without calls in their arguments read, by their macro. */
const plainTests = new WeakMap<GenericTestMacro, BodyReading & { readonly argumentRefs: number }>();

/** What a template without calls gives. */
export const NO_READING: BodyReading = { refs: [], sources: [], metrics: [], functions: [], macros: [], configs: [], evaluation: 'static' };

/** Parts of dbt_project.yml that evaluation reads; other changes leave evaluations standing. */
const READ_BY_TEMPLATES = ['name', 'vars', 'flags', 'dispatch'] as const;

/**
 * Macros that nearly every group asks for. They are not noted group by group: if a project adds or changes one of them,
 * everything is assembled again.
 */
export const READ_BY_ALL: ReadonlySet<string> = new Set([
  'ref',
  'source',
  'config',
  'generate_alias_name',
  'test_unique',
  'test_not_null',
  'test_accepted_values',
  'test_relationships',
  'get_where_subquery',
]);

/** What a template gave, kept until its text or one of its macros changes. */
export interface CachedEvaluation {
  /** Hash of the text, or the text of a block. */
  readonly text: string;
  readonly reading: BodyReading;
  /** Relative to the evaluated text. */
  readonly anchors: ReadonlyMap<string, Span>;
  readonly notes: readonly string[];
}

/** Makes the renderer of a project. */
export function createRenderState(options: ProjectIndexOptions, outerRoot: FileId, textOf: (file: FileId) => string | undefined): RenderState {
  const { invocation } = options;
  let packages: ReadonlyMap<string, PackageState> = new Map();
  let root: PackageState | undefined;
  let adapter: string | undefined = invocation.adapter;
  let library: MacroLibrary = createMacroLibrary(packages, undefined, outerRoot);
  /** As it was when the evaluations were made; the library itself always answers for the newest files. */
  let packagesMissing = false;
  const contexts = new Map<string, EvaluationContext>();
  const evaluations = new Map<string, CachedEvaluation>();
  /** Keys of `evaluations` by macro name that was looked up. */
  const keysByMacro = new Map<string, Set<string>>();
  /**
   * Evaluations that called a macro which has changed. Who still calls it is assembled again and evaluates anew; who has stopped to call it goes on
   * with what it has, and its spans stand.
   */
  const stale = new Set<string>();
  /** Those that were asked for. */
  const flags = new Map<ProjectFlag, boolean>();
  const features = new Map<DbtFeature, boolean>();
  let aliasMacros = aliasMacrosFor(adapter);
  const target = targetOf();

  function targetOf(): ReadonlyMap<string, ConfigValue> {
    const known = new Map<string, ConfigValue>();
    if (invocation.targetName !== undefined) {
      known.set('name', invocation.targetName);
      known.set('target_name', invocation.targetName);
    }
    if (invocation.schema !== undefined) known.set('schema', invocation.schema);
    if (invocation.database !== undefined) known.set('database', invocation.database);
    return known;
  }

  function contextOf(kind: RenderingKind, packageName: string): EvaluationContext {
    const key = `${kind}|${packageName}`;
    let context = contexts.get(key);
    if (context !== undefined) return context;
    const state = packages.get(packageName);
    const rootVars = varsOf(root);
    const packageVars = varsOf(state);
    const scope = { cli: invocation.vars ?? new Map<string, ConfigValue>(), rootVars, packageName, packageVars };
    const withType = new Map(target);
    if (adapter !== undefined) {
      withType.set('type', adapter);
      for (const part of ['database', 'schema'] as const) {
        const alias = targetAlias(adapter, part);
        const value = target.get(part);
        if (alias !== undefined && value !== undefined) withType.set(alias, value);
      }
    }
    const profile = root?.project.get('profile');
    if (typeof profile === 'string') withType.set('profile_name', profile);
    context = {
      kind,
      node: undefined,
      projectName: root?.name ?? packageName,
      macros: library.sourceFor(packageName, kind === 'generic-test'),
      // Templates render Jinja in variables themselves, in their own names; property files take it as text.
      variable: (name) => {
        const fault = variableFault(scope, name);
        if (fault !== undefined) throw typeError(fault);
        return orUntold(lookupVariable(scope, name), name);
      },
      environmentVariable: (name) =>
        invocation.environment === undefined
          ? unknownBecause(`the environment variable ${name} is not in the repository`)
          : invocation.environment.get(name),
      target: withType,
      mayTargetHold: (key) => mayTargetHold(adapter, key),
      flags: flagsOf(),
      dispatchOrder: (namespace) => dispatchOrderOf(root, namespace),
      adapterType: adapter,
      dbtVersion: invocation.dbtVersion ?? '1.12.3',
      now: invocation.now === undefined ? undefined : Date.parse(invocation.now),
      documentation: (docPackage, name) => documentationText(library.documentationBlock(packageName, docPackage, name)?.text),
    };
    contexts.set(key, context);
    return context;
  }

  /** dbt renders a docs block before it is used, with hardly a name in reach. */
  function documentationText(text: string | undefined): string | undefined {
    if (text === undefined || !hasJinja(text)) return text;
    const { output } = renderText(text, contextOf('docs', ''));
    return output === undefined ? text : pythonStrip(output);
  }

  /** A variable that nobody sets may come from the command line, if nobody told what that says. None is a value like any other. */
  function orUntold(value: ConfigValue | undefined, name: string): ConfigValue | undefined {
    if (value !== undefined || invocation.vars !== undefined) return value;
    return unknownBecause(`the variable ${name} has no value in the repository`);
  }

  function flagsOf(): ReadonlyMap<string, ConfigValue> {
    const flags = new Map<string, ConfigValue>();
    if (invocation.targetName === undefined) return flags;
    flags.set('WHICH', 'parse');
    flags.set('FULL_REFRESH', null);
    flags.set('STORE_FAILURES', null);
    return flags;
  }

  function renderScalar(text: string, kind: RenderingKind, packageName: string, note: (read: string) => void): ConfigValue {
    const result = renderNative(text, contextOf(kind, packageName));
    noteReads(result, note);
    return result.value;
  }

  /** `path` leads to the value in its entry, where dbt keeps some texts for later; without one all are rendered. */
  function renderTree(value: PyValue, render: (text: string) => ConfigValue, path?: readonly (string | number)[]): ConfigTreeValue {
    if (path !== undefined && !isRenderedAtOnce('models', path)) return value;
    if (typeof value === 'string') return hasJinja(value) ? render(value) : withoutLastNewline(value);
    if (!changesWhenRendered(value)) return value;
    // Of dates dbt makes texts when it comes to them.
    if (isPyDate(value)) return isoText(value);
    if (Array.isArray(value)) return value.map((item, index) => renderTree(item, render, path && [...path, index]));
    if (!isPyDict(value)) return value;
    return new Map(
      // Hooks are rendered with the node, where ref() is known.
      [...value].map(([key, child]): [PyValue, ConfigTreeValue] => [key, HOOK_KEYS.has(key) ? child : renderTree(child, render, path && [...path, pyStr(key)])]),
    );
  }

  function yaml(context: AssemblyContext, value: PyValue, path?: readonly (string | number)[]): ConfigValue {
    if (!changesWhenRendered(value)) return value;
    const rendered = renderTree(value, (text) => renderScalar(text, 'schema-yaml', context.owner.name, context.note), path);
    return firstUnknown(rendered) ?? plain(rendered);
  }

  function evaluateBody(context: AssemblyContext, body: BodyRow, identity: NodeIdentity): BodyReading {
    const key = body.block === undefined ? body.file : `${body.file}#${body.block.anchor}`;
    // While packages are missing, what they may hold is unknown; when that was found out is of no matter here.
    const version = `${body.block?.source ?? body.facts.hash}|${identity.uniqueId}|${String(library.arePackagesMissing())}`;
    const cached = evaluations.get(key);
    if (cached?.text === version && !stale.has(key)) {
      for (const note of cached.notes) context.note(note);
      return cached.reading;
    }
    const text = body.block?.source ?? textOf(body.file);
    if (text === undefined) return { ...NO_READING, evaluation: 'partial' };
    options.onEvaluate?.(body.file);
    const base = contextOf('node', context.owner.name);
    const result = evaluateTemplate(takeJinja(text), { ...base, node: nodeOf(context, identity, body.file, body.place.searched) });
    const anchors = new Map<string, Span>();
    const reading = readingOf(result, (name, span) => ({ kind: 'text', file: body.file, name: addAnchor(anchors, name, span, 0) }));
    for (const call of result.configCalls) {
      if (call.inMacro === undefined) addAnchor(anchors, 'config', call.span, 0);
      for (const name of call.values.keys()) if (!anchors.has(`config:${name}`)) anchors.set(`config:${name}`, call.span);
    }
    const notes: string[] = [];
    noteReads(result, (note) => notes.push(note));
    for (const name of result.reads.macros) {
      const last = lastPart(name);
      let keys = keysByMacro.get(last);
      if (keys === undefined) keysByMacro.set(last, (keys = new Set()));
      keys.add(key);
    }
    for (const note of notes) context.note(note);
    evaluations.set(key, { text: version, reading, anchors, notes });
    stale.delete(key);
    return reading;
  }

  function nodeOf(
    context: AssemblyContext,
    identity: NodeIdentity,
    file: FileId,
    searched: FileId,
  ): NonNullable<EvaluationContext['node']> {
    const { owner } = context;
    return {
      uniqueId: identity.uniqueId,
      name: identity.name,
      packageName: owner.name,
      resourceType: identity.resourceType,
      path: file.startsWith(`${searched}/`) ? file.slice(searched.length + 1) : baseName(file),
      originalFilePath: file.startsWith(`${owner.root}/`) ? file.slice(owner.root.length + 1) : file,
      alias: identity.name,
      ...(invocation.schema === undefined ? {} : { schema: invocation.schema }),
      ...(invocation.database === undefined ? {} : { database: invocation.database }),
      fields: new Map<string, ConfigValue>([['fqn', [...identity.fqn]]]),
    };
  }

  function evaluateText(
    context: AssemblyContext,
    text: string,
    kind: RenderingKind,
    node: EvaluationContext['node'],
    at: Anchor,
  ): BodyReading {
    const result = renderText(text, { ...contextOf(kind, context.owner.name), node });
    noteReads(result, context.note);
    const reading = readingOf(result, () => at);
    const syntax = syntaxFaultOf(text);
    return syntax === undefined ? reading : { ...reading, problems: [{ ...syntax, dbt: 'error', at }, ...(reading.problems ?? [])] };
  }

  return {
    setPackages(newPackages, newRoot) {
      const newLibrary = createMacroLibrary(newPackages, newRoot, outerRoot);
      const unchanged =
        READ_BY_TEMPLATES.every((key) => deepEqual(root?.project.get(key), newRoot.project.get(key))) &&
        packagesMissing === newLibrary.arePackagesMissing();
      if (!unchanged) {
        evaluations.clear();
        keysByMacro.clear();
      }
      packages = newPackages;
      root = newRoot;
      library = newLibrary;
      packagesMissing = newLibrary.arePackagesMissing();
      contexts.clear();
      flags.clear();
    },
    setAdapter(newAdapter) {
      const next = invocation.adapter ?? newAdapter;
      if (next === adapter) return;
      adapter = next;
      aliasMacros = aliasMacrosFor(adapter);
      evaluations.clear();
      keysByMacro.clear();
      contexts.clear();
    },
    readProjectFile(file, text, isRoot) {
      const { data } = readValueFile(text ?? '', 'dbt');
      const raw: PyDict = isPyDict(data.value) ? data.value : new Map<PyValue, PyValue>();
      const varsText = isRoot ? textOf(joinPath(file.slice(0, file.lastIndexOf('/')), 'vars.yml')) : undefined;
      const varsFile = varsText === undefined ? undefined : readValueFile(varsText, 'dbt').data.value;
      const hasOwnVars = isTruthy(raw.get('vars') ?? null);
      if (isPyDict(varsFile) && varsFile.has('vars') && !raw.has('vars')) raw.set('vars', varsFile.get('vars') ?? null);
      const context: EvaluationContext = {
        ...contextOf('project-yaml', ''),
        // A var() in dbt_project.yml sees --vars and vars.yml, never the file's own vars; packages do not even see --vars.
        variable: (name) => {
          if (!isRoot) return undefined;
          const given = invocation.vars?.get(name);
          return orUntold(given === undefined ? varsFileValue(varsFile, name) : given, name);
        },
      };
      const tree = new Map<PyValue, ConfigTreeValue>();
      const faults: ProjectTextFault[] = [];
      if (hasOwnVars && isPyDict(varsFile) && isTruthy(varsFile.get('vars') ?? null)) {
        faults.push({ code: 'project-keys-conflict', message: 'Variables cannot be defined in both vars.yml and dbt_project.yml.', path: ['vars'] });
      }
      for (const [key, value] of raw) tree.set(key, renderProjectValue(value, typeof key === 'string' ? [key] : [], context, faults));
      contexts.delete('project-yaml|');
      return { project: knownPart(tree), projectTree: tree, projectFaults: faults };
    },
    forgetMacro(macroName) {
      for (const key of keysByMacro.get(macroName) ?? []) stale.add(key);
      keysByMacro.delete(macroName);
      library.forget();
    },
    forgetFile(file) {
      evaluations.delete(file);
    },
    locate(stored, name) {
      const direct = evaluations.get(stored.file)?.anchors.get(name);
      if (direct !== undefined) return direct;
      for (const { facts } of stored.parts) {
        if (facts.data.kind !== 'block-file') continue;
        for (const block of facts.data.blocks) {
          const span = evaluations.get(`${stored.file}#${block.anchor}`)?.anchors.get(name);
          const base = facts.anchors.get(`source:${block.anchor}`);
          if (span !== undefined && base !== undefined) return { from: span.from + base.from, to: span.to + base.from };
        }
      }
      return undefined;
    },
    adapter: () => adapter,
    targetName: () => invocation.targetName,
    runningVersion: () => invocation.dbtVersion,
    flag(name) {
      let flag = flags.get(name);
      if (flag === undefined) flags.set(name, (flag = flagOf(root?.projectTree ?? new Map(), name, invocation.dbtVersion)));
      return flag;
    },
    hasFeature(feature) {
      let has = features.get(feature);
      if (has === undefined) features.set(feature, (has = hasFeature(invocation.dbtVersion, feature)));
      return has;
    },
    yaml,
    entry(packageName, entry) {
      const value = renderedEntry(entry.section, entry.value, (text) => {
        if (!hasJinja(text)) return withoutLastNewline(text);
        const { value } = renderNative(text, contextOf('schema-yaml', packageName));
        return firstUnknown(value) !== undefined || hasJinja(value) ? text : plain(value);
      });
      return { ...entry, name: nameOfEntry(value) ?? entry.name, value };
    },
    templateFaults(context, text) {
      const result = renderNative(text, contextOf('schema-yaml', context.owner.name));
      noteReads(result, context.note);
      return faultsOf(text, result);
    },
    tree(context, value, path) {
      const tree = renderTree(value, (text) => renderScalar(text, 'schema-yaml', context.owner.name, context.note), path);
      // A dict renders to a Map of rendered values.
      return tree instanceof Map ? tree : value;
    },
    description(context, value) {
      if (value === undefined || value === null) return null;
      if (typeof value !== 'string') return isPyDict(value) || Array.isArray(value) ? null : pyStr(value);
      if (!hasJinja(value)) return value;
      const result = renderText(value, contextOf('docs', context.owner.name));
      noteReads(result, context.note);
      // dbt refuses a doc() that leads nowhere; it describes nothing.
      if (result.problems.some((problem) => problem.severity === 'error')) return null;
      return result.output ?? unknownBecause('the description holds Jinja that files cannot evaluate');
    },
    descriptionFaults(context, value) {
      if (typeof value !== 'string' || !hasJinja(value)) return NO_FAULTS;
      const result = renderText(value, contextOf('docs', context.owner.name));
      noteReads(result, context.note);
      const fault = syntaxFaultOf(value) ?? result.problems.find(({ severity, message }) => severity === 'error' && !message.startsWith('depends on doc'));
      return fault === undefined ? NO_FAULTS : [{ code: fault.code, message: fault.message }];
    },
    deadDispatches(context, name) {
      const reads = new Set<string>();
      const messages = library.deadDispatchesOf(context.owner.name, name, adapter, reads);
      for (const read of reads) context.note(`*/macro:${read}`);
      return messages;
    },
    docsText: (text) => documentationText(text) ?? text,
    macroDependencies: (packageName, name) => library.dependenciesOf(packageName, name, adapter),
    relationParts: () => ({ schema: invocation.schema, database: invocation.database }),
    missingDocs(context, value) {
      return docCalls(context, value).filter(({ block }) => block === undefined);
    },
    docBlocks(context, value) {
      const calls = docCalls(context, value);
      return calls.length === 0 ? NO_BLOCKS : calls.flatMap(({ block }) => (block === undefined ? [] : [block]));
    },
    body(context, body, identity) {
      const literal = literalOf(body);
      if (literal === undefined || library.overridesBuiltins(context.owner.name)) {
        if (body.facts.data.kind === 'node-file' && body.facts.data.language !== 'sql' && literal !== undefined) {
          return readingOfLiteral(literal, body.file);
        }
        if (body.resourceType !== 'seed') return evaluateBody(context, body, identity);
      }
      return literal === undefined ? NO_READING : readingOfLiteral(literal, body.file);
    },
    expression(context, text, kind, at) {
      const simple = SIMPLE_CALL.exec(text);
      if (simple !== null && (kind === 'exposure' || text.startsWith('ref'))) return readingOfCall(simple, at);
      return evaluateText(context, `{{ ${text}}}`, kind, undefined, at);
    },
    genericTest(context, entry, kwargs, at, uniqueId, name) {
      const argumentTexts: string[] = [];
      for (const [key, value] of entry.args) if (key !== 'column_name') collectCalls(value, argumentTexts);
      const macro = library.genericTestMacro(context.owner.name, entry.namespace, entry.testName);
      for (const read of macro.reads) if (!READ_BY_ALL.has(read)) context.note(`*/macro:${read}`);
      const refused = refusedArgument(macro, `test_${entry.testName}`, kwargs, at);
      if (macro.isInert && argumentTexts.length === 0) {
        let plain = plainTests.get(macro);
        if (plain === undefined) plainTests.set(macro, (plain = { ...NO_READING, macros: macro.uniqueIds, argumentRefs: 0 }));
        return refused === undefined ? plain : { ...plain, problems: [refused] };
      }
      if (macro.isInert && argumentTexts.every((text) => SIMPLE_CALL.test(text.trim()))) {
        const readings = argumentTexts.map((text) => readingOfCall(SIMPLE_CALL.exec(text.trim()), at));
        const refs = readings.flatMap((reading) => reading.refs);
        return {
          ...NO_READING,
          refs,
          sources: readings.flatMap((reading) => reading.sources),
          macros: macro.uniqueIds,
          argumentRefs: refs.length,
          ...(refused === undefined ? {} : { problems: [refused] }),
        };
      }
      const identity: NodeIdentity = { uniqueId, name, resourceType: 'test', fqn: [] };
      const node = nodeOf(context, identity, at.file, context.owner.root);
      const template = parseJinja(rawCodeOfTest(entry.namespace, entry.testName, new Map()));
      const keywords = new Map<string, PyValue>();
      for (const [key, value] of kwargs) if (typeof key === 'string') keywords.set(key, value);
      const reads = new Set<string>();
      const macros = library.sourceForTest(context.owner.name, macro.uniqueIds[0], reads);
      for (const read of reads) context.note(`*/macro:${read}`);
      const result = evaluateGenericTest(template, keywords, { ...contextOf('generic-test', context.owner.name), macros, node });
      noteReads(result, context.note);
      // `model` is one of the keywords, so its ref is among those captured; the caller need not add it.
      const reading = readingOf(result, () => at);
      return { ...reading, macros: [...new Set([macro.uniqueIds[0] ?? 'None', ...reading.macros])], argumentRefs: -1 };
    },
    hook(context, sql, uniqueId, name, at) {
      const node = nodeOf(context, { uniqueId, name, resourceType: 'operation', fqn: [] }, at.file, context.owner.root);
      return evaluateText(context, sql, 'node', node, at);
    },
    hooks(context, config, identity, file) {
      const readings: BodyReading[] = [];
      for (const key of ['pre-hook', 'post-hook']) {
        const value = config.values.get(key);
        if (!Array.isArray(value)) continue;
        for (const item of value) {
          const sql = isPyDict(item) ? item.get('sql') : item;
          if (typeof sql !== 'string' || !hasJinja(sql)) continue;
          const at: Anchor = { kind: 'text', file, name: `config:${key}` };
          readings.push(evaluateText(context, sql, 'node', nodeOf(context, identity, file, context.owner.root), at));
        }
      }
      return readings.length === 0 ? NO_READING : joinReadings(readings);
    },
    alias(context, configured, fallback, identity) {
      if (isUnknown(configured)) return configured;
      const custom = typeof configured === 'string' ? configured : null;
      if (!aliasMacros.some((name) => library.overrides(context.owner.name, name))) return custom === null || custom === '' ? fallback : custom.trim();
      const node: PyDict = new Map<PyValue, PyValue>([
        ['name', identity.name],
        ['unique_id', identity.uniqueId],
        ['resource_type', identity.resourceType],
        ['package_name', context.owner.name],
        ['fqn', [...identity.fqn]],
      ]);
      // Other things have no versions.
      if (identity.resourceType === 'model') node.set('version', identity.version ?? null).set('latest_version', identity.latestVersion ?? null);
      const result = evaluateNamedMacro('generate_alias_name', [custom, node], contextOf('name-macro', context.owner.name));
      noteReads(result, context.note);
      return result.output?.trim() ?? unknownBecause('generate_alias_name could not be evaluated');
    },
    nameMacroFault(context, name) {
      const result = evaluateNamedMacro(name, [ANY_NAME, ANY_NODE], contextOf('name-macro', context.owner.name));
      noteReads(result, context.note);
      return result.problems.find(({ severity, code }) => severity === 'error' && code !== 'jinja-budget');
    },
    save: () => ({ evaluations, keysByMacro }),
    restore(saved) {
      for (const [key, evaluation] of saved.evaluations) evaluations.set(key, evaluation);
      for (const [name, keys] of saved.keysByMacro) keysByMacro.set(name, new Set(keys));
    },
  };

  /** Literal `doc()` calls of a description, with the id of the block that each finds. */
  function docCalls(
    context: AssemblyContext,
    value: PyValue | undefined,
  ): { readonly inPackage: string | undefined; readonly name: string; readonly block: string | undefined }[] {
    if (typeof value !== 'string' || !value.includes('doc(')) return [];
    const found: { inPackage: string | undefined; name: string; block: string | undefined }[] = [];
    for (const [, , first, , second] of value.matchAll(DOC_CALL)) {
      if (first === undefined) continue;
      const [inPackage, name] = second === undefined ? [undefined, first] : [first, second];
      context.note(`*/doc:${name}`);
      found.push({ inPackage, name, block: library.documentationBlock(context.owner.name, inPackage, name)?.uniqueId });
    }
    return found;
  }

  function renderProjectValue(
    value: PyValue,
    path: readonly (string | number)[],
    context: EvaluationContext,
    faults: ProjectTextFault[],
  ): ConfigTreeValue {
    if (typeof value === 'string') {
      if (!rendersProjectPath(path)) return value;
      if (!hasJinja(value)) return withoutLastNewline(value);
      const result = renderNative(value, context);
      for (const fault of faultsOf(value, result)) faults.push({ ...fault, path });
      return result.value;
    }
    if (Array.isArray(value)) return value.map((item, index) => renderProjectValue(item, [...path, index], context, faults));
    if (!isPyDict(value)) return value;
    return new Map(
      [...value].map(([key, child]): [PyValue, ConfigTreeValue] => [
        key,
        renderProjectValue(child, [...path, typeof key === 'number' ? key : pyStr(key)], context, faults),
      ]),
    );
  }
}

/** Macros that a project may make aliases with: dbt's own hands on to that of the adapter. */
function aliasMacrosFor(adapter: string | undefined): readonly string[] {
  return ['generate_alias_name', ...[...adapterTypes(adapter), 'default'].map((prefix) => `${prefix}__generate_alias_name`)];
}

function varsFileValue(file: PyValue | undefined, name: string): PyValue | undefined {
  const vars = isPyDict(file) ? file.get('vars') : undefined;
  return isPyDict(vars) ? vars.get(name) : undefined;
}

function varsOf(state: PackageState | undefined): ConfigTree {
  const vars = state?.projectTree.get('vars');
  // A Map in a tree of configurations is such a tree itself.
  return vars instanceof Map ? vars : new Map();
}

/** Without the values that are unknown. */
function knownPart(tree: ConfigTree): PyDict {
  const known: PyDict = new Map();
  for (const [key, value] of tree) {
    if (isUnknown(value)) continue;
    if (value instanceof Map) known.set(key, knownPart(asTree(value)));
    else if (Array.isArray(value)) known.set(key, plain(value.filter((item) => !isUnknown(item))));
    else known.set(key, plain(value));
  }
  return known;
}

/** A Map inside a tree of configurations is always such a tree; `instanceof` loses the type arguments. */
function asTree(map: ReadonlyMap<unknown, unknown>): ConfigTree {
  // See above.
  return map as ConfigTree;
}

/** A tree without unknown parts consists of plain values. */
function plain(value: ConfigTreeValue): PyValue {
  // See above.
  return value as PyValue;
}

function firstUnknown(value: ConfigTreeValue): Unknown | undefined {
  if (isUnknown(value)) return value;
  const children: Iterable<ConfigTreeValue> = Array.isArray(value) ? value : value instanceof Map ? asTree(value).values() : [];
  for (const child of children) {
    const unknown = firstUnknown(child);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function literalOf(body: BodyRow): LiteralCaptures | undefined {
  if (body.block !== undefined) return body.block.literal;
  if (body.facts.data.kind === 'node-file') return body.facts.data.literal;
  return { refs: [], sources: [], configs: [] };
}

function readingOfLiteral(literal: LiteralCaptures, file: FileId): BodyReading {
  return {
    ...NO_READING,
    refs: literal.refs.map(({ anchor, package: inPackage, name, version }) => ({
      package: inPackage,
      name,
      version,
      conditional: false,
      at: { kind: 'text', file, name: anchor },
    })),
    sources: literal.sources.map(({ anchor, source, table }) => ({
      source,
      table,
      conditional: false,
      at: { kind: 'text', file, name: anchor },
    })),
    configs: literal.configs.map((config) => sharedLayer(new Map([...config].map(([key, value]): [string, ConfigValue] => [pyStr(key), value])))),
  };
}

function readingOf(result: EvaluationResult, anchorOf: (name: string, span: Span) => Anchor): BodyReading {
  return {
    refs: result.refs.map(({ package: inPackage, name, version, conditional, span }) => ({
      package: inPackage,
      name,
      version,
      conditional,
      at: anchorOf(`ref:${name}`, span),
    })),
    sources: result.sources.map(({ source, table, conditional, span }) => ({
      source,
      table,
      conditional,
      at: anchorOf(`source:${source}.${table}`, span),
    })),
    metrics: result.metrics.map((metric) => metric.name),
    functions: result.functions.map(({ package: inPackage, name }) => ({ package: inPackage, name })),
    macros: result.macroCalls,
    configs: result.configCalls.map((call) =>
      call.conditional ? new Map([...call.values.keys()].map((key): [string, ConfigValue] => [key, CONDITIONAL_CONFIG])) : sharedLayer(call.values),
    ),
    evaluation: result.evaluation,
    ...problemsOf(result, anchorOf),
  };
}

/**
 * Faults at which dbt's parse stops, and those of the template itself (not of macros) that it lets pass; syntax faults are already known
 * from the file.
 */
function problemsOf(result: EvaluationResult, anchorOf: (name: string, span: Span) => Anchor): Pick<BodyReading, 'problems'> {
  const told = result.problems.filter(({ severity, inMacro }) => severity === 'error' || inMacro === undefined);
  if (told.length === 0) return {};
  return {
    problems: told.map(({ code, severity, message, span }) => ({
      code,
      message,
      dbt: severity === 'error' ? 'error' : 'silent',
      at: anchorOf(`problem:${code}`, span),
    })),
  };
}

/** An argument that the macro of a generic test does not take: dbt calls it while it parses. */
function refusedArgument(macro: GenericTestMacro, name: string, kwargs: PyDict, at: Anchor): IndexProblem | undefined {
  if (macro.takes === undefined) return undefined;
  for (const key of kwargs.keys()) {
    if (typeof key === 'string' && !macro.takes.has(key)) return { code: 'jinja-macro-arguments', message: keywordRefused(name, key), dbt: 'error', at };
  }
  return undefined;
}

/** The first fault in the syntax of a text that no file of its own holds. */
function syntaxFaultOf(text: string): TemplateFault | undefined {
  const [problem] = hasJinja(text) ? parseJinja(text).problems : [];
  return problem === undefined ? undefined : { code: 'jinja-text-syntax', message: problem.message };
}

/** Complaints that dbt passes on as they are; the others it introduces with the text. */
const TOLD_AS_THEY_ARE: ReadonlySet<string> = new Set(['jinja-env-var-missing', 'jinja-secret-env-var']);

/** What stops dbt when it renders a text of YAML: of the faults the first. */
function faultsOf(text: string, result: EvaluationResult): readonly TemplateFault[] {
  const fault = syntaxFaultOf(text) ?? result.problems.find(({ severity }) => severity === 'error');
  if (fault === undefined) return NO_FAULTS;
  const { code, message } = fault;
  return [{ code, message: TOLD_AS_THEY_ARE.has(code) ? message : `Could not render ${text}: ${message}` }];
}

const NO_FAULTS: readonly TemplateFault[] = [];

const CONDITIONAL_CONFIG = unknownBecause('config() stands in a branch that files cannot decide');

function joinReadings(readings: readonly BodyReading[]): BodyReading {
  return {
    refs: readings.flatMap((reading) => reading.refs),
    sources: readings.flatMap((reading) => reading.sources),
    metrics: readings.flatMap((reading) => reading.metrics),
    functions: readings.flatMap((reading) => reading.functions),
    macros: [...new Set(readings.flatMap((reading) => reading.macros))],
    configs: [],
    evaluation: readings.some((reading) => reading.evaluation === 'partial') ? 'partial' : 'evaluated',
    problems: readings.flatMap((reading) => reading.problems ?? []),
  };
}

const HOOK_KEYS: ReadonlySet<PyValue> = new Set<PyValue>(['pre_hook', 'post_hook', 'pre-hook', 'post-hook']);

const NO_BLOCKS: readonly string[] = [];

/** `{{ doc('name') }}` or `{{ doc('package', 'name') }}` with literal names, which dbt lists as `doc_blocks`. */
const DOC_CALL = /\{\{[-+]?\s*doc\(\s*(['"])([^'"\\{}]+)\1\s*(?:,\s*(['"])([^'"\\{}]+)\3\s*)?,?\s*\)\s*-?\}\}/g;

/** A call with literal names, as nearly all YAML values have it. */
const SIMPLE_CALL =
  /^(?:ref\(\s*(?:(['"])([^'"\\{}]+)\1)\s*(?:,\s*(['"])([^'"\\{}]+)\3\s*)?\)|source\(\s*(['"])([^'"\\{}]+)\5\s*,\s*(['"])([^'"\\{}]+)\7\s*\))$/;

function readingOfCall(match: RegExpExecArray | null, at: Anchor): BodyReading {
  if (match === null) return NO_READING;
  const [, , first, , second, , source, , table] = match;
  if (source !== undefined && table !== undefined) return { ...NO_READING, sources: [{ source, table, conditional: false, at }] };
  if (first === undefined) return NO_READING;
  const use: RefUse =
    second === undefined
      ? { package: null, name: first, version: null, conditional: false, at }
      : { package: first, name: second, version: null, conditional: false, at };
  return { ...NO_READING, refs: [use] };
}

const LOOKS_LIKE_CALL = /^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$/s;

/** Texts of a test's argument that are rendered: with Jinja in them, or looking like a call that dbt wraps. */
function collectCalls(value: PyValue, texts: string[]): void {
  if (typeof value === 'string') {
    if (hasJinja(value) || LOOKS_LIKE_CALL.test(value)) texts.push(value);
  } else if (Array.isArray(value)) for (const item of value) collectCalls(item, texts);
  else if (isPyDict(value)) for (const item of value.values()) collectCalls(item, texts);
}

function noteReads(result: EvaluationResult, note: (read: string) => void): void {
  for (const name of result.reads.macros) if (!READ_BY_ALL.has(lastPart(name))) note(`*/macro:${lastPart(name)}`);
  for (const name of result.reads.documentation) note(`*/doc:${lastPart(name)}`);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Jinja drops one newline at the end of what it renders, and dbt renders all texts of a property file. */
function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** True if rendering may change any text of a value. */
function changesWhenRendered(value: ConfigTreeValue): boolean {
  if (typeof value === 'string') return value.endsWith('\n') || hasJinja(value);
  if (Array.isArray(value)) return value.some(changesWhenRendered);
  if (value instanceof Map) {
    for (const child of value.values()) if (changesWhenRendered(child)) return true;
    return false;
  }
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'date';
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
