"""The remedies that come with the product: `data/remedies.csv` as declarations.

One row for each change of a remedy; prices, life and evidence stand in its first row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import lru_cache

from model import data
from model.assumptions.currency import belief_in, is_money
from model.assumptions.declaration import Assumption, lognormal
from model.assumptions.lookup import declared
from model.beliefs.belief import Belief

LIBRARY = "remedies.csv"
SHARE_OF_BILL = "_share"
"""Ending of the rows of prices that are shares of the platform's cloud bill."""


@dataclass(frozen=True)
class Change:
    """One effect of a remedy: `set` an assumption to a belief or `scale` it by one.

    `path` is a dotted name; `incidents.*.FIELD` means the field of all causes.
    """

    kind: str
    path: str
    belief: Belief


@dataclass(frozen=True)
class Price:
    """What a remedy costs: an amount of money, or a share of the platform's cloud bill of a year.

    `row` is what follows `remedies.NAME.`: `annual`, or `annual_share` for a share.
    """

    row: str
    belief: Belief

    @property
    def is_share(self) -> bool:
        """Whether it is a share of the cloud bill."""
        return self.row.endswith(SHARE_OF_BILL)


@dataclass(frozen=True)
class Remedy:
    """A remedy: its changes, its prices upfront and per year, and its life in years."""

    name: str
    label: str
    changes: tuple[Change, ...]
    upfront: Price
    annual: Price
    life_years: float
    on: bool
    source: str
    grade: str
    note: str = ""


@lru_cache(maxsize=1)
def library() -> tuple[Remedy, ...]:
    """Return the remedies that come with the product, in the order of their file; all off."""
    if LIBRARY not in data.names(".csv"):
        return ()
    with data.path(LIBRARY).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = dict.fromkeys(row["name"] for row in rows)
    return tuple(_from_library([row for row in rows if row["name"] == name]) for name in names)


def _from_library(rows: list[dict[str, str]]) -> Remedy:
    """Return one remedy; costs, life and evidence stand in its first row."""
    first = rows[0]
    return Remedy(
        name=first["name"],
        label=first["label"],
        changes=tuple(_library_change(row) for row in rows),
        upfront=_library_price("upfront", first),
        annual=_library_price("annual", first),
        life_years=float(first["life_years"]),
        on=False,
        source=first["source"],
        grade=first["grade"],
        note=first["note"],
    )


def _library_price(part: str, row: dict[str, str]) -> Price:
    """Return a price: in money, or where `…_share_low` is filled as a share of the bill."""
    row_name = part + (SHARE_OF_BILL if row[f"{part}{SHARE_OF_BILL}_low"] else "")
    low, high = (float(row[f"{row_name}_{end}"]) for end in ("low", "high"))
    return Price(row_name, lognormal(low, high))


def _library_change(row: dict[str, str]) -> Change:
    mid = float(row["mid"]) if row["mid"] else None
    belief = Belief(row["shape"], float(row["low"]), float(row["high"]), mid)
    return Change(row["change"], row["path"], belief)


@lru_cache(maxsize=64)
def library_in(currency: str) -> tuple[Remedy, ...]:
    """Return the remedies that come with the product with their money in a currency."""
    return tuple(_in_currency(remedy, currency) for remedy in library())


def _in_currency(remedy: Remedy, currency: str) -> Remedy:
    return replace(
        remedy,
        upfront=_price_in(remedy.upfront, currency),
        annual=_price_in(remedy.annual, currency),
        changes=tuple(_change_in(change, currency) for change in remedy.changes),
    )


def _price_in(price: Price, currency: str) -> Price:
    return price if price.is_share else replace(price, belief=belief_in(price.belief, currency))


def _change_in(change: Change, currency: str) -> Change:
    """Return a change with an amount that it sets in a currency; no cause has such a field."""
    if change.kind != "set" or change.path.startswith("incidents."):
        return change
    item = declared(change.path)
    money = isinstance(item, Assumption) and is_money(item.unit)
    return replace(change, belief=belief_in(change.belief, currency)) if money else change
