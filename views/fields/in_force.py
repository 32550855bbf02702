"""Fields that show what is in force: a browser's default is never taken for a choice.

What the session sets in a field travels to the browser once, and is lost if that run is broken
off. The browser then shows the field's default, or what it showed before, and sends it with the
next click as if somebody had chosen it. So the value in force is every field's default, a value
that changes elsewhere comes in a new field, and what the old one says does not count.
"""

from __future__ import annotations

import streamlit as st

from views.fields import refused

_KEYS, _TYPED = "fields_in_force", "typed_into"
_DRAWN, _SETTLED = "fields_first_drawn", "fields_settled"
LOST = "The connection was lost and is back. What was entered last did not arrive: enter it again."


def field_key(key: str, value: object) -> str:
    """Return the key of the field that shows a value in force, given to it as its default.

    The key stays while the field says so itself, and while somebody types into it: the focus does.
    It also stays with an entry that was refused, which is there to be mended.
    """
    keys: dict[str, str] = st.session_state.setdefault(_KEYS, {})
    now = keys.setdefault(key, key)
    if not st.session_state.get(_SETTLED):
        st.session_state.setdefault(_DRAWN, {})[key] = value
    typed_here = st.session_state.get(_TYPED) == now
    if typed_here:
        del st.session_state[_TYPED]
    if refused.stands(now, value):
        return now
    if st.session_state.get(now, value) == value:
        return now
    if not typed_here:
        return renewed(key)
    st.session_state[now] = value
    return now


def settle() -> bool:
    """After the first page of a session, put right what a browser still says in its fields.

    A page that was open while the server started again sends what was entered meanwhile, and no
    callback is there to hear it. Return whether there was such an entry; the page is then drawn
    anew, with the values in force in its fields.
    """
    if st.session_state.get(_SETTLED):
        return False
    st.session_state[_SETTLED] = True
    keys, drawn = st.session_state.get(_KEYS, {}), st.session_state.pop(_DRAWN, {})
    stale = [key for key, value in drawn.items() if st.session_state.get(keys[key], value) != value]
    for key in stale:
        renewed(key)
    return bool(stale)


def renewed(key: str) -> str:
    """Return the key of a new field in place of the one there is."""
    keys: dict[str, str] = st.session_state.setdefault(_KEYS, {})
    before = keys.get(key, key).removeprefix(key).removeprefix(".renewed.")
    keys[key] = f"{key}.renewed.{int(before or 0) + 1}"
    return keys[key]


def counts(key: str) -> bool:
    """Tell whether a field is the one on show, not one that it took the place of."""
    return key in st.session_state.get(_KEYS, {}).values()


def typed(key: str) -> None:
    """Note that somebody typed into a field, which keeps it when its text is put in order."""
    st.session_state[_TYPED] = key
