/** Which macros a macro may call, read off its tree without evaluation: the manifest's `depends_on.macros` of macros. */

import type { JinjaExpression } from '../syntax/jinja/ast.ts';
import type { JinjaMacro } from '../jinja/context.ts';

/** A call in a macro: `name()`, `package.name()` or `adapter.dispatch('name', 'package')`. */
export type MacroCall =
  | { readonly kind: 'plain'; readonly package: string | null; readonly name: string }
  | { readonly kind: 'dispatch'; readonly namespace: string | null; readonly name: string };

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
  const argument = (position: number, keyword: string): string | undefined => {
    const given = args.positional[position] ?? args.keyword.find(({ name }) => name === keyword)?.value;
    return given?.kind === 'string' ? given.value : undefined;
  };
  const name = argument(0, 'macro_name');
  return name === undefined ? undefined : { kind: 'dispatch', namespace: argument(1, 'macro_namespace') ?? null, name };
}
