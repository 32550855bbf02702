"""Remedies on a pool of incidents: which ones remain, what they break, in which worlds.

A variant is a list of changes of assumptions. World values are changed per world, with a belief
drawn from the change's own stream; incidents are thinned by their own uniform numbers, and their
durations and losses change along their own luck, so what a variant does not touch stays the same
to the last bit (MODEL §5, "Remedies").

Several changes of one assumption: every `set` comes before every `scale`. Of several `set`, the
value that protects more counts, world by world or incident by incident: the highest of what is
listed in `PROTECTIVE_WHEN_HIGH`, else the lowest. Factors multiply. The order of remedies is
irrelevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from model.arrays import Array, Index, Mask
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import assumption
from model.assumptions.messages import nearest, quoted
from model.assumptions.remedies import ALL_CAUSES, FACTOR, PREFIX
from model.assumptions.remedy_library import Change, Remedy
from model.beliefs.belief import fit
from model.decisions.same_incidents import LAG, RATIO
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds.streams import stream

PROTECTIVE_WHEN_HIGH = frozenset(
    {
        "platform.ad_revenue_per_year",
        "platform.cloud_bill_per_year",
        "revenue.commerce_recapture",
        "publishing.retry_share",
        "publishing.timeliness_half_life",
        "freshness.content_half_life",
        "sessions.viewing_recapture",
        "ads.budget_recapture",
        "ads.pacing_horizon",
        "sla.scope_share",
        "sla.claim_success",
        "resilience.failover_success",
        "resilience.playback_shield",
    }
)
"""Assumptions of which more loses less money; of all others, less does."""
_COUNTING = ("rate_per_year", "early_life_multiplier", "early_life_months")


@dataclass(frozen=True)
class Variant:
    """Changes evaluated together: the name of each one's stream, and the change.

    With `life_years` the platform's early life is averaged over so many years from now on.
    """

    name: str
    steps: tuple[tuple[str, Change], ...]
    life_years: float = 0.0


BASELINE = Variant("baseline", ())


def variant(name: str, remedies: Iterable[Remedy]) -> Variant:
    """Return the variant in which some remedies are on; their order does not matter."""
    steps = {
        f"{PREFIX}{remedy.name}.change.{k}": change
        for remedy in remedies
        for k, change in enumerate(remedy.changes, 1)
    }
    return Variant(name, tuple(sorted(steps.items(), key=lambda step: step[0])))


@dataclass(frozen=True, eq=False)
class Draws:
    """What the remedies of one block's worlds do and cost: beliefs drawn once per world."""

    seed: int
    key: tuple[int, ...]
    worlds: int
    chosen: Index | None = None
    """The worlds wanted; None: all."""
    _known: dict[tuple[str, object], Array] = field(default_factory=dict)
    beyond: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each assumption, how many values would have left its bounds, and of how many."""

    def within(self, x: Array, item: Assumption) -> Array:
        """Set what lies beyond the bounds of an assumption to them, and count it."""
        kept = within_bounds(x, item)
        out, drawn = self.beyond.get(item.name, (0, 0))
        self.beyond[item.name] = (out + int(np.count_nonzero(kept != x)), drawn + int(np.size(x)))
        return kept

    def of(self, name: str, item: Assumption, change: Change) -> Array:
        """Return the draws of one change for an assumption, `(worlds,)`; a scalar if certain."""
        entry = item if change.kind == "set" else FACTOR
        if change.belief.certain:
            return np.asarray(change.belief.low)
        known = (name, (change.belief, entry.name))
        if known not in self._known:
            drawn = fit(change.belief, entry.lower, entry.upper).from_normal(self.normal(name))
            self._known[known] = self.within(drawn, entry)
        return self._known[known]

    def normal(self, name: str) -> Array:
        """Return the standard normals of one stream, `(worlds,)`."""
        if (name, None) not in self._known:
            normals = stream(self.seed, self.key, name).standard_normal(self.worlds)
            self._known[name, None] = normals if self.chosen is None else normals[self.chosen]
        return self._known[name, None]


def within_bounds(x: Array, item: Assumption) -> Array:
    """Set what lies beyond the bounds of an assumption to them."""
    lower = np.nextafter(item.lower, np.inf) if item.lower_open else item.lower
    return np.clip(x, lower, item.upper)


def most_protective(name: str, values: Iterable[Array]) -> Array:
    """Return the value that protects more, element by element."""
    pick = np.maximum if name in PROTECTIVE_WHEN_HIGH else np.minimum
    return np.asarray(reduce(pick, values))


def targets(scenario: Scenario, path: str) -> tuple[str, ...]:
    """Return the assumptions a path leads to: one, or a field of every cause."""
    if path.startswith(ALL_CAUSES):
        part = path.removeprefix(ALL_CAUSES)
        return tuple(f"incidents.{cause}.{part}" for cause in scenario.causes)
    return (path,)


@dataclass(frozen=True)
class Orders:
    """What a variant orders for one assumption: the `set` changes and the `scale` changes."""

    sets: tuple[tuple[str, Change], ...] = ()
    scales: tuple[tuple[str, Change], ...] = ()


def orders(scenario: Scenario, steps: Iterable[tuple[str, Change]]) -> dict[str, Orders]:
    """Sort changes by the assumption they change."""
    sets: dict[str, list[tuple[str, Change]]] = {}
    scales: dict[str, list[tuple[str, Change]]] = {}
    for step in steps:
        by_kind = sets if step[1].kind == "set" else scales
        for name in targets(scenario, step[1].path):
            by_kind.setdefault(name, []).append(step)
    names = {**sets, **scales}
    return {n: Orders(tuple(sets.get(n, ())), tuple(scales.get(n, ()))) for n in names}


def is_per_incident(name: str) -> bool:
    """Tell whether an assumption differs from incident to incident."""
    return assumption(name).per == "incident"


def factor(order: Orders, item: Assumption, draws: Draws) -> Array:
    """Return the product of an assumption's factors, per world or scalar."""
    product = np.asarray(1.0)
    for name, change in order.scales:
        product = product * draws.of(name, item, change)
    return np.asarray(product)


