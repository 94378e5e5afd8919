/** Evaluates templates as dbt's parser does with execute = False, for nodes, tests, macros and the strings of YAML. */

import type { PyValue } from '../base/python-values.ts';
import { isUnknown, unknownBecause, type ConfigValue, type Unknown } from '../base/unknown.ts';
import type { JinjaTemplate } from '../syntax/jinja/ast.ts';
import { parseJinja } from '../syntax/jinja/parse.ts';
import type { EvaluationContext, EvaluationResult, ExtraNames, MacroDefinition, NativeResult } from './context.ts';
import { lookupGlobalName } from './dbt-globals.ts';
import { callMacro, createFrame, evaluateBody, problemOf, useGlobals } from './interpreter.ts';
import { resetJournal } from './journal.ts';
import { evaluateLiteral } from './literal.ts';
import { textOf } from './python.ts';
import { createRun, finishOutput, reportProblem, type Run } from './run.ts';
import { resetWork } from './work-budget.ts';
import { copyOf, isMarkedText, isTagged, isUndefinedValue, numberOf, toPlainValue, type JinjaDict, type JinjaValue } from './values.ts';

export type { EvaluationContext, EvaluationResult, MacroDefinition, NativeResult } from './context.ts';

useGlobals(lookupGlobalName);

const NO_NAMES: ExtraNames = new Map();

/** The result of a rendering without a template: nothing is captured, nothing was read. */
function resultOf(run: Run): EvaluationResult {
  const output = finishOutput(run.out);
  return {
    output: typeof output === 'string' ? output : undefined,
    refs: run.refs,
    sources: run.sources,
    metrics: run.metrics,
    functions: run.functions,
    configCalls: run.configCalls,
    macroCalls: [...run.macroCalls],
    conditionalMacroCalls: [...run.conditionalMacroCalls].filter((id) => !run.macroCalls.has(id)),
    unresolved: run.unresolved,
    problems: run.problems,
    reads: {
      macros: run.readMacros,
      variables: run.readVariables,
      environment: run.readEnvironment,
      documentation: run.readDocumentation,
      target: run.readTarget,
      flags: run.readFlags,
      now: run.readNow,
      dispatch: run.readDispatch,
    },
    evaluation: run.isPartial ? 'partial' : 'evaluated',
    steps: run.steps,
  };
}

/** The text of a result, or undefined if an unknown is in it or it is too large. */
function finalText(value: JinjaValue): string | undefined {
  try {
    const text = textOf(value);
    return typeof text === 'string' ? text : undefined;
  } catch (error) {
    problemOf(error);
    return undefined;
  }
}

function isLenient(context: EvaluationContext): boolean {
  return context.kind === 'node' || context.kind === 'generic-test' || context.kind === 'exposure';
}

function runTemplate(template: JinjaTemplate, context: EvaluationContext, extra: ExtraNames, native: boolean): Run {
  const run = createRun(context, extra, native);
  runInto(run, template);
  return run;
}

function runInto(run: Run, template: JinjaTemplate): void {
  resetWork();
  resetJournal();
  if (template.problems.length > 0) run.isPartial = true;
  evaluateBody(createFrame(run, { lenient: isLenient(run.context), isOwn: true }, undefined), template.body);
  resetJournal();
}

/** Renders the text of a node, hook or description. Never throws. */
export function evaluateTemplate(template: JinjaTemplate, context: EvaluationContext, extra: ExtraNames = NO_NAMES): EvaluationResult {
  return resultOf(runTemplate(template, context, extra, false));
}

/** dbt wraps arguments of generic tests that look like one of these calls. */
const LOOKS_LIKE_CALL = /^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$/;

/**
 * Renders a generic test: first its arguments, in order, then `template`, the call of its macro (`raw_code`).
 * `keywords` are the arguments as the test's metadata has them.
 */
export function evaluateGenericTest(template: JinjaTemplate, keywords: ReadonlyMap<string, PyValue>, context: EvaluationContext): EvaluationResult {
  const rendered: JinjaDict = new Map();
  const run = createRun(context, new Map([['_dbt_generic_test_kwargs', rendered]]), false);
  for (const [name, value] of keywords) rendered.set(name, name === 'column_name' ? value : renderArgument(run, value, 0));
  runInto(run, template);
  return resultOf(run);
}

function renderArgument(run: Run, value: PyValue, depth: number): JinjaValue {
  if (depth > 50) return value;
  if (Array.isArray(value)) return value.map((item) => renderArgument(run, item, depth + 1));
  if (value instanceof Map) {
    const dict: JinjaDict = new Map();
    for (const [key, item] of value) dict.set(key, renderArgument(run, item, depth + 1));
    return dict;
  }
  if (typeof value !== 'string') return value;
  const text = LOOKS_LIKE_CALL.test(value) ? `{{ ${value} }}` : value;
  return nativeValue(run, text);
}

/** Renders a text natively within a run, keeping its captures. */
function nativeValue(run: Run, text: string): JinjaValue {
  if (!HAS_JINJA.test(text)) return text;
  const inner = createRun(run.context, run.extra, true);
  const shared = { ...inner, ...sharedCaptures(run) };
  resetJournal();
  const template = parseJinja(text);
  const [fault] = template.problems;
  if (fault !== undefined) {
    run.isPartial = true;
    reportProblem(run, 'jinja-text-syntax', 'error', fault.message);
    return unknownBecause('the template fails');
  }
  evaluateBody(createFrame(shared, { lenient: isLenient(run.context), isOwn: true }, undefined), template.body);
  run.isPartial ||= shared.isPartial;
  run.readTarget ||= shared.readTarget;
  run.readFlags ||= shared.readFlags;
  run.readNow ||= shared.readNow;
  return joinNative(shared);
}

