"""Remedies on a pool of incidents: which ones remain, what they break, in which worlds.

A variant is a list of changes of assumptions. World values are changed per world, with a belief
drawn from the change's own stream; incidents are thinned by their own uniform numbers, and their
durations and losses change along their own luck, so what a variant does not touch stays the same
to the last bit (MODEL §5, "Remedies").

Several changes of one assumption: every `set` comes before every `scale`. Of several `set`, the
value that protects more counts, world by world or incident by incident: the highest or the lowest,
as the assumption declares. Factors multiply. The order of remedies is irrelevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from model.arrays import Array, Index, Mask
from model.assumptions.declaration import COUNTS, Assumption
from model.assumptions.lookup import assumption
from model.assumptions.messages import nearest, quoted
from model.assumptions.remedies import ALL_CAUSES, FACTOR, PREFIX
from model.assumptions.remedy_library import Change, Remedy
from model.beliefs.belief import fit
from model.decisions.same_incidents import same
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds.streams import stream

Step = tuple[str, Change]
"""A change and the name of the stream it is drawn from."""


@dataclass(frozen=True)
class Variant:
    """Changes evaluated together: the name of each one's stream, and the change.

    With `life_years` the platform's early life is averaged over so many years from now on.
    """

    name: str
    steps: tuple[Step, ...]
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Draws:
    """What the remedies of one block's worlds do and cost: beliefs drawn once per world."""

    seed: int
    key: tuple[int, ...]
    worlds: int
    currency: str
    """In which money is."""
    drawn: Mapping[tuple[str, str, Change], Array]
    """Draws of uncertain changes, by stream and assumption, `(worlds,)` each."""
    moved: Mapping[tuple[str, str, Change], Mask]
    """Which of them were beyond a bound and set to it, `(worlds,)` each."""

    @staticmethod
    def of_steps(
        steps: Iterable[Step],
        causes: tuple[str, ...],
        *,
        seed: int,
        key: tuple[int, ...],
        worlds: int,
        currency: str,
    ) -> Draws:
        """Draw every uncertain change of some variants' steps."""
        none = Draws(seed=seed, key=key, worlds=worlds, currency=currency, drawn={}, moved={})
        drawn: dict[tuple[str, str, Change], Array] = {}
        moved: dict[tuple[str, str, Change], Mask] = {}
        for name, change in dict.fromkeys(steps):
            for target in () if change.belief.certain else targets(causes, change.path):
                item = _drawn_as(none.assumption(target), change)
                one = (name, item.name, change)
                if one not in drawn:
                    free = fit(change.belief, item.lower, item.upper).from_normal(none.normal(name))
                    drawn[one] = within_bounds(free, item)
                    moved[one] = drawn[one] != free
        return replace(none, drawn=drawn, moved=moved)

    def assumption(self, name: str) -> Assumption:
        """Return the declaration of an assumption, money in the currency."""
        return assumption(name, self.currency)

    def of(self, name: str, item: Assumption, change: Change) -> Array:
        """Return the draws of one change for an assumption, `(worlds,)`; a scalar if certain."""
        if change.belief.certain:
            return np.asarray(change.belief.low)
        return self.drawn[name, _drawn_as(item, change).name, change]

    def moved_of(self, name: str, item: Assumption, change: Change) -> Mask:
        """Return which draws of one change were set to a bound, `(worlds,)` or a scalar."""
        if change.belief.certain:
            return np.asarray(False)
        return self.moved[name, _drawn_as(item, change).name, change]

    def normal(self, name: str) -> Array:
        """Return the standard normals of one stream in all worlds of the block."""
        return stream(self.seed, self.key, name).standard_normal(self.worlds)

    def within(self, worlds: Index) -> Draws:
        """Return the changes in some of the worlds."""
        return replace(
            self,
            drawn={key: draws[worlds] for key, draws in self.drawn.items()},
            moved={key: mask[worlds] for key, mask in self.moved.items()},
        )


def _drawn_as(item: Assumption, change: Change) -> Assumption:
    return item if change.kind == "set" else FACTOR


