"""Replay: one incident, hour by hour and as a bill, in many worlds (MODEL §3–§5).

>>> from model.scenario import Scenario
>>> march = replay(Scenario.default(), named()["tiktok-2026-03-03"], worlds=200)
>>> bill = march.bill()
>>> bill.component[0], bill.component[-1], bool(bill.expected_usd[0] > 0)
('playback', 'net_loss', True)

There are no repeats and no earlier incident, and the duration is not capped. An incident with
phases becomes a sum of overlaid slices: for each run of phases the height by which its lowest loss
stands above its neighbours, so every formula of the chain stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model import calendar as cal
from model import curves as curves_
from model.block import (
    VOLUMES,
    Index,
    _fast_links,
    _slow_links,
    _volumes,
    contract,
    fail_over,
    links_at,
    response_usd,
    shield,
    terms_at,
)
from model.chain import Array, Incidents
from model.curves import Course, Curves, session_share_lost
from model.dist import fit
from model.estimate import Estimate, mean
from model.incidents import LOSSES, Incident, Phase, drawn, named, typed
from model.money import COMPONENTS, Hours, ledger, sla_credit, year_factor
from model.outages import Outages
from model.platform import ad_load_per_hour
from model.sampling import Block, Values, _scale_odds, at
from model.scenario import Scenario
from model.worlds import assumption, distribution, draw

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bill", "Incident", "Phase", "Replay", "drawn", "named", "replay", "typed"]

LINES = (*COMPONENTS, "loss", "sla_credit", "net_loss")
"""Rows of the bill; those before `loss` add up to it."""
MOST_WORLDS = 100_000
_KEY = (0, 0)


@dataclass(frozen=True)
class Bill:
    """Rows of `bill.csv`, every array `(len(component),)`; low and high: 5–95 % of the worlds.

    Revenue-hours are USD ÷ `revenue_usd_per_h`, the expected revenue of an average hour.
    """

    component: tuple[str, ...]
    expected_revenue_hours: Array
    expected_usd: Array
    low_usd: Array
    high_usd: Array
    standard_error_usd: Array
    """Monte Carlo error of the expected USD; nan for a single world."""
    revenue_usd_per_h: float

    def columns(self) -> dict[str, Array | tuple[str, ...]]:
        """Return the columns of `bill.csv`."""
        return {
            "component": self.component,
            "expected_revenue_hours": self.expected_revenue_hours,
            "expected_usd": self.expected_usd,
            "low_usd": self.low_usd,
            "high_usd": self.high_usd,
        }


class Frames(NamedTuple):
    """The tables of `replay.csv` and `bill.csv`."""

    replay: pd.DataFrame
    bill: pd.DataFrame


@dataclass(frozen=True)
class Replay:
    """One incident in many worlds; arrays `(worlds,)`."""

    scenario: Scenario
    incident: Incident
    worlds: int
    seed: int
    lines: dict[str, Array]
    """Every row of `LINES` in USD, signed as in a ledger."""
    volumes: dict[str, Array]
    """What was lost, by the names of `model.block.VOLUMES`."""
    revenue_usd_per_h: Array
    course: Course

    def bill(self) -> Bill:
        """Return the bill with its 5–95 % interval and Monte Carlo error."""
        values = np.stack([self.lines[name] for name in LINES])
        estimates = [mean(line, worlds=self.worlds) for line in values]
        low, high = np.quantile(values, (0.05, 0.95), axis=1, method="inverted_cdf")
        expected = np.array([estimate.value for estimate in estimates])
        errors = np.array([estimate.standard_error for estimate in estimates])
        per_h = float(self.revenue_usd_per_h.mean())
        return Bill(LINES, expected / per_h, expected, low, high, errors, per_h)

    def curves(self, until_h: float | None = None) -> Curves:
        """Return the chain hour by hour, until all is settled or to `until_h` after the start."""
        return curves_.curves(self.course, until_h)

    def lost(self, volume: str) -> Estimate:
        """Return the expected loss of one of `VOLUMES`; KeyError for another name."""
        return mean(self.volumes[volume], worlds=self.worlds)

    def session_share_lost(self) -> Array:
        """Return the share of session time lost while the incident ran, `(worlds,)`."""
        return session_share_lost(self.course, 0.0, float(self.course.bounds_h[-1]))

    def frames(self) -> Frames:
        """Return the curves and the bill as DataFrames with the columns of their files."""
        import pandas as pd

        return Frames(pd.DataFrame(self.curves().columns()), pd.DataFrame(self.bill().columns()))


def replay(scenario: Scenario, incident: Incident, *, worlds: int = 2000, seed: int = 0) -> Replay:
    """Carry one incident through the chain in `worlds` worlds; ValueError says what is allowed.

    The calendar follows the incident's own dates, whatever year the scenario simulates.
    """
    _check_number("worlds", worlds, 1, MOST_WORLDS)
    _check_number("seed", seed, 0, None)
    block = Block(seed, _KEY, worlds, np.arange(worlds))
    values, _ = draw(scenario, seed=seed, block=_KEY, worlds=worlds)
    calendar, start_h = _calendar(scenario, incident)
    losses = _losses(scenario, incident, values, block)
    bounds_h = np.concatenate([[0.0], np.cumsum([phase.hours for phase in incident.phases])])
    outages = _outages(scenario, block, start_h, bounds_h[-1], losses[:, 0])
    return _Priced(block, values, calendar, outages, bounds_h, losses).replay(scenario, incident)


def _check_number(name: str, value: int, least: int, most: int | None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        up = "up" if most is None else f"to {most:,}"
        raise ValueError(f"{name}: {value!r} given; a whole number from {least} {up} is allowed")


def _calendar(scenario: Scenario, incident: Incident) -> tuple[cal.Calendar, float]:
    """Return a calendar of the incident's own dates and the hour at which it starts.

    It begins the day before, so that the hours before the incident are on it.
    """
    day = (incident.start_eastern.date() - timedelta(days=1)).isoformat()
    names = (scenario.word(f"profiles.{name}") for name in ("demand", "uploads", "price"))
    start = incident.start - cal.start_instant(day)
    return cal.build(day, *names), start.total_seconds() / 3600.0


def _losses(scenario: Scenario, incident: Incident, values: Values, block: Block) -> Array:
    """Draw the losses, `(phases, 3, worlds)`: one normal per loss is shared by all phases.

    What is worse than thought is worse throughout. Losses left out come from the cause, with the
    world's severity.
    """
    drawn_losses = np.empty((len(incident.phases), len(LOSSES), block.years))
    for k, name in enumerate(LOSSES):
        z = block.normal(f"replay.{name}", block.years)
        for j, phase in enumerate(incident.phases):
            belief = phase.losses[k]
            if belief is None:
                drawn_losses[j, k] = _of_cause(scenario, incident.cause, name, z, values, block)
            else:
                drawn_losses[j, k] = np.clip(fit(belief, 0.0, 1.0).from_normal(z), 0.0, 1.0)
    return drawn_losses.transpose(1, 0, 2)


def _of_cause(
    scenario: Scenario, cause: str, name: str, z: Array, values: Values, block: Block
) -> Array:
    """Return a loss as the incident's cause, or a cause drawn by rate, brings it, `(worlds,)`."""
    if cause and cause not in scenario.causes:
        allowed = ", ".join(scenario.causes)
        raise ValueError(f"{name}: no loss given and cause {cause!r} unknown; allowed: {allowed}")
    causes = (cause,) if cause else scenario.causes
    picked = np.zeros(block.years, dtype=np.int64) if cause else _mix(scenario, values, block)
    out = np.empty(block.years)
    for k, candidate in enumerate(causes):
        here = picked == k
        level = at(values[f"incidents.{candidate}.severity_level"], np.flatnonzero(here))
        share = distribution(scenario, f"incidents.{candidate}.{name}").from_normal(z[here])
        out[here] = _scale_odds(np.clip(share, 0.0, 1.0), level)
    return out


