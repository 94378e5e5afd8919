/** Output columns against DuckDB's own answers, and drawn under dbt models where only Jinja is in question. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqlDialect } from '../../server/src/syntax/sql/dialect.ts';
import { finalSelectColumns, primaryKeyGuess, statementFeatures } from '../../server/src/syntax/sql/select.ts';
import { draw, sourceOf, trimBlock } from './drawn-spans.ts';

interface Answer {
  readonly sql: string;
  readonly columns: readonly string[];
}

// The file is written by select_columns_oracle.py beside it.
const answers = JSON.parse(readFileSync(new URL('oracle/select-columns.json', import.meta.url), 'utf8')) as {
  readonly known: readonly Answer[];
  readonly unknown: readonly Answer[];
};

const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());

/** Draws the columns under the names, and `complete` or the reason on the last line. */
function expectColumns(adapter: string | undefined, drawing: string, verdict: string): void {
  const text = sourceOf(drawing);
  const result = finalSelectColumns(text, sqlDialect(adapter));
  const marks = [
    ...result.columns.map((column) => ({ span: column.span, label: column.name })),
    ...result.openStars.map((star) => ({ span: star.relation, label: `star ${text.slice(star.span.from, star.span.to)}` })),
  ].sort((a, b) => a.span.from - b.span.from);
  expect(draw(text, marks)).toBe(trimBlock(drawing));
  expect(`${result.complete ? 'complete' : (result.reason ?? 'incomplete')}${result.star ? ', star' : ''}`).toBe(verdict);
}

describe('finalSelectColumns agrees with DuckDB', () => {
  for (const { sql, columns } of answers.known) {
    it(`on ${sql}`, () => {
      const result = finalSelectColumns(sql, sqlDialect('duckdb'));
      expect(lower(result.columns.map((column) => column.name))).toEqual(lower([...new Set(columns)]));
      expect(result).toMatchObject({ complete: true, star: false, reason: undefined });
    });
  }
});

describe('finalSelectColumns does not claim to know', () => {
  for (const { sql, columns } of answers.unknown) {
    it(sql, () => {
      const result = finalSelectColumns(sql, sqlDialect('duckdb'));
      expect(result.complete).toBe(false);
      for (const column of result.columns) expect(lower(columns)).toContain(column.name.toLowerCase());
    });
  }
});

