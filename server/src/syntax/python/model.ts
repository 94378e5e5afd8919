/** Reads dbt.ref(), dbt.source() and dbt.config() off a Python model, as dbt's own visitor of the syntax tree does. */

import type { PyDict, PyValue } from '../../base/python-values.ts';
import { isPyDict, isPyFloat, isTruthy } from '../../base/python-values.ts';
import type { Span, SyntaxProblem } from '../../base/span.ts';
import type { StaticCapture, StaticConfigEntry } from '../jinja/static.ts';
import { pythonFault } from './faults.ts';
import type { LiteralResult, TokenRange } from './literals.ts';
import { afterToken, findOutside, literalOf, splitAtCommas } from './literals.ts';
import type { PythonTokens } from './tokens.ts';
import { formattedExpressions, pythonTokens } from './tokens.ts';

/** dbt's words for an argument that it cannot read. */
const NOT_LITERAL = 'Error when trying to literal_eval an arg to dbt.ref(), dbt.source(), dbt.config() or dbt.config.get()';

/**
 * What dbt's parse collects, in the order of the text (dbt itself takes signatures before decorators and the like). Reads of the config (`dbt.config.get('k')`) come last as one more config() call, with which
 * dbt notes their keys. If `problems` is not empty, dbt refuses the file (or, for `python-unsupported-literal`, takes a value
 * that we do not model).
 */
export interface PythonModel {
  readonly captures: readonly StaticCapture[];
  readonly problems: readonly SyntaxProblem[];
}

