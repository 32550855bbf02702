"""Names of rank-correlation rows: which pairs exist, their order and their defaults (MODEL §2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from model.assumptions.declaration import Word
from model.assumptions.lookup import cause_of, declared
from model.assumptions.messages import quoted_name
from model.limits import LONGEST_PAIR

PREFIX = "correlation."
BETWEEN = ".with."
RATE_CORRELATION = 0.5
LOSS_CORRELATION = 0.5
LOSSES = ("publish_loss", "playback_loss", "ads_loss")
WITHIN = ("duration", *LOSSES)
"""What of one cause may be correlated within an incident, in the order of the assumptions."""

Pair = tuple[str, str]


def row_name(first: str, second: str) -> str:
    """Return the row name of a pair; either order gives the same name."""
    first, second = sorted((first, second))
    return f"{PREFIX}{first}{BETWEEN}{second}"


def _splits(name: str) -> Iterator[Pair]:
    """Yield the ways to read a row name: a cause may itself be called `with`."""
    body = name.removeprefix(PREFIX)
    at = body.find(BETWEEN)
    while at >= 0:
        yield body[:at], body[at + len(BETWEEN) :]
        at = body.find(BETWEEN, at + 1)


def pair_of(name: str, known: Callable[[str], bool]) -> Pair | None:
    """Return the two assumptions a row name joins, in order; None if it cannot be read.

    The reading in which both names are known wins.
    """
    pairs = list(_splits(name)) if len(name) <= LONGEST_PAIR else []
    both = [pair for pair in pairs if known(pair[0]) and known(pair[1])]
    chosen = (both or pairs)[:1]
    return (min(chosen[0]), max(chosen[0])) if chosen else None


def canonical(name: str) -> str:
    """Return the one row name of a pair, whichever order `name` has; other names unchanged."""
    pair = pair_of(name, is_declared) if name.startswith(PREFIX) else None
    return row_name(*pair) if pair else name


def is_declared(name: str) -> bool:
    """Tell whether a name is that of an assumption or word, of any cause."""
    try:
        declared(name)
    except KeyError:
        return False
    return True


def default_value(pair: Pair) -> float:
    """Return the default rank correlation of a pair.

    0.5 between the rates of causes and between any two losses of one cause, else 0.
    """
    causes, parts = zip(*((cause_of(name), _part(name)) for name in pair), strict=True)
    if None in causes:
        return 0.0
    if set(parts) == {"rate_per_year"}:
        return RATE_CORRELATION
    return LOSS_CORRELATION if len(set(causes)) == 1 and {*parts} <= {*LOSSES} else 0.0


def default_pairs(causes: Iterable[str]) -> list[Pair]:
    """Return the pairs correlated by default: rates of all causes, losses of each cause."""
    causes = tuple(causes)
    rates = sorted(f"incidents.{cause}.rate_per_year" for cause in causes)
    losses = (sorted(f"incidents.{cause}.{loss}" for loss in LOSSES) for cause in causes)
    return [pair for names in (rates, *losses) for pair in combinations(names, 2)]


def cause_within(pair: Pair) -> str | None:
    """Return the cause of a pair that is correlated within an incident, None between worlds."""
    return cause_of(pair[0]) if all(_part(name) in WITHIN for name in pair) else None


def evidence(pair: Pair) -> tuple[str, str]:
    """Return the grade and the source of a default rank correlation."""
    if cause_within(pair) is None:
        return "C", "Judgement: shared causes of failure"
    if any(_part(name) == "duration" for name in pair):
        return "A", "Derived: GitHub status, 779 incidents, 0.03; Google Cloud, 990, −0.04 to 0.19"
    return "C", "Judgement: one fault breaks several functions; both 2026 incidents argue for less"


def _part(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def pair_problem(pair: Pair) -> str | None:
    """Say why two known assumptions cannot be correlated, None if they can."""
    first, second = (declared(name) for name in pair)
    if first.name == second.name:
        return "two different assumptions are needed"
    for item in (first, second):
        if isinstance(item, Word) or item.per == "fixed" or item.group == "remedies":
            return f"{item.name} is not uncertain; only beliefs of the model can be correlated"
    assert not isinstance(first, Word)
    assert not isinstance(second, Word)
    if first.per != second.per:
        return (
            f"{first.name} is drawn per {first.per}, {second.name} per {second.per}; "
            "only beliefs of the same level can be correlated"
        )
    return _incident_problem(pair) if first.per == "incident" else None


def _incident_problem(pair: Pair) -> str | None:
    """Say why two beliefs drawn per incident cannot be correlated, None if they can."""
    if len({cause_of(name) for name in pair} - {None}) == 2:
        return "an incident has one cause; beliefs of two causes never meet in one incident"
    strange = [name for name in pair if _part(name) not in WITHIN]
    if strange:
        return (
            f"{quoted_name(strange[0])} is drawn by itself; within an incident only the duration "
            "and the three losses of one cause can be correlated"
        )
    return None
