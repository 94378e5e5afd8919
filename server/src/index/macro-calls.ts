/** Which macros a macro may call, read off its tree without evaluation: the manifest's `depends_on.macros` of macros. */

import type { JinjaExpression } from '../syntax/jinja/ast.ts';
import type { JinjaMacro } from '../jinja/context.ts';

/**
 * A call in a macro: `name()`, `package.name()` or `adapter.dispatch('name', 'package')`; `message` is what dbt says of a dispatch
 * whose arguments it cannot read off the text.
 */
export type MacroCall =
  | { readonly kind: 'plain'; readonly package: string | null; readonly name: string }
  | { readonly kind: 'dispatch'; readonly namespace: string | null; readonly name: string }
  | { readonly kind: 'unreadable-dispatch'; readonly message: string };

/** Calls that dbt leaves out. */
const STANDARD_CALLS: ReadonlySet<string> = new Set(['source', 'ref', 'config']);

const known = new WeakMap<JinjaMacro, readonly MacroCall[]>();

/** The calls of a macro in the order in which they stand, with repetitions. */
export function callsOfMacro(macro: JinjaMacro): readonly MacroCall[] {
  let calls = known.get(macro);
  if (calls === undefined) {
    const found: MacroCall[] = [];
    visit(macro, found);
    known.set(macro, (calls = found));
  }
  return calls;
}

/** Trees are plain data: whatever is an object in them may hold expressions. */
function visit(node: unknown, found: MacroCall[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (isCall(node)) {
    const call = readCall(node);
    if (call !== undefined) found.push(call);
  }
  for (const [key, child] of Object.entries(node)) if (key !== 'span') visit(child, found);
}

type CallExpression = Extract<JinjaExpression, { kind: 'call' }>;

function isCall(node: object): node is CallExpression {
  return 'kind' in node && node.kind === 'call' && 'callee' in node;
}

function readCall({ callee, arguments: args }: CallExpression): MacroCall | undefined {
  if (callee.kind === 'name') return STANDARD_CALLS.has(callee.name) ? undefined : { kind: 'plain', package: null, name: callee.name };
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return undefined;
  if (callee.object.name !== 'adapter') return { kind: 'plain', package: callee.object.name, name: callee.name };
  if (callee.name !== 'dispatch') return undefined;
  return readDispatch(args);
}

/** What `statically_parse_adapter_dispatch` of dbt makes of the arguments, in all macros, whether they are called or not. */
function readDispatch({ positional, keyword }: CallExpression['arguments']): MacroCall | undefined {
  const named = (name: string): JinjaExpression | undefined => keyword.find((one) => one.name === name)?.value;
  const name = named('macro_name') ?? positional[0];
  const namespace = named('macro_namespace');
  if (name === undefined) return unreadable("argument of type 'NoneType' is not iterable");
  if (!isConstant(name)) return unreadable(`'${pythonNode(name)}' object has no attribute 'value'`);
  if (namespace !== undefined && !isConstant(namespace)) {
    return unreadable(`The macro_namespace parameter to adapter.dispatch is a ${pythonNode(namespace)}, not a string`);
  }
  if (name.kind !== 'string') return undefined;
  if (name.value.includes('.')) {
    const [suggested = '', rest = ''] = name.value.split(/\.(.*)/s);
    return unreadable(
      `In adapter.dispatch, got a macro name of "${name.value}", but "." is not a valid macro name component. Did you mean ` +
        `\`adapter.dispatch("${rest}", macro_namespace="${suggested}")\`?`,
    );
  }
  const second = positional[1];
  const given = second !== undefined && isConstant(second) ? second : namespace;
  return { kind: 'dispatch', namespace: given?.kind === 'string' ? given.value : null, name: name.value };
}

function unreadable(message: string): MacroCall {
  return { kind: 'unreadable-dispatch', message };
}

/** What Jinja parses to a `Const`. */
function isConstant({ kind }: JinjaExpression): boolean {
  return kind === 'string' || kind === 'integer' || kind === 'float' || kind === 'boolean' || kind === 'none';
}

/** The class of Jinja's own tree, which dbt's words name. */
function pythonNode(expression: JinjaExpression): string {
  return expression.kind === 'binary' ? (OPERATORS[expression.operator] ?? 'BinExpr') : (CLASSES[expression.kind] ?? 'Expr');
}

const OPERATORS: Readonly<Record<string, string>> = { '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div', '//': 'FloorDiv', '%': 'Mod', '**': 'Pow' };

const CLASSES: Readonly<Record<string, string>> = {
  name: 'Name',
  attribute: 'Getattr',
  item: 'Getitem',
  slice: 'Getitem',
  call: 'Call',
  filter: 'Filter',
  test: 'Test',
  not: 'Not',
  negative: 'Neg',
  positive: 'Pos',
  concat: 'Concat',
  and: 'And',
  or: 'Or',
  compare: 'Compare',
  conditional: 'CondExpr',
  list: 'List',
  tuple: 'Tuple',
  dict: 'Dict',
};
