"""The scenario in hand: one value per visitor, the same on every page, mirrored in the URL.

Pages read `current()`, `settings()` and `result()` and change it through `change`, `replace` or
`set_settings`. What cannot be done is kept in `problems()` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from model.assumptions.names import Value
from model.limits import LIVE_YEARS, MOST_PARAMETERS
from model.present.words.spoken import subject
from model.runs.blocks import plan
from model.runs.result import Result
from model.runs.turns import Turn, Urgency
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.session import link, runs
from views.session.first_look import WORTH_ABOVE, YEARS, FirstLook
from views.session.link import EVERYDAY_YEARS, Settings
from views.waiting.turns import Busy, Patience

_SCENARIO, _SETTINGS, _PROBLEMS = "scenario_in_hand", "settings_in_hand", "problems_in_hand"
_QUIET_BLOCKS = 8
"""A run of so few blocks is over before a progress bar could be read."""
_WRITTEN, PAGE, _TOUCHED = "url_written", "page_shown", "changed_here"
_SHOWN, _SAID, _LONG = "scenario_shown", "said_of_problems", "scenarios_too_long"
_REMARKS = "remarks_in_hand"
NOT_CHANGED = "Not changed; the scenario stays as it was."
LEFT_OUT = "Left out of what the link says; everything else of it holds."
_TELL_IF_CUT = (
    "<script>{const n = new URLSearchParams(location.search).size;"
    f"if (n > {MOST_PARAMETERS:d}) location.replace(`${{location.pathname}}?{link.CUT}=${{n}}`)}}"
    "</script>"
)
_MOST_LONG = 8
"""Scenarios too long for a link to which a visitor can go back."""


def _spoken_of() -> Scenario | None:
    """Return the scenario in hand of the visit whose thread this is; None outside of any."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    here: Scenario | None = st.session_state.get(_SCENARIO)
    return here


# A field that is typed into, or a part of a page, may be the first that runs in a thread.
subject.otherwise_ask(_spoken_of)


def current() -> Scenario:
    """Return the scenario in hand."""
    here: Scenario = st.session_state.get(_SCENARIO, Scenario.default())
    return here


def settings() -> Settings:
    """Return years and seed in hand."""
    here: Settings = st.session_state.get(_SETTINGS, Settings())
    return here


def problems() -> tuple[str, ...]:
    """Return what was wrong with the last attempt to change something."""
    lines: tuple[str, ...] = st.session_state.get(_PROBLEMS, ())
    return lines


def report(lines: Iterable[str], *, said: str = NOT_CHANGED) -> None:
    """Show problems on every page until the next change succeeds, under what they led to."""
    st.session_state[_PROBLEMS] = tuple(lines)
    st.session_state[_SAID] = said


def said() -> str:
    """Return what the problems led to."""
    return str(st.session_state.get(_SAID, NOT_CHANGED))


def remarks() -> tuple[str, ...]:
    """Return what of the file or link opened last was understood otherwise than it stands there."""
    lines: tuple[str, ...] = st.session_state.get(_REMARKS, ())
    return lines


def note(lines: Iterable[str]) -> None:
    """Show remarks on every page until something else is opened or they are put away."""
    st.session_state[_REMARKS] = tuple(lines)


def open_file(scenario: Scenario, lines: Iterable[str]) -> None:
    """Take the scenario of a file in hand, with the remarks about it."""
    replace(scenario)
    note(lines)


def change(changes: Mapping[str, Value]) -> bool:
    """Change the scenario in hand; False, with the problems reported, if that is not possible."""
    try:
        changed = current().with_(changes)
    except ScenarioError as error:
        report(error.problems)
        return False
    replace(changed)
    return True


def cite(name: str, given: Provenance) -> tuple[str, ...]:
    """Say where the value of a row comes from; return what is wrong with that, if anything."""
    try:
        replace(current().with_({}, {name: given}))
    except ScenarioError as error:
        return error.problems
    return ()


def reset(*names: str) -> None:
    """Set assumptions, causes or remedies back to the default, by name."""
    try:
        replace(current().without(*names))
    except ScenarioError as error:
        report(error.problems)


def replace(scenario: Scenario) -> None:
    """Take another scenario in hand."""
    st.session_state[_SCENARIO] = scenario
    st.session_state[_TOUCHED] = True
    report(())


def set_settings(changed: Settings) -> None:
    """Run the scenario otherwise; the caller has checked the numbers."""
    st.session_state[_SETTINGS] = changed
    st.session_state[_TOUCHED] = True
    report(())


def years_shown(scenario: Scenario | None = None) -> int:
    """Return the years of the run that pages show: the chosen ones, or the everyday number.

    A long run is shown once it has been asked for and is finished, and so is one of so busy a
    scenario that fewer years of it are run unasked. Another scenario is taken as if in hand.
    """
    wanted, of = settings(), scenario or current()
    unasked = wanted.years if wanted.years <= LIVE_YEARS else EVERYDAY_YEARS
    given = runs.years_given(of, unasked)
    if given == wanted.years or runs.finished(of, wanted.years, wanted.seed):
        return wanted.years
    return given


