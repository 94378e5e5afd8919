/** What files cannot tell stays unknown, and takes both sides of a branch. */

import { describe, expect, test } from 'vitest';
import { unknownBecause, type ConfigValue } from '../../server/src/base/unknown.ts';
import { evaluateTemplate, type EvaluationResult } from '../../server/src/jinja/evaluate.ts';
import { parseJinja } from '../../server/src/syntax/jinja/parse.ts';
import { macroSource, macrosOf, testContext, type TestContextOptions } from './context.ts';

const UNSURE = unknownBecause('nobody knows');
const VARIABLES = new Map<string, ConfigValue>([
  ['unsure', UNSURE],
  ['list', ['a', 'b']],
]);

function evaluate(text: string, options: TestContextOptions = {}): EvaluationResult {
  return evaluateTemplate(parseJinja(text), testContext({ variables: VARIABLES, ...options }));
}

function withMacros(text: string, macros: string, options: TestContextOptions = {}): EvaluationResult {
  return evaluate(text, { macros: macroSource(new Map([['p', macrosOf('p', macros)]]), 'p', 'p'), ...options });
}

/** `name` for what dbt captures, `name?` for unknown branches, `name!` for branches that parsing leaves out. */
function refsOf(result: EvaluationResult): string[] {
  return result.refs.map((ref) => ref.name + (ref.uncertainty === undefined ? '' : ref.uncertainty === 'unknown' ? '?' : '!'));
}

describe('branches that dbt leaves out while it parses', () => {
  test('the body of is_incremental() is captured as not executed', () => {
    const result = evaluate("{{ ref('a') }}{% if is_incremental() %}{{ ref('b') }}{% endif %}");
    expect(refsOf(result)).toEqual(['a', 'b!']);
    expect(result.evaluation).toBe('evaluated');
    expect(result.output).toBe('"a"');
  });

  test('the body of execute is captured as not executed, the else branch as dbt has it', () => {
    expect(refsOf(evaluate("{% if execute %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endif %}"))).toEqual(['a!', 'b']);
    expect(refsOf(evaluate("{{ ref('a') if execute else ref('b') }}"))).toEqual(['a!', 'b']);
    expect(refsOf(evaluate("{% if not execute %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endif %}"))).toEqual(['b!', 'a']);
  });

  test('elif branches behind a test on execute are left out, too', () => {
    expect(refsOf(evaluate("{% if execute and true %}{{ ref('a') }}{% elif 1 == 2 %}{{ ref('b') }}{% else %}{{ ref('c') }}{% endif %}"))).toEqual(['a!', 'b!', 'c']);
  });

  test('a variable that holds the answer of is_incremental() counts', () => {
    expect(refsOf(evaluate("{% set inc = is_incremental() %}{% if inc %}{{ ref('a') }}{% endif %}"))).toEqual(['a!']);
  });

  test('a namespace attribute that holds it counts', () => {
    expect(refsOf(evaluate("{% set ns = namespace(inc=false) %}{% set ns.inc = execute %}{% if ns.inc %}{{ ref('a') }}{% endif %}"))).toEqual(['a!']);
  });

  test('a macro that wraps it counts', () => {
    const result = withMacros("{% if fresh() %}{{ ref('a') }}{% endif %}", '{% macro fresh() %}{{ return(is_incremental() and true) }}{% endmacro %}');
    expect(refsOf(result)).toEqual(['a!']);
    expect(result.macroCalls).toEqual(['macro.p.fresh']);
  });

  test('an ordinary test that is false captures nothing', () => {
    expect(refsOf(evaluate("{% if 1 == 2 %}{{ ref('a') }}{% endif %}{% if var('list') | length > 5 %}{{ ref('b') }}{% endif %}"))).toEqual([]);
  });

  test('a loop over the rows of a query captures its body', () => {
    const result = evaluate("{% set rows = run_query('select 1') %}{% for row in rows %}{{ ref('a') }}{{ ref(row.name) }}{% endfor %}");
    expect(refsOf(result)).toEqual(['a!']);
    expect(result.evaluation).toBe('evaluated');
  });

  test('what a left-out branch assigns or appends is undone', () => {
    const result = evaluate("{% set x = 1 %}{% set l = [] %}{% set ns = namespace(v=1) %}{% if execute %}{% set x = 2 %}{% do l.append(1) %}{% set ns.v = 9 %}{% endif %}{{ x }}{{ l }}{{ ns.v }}");
    expect(result.output).toBe('1[]1');
  });

  test('config calls of left-out branches are not captured', () => {
    const result = evaluate("{% if execute %}{{ config(materialized='table') }}{% endif %}{{ config(alias='x') }}");
    expect(result.configCalls.map((call) => [...call.values.keys()])).toEqual([['alias']]);
  });

  test('what stands behind an early return is captured as not executed', () => {
    const macros = "{% macro m() %}{% if not execute %}{{ return('x') }}{% endif %}{{ ref('late') }}{% endmacro %}";
    const result = withMacros('{{ m() }}', macros);
    expect(refsOf(result)).toEqual(['late!']);
    expect(result.output).toBe('x');
  });

  test('the body of a statement block is captured as not executed', () => {
    const result = evaluate("{% call statement('s', fetch_result=true) %}select * from {{ ref('a') }}{% endcall %}");
    expect(refsOf(result)).toEqual(['a!']);
    expect(result.macroCalls).toEqual(['macro.dbt.statement']);
  });

  test('errors in left-out branches are not reported', () => {
    const result = evaluate("{% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %}{{ ref('a') }}");
    expect(result.problems).toEqual([]);
    expect(refsOf(result)).toEqual(['a']);
  });

  test('a macro that only calls itself when dbt executes ends', () => {
    const result = withMacros('{{ m(1) }}', "{% macro m(n) %}{% if execute %}{{ ref('a') }}{{ m(n + 1) }}{% endif %}{% endmacro %}");
    expect(result.problems).toEqual([]);
    expect(new Set(refsOf(result))).toEqual(new Set(['a!']));
  });
});

