"""The command that fits a log as a page does: what was said there as options of `fit`."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from model.evidence.fitting.fitted import FitOptions
from model.evidence.log.options import Correction, LogOptions
from model.present.files.packing import SCENARIO, command

_DAY = "%Y-%m-%d"


def fit_command(options: LogOptions, how: FitOptions) -> str:
    """Return the command; the file, and the scenario believed before, lie beside it."""
    zone = options.time_zone or "UTC"
    said: dict[str, object] = {"scenario": SCENARIO}
    if options.begin is not None and options.end is not None:
        said |= {"from": _moment(options.begin, zone), "to": _moment(options.end, zone)}
    said |= {"time-zone": options.time_zone} if options.time_zone else {}
    said["map"] = [f"{field}={column}" for field, column in options.columns]
    said["where"] = [f"{field}={','.join(values)}" for field, values in options.where]
    said["assign"] = [f"{word}={cause}" for word, cause in options.assign]
    said |= {"cause": options.cause} if options.cause else {}
    said["leave-out"] = [f"{row}={why}" for row, why in options.left_out]
    said["correct"] = [text for one in options.corrected for text in _correction(one, zone)]
    if how.selection is not None:
        first, end = (moment.astimezone(ZoneInfo(zone)) for moment in how.selection)
        said["selection"] = f"{first:{_DAY}}..{end - timedelta(days=1):{_DAY}}"
    said |= {"limit": f"{how.limit:g}"} if how.limit is not None else {}
    flags = ("--vague-prior",) if how.vague else ()
    return command("fit", said, *flags, scenarios=(), beside=(how.file,))


def _moment(when: datetime, zone: str) -> str:
    """Return a moment: as a bare date if it is a midnight of the zone."""
    there = when.astimezone(ZoneInfo(zone))
    bare = (there.hour, there.minute, there.second) == (0, 0, 0)
    return f"{there:{_DAY}}" if bare else when.isoformat()


def _correction(one: Correction, zone: str) -> list[str]:
    moments = (("start", one.start), ("end", one.end))
    found = [f"{one.row}.{name}={when.isoformat()}" for name, when in moments if when]
    found += [f"{one.row}.cause={one.cause}"] if one.cause else []
    return [*found, f"{one.row}.why={one.why}"]
