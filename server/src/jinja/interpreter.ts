/** Walks the tree of a template and does what Jinja2 would do, with a third answer wherever files cannot tell. */

import { isUnknown, unknownBecause, type Unknown } from '../base/unknown.ts';
import type { JinjaArguments, JinjaExpression, JinjaParameter, JinjaStatement, JinjaTarget } from '../syntax/jinja/ast.ts';
import type { JinjaMacro, MacroDefinition, Uncertainty } from './context.ts';
import { FILTERS, isIterable, TESTS, type FilterHost } from './filters.ts';
import { beforeChange, beginJournal, isUncertain, markUncertain, rollBack, writeVariable, type Container, type Journal, type Variables } from './journal.ts';
import { builtinAttribute, callMethod, NO_METHOD } from './methods.ts';
import {
  binary,
  compareValues,
  contains,
  dictSet,
  equals,
  failUndefined,
  itemOf,
  iterate,
  limitedText,
  negate,
  plainTextOf,
  reprOf,
  restOf,
  sliceOf,
  textOf,
  truthOf,
} from './python.ts';
import {
  captureUnresolved,
  countStep,
  createOutput,
  finishOutput,
  MACRO_DEPTH_LIMIT,
  reportProblem,
  SHADOW_DEPTH_LIMIT,
  SHADOW_STEP_LIMIT,
  writeText,
  writeValue,
  type Run,
} from './run.ts';
import {
  float,
  integer,
  isCallable,
  isDict,
  isInteger,
  isMarkedText,
  isTagged,
  isUndefinedValue,
  JinjaError,
  NO_KEYWORDS,
  objectTypeRepr,
  tuple,
  typeError,
  typeName,
  undefinedValue,
  type CallableValue,
  type CallArguments,
  type JinjaDict,
  type JinjaValue,
  type ObjectValue,
} from './values.ts';
import { checkCall, checkFilterCall, checkTestCall } from './signatures.ts';
import { charge } from './work-budget.ts';

/** Where the text that is evaluated comes from. */
export interface TemplateKind {
  /** dbt's lenient undefined values; only in a node's own text. */
  readonly lenient: boolean;
  /** True in the node's own text: its spans are those that captures get. */
  readonly isOwn: boolean;
}

/** A scope. Lookups go outward, then to the names of dbt. */
export interface Frame {
  readonly run: Run;
  readonly template: TemplateKind;
  readonly variables: Variables;
  readonly parent: Frame | undefined;
}

/** Finds a name that no scope of the template defines. */
export type GlobalLookup = (run: Run, name: string) => JinjaValue | undefined;

/** How a list of statements ended. */
type Completion =
  | 'normal'
  | 'break'
  | 'continue'
  | 'return'
  /** The block returns now, but would go on if dbt executed (`{% if not execute %}{{ return([]) }}{% endif %}`). */
  | 'early-return'
  /** Whether the block ends here hangs on what files cannot tell; what could stand behind it is then uncertain. */
  | Undecided;

type Undecided = 'maybe-return' | 'maybe-break' | 'maybe-continue';

function isReturn(completion: Completion): boolean {
  return completion === 'return' || completion === 'early-return';
}

const ENDS = { 'maybe-return': 'return', 'maybe-break': 'break', 'maybe-continue': 'continue' } as const;

function isUndecided(completion: Completion): completion is Undecided {
  return completion === 'maybe-return' || completion === 'maybe-break' || completion === 'maybe-continue';
}

/** How statements end of which files cannot tell in which of these ways they do. */
function joined(ways: readonly Completion[]): Completion {
  const [first = 'normal'] = ways;
  if (ways.every((way) => way === first)) return first;
  if (ways.every(isReturn)) return 'return';
  for (const kind of ['return', 'break', 'continue'] as const) {
    if (ways.some((way) => way === kind || way === `maybe-${kind}` || (kind === 'return' && way === 'early-return'))) return `maybe-${kind}`;
  }
  return 'normal';
}

const UNDECIDED_RETURN = unknownBecause('the macro returns in a branch that files cannot decide');

/** Carries `return()` out of the middle of an expression; made once, since making errors is slow. */
class ReturnSignal extends Error {}
const RETURN_SIGNAL = new ReturnSignal('return');

/** The body of a macro: undefined values are strict there. */
export const MACRO_TEMPLATE: TemplateKind = { lenient: false, isOwn: false };

/** Opens a scope for a body, inside `parent` if there is one. */
export function createFrame(run: Run, template: TemplateKind, parent: Frame | undefined): Frame {
  return { run, template, variables: new Map(), parent };
}

let lookupGlobal: GlobalLookup = () => undefined;

/** The names of dbt are known to a module that itself needs this one; it introduces itself here. */
export function useGlobals(lookup: GlobalLookup): void {
  lookupGlobal = lookup;
}

/** Evaluates a node's own template; an error ends only the statement at top level that raised it. */
export function evaluateBody(frame: Frame, body: readonly JinjaStatement[]): void {
  const { run } = frame;
  for (const [index, statement] of body.entries()) {
    const { depth, stackDepth, out, taintedBranches, inMacro } = run;
    try {
      const completion = executeStatement(frame, statement);
      if (completion === 'return') {
        reportReturn(run);
        return;
      }
      if (completion === 'early-return' || isUndecided(completion)) {
        executeRest(frame, body, index, completion);
        return;
      }
    } catch (error) {
      Object.assign(run, { depth, stackDepth, out, taintedBranches, inMacro });
      if (error instanceof ReturnSignal) {
        reportReturn(run);
        return;
      }
      const problem = problemOf(error);
      run.isPartial = true;
      run.out.unknown ??= unknownBecause('the template fails');
      reportProblem(run, problem.code, 'error', problem.message, run.span);
      if (problem.code === 'jinja-budget') return;
    }
  }
}

/** dbt fails with nothing but the returned value as its message. */
function reportReturn(run: Run): void {
  run.isPartial = true;
  reportProblem(run, 'jinja-compiler-error', 'error', 'return() works in macros only; here dbt fails with the returned value as its message.');
}

/** Every error as one of ours: running out of stack or memory is a matter of budget, too. */
export function problemOf(error: unknown): JinjaError {
  if (error instanceof JinjaError) return error;
  if (error instanceof RangeError) return new JinjaError('jinja-budget', 'The template is nested too deeply or grows too large.');
  throw error;
}

function executeBlock(frame: Frame, statements: readonly JinjaStatement[]): Completion {
  for (let index = 0; index < statements.length; index += 1) {
    const statement = statements[index];
    if (statement === undefined) continue;
    const completion = executeStatement(frame, statement);
    if (completion === 'normal') continue;
    if (completion === 'early-return') executeRest(frame, statements, index, completion);
    return isUndecided(completion) ? executeRest(frame, statements, index, completion) : completion;
  }
  return 'normal';
}

/** What stands behind an end that may not come, or not when dbt executes; gives how both ways together end. */
function executeRest(frame: Frame, statements: readonly JinjaStatement[], index: number, completion: Undecided | 'early-return'): Completion {
  const rest = statements.slice(index + 1);
  if (rest.length === 0) return completion;
  if (completion === 'early-return') {
    inShadow(frame.run, 'not-executed', () => {
      executeBlock(frame, rest);
    });
    return completion;
  }
  return executeUncertain(frame, rest, ENDS[completion], () => executeBlock(frame, rest));
}

/**
 * Evaluates what happens only if an end before it did not come: `way` is the one in which it may have ended already. Afterwards
 * nothing is known of what it would assign, change or write.
 */
function executeUncertain(frame: Frame, statements: readonly JinjaStatement[], way: Completion, body: () => Completion): Completion {
  const { run } = frame;
  const found: Completion[] = [];
  const texts: (string | Unknown)[] = [];
  const journal = inShadow(run, 'unknown', () => {
    found.push(body());
    texts.push(finishOutput(run.out));
  });
  forgetBranch(frame, statements, journal);
  if (texts[0] !== '') run.out.unknown ??= unknownBecause('a branch hangs on what files cannot tell');
  const completion = joined([way, ...found, ...(journal === undefined ? possibleEnds(statements) : [])]);
  if (isReturn(completion) || completion === 'maybe-return') run.returned = UNDECIDED_RETURN;
  return completion;
}

