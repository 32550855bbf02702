"""Writing: whole sets, never over what is read nor over other people's files, whatever breaks."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from model import data
from model.present.files import placing
from model.present.files.manifest import listed_in
from model.present.files.packing import Bundle, prepare, save, save_file, save_scenario
from model.scenario.scenario import Scenario

ROOT = Path(__file__).parents[2]
SECOND = ("summary.csv", "chain.csv")


def bundle(word: str, extra: str = "") -> Bundle:
    """Return a small bundle whose tables say one word, so that mixtures are seen."""
    content = [f"{word}\r\n".encode()] * 500
    files = {name: lambda: content for name in (*SECOND, *([extra] if extra else []))}
    return Bundle((Scenario.default(),), "Test", {"word": word}, files)


def assert_whole(folder: Path) -> str:
    """See that every file of a folder is as its manifest says; return the word of the set."""
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    for file in said["files"]:
        raw = (folder / file["name"]).read_bytes()
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (file["bytes"], file["sha256"])
    return str(said["word"])


def drafts(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part")]


# --- other people's files -------------------------------------------------------------------------


def test_other_peoples_files_and_folders_stay(tmp_path: Path):
    out = tmp_path / "out"
    (out / "theirs" / "deep").mkdir(parents=True)
    (out / "notes.txt").write_text("mine")
    (out / "theirs" / "deep" / "plan.txt").write_text("too")
    (out / "link").symlink_to("/nowhere")
    save(bundle("old", "per_minute.csv"), out)
    save(bundle("new"), out)
    assert assert_whole(out) == "new"
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "theirs" / "deep" / "plan.txt").read_text() == "too"
    assert os.readlink(out / "link") == "/nowhere"
    assert not (out / "per_minute.csv").exists(), "of the earlier set, not of this one"
    assert drafts(tmp_path) == []


@pytest.mark.parametrize("name", ["summary.csv", "manifest.json", "scenario.csv"])
def test_a_file_of_ours_in_name_only_is_never_replaced(tmp_path: Path, name: str):
    (tmp_path / name).write_text("{}")
    with pytest.raises(FileExistsError, match=f"{name} there is not of an earlier run"):
        save(bundle("new"), tmp_path)
    assert (tmp_path / name).read_text() == "{}"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_links_are_not_followed(tmp_path: Path):
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    save(bundle("old"), tmp_path / "out")
    (tmp_path / "out" / "summary.csv").unlink()
    for place in ("out/summary.csv", "link.zip", "link.html"):
        (tmp_path / place).symlink_to(kept)
    save(bundle("new"), tmp_path / "out")
    save(bundle("new"), tmp_path / "link.zip")
    save_file(b"page", tmp_path / "link.html")
    assert kept.read_text() == "kept"
    assert assert_whole(tmp_path / "out") == "new"
    assert not any((tmp_path / place).is_symlink() for place in ("link.zip", "link.html"))


def test_a_manifest_names_no_file_outside_its_folder(tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    names = ["../kept.txt", str(tmp_path / "kept.txt"), "..", "", "a/b", 7, None, "fine.csv"]
    said = {"product": "Downstream", "files": [{"name": name} for name in names]}
    (out / "manifest.json").write_text(json.dumps(said))
    assert listed_in(out) == {"fine.csv", "manifest.json"}
    (out / "manifest.json").write_text("[" * 100_000)
    assert listed_in(out) == frozenset()


def test_what_others_write_while_the_set_changes_over_is_not_lost(tmp_path: Path, monkeypatch):
    out = tmp_path / "out"
    save(bundle("old"), out)
    (out / "edited.txt").write_text("before")
    exchange = placing._exchange

    def meanwhile(draft: Path, place: Path) -> None:
        (place / "late.txt").write_text("late")
        (place / "edited.new").write_text("after")
        (place / "edited.new").replace(place / "edited.txt")
        exchange(draft, place)

    monkeypatch.setattr(placing, "_exchange", meanwhile)
    save(bundle("new"), out)
    assert assert_whole(out) == "new"
    assert (out / "late.txt").read_text() == "late"
    assert (out / "edited.txt").read_text() == "after"


# --- what is read -----------------------------------------------------------------------------


def test_what_is_read_is_never_written_over(tmp_path: Path):
    file = tmp_path / "scenario.csv"
    file.write_text("mine")
    (tmp_path / "again").symlink_to(tmp_path)
    for place in (tmp_path, tmp_path / "again"):
        with pytest.raises(FileExistsError, match="the file that is read"):
            prepare(place, [str(file)])
    with pytest.raises(FileExistsError, match="the file that is read"):
        save_scenario(Scenario.default(), file, [str(file)])
    prepare(tmp_path / "out", [str(file), None])
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    "command",
    [
        ("run", "scenario.csv", "--years", "10", "--out", "."),
        ("replay", "scenario.csv", "--incident", "tiktok-2026-01-25", "--out", "."),
        ("compare", "plan.csv", "scenario_2.csv", "--years", "10", "--out", "."),
        ("drivers", "scenario.csv", "--years", "1000", "--out", "."),
        ("fit", "log.csv", "--apply", "log.csv"),
        ("fit", "log.csv", "--scenario", "plan.csv", "--apply", "plan.csv"),
        ("fit", "rows.csv", "--out", "."),
        ("backtest", "scenario.csv", "--out", "."),
        ("backtest", "--log", "backtest.csv", "--out", "."),
        ("replay", "scenario.csv", "--running-since", "2026-01-01T00:00", "--out", "."),
        ("report", "plan.csv", "--format", "html", "--years", "10", "--out", "plan.csv"),
    ],
)
def test_every_verb_refuses_to_write_over_its_input(tmp_path: Path, command, monkeypatch, capsys):
    from model.__main__ import main

    raw = Scenario.default().with_({"scenario.name": "Mine"}).changes_csv().encode()
    scenarios, logs = ("plan.csv", "scenario.csv", "scenario_2.csv"), (
        "backtest.csv", "log.csv", "rows.csv",
    )  # fmt: skip
    for name in scenarios:
        (tmp_path / name).write_bytes(raw)
    for name in logs:
        (tmp_path / name).write_text(data.path("incident_log.csv").read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(list(command)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "the file that is read" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((*scenarios, *logs))
    assert (tmp_path / "scenario.csv").read_bytes() == raw


def test_a_scenario_is_written_by_the_ending_of_its_name(tmp_path: Path):
    scenario = Scenario.default().with_({"scenario.name": "Mine"})
    for name in ("plan.csv", "plan.xlsx"):
        save_scenario(scenario, tmp_path / name)
        assert Scenario.read(tmp_path / name) == scenario
    assert (tmp_path / "plan.xlsx").read_bytes().startswith(b"PK")


# --- what breaks off ------------------------------------------------------------------------------


def all_or_nothing(place: Path, before: Callable[[], bytes], write: Callable[[], object]) -> None:
    was = before()
    with pytest.raises(OSError, match="No space"):
        write()
    assert before() == was
    assert drafts(place.parent) == []


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the disk be full in the middle of a set."""
    written = []

    def no_space(handle: int) -> None:
        written.append(handle)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    return iter(())


