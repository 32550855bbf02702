"""Messages: what could not be done, and what does not fit together."""

from __future__ import annotations

import streamlit as st

from model.assumptions.messages import condensed
from model.limits import MOST_ALIKE
from model.present.words import headline, own_platform
from model.scenario.results_versions import kept_defaults
from model.scenario.rows import encoded
from views.session import runs, state
from views.shell import downloads

MOST_PROBLEMS = 3 * MOST_ALIKE
"""Lines of problems that a page shows."""
_MOST_ODD = 10
_PUT_AWAY = "remarks_put_away"


def are_there() -> bool:
    """Tell whether there is anything that `messages` would show."""
    return bool(state.problems() or state.remarks()) or not state.fits_a_link()


def messages() -> None:
    """Show what could not be done, and what was understood of what was opened.

    There is a place for it even when there is nothing to say: what follows would else move, and a
    browser builds anew what moves, so that a file chosen meanwhile is lost.
    """
    with st.container(key="messages"):
        _messages()


def _messages() -> None:
    problems = condensed(state.problems())
    if problems:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in problems[:MOST_PROBLEMS])
        left = len(problems) - MOST_PROBLEMS
        more = f"\n- … and {left:,} more" if left > 0 else ""
        st.error(f"{headline.markdown(state.said())}\n{lines}{more}", icon=":material/block:")
    if not state.fits_a_link():
        _only_in_a_file(
            "This scenario is too long for a link: neither the address nor a reload brings it "
            "back. Save it, and send the file."
        )
    elif not state.link_can_be_sent():
        _only_in_a_file(
            "The address brings this scenario back here, but at more than 2,000 characters many "
            "mail programs cut it. Send the file instead."
        )
    _remarks()


def implausible(run: runs.Run) -> None:
    """Show what does not fit together, until it is put away for this visit."""
    with st.container(key="fits_together"):
        _implausible(run)


def _implausible(run: runs.Run) -> None:
    away: set[str] = st.session_state.setdefault(_PUT_AWAY, set())
    loss = run.result.mean("loss_usd").value
    remarks = (
        *own_platform.of_scenario(state.current()),
        *own_platform.of_loss(run.components, loss),
    )
    shown = [remark for remark in remarks if remark.key not in away][:_MOST_ODD]
    if not shown:
        return
    with st.container(border=True, key="implausible"):
        lines = "\n".join(f"- {headline.markdown(remark.text)}" for remark in shown)
        st.markdown(f"**Does this fit together?** Nothing is blocked.\n{lines}")
        st.button(
            "Put away",
            key="implausible_away",
            on_click=away.update,
            args=([remark.key for remark in shown],),
            type="tertiary",
        )


def _only_in_a_file(why: str) -> None:
    """Say why no link should be sent, and offer the file that brings the scenario back."""
    scenario = state.current()
    with st.container(border=True, key="only_in_a_file"):
        st.markdown(headline.markdown(why))
        downloads.offer(
            "Save changes",
            "scenario_changes.csv",
            lambda: encoded(scenario.changes_csv()),
            mime="text/csv",
            key="only_in_a_file.save",
            icon=":material/download:",
        )


def _remarks() -> None:
    """Show what was understood otherwise than it stood in a file, and offer today's defaults."""
    remarks = state.remarks()
    if not remarks:
        return
    lines = "\n".join(f"- {headline.markdown(line)}" for line in remarks[:MOST_PROBLEMS])
    st.info(f"About what was opened:\n{lines}", icon=":material/info:")
    left, right = st.columns([1, 4])
    old = kept_defaults(dict(state.current().changes))
    if old:
        said = "Use today's default" + ("s" if len(old) > 1 else "")
        left.button(said, key="defaults_of_today", on_click=_use_todays, args=(old,))
    right.button("Put away", key="remarks_away", on_click=state.note, args=((),), type="tertiary")


def _use_todays(names: tuple[str, ...]) -> None:
    state.reset(*names)
    state.note(())