def _mix(scenario: Scenario, values: Values, block: Block) -> Index:
    """Draw each world's cause in proportion to its rates there, index into the causes."""
    rates = [values[f"incidents.{cause}.rate_per_year"] for cause in scenario.causes]
    upto = np.cumsum([np.broadcast_to(rate, (block.years,)) for rate in rates], axis=0)
    if not upto[-1].all():
        raise ValueError("cause: every cause has rate 0; a cause or all three losses are needed")
    return np.asarray((block.uniform("replay.cause", block.years) * upto[-1] >= upto).sum(axis=0))


def _outages(
    scenario: Scenario, block: Block, start_h: float, hours: float, losses: Array
) -> Outages:
    """Return the incident once per world, each in a year of its own, with losses `(3, worlds)`."""
    n = block.years

    def incident_level(name: str) -> Array:
        entry = assumption(name)
        given = distribution(scenario, name).from_normal(block.normal(f"replay.{name}", n))
        return np.clip(given, entry.lower, entry.upper)

    return Outages(
        np.arange(n),
        np.zeros(n, dtype=np.int64),
        np.full(n, start_h),
        np.full(n, hours),
        *losses,
        incident_level("costs.response_per_incident"),
        incident_level("costs.response_per_hour"),
        incident_level("resilience.failover_time"),
        block.uniform("replay.failover", n),
    )


