"""What to find out before choosing a remedy, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from model.drivers.information import Information, Worth
from model.present.words import estimates
from model.present.words.titles import title
from model.runs.standard_errors import Z95
from model.scenario.scenario import Scenario

_MOST_LEADERS, _SEVERAL = 4, 3


def first_to_learn(learned: Information, scenario: Scenario) -> str:
    """Return which beliefs to find out: the first, and those that cannot be told from it."""
    names = [worth.name for worth in _leaders(learned)]
    labels = [title(name, scenario) for name in names]
    heads, tails = zip(*(label.rpartition(": ")[::2] for label in labels), strict=True)
    if len(labels) > 1 and len(set(tails)) == 1 and all(heads):
        of = (
            _listed([f"“{head}”" for head in heads]) if len(labels) < _SEVERAL else "several causes"
        )
        what = f"“{tails[0][:1].upper()}{tails[0][1:]}” of {of}"
    else:
        what = _listed([f"“{label}”" for label in labels])
    return f"{what}: find {'that' if len(labels) == 1 else 'these'} out"


def gain(learned: Information) -> str:
    """Return what learning the first belief is worth."""
    leaders = _leaders(learned)
    which = "it" if len(leaders) == 1 else "any one of them"
    return f"Knowing {which} is worth up to {estimates.money(leaders[0].value)} a year."


def _leaders(learned: Information) -> list[Worth]:
    clear = clearly(learned)
    top = clear[0].value
    return [
        worth
        for worth in clear[:_MOST_LEADERS]
        if top.value - worth.value.value
        <= Z95 * math.hypot(top.standard_error, worth.value.standard_error)
        or worth is clear[0]
    ]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clearly(learned: Information) -> tuple[Worth, ...]:
    """Return the beliefs that are worth learning beyond simulation noise, the most first."""
    return tuple(worth for worth in learned.telling() if worth.value.low > 0)
