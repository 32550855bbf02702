"""How much of uploads is held."""

from __future__ import annotations

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from views.waiting import uploads
from views.waiting.uploads import bound

SIZE = 20


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """A server's uploads, of whom each visitor may have 100 bytes and all together 250."""
    monkeypatch.setattr(uploads, "MOST_UPLOADED_BYTES_EACH", 100)
    monkeypatch.setattr(uploads, "MOST_UPLOADED_BYTES", 250)
    found = MemoryUploadedFileManager("/upload")
    bound(found)
    return found


def upload(held: MemoryUploadedFileManager, visitor: str, *names: str) -> None:
    for name in names:
        held.add_file(visitor, UploadedFileRec(name, name, "text/csv", bytes(SIZE)))


def test_the_oldest_files_of_a_visitor_go(held: MemoryUploadedFileManager) -> None:
    upload(held, "a", *"123456789")
    upload(held, "b", "1")
    assert [*held.file_storage["a"]] == [*"56789"]
    assert [*held.file_storage["b"]] == ["1"]


def test_of_all_visitors_who_has_most_loses_the_oldest(held: MemoryUploadedFileManager) -> None:
    for visitor in ("a", "b"):
        upload(held, visitor, *"12345")
    upload(held, "c", "1", "2", "3", "4")
    assert [len(held.file_storage[visitor]) for visitor in "abc"] == [4, 4, 4]
    assert "1" not in held.file_storage["a"]


def test_a_server_that_keeps_its_uploads_elsewhere_is_left_alone() -> None:
    bound(object())
