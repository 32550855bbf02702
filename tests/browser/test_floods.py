"""Who asks far too often gets fewer pages, the last one too, and others theirs meanwhile."""

from __future__ import annotations

import asyncio

import websockets
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from visiting.browser import PATIENCE_S
from visiting.protocol import asked, connected, finished

REQUESTS = 120


async def flooded(socket: websockets.ClientConnection) -> int:
    """Ask without waiting for an answer; return how many runs begin until the last is drawn."""

    async def ask() -> None:
        for k in range(REQUESTS):
            # The app answers a number written like this with an address of its own.
            await socket.send(asked(f"seed=0{k}"))
            await asyncio.sleep(0.005)

    asking, runs, at, came = asyncio.create_task(ask()), 0, "", ForwardMsg()
    while not (at == f"seed={REQUESTS - 1}" and came.WhichOneof("type") == "script_finished"):
        came = ForwardMsg.FromString(bytes(await socket.recv()))
        runs += came.WhichOneof("type") == "new_session"
        at = came.page_info_changed.query_string or at
    await asking
    return runs


async def flood_and_visit(url: str) -> tuple[int, bool]:
    """Return how many runs a flood got, and whether somebody else saw a figure meanwhile."""
    async with connected(url) as other, connected(url) as hostile:
        await other.send(asked())
        await finished(other, PATIENCE_S)
        flood = asyncio.create_task(flooded(hostile))
        await asyncio.sleep(0.1)
        await other.send(asked())
        came = await finished(other, PATIENCE_S)
        return await flood, any(one.delta.new_element.HasField("metric") for one in came)


def test_a_flood_gets_fewer_pages_than_it_asks_for_and_others_theirs(app_url: str):
    runs, seen = asyncio.run(flood_and_visit(app_url))
    assert seen
    assert 0 < runs <= REQUESTS // 2
