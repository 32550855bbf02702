"""Own profiles: weights by hour of week or by month that a scenario carries itself.

Within the program such a profile is one word, `own:` and its weights with mean one, so that it is
compared, stored and linked like any other word; in a file it is a row for each weight, `.000` the
hour from Monday 00:00, `.01` January.

>>> word = written(np.array([2.0, 1.0, 0.0]))
>>> word, weights(word).tolist()
('own:2 1 0', [2.0, 1.0, 0.0])
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping

import numpy as np

from model.arrays import Array

ROWS = {"profiles.demand": 168, "profiles.uploads": 168, "profiles.price": 12}
"""How many weights each profile has."""
OWN = "own:"
_ROW = re.compile(r"(profiles\.(?:demand|uploads|price))\.(\d{2,3})")
_DIGITS = 5


def is_own(word: str) -> bool:
    """Tell whether a word is a profile that the scenario carries."""
    return word.startswith(OWN)


def written(values: Array) -> str:
    """Return weights as a word, scaled to mean one and rounded; weights of mean one stay."""
    mean = float(values.mean())
    scaled = values if abs(mean - 1.0) < 10.0**-_DIGITS else values / mean
    return OWN + " ".join(f"{value:.{_DIGITS + 1}g}" for value in scaled.tolist())


def weights(word: str) -> Array:
    """Return the weights of an own profile, `(n,)`; ValueError if it is none."""
    return np.array([float(part) for part in word.removeprefix(OWN).split()])


def problem(name: str, word: str) -> str | None:
    """Say what is wrong with an own profile, None if nothing is."""
    count = ROWS[name]
    allowed = f"{count} weights of 0 or more, not all 0, are needed"
    try:
        found = weights(word)
    except ValueError:
        return f"a weight that is no number: {allowed}"
    if len(found) != count:
        return f"{len(found)} weights: {allowed}"
    fine = np.isfinite(found).all() and found.min() >= 0.0 < found.max()
    return None if fine else f"a weight that is negative or endless, or all 0: {allowed}"


def is_row(name: str) -> bool:
    """Tell whether a row of a file holds one weight of a profile."""
    found = _ROW.fullmatch(name)
    return bool(found) and name in _row_names(found[1]) if found else False


def _row_names(profile: str) -> list[str]:
    if ROWS[profile] == 12:
        return [f"{profile}.{month:02d}" for month in range(1, 13)]
    return [f"{profile}.{hour:03d}" for hour in range(ROWS[profile])]


def rows(profile: str, word: str) -> Iterator[tuple[str, float]]:
    """Yield the rows of an own profile: name and weight."""
    yield from zip(_row_names(profile), weights(word).tolist(), strict=True)


def label(row: str) -> str:
    """Return what a row of a profile is called.

    >>> label("profiles.demand.025"), label("profiles.price.02")
    ('Weight of Tuesday, 01:00', 'Weight of February')
    """
    _, _, number = row.rpartition(".")
    if len(number) == 2:
        return f"Weight of {calendar.month_name[int(number)]}"
    day, hour = divmod(int(number), 24)
    return f"Weight of {calendar.day_name[day]}, {hour:02d}:00"


def gathered(given: Mapping[str, float]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words that rows of weights make, and by profile what is missing."""
    words: dict[str, str] = {}
    missing: dict[str, str] = {}
    for profile in dict.fromkeys(name.rpartition(".")[0] for name in given):
        names = _row_names(profile)
        absent = [name for name in names if name not in given]
        if absent:
            more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
            missing[profile] = f"{absent[0]}{more} missing: all {len(names)} weights are needed"
            continue
        values = np.array([given[name] for name in names])
        fine = np.isfinite(values).all() and values.min() >= 0.0 < values.max()
        words[profile] = written(values) if fine else OWN + " ".join(map(repr, values.tolist()))
    return words, missing
