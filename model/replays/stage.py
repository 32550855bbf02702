"""Staging an incident: its own dates, and everything about it that is drawn, in many worlds.

The worlds are those with which a simulation of the same seed begins (MODEL §5, "Replay").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from model.arrays import Array, Index, at
from model.assumptions.lookup import assumption
from model.beliefs.belief import fit
from model.chain.failover import fail_over, shield
from model.chain.types import PhasedIncidents
from model.incidents.properties import scale_odds
from model.incidents.types import Incidents
from model.replays.incident import LOSSES, Incident
from model.replays.phases import failed_over, sliced
from model.worlds import calendar as cal
from model.worlds.clock import start_instant
from model.worlds.draw import draw
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values

_KEY = (0, 0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Stage:
    """One incident in every world; each world is a year of its own in the block."""

    block: Block
    values: Values
    calendar: cal.Calendar
    incidents: Incidents
    """Whole incident, with the losses of its first phase."""
    bounds_h: Array
    """Hours since the start at which the phases begin and end, `(phases + 1,)`."""
    losses: Array
    """`(3, phases, worlds)`."""

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
    block = Block(seed, _KEY, worlds, np.arange(worlds))
    values, _ = draw(prepared, seed=seed, block=_KEY, worlds=worlds)
    calendar, start_h = _calendar(prepared.calendar, incident)
    losses = _losses(prepared, incident, values, block)
    bounds_h = np.concatenate([[0.0], np.cumsum([phase.hours for phase in incident.phases])])
    incidents = _incidents(prepared, block, start_h, bounds_h[-1], losses[:, 0])
    return Stage(
        block=block,
        values=values,
        calendar=calendar,
        incidents=incidents,
        bounds_h=bounds_h,
        losses=losses,
    )


def _calendar(usual: cal.Calendar, incident: Incident) -> tuple[cal.Calendar, float]:
    """Return the usual calendar laid over the incident's own dates and the hour at which it starts.

    It begins the day before, so that the hours before the incident are on it.
    """
    day = (incident.start_eastern.date() - timedelta(days=1)).isoformat()
    start = incident.start - start_instant(day)
    return cal.build(day, *usual.words[1:]), start.total_seconds() / 3600.0


def _losses(prepared: Prepared, incident: Incident, values: Values, block: Block) -> Array:
    """Draw the losses, `(3, phases, worlds)`: one normal per loss is shared by all phases.

    What is worse than thought is worse throughout. Losses left out come from the cause, with the
    world's severity.
    """
    drawn = np.empty((len(LOSSES), len(incident.phases), block.years))
    for k, name in enumerate(LOSSES):
        z = block.normal(f"replay.{name}", block.years)
        for j, phase in enumerate(incident.phases):
            belief = phase.losses[k]
            if belief is None:
                drawn[k, j] = _of_cause(prepared, incident.cause, name, z, values, block)
            else:
                drawn[k, j] = np.clip(fit(belief, 0.0, 1.0).from_normal(z), 0.0, 1.0)
    return drawn


def _of_cause(
    prepared: Prepared, cause: str, name: str, z: Array, values: Values, block: Block
) -> Array:
    """Return a loss as the incident's cause, or a cause drawn by rate, brings it, `(worlds,)`."""
    if cause and cause not in prepared.causes:
        allowed = ", ".join(prepared.causes)
        raise ValueError(f"{name}: no loss given and cause {cause!r} unknown; allowed: {allowed}")
    causes = (cause,) if cause else prepared.causes
    picked = np.zeros(block.years, dtype=np.int64) if cause else _mix(causes, values, block)
    out = np.empty(block.years)
    for k, candidate in enumerate(causes):
        here = np.flatnonzero(picked == k)
        level = at(values[f"incidents.{candidate}.severity_level"], here)
        belief = prepared.belief(f"incidents.{candidate}.{name}")
        share = belief.distribution.from_normal(z[here])
        out[here] = scale_odds(np.clip(share, 0.0, 1.0), level)
    return out


def _mix(causes: tuple[str, ...], values: Values, block: Block) -> Index:
    """Draw each world's cause in proportion to its rates there, index into the causes."""
    rates = [values[f"incidents.{cause}.rate_per_year"] for cause in causes]
    upto = np.cumsum([np.broadcast_to(rate, (block.years,)) for rate in rates], axis=0)
    if not upto[-1].all():
        raise ValueError("cause: every cause has rate 0; a cause or all three losses are needed")
    return np.asarray((block.uniform("replay.cause", block.years) * upto[-1] >= upto).sum(axis=0))


def _incidents(
    prepared: Prepared, block: Block, start_h: float, hours: float, losses: Array
) -> Incidents:
    """Return the incident once per world, with losses `(3, worlds)`."""
    n = block.years
    publish, playback, ads = losses

    def incident_level(name: str) -> Array:
        entry = assumption(name)
        given = prepared.belief(name).distribution.from_normal(block.normal(f"replay.{name}", n))
        return np.clip(given, entry.lower, entry.upper)

    return Incidents(
        year=np.arange(n),
        cause=np.zeros(n, dtype=np.int64),
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
