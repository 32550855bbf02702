"""What reading can answer besides a value: a question, a refusal, a word, or faults of a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 60


class FormatError(ValueError):
    """What is wrong with a file: `problems` has one line for each fault."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        """Keep every problem; the exception's text is all of them, one a line."""
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[FormatError], tuple[tuple[str, ...]]]:
        """Pickle with the problems, so that the error crosses process borders."""
        return type(self), (self.problems,)


@dataclass(frozen=True)
class Question:
    """A cell that can mean several things: what to write, and the readings to choose from."""

    text: str
    choices: tuple[object, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A cell that means nothing of the kind asked for, and what is allowed."""

    text: str


@dataclass(frozen=True)
class Unknown:
    """A cell in which a person says that there is no value: still `open`, `unknown` or `empty`."""

    kind: str
    text: str


_OPEN_WORDS = (
    "ongoing open active running current now present unresolved investigating identified"
    " monitoring offen laufend"
)
_UNKNOWN_WORDS = (
    "? ?? ??? - -- – — . … ... n/a na #n/a nil none null nan nat unknown unclear tbd tbc missing"
    " unbekannt"
)
_OPEN = frozenset(_OPEN_WORDS.split()) | {
    "still open",
    "still ongoing",
    "in progress",
    "not resolved",
    "to date",
    "en cours", "noch offen", "läuft noch", "andauernd", "en curso", "abierto", "ouvert",
    "em andamento", "em curso", "aberto", "in corso", "aperto", "nog open", "lopend",
    "継続中", "対応中", "調査中", "未解決", "进行中", "進行中", "处理中", "處理中", "未解决",
    "진행 중", "진행중", "в работе", "не решено", "w toku", "w trakcie", "otwarte",
}  # fmt: skip
_UNKNOWN = frozenset(_UNKNOWN_WORDS.split()) | {"not known", "not recorded", "no data"}


def word_in(text: str) -> Unknown | None:
    """Return what a cell without a value says, None when it says something else.

    >>> word_in("Ongoing"), word_in("2 h")
    (Unknown(kind='open', text='Ongoing'), None)
    """
    said = " ".join(text.split()).casefold()
    if not said:
        return Unknown("empty", "")
    if said.strip("()[]*") in _OPEN:
        return Unknown("open", text.strip())
    return Unknown("unknown", text.strip()) if said in _UNKNOWN else None


def quoted(text: str) -> str:
    """Return text from outside in quotes, printable and not longer than a line bears."""
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return repr(shown)


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as people enumerate them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *before, end = list(words) or [""]
    return f"{', '.join(before)} {last} {end}" if before else end
