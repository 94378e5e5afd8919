/** Hard-coded relations, drawn under the text; each trap of the rule's list has its test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqlDialect } from '../../server/src/syntax/sql/dialect.ts';
import type { HardCodedReference } from '../../server/src/syntax/sql/relations.ts';
import { findHardCodedReferences } from '../../server/src/syntax/sql/relations.ts';
import { draw, sourceOf, trimBlock } from './drawn-spans.ts';

/** `from db.s.t`, quoted parts in their quotes, ` (system)` and `var` where it applies. */
function labelOf(found: HardCodedReference): string {
  const name = found.parts.map((part) => (part.quoted ? `"${part.name}"` : part.name)).join('.');
  return `${found.clause} ${found.kind === 'var-expression' ? 'var ' : ''}${name}${found.systemSchema ? ' (system)' : ''}`;
}

function expectFound(adapter: string | undefined, drawing: string): void {
  const text = sourceOf(drawing);
  const found = findHardCodedReferences(text, sqlDialect(adapter));
  expect(draw(text, found.map((item) => ({ span: item.span, label: labelOf(item) })))).toBe(trimBlock(drawing));
}

/** The same in every dialect that reads the text alike. */
function expectFoundEverywhere(drawing: string): void {
  for (const adapter of ['snowflake', 'bigquery', 'postgres', 'databricks', 'duckdb', undefined]) expectFound(adapter, drawing);
}

describe('findHardCodedReferences reports', () => {
  it('relations of one, two and three parts behind FROM and JOIN', () => {
    expectFoundEverywhere(`
      select * from raw.shop.orders as o
                    ^^^^^^^^^^^^^^^ from raw.shop.orders
      left join shop.customers c on c.id = o.customer_id
                ^^^^^^^^^^^^^^ join shop.customers
      cross join countries
                 ^^^^^^^^^ join countries
    `);
  });

  it('quoted names, and the parts of a quoted BigQuery path', () => {
    expectFound(
      'snowflake',
      `
      select * from "Raw"."shop""s".orders, RAW."T"
                    ^^^^^^^^^^^^^^^^^^^^^^ from "Raw"."shop"s".orders
                                            ^^^^^^^ comma RAW."T"
      `,
    );
    expectFound(
      'bigquery',
      `
      select * from \`my-project.shop.orders\` join \`p\`.\`d.t\` using (id)
                    ^^^^^^^^^^^^^^^^^^^^^^^^ from "my-project"."shop"."orders"
                                                  ^^^^^^^^^ join "p"."d"."t"
      `,
    );
    expectFound(
      'sqlserver',
      `
      select * from [dbo].[order lines] cross apply string_split(x, ',')
                    ^^^^^^^^^^^^^^^^^^^ from "dbo"."order lines"
      `,
    );
  });

  it('BigQuery names with dashes and stars', () => {
    expectFound(
      'bigquery',
      `
      select * from my-project-123.shop.events_* where x
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ from my-project-123.shop.events_*
      `,
    );
  });

  it('a name without a schema in the middle', () => {
    expectFound(
      'snowflake',
      `
      select * from raw..orders
                    ^^^^^^^^^^^ from raw..orders
      `,
    );
  });

  it('each relation of a comma list, also behind a join', () => {
    expectFoundEverywhere(`
      select a, b from s.a, s.b x, (select 1) y, s.c join s.d on a.x = f(b.y, 1), s.e where i in (1, 2) order by a, b
                       ^^^ from s.a
                            ^^^ comma s.b
                                                 ^^^ comma s.c
                                                          ^^^ join s.d
                                                                                  ^^^ comma s.e
    `);
  });

  it('relations in subqueries, CTE bodies, unions and parenthesised joins', () => {
    expectFoundEverywhere(`
      with a as (select * from s.a union all select * from s.b)
                               ^^^ from s.a
                                                           ^^^ from s.b
      select (select max(x) from s.c) from (s.d join s.e using (id)) where exists (select 1 from s.f)
                                 ^^^ from s.c
                                            ^^^ from s.d
                                                     ^^^ join s.e
                                                                                                 ^^^ from s.f
    `);
  });

  it('both branches of a Jinja condition', () => {
    expectFoundEverywhere(`
      select * from {% if target.name == 'dev' %} dev.orders {% else %} prod.orders {% endif %} o
                                                  ^^^^^^^^^^ from dev.orders
                                                                        ^^^^^^^^^^^ from prod.orders
      join {{ ref('x') }} using (id)
    `);
  });

  it('relations in text that a set block or a macro holds', () => {
    expectFoundEverywhere(`
      {% set q %} select max(d) from s.calendar {% endset %}
                                     ^^^^^^^^^^ from s.calendar
      select * from {{ ref('a') }}
    `);
  });

  it('a variable that names the relation', () => {
    expectFoundEverywhere(`
      select * from {{ var('orders_table') }} o join {{ var("x", 'raw.x') }} x on true
                    ^^^^^^^^^^^^^^^^^^^^^^^^^ from var orders_table
                                                     ^^^^^^^^^^^^^^^^^^^^^^^ join var x
    `);
  });

  it('a relation whose schema happens to be called like a CTE that is not read here', () => {
    expectFound(
      'bigquery',
      `
      with stripe as (select 1) select * from stripe.charges
                                              ^^^^^^^^^^^^^^ from stripe.charges
      `,
    );
  });

  it('a bare name that is a CTE only in another scope', () => {
    expectFoundEverywhere(`
      select * from (with inner_cte as (select 1) select * from inner_cte) a join inner_cte b on true
                                                                                  ^^^^^^^^^ join inner_cte
    `);
  });

  it('the views of the warehouse itself, marked as such', () => {
    expectFound(
      'snowflake',
      `
      select * from snowflake.account_usage.query_history join db.information_schema.tables on true
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ from snowflake.account_usage.query_history (system)
                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ join db.information_schema.tables (system)
      `,
    );
    expectFound(
      'bigquery',
      `
      select * from \`region-us\`.INFORMATION_SCHEMA.JOBS
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ from "region-us".INFORMATION_SCHEMA.JOBS (system)
      `,
    );
    expectFound(
      'databricks',
      `
      select * from system.billing.usage
                    ^^^^^^^^^^^^^^^^^^^^ from system.billing.usage (system)
      `,
    );
    expectFound(
      'postgres',
      `
      select * from pg_catalog.pg_class join system.usage on true
                    ^^^^^^^^^^^^^^^^^^^ from pg_catalog.pg_class (system)
                                             ^^^^^^^^^^^^ join system.usage
      `,
    );
  });
});

