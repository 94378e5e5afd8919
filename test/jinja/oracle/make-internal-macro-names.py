"""Lists the macros that dbt and its adapters bring along, from their installed packages.

Usage: python make-internal-macro-names.py DIR… > server/src/jinja/internal-macro-names.ts
Each DIR is a folder `dbt/include` of an installed dbt or adapter.
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"\{%-?\s*(macro|test|materialization)\s+(\w+)([^%]*)")
ADAPTER = re.compile(r"adapter\s*=\s*['\"](\w+)['\"]")


def names_of(folder: Path) -> set[str]:
    names: set[str] = set()
    for file in sorted(folder.rglob("*.sql")):
        text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.S)
        for tag, name, rest in BLOCK.findall(text):
            if tag == "macro":
                names.add(name)
            elif tag == "test":
                names.add("test_" + name)
            else:
                adapter = ADAPTER.search(rest)
                names.add(f"materialization_{name}_{adapter.group(1) if adapter else 'default'}")
    return names


def main() -> None:
    packages: dict[str, set[str]] = {}
    for argument in sys.argv[1:]:
        for folder in sorted(Path(argument).iterdir()):
            if folder.name == "starter_project" or not (folder / "dbt_project.yml").exists():
                continue
            package = "dbt" if folder.name == "global_project" else "dbt_" + folder.name
            packages.setdefault(package, set()).update(names_of(folder))
    print("/** Names of the macros that dbt and its adapters bring along; made by test/jinja/oracle/make-internal-macro-names.py. */\n")
    print("/** Names by package, separated by spaces. */")
    print("export const INTERNAL_MACRO_NAMES: Readonly<Record<string, string>> = {")
    for package in sorted(packages):
        print(f"  {package}:")
        line = ""
        lines = []
        for name in sorted(packages[package]):
            if len(line) + len(name) > 140:
                lines.append(line)
                line = ""
            line += name + " "
        lines.append(line.rstrip())
        print(" +\n".join(f"    '{part}'" for part in lines) + ",")
    print("};")


main()
