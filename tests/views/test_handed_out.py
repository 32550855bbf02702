"""Files made for a click stay until they are fetched, within a number of bytes."""

from __future__ import annotations

import logging
from collections import OrderedDict
from types import SimpleNamespace

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from model.limits import MEGABYTE, MOST_HANDED_OUT_BYTES
from views.session.desk import NotReady
from views.shell import handed_out

MIME = "application/octet-stream"


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> MemoryMediaFileStorage:
    storage = MemoryMediaFileStorage("/media")
    files = MediaFileManager(storage)
    there = SimpleNamespace(
        exists=lambda: True, instance=lambda: SimpleNamespace(media_file_mgr=files)
    )
    monkeypatch.setattr(handed_out, "Runtime", there)
    monkeypatch.setattr(handed_out, "_sizes", [])
    return storage


def after_others(storage: MemoryMediaFileStorage) -> int:
    """Return the bytes that are there when runs of others have ended."""
    files = handed_out.Runtime.instance().media_file_mgr
    for _ in range(3):
        files.remove_orphaned_files()
    return sum(len(one.content) for one in storage._files_by_id.values())


def test_a_file_outlives_the_runs_of_others(stored: MemoryMediaFileStorage) -> None:
    handed_out.keep(b"a", MIME, "a.bin")
    assert after_others(stored) == 1
    name = storage_name(stored)
    assert stored.get_file(name).content == b"a"
    handed_out._let_go(handed_out.Runtime.instance().media_file_mgr)
    assert after_others(stored) == 0
    with pytest.raises(MediaFileStorageError):
        stored.get_file(name)


def storage_name(storage: MemoryMediaFileStorage) -> str:
    (only,) = storage._files_by_id
    return f"{only}.bin"


def test_many_files_stay_within_their_bytes(stored: MemoryMediaFileStorage) -> None:
    size = 3 * MEGABYTE
    for number in range(20):
        handed_out.keep(bytes([number]) * size, MIME, "a.bin")
        assert size <= after_others(stored) <= MOST_HANDED_OUT_BYTES


def test_a_button_outlives_the_runs_after_the_one_that_drew_it(
    stored: MemoryMediaFileStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser shows it until it has drawn the next one, and others' runs end meanwhile."""
    monkeypatch.setattr(handed_out, "_buttons", OrderedDict())
    monkeypatch.setattr(handed_out, "MOST_BUTTONS", 3)
    files = handed_out.Runtime.instance().media_file_mgr
    handed_out.let_buttons_last()
    shown = files.add_deferred(lambda: b"table", MIME, "1.2", file_name="a.bin")
    files.clear_session_refs()
    files.remove_orphaned_files()
    for _ in range(2):
        assert stored.get_file(files.execute_deferred(shown).split("/")[-1]).content == b"table"
    for _ in range(3):
        files.add_deferred(lambda: b"other", MIME, "1.3", file_name="b.bin")
    files.clear_session_refs()
    files.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError):
        files.execute_deferred(shown)


@pytest.mark.parametrize(
    ("error", "lines"), [(NotReady("too many files at a time"), 1), (OSError("no space left"), 0)]
)
def test_a_click_that_is_refused_is_one_line_of_the_log_and_a_fault_has_all_of_it(
    caplog: pytest.LogCaptureFixture, error: Exception, lines: int
) -> None:
    log = logging.getLogger(handed_out.OPERATIONS)
    log.addFilter(handed_out.in_one_line)
    log.addHandler(caplog.handler)
    try:
        raise MediaFileStorageError("Callable execution failed") from error
    except MediaFileStorageError:
        log.exception("Error executing deferred callable")
    finally:
        log.removeHandler(caplog.handler)
    assert len(caplog.text.splitlines()) == 1 if lines else "OSError" in caplog.text
    assert str(error) in caplog.text
