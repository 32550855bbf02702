"""Compare and decide: which remedies are worth their price, how sure that is, and the best set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.compare import Comparison
from model.information import Information
from model.present import decide_charts, decide_plots, decide_words, rounding, words
from model.present import format as fmt
from model.present.decide_words import Offer
from views import beside, budget, figures, look, parts, remedy_fields, state, weighing

_BEFORE, _AFTER = "Before SLA credit", "Net of SLA credit"
_ABOUT = "decide.about"
_ORDERS: dict[str, Callable[[Offer], float]] = {
    "Saving per dollar": lambda offer: -offer.per_dollar,
    "Net benefit": lambda offer: -offer.benefit.value,
    "Saving": lambda offer: -offer.saving.value,
    "Cost": lambda offer: offer.cost.value,
}
_HEADS = (
    "Remedy",
    "Average year",
    "Worst 5 % of years",
    "Saves a year, pays below",
    "Costs a year",
    "Net benefit a year",
    "Pays back",
    "Over ",
)


@dataclass(frozen=True, eq=False)
class Weighed:
    """The remedies one by one, and several of them as one set."""

    singles: Comparison
    together: Comparison | None
    offers: tuple[Offer, ...]
    several: Offer | None
    """What is switched on, if more than one; else all that pay, if more than one does."""
    on: tuple[str, ...]
    order: str

    @property
    def asked(self) -> Offer | None:
        """The set that is switched on; None if nothing is."""
        every = (*self.offers, *([self.several] if self.several else []))
        return next((o for o in every if self.on and set(o.row.remedies) == set(self.on)), None)

    @property
    def shown(self) -> tuple[Offer, ...]:
        """The rows: the set of several first, then each remedy in the order chosen."""
        first = (self.several,) if self.several else ()
        return (*first, *sorted(self.offers, key=_ORDERS[self.order]))

    @property
    def candidate(self) -> Offer | None:
        """The set that the answer is about."""
        best = decide_words.best(self.shown) or decide_words.nearest(self.offers)
        return self.asked or best

    @property
    def at_stake(self) -> Comparison:
        """What is to be chosen from: the set that is switched on, else each remedy, or nothing."""
        return self.together if self.together and self.asked else self.singles

    def comparison(self, offer: Offer) -> Comparison:
        """Return the comparison that an offer is from."""
        return self.together if self.together and offer is self.several else self.singles


def decide() -> None:
    """Show the page: all that is light first, so that long work never holds it up."""
    answer, progress = st.empty(), st.empty()
    parts.messages()
    remedy_fields.switches()
    credit = _judged()
    picture, table, later = st.container(), st.empty(), st.empty()
    under_table, closer, search = st.container(), st.container(), st.container()
    with st.container():
        remedy_fields.show()
        beside.show()
    with answer:
        _say("Weighing every remedy on the same simulated incidents …", "")
    found = _weighed(progress, credit)
    if found is None:
        with answer:
            _say("The remedies are not weighed yet.", "")
        return
    # What is worth finding out is judged on the loss before credit.
    learned = None if credit else weighing.learned_already(found.at_stake)
    _answer(answer, found, learned)
    with picture:
        _trade(found)
    _table(table, found)
    # Written when it is asked for, from what is known by then.
    latest = [found]
    with under_table:
        _about_table(found, latest)
    with closer:
        pays = _closer(found)
    with search:
        budget.show()
    if not _complete(found) or (learned is None and not credit):
        latest += _surer(later, credit, answer, table, pays)


def _judged() -> bool:
    left, right = st.columns([2, 3], gap="medium")
    judged = left.segmented_control(
        "Judge savings",
        (_BEFORE, _AFTER),
        default=_BEFORE,
        required=True,
        key="decide.judged",
        label_visibility="collapsed",
        help="The credit is what the cloud provider owes for outages. The headline loss is "
        "before it; a better contract shows only net of it.",
        persist_state="session",
    )
    right.segmented_control(
        "Sort by",
        list(_ORDERS),
        default="Saving per dollar",
        required=True,
        key="decide.order",
        format_func=lambda order: f"By {order.lower()}",
        label_visibility="collapsed",
        persist_state="session",
    )
    return bool(judged == _AFTER)


def _weighed(place: DeltaGenerator, credit: bool, *, surely: bool = False) -> Weighed | None:
    """Return the remedies weighed; `surely` also counts the worlds in which they pay back."""
    one = weighing.singles(place)
    if one is None:
        return None
    if surely:
        weighing.paying(place)
    threshold = state.settings().threshold_usd
    offers = decide_words.offers(one, weighing.paying_already(), threshold, credit=credit)
    on = weighing.switched_on(state.current())
    names = on or tuple(offer.row.name for offer in offers if offer.clear)
    both, several = None, None
    if len(names) > 1:
        both = weighing.together(place, names)
        if both is None:
            return None
        if surely:
            weighing.paying(place, names)
        long_both = weighing.paying_already(names)
        (several,) = decide_words.offers(both, long_both, threshold, credit=credit)
    order = str(st.session_state["decide.order"])
    return Weighed(one, both, tuple(offers), several, on, order)


def _complete(found: Weighed) -> bool:
    return all(offer.pays is not None for offer in found.shown)


def _surer(
    later: DeltaGenerator,
    credit: bool,
    answer: DeltaGenerator,
    table: DeltaGenerator,
    pays: Callable[[Weighed], None],
) -> list[Weighed]:
    """Do what takes longest, say the same again with more certainty, and return it."""
    found = _weighed(later, credit, surely=True)
    if found is None or not _complete(found):
        return []
    _answer(answer, found, None)
    _table(table, found)
    pays(found)
    if not credit:
        _answer(answer, found, weighing.learning(later, found.at_stake))
    return [found]


def _answer(place: DeltaGenerator, found: Weighed, learned: Information | None) -> None:
    loss = found.singles.row("baseline").eal
    said = decide_words.answer(found.offers, loss, found.asked, found.several)
    offer = found.candidate
    sure = decide_words.how_sure(offer, learned, state.current()) if offer else ""
    with place:
        _say(said, sure or "How likely it is to pay back is being counted …")


def _say(said: str, under: str) -> None:
    st.html(
        f"{look.ANSWER}<p class='answer'>{words.html(said)}</p>"
        f"<p class='under'>{words.html(under)}</p>"
    )


def _trade(found: Weighed) -> None:
    st.subheader("Worth its price?")
    table = decide_plots.trade(found.shown)
    lines = "; ".join(
        f"{offer.label} saves {fmt.money(offer.saving.value)} and costs "
        f"{fmt.money(offer.cost.value)}"
        for offer in found.shown
    )
    figures.show(
        decide_charts.spec("trade", parts.mode()),
        table,
        alt=f"Saving and cost a year of each remedy: {lines}.",
        key="trade",
    )
    st.caption(
        "How to read this: the green dot is what a remedy saves in a year, averaged over its "
        "life; the orange one what it costs. It pays where green lies right of orange. Bands: 95 % "
        "simulation noise of the saving, 90 % belief of the cost. Each step of the axis is ten "
        "times the one before."
    )


def _table(place: DeltaGenerator, found: Weighed) -> None:
    asked = found.asked.label if found.asked else ""
    rows = [(offer.label, decide_plots.cells(offer)) for offer in found.shown]
    heads = (*_HEADS[:-1], f"{_HEADS[-1]}{fmt.money(state.settings().threshold_usd, 3)}")
    with place:
        st.html(figures.table(heads, rows, marked=asked))


def _about_table(found: Weighed, latest: list[Weighed]) -> None:
    st.caption(
        "First two columns: change in the coming year. Small print: ± is simulation noise (95 %) "
        f"on the same {found.singles.evaluation.years:,} years; of the cost, the range believed "
        "(90 %). Pays back: share of possible worlds in which the average saving covers the cost."
    )
    parts.csv("Remedies as CSV", "remedies.csv", lambda: decide_plots.offered(latest[-1].shown))


def _closer(found: Weighed) -> Callable[[Weighed], None]:
    """Show one set closely; return what fills in its chance of paying back once it is known."""
    st.subheader("What one of them buys")
    names = [offer.row.name for offer in found.shown]
    usual = found.candidate
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

    def fill(later: Weighed) -> None:
        same = next(o for o in later.shown if o.row.name == offer.row.name)
        _pays_tile(slot, same)

    return fill


def _tiles(offer: Offer) -> DeltaGenerator:
    columns = st.columns(4, gap="small")
    tiles = (
        ("Saves a year", offer.saving, fmt.error(offer.saving.standard_error)),
        ("Costs a year", offer.cost, rounding.span(offer.cost.low, offer.cost.high)),
        ("Net benefit a year", offer.benefit, fmt.error(offer.benefit.standard_error)),
    )
    for column, (label, figure, below) in zip(columns, tiles, strict=False):
        column.metric(
            label,
            words.markdown(rounding.money(figure)),
            words.markdown(below),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
    slot = columns[3].empty()
    _pays_tile(slot, offer)
    return slot


def _pays_tile(slot: DeltaGenerator, offer: Offer) -> None:
    # Single years are counted on the loss before credit only.
    single = f"{fmt.share(offer.row.p_pays_back_years.value)} of single years"
    slot.metric(
        "Pays back",
        decide_words.chance(offer),
        "of possible worlds" if offer.credit else single,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help="Share of possible worlds in which the average yearly saving covers the cost. Below "
        "it: the share of single years that save more than the remedy costs.",
    )


def _curves(found: Weighed, offer: Offer) -> None:
    one = found.comparison(offer)
    threshold = state.settings().threshold_usd
    now = one.row("baseline", threshold).p_breach
    said = decide_words.breach(offer, now, threshold)
    st.markdown(words.markdown(said))
    table = _curve_table(one, offer, threshold)
    alt = f"Two loss exceedance curves, as it is and with {offer.label}. {words.plain(said)}"
    figures.show(decide_charts.spec("curves", parts.mode()), table, alt=alt, key="curves")
    st.caption(
        "Chance that the coming year costs more than a given loss, before SLA credit. The dashed "
        "line is the loss above which a year is bad, set at the left."
    )
    parts.csv("Curves as CSV", "curves.csv", lambda: table)


def _curve_table(one: Comparison, offer: Offer, threshold: float) -> pd.DataFrame:
    chances = (one.row("baseline", threshold).p_breach.value, offer.row.p_breach.value)
    return decide_plots.curves(
        one.curve("baseline", 160), one.curve(offer.row.name, 160), threshold, chances
    )


def _saved(one: Comparison, offer: Offer) -> None:
    table = decide_plots.saved_where(one.components(offer.row.name))
    if table.empty:
        st.markdown("It saves nothing before SLA credit.")
        return
    st.markdown("Where along the chain it saves")
    lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
    figures.show(
        decide_charts.spec("saved", parts.mode()),
        table,
        alt=f"Saving in the coming year by line: {lines}.",
        key="saved",
    )
    st.caption(
        "Average of the coming year. Orange: what would have come back anyway comes back less."
    )
    parts.csv("Savings as CSV", "savings.csv", lambda: table)
