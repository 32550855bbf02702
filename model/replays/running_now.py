"""Running now: what an incident that is not over has cost, and what it will (MODEL §5.17).

>>> from datetime import datetime, timedelta, UTC
>>> since = datetime(2026, 5, 4, 13, tzinfo=UTC)
>>> four = running(Scenario.default(), since, since + timedelta(hours=4), worlds=500)
>>> so_far, total, hour = four.figures()
>>> bool(0 < so_far.usd < total.usd and hour.usd > 0)
True

That it lasts already says something about everything: which cause it has, how long this cause's
incidents are in general, whether a failover is still to be expected.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
from scipy import special

from model.arrays import Array, Index, at
from model.chain.failover import chance_to_fail_over
from model.incidents.types import SHORTEST_H, alone
from model.replays.incident import Incident, Said, begun
from model.replays.replay import Replay, carried, check_size
from model.replays.stage import (
    KEY,
    Stage,
    correlated,
    incidents_of,
    independent,
    laid_over,
    left_out,
    losses_of,
)
from model.runs.standard_errors import mean
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.prepared import Prepared, prepare
from model.worlds.streams import Block, Values

_CANDIDATES = 25
"""Worlds drawn for each that is chosen: enough for weights that are far from even."""
_FEWEST = 100
"""Worlds of equal weight that an answer rests on at least."""


class Figure(NamedTuple):
    """A sum of money about a running incident; low and high are 5–95 % of the worlds."""

    name: str
    usd: float
    low_usd: float
    high_usd: float
    standard_error_usd: float
    """Monte Carlo error of the mean."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Running:
    """An incident that is not over, in worlds as its length so far makes them likely."""

    now: datetime
    values: Values
    """The worlds, one for each draw of the incident."""
    hours: Array
    """How long it will have lasted in all, `(worlds,)`."""
    chance_of_cause: dict[str, float]
    effective: float
    """How many worlds of equal weight the choice of worlds is worth."""
    ended_now: Replay
    """Its cost if it ended now: tails, response and recapture included."""
    ended: Replay
    """Its cost with the hours that are still to come."""
    an_hour_on: Replay
    """Its cost if it ended an hour from now."""

    def figures(self) -> tuple[Figure, Figure, Figure]:
        """Return cost so far, expected total, and the next hour: ending then less ending now."""
        now, end, later = (
            replayed.lines["loss"] for replayed in (self.ended_now, self.ended, self.an_hour_on)
        )
        return (
            self._figure("cost_so_far", now),
            self._figure("expected_total", end),
            self._figure("each_further_hour", later - now),
        )

    def _figure(self, name: str, loss: Array) -> Figure:
        low, high = np.quantile(loss, (0.05, 0.95), method="inverted_cdf")
        one = mean(loss, worlds=len(loss))
        # What was chosen among weighted worlds errs with their choice too.
        error = one.standard_error * np.sqrt(1.0 + len(loss) / self.effective)
        return Figure(
            name=name,
            usd=one.value,
            low_usd=float(low),
            high_usd=float(high),
            standard_error_usd=float(error),
        )


def running(
    scenario: Scenario,
    since: datetime,
    now: datetime,
    losses: Said = (None, None, None),
    cause: str | None = None,
    *,
    worlds: int = 2000,
    seed: int = 0,
) -> Running:
    """Price an incident that began at `since` and is not over; ValueError says what is allowed.

    `losses` are the shares of publishing, playback and ads lost; those left out come from `cause`,
    and without one from the causes that so long an incident may have.
    """
    check_size(worlds, seed)
    incident = begun(since, now, losses, cause, scenario)
    ready = prepare(scenario)
    choice = _choose(ready, incident, worlds, seed)
    staged, hours = _staged(ready, incident, choice, Block(seed, KEY, worlds, np.arange(worlds)))
    so_far = np.full(worlds, incident.hours)
    ended_now, ended, an_hour_on = (
        carried(_ending(staged, end), scenario, incident) for end in (so_far, hours, so_far + 1.0)
    )
    share = np.bincount(choice.cause, minlength=len(ready.causes)) / worlds
    return Running(
        now=now,
        values=choice.values,
        hours=hours,
        chance_of_cause=dict(zip(ready.causes, share.tolist(), strict=True)),
        effective=choice.effective,
        ended_now=ended_now,
        ended=ended,
        an_hour_on=an_hour_on,
    )


class _Choice(NamedTuple):
    """Worlds and causes as likely as they are for an incident that lasts already."""

    values: Values
    cause: Index
    effective: float


def _choose(prepared: Prepared, incident: Incident, worlds: int, seed: int) -> _Choice:
    """Draw many worlds and choose among them and their causes, in equal steps of the weight.

    The weight is the rate of such incidents: rate · P(lasts longer, no failover has come).
    """
    many = _CANDIDATES * worlds
    values, _ = draw(prepared, seed=seed, block=KEY, worlds=many)
    logs = np.stack([_log_weight(prepared, incident, k, values, many) for k in _causes(prepared)])
    highest = logs.max()
    if highest == -np.inf:
        raise ValueError(
            f"running-since: it has lasted {incident.hours:g} h, longer than any incident of "
            f"{incident.cause or 'any cause'}; a duration that reaches so far is needed"
        )
    weight = np.exp(logs - highest)
    upto = np.cumsum(weight)
    effective = float(upto[-1] ** 2 / (weight**2).sum())
    if effective < _FEWEST:
        raise ValueError(
            f"running-since: {incident.hours:g} h are so far beyond the durations of "
            f"{incident.cause or 'every cause'} that only {effective:.0f} worlds of {many:,} would "
            "count; a duration that reaches so far is needed"
        )
    start = Block(seed, KEY, worlds, np.arange(worlds)).uniform("replay.running", 1)
    place = np.searchsorted(upto, (start + np.arange(worlds)) / worlds * upto[-1], side="right")
    cause, world = np.divmod(np.minimum(place, weight.size - 1), many)
    chosen = {name: at(value, world) for name, value in values.items()}
    return _Choice(chosen, cause, effective)


