"""What one set of remedies buys: its figures, both curves, and where along the chain it saves."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.decisions.compare import Comparison
from model.decisions.worth import Offer
from model.present.charts import decide, decide_data
from model.present.files import page_tables
from model.present.words import estimates, headline, remedies
from model.present.words import numbers as fmt
from views.decide.choice import Compared
from views.session import state
from views.shell import figures
from views.shell.figures import Csv

_ABOUT = "decide.about"


def show(found: Compared) -> Callable[[Compared], None]:
    """Show one set closely; return what fills in its chance of paying back once it is known."""
    st.subheader("What one of them buys")
    names = [offer.row.name for offer in found.shown]
    usual = found.choice.candidate
    key, first = "decide.closer", usual.row.name if usual else names[0]
    # What the answer is about is shown until something else is picked.
    if st.session_state.get(key) not in names or st.session_state.get(_ABOUT) != first:
        st.session_state[key], st.session_state[_ABOUT] = first, first
    st.selectbox(
        "Look closer at",
        names,
        format_func={offer.row.name: offer.label for offer in found.shown}.__getitem__,
        key=key,
        label_visibility="collapsed",
    )
    offer = found.shown[names.index(st.session_state[key])]
    slot = _tiles(offer)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _curves(found, offer)
    with right:
        _saved(found.comparison(offer), offer)

    def fill(later: Compared) -> None:
        same = next(o for o in later.shown if o.row.name == offer.row.name)
        _pays_tile(slot, same)

    return fill


def _tiles(offer: Offer) -> DeltaGenerator:
    row = st.container(horizontal=True, gap="small")
    years = remedies.averaged(offer.row.horizon_years)
    tiles = (
        ("Saves a year", offer.saving, f"{fmt.error(offer.saving.standard_error)}, {years}"),
        ("Costs a year", offer.cost, estimates.span(offer.cost.low, offer.cost.high)),
        ("Net benefit a year", offer.benefit, fmt.error(offer.benefit.standard_error)),
    )
    for label, figure, below in tiles:
        row.metric(
            headline.markdown(label),
            headline.markdown(estimates.money(figure)),
            headline.markdown(below),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
    return _pays_tile(row, offer)


def _pays_tile(place: DeltaGenerator, offer: Offer) -> DeltaGenerator:
    # Single years are counted on the loss before credit only.
    single = f"{fmt.share(offer.row.p_pays_back_years.value)} of single years"
    return place.metric(
        "Pays back",
        remedies.chance(offer, "…"),
        "of possible worlds" if offer.credit else single,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help="Share of possible worlds in which the average yearly saving covers the cost. Below "
        "it: the share of single years that save more than the remedy costs.",
    )


def _curves(found: Compared, offer: Offer) -> None:
    one = found.comparison(offer)
    tolerance = state.current().tolerance_usd
    now = one.row("baseline", tolerance).p_breach
    said = remedies.breach(offer, now, tolerance)
    st.markdown(headline.markdown(said))
    table = _curve_table(one, offer, tolerance)
    alt = f"Two loss exceedance curves, as it is and with {offer.label}. {headline.plain(said)}"
    read = (
        "Chance that the coming year costs more than a given loss, before SLA credit. The dashed "
        "line is the loss above which a year is bad, set in the side bar."
    )
    figures.show(
        decide.spec,
        "curves",
        table,
        alt=alt,
        read=read,
        csv=Csv("Curves as CSV", "curves.csv", lambda: page_tables.curves(one, offer.row.name)),
        empty=not table["loss_usd"].any(),
    )


def _curve_table(one: Comparison, offer: Offer, tolerance: float) -> pd.DataFrame:
    chances = (one.row("baseline", tolerance).p_breach, offer.row.p_breach)
    return decide_data.curves(
        one.curve("baseline", 160), one.curve(offer.row.name, 160), tolerance, chances
    )


def _saved(one: Comparison, offer: Offer) -> None:
    table = decide_data.saved_where(one.components(offer.row.name))
    if table.empty:
        st.markdown("It saves nothing before SLA credit.")
        return
    st.markdown("Where along the chain it saves")
    lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
    parts = one.components(offer.row.name)
    read = "Average of the coming year."
    if (table["usd"] < 0).any():
        read += " Orange: what gets worse with it, or comes back less because less is lost."
    figures.show(
        decide.spec,
        "saved",
        table,
        alt=f"Saving in the coming year by line: {lines}.",
        read=read,
        csv=Csv("Savings as CSV", "savings.csv", lambda: page_tables.savings(parts)),
    )