describe('findHardCodedReferences keeps silent on', () => {
  const everywhere: Readonly<Record<string, string>> = {
    'comments of all kinds': `
      -- from s.a
      /* join s.b */
      {# from s.c #}
      select 1 -- depends on \`p.d.t\`, from \`p.d.t\`
    `,
    'strings that look like relations': "select 'from a.b.c' as x, 'a.b.c' as y where z = 'join d.e'",
    'ref, source, this and any other Jinja': `
      select * from {{ ref('a') }} join {{ source('b', 'c') }} using (id) join {{ this }} t on true, {{ some_macro('raw.x') }}
    `,
    'names that Jinja builds in part': `
      select * from {{ target.schema }}.orders, raw.{{ x }}, raw_{{ env }}.orders, {{ a }}_{{ b }}, s.t_{% if x %}a{% endif %}
      join "{{ var('db') }}"."s"."t" on true
    `,
    'is distinct from, and is not distinct from': `
      select a is distinct from b.c, a is not distinct from b.c from {{ ref('x') }} where x is distinct from y.z
    `,
    'extract, trim, substring and overlay': `
      select extract(day from o.created_at), trim(both ' ' from o.name), trim(from o.name), substring(o.name from o.start for 3),
             overlay(o.name placing 'x' from o.start), extract (year from o.d), position('a' in o.b)
      from {{ ref('o') }} o
    `,
    'nth_value from last': "select nth_value(a, 2) from last over (order by b) from {{ ref('x') }}",
    'unnest, flatten, table functions and UDTFs': `
      select * from unnest([1, 2]) u, lateral flatten(input => t.query_params) f, table(generator(rowcount => 10)),
        table(db.schema.my_udtf(1)), db.schema.udtf(a.b), generate_series(1, 10) g, table(flatten(x.y))
      join lateral (select 1) z on true
    `,
    'values': "select * from (values (a.b, 1), (c.d, 2)) as v(x, y)",
    'stages and placeholders': "select $1, t.$2 from @db.schema.stage/path/x.csv (file_format => 'f') t, @~/y, $1, :name",
    'files given as strings': "select * from 's3://bucket/a.parquet', 'b.csv'",
    'delete, revoke and copy': `
      delete from s.a where x = 1;
      revoke select on s.b from role_a;
      copy into s.c from s.stage_table
    `,
    'dual': 'select 1 from dual',
    'CTEs in scope, before and after, with column lists and recursion': `
      with recursive a (x, y) as (select 1, 2 union all select x, y from a), "B c" as not materialized (select * from a)
      select * from a join "B c" using (x) where exists (with d as (select * from later) select 1 from d join a using (x))
      union all select * from (select * from a) q, later
      , later as (select 1)
    `,
    'CTEs that a Jinja branch or loop defines': `
      {% if x %} with a as (select 1) {% else %} with a as (select 2) {% endif %}
      {% for i in n %}, b_{{ i }} as (select 1){% endfor %}, c as (select * from b_1)
      select * from a join c using (x)
    `,
    'single names where a macro may bring CTEs': "with {{ import_ctes() }}, b as (select * from a) select * from b join a using (x)",
    'CTEs that are defined in a set block, or read in one': `
      {% set ctes %} with a as (select 1), b as (select 2) {% endset %}
      {% set join_b %} join b using (x) join final_one using (x) {% endset %}
      {{ ctes }} , final_one as (select 1) select * from a {{ join_b }}
    `,
    'Python imports': 'from pandas import DataFrame\nfrom a.b import c',
    'macros and their arguments': "{{ dbt_utils.date_spine(datepart='day', start_date='a.b') }}",
    'names that are being typed': 'select * from s.',
    'parts of names that are keywords': 'select t.from, t.join from {{ ref("t") }} t',
    'LATERAL VIEW and its columns': `
      select * from {{ ref('a') }} t lateral view outer explode(t.xs) e as k, v lateral view posexplode(t.ys) f as p
    `,
  };
  for (const [what, text] of Object.entries(everywhere)) {
    it(what, () => {
      expectFoundEverywhere(text);
    });
  }

  it('arrays of rows in dialects that read them by a path', () => {
    for (const adapter of ['bigquery', 'redshift', undefined]) {
      expectFound(
        adapter,
        `
        select (select max(p.value) from t.params p), (select count(*) from orders.items)
        from {{ ref('events') }} as t, t.query_params q, q.deep.er cross join t.items
        left join {{ ref('orders') }} on true, orders.lines, unnest(t.xs) u with offset as o, u.more
        `,
      );
    }
  });

  it('arrays by an explicit alias in the other dialects', () => {
    expectFound('snowflake', "select * from {{ ref('events') }} t, t.params");
    expectFound(
      'snowflake',
      `
      select * from {{ ref('stripe') }}, stripe.charges
                                         ^^^^^^^^^^^^^^ comma stripe.charges
      `,
    );
  });

  it('ARRAY JOIN of ClickHouse', () => {
    expectFound('clickhouse', "select * from {{ ref('t') }} as t left array join t.arr as a");
  });

  it('double-quoted strings of BigQuery, and its hash comments', () => {
    expectFound('bigquery', `select "from a.b" # from c.d\nfrom {{ ref('x') }}`);
  });

  it('whole rows behind // in Snowflake', () => {
    expectFound('snowflake', "select 1 // from a.b\nfrom {{ ref('x') }}");
  });
});

