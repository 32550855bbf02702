"""Which incident is to be replayed, as the one text that a link carries.

>>> read("own~2026-03-03T08:24~20:90::30_4:50::~network_latency~Our day").phases
((20.0, 0.9, None, 0.3), (4.0, 0.5, None, None))
>>> written(read("drawn~3")), read("").id
('drawn~3', 'tiktok-2026-03-03')
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from model.assumptions.messages import quoted
from model.limits import MOST_PHASES
from model.replays.incident import Incident, drawn, instant, named, phased
from model.scenario.scenario import Scenario

FIRST = "tiktok-2026-03-03"
"""What is replayed before something is chosen."""
BETWEEN, _PHASES, _PARTS = "~", "_", ":"
_LONGEST = 2_000

Losses = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Known:
    """A published incident."""

    id: str = FIRST


@dataclass(frozen=True)
class Drawn:
    """An incident as the scenario produces them: the one of this number."""

    number: int = 0


@dataclass(frozen=True)
class Own:
    """An incident somebody typed, or one of a log; losses left out (None) are drawn."""

    start: str
    """ISO, without an offset on the clock of the platform."""
    phases: tuple[tuple[float, float | None, float | None, float | None], ...]
    cause: str = ""
    name: str = ""


@dataclass(frozen=True)
class Since:
    """An incident that is not over."""

    start: str
    losses: Losses = field(default=(None, None, None))
    cause: str = ""


Asked = Known | Drawn | Own | Since


def written(asked: Asked) -> str:
    """Return the text of an incident in a link; empty for the one that is replayed at first."""
    if isinstance(asked, Known):
        return "" if asked.id == FIRST else asked.id
    if isinstance(asked, Drawn):
        return BETWEEN.join(("drawn", str(asked.number)))
    if isinstance(asked, Since):
        losses = _PARTS.join(map(_percent, asked.losses))
        return BETWEEN.join(("running", asked.start, losses, asked.cause))
    phases = _PHASES.join(
        _PARTS.join((f"{hours:.6g}", *map(_percent, losses))) for hours, *losses in asked.phases
    )
    return BETWEEN.join(("own", asked.start, phases, asked.cause, asked.name))


def read(text: str) -> Asked:
    """Return what the text of a link asks for; ValueError says what is allowed."""
    kind, *parts = text.split(BETWEEN)
    try:
        if kind == "drawn" and len(parts) == 1 and 0 <= int(parts[0]) < 10**9:
            return Drawn(int(parts[0]))
        if kind == "running" and len(parts) == 3:
            return Since(parts[0], _losses(parts[1].split(_PARTS)), parts[2])
        if kind == "own" and len(parts) >= 4:
            return _own(parts)
    except ValueError:
        raise ValueError(_wrong(text)) from None
    if kind in named() and not parts:
        return Known(kind)
    if text:
        raise ValueError(_wrong(text))
    return Known()


def understood(text: str) -> tuple[str, list[str]]:
    """Return a link's text as it is written here, and a line for what cannot be replayed."""
    try:
        return written(read(text)), []
    except ValueError as error:
        return "", [f"replay: {error}"]


def _own(parts: list[str]) -> Own:
    start, phases, cause, *name = parts
    rows = [phase.split(_PARTS) for phase in phases.split(_PHASES)]
    if len(rows) > MOST_PHASES:
        raise ValueError(phases)
    made = tuple((float(hours), *_losses(losses)) for hours, *losses in rows)
    return Own(start, made, cause, BETWEEN.join(name))


def _losses(texts: list[str]) -> Losses:
    publish, playback, ads = (float(text) / 100.0 if text else None for text in texts)
    return publish, playback, ads


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100.0 * share:.6g}"


def _wrong(text: str) -> str:
    return f"value {quoted(text[:_LONGEST])}: an incident as the page Replay writes it is needed"


def incident(asked: Known | Drawn | Own, scenario: Scenario, seed: int) -> Incident:
    """Return the incident that is asked for; ValueError says what is allowed."""
    if isinstance(asked, Known):
        return named()[asked.id]
    if isinstance(asked, Drawn):
        return drawn(scenario, seed + asked.number)
    made = phased(asked.start, asked.phases, asked.cause or None, scenario)
    return _called(made, asked.name) if asked.name else made


def _called(made: Incident, name: str) -> Incident:
    return Incident(id=made.id, name=name, start=made.start, phases=made.phases, cause=made.cause)


def wall(start: str, scenario: Scenario) -> datetime:
    """Return a start on the clock of the platform, to the minute; ValueError if it is none."""
    there = instant(start, scenario.time_zone).astimezone(ZoneInfo(scenario.time_zone))
    return there.replace(tzinfo=None, second=0, microsecond=0)