@dataclass(frozen=True)
class _Priced:
    """Everything that is drawn, on its way through the chain; `losses` is `(3, phases, worlds)`."""

    block: Block
    values: Values
    calendar: cal.Calendar
    outages: Outages
    bounds_h: Array
    losses: Array

    def replay(self, scenario: Scenario, incident: Incident) -> Replay:
        """Price the incident in every world (MODEL §4)."""
        values, world, outages = self.values, self.block.world_of_year, self.outages
        shaped = self._shaped()
        session, backlog = _fast_links(shaped, values, world, self.calendar)
        slow = _slow_links(shaped, backlog, values, world, world, self.calendar)
        fast = (session.playback, session.freshness, session.freshness_running, session.ad_serving)
        hours = Hours(*fast, *slow[:4])
        hours = hours.scaled(year_factor(world, hours.gross(), len(world)))
        terms = terms_at(values, world)
        lines = self._with_totals(ledger(hours, terms, response_usd(outages, shaped)))
        volumes = _volumes(values, world, session, backlog)
        course = Course(
            shaped, backlog, links_at(values, world), self.calendar, self.bounds_h, self._usual()
        )
        return Replay(
            scenario,
            incident,
            len(world),
            self.block.seed,
            lines,
            dict(zip(VOLUMES, volumes, strict=True)),
            self._usual()["revenue_usd"],
            course,
        )

    def _with_totals(self, lines: dict[str, Array]) -> dict[str, Array]:
        loss = np.sum([lines[name] for name in COMPONENTS], axis=0)
        credit = self._credit()
        totals = {"loss": loss, "sla_credit": -credit, "net_loss": loss - credit}
        # Adding 0 turns the −0 of a recapture of nothing into 0.
        return {name: line + 0.0 for name, line in ({**lines, **totals}).items()}

    def _usual(self) -> dict[str, Array]:
        """Return what an average hour brings, `(worlds,)` each."""
        values, n = self.values, self.block.years
        users, minutes_a_day = (
            values[f"platform.{name}"] for name in ("daily_users", "minutes_per_user_day")
        )
        revenue = values["platform.ad_revenue_per_year"]
        minutes = users * minutes_a_day / 24.0
        ads = ad_load_per_hour(revenue, users, minutes_a_day, values["platform.cpm"])
        usual = {
            "uploads": values["publishing.uploads_per_day"] / 24.0,
            "session_minutes": minutes,
            "impressions": minutes * ads / 60.0,
            "revenue_usd": revenue / cal.YEAR_H,
        }
        return {name: np.broadcast_to(value, (n,)) for name, value in usual.items()}

    def _shaped(self) -> Incidents:
        """Return the incident as the chain takes it, after failover and shield (MODEL §3)."""
        values, world = self.values, self.block.world_of_year
        slices = sliced(self.outages.start_h, self.bounds_h, self.losses)
        if len(slices.duration_h) == 1:
            first = (
                loss[0] for loss in (slices.publish_loss, slices.playback_loss, slices.ads_loss)
            )
            names = dict(zip(LOSSES, first, strict=True))
            shaped = fail_over(replace(self.outages, **names), values, world)
        else:
            shaped = _failed_over(slices, *self._failover())
        return shield(shaped, values, world)

    def _failover(self) -> tuple[Array, Array]:
        """Return κ and the hour from which it holds, `(worlds,)`; without failover 1 and the end."""
        values, world, outages = self.values, self.block.world_of_year, self.outages
        chance = at(values["resilience.failover_success"], world) * (
            1.0 - at(values["resilience.common_cause"], world)
        )
        in_time = outages.failover_time_h < outages.duration_h
        works = (outages.failover_chance < chance) & in_time
        kappa = np.where(works, at(values["resilience.residual_impairment"], world), 1.0)
        return kappa, np.where(works, outages.failover_time_h, outages.duration_h)

    def _credit(self) -> Array:
        """Return the SLA credit, USD `(worlds,)`, of the hours that count as down (MODEL §4.8)."""
        values, world = self.values, self.block.world_of_year
        kappa, until = self._failover()
        shown = 1.0 - at(values["resilience.playback_shield"], world)
        felt = np.maximum(self.losses[0], self.losses[1] * shown)
        needed = at(values["sla.counted_from"], world)
        begin, end = self.bounds_h[:-1, None], self.bounds_h[1:, None]
        down = np.concatenate(
            [
                np.where(felt >= needed, np.minimum(end, until) - begin, 0.0),
                np.where(
                    (kappa * felt >= needed) & (kappa > 0), end - np.maximum(begin, until), 0.0
                ),
            ]
        )
        start = np.concatenate([begin + 0.0 * until, np.maximum(begin, until)])
        years = np.broadcast_to(world, down.shape)
        return sla_credit(
            years.ravel(),
            self.outages.start_h[0] + start.ravel(),
            np.maximum(down, 0.0).ravel(),
            len(world),
            contract(values, self.block),
            self.calendar.clock,
        )