function executeStatement(frame: Frame, statement: JinjaStatement): Completion {
  const { run } = frame;
  countStep(run);
  switch (statement.kind) {
    case 'text':
      writeText(run, statement.text);
      return 'normal';
    case 'output':
      if (frame.template.isOwn) run.span = statement.span;
      return executeOutput(frame, statement.expression, true);
    case 'do':
      if (frame.template.isOwn) run.span = statement.span;
      return executeOutput(frame, statement.expression, false);
    case 'set':
      if (frame.template.isOwn) run.span = statement.span;
      assignWithTaint(frame, statement.target, () => evaluate(frame, statement.value));
      return 'normal';
    case 'set-block': {
      let completion: Completion = 'normal';
      assignWithTaint(frame, statement.target, () => {
        const captured = captureBlock(frame, statement.body);
        completion = captured.completion;
        return statement.filter === undefined ? captured.text : evaluateChain(frame, statement.filter, captured.text);
      });
      return completion;
    }
    case 'if':
      return executeIf(frame, statement);
    case 'for':
      return executeFor(frame, statement);
    case 'macro':
      defineMacro(frame, statement);
      return 'normal';
    case 'call-block':
      executeCallBlock(frame, statement);
      return 'normal';
    case 'filter-block': {
      const { text, completion } = captureBlock(frame, statement.body);
      if (frame.template.isOwn) run.span = statement.filter.span;
      writeBlock(run, evaluateChain(frame, statement.filter, text));
      return completion;
    }
    case 'with': {
      const inner = createFrame(run, frame.template, frame);
      const values = statement.assignments.map((assignment) => evaluate(frame, assignment.value));
      for (const [index, assignment] of statement.assignments.entries()) assign(inner, assignment.target, values[index] ?? null);
      return executeBlock(inner, statement.body);
    }
    case 'break':
    case 'continue':
      return statement.kind;
    case 'docs':
      return 'normal';
    case 'unsupported':
      if (frame.template.isOwn) run.span = statement.span;
      throw new JinjaError('jinja-unsupported', 'no loader for this environment specified');
  }
}

/** `{{ … }}` and `{% do … %}`; a plain `return(…)` ends the macro without the cost of an exception. */
function executeOutput(frame: Frame, expression: JinjaExpression, isWritten: boolean): Completion {
  const { run } = frame;
  if (expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.name === 'return' && isBuiltinReturn(frame)) {
    const taint = run.taint;
    const args = evaluateArguments(frame, expression.arguments);
    checkCall(RETURN_SIGNATURE, args);
    run.returned = args.positional[0] ?? args.keyword.get('data') ?? null;
    if (run.taintedBranches > 0 || run.taint !== taint) run.isResultTainted = true;
    return 'return';
  }
  const taint = run.taint;
  const value = evaluate(frame, expression);
  if (!isWritten) return 'normal';
  if (run.taint !== taint) run.isResultTainted = true;
  if (run.out.values !== undefined && isConstant(expression) && hasSafeText(value)) writeText(run, plainTextOf(value));
  else writeValue(run, value);
  return 'normal';
}

/** Filters that Jinja cannot evaluate while it compiles: they need the context, or give a marked text. */
const DYNAMIC_FILTERS: ReadonlySet<string> = new Set(
  'map select reject selectattr rejectattr random as_text as_bool as_native as_number'.split(' '),
);

/**
 * True if Jinja works the expression out while it compiles. Its native code generator writes such values as text, so
 * that `{{ true }}` in a property file is the string `True`.
 */
function isConstant(expression: JinjaExpression): boolean {
  switch (expression.kind) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'none':
      return true;
    case 'list':
    case 'tuple':
      return expression.items.every(isConstant);
    case 'dict':
      return expression.entries.every((entry) => isConstant(entry.key) && isConstant(entry.value));
    case 'attribute':
      return isConstant(expression.object);
    case 'item':
      return isConstant(expression.object) && isConstant(expression.index);
    case 'slice':
      return [expression.start, expression.stop, expression.step].every((part) => part === undefined || isConstant(part));
    case 'filter':
      return !DYNAMIC_FILTERS.has(expression.name) && isConstant(expression.input) && areConstant(expression.arguments);
    case 'test':
      return isConstant(expression.input) && areConstant(expression.arguments);
    case 'not':
    case 'negative':
    case 'positive':
      return isConstant(expression.operand);
    case 'binary':
    case 'and':
    case 'or':
      return isConstant(expression.left) && isConstant(expression.right);
    case 'concat':
      return expression.parts.every(isConstant);
    case 'compare':
      return isConstant(expression.first) && expression.rest.every((part) => isConstant(part.operand));
    case 'conditional':
      return isConstant(expression.test) && isConstant(expression.then) && expression.otherwise !== undefined && isConstant(expression.otherwise);
    case 'name':
    case 'call':
    case 'filter-input':
      return false;
  }
}

function areConstant(args: JinjaArguments): boolean {
  if (args.star !== undefined || args.doubleStar !== undefined) return false;
  return args.positional.every(isConstant) && args.keyword.every((item) => isConstant(item.value));
}

/** Values that Jinja trusts to survive a round through their text. */
function hasSafeText(value: JinjaValue): boolean {
  if (Array.isArray(value)) return value.every(hasSafeText);
  if (isDict(value)) return [...value].every(([key, item]) => hasSafeText(key) && hasSafeText(item));
  if (!isTagged(value)) return true;
  if (value.kind === 'tuple' || value.kind === 'set') return value.items.every(hasSafeText);
  return value.kind === 'float' || value.kind === 'range';
}

function isBuiltinReturn(frame: Frame): boolean {
  for (let scope: Frame | undefined = frame; scope !== undefined; scope = scope.parent) {
    if (scope.variables.has('return')) return false;
  }
  const value = lookupGlobal(frame.run, 'return');
  return isCallable(value) && value.name === 'return';
}

/** dbt's `return`. */
export const RETURN_SIGNATURE = 'BaseContext._return data';

/** `return()` as a function, for the middle of expressions. */
export function raiseReturn(run: Run, value: JinjaValue): never {
  run.returned = value;
  // What led to this place in the middle of an expression is not looked at: it may well have been a test on execute.
  run.isResultTainted = true;
  throw RETURN_SIGNAL;
}

/** The text that a block writes, or unknown, and whether the macro goes on behind it. */
function captureBlock(frame: Frame, body: readonly JinjaStatement[]): { readonly text: string | Unknown; readonly completion: Completion } {
  const { run } = frame;
  const before = run.out;
  const output = createOutput();
  run.out = output;
  let completion: Completion;
  try {
    completion = executeBlock(createFrame(run, frame.template, frame), body);
    if (isReturn(completion)) throw RETURN_SIGNAL;
  } finally {
    run.out = before;
  }
  return { text: finishOutput(output), completion };
}

/** Assigns, and remembers if the value hangs on what is different when dbt executes. */
function assignWithTaint(frame: Frame, target: JinjaTarget, valueOf: () => JinjaValue): void {
  const { run } = frame;
  const taint = run.taint;
  const value = valueOf();
  assign(frame, target, value);
  const isTainted = run.taint !== taint || run.taintedBranches > 0;
  if (isTainted || run.taintedNames !== undefined) markTaint(frame, target, isTainted);
}

function markTaint(frame: Frame, target: JinjaTarget, isTainted: boolean): void {
  if (target.kind === 'tuple') {
    for (const item of target.items) markTaint(frame, item, isTainted);
    return;
  }
  let holder: Variables | undefined = frame.variables;
  if (target.kind === 'namespace-attribute') {
    const namespace = lookup(frame, target.object);
    holder = isTagged(namespace) && namespace.kind === 'namespace' ? namespace.attributes : undefined;
  }
  if (holder === undefined) return;
  if (isTainted) taintName(frame.run, holder, target.name);
  else frame.run.taintedNames?.get(holder)?.delete(target.name);
}

function taintName(run: Run, holder: Variables, name: string): void {
  run.taintedNames ??= new Map();
  const names = run.taintedNames.get(holder);
  if (names === undefined) run.taintedNames.set(holder, new Set([name]));
  else names.add(name);
}

