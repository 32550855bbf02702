"""How a log is to be read: everything a person may settle, frozen and comparable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

FIELDS = (
    "start", "end", "updated", "status", "duration", "cause", "kind", "severity", "service",
    "title", "id", "publish_loss", "playback_loss", "ads_loss",
)  # fmt: skip
LOSSES = ("publish_loss", "playback_loss", "ads_loss")
DATE = "date"
"""The column of the day where start and end are clock times; found, or given like a field."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a person knows better than a row of the file; what is left out stays as written."""

    row: int
    """Its number in the file."""
    why: str
    start: datetime | None = None
    """With an offset, as the end."""
    end: datetime | None = None
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class LogOptions:
    """What is known about a log besides its file; what is left out is guessed or not done."""

    begin: datetime | None = None
    """Since when incidents were written down; with an offset."""
    end: datetime | None = None
    """The moment of the export, when what is open was still open; itself no longer covered."""
    time_zone: str = ""
    """Zone of times without offset; UTC if the columns say none."""
    columns: tuple[tuple[str, str], ...] = ()
    """Field and column, in place of the guess; an empty column: the log has no such field."""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Field and the values of which a row needs one; `>=2` and the like compare numbers."""
    assign: tuple[tuple[str, str], ...] = ()
    """Word and cause: of rows whose cause is the word, or whose text contains it."""
    cause: str = ""
    """One cause for all rows."""
    max_duration_h: float = 336.0
    """A row open for longer is asked about."""
    left_out: tuple[tuple[int, str], ...] = ()
    """Rows left out by hand: number in the file, and why."""
    corrected: tuple[Correction, ...] = ()
    """Rows corrected by hand; of several of one row the last holds."""
