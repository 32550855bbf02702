"""Memory: refused before it runs out, as the system and a container say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model.beliefs.belief import Belief
from model.chain.per_year import COLUMNS
from model.runs import memory
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

GB = 1_000_000_000


def system(root: Path, available: int, group: tuple[str, int, int] | None = None) -> Path:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {available // 1024} kB\n")
    if group:
        folder = root / "sys/fs/cgroup"
        folder.mkdir(parents=True)
        limit, used, files = group
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{used}\n")
        (folder / "memory.stat").write_text(f"anon 1\ninactive_file {files}\n")
    return root


@pytest.mark.parametrize(
    ("group", "free"),
    [
        (None, 4 * GB),
        (("max", GB, 0), 4 * GB),
        ((str(2 * GB), GB, 0), GB),
        ((str(2 * GB), GB, GB // 2), 3 * GB // 2),
        ((str(GB), 2 * GB, 0), 0),
    ],
)
def test_what_is_free_is_what_system_and_container_leave(
    tmp_path: Path, group: tuple[str, int, int] | None, free: int
) -> None:
    assert memory.free_bytes(system(tmp_path, 4 * GB, group)) == pytest.approx(free, abs=1024)


def test_an_unknown_system_says_nothing(tmp_path: Path) -> None:
    assert memory.free_bytes(tmp_path) is None


def test_a_run_without_room_is_refused_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks: list[int] = []
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000_000)
    with pytest.raises(ValueError, match=r"years: 90,000 given; .* GB are free: at most 2,\d{3} "):
        simulate(Scenario.default(), years=90_000, on_block=lambda done, total: blocks.append(done))
    assert not blocks
    assert simulate(Scenario.default(), years=2_500).years == 2_500


def test_the_memory_of_this_process_is_what_the_system_says(tmp_path: Path) -> None:
    assert memory.resident_bytes(tmp_path) is None
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/statm").write_text("9000 5000 700 1 0 3000 0\n")
    assert memory.resident_bytes(tmp_path) == 5000 * os.sysconf("SC_PAGE_SIZE")


def test_room_for_the_minutes_of_many_causes_is_asked_for_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fourteen bytes for each cause in each year in which it strikes, as a run then holds them."""
    often = Belief("lognormal", 20.0, 20.0)
    rates = {f"incidents.{cause}.rate_per_year": often for cause in Scenario.default().causes}
    busy = Scenario.default().with_(rates)
    kept = simulate(busy, years=500).tally.minutes
    struck = sum(len(one.cause) for one in kept)
    assert struck == 500 * len(busy.causes)
    assert sum(one.cause.nbytes + one.minutes.nbytes for one in kept) == 14 * struck
    of_year = 8 * len(COLUMNS) + 14 * len(busy.causes)
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000_000)
    with pytest.raises(ValueError, match=f"at most {int(900_000 / of_year):,} "):
        simulate(busy, years=90_000)
