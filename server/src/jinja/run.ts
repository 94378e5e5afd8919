/** The mutable state of one evaluation: budgets, captures, output and what marks a capture as conditional. */

import type { Span } from '../base/span.ts';
import { isUnknown, type Unknown } from '../base/unknown.ts';
import type {
  ConfigCall,
  EvaluationContext,
  EvaluationProblem,
  ExtraNames,
  NamedCapture,
  RefCapture,
  SourceCapture,
  Uncertainty,
  UnresolvedCapture,
} from './context.ts';
import type { Variables } from './journal.ts';
import { LARGEST_SIZE, textOf } from './python.ts';
import { JinjaError, type JinjaProblemCode, type JinjaValue } from './values.ts';

/** A node of the tree, a call or a turn of a loop is one step; ordinary models take some hundred. */
export const STEP_LIMIT = 500_000;

/** Steps that one evaluation may spend on branches that dbt's parse leaves out. */
export const SHADOW_STEP_LIMIT = 60_000;

/** Macros may call each other this deep; Python's stack holds somewhat fewer, 100 to 120 of the plainest. */
export const MACRO_DEPTH_LIMIT = 150;

/** Branches that are left out may hold others, this deep. */
export const SHADOW_DEPTH_LIMIT = 5;

/** Text in the making. */
export interface Output {
  parts: string[];
  unknown: Unknown | undefined;
  /** In native rendering the values themselves are wanted. */
  values: JinjaValue[] | undefined;
  /** At what Jinja stops when it joins the parts, which it does unless a `return` comes before. */
  fault?: JinjaError;
}

/** The state of one evaluation: budgets, output, captures and reads. */
export interface Run {
  readonly context: EvaluationContext;
  readonly extra: ExtraNames;
  readonly native: boolean;
  steps: number;
  stepLimit: number;
  shadowSteps: number;
  outputSize: number;
  out: Output;
  /** Macros within macros, callers included. */
  depth: number;
  /** dbt's macro stack: only macros of projects and packages count. */
  stackDepth: number;
  /** The macro whose text is being evaluated, or undefined in the node's own text. */
  inMacro: string | undefined;
  /** The latest call in the node's own text. */
  span: Span;
  /** Counts reads of values that are different when dbt executes, so that a test can tell if it made one. */
  taint: number;
  /** Whether what the current macro gives hangs on such values. */
  isResultTainted: boolean;
  /** How many enclosing branches hang on such values. */
  taintedBranches: number;
  /** Variables whose value hangs on such values. */
  taintedNames: Map<Variables, Set<string>> | undefined;
  shadowDepth: number;
  uncertainty: Uncertainty | undefined;
  isPartial: boolean;
  /** What `return()` returned, while the completion is on its way up. */
  returned: JinjaValue;
  readonly globals: Map<string, JinjaValue | undefined>;
  readonly refs: RefCapture[];
  readonly sources: SourceCapture[];
  readonly metrics: NamedCapture[];
  readonly functions: NamedCapture[];
  readonly configCalls: ConfigCall[];
  /** The first of the calls whose arguments files cannot tell; `unresolvedCount` counts all. */
  readonly unresolved: UnresolvedCapture[];
  unresolvedCount: number;
  readonly macroCalls: Set<string>;
  readonly conditionalMacroCalls: Set<string>;
  readonly problems: EvaluationProblem[];
  readonly readMacros: Set<string>;
  readonly readVariables: Set<string>;
  readonly readEnvironment: Set<string>;
  readonly readDocumentation: Set<string>;
  readonly readDispatch: Set<string>;
  readTarget: boolean;
  readFlags: boolean;
  readNow: boolean;
}

/** Begins an evaluation. */
export function createRun(context: EvaluationContext, extra: ExtraNames, native: boolean): Run {
  return {
    context,
    extra,
    native,
    steps: 0,
    stepLimit: STEP_LIMIT,
    shadowSteps: 0,
    outputSize: 0,
    out: createOutput(native),
    depth: 0,
    stackDepth: 0,
    inMacro: undefined,
    span: { from: 0, to: 0 },
    taint: 0,
    isResultTainted: false,
    taintedBranches: 0,
    taintedNames: undefined,
    shadowDepth: 0,
    uncertainty: undefined,
    isPartial: false,
    returned: null,
    globals: new Map(),
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    configCalls: [],
    unresolved: [],
    unresolvedCount: 0,
    macroCalls: new Set(),
    conditionalMacroCalls: new Set(),
    problems: [],
    readMacros: new Set(),
    readVariables: new Set(),
    readEnvironment: new Set(),
    readDocumentation: new Set(),
    readDispatch: new Set(),
    readTarget: false,
    readFlags: false,
    readNow: false,
  };
}

/** An empty output; native rendering keeps the values apart. */
export function createOutput(keepsValues = false): Output {
  return { parts: [], unknown: undefined, values: keepsValues ? [] : undefined };
}

/** What was written, or the unknown in it. */
export function finishOutput(output: Output): string | Unknown {
  if (output.unknown !== undefined) return output.unknown;
  return output.parts.length === 1 ? (output.parts[0] ?? '') : output.parts.join('');
}

/** Writes text to the output; raises when it grows beyond the budget. */
export function writeText(run: Run, text: string): void {
  if (text === '') return;
  run.outputSize += text.length;
  if (run.outputSize > LARGEST_SIZE) throw new JinjaError('jinja-budget', 'The template writes more text than is evaluated.');
  run.out.parts.push(text);
  if (run.out.values !== undefined) run.out.values.push(text);
}

/** Writes a value as Jinja prints it. */
export function writeValue(run: Run, value: JinjaValue): void {
  if (run.out.values !== undefined) {
    run.out.values.push(value);
    if (isUnknown(value)) run.out.unknown ??= value;
    return;
  }
  if (typeof value === 'string') {
    writeText(run, value);
    return;
  }
  const text = textOf(value);
  if (typeof text === 'string') writeText(run, text);
  else run.out.unknown ??= text;
}

/** One step of work; raises when the budget is spent. */
export function countStep(run: Run): void {
  run.steps += 1;
  if (run.steps > run.stepLimit) throw new JinjaError('jinja-budget', 'The template takes more steps than are evaluated.');
}

/** What every capture has in common at this moment. */
export function captureBase(run: Run): {
  readonly span: Span;
  readonly uncertainty: Uncertainty | undefined;
  readonly conditional: boolean;
  readonly inMacro: string | undefined;
} {
  return { span: run.span, uncertainty: run.uncertainty, conditional: run.uncertainty !== undefined, inMacro: run.inMacro };
}

/** So many calls are told of; a loop in branches that files cannot decide may make any number. */
const UNRESOLVED_LIMIT = 100;

/** A call whose arguments files cannot tell. */
export function captureUnresolved(run: Run, call: UnresolvedCapture['call'], reason: string): void {
  run.unresolvedCount += 1;
  if (run.unresolved.length < UNRESOLVED_LIMIT) run.unresolved.push({ ...captureBase(run), call, reason });
  if (run.uncertainty !== 'not-executed') run.isPartial = true;
}

/** The most problems that one evaluation reports. */
const PROBLEM_LIMIT = 20;

/** Notes what dbt would say, once for each place and message. */
export function reportProblem(run: Run, code: JinjaProblemCode, severity: 'error' | 'info', message: string, span = run.span): void {
  if (run.uncertainty !== undefined || run.problems.length >= PROBLEM_LIMIT) return;
  if (run.problems.some((problem) => problem.message === message && problem.span.from === span.from)) return;
  run.problems.push({ code, severity, message, span, inMacro: run.inMacro });
}
