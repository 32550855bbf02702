"""Words about one's own platform: what is implausible, what was scaled, the answer in a line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from model.assumptions import profiles
from model.assumptions.messages import quoted
from model.assumptions.names import Value
from model.assumptions.remedies import PREFIX
from model.beliefs.belief import Belief
from model.present.words import numbers as fmt
from model.present.words.headline import COMPONENT_LABELS
from model.present.words.spoken.subject import declared
from model.runs.result import Result
from model.runs.standard_errors import Estimate
from model.scenario.own_platform.derived import (
    ASSUMED,
    SCALED,
    TAKEN_OVER,
    is_derived,
    two_regions,
)
from model.scenario.provenance import Provenance
from model.scenario.ratios import MOST_OF_LOSS, Ratio, implausible, unusual
from model.scenario.scenario import Scenario


class Remark(NamedTuple):
    """Something implausible in plain words, with the key under which it can be put away."""

    key: str
    text: str


def of_scenario(scenario: Scenario) -> tuple[Remark, ...]:
    """Return what about a valid scenario is implausible or unusual."""
    odd = (Remark(ratio.key, _said(ratio)) for ratio in implausible(scenario))
    return (*odd, *(Remark(name, text) for name, text in unusual(scenario).items()))


def of_loss(components: Mapping[str, Estimate], loss: float) -> tuple[Remark, ...]:
    """Return that one line is more than half of the loss, if so."""
    name, amount = _largest(components)
    if not loss > 0 or amount <= MOST_OF_LOSS * loss:
        return ()
    text = (
        f"{COMPONENT_LABELS[name]}: {fmt.money(amount)} of {fmt.money(loss)} lost in an average "
        f"year, {fmt.share(amount / loss)}; usual is that no line is more than half."
    )
    return (Remark("line_of_loss", text),)


def all_of(result: Result) -> tuple[Remark, ...]:
    """Return what is implausible about a scenario and its loss."""
    loss = result.mean("loss_usd").value
    return (*of_scenario(result.scenario), *of_loss(result.components(), loss))


def _largest(components: Mapping[str, Estimate]) -> tuple[str, float]:
    name = max(components, key=lambda one: components[one].value)
    return name, components[name].value


def answer(components: Mapping[str, Estimate], loss: float) -> str:
    """Return the answer in one line: what a year costs, and the largest part of it."""
    if not loss > 0:
        return "In this scenario outages cost **nothing**."
    name, amount = _largest(components)
    label = _IN_SENTENCE.get(name, COMPONENT_LABELS[name].lower())
    part = f", {fmt.share(amount / loss)}" if amount <= loss else ""
    return (
        f"Outages cost about **{fmt.money(loss)}** a year; the largest part is {label}"
        f" ({fmt.money(amount)}{part})."
    )


_IN_SENTENCE = {
    "playback": "playback that fails",
    "freshness": "a feed that goes stale",
    "creator_attrition": "creators who leave",
    "retention": "viewers who stay away",
    "ad_price": "falling ad prices",
    "subscriptions": "subscribers who leave",
}


def _said(ratio: Ratio) -> str:
    """Return a ratio in plain words, with both figures and what is usual."""
    low, high = ratio.usual
    between = f"usual is {fmt.significant(low, 2)} to {fmt.significant(high, 2)}"
    percent = f"usual is {fmt.share(low)} to {fmt.share(high)}"
    amount, of = fmt.money(ratio.amount), fmt.money(ratio.of)
    part = fmt.share(ratio.value)
    return {
        "uploads_per_user": f"{fmt.number(ratio.amount)} uploads a day by {fmt.number(ratio.of)} "
        f"daily users are {fmt.significant(ratio.value, 2)} each: {between} each.",
        "ads_per_user_hour": f"Revenue, users, minutes and CPM imply "
        f"{fmt.significant(ratio.value, 2)} ads per user-hour: {between}.",
        "revenue_per_user": f"{amount} of ad revenue a year from {fmt.number(ratio.of)} daily "
        f"users are {fmt.money(ratio.value)} each: usual is {fmt.money(low)} to "
        f"{fmt.money(high)} each.",
        "commerce_of_revenue": f"{amount} of commerce beside {of} of ad revenue are {part} of it: "
        f"usual is up to {fmt.share(high)}.",
        "bill_of_revenue": f"A cloud bill of {amount} against {of} of revenue is {part} of it: "
        f"{percent}.",
        "response_of_hour": f"Responding to one incident costs {amount}, "
        f"{fmt.significant(ratio.value, 2)} hours of ad revenue at {of} an hour: usual is up to "
        f"{fmt.significant(high, 2)} hours.",
        "tolerance_of_revenue": f"A tolerance of {amount} against {of} of revenue is {part} of "
        f"it: usual is up to {fmt.share(high)}.",
        "remedy_of_revenue": f"“{ratio.name}” costs {amount} a year, more than the revenue of "
        f"{of}: usual is far less.",
    }[ratio.key]


_SPAN = re.compile(r"\s+to\s+|\s*[–—]\s*|(?<=[\w%])\s*-\s*(?=[\d$])")


def ends(text: str, unit: str) -> tuple[float, float]:
    """Return both ends of what someone typed: one number twice, or an interval.

    ValueError says what is understood.

    >>> ends("12M", "users"), ends("10M to 14M", "users"), ends("5-12", "visits")
    ((12000000.0, 12000000.0), (10000000.0, 14000000.0), (5.0, 12.0))
    """
    parts = _SPAN.split(text.strip())
    if len(parts) == 2 and all(parts):
        low, high = (_finite(part, unit) for part in parts)
        return low, high
    value = _finite(text, unit)
    return value, value


def _finite(text: str, unit: str) -> float:
    value = fmt.parsed(text, "" if unit in _PLAIN else unit)
    if not math.isfinite(value):
        raise ValueError(f"{quoted(text)}: too large a number")
    return value


_PLAIN = ("people", "regions")


def started(scenario: Scenario) -> tuple[str, ...]:
    """Return what of a scenario was given, scaled and by what, and taken over, a line each."""
    groups: dict[str, list[str]] = {}
    for name in (*scenario.names(), *(row for row, _ in scenario.provenance)):
        source = dict(scenario.provenance).get(name)
        if source is not None:
            rows = groups.setdefault(_kind(name, source), [])
            rows += [_row(scenario, name)] if _row(scenario, name) not in rows else []
    lines = (f"{kind}: {'; '.join(_shortened(rows))}" for kind, rows in groups.items())
    rest = len(scenario.names()) - sum(
        name in dict(scenario.provenance) for name in scenario.names()
    )
    return (
        *lines,
        f"taken over unscaled: {rest} beliefs of the default about outages, viewers, creators and "
        "contracts; the file's source column says what each rests on",
    )


def _kind(name: str, source: Provenance) -> str:
    """Return what kind of row one is: its source, unless it is the evidence of a preset."""
    of_preset = is_derived(name, source) and name in two_regions()
    made = source.source.startswith((SCALED, TAKEN_OVER, ASSUMED))
    return "of the preset of a two-region platform" if of_preset and not made else source.source


def _row(scenario: Scenario, name: str) -> str:
    if name.startswith(PREFIX):
        return "prices of remedies"
    item, value = declared(name), scenario.value(name)
    return f"{item.label} {value_of(value, getattr(item, 'unit', ''))}"


def value_of(value: Value, unit: str) -> str:
    """Return a value as one number or both its ends."""
    if not isinstance(value, Belief):
        return value if isinstance(value, str) and not profiles.is_own(value) else "own"
    low, high = fmt.shown(value.low, unit), fmt.shown(value.high, unit)
    return low if value.certain else f"{low} to {high}"


_MOST_ROWS = 8


def _shortened(rows: list[str]) -> list[str]:
    return rows[:_MOST_ROWS] + (
        [f"{len(rows) - _MOST_ROWS} more"] if len(rows) > _MOST_ROWS else []
    )