describe('findHardCodedReferences', () => {
  it('gives the same on text with CRLF', () => {
    const text = "with a as (select 1)\nselect * from a\njoin s.b using (x) -- s.c\n";
    const names = (source: string): string[] => findHardCodedReferences(source, sqlDialect('postgres')).map(labelOf);
    expect(names(text.replaceAll('\n', '\r\n'))).toEqual(names(text));
    expect(names(text)).toEqual(['join s.b']);
  });

  it('never throws, and its spans lie in the text', () => {
    const piece = fc.constantFrom(
      'select', 'from', 'join', 'with', 'as', 'a', 'b.c', '.', ',', '(', ')', '[', ']', ';', '@', '"q"', "'s'", '{{ x }}', '{{ var("v") }}',
      '{% if a %}', '{% else %}', '{% endif %}', '{% set z %}', '{% endset %}', 'lateral', 'values', 'union', '1', '*', '-', 'distinct', 'is',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(' ', ''), (pieces, glue) => {
        const text = pieces.join(glue);
        for (const { span, parts } of findHardCodedReferences(text, sqlDialect('bigquery'))) {
          expect(span.from).toBeLessThan(span.to);
          expect(span.to).toBeLessThanOrEqual(text.length);
          expect(parts.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('stays near linear on hostile text', () => {
    for (const line of ['(select * from a.b, ', 'from x.y z, ', '{% if a %}(', 'with a as (select * from a) ', '{% set x       ']) {
      findHardCodedReferences(`select 1 from ${line.repeat(60_000)}`, sqlDialect(undefined));
    }
    expect(findHardCodedReferences(`select * from ${'x.y z, '.repeat(60_000)}`, sqlDialect('postgres'))).toHaveLength(60_000);
  });
});