@pytest.mark.usefixtures("full")
def test_a_full_disk_leaves_the_old_set(tmp_path: Path, monkeypatch):
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        save(bundle("old"), out)

    def contents() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(out.iterdir()))

    all_or_nothing(out, contents, lambda: save(bundle("new", "per_minute.csv"), out))
    assert assert_whole(out) == "old"


def broken(word: str) -> Bundle:
    def pieces() -> Iterator[bytes]:
        yield b"half a table"
        raise OSError(errno.ENOSPC, "No space left on device")

    return Bundle((Scenario.default(),), "Test", {"word": word}, {"summary.csv": pieces})


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_an_error_while_writing_leaves_nothing_or_what_was_there(tmp_path: Path, name: str):
    place = tmp_path / name
    with pytest.raises(OSError, match="No space"):
        save(broken("new"), place)
    assert list(tmp_path.iterdir()) == []
    save(bundle("old"), place)
    seen = place / "summary.csv" if name == "out" else place
    all_or_nothing(place, seen.read_bytes, lambda: save(broken("new"), place))


def _with_room_for(size: int, task: Callable[[], object]) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        task()
    except OSError as error:
        sys.exit(error.errno)


@pytest.mark.fault("a disk without room for a file of --out")
def test_a_file_for_which_there_is_no_room_leaves_the_old_set(tmp_path: Path):
    out = tmp_path / "out"
    save(bundle("old"), out)
    large = {"summary.csv": lambda: [b"x" * 1_000_000]}
    task = partial(save, Bundle((Scenario.default(),), "Test", {"word": "new"}, large), out)
    run = multiprocessing.get_context("fork").Process(target=_with_room_for, args=(300_000, task))
    run.start()
    run.join()
    assert run.exitcode == errno.EFBIG
    assert assert_whole(out) == "old"
    assert drafts(tmp_path) == []


