"""Files made for a click, kept until the browser has fetched them.

Streamlit forgets such a file when two more runs have ended, whoever's they are: where many visitors
move sliders that is before a slow browser has asked for it.
"""

from __future__ import annotations

import itertools
import threading

from streamlit.runtime import Runtime

MOST = 8
"""So many files stay at once, the last ones of all visitors."""
FETCHED_WITHIN_S = 60.0
_OF_NOBODY = "dontcare"
"""Streamlit's word for the owner of what is stored outside of a run."""

_places = itertools.cycle(range(MOST))
_lock = threading.Lock()
_clearing: list[threading.Timer] = []


def keep(raw: bytes, mime: str, file: str) -> None:
    """Keep a file that is about to be fetched, until a minute has passed without another."""
    if not Runtime.exists():
        return
    files = Runtime.instance().media_file_mgr
    with _lock:
        files.add(raw, mime, f"handed_out.{next(_places)}", file, is_for_static_download=True)
        while _clearing:
            _clearing.pop().cancel()
        later = threading.Timer(FETCHED_WITHIN_S, files.clear_session_refs, (_OF_NOBODY,))
        later.daemon = True
        _clearing.append(later)
        later.start()
