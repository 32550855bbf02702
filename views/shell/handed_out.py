"""Files made for a click, kept until the browser has fetched them.

Streamlit forgets such a file when two more runs have ended, whoever's they are: where many visitors
move sliders that is before a slow browser has asked for it.
"""

from __future__ import annotations

import itertools
import threading

from streamlit.runtime import Runtime
from streamlit.runtime.media_file_manager import MediaFileManager

from model.limits import MOST_HANDED_OUT_BYTES

FETCHED_WITHIN_S = 60.0
_OF_NOBODY = "dontcare"
"""Streamlit's word for the owner of what is stored outside of a run."""

_places = itertools.count()
_lock = threading.Lock()
_sizes: list[int] = []
_clearing: list[threading.Timer] = []


def keep(raw: bytes, mime: str, file: str) -> None:
    """Keep a file that is about to be fetched, until a minute has passed without another.

    Those before it go where all together would be too many bytes.
    """
    if not Runtime.exists():
        return
    files = Runtime.instance().media_file_mgr
    with _lock:
        if sum(_sizes) + len(raw) > MOST_HANDED_OUT_BYTES:
            _let_go(files)
        _sizes.append(len(raw))
        files.add(raw, mime, f"handed_out.{next(_places)}", file, is_for_static_download=True)
        while _clearing:
            _clearing.pop().cancel()
        later = threading.Timer(FETCHED_WITHIN_S, _let_go, (files,))
        later.daemon = True
        _clearing.append(later)
        later.start()


def _let_go(files: MediaFileManager) -> None:
    _sizes.clear()
    files.clear_session_refs(_OF_NOBODY)