function noteTaint(run: Run, holder: Variables, name: string): void {
  if (run.taintedNames?.get(holder)?.has(name) === true) run.taint += 1;
}

function assign(frame: Frame, target: JinjaTarget, value: JinjaValue): void {
  if (target.kind === 'name') {
    writeVariable(frame.variables, target.name, value);
    return;
  }
  if (target.kind === 'namespace-attribute') {
    const namespace = lookup(frame, target.object);
    if (isUnknown(namespace)) return;
    if (!isTagged(namespace) || namespace.kind !== 'namespace') {
      throw new JinjaError('jinja-type-error', 'cannot assign attribute on non-namespace object');
    }
    writeVariable(namespace.attributes, target.name, value);
    return;
  }
  if (isUnknown(value)) {
    for (const item of target.items) assign(frame, item, value);
    return;
  }
  const items = isIterable(value) ? iterate(value) : cannotUnpack(value);
  if (isUnknown(items)) {
    for (const item of target.items) assign(frame, item, items);
    return;
  }
  if (items.length < target.items.length) {
    throw typeError(`not enough values to unpack (expected ${String(target.items.length)}, got ${String(items.length)})`);
  }
  if (items.length > target.items.length) throw typeError(`too many values to unpack (expected ${String(target.items.length)})`);
  for (const [index, item] of target.items.entries()) assign(frame, item, items[index] ?? null);
}

function cannotUnpack(value: JinjaValue): never {
  throw typeError(`cannot unpack non-iterable ${typeName(value)} object`);
}

/**
 * Evaluates what may not happen: captures are marked, everything else is undone. Errors end it silently. Returns what
 * changed, for the caller to forget, or undefined if it was not followed to its end because the budget for such branches is spent.
 */
export function inShadow(run: Run, uncertainty: Uncertainty, body: () => void): Journal | undefined {
  if (run.shadowDepth >= SHADOW_DEPTH_LIMIT || run.shadowSteps >= SHADOW_STEP_LIMIT) {
    if (uncertainty === 'unknown') run.isPartial = true;
    return undefined;
  }
  const saved = {
    uncertainty: run.uncertainty,
    out: run.out,
    outputSize: run.outputSize,
    steps: run.steps,
    stepLimit: run.stepLimit,
    depth: run.depth,
    stackDepth: run.stackDepth,
    taint: run.taint,
    isResultTainted: run.isResultTainted,
    taintedBranches: run.taintedBranches,
    inMacro: run.inMacro,
    span: run.span,
    returned: run.returned,
  };
  const isOutermost = run.shadowDepth === 0;
  if (isOutermost) run.stepLimit = run.steps + SHADOW_STEP_LIMIT - run.shadowSteps;
  run.shadowDepth += 1;
  // What dbt leaves out stays left out, even below a branch that is merely unknown.
  run.uncertainty = run.uncertainty === 'not-executed' ? 'not-executed' : uncertainty;
  const unresolvedBefore = run.refs.length + run.sources.length + run.unresolvedCount;
  run.out = createOutput();
  const journal = beginJournal();
  let isCut = false;
  try {
    body();
  } catch (error) {
    if (!(error instanceof ReturnSignal)) isCut = problemOf(error).code === 'jinja-budget';
  } finally {
    rollBack(journal);
    run.shadowDepth -= 1;
    if (isOutermost) run.shadowSteps += run.steps - saved.steps;
    const steps = isOutermost ? saved.steps : run.steps;
    Object.assign(run, saved, { steps });
  }
  if (saved.uncertainty === undefined && uncertainty === 'unknown' && run.refs.length + run.sources.length + run.unresolvedCount > unresolvedBefore) {
    run.isPartial = true;
  }
  if (!isCut) return journal;
  if (uncertainty === 'unknown') run.isPartial = true;
  return undefined;
}

const UNDECIDED_VALUE = unknownBecause('it is set in a branch that files cannot decide');

/**
 * After a branch that may have happened: nothing is known of what it assigned or changed. Of a branch that was not followed to its
 * end (no journal) that is every name its statements assign, and all that can be changed through what it sees.
 */
function forgetBranch(frame: Frame, statements: readonly JinjaStatement[], journal: Journal | undefined): void {
  if (journal === undefined) {
    for (const name of mentionsOf(statements).assigned) writeVariable(frame.variables, name, UNDECIDED_VALUE);
    forgetReachable(frame);
    return;
  }
  for (const write of journal.writes) writeVariable(write.holder, write.name, UNDECIDED_VALUE);
  for (const container of journal.containers.keys()) {
    beforeChange(container);
    markUncertain(container);
  }
}

/** The scope in which the body of a `{% call %}` or of a macro within a template is evaluated. */
const closures = new WeakMap<CallableValue, Frame>();

/** Nothing is known any more of the contents of lists, dicts, sets and namespaces that code in this scope can get hold of. */
function forgetReachable(from: Frame): void {
  const seen = new Set<unknown>();
  const forgetScope = (frame: Frame): void => {
    for (let scope: Frame | undefined = frame; scope !== undefined && !seen.has(scope); scope = scope.parent) {
      seen.add(scope);
      for (const value of scope.variables.values()) forgetValue(value);
    }
  };
  const forgetValue = (value: JinjaValue): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    charge(1);
    if (Array.isArray(value)) {
      forgetContents(value, value);
    } else if (isDict(value)) {
      forgetContents(value, value.values());
    } else if (value.kind === 'namespace') {
      const held = [...value.attributes];
      forgetContents(value, value.attributes.values());
      for (const [name] of held) writeVariable(value.attributes, name, UNDECIDED_VALUE);
    } else if (value.kind === 'set') {
      forgetContents(value, value.items);
    } else if (value.kind === 'tuple') {
      for (const item of value.items) forgetValue(item);
    } else if (value.kind === 'iterator') {
      forgetContents(value, value.known);
    } else if (value.kind === 'view') {
      forgetValue(value.of);
    } else if (value.kind === 'callable') {
      const closure = closures.get(value);
      if (closure !== undefined) forgetScope(closure);
    }
  };
  const forgetContents = (container: Container, items: Iterable<JinjaValue>): void => {
    for (const item of items) forgetValue(item);
    beforeChange(container);
    markUncertain(container);
  };
  forgetScope(from);
}

interface Mentions {
  /** Names that statements assign. */
  readonly assigned: ReadonlySet<string>;
  /** Names that expressions read, with the kinds of all parts. */
  readonly words: ReadonlySet<string>;
}

const mentions = new WeakMap<readonly JinjaStatement[], Mentions>();

/** What stands in statements, without evaluating them; collected once. */
function mentionsOf(statements: readonly JinjaStatement[]): Mentions {
  const known = mentions.get(statements);
  if (known !== undefined) return known;
  const assigned = new Set<string>();
  const words = new Set<string>();
  const visit = (value: unknown, isTarget: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, isTarget);
      return;
    }
    if ('kind' in value && typeof value.kind === 'string') {
      words.add(value.kind);
      if (value.kind === 'name' && 'name' in value && typeof value.name === 'string') (isTarget ? assigned : words).add(value.name);
      if (value.kind === 'macro' && 'macroName' in value && typeof value.macroName === 'string') assigned.add(value.macroName).add(`dbt_macro__${value.macroName}`);
    }
    for (const [key, item] of Object.entries(value)) visit(item, key === 'target' || (isTarget && key === 'items'));
  };
  visit(statements, false);
  const found = { assigned, words };
  mentions.set(statements, found);
  return found;
}

/** How statements may end that were not followed to their end. */
function possibleEnds(statements: readonly JinjaStatement[]): Completion[] {
  const { words } = mentionsOf(statements);
  return (['normal', 'return', 'break', 'continue'] as const).filter((end) => end === 'normal' || words.has(end));
}

type IfStatement = Extract<JinjaStatement, { kind: 'if' }>;

