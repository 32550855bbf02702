"""Words about one's own platform: what is implausible, what was scaled, the answer in a line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from model.assumptions import profiles
from model.assumptions.currency import is_money
from model.assumptions.messages import quoted
from model.assumptions.names import Value, titled
from model.assumptions.remedies import PREFIX
from model.assumptions.remedy_library import Change
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
from model.scenario.own_platform.fields import FIELDS, PER_INCIDENT, Field
from model.scenario.own_platform.scaling import Fact
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


_SPAN = re.compile(r"\s+to\s+|\s*[–—]\s*|(?<=[\w%])(?<![\d.][eE])\s*-\s*(?=[^\sA-Za-z-])")
_TAIL = re.compile(r"\D*$")
"""What follows the last digit: a magnitude, a unit, a currency."""


def _parts(text: str) -> tuple[str, ...]:
    """Return what is typed as one text, or as both its ends, which share what follows the second.

    >>> _parts("12M"), _parts("170-180M"), _parts("5 to 12 min"), _parts("5e-3")
    (('12M',), ('170M', '180M'), ('5 min', '12 min'), ('5e-3',))
    """
    parts = _SPAN.split(text.strip())
    if len(parts) != 2 or not all(parts):
        return (text,)
    (low, high), bare = parts, not _tail(parts[0]).strip()
    return low + _tail(high) if bare else low, high


def _tail(text: str) -> str:
    found = _TAIL.search(text)
    return found[0] if found else ""


def ends(text: str, unit: str) -> tuple[float, float]:
    """Return both ends of what someone typed: one number twice, or an interval.

    ValueError says what is understood.

    >>> ends("12M", "users"), ends("10-14M", "users"), ends("5-12", "visits")
    ((12000000.0, 12000000.0), (10000000.0, 14000000.0), (5.0, 12.0))
    """
    parts = _parts(text)
    if len(parts) == 2:
        try:
            low, high = (_finite(part, unit) for part in parts)
        except fmt.Ambiguous as question:
            # Its readings are of one end and cannot stand for both.
            raise ValueError(str(question)) from None
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


def label_of(scenario: Scenario, name: str) -> str:
    """Return what a row of a scenario is called."""
    try:
        return scenario.declared(name).label
    except KeyError:
        return titled(name)


def said_of(scenario: Scenario, name: str, other: Mapping[str, Value] | None = None) -> str:
    """Return what a scenario, or `other` rows in its currency, say in a row, in a few words."""
    try:
        value = (other or {}).get(name) or scenario.value(name)
    except KeyError:
        return "nothing"
    try:
        unit = getattr(scenario.declared(name), "unit", "")
    except KeyError:
        unit = ""
    if isinstance(value, Change):
        return f"{value.kind} {value.path} {value_of(value.belief, '')}"
    return value_of(value, unit) or "empty"


_MOST_ROWS = 8


def _shortened(rows: list[str]) -> list[str]:
    return rows[:_MOST_ROWS] + (
        [f"{len(rows) - _MOST_ROWS} more"] if len(rows) > _MOST_ROWS else []
    )


def label(field: Field, currency: str) -> str:
    """Return what a field is called, with the unit where the label does not say it.

    >>> label(FIELDS["revenue"], "EUR"), label(FIELDS["users"], "EUR")
    ('Ad revenue per year, EUR', 'Daily users')
    """
    return f"{field.label}, {currency}" if is_money(field.unit) else field.label


def fact_text(fact: Fact | None, unit: str) -> str:
    """Return a fact as it may be typed; nothing if it is open.

    >>> fact_text((10e6, 14e6), "users"), fact_text((12.0, 12.0), "people"), fact_text(None, "")
    ('10M to 14M', '12', '')
    """
    if fact is None or isinstance(fact, str):
        return fact or ""
    low, high = (fmt.editable(end, "" if unit in _PLAIN else unit) for end in fact)
    return low if fact[0] == fact[1] else f"{low} to {high}"


def stands_in(scenario: Scenario, key: str) -> str:
    """Return what stands in for a fact that is open, and why it is that."""
    row = {"hours": PER_INCIDENT, "people": PER_INCIDENT}.get(key, FIELDS[key].row)
    source = scenario.evidence(row).source
    if key == "regions":
        return "open: one region, as in the default"
    if FIELDS[key].is_word:
        return "" if source.startswith(ASSUMED) else f"open: {scenario.word(row)}, the default’s"
    value = value_of(scenario.value(row), getattr(scenario.declared(row), "unit", ""))
    per = {"people": " an incident", "hours": " an incident", "rate": " an hour"}.get(key, "")
    if source.startswith(SCALED):
        return f"open: {value}{per}, scaled by {source.removeprefix(SCALED)}"
    if source.startswith(ASSUMED):
        return f"open: {value}, {source.removeprefix(ASSUMED)}"
    return f"open: {value}{per}, the default’s"
