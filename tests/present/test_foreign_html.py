"""No HTML that we write has a name or value in it that is not escaped: read with ast from the code.

Every text with a tag in it counts, wherever it is made: pages, slides on the page, the report, its
pictures.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from reading_code import ROOT, Scope, functions, inside

OURS = {
    "views/overview/chain_row.py": {"kind"},
    "views/present/drawing.py": {"size", "_source(chart, colours, one)"},
    "views/shell/head.py": {"_read(path)"},
    "views/shell/tables.py": {"colour", "colours[name]", "kind", "table"},
    "model/present/html/report.py": {"_base64(told)"},
    "model/present/html/svg_bars.py": {"bar.colour"},
    "model/present/html/svg_charts.py": {"ident", "inner", "line.colour"},
    "model/present/html/svg_parts.py": {"anchor", "colour", "more"},
    "model/present/words/reasons/sources_file.py": {"_linked(c)"},
}
"""Parts that no reading shows to be ours: classes, colours and places of a drawing, what is written
in base64, a script of the product, and pictures and links that are escaped part by part."""
MAKERS = [ROOT / "app.py", *sorted(ROOT.glob("views/**/*.py"))]
MAKERS += sorted(ROOT.glob("model/present/**/*.py"))
ESCAPING = {"html", "escape"}
TAG = re.compile(r"</?(?:[a-zA-Z][\w-]*(?:[\s>/]|$)|$)|&\w+;")


def markup(node: ast.AST) -> bool:
    """Tell whether an expression makes HTML of parts: a text of its own in it has a tag."""
    match node:
        case ast.JoinedStr(values=parts):
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            return any(TAG.search(str(text)) for text in texts)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            sides = (one, other)
            plain = [side.value for side in sides if isinstance(side, ast.Constant)]
            return any(isinstance(t, str) and TAG.search(t) for t in plain) or any(
                markup(side) for side in sides
            )
        case ast.Call(func=ast.Attribute(attr="html", value=ast.Name(id="st"))):
            return True
    return False


class Made(Scope):
    """What names stand for; what makes HTML elsewhere is looked at where it is made."""

    def _fit_call(
        self, function: ast.expr, arguments: list[ast.expr], seen: frozenset[str]
    ) -> bool:
        return super()._fit_call(function, arguments, seen) or any(
            markup(node) for made in self.called(function) for node in ast.walk(made)
        )


def unescaped(tree: ast.Module, ours: frozenset[str] = frozenset()) -> list[str]:
    """Return every part of HTML that may be text of somebody else, but for what is `ours`."""
    found = []
    for function in functions(tree):
        scope = Made(tree, function, ESCAPING)
        for node in inside(tree, function):
            if markup(node):
                parts = node.args if isinstance(node, ast.Call) else [node]
                found += [
                    f"{node.lineno}: {ast.unparse(leaf)}"
                    for part in parts
                    for leaf in leaves(scope, part)
                    if ast.unparse(leaf) not in ours
                ]
    return sorted(set(found))


def _looked_at(scope: Scope, value: ast.expr | None) -> bool:
    """Tell whether a value is fit, or HTML that is looked at where it is made."""
    return value is not None and (scope.fit(value) or any(map(markup, ast.walk(value))))


def leaves(scope: Scope, node: ast.expr) -> Iterator[ast.expr]:
    """Yield the smallest parts of an expression that are not fit."""
    if scope.fit(node):
        return
    match node:
        case ast.JoinedStr(values=parts):
            smaller: list[ast.expr] = parts
        case ast.FormattedValue(value=one) | ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
            smaller = [one]
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            smaller = [one, other]
        case ast.Call(func=ast.Attribute(attr="join"), args=[one]):
            smaller = [one]
        case ast.Name(id=name):
            if not scope.values.get(name) or not all(
                map(partial(_looked_at, scope), scope.values[name])
            ):
                yield node
            return
        case _:
            yield node
            return
    for one in smaller:
        yield from leaves(scope, one)


@pytest.mark.parametrize("path", MAKERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_html_has_only_escaped_text_of_others(path: Path) -> None:
    ours = frozenset(OURS.get(path.relative_to(ROOT).as_posix(), ()))
    assert unescaped(ast.parse(path.read_text(encoding="utf-8")), ours) == []


def test_what_is_called_ours_is_there() -> None:
    for name, ours in OURS.items():
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        assert {line.split(": ", 1)[1] for line in unescaped(tree)} == ours


CODES = [
    ("f'<b>{name}</b>'", False),
    ("f'<b>{html.escape(name)}</b>'", True),
    ("f'<b>{count:,}</b>'", True),
    ("'<b>' + name", False),
    ("''.join(f'<td>{html.escape(one)}</td>' for one in cells)", True),
    ("''.join(f'<td>{one}</td>' for one in cells)", False),
    ("st.html(name)", False),
    ("st.html(markdown(name))", False),
    ("lines = []\nlines.append(name)\nst.html(''.join(lines))", False),
    ("def f(name):\n    said = html.escape(name)\n    return f'<p>{said}</p>'", True),
    ("said = [html.escape(one)]\nsaid[0] = name\nst.html(said[0])", False),
    ("level = 'h1'\nsaid = f'<{level}>{name}</{level}>'", False),
    ("f'{name} costs {money}'", True),
]  # fmt: skip


@pytest.mark.parametrize(("code", "holds"), CODES)
def test_a_way_around_would_be_seen(code: str, holds: bool) -> None:
    """Negative controls of the reading above."""
    assert (unescaped(ast.parse(code)) == []) is holds
