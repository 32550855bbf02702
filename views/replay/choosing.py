"""Which incident is replayed: a known one, one of one's own, a drawn one, or one running now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.limits import MOST_PHASES
from model.present.words import headline
from model.present.words import numbers as fmt
from model.replays import asked as replayed
from model.replays.asked import Asked, Drawn, Known, Own, Since
from model.replays.incident import FIRST_YEAR, LAST_YEAR, named
from model.worlds.clock import called
from views.session import state

HOWS = ("A known one", "One of your own", "A drawn one", "One running now")
_KNOWN, _OWN, _DRAWN, _RUNNING = HOWS
_KINDS: dict[type, str] = {Known: _KNOWN, Own: _OWN, Drawn: _DRAWN, Since: _RUNNING}
_ANY_CAUSE = "the mix of causes"
_LOSSES = tuple(field for field in CAUSE_FIELDS if field.name.endswith("_loss"))
_HOW, _FILLED, _COUNT, _PROBLEM = "replay.how", "replay.filled", "replay.phases", "replay.problem"
_RAN_H = 2
"""Hours that an incident has run which is said to run now, until its start is typed."""


def chosen_incident() -> Asked:
    """Show how to choose an incident; return the one in hand."""
    asked = _in_hand()
    st.segmented_control(
        "Which incident",
        HOWS,
        required=True,
        key=_HOW,
        label_visibility="collapsed",
        on_change=_other_kind,
    )
    {Known: _known, Own: _own, Drawn: _drawn, Since: _running}[type(asked)]()
    if problem := st.session_state.get(_PROBLEM):
        said = f"{problem}. What is shown below is as before."
        st.error(headline.markdown(said), icon=":material/block:")
    return asked


def _in_hand() -> Asked:
    """Return what is asked for, with the fields of this page filled in with it if it is news."""
    text = state.settings().replay
    asked = replayed.read(text)
    if _HOW not in st.session_state or st.session_state.get(_FILLED) != text:
        _fill(asked)
        st.session_state[_PROBLEM] = ""
    st.session_state[_FILLED] = text
    return asked


def _fill(asked: Asked) -> None:
    fields = st.session_state
    fields[_HOW] = _KINDS[type(asked)]
    if isinstance(asked, Known):
        fields["replay.incident"] = asked.id
    if isinstance(asked, Own | Since):
        start = _wall(asked.start)
        fields["replay.date"], fields["replay.time"] = start.date(), start.time()
        fields["replay.cause"] = asked.cause or _ANY_CAUSE
    if isinstance(asked, Since):
        _fill_losses(asked.losses, "")
    if isinstance(asked, Own):
        fields["replay.name"], fields[_COUNT] = asked.name, len(asked.phases)
        for k, (hours, *losses) in enumerate(asked.phases):
            fields[f"replay.hours.{k}"] = fmt.editable(hours, "h")
            _fill_losses(losses, f".{k}")


def _fill_losses(losses: object, end: str) -> None:
    assert isinstance(losses, list | tuple)
    for field, share in zip(_LOSSES, losses, strict=True):
        text = "" if share is None else f"{100.0 * share:.6g}"
        st.session_state[f"replay.{field.name}{end}"] = text


def _wall(start: str) -> datetime:
    try:
        return replayed.wall(start, state.current())
    except ValueError as error:
        st.session_state[_PROBLEM] = str(error)
        return datetime(2026, 3, 3, 8, 24)


def _other_kind() -> None:
    """Begin with another kind of incident."""
    now = _now()
    begin = (now - timedelta(hours=_RAN_H)).replace(tzinfo=None, second=0, microsecond=0)
    firsts: dict[str, Callable[[], Asked]] = {
        _KNOWN: Known,
        _DRAWN: Drawn,
        _OWN: lambda: Own("2026-03-03T08:24", ((20.0, None, None, None),)),
        _RUNNING: lambda: Since(begin.isoformat(timespec="minutes")),
    }
    st.session_state.pop("replay.now", None)
    _take(firsts[str(st.session_state[_HOW])]())


def _take(asked: Asked) -> None:
    state.set_settings(replace(state.settings(), replay=replayed.written(asked)))


def _keep(read: Callable[[], Asked]) -> None:
    """Take what the fields say; what cannot be is said, and stays in its field to be mended."""
    try:
        asked = read()
        if isinstance(asked, Own):
            replayed.incident(asked, state.current(), 0)
    except ValueError as error:
        name, _, problem = str(error).partition(": ")
        st.session_state[_PROBLEM] = f"{_label(name)}: {problem}"
        return
    st.session_state[_PROBLEM] = ""
    _take(asked)
    # What is in the fields already is not written over in another form.
    st.session_state[_FILLED] = state.settings().replay


def _known() -> None:
    known = named()
    st.selectbox(
        "Incident",
        list(known),
        format_func=lambda id: known[id].name,
        key="replay.incident",
        on_change=lambda: _take(Known(str(st.session_state["replay.incident"]))),
    )


def _drawn() -> None:
    st.button(
        "Draw another", on_click=_draw_another, icon=":material/casino:", key="replay.another"
    )


def _draw_another() -> None:
    asked = replayed.read(state.settings().replay)
    _take(Drawn(asked.number + 1 if isinstance(asked, Drawn) else 0))


def _own() -> None:
    st.caption(
        "To take one from your log: open it under **Incident log**, pick its row and choose "
        "“Replay this one”."
    )
    _begins(_read_own)
    count = int(st.session_state[_COUNT])
    for k in range(count):
        what = f"Phase {k + 1:d}: " if count > 1 else ""
        hours, *losses = st.columns(4)
        hours.text_input(
            f"{what}hours", key=f"replay.hours.{k}", on_change=_keep, args=(_read_own,)
        )
        _loss_fields(losses, f".{k}", _read_own)
    with st.container(horizontal=True):
        more, fewer = count < MOST_PHASES, count > 1
        st.button("Add a phase", key="replay.more", on_click=_phases, args=(1,), disabled=not more)
        less = "Drop the last phase"
        st.button(less, key="replay.less", on_click=_phases, args=(-1,), disabled=not fewer)


def _phases(step: int) -> None:
    fields = st.session_state
    count = int(fields[_COUNT]) + step
    if step > 0:
        fields[f"replay.hours.{count - 1}"] = "1 h"
        _fill_losses((None, None, None), f".{count - 1}")
    fields[_COUNT] = count
    _keep(_read_own)


def _begins(read: Callable[[], Asked]) -> None:
    """Show the fields of when it began and which cause it has."""
    scenario = state.current()
    day, clock, cause = st.columns([2, 2, 3])
    day.date_input(
        "Began on",
        key="replay.date",
        min_value=date(FIRST_YEAR, 1, 1),
        max_value=date(LAST_YEAR, 12, 31),
        on_change=_keep,
        args=(read,),
    )
    clock.time_input(
        headline.markdown(f"at, {called(scenario.time_zone)}"),
        key="replay.time",
        step=60,
        on_change=_keep,
        args=(read,),
    )
    cause.selectbox(
        "Losses left empty are drawn from",
        [_ANY_CAUSE, *scenario.causes],
        format_func=lambda one: one if one == _ANY_CAUSE else scenario.cause_label(one),
        key="replay.cause",
        on_change=_keep,
        args=(read,),
    )


def _loss_fields(places: Sequence[DeltaGenerator], end: str, read: Callable[[], Asked]) -> None:
    for place, field in zip(places, _LOSSES, strict=True):
        place.text_input(
            headline.markdown(f"{field.label.capitalize()}, %"),
            key=f"replay.{field.name}{end}",
            help=headline.markdown(field.help),
            placeholder="drawn",
            on_change=_keep,
            args=(read,),
        )


def _read_own() -> Own:
    fields = st.session_state
    phases = tuple(
        (_number("hours", fields[f"replay.hours.{k}"], "h"), *_read_losses(f".{k}"))
        for k in range(int(fields[_COUNT]))
    )
    return Own(_start(), phases, _cause(), "")


def _running() -> None:
    _begins(_read_running)
    _loss_fields(st.columns(3), "", _read_running)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Price it as of now", key="replay.tick", on_click=_tick, icon=":material/update:")
        said = f"It has run until {now_shown():%A %H:%M}, {called(state.current().time_zone)}."
        st.caption(headline.markdown(said))


def _read_running() -> Since:
    return Since(_start(), _read_losses(""), _cause())


def _tick() -> None:
    st.session_state.pop("replay.now", None)


def now_shown() -> datetime:
    """Return the moment until which a running incident is priced, on the platform's clock."""
    found: datetime = st.session_state.setdefault("replay.now", _now())
    return found.astimezone(ZoneInfo(state.current().time_zone))


