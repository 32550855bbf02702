"""How much is held of what visitors upload.

Streamlit bounds one file, but keeps any number of them for as long as their visitor is there.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from model.limits import MOST_UPLOADED_BYTES, MOST_UPLOADED_BYTES_EACH


@st.cache_resource(show_spinner=False)
def bounded() -> bool:
    """Let this server process hold no more uploads than it may; done once."""
    if Runtime.exists():
        bound(Runtime.instance().uploaded_file_mgr)
    return True


def bound(held: Any) -> None:
    """Let each file that comes push out the oldest of who has too many."""
    add = getattr(held, "add_file", None)
    if add is None:
        return

    def add_file(session_id: str, file: UploadedFileRec) -> None:
        add(session_id=session_id, file=file)
        while _bytes_of(held, session_id) > MOST_UPLOADED_BYTES_EACH:
            _drop_oldest(held, session_id)
        while _bytes_of(held, *held.file_storage) > MOST_UPLOADED_BYTES:
            _drop_oldest(held, max([*held.file_storage], key=lambda one: _bytes_of(held, one)))

    held.add_file = add_file


def _bytes_of(held: Any, *visitors: str) -> int:
    files = [file for one in visitors for file in [*held.file_storage.get(one, {}).values()]]
    return sum(len(file.data) for file in files)


def _drop_oldest(held: Any, visitor: str) -> None:
    held.remove_file(visitor, next(iter(held.file_storage.get(visitor, {})), ""))
