"""Records how dbt's own Jinja environment reads small templates.

    python test/syntax/oracle/jinja_oracle.py            writes jinja-oracle.json beside this file
    python test/syntax/oracle/jinja_oracle.py --stdin    reads a JSON list of templates, prints a JSON list of answers

Needs dbt-common (recorded with dbt-common 1.39 and Jinja2 3.1.6). The normal form is that of ../jinja-normal-form.ts.
"""

import json
import pathlib
import sys
import warnings

from dbt_common.clients.jinja import get_environment
from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

HERE = pathlib.Path(__file__).parent

BINARY = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
}
COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}


def expr(n):
    if n is None:
        return None
    t = type(n)
    if t is nodes.Const:
        v = n.value
        if v is None:
            return ["none"]
        if isinstance(v, bool):
            return ["bool", v]
        if isinstance(v, str):
            return ["str", v]
        if isinstance(v, int):
            return ["int", str(v)]
        return ["float", repr(v) if v in (float("inf"),) else v]
    if t is nodes.Name:
        return ["name", n.name]
    if t is nodes.NSRef:
        return ["nsref", n.name, n.attr]
    if t is nodes.Tuple:
        return ["tuple", [expr(i) for i in n.items]]
    if t is nodes.List:
        return ["list", [expr(i) for i in n.items]]
    if t is nodes.Dict:
        return ["dict", [[expr(p.key), expr(p.value)] for p in n.items]]
    if t is nodes.Getattr:
        return ["attr", expr(n.node), n.attr]
    if t is nodes.Getitem:
        return ["item", expr(n.node), expr(n.arg)]
    if t is nodes.Slice:
        return ["slice", expr(n.start), expr(n.stop), expr(n.step)]
    if t is nodes.Call:
        return ["call", expr(n.node), args(n)]
    if t is nodes.Filter:
        return ["filter", ["input"] if n.node is None else expr(n.node), n.name, args(n)]
    if t is nodes.Test:
        return ["test", expr(n.node), n.name, args(n)]
    if t is nodes.Not:
        return ["not", expr(n.node)]
    if t is nodes.Neg:
        return ["neg", expr(n.node)]
    if t is nodes.Pos:
        return ["pos", expr(n.node)]
    if t is nodes.And:
        return ["and", expr(n.left), expr(n.right)]
    if t is nodes.Or:
        return ["or", expr(n.left), expr(n.right)]
    if t in BINARY:
        return [BINARY[t], expr(n.left), expr(n.right)]
    if t is nodes.Concat:
        return ["~", [expr(i) for i in n.nodes]]
    if t is nodes.Compare:
        return ["compare", expr(n.expr), [[COMPARE[o.op], expr(o.expr)] for o in n.ops]]
    if t is nodes.CondExpr:
        return ["cond", expr(n.test), expr(n.expr1), expr(n.expr2)]
    raise AssertionError(t)


def args(n):
    return [
        [expr(a) for a in n.args],
        [[k.key, expr(k.value)] for k in n.kwargs],
        expr(n.dyn_args),
        expr(n.dyn_kwargs),
    ]


def type_text(m):
    if not m:
        return None
    if not m.type_params:
        return m.name
    return m.name + "[" + ",".join(type_text(p) for p in m.type_params) + "]"


def params(n):
    types = getattr(n, "arg_types", None) or [None] * len(n.args)
    defaults = [None] * (len(n.args) - len(n.defaults)) + list(n.defaults)
    return [[a.name, expr(d), type_text(t)] for a, d, t in zip(n.args, defaults, types)]


def stmts(body):
    out = []
    for n in body:
        if type(n) is nodes.Output:
            for i in n.nodes:
                if type(i) is nodes.TemplateData:
                    if out and out[-1][0] == "text":
                        out[-1][1] += i.data
                    else:
                        out.append(["text", i.data])
                else:
                    out.append(["out", expr(i)])
        else:
            out.append(stmt(n))
    return out


def stmt(n):
    t = type(n)
    if t is nodes.If:
        branches = [[expr(n.test), stmts(n.body)]] + [[expr(e.test), stmts(e.body)] for e in n.elif_]
        return ["if", branches, stmts(n.else_)]
    if t is nodes.For:
        return ["for", expr(n.target), expr(n.iter), expr(n.test), bool(n.recursive), stmts(n.body), stmts(n.else_)]
    if t is nodes.Assign:
        return ["set", expr(n.target), expr(n.node)]
    if t is nodes.AssignBlock:
        return ["set-block", expr(n.target), expr(n.filter), stmts(n.body)]
    if t is nodes.Macro:
        if n.name.startswith("dbt_docs__"):
            return ["docs", n.name[len("dbt_docs__") :], stmts(n.body)]
        assert n.name.startswith("dbt_macro__")
        return ["macro", n.name[len("dbt_macro__") :], params(n), stmts(n.body)]
    if t is nodes.CallBlock:
        return ["call-block", params(n), expr(n.call), stmts(n.body)]
    if t is nodes.FilterBlock:
        return ["filter-block", expr(n.filter), stmts(n.body)]
    if t is nodes.With:
        return ["with", [[expr(a), expr(b)] for a, b in zip(n.targets, n.values)], stmts(n.body)]
    if t is nodes.Scope:
        return ["with", [], stmts(n.body[0].body)]
    if t is nodes.Block:
        return ["with", [], stmts(n.body)]
    if t is nodes.ExprStmt:
        return ["do", expr(n.node)]
    if t is nodes.Break:
        return ["break"]
    if t is nodes.Continue:
        return ["continue"]
    if t in (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends):
        return ["unsupported", {"fromimport": "from"}.get(t.__name__.lower(), t.__name__.lower())]
    raise AssertionError(t)


class Everything(dict):
    """A table of filters or tests that lacks none: which ones exist is no business of the parser."""

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return self.get(key)

    def get(self, key, default=None):
        return super().get(key) or (lambda *a, **k: None)


def answer(source):
    env = get_environment()
    env.filters = Everything(env.filters)
    env.tests = Everything(env.tests)
    try:
        tree = env.parse(source)
        body = stmts(tree.body)
    except TemplateSyntaxError as e:
        return {"message": e.message, "line": e.lineno}
    except RecursionError:
        return {"message": "RecursionError", "line": None}
    except Exception as e:  # dbt's extensions raise errors of their own
        return {"message": f"{type(e).__name__}: {e}", "line": None}
    # What the parser accepts can still be no Python: "break" outside of a loop.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            env.compile(source)
    except SyntaxError as e:
        return {"message": f"compile: {e.msg}", "line": None}
    except Exception:
        pass
    return {"body": body}


def main():
    if "--stdin" in sys.argv:
        json.dump([answer(s) for s in json.load(sys.stdin)], sys.stdout)
        return
    cases = json.loads((HERE / "jinja-cases.json").read_text("utf-8"))
    answers = [{"source": s, **answer(s)} for s in cases]
    lines = ",\n".join(json.dumps(a, ensure_ascii=True) for a in answers)
    (HERE / "jinja-oracle.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main()
