"""Records what dbt's YAML reader makes of many short texts.

dbt strips a file (`str.strip()`) and loads it with PyYAML's CSafeLoader (libyaml). The answers are the expected
values of `test/syntax/yaml-oracle.test.ts`. Run with a Python that has PyYAML 6.0.3 with libyaml:

    python test/syntax/oracle/yaml_oracle.py                 # writes yaml-answers.json beside this script
    python test/syntax/oracle/yaml_oracle.py --random N SEED # prints answers to N random texts, for soaking

An answer is {text, ok, value} or {text, ok: false, error, line, column}. Values: strings, true, false and null stand
for themselves; ["int", digits], ["float", repr], ["date", str], ["datetime", str], ["list", ...], ["dict", [k, v], ...].
"""

import datetime
import json
import pathlib
import random
import sys

import yaml

HERE = pathlib.Path(__file__).parent

SCALARS = """
yes|Yes|YES|yEs|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N|true|True|TRUE|tRue|false|False|FALSE|null|Null|NULL|nUll|~|~x|none|None
0|1|-1|+1|00|01|010|-010|+010|08|09|0o17|0O17|0x1F|0X1F|0xg|0x|0x_|0x_1|0b101|0b|0b_|0b2|-0b11|+0x10|1_000|1__0|_1|1_|0_|0_7|-_1|--1|+-1
12345678901234567890|-9007199254740993|9007199254740992|9007199254740991|999999999999999|1000000000000000
1:30|1:60|01:30|08:30|1:30:45|-1:30|+1:30|1:30.5|1:30.|0:30.5|1:3|1:300|100:59|1_0:30|1:5_0|59:59:59|1:2:3.4
1.0|1.|.5|-.5|+.5|-1.5|+1.5|1.5.2|1e3|1.0e3|1.0e+3|1.0E-3|1e+3|.5e+3|.5e3|1_0.5|1._5|._5|._|.|..|.e+3|1.e+3|1.5e+|1.5e+1_0
.inf|.Inf|.INF|.iNf|-.inf|+.inf|+.Inf|.nan|.NaN|.NAN|.Nan|-.nan|inf|nan|-inf|.infx
2020-01-01|2020-1-1|2020-12-31|2020-13-01|2020-02-30|2020-02-29|2021-02-29|0000-01-01|0001-01-01|20200101|2020-01|2020-01-01x
2020-01-01T10:00:00Z|2020-01-01 10:00:00|2020-01-01t10:00:00|2020-1-1 1:00:00|2020-01-01T10:00:00.5|2020-01-01T10:00:00.123456789Z
2020-01-01T10:00:00+05:30|2020-01-01T10:00:00-5|2020-01-01T10:00:00 -05|2020-01-01 10:00:00 Z|2020-01-01T24:00:00Z|2020-01-01T10:60:00
2020-01-01T10:00:60|2020-01-01T10:00:00+24:00|2020-01-01T10:00:00-00:00|2020-01-01T10:00:00+23:59|2020-01-01T10:00|2020-01-01T10:00:00.|2020-01-01T10:00:00.000000
=|<<|<|<<<|==|a|a b|a:b|a::b|:a|::|a#b|#|-a|--|---a|-|?a|?|a?|a,b|a]b|a[b|a{b|a}b|[|]|{|}|,|,a|&|&a|*|*a|!|!a|!!|!!a|\\||>|>a|%|%a|@|@a|`|`a|'|"|\\
http://x.y:80/z|a: b|a :b|C:\\x|{{ x }}|{{x}}|{{ var('x') }}|{% x %}|{# x #}|x {{ y }}|"{{ x }}"|'{{ x }}'|{{ x }}_y|x: {{ y }}|{{ ref("a", "b") }}|{{ x }} # c
é|日本|😀|a\u00a0b|\u00a0a|a\u200bb|\u201ca\u201d|a\ufeffb
""".strip("\n").replace("\\|", "\0").split("\n")
SCALARS = [word.replace("\0", "|") for line in SCALARS for word in line.split("|")]

CONTEXTS = ["{}", "k: {}", "- {}", "[{}]", "[{}, z]", "{{k: {}}}", "{}: v", "k:\n  {}", "k: {}\nz: 1"]

TAGS = ["!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!seq", "!!map", "!!set", "!!omap", "!!pairs",
        "!!binary", "!!merge", "!!value", "!", "!x", "!!x", "!<tag:yaml.org,2002:str>", "!<x>", "!x!y", "!!python/tuple", "!%41", "!%4"]
TAGGED = ["1", "x", "'1'", "yes", "1.5", "2020-01-01", "[a]", "[{a: 1}]", "{a: 1}", "", "~", "aGk=", "a\n b", "|\n x"]