def run(scenario: Scenario | None = None) -> runs.Run:
    """Return the run that pages show, with its summaries; of another scenario if given."""
    return _run(scenario or current(), years_shown(scenario), settings().seed)


def run_in_time(patience: Patience) -> runs.Run:
    """Return the run that pages show, or one of fewer years if there is no room for it now."""
    years, seed = years_shown(), settings().seed
    if years <= YEARS:
        return run()
    try:
        return _run(current(), years, seed, patience)
    except Busy:
        return runs.run(current(), YEARS, seed, urgency=Urgency.LOOK)


def simulate_ahead(page: str) -> None:
    """Simulate the first look at a change just made on a page, then begin the run of all years.

    What is sent to the browser before would keep it drawing, and the processor from simulating.
    """
    runs.give_up()
    if st.session_state.get(PAGE) == page and st.session_state.get(_TOUCHED) and first_look():
        runs.begin(current(), years_shown(), settings().seed)


def first_look() -> FirstLook | None:
    """Return the first look at a run that is yet to be simulated; None if there is no need.

    Who comes for the first time sees the page whole instead: it is laid out only once.
    """
    years, seed, shown = years_shown(), settings().seed, st.session_state.get(_SHOWN)
    if shown is None or years <= WORTH_ABOVE or runs.finished(current(), years, seed):
        return None
    full = runs.finished(shown, years, seed)
    short = partial(runs.run, years=YEARS, seed=seed, urgency=Urgency.LOOK)
    return FirstLook(short(current()), (full, short(shown)) if full else None)


def note_shown() -> None:
    """Note that the run of what is in hand is on the screen."""
    st.session_state[_SHOWN] = current()


def _run(
    scenario: Scenario,
    years: int,
    seed: int,
    still_wanted: Callable[[Turn], None] = lambda turn: None,
) -> runs.Run:
    """Return a run; one that takes a while reports where it is, which is where it can be left."""
    found = runs.finished(scenario, years, seed)
    if found or len(plan(scenario, years, None)) <= _QUIET_BLOCKS:
        return found or runs.run(scenario, years, seed, still_wanted=still_wanted)
    slot = st.empty()

    def advance(done: int, total: int) -> None:
        slot.progress(done / total, f"Simulating {years:,} years: {done / total:.0%}")

    try:
        return runs.run(scenario, years, seed, advance, still_wanted=still_wanted)
    finally:
        slot.empty()


def result(
    years: int | None = None, seed: int | None = None, scenario: Scenario | None = None
) -> Result:
    """Return the result that pages show, or that of other years, seed or scenario."""
    wanted = settings()
    return _run(
        scenario or current(),
        years_shown() if years is None else years,
        wanted.seed if seed is None else seed,
    ).result


def parameters() -> dict[str, str]:
    """Return the query parameters of a link to what is in hand."""
    return link.encoded(current(), settings())


def open_visit(page: str) -> None:
    """Take over what the URL says if it is news, and write to it what is in hand.

    The URL is news when it is neither what was written last, nor emptied by a change of page, nor
    older than a change just made in the page.
    """
    given, again = link.once(_asked_for())
    state = st.session_state
    first, moved = _WRITTEN not in state, state.get(PAGE) != page
    touched = state.pop(_TOUCHED, False)
    news = given != state.get(_WRITTEN, {})
    emptied = moved and not given and not first
    if first and not given:
        # Streamlit passes on nothing of a longer query; only the browser knows that there was one.
        st.html(_TELL_IF_CUT, unsafe_allow_javascript=True)
    if news and not touched and not emptied:
        _take(given, again)
    wanted = parameters()
    if link.IN_FILE in wanted:
        _remember(wanted[link.IN_FILE])
    if given != wanted:
        st.query_params.from_dict(wanted)
    state[_WRITTEN], state[PAGE] = wanted, page
    subject.speak_of(current())


def fits_a_link() -> bool:
    """Tell whether the address brings back what is in hand; else only a file does."""
    return link.fits(current(), settings())


def link_can_be_sent() -> bool:
    """Tell whether the address of what is in hand is short enough to be sent to somebody."""
    return link.can_be_sent(current(), settings())


def _take(given: Mapping[str, str], again: Iterable[str]) -> None:
    """Take in hand what a link says, or a scenario of this visit that was too long for one."""
    state = st.session_state
    long: dict[str, Scenario] = state.setdefault(_LONG, {})
    visit = link.decoded(given)
    there = long.get(given.get(link.IN_FILE, ""))
    state[_SCENARIO], state[_SETTINGS] = there or visit.scenario, visit.settings
    report(() if there else (*visit.problems, *again), said=LEFT_OUT)
    note(visit.remarks)


def _remember(digest: str) -> None:
    """Keep the scenario in hand for the way back to it, which no address brings."""
    long: dict[str, Scenario] = st.session_state.setdefault(_LONG, {})
    long[digest] = current()
    if len(long) > _MOST_LONG:
        del long[next(iter(long))]


def _asked_for() -> list[tuple[str, str]]:
    """Return the parameters of the address, those that come more than once too."""
    return [(name, text) for name in st.query_params for text in st.query_params.get_all(name)]
