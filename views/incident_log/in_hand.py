"""The log of this visit: its table, what was said about it by hand, and how far it was applied.

It lives in the session alone: nothing of it enters the link or what visitors share.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

import streamlit as st

from model.evidence.log.columns import zone_in
from model.evidence.log.guessing import Guess, guess
from model.evidence.log.opening import opened
from model.evidence.log.options import Correction
from model.formats.characters import replaced
from model.formats.dates import Moment, read_moment
from model.formats.progress import OnProgress, unheard
from model.formats.table import Table, is_empty, text_of
from model.scenario.scenario import Scenario
from views.session import long_work

_KEY, _APPLIED = "log.in_hand", "log.applied"
_LONGEST_NAME, _MOST_APPLIED, _SAMPLE = 120, 8, 50
_BYTES_A_WORD = 150


@dataclass(frozen=True)
class ByHand:
    """What a person said about single rows and words."""

    left_out: tuple[tuple[int, str], ...] = ()
    corrected: tuple[Correction, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    """Word and cause of rows that contain it."""


@dataclass(frozen=True, eq=False)
class InHand:
    """A log as it was dropped."""

    file: str
    digest: str
    table: Table
    guess: Guess
    by_hand: ByHand = field(default_factory=ByHand)

    @cached_property
    def says_no_zone(self) -> bool:
        """Whether most starts are clock times of a place that nobody named."""
        column = self.guess.columns.get("start", "")
        if not column or zone_in(column):
            return False
        cells = self.table.column(column)[:_SAMPLE]
        found = [cell for cell in cells if isinstance(cell, str) and not is_empty(cell)]
        local = sum(_is_local(cell) for cell in found)
        return local > len(found) / 2

    def words(self, column: str) -> Counter[str]:
        """Return how often each text stands in a column, counted once in a visit."""
        key, store = ("log.words", self.digest, column), long_work.own_store()
        found: Counter[str] | None = store.get(key)
        if found is None:
            cells = Counter(self.table.column(column))
            found = Counter()
            for cell, count in cells.items():
                found[text_of(cell).strip()] += count
            found.pop("", None)
            store.put(key, found, besides=_BYTES_A_WORD * len(found))
        return found

    def key(self, name: str) -> str:
        """Return the key of a field about this file: another file begins with fresh fields."""
        return f"log.{self.digest[:12]}.{name}"


def _is_local(cell: str) -> bool:
    alone = read_moment(cell)
    return not (isinstance(alone, Moment) and alone.utc is not None)


def read(raw: bytes, file: str, on_progress: OnProgress = unheard) -> InHand:
    """Return a log from a file; FormatError says what is wrong."""
    table = opened(raw, file, on_progress)
    file = replaced(file)[:_LONGEST_NAME]
    return InHand(file, hashlib.sha256(raw).hexdigest(), table, guess(table))


def current() -> InHand | None:
    """Return the log in hand, None before there is one."""
    found: InHand | None = st.session_state.get(_KEY)
    return found


def take(log: InHand) -> None:
    """Take a log in hand."""
    st.session_state[_KEY] = log


def put_away() -> None:
    """Forget the log."""
    st.session_state.pop(_KEY, None)


def say(by_hand: ByHand) -> None:
    """Change what was said by hand about the log in hand."""
    log = current()
    if log is not None:
        take(replace(log, by_hand=by_hand))


@dataclass(frozen=True)
class Applied:
    """What was applied: the scenario before and the values that took the place of its own."""

    before: Scenario
    after: Scenario
    names: tuple[str, ...]

    def still_in(self, scenario: Scenario) -> tuple[str, ...]:
        """Return the names whose values in a scenario are those that were applied."""
        now, learned = dict(scenario.changes), dict(self.after.changes)
        return tuple(n for n in self.names if n in learned and now.get(n) == learned[n])


def note_applied(one: Applied) -> None:
    """Note what was applied; it stays noted when it is undone, as Back may bring it back."""
    state = st.session_state
    state[_APPLIED] = (one, *state.get(_APPLIED, ()))[:_MOST_APPLIED]


def believed_before(scenario: Scenario) -> Scenario:
    """Return a scenario without what was learned in this visit: no log is counted twice.

    Only values that are still as they were applied go back to what they were before.
    """
    noted: tuple[Applied, ...] = st.session_state.get(_APPLIED, ())
    one = max(noted, key=lambda each: len(each.still_in(scenario)), default=None)
    back = one.still_in(scenario) if one else ()
    if one is None or not back:
        return scenario
    was, origins = dict(one.before.changes), dict(one.before.provenance)
    cleared = [name for name in back if name not in was]
    plain = scenario.without(*cleared) if cleared else scenario
    known = {name: was[name] for name in back if name in was}
    return plain.with_(known, {name: origins[name] for name in back if name in origins})
