"""Taking what the log says into the scenario: what changes is shown first, and can be undone."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from model.evidence.fitting.fitted import Fitted
from model.present.files.fit_command import fit_command
from model.present.story.slide_assumptions import judged
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.learned import changes as words
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.incident_log import in_hand
from views.incident_log.in_hand import Applied, InHand
from views.session import state
from views.session.runs import Run
from views.shell import tables

_FEW = 12
_FITTED = "Fitted to "


def show(log: InHand, fitted: Fitted) -> None:
    """Show what applying changes, and offer to do it or to take it back."""
    if not fitted.changes:
        st.info("This log changes no belief: it is too small, or agrees with what is believed.")
        return
    before = in_hand.believed_before(state.current())
    try:
        after = before.with_(dict(fitted.changes), fitted.origins)
    except ScenarioError as error:
        st.error(headline.markdown("\n\n".join(error.problems)), icon=":material/block:")
        return
    done = after == state.current()
    _answers(before, after)
    _beliefs(fitted, before)
    _command(fitted)
    if done:
        st.success(
            headline.markdown(
                f"Applied: the scenario in hand is fitted to {log.file}. Every page shows it; the "
                "deck is on the page **Present**."
            ),
            icon=":material/check:",
        )
        st.button("Undo", on_click=_undo, key=log.key("undo"), icon=":material/undo:")
        return
    _counted_already(log, before)
    sure = not fitted.another_class or st.checkbox(
        "Apply although the log counts many more incidents than the scenario's losses are of",
        key=log.key("sure"),
    )
    st.button(
        "Apply to the scenario",
        type="primary",
        on_click=_apply,
        args=(before, after, tuple(fitted.changes)),
        disabled=not sure,
        key=log.key("apply"),
        icon=":material/done_all:",
        help="Sources and grades come with it. The browser's Back or Undo takes it back.",
    )


def _command(fitted: Fitted) -> None:
    """Show the command that does the same, for scripts and for who checks."""
    with st.expander("The same on the command line", key="log.command"):
        st.code(fit_command(fitted.log.options, fitted.options), language="bash", wrap_lines=True)
        st.caption(
            "With the log and the scenario as it was before, saved as scenario.csv, in the folder "
            "of the product. `--apply FILE` writes the scenario after it."
        )


def _apply(before: Scenario, after: Scenario, names: tuple[str, ...]) -> None:
    in_hand.note_applied(Applied(before, after, names))
    state.replace(after)


def _undo() -> None:
    state.replace(in_hand.believed_before(state.current()))


def _answers(before: Scenario, after: Scenario) -> None:
    """Show the answer with the beliefs before and after the log."""
    one, other = state.run(before), state.run(after)
    figures: tuple[tuple[str, Callable[[Run], float]], ...] = (
        ("Average year", lambda run: run.measures["eal"].value),
        ("1-in-20 year", lambda run: run.measures["p95"].value),
        ("Year without incident", lambda run: run.measures["p_no_incident"].value),
    )
    row = st.container(horizontal=True, gap="small")
    for label, of in figures:
        write = fmt.share if label.startswith("Year") else fmt.money
        _tile(row, label, write(of(one)), write(of(other)))
    counts = [f"{count} of {total}" for count, total in (judged(before), judged(after))]
    _tile(row, "Inputs that are judgement", *counts)


def _tile(row: st.delta_generator.DeltaGenerator, label: str, was: str, now: str) -> None:
    row.metric(
        headline.markdown(label),
        headline.markdown(now),
        headline.markdown(f"before: {was}"),
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def _beliefs(fitted: Fitted, before: Scenario) -> None:
    rows, pairs = words.beliefs(fitted.changes, fitted.origins, before)
    more = f", and how {pairs} pairs of them go together" if pairs else ""
    noun = "belief changes" if len(rows) == 1 else "beliefs change"
    said = headline.markdown(f"{len(rows)} {noun}{more}")
    with st.expander(said, expanded=len(rows) <= _FEW):
        st.html(tables.table(words.HEAD, rows, words=True))
        sources = dict.fromkeys(origin.source for origin in fitted.origins.values())
        for source in list(sources)[:_FEW]:
            st.caption(headline.markdown(source))


def _counted_already(log: InHand, before: Scenario) -> None:
    """Warn of a scenario that has learned from this file in an earlier visit."""
    said = f"{_FITTED}{log.file},"
    names = [name for name, given in before.provenance if given.source.startswith(said)]
    if not names:
        return
    st.warning(
        headline.markdown(
            f"The scenario in hand has already learned from {log.file}: what is shown here would "
            "count the same incidents twice."
        ),
        icon=":material/warning:",
    )
    st.button(
        "Set what it learned back to the defaults",
        on_click=state.reset,
        args=tuple(names),
        key=log.key("forget"),
    )
