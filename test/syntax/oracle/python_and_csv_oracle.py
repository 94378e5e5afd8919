"""Writes what dbt reads off Python models and seed headers: `python python_and_csv_oracle.py > python-and-csv.json`."""
import ast
import json
import os
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
os.environ["DO_NOT_TRACK"] = "1"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "dbt", "oracle"))
from tagged import tagged

from dbt.exceptions import ParsingError, PythonLiteralEvalError
from dbt.parser.models import PythonParseVisitor, PythonValidationVisitor
from dbt_common.clients.agate_helper import from_csv

HEAD = "def model(dbt, session):\n"
BODIES = [
    "    return dbt.ref('a')\n",
    "    x = dbt.ref(\"a\")\n    y = dbt.source('s', 't')\n    return x\n",
    "    dbt.config(materialized='table', tags=['a', 'b'], meta={'k': 1, 'f': 1.5, 'n': None, 't': (1, 2)}, big=123456789012345678901234567890)\n    return 1\n",
    "    dbt.config({'materialized': 'table'})\n    return 1\n",
    "    dbt.ref('pkg', 'a', version=2); dbt.ref('b', v='x')\n    return 1\n",
    "    if False:\n        dbt.source('dead', 'branch')\n    return dbt.ref('a')\n",
    "    # dbt.ref('comment')\n    '''dbt.ref('docstring')'''\n    s = \"dbt.ref('string')\"\n    return dbt.ref('a')\n",
    "    return f(dbt.ref('a'), k=dbt.ref('b'))\n",
    "    return f(k=dbt.ref('kw'), *[1])\n",
    "    return f([dbt.ref('a'), (dbt.ref('b'))], (dbt.ref('c'), 1), {'x': dbt.ref('d'), **dbt.ref('e')})\n",
    "    return f([[dbt.ref('nested_list')]], {dbt.ref('in_set')}, {'x': [dbt.ref('list_in_dict')]})\n",
    "    return f(1 + dbt.ref('operand'), not dbt.ref('negated'), dbt.ref('x') if a else b)\n",
    "    return f(lambda: dbt.ref('in_lambda'), [dbt.ref('c') for c in d], (dbt.ref('g') for c in d), *dbt.ref('star'), **dbt.ref('kwargs'))\n",
    "    x = [[dbt.ref('nested')]] + {dbt.ref('in_set')} + (lambda: dbt.ref('in_lambda'))\n    return x\n",
    "    return dbt.ref('a').filter(x).join(dbt.ref('b'), on=dbt.ref('c')).limit(1)\n",
    "    return dbt.ref('a').filter(f(dbt.ref('b')))[dbt.ref('c')].show(dbt.ref('d'))\n",
    "    return dbt.ref('a')[0].to_pandas()\n",
    "    return dbt.ref('a')[dbt.ref('b')]\n",
    "    return (dbt.ref('a')).filter(1)\n",
    "    return (dbt.ref('a'))(dbt.ref('b'))\n",
    "    return f(x)(dbt.ref('argument_of_a_result'))\n",
    "    return f(dbt.ref('function_of_a_result'))(x)\n",
    "    x = f\"{dbt.ref('a')} {dbt.ref('b')!r:>{dbt.ref('width')}} {{dbt.ref('escaped')}}\"\n    return x\n",
    "    return f(f\"{dbt.ref('a')} {1 + dbt.ref('b')} {dbt.ref('c')=}\")\n",
    "    return f\"{dbt.ref('a')}\".strip()\n",
    "    return f(x, 'a' f'{dbt.ref(\"joined\")}')\n",
    "    x = r'\\d'[0:1] + str(b'x')\n    return dbt.ref('a')\n",
    "    return dbt.ref('a' 'b', **{})\n",
    "    return dbt.ref('\\x61\\u00e9\\n\\q' r'\\n' '''tri\nple''' \"it's\")\n",
    "    dbt.config(a=0x10, b=0o17, c=0b11, d=1_000, e=1e3, f=-1, g=+2.5, h=-0.5, i=.5, j=1., k=00)\n    return 1\n",
    "    dbt.config(a=True, b=[], c={}, d=(), e=(1,), f=((1)), g={'a': {'b': [1, {'c': None}]}}, h={1: 'x', (1, 2): 'y'})\n    return 1\n",
    "    name = 'a'\n    return dbt.ref(name)\n",
    "    return dbt.ref('a' + 'b')\n",
    "    return dbt.ref(f'a')\n",
    "    dbt.config(a=[x])\n    return 1\n",
    "    dbt.config(a=dict(b=1))\n    return 1\n",
    "    a = dbt.config.get('k')\n    b = dbt.config.get('l', 1) or dbt.config.meta_get('m', [1])\n    return a\n",
    "    x = dbt.is_incremental\n    y = dbt.this\n    z = dbt.ref\n    return session.dbt.ref('not_dbt')\n",
    "    my_dbt.ref('a')\n    ref('b')\n    self.dbt.config(a=1)\n    return dbt . ref ( 'spaced' )\n",
    "    x = (\n        dbt.ref('a')  # one\n        .filter(1)\n    )\n    y = \\\n        dbt.source('s', 't')\n    return x\n",
    "    with a(dbt.ref('b')) as c, d:\n        for e in dbt.ref('f'):\n            assert dbt.ref('g'), dbt.ref('h')\n    return await_(dbt.ref('i'))\n",
    "    def inner(p=dbt.ref('default'), *, q: dbt.ref('annotation') = 1) -> dbt.ref('returns'):\n        return dbt.ref('body')\n    return inner\n",
    "    @dbt.ref('decorator')\n    class A(dbt.ref('base'), metaclass=dbt.ref('meta')):\n        x = dbt.ref('attribute')\n    return A\n",
    "    x = {dbt.ref('key'): 1}\n    del x[dbt.ref('deleted')]\n    x.y = dbt.ref('assigned')\n    x[1:dbt.ref('slice')] += 1\n    return x\n",
    "    print('}', '{', ')', dbt.ref('a'), sep='(')\n    return 1\n",
    "    try:\n        raise E(dbt.ref('a'))\n    except (A, dbt.ref('b')) as e:\n        pass\n    finally:\n        dbt.ref('c')\n    return 1\n",
    "    return 1 if dbt.ref('a') else 2\n",
    "    x = y if (z := dbt.ref('walrus')) else 1\n    return f((w := dbt.ref('walrus_argument')), (v))\n",
    "    yield dbt.ref('a')\n    return 1\n",
    "    return dbt.ref('a'), dbt.ref('b')\n",
    "    return (1, 2)\n",
    "    return ()\n",
    "    return (f(x, y))\n",
    "    return [1, 2]\n",
    "    return\n",
    "    x = 1\n",
    "    if a:\n        return 1\n    else:\n        return 2\n",
    "    x = 1; return x\n",
    "    return 1;\n",
    "    return lambda a, b: 1\n",
    "    x = '''\nreturn 1\n'''\n    return x\n",
    "    return 1\n    # last\n\n",
    "    return (\n  1\n)\n",
]
FILES = [
    "",
    "# nothing\n",
    "'''only a docstring'''\n",
    "x = dbt.ref('outside')\n" + HEAD + "    return 1\n",
    "import pandas as pd\nfrom a.b import c\n\n\n" + HEAD + "    return dbt.ref('a')\n\n\nclass A:\n    def f(self):\n        return dbt.ref('in_method')\n",
    "def model(dbt, session): return dbt.ref('a')\n",
    "def model(dbt, session): x = 1; return x\n",
    "def model(dbt, session) -> 'x': return 1\n",
    "def model(dbt, session, extra):\n    return 1\n",
    "def model(session, dbt):\n    return 1\n",
    "def model():\n    return 1\n",
    "def model(dbt, session: Session = {'a': 1}):\n    return 1\n",
    "def model(dbt, session, *, x=1, **kw):\n    return 1\n",
    "def model(dbt, /, session):\n    return 1\n",
    "def model(dbt, *session):\n    return 1\n",
    "def model(\n    dbt,\n    session,\n):\n    return 1\n",
    HEAD + "    return 1\n\n" + HEAD + "    return 2\n",
    "def helper():\n    def model(dbt, session):\n        return 1\n",
    "if True:\n    def model(dbt, session):\n        return 1\n",
    "class A:\n    def model(dbt, session):\n        return 1\n",
    "def helper():\n    return 1\n\ndef model(dbt, session):\n\treturn dbt.ref('tabs')\n",
    "def model(dbt, session):\r\n    x = '''a\r\nb'''\r\n    return dbt.ref('crlf')\r\n",
    "def other(dbt, session):\n    return 1\n",
    "async def model(dbt, session):\n    return 1\n",
]


