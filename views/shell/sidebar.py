"""The sidebar: which scenario, the dozen assumptions that matter most, and how long to simulate."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from model.assumptions.declaration import fixed
from model.assumptions.messages import counted
from model.limits import LIVE_YEARS, MOST_KEPT_YEARS, MOST_SEED_TYPED
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.spoken import subject
from model.scenario.scenario import TOLERANCE, Scenario
from views.fields import beliefs, in_force, refused, typed
from views.session import first_look, presets, sign_in, state
from views.shell import long_run

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
_SHOWN = "preset_shown"


def show(*, sliders: bool) -> None:
    """Show the sidebar, with the sliders of the assumptions that matter most if wanted."""
    with st.sidebar:
        _scenario()
        _tolerance()
        if sliders:
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
    titles, own = presets.titles(), presets.own_title()
    chosen = presets.which()
    choices = [*titles, *([presets.OWN] if chosen == presets.OWN else [])]
    # New with every new name, so that the browser never keeps that of a scenario given up.
    key = in_force.field_key("preset", chosen)
    if chosen == presets.OWN and st.session_state.get(_SHOWN, own) != own:
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
    _ask_about_preset()
    changes = len(state.current().changes)
    if changes:
        noun = "value differs" if changes == 1 else "values differ"
        left, right = st.columns([3, 2], vertical_alignment="center")
        left.caption(f"{changes} {noun} from the default")
        right.button("Reset", on_click=state.replace, args=(Scenario.default(),), key="reset_all")


def _take_preset(key: str) -> None:
    """Lay the chosen preset over what is in hand; what is not a preset changes nothing."""
    id = st.session_state[key] if in_force.counts(key) else presets.OWN
    presets.forget()
    if id in presets.titles():
        presets.choose(id)


_MOST_CLASHES = 8


def _ask_about_preset() -> None:
    """Ask what is to become of one's own values that a preset would change."""
    id = presets.asked()
    if not id:
        return
    clashes, title = presets.clashes(id), presets.titles()[id]
    plain = id == presets.DEFAULT
    shown = [
        f"{label}: {mine}" + ("" if plain else f" → {theirs}")
        for label, mine, theirs in clashes[:_MOST_CLASHES]
    ]
    shown += [f"… and {len(clashes) - _MOST_CLASHES} more"] * (len(clashes) > _MOST_CLASHES)
    lines = "\n".join(f"- {headline.markdown(line)}" for line in shown)
    verb = "gives up" if plain else "would change"
    with st.container(border=True, key="preset_asks"):
        said = f"**{title}** {verb} {counted(len(clashes), 'value')} of yours:"
        st.markdown(headline.markdown(said))
        st.caption(lines)
        if plain:
            st.button("Give them up", key="preset.theirs", on_click=_answered, args=(id, False))
        else:
            st.button("Keep mine", key="preset.mine", on_click=_answered, args=(id, True))
            st.button("Take the preset’s", key="preset.theirs", on_click=_answered,
                      args=(id, False))  # fmt: skip
        st.button("Cancel", key="preset.cancel", on_click=presets.forget, type="tertiary")


def _answered(id: str, mine: bool) -> None:
    presets.take(id, mine=mine)


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
            f"Annual loss in {subject.code()}, written like {fmt.round_money(0.002)} or 1.2bn."
        ),
    )
    refused.show(key)


def _set_tolerance(key: str) -> None:
    what = "A year is bad above:"
    if not in_force.counts(key):
        return
    value = typed.read(key, subject.code(), what, partial(_set_tolerance, key))
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
    if long_run.said():
        st.caption(headline.markdown(long_run.said()))


def _set_years(key: str) -> None:
    if in_force.counts(key):
        state.set_settings(replace(state.settings(), years=int(st.session_state[key])))


def _set_seed(key: str) -> None:
    if in_force.counts(key):
        state.set_settings(replace(state.settings(), seed=int(st.session_state[key] or 0)))