function executeIf(frame: Frame, statement: IfStatement): Completion {
  const { run } = frame;
  let isTainted = false;
  const { branches } = statement;
  const untaken: (readonly JinjaStatement[])[] = [];
  for (let index = 0; index < branches.length; index += 1) {
    const branch = branches[index];
    if (branch === undefined) continue;
    const taint = run.taint;
    if (frame.template.isOwn) run.span = branch.test.span;
    const truth = truthOf(evaluate(frame, branch.test));
    if (run.taint !== taint) isTainted = true;
    if (isUnknown(truth)) return executeUndecided(frame, branches.slice(index), statement.otherwise);
    if (!truth) {
      if (isTainted) untaken.push(branch.body);
      continue;
    }
    if (isTainted) {
      for (const later of branches.slice(index + 1)) untaken.push(later.body);
      if (statement.otherwise.length > 0) untaken.push(statement.otherwise);
    }
    return executeTaken(frame, branch.body, isTainted, untaken);
  }
  return executeTaken(frame, statement.otherwise, isTainted, untaken);
}

/** True if what was written since then is white space alone. */
function isBlank(parts: readonly string[], from: number): boolean {
  for (let index = from; index < parts.length; index += 1) if (/\S/.test(parts[index] ?? '')) return false;
  return true;
}

function writesAnything(run: Run): boolean {
  return run.out.unknown !== undefined || !isBlank(run.out.parts, 0);
}

/** The branch that dbt's parse takes; those it leaves out are looked at for what they would capture. */
function executeTaken(frame: Frame, body: readonly JinjaStatement[], isTainted: boolean, untaken: readonly (readonly JinjaStatement[])[]): Completion {
  const { run } = frame;
  if (!isTainted) return executeBlock(frame, body);
  const outcome = { isDifferent: false };
  for (const other of untaken) {
    const journal = inShadow(run, 'not-executed', () => {
      const completion = executeBlock(frame, other);
      if (isReturn(completion) || writesAnything(run)) outcome.isDifferent = true;
    });
    // What the left-out branch would have set is different when dbt executes.
    if (journal === undefined) for (const name of mentionsOf(other).assigned) taintName(run, frame.variables, name);
    else for (const write of journal.writes) taintName(run, write.holder, write.name);
  }
  if (outcome.isDifferent) run.isResultTainted = true;
  run.taintedBranches += 1;
  const written = run.out.parts.length;
  try {
    const completion = executeBlock(frame, body);
    if (run.out.unknown !== undefined || !isBlank(run.out.parts, written)) run.isResultTainted = true;
    return completion === 'return' ? 'early-return' : completion;
  } finally {
    run.taintedBranches -= 1;
  }
}

/** An `if` that files cannot decide: every branch may happen. */
function executeUndecided(frame: Frame, branches: IfStatement['branches'], otherwise: readonly JinjaStatement[]): Completion {
  const { run } = frame;
  const journals: { readonly body: readonly JinjaStatement[]; readonly journal: Journal | undefined }[] = [];
  const texts: (string | Unknown)[] = [];
  const returned: JinjaValue[] = [];
  const ways: Completion[] = [];
  const bodies = [...branches.map((branch) => branch.body), otherwise];
  for (const [index, body] of bodies.entries()) {
    const found: Completion[] = [];
    const journal = inShadow(run, 'unknown', () => {
      if (index > 0 && index < branches.length) {
        const test = branches[index]?.test;
        // A branch whose own test is known to fail cannot happen, whatever came before.
        if (test !== undefined && truthOf(evaluate(frame, test)) === false) {
          found.push('normal');
          return;
        }
      }
      const completion = executeBlock(frame, body);
      found.push(completion);
      if (isReturn(completion) || completion === 'maybe-return') returned.push(run.returned);
      texts.push(finishOutput(run.out));
    });
    journals.push({ body, journal });
    if (journal === undefined) {
      found.push(...possibleEnds(body));
      texts.push(UNDECIDED_VALUE);
    }
    // A branch that fails ends in no way, and has no text; dbt would not get past it.
    ways.push(...found);
  }
  for (const { body, journal } of journals) forgetBranch(frame, body, journal);
  const [firstText = ''] = texts;
  if (texts.every((text) => text === firstText)) writeValue(run, firstText);
  else run.out.unknown ??= unknownBecause('a branch hangs on what files cannot tell');
  const completion = joined(ways);
  if (isReturn(completion) || completion === 'maybe-return') {
    const [firstReturned = UNDECIDED_RETURN] = returned;
    const isSame = isReturn(completion) && returned.every((value) => !isUnknown(value) && equals(value, firstReturned));
    run.returned = isSame ? firstReturned : UNDECIDED_RETURN;
  }
  return completion;
}

type ForStatement = Extract<JinjaStatement, { kind: 'for' }>;

function executeFor(frame: Frame, statement: ForStatement): Completion {
  const { run } = frame;
  const taint = run.taint;
  if (frame.template.isOwn) run.span = statement.iterable.span;
  const iterable = evaluate(frame, statement.iterable);
  const isTainted = run.taint !== taint;
  return executeLoop(frame, statement, iterable, isTainted, 0);
}

function executeLoop(frame: Frame, statement: ForStatement, iterable: JinjaValue, isTainted: boolean, depth: number): Completion {
  const { run } = frame;
  // A generator that fails does so after the turns for what came before, if the loop gets there.
  const rest = isTagged(iterable) && iterable.kind === 'iterator' ? restOf(iterable) : undefined;
  const items = isUnknown(iterable) ? iterable : rest === undefined ? iterate(iterable) : (rest.end?.unknown ?? rest.items);
  if (isUnknown(items)) return executeUnknownLoop(frame, statement, items);
  const chosen = chosenItems(frame, statement, items);
  const loop = createLoop(frame, statement, chosen, depth);
  const completion = executeTurns(frame, statement, loop, chosen, 0);
  if (completion !== 'normal') return completion;
  if (rest?.end?.error !== undefined && !loop.isLeft) {
    if (frame.template.isOwn) run.span = statement.iterable.span;
    throw rest.end.error;
  }
  if (chosen.taken.length === 0 && isTainted) inShadow(run, 'not-executed', () => executeUnknownTurn(frame, statement));
  if (loop.isThrough === true || statement.otherwise.length === 0) return 'normal';
  const execute = (): Completion => executeBlock(createFrame(run, frame.template, frame), statement.otherwise);
  return loop.isThrough === false ? execute() : executeUncertain(frame, statement.otherwise, 'normal', execute);
}

/** The turns of a loop from one of its items on. */
function executeTurns(frame: Frame, statement: ForStatement, loop: Loop, items: LoopItems, from: number): Completion {
  const { run } = frame;
  // A list may grow while it is gone through, as in Python.
  for (let index = from; ; index += 1) {
    const isThere = items.reaches(index);
    if (isUnknown(isThere)) {
      const way = executeUnknownLoop(frame, loop.isThrough === true ? { ...statement, otherwise: [] } : statement, isThere);
      // That the loop may go on with its `else` has been looked at with the rest.
      loop.isThrough = true;
      return way;
    }
    const item = items.taken[index];
    if (!isThere || item === undefined) break;
    countStep(run);
    loop.index = index;
    const inner = createFrame(run, frame.template, frame);
    inner.variables.set('loop', loop.value);
    if (statement.target.kind === 'name') inner.variables.set(statement.target.name, item);
    else assign(inner, statement.target, item);
    const completion = executeBlock(inner, statement.body);
    if (completion === 'normal') loop.isThrough = true;
    else if (isUndecided(completion)) loop.isThrough = loop.isThrough === true ? true : undefined;
    if (completion === 'break') {
      loop.isLeft = true;
      break;
    }
    if (isReturn(completion)) return completion;
    if (completion === 'maybe-return' || completion === 'maybe-break') {
      const way = completion === 'maybe-return' ? 'return' : 'normal';
      const { isThrough } = loop;
      const joinedWay = executeUncertain(frame, statement.body, way, () => executeTurns(frame, statement, loop, items, index + 1));
      Object.assign(loop, { isLeft: true, isThrough });
      return joinedWay;
    }
  }
  return 'normal';
}

