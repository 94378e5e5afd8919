"""Writes how dbt reads version requirements: `python dbt-version.py > dbt-version.json`."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["DO_NOT_TRACK"] = "1"
from parse import write

REQUIREMENTS = [
    ">=1.8.0", ">1.8.0", "=1.7.1", "1.7.1", "<2.0.0", "<=1.12.3", ">=1.8.0,<2.0.0", ">=1.8.0, <2.0.0", " >=1.8.0", [">=1.8.0", "<2.0.0"],
    [">=1.8.0,<2.0.0"], ">=1.8", "1.8", ">=1.8.x", "", ">=1.8.0-rc1", ">=1.8.0rc1", ">=1.8.0-rc.2", "<1.9.0-b1", [">=2.0.0", "<1.0.0"], [">1.8.0", "<1.8.0"],
    [">=1.8.0", "<=1.8.0"], [">1.8.0", "<=1.8.0"], [">=1.0.0", ">=1.9.0", "<1.13.0"], ["=1.8.0", ">=1.7.0"], ["=1.8.0", "=1.9.0"], ">=01.8.0", "~1.8.0", "==1.8.0", "!=1.8.0",
    ">=1.8.0+build.1", [], [">=1.8.0", "<2.0.0-a1"], "*", ">=1.5.0,<1.6.0", "<2.0.0,>=1.3.0",
]
CANDIDATES = ["1.5.0", "1.7.1", "1.8.0-b1", "1.8.0-rc1", "1.8.0-rc2", "1.8.0", "1.8.1", "1.9.0-b1", "1.9.0", "1.12.3", "2.0.0-b2", "2.0.0", "2.1.0"]


def main():
    import dbt.cli.main  # noqa: F401  first, because of circular imports
    from dbt.config.project import _parse_versions
    from dbt_common.semver import VersionSpecifier, versions_compatible

    rows = []
    for requirement in REQUIREMENTS:
        row = {"requirement": requirement}
        try:
            versions = _parse_versions(requirement)
            row["satisfiable"] = versions_compatible(*versions)
            row["allowed"] = [v for v in CANDIDATES if versions_compatible(VersionSpecifier.from_version_string(v), *versions)]
        except Exception as error:
            row["error"] = str(error).strip().split("\n")[-1].strip()
        rows.append(row)
    for a in CANDIDATES:
        for b in CANDIDATES:
            rows.append({"a": a, "b": b, "order": VersionSpecifier.from_version_string(a).compare(VersionSpecifier.from_version_string(b))})
    write(rows)


if __name__ == "__main__":
    main()
