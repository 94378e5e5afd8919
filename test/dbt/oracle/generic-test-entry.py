"""Writes how dbt's TestBuilder takes test entries apart: `python generic-test-entry.py > generic-test-entry.json`."""
import copy
import os
import sys
from types import SimpleNamespace

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["DO_NOT_TRACK"] = "1"
import yaml
from parse import write
from tagged import tagged

ENTRIES = r"""
- unique
- unique: {}
- unique:
- unique: []
- unique: text
- unique: {config: {where: "a > 1", severity: warn}}
- unique: {where: "a > 1", severity: warn}
- unique: {where: "a", config: {where: "b"}}
- unique: {where: "", config: {where: "b"}}
- unique: {enabled: false}
- unique: {enabled: false, config: {severity: warn}}
- unique: {store_failures: false, limit: 0, config: {}}
- unique: {config: []}
- unique: {config: }
- unique: {config: text}
- {unique: {}, not_null: {}}
- {name: mine, test_name: unique}
- {name: mine, test_name: unique, column_name: other, config: {where: x}, to: ref('a'), description: words}
- {test_name: 5}
- {test_name: dbt_utils.expression_is_true, arguments: {expression: "a > b"}}
- {}
- 5
- [unique]
- 5: {}
- {null: {}}
- accepted_values: {values: [1, 2]}
- accepted_values: {arguments: {values: [1, 2]}}
- accepted_values: {arguments: {values: [1, 2]}, values: [3], quote: false}
- accepted_values: {arguments: [1, 2], values: [3]}
- accepted_values: {arguments: {}, values: [3]}
- accepted_values: {arguments: {config: {where: x}, name: from_arguments, description: d, severity: warn}}
- accepted_values: {arguments: {model: x}}
- accepted_values: {model: x}
- relationships: {to: ref('b'), field: id, name: rel, description: "a test", tags: x, meta: {a: 1}}
- relationships: {to: ref('b'), field: id, tags: [a, b], alias: al}
- relationships: {to: ref('b'), field: id, tags: [a, 1]}
- relationships: {tags: {a: 1}}
- relationships: {tags: 5}
- dbt_utils.unique_combination_of_columns: {combination_of_columns: [a, b]}
- a.b.c: {}
- my-test: {}
- my test: {}
- "1abc": {}
- ".x": {}
- "_ok": {}
- "größe": {}
- custom: {column_name: given, x: 1}
- custom: {config: {fail_calc: "max(x)", custom_key: 1, null_key: null, limit: 5}, warn_if: ">10", error_if: ">100", sql_header: "set x", schema: s, database: d}
- custom: {date: 2024-01-01, float: 1.0, nested: {a: [1, {b: null}]}}
"""


def main():
    import dbt.cli.main  # first, because of circular imports
    from dbt.contracts.graph.unparsed import UnparsedModelUpdate
    from dbt.parser import generic_test_builders as builders

    builders.deprecations.warn = lambda *args, **kwargs: noted.append(args[0])
    rows = []
    for entry in yaml.safe_load(ENTRIES):
        for flag in (True, False):
            for column in ("id", None):
                noted = []
                builders.get_flags = lambda: SimpleNamespace(
                    require_generic_test_arguments_property=flag, require_sql_header_in_test_configs=True
                )
                target = UnparsedModelUpdate(name="m", original_file_path="models/s.yml", yaml_key="models", package_name="p")
                row = {"entry": tagged(entry), "flag": flag, "column": column}
                data = {entry: {}} if isinstance(entry, str) else copy.deepcopy(entry)
                try:
                    builder = builders.TestBuilder(data, target, "p", {}, column)
                    row.update(
                        name=builder.name, namespace=builder.namespace, args=tagged(builder.args), config=tagged(builder.config),
                        description=builder.description, fqnName=builder.fqn_name, compiledName=builder.compiled_name,
                        rawCode=builder.build_raw_code(), deprecations=noted,
                    )
                    row["tags"] = builder.tags()
                except Exception as error:
                    row["error"] = getattr(error, "msg", None) or str(error)
                rows.append(row)
    write(rows)


if __name__ == "__main__":
    main()
