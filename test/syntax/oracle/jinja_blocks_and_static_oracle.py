"""Records what dbt's block lexer, dbt-extractor and dbt's Jinja say of small texts.

    python test/syntax/oracle/jinja_blocks_and_static_oracle.py

Reads jinja-blocks-and-static-cases.json, writes jinja-blocks-oracle.json and jinja-static-oracle.json beside this file.
Needs dbt-common and dbt-extractor (recorded with dbt-common 1.39, dbt-extractor 0.6.0, Jinja2 3.1.6).
"""

import json
import pathlib

from dbt_common.clients.jinja import extract_toplevel_blocks, get_environment
from dbt_extractor import ExtractionError, py_extract_from_source

HERE = pathlib.Path(__file__).parent

ALLOWED = ["macro", "materialization", "test", "data_test", "snapshot", "docs"]


def blocks(text):
    warnings = []
    try:
        found = extract_toplevel_blocks(
            text, set(ALLOWED), collect_raw_data=False, warning_callback=lambda w: warnings.append(w.msg)
        )
    except Exception as e:
        return {"source": text, "error": type(e).__name__}
    return {
        "source": text,
        "blocks": [[b.block_type_name, b.block_name, b.contents, b.full_block] for b in found],
        "warnings": warnings,
    }


def extractor(text):
    try:
        r = py_extract_from_source(text)
    except ExtractionError:
        return None
    return {
        "refs": [[x.get("package"), x["name"], x.get("version")] for x in r["refs"]],
        "sources": sorted(map(list, r["sources"])),
        "configs": [[k, tag(v)] for k, v in r["configs"]],
    }


def rendered(text):
    """What a template calls when Jinja renders it; None if it does not, or calls in a way that dbt refuses."""
    calls = []

    def ref(*args, **kwargs):
        assert 1 <= len(args) <= 2 and all(isinstance(a, str) for a in args)
        version = kwargs.get("version") or kwargs.get("v")
        package = args[0] if len(args) == 2 else None
        calls.append(["ref", package, args[-1], tag(version)])
        return ""

    def source(*args):
        assert len(args) == 2 and all(isinstance(a, str) for a in args)
        calls.append(["source", *args])
        return ""

    def config(*args, **kwargs):
        assert (len(args) == 1) != (len(kwargs) > 0)
        opts = args[0] if args else kwargs
        calls.append(["config", [[k, tag(v)] for k, v in opts.items()]])
        return ""

    env = get_environment(capture_macros=True)
    try:
        env.from_string(text, globals=dict(ref=ref, source=source, config=config)).render({})
    except Exception:
        return None
    return calls


def tag(v):
    """Floats apart from integers, and integers of any size."""
    if isinstance(v, bool) or v is None or isinstance(v, str):
        return v
    if isinstance(v, int):
        return {"int": str(v)}
    if isinstance(v, float):
        return {"float": v}
    if isinstance(v, (list, tuple)):
        return [tag(i) for i in v]
    if isinstance(v, dict):
        assert all(isinstance(k, str) for k in v)
        return {"dict": [[k, tag(i)] for k, i in v.items()]}
    return {"other": type(v).__name__}


def static(text):
    return {"source": text, "extractor": extractor(text), "rendered": rendered(text)}


def write(name, answers):
    lines = ",\n".join(json.dumps(a) for a in answers)
    (HERE / name).write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    cases = json.loads((HERE / "jinja-blocks-and-static-cases.json").read_text("utf-8"))
    write("jinja-blocks-oracle.json", [blocks(t) for t in cases["blocks"]])
    write("jinja-static-oracle.json", [static(t) for t in cases["static"]])
