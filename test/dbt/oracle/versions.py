"""Writes what dbt makes of versions of models and of primary keys: `python versions.py > versions.json`."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import yaml
from parse import parse, write
from tagged import tagged

PROJECT = "name: p\nprofile: p\nflags: {send_anonymous_usage_stats: false}\n"
MODELS = """
- name: vers
  latest_version: 2
  description: of the model
  config: {tags: [base], meta: {a: {x: 1}, list: [1]}, materialized: view}
  constraints: [{type: check, expression: "a > 0"}]
  columns: [{name: id, data_tests: [unique]}, {name: x}, {name: y}]
  data_tests: [gen]
  versions:
    - v: 1
      config: {tags: [own], meta: {a: {y: 2}, list: [2]}, alias: custom}
      columns: [{include: all, exclude: [x]}, {name: new, data_tests: [not_null]}]
    - v: 2
      defined_in: vers_two
      tests: []
      description: of two
    - v: 3.1
      data_tests: []
      columns: [{include: [id, y]}]
    - v: "4"
      description: ""
      constraints: []
      columns: [{name: only}]
- {name: by_number, versions: [{v: 9}, {v: 10}, {v: 2.5}]}
- {name: by_text, versions: [{v: b}, {v: a10}, {v: a9}]}
- {name: mixed, versions: [{v: 2}, {v: x}, {v: 10}]}
- {name: whole_float, versions: [{v: 1.0}]}
- {name: numeric_texts, versions: [{v: "9"}, {v: "10"}]}
- name: pk_constraint
  config: {contract: {enforced: true}}
  constraints: [{type: primary_key, columns: [b, a]}]
  columns: [{name: a, data_type: int, data_tests: [unique, not_null]}, {name: b, data_type: int}]
- {name: pk_column, columns: [{name: z, data_tests: [unique]}, {name: a, constraints: [{type: primary_key}]}]}
- {name: pk_both, columns: [{name: z, data_tests: [unique]}, {name: a, data_tests: [unique, not_null]}, {name: b, data_tests: [{unique: {config: {enabled: false}}}, not_null]}]}
- {name: pk_unique, columns: [{name: z, data_tests: [unique]}, {name: a, data_tests: [{unique: {config: {enabled: false}}}]}]}
- {name: pk_disabled, columns: [{name: z, data_tests: [{unique: {config: {enabled: false}}}]}]}
- {name: pk_combination, data_tests: [{unique_combination_of_columns: {arguments: {combination_of_columns: [y, x]}}}]}
- {name: pk_quoted, columns: [{name: a, quote: true, data_tests: [unique, not_null]}]}
- {name: pk_none, columns: [{name: a, data_tests: [not_null]}]}
"""
MACROS = "{% test gen(model) %}select 1{% endtest %}{% test unique_combination_of_columns(model, combination_of_columns) %}select 1{% endtest %}"


def main():
    models = yaml.safe_load(MODELS)
    files = {"dbt_project.yml": PROJECT, "macros/m.sql": MACROS}
    files["models/s.yml"] = yaml.safe_dump({"models": models}, sort_keys=False)
    for model in models:
        for version in model.get("versions", [None]):
            stem = model["name"] if version is None else version.get("defined_in", f"{model['name']}_v{version['v']}")
            files[f"models/{stem}.sql"] = "select 1 as a, 2 as b"
    manifest, _, error = parse(files)
    if error:
        raise SystemExit(error)
    nodes = list(manifest["nodes"].values()) + [n for ns in manifest["disabled"].values() for n in ns]
    rows = []
    for model in models:
        for version in model.get("versions", [None]):
            suffix = "" if version is None else f".v{version['v']}"
            node = manifest["nodes"][f"model.p.{model['name']}{suffix}"]
            tests = [n for n in nodes if n["resource_type"] == "test" and n["attached_node"] == node["unique_id"]]
            rows.append({
                "entry": tagged(model), "version": None if version is None else tagged(version), "id": node["unique_id"], "alias": node["alias"], "fqn": node["fqn"],
                "latest": tagged(node["latest_version"]), "columns": list(node["columns"]), "description": node["description"],
                "config": {key: node["config"][key] for key in ("tags", "meta", "materialized", "alias")}, "constraints": len(node["constraints"]), "primaryKey": node["primary_key"],
                "tests": [{"name": t["test_metadata"]["name"], "kwargs": tagged(t["test_metadata"]["kwargs"]), "enabled": t["config"]["enabled"], "id": t["unique_id"]} for t in tests],
            })
    write(rows)


if __name__ == "__main__":
    main()
