"""Writes what dbt itself calls the generic tests of a small project.

`DO_NOT_TRACK=1 python generic-test-names.py > generic-test-names.json`, with dbt-core 1.12.3 and dbt-postgres installed.
The arguments are taken from inside dbt, so that Python's types (dates, floats) are still known.
"""
import contextlib
import io
import json
import os
import sys
import tempfile

TEST_DIRECTORY = os.path.dirname(os.path.abspath(__file__))

PROFILES = """p:
  target: dev
  outputs:
    dev: {type: postgres, host: localhost, user: u, password: p, port: 5432, dbname: db, schema: sch, threads: 1}
"""
PROJECT = "name: p2\nprofile: p\nflags: {send_anonymous_usage_stats: false}\n"
MACROS = """
{% test my_gen(model) %}select {{ kwargs }}{% endtest %}
{% test gen2(model) %}select {{ kwargs }}{% endtest %}
{% test expression_is_true(model, column_name=none) %}select {{ kwargs }}{% endtest %}
"""
YAML = r"""
models:
  - name: a
    columns:
      - name: id
        quote: true
        tests:
          - unique
          - not_null: {name: custom_nn, config: {where: "1=1"}}
          - accepted_values: {values: [1, 2, 'x y', true, null, 1.5]}
          - accepted_values:
              arguments: {values: ["it's", 'q"q', "new\nline", "back\\slash", "é"], quote: false}
          - relationships: {to: ref('b'), field: id}
          - relationships: {to: "{{ ref('b') }}", field: id, where: "1=1"}
          - dbt.unique
          - my_gen: {opts: {b: 1, a: [1, 2]}, lst: [{k: v}]}
          - name: multi_key_name
            test_name: not_null
            config: {severity: warn}
          - accepted_values: {name: 'name_with_"quotes"_and_it''s', values: [1]}
      - name: plain
        tests:
          - unique
          - not_null
          - accepted_values: {values: [1.0, 1e3, 1.0e+3, 1.5e-7, 0.1, 100000000000000000.0, .5, 1_000, 0x1F, 010, 1:30, .inf, -.inf]}
          - accepted_values: {values: [2024-01-01, 2024-01-01 10:20:30, 2024-01-01T10:20:30.5Z, 2024-01-01 00:00:00 +02:00, 2024-01-01 10:20:30 -05:30]}
          - accepted_values: {values: ["日本語", "emoji 😀", "nbsp\u00a0x", "zero\u200bwidth", "bell\a", "soft\u00ad"]}
          - accepted_values: {values: {x: 1, y: [1, {z: 2}]}}
          - my_gen: {a_list_of_lists: [[1, 2], [3, [4]]], dict_of_dicts: {b: {d: 1, c: 2}, a: null}, empty_list: [], empty_dict: {}, "null": null}
          - my_gen: {Zed: upper sorts first, _under: 1, apple: 2, "9": nine, "über": ü}
          - my_gen: {arguments: {config_like: 1, where_: x}, alias: my_alias}
          - my_gen: {long_argument: "select something which is quite long and therefore makes the name of the test too long for postgres"}
          - my_gen: {long_argument: "select something else which is quite long and therefore makes the name of the test too long", config: {alias: mine}}
          - my_gen: {x: "0123456789012345678901234567890123456789"}
          - my_gen: {x: "01234567890123456789012345678901234567890"}
          - my_gen: {x: "012345678901234567890123456789012345678901"}
          - my_gen: {description: some words, x: "  blanks  "}
          - my_gen: {x: "'single' only"}
          - my_gen: {x: '"double" only'}
          - my_gen: {x: "tab\tcarriage\r\\ back"}
    tests:
      - gen2
      - my_gen: {column_name: id, tags: [onetag], severity: ERROR, description: desc here}
      - p2.gen2
      - p2.expression_is_true: {expression: "a + b > 0 and c like '%x%'"}
      - expression_is_true:
          arguments: {expression: "col_a || '-' || col_b"}
          config: {where: "x > 1", meta: {k: v}}
  - name: b
    columns: [{name: "Mixed Case", tests: [unique]}, {name: "größe", tests: [not_null]}]
  - name: vers
    latest_version: 2
    columns: [{name: id, tests: [unique, not_null]}]
    tests: [gen2]
    versions:
      - v: 1
      - v: 2
      - v: 3.1
      - v: "two"
seeds:
  - name: my_seed
    columns: [{name: id, tests: [unique]}]
sources:
  - name: raw
    tables:
      - name: t1
        columns: [{name: id, tests: [unique, not_null, {p2.gen2: {extra: 1}}]}]
        tests: [p2.gen2, gen2]
      - name: a_table_with_a_very_long_name_indeed_so_that_it_is_cut
        columns: [{name: a_column_with_a_very_long_name_too, tests: [unique]}]
"""
FILES = {
    "dbt_project.yml": PROJECT, "profiles.yml": PROFILES, "macros/m.sql": MACROS, "models/schema.yml": YAML,
    "models/a.sql": "select 1", "models/b.sql": "select 1", "seeds/my_seed.csv": "id\n1\n",
    "models/vers_v1.sql": "select 1", "models/vers_v2.sql": "select 1", "models/vers_v3.1.sql": "select 1", "models/vers_vtwo.sql": "select 1",
}


def main():
    sys.path.insert(0, TEST_DIRECTORY)
    from tagged import tagged
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.nodes import UnpatchedSourceDefinition
    from dbt.parser.schema_generic_tests import SchemaGenericTestParser, TestBuilder

    rows = []
    create_test_node = SchemaGenericTestParser.create_test_node
    versions = []
    construct = TestBuilder.__init__

    def init(self, *args, **kwargs):
        construct(self, *args, **kwargs)
        versions[:] = [self.version]

    def record(self, *args, **kwargs):
        node = create_test_node(self, *args, **kwargs)
        target = kwargs["target"]
        metadata = kwargs["test_metadata"]
        if isinstance(target, UnpatchedSourceDefinition):
            where = {"kind": "source", "sourceName": target.source.name, "tableName": target.table.name}
        elif versions[0] is not None:
            where = {"kind": "version", "name": target.name, "version": tagged(versions[0])}
        else:
            where = {"kind": "node", "name": target.name}
        rows.append({
            "target": where, "namespace": metadata["namespace"], "testName": metadata["name"], "kwargs": tagged(metadata["kwargs"]),
            "uniqueId": node.unique_id, "name": node.name, "path": node.path, "rawCode": node.raw_code, "columnName": node.column_name,
            "fqn": node.fqn, "fileKeyName": node.file_key_name, "description": node.description,
        })
        return node

    TestBuilder.__init__ = init
    SchemaGenericTestParser.create_test_node = record
    out = sys.stdout
    with tempfile.TemporaryDirectory() as root:
        for path, text in FILES.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            open(full, "w", encoding="utf-8").write(text)
        os.chdir(root)
        sys.argv = ["dbt"]
        with contextlib.redirect_stdout(io.StringIO()):
            result = dbtRunner().invoke(["--quiet", "--no-version-check", "--no-partial-parse", "parse"])
        if not result.success:
            raise SystemExit(str(result.exception))
        nodes = json.load(open("target/manifest.json"))["nodes"]
        os.chdir("/")
    for row in rows:
        row["alias"] = nodes[row["uniqueId"]]["alias"]
        row["configAlias"] = nodes[row["uniqueId"]]["config"].get("alias")
    out.write("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
