"""The sidebar: which scenario, the dozen assumptions that matter most, and how long to simulate."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from model.assumptions.declaration import fixed
from model.limits import LIVE_YEARS, MOST_KEPT_YEARS, MOST_SEED_TYPED
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.spoken import subject
from model.scenario.scenario import TOLERANCE, Scenario
from views.fields import beliefs, in_force, refused, typed
from views.session import first_look, sign_in, state
from views.session.presets import preset

# Chosen by how far each moves the expected loss between its 5th and 95th percentile.
GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "Outages": (
        ("incidents.change_and_configuration.rate_per_year", "Outages from changes, a year"),
        ("incidents.change_and_configuration.duration", "Outages from changes last"),
        ("incidents.power_cooling_weather.rate_per_year", "Outages from power and weather, a year"),
        ("incidents.network_latency.rate_per_year", "Outages from the network, a year"),
        ("recurrence.repeat_ratio", "Repeats that follow an outage"),
    ),
    "Freshness and viewing": (
        ("sessions.freshness_elasticity", "Viewing lost with a stale feed"),
        ("sessions.return_lag", "Time until viewers are back"),
    ),
    "Trust": (
        ("trust.failure_return_effect", "Visits lost after a failure"),
        ("trust.permanent_share", "Part of them lost for good"),
        ("trust.recovery", "Trust recovers in"),
    ),
    "Ads and revenue": (
        ("platform.ad_revenue_per_year", "Ad revenue a year"),
        ("ads.budget_recapture", "Unspent ad budget that returns"),
    ),
}
YEARS = (10_000, 20_000, 50_000, 100_000, 200_000, 1_000_000, 2_000_000, 5_000_000, MOST_KEPT_YEARS)
_WITHOUT_SLIDERS = ("assumptions", "incident-log")
_OWN = "own"
_SHOWN = "preset_shown"


def show(page: str) -> None:
    """Show the sidebar of a page; the page of all assumptions needs no sliders of its own."""
    with st.sidebar:
        _scenario()
        _tolerance()
        if page not in _WITHOUT_SLIDERS:
            for number, (title, rows) in enumerate(GROUPS.items()):
                _group(title, rows, expanded=number == 0)
        _run()
        sign_in.offer_to_leave()


def _group(title: str, rows: tuple[tuple[str, str], ...], *, expanded: bool) -> None:
    """Show a group of assumptions; what nobody sees is not sent with every figure."""
    key = f"group.{title}"
    group = st.expander(headline.markdown(title), expanded=expanded, key=key, on_change="rerun")
    if group.open:
        with group:
            for name, label in rows:
                beliefs.show(name, place="side", label=label)


def _scenario() -> None:
    presets = {id: name for id, name, _ in Scenario.presets()}
    titles = {"default": "Default", **presets}
    chosen, own = _which(titles), _own_title(titles)
    choices = [*titles, *([_OWN] if chosen == _OWN else [])]
    # New with every new name, so that the browser never keeps that of a scenario given up.
    key = in_force.field_key("preset", chosen)
    if chosen == _OWN and st.session_state.get(_SHOWN, own) != own:
        key = in_force.renewed("preset")
    st.session_state[_SHOWN] = own
    st.selectbox(
        "Scenario",
        choices,
        choices.index(chosen),
        key=key,
        format_func=lambda id: titles.get(id, own),
        on_change=_take_preset,
        args=(key,),
        help="Start from one of these and move the sliders. What you change is kept in the link.",
    )
    changes = len(state.current().changes)
    if changes:
        noun = "value differs" if changes == 1 else "values differ"
        left, right = st.columns([3, 2], vertical_alignment="center")
        left.caption(f"{changes} {noun} from the default")
        right.button("Reset", on_click=state.replace, args=(Scenario.default(),), key="reset_all")


def _which(titles: dict[str, str]) -> str:
    """Return the id of the preset in hand, or that it is one's own."""
    scenario = state.current()
    if scenario == Scenario.default():
        return "default"
    for id in titles:
        if id != "default" and preset(id) == scenario:
            return id
    return _OWN


def _own_title(titles: dict[str, str]) -> str:
    """Return the name of the scenario in hand, told apart from the presets it may be named like."""
    name = state.current().name
    return f"{name} (own version)" if name in {_OWN, *titles, *titles.values()} else name


def _take_preset(key: str) -> None:
    """Take the chosen preset in hand; what is not a preset leaves the scenario as it is."""
    id = st.session_state[key] if in_force.counts(key) else _OWN
    if id == "default":
        state.replace(Scenario.default())
    elif id in {row[0] for row in Scenario.presets()}:
        state.replace(preset(id))


def _tolerance() -> None:
    shown = fmt.editable(state.current().tolerance_usd, subject.code())
    key = in_force.field_key("tolerance", shown)
    st.text_input(
        "A year is bad above",
        shown,
        key=key,
        on_change=_set_tolerance,
        args=(key,),
        help=headline.markdown(
            f"Annual loss in {subject.code()}, written like {fmt.round_money(25e6)} or 1.2bn."
        ),
    )
    refused.show(key)


def _set_tolerance(key: str) -> None:
    what = "A year is bad above:"
    value = typed.read(key, subject.code(), what) if in_force.counts(key) else None
    if value is None:
        return
    most = state.current().assumption(TOLERANCE).upper
    if 0 <= value <= most:
        state.change({TOLERANCE: fixed(value)})
    else:
        allowed = f"from {fmt.money(0.0)} to {fmt.money(most)} is allowed"
        refused.note(key, [f"{what} {fmt.money(value)} given; {allowed}"])


def _run() -> None:
    wanted = state.settings()
    choices = sorted({*YEARS, wanted.years})
    shown = min(wanted.seed, MOST_SEED_TYPED)
    years, seed = in_force.field_key("years", wanted.years), in_force.field_key("seed", shown)
    left, right = st.columns([3, 2])
    left.selectbox(
        "Simulated years",
        choices,
        choices.index(wanted.years),
        key=years,
        format_func=lambda years: f"{years:,}",
        on_change=_set_years,
        args=(years,),
        help="More years, less simulation noise. Until a run is finished, the overview shows a "
        f"first look from {first_look.YEARS:,} years. Above {LIVE_YEARS:,} a run is started "
        "by a button.",
    )
    right.number_input(
        "Seed",
        min_value=0,
        max_value=MOST_SEED_TYPED,
        value=shown,
        step=1,
        key=seed,
        on_change=_set_seed,
        args=(seed,),
        help="Another seed, other luck: the change it makes is the simulation noise.",
    )


def _set_years(key: str) -> None:
    if in_force.counts(key):
        state.set_settings(replace(state.settings(), years=int(st.session_state[key])))


def _set_seed(key: str) -> None:
    if in_force.counts(key):
        state.set_settings(replace(state.settings(), seed=int(st.session_state[key] or 0)))
