"""What this visitor has to choose from: the remedies one by one, and several as one set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.decisions.compare import Comparison
from model.decisions.worth import Choice, Offer, offers_of
from views.session import comparisons, state

ORDERS: dict[str, Callable[[Offer], float]] = {
    "Saving for its price": lambda offer: -offer.per_dollar,
    "Net benefit": lambda offer: -offer.benefit.value,
    "Saving": lambda offer: -offer.saving.value,
    "Cost": lambda offer: offer.cost.value,
}


@dataclass(frozen=True, eq=False)
class Compared:
    """The comparisons made so far, and the choice that they leave."""

    singles: Comparison
    together: Comparison | None
    choice: Choice
    before_credit: tuple[Offer, ...]
    """The same sets on the loss before SLA credit, as files have them."""
    order: str

    @property
    def shown(self) -> tuple[Offer, ...]:
        """The rows: the set of several first, then each remedy in the order chosen."""
        first = (self.choice.several,) if self.choice.several else ()
        return (*first, *sorted(self.choice.offers, key=ORDERS[self.order]))

    @property
    def at_stake(self) -> Comparison:
        """What is to be chosen from: the set that is switched on, else each remedy, or nothing."""
        return self.together if self.together and self.choice.asked else self.singles

    @property
    def complete(self) -> bool:
        """Whether the chance of paying back is known for every set."""
        return all(offer.pays is not None for offer in self.choice.sets)

    def comparison(self, offer: Offer) -> Comparison:
        """Return the comparison that an offer is from."""
        together = self.together if offer is self.choice.several else None
        return together or self.singles


def compared(place: DeltaGenerator, credit: bool, *, surely: bool = False) -> Compared | None:
    """Return the remedies compared; `surely` also counts the worlds in which they pay back."""
    one = comparisons.singles(place)
    if one is None:
        return None
    if surely:
        comparisons.paying(place)
    singles = _offers(one, (), credit)
    on = comparisons.switched_on(state.current())
    choice, plain = Choice(singles, None, on), _offers(one, (), False)
    names = on or tuple(offer.row.name for offer in choice.paying)
    both = None
    if len(names) > 1:
        both = comparisons.together(place, names)
        if both is None:
            return None
        if surely:
            comparisons.paying(place, names)
        choice = Choice(singles, _offers(both, names, credit)[0], on)
        plain += _offers(both, names, False)
    return Compared(
        singles=one,
        together=both,
        choice=choice,
        before_credit=plain,
        order=str(st.session_state["decide.order"]),
    )


def _offers(one: Comparison, names: tuple[str, ...], credit: bool) -> tuple[Offer, ...]:
    many = comparisons.paying_already(names)
    return offers_of(one, many, state.current().tolerance_usd, credit=credit)