describe('finalSelectColumns', () => {
  it('follows stars through the import, logic and final CTEs of a model', () => {
    expectColumns(
      'snowflake',
      `
      {{ config(materialized='table') }}
      with source as (select * from {{ source('shop', 'orders') }}),
      renamed as (
          select id as order_id, {{ cents('amount') }} as amount, o.customer, source.at::date "Day"
                       ^^^^^^^^ order_id
                                                          ^^^^^^ amount
                                                                    ^^^^^^^^ customer
                                                                                              ^^^^^ Day
          from source o
      )
      select * from renamed
      `,
      'complete',
    );
  });

  it('says which relation an open star stands for, and keeps what it knows besides', () => {
    expectColumns(
      'bigquery',
      `
      with a as (select *, 1 as n from {{ ref('x') }})
                                ^ n
                                       ^^^^^^^^^^^^^^ star *
      select a.*, b.id, c.* from a join \`p.d.t\` as c using (id) join {{ ref('b') }} b on true
                    ^^ id
                                        ^^^^^^^ star c.*
      `,
      'star-of-relation, star',
    );
  });

  it('takes a ref without alias by its name', () => {
    expectColumns(
      'postgres',
      `
      select orders.*, customers.name from {{ ref('orders') }} join {{ ref('customers') }} on true
                                 ^^^^ name
                                           ^^^^^^^^^^^^^^^^^^^ star orders.*
      `,
      'star-of-relation, star',
    );
  });

  it('reads a relation, not the CTE, where a CTE selects from its own name or from a later one', () => {
    expectColumns(
      'postgres',
      `
      with orders as (select * from orders), a as (select * from b), b as (select 1 as x)
                                    ^^^^^^ star *
                                                                 ^ star *
      select orders.*, a.* from orders, a
      `,
      'star-of-relation, star',
    );
  });

  it('knows a column that Jinja computes by the alias behind it', () => {
    expectColumns(
      undefined,
      `
      select {{ dbt_utils.generate_surrogate_key(['a', 'b']) }} as id, {{ f() }} x, coalesce({% if a %} b {% else %} c {% endif %}, 0) as y,
                                                                   ^^ id
                                                                                 ^ x
                                                                                                                                          ^ y
        {% if target.type == 'x' %} f(z) {% else %} g(z) {% endif %} as z, {{ alias }}.w, a_{{ b }}.v
                                                                        ^ z
                                                                                       ^ w
                                                                                                    ^ v
      from t
      `,
      'complete',
    );
  });

  it('does not know columns that Jinja names, or writes without an alias', () => {
    expectColumns(
      undefined,
      `
      select a as {{ name }}, b as pre_{{ x }}, {{ x }}_post, c as {{ x }}_post, {{ dbt_utils.star(ref('t')) }}, "{{ q }}", d
                                                                                                                            ^ d
      from t
      `,
      'jinja-columns',
    );
  });

  it('keeps the name before a Jinja expression that may bring more columns', () => {
    expectColumns(
      undefined,
      `
      select a as b {{ more_columns() }}, c {{ may_be_an_alias }}
                  ^ b
      from t
      `,
      'jinja-columns',
    );
  });

  it('leaves out what a loop writes', () => {
    expectColumns(
      undefined,
      `
      select id,
             ^^ id
        {% for m in methods %} sum(case when method = '{{ m }}' then 1 end) as {{ m }}_amount, max(a) as last {% if not loop.last %},{% endif %} {% endfor %}
        , total
          ^^^^^ total
      from t
      `,
      'jinja-columns',
    );
  });

  it('reads the select that a loop repeats with UNION', () => {
    expectColumns(
      undefined,
      `
      {% for x in ['a', 'b'] %}
      {% if not loop.first %} union all {% endif %}
      select id, '{{ x }}' as origin from {{ ref(x) }}
             ^^ id
                              ^^^^^^ origin
      {% endfor %}
      `,
      'complete',
    );
  });

  it('knows a column of a condition only if all branches have it', () => {
    expectColumns(
      undefined,
      `
      select a, {% if x %} b as c, d {% else %} e as c {% endif %}, {% if y %} f, {% endif %} g
             ^ a
                                ^ c
                                                                                              ^ g
      from t
      `,
      'jinja-branches',
    );
    expectColumns(
      undefined,
      `
      {% if x %} select a, b as c from t {% else %} select d as c, a from t {% endif %}
                        ^ a
                                ^ c
      `,
      'complete',
    );
  });

  it('is not disturbed by conditions that add no columns', () => {
    expectColumns(
      undefined,
      `
      {% set x = 1 %} {%- set q -%} select z from y {%- endset -%}
      with a as (select b from {{ ref('c') }} {% if is_incremental() %} where d > (select max(d) from {{ this }}) {% endif %})
                        ^ b
      select * from a {% if x %} limit 10 {% endif %};
      `,
      'complete',
    );
  });

  it('gives up on text that a macro writes whole, and on several statements', () => {
    expectColumns(undefined, "{{ config() }} {{ union_all(['a']) }}", 'jinja-columns');
    expectColumns(undefined, 'select a from b; select c from d', 'no-query');
    expectColumns(undefined, '-- nothing\n{{ config() }}', 'no-query');
    expectColumns(undefined, 'select a from (b', 'no-query');
  });

  it('does not trust a query behind a macro, which may end in UNION', () => {
    expectColumns(
      undefined,
      `
      {{ first_branch() }} select a from t
                                  ^ a
      `,
      'jinja-columns',
    );
  });

  it('keeps columns of a star when a macro may add joins, but is not complete then', () => {
    expectColumns(
      undefined,
      `
      with a as (select b from t), c as (select *, count(*) as n from a {{ dbt_utils.group_by(1) }})
                        ^ b
                                                               ^ n
      select * from c {{ filter_exceptions() }}
      `,
      'jinja-columns',
    );
  });

  it('reads what only some dialects have', () => {
    expectColumns('bigquery', 'select as struct a, b from t', 'no-query');
    expectColumns(
      'bigquery',
      `
      with t as (select 1 as a, 2 as b, 3 as c) select * except (a, b) replace (c + 1 as c) from t
                                             ^ c
      `,
      'complete',
    );
    expectColumns(
      'sqlserver',
      `
      select top (10) percent a = 1, [b c] = d.e, f from [dbo].[t] as d
                              ^ a
                                     ^^^^^ b c
                                                  ^ f
      `,
      'complete',
    );
    expectColumns(
      'spark',
      `
      select 1st, a as 2nd, stack(1, 2) as (x, y), explode(xs) as z, r'\\' as w from t
                       ^^^ 2nd
                                                                  ^ z
                                                                             ^ w
      `,
      'unnamed-expression',
    );
    expectColumns(
      'snowflake',
      `
      select $1, a:b.c, d:e::int as f from @stage
                                    ^ f
      `,
      'unnamed-expression',
    );
  });

  it('gives the same on text with CRLF', () => {
    const text = "with a as (\n  select x, -- y\n  z\n  from t\n)\nselect * from a\n";
    const names = (source: string): string[] => finalSelectColumns(source, sqlDialect(undefined)).columns.map((column) => column.name);
    expect(names(text.replaceAll('\n', '\r\n'))).toEqual(['x', 'z']);
    expect(names(text)).toEqual(['x', 'z']);
  });

  it('never throws, and its spans hold the names', () => {
    const piece = fc.constantFrom(
      'select', 'from', 'join', 'with', 'as', 'a', 'b', '.', ',', '*', '(', ')', '[', ']', ';', '"q"', "'s'", '{{ x }}', '{{ config() }}',
      '{% if a %}', '{% else %}', '{% endif %}', '{% for a in b %}', '{% endfor %}', '{% set z %}', '{% endset %}', 'union', 'all', '1', 'except', 'end', 'group by',
      'exclude', 'replace', 'rename', 'recursive', 'pivot', '-- c\n', 'distinct', 'with a as (', 'select * from a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(' ', ''), (pieces, glue) => {
        const text = pieces.join(glue);
        for (const column of finalSelectColumns(text, sqlDialect('bigquery')).columns) {
          expect(text.slice(column.span.from, column.span.to)).toContain(column.name);
        }
        for (const star of statementFeatures(text, sqlDialect('bigquery')).stars) {
          expect(text.slice(star.span.from, star.span.to)).toMatch(/\*$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('stays near linear on hostile text', () => {
    const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
    const hostile = [
      nested('(', ')', 100_000),
      nested('select *, *, * from (', ')', 5_000),
      `with ${Array.from({ length: 3_000 }, (_, i) => `c${i} as (select *, * from c${i - 1})`).join(',')} select * from c2999`,
      'select '.repeat(100_000),
      `select ${'a, '.repeat(100_000)} b from t`,
      `select * from t union all `.repeat(20_000),
      '{% if a %} select a '.repeat(20_000),
      `select a from t ${'join u on true '.repeat(50_000)}`,
    ];
    for (const text of hostile) {
      finalSelectColumns(text, sqlDialect(undefined));
      statementFeatures(text, sqlDialect(undefined));
    }
    expect(finalSelectColumns(hostile[4] ?? '', sqlDialect(undefined)).columns.map((column) => column.name)).toEqual(['a', 'b']);
  });
});

describe('statementFeatures', () => {
  const features = (text: string, adapter?: string): ReturnType<typeof statementFeatures> => statementFeatures(text, sqlDialect(adapter));

  function expectStars(drawing: string, adapter?: string): void {
    const text = sourceOf(drawing);
    const marks = features(text, adapter).stars.map((star) => ({
      span: star.span,
      label: `${star.place}${star.alone ? ' alone' : ''}${star.modified ? ' modified' : ''} of ${star.sources.join(', ')}`,
    }));
    expect(draw(text, marks)).toBe(trimBlock(drawing));
  }

  it('tells where each star stands and what it reads', () => {
    expectStars(`
      with a as (select * from {{ ref('x') }}),
                        ^ cte alone of relation
      b as (select a.*, y.z, count(*) as n, 2 * 3 as m from a left join {{ source('y', 'y') }} y using (id)),
                   ^^^ cte of cte, relation
      c as (select * from (select * exclude (k) from s.t) q union all (select * from b))
                   ^ cte alone of subquery
                                  ^ subquery alone modified of relation
                                                                              ^ cte alone of cte
      select * from c where exists (select * from unnest(k))
             ^ final alone of cte
                                           ^ subquery alone of function
      union all
      (select d.*, 1 as one from c as d)
              ^^^ final of cte
    `);
  });

  it('sees stars in every branch of a condition', () => {
    expectStars(`
      {% if a %} select * from {{ ref('a') }} {% else %} select b.* from c as b {% endif %}
                        ^ final alone of relation
                                                                ^^^ final alone of relation
    `);
  });

  it('finds trailing semicolons, comments and Jinja statements behind them or not', () => {
    const at = (text: string): string => draw(text, features(text).trailingSemicolons.map((span) => ({ span, label: '' })));
    expect(at('select 1;')).toBe('select 1;\n        ^');
    expect(at("select ';' -- ;\n; -- done;\n{% endif %}")).toBe("select ';' -- ;\n; -- done;\n^\n{% endif %}");
    expect(at('select 1; ;')).toBe('select 1; ;\n        ^\n          ^');
    expect(features('select 1; select 2').trailingSemicolons).toEqual([]);
    expect(features("select 1 {# ; #} {% set x = ';' %}").trailingSemicolons).toEqual([]);
  });

  it('counts statements that have content', () => {
    expect(features('select 1; -- a\n ;').statementCount).toBe(1);
    expect(features("{{ config() }} select ';'; delete from x;").statementCount).toBe(2);
    expect(features('{% if a %} select 1 {% else %} select 2 {% endif %}').statementCount).toBe(1);
    expect(features('').statementCount).toBe(0);
  });

  it('takes a file of comments, config and assignments for empty', () => {
    for (const text of ['', '-- a', '/* a */ {# b #}', "{{ config(materialized='view') }}\n-- x", '{% set a = 1 %}', '{% macro m() %} select 1 {% endmacro %}']) {
      expect(features(text).isEmpty).toBe(true);
    }
    for (const text of ['select 1', '{{ my_macro() }}', "{% if a %} select 1 {% endif %}"]) expect(features(text).isEmpty).toBe(false);
  });

  it('counts joins, of exclusive branches the most, and none in comments, strings and names', () => {
    expect(features("select 'join' from a join b using (x) left join (select * from c cross join d) e -- join\n").joinCount).toBe(3);
    expect(features('select * from a {% if x %} join b join c {% else %} join d {% endif %} join e').joinCount).toBe(3);
    expect(features('select t.join from t').joinCount).toBe(0);
  });

  it('reads the first comment block above the SQL', () => {
    const comment = (text: string): string => features(text, 'snowflake').leadingComment;
    expect(comment('-- One row per order.\n-- Cancelled ones are left out.\n\n-- Another.\nselect 1')).toBe('One row per order.\nCancelled ones are left out.');
    expect(comment("{{ config(a=1) }}\n/*\n * Orders,\n * one a row.\n */\nwith a as (select 1) select 1")).toBe('Orders,\none a row.');
    expect(comment('{#- Daily sums. -#}\nselect 1')).toBe('Daily sums.');
    expect(comment('-- =====\n// Orders\n-- =====\nselect 1')).toBe('Orders');
    expect(comment("-- depends_on: {{ ref('a') }}\n-- noqa: L01\n-- dbt-readiness: disable-next-line x -- y\n\n-- Real words.\nselect 1")).toBe('Real words.');
    expect(comment('select 1 -- not above')).toBe('');
  });
});

describe('primaryKeyGuess', () => {
  it.each([
    ['dim_customers', ['name', 'customer_id', 'id'], 'customer_id'],
    ['stg_shop__order_items', ['ORDER_ID', 'ORDER_ITEM_ID'], 'ORDER_ITEM_ID'],
    ['fct_deliveries', ['order_id', 'delivery_key'], 'delivery_key'],
    ['gold_addresses', ['addresses_id', 'x'], 'addresses_id'],
    ['silver_addresses', ['address_sk', 'x'], 'address_sk'],
    ['orders', ['customer_id', 'id'], 'id'],
    ['weather', ['date', 'station_id', 'city_key'], 'station_id'],
    ['dim_people.v2', ['team_id', 'person_id'], 'person_id'],
    ['orders', ['valid', 'paid', 'idle'], undefined],
    ['orders', [], undefined],
  ])('of %s with %j is %s', (model, columns, expected) => {
    expect(primaryKeyGuess(model, columns)).toBe(expected);
  });
});
