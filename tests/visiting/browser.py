"""A real Chromium for the tests, and the app served to it."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
APT = "apt-get update && apt-get install -y --no-install-recommends chromium"
DOWNLOAD = f"{sys.executable} -m playwright install --with-deps chromium"
PATIENCE_S = 240
"""How long a test waits for what has to happen; a busy machine is no failure."""
_STARTS_WITHIN_S = 180
_PORTS_TRIED = 3
_LAST_WORDS = 3000


class NoBrowser(RuntimeError):
    """No Chromium and no way to get one; says what to run."""


def chromium() -> str | None:
    """Return the path of a Chromium, installing one if need be; None for Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise NoBrowser(f"$CHROMIUM is {named}, which is not a program")
        return named
    # Test workers start together; the first one installs and the others wait for it.
    with _one_at_a_time():
        found = next((path for name in INSTALLED if (path := shutil.which(name))), None)
        if found or _playwright_has_one():
            return found
        return _installed()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock shared by all test processes of this machine."""
    lock = Path(tempfile.gettempdir()) / "downstream-tests-browser.lock"
    with FileLock(lock, timeout=900):
        yield


def _playwright_has_one() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _installed() -> str | None:
    if _is_debian() and getattr(os, "geteuid", lambda: 1)() == 0:
        if subprocess.run(APT, shell=True, capture_output=True).returncode == 0:
            return shutil.which("chromium")
    elif subprocess.run(DOWNLOAD.split(), capture_output=True).returncode == 0:
        return None
    command = APT if _is_debian() else DOWNLOAD
    raise NoBrowser(f"the browser tests need a Chromium; run: {command}")


def _is_debian() -> bool:
    # On Ubuntu the apt package is only a pointer to a snap.
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release().get("ID") == "debian"
    return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def served(
    port: int | None = None, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serve the app, on a free port unless one is given; it has to live until the end."""
    with tempfile.TemporaryFile() as log, contextlib.ExitStack() as stack:
        for _ in range(_PORTS_TRIED):
            chosen = port or free_port()
            server = stack.enter_context(_server(chosen, log, *options, environment=environment))
            address = f"http://127.0.0.1:{chosen}"
            if _answers(address, server):
                break
            # Somebody else was faster to take the port.
        else:
            raise RuntimeError(f"the app did not answer at {address}:\n{_last_words(log)}")
        yield address
        assert server.poll() is None, f"the app ended by itself:\n{_last_words(log)}"


@contextlib.contextmanager
def doomed(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the app on a port until the test kills it or is over."""
    with tempfile.TemporaryFile() as log, _server(port, log) as server:
        assert _answers(f"http://127.0.0.1:{port}", server), _last_words(log)
        yield server


@contextlib.contextmanager
def _server(
    port: int, log: IO[bytes], *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    where = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, *where, *options],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait for the app; False once it has ended or the time is up."""
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=10)
            return server.poll() is None
        time.sleep(0.2)
    return False


def _last_words(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode(errors="replace")[-_LAST_WORDS:]


def newcomer(chromium: Browser, **more: Any) -> BrowserContext:
    """Return a visitor of their own, the same on every machine: nothing is left of others."""
    same = {"locale": "en-US", "timezone_id": "UTC", "accept_downloads": True}
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **same, **more})
    context.set_default_timeout(1000 * PATIENCE_S)
    return context
