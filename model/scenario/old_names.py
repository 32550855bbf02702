"""Old names: what files, links and flags of earlier versions call things today.

>>> current("mitigations.warm_standby.on")
'remedies.warm_standby.on'
>>> current("correlation.platform.cpm.with.sla.monthly_fee")
'correlation.platform.cpm.with.platform.cloud_bill_per_year'
>>> current("platform.cpm")
'platform.cpm'
>>> today("sla.monthly_fee", Belief("lognormal", 1.0, 2.0))
Belief(shape='lognormal', low=12.0, high=24.0, mid=None)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from model.assumptions.cause_defaults import CAUSES
from model.assumptions.correlations import BETWEEN, PREFIX, is_declared, pair_of, row_name
from model.assumptions.names import Value, all_causes
from model.assumptions.remedies import ALL_CAUSES
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief

_PREFIXES = {"mitigations.": "remedies."}
_RENAMED = {"sla.monthly_fee": ("platform.cloud_bill_per_year", 12.0)}
"""Old name to today's, and how many of today's unit an old one is."""
_OF_EVERY_CAUSE = {"resilience.common_cause": "common_cause"}
"""Old name to the field that every cause has in its place."""
FLAGS = {"--mitigation": "--remedy", "--threshold": "--tolerance"}
PARAMETERS = {"threshold": "tolerance"}
"""Settings in a link that are no assumptions."""


def current(name: str) -> str:
    """Return today's name of a row; a name that never changed is returned as it is."""
    if name in _RENAMED:
        return _RENAMED[name][0]
    for old, new in _PREFIXES.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    if name.startswith(PREFIX):
        for old, (new, _) in _RENAMED.items():
            if name.startswith(f"{PREFIX}{old}{BETWEEN}"):
                return name.replace(old, new, 1)
            if name.endswith(f"{BETWEEN}{old}"):
                return name.removesuffix(old) + new
    return name


def stand_in(name: str) -> str:
    """Return a name of today whose declaration an old name's value is read by.

    >>> stand_in("resilience.common_cause")
    'incidents.power_cooling_weather.common_cause'
    """
    field = _OF_EVERY_CAUSE.get(name)
    return f"incidents.{next(iter(CAUSES))}.{field}" if field else name


Said = TypeVar("Said")


@dataclass(frozen=True)
class Spread:
    """Rows after what was one assumption has become one of every cause."""

    rows: dict[str, Value]
    given_as: dict[str, str]
    """The old name of each row that came from one."""
    doubled: tuple[str, ...]
    """Old names given beside a new one."""


def spread(rows: Mapping[str, Value], known: Iterable[str] = ()) -> Spread:
    """Return rows in which old names of what is every cause's now are every cause's.

    `known` are the names of other rows of the scenario. What went with the one share goes with
    each cause's, and these all go together: correlated with it is still one and the same share.
    """
    causes = all_causes([*rows, *known])
    found: dict[str, Value] = {}
    given_as: dict[str, str] = {}
    doubled: dict[str, None] = {}
    for name, value in rows.items():
        if isinstance(value, Change) and (field := _OF_EVERY_CAUSE.get(value.path)):
            value = replace(value, path=ALL_CAUSES + field)
        parts = _of_every_cause(name, value, causes)
        found |= parts
        if name not in parts:
            given_as |= dict.fromkeys(parts, name)
            doubled |= {name: None} if rows.keys() & parts.keys() else {}
    return Spread(found, given_as, tuple(doubled))


def said_of_each(said: Mapping[str, Said], given_as: Mapping[str, str]) -> dict[str, Said]:
    """Return what is said of rows, that of an old name said of each row that came from it."""
    old = set(given_as.values())
    own = {name: one for name, one in said.items() if name not in old}
    return own | {name: said[given] for name, given in given_as.items() if given in said}


def _of_every_cause(name: str, value: Value, causes: tuple[str, ...]) -> dict[str, Value]:
    """Return the rows of today that one row stands for; itself if its name has not changed."""
    if name in _OF_EVERY_CAUSE:
        return dict.fromkeys(_each(name, causes), value)
    pair = pair_of(name, _ever_known) if name.startswith(PREFIX) else None
    old = next((part for part in pair or () if part in _OF_EVERY_CAUSE), None)
    if not pair or not old or pair[0] == pair[1]:
        return {name: value}
    (other,) = set(pair) - {old}
    names = _each(old, causes)
    one = Belief("normal", 1.0, 1.0)
    together = {row_name(a, b): one for a, b in combinations(names, 2)}
    return together | {row_name(each, other): value for each in names}


def _each(old: str, causes: tuple[str, ...]) -> list[str]:
    return [f"incidents.{cause}.{_OF_EVERY_CAUSE[old]}" for cause in causes]


def _ever_known(name: str) -> bool:
    return name in _OF_EVERY_CAUSE or is_declared(name)


def today(name: str, value: Value) -> Value:
    """Return what the value of an old row means under today's name, in today's unit.

    A change of a remedy is renamed inside; a factor stays, a value is converted.
    """
    if isinstance(value, Change):
        new, times = _RENAMED.get(value.path, (value.path, 1.0))
        factor = 1.0 if value.kind == "scale" else times
        return replace(value, path=new, belief=_times(value.belief, factor))
    if isinstance(value, Belief) and name in _RENAMED:
        return _times(value, _RENAMED[name][1])
    return value


def _times(belief: Belief, factor: float) -> Belief:
    if factor == 1.0:
        return belief
    mid = None if belief.mid is None else belief.mid * factor
    return replace(belief, low=belief.low * factor, high=belief.high * factor, mid=mid)


def remarks(rows: Iterable[tuple[str, Value | None]]) -> tuple[str, ...]:
    """Return one line for each kind of old name among rows as they were given."""
    found: dict[str, None] = {}
    for name, value in rows:
        told = [f"{old}… is called {new}… today" for old, new in _PREFIXES.items()]
        lines = [line for line, old in zip(told, _PREFIXES, strict=True) if name.startswith(old)]
        path = value.path if isinstance(value, Change) else ""
        for old, (new, times) in _RENAMED.items():
            if old in (name, path) or (current(name) != name and old in name):
                lines.append(f"{old} is read as {new}, times {times:g}")
        for old, field in _OF_EVERY_CAUSE.items():
            if old in (name, path):
                lines.append(f"{old} is read as {field} of every cause")
            elif name.startswith(PREFIX) and old in name:
                lines.append(
                    f"what is correlated with {old} is read as correlated with {field} of every "
                    "cause, and these with each other by 1: one share, as it was"
                )
        found |= dict.fromkeys(lines)
    return tuple(found)


def current_flags(words: Sequence[str]) -> list[str]:
    """Return the words of a command line with today's flags; ValueError if old and new are mixed.

    >>> current_flags(["compare", "--mitigation", "drills", "--threshold=5"])
    ['compare', '--remedy', 'drills', '--tolerance=5']
    """
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    for old, new in FLAGS.items():
        if old in given and new in given:
            raise ValueError(f"{old} is the old name of {new}: give one of them")
    return [_current_flag(word) for word in words]


def _current_flag(word: str) -> str:
    flag, sign, value = word.partition("=")
    return FLAGS.get(flag, flag) + sign + value


def given_twice(names: Iterable[str]) -> list[str]:
    """Return the old names that stand beside the new names of the same things."""
    known = set(names)
    return sorted(
        name
        for name in known
        if (new := PARAMETERS.get(name, current(name))) != name and new in known
    )
