"""Staging an incident: its own dates, and everything about it that is drawn, in many worlds.

The worlds are those with which a simulation of the same seed begins (MODEL §5, "Replay").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from model.arrays import Array, Index, at
from model.assumptions.correlations import WITHIN
from model.beliefs.belief import FARTHEST_Z, fit
from model.chain.failover import fail_over, shield
from model.chain.types import PhasedIncidents
from model.incidents.properties import scale_odds
from model.incidents.types import Incidents, alone
from model.replays.incident import LOSSES, Incident
from model.replays.phases import failed_over, sliced
from model.worlds import calendar as cal
from model.worlds.clock import start_instant
from model.worlds.draw import draw
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values

KEY = (0, 0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Stage:
    """One incident in every world; each world is a year of its own in the block."""

    block: Block
    values: Values
    calendar: cal.Calendar
    incidents: Incidents
    """Whole incident, with the losses of its first phase; its cause is −1 if there is none."""
    bounds_h: Array
    """Hours since the start at which the phases begin and end, `(phases + 1, worlds)`."""
    losses: Array
    """`(3, phases, worlds)`."""
    luck: Mapping[str, Array]
    """Standard normals behind the hours and each loss, `(worlds,)`: what is set is drawn along."""

    @property
    def world(self) -> Index:
        """Index of the world of each outage, `(worlds,)`."""
        return self.block.world_of_year

    def shaped(self) -> PhasedIncidents:
        """Return the incident as the chain takes it, after failover and shield (MODEL §3)."""
        slices = sliced(self.incidents.start_h, self.bounds_h, self.losses)
        if slices.offset_h is None:
            one = replace(
                self.incidents,
                publish_loss=slices.publish_loss[0],
                playback_loss=slices.playback_loss[0],
                ads_loss=slices.ads_loss[0],
            )
            shaped = fail_over(one, self.values, self.world)
        else:
            shaped = failed_over(slices, *self.failover())
        return shield(shaped, self.values, self.world)

    def failover(self) -> tuple[Array, Array]:
        """Return κ and the hour from which it holds, `(worlds,)`; else 1 and the end."""
        full = np.ones(self.block.years)
        phases = fail_over(replace(self.incidents, publish_loss=full), self.values, self.world)
        if len(phases.duration_h) == 1:
            return full, self.incidents.duration_h
        return phases.publish_loss[1], phases.duration_h[0]


def stage(prepared: Prepared, incident: Incident, *, worlds: int, seed: int) -> Stage:
    """Draw worlds and incident; ValueError if a loss left out has no cause to come from."""
    block = Block(seed, KEY, worlds, np.arange(worlds))
    values, _ = draw(prepared, seed=seed, block=KEY, worlds=worlds)
    calendar, start_h = laid_over(prepared.calendar, incident)
    cause = _cause(prepared.causes, incident.cause, values, block)
    bounds_h = np.concatenate([[0.0], np.cumsum([phase.hours for phase in incident.phases])])
    own = independent(block)
    behind = own | {"duration": luck_of_hours(prepared, cause, values, bounds_h[-1])}
    luck = own | correlated(prepared, cause, behind, left_out(incident))
    losses = losses_of(prepared, incident, cause, values, luck)
    incidents = incidents_of(prepared, block, start_h, bounds_h[-1], cause, losses[:, 0])
    return Stage(
        block=block,
        values=values,
        calendar=calendar,
        incidents=incidents,
        bounds_h=np.tile(bounds_h[:, None], worlds),
        losses=losses,
        luck=luck,
    )


def laid_over(usual: cal.Calendar, incident: Incident) -> tuple[cal.Calendar, float]:
    """Return the usual calendar laid over the incident's own dates and the hour at which it starts.

    It begins the day before, so that the hours before the incident are on it.
    """
    zone = usual.words[1]
    day = (incident.start_in(zone).date() - timedelta(days=1)).isoformat()
    start = incident.start - start_instant(day, zone)
    return cal.build(day, *usual.words[1:]), start.total_seconds() / 3600.0


def _cause(causes: tuple[str, ...], named: str, values: Values, block: Block) -> Index:
    """Return which cause an incident has in each world, −1 for none of the scenario, `(worlds,)`.

    Without a name it is drawn in proportion to the world's rates.
    """
    if named:
        return np.full(block.years, causes.index(named) if named in causes else -1)
    rates = [values[f"incidents.{each}.rate_per_year"] for each in causes]
    upto = np.cumsum([np.broadcast_to(rate, (block.years,)) for rate in rates], axis=0)
    drawn = (block.uniform("replay.cause", block.years) * upto[-1] >= upto).sum(axis=0)
    return np.where(upto[-1] > 0, drawn, -1)


def independent(block: Block) -> dict[str, Array]:
    """Draw a standard normal for the hours and for each loss, `(worlds,)` each."""
    return {field: block.normal(f"replay.{field}", block.years) for field in WITHIN}


def luck_of_hours(prepared: Prepared, cause: Index, values: Values, hours: Array) -> Array:
    """Return the normals from which incidents of their causes would last these hours, `(worlds,)`.

    0 where there is no known cause.
    """
    luck = np.zeros(len(cause))
    for k, name in enumerate(prepared.causes):
        here = np.flatnonzero(cause == k)
        level = at(values[f"incidents.{name}.duration_level"], here)
        fitted = prepared.belief(f"incidents.{name}.duration").distribution
        luck[here] = np.clip(fitted.to_normal(at(hours, here) / level), -FARTHEST_Z, FARTHEST_Z)
    return luck


def left_out(incident: Incident) -> tuple[str, ...]:
    """Return the losses that an incident does not say throughout."""
    said = zip(*(phase.losses for phase in incident.phases), strict=True)
    return tuple(name for name, losses in zip(LOSSES, said, strict=True) if None in losses)


def correlated(
    prepared: Prepared, cause: Index, own: Mapping[str, Array], fields: Iterable[str]
) -> dict[str, Array]:
    """Return the normals of some fields as the cause of each incident correlates them.

    Those of an incident of no known cause stay independent.
    """
    luck = {field: own[field].copy() for field in fields}
    for k, name in enumerate(prepared.causes):
        here = np.flatnonzero(cause == k)
        within = {f"incidents.{name}.{field}": normals[here] for field, normals in own.items()}
        mixing = prepared.within_incident[name]
        for field, normals in luck.items():
            normals[here] = mixing.normals(f"incidents.{name}.{field}", within.__getitem__)
    return luck


def losses_of(
    prepared: Prepared,
    incident: Incident,
    cause: Index,
    values: Values,
    luck: Mapping[str, Array],
) -> Array:
    """Draw the losses, `(3, phases, worlds)`: one normal per loss is shared by all phases.

    What is worse than thought is worse throughout. Losses left out come from the cause, with the
    world's severity.
    """
    drawn = np.empty((len(LOSSES), len(incident.phases), len(cause)))
    for k, name in enumerate(LOSSES):
        for j, phase in enumerate(incident.phases):
            belief = phase.losses[k]
            if belief is None:
                _check_cause(prepared.causes, incident.cause, name, cause)
                drawn[k, j] = _of_cause(prepared, cause, name, luck[name], values)
            else:
                drawn[k, j] = np.clip(fit(belief, 0.0, 1.0).from_normal(luck[name]), 0.0, 1.0)
    return drawn


def _check_cause(causes: tuple[str, ...], named: str, name: str, cause: Index) -> None:
    """See that a loss that was left out has a cause to come from; ValueError if not."""
    if named and (cause < 0).any():
        allowed = ", ".join(causes)
        raise ValueError(f"{name}: no loss given and cause {named!r} unknown; allowed: {allowed}")
    if (cause < 0).any():
        raise ValueError("cause: every cause has rate 0; a cause or all three losses are needed")


def _of_cause(prepared: Prepared, cause: Index, name: str, z: Array, values: Values) -> Array:
    """Return a loss as the incident's cause brings it, `(worlds,)`."""
    out = np.empty(len(z))
    for k, candidate in enumerate(prepared.causes):
        here = np.flatnonzero(cause == k)
        level = at(values[f"incidents.{candidate}.severity_level"], here)
        belief = prepared.belief(f"incidents.{candidate}.{name}")
        share = belief.distribution.from_normal(z[here])
        out[here] = scale_odds(np.clip(share, 0.0, 1.0), level)
    return out


def incidents_of(
    prepared: Prepared,
    block: Block,
    start_h: float,
    hours: float | Array,
    cause: Index,
    losses: Array,
) -> Incidents:
    """Return the incident once per world, with losses `(3, worlds)`."""
    n = block.years
    publish, playback, ads = losses

    def incident_level(name: str) -> Array:
        entry = prepared.scenario.assumption(name)
        given = prepared.belief(name).distribution.from_normal(block.normal(f"replay.{name}", n))
        return np.clip(given, entry.lower, entry.upper)

    return Incidents(
        year=np.arange(n),
        cause=cause,
        causes=alone(cause),
        start_h=np.full(n, start_h),
        duration_h=np.full(n, hours),
        publish_loss=publish,
        playback_loss=playback,
        ads_loss=ads,
        response_fixed_usd=incident_level("costs.response_per_incident"),
        response_usd_per_h=incident_level("costs.response_per_hour"),
        failover_time_h=incident_level("resilience.failover_time"),
        failover_chance=block.uniform("replay.failover", n),
    )
