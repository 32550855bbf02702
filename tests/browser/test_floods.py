"""Who asks far too often gets fewer pages, the last one too, and others theirs meanwhile."""

from __future__ import annotations

import asyncio
import time

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from visiting.browser import PATIENCE_S
from visiting.protocol import asked, connected, finished, in_own_loop

from views.waiting.messages import A_SECOND, AT_ONCE

REQUESTS = 600


async def flooded(socket: websockets.ClientConnection) -> tuple[int, float]:
    """Ask without waiting for an answer; return how many runs begin in how many seconds."""

    async def ask() -> None:
        for k in range(REQUESTS):
            # The app answers a number written like this with an address of its own.
            await socket.send(asked(f"seed=0{k}"))
            await asyncio.sleep(0.005)

    began = time.monotonic()
    asking, runs, at, came = asyncio.create_task(ask()), 0, "", ForwardMsg()
    while not (at == f"seed={REQUESTS - 1}" and came.WhichOneof("type") == "script_finished"):
        came = ForwardMsg.FromString(bytes(await socket.recv()))
        runs += came.WhichOneof("type") == "new_session"
        at = came.page_info_changed.query_string or at
    await asking
    return runs, time.monotonic() - began


async def flood_and_visit(url: str) -> tuple[int, float, bool]:
    """Return the runs of a flood, its seconds, and whether another saw a figure meanwhile."""
    async with connected(url) as other, connected(url) as hostile:
        await other.send(asked())
        await finished(other, PATIENCE_S)
        flood = asyncio.create_task(flooded(hostile))
        await asyncio.sleep(0.1)
        await other.send(asked())
        came = await finished(other, PATIENCE_S)
        seen = any(one.delta.new_element.HasField("metric") for one in came)
        return *await flood, seen


def test_a_flood_gets_fewer_pages_than_it_asks_for_and_others_theirs(app_url: str):
    runs, seconds, seen = in_own_loop(flood_and_visit(app_url))
    assert seen
    # As many as the rule gives in that time: without it several times as many begin.
    assert 0 < runs <= min(AT_ONCE + A_SECOND * seconds + 1, REQUESTS // 2)


async def answers(url: str, *messages: BackMsg) -> list[ForwardMsg]:
    """Return what comes after messages, up to the place for a file that is asked for last."""
    last = BackMsg()
    last.file_urls_request.request_id = "last"
    last.file_urls_request.file_names.append("log.csv")
    async with connected(url) as socket:
        await socket.send(asked())
        await finished(socket, PATIENCE_S)
        for message in (*messages, last):
            await socket.send(message.SerializeToString())
        came = [ForwardMsg()]
        while came[-1].file_urls_response.response_id != "last":
            came.append(ForwardMsg.FromString(bytes(await socket.recv())))
        return came


def test_a_visitor_is_told_nothing_of_the_checkout_and_announces_few_files(app_url: str):
    many = BackMsg()
    many.file_urls_request.file_names.extend(["log.csv"] * 1_000)
    came = in_own_loop(answers(app_url, many, BackMsg(load_git_info=True)))
    assert [one.WhichOneof("type") for one in came].count("file_urls_response") == 1
    assert len(came[-1].file_urls_response.file_urls) == 1
    assert not any(one.HasField("git_info_changed") for one in came)
