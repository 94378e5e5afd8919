"""Writes the layers of configuration that dbt saw and what it made of them: `python config-merge.py > config-merge.json`."""
import copy
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from parse import parse, write
from tagged import tagged

ROOT = """
name: root
profile: p
flags: {send_anonymous_usage_stats: false}
models:
  +tags: all
  +meta: {owner: root, level: 0}
  +grants: {select: [reader]}
  +pre-hook: "select 'root'"
  tags_without_plus_are_fine: [x]
  persist_docs: {relation: true}
  root:
    +materialized: table
    +docs: {node_color: red}
    +group: null
    staging:
      +tags: [stg]
      +meta: {level: 1, "null": null}
      +grants: {+select: [staging_reader], insert: writer}
      +incremental_strategy: from_project
      + schema: spaced
      +post_hook: ["select 'post'", {sql: select 1, transaction: false}]
      +contract: {alias_types: false}
      +persist_docs: {relation: true, columns: true}
      +column_types: {a: int}
      stg_deep:
        +enabled: true
        +custom_key: {a: 1}
        +quoting: {database: true}
  pkg:
    +materialized: incremental
    +tags: from_root
    +meta: {level: 9}
    sub: {+dbname: rooted}
seeds:
  root: {+quote_columns: true, +column_types: {id: int, b: text}, +tags: seeded}
snapshots:
  +target_schema: snaps
  +meta: {s: 1}
data_tests:
  +severity: warn
  +store_failures: true
  +tags: [dt]
  root: {sub: {+store_failures_as: view, +where: "1=1"}}
sources:
  root: {+meta: {src: 1}, +tags: [never_seen], raw: {+enabled: true, t2: {+meta: {t: 2}}}}
exposures: {+tags: [ep], +meta: {from: project}}
"""
PKG = """
name: pkg
models:
  pkg:
    +materialized: view
    +tags: from_pkg
    +meta: {level: 5, pkg: true}
    sub: {+schema: pkg_sub, +dbname: pkg_db}
"""
FILES = {
    "dbt_project.yml": ROOT,
    "packages.yml": "packages: [{local: pkg_source}]\n",
    "dbt_packages/pkg/dbt_project.yml": PKG,
    "dbt_packages/pkg/models/sub/in_pkg.sql": "{{ config(materialized='ephemeral', tags='from_sql', meta={'level': 7}) }} select 1",
    "dbt_packages/pkg/models/plain_pkg.sql": "select 1",
    "dbt_packages/pkg/models/s.yml": "models: [{name: in_pkg, config: {tags: [from_yml], dbname: yml_db}}]",
    "models/plain.sql": "select 1",
    "models/staging/stg_plain.sql": "select 1",
    "models/staging/stg_deep/stg_deep.sql": "{{ config(quoting={'schema': true}, custom_key=2, alias='mine') }} select 1",
    "models/staging/stg_yml.sql": "{{ config(tags=['sql', 'sql'], pre_hook='p1') }}{{ config(tags='twice', pre_hook=['p2', 'p3'], meta={'sql': 1}) }} select 1",
    "models/staging/stg_null.sql": "{{ config(incremental_strategy=none, schema=none, custom=none) }} select 1",
    "models/staging/stg_null_yml.sql": "select 1",
    "models/staging/stg_grants.sql": "{{ config(grants={'+select': ['a'], 'insert': 'b'}) }}{{ config(grants={'+select': 'c', '+insert': 'd'}) }} select 1",
    "models/staging/stg_grants_yml.sql": "select 1",
    "models/staging/stg_hooks.sql": """{{ config(post_hook=['{"sql": "select 2", "transaction": false}', '{not json', '{"a": 1, "sql": "x", "index": 3}']) }} select 1""",
    "models/staging/stg_positional.sql": "{{ config({'materialized': 'view', 'unique_key': ['a', 'b'], 'static_analysis': true}) }} select 1",
    "models/staging/stg_disabled.sql": "{{ config(enabled=false) }} select 1",
    "models/py.py": "def model(dbt, session):\n    dbt.config(tags=['py'])\n    return dbt.ref('plain')\n",
    "models/py_yml.py": "def model(dbt, session):\n    return dbt.ref('plain')\n",
    "models/fresh.sql": "select 1",
    "models/s.yml": """
models:
  - name: stg_yml
    config: {tags: ymltag, meta: {owner: yml}, materialized: view, pre_hook: yml, docs: {show: false}}
  - name: stg_null_yml
    config: {incremental_strategy: null, custom: null, schema: null}
  - name: stg_grants_yml
    config: {grants: {+select: yml_reader, +delete: [x], insert: [z]}}
  - name: stg_disabled
    config: {enabled: true}
  - name: py_yml
    config: {materialized: incremental}
  - name: fresh
    config: {freshness: {build_after: {count: 1, period: day}}, static_analysis: off, latest_version_pointer: {alias: zz}}
  - name: plain
    meta: {top: 1}
    docs: {show: false}
    config: {freshness: {warn_after: {count: 1, period: day}}, tags: []}
    data_tests: [expression_is_true, {expression_is_true: {name: two, config: {tags: [own], severity: error, store_failures: false}}}]
    columns:
      - name: id
        data_tests: [unique, {not_null: {config: {tags: own, meta: {a: 1}, store_failures_as: ephemeral}}}, {unique: {name: three, severity: WARN, tags: [x, y]}}]
""",
    "models/sub/t.yml": "models: [{name: stg_plain, columns: [{name: id, data_tests: [unique, {not_null: {store_failures: false}}]}]}]",
    "macros/m.sql": "{% test expression_is_true(model) %}select 1{% endtest %}",
    "seeds/s1.csv": "id\n1\n",
    "seeds/s.yml": "seeds: [{name: s1, config: {column_types: {b: varchar}, quote_columns: false, tags: [y]}}]",
    "snapshots/sn.sql": "{% snapshot sn %}{{ config(strategy='check', unique_key='id', check_cols=['a'], meta={'t': 2}, snapshot_meta_column_names={'dbt_valid_to': 'x'}) }}{{ config(snapshot_meta_column_names={'dbt_valid_from': 'y'}) }} select 1{% endsnapshot %}",
    "tests/singular.sql": "{{ config(tags='st', severity='error') }} select 1",
    "models/exp.yml": "exposures: [{name: e, type: ml, owner: {name: x}, tags: [top], config: {tags: [cfg], meta: {c: 1}}}]",
}


