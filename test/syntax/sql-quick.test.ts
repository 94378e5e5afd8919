/** The quick look clears a model only where the tokens clear it too. */

import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sqlDialect } from '../../server/src/syntax/sql/dialect.ts';
import { readSqlParts } from '../../server/src/syntax/sql/parts.ts';
import { isPlainQuery } from '../../server/src/syntax/sql/quick.ts';
import { hardCodedReferencesOf } from '../../server/src/syntax/sql/relations.ts';
import { statementHeadOf } from '../../server/src/syntax/sql/select.ts';

const DIALECTS = ['snowflake', 'bigquery', 'postgres', 'sqlserver', 'spark', 'duckdb', 'clickhouse', undefined].map(sqlDialect);

/** What a cleared text must be in every dialect. */
function expectNothingBehind(text: string): void {
  for (const dialect of DIALECTS) {
    const parts = readSqlParts(text, dialect);
    expect(hardCodedReferencesOf(parts)).toEqual([]);
    expect(statementHeadOf(parts)).toEqual({ isEmpty: false, leadingComment: '' });
  }
}

describe('isPlainQuery clears', () => {
  const cleared = {
    'a query on a ref': "select * from {{ ref('orders') }}",
    'one on a source with an alias': "select o.id from {{ source('shop', 'orders') }} as o where o.id > 1",
    'CTEs, with config and a variable in front': `{{ config(materialized='table', tags=['a']) }}
      {% set days = var('days', 3) %}
      with orders as (select * from {{ ref('orders') }}), final as (
        select coalesce(a, b) as c from orders left join other on orders.id = other.id group by 1, 2
      ), other as (select 1 as id)
      select * from final`,
    'loops and conditions in the select list': "select {% for x in y %} {{ x }}, {% endfor %} {% if z %} 2, {% endif %} 1 as a from {{ ref('b') }}",
    'comments behind the first word': "select 1 as a -- from x.y\n, 2 /* join z.z */ from {{ ref('b') }} {# from q.q #}",
  };
  for (const [what, text] of Object.entries(cleared)) {
    test(what, () => {
      expect(isPlainQuery(text)).toBe(true);
      expectNothingBehind(text);
    });
  }
});

describe('isPlainQuery leaves to the tokens', () => {
  const left = {
    'a literal relation': 'select * from raw.orders',
    'one behind a comma': "select * from {{ ref('a') }} a, raw.orders",
    'one behind the condition of a join': "with b as (select 1 as id) select * from {{ ref('a') }} a join b on a.id = b.id, raw.orders",
    'one behind a condition of Jinja': "select * from {{ ref('a') }} {% if x %} where 1 = 1 {% else %} {% endif %}, raw.orders",
    'a variable': "select * from {{ var('a') }}",
    'a name that Jinja builds': "select * from {{ ref('a') }}_{{ suffix }}",
    'a name that no CTE has': 'with a as (select 1 as id) select * from b',
    'two lists of CTEs': 'with a as (with b as (select 1 as id) select * from b) select * from b',
    'a comment in front': "-- orders\nselect * from {{ ref('a') }}",
    'no query': "{{ config(enabled=false) }} {{ my_macro() }}",
    'nothing': '  ',
  };
  for (const [what, text] of Object.entries(left)) {
    test(what, () => {
      expect(isPlainQuery(text)).toBe(false);
    });
  }
});

describe('whatever isPlainQuery clears holds nothing for the tokens', () => {
  const piece = fc.constantFrom(
    ...["{{ ref('a') }}", "{{ source('a', 'b') }}", '{{ x }}', "{{ var('v') }}", '{% if x %}', '{% else %}', '{% endif %}', '{% for x in y %}', '{% endfor %}'],
    ...['from', 'join', 'left join', 'select', 'where', 'group by', 'union all', 'on', 'as', 'with', 'over', 'window', 'lateral', ', c as (', 'with b as ('],
    ...['a', 'b', 'c', 'd.e', 'd', ',', '(', ')', '()', ';', '*', '1', "'x'", "'from d'", "'", '--', '\n', '/*', '*/', '{#', '#}', '"q"', '.', '='],
  );
  const head = fc.constantFrom('select * from', 'with b as (select 1 as x)', "{{ config(a='b') }} select", '{% set x = 1 %}\nwith b as (', 'select a,');
  test('for any mixture of words', () => {
    let count = 0;
    fc.assert(
      fc.property(head, fc.array(piece, { maxLength: 14 }), (first, pieces) => {
        const text = [first, ...pieces].join(' ');
        if (!isPlainQuery(text)) return;
        count++;
        expectNothingBehind(text);
      }),
      { numRuns: 20_000 },
    );
    expect(count).toBeGreaterThan(50);
  });

  test('for the models of the sample', () => {
    const folder = 'samples/scv/models';
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.sql')) continue;
      const text = readFileSync(join(folder, entry), 'utf8');
      if (isPlainQuery(text)) expectNothingBehind(text);
    }
  });
});
