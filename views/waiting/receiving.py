"""A file on its way in: read while the page stays in use, with time left and a way to end it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model.formats.answers import FormatError
from model.formats.progress import OnProgress
from model.present.words import headline
from views.waiting.going_on import GoingOn, time_left
from views.waiting.turns import visitor_id

_AT_ONCE_S = 1.0
"""A file read within that time needs no bar."""
_LOOK_AGAIN_S = 0.5

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Received(Generic[T]):
    """A file and what was read of it; `problems` say why there is nothing."""

    file: str
    found: list[T] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def receive(
    name: str,
    file: UploadedFile | None,
    read: Callable[[bytes, str, OnProgress], T],
    *how: Hashable,
) -> Received[T] | None:
    """Return a file that was just dropped, read, once; None while there is nothing new.

    `name` is that of the field, `how` what determines besides the file what is read of it. Reading
    goes on while other pages are looked at; a file that is dropped meanwhile takes its place.
    """
    state, under_way, seen = st.session_state, f"receiving.{name}", f"received.{name}"
    going: tuple[Received[T], GoingOn] | None = state.get(under_way)
    if file is not None and state.get(seen) != (file.file_id, how):
        state[seen] = (file.file_id, how)
        if going:
            going[1].cancel()
        going = state[under_way] = _begun(file, read)
        going[1].join(_AT_ONCE_S)
    if going is None:
        return None
    received, work = going
    if not work.over:
        _progress(name, received.file, work)
        return None
    del state[under_way]
    if work.ended:
        received.problems.append("reading it was cancelled; drop it again to have it read")
    elif work.error:
        received.problems.append(work.error)
    return received


def _begun(
    file: UploadedFile, read: Callable[[bytes, str, OnProgress], T]
) -> tuple[Received[T], GoingOn]:
    received: Received[T] = Received(file.name)
    raw = file.getvalue()

    def make(work: GoingOn) -> None:
        try:
            received.found.append(read(raw, received.file, work.advance))
        except FormatError as error:
            received.problems.extend(error.problems)

    return received, GoingOn(make, visitor_id())


@st.fragment(run_every=_LOOK_AGAIN_S)
def _progress(name: str, file: str, work: GoingOn) -> None:
    """Show how far a file is, and the page anew once it is read."""
    if work.over:
        st.rerun()
    share = f"{work.share:.0%}{time_left(work.left_s)}"
    with st.container(horizontal=True, vertical_alignment="center", key=f"receiving.{name}.bar"):
        st.progress(work.share, headline.markdown(f"Reading {file}: {share}"))
        st.button("Cancel", key=f"receiving.{name}.cancel", on_click=work.cancel)