def main():
    from dbt.context.context_config import ContextConfig

    seen = {}
    add, build = ContextConfig.add_config_call, ContextConfig.build_config_dict

    def record_for(config):
        key = (str(config._resource_type), config._project_name, tuple(config._fqn))
        return seen.setdefault(key, {"config": config, "calls": [], "patch": None})

    def add_config_call(self, opts):
        if self is not None:
            record_for(self)["calls"].append(copy.deepcopy(opts))
        return add(self, opts)

    def build_config_dict(self, base=False, *, rendered=True, patch_config_dict=None):
        record = record_for(self)
        if rendered and patch_config_dict:
            record["patch"] = copy.deepcopy(patch_config_dict)
        return build(self, base, rendered=rendered, patch_config_dict=patch_config_dict)

    ContextConfig.add_config_call, ContextConfig.build_config_dict = add_config_call, build_config_dict
    manifest, messages, error = parse(FILES, ["--no-static-parser"])
    if error:
        raise SystemExit(error)
    from dbt.context.context_config import ContextConfigGenerator

    rows = []
    items = [*manifest["nodes"].values(), *manifest["exposures"].values(), *[n for ns in manifest["disabled"].values() for n in ns]]
    for node in items:
        key = (node["resource_type"], node["package_name"], tuple(node["fqn"]))
        record = seen.get(key)
        if record is None:
            continue
        config = record["config"]
        generator = ContextConfigGenerator(config._active_project)
        section = lambda name: tagged(generator.get_config_source(generator.get_node_project(name)).get_config_dict(config._resource_type))
        plain = lambda value: str(value.value) if hasattr(value, "value") else value
        patch = record["patch"]
        rows.append({
            "id": node["unique_id"], "type": node["resource_type"], "fqn": node["fqn"], "language": node.get("language"),
            "own": section(node["package_name"]), "root": None if node["package_name"] == "root" else section("root"),
            "patch": None if patch is None else tagged({k: plain(v) for k, v in patch.items()}),
            "calls": [tagged(call) for call in record["calls"]], "config": node["config"], "tags": node.get("tags"),
        })
    write(rows)


if __name__ == "__main__":
    main()
