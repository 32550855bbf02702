"""Compare and decide: which remedies are worth their price, how sure that is, and the best set."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.decisions.early_life import HORIZON_YEARS
from model.drivers.information import Information
from model.present.charts import decide as decide_charts
from model.present.charts import decide_data
from model.present.charts.decide_data import NOT, OPEN, PAYS
from model.present.files.comparison import comparison
from model.present.words import headline, remedies
from model.present.words import numbers as fmt
from model.present.words.run_warnings import moved_too_far
from views.decide import budget, one_set, side_by_side
from views.decide.choice import ORDERS, Compared, compared
from views.fields import remedies as remedy_fields
from views.session import comparisons, state
from views.shell import charts, downloads, messages, tables

_BEFORE, _AFTER = "Before SLA credit", "Net of SLA credit"
_WORTH_SAYING = 0.005
"""Share of values set to a bound above which a page says so; files say it of any."""
_AVERAGED = remedies.averaged(HORIZON_YEARS)
_HEADS = (
    "Remedy",
    "Average year, coming year",
    "Worst 5\xa0% of years, coming year",
    f"Saves a year, {_AVERAGED}: pays below",
    "Costs a year",
    f"Net benefit a year, {_AVERAGED}",
    "Pays back",
    "Over ",
)


def decide() -> None:
    """Show the page: all that is light first, so that long work never holds it up."""
    comparisons.make_do()
    answer, progress = st.empty(), st.empty()
    messages.messages()
    comparisons.rest_follows()
    remedy_fields.switches()
    credit = _judged()
    picture, table, later = st.container(), st.empty(), st.empty()
    under_table, close, search = st.container(), st.container(), st.container()
    with st.container():
        remedy_fields.show()
        side_by_side.show()
    with answer:
        _say("Weighing every remedy on the same simulated incidents …", "")
    found = compared(progress, credit)
    if found is None:
        with answer:
            _say("The remedies are not weighed yet.", "")
        return
    # What is worth finding out is judged on the loss before credit.
    learned = None if credit else comparisons.learned_already(found.at_stake)
    _answer(answer, found, learned)
    with picture:
        _worth(found)
    _table(table, found)
    # Written when it is asked for, from what is known by then.
    latest = [found]
    with under_table:
        _about_table(found, latest)
    with close:
        pays = one_set.show(found)
    with search:
        budget.show()
    known = found.complete and (learned is not None or credit)
    if not known and not comparisons.fewer():
        latest += _surer(later, credit, answer, table, pays)


def _judged() -> bool:
    left, right = st.columns([2, 3], gap="medium")
    judged = left.segmented_control(
        "Judge savings",
        (_BEFORE, _AFTER),
        default=_BEFORE,
        required=True,
        key="decide.judged",
        wrap=True,
        label_visibility="collapsed",
        help="The credit is what the cloud provider owes for outages. The headline loss is "
        "before it; a better contract shows only net of it.",
        persist_state="session",
    )
    right.segmented_control(
        "Sort by",
        list(ORDERS),
        default="Saving for its price",
        required=True,
        key="decide.order",
        format_func=lambda order: headline.markdown(f"By {order.lower()}"),
        wrap=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return bool(judged == _AFTER)


def _surer(
    later: DeltaGenerator,
    credit: bool,
    answer: DeltaGenerator,
    table: DeltaGenerator,
    pays: Callable[[Compared], None],
) -> list[Compared]:
    """Do what takes longest, say the same again with more certainty, and return it."""
    found = compared(later, credit, surely=True)
    if found is None or not found.complete:
        return []
    _answer(answer, found, None)
    _table(table, found)
    pays(found)
    if not credit:
        _answer(answer, found, comparisons.learning(later, found.at_stake))
    return [found]


def _answer(place: DeltaGenerator, found: Compared, learned: Information | None) -> None:
    loss = found.singles.row("baseline").eal
    said, offer = remedies.answer(found.choice, loss), found.choice.candidate
    sure = remedies.how_sure(offer, learned, state.current()) if offer else ""
    counting = "How likely it is to pay back is being counted …" if offer else ""
    with place:
        _say(said, sure or counting)


def _say(said: str, under: str) -> None:
    st.html(
        f"<p class='answer'>{headline.html(said)}</p><p class='under'>{headline.html(under)}</p>"
    )


def _worth(found: Compared) -> None:
    st.subheader("Worth its price?")
    if not any(offer.per_dollar > 0 for offer in found.shown):
        st.markdown("No remedy saves anything that the simulation can see.")
        return
    kinds = ((PAYS, "good"), (OPEN, "third"), (NOT, "main"))
    st.html(tables.legend(*kinds))
    table = decide_data.worth(found.shown)
    lines = "; ".join(
        f"{row.label} {row.text} ({row.kind})" for row in table.itertuples() if row.part == "set"
    )
    charts.draw(
        decide_charts.spec("worth", charts.mode()),
        table,
        alt=f"What each remedy saves for what it costs: {lines}.",
        key="worth",
    )
    st.caption(
        "How to read this: what a remedy saves for each "
        f"{headline.markdown(fmt.money(1.0))} that it costs, both a year, "
        f"{headline.markdown(_AVERAGED)}. Right of the line at 1 it earns more than it costs. The "
        "thin line reaches from the low end of the saving (95\xa0% simulation noise) at the "
        "highest price believed to its high end at the lowest (90\xa0%). Bars above 3 are cut."
    )


def _table(place: DeltaGenerator, found: Compared) -> None:
    asked = found.choice.asked.label if found.choice.asked else ""
    rows = [(offer.label, decide_data.cells(offer)) for offer in found.shown]
    heads = (*_HEADS[:-1], f"{_HEADS[-1]}{fmt.money(state.current().tolerance_usd, 3)}")
    with place:
        st.html(tables.table(heads, rows, marked=asked))


def _about_table(found: Compared, latest: list[Compared]) -> None:
    st.caption(
        f"First two columns: change in the coming year. Savings are "
        f"{headline.markdown(_AVERAGED)}, in which the "
        "platform outgrows its early life: one horizon for all remedies; what lives shorter is "
        "bought again at its price. Small print: ± is simulation noise (95\xa0%) "
        f"on the same {found.singles.evaluation.years:,} years; of the cost, the range believed "
        "(90\xa0%). Pays back: share of possible worlds in which the average saving covers the "
        "cost."
    )
    told = (moved_too_far(one, _WORTH_SAYING) for one in (found.singles, found.at_stake))
    for line in dict.fromkeys(line for lines in told for line in lines):
        st.caption(headline.markdown(line))
    tolerance = state.current().tolerance_usd
    downloads.csv(
        "Remedies as CSV",
        "compare.csv",
        lambda: comparison([(latest[-1].singles, latest[-1].before_credit)], tolerance),
    )
