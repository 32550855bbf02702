"""Waiting: what the server lets go of between two pieces of work."""

from __future__ import annotations

import pytest

from model.limits import PLENTY_BYTES
from model.runs import memory
from views.waiting import turns


@pytest.mark.parametrize(
    ("quiet_s", "resident", "given"),
    [
        (0.0, PLENTY_BYTES, 0),
        (turns.QUIET_S, PLENTY_BYTES, 0),
        (turns.QUIET_S + 1, 1, 1),
        (0.0, PLENTY_BYTES + 1, 1),
    ],
)
def test_freed_memory_stays_for_the_next_move_while_somebody_is_there_and_it_is_little(
    monkeypatch: pytest.MonkeyPatch, quiet_s: float, resident: int, given: int
) -> None:
    times = []
    monkeypatch.setattr(memory, "resident_bytes", lambda: resident)
    monkeypatch.setattr(memory, "give_back", lambda: times.append(1))
    turns._tidy(quiet_s)
    assert len(times) == given
