"""What one hostile visitor does to the app, one way after the other; `hostile.py` measures it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
import urllib.request
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from visiting.protocol import LEFT, asked, connected, finished

from benchmarks.soak import Seen, come_and_go, hostile_query

Harm = Callable[[str, float], Awaitable[None]]
"""Does harm to the app at an address until a time of `time.monotonic`."""
MEGABYTE = 1_000_000
TABS = 4
"""Pages that one visitor has open at a time."""


async def in_tabs(until: float, one: Callable[[int], Awaitable[None]]) -> None:
    """Do something again and again in several tabs; each time with another number."""
    numbers = itertools.count()

    async def tab() -> None:
        while time.monotonic() < until:
            with contextlib.suppress(*LEFT):
                await one(next(numbers))
            await asyncio.sleep(0.01)

    await asyncio.gather(*(tab() for _ in range(TABS)))


async def rates(url: str, until: float) -> None:
    """Move sliders of a scenario in which every cause strikes as often as it may."""
    visits = (come_and_go(url, k, until, 0.05, Seen(), hostile_query()) for k in range(TABS))
    await asyncio.gather(*visits)


def busy(causes: int, seed: int) -> str:
    """Return a link with so many causes of its own, each as frequent as may be."""
    rows: dict[str, str] = {"seed": str(seed)}
    for k in range(causes):
        cause = f"incidents.own_{k:02d}"
        rows |= {f"{cause}.rate_per_year": "1000", f"{cause}.duration": "0.1~2"}
        rows |= {f"{cause}.{side}_loss": "0.1~0.5" for side in ("publish", "playback", "ads")}
    return urlencode(rows)


async def causes(url: str, until: float) -> None:
    """Open scenarios of 44 causes, all as frequent as may be."""

    async def one(number: int) -> None:
        async with connected(url) as socket:
            await socket.send(asked(busy(40, number)))
            await finished(socket)

    await in_tabs(until, one)


async def years(url: str, until: float) -> None:
    """Ask for ten million years, and press what runs them."""

    async def one(number: int) -> None:
        query = f"years=10000000&seed={number}"
        async with connected(url) as socket:
            await socket.send(asked(query))
            for message in await finished(socket):
                button = message.delta.new_element.button
                if button.label.startswith("Run"):
                    pressed = WidgetState(id=button.id, trigger_value=True)
                    await socket.send(asked(query, "", pressed))
            await asyncio.sleep(10.0)

    await in_tabs(until, one)


async def moves(url: str, until: float) -> None:
    """Ask for another scenario 50 times a second, whatever has come by then."""

    async def one(number: int) -> None:
        async with connected(url) as socket:
            reading = asyncio.create_task(_read_all(socket))
            for k in range(500):
                if time.monotonic() > until:
                    break
                await socket.send(asked(f"seed={1_000 * number + k}"))
                await asyncio.sleep(0.02)
            reading.cancel()

    await in_tabs(until, one)


async def _read_all(socket: websockets.ClientConnection) -> None:
    with contextlib.suppress(*LEFT):
        while True:
            await socket.recv()


def pages(name: str) -> Harm:
    """Reload a page that works for long, each time for another scenario."""

    async def harm(url: str, until: float) -> None:
        async def one(number: int) -> None:
            async with connected(url) as socket:
                await socket.send(asked(f"seed={number}", name))
                with contextlib.suppress(TimeoutError):
                    await finished(socket, within_s=1.5)

        await in_tabs(until, one)

    return harm


async def _uploader(socket: websockets.ClientConnection, page: str) -> tuple[str, str]:
    """Return the session's id and that of a page's first field for files."""
    session = widget = ""
    await socket.send(asked("", page))
    for message in await finished(socket):
        if message.WhichOneof("type") == "new_session":
            session = message.new_session.initialize.session_id
        found = message.delta.new_element.file_uploader.id
        widget = widget or found
    return session, widget


async def uploads(url: str, until: float) -> None:
    """Upload 20 MB of a log again and again, and have each read."""
    row = b"2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,some words about it\n"
    body = b"start,end,title\n" + row * (19 * MEGABYTE // len(row))

    async def one(number: int) -> None:
        async with connected(url) as socket:
            session, widget = await _uploader(socket, "incident-log")
            message = BackMsg()
            request = message.file_urls_request
            request.request_id, request.session_id = str(number), session
            request.file_names.append("log.csv")
            await socket.send(message.SerializeToString())
            while True:
                came = ForwardMsg.FromString(bytes(await socket.recv()))
                if came.WhichOneof("type") == "file_urls_response":
                    break
            urls = came.file_urls_response.file_urls[0]
            await asyncio.to_thread(_put, url, urls.upload_url, body)
            state = WidgetState(id=widget)
            one_file = state.file_uploader_state_value.uploaded_file_info.add()
            one_file.file_id, one_file.name, one_file.size = urls.file_id, "log.csv", len(body)
            one_file.file_urls.CopyFrom(urls)
            await socket.send(asked("", "incident-log", state))
            await finished(socket)

    await in_tabs(until, one)


def _put(url: str, path: str, body: bytes) -> None:
    """Upload a file as Streamlit's page does."""
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=60) as answer:
        cookie = str(answer.headers["Set-Cookie"]).split(";")[0]
    mark = "downstreamhostile"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="f"; filename="log.csv"\r\n\r\n'
    headers = {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}
    headers |= {"Content-Type": f"multipart/form-data; boundary={mark}"}
    data = head.encode() + body + f"\r\n--{mark}--\r\n".encode()
    request = urllib.request.Request(url + path, data, headers, method="PUT")
    urllib.request.urlopen(request, timeout=120).close()


