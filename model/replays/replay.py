"""Replay: one incident, hour by hour and as a bill, in many worlds (MODEL §3–§5).

>>> from model.scenario.scenario import Scenario
>>> march = replay(Scenario.default(), named()["tiktok-2026-03-03"], worlds=200)
>>> bill = march.bill()
>>> bill.component[0], bill.component[-1], bool(bill.expected_usd[0] > 0)
('playback', 'net_loss', True)

There are no repeats and no earlier incident, and the duration is not capped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.arrays import Array, at
from model.assumptions.ad_load import ad_load_per_hour
from model.assumptions.currency import named_in
from model.chain.ads import lost_volumes, volumes
from model.chain.ledger import COMPONENTS, Hours, Recapture, ledger, response_usd
from model.chain.per_year import contract, terms_at
from model.chain.sessions import fast_links, links_at
from model.chain.sla import sla_credit
from model.chain.slow_links import slow_links
from model.limits import MOST_REPLAY_WORLDS
from model.replays import curves as curves_
from model.replays.course import Course
from model.replays.curves import Curves, session_share_lost
from model.replays.incident import Incident, Phase, drawn, named, typed
from model.replays.stage import Stage, stage
from model.runs.standard_errors import Estimate, mean
from model.scenario.scenario import Scenario
from model.worlds.clock import YEAR_H
from model.worlds.finite import demand_finite
from model.worlds.prepared import prepare

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bill", "Incident", "Phase", "Replay", "drawn", "named", "replay", "typed"]

LINES = (*COMPONENTS, "loss", "sla_credit", "net_loss")
"""Rows of the bill; those before `loss` add up to it."""


@dataclass(frozen=True, kw_only=True)
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
    """What was lost, by the names of `model.chain.per_year.VOLUMES`."""
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
        return Bill(
            component=LINES,
            expected_revenue_hours=expected / per_h,
            expected_usd=expected,
            low_usd=low,
            high_usd=high,
            standard_error_usd=errors,
            revenue_usd_per_h=per_h,
        )

    def curves(self, until_h: float | None = None) -> Curves:
        """Return the chain hour by hour, until all is settled or to `until_h` after the start."""
        return curves_.curves(self.course, until_h)

    def lost(self, volume: str) -> Estimate:
        """Return the expected loss of one of `VOLUMES`; KeyError for another name."""
        return mean(self.volumes[volume], worlds=self.worlds)

    def session_share_lost(self) -> Array:
        """Return the share of session time lost while the incident ran, `(worlds,)`."""
        return session_share_lost(self.course, 0.0, self.incident.hours)

    def frames(self) -> Frames:
        """Return the curves and the bill as DataFrames with the columns of their files."""
        import pandas as pd

        code = self.scenario.currency
        tables = (self.curves().columns(), self.bill().columns())
        return Frames(
            *(pd.DataFrame({named_in(k, code): v for k, v in one.items()}) for one in tables)
        )


def replay(scenario: Scenario, incident: Incident, *, worlds: int = 2000, seed: int = 0) -> Replay:
    """Carry one incident through the chain in `worlds` worlds; ValueError says what is allowed.

    The calendar follows the incident's own dates, whatever year the scenario simulates.
    """
    return carried(staged(scenario, incident, worlds=worlds, seed=seed), scenario, incident)


def staged(scenario: Scenario, incident: Incident, *, worlds: int, seed: int) -> Stage:
    """Draw what a replay needs, not yet carried through the chain; ValueError as in `replay`."""
    check_size(worlds, seed)
    return stage(prepare(scenario), incident, worlds=worlds, seed=seed)


def carried(staged: Stage, scenario: Scenario, incident: Incident) -> Replay:
    """Carry a staged incident through the chain."""
    values, world, calendar = staged.values, staged.world, staged.calendar
    shaped = staged.shaped()
    session, backlog = fast_links(shaped, values, world, calendar)
    slow = slow_links(shaped, backlog, values, world, world, calendar)
    hours = Hours.of(session, slow, Recapture.at(values, world))
    hours = hours.within(hours.gross().year_factor())
    lines = ledger(hours, terms_at(values, world), response_usd(staged.incidents, shaped))
    demand_finite(np.stack(list(lines.values())), values, world, scenario.currency)
    usual = _usual(staged)
    course = Course(
        incidents=shaped,
        backlog=backlog,
        links=links_at(values, world),
        calendar=calendar,
        bounds_h=_usual_bounds_h(staged),
        per_hour=usual,
    )
    return Replay(
        scenario=scenario,
        incident=incident,
        worlds=staged.block.years,
        seed=staged.block.seed,
        lines=_with_totals(lines, _credit(staged)),
        volumes=volumes(values, world, lost_volumes(session, backlog)),
        revenue_usd_per_h=usual["revenue_usd"],
        course=course,
    )


def _usual_bounds_h(staged: Stage) -> Array:
    """Return when phases begin and end in the middle world, hours since the start, `(k,)`."""
    return np.unique(np.median(staged.bounds_h, axis=1))


def check_size(worlds: int, seed: int) -> None:
    """See that worlds and seed are what a replay can have; ValueError if not."""
    _check_number("worlds", worlds, 1, MOST_REPLAY_WORLDS)
    _check_number("seed", seed, 0, None)


def _check_number(name: str, value: int, least: int, most: int | None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        up = "up" if most is None else f"to {most:,}"
        raise ValueError(f"{name}: {value!r} given; a whole number from {least} {up} is allowed")


def _with_totals(lines: dict[str, Array], credit: Array) -> dict[str, Array]:
    """Return the rows of `LINES`; adding 0 turns the −0 of a recapture of nothing into 0."""
    loss = np.sum([lines[name] for name in COMPONENTS], axis=0)
    totals = {"loss": loss, "sla_credit": -credit, "net_loss": loss - credit}
    return {name: line + 0.0 for name, line in {**lines, **totals}.items()}


def _usual(staged: Stage) -> dict[str, Array]:
    """Return what an average hour brings without the incident, `(worlds,)` each."""
    values = staged.values
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
        "revenue_usd": revenue / YEAR_H,
        "commerce_usd": values["revenue.commerce_per_year"] / YEAR_H,
    }
    return {name: np.broadcast_to(value, staged.world.shape) for name, value in usual.items()}


def _credit(staged: Stage) -> Array:
    """Return the SLA credit, USD `(worlds,)`, of the hours that count as down (MODEL §4.8)."""
    values, world = staged.values, staged.world
    kappa, until = staged.failover()
    shown = 1.0 - at(values["resilience.playback_shield"], world)
    felt = np.maximum(staged.losses[0], staged.losses[1] * shown)
    needed = at(values["sla.counted_from"], world)
    begin, end = staged.bounds_h[:-1], staged.bounds_h[1:]
    after = np.maximum(begin, until)
    before_h = np.where(felt >= needed, np.minimum(end, until) - begin, 0.0)
    after_h = np.where((kappa * felt >= needed) & (kappa > 0), end - after, 0.0)
    down_h = np.maximum(np.concatenate([before_h, after_h]), 0.0)
    since_h = np.concatenate([begin, after])
    return sla_credit(
        np.broadcast_to(world, down_h.shape).ravel(),
        staged.incidents.start_h[0] + since_h.ravel(),
        down_h.ravel(),
        len(world),
        contract(values, staged.block),
        staged.calendar.clock,
    )