def _write_for_ever(out: Path, words: tuple[str, ...]) -> None:
    while True:
        for word in words:
            save(bundle(word), out)


@pytest.mark.fault("a process is killed at any moment while it writes a set of files")
@pytest.mark.parametrize("inside", [False, True], ids=["beside", "in the folder itself"])
def test_a_killed_run_leaves_a_whole_set(tmp_path: Path, inside: bool):
    """In the folder one stands in, files change over one by one: then a manifest may be missing."""
    out = tmp_path / "out"
    save(bundle("one"), out)
    (out / "notes.txt").write_text("mine")
    luck, whole = random.Random(5), 0
    for _ in range(12):
        task = partial(_write_for_ever, out, ("one", "two"))
        run = multiprocessing.get_context("fork").Process(
            target=partial(_from, out if inside else tmp_path, task)
        )
        run.start()
        time.sleep(0.05 + luck.random() * 0.1)
        assert run.pid is not None
        os.kill(run.pid, signal.SIGKILL)
        run.join()
        if not inside or (out / "manifest.json").exists():
            assert assert_whole(out) in ("one", "two")
            whole += 1
        else:
            for path in out.iterdir():
                if path.name not in ("notes.txt",) and path.is_file():
                    path.unlink()
            save(bundle("one"), out)
        assert (out / "notes.txt").read_text() == "mine"
    assert inside or whole == 12


def _from(folder: Path, task: Callable[[], None]) -> None:
    os.chdir(folder)
    task()


@pytest.mark.fault("a run on the command line is killed while it writes")
def test_a_run_killed_by_the_system_leaves_the_set_that_was_there(tmp_path: Path):
    command = [sys.executable, "-m", "model", "run", "--years", "300000", "--out"]
    out = tmp_path / "out"
    subprocess.run(
        [*command[:5], "100", "--out", str(out)], cwd=ROOT, check=True, capture_output=True
    )
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    run = subprocess.Popen([*command, str(out)], cwd=ROOT, stdout=subprocess.DEVNULL)
    while run.poll() is None and not drafts(tmp_path):
        time.sleep(0.02)
    time.sleep(0.2)
    run.kill()
    run.wait()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    for draft in tmp_path.glob(".out.*.part"):
        os.utime(draft, (0, 0))
    save(bundle("next"), tmp_path / "out")
    assert drafts(tmp_path) == [], "the next run clears away what a killed one left"


def test_two_runs_at_once_leave_the_set_of_one_of_them(tmp_path: Path, monkeypatch):
    out = tmp_path / "out"
    exchange = placing._exchange

    def slowly(draft: Path, place: Path) -> None:
        time.sleep(0.05)
        exchange(draft, place)

    monkeypatch.setattr(placing, "_exchange", slowly)
    context = multiprocessing.get_context("fork")
    for _ in range(4):
        runs = [
            context.Process(target=save, args=(bundle(word, f"{word}.csv"), out))
            for word in ("exceedance", "chain", "by_cause", "per_minute")
        ]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
            assert run.exitcode == 0
        word = assert_whole(out)
        names = {"scenario.csv", "summary.csv", "chain.csv", "dictionary.csv", "datapackage.json"}
        assert {path.name for path in out.iterdir()} == names | {"manifest.json", f"{word}.csv"}
    assert drafts(tmp_path) == []


def test_without_an_exchange_files_change_over_one_by_one(tmp_path: Path, monkeypatch):
    def impossible(draft: Path, place: Path) -> None:
        raise placing._Impossible

    monkeypatch.setattr(placing, "_exchange", impossible)
    out = tmp_path / "out"
    save(bundle("old", "per_minute.csv"), out)
    (out / "notes.txt").write_text("mine")
    save(bundle("new"), out)
    assert assert_whole(out) == "new"
    assert not (out / "per_minute.csv").exists()
    assert (out / "notes.txt").read_text() == "mine"
    assert drafts(tmp_path) == []