def world_values(
    values: Mapping[str, Array], wanted: Mapping[str, Orders], draws: Draws
) -> dict[str, Array]:
    """Return the world values under a variant; what stays equal stays the same object."""
    changed = dict(values)
    for name, order in wanted.items():
        if is_per_incident(name):
            continue
        item = assumption(name)
        value = values[name]
        if order.sets:
            value = most_protective(name, [draws.of(key, item, c) for key, c in order.sets])
        if order.scales:
            value = draws.within(np.asarray(value * factor(order, item, draws)), item)
        if not same(value, values[name]):
            changed[name] = value
    return changed


def same(a: Array, b: Array) -> bool:
    """Tell whether two world values agree in every world."""
    return a is b or bool(np.all(a == b))


def limits(
    scenario: Scenario,
    values: Mapping[str, Array],
    variants: Iterable[Variant],
    draws: Draws,
) -> dict[str, Array]:
    """Return the highest (of the lag the lowest) value any mix of the variants gives, per world.

    Only for what governs the count of incidents, and only where it exceeds the baseline.
    """
    steps = dict.fromkeys(step for one in variants for step in one.steps)
    out = {}
    for name, order in orders(scenario, steps).items():
        if name not in (RATIO, LAG) and name.rsplit(".", 1)[-1] not in _COUNTING:
            continue
        pick, item = np.minimum if name == LAG else np.maximum, assumption(name)
        drawn = [draws.of(key, item, change) for key, change in order.sets]
        reach = np.asarray(reduce(pick, drawn, values[name]))
        for key, change in order.scales:
            reach = reach * pick(draws.of(key, item, change), 1.0)
        reach = within_bounds(np.asarray(reach), item)
        if not same(reach, values[name]):
            out[name] = reach
    return out


def changed_worlds(before: Mapping[str, Array], after: Mapping[str, Array], worlds: int) -> Mask:
    """Return the worlds in which a value outside the incidents themselves differs, `(worlds,)`."""
    mask = np.zeros(worlds, dtype=bool)
    for name, value in after.items():
        if value is before[name] or name.startswith(("incidents.", "recurrence.")):
            continue
        mask |= value != before[name]
    return mask


Sets = Mapping[str, Iterable[str]] | Iterable[Iterable[str]]


def named_sets(scenario: Scenario, sets: Sets | None) -> dict[str, tuple[str, ...]]:
    """Return the sets by name, each once, their remedies known."""
    named = _titled(_usual(scenario) if sets is None else sets)
    known = [remedy.name for remedy in scenario.remedies]
    strange = dict.fromkeys(n for names in named.values() for n in names if n not in known)
    if strange:
        raise ScenarioError(
            f"remedy {quoted(name)}: one of {', '.join(known)}{nearest(name, known)}"
            for name in strange
        )
    return named


def _titled(sets: Sets) -> dict[str, tuple[str, ...]]:
    if isinstance(sets, Mapping):
        return {str(name): tuple(dict.fromkeys(names)) for name, names in sets.items()}
    rows = [tuple(dict.fromkeys(names)) for names in sets]
    return {" + ".join(names): names for names in rows}


def _usual(scenario: Scenario) -> list[tuple[str, ...]]:
    on = tuple(remedy.name for remedy in scenario.remedies if remedy.on)
    names = on or tuple(remedy.name for remedy in scenario.remedies)
    together = [on] if len(on) > 1 else []
    return [*((name,) for name in names), *together]


def longest_life(remedies: Iterable[Remedy]) -> float:
    """Return the longest life among remedies in years; one year if there are none."""
    return max((remedy.life_years for remedy in remedies), default=1.0)
