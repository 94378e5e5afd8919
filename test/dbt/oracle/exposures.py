"""Writes exposures and the tags and meta that dbt gave them: `python exposures.py > exposures.json`."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import yaml
from parse import parse, write
from tagged import tagged

PROJECT = "name: p\nprofile: p\nflags: {send_anonymous_usage_stats: false}\nexposures: "
SECTIONS = [
    "{}", "{+tags: [plus], +meta: {m: plus, plus: 1}}", "{tags: [bare], meta: {m: bare, bare: 1}}",
    "{+tags: plus, tags: [bare], +meta: {plus: 1}, meta: {bare: 1}, p: {+tags: [deep], +meta: {m: deep}}}",
]
EXPOSURES = """
- {name: nothing}
- {name: top, tags: [z, a], meta: {m: top, top: 1}}
- {name: config, config: {tags: [c], meta: {m: config}}}
- {name: both, tags: [z, c], meta: {m: top, top: 1}, config: {tags: [c, b], meta: {m: config}}}
"""


def main():
    exposures = [{**e, "type": "ml", "owner": {"name": "x"}} for e in yaml.safe_load(EXPOSURES)]
    rows = []
    for section in SECTIONS:
        manifest, _, error = parse({"dbt_project.yml": PROJECT + section + "\n", "models/s.yml": yaml.safe_dump({"exposures": exposures})})
        if error:
            raise SystemExit(error)
        for exposure in exposures:
            node = manifest["exposures"][f"exposure.p.{exposure['name']}"]
            rows.append({"section": tagged(yaml.safe_load(section)), "entry": tagged(exposure), "fqn": node["fqn"], "tags": node["tags"], "meta": node["meta"],
                         "configTags": node["config"]["tags"], "configMeta": node["config"]["meta"]})
    write(rows)


if __name__ == "__main__":
    main()
