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

from collections.abc import Iterable, Sequence
from dataclasses import replace

from model.assumptions.correlations import BETWEEN, PREFIX
from model.assumptions.names import Value
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief

_PREFIXES = {"mitigations.": "remedies."}
_RENAMED = {"sla.monthly_fee": ("platform.cloud_bill_per_year", 12.0)}
"""Old name to today's, and how many of today's unit an old one is."""
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
