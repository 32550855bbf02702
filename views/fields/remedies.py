"""Remedies as people edit them: switched on or off, added, copied, priced, called, removed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from model.assumptions import labels
from model.assumptions.declaration import fixed
from model.assumptions.names import Value
from model.assumptions.remedies import ALL_CAUSES, PREFIX, rows_of
from model.assumptions.remedy_library import SHARE_OF_BILL, Change, Price, Remedy, library
from model.beliefs.belief import Belief, fit
from model.limits import LONGEST_LABEL, MOST_REMEDIES
from model.present.words import headline
from model.present.words.spoken import subject
from model.present.words.spoken.subject import assumption
from model.scenario.scenario import Scenario
from views.fields import beliefs, effects, evidence, in_force, refused, typed
from views.session import comparisons, state

_ON, _EDITED, _NEW = "remedies.on", "remedies.edited", "remedies.new"
_BILL = "platform.cloud_bill_per_year"
_COPIED = re.compile(r" \(copy(?: \d+)?\)$")
_FORMS = {False: "in money", True: "as a share of the cloud bill"}


def switches() -> None:
    """Show which remedies are switched on; the scenario carries them."""
    scenario = state.current()
    known = {remedy.name: remedy.label for remedy in scenario.remedies}
    on = list(comparisons.switched_on(scenario))
    if list(st.session_state.get(_ON, ())) != on:
        st.session_state[_ON] = on
    st.pills(
        "Switched on, judged as one set",
        list(known),
        selection_mode="multi",
        format_func=lambda name: headline.markdown(known[name]),
        key=_ON,
        on_change=_switched,
        help="What protects the same minutes does not add up. What is switched on stays with the "
        "scenario, its link and its file.",
    )


def _switched() -> None:
    switch_on(st.session_state[_ON])


def switch_on(names: Iterable[str]) -> None:
    """Switch on just these remedies."""
    chosen = set(names)
    rows = {
        f"{PREFIX}{remedy.name}.on": fixed(float(remedy.name in chosen))
        for remedy in state.current().remedies
    }
    state.change(rows)


def show() -> None:
    """Show the fields of one remedy, and how to come by another."""
    scenario = state.current()
    known = {remedy.name: remedy for remedy in scenario.remedies}
    if st.session_state.get(_EDITED) not in known:
        st.session_state[_EDITED] = next(iter(known))
    with st.expander("Add a remedy, or change what one costs and does", key="remedies.edit"):
        pick, add = st.columns([3, 2], vertical_alignment="bottom", gap="large")
        name = str(
            pick.selectbox(
                "Remedy",
                list(known),
                format_func=lambda name: known[name].label,
                key=_EDITED,
                persist_state="session",
            )
        )
        with add:
            _new(len(known))
        _whole(known[name], full=len(known) >= MOST_REMEDIES)
        _remedy(known[name], scenario)


def _new(count: int) -> None:
    st.text_input(
        "Add one of your own, called",
        key=_NEW,
        placeholder="for example Read-only mode",
        max_chars=LONGEST_LABEL,
        on_change=_add,
        disabled=count >= MOST_REMEDIES,
        help=f"It costs nothing and changes nothing until you say so. At most {MOST_REMEDIES:d}.",
    )
    refused.show(_NEW)


def _add() -> None:
    label = str(st.session_state[_NEW]).strip()
    if not label:
        return
    name = labels.free_name(label, [one.name for one in state.current().remedies], "remedy")
    stem = f"{PREFIX}{name}"
    nothing = Change("scale", f"{ALL_CAUSES}duration", effects.NO_EFFECT)
    if refused.change(_NEW, {f"{stem}{labels.LABEL}": label, f"{stem}.change.1": nothing}):
        st.session_state[_EDITED], st.session_state[_NEW] = name, ""


def _whole(remedy: Remedy, *, full: bool) -> None:
    """Show what can be done with a remedy as a whole."""
    stem = f"{PREFIX}{remedy.name}"
    row = st.container(horizontal=True, gap="medium")
    row.button(
        "Copy",
        key=f"remedy.copy.{remedy.name}",
        on_click=_copy,
        args=(remedy,),
        type="tertiary",
        icon=":material/content_copy:",
        disabled=full,
    )
    if not _shipped(remedy):
        row.button(
            "Remove",
            key=f"remedy.remove.{remedy.name}",
            on_click=state.reset,
            args=(stem,),
            type="tertiary",
            icon=":material/delete:",
        )
    elif _edited(remedy):
        row.button(
            "Back to the shipped remedy",
            key=f"remedy.back.{remedy.name}",
            on_click=state.reset,
            args=(stem,),
            type="tertiary",
            icon=":material/undo:",
        )


def _copy(remedy: Remedy) -> None:
    """Add a remedy with the figures of another, and where they come from."""
    scenario = state.current()
    name = labels.free_name(remedy.label, [one.name for one in scenario.remedies], "remedy")
    copied = replace(remedy, name=name, label=_another_label(remedy.label, scenario), on=False)
    rows: dict[str, Value] = dict(rows_of(copied))
    given = {
        row: scenario.evidence(before)
        for row, before in zip(rows_of(copied), rows_of(remedy), strict=True)
        if not row.endswith((labels.LABEL, ".on"))
    }
    state.replace(scenario.with_(rows, given))
    st.session_state[_EDITED] = name


def _another_label(label: str, scenario: Scenario) -> str:
    """Return a label near another that no remedy has."""
    taken = {one.label.casefold() for one in scenario.remedies}
    endings = (" (copy)", *(f" (copy {k})" for k in range(2, MOST_REMEDIES + 2)))
    stem = _COPIED.sub("", label)
    every = (stem[: LONGEST_LABEL - len(ending)] + ending for ending in endings)
    return next(one for one in every if one.casefold() not in taken)


def _remedy(remedy: Remedy, scenario: Scenario) -> None:
    stem = f"{PREFIX}{remedy.name}"
    cost, effect = st.columns([2, 3], gap="large")
    with cost:
        _label(remedy, f"{stem}{labels.LABEL}")
        st.markdown("**What it costs**, 5\xa0% and 95\xa0% of what you believe")
        _price(stem, remedy.upfront, "Upfront", "upfront")
        _price(stem, remedy.annual, "Per year", "annual")
        st.markdown("Life, years")
        beliefs.single(f"{stem}.life", place="remedy")
        evidence.beside(f"{stem}.life")
    with effect:
        st.markdown("**What it does**, 5\xa0% and 95\xa0% of what you believe")
        effects.show(remedy, scenario)
    said = (
        f"Evidence grade {remedy.grade}. {remedy.source}. {'' if _edited(remedy) else remedy.note}"
    )
    st.caption(headline.markdown(said))


def _label(remedy: Remedy, name: str) -> None:
    key = in_force.field_key(f"remedy.label.{remedy.name}", remedy.label)
    st.text_input(
        "What it is called",
        remedy.label,
        key=key,
        max_chars=LONGEST_LABEL,
        on_change=_called,
        args=(name, key),
    )
    refused.show(key)


def _called(name: str, key: str) -> None:
    if in_force.counts(key):
        in_force.typed(key)
        refused.change(key, {name: str(st.session_state[key])})


def _price(stem: str, price: Price, label: str, part: str) -> None:
    """Show a price in either form, and the choice between them."""
    key = in_force.field_key(f"remedy.form.{stem}.{part}", price.is_share)
    st.segmented_control(
        headline.markdown(label),
        list(_FORMS),
        default=price.is_share,
        required=True,
        key=key,
        format_func=lambda share: headline.markdown(_FORMS[share]),
        on_change=_say_price,
        args=(stem, part, key),
    )
    refused.show(key)
    unit = "share" if price.is_share else subject.code()
    typed.show_ends(f"{stem}.{price.row}", place="remedy", label=label, unit=unit)
    evidence.beside(f"{stem}.{price.row}")


def _say_price(stem: str, part: str, key: str) -> None:
    """Say a price in the other form: about as much, at the middle of the cloud bill believed."""
    if not in_force.counts(key):
        return
    scenario, as_share = state.current(), bool(st.session_state[key])
    remedy = next(one for one in scenario.remedies if f"{PREFIX}{one.name}" == stem)
    price: Price = getattr(remedy, part)
    before, after = f"{stem}.{price.row}", f"{stem}.{part}{SHARE_OF_BILL if as_share else ''}"
    shipped = {one.name: one for one in library()}.get(remedy.name)
    if shipped and getattr(shipped, part).is_share == as_share:
        state.reset(before)
        return
    item = assumption(_BILL)
    bill = fit(scenario.belief(_BILL), item.lower, item.upper).median()
    ratio = (1.0 / bill if as_share else bill) if bill > 0 else 0.0
    ends = [float(f"{end * ratio:.2g}") for end in (price.belief.low, price.belief.high)]
    rest = scenario.without(before) if before in dict(scenario.changes) else scenario
    state.replace(rest.with_({after: _believed(price.belief, *ends)}))


def _believed(belief: Belief, low: float, high: float) -> Belief:
    """Return a price with other ends, in the shape of a price that has no mode."""
    return Belief("lognormal" if belief.mid is not None else belief.shape, low, high)


def _shipped(remedy: Remedy) -> bool:
    return any(one.name == remedy.name for one in library())


def _edited(remedy: Remedy) -> bool:
    own = {one.name: one for one in library()}.get(remedy.name)
    return own is None or rows_of(replace(remedy, on=False)) != rows_of(own)
