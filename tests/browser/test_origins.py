"""Who gets a page: connections from the app's own address, not those of other pages or of none."""

from __future__ import annotations

import base64
import os
import socket
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

ANSWERED_WITHIN_S = 60


def first_messages(url: str, origin: str | None, host: str | None = None) -> bytes:
    """Open a WebSocket by hand, ask for a page, and return what comes until it is quiet."""
    there = urlsplit(url)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host or there.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: streamlit",
        *([f"Origin: {origin}"] if origin else []),
    ]
    with socket.create_connection((there.hostname, there.port), timeout=ANSWERED_WITHIN_S) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        got = line.recv(65536)
        if not got.startswith(b"HTTP/1.1 101"):
            return got
        ask = BackMsg(rerun_script=ClientState()).SerializeToString()
        line.sendall(bytes([0x82, 0x80 | len(ask), 0, 0, 0, 0]) + ask)
        line.settimeout(ANSWERED_WITHIN_S)
        while b"answers only to its own address" not in got and b"1-in-10" not in got:
            more = line.recv(65536)
            if not more:
                break
            got += more
    return got


def test_its_own_page_is_answered(app_url: str):
    assert b"1-in-10" in first_messages(app_url, app_url), "negative control"


@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:9", "http://localhost:3000"])
def test_pages_of_other_addresses_get_no_page(app_url: str, origin: str | None):
    got = first_messages(app_url, origin)
    assert b"1-in-10" not in got
    assert b"answers only to its own address" in got


def test_strangers_and_other_names_of_this_machine_are_not_connected(app_url: str):
    assert first_messages(app_url, "http://evil.example").startswith(b"HTTP/1.1 403")
    assert first_messages(app_url, "http://a.example", "a.example").startswith(b"HTTP/1.1 403")
