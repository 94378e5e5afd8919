"""Writes `ignore-patterns.json`: what pathspec 1.0.4, which dbt 1.12 has, says of paths under lists of drawn patterns.

    python test/base/ignore-patterns.py

One list is a pair of the text and the paths, each with true if it is ignored.
"""

import json
import random
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import pathspec  # noqa: E402

PARTS = (
    "models a b * ** ? a* *.sql [ab] [!a] [^a] a[a-c []a] [a-] \\* \\!a stg_* a.sql sub .hidden x/.. .. . *a* [a-b-c] m?d* **a a** [\\a] {a} #a é + (a|b) $ ^a".split(" ")
    + ["", "", "a b"]
)
NAMES = "models a b a.sql b.sql stg_a.sql sub .hidden * !a x .. . ab ba.sql aa é m1dels [a] {a} #a + $ c- \\a".split(" ") + ["a b", "a "]
draw = random.Random(1)


def chance(share):
    return draw.random() < share


def pattern():
    text = "/".join(draw.choice(PARTS) for _ in range(draw.choice([1, 1, 1, 2, 2, 3, 4])))
    text = ("!" if chance(0.25) else "") + ("/" if chance(0.25) else "") + text + ("/" if chance(0.25) else "")
    return ("#" if chance(0.04) else "") + text + (draw.choice([" ", "\t", "  \t", "\u00a0", "\\ "]) if chance(0.1) else "")


def is_readable(line):
    try:
        pathspec.patterns.GitWildMatchPattern(line)
    except Exception:
        return False
    return True


def path():
    text = "/".join(draw.choice(NAMES) for _ in range(draw.choice([1, 2, 2, 3, 3, 4, 5])))
    return ("./" if chance(0.05) else "/" if chance(0.05) else "") + text


lists = []
while len(lists) < 400:
    lines = [line for line in (pattern() + "\n" for _ in range(draw.choice([1, 1, 2, 3, 4]))) if is_readable(line)]
    text = "".join(lines)
    if chance(0.25) and is_readable(lines[-1][:-1] if lines else ""):
        text = text[:-1]
    spec = pathspec.PathSpec.from_lines(pathspec.patterns.GitWildMatchPattern, text.splitlines(keepends=True))
    lists.append([text, {one: spec.match_file(one) for one in (path() for _ in range(10))}])
out = Path(__file__).with_suffix(".json")
out.write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in lists) + "\n]\n", encoding="utf-8")