/** A loop over items that files cannot tell: there may be none, or any number. */
function executeUnknownLoop(frame: Frame, statement: ForStatement, items: Unknown): Completion {
  const { run } = frame;
  const bodies = [
    { body: statement.body, execute: () => executeUnknownTurn(frame, statement) },
    { body: statement.otherwise, execute: () => executeBlock(createFrame(run, frame.template, frame), statement.otherwise) },
  ];
  const ways: Completion[] = ['normal'];
  const journals = bodies.map(({ body, execute }) => ({ body, journal: inShadow(run, 'unknown', () => ways.push(execute())) }));
  for (const { body, journal } of journals) {
    forgetBranch(createFrame(run, frame.template, frame), body, journal);
    if (journal === undefined) ways.push(...possibleEnds(body));
  }
  run.out.unknown ??= items;
  if (!ways.some((way) => isReturn(way) || way === 'maybe-return')) return 'normal';
  run.returned = UNDECIDED_RETURN;
  return 'maybe-return';
}

/** One turn of a loop over items that files cannot tell. */
function executeUnknownTurn(frame: Frame, statement: ForStatement): Completion {
  const { run } = frame;
  const unknown = unknownBecause('the loop goes over what files cannot tell');
  const inner = createFrame(run, frame.template, frame);
  const loop: ObjectValue = { kind: 'object', typeName: 'LoopContext', attribute: () => unknown };
  inner.variables.set('loop', loop);
  assign(inner, statement.target, unknown);
  return executeBlock(inner, statement.body);
}

/** What a loop goes over. Jinja asks the filter of a loop about an item when its turn comes, so that turns may change what it says of later ones. */
interface LoopItems {
  /** Those that have been asked for, in order. */
  readonly taken: readonly JinjaValue[];
  /** Whether there is an item at a place, after which it is among those taken. */
  reaches(index: number): boolean | Unknown;
}

function chosenItems(frame: Frame, statement: ForStatement, items: readonly JinjaValue[]): LoopItems {
  const { filter } = statement;
  if (filter === undefined) return { taken: items, reaches: (index) => index < items.length };
  const taken: JinjaValue[] = [];
  let next = 0;
  return {
    taken,
    reaches(index) {
      while (taken.length <= index && next < items.length) {
        const item = items[next];
        if (item === undefined) break;
        countStep(frame.run);
        const inner = createFrame(frame.run, frame.template, frame);
        assign(inner, statement.target, item);
        const truth = truthOf(evaluate(inner, filter));
        if (isUnknown(truth)) return truth;
        next += 1;
        if (truth) taken.push(item);
      }
      return index < taken.length;
    },
  };
}

interface Loop {
  index: number;
  /** Whether a `break` ended it. */
  isLeft: boolean;
  /** Whether a turn came to its end: if `break` or `continue` cut all of them short, Jinja goes on with the `else`. Undefined if files cannot tell. */
  isThrough: boolean | undefined;
  readonly value: ObjectValue;
}

function createLoop(frame: Frame, statement: ForStatement, items: LoopItems, depth: number): Loop {
  /** Jinja counts the items by taking all that are left. */
  const count = (): number | Unknown => {
    const isMore = items.reaches(Infinity);
    return isUnknown(isMore) ? isMore : items.taken.length;
  };
  const left = (more: number): number | Unknown => {
    const all = count();
    return isUnknown(all) ? all : all - loop.index - more;
  };
  let lastChanged: JinjaValue | undefined;
  const lenient = frame.template.lenient;
  const loop: Loop = {
    index: 0,
    isLeft: false,
    isThrough: false,
    value: {
      kind: 'object',
      typeName: 'LoopContext',
      length: count,
      attribute: (name) => {
        switch (name) {
          case 'index':
            return loop.index + 1;
          case 'index0':
            return loop.index;
          case 'revindex':
            return left(0);
          case 'revindex0':
            return left(1);
          case 'first':
            return loop.index === 0;
          case 'last': {
            const isMore = items.reaches(loop.index + 1);
            return isUnknown(isMore) ? isMore : !isMore;
          }
          case 'length':
            return count();
          case 'depth':
            return depth + 1;
          case 'depth0':
            return depth;
          case 'previtem':
            return loop.index > 0 ? (items.taken[loop.index - 1] ?? null) : undefinedValue('previtem', lenient, 'there is no previous item');
          case 'nextitem': {
            const isMore = items.reaches(loop.index + 1);
            if (isUnknown(isMore)) return isMore;
            return isMore ? (items.taken[loop.index + 1] ?? null) : undefinedValue('nextitem', lenient, 'there is no next item');
          }
          case 'cycle':
            return {
              kind: 'callable',
              name: 'cycle',
              typeName: 'method',
              call: (args) => {
                if (args.positional.length === 0) throw typeError('no items for cycling given');
                return args.positional[loop.index % args.positional.length] ?? null;
              },
            };
          case 'changed':
            return {
              kind: 'callable',
              name: 'changed',
              typeName: 'method',
              call: (args) => {
                const value = tuple(args.positional);
                const isChanged = lastChanged === undefined || !equals(lastChanged, value);
                lastChanged = value;
                return isChanged;
              },
            };
          case '__call__':
            return statement.recursive ? recursiveCall(frame, statement, depth) : undefined;
          default:
            return undefined;
        }
      },
    },
  };
  return loop;
}

/** `loop(children)` in a recursive loop. */
function recursiveCall(frame: Frame, statement: ForStatement, depth: number): CallableValue {
  return {
    kind: 'callable',
    name: 'loop',
    typeName: 'LoopContext',
    call: (args) => {
      const { run } = frame;
      if (depth > MACRO_DEPTH_LIMIT) throw new JinjaError('jinja-budget', 'A loop recurses too deeply.');
      const before = run.out;
      const output = createOutput();
      run.out = output;
      try {
        executeLoop(frame, statement, args.positional[0] ?? null, false, depth + 1);
      } finally {
        run.out = before;
      }
      return finishOutput(output);
    },
  };
}

/** A macro that is written in the text being evaluated. dbt renames it, so that no one can call it by its name. */
function defineMacro(frame: Frame, statement: JinjaMacro): void {
  const value: CallableValue = {
    kind: 'callable',
    name: statement.macroName,
    typeName: 'Macro',
    macroName: statement.macroName,
    call: (args) => callBody(frame, statement.macroName, statement.parameters, statement.body, args),
  };
  closures.set(value, frame);
  const isRenamed = frame.run.context.kind === 'node' || frame.run.context.kind === 'generic-test' || frame.run.context.kind === 'name-macro';
  writeVariable(frame.variables, (isRenamed ? 'dbt_macro__' : '') + statement.macroName, value);
}

type CallBlock = Extract<JinjaStatement, { kind: 'call-block' }>;

function executeCallBlock(frame: Frame, statement: CallBlock): void {
  const { run } = frame;
  const caller: CallableValue = {
    kind: 'callable',
    name: 'caller',
    typeName: 'Macro',
    macroName: 'caller',
    call: (args) => {
      const inMacro = run.inMacro;
      try {
        return callBody(frame, undefined, statement.parameters, statement.body, args);
      } finally {
        run.inMacro = inMacro;
      }
    },
  };
  closures.set(caller, frame);
  const { call } = statement;
  writeBlock(run, call.kind === 'call' ? evaluateCall(frame, call, caller) : evaluate(frame, call));
}

/** Jinja hands on what a call or filter block gives as it is; only expressions are made texts. */
function writeBlock(run: Run, value: JinjaValue): void {
  if (!run.native && !isTextual(value)) {
    const fault = typeError(`expected str instance, ${typeName(value)} found`);
    if (run.depth === 0) throw fault;
    run.out.fault ??= fault;
  }
  writeValue(run, value);
}

function isTextual(value: JinjaValue): boolean {
  return typeof value === 'string' || isUnknown(value) || isMarkedText(value);
}

const mentionedNames = new WeakMap<readonly JinjaStatement[], ReadonlySet<string>>();
const SPECIAL_NAMES = ['caller', 'kwargs', 'varargs'];

/** Which of `caller`, `kwargs` and `varargs` a macro's body uses: Jinja accepts such arguments only then. */
function specialNames(body: readonly JinjaStatement[]): ReadonlySet<string> {
  const known = mentionedNames.get(body);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 400) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1);
      return;
    }
    if ('kind' in value && value.kind === 'name' && 'name' in value && typeof value.name === 'string' && SPECIAL_NAMES.includes(value.name)) {
      names.add(value.name);
    }
    for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit(body, 0);
  mentionedNames.set(body, names);
  return names;
}

