"""What the declaration of an assumption is, and the words in which the catalogues write it.

>>> entry(
...     "a.b", "B", "h", above_zero(10.0), (1.0, 5.0), lognormal(1.0, 2.0), "C", JUDGEMENT, "Help.",
...     enters=(MONEY,),
... ).group
'a'
"""

from __future__ import annotations

from dataclasses import dataclass

from model.beliefs.belief import Belief
from model.formats.table import kept_by_spreadsheets

HOURS_MAX = 8760.0
USD = "USD"
"""Unit of money in the declarations; a scenario may have another currency."""
COUNTS = "counts"
"""How many incidents happen, and when."""
INCIDENTS = "incidents"
"""How long each lasts, what it breaks, what responding costs, whether it can fail over."""
PHASES = "phases"
"""What of it reaches the platform, after failover and shield."""
LINKS = "links"
"""The fast links: publishing to ad serving."""
VOLUMES = "volumes"
"""Uploads, minutes and impressions lost."""
MONEY = "money"
"""The slow links and the ledger: the loss before SLA credit."""
CONTRACT = "contract"
"""The SLA credit, and nothing before it."""
REMEDIES = "remedies"
"""What remedies cost, and which are compared."""
DRAWN = frozenset({COUNTS, INCIDENTS})
"""What is drawn: all else is computed from it and from the values of the world."""


@dataclass(frozen=True)
class Bounds:
    """Hard limits of an assumption; `lower_open` means the lower limit itself is not allowed."""

    lower: float
    upper: float
    lower_open: bool = False


@dataclass(frozen=True)
class Assumption:
    """One uncertain or fixed number of the model: label, unit, bounds, default and evidence."""

    name: str
    label: str
    unit: str
    lower: float
    upper: float
    lower_open: bool
    typical: tuple[float, float]
    default: Belief
    per: str
    source: str
    grade: str
    help: str
    group: str
    enters: tuple[str, ...] = ()
    """What has to be computed again when it changes, of the steps named above."""
    protects: str = "low"
    """Which end loses less money: `low` or `high`."""
    inert: str = ""
    """Why nothing has to be; empty if something has."""


@dataclass(frozen=True)
class Word:
    """One choice of the model that is a word; an empty `allowed` means a free format."""

    name: str
    label: str
    default: str
    allowed: tuple[str, ...]
    source: str
    grade: str
    help: str
    group: str
    enters: tuple[str, ...] = ()
    """As of an `Assumption`."""
    inert: str = ""
    longest: int = 0
    """Of free text: how many characters it has at most; 0 for a word of the model."""


def entry(
    name: str,
    label: str,
    unit: str,
    bounds: Bounds,
    typical: tuple[float, float],
    default: Belief,
    grade: str,
    source: str,
    help: str,
    *,
    enters: tuple[str, ...],
    protects: str = "low",
    inert: str = "",
    per: str = "world",
    group: str = "",
) -> Assumption:
    """Return the declaration of one assumption; its group is the first part of its name."""
    return Assumption(
        name=name,
        label=label,
        unit=unit,
        lower=bounds.lower,
        upper=bounds.upper,
        lower_open=bounds.lower_open,
        typical=typical,
        default=default,
        per=per,
        source=source,
        grade=grade,
        help=help,
        group=group or name.split(".")[0],
        enters=enters,
        protects=protects,
        inert=inert,
    )


def lognormal(low: float, high: float) -> Belief:
    """Return a lognormal belief with the 90 % interval `low`–`high`."""
    return Belief("lognormal", low, high)


def share(low: float, high: float) -> Belief:
    """Return a logit-normal belief about a share with the 90 % interval `low`–`high`."""
    return Belief("logitnormal", low, high)


def fixed(value: float) -> Belief:
    """Return a belief that is certain."""
    return Belief("normal", value, value)


def above_zero(upper: float) -> Bounds:
    """Return bounds that admit everything above 0 up to `upper`."""
    return Bounds(0.0, upper, lower_open=True)


SHARE = Bounds(0.0, 1.0)
TIME_H = Bounds(0.01, 10.0 * HOURS_MAX)
"""Half-lives and time constants: from 36 seconds to ten years."""
TIME_DAYS = Bounds(kept_by_spreadsheets(0.01 / 24.0), 3650.0)
TIME_MONTHS = Bounds(kept_by_spreadsheets(0.01 / 730.0), 120.0)
JUDGEMENT = "Judgement; no publication found"