describe('branches that hang on what files cannot tell', () => {
  test('both sides are captured, and the evaluation is partial', () => {
    const result = evaluate("{% if var('unsure') == 1 %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endif %}{{ ref('c') }}");
    expect(refsOf(result)).toEqual(['a?', 'b?', 'c']);
    expect(result.evaluation).toBe('partial');
    expect(result.output).toBeUndefined();
  });

  test('a branch whose other test is known to fail is not captured', () => {
    expect(refsOf(evaluate("{% if var('unsure') %}{{ ref('a') }}{% elif 1 == 2 %}{{ ref('b') }}{% endif %}"))).toEqual(['a?']);
  });

  test('without captures in it the evaluation stays whole, and equal text stays known', () => {
    const result = evaluate("{% if var('unsure') %}x{% else %}x{% endif %}{{ ref('a') }}");
    expect(result.evaluation).toBe('evaluated');
    expect(result.output).toBe('x"a"');
  });

  test('a variable set in such a branch is unknown afterwards, another keeps its value', () => {
    const result = evaluate("{% set x = 1 %}{% set y = 2 %}{% if var('unsure') %}{% set x = 5 %}{% endif %}{% if x == 1 %}{{ ref('a') }}{% endif %}{% if y == 2 %}{{ ref('b') }}{% endif %}");
    expect(refsOf(result)).toEqual(['a?', 'b']);
  });

  test('a list that such a branch appends to has unknown contents', () => {
    const result = evaluate("{% set l = ['a'] %}{% if var('unsure') %}{% do l.append('b') %}{% endif %}{% for x in l %}{{ ref('in_loop') }}{% endfor %}");
    expect(refsOf(result)).toEqual(['in_loop?']);
    expect(result.evaluation).toBe('partial');
  });

  test('a list that only a left-out branch inside it changes is as before', () => {
    const result = evaluate("{% set l = ['a'] %}{% if execute %}{% if var('unsure') %}{% do l.append('b') %}{% endif %}{% endif %}{% for x in l %}{{ ref(x) }}{% endfor %}");
    expect(refsOf(result)).toEqual(['a']);
  });

  test('a loop over the unknown captures its body once', () => {
    expect(refsOf(evaluate("{% for x in var('unsure') %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endfor %}"))).toEqual(['a?', 'b?']);
    expect(refsOf(evaluate("{% for x in [1, 2] if var('unsure') %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endfor %}"))).toEqual(['a?', 'b?']);
    // The first turn is certain, and with it that there is no else.
    expect(refsOf(evaluate("{% for x in [1, 2] if x == 1 or var('unsure') %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endfor %}"))).toEqual(['a', 'a?']);
  });

  test('a conditional expression captures both sides', () => {
    expect(refsOf(evaluate("{{ ref('a') if var('unsure') else ref('b') }}"))).toEqual(['a?', 'b?']);
  });

  test('false and true decide over an unknown where they can', () => {
    expect(refsOf(evaluate("{% if var('unsure') and false %}{{ ref('a') }}{% endif %}{% if true or var('unsure') %}{{ ref('b') }}{% endif %}{% if var('unsure') or true %}{{ ref('c') }}{% endif %}"))).toEqual(['b', 'c']);
  });

  test('a ref whose name is unknown is no edge, but is remembered', () => {
    const result = evaluate("{{ ref(var('unsure')) }}{{ ref('a' ~ var('unsure')) }}{{ source('s', var('unsure')) }}");
    expect(result.refs).toEqual([]);
    expect(result.sources).toEqual([]);
    expect(result.unresolved.map((capture) => capture.call)).toEqual(['ref', 'ref', 'source']);
    expect(result.evaluation).toBe('partial');
    expect(result.problems).toEqual([]);
  });

  test('a macro that returns in an undecided branch gives an unknown', () => {
    const macros = "{% macro m() %}{% if var('unsure') %}{{ return('a') }}{% endif %}{{ return('b') }}{% endmacro %}{% macro same() %}{% if var('unsure') %}{{ return('a') }}{% else %}{{ return('a') }}{% endif %}{% endmacro %}";
    const result = withMacros("{{ ref(m()) }}{{ ref(same()) }}", macros);
    expect(refsOf(result)).toEqual(['a']);
    expect(result.unresolved).toHaveLength(1);
  });

  test('config values may be unknown, and calls in undecided branches are conditional', () => {
    const result = evaluate("{{ config(alias=var('unsure'), tags=['a']) }}{% if var('unsure') %}{{ config(materialized='table') }}{% endif %}");
    expect(result.configCalls.map((call) => [call.conditional, call.values.get('alias') === UNSURE, call.values.get('tags') ?? null])).toEqual([
      [false, true, ['a']],
      [true, false, null],
    ]);
  });

  test('a package that is not installed makes its macros unknown, not errors', () => {
    const source = macroSource(new Map(), 'p', 'p');
    const macros = { ...source, packageState: (name: string) => (name === 'dbt_utils' ? ('missing' as const) : ('none' as const)) };
    const result = evaluate("select {{ dbt_utils.star(ref('a')) }} from {{ ref('b') }}", { macros });
    expect(refsOf(result)).toEqual(['a', 'b']);
    expect(result.problems).toEqual([]);
    expect(result.evaluation).toBe('partial');
  });

  test('names of dbt itself stay what they are while packages are missing', () => {
    const macros = { ...macroSource(new Map(), 'p', 'p'), packageState: () => 'missing' as const };
    const result = evaluate("{{ config(enabled=var('on', false) | as_bool) }}select {{ dbt_utils.star(ref('a')) }} from {{ source('s', 't') }}", { macros });
    expect(result.configCalls.map(({ values }) => values.get('enabled'))).toEqual([false]);
    expect(refsOf(result)).toEqual(['a']);
    expect(result.sources.map(({ table, conditional }) => ({ table, conditional }))).toEqual([{ table: 't', conditional: false }]);
  });

  test('an unknown target makes tests on it undecided', () => {
    const options = { target: new Map<string, ConfigValue>(), isTargetComplete: false };
    expect(refsOf(evaluate("{% if target.name == 'prod' %}{{ ref('a') }}{% else %}{{ ref('b') }}{% endif %}{{ ref('c') }}", options))).toEqual(['a?', 'b?', 'c']);
  });

  test('without an adapter a dispatch with variants takes the default one', () => {
    const macros = "{% macro m() %}{{ return(adapter.dispatch('m')()) }}{% endmacro %}{% macro default__m() %}{{ ref('d') }}{% endmacro %}{% macro snowflake__m() %}{{ ref('s') }}{% endmacro %}";
    expect(refsOf(withMacros('{{ m() }}', macros, { adapterType: undefined }))).toEqual(['d']);
    expect(refsOf(withMacros('{{ m() }}', macros, { adapterType: 'snowflake' }))).toEqual(['s']);
  });

  test('the clock is unknown unless it is given', () => {
    const text = "{% if modules.datetime.datetime.now().year > 2000 %}{{ ref('a') }}{% endif %}{{ run_started_at.year }}";
    expect(refsOf(evaluate(text))).toEqual(['a?']);
    const given = evaluate(text, { now: Date.UTC(2026, 0, 2) });
    expect(refsOf(given)).toEqual(['a']);
    expect(given.output).toBe('"a"2026');
    expect(given.reads.now).toBe(true);
  });
});