/** True if a macro of this body takes keywords of any name, which it reads from `kwargs`. */
export function takesAnyKeyword(body: readonly JinjaStatement[]): boolean {
  return specialNames(body).has('kwargs');
}

/** Jinja's words for a call by position of a macro that takes fewer arguments; undefined if it takes as many. */
export function positionsRefused(macro: JinjaMacro, count: number): string | undefined {
  if (macro.parameters.length >= count || specialNames(macro.body).has('varargs')) return undefined;
  return tooManyArguments(macro.macroName, macro.parameters.length);
}

/** Jinja's words for more arguments by position than a macro has. */
export function tooManyArguments(macro: string | undefined, most: number): string {
  return `macro ${shownName(macro)} takes not more than ${String(most)} argument(s)`;
}

/** The body of a call block is a macro without a name. */
function shownName(macro: string | undefined): string {
  return macro === undefined ? 'None' : `'dbt_macro__${macro}'`;
}

/** Jinja's words for an argument that a macro does not take. */
export function keywordRefused(macro: string | undefined, keyword: string): string {
  return `macro ${shownName(macro)} takes no keyword argument '${keyword}'`;
}

/** Binds arguments and evaluates the body of a macro; gives the text it writes. A `return` goes on to the caller. */
function callBody(
  definedIn: Frame,
  name: string | undefined,
  parameters: readonly JinjaParameter[],
  body: readonly JinjaStatement[],
  args: CallArguments,
): string | Unknown {
  const { run } = definedIn;
  if (run.stackDepth >= MACRO_DEPTH_LIMIT) throw new JinjaError('jinja-type-error', 'maximum recursion depth exceeded');
  if (run.depth >= MACRO_DEPTH_LIMIT) throw new JinjaError('jinja-budget', `Macros call each other too deeply (in '${name ?? 'caller'}').`);
  const before = run.out;
  const output = createOutput();
  run.depth += 1;
  run.out = output;
  try {
    const frame = createFrame(run, definedIn.template, definedIn);
    bindParameters(frame, name, parameters, body, args);
    const completion = executeBlock(frame, body);
    if (isReturn(completion) || completion === 'maybe-return') throw RETURN_SIGNAL;
    // Jinja compiles a macro when it is called, and Python refuses this then.
    if (completion === 'break') throw typeError("'break' outside loop");
    if (completion === 'continue') throw typeError("'continue' not properly in loop");
    if (output.fault !== undefined) throw output.fault;
  } finally {
    run.depth -= 1;
    run.out = before;
  }
  return finishOutput(output);
}

function bindParameters(frame: Frame, name: string | undefined, parameters: readonly JinjaParameter[], body: readonly JinjaStatement[], args: CallArguments): void {
  const special = specialNames(body);
  const { variables } = frame;
  const { positional, keyword } = args;
  let rest: Map<string, JinjaValue> | undefined = keyword.size === 0 ? undefined : new Map(keyword);
  let hasCaller = false;
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index];
    if (parameter === undefined) continue;
    if (parameter.name === 'caller') hasCaller = true;
    let value = positional[index];
    if (value === undefined && rest !== undefined) {
      value = rest.get(parameter.name);
      rest.delete(parameter.name);
    }
    if (value === undefined) {
      value =
        parameter.default === undefined
          ? undefinedValue(parameter.name, frame.template.lenient, `parameter '${parameter.name}' was not provided`)
          : evaluate(frame, parameter.default);
    }
    variables.set(parameter.name, value);
  }
  if (!hasCaller) {
    const caller = rest?.get('caller');
    if (special.has('caller')) variables.set('caller', caller ?? undefinedValue('caller', frame.template.lenient, 'No caller defined'));
    if (special.has('caller') || caller !== undefined) {
      if (!special.has('caller') && !special.has('kwargs')) {
        throw new JinjaError('jinja-macro-arguments', `macro ${shownName(name)} was invoked with two values for the special caller argument. This is most likely a bug.`);
      }
      rest?.delete('caller');
    }
  }
  if (special.has('kwargs')) {
    const dict: JinjaDict = new Map(rest ?? []);
    variables.set('kwargs', dict);
    rest = undefined;
  }
  const surplus = rest?.keys().next().value;
  if (surplus !== undefined) throw new JinjaError('jinja-macro-arguments', keywordRefused(name, surplus));
  if (special.has('varargs')) variables.set('varargs', tuple(positional.slice(parameters.length)));
  else if (positional.length > parameters.length) {
    throw new JinjaError('jinja-macro-arguments', tooManyArguments(name, parameters.length));
  }
}

/** Calls a macro of the project or of a package: what dbt's MacroGenerator does. */
export function callMacro(run: Run, definition: MacroDefinition, args: CallArguments): JinjaValue {
  return trackedCall(run, definition.uniqueId, false, () => {
    const root: Frame = createFrame(run, MACRO_TEMPLATE, undefined);
    return callBody(root, definition.name, definition.macro.parameters, definition.macro.body, args);
  });
}

/** By itself, so that the type checker does not take the value for settled. */
function setResultTaint(run: Run, isTainted: boolean): void {
  run.isResultTainted = isTainted;
}

/** Notes the call as dbt's macro stack does, and turns `return()` into the value of the call. */
export function trackedCall(run: Run, uniqueId: string, isNative: boolean, body: () => JinjaValue): JinjaValue {
  countStep(run);
  if (run.stackDepth === 0) (run.uncertainty === 'not-executed' ? run.conditionalMacroCalls : run.macroCalls).add(uniqueId);
  const { inMacro, depth, out, taint, taintedBranches, isResultTainted } = run;
  run.stackDepth += 1;
  run.inMacro = uniqueId;
  run.taintedBranches = 0;
  setResultTaint(run, false);
  const stackDepth = run.stackDepth;
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ReturnSignal)) throw error;
    const value = run.returned;
    run.returned = null;
    return value;
  } finally {
    run.stackDepth = stackDepth - 1;
    run.inMacro = inMacro;
    run.depth = depth;
    run.out = out;
    run.taintedBranches = taintedBranches;
    // dbt's own macros count their reads themselves.
    run.taint = run.isResultTainted || isNative ? Math.max(run.taint, taint + (run.isResultTainted ? 1 : 0)) : taint;
    run.isResultTainted = isResultTainted;
  }
}

/** A variable, else a name of dbt, else undefined. */
function lookup(frame: Frame, name: string): JinjaValue {
  for (let scope: Frame | undefined = frame; scope !== undefined; scope = scope.parent) {
    const value = scope.variables.get(name);
    if (value !== undefined) {
      noteTaint(frame.run, scope.variables, name);
      return value;
    }
  }
  const value = lookupGlobal(frame.run, name);
  if (value !== undefined) return value;
  // The parser leaves a nameless name where it could not read on.
  if (name === '') return unknownBecause('the template has a syntax error here');
  return undefinedValue(name, frame.template.lenient);
}

/** The value of an expression. */
export function evaluate(frame: Frame, expression: JinjaExpression): JinjaValue {
  switch (expression.kind) {
    case 'string':
      return expression.value;
    case 'integer':
      return expression.text.length < 15 ? Number(expression.text) : bigLiteral(expression.text);
    case 'float':
      return float(expression.value);
    case 'boolean':
      return expression.value;
    case 'none':
      return null;
    case 'name':
      return lookup(frame, expression.name);
    case 'list':
      return expression.items.map((item) => evaluate(frame, item));
    case 'tuple':
      return tuple(expression.items.map((item) => evaluate(frame, item)));
    case 'dict':
      return evaluateDict(frame, expression);
    case 'attribute':
      return attributeOf(frame, operandOf(frame, expression.object), expression.name);
    case 'item':
      return evaluateItem(frame, expression);
    case 'slice':
      return unknownBecause('a slice stands alone');
    case 'call':
      return evaluateCall(frame, expression, undefined);
    case 'filter':
      return applyFilter(frame, expression.name, operandOf(frame, expression.input), evaluateArguments(frame, expression.arguments));
    case 'test':
      return evaluateTest(frame, expression);
    case 'filter-input':
      return lookup(frame, FILTER_INPUT);
    case 'not': {
      const truth = truthOf(evaluate(frame, expression.operand));
      return isUnknown(truth) ? truth : !truth;
    }
    case 'negative':
    case 'positive':
      return negate(evaluate(frame, expression.operand), expression.kind);
    case 'binary':
      countStep(frame.run);
      return binary(expression.operator, operandOf(frame, expression.left), operandOf(frame, expression.right));
    case 'concat':
      return evaluateConcat(frame, expression.parts);
    case 'and':
    case 'or':
      return evaluateLogic(frame, expression);
    case 'compare':
      return evaluateComparison(frame, expression);
    case 'conditional':
      return evaluateConditional(frame, expression);
  }
}

