"""The page of methods: one text with the law book, the kept checks, and back-tests on request."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from model import Scenario
from model.evidence.backtests import backtest, published
from model.present.files import evidence_tables
from model.present.story import law_book
from model.present.words import numbers as fmt


def _page() -> AppTest:
    def page() -> None:
        from views.method.page import method
        from views.session import state

        state.open_visit("method")
        method()

    return AppTest.from_function(page, default_timeout=60).run()


def _text(app: AppTest) -> str:
    return "\n".join([*(one.value for one in app.markdown), *(one.body for one in app.get("html"))])


def test_every_law_is_on_the_page_as_the_law_book_has_it() -> None:
    app = _page()
    assert not app.exception
    shown = [one.value for one in app.markdown]
    for chapter in law_book.chapters():
        assert chapter.text in shown
    assert sum(chapter.text.count("**§") for chapter in law_book.chapters()) >= 50


def test_the_law_book_is_whole() -> None:
    """Its chapters, and the words before them, are all that the file holds below its title."""
    book = law_book.BOOK.read_text(encoding="utf-8")
    for chapter in law_book.chapters():
        assert chapter.text in book
    words = dict(law_book.glossary())
    assert {"world", "tolerance", "VaR, TVaR", "remedy"} <= set(words)
    assert "word" not in words


def test_the_checks_are_told_with_the_worst_of_them() -> None:
    worst = max(abs(one.difference) for one in evidence_tables.validated())
    text = _text(_page())
    assert f"{fmt.significant(worst, 2)} standard errors" in text
    for one in evidence_tables.validated():
        assert one.check in text


def test_published_outages_are_played_on_request_and_said_as_they_come_out() -> None:
    app = _page()
    start = next(one for one in app.button if one.label.startswith("Play"))
    start.click().run()
    assert not app.exception
    found = backtest(published("America/New_York"), Scenario.default())
    inside = sum(one.verdict.inside for one in found)
    assert f"**{inside} of {len(found)}**" in _text(app)