def hand_written():
    texts, current = [], []
    for line in (HERE / "yaml-snippets.txt").read_text(encoding="utf-8").strip("\n").split("\n"):
        # The texts are parted by `---`, except behind a directive, where it belongs to the text.
        if line == "---" and not (current and current[-1].startswith("%")):
            texts.append("\n".join(current) + "\n")
            current = []
        else:
            current.append(line)
    texts.append("\n".join(current) + "\n")
    return texts


EXTRA = [
    "", " ", "\n", "\n\n  a: b", "\n  a: b\n  c: d\n", "a: b\n\n\n", "a: |\n  b\n\n", "a: |+\n  b\n\n\n", "x: 1\na: |\n  b",
    "a: b\r\nc: d\r\n", "a: |\r\n  b\r\n  c\r\nd: e\r\n", "a: >\r\n  b\r\n  c\r\n\r\n  d\r\ne: f", "a: 'b\r\n  c'\r\n", "a: b\r\n  c\r\n", "a: b\rc: d\r",
    "a:\r\n- b\r\n- c\r\n", "a: b\r\n\r\n# c\r\nd: e", "a: b\n\rc: d",
    "a: b\u2028c: d", "a: b\u2029c: d", "a: b\x85c: d", "a: |\n  b\u2028  c\nd: e", "a: >\n  b\u2028  c\x85  d\ne: f", "a: 'b\u2028c'", "a: \"b\x85 c\"", "a: b\u2028 c", "a: b\u2028\n c", "# c\u2028a: b",
    "\ufeffa: b", "\ufeff  a: b\n  c: d", "a: b\n\ufeffc: d", "x:\n\ufeffb: c", "a: \ufeffb", "\ufeff", "\ufeff# c\na: b", "a:\n  \ufeffb: c",
    "a\x00b", "a: \x01", "a: \x7f", "a: \x80", "a: \x9f", "a: \x0b", "a: \x0c", "a: \x1b", "# \x07", "a: \ufffe", "a: \uffff", "a: \u00a0", "a: \ue000",
    "a: 😀 b: c", "😀: 😀", "'😀': [😀, {😀: 😀}]", "- 😀: a\n  b: c", "日本: 日本\n語: x",
    "a" * 1024 + ": b", "a" * 1023 + ": b", "a" * 1025 + ": b", "'" + "a" * 1022 + "': b", "'" + "a" * 1023 + "': b", "? " + "a" * 1030 + "\n: b",
    "{" + "a" * 1024 + ": b}", "{" + "a" * 1025 + ": b}", "{" + "a" * 1026 + ": b}", "[" + "a" * 1030 + ": b]", "{k: " + "a" * 1100 + "}", "k: " + "a " * 700, "[" + "a, " * 500 + "b]: c",
    "😀" * 600 + ": b", "😀" * 1024 + ": b", "😀" * 1025 + ": b", "- " + "a" * 1100, "x: 1\n" + "a" * 1030 + "\n", "x: 1\n" + "a" * 1030 + ": b\n",
    "---", "--- ", "---\n", "---\n---", "---\n---\n", "--- a", "--- a\n--- b", "---\na: b", "---\na: b\n", "---\na: b\n---", "---\na: b\n---\n", "---\na: b\n---\nc: d", "--- a: b", "--- [a]", "---\n- a", "--- - a",
    "...", "...\n", "a\n...", "a\n...\n", "a\n...\n...", "a\n...\n# c", "a\n...\nb", "a\n...\n---\nb", "a\n...\n---", "---a", "--- # c\na: b", "# c\n---\na: b", "a: b\n--- # c", "---\n...", "---\n...\n---\n...", "a: b\n...x", "a: b\n---x", "a:\n---", "- a\n---\n- b", "%YAML 1.1\n---\na\n...\n%YAML 1.1\n---\nb", "%YAML 1.1", "%YAML 1.1\n", "%YAML 1.1\n%YAML 1.1\n---\na", "%YAML 1.1 # c\n---\na", "%YAML 1.1x\n---\na", "%TAG !a! x\n%TAG !a! y\n---\na", "a: b\n%YAML 1.1\n---\nc",
    "[" * 100 + "]" * 100, "a:\n" + "".join("  " * i + "- a:\n" for i in range(1, 60)),
    "a: &x [1]\nb: [*x, *x]\nc: {k: *x}", "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: &c {<<: [*b, *a], z: 3}\nd: {<<: *c, x: 9}",
    "a: 1_2_3", "a: 0b1_0", "a: 0x_f", "a: 1:2:3:4", "a: " + "9" * 400, "a: 1." + "3" * 30, "a: 123456789.123456789", "a: 1e400", "a: 1.0e+400", "a: -0.0", "a: 0.1", "a: 1.0e+16", "a: 1.0e-5",
    "a:   b   \nc:   d   ", "a   :   b", "a: b \t \nc: d", "- a   \n-   b", "a:  \n  b:  \n    c:  1", "a: 'x'   \nb: \"y\"  # z",
    "a: b\n\n  # c\n\nd: e", "a:\n\n\n  b: c", "a:\n# x\n  # y\n    # z\n  b: c", "- a\n\n- b\n\n\n- c\n", "a: [ b , c ]\nd: { e : f , g : h }", "a: [b # c\n, d]", "a: [ # c\n b]", "a: {b: c, # d\n e: f}",
    "a: 'x' 'y'", "a: |\n b\n  c\n d", "a: |\n  b\n   \n  c\n", "a: >\n\n\n  b\n\n\n  c\n\n\nd: e", "a: >\n  b\n\n    c\n\n  d\ne: f", "a: >1\n  b\n c\nd: e", "a: |1\n b\nc: d", "- >\n a\n b\n-  |\n  c",
    "a: b\n  - c", "a:\n  b\n  c: d", "a:\n  b\n c: d", "a: 'b'\n  c: d", "a: [b]\n  c: d", "a: {b: c}\n  d: e", "a: |\n  b\n c: d", "a:\n  - b\n  - c\n   - d", "a:\n  - b\n    - c", "a:\n  - b\n   c", "a:\n- b\n c: d", "a:\n- b\n  c: d", "a:\n-b", "a:\n -b: c", "-a: b", "- a\n-b", "- a\n- b: c\n- d\n  e: f",
]