/** A value that something is done with: what `as_bool` and its kin mark is a text like any other until it stands alone. */
function operandOf(frame: Frame, expression: JinjaExpression): JinjaValue {
  const value = evaluate(frame, expression);
  return isMarkedText(value) ? value.identity : value;
}

function bigLiteral(text: string): number | bigint {
  return integer(BigInt(text));
}

/** The variable that holds the text of a filter block; no template can spell it. */
const FILTER_INPUT = ' filter-input';

function evaluateChain(frame: Frame, filter: JinjaExpression, text: string | Unknown): JinjaValue {
  const inner = createFrame(frame.run, frame.template, frame);
  inner.variables.set(FILTER_INPUT, text);
  return evaluate(inner, filter);
}

function evaluateDict(frame: Frame, expression: Extract<JinjaExpression, { kind: 'dict' }>): JinjaValue {
  const dict: JinjaDict = new Map();
  for (const entry of expression.entries) {
    const key = evaluate(frame, entry.key);
    const value = evaluate(frame, entry.value);
    if (typeof key === 'string') dict.set(key, value);
    else dictSet(dict, key, value);
  }
  return dict;
}

function evaluateItem(frame: Frame, expression: Extract<JinjaExpression, { kind: 'item' }>): JinjaValue {
  const value = operandOf(frame, expression.object);
  const { index } = expression;
  if (index.kind === 'slice') {
    const part = (of: JinjaExpression | undefined): JinjaValue => (of === undefined ? null : evaluate(frame, of));
    const start = part(index.start);
    const stop = part(index.stop);
    const step = part(index.step);
    if (isUnknown(value)) return value;
    for (const bound of [start, stop, step]) if (isUnknown(bound)) return bound;
    if (isUndefinedValue(value)) return value.lenient ? value : failUndefined(value);
    // What Jinja works out while it compiles is looked up as an item is: there is none at such a place.
    const isAnIndex = [start, stop, step].every((bound) => bound === null || isInteger(bound));
    if (!isAnIndex && isConstant(expression)) return undefinedItem(frame, value, 'slice');
    return sliceOf(value, start, stop, step) ?? undefinedItem(frame, value, 'slice');
  }
  return itemOrAttribute(frame, value, evaluate(frame, index));
}

/** `environment.getitem`: an item, else an attribute of that name. */
export function itemOrAttribute(frame: Frame, value: JinjaValue, key: JinjaValue): JinjaValue {
  if (isUnknown(value)) return value;
  if (isUnknown(key)) return key;
  if (isUndefinedValue(value)) return value.lenient ? value : failUndefined(value);
  const item = itemOf(value, key);
  if (item !== undefined) return item;
  if (typeof key === 'string') {
    const attribute = findAttribute(frame, value, key);
    if (attribute !== undefined) return attribute;
  }
  return undefinedItem(frame, value, key);
}

function undefinedItem(frame: Frame, value: JinjaValue, key: JinjaValue): JinjaValue {
  const shown = textOf(key);
  const name = typeof shown === 'string' ? shown : '';
  if (frame.template.lenient) return lenientItem(key, name);
  const message =
    typeof key === 'string'
      ? `'${objectTypeRepr(value)}' has no attribute '${name}'`
      : `${objectTypeRepr(value)} has no element ${name}`;
  return undefinedValue(name, false, message);
}

/** `environment.getattr`: an attribute, else an item of that name. */
export function attributeOf(frame: Frame, value: JinjaValue, name: string): JinjaValue {
  if (isUnknown(value)) return value;
  if (isUndefinedValue(value)) return attributeOfUndefined(value.name, value.lenient, name, value.message);
  const attribute = findAttribute(frame, value, name);
  if (attribute !== undefined) return attribute;
  const item = itemOf(value, name);
  if (item !== undefined) return item;
  return undefinedAttribute(frame, value, name);
}

function undefinedAttribute(frame: Frame, value: JinjaValue, name: string): JinjaValue {
  return frame.template.lenient ? undefinedValue(name, true) : undefinedValue(name, false, `'${objectTypeRepr(value)}' has no attribute '${name}'`);
}

/** dbt's undefined values do not remember whose item they are. */
function lenientItem(key: JinjaValue, name: string): JinjaValue {
  const shown = reprOf(key);
  return undefinedValue(name, true, typeof shown === 'string' ? `${shown} is undefined` : undefined);
}

function attributeOfUndefined(holder: string, lenient: boolean, name: string, message: string): JinjaValue {
  if (!lenient) throw new JinjaError('jinja-undefined', message);
  // dbt's undefined values carry these three as real attributes.
  if (name === 'name') return holder;
  if (name === 'hint' || name === 'node') return null;
  return undefinedValue(name, true);
}

/** `getattr(value, name)`; undefined if there is none. */
export function findAttribute(frame: Frame, value: JinjaValue, name: string): JinjaValue | undefined {
  if (isTagged(value)) {
    if (value.kind === 'object') return value.attribute(name);
    if (value.kind === 'namespace') {
      const attribute = value.attributes.get(name);
      if (attribute !== undefined) noteTaint(frame.run, value.attributes, name);
      else if (isUncertain(value)) return UNDECIDED_VALUE;
      return attribute;
    }
    if (value.kind === 'callable') return value.attribute?.(name);
  }
  return builtinAttribute(value, name, (object, attribute) => attributeOf(frame, object, attribute));
}

/** Arguments of a call, with `*` and `**` unpacked. */
export function evaluateArguments(frame: Frame, args: JinjaArguments): CallArguments {
  const positional: JinjaValue[] = [];
  let uncounted: Pick<CallArguments, 'isUncounted'> | undefined;
  for (const item of args.positional) positional.push(operandOf(frame, item));
  if (args.star !== undefined) {
    const items = evaluate(frame, args.star);
    const found = isUnknown(items) ? items : iterate(items);
    if (isUnknown(found)) {
      positional.push(found);
      uncounted = { isUncounted: true };
    } else positional.push(...found);
  }
  if (args.keyword.length === 0 && args.doubleStar === undefined) return { positional, keyword: NO_KEYWORDS, ...uncounted };
  const keyword = new Map<string, JinjaValue>();
  for (const item of args.keyword) keyword.set(item.name, operandOf(frame, item.value));
  if (args.doubleStar !== undefined) {
    const dict = evaluate(frame, args.doubleStar);
    if (isDict(dict)) {
      for (const [key, value] of dict) if (typeof key === 'string') keyword.set(key, value);
    } else if (isUnknown(dict)) {
      keyword.set(UNKNOWN_KEYWORDS, dict);
    } else if (!isUndefinedValue(dict)) {
      throw typeError(`argument after ** must be a mapping, not ${typeName(dict)}`);
    } else {
      failUndefined(dict);
    }
  }
  return { positional, keyword, ...uncounted };
}

/** Stands among keywords for those of an unknown dict. */
export const UNKNOWN_KEYWORDS = '**';

function evaluateCall(frame: Frame, expression: Extract<JinjaExpression, { kind: 'call' }>, caller: CallableValue | undefined): JinjaValue {
  const { run } = frame;
  countStep(run);
  const { callee } = expression;
  let target: JinjaValue;
  if (callee.kind === 'attribute') {
    const object = evaluate(frame, callee.object);
    if (isBuiltin(object)) {
      const args = withCaller(evaluateArguments(frame, expression.arguments), caller);
      const result = callMethod(object, callee.name, args, (value, name) => attributeOf(frame, value, name));
      if (result !== NO_METHOD) return result;
      target = attributeOf(frame, object, callee.name);
      return callValue(frame, target, args, expression);
    }
    target = attributeOf(frame, object, callee.name);
  } else {
    target = evaluate(frame, callee);
  }
  const args = withCaller(evaluateArguments(frame, expression.arguments), caller);
  return callValue(frame, target, args, expression);
}