def scan(code):
    tree = ast.parse(code)
    errors = []
    if tree.body:
        validator = PythonValidationVisitor()
        validator.visit(tree)
        if validator.num_model_def != 1:
            errors.append("functions")
        for error in validator.dbt_errors:
            errors.append("return" if "return" in error else "arguments")
    parser = PythonParseVisitor(None)
    try:
        parser.visit(tree)
    except PythonLiteralEvalError:
        errors.append("literal")
    calls = [[name, tagged(args), tagged(kwargs)] for name, args, kwargs in parser.dbt_function_calls]
    return {"code": code, "calls": calls, "errors": sorted(set(errors))}


SEEDS = [
    ("a,b,c\n1,2,3\n", ","),
    ("a,b,c", ","),
    ("\ufeffa,b\n1,2\n", ","),
    ("a;b,c;d\n1;2;3\n", ";"),
    ("a\tb\n1\t2\n", "\t"),
    ("a|b\r\n1|2\r\n", "|"),
    ('"a","b ""c""","d,e"\n1,2,3\n', ","),
    ('"a\nb",c\n1,2\n', ","),
    ('"a\r\nb",c\r\n1,2\r\n', ","),
    ('a"b,"c"d,"e" \n1,2,3\n', ","),
    (' a , b\n1,2\n', ","),
    ("a,,b,\n1,2,3,4\n", ","),
    ("id,id,ID,id_2,id\n1,2,3,4,5\n", ","),
    (",".join([""] * 30) + "\n" + ",".join(["1"] * 30) + "\n", ","),
    ("\ufeff\"a\",b\n1,2\n", ","),
    ("é,日本,😀\n1,2,3\n", ","),
    ("a,b,\n1,2,3\n", ","),
    ('"",b\n1,2\n', ","),
    ("a\n", ","),
]


def header(text, delimiter):
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="", delete=False) as file:
        file.write(text)
    try:
        return list(from_csv(file.name, (), delimiter=delimiter).column_names)
    finally:
        os.unlink(file.name)


print(json.dumps({
    "python": [scan(code) for code in [HEAD + body for body in BODIES] + FILES],
    "seeds": [{"text": text, "delimiter": delimiter, "columns": header(text, delimiter)} for text, delimiter in SEEDS],
}, indent=1))