PIECES = ["a", "b", "c: ", "d:", ": ", ":", "- ", "-", "? ", "?", "\n", "\n", "\n  ", "\n  ", "\n    ", "\n ", "\n- ", "\n  - ", " ", "  ", "\t", "#", " # x", "[", "]", "{", "}", ",", ", ",
          "'", "\"", "'s'", "\"d\"", "|", ">", "|\n", ">-\n", "&x ", "*x", "*x ", "!!str ", "!t ", "!", "1", "1.5", "null", "yes", "<<: ", "=", "\\", "\\n", "---", "\n---\n", "...", "%", "@", "\r\n", "\u2028", "\x85", "\ufeff", "é", "😀", "{{ ", " }}", "k: v", "\nk: v", "\n  k: v", "\n- k: v", "- k:\n", "a: [x, y]", "{p: q}"]


def random_texts(count, seed):
    generator = random.Random(seed)
    return ["".join(generator.choice(PIECES) for _ in range(generator.randint(2, 14))) for _ in range(count)]


def corpus():
    texts = [context.format(scalar) for scalar in SCALARS for context in CONTEXTS]
    texts += [f"{tag} {content}" for tag in TAGS for content in TAGGED]
    texts += [f"k: {tag} {content}" for tag in TAGS for content in ("1", "", "[a]", "{a: 1}")]
    texts += hand_written()
    texts += EXTRA
    texts += random_texts(3000, 1)
    return list(dict.fromkeys(texts))


def encode(value, seen=()):
    if any(value is outer for outer in seen):
        return ["recursive"]
    inner = (*seen, value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, datetime.datetime):
        return ["datetime", str(value)]
    if isinstance(value, datetime.date):
        return ["date", str(value)]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, (list, tuple)):
        return ["list" if isinstance(value, list) else "tuple", *(encode(item, inner) for item in value)]
    if isinstance(value, set):
        return ["set"]
    return ["dict", *([encode(k, inner), encode(v, inner)] for k, v in value.items())]


def answer(text):
    try:
        return {"text": text, "ok": True, "value": encode(yaml.load(text.strip(), Loader=yaml.CSafeLoader))}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return {"text": text, "ok": False, "error": error.problem, "line": mark and mark.line, "column": mark and mark.column}
    except Exception as error:  # dates and numbers that Python cannot hold raise errors of their own
        return {"text": text, "ok": False, "error": f"{type(error).__name__}: {error}"}


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--random":
        for text in random_texts(int(sys.argv[2]), int(sys.argv[3])):
            print(json.dumps(answer(text)))
        return
    answers = [answer(text) for text in corpus()]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True) for entry in answers)
    (HERE / "yaml-answers.json").write_text(f"[\n{lines}\n]\n", encoding="ascii")
    print(len(answers), "texts,", sum(entry["ok"] for entry in answers), "accepted")


if __name__ == "__main__":
    main()
