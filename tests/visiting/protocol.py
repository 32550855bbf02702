"""Visitors who speak the app's own protocol and draw nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlparse

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

Out = TypeVar("Out")

LEFT = (OSError, TimeoutError, websockets.WebSocketException)
"""What a connection that breaks off raises."""


def connected(url: str) -> websockets.connect:
    """Return a connection to be opened, as a browser opens it."""
    return websockets.connect(
        f"ws://{urlparse(url).netloc}/_stcore/stream",
        max_size=None,
        origin=websockets.Origin(url),
        subprotocols=[websockets.Subprotocol("streamlit")],
    )


def asked(query: str = "", page: str = "", *states: WidgetState) -> bytes:
    """Return the message that asks for a page."""
    message = BackMsg()
    message.rerun_script.query_string, message.rerun_script.page_name = query, page
    message.rerun_script.widget_states.widgets.extend(states)
    return message.SerializeToString()


async def finished(socket: websockets.ClientConnection, within_s: float = 60.0) -> list[ForwardMsg]:
    """Return what comes until a page is drawn."""
    came: list[ForwardMsg] = []
    async with asyncio.timeout(within_s):
        while not came or came[-1].WhichOneof("type") != "script_finished":
            came.append(ForwardMsg.FromString(bytes(await socket.recv())))
    return came


def in_own_loop(talk: Coroutine[Any, Any, Out]) -> Out:
    """Return what comes of talking to a server, whatever else runs a loop in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk).result()