describe('places of captures', () => {
  const text = "select * from {{ ref('a') }} join {{ outer('b') }}";
  const macros = '{% macro outer(n) %}{{ inner(n) }}{% endmacro %}{% macro inner(n) %}{{ ref(n) }}{% endmacro %}';

  test('a ref in the own text has the span of its call, one in a macro that of the call of the macro', () => {
    const result = withMacros(text, macros);
    expect(result.refs.map((ref) => [text.slice(ref.span.from, ref.span.to), ref.inMacro ?? null])).toEqual([
      ["ref('a')", null],
      ["outer('b')", 'macro.p.inner'],
    ]);
    expect(result.macroCalls).toEqual(['macro.p.outer']);
  });

  test('an error inside a macro stands at its call, and the rest of the text is still read', () => {
    const broken = "{{ ref('a') }}{{ bad() }}{{ ref('b') }}";
    const result = withMacros(broken, "{% macro bad() %}{{ exceptions.raise_compiler_error('broken') }}{% endmacro %}");
    expect(refsOf(result)).toEqual(['a', 'b']);
    expect(result.problems.map((problem) => [problem.code, problem.message, broken.slice(problem.span.from, problem.span.to)])).toEqual([
      ['jinja-compiler-error', 'broken', 'bad()'],
    ]);
    expect(result.evaluation).toBe('partial');
  });

  test('a call of an undefined macro is a remark, since dbt lets it pass', () => {
    const result = evaluate("{{ nope('a') }} {{ pkg.nope() }}");
    expect(result.problems.map((problem) => [problem.severity, problem.code])).toEqual([
      ['info', 'jinja-undefined-call'],
      ['info', 'jinja-undefined-call'],
    ]);
  });
});