async def downloads(url: str, until: float) -> None:
    """Click on every file of a page, and fetch what the page is made of, again and again."""

    async def one(number: int) -> None:
        async with connected(url) as socket:
            await socket.send(asked(f"seed={number}"))
            session = ""
            for message in await finished(socket):
                if message.WhichOneof("type") == "new_session":
                    session = message.new_session.initialize.session_id
                button = message.delta.new_element.download_button
                if button.id:
                    pressed = WidgetState(id=button.id, trigger_value=True)
                    await socket.send(asked(f"seed={number}", "", pressed))
                    if button.deferred_file_id:
                        await socket.send(_made(session, button.deferred_file_id))
            await finished(socket)
            for path in ("/", "/decide", "/static/js/nothing.js"):
                await asyncio.to_thread(_get, url + path)

    await in_tabs(until, one)


def _made(session: str, file: str) -> bytes:
    """Return the message that has a file made for a click."""
    message = BackMsg()
    message.backend_operation_request.session_id = session
    message.backend_operation_request.request_id = file
    message.backend_operation_request.deferred_file.file_id = file
    return message.SerializeToString()


def _get(url: str) -> None:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(url, timeout=60).read()


async def sockets(url: str, until: float) -> None:
    """Open connections by the hundred, ask for the page, and drop them at once."""

    async def one(number: int) -> None:
        async with connected(url) as socket:
            await socket.send(asked(f"seed={number}"))

    await asyncio.gather(*(in_tabs(until, one) for _ in range(10)))


async def links(url: str, until: float) -> None:
    """Open one link after the other, each of another scenario, as soon as the last is drawn."""

    async def one(number: int) -> None:
        rng = random.Random(number)
        query = f"incidents.capacity.rate_per_year={0.1 + rng.random():.4f}~{2 + rng.random():.4f}"
        async with connected(url) as socket:
            await socket.send(asked(query))
            await finished(socket)

    await in_tabs(until, one)


KINDS: dict[str, Harm] = {
    "rates": rates,
    "causes": causes,
    "years": years,
    "moves": moves,
    "decide": pages("decide"),
    "drivers": pages("drivers"),
    "uploads": uploads,
    "downloads": downloads,
    "sockets": sockets,
    "links": links,
}
