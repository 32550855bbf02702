"""One incident as it runs with remedies in place, by the machinery of a run with remedies.

>>> from model.replays.incident import named
>>> scenario, march = Scenario.default(), named()["tiktok-2026-03-03"]
>>> drills = [one for one in scenario.remedies if one.name == "quarterly_failover_drills"]
>>> bare, drilled = (
...     replay_with_remedies(scenario, march, remedies, worlds=200) for remedies in ([], drills)
... )
>>> bool(drilled.lines["loss"].mean() < bare.lines["loss"].mean())
True

What a remedy does is drawn once per world, and the worlds and the incident are the same with and
without: what no remedy touches stays the same to the last bit (MODEL §5.7). Hours and losses that
are given instead of drawn are changed like drawn ones; how often incidents come has no bearing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, at
from model.assumptions.remedies import ALL_CAUSES
from model.assumptions.remedy_library import Remedy
from model.decisions.apply_remedies import LEVELS, PROPERTIES, eased
from model.decisions.remedies import Draws, Orders, orders, variant, world_values
from model.incidents.types import SHORTEST_H, Incidents
from model.replays.incident import LOSSES, Incident
from model.replays.replay import Replay, carried, staged
from model.replays.stage import Stage
from model.scenario.scenario import Scenario
from model.worlds.streams import Values


def replay_with_remedies(
    scenario: Scenario,
    incident: Incident,
    remedies: Iterable[Remedy],
    *,
    worlds: int = 2000,
    seed: int = 0,
) -> Replay:
    """Carry an incident through the chain with remedies in place; their order does not matter.

    The other arguments, and ValueError, as in `replay`, which this equals without remedies.
    """
    bare = staged(scenario, incident, worlds=worlds, seed=seed)
    steps = variant("", remedies).steps
    # A cause that the scenario does not know is reached by what changes all causes.
    to_all = [step for step in steps if step[1].path.startswith(ALL_CAUSES)]
    causes = scenario.causes
    draws = Draws.of_steps(
        steps,
        causes,
        seed=seed,
        key=bare.block.key,
        worlds=worlds,
        currency=scenario.currency,
    )
    wanted = orders(causes, steps)
    change = _Changes(
        causes=causes,
        bare=bare,
        values=world_values(bare.values, wanted, draws),
        wanted=wanted,
        to_all=orders(causes, to_all),
        draws=draws,
    )
    return carried(change.staged(), scenario, incident)


class _Part(NamedTuple):
    """The worlds in which a property is governed by one assumption and one level."""

    name: str
    level: str
    worlds: Index
    order: Orders


@dataclass(frozen=True, eq=False, kw_only=True)
class _Changes:
    """What remedies change of a staged incident."""

    causes: tuple[str, ...]
    bare: Stage
    values: Values
    """World values with the remedies in place."""
    wanted: Mapping[str, Orders]
    to_all: Mapping[str, Orders]
    """Orders to all causes alone."""
    draws: Draws

    def staged(self) -> Stage:
        """Return the incident with the remedies in place."""
        drawn = self.bare.incidents
        losses = np.stack(
            [
                [self._of(name, phase) for phase in phases]
                for name, phases in zip(LOSSES, self.bare.losses, strict=True)
            ]
        )
        hours = np.maximum(self._of("duration", drawn.duration_h), SHORTEST_H)
        stretch = hours / drawn.duration_h
        changed = {
            field: self._of(name, vars(drawn)[field])
            for name, field in PROPERTIES.items()
            if "." in name
        }
        changed |= {"duration_h": hours, **dict(zip(LOSSES, losses[:, 0], strict=True))}
        return replace(
            self.bare,
            values=self.values,
            incidents=Incidents(**{**vars(drawn), **changed}),
            bounds_h=self.bare.bounds_h * stretch,
            losses=losses,
        )

    def _of(self, suffix: str, own: Array) -> Array:
        """Return a property in every world, `(worlds,)`."""
        changed = own.copy()
        for name, level, worlds, order in self._parts(suffix):
            before, now = (
                values[level] if level else np.asarray(1.0)
                for values in (self.bare.values, self.values)
            )
            if order == Orders() and before is now:
                continue
            luck = self._luck(suffix)[worlds]
            # What is set is drawn anew and takes the level; what there is has it already.
            factor = np.asarray(now if order.sets else now / before)
            there = at(factor, worlds)
            changed[worlds], _ = eased(
                name, own[worlds], luck, order, self.draws, world=worlds, level=there
            )
        return changed

    def _luck(self, suffix: str) -> Array:
        if suffix in self.bare.luck:
            return self.bare.luck[suffix]
        return self.bare.block.normal(f"replay.{suffix}", len(self.bare.world))

    def _parts(self, suffix: str) -> Iterator[_Part]:
        if "." in suffix:
            everywhere = np.arange(len(self.bare.world))
            yield _Part(suffix, "", everywhere, self.wanted.get(suffix, Orders()))
            return
        for k, cause in enumerate((*self.causes, self.causes[0])):
            known = k < len(self.causes)
            worlds = np.flatnonzero(self.bare.incidents.cause == (k if known else -1))
            name = f"incidents.{cause}.{suffix}"
            level = f"incidents.{cause}.{LEVELS[suffix]}" if known else ""
            order = (self.wanted if known else self.to_all).get(name, Orders())
            if len(worlds):
                yield _Part(name, level, worlds, order)