def _now() -> datetime:
    zone = ZoneInfo(state.current().time_zone)
    return datetime.now(UTC).astimezone(zone).replace(second=0, microsecond=0)


def _start() -> str:
    day, clock = st.session_state["replay.date"], st.session_state["replay.time"]
    if not isinstance(day, date) or not isinstance(clock, time):
        raise ValueError("start: a day and a time are needed")
    return datetime.combine(day, clock).isoformat(timespec="minutes")


def _cause() -> str:
    cause = str(st.session_state["replay.cause"])
    return "" if cause == _ANY_CAUSE else cause


def _read_losses(end: str) -> replayed.Losses:
    publish, playback, ads = (
        _number(field.name, text, "share") if (text := _typed(field.name, end)) else None
        for field in _LOSSES
    )
    return publish, playback, ads


def _typed(name: str, end: str) -> str:
    return str(st.session_state[f"replay.{name}{end}"]).strip()


def _number(name: str, text: str, unit: str) -> float:
    """Return a typed number; ValueError begins with the name of what it is for."""
    try:
        value = fmt.parsed(text, unit)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if unit == "share" and not 0.0 <= value <= 1.0:
        raise ValueError(f"{name}: {fmt.share(value)} given; 0 to 100\xa0% is allowed")
    return value


def _label(name: str) -> str:
    """Return what the field of an incident is called on this page."""
    labels = {field.name: field.label for field in CAUSE_FIELDS}
    return labels.get(name, name).capitalize()