function sharedCaptures(run: Run): Partial<Run> {
  return {
    refs: run.refs,
    sources: run.sources,
    metrics: run.metrics,
    functions: run.functions,
    configCalls: run.configCalls,
    unresolved: run.unresolved,
    macroCalls: run.macroCalls,
    conditionalMacroCalls: run.conditionalMacroCalls,
    problems: run.problems,
    readMacros: run.readMacros,
    readVariables: run.readVariables,
    readEnvironment: run.readEnvironment,
    readDocumentation: run.readDocumentation,
    readDispatch: run.readDispatch,
  };
}

const HAS_JINJA = /\{[{%#]|[#}%]\}/;

/** dbt's `quoted_native_concat`: one part keeps its type, several become text, marked parts are read as literals. */
function joinNative(run: Run): JinjaValue {
  const values = run.out.values ?? [];
  if (run.problems.some((problem) => problem.severity === 'error')) return unknownBecause('the template fails');
  const [first] = values;
  if (first === undefined) return '';
  if (values.length > 1) {
    const texts: string[] = [];
    for (const value of values) {
      const text = finalText(value);
      if (text === undefined) return isUnknown(value) ? value : unknownBecause('part of the text is not known');
      texts.push(text);
    }
    return texts.join('');
  }
  if (!isMarkedText(first)) return first;
  const text = first.identity;
  if (first.typeName === 'as_text') return text;
  const value = evaluateLiteral(text) ?? text;
  const isNumber = typeof value !== 'boolean' && numberOf(value) !== undefined;
  const wanted = first.typeName === 'as_bool' && typeof value !== 'boolean' ? 'bool' : first.typeName === 'as_number' && !isNumber ? 'number' : undefined;
  if (wanted === undefined) return value;
  reportProblem(run, 'jinja-type-error', 'error', `Could not convert value '${text}' into type '${wanted}'`);
  return unknownBecause('the template fails');
}

const EMPTY_READS = createResultOfNothing();

function createResultOfNothing(): Omit<EvaluationResult, 'output'> {
  const none: ReadonlySet<string> = new Set();
  return {
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    configCalls: [],
    macroCalls: [],
    conditionalMacroCalls: [],
    unresolved: [],
    problems: [],
    reads: { macros: none, variables: none, environment: none, documentation: none, target: false, flags: false, now: false, dispatch: none },
    evaluation: 'evaluated',
    steps: 0,
  };
}

/** Renders a string of dbt_project.yml or a property file natively. Strings without Jinja are returned as they are. */
export function renderNative(text: string, context: EvaluationContext): NativeResult {
  if (!HAS_JINJA.test(text)) return { ...EMPTY_READS, output: text, value: text };
  const run = runTemplate(parseJinja(text), context, NO_NAMES, true);
  const value = joinNative(run);
  const plain: PyValue | Unknown = isUndefinedValue(value) ? '' : toPlainValue(value);
  return { ...resultOf(run), output: finalText(value), value: plain };
}

/** Renders a description (or another text that stays text); strings without Jinja are returned as they are. */
export function renderText(text: string, context: EvaluationContext): EvaluationResult {
  if (!HAS_JINJA.test(text)) return { ...EMPTY_READS, output: text };
  return evaluateTemplate(parseJinja(text), context);
}

/** The result of calling a macro by itself. */
export interface MacroResult extends EvaluationResult {
  readonly value: PyValue | Unknown;
}

/** Calls a macro as dbt calls `generate_schema_name(custom, node)`. */
export function evaluateMacro(definition: MacroDefinition, args: readonly ConfigValue[], context: EvaluationContext, keywords: ReadonlyMap<string, ConfigValue> = new Map()): MacroResult {
  const run = createRun(context, NO_NAMES, false);
  resetWork();
  resetJournal();
  let value: JinjaValue = null;
  try {
    const keyword = new Map<string, JinjaValue>();
    for (const [name, item] of keywords) keyword.set(name, copyOf(item));
    value = callMacro(run, definition, { positional: args.map(copyOf), keyword });
  } catch (error) {
    const problem = problemOf(error);
    run.isPartial = true;
    reportProblem(run, problem.code, 'error', problem.message);
    value = unknownBecause('the macro fails');
  }
  resetJournal();
  return { ...resultOf(run), output: finalText(value), value: toPlainValue(value) };
}

/** Calls one of dbt's own macros by name (`generate_alias_name`), with the replacements that the project may define. */
export function evaluateNamedMacro(name: string, args: readonly ConfigValue[], context: EvaluationContext): MacroResult {
  const run = createRun(context, NO_NAMES, false);
  resetWork();
  resetJournal();
  let value: JinjaValue = unknownBecause(`there is no macro '${name}'`);
  try {
    const macro = lookupGlobalName(run, name);
    if (isTagged(macro) && macro.kind === 'callable') value = macro.call({ positional: args.map(copyOf), keyword: new Map() });
  } catch (error) {
    const problem = problemOf(error);
    run.isPartial = true;
    reportProblem(run, problem.code, 'error', problem.message);
    value = unknownBecause('the macro fails');
  }
  resetJournal();
  if (isUnknown(value)) run.isPartial = true;
  return { ...resultOf(run), output: finalText(value), value: toPlainValue(value) };
}