describe('what an evaluation asked for', () => {
  test('macros with misses, vars, environment variables, target and dispatch are noted', () => {
    const result = evaluate("{{ nope() }}{{ var('list') }}{{ var('other', 1) }}{{ env_var('HOME_X', 'd') }}{{ target.name }}{{ adapter.dispatch('type_int', 'dbt')() }}");
    expect([...result.reads.macros]).toContain('nope');
    expect([...result.reads.variables]).toEqual(['list', 'other']);
    expect([...result.reads.environment]).toEqual(['HOME_X']);
    expect([...result.reads.dispatch]).toEqual(['dbt']);
    expect(result.reads.target).toBe(true);
    expect(result.reads.now).toBe(false);
  });

  test('a template without any reads none', () => {
    const { reads } = evaluate('select {{ 1 + 1 }}');
    expect([reads.macros.size, reads.variables.size, reads.environment.size, reads.target, reads.flags, reads.now]).toEqual([0, 0, 0, false, false, false]);
  });

  test('lists of vars can be changed without changing the project', () => {
    const variables = new Map<string, ConfigValue>([['list', ['a']]]);
    const text = "{% do var('list').append('b') %}{{ var('list') }}";
    expect(evaluate(text, { variables }).output).toBe("['a', 'b']");
    expect(variables.get('list')).toEqual(['a']);
  });
});

