"""Names of rank-correlation rows: which pairs exist, their order and their defaults (MODEL §2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from model.assumptions.declaration import Word
from model.assumptions.lookup import cause_of, declared
from model.limits import LONGEST_PAIR

PREFIX = "correlation."
BETWEEN = ".with."
RATE_CORRELATION = 0.5

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
    """Return the default rank correlation of a pair: 0.5 between rates of causes, else 0."""
    rates = all(name.endswith(".rate_per_year") and cause_of(name) for name in pair)
    return RATE_CORRELATION if rates else 0.0


def default_pairs(causes: Iterable[str]) -> list[Pair]:
    """Return the pairs that are correlated by default: the rates of all causes."""
    rates = sorted(f"incidents.{cause}.rate_per_year" for cause in causes)
    return [(a, b) for position, a in enumerate(rates) for b in rates[position + 1 :]]


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
    causes = {cause_of(name) for name in pair} - {None}
    if first.per == "incident" and len(causes) == 2:
        return "an incident has one cause; beliefs of two causes never meet in one incident"
    return None
