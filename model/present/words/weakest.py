"""Which inputs are weakest, in words: judgement that moves the answer most, as computed."""

from __future__ import annotations

from model.drivers.ranking import Ranked, Ranking
from model.present.words import numbers as fmt
from model.present.words.titles import title
from model.scenario.scenario import Scenario

PENDING = "Which inputs are weakest is worked out on the Drivers page."
_NEXT = 2


def weakest(found: Ranking | None, scenario: Scenario) -> str:
    """Return the weakest input, what it moves, and the next ones; None: not worked out yet."""
    if found is None:
        return PENDING
    rows = found.weakest
    if not rows:
        return "No input that is mere judgement visibly moves the average year."
    first, following = rows[0], rows[1 : 1 + _NEXT]
    line = (
        f"Weakest input: “{title(first.name, scenario)}”. It is judgement, and over its range "
        f"({_range(first)}) the average year goes from {fmt.money(first.eal_from)} to "
        f"{fmt.money(first.eal_to)}."
    )
    if not following:
        return line
    names = " and ".join(f"“{title(row.name, scenario)}”" for row in following)
    return f"{line} Next: {names}."


def _range(row: Ranked) -> str:
    return f"{fmt.shown(row.low, row.unit, 2)} to {fmt.shown(row.high, row.unit, 2)}"
