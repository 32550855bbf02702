"""Old names: what files, links and flags of earlier versions call things today.

>>> current("mitigations.warm_standby.on")
'remedies.warm_standby.on'
>>> current("platform.cpm")
'platform.cpm'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_PREFIXES = {"mitigations.": "remedies."}
FLAGS = {"--mitigation": "--remedy", "--threshold": "--tolerance"}
PARAMETERS = {"threshold": "tolerance"}
"""Settings in a link that are no assumptions."""


def current(name: str) -> str:
    """Return today's name of a row; a name that never changed is returned as it is."""
    for old, new in _PREFIXES.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name


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
