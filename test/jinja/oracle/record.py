"""Renders the snippets of this folder with dbt itself and records what it says.

Usage: python record.py          (needs dbt-core and dbt-postgres; writes recorded.json)

Every snippet becomes a model of a project that is parsed by `dbt parse` with execute = False. What the template
renders to, the error it raises, the refs, sources, macros and config calls are written down. Static parsing is off,
so that dbt renders every model.
"""

import json
import shutil
import tempfile
from pathlib import Path

import dbt.clients.jinja as dbt_jinja
import dbt.parser.base as parser_base
from dbt.cli.main import dbtRunner
from dbt.context.providers import ParseConfigObject

HERE = Path(__file__).parent
answers: dict[str, dict] = {}
current: list[str] = []

real_rendered = dbt_jinja.get_rendered
real_config = ParseConfigObject.__call__


def rendered(string, ctx, node=None, capture_macros=False, native=False):
    name = getattr(node, "name", "") or ""
    if not name.startswith("s_") or current or name in answers:
        return real_rendered(string, ctx, node, capture_macros=capture_macros, native=native)
    answer: dict = {"configs": []}
    answers[name] = answer
    current.append(name)
    result = ""
    try:
        result = real_rendered(string, ctx, node, capture_macros=capture_macros, native=native)
        answer["output"] = str(result)
    except BaseException as error:  # noqa: BLE001 - whatever dbt raises is the answer
        answer["error"] = str(getattr(error, "msg", error)).strip().split("\n")[0]
        answer["errorType"] = type(error).__name__
    finally:
        current.pop()
    answer["refs"] = [[ref.package, ref.name, ref.version] for ref in node.refs]
    answer["sources"] = node.sources
    answer["macros"] = node.depends_on.macros
    return result


def config_call(self, *args, **kwargs):
    result = real_config(self, *args, **kwargs)
    if current:
        opts = args[0] if args else kwargs
        answers[current[-1]]["configs"].append({key: repr(value) for key, value in opts.items()})
    return result


def read_snippets() -> dict[str, str]:
    snippets: dict[str, str] = {}
    name = ""
    for line in (HERE / "snippets.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("=== "):
            name = line[4:].strip()
            assert name not in snippets, name
            snippets[name] = ""
        elif name:
            snippets[name] += line + "\n"
    return {name: text.strip("\n") for name, text in snippets.items()}


def main() -> None:
    snippets = read_snippets()
    macros = (HERE / "macros.sql").read_text(encoding="utf-8")
    package_macros = (HERE / "package-macros.sql").read_text(encoding="utf-8")
    folder = Path(tempfile.mkdtemp())
    for relative, text in {
        "dbt_project.yml": "name: p\nprofile: p\nvars:\n  text: words\n  number: 3\n  flag: true\n  items: [a, b]\n  mapping: {k: v, n: 1}\n  rendered: \"{{ 'x' ~ 1 }}\"\n  p:\n    scoped: own\n",
        "profiles.yml": "p:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: h, user: u, password: p, port: 5432, dbname: db, schema: sch, threads: 1}\n",
        "packages.yml": "packages:\n  - local: lp_source\n",
        "dbt_packages/lp/dbt_project.yml": "name: lp\nversion: 1.0.0\n",
        "dbt_packages/lp/macros/m.sql": package_macros,
        "macros/m.sql": macros,
    }.items():
        file = folder / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "models").mkdir()
    for name, text in snippets.items():
        (folder / "models" / f"s_{name}.sql").write_text(text, encoding="utf-8")
    parser_base.get_rendered = rendered
    dbt_jinja.get_rendered = rendered
    ParseConfigObject.__call__ = config_call
    dbtRunner().invoke(["parse", "--no-partial-parse", "--no-static-parser", "--project-dir", str(folder), "--profiles-dir", str(folder)])
    shutil.rmtree(folder)
    recorded = []
    for name, text in snippets.items():
        answer = answers.get(f"s_{name}")
        if answer is None:
            print("no answer for", name)
            continue
        recorded.append({"name": name, "template": text, **answer})
    content = {"macros": macros, "packageMacros": package_macros, "snippets": recorded}
    (HERE / "recorded.json").write_text(json.dumps(content, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    print(len(recorded), "recorded,", sum(1 for entry in recorded if "error" in entry), "of them errors")


main()