def within_bounds(x: Array, item: Assumption) -> Array:
    """Set what lies beyond the bounds of an assumption to them."""
    lower = np.nextafter(item.lower, np.inf) if item.lower_open else item.lower
    return np.clip(x, lower, item.upper)


def beyond_bounds(
    values: Mapping[str, Array], wanted: Mapping[str, Orders], draws: Draws
) -> dict[str, tuple[int, int]]:
    """Return how many values of each world-level assumption orders would move past its bounds.

    With each the number of worlds. They are set to the bound.
    """
    found = {}
    for name, order in wanted.items():
        if is_per_incident(name):
            continue
        item = draws.assumption(name)
        every = (draws.moved_of(key, item, change) for key, change in (*order.sets, *order.scales))
        moved = reduce(np.logical_or, every, np.zeros(draws.worlds, dtype=bool))
        sets = [draws.of(key, item, change) for key, change in order.sets]
        base = most_protective(name, sets) if sets else values[name]
        free = base * factor(order, item, draws) if order.scales else base
        moved = moved | (within_bounds(np.asarray(free), item) != free)
        found[name] = (int(np.count_nonzero(moved)), draws.worlds)
    return found


def most_protective(name: str, values: Iterable[Array]) -> Array:
    """Return the value that protects more, element by element."""
    pick = np.maximum if assumption(name).protects == "high" else np.minimum
    return np.asarray(reduce(pick, values))


def targets(causes: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Return the assumptions a path leads to: one, or a field of every cause."""
    if path.startswith(ALL_CAUSES):
        part = path.removeprefix(ALL_CAUSES)
        return tuple(f"incidents.{cause}.{part}" for cause in causes)
    return (path,)


@dataclass(frozen=True)
class Orders:
    """What a variant orders for one assumption: the `set` changes and the `scale` changes."""

    sets: tuple[Step, ...] = ()
    scales: tuple[Step, ...] = ()


def orders(causes: tuple[str, ...], steps: Iterable[Step]) -> dict[str, Orders]:
    """Sort changes by the assumption they change."""
    sets: dict[str, list[Step]] = {}
    scales: dict[str, list[Step]] = {}
    for step in steps:
        by_kind = sets if step[1].kind == "set" else scales
        for name in targets(causes, step[1].path):
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
    """Return the world values under a variant; what stays equal stays as it was."""
    changed = dict(values)
    for name, order in wanted.items():
        if is_per_incident(name):
            continue
        item = draws.assumption(name)
        value = values[name]
        if order.sets:
            value = most_protective(name, [draws.of(key, item, c) for key, c in order.sets])
        if order.scales:
            value = within_bounds(np.asarray(value * factor(order, item, draws)), item)
        if not same(value, values[name]):
            changed[name] = value
    return changed


def limits(
    values: Mapping[str, Array], wanted: Mapping[str, Orders], draws: Draws
) -> dict[str, Array]:
    """Return the least protective value that any mix of orders gives, per world.

    Only for what governs the count of incidents, and only where it is worse than the baseline.
    """
    out = {}
    for name, order in wanted.items():
        item = draws.assumption(name)
        if COUNTS not in item.enters:
            continue
        pick = np.minimum if item.protects == "high" else np.maximum
        drawn = [draws.of(key, item, change) for key, change in order.sets]
        reach = np.asarray(reduce(pick, drawn, values[name]))
        for key, change in order.scales:
            reach = reach * pick(draws.of(key, item, change), 1.0)
        reach = within_bounds(np.asarray(reach), item)
        if not same(reach, values[name]):
            out[name] = reach
    return out


def changed_worlds(
    before: Mapping[str, Array], after: Mapping[str, Array], names: Iterable[str], worlds: int
) -> Mask:
    """Return the worlds in which the value of one of some assumptions differs, `(worlds,)`."""
    mask = np.zeros(worlds, dtype=bool)
    for name in names:
        if not same(after[name], before[name]):
            mask |= after[name] != before[name]
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
