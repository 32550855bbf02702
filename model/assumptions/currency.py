"""Currencies: which a scenario may be in, and what shipped amounts of US dollars are in them.

What the product brings along – defaults, bounds, usual ranges, prices of remedies – is written in
US dollars and is the same times the rate of `data/currencies.csv` in any other currency, which is
no difference from the default (PRODUCT "Files").

>>> currency("EUR").symbol, rate("USD"), is_money("EUR"), is_money("h")
('€', 1.0, True, False)
>>> belief_in(Belief("lognormal", 10.0, 20.0), "AED").high
73.45
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from model import data
from model.assumptions.declaration import USD, Assumption
from model.beliefs.belief import Belief
from model.formats.table import kept_by_spreadsheets

TABLE = "currencies.csv"
_IN_NAMES = re.compile(r"(?<![a-z])usd(?![a-z])")
NAME = "simulation.currency"
"""The word of a scenario that says in which currency it is."""


@dataclass(frozen=True)
class Currency:
    """A currency with its rate: `per_usd` of it are one US dollar, as of a date."""

    code: str
    name: str
    symbol: str
    decimal_mark: str
    """How people of its home write decimals."""
    date: str
    source: str
    grade: str
    per_usd: float


@lru_cache(maxsize=1)
def currencies() -> Mapping[str, Currency]:
    """Return the currencies a scenario may be in, by ISO 4217 code, in the order of their file."""
    with data.path(TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return MappingProxyType({row["code"]: _currency(**row) for row in rows})


def _currency(*, per_usd: str, **texts: str) -> Currency:
    return Currency(per_usd=float(per_usd), **texts)


def currency(code: str) -> Currency:
    """Return a currency by its code; KeyError if it is not among those of the table."""
    return currencies()[code]


def rate(code: str) -> float:
    """Return how much of a currency one US dollar is."""
    return currency(code).per_usd


def is_money(unit: str) -> bool:
    """Tell whether a unit is an amount of money: a currency's code, alone or before more words."""
    return unit[:3] in currencies() and unit[3:4] in ("", " ")


def named_in(name: str, code: str) -> str:
    """Return the name of a column of money in a currency; within the program they end in `usd`.

    >>> named_in("loss_usd", "EUR"), named_in("usd_per_minute", "JPY"), named_in("cause", "EUR")
    ('loss_eur', 'jpy_per_minute', 'cause')
    """
    return _IN_NAMES.sub(code.lower(), name)


def belief_in(belief: Belief, code: str, *, of: str = USD) -> Belief:
    """Return a belief about money of one currency in another, at the rates of the table."""
    if code == of:
        return belief
    times = rate(code) / rate(of)
    low, high = kept_by_spreadsheets(belief.low * times), kept_by_spreadsheets(belief.high * times)
    mid = None if belief.mid is None else kept_by_spreadsheets(belief.mid * times)
    return replace(belief, low=low, high=high, mid=mid)


def declared_in(item: Assumption, code: str) -> Assumption:
    """Return a declaration in a currency: unit, bounds, usual range and default."""
    if code == USD or not is_money(item.unit):
        return item
    times = rate(code)
    near, far = item.typical
    return replace(
        item,
        unit=code + item.unit.removeprefix(USD),
        lower=kept_by_spreadsheets(item.lower * times),
        upper=kept_by_spreadsheets(item.upper * times),
        typical=(near * times, far * times),
        default=belief_in(item.default, code),
    )
