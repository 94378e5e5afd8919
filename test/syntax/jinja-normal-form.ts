/** Writes a Jinja tree in the form in which oracle/jinja_oracle.py writes that of Jinja2, so that the two can be compared. */

import type {
  JinjaArguments,
  JinjaExpression,
  JinjaParameter,
  JinjaStatement,
  JinjaTarget,
} from '../../server/src/syntax/jinja/ast.ts';

export type NormalForm = null | boolean | number | string | readonly NormalForm[];

export function normalizeStatements(body: readonly JinjaStatement[]): NormalForm {
  const result: NormalForm[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') result.push(['text', text]);
    text = '';
  };
  for (const statement of body) {
    if (statement.kind === 'text') {
      text += statement.text;
      continue;
    }
    flush();
    result.push(normalizeStatement(statement));
  }
  flush();
  return result;
}

function normalizeStatement(s: Exclude<JinjaStatement, { kind: 'text' }>): NormalForm {
  switch (s.kind) {
    case 'output':
      return ['out', normalizeExpression(s.expression)];
    case 'if':
      return [
        'if',
        s.branches.map((branch) => [normalizeExpression(branch.test), normalizeStatements(branch.body)]),
        normalizeStatements(s.otherwise),
      ];
    case 'for':
      return [
        'for',
        normalizeTarget(s.target),
        normalizeExpression(s.iterable),
        optional(s.filter),
        s.recursive,
        normalizeStatements(s.body),
        normalizeStatements(s.otherwise),
      ];
    case 'set':
      return ['set', normalizeTarget(s.target), normalizeExpression(s.value)];
    case 'set-block':
      return ['set-block', normalizeTarget(s.target), optional(s.filter), normalizeStatements(s.body)];
    case 'macro':
      return ['macro', s.macroName, s.parameters.map(normalizeParameter), normalizeStatements(s.body)];
    case 'call-block':
      return ['call-block', s.parameters.map(normalizeParameter), normalizeExpression(s.call), normalizeStatements(s.body)];
    case 'filter-block':
      return ['filter-block', normalizeExpression(s.filter), normalizeStatements(s.body)];
    case 'with':
      return [
        'with',
        s.assignments.map((a) => [normalizeTarget(a.target), normalizeExpression(a.value)]),
        normalizeStatements(s.body),
      ];
    case 'do':
      return ['do', normalizeExpression(s.expression)];
    case 'break':
    case 'continue':
      return [s.kind];
    case 'docs':
      return ['docs', s.name, normalizeStatements(s.body)];
    case 'unsupported':
      return ['unsupported', s.tag];
  }
}

function normalizeTarget(t: JinjaTarget): NormalForm {
  if (t.kind === 'name') return ['name', t.name];
  if (t.kind === 'namespace-attribute') return ['nsref', t.object, t.name];
  return ['tuple', t.items.map(normalizeTarget)];
}

function normalizeParameter(p: JinjaParameter): NormalForm {
  return [p.name, optional(p.default), p.annotation?.replace(/\s+/gu, '') ?? null];
}

function optional(e: JinjaExpression | undefined): NormalForm {
  return e === undefined ? null : normalizeExpression(e);
}

function normalizeArguments(a: JinjaArguments): NormalForm {
  return [
    a.positional.map(normalizeExpression),
    a.keyword.map((k) => [k.name, normalizeExpression(k.value)]),
    optional(a.star),
    optional(a.doubleStar),
  ];
}

export function normalizeExpression(e: JinjaExpression): NormalForm {
  switch (e.kind) {
    case 'string':
      return ['str', e.value];
    case 'integer':
      return ['int', BigInt(e.text).toString()];
    case 'float':
      return ['float', Number.isFinite(e.value) ? e.value : 'inf'];
    case 'boolean':
      return ['bool', e.value];
    case 'none':
      return ['none'];
    case 'name':
      return ['name', e.name];
    case 'list':
    case 'tuple':
      return [e.kind, e.items.map(normalizeExpression)];
    case 'dict':
      return ['dict', e.entries.map((entry) => [normalizeExpression(entry.key), normalizeExpression(entry.value)])];
    case 'attribute':
      return ['attr', normalizeExpression(e.object), e.name];
    case 'item':
      return ['item', normalizeExpression(e.object), normalizeExpression(e.index)];
    case 'slice':
      return ['slice', optional(e.start), optional(e.stop), optional(e.step)];
    case 'call':
      return ['call', normalizeExpression(e.callee), normalizeArguments(e.arguments)];
    case 'filter':
      return ['filter', normalizeExpression(e.input), e.name, normalizeArguments(e.arguments)];
    case 'test': {
      const test: NormalForm = ['test', normalizeExpression(e.input), e.name, normalizeArguments(e.arguments)];
      return e.negated ? ['not', test] : test;
    }
    case 'filter-input':
      return ['input'];
    case 'not':
      return ['not', normalizeExpression(e.operand)];
    case 'negative':
      return ['neg', normalizeExpression(e.operand)];
    case 'positive':
      return ['pos', normalizeExpression(e.operand)];
    case 'binary':
      return [e.operator, normalizeExpression(e.left), normalizeExpression(e.right)];
    case 'concat':
      return ['~', e.parts.map(normalizeExpression)];
    case 'and':
    case 'or':
      return [e.kind, normalizeExpression(e.left), normalizeExpression(e.right)];
    case 'compare':
      return ['compare', normalizeExpression(e.first), e.rest.map((r) => [r.operator, normalizeExpression(r.operand)])];
    case 'conditional':
      return ['cond', normalizeExpression(e.test), normalizeExpression(e.then), optional(e.otherwise)];
  }
}
