"""Method: how each number arises, what the engine was held against, limits and words."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from model.evidence.backtests import WORLDS, Outcome, backtest, published
from model.evidence.validation_table import FARTHEST, YEARS
from model.present.files import evidence_tables
from model.present.story import law_book
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.learned import backtests
from model.version import RESULTS_VERSION
from views.session import comparisons, long_work, state
from views.shell import downloads, messages, tables

_STEPS = (
    "**A belief for every number.** Each assumption is an interval that holds the truth nine times "
    "in ten, with a shape, a source and a grade of evidence.",
    "**Many worlds.** A world is one draw of everything nobody knows. In each world a year is "
    "played: incidents come, last, repeat and overlap, at their hour of the week.",
    "**The chain.** Every incident is followed from failed uploads to a stale feed, shorter "
    "sessions, fewer ads and lost revenue, then to creators and viewers who stay away.",
    "**The answer.** Thousands of years give the average, the bad year and the chance of passing "
    "your tolerance. What we do not know is the range between worlds; the rest is luck.",
    "**The remedies.** Each is played on the same incidents, so that a difference is the remedy "
    "and not luck, and only then held against its price.",
)


def method() -> None:
    """Show the page."""
    messages.messages()
    st.subheader("How each number arises", anchor=False)
    for step in _STEPS:
        st.markdown(headline.markdown(step))
    _limits()
    _validation()
    _backtests()
    _laws()
    _glossary()


def _limits() -> None:
    st.subheader("What it cannot tell", anchor=False)
    st.markdown(headline.markdown(law_book.paragraph("5.16")))
    st.caption(
        "How deep an outage goes and whether lost money comes back are judgement until you enter "
        "your own figures: see Assumptions for the grade of each input, and Drivers for the ones "
        "that matter."
    )


def _validation() -> None:
    st.subheader("Is the engine right?", anchor=False)
    held = evidence_tables.validated()
    worst = max(abs(one.difference) for one in held)
    said = (
        f"Held against {len(held)} figures that are known exactly, it is nowhere more than "
        f"**{fmt.significant(worst, 2)} standard errors** away; beyond {FARTHEST:.0f} we would "
        "call it wrong."
    )
    st.markdown(headline.markdown(said))
    rows = [
        (
            one.check,
            (
                one.measure,
                fmt.significant(one.engine, 5),
                fmt.significant(one.exact, 5),
                f"{one.difference + 0.0:+.1f}",
            ),
        )
        for one in held
    ]
    with st.expander("The checks, one by one"):
        heads = ("Check", "Measure", "Engine", "Exact", "Difference in standard errors")
        st.html(tables.table(heads, rows, words=True))
        st.caption(
            headline.markdown(
                f"{YEARS:,} years, seed 0, results version {RESULTS_VERSION}. Made anew by "
                "python -m model validate."
            )
        )


def _backtests() -> None:
    st.subheader("Was it right before?", anchor=False)
    st.markdown(
        "Figures that others published after an outage, and where they lie in what this model says "
        "of them with the scenario in hand. Never one that was itself computed as revenue per hour "
        "times hours."
    )
    scenario = comparisons.switched_off(state.current())
    found = long_work.work(
        st.empty(),
        "backtests",
        (scenario,),
        lambda progress, threads: threads.submit(
            backtest, published(scenario.time_zone), scenario
        ).result(),
        on=(scenario, WORLDS),
        doing="Playing the published outages",
        start="Play the published outages",
    )
    if found is not None:
        _outcomes(found)


def _outcomes(found: Sequence[Outcome]) -> None:
    st.markdown(headline.markdown(backtests.summary(found)))
    rows = [(name, (*cells, one.source)) for one in found for name, cells in (backtests.row(one),)]
    st.html(tables.table((*backtests.HEAD, "Source"), rows, words=True))
    for line in backtests.reasons(found):
        st.caption(headline.markdown(line))
    downloads.csv("Back-tests as CSV", "backtest.csv", lambda: evidence_tables.backtest(found))


def _laws() -> None:
    st.subheader("The laws, with their formulas", anchor=False)
    for chapter in law_book.chapters():
        with st.expander(headline.markdown(chapter.title)):
            st.markdown(chapter.markdown())


def _glossary() -> None:
    st.subheader("Words", anchor=False)
    rows = "".join(
        f"<dt>{html.escape(word)}</dt><dd>{html.escape(meaning)}</dd>"
        for word, meaning in law_book.glossary()
    )
    st.html(f"<dl class='words'>{rows}</dl>")
