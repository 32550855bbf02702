"""Old names: what files, links and flags of earlier versions call things today.

>>> current("mitigations.warm_standby.on")
'remedies.warm_standby.on'
>>> current("platform.cpm")
'platform.cpm'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from model.assumptions import correlations
from model.assumptions.cause_defaults import CAUSES
from model.assumptions.names import Value, all_causes
from model.assumptions.remedies import ALL_CAUSES, Change
from model.beliefs.belief import Belief

_PREFIXES = {"mitigations.": "remedies."}
_OF_EVERY_CAUSE = {"resilience.common_cause": "common_cause"}
"""Old name to the field that every cause has in its place."""
FLAGS = {"--mitigation": "--remedy", "--threshold": "--tolerance"}
PARAMETERS = {"threshold": "tolerance"}
"""Settings in a link that are no assumptions."""


def current(name: str) -> str:
    """Return today's name of a row; a name that never changed is returned as it is."""
    for old, new in _PREFIXES.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name


def stand_in(name: str) -> str:
    """Return a name of today whose declaration an old name's value is read by.

    >>> stand_in("resilience.common_cause")
    'incidents.power_cooling_weather.common_cause'
    """
    field = _OF_EVERY_CAUSE.get(name)
    return f"incidents.{next(iter(CAUSES))}.{field}" if field else name


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


def _of_every_cause(name: str, value: Value, causes: tuple[str, ...]) -> dict[str, Value]:
    """Return the rows of today that one row stands for; itself if its name has not changed."""
    if name in _OF_EVERY_CAUSE:
        return dict.fromkeys(_each(name, causes), value)
    pair = correlations.pair_of(name, _ever_known) if name.startswith(correlations.PREFIX) else None
    old = next((part for part in pair or () if part in _OF_EVERY_CAUSE), None)
    if not pair or not old or pair[0] == pair[1]:
        return {name: value}
    (other,) = set(pair) - {old}
    names = _each(old, causes)
    one = Belief("normal", 1.0, 1.0)
    together = {correlations.row_name(a, b): one for a, b in combinations(names, 2)}
    return together | {correlations.row_name(each, other): value for each in names}


def _each(old: str, causes: tuple[str, ...]) -> list[str]:
    return [f"incidents.{cause}.{_OF_EVERY_CAUSE[old]}" for cause in causes]


def _ever_known(name: str) -> bool:
    return name in _OF_EVERY_CAUSE or correlations.is_declared(name)


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
