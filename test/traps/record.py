"""Records what dbt says of the trap projects in `sources/*.txt`, as `answers/*.json`.

How to run, in a Python that has dbt-core 1.12.5 and dbt-postgres:

    python test/traps/record.py [--all] [TOPIC...]
    python test/traps/record.py --whole

Without `--all` only projects that have changed since they were recorded are given to dbt. A topic is the name of a file in
`sources/` without its ending. No warehouse is contacted: `dbt parse` reads files alone.
With `--whole` it writes `whole.json`: of the traps that `WHOLE` names all that dbt's manifest says of the project's own.

A source file holds many projects:

    === name_of_the_trap: what it shows
    args: --vars '{"a": 1}'          (optional: more arguments for dbt)
    env: NAME=value                  (optional, repeatable: a variable of the environment)
    says: depends on a node          (for what dbt refuses: the telling part of its words, which ours must have as well)
    at: ref-undefined models/a.sql | ref('x')      (for what dbt refuses, repeatable: rule, file and underlined text of a finding)
    silent: a-rule                   (optional, repeatable: a rule that must warn although dbt says nothing)
    --- models/a.sql
    the file's text, up to the next header
    --- models/b.yml escaped
    text in which \\t, \\r, \\n, \\ufeff and so on are decoded, and line ends do not count

`dbt_project.yml` (name p, profile p) and `profiles.yml` are implied. A path that begins with `../` lies beside the project.

The answers have the keys of `traps.json` without the files; `digest` is the hash of the source as it was recorded, `cfg` the config that differs
from dbt's defaults, `columns` what columns say beside their description, `macros` the macros of the project and its packages with their dependencies,
and `static`, where there is one, what differs once dbt's static parser is on.
"""

import argparse
import hashlib
import json
import math
import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROFILES = "p:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: h, user: u, password: p, port: 1, dbname: db, schema: sch, threads: 1}\n"
PROJECT = "name: p\nprofile: p\n"
LINES_KEPT = 14


def read_sources(path):
    """The traps of one source file, in order."""
    traps, trap, file, escaped = [], None, None, False
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        head = re.match(r"=== (\w+)(?:: (.*))?$", line.rstrip("\n"))
        part = re.match(r"--- (\S+\.\w+|\S+/\.\w+|\.dbtignore)( escaped)?$", line.rstrip("\n"))
        if head:
            trap = {"name": head[1], "about": head[2] or "", "args": [], "env": {}, "files": {}}
            traps.append(trap)
            file = None
        elif trap is not None and part:
            file, escaped = part[1], part[2] is not None
            trap["files"][file] = ""
        elif file is not None and escaped:
            text = re.sub(r"\\(u[0-9a-f]{4}|.)", lambda m: json.loads(f'"{m[0]}"'), line.rstrip("\n"))
            trap["files"][file] += text
        elif file is not None:
            trap["files"][file] += line
        elif trap is not None and line.startswith("args: "):
            trap["args"] += shlex.split(line[6:])
        elif trap is not None and line.startswith("env: "):
            name, value = line[5:].strip().split("=", 1)
            trap["env"][name] = value
    for trap in traps:
        trap["files"] = {"dbt_project.yml": PROJECT, "profiles.yml": PROFILES, **trap["files"]}
    return traps


def digest_of(trap):
    """The hash of what dbt is given."""
    given = [trap["args"], trap["env"], trap["files"]]
    return hashlib.md5(json.dumps(given, sort_keys=True).encode()).hexdigest()[:12]