describe('budgets', () => {
  test('endless recursion ends as in dbt', () => {
    const result = withMacros('{{ m() }}', '{% macro m() %}{{ m() }}{% endmacro %}');
    expect(result.problems.map(({ message }) => message)).toEqual(['maximum recursion depth exceeded']);
  });

  test.each([
    ['nested loops', '{% for a in range(99999) %}{% for b in range(99999) %}{% set c = a %}{% endfor %}{% endfor %}', ''],
    ['a text that doubles', "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}", ''],
    ['a list that doubles', '{% set l = [1] %}{% for i in range(99) %}{% do l.extend(l) %}{% endfor %}', ''],
    ['much output', "{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}", ''],
    ['a repeated text', "{{ 'x' * 999999999 }}", ''],
    ['a huge power', '{{ 9 ** 99999999 }}', ''],
    ['a list that grows while it is read', '{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}', ''],
    ['a var that renders itself', "{{ render('{{ x }}' * 1) }}{{ m(1) }}", "{% macro m(x) %}{{ render('{{ m(1) }}') }}{% endmacro %}"],
    ['wide padding', "{{ 'a'.ljust(999999999) }}", ''],
    ['many products', '{{ modules.itertools.product(range(9999), range(9999)) | list }}', ''],
  ])('%s ends with a problem', (_name, text, macros) => {
    const result = withMacros(text, macros);
    expect(result.problems.map((problem) => problem.code)).toEqual(['jinja-budget']);
    expect(result.evaluation).toBe('partial');
  }, 60_000);
});

describe('macros that merely look at execute', () => {
  test('a macro that logs only when dbt executes gives a certain answer', () => {
    const macros = "{% macro kind() %}{% if execute %}{% do log('x') %}{% endif %}{{ return('a') }}{% endmacro %}";
    expect(refsOf(withMacros("{% if kind() == 'b' %}{{ ref('b') }}{% else %}{{ ref('a') }}{% endif %}", macros))).toEqual(['a']);
  });

  test('a macro that writes something else when dbt executes does not', () => {
    const macros = "{% macro kind() %}{% if execute %}x{% else %}y{% endif %}{% endmacro %}";
    expect(refsOf(withMacros("{% if kind() == 'x' %}{{ ref('b') }}{% else %}{{ ref('a') }}{% endif %}", macros))).toEqual(['b!', 'a']);
  });

  test('a macro that returns early unless dbt executes does not', () => {
    const macros = '{% macro rows() %}{% if not execute %}{{ return([]) }}{% endif %}{{ return(run_query("q").rows) }}{% endmacro %}';
    expect(refsOf(withMacros("{% for row in rows() %}{{ ref('b') }}{% endfor %}", macros))).toEqual(['b!']);
  });
});

