"""Files made for a click, kept until the browser has fetched them, and their buttons.

Streamlit forgets such a file when two more runs have ended, whoever's they are: where many visitors
move sliders that is before a slow browser has asked for it. It forgets a button as soon as the page
has been drawn again, or while it is being drawn when somebody else's run ends: a click on what the
browser still shows would then fail.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from streamlit.runtime import Runtime
from streamlit.runtime.media_file_manager import MediaFileManager

from model.limits import MOST_BUTTONS, MOST_HANDED_OUT_BYTES
from views.session.desk import NotReady

FETCHED_WITHIN_S = 60.0
_OF_NOBODY = "dontcare"
"""Streamlit's word for the owner of what is stored outside of a run."""

_places = itertools.count()
_lock = threading.Lock()
_sizes: list[int] = []
_clearing: list[threading.Timer] = []
_buttons: OrderedDict[str, Callable[[], str]] = OrderedDict()


class _Lasting(MediaFileManager):
    """Streamlit's own, but a button drawn a while ago still hands out its file."""

    def add_deferred(
        self,
        data_callable: Any,
        mimetype: str | None,
        coordinates: str,
        file_name: str | None = None,
        **more: Any,
    ) -> str:
        make = super().add_deferred
        button = make(data_callable, mimetype, coordinates, file_name, **more)
        with _lock:
            _buttons[button] = lambda: make(data_callable, mimetype, f"clicked.{button}", file_name)
            while len(_buttons) > MOST_BUTTONS:
                _buttons.popitem(last=False)
        return button

    def execute_deferred(self, file_id: str) -> str:
        with _lock:
            again = _buttons.get(file_id)
        return super().execute_deferred(again() if again else file_id)


def let_buttons_last() -> None:
    """Let a button be good for as long as a browser may show it."""
    if Runtime.exists():
        Runtime.instance().media_file_mgr.__class__ = _Lasting
        logging.getLogger(OPERATIONS).addFilter(in_one_line)


OPERATIONS = "streamlit.runtime.backend_operation_handler"


def in_one_line(record: logging.LogRecord) -> bool:
    """Make a line of the log of a click that was refused: it is no fault, and anybody's clicks."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and isinstance(error.__cause__, NotReady):
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args, record.exc_info = f"no download: {error.__cause__}", (), None
    return True


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
