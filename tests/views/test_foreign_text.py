"""No page shows text that it has not made fit for its medium: read with ast from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from reading_code import Scope, functions, inside

from model.present.words.foreign import html, markdown

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "app.py", *sorted(ROOT.glob("views/**/*.py"))]
MARKDOWN = {
    "markdown": 1,
    "caption": 1,
    "write": 9,
    "progress": 2,
    "title": 1,
    "header": 1,
    "subheader": 1,
    "error": 1,
    "warning": 1,
    "info": 1,
    "success": 1,
    "toast": 1,
    "metric": 1,
    "spinner": 1,
    "status": 1,
    "expander": 1,
    "popover": 1,
    "tabs": 1,
    "button": 1,
    "link_button": 1,
    "download_button": 1,
    "checkbox": 1,
    "toggle": 1,
    "radio": 1,
    "pills": 1,
    "segmented_control": 1,
    "selectbox": 1,
    "multiselect": 1,
    "slider": 1,
    "select_slider": 1,
    "text_input": 1,
    "text_area": 1,
    "number_input": 1,
    "date_input": 1,
    "time_input": 1,
    "file_uploader": 1,
    "page_link": 0,
}
"""Streamlit's calls whose first arguments are read as Markdown, and how many of them."""
NAMED = ("help", "label", "text", "delta", "captions")
FORMATTED = ("radio", "pills", "segmented_control")
"""Calls whose options are read as Markdown too."""
ESCAPING = {"markdown", "html", "escape"}


def shown(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call shows as Markdown."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if not isinstance(call.func, ast.Attribute) or name not in MARKDOWN:
        return
    if ast.unparse(call.func).split(".")[0] in ("headline", "words", "foreign", "fmt"):
        return
    yield from call.args[1:2] if name == "progress" else call.args[: MARKDOWN[name]]
    yield from (k.value for k in call.keywords if k.arg in NAMED)
    if name in FORMATTED:
        yield from (k.value for k in call.keywords if k.arg == "format_func")


def around(tree: ast.Module) -> list[str]:
    """Return every place that shows text as Markdown which is not made fit for it."""
    return [
        f"{one.lineno}: {ast.unparse(one)[:90]}"
        for function in functions(tree)
        for scope in (Scope(tree, function, ESCAPING),)
        for node in inside(tree, function)
        if isinstance(node, ast.Call)
        for one in shown(node)
        if not scope.fit(one)
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_shows_text_of_others_as_markdown(path: Path):
    assert around(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("st.caption('ours')", True),
        ("st.caption(name)", False),
        ("st.caption(f'{name} …')", False),
        ("st.caption(f'{count:,} years')", True),
        ("st.caption(headline.markdown(name))", True),
        ("st.text_input('x', help=f'{item.help}')", False),
        ("bar.progress(done / total, f'Simulating {scenario.name}')", False),
        ("st.radio('x', names, format_func=lambda one: labels[one])", False),
        ("said = 'ours' if one else other\nst.error(said)", False),
        ("said = 'a'\nsaid += name\nst.error(said)", False),
        ("for line in lines:\n    st.error(line)", False),
        ("st.error('\\n'.join(markdown(line) for line in lines))", True),
        ("def f(name):\n    st.info(name)", False),
        ("def f(name):\n    return markdown(name)\nst.info(f(1))", True),
        ("def f(name):\n    return name\nst.info(f(1))", False),
    ],
)
def test_a_way_around_would_be_seen(code: str, holds: bool):
    """Negative controls of the reading above."""
    assert (around(ast.parse(code)) == []) is holds


HOSTILE = (
    "![x](http://127.0.0.1:9/x)",
    "[Log in](http://evil.example)",
    "http://evil.example/a",
    "https://evil.example",
    "www.evil.example",
    "me@evil.example",
    "<img src=http://evil.example/x>",
    "<a href='http://evil.example'>x</a>",
    "<http://evil.example>",
    "[x]: http://evil.example\n[x]",
    "`code` ~~gone~~ $x^2$ :red[x] :smile: :material/home: :streamlit:",
    "# big\n> quoted\n- listed\n1. counted\n---\n    code\n|a|\n|-|",
    "\\[x](y) \\\\[x](http://evil.example) &lt;img&gt;",
)


ALIVE = re.compile(
    r"(?<!\\)(?:\\\\)*[\[\]<~`$|]|(?:https?|ftp):/|www\.|@\w|^\s{0,3}(?:[#>]|[-+]\s|\d+[.)]\s)|:\w+:",
    re.MULTILINE,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_it_is_alive_in_markdown(text: str):
    assert ALIVE.search(text), "negative control"
    assert not ALIVE.search(markdown(text))


@given(some.text(alphabet="[]()!<>*_`~#-+=1.:/@wx &$|^\\\n\t", max_size=40))
def test_what_is_seen_is_what_was_written(text: str):
    seen = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown(text)).replace("\u2060", "")
    assert re.sub(r"[ \t]+", "", seen) == re.sub(r"[ \t]+", "", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_html_has_no_mark_but_bold(text: str):
    shown = html(f"**{text}**")
    assert re.findall(r"<(?!/?strong>)", shown) == []


TYPED = ROOT / "model/present/words/spoken/typing.py"
SAID = [p for p in ROOT.glob("model/present/**/*.py") if "files" not in p.parts and p != TYPED]


def loose_percents(tree: ast.Module) -> list[str]:
    """Texts in which a line may end between a number and its percent sign."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in said)
    return [n.value for n in texts if isinstance(n.value, str) and re.search(r"\d %", n.value)]


def test_no_line_ends_between_a_number_and_its_percent_sign() -> None:
    """Neither in our own words, nor in what others wrote; what is typed and files keep theirs."""
    for path in (*PAGES, *SAID):
        assert loose_percents(ast.parse(path.read_text(encoding="utf-8"))) == [], path
    assert loose_percents(ast.parse("'''5 %'''\nf'noise (95 %) of {what}'")) == ["noise (95 %) of "]
    assert markdown("+26 % for two days, 5 percent") == "+26\xa0% for two days, 5 percent"
    assert html("(× 0.0147), ± $5") == "(×\xa00.0147), ±\xa0$5"
    assert html("**95 %** of %") == "<strong>95\xa0%</strong> of %"
