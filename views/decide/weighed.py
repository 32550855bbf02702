"""The remedies as weighed for one visitor: one by one, and several as one set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.decisions.compare import Comparison
from model.decisions.worth import Offer, best, nearest, offers_of
from views.session import comparisons, state

ORDERS: dict[str, Callable[[Offer], float]] = {
    "Saving per dollar": lambda offer: -offer.per_dollar,
    "Net benefit": lambda offer: -offer.benefit.value,
    "Saving": lambda offer: -offer.saving.value,
    "Cost": lambda offer: offer.cost.value,
}


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
        return (*first, *sorted(self.offers, key=ORDERS[self.order]))

    @property
    def candidate(self) -> Offer | None:
        """The set that the answer is about."""
        chosen = best(self.shown) or nearest(self.offers)
        return self.asked or chosen

    @property
    def at_stake(self) -> Comparison:
        """What is to be chosen from: the set that is switched on, else each remedy, or nothing."""
        return self.together if self.together and self.asked else self.singles

    def comparison(self, offer: Offer) -> Comparison:
        """Return the comparison that an offer is from."""
        return self.together if self.together and offer is self.several else self.singles


def weigh(place: DeltaGenerator, credit: bool, *, surely: bool = False) -> Weighed | None:
    """Return the remedies weighed; `surely` also counts the worlds in which they pay back."""
    one = comparisons.singles(place)
    if one is None:
        return None
    if surely:
        comparisons.paying(place)
    tolerance = state.current().tolerance_usd
    offers = offers_of(one, comparisons.paying_already(), tolerance, credit=credit)
    on = comparisons.switched_on(state.current())
    names = on or tuple(offer.row.name for offer in offers if offer.clear)
    both, several = None, None
    if len(names) > 1:
        both = comparisons.together(place, names)
        if both is None:
            return None
        if surely:
            comparisons.paying(place, names)
        long_both = comparisons.paying_already(names)
        (several,) = offers_of(both, long_both, tolerance, credit=credit)
    order = str(st.session_state["decide.order"])
    return Weighed(one, both, tuple(offers), several, on, order)


def complete(found: Weighed) -> bool:
    """Tell whether the chance of paying back is known for every set."""
    return all(offer.pays is not None for offer in found.shown)
