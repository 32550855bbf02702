"""Incidents to replay: named ones, one typed in, or one drawn from the scenario.

>>> january = named()["tiktok-2026-01-25"]
>>> january.hours, january.start_in("America/New_York").isoformat()
(178.0, '2026-01-25T03:00:00-05:00')
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from model import data
from model.assumptions.declaration import HOURS_MAX
from model.assumptions.messages import nearest, quoted
from model.beliefs.belief import Belief, BeliefError, fit
from model.formats.characters import named as named_signs
from model.formats.characters import unfit
from model.incidents.draw import sample
from model.incidents.types import SHORTEST_H
from model.limits import MOST_PHASES
from model.scenario.scenario import Scenario
from model.worlds.clock import called, start_instant
from model.worlds.draw import draw
from model.worlds.prepared import prepare
from model.worlds.streams import Block, stream

FIRST_YEAR, LAST_YEAR = 1971, 2100
LOSSES = ("publish_loss", "playback_loss", "ads_loss")
"""The losses of a phase, in the order of its fields."""

Said = tuple[float | Belief | None, float | Belief | None, float | Belief | None]
"""What is said of the three losses, in their order; None for what is left to the cause."""

_DRAWN_YEARS = 20_000
RUNNING = "running"
"""The id of an incident that is not over."""


@dataclass(frozen=True)
class Phase:
    """Hours with constant losses; a loss left out (None) is drawn from the incident's cause."""

    hours: float
    publish: Belief | None = None
    playback: Belief | None = None
    ads: Belief | None = None

    @property
    def losses(self) -> tuple[Belief | None, ...]:
        """The three losses in the order of `LOSSES`."""
        return self.publish, self.playback, self.ads


