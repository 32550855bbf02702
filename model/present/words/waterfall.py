"""From revenue to the loss: groups of lines that lead to the total, each followed by its parts.

>>> lines = {"playback": 5.0, "freshness": 3.0, "response": 1.0}
>>> [step.label for step in steps(lines, 9.0, "Loss")]
['Ad revenue lost', 'Playback fails', 'Feed goes stale', 'Costs', 'Loss']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from model.chain.ledger import AD_REVENUE, COSTS, OTHER_REVENUE, RECAPTURE
from model.present.words import numbers as fmt
from model.present.words.headline import COMPONENT_LABELS

SMALL = 0.02
"""Lines below this share of all that is lost and spent are joined, group by group."""
GROUP, PART, TOTAL = "group", "part", "total"


@dataclass(frozen=True)
class Group:
    """Lines of the ledger that are one step of the way, and what those too small are called."""

    label: str
    lines: tuple[str, ...]
    small: str


GROUPS = (
    Group("Ad revenue lost", AD_REVENUE, "Smaller losses of ads"),
    Group("Other revenue lost", OTHER_REVENUE, "Smaller losses of others"),
    Group("Costs", COSTS, "Smaller costs"),
    Group("What comes back", RECAPTURE, "Smaller returns"),
    Group("Borne by others", ("borne_by_others",), ""),
)
OF_YEAR, OF_INCIDENT = "Average year", "What it costs"
"""What the total of a waterfall is called."""
STRONG = (*(group.label for group in GROUPS), OF_YEAR, OF_INCIDENT)
"""Labels of what adds up others."""


@dataclass(frozen=True)
class Step:
    """One bar of the waterfall, USD; `rank` is group, part or total."""

    line: str
    label: str
    start_usd: float
    end_usd: float
    rank: str

    @property
    def usd(self) -> float:
        """What the step adds; negative for what comes back."""
        return self.end_usd - self.start_usd

    @property
    def kind(self) -> str:
        """Whether it is a loss, comes back, or is what is left."""
        return TOTAL if self.rank == TOTAL else "loss" if self.usd >= 0 else "back"


def bars_lead(usd: Iterable[float], to: str) -> str:
    """Return how to read the waterfall of some lines to a total, as what full bars do.

    >>> bars_lead([2.0], "a loss").endswith("above."), bars_lead([2.0, -1.0], "a loss")[-17:]
    (True, 'Green comes back.')
    """
    green = " Green comes back." if any(value < 0 for value in usd) else ""
    return (
        f"lead from lost revenue to {to}, each from where the one before ended; pale bars are the "
        f"parts of the full bar above.{green}"
    )


def steps(usd: Mapping[str, float], total_usd: float, total: str) -> tuple[Step, ...]:
    """Return the waterfall of the lines of the ledger; groups of nothing are left out.

    Each group begins where the one before ended, its parts within it; the parts of a group of one
    line are not told twice.
    """
    least = SMALL * sum(max(value, 0.0) for value in usd.values())
    found: list[Step] = []
    at = 0.0
    for group in GROUPS:
        lines = {name: usd.get(name, 0.0) for name in group.lines}
        lines = {name: value for name, value in lines.items() if value}
        if not lines:
            continue
        end = at + sum(lines.values())
        found.append(
            Step(line=group.lines[0], label=group.label, start_usd=at, end_usd=end, rank=GROUP)
        )
        if len(lines) > 1:
            found += _parts(group, lines, at, least)
        at = end
    return (*found, Step(line="loss", label=total, start_usd=0.0, end_usd=total_usd, rank=TOTAL))


def _parts(group: Group, lines: Mapping[str, float], at: float, least: float) -> list[Step]:
    small = [name for name, value in lines.items() if abs(value) < least]
    told = {COMPONENT_LABELS[name]: (name, v) for name, v in lines.items() if name not in small}
    if len(small) == 1:
        told[COMPONENT_LABELS[small[0]]] = (small[0], lines[small[0]])
    elif small:
        label = group.small if told else ""
        told[label] = ("small", sum(lines[name] for name in small))
    found = []
    for label, (name, value) in told.items():
        if label:
            found.append(Step(line=name, label=label, start_usd=at, end_usd=at + value, rank=PART))
        at += value
    return found


def later(usd: Mapping[str, float], hourly: Mapping[str, float]) -> str:
    """Return what of a bill is lost hour by hour, what comes later, and what it all comes to.

    `usd` are the lines of the bill, `hourly` what its fast lines lose hour by hour.

    >>> usd = {"playback": 5e6, "retention": 2e6, "response": 1e6, "loss": 8e6}
    >>> later(usd, {"playback": 5e6})[:50]
    'Hour by hour **$5M** is lost. Slow losses come lat'
    """
    now = sum(hourly.values())
    revenue = sum(usd.get(name, 0.0) for name in (*AD_REVENUE, *OTHER_REVENUE))
    costs = sum(usd.get(name, 0.0) for name in COSTS)
    back = -sum(usd.get(name, 0.0) for name in (*RECAPTURE, "borne_by_others"))
    said = f"Hour by hour **{fmt.money(now)}** is lost."
    if revenue - now >= SMALL * revenue > 0:
        said += (
            f" Slow losses come later and are not drawn: **{fmt.money(revenue - now)}**, as "
            "viewers, creators and subscribers stay away and ad prices fall."
        )
    if costs > 0:
        said += f" Response and make-goods cost {fmt.money(costs)}."
    if back > 0:
        said += f" {fmt.money(back)} comes back or is borne by others."
    return f"{said} In all: **{fmt.money(usd['loss'])}**."