/** Scans a `.py` model (dbt-semantics §2.3; `core/dbt/parser/models.py` PythonParseVisitor). Never throws. */
export function scanPythonModel(text: string): PythonModel {
  const source = pythonTokens(text);
  const fault = source.problems.length > 0 ? undefined : pythonFault(source);
  const found: Found = { captures: [], reads: [], problems: fault === undefined ? [...source.problems] : [fault] };
  new ModelScan(source, found, 0).generic({ from: 0, to: source.tokens.length });
  if (source.tokens.length > 0 && fault === undefined) found.problems.push(...modelFunctionProblems(source));
  const jinja = /\{[{%#]/.exec(text);
  if (jinja !== null) {
    found.problems.push({
      code: 'python-jinja',
      message: 'No jinja in python model code is allowed, and dbt takes this for Jinja.',
      span: { from: jinja.index, to: jinja.index + 2 },
    });
  }
  found.problems.sort((a, b) => a.span.from - b.span.from);
  return { captures: [...found.captures, ...notedReads(found.reads)], problems: found.problems };
}

/** A dbt.config.get() or dbt.config.meta_get() call. */
interface ConfigRead {
  readonly kind: 'config' | 'meta';
  readonly key: PyValue;
  readonly fallback: PyValue;
  readonly span: Span;
}

function notedReads(reads: readonly ConfigRead[]): StaticCapture[] {
  const [first] = reads;
  if (first === undefined) return [];
  const { span } = first;
  const entries = (['config', 'meta'] as const).flatMap((kind) => {
    const ofKind = reads.filter((read) => read.kind === kind);
    return [
      { key: `${kind}_keys_used`, keySpan: span, value: ofKind.map((read) => read.key), valueSpan: span },
      { key: `${kind}_keys_defaults`, keySpan: span, value: ofKind.map((read) => read.fallback), valueSpan: span },
    ];
  });
  return [{ kind: 'config', entries, span }];
}

/** The result under way; one for all f-strings of a file, so that the order of the calls is that of dbt. */
interface Found {
  readonly captures: StaticCapture[];
  readonly reads: ConfigRead[];
  readonly problems: SyntaxProblem[];
}

/** An argument as a value. */
interface Argument {
  readonly keyword: string | undefined;
  readonly keySpan: Span;
  readonly value: PyValue;
  readonly valueSpan: Span;
  readonly tokens: TokenRange;
}

/** A step behind an atom: `.name`, `(…)` or `[…]`; the token numbers of its inside. */
interface Trailer {
  readonly kind: 'attribute' | 'call' | 'subscript';
  readonly name: string;
  readonly inside: TokenRange;
  readonly end: number;
}

/** An atom with its trailers: `dbt.ref('a').filter(x)[0]`. */
interface Primary {
  readonly atom: TokenRange;
  readonly trailers: readonly Trailer[];
}

const DBT_FUNCTIONS: ReadonlySet<string> = new Set(['dbt.ref', 'dbt.source', 'dbt.config', 'dbt.config.get', 'dbt.config.meta_get']);

/** Names that are no operand, so that a bracket behind them opens no call. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except', 'finally', 'for', 'from',
  'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise', 'return', 'try', 'while', 'with', 'yield',
]);

const MAX_DEPTH = 200;

/**
 * Walks expressions like Python's `ast.NodeVisitor` with dbt's `visit_Call`: the arguments of a call are looked into only where
 * they are calls themselves or lists, tuples, dicts and f-strings of calls; everywhere else all is visited.
 */
class ModelScan {
  readonly #source: PythonTokens;
  readonly #found: Found;
  #depth: number;

  constructor(source: PythonTokens, found: Found, depth: number) {
    this.#source = source;
    this.#found = found;
    this.#depth = depth;
  }

  /** Visits all expressions of a range of tokens. */
  generic(range: TokenRange): void {
    if (this.#depth > MAX_DEPTH) return;
    this.#depth++;
    for (let at = range.from; at < range.to; ) {
      const before = this.#source.tokens[at - 1]?.text;
      if (before === 'def' || before === 'class') {
        // Parameters and bases are no arguments.
        at++;
        const close = this.#source.partners[at] ?? -1;
        if (this.#text(at) === '(' && close > at) {
          this.generic({ from: at + 1, to: close });
          at = close + 1;
        }
        continue;
      }
      const primary = this.#primaryAt(at, range.to);
      if (primary === undefined) {
        at++;
        continue;
      }
      this.#visit(primary, primary.trailers.length - 1);
      at = primary.trailers.at(-1)?.end ?? primary.atom.to;
    }
    this.#depth--;
  }

  #primaryAt(start: number, to: number): Primary | undefined {
    const { tokens, partners } = this.#source;
    const first = tokens[start];
    if (first === undefined || start >= to) return undefined;
    let at: number;
    if (first.kind === 'string') {
      at = start + 1;
      while (at < to && tokens[at]?.kind === 'string') at++;
    } else if (first.kind === 'number') at = start + 1;
    else if (first.kind === 'name') {
      if (KEYWORDS.has(first.text)) return undefined;
      at = start + 1;
    } else {
      const close = partners[start] ?? -1;
      if (close <= start || close >= to) return undefined;
      at = close + 1;
    }
    const atom = { from: start, to: at };
    const trailers: Trailer[] = [];
    while (at < to) {
      const text = tokens[at]?.text;
      const close = partners[at] ?? -1;
      if (text === '.' && tokens[at + 1]?.kind === 'name' && at + 1 < to) {
        trailers.push({ kind: 'attribute', name: tokens[at + 1]?.text ?? '', inside: { from: at, to: at }, end: at + 2 });
        at += 2;
      } else if ((text === '(' || text === '[') && close > at && close < to) {
        trailers.push({ kind: text === '(' ? 'call' : 'subscript', name: '', inside: { from: at + 1, to: close }, end: close + 1 });
        at = close + 1;
      } else break;
    }
    return { atom, trailers };
  }

  /** Visits a primary from its `last` trailer inwards. */
  #visit(primary: Primary, last: number): void {
    for (let at = last; at >= 0; at--) {
      const trailer = primary.trailers[at];
      if (trailer?.kind === 'call') {
        this.#call(primary, at);
        return;
      }
      if (trailer?.kind === 'subscript') {
        this.#visit(primary, at - 1);
        this.generic(trailer.inside);
        return;
      }
    }
    const first = this.#source.tokens[primary.atom.from];
    if (first?.kind === 'op') this.generic({ from: primary.atom.from + 1, to: primary.atom.to - 1 });
    else if (first?.kind === 'string') for (const inner of this.#formatted(primary.atom)) inner.scan.generic(inner.all);
  }

  /** dbt's `visit_Call` on the call that is trailer `at`. */
  #call(primary: Primary, at: number): void {
    const trailer = primary.trailers[at];
    if (trailer === undefined || this.#depth > MAX_DEPTH) return;
    this.#depth++;
    const args = this.#arguments(trailer.inside);
    const name = this.#functionName(primary, at);
    if (name !== undefined && DBT_FUNCTIONS.has(name)) this.#record(name, args, this.#spanOf({ from: primary.atom.from, to: trailer.end }));
    for (const arg of [...args.filter((item) => item.keyword === undefined), ...args.filter((item) => item.keyword !== undefined)]) {
      this.#argument(arg.value);
    }
    // `dbt.ref('a').filter(x)`: on to the call that the attribute is of.
    let below = at - 1;
    if (primary.trailers[below]?.kind === 'attribute') {
      while (primary.trailers[below]?.kind === 'attribute') below--;
      if (primary.trailers[below]?.kind === 'call') this.#call(primary, below);
      else if (below === -1) this.#callIn(primary.atom);
    }
    this.#depth--;
  }

  #argument(range: TokenRange): void {
    const { tokens } = this.#source;
    const inner = this.#withoutBrackets(range);
    if (this.#callIn(inner)) return;
    const first = tokens[inner.from];
    if (first?.kind === 'string') {
      if (this.#primaryAt(inner.from, inner.to)?.atom.to !== inner.to) return;
      for (const { scan, all } of this.#formatted(inner)) scan.#callIn(all);
      return;
    }
    if (first?.kind !== 'op' || (this.#source.partners[inner.from] ?? -1) !== inner.to - 1) return;
    const inside = { from: inner.from + 1, to: inner.to - 1 };
    if (findOutside(this.#source, inside, 'for') !== -1) return;
    for (const item of splitAtCommas(this.#source, inside)) {
      if (first.text !== '{') this.#callIn(item);
      else {
        const colon = this.#text(item.from) === '**' ? item.from : findOutside(this.#source, item, ':');
        if (colon !== -1) this.#callIn({ from: colon + 1, to: item.to });
      }
    }
  }

  /** If the range is a call and nothing else, visits it and says true. */
  #callIn(range: TokenRange): boolean {
    const inner = this.#withoutBrackets(range);
    const primary = this.#primaryAt(inner.from, inner.to);
    const last = primary?.trailers.at(-1);
    if (primary === undefined || last?.kind !== 'call' || last.end !== inner.to) return false;
    this.#call(primary, primary.trailers.length - 1);
    return true;
  }

  /** Brackets around one expression are not seen in a syntax tree. */
  #withoutBrackets(range: TokenRange): TokenRange {
    let { from, to } = range;
    while (this.#text(from) === '(' && this.#source.partners[from] === to - 1 && to - from > 2) {
      const inside = { from: from + 1, to: to - 1 };
      const isOther = [',', 'for', ':=', 'yield'].some((text) => findOutside(this.#source, inside, text) !== -1);
      if (isOther) break;
      ({ from, to } = inside);
    }
    return { from, to };
  }

  /** The scans of the expressions in f-strings among the tokens. */
  #formatted(range: TokenRange): { scan: ModelScan; all: TokenRange }[] {
    const found: { scan: ModelScan; all: TokenRange }[] = [];
    for (let at = range.from; at < range.to; at++) {
      const token = this.#source.tokens[at];
      if (token?.kind !== 'string') continue;
      for (const span of formattedExpressions(this.#source.text, token)) {
        const inner = pythonTokens(this.#source.text, span.from, span.to);
        const scan = new ModelScan(inner, this.#found, this.#depth + 1);
        const equals = inner.tokens.at(-1)?.text === '=' ? 1 : 0;
        found.push({ scan, all: { from: 0, to: inner.tokens.length - equals } });
      }
    }
    return found;
  }

  /** `dbt.config.get` for the call that is trailer `at`; undefined if it is no chain of names. */
  #functionName(primary: Primary, at: number): string | undefined {
    const atom = this.#withoutBrackets(primary.atom);
    const first = this.#source.tokens[atom.from];
    if (first?.kind !== 'name' || atom.to !== atom.from + 1) return undefined;
    const steps = primary.trailers.slice(0, at);
    if (steps.length === 0 || steps.some((step) => step.kind !== 'attribute')) return undefined;
    return [first.text, ...steps.map((step) => step.name)].join('.');
  }

  /** The arguments of a call; `keyword` is `**` for a spread dict, and the value of `*args` keeps its star. */
  #arguments(inside: TokenRange): { keyword: string | undefined; value: TokenRange }[] {
    return splitAtCommas(this.#source, inside).map((item) => {
      const first = this.#source.tokens[item.from];
      if (first?.kind === 'name' && this.#text(item.from + 1) === '=') return { keyword: first.text, value: { from: item.from + 2, to: item.to } };
      if (first?.text === '**') return { keyword: '**', value: { from: item.from + 1, to: item.to } };
      return { keyword: undefined, value: item };
    });
  }

  #record(name: string, args: readonly { keyword: string | undefined; value: TokenRange }[], span: Span): void {
    const called = name.slice('dbt.'.length);
    const values: Argument[] = [];
    for (const arg of args) {
      const result = literalOf(this.#source, arg.value);
      const valueSpan = arg.value.from < arg.value.to ? this.#spanOf(arg.value) : span;
      if (result.kind !== 'value') {
        this.#literalProblem(result, called, valueSpan);
        return;
      }
      const keySpan = arg.keyword === undefined ? valueSpan : this.#spanOf({ from: arg.value.from - 2, to: arg.value.from - 1 });
      values.push({ keyword: arg.keyword, keySpan, value: result.value, valueSpan, tokens: arg.value });
    }
    const positional = values.filter((value) => value.keyword === undefined);
    const keywords = values.filter((value) => value.keyword !== undefined);
    switch (called) {
      case 'ref':
        this.#ref(positional, keywords, span);
        break;
      case 'source':
        this.#sourceCall(positional, keywords, span);
        break;
      case 'config':
        this.#config(positional, keywords, span);
        break;
      default: {
        const [key, fallback] = positional;
        if (key === undefined || positional.length > 2) {
          this.#problem('python-arguments', `dbt.${called}() takes one or two arguments, not ${positional.length}.`, span);
          return;
        }
        this.#found.reads.push({ kind: called === 'config.get' ? 'config' : 'meta', key: key.value, fallback: fallback?.value ?? null, span });
      }
    }
  }

  #ref(positional: readonly Argument[], keywords: readonly Argument[], span: Span): void {
    const name = positional.at(-1);
    if (name === undefined || positional.length > 2) {
      this.#problem('python-arguments', `dbt.ref() takes one or two arguments, not ${positional.length}.`, span);
      return;
    }
    const packageName = positional.length === 2 ? positional[0] : undefined;
    // dbt takes `version`, or `v` where that is absent, 0 or empty.
    const versions = ['version', 'v'].map((key) => keywords.find((argument) => argument.keyword === key));
    const version = versions.find((argument) => isTruthy(argument?.value));
    const isVersion = version === undefined || ['string', 'number', 'bigint', 'boolean'].includes(typeof version.value) || isPyFloat(version.value);
    const isNamed = typeof name.value === 'string' && (packageName === undefined || packageName.value === null || typeof packageName.value === 'string');
    if (!isNamed || !isVersion || typeof name.value !== 'string') {
      this.#problem('python-arguments', 'The arguments of dbt.ref() must be strings, and its version a string or a number.', span);
      return;
    }
    this.#found.captures.push({
      kind: 'ref',
      name: name.value,
      nameSpan: name.valueSpan,
      package: typeof packageName?.value === 'string' ? packageName.value : undefined,
      packageSpan: packageName?.valueSpan,
      version: version?.value,
      versionSpan: version?.valueSpan,
      span,
    });
  }

  #sourceCall(positional: readonly Argument[], keywords: readonly Argument[], span: Span): void {
    const [source, table] = positional;
    if (source === undefined || table === undefined || positional.length > 2 || keywords.length > 0) {
      this.#problem('python-arguments', `dbt.source() takes two arguments, not ${positional.length + keywords.length}.`, span);
      return;
    }
    if (typeof source.value !== 'string' || typeof table.value !== 'string') {
      this.#problem('python-arguments', 'The arguments of dbt.source() must be strings.', span);
      return;
    }
    this.#found.captures.push({
      kind: 'source',
      source: source.value,
      sourceSpan: source.valueSpan,
      table: table.value,
      tableSpan: table.valueSpan,
      span,
    });
  }

  #config(positional: readonly Argument[], keywords: readonly Argument[], span: Span): void {
    const [only] = positional;
    if (only !== undefined && positional.length === 1 && keywords.length === 0 && isPyDict(only.value)) {
      this.#found.captures.push({ kind: 'config', entries: this.#dictEntries(only, only.value), span });
    } else if (positional.length === 0 && keywords.length > 0 && keywords.every((argument) => argument.keyword !== '**')) {
      const entries = keywords.map(({ keyword, keySpan, value, valueSpan }) => ({ key: keyword ?? '', keySpan, value, valueSpan }));
      this.#found.captures.push({ kind: 'config', entries, span });
    } else this.#problem('python-arguments', 'dbt.config() takes either keyword arguments or one dict.', span);
  }

  /** The entries of `dbt.config({…})` with the spans of keys and values; of repeated keys the last counts. */
  #dictEntries(argument: Argument, dict: PyDict): StaticConfigEntry[] {
    const spans = new Map<PyValue, { keySpan: Span; valueSpan: Span }>();
    const outer = this.#withoutBrackets(argument.tokens);
    for (const item of splitAtCommas(this.#source, { from: outer.from + 1, to: outer.to - 1 })) {
      const colon = findOutside(this.#source, item, ':');
      const key = literalOf(this.#source, { from: item.from, to: colon });
      if (key.kind !== 'value') continue;
      spans.set(key.value, { keySpan: this.#spanOf({ from: item.from, to: colon }), valueSpan: this.#spanOf({ from: colon + 1, to: item.to }) });
    }
    const entries: StaticConfigEntry[] = [];
    for (const [key, value] of dict) {
      const { keySpan, valueSpan } = spans.get(key) ?? { keySpan: argument.valueSpan, valueSpan: argument.valueSpan };
      if (typeof key === 'string') entries.push({ key, keySpan, value, valueSpan });
    }
    return entries;
  }

  #literalProblem(result: LiteralResult, called: string, span: Span): void {
    if (result.kind === 'unsupported') {
      this.#problem('python-unsupported-literal', `This kind of value has no use in dbt.${called}().`, span);
    } else this.#problem('python-literal', `dbt reads the arguments of dbt.${called}() without running the file, and this is no literal: ${NOT_LITERAL}.`, span);
  }

  #problem(code: string, message: string, span: Span): void {
    this.#found.problems.push({ code, message, span });
  }

  #text(at: number): string {
    return this.#source.tokens[at]?.text ?? '';
  }

  #spanOf(range: TokenRange): Span {
    return { from: this.#source.tokens[range.from]?.from ?? 0, to: this.#source.tokens[range.to - 1]?.to ?? 0 };
  }
}

/** What dbt's PythonValidationVisitor objects to: one `def model(dbt, session)` that ends in `return` of one thing. */
function modelFunctionProblems(source: PythonTokens): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const { tokens, lines } = source;
  const functions: number[] = [];
  // Indents of the functions around a line: what is inside a function does not count.
  const around: number[] = [];
  lines.forEach((line, index) => {
    while (around.length > 0 && line.indent <= (around.at(-1) ?? 0)) around.pop();
    if (tokens[line.first]?.text !== 'def') return;
    if (around.length === 0 && tokens[line.first + 1]?.text === 'model') functions.push(index);
    around.push(line.indent);
  });
  const firstToken = tokens[0];
  const whole = firstToken === undefined ? { from: 0, to: 0 } : { from: firstToken.from, to: firstToken.to };
  if (functions.length !== 1) {
    const second = lines[functions[1] ?? -1];
    const name = second === undefined ? undefined : tokens[second.first + 1];
    problems.push({
      code: 'python-no-model',
      message: `dbt allows exactly one model defined per python file, found ${functions.length}.`,
      span: name === undefined ? whole : { from: name.from, to: name.to },
    });
  }
  for (const index of functions) problems.push(...signatureProblems(source, index), ...returnProblems(source, index));
  return problems;
}

function signatureProblems(source: PythonTokens, index: number): SyntaxProblem[] {
  const line = source.lines[index];
  if (line === undefined) return [];
  const open = line.first + 2;
  const close = source.partners[open] ?? -1;
  const name = source.tokens[line.first + 1];
  if (name === undefined || close < open) return [];
  let names: string[] = [];
  for (const parameter of splitAtCommas(source, { from: open + 1, to: close })) {
    const first = source.tokens[parameter.from]?.text ?? '';
    if (first === '/') names = [];
    else if (first.startsWith('*')) break;
    else names.push(first);
  }
  const isFine = names.length === 2 && names[0] === 'dbt';
  if (isFine) return [];
  return [
    {
      code: 'python-model-arguments',
      message:
        names.length === 2
          ? "'dbt' not provided for model as the first argument."
          : 'model function should have two args, `dbt` and a session to current warehouse.',
      span: { from: name.from, to: name.to },
    },
  ];
}

function returnProblems(source: PythonTokens, index: number): SyntaxProblem[] {
  const { tokens, lines } = source;
  const header = lines[index];
  if (header === undefined) return [];
  const statement = lastStatement(source, index);
  const name = tokens[header.first + 1];
  const isReturn = statement !== undefined && tokens[statement.from]?.text === 'return';
  if (isReturn && !isTuple(source, { from: statement.from + 1, to: statement.to })) return [];
  const place = isReturn ? tokens[statement.from] : name;
  return [
    {
      code: 'python-model-return',
      message: 'In current version, model function should return only one dataframe object.',
      span: place === undefined ? { from: 0, to: 0 } : { from: place.from, to: place.to },
    },
  ];
}

/** The last statement of the block that the line `index` opens. */
function lastStatement(source: PythonTokens, index: number): TokenRange | undefined {
  const header = source.lines[index];
  if (header === undefined) return undefined;
  const colon = findOutside(source, { from: header.first, to: header.end }, ':');
  const inline = { from: colon + 1, to: header.end };
  if (colon !== -1 && inline.from < inline.to) return lastOfLine(source, inline);
  const body = source.lines[index + 1];
  if (body === undefined || body.indent <= header.indent) return undefined;
  let last = body;
  for (let at = index + 1; at < source.lines.length; at++) {
    const line = source.lines[at];
    if (line === undefined || line.indent <= header.indent) break;
    if (line.indent === body.indent) last = line;
  }
  return lastOfLine(source, { from: last.first, to: last.end });
}

function lastOfLine(source: PythonTokens, range: TokenRange): TokenRange {
  let { from } = range;
  for (let at = range.from; at < range.to; at = afterToken(source, at)) {
    if (source.tokens[at]?.text === ';' && at + 1 < range.to) from = at + 1;
  }
  const to = source.tokens[range.to - 1]?.text === ';' ? range.to - 1 : range.to;
  return { from, to };
}

function isTuple(source: PythonTokens, range: TokenRange): boolean {
  if (findOutside(source, range, 'for') !== -1) return false;
  const parts = splitAtCommas(source, range);
  if (parts.length > 1 || source.tokens[range.to - 1]?.text === ',') return true;
  const isBracketed = source.tokens[range.from]?.text === '(' && source.partners[range.from] === range.to - 1;
  if (!isBracketed) return false;
  return range.to - range.from === 2 || isTuple(source, { from: range.from + 1, to: range.to - 1 });
}
