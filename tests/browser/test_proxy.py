"""The deployment's proxy, with two processes of the app behind it and a real browser in front."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, WebSocketRoute, expect
from visiting.browser import newcomer
from visiting.proxy import NoProxy, Proxy, proxied
from visiting.visitor import CHARTS, tile, visit

SECRET = "platform.cpm=5.125~9.125"


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    try:
        with proxied(tmp_path_factory.mktemp("proxy"), processes=2) as found:
            yield found
    except NoProxy as error:
        pytest.fail(str(error), pytrace=False)


def asked(proxy: Proxy, path: str, **headers: str) -> tuple[int, Message]:
    """Return status and headers of an answer, whatever it is."""
    request = urllib.request.Request(f"{proxy.url}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60, context=proxy.trust) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_every_answer_has_the_headers(proxy: Proxy):
    for path in ("/", "/decide", "/_stcore/health", "/_stcore/metrics", "/nothing.js"):
        _, headers = asked(proxy, path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "connect-src 'self'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert "uvicorn" not in headers["Server"]
        assert headers["Server"] == "nginx", "no version"


def test_what_is_nobodys_business_is_closed(proxy: Proxy):
    assert asked(proxy, "/_stcore/health")[0] == 200, "negative control"
    for path in ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/x"):
        assert asked(proxy, path)[0] == 404


def test_plain_http_leads_to_tls(proxy: Proxy):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(Stay).open(f"{proxy.plain_url}/decide", timeout=30)
    assert answer.value.code == 308
    assert answer.value.headers["Location"].startswith("https://")


def test_a_connection_from_another_page_is_refused(proxy: Proxy):
    for origin in (None, "http://127.0.0.1:9", f"{proxy.url}0"):
        assert upgraded(proxy, origin) == 403
    assert upgraded(proxy, proxy.url) == 101, "its own"


def upgraded(proxy: Proxy, origin: str | None) -> int:
    """Open a connection as a page of an origin does, drop it, and return the answer's status."""
    socket = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    socket |= {"Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
    socket |= {"Origin": origin} if origin else {}
    return asked(proxy, "/_stcore/stream", **socket)[0]


def test_a_visitor_stays_with_one_process(proxy: Proxy):
    served_by = set()
    for _ in range(12):
        _, headers = asked(proxy, "/_stcore/health")
        cookie = given(headers)
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax"))
        cookie = cookie.split(";")[0]
        before = len(lines(proxy))
        for _ in range(5):
            _, headers = asked(proxy, "/_stcore/health", Cookie=cookie)
            assert given(headers) == "", "it is given once"
        mine = {line.split()[-1] for line in lines(proxy)[before:]}
        assert len(mine) == 1
        served_by |= mine
    assert len(served_by) == 2, "visitors are spread over the processes"


def given(headers: Message) -> str:
    """The cookie that keeps a visitor, if the answer brings one."""
    cookies = headers.get_all("Set-Cookie") or []
    return next((one for one in cookies if one.startswith("downstream_visitor=")), "")


def lines(proxy: Proxy) -> list[str]:
    return [line for line in proxy.log.read_text().splitlines() if "/_stcore/health" in line]


def test_all_pages_work_through_it_and_the_log_has_no_figures(chromium: Browser, proxy: Proxy):
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    with newcomer(chromium, ignore_https_errors=True) as context:
        page = context.new_page()
        page.on("console", note)
        for path in CHARTS:
            visit(page, proxy.url, f"{path}?{SECRET}")
        visit(page, proxy.url)
        expect(tile(page)).to_contain_text("$")
    assert refused == []
    text = proxy.log.read_text()
    assert "/_stcore/stream 101" in text
    assert not [secret for secret in ("5.125", "9.125", "platform.") if secret in text]


NO_SOCKETS = {
    "none": "delete window.WebSocket",
    "forbidden": "window.WebSocket = class { constructor() { throw new Error('no') } }",
    "refused": "",
}
UNREACHED = "This page does not reach its server."


@pytest.mark.fault("a browser without WebSockets, and one whose proxy refuses them (deploy/)")
@pytest.mark.parametrize("how", NO_SOCKETS)
def test_a_browser_without_websockets_is_told(chromium: Browser, proxy: Proxy, how: str):
    with newcomer(chromium, ignore_https_errors=True) as context:
        page = context.new_page()
        page.add_init_script(NO_SOCKETS[how])
        if how == "refused":
            page.route_web_socket("**/*", lambda socket: socket.close())
        page.goto(f"{proxy.url}/decide?{SECRET}")
        said = page.get_by_role("alert").filter(has_text=UNREACHED)
        expect(said).to_be_visible()
        expect(said).to_contain_text("WebSockets (wss) to 127.0.0.1")
        assert page.url.endswith(SECRET), "the figures stay in the address"


def test_nothing_is_said_once_a_connection_stands(chromium: Browser, proxy: Proxy):
    """A connection that takes its time takes the message away."""
    refused: list[WebSocketRoute] = []

    def refuse_at_first(socket: WebSocketRoute) -> None:
        if page.get_by_text(UNREACHED).count():
            socket.connect_to_server()
        else:
            refused.append(socket)
            socket.close()

    with newcomer(chromium, ignore_https_errors=True) as context:
        page = context.new_page()
        page.route_web_socket("**/*", refuse_at_first)
        page.goto(proxy.url)
        expect(tile(page)).to_contain_text("$")
        assert refused, "negative control"
        expect(page.get_by_text(UNREACHED)).to_have_count(0)


def test_the_configuration_was_that_of_the_deployment(proxy: Proxy):
    written = Path(proxy.log).with_name("nginx.conf").read_text()
    assert "no_query" in written
    assert "frame-ancestors" in written


def test_a_meeting_behind_one_address_gets_in_and_a_flood_of_connections_does_not(proxy: Proxy):
    # The last one here: the address then has to wait before it gets as many again.
    statuses = [upgraded(proxy, proxy.url) for _ in range(60)]
    assert set(statuses) == {101}
    assert any(upgraded(proxy, proxy.url) == 429 for _ in range(400))
    assert asked(proxy, "/_stcore/health")[0] == 200, "all else is answered"