@dataclass(frozen=True)
class Incident:
    """One incident: an instant and phases that follow each other; ValueError if impossible.

    `cause` matters only for losses left out; empty means the mix of the scenario's causes.
    """

    id: str
    name: str
    start: datetime
    phases: tuple[Phase, ...]
    cause: str = ""
    grade: str = ""
    source: str = ""
    source_url: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Check what cannot be replayed."""
        if self.start.utcoffset() is None:
            raise ValueError(f"start: {self.start} given; an instant with an offset is allowed")
        if not 1 <= len(self.phases) <= MOST_PHASES:
            raise ValueError(f"phases: {len(self.phases)} given; 1 to {MOST_PHASES} are allowed")
        for text in (self.id, self.name, self.grade, self.source, self.source_url, self.note):
            if wrong := unfit(text):
                raise ValueError(f"{quoted(text)}: {named_signs(wrong)} is no character of a text")
        for phase in self.phases:
            _check_hours(phase.hours)
            for name, belief in zip(LOSSES, phase.losses, strict=True):
                _check_loss(name, belief)
        _check_hours(self.hours)

    @property
    def hours(self) -> float:
        """Hours from the start of the first phase to the end of the last."""
        return math.fsum(phase.hours for phase in self.phases)

    def start_in(self, time_zone: str) -> datetime:
        """Return the start on the wall clock of a zone."""
        return self.start.astimezone(ZoneInfo(time_zone))


def _check_hours(hours: float) -> None:
    number = isinstance(hours, int | float) and not isinstance(hours, bool)
    if not number or not SHORTEST_H <= hours <= HOURS_MAX:
        raise ValueError(f"hours: {hours!r} given; {SHORTEST_H} to {HOURS_MAX:.0f} is allowed")


def _check_loss(name: str, belief: Belief | None) -> None:
    if belief is None:
        return
    try:
        fit(belief, 0.0, 1.0)
    except BeliefError as error:
        raise ValueError(f"{name}: {error}") from None


def named() -> dict[str, Incident]:
    """Return the incidents of `data/incidents.csv` by id, in the order of the file."""
    return {incident.id: incident for incident in _named()}


@lru_cache(maxsize=1)
def _named() -> tuple[Incident, ...]:
    with data.path("incidents.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    by_id: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_id.setdefault(row["id"], []).append(row)
    return tuple(_from_rows(phases) for phases in by_id.values())


def _from_rows(rows: list[dict[str, str]]) -> Incident:
    head = rows[0]
    return Incident(
        id=head["id"],
        name=head["name"],
        start=datetime.fromisoformat(head["start_utc"]).astimezone(UTC),
        phases=tuple(
            Phase(
                float(row["hours"]),
                *(_belief(row, name) for name in ("publish", "playback", "ads")),
            )
            for row in sorted(rows, key=lambda row: int(row["phase"]))
        ),
        cause=head["cause"],
        grade=head["grade"],
        source=head["source_title"],
        source_url=head["source_url"],
        note=head["note"],
    )


def _belief(row: dict[str, str], name: str) -> Belief:
    return Belief("logitnormal", float(row[f"{name}_low"]), float(row[f"{name}_high"]))


def typed(
    start_iso: str,
    hours: float,
    publish_loss: float | Belief | None = None,
    playback_loss: float | Belief | None = None,
    ads_loss: float | Belief | None = None,
    cause: str | None = None,
    scenario: Scenario | None = None,
) -> Incident:
    """Return an incident of one phase as somebody typed it; ValueError says what is allowed.

    `start_iso` without an offset is wall time of the scenario's zone (of an hour that comes twice,
    the first).
    Losses are shares; those left out are drawn from `cause`, a cause of the scenario, or from the
    mix of its causes weighted by rate.
    """
    phase = (hours, publish_loss, playback_loss, ads_loss)
    return phased(start_iso, [phase], cause, scenario)


def phased(
    start_iso: str,
    phases: Sequence[tuple[float, *Said]],
    cause: str | None = None,
    scenario: Scenario | None = None,
) -> Incident:
    """Return an incident of several phases as somebody typed it: hours and losses as in `typed`."""
    scenario = scenario or Scenario.default()
    start, known = instant(start_iso, scenario.time_zone), scenario.causes
    if cause and cause not in known:
        allowed = f"{', '.join(known)} are allowed{nearest(cause, known)}"
        raise ValueError(f"cause: {quoted(cause)} given; {allowed}")
    made = tuple(
        Phase(hours, *(_as_belief(name, one) for name, one in zip(LOSSES, losses, strict=True)))
        for hours, *losses in phases
    )
    name = f"Incident of {_shown(start, scenario.time_zone)}"
    return Incident(id="typed", name=name, start=start, phases=made, cause=cause or "")


def begun(
    since: datetime,
    now: datetime,
    losses: Said,
    cause: str | None,
    scenario: Scenario,
) -> Incident:
    """Return what is known of an incident that is not over; ValueError says what is allowed."""
    hours = (now - since).total_seconds() / 3600.0
    if not SHORTEST_H <= hours <= HOURS_MAX:
        raise ValueError(
            f"now: {now.isoformat()} given; {SHORTEST_H} to {HOURS_MAX:.0f} h after "
            f"{since.isoformat()} is allowed"
        )
    known = typed(since.isoformat(), hours, *losses, cause, scenario)
    name = f"Running since {_shown(since, scenario.time_zone)}"
    return replace(known, id=RUNNING, name=name)


def _as_belief(name: str, loss: float | Belief | None) -> Belief | None:
    if loss is None or isinstance(loss, Belief):
        return loss
    number = isinstance(loss, int | float) and not isinstance(loss, bool)
    if not number or not 0.0 <= loss <= 1.0:
        raise ValueError(f"{name}: {loss!r} given; a share from 0 to 1 is allowed")
    return Belief("logitnormal", float(loss), float(loss))


def instant(text: str, time_zone: str, name: str = "start") -> datetime:
    """Return the instant, in UTC, of an ISO date and time; without offset wall time of the zone.

    `name` is what the ValueError calls it.
    """
    zone = ZoneInfo(time_zone)
    allowed = (
        f"a date and time from {FIRST_YEAR} to {LAST_YEAR} is allowed, like 2026-03-03T08:24 "
        f"({called(time_zone)}) or 2026-03-03T13:24Z"
    )
    problem = f"{name}: {quoted(str(text))} given; {allowed}"
    try:
        when = datetime.fromisoformat(text.strip())
    except (ValueError, AttributeError):
        raise ValueError(problem) from None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(problem)
    if when.tzinfo is not None:
        return when.astimezone(UTC)
    there = when.replace(tzinfo=zone).astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != when:
        raise ValueError(
            f"{name}: {quoted(text)} given; the clock skips this hour when daylight saving begins "
            f"({called(time_zone)}); an hour that exists, or a time with an offset, is allowed"
        )
    return there


def drawn(scenario: Scenario, seed: int = 0) -> Incident:
    """Return an incident as the scenario produces them: its start, cause and duration are drawn.

    Its losses stay beliefs of the cause. ValueError if incidents are too rare to find one.
    """
    years = np.arange(_DRAWN_YEARS)
    ready = prepare(scenario)
    values, _ = draw(ready, seed=seed, block=(0, 0), worlds=len(years))
    incidents = sample(ready, values, Block(seed, (0, 1), len(years), years)).incidents
    if not len(incidents.year):
        raise ValueError(
            f"no incident in {len(years):,} simulated years; a higher rate_per_year is needed"
        )
    pick = int(stream(seed, (0, 0), "replay.drawn").integers(len(incidents.year)))
    cause = scenario.causes[int(incidents.cause[pick])]
    zone = scenario.time_zone
    midnight = start_instant(scenario.word("simulation.start_date"), zone)
    start = midnight + timedelta(hours=float(incidents.start_h[pick]))
    name = f"Drawn: {scenario.cause_label(cause)}, {_shown(start, zone)}"
    phase = Phase(float(incidents.duration_h[pick]))
    return Incident(id=f"drawn-{seed}", name=name, start=start, phases=(phase,), cause=cause)


def _shown(start: datetime, time_zone: str) -> str:
    local = start.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M} {called(time_zone)}"
