"""Writes the column names that DuckDB gives to queries: `python select_columns_oracle.py > select-columns.json`."""
import json

import duckdb

# Queries whose columns the text tells; a reader must find all of them.
KNOWN = [
    "select 1 as a, 2 b, 'x' as \"C d\"",
    "select t.a, t.b as bb from (values (1, 2)) as t(a, b)",
    "with t as (select 1 as a, 2 as b) select * from t",
    "with t as (select 1 as a, 2 as b), u as (select *, a + b as c from t) select * from u where c > 1 order by a limit 5",
    "with t(x, y) as (select 1, 2) select * from t",
    "with t as (select 1 as a), u as (select 2 as b) select * from t cross join u",
    "with t as (select 1 as a, 2 as b), u as (select 1 as a, 3 as c) select t.*, u.c from t join u on t.a = u.a",
    "with t as (select 1 as a, 2 as b), u as (select 1 as a, 3 as c) select * from t join u using (a)",
    "with t as (select 1 as a, 2 as b), u as (select 1 as a) select * from t semi join u on t.a = u.a",
    "with t as (select 1 as a, 2 as b), u as (select 5 as a) select * from t anti join u on t.a = u.a",
    "with t as (select 1 as a, 2 as b, 3 as c) select * exclude (b), 4 as d from t",
    "with t as (select 1 as a, 2 as b, 3 as c) select t.* exclude b from t",
    "with t as (select 1 as a, 2 as b) select * replace (a + 1 as a) from t",
    "with t as (select 1 as a, 2 as b) select * rename (a as z) from t",
    "select 1 as a union all select 2 as b",
    "with t as (select 1 as a) select a, 2 as x from t union all (select 3, 4) except select 5, 6",
    "(select 1 as a, 2 as b) order by a",
    "((select 1 as a, 2 as b))",
    "with t as (select 1 as a) (select a from t)",
    "select case when true then 1 else 2 end as a, case when true then 1 end b",
    "select (select max(x) from (values (1)) v(x)) as m, exists (select 1 as q) as e",
    "select count(*) as n, sum(a) filter (where a > 1) as s, row_number() over (order by a) as r from (select 1 as a) group by a",
    "select cast(1 as varchar) as a, '1'::integer b, 1::double precision as c",
    "select extract(year from date '2020-01-01') as y, trim(both ' ' from ' a ') t, substring('abc' from 2 for 1) as s",
    "select a is distinct from b as d, a is not distinct from b n from (select 1 as a, 2 as b)",
    "select distinct on (a) a, b from (select 1 as a, 2 as b)",
    "select [1, 2][1] as a, {'k': 1} as s, {'k': 1}.k as t",
    "select date '2020-01-01' d, interval 1 day as i, timestamp '2020-01-01 00:00:00' at time zone 'UTC' as z",
    "select 1 as a -- , 2 as b\n, /* 3 as c, */ 4 as d",
    "select 'from t, u' as a, ',' as \"b,c\"",
    "select sub.x from (select 1 as x, 2 as y) sub",
    "with a as (select 1 as x), b as (select * from a), c as (select * from b), d as (select c.* from c) select * from d",
    "with a as (with inner_a as (select 1 as x) select *, 2 as y from inner_a) select * from a",
    "with t as (select 1 as a) select q.* from (select * from t) q",
    "with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select * from t",
    "with recursive t as (select 1 as n union all select n + 1 from t where n < 3) select * from t",
    "select 1 as \"select\", 2 as \"from\", 3 as offset_at",
    "with t as not materialized (select 1 as a), u as materialized (select 2 as b) select a, b from t, u",
    "with t as (select 1 as a) select a, a + 1 as a1 from t window w as (order by a)",
    "with t as (select 1 as a) select t.a from t qualify row_number() over (partition by a order by a) = 1",
    "select 1 a, 2 b;",
    "with t as (select 1 as a, 2 as b) select A, T.B from t",
    "select 5 % 2 as m, 1 < 2 as lt, not true as n, -1 as neg, 1 between 0 and 2 as btw",
    "with t as (select 1 as a) select * from t limit 1 offset 0",
    "with t as (select [1, 2] as xs) select x from t, unnest(xs) as u(x)",
    "select a, b, from (select 1 as a, 2 as b)",
]

# Queries that have columns whose names only the database knows; a reader must say that it does not know all.
UNKNOWN = [
    "select 1, 2 as b",
    "select count(*), max(a) from (select 1 as a)",
    "select a + 1 from (select 1 as a)",
    "select 1::double precision",
    "select interval 1 day, timestamp '2020-01-01 00:00:00' at time zone 'UTC'",
    "select null, true, current_date",
    "select case when true then 1 end",
    "select a is null, a is true, not a from (select true as a)",
    "select * from generate_series(1, 2)",
    "select * from (select 1 as a, 2 as b) pivot (sum(b) for a in (1, 2))",
    "select unnest([1, 2])",
    "with t as (select 1 as a, 2) select * from t",
    "with t as (select 1 as a) select columns('a') from t",
    "from (select 1 as a)",
    "values (1, 2)",
    "select 1 as a union all by name select 2 as b",
    "select * from (select 1 as a) t, unnest([1]) u",
    "select 'a' || 'b'",
    "select 1 in (1, 2)",
    "select sum(1) over w from (select 1 as a) window w as (order by a)",
    "select {'k': 1}.k, [1][1]",
]

connection = duckdb.connect()


def columns(sql):
    return [row[0] for row in connection.execute("describe " + sql.rstrip(";")).fetchall()]


print(json.dumps({
    "duckdb": duckdb.__version__,
    "known": [{"sql": sql, "columns": columns(sql)} for sql in KNOWN],
    "unknown": [{"sql": sql, "columns": columns(sql)} for sql in UNKNOWN],
}, indent=1))
