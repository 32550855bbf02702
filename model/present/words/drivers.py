"""What drives the answer, in words: which belief moves it, luck, and what to find out first."""

from __future__ import annotations

from model.assumptions.declaration import Assumption
from model.drivers.information import Information
from model.drivers.luck import Ignorance
from model.drivers.ranking import Ranked, Ranking
from model.drivers.reverse import Reverse
from model.drivers.shares import Shares
from model.drivers.tornado import Bar, Tornado
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.learning import clearly, first_to_learn, gain
from model.present.words.spoken.subject import declared
from model.present.words.titles import bar_label, title
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

FIGURES = {
    "eal": "the average year",
    "p95": "the 1-in-20 year",
    "tvar_95": "the mean of the worst 5\xa0% of years",
}
NET_BENEFIT = "the net benefit of what is switched on"
PENDING = "Which inputs are weakest is worked out on the Drivers page."
_NEXT = 2


def unit_of(name: str) -> str:
    """Return the unit of an assumption."""
    item = declared(name)
    return item.unit if isinstance(item, Assumption) else ""


def level(base_usd: float, change: Estimate) -> str:
    """Return a figure after a change, never below nothing by noise alone."""
    return fmt.money(max(base_usd + change.value, 0.0))


def ends(bar: Bar) -> tuple[str, str]:
    """Return both inputs of a bar in the unit people read."""
    return fmt.shown(bar.low_input, bar.unit, 2), fmt.shown(bar.high_input, bar.unit, 2)


def answer(found: Tornado, base_usd: float) -> str:
    """Return which belief moves a figure most; `base_usd` is the figure as all pages show it."""
    bars = [bar for bar in found.together if bar.swing > 0]
    if not bars:
        return "No uncertain assumption moves the answer."
    first, what = bars[0], FIGURES[found.figure]
    low, high = ends(first)
    return (
        f"Nothing moves {what} more than **“{bar_label(first)}”**: "
        f"{level(base_usd, first.at_low)} at {low}, **{level(base_usd, first.at_high)}** at {high}."
    )


def luck(found: Ignorance) -> str:
    """Return how much of the spread of years is luck and how much is ignorance."""
    share = found.share
    if found.between_usd2 + found.within_usd2 <= 0:
        return "Every year costs the same: there is neither luck nor ignorance."
    known = fmt.share(max(share.value, 0.0))
    return (
        f"**{known}** ({fmt.error(share.standard_error, fmt.share)}) of the spread between years "
        "is ignorance, which better data could remove. The rest is luck: perfect knowledge would "
        "leave it."
    )


def shares(found: Shares) -> str:
    """Return which belief alone carries most of the spread between years."""
    clear = [row for row in found.shares if row.share.low > 0]
    if not clear:
        return "No single belief carries a visible part of the spread between years."
    first = clear[0]
    return (
        f"Knowing “{declared(first.name).label}” alone would remove "
        f"**{estimates.chance(first.share)}** of the spread between years."
    )


def worth(found: Information, scenario: Scenario) -> str:
    """Return what to find out before choosing a remedy."""
    telling = clearly(found)
    choice = (
        "buying nothing is best"
        if found.best == "baseline"
        else f"“{_set(found.best, scenario)}” is best"
    )
    if not telling:
        return f"As things are known, {choice}; knowing any one figure would not change that."
    first = first_to_learn(found, scenario)
    return f"As things are known, {choice}. **It depends on {first} first.** {gain(found)}"


def _set(name: str, scenario: Scenario) -> str:
    label = {remedy.name: remedy.label for remedy in scenario.remedies}
    return " + ".join(label[one] for one in name.split(" + "))


def reached(found: Reverse) -> str:
    """Return what an assumption would have to be, or plainly that no admissible value does."""
    what = NET_BENEFIT if found.figure == "net_benefit" else FIGURES[found.figure]
    unit, label = unit_of(found.name), declared(found.name).label
    goal = fmt.money(found.level_usd, 3)
    if found.value is not None:
        noise = f" (± {fmt.shown(1.96 * found.standard_error, unit, 1)})"
        sure = noise if found.standard_error == found.standard_error else ""
        return (
            f"“{label}” would have to be about **{fmt.shown(found.value, unit, 2)}**{sure} for "
            f"{what} to be {goal}."
        )
    low, high = (fmt.shown(value, unit, 2) for value in found.searched)
    least, most = (fmt.money(usd) for usd in found.reached_usd)
    course = f"From {low} to {high}, {what} stays between {least} and {most}"
    if any(figure.low <= found.level_usd <= figure.high for figure in found.figures):
        return (
            f"**No admissible value of “{label}” clearly does it.** {course}; simulation noise "
            f"leaves open whether {goal} is reached."
        )
    return f"**No admissible value of “{label}” does it.** {course}; {goal} is out of reach."


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