def _causes(prepared: Prepared) -> range:
    return range(len(prepared.causes))


def _log_weight(prepared: Prepared, incident: Incident, k: int, values: Values, many: int) -> Array:
    """Return the log of the rate of a cause's incidents that are not over by now, `(many,)`."""
    cause, everywhere = prepared.causes[k], np.arange(many)
    if incident.cause not in ("", cause):
        return np.full(many, -np.inf)
    rate = np.broadcast_to(values[f"incidents.{cause}.rate_per_year"], (many,))
    if incident.cause and not rate.any():
        rate = np.ones(many)  # it happens all the same
    lasting = _log_longer(prepared, cause, incident.hours, values, everywhere)
    causes = np.full(many, alone(np.asarray(k)))
    works = chance_to_fail_over(causes, values, everywhere)
    by_now = -np.expm1(_log_later(prepared, incident.hours))
    with np.errstate(divide="ignore"):
        # Even one that cannot fail has not come.
        none_came = np.log1p(-np.minimum(works * by_now, 1.0 - 1e-12))
        return np.asarray(np.log(rate) + lasting + none_came)


def _log_longer(
    prepared: Prepared, cause: str, hours: float, values: Values, world: Index
) -> Array:
    """Return ln P(duration > hours) of a cause in some worlds, `(n,)`."""
    belief = prepared.belief(f"incidents.{cause}.duration")
    before = hours / at(values[f"incidents.{cause}.duration_level"], world)
    longer = special.log_ndtr(-belief.distribution.to_normal(before))
    if belief.bounds:
        longer = np.where(before < belief.bounds[1], longer, -np.inf)
    return np.broadcast_to(longer, world.shape)


def _log_later(prepared: Prepared, hours: float) -> float:
    """Return ln P(the failover comes later than so many hours)."""
    fitted = prepared.belief("resilience.failover_time").distribution
    return float(special.log_ndtr(-fitted.to_normal(hours)))


def beyond(log_above: Array | float, uniforms: Array) -> Array:
    """Return standard normals above a point, by inversion: `log_above` is ln P(above it), `(n,)`.

    >>> beyond(np.log(0.5), np.array([1.0, 0.05])).round(4).tolist()
    [0.0, 1.96]
    """
    return np.asarray(0.0 - special.ndtri_exp(np.log(uniforms) + log_above))


def _staged(
    prepared: Prepared, incident: Incident, choice: _Choice, block: Block
) -> tuple[Stage, Array]:
    """Draw the incident in the worlds chosen, and how long it will have lasted."""
    values, cause, n = choice.values, choice.cause, block.years
    hours, normals = _hours(prepared, incident, choice, 1.0 - block.uniform("replay.remaining", n))
    own = independent(block) | {"duration": normals}
    luck = own | correlated(prepared, cause, own, left_out(incident))
    losses = losses_of(prepared, incident, cause, values, luck)
    calendar, start_h = laid_over(prepared.calendar, incident)
    drawn = incidents_of(prepared, block, start_h, hours, cause, losses[:, 0])
    works, when = _failover(prepared, incident.hours, values, drawn.causes, block)
    staged = Stage(
        block=block,
        values=values,
        calendar=calendar,
        incidents=replace(drawn, failover_chance=np.where(works, 0.0, 1.0), failover_time_h=when),
        bounds_h=np.stack([np.zeros(n), hours]),
        losses=losses,
        luck=luck,
    )
    return staged, hours


def _hours(
    prepared: Prepared, incident: Incident, choice: _Choice, uniforms: Array
) -> tuple[Array, Array]:
    """Return hours in all, drawn from what is longer than so far, and the normals behind them.

    They are cut at the scenario's maximum as every incident is, unless this one is beyond it.
    """
    values, cause = choice.values, choice.cause
    hours, normals = np.empty(len(cause)), np.empty(len(cause))
    for k, name in enumerate(prepared.causes):
        here = np.flatnonzero(cause == k)
        longer = _log_longer(prepared, name, incident.hours, values, here)
        normals[here] = beyond(longer, uniforms[here])
        drawn, _ = prepared.belief(f"incidents.{name}.duration").from_normal(normals[here])
        hours[here] = drawn * at(values[f"incidents.{name}.duration_level"], here)
    longest = float(values["simulation.max_duration"])
    cut = np.minimum(hours, longest) if incident.hours < longest else hours
    return np.maximum(cut, max(incident.hours, SHORTEST_H)), normals


def _failover(
    prepared: Prepared, hours: float, values: Values, causes: Index, block: Block
) -> tuple[Array, Array]:
    """Return whether a failover will still work, and when, `(worlds,)`: none has so far."""
    n, later = block.years, _log_later(prepared, hours)
    works = chance_to_fail_over(causes, values, block.world_of_year)
    if later == -np.inf:
        return np.zeros(n, dtype=bool), np.full(n, hours)
    share = works * np.exp(later) / (1.0 + works * np.expm1(later))
    belief = prepared.belief("resilience.failover_time")
    when, _ = belief.from_normal(beyond(later, 1.0 - block.uniform("replay.failover_later", n)))
    return block.uniform("replay.failover", n) < share, np.maximum(when, hours)


def _ending(staged: Stage, hours: Array) -> Stage:
    """Return the incident as it is if it ends after so many hours, `(worlds,)`."""
    return replace(
        staged,
        incidents=replace(staged.incidents, duration_h=hours),
        bounds_h=np.stack([np.zeros(len(hours)), hours]),
    )
