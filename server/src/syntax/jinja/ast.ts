/** The tree of a Jinja template, as Jinja2 understands it with dbt's extensions; plain data with spans. */

import type { Span, SyntaxProblem } from '../../base/span.ts';

/** A parsed template. `problems` is empty if and only if Jinja2 with dbt's extensions would accept the text. */
export interface JinjaTemplate {
  readonly body: readonly JinjaStatement[];
  readonly problems: readonly SyntaxProblem[];
}

/** An assignment target: a name, an attribute of a namespace (`ns.x`), or a tuple of targets. */
export type JinjaTarget =
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'namespace-attribute'; readonly object: string; readonly name: string; readonly span: Span }
  | { readonly kind: 'tuple'; readonly items: readonly JinjaTarget[]; readonly span: Span };

/** A formal parameter of a macro; `annotation` is the source text of dbt's optional type (`x: str`). */
export interface JinjaParameter {
  readonly name: string;
  readonly default: JinjaExpression | undefined;
  readonly annotation: string | undefined;
  readonly span: Span;
}

/** Everything that stands between other text in a template. */
export type JinjaStatement =
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  | { readonly kind: 'output'; readonly expression: JinjaExpression; readonly span: Span }
  | {
      readonly kind: 'if';
      /** `if` and `elif` branches in order. */
      readonly branches: readonly { readonly test: JinjaExpression; readonly body: readonly JinjaStatement[] }[];
      readonly otherwise: readonly JinjaStatement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'for';
      readonly target: JinjaTarget;
      readonly iterable: JinjaExpression;
      readonly filter: JinjaExpression | undefined;
      readonly recursive: boolean;
      readonly body: readonly JinjaStatement[];
      readonly otherwise: readonly JinjaStatement[];
      readonly span: Span;
    }
  | { readonly kind: 'set'; readonly target: JinjaTarget; readonly value: JinjaExpression; readonly span: Span }
  | {
      readonly kind: 'set-block';
      readonly target: JinjaTarget;
      /** Filter chain applied to the body, as an expression over the implicit first operand (see `filter-input`). */
      readonly filter: JinjaExpression | undefined;
      readonly body: readonly JinjaStatement[];
      readonly span: Span;
    }
  | {
      /** `{% macro %}`; also `{% test %}` (name `test_x`), `{% materialization %}` (name `materialization_x_adapter`). */
      readonly kind: 'macro';
      readonly tag: 'macro' | 'test' | 'materialization';
      /** The name as written. */
      readonly name: string;
      readonly nameSpan: Span;
      /** dbt's name: `x` for macros, `test_x` for tests, `materialization_x_default` or `…_<adapter>` for materializations. */
      readonly macroName: string;
      readonly parameters: readonly JinjaParameter[];
      readonly body: readonly JinjaStatement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'call-block';
      readonly parameters: readonly JinjaParameter[];
      readonly call: JinjaExpression;
      readonly body: readonly JinjaStatement[];
      readonly span: Span;
    }
  | { readonly kind: 'filter-block'; readonly filter: JinjaExpression; readonly body: readonly JinjaStatement[]; readonly span: Span }
  | {
      readonly kind: 'with';
      readonly assignments: readonly { readonly target: JinjaTarget; readonly value: JinjaExpression }[];
      readonly body: readonly JinjaStatement[];
      readonly span: Span;
    }
  | { readonly kind: 'do'; readonly expression: JinjaExpression; readonly span: Span }
  | { readonly kind: 'break'; readonly span: Span }
  | { readonly kind: 'continue'; readonly span: Span }
  | { readonly kind: 'docs'; readonly name: string; readonly body: readonly JinjaStatement[]; readonly span: Span }
  /** A tag that Jinja2 knows but dbt's environment cannot serve (`include`, `import`, `extends`, `block`, …). */
  | { readonly kind: 'unsupported'; readonly tag: string; readonly span: Span };

/** A call argument list: positional, `*args`, keyword and `**kwargs`. */
export interface JinjaArguments {
  readonly positional: readonly JinjaExpression[];
  readonly keyword: readonly { readonly name: string; readonly value: JinjaExpression; readonly span: Span }[];
  readonly star: JinjaExpression | undefined;
  readonly doubleStar: JinjaExpression | undefined;
}

/** Operators with two operands that give a value. */
export type JinjaBinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** Operators that compare; they chain as in Python. */
export type JinjaComparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** Everything that has a value. */
export type JinjaExpression =
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  /** Whole-number literal as written without `_`; may exceed the safe range. */
  | { readonly kind: 'integer'; readonly text: string; readonly span: Span }
  | { readonly kind: 'float'; readonly value: number; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'none'; readonly span: Span }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly JinjaExpression[]; readonly span: Span }
  | { readonly kind: 'tuple'; readonly items: readonly JinjaExpression[]; readonly span: Span }
  | {
      readonly kind: 'dict';
      readonly entries: readonly { readonly key: JinjaExpression; readonly value: JinjaExpression }[];
      readonly span: Span;
    }
  | { readonly kind: 'attribute'; readonly object: JinjaExpression; readonly name: string; readonly span: Span }
  | { readonly kind: 'item'; readonly object: JinjaExpression; readonly index: JinjaExpression; readonly span: Span }
  | {
      readonly kind: 'slice';
      readonly start: JinjaExpression | undefined;
      readonly stop: JinjaExpression | undefined;
      readonly step: JinjaExpression | undefined;
      readonly span: Span;
    }
  | { readonly kind: 'call'; readonly callee: JinjaExpression; readonly arguments: JinjaArguments; readonly span: Span }
  | {
      readonly kind: 'filter';
      readonly input: JinjaExpression;
      readonly name: string;
      readonly arguments: JinjaArguments;
      readonly span: Span;
    }
  | {
      readonly kind: 'test';
      readonly input: JinjaExpression;
      readonly name: string;
      readonly arguments: JinjaArguments;
      readonly negated: boolean;
      readonly span: Span;
    }
  /** Stands for the rendered body in the chains of `{% filter %}` and `{% set x | f %}`. */
  | { readonly kind: 'filter-input'; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: JinjaExpression; readonly span: Span }
  | { readonly kind: 'negative' | 'positive'; readonly operand: JinjaExpression; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: JinjaBinaryOperator;
      readonly left: JinjaExpression;
      readonly right: JinjaExpression;
      readonly span: Span;
    }
  | { readonly kind: 'concat'; readonly parts: readonly JinjaExpression[]; readonly span: Span }
  | { readonly kind: 'and' | 'or'; readonly left: JinjaExpression; readonly right: JinjaExpression; readonly span: Span }
  | {
      readonly kind: 'compare';
      readonly first: JinjaExpression;
      readonly rest: readonly { readonly operator: JinjaComparison; readonly operand: JinjaExpression }[];
      readonly span: Span;
    }
  | {
      readonly kind: 'conditional';
      readonly test: JinjaExpression;
      readonly then: JinjaExpression;
      readonly otherwise: JinjaExpression | undefined;
      readonly span: Span;
    };