describe('ends that files cannot decide', () => {
  const UNDECIDED_END = '{% macro m(ns) %}{% for i in [1, 2] %}{% if true %}{% if var("unsure") %}{{ return("a") }}{% endif %}{% set ns.n = i %}{% endif %}{% endfor %}{{ ref("x") }}{{ return("b") }}{% endmacro %}';

  test('a return within other blocks leaves everything behind it uncertain, and what it would give', () => {
    const result = withMacros("{% set ns = namespace(n=0) %}{% set r = m(ns) %}{{ ref('is_' ~ r) }}{{ ref('n' ~ ns.n) }}{{ ref('z') }}", UNDECIDED_END);
    expect(refsOf(result)).toEqual(['x?', 'z']);
    expect(result.evaluation).toBe('partial');
  });

  test('a return in a loop over what files cannot tell may not come', () => {
    const macros = '{% macro m() %}{% for i in var("unsure") %}{{ return("a") }}{% endfor %}{{ ref("x") }}{{ return("b") }}{% endmacro %}';
    expect(refsOf(withMacros("{{ ref('is_' ~ m()) }}{{ ref('z') }}", macros))).toEqual(['x?', 'z']);
  });

  test('a return that comes on every way gives the same value on all of them', () => {
    const macros = '{% macro m() %}{% if var("unsure") %}{{ return("a") }}{% else %}{{ return("a") }}{% endif %}{{ ref("x") }}{% endmacro %}';
    expect(refsOf(withMacros("{{ ref(m()) }}", macros))).toEqual(['a']);
  });

  test.each(['break', 'continue'])('%s leaves the rest of the turn uncertain', (end) => {
    const result = evaluate(`{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% if var('unsure') %}{% ${end} %}{% endif %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ref('n' ~ ns.n) }}{{ ref('z') }}`);
    expect(refsOf(result)).toEqual(['z']);
  });

  test('break leaves the turns behind it uncertain, continue does not', () => {
    const text = (end: string): string => `{% for i in [1, 2] %}{{ ref('r' ~ i) }}{% if var('unsure') %}{% ${end} %}{% endif %}{% endfor %}`;
    expect(refsOf(evaluate(text('break')))).toEqual(['r1', 'r2?']);
    expect(refsOf(evaluate(text('continue')))).toEqual(['r1', 'r2']);
  });

  test('what may have been written behind one is not known', () => {
    expect(evaluate("{% for i in [1] %}{% if var('unsure') %}{% continue %}{% endif %}x{% endfor %}").output).toBeUndefined();
  });

  test('one within a block that is assigned leaves what follows uncertain', () => {
    const macros = '{% macro m() %}{% set x %}{% if var("unsure") %}{{ return("a") }}{% endif %}{% endset %}{{ ref("y") }}{{ return("b") }}{% endmacro %}';
    expect(refsOf(withMacros("{{ ref('is_' ~ m()) }}{{ ref('z') }}", macros))).toEqual(['y?', 'z']);
  });
});

