"""Writes what dbt says of contents of dbt_project.yml: `python project-file.py > project-file.json`."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["DO_NOT_TRACK"] = "1"
import yaml
from parse import write
from tagged import tagged

PROJECTS = [
    "name: p", "version: 1", "name: my-proj", "name: 1p", "name: config", "name: ref", "name: p\nfoo: 1", "name: p\nfoo: 1\nbar: 2",
    "name: p\nmodel-paths: models", "name: p\nmodel-paths: [models, 1]", "name: p\nmodels: []", "name: p\nmodels:", "name: p\nseeds: text", "name: p\nvars: []", "name: p\nvars:",
    "name: p\ntests: {a: 1}\ndata_tests: {a: 1}", "name: p\ntests: {}\ndata_tests: {a: 1}", "name: p\nsource-paths: [a]\nmodel-paths: [b]", "name: p\ndata-paths: [a]\nseed-paths: [b]",
    "name: p\nsource-paths: [a]", "name: p\nconfig-version: 2", "name: p\nconfig-version: two", "name: p\nversion: '1.0.0'", "name: p\nversion: 1.0", "name: p\nversion: 'abc'", "name: p\nversion: [1]",
    "name: p\non-run-start: text", "name: p\non-run-start: [a, b]", "name: p\non-run-start: [{a: 1}]", "name: p\nquery-comment: text", "name: p\nquery-comment:", "name: p\nquery-comment: {comment: x, append: true}",
    "name: p\nrequire-dbt-version: '>=1.8'", "name: p\nrequire-dbt-version: ['>=1.8.0', '<3.0.0']", "name: p\nrequire-dbt-version: 1.8", "name: p\nrequire-dbt-version: '>=9.0.0'",
    "name: p\ndispatch: [{macro_namespace: a, search_order: [b]}]", "name: p\ndispatch: [{macro_namespace: a}]", "name: p\ndispatch: {macro_namespace: a}", "name: p\nrestrict-access: true", "name: p\nrestrict-access: 'yes'",
    "name: p\nflags: {a: 1}", "name: p\nflags: []", "name: p\ndbt-cloud: {project-id: 1}", "name: p\nquoting: {database: true}", "name: p\nquoting: {database: 'x'}", "name: p\nquoting: {other: true}",
    "name: p\nsemantic-models: {}", "name: p\nsemantic_models: {}", "name: p\nsaved-queries: {}", "name: p\nprofile: 5", "name: p\nprofile:", "name: größe", "name: ''", "name:", "name: 5",
    "name: p\npackages-install-path: x\nclean-targets: [a]\nasset-paths: [a]\ndocs-paths: [b]\nfunction-paths: [f]\nosi-paths: [o]\ntarget-path: t\nlog-path: l\nmacro-paths: [m]\ntest-paths: [t]\nanalysis-paths: [a]\nsnapshot-paths: [s]",
    "name: p\nanalyses: {}\nfunctions: {}\nexposures: {}\nmetrics: {}\nunit_tests: {}\nsources: {}\nsnapshots: {}",
]


def main():
    import dbt.cli.main  # noqa: F401  first, because of circular imports
    from dbt.cli.flags import Flags  # noqa: F401
    from dbt.config.project import PartialProject, Project
    from dbt.config.renderer import DbtProjectYamlRenderer
    from dbt.flags import set_from_args
    from argparse import Namespace
    from dbt import deprecations

    deprecations.warn = lambda *args, **kwargs: None
    set_from_args(Namespace(TARGET_PATH=None, LOG_PATH="logs", target_path=None, log_path="logs"), None)
    rows = []
    for text in PROJECTS:
        data = yaml.safe_load(text)
        row = {"project": tagged(data)}
        try:
            contents = dict(data)
            if "tests" in contents and "data_tests" not in contents:
                contents["data_tests"] = contents.pop("tests")
            contents["project-root"] = "/x"
            partial = PartialProject.from_dicts("/x", contents, {}, {}, verify_version=True)
            partial.render(DbtProjectYamlRenderer(None, {}))
        except Exception as error:
            row["error"] = str(error)
            row["kind"] = type(error).__name__
        rows.append(row)
    write(rows)


if __name__ == "__main__":
    main()
