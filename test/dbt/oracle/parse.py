"""Runs `dbt parse` on files given as text, in this process, without telemetry and without a connection."""
import contextlib
import io
import json
import os
import sys
import tempfile

os.environ["DO_NOT_TRACK"] = "1"

PROFILES = """p:
  target: dev
  outputs:
    dev: {type: postgres, host: localhost, user: u, password: p, port: 5432, dbname: db, schema: sch, threads: 1}
"""


def parse(files, args=()):
    """The manifest as a dict, the messages of dbt, and the error text or None."""
    from dbt.cli.main import dbtRunner

    messages = []

    def listen(event):
        if event.info.level in ("warn", "error"):
            messages.append([event.info.level, event.info.name, event.info.msg])

    here = os.getcwd()
    with tempfile.TemporaryDirectory() as root:
        for path, text in {"profiles.yml": PROFILES, **files}.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            open(full, "w", encoding="utf-8").write(text)
        os.chdir(root)
        sys.argv = ["dbt"]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                result = dbtRunner(callbacks=[listen]).invoke(
                    ["--quiet", "--no-version-check", "--no-partial-parse", "--no-send-anonymous-usage-stats", "parse", *args]
                )
            error = None if result.success else str(result.exception)
            manifest = json.load(open("target/manifest.json")) if result.success else None
        finally:
            os.chdir(here)
    return manifest, messages, error


def write(rows):
    """One row a line, so that differences are readable."""
    sys.stdout.write("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