def run_dbt(trap, static_parser):
    """dbt's exit code, output and manifest for a trap; in a process of its own, since dbt keeps state in its modules."""
    outer = Path(tempfile.mkdtemp(prefix="trap")).resolve()
    root = outer / "project"
    for path, text in trap["files"].items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
    log = outer / "output"
    child = os.fork()
    if child == 0:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.chdir(root)
        for name in [name for name in os.environ if name.startswith("DBT_")]:
            del os.environ[name]
        os.environ.update({"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "False", **trap["env"]})
        from dbt.cli.main import dbtRunner

        static = "--static-parser" if static_parser else "--no-static-parser"
        options = ["--no-use-colors", "--no-partial-parse", static, "--log-path", str(outer / "logs"), "--log-level-file", "none"]
        result = dbtRunner().invoke([*options, "parse", "--target", "dev", *trap["args"]])
        if result.exception is not None and not result.success:
            print(f"\nEXCEPTION {type(result.exception).__name__}", flush=True)
        sys.stdout.flush()
        os._exit(0 if result.success else 2)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    output = log.read_text(encoding="utf-8", errors="replace").replace(str(root), "PROJECT")
    written = root / "target" / "manifest.json"
    manifest = json.loads(written.read_text()) if code == 0 and written.exists() else None
    shutil.rmtree(outer)
    return code, output, manifest


NOISE = re.compile(
    r"Running with dbt=|resource_tracker|warnings\.warn\(|Registered adapter|Performance info|Error uploading artifacts to artifact|Unable to do partial parsing|Starting full parse|^EXCEPTION \w+$|"
    r"\[WARNING\]\[DeprecationsSummary\]|^Summary of encountered deprecations|^To see all deprecation|^\d\d:\d\d:\d\d$"
)


# MetricFlow prints where in its own code it refuses a filter.
INNER_TRACE = re.compile(r'^\s*Traceback:$|^\s+File "/|^ {6,}\S')


def telling_lines(output):
    """dbt's words without what each run says."""
    # Some messages hold the moment at which a file was written.
    output = re.sub(r"FilePath\(searched_path='([^']*)', relative_path='([^']*)'[^)]*\)", r"\1/\2", output)
    lines = [re.sub(r"^\d\d:\d\d:\d\d  ", "", line).rstrip() for line in output.splitlines()]
    lines = [line for line in lines if line and not NOISE.search(line) and not INNER_TRACE.search(line)]
    traced = next((at for at, line in enumerate(lines) if "Traceback (most recent" in line), None)
    if traced is not None:
        code = re.compile(r'^\s*(?:File "|Traceback|During handling|The above exception|\^+$)|^    ')
        lines = lines[:traced] + [line for line in lines[traced:] if not code.search(line)]
    return lines[:LINES_KEPT]


def without_nothing(value):
    """A value without nulls and empty values, at any depth."""
    if isinstance(value, dict):
        return {key: kept for key, child in value.items() if (kept := without_nothing(child)) not in (None, "", [], {})}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return [without_nothing(child) for child in value] if isinstance(value, list) else value


def default_configs():
    """The default config of each resource type, as dbt writes it."""
    from dbt.artifacts.resources.types import NodeType
    from dbt.node_types import NodeType as _
    from dbt.contracts.graph.model_config import get_config_for

    defaults = {}
    for kind in NodeType:
        config = get_config_for(kind)
        try:
            defaults[kind.value] = without_nothing(config().to_dict(omit_none=False))
        except TypeError:
            defaults[kind.value] = {}
    # Only what a test of this type is by itself; its class has the same.
    defaults["unit_test"] = {"enabled": True}
    return defaults


COLUMN_FIELDS = ("data_type", "meta", "tags", "quote", "constraints", "doc_blocks", "granularity")
CONSTRAINT_DEFAULTS = {"warn_unenforced": True, "warn_unsupported": True}


def constraints_of(constraints):
    return [{key: value for key, value in without_nothing(one).items() if CONSTRAINT_DEFAULTS.get(key) is not value} for one in constraints or []]


def columns_of(node):
    columns = {}
    for name, column in (node.get("columns") or {}).items():
        kept = without_nothing({key: column.get(key) for key in COLUMN_FIELDS if column.get(key) is not False})
        if "constraints" in kept:
            kept["constraints"] = constraints_of(column["constraints"])
        if kept:
            columns[name] = kept
    return columns


def summary_of(node, defaults):
    """What is kept of a node."""
    config = node.get("config") or {}
    usual = defaults.get(node["resource_type"], {})
    changed = {key: value for key, value in without_nothing(config).items() if key not in usual or usual[key] != value}
    lost = [key for key in usual if key not in without_nothing(config)]
    depends = node.get("depends_on") or {}
    test = node.get("test_metadata") or {}
    columns = node.get("columns") or {}
    kept = {
        "dep": depends.get("nodes"),
        "mac": depends.get("macros"),
        "refs": None if node["resource_type"] == "unit_test" else node.get("refs"),
        "sources": node.get("sources"),
        "enabled": config.get("enabled"),
        "mat": config.get("materialized"),
        "alias": node.get("alias"),
        "schema_config": config.get("schema"),
        "tags": node.get("tags"),
        "config_tags": config.get("tags"),
        "meta": node.get("meta"),
        "severity": config.get("severity"),
        "where": config.get("where"),
        "cols": list(columns),
        "fqn": node.get("fqn"),
        "desc": node.get("description"),
        "col_desc": {name: column.get("description") for name, column in columns.items()},
        "attached": node.get("attached_node"),
        "patch": node.get("patch_path"),
        "freshness": node.get("freshness") if node["resource_type"] == "source" else None,
        "loaded": node.get("loaded_at_field"),
        "identifier": node.get("identifier"),
        "pre": len(config.get("pre-hook") or []),
        "post": len(config.get("post-hook") or []),
        "version": node.get("version"),
        "path": node.get("original_file_path"),
        "cfg": {**{key: value for key, value in changed.items() if key not in ("pre-hook", "post-hook")}, **({"lost": lost} if lost else {})},
        "access": node.get("access"),
        "group": node.get("group"),
        "latest": node.get("latest_version"),
        "pk": node.get("primary_key"),
        "col": node.get("column_name"),
        "test": [test.get("namespace"), test["name"], test.get("kwargs")] if test else None,
        "constraints": constraints_of(node.get("constraints")),
        "columns": columns_of(node),
        "functions": node.get("functions"),
        "docs": node.get("doc_blocks"),
        "owner": node.get("owner"),
        "schema": node.get("schema") if node["resource_type"] == "source" else None,
    }
    return {key: value for key, value in without_nothing(kept).items() if value not in (None, "", [], {}, 0)}


SECTIONS = ("nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions")


def is_own(unique_id):
    package = unique_id.split(".")[1]
    return package != "dbt" and not package.startswith("dbt_")


def answer_of(trap, defaults):
    code, output, manifest = run_dbt(trap, False)
    answer = {"name": trap["name"], "digest": digest_of(trap), "rc": code, "output": telling_lines(output)}
    if manifest is None:
        return answer
    answer["nodes"] = nodes_of(manifest, defaults)
    answer["disabled"] = {key: sorted(node["original_file_path"] for node in nodes) for key, nodes in manifest["disabled"].items()}
    answer["macros"] = {
        key: [name for name in macro["depends_on"]["macros"] if is_own(name)] for key, macro in sorted(manifest["macros"].items()) if is_own(key)
    }
    answer["docs"] = sorted(key for key in manifest["docs"] if is_own(key))
    answer["groups"] = sorted(manifest["groups"])
    _, _, static = run_dbt(trap, True)
    differing = {} if static is None else differences(answer["nodes"], nodes_of(static, defaults))
    return {**answer, **({"static": differing} if differing else {})}


def nodes_of(manifest, defaults):
    return {key: summary_of(node, defaults) for section in SECTIONS for key, node in sorted(manifest[section].items())}


def differences(rendered, static):
    """What the static parser makes different; that it tells no macros and orders sources at random is known."""
    found = {}
    for key, node in static.items():
        other = rendered.get(key, {})
        fields = {
            name: node.get(name)
            for name in {**node, **other}
            if name != "mac" and sorted_sources(name, node.get(name)) != sorted_sources(name, other.get(name))
        }
        if fields:
            found[key] = fields
    return found


def sorted_sources(name, value):
    if name == "sources" or name == "dep":
        return sorted(value or [], key=str)
    return value


def text_of(answer):
    """An answer as JSON with one line for each node."""
    lines = []
    for key, value in answer.items():
        if key in ("nodes", "static") and value:
            inner = ",\n".join(f"   {json.dumps(name)}: {json.dumps(node, ensure_ascii=False)}" for name, node in value.items())
            lines.append(f"  {json.dumps(key)}: {{\n{inner}\n  }}")
        elif key == "output" and value:
            inner = ",\n".join(f"   {json.dumps(line, ensure_ascii=False)}" for line in value)
            lines.append(f"  {json.dumps(key)}: [\n{inner}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return " {\n" + ",\n".join(lines) + "\n }"


# Traps whose whole manifest is kept, by topic.
WHOLE = {
    "semantic": ["semantic_old_spec", "semantic_new_spec", "semantic_disabled"],
    "semantic_on_models": ["on_model_fine", "on_model_top_fine", "on_model_config", "on_model_derived", "on_model_descriptions", "on_model_created_meta", "on_model_validity_no_granularity"],
    "unit_tests": ["unit_all_forms", "unit_fixture_and_rows", "unit_disabled_model", "unit_versions"],
    "declared": ["docs_everywhere", "group_config_without_hooks", "docs_jinja_in_block", "function_basic", "function_without_entry", "macro_properties", "analysis_all", "source_all_keys"],
    "snapshots": ["snapshot_custom_strategy"],
    "nulls": ["null_variables"],
    "seeds": ["seed_hashes"],
    "macro_calls": ["calls_of_dbts_own_namespace", "calls_dispatched_among_all"],
}


def told(item):
    return {key: value for key, value in without_nothing(item).items() if key not in ("created_at", "root_path")}


def record_whole():
    kept = []
    for topic, names in WHOLE.items():
        for trap in read_sources(HERE / "sources" / f"{topic}.txt"):
            if trap["name"] not in names:
                continue
            _, _, manifest = run_dbt(trap, False)
            sections = {name: {key: told(item) for key, item in manifest[name].items() if is_own(key)} for name in (*SECTIONS, "macros", "docs", "groups")}
            disabled = {key: [told(item) for item in items] for key, items in manifest["disabled"].items()}
            kept.append({"name": trap["name"], "digest": digest_of(trap), "manifest": {**sections, "disabled": disabled}})
            print(trap["name"], flush=True)
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in kept)
    (HERE / "whole.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description="Records dbt's answers to the trap projects.")
    parser.add_argument("--all", action="store_true", help="also projects that have not changed")
    parser.add_argument("--whole", action="store_true", help="whole manifests of some traps")
    parser.add_argument("topics", nargs="*")
    options = parser.parse_args()
    import dbt.cli.main  # noqa: F401  Each trap runs in a fork, which finds dbt loaded.
    import dbt.adapters.postgres  # noqa: F401

    if options.whole:
        record_whole()
        return
    defaults = default_configs()
    for path in sorted((HERE / "sources").glob("*.txt")):
        if options.topics and path.stem not in options.topics:
            continue
        target = HERE / "answers" / f"{path.stem}.json"
        known = {} if options.all or not target.exists() else {one["name"]: one for one in json.loads(target.read_text(encoding="utf-8"))}
        answers = []
        for trap in read_sources(path):
            old = known.get(trap["name"])
            if old is not None and old["digest"] == digest_of(trap):
                answers.append(old)
                continue
            answers.append(answer_of(trap, defaults))
            print(path.stem, trap["name"], answers[-1]["rc"], flush=True)
        target.write_text("[\n" + ",\n".join(text_of(answer) for answer in answers) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