describe('branches that are too long to be followed', () => {
  const LONG = '{% for i in range(99999) %}{% endfor %}';
  const SPENT = `{% if var('unsure') %}${LONG}{% endif %}`;

  /** What is read after a branch on unknowns that cannot be followed to its end. */
  function after(before: string, branch: string, read: string, macros = ''): string[] {
    const results = [`{% if var('unsure') %}${LONG}${branch}{% endif %}`, `${SPENT}{% if var('unsure') %}${branch}{% endif %}`].map((text) =>
      refsOf(withMacros(`${before}${text}{{ ref('known_' ~ (${read})) }}{{ ref('z') }}`, macros)),
    );
    expect(results[0]).toEqual(results[1]);
    return results[0] ?? [];
  }

  test.each([
    ['a name that they assign', '{% set x = 1 %}', '{% set x = 2 %}', 'x'],
    ['a name in a nested block', '{% set x = 1 %}', '{% if true %}{% set x, y = [2, 3] %}{% endif %}', 'x'],
    ['an attribute of a namespace', '{% set ns = namespace(x=1) %}', '{% set ns.x = 2 %}', 'ns.x'],
    ['a new attribute of a namespace', '{% set ns = namespace(x=1) %}', '{% set ns.y = 2 %}', "ns.y or 'none'"],
    ['a list', '{% set l = [1] %}', '{% do l.append(2) %}', 'l | length'],
    ['a list within others', '{% set l = {"a": [1]} %}', '{% do l.a.append(2) %}', 'l.a | length'],
    ['a dict', '{% set d = {} %}', '{% do d.update({"a": 1}) %}', 'd | length'],
    ['a list that a macro is given', '{% set l = [1] %}', '{% do m(l) %}', 'l | length'],
  ])('make unknown %s', (_what, before, branch, read) => {
    const macros = '{% macro m(l) %}{% do l.append(1) %}{% endmacro %}';
    expect(after(before, branch, read, macros)).toEqual(['z']);
  });

  test('leave alone what they cannot reach', () => {
    expect(after('{% set x = 1 %}{% set y = 1 %}', '{% set y = 2 %}', 'x')).toEqual(['known_1', 'z']);
  });

  test('make unknown what a block given to a macro can reach', () => {
    const macros = `{% macro m() %}{% if var('unsure') %}${LONG}{{ caller() }}{% endif %}{% endmacro %}`;
    const text = "{% set l = [1] %}{% call m() %}{% do l.append(1) %}{% endcall %}{{ ref('known_' ~ (l | length)) }}{{ ref('z') }}";
    expect(refsOf(withMacros(text, macros))).toEqual(['z']);
  });

  test('make unknown what they may write, and what a macro with them returns', () => {
    const macros = `{% macro m() %}{% if var('unsure') %}${LONG}{{ return('a') }}{% endif %}{{ return('b') }}{% endmacro %}`;
    expect(refsOf(withMacros("{{ ref(m()) }}{{ ref('z') }}", macros))).toEqual(['z']);
    expect(evaluate(`x${SPENT}`).output).toBeUndefined();
  });

  test('count as unknown below many others', () => {
    const deep = "{% if var('unsure') %}".repeat(8) + '{% set x = 2 %}' + '{% endif %}'.repeat(8);
    expect(refsOf(evaluate(`{% set x = 1 %}${deep}{{ ref('known_' ~ x) }}{{ ref('z') }}`))).toEqual(['z']);
  });
});

describe('problems', () => {
  test('stand at the statement or test that raised them', () => {
    const text = "{{ ref('a') }}\n{{ 1 / 0 }}{% if 1 < 'a' %}{% endif %}{% for x in 5 %}{% endfor %}{% set x = none + 1 %}";
    const result = evaluate(text);
    expect(result.problems.map((problem) => text.slice(problem.span.from, problem.span.to))).toEqual(['{{ 1 / 0 }}', "1 < 'a'", '5', '{% set x = none + 1 %}']);
  });
});

describe('values that share their parts', () => {
  test.each([
    ['printed', '{{ ns.l }}'],
    ['compared', '{% set ns2 = namespace(l=[1]) %}{% for i in range(60) %}{% set ns2.l = [ns2.l, ns2.l] %}{% endfor %}{{ ns.l == ns2.l }}'],
    ['dumped', '{{ tojson(ns.l) }}'],
    ['configured', '{{ config(meta={"x": ns.l}) }}'],
    ['sorted', '{{ [ns.l, ns.l] | sort }}'],
  ])('do not grow without end when they are %s', (_name, use) => {
    // Written out it would be 2^60 items: that an answer comes at all is what is tested.
    const result = evaluate(`{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}${use}`);
    expect(result.steps).toBeLessThan(1000);
  }, 60_000);

  test('long texts read again and again end with a problem', () => {
    const result = evaluate("{% set s = 'x' * 3000000 %}{% for i in range(99999) %}{% if 'y' in s %}{% endif %}{% endfor %}");
    expect(result.problems.map((problem) => problem.code)).toEqual(['jinja-budget']);
  });
});