def sliced(start_h: Array, bounds_h: Array, losses: Array) -> Incidents:
    """Decompose phases into overlaid slices whose losses add up to those of every phase.

    `bounds_h` `(phases + 1,)`, `losses` `(3, phases, n)`. A slice is a run of phases with the
    height by which its lowest loss stands above its neighbours; slices empty everywhere are left
    out, except the one over the whole incident, which is second when there are others.
    """
    n = len(start_h)
    wall = np.concatenate([np.zeros((3, 1, n)), losses, np.zeros((3, 1, n))], axis=1)
    phases = losses.shape[1]
    found: list[tuple[float, float, Array]] = []
    for i in range(phases):
        for j in range(i, phases):
            beside = np.maximum(wall[:, i], wall[:, j + 2])
            height = np.maximum(losses[:, i : j + 1].min(axis=1) - beside, 0.0)
            if (i, j) == (0, phases - 1):
                found.insert(1, (bounds_h[i], bounds_h[j + 1], height))
            elif height.any():
                found.append((bounds_h[i], bounds_h[j + 1], height))
    heights = np.stack([height for _, _, height in found], axis=1)
    offset = np.stack([np.full(n, begin) for begin, _, _ in found])
    hours = np.stack([np.full(n, end - begin) for begin, end, _ in found])
    return Incidents(start_h, hours, *heights, None if len(found) == 1 else offset)


def _failed_over(slices: Incidents, kappa: Array, until: Array) -> Incidents:
    """Let (1 − κ) of every slice end at the failover, `until` hours after the incident's start.

    The rest runs on. What is empty then shrinks with the incident, so that it ends no later.
    """
    offset = slices.offset_h
    assert offset is not None
    if (kappa == 1.0).all():
        return slices
    hours, whole = slices.duration_h, slices.phase_ends.max(axis=0)
    shrink = until / whole
    begun, lasting = offset < until, kappa > 0
    first = begun & (kappa < 1.0)
    losses = (slices.publish_loss, slices.playback_loss, slices.ads_loss)
    late = [np.where(lasting, kappa * loss, 0.0) for loss in losses]
    early = [np.where(first, (1.0 - kappa) * loss, 0.0) for loss in losses]
    cut = np.minimum(slices.phase_ends, until) - offset
    early_hours = np.where(first, cut, hours * shrink)
    early_offset = np.where(first, offset, offset * shrink)
    late_hours = np.where(lasting, hours, hours * shrink)
    late_offset = np.where(lasting, offset, offset * shrink)
    return Incidents(
        slices.start_h,
        np.concatenate([late_hours, early_hours]),
        *(np.concatenate(parts) for parts in zip(late, early, strict=True)),
        np.concatenate([late_offset, early_offset]),
    )
