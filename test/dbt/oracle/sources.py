"""Writes sources as YAML gave them and what dbt made of their tables: `python sources.py > sources.json`."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import yaml
from parse import parse, write
from tagged import tagged

PROJECT = """
name: p
profile: p
flags: {send_anonymous_usage_stats: false}
sources:
  p:
    +meta: {project: 1, level: 0}
    +tags: [project_tag]
    fresh_by_project: {+freshness: {warn_after: {count: 9, period: day}}, +loaded_at_field: project_field}
"""
SOURCES = """
- name: plain
  tables: [{name: t1}, {name: t2, identifier: T2, description: words, quoting: {identifier: true}}]
- name: rich
  description: A source
  database: other
  schema: "2024"
  loader: fivetran
  tags: [b, a]
  meta: {level: 1, s: 1}
  quoting: {database: true, identifier: false}
  config: {tags: c, meta: {level: 2, sc: 1}, enabled: true, event_time: et}
  freshness: {warn_after: {count: 1, period: day}, error_after: {count: 2, period: day}, filter: "a = 1"}
  loaded_at_field: ts
  tables:
    - {name: inherits}
    - {name: own, tags: [z, a], meta: {level: 3, t: 1}, config: {tags: [y], meta: {level: 4}, event_time: own}, quoting: {identifier: true}}
    - {name: warn_only, freshness: {warn_after: {count: 5, period: hour}}}
    - {name: warn_off, freshness: {warn_after: null}}
    - {name: all_off, freshness: null}
    - {name: half_limit, freshness: {warn_after: {count: 5}}}
    - {name: new_filter, freshness: {filter: "b = 2"}}
    - {name: in_config, config: {freshness: {error_after: {count: 7, period: minute}}}}
    - {name: off_in_config, config: {freshness: null}}
    - {name: both_levels, freshness: {warn_after: {count: 3, period: day}}, config: {freshness: {warn_after: {count: 4, period: day}}}}
    - {name: off_then_config, freshness: null, config: {freshness: {warn_after: {count: 4, period: day}}}}
    - {name: own_field, loaded_at_field: mine}
    - {name: null_field, loaded_at_field: null}
    - {name: null_config_field, config: {loaded_at_field: null}}
    - {name: config_field, config: {loaded_at_field: conf}}
    - {name: own_query, loaded_at_query: select 1}
    - {name: disabled, config: {enabled: false}}
- name: config_only
  config: {freshness: {warn_after: {count: 1, period: day}}, loaded_at_query: select 2}
  tables: [{name: inherits}, {name: field, loaded_at_field: f}, {name: null_field, loaded_at_field: null}, {name: is_off, freshness: null}]
- name: source_off
  freshness: null
  tables: [{name: inherits}, {name: is_on, freshness: {error_after: {count: 1, period: day}}}, {name: empty, freshness: {}}]
- name: fresh_by_project
  tables: [{name: inherits}, {name: is_off, freshness: null}, {name: own, freshness: {error_after: {count: 1, period: day}}}, {name: null_field, loaded_at_field: null}]
"""


def main():
    sources = yaml.safe_load(SOURCES)
    manifest, _, error = parse({"dbt_project.yml": PROJECT, "models/s.yml": yaml.safe_dump({"sources": sources}, sort_keys=False)})
    if error:
        raise SystemExit(error)
    nodes = {**manifest["sources"], **{k: v[0] for k, v in manifest["disabled"].items()}}
    rows = []
    for source in sources:
        for table in source["tables"]:
            node = nodes[f"source.p.{source['name']}.{table['name']}"]
            keep = ("identifier", "schema", "database", "loader", "description", "source_description", "source_meta", "meta", "tags", "freshness",
                    "loaded_at_field", "loaded_at_query", "quoting", "config", "fqn", "name", "source_name")
            rows.append({"source": tagged(source), "table": tagged(table), "node": {key: node[key] for key in keep}})
    rows.append({"project": tagged(yaml.safe_load(PROJECT)["sources"])})
    write(rows)


if __name__ == "__main__":
    main()