function withCaller(args: CallArguments, caller: CallableValue | undefined): CallArguments {
  if (caller === undefined) return args;
  return { ...args, keyword: new Map([...args.keyword, ['caller', caller]]) };
}

/** Types whose methods are called directly, without making a bound method first. */
function isBuiltin(value: JinjaValue): boolean {
  if (typeof value === 'string' || Array.isArray(value) || isDict(value)) return true;
  return isTagged(value) && (value.kind === 'datetime' || value.kind === 'set');
}

function callValue(frame: Frame, target: JinjaValue, args: CallArguments, expression: Extract<JinjaExpression, { kind: 'call' }>): JinjaValue {
  const { run } = frame;
  // Set after the arguments were evaluated: calls among them have their own place.
  if (frame.template.isOwn) run.span = expression.span;
  if (isCallable(target)) {
    const unknown = args.keyword.get(UNKNOWN_KEYWORDS);
    if (unknown !== undefined && isUnknown(unknown)) {
      captureUnresolved(run, 'macro', unknown.reason);
      return unknown;
    }
    return target.call(args);
  }
  if (!isTagged(target)) throw typeError(`'${typeName(target)}' object is not callable`);
  if (target.kind === 'object') {
    const call = target.attribute('__call__');
    if (isCallable(call)) return call.call(args);
    throw typeError(`'${target.typeName}' object is not callable`);
  }
  if (target.kind === 'unknown') {
    captureUnresolved(run, 'macro', target.reason);
    return target;
  }
  if (target.kind !== 'undefined') throw typeError(`'${typeName(target)}' object is not callable`);
  if (!target.lenient) failUndefined(target);
  const called = nameOfCallee(expression.callee) ?? target.name;
  reportProblem(run, 'jinja-undefined-call', 'info', `'${called}' is undefined, so that dbt renders nothing for its call.`);
  return target;
}

function nameOfCallee(expression: JinjaExpression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'attribute') return undefined;
  const object = nameOfCallee(expression.object);
  return object === undefined ? undefined : `${object}.${expression.name}`;
}

/** What filters and tests may ask of the evaluation. */
function hostOf(frame: Frame): FilterHost {
  return {
    itemOrAttribute: (value, key) => itemOrAttribute(frame, value, key),
    attributeOnly: (value, name) => {
      if (isUnknown(value)) return value;
      if (isUndefinedValue(value)) return attributeOfUndefined(value.name, value.lenient, name, value.message);
      return findAttribute(frame, value, name) ?? undefinedAttribute(frame, value, name);
    },
    applyFilter: (name, value, args) => applyFilter(frame, name, value, args),
    applyTest: (name, value, args) => applyTest(frame, name, value, args),
    lenient: frame.template.lenient,
    native: frame.run.native,
  };
}

function applyFilter(frame: Frame, name: string, value: JinjaValue, args: CallArguments): JinjaValue {
  countStep(frame.run);
  const filter = FILTERS.get(name);
  if (filter === undefined) throw new JinjaError('jinja-unknown-filter', `No filter named '${name}'.`);
  checkFilterCall(name, args);
  if (isUnknown(value)) return value;
  for (const argument of args.positional) if (isUnknown(argument)) return argument;
  for (const argument of args.keyword.values()) if (isUnknown(argument)) return argument;
  return filter(value, args, hostOf(frame));
}

function applyTest(frame: Frame, name: string, value: JinjaValue, args: CallArguments): boolean | Unknown {
  countStep(frame.run);
  const test = TESTS.get(name);
  if (test === undefined) throw new JinjaError('jinja-unknown-filter', `No test named '${name}'.`);
  checkTestCall(name, args);
  if (isUnknown(value)) return value;
  return test(value, args, hostOf(frame));
}

function evaluateTest(frame: Frame, expression: Extract<JinjaExpression, { kind: 'test' }>): JinjaValue {
  const value = operandOf(frame, expression.input);
  const result = applyTest(frame, expression.name, value, evaluateArguments(frame, expression.arguments));
  return isUnknown(result) ? result : result !== expression.negated;
}

function evaluateConcat(frame: Frame, parts: readonly JinjaExpression[]): JinjaValue {
  countStep(frame.run);
  let text = '';
  let unknown: Unknown | undefined;
  for (const part of parts) {
    const shown = textOf(evaluate(frame, part));
    if (typeof shown === 'string') text += shown;
    else unknown ??= shown;
  }
  return unknown ?? limitedText(text);
}

function evaluateLogic(frame: Frame, expression: Extract<JinjaExpression, { kind: 'and' | 'or' }>): JinjaValue {
  const left = evaluate(frame, expression.left);
  const truth = truthOf(left);
  const isAnd = expression.kind === 'and';
  if (!isUnknown(truth)) return truth === isAnd ? evaluate(frame, expression.right) : left;
  // Whether the right side is reached is unknown; if it decides the outcome alone, that is enough.
  const right: JinjaValue[] = [];
  const journal = inShadow(frame.run, 'unknown', () => {
    right.push(evaluate(frame, expression.right));
  });
  forgetBranch(frame, [], journal);
  const rightTruth = truthOf(right[0] ?? truth);
  if (isAnd && rightTruth === false) return false;
  return !isAnd && rightTruth === true ? true : truth;
}

function evaluateComparison(frame: Frame, expression: Extract<JinjaExpression, { kind: 'compare' }>): JinjaValue {
  let left = operandOf(frame, expression.first);
  let unknown: Unknown | undefined;
  for (const { operator, operand } of expression.rest) {
    const right = operandOf(frame, operand);
    const result = compare(operator, left, right);
    if (isUnknown(result)) unknown ??= result;
    else if (!result) return false;
    left = right;
  }
  return unknown ?? true;
}

function compare(operator: string, left: JinjaValue, right: JinjaValue): boolean | Unknown {
  if (isUnknown(left)) return left;
  if (isUnknown(right)) return right;
  switch (operator) {
    case '==':
      return equals(left, right);
    case '!=':
      return !equals(left, right);
    case 'in':
      return contains(right, left);
    case 'not in': {
      const result = contains(right, left);
      return isUnknown(result) ? result : !result;
    }
    case '<':
      return compareValues(left, right, operator) < 0;
    case '<=':
      return compareValues(left, right, operator) <= 0;
    case '>':
      return compareValues(left, right, operator) > 0;
    default:
      return compareValues(left, right, operator) >= 0;
  }
}

function evaluateConditional(frame: Frame, expression: Extract<JinjaExpression, { kind: 'conditional' }>): JinjaValue {
  const { run } = frame;
  const taint = run.taint;
  const truth = truthOf(evaluate(frame, expression.test));
  const otherwise = (): JinjaValue =>
    expression.otherwise === undefined
      ? undefinedValue('', frame.template.lenient, 'the inline if-expression evaluated to false and no else section was defined.')
      : evaluate(frame, expression.otherwise);
  if (!isUnknown(truth)) {
    if (run.taint !== taint) {
      inShadow(run, 'not-executed', () => {
        if (truth) otherwise();
        else evaluate(frame, expression.then);
      });
    }
    return truth ? evaluate(frame, expression.then) : otherwise();
  }
  const results: JinjaValue[] = [];
  const journals = [() => evaluate(frame, expression.then), otherwise].map((side) => inShadow(run, 'unknown', () => results.push(side())));
  for (const journal of journals) forgetBranch(frame, [], journal);
  const [first = truth, second = truth] = results;
  return !isUnknown(first) && !isUnknown(second) && equals(first, second) ? first : truth;
}

/** Evaluates another text within the evaluation (a var that holds Jinja, `render()`), and gives what it writes. */
export function executeNested(run: Run, body: readonly JinjaStatement[]): string | Unknown {
  if (run.depth >= MACRO_DEPTH_LIMIT) throw new JinjaError('jinja-budget', 'Texts render each other too deeply.');
  const before = run.out;
  const output = createOutput();
  run.depth += 1;
  run.out = output;
  try {
    executeBlock(createFrame(run, MACRO_TEMPLATE, undefined), body);
  } finally {
    run.depth -= 1;
    run.out = before;
  }
  return finishOutput(output);
}
