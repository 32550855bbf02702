"""Several processes of the app behind the proxy of `deploy/`, on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext, create_default_context

from visiting.browser import ROOT, free_port, served

APT = "apt-get update && apt-get install -y --no-install-recommends nginx-light openssl"
_STARTS_WITHIN_S = 30


class NoProxy(RuntimeError):
    """No nginx and no way to get one; says what to run."""


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: its addresses, its log so far, and how to trust its certificate."""

    url: str
    plain_url: str
    log: Path
    trust: SSLContext


def nginx() -> str:
    """Return the path of nginx, installing it if need be."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found and os.geteuid() == 0:
        subprocess.run(APT, shell=True, capture_output=True)
        found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise NoProxy(f"the test of the proxy needs nginx; run: {APT}")
    return found


@contextlib.contextmanager
def proxied(folder: Path, processes: int) -> Iterator[Proxy]:
    """Serve so many processes of the app behind the proxy of `deploy/nginx.conf`."""
    program = nginx()
    with contextlib.ExitStack() as stack:
        apps = [stack.enter_context(served()) for _ in range(processes)]
        secure, plain = free_port(), free_port()
        _lay_out(folder, apps, secure, plain)
        log = folder / "log"
        out = stack.enter_context(log.open("wb"))
        command = [
            program,
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-g",
            "daemon off;",
        ]
        running = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        stack.callback(_end, running)
        trust = create_default_context(cafile=folder / "downstream/tls/fullchain.pem")
        proxy = Proxy(f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", log, trust)
        _await(proxy, running)
        yield proxy


def _lay_out(folder: Path, apps: list[str], secure: int, plain: int) -> None:
    """Write the configuration as deployed, with ports and paths of this run."""
    tls = folder / "downstream/tls"
    tls.mkdir(parents=True)
    lines = [f"server {url.removeprefix('http://')} max_fails=2 fail_timeout=10s;" for url in apps]
    (folder / "downstream/upstream.conf").write_text("\n".join(lines))
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for deployed, here in (
        ("listen 8443", f"listen {secure}"),
        ("listen [::]:8443", f"listen [::1]:{secure}"),
        ("listen 8080", f"listen {plain}"),
        ("listen [::]:8080", f"listen [::1]:{plain}"),
        ("/tmp/", f"{folder}/"),
    ):
        assert deployed in text, deployed
        text = text.replace(deployed, here)
    (folder / "nginx.conf").write_text(text)
    key, certificate = tls / "privkey.pem", tls / "fullchain.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)


def _await(proxy: Proxy, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{proxy.url}/_stcore/health", timeout=10, context=proxy.trust)
            return
        time.sleep(0.1)
    raise RuntimeError(f"the proxy did not answer:\n{proxy.log.read_text()[-3000:]}")


def _end(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(timeout=20)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
